// A melody made by hand: a keyboard that appends notes, and a grid of sixteenths to click them into.
const zh = navigator.language.startsWith("zh");
const words = zh
  ? { length: "时值", metre: "拍号", play: "▶ 试听", stop: "■ 停止", back: "⌫ 退一个", clear: "清空", bars: "小节",
      hint: "键盘 Z–M 为低八度，Q–U 为高八度，I 为最高音；退格键删除最后一个音。在网格上：方向键移动，回车键放置或移除。" }
  : { length: "Length", metre: "Metre", play: "▶ Listen", stop: "■ Stop", back: "⌫ Last note", clear: "Clear", bars: "bars",
      hint: "Keys Z to M play the lower octave, Q to U the upper, I the top note; Backspace takes the last note back. On the grid: arrows move, Enter puts or removes." };
const LENGTHS = [[0.5, "1⁄16"], [1, "⅛"], [2, "¼"], [3, "⅜"], [4, "½"], [6, "¾"], [8, "1"]];
const NAMES = zh ? ["十六分", "八分", "四分", "附点四分", "二分", "附点二分", "全音符"]
  : ["sixteenth", "eighth", "quarter", "dotted quarter", "half", "dotted half", "whole"];
const METRES = { "4/4": 8, "3/4": 6, "2/4": 4, "6/8": 6, "9/8": 9, "12/8": 12 };
const LOWEST = 60, HIGHEST = 84, STEP = 18, ROW = 13;
const CODES = ["KeyZ", "KeyS", "KeyX", "KeyD", "KeyC", "KeyV", "KeyG", "KeyB", "KeyH", "KeyN", "KeyJ", "KeyM",
  "KeyQ", "Digit2", "KeyW", "Digit3", "KeyE", "KeyR", "Digit5", "KeyT", "Digit6", "KeyY", "Digit7", "KeyU", "KeyI"];
const TONES = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];
const name = (pitch) => TONES[pitch % 12] + (Math.floor(pitch / 12) - 1);
const black = (pitch) => [1, 3, 6, 8, 10].includes(pitch % 12);

const part = (selector) => element.querySelector(selector);
const grid = part(".grid"), keys = part(".keys"), lengths = part(".lengths"), metre = part(".metre");
const said = part("output"), listen = part(".listen");
let notes = [], length = 2, cursor = [0, 72], timers = [];

const fine = () => (length % 1 ? 0.5 : 1);  // what the cursor moves by, in eighths
const steps = () => METRES[metre.value] * props.bars;
const end = () => Math.max(0, ...notes.map(([start, size]) => start + size));

// ---- sound

let speaker = null;
function sound(pitch, when = 0, seconds = 0.4) {
  speaker ||= new AudioContext();
  speaker.resume();
  const start = speaker.currentTime + when, tone = speaker.createOscillator(), level = speaker.createGain();
  tone.type = "triangle";
  tone.frequency.value = 440 * 2 ** ((pitch - 69) / 12);
  level.gain.setValueAtTime(0, start);
  level.gain.linearRampToValueAtTime(0.25, start + 0.01);
  level.gain.exponentialRampToValueAtTime(0.001, start + seconds);
  tone.connect(level).connect(speaker.destination);
  tone.start(start);
  tone.stop(start + seconds);
  return tone;
}

function silence() {
  timers.forEach(([timer, tone]) => { clearTimeout(timer); tone.stop(); });
  timers = [];
  listen.textContent = words.play;
  grid.querySelectorAll(".on").forEach((note) => note.classList.remove("on"));
}

function play() {
  if (timers.length) return silence();
  const eighth = 0.26;
  timers = notes.map(([start, size, pitch], i) => [
    setTimeout(() => grid.querySelectorAll("rect.own").forEach((r) => r.classList.toggle("on", Number(r.dataset.note) === i)), start * eighth * 1000),
    sound(pitch, start * eighth, size * eighth),
  ]);
  if (!timers.length) return;
  timers.push([setTimeout(silence, end() * eighth * 1000), { stop() {} }]);
  listen.textContent = words.stop;
}

// ---- the melody

function changed() {
  notes.sort((a, b) => a[0] - b[0]);
  props.value = JSON.stringify({ metre: metre.value, notes });
  draw();
  trigger("input");
}

function append(pitch) {
  if (end() + length > steps()) { said.textContent = zh ? "已满。" : "It is full."; return; }
  notes.push([end(), length, pitch]);
  changed();
  const scroller = grid.parentElement;
  scroller.scrollLeft = Math.max(0, end() * STEP - scroller.clientWidth * 0.75);
}

function toggle(step, pitch) {
  const there = notes.findIndex(([start, size, p]) => p === pitch && start <= step && step < start + size);
  if (there >= 0) notes.splice(there, 1);
  else { notes.push([step, Math.min(length, steps() - step), pitch]); sound(pitch); }
  changed();
}

function takeBack() {
  notes.pop();
  changed();
}

// ---- drawing

function svg(kind, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", kind);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return grid.appendChild(made);
}

function draw() {
  const width = steps() * STEP, height = (HIGHEST - LOWEST + 1) * ROW, y = (pitch) => 16 + (HIGHEST - pitch) * ROW;
  grid.replaceChildren();
  grid.setAttribute("width", width);
  grid.setAttribute("height", height + 18);
  for (let pitch = LOWEST; pitch <= HIGHEST; pitch++) {
    svg("rect", { x: 0, y: y(pitch), width, height: ROW, class: black(pitch) ? "black" : "white" });
  }
  for (let step = 0; step <= steps(); step += fine()) {
    const first = step % METRES[metre.value] === 0, kind = first ? "bar" : step % 1 ? "step half" : "step";
    svg("line", { x1: step * STEP, x2: step * STEP, y1: first ? 0 : 16, y2: height + 16, class: kind });
    if (first && step < steps()) svg("text", { x: step * STEP + 4, y: 12 }, step / METRES[metre.value] + 1);
  }
  notes.forEach(([start, size, pitch], i) => svg("rect", { x: start * STEP + 1, y: y(pitch), width: size * STEP - 2,
    height: ROW - 1, rx: 3, class: "own", "data-note": i }));
  svg("rect", { x: cursor[0] * STEP, y: y(cursor[1]), width: STEP * fine(), height: ROW, class: "cursor" });
  said.textContent = zh ? `${notes.length} 个音，${Math.ceil(end() / METRES[metre.value])} / ${props.bars} 小节`
    : `${notes.length} notes, ${Math.ceil(end() / METRES[metre.value])} of ${props.bars} bars`;
}

function read() {
  let given = null;
  try { given = JSON.parse(props.value); } catch { return; }
  if (!given || !(given.metre in METRES)) return;
  metre.value = given.metre;
  notes = given.notes;
  draw();
}

// ---- controls

function button(into, text, label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return into.appendChild(made);
}

function choose(size) {
  length = size;
  cursor[0] -= cursor[0] % fine();
  [...lengths.children].forEach((b, i) => b.setAttribute("aria-pressed", String(LENGTHS[i][0] === size)));
  draw();
}

lengths.setAttribute("aria-label", words.length);
LENGTHS.forEach(([size, sign], i) => button(lengths, sign, NAMES[i], () => choose(size)).title = NAMES[i]);
metre.setAttribute("aria-label", words.metre);
for (const value of Object.keys(METRES)) metre.append(new Option(value, value));
metre.addEventListener("change", () => { notes = notes.filter(([start, size]) => start + size <= steps()); changed(); });
listen.textContent = words.play;
listen.addEventListener("click", play);
part(".back").textContent = words.back;
part(".back").addEventListener("click", takeBack);
part(".clear").textContent = words.clear;
part(".clear").addEventListener("click", () => { silence(); notes = []; changed(); });
part(".hint").textContent = words.hint;

for (let pitch = LOWEST; pitch <= HIGHEST; pitch++) {
  const key = button(keys, "", name(pitch), (event) => { if (!event.detail) sound(pitch); append(pitch); });
  key.className = black(pitch) ? "sharp" : "natural";
  key.dataset.pitch = pitch;
  key.tabIndex = -1;
  if (pitch % 12 === 0) key.textContent = name(pitch);
  key.addEventListener("pointerdown", () => sound(pitch));
}
keys.addEventListener("keydown", (event) => {
  const place = CODES.indexOf(event.code);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (place >= 0 && !event.repeat) { sound(LOWEST + place); append(LOWEST + place); }
  else if (event.key === "Backspace") takeBack();
  else return;
  event.preventDefault();
});
grid.addEventListener("click", (event) => {
  const box = grid.getBoundingClientRect();
  const step = Math.floor((event.clientX - box.left) / STEP / fine()) * fine(), pitch = HIGHEST - Math.floor((event.clientY - box.top - 16) / ROW);
  if (pitch < LOWEST || pitch > HIGHEST || step >= steps()) return;
  cursor = [step, pitch];
  toggle(step, pitch);
});
grid.addEventListener("keydown", (event) => {
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  if (moves[event.key]) {
    const [right, up] = moves[event.key];
    cursor = [Math.min(steps() - fine(), Math.max(0, cursor[0] + right * fine())), Math.min(HIGHEST, Math.max(LOWEST, cursor[1] + up))];
    draw();
    said.textContent = `${Math.floor(cursor[0] / METRES[metre.value]) + 1}:${cursor[0] % METRES[metre.value] + 1} ${name(cursor[1])}`;
  } else if (event.key === "Enter" || event.key === " ") toggle(...cursor);
  else if (event.key === "Backspace") takeBack();
  else return;
  event.preventDefault();
});
choose(2);
watch("value", read);
read();
draw();
