// Draws a piece as a piano roll and follows the room's audio player with a play head.
const frame = element.querySelector(".frame");
const picture = element.querySelector(".music");
const gutter = element.querySelector(".gutter");
const title = element.querySelector(".title");
const legend = element.querySelector(".legend");
const loop = element.querySelector(".loop");
const ROW = 7, NARROWEST_BAR = 64, STRIP = 18;
let top = 44, looped = null;
let music = null, bars = [], scale = 1, rows = [], shown = -1, waves = null, started = null, fresh = false;

const svg = (name, attributes, text) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
};
const x = (seconds) => (seconds - bars[0]) * scale;

// ---- drawing

function draw() {
  try { music = JSON.parse(props.value || "null"); } catch { music = null; }
  picture.replaceChildren();
  gutter.replaceChildren();
  rows = [];
  shown = -1;
  title.textContent = music ? music.title : "";
  legend.replaceChildren(...(music ? music.voices : []).map(([voice, name]) => {
    const entry = document.createElement("span");
    entry.className = voice;
    entry.textContent = name;
    return entry;
  }));
  element.firstElementChild.dataset.bars = music ? music.bars.length - 1 : 0;
  top = 44 + (music?.sections.length ? STRIP : 0);
  if (music) bars = music.bars;
  offerLoops();
  if (!music) return;
  const length = (bars[1] - bars[0]) * music.planned;
  const width = Math.max(frame.clientWidth - 2, NARROWEST_BAR * music.planned);
  scale = width / length;
  const pitches = music.notes.map((note) => note[3]);
  const high = Math.max(72, ...pitches) + 2, low = Math.min(60, ...pitches) - 2;
  const bottom = top + (high - low + 1) * ROW;
  for (const drawing of [picture, gutter]) drawing.setAttribute("height", bottom);
  picture.setAttribute("width", width);
  drawGrid(width, high, low, bottom);
  drawSections(width / music.planned);
  drawChords();
  for (const [voice, start, end, pitch] of music.notes) {
    const note = svg("rect", { x: x(start), y: top + (high - pitch) * ROW, rx: 2, height: ROW - 1,
      width: Math.max(2, (end - start) * scale - 1), class: "note " + voice });
    rows.push([note, start, end]);
    picture.append(note);
  }
  picture.append(svg("line", { x1: 0, x2: 0, y1: 0, y2: bottom, class: "head" }));
  picture.setAttribute("aria-label", `${music.title}. ${music.summary}`);
}

function drawGrid(width, high, low, bottom) {
  for (let pitch = low; pitch <= high; pitch++) {
    const y = top + (high - pitch) * ROW;
    if ([1, 3, 6, 8, 10].includes(pitch % 12)) picture.append(svg("rect", { x: 0, y, width, height: ROW, class: "black" }));
    if (pitch % 12 === 0) gutter.append(svg("text", { x: 26, y: y + ROW, "text-anchor": "end" }, "C" + (pitch / 12 - 1)));
  }
  for (let bar = 0; bar <= music.planned; bar++) {
    const place = bar * (width / music.planned);
    picture.append(svg("line", { x1: place, x2: place, y1: 0, y2: bottom, class: "bar" }));
    if (bar < music.planned) picture.append(svg("text", { x: place + 4, y: top - 32 }, bar + 1));
  }
}

function drawSections(bar) {
  for (const [letter, first, last] of music.sections) {
    const left = first * bar + 1, kind = `section ${letter}`;
    picture.append(svg("rect", { x: left, y: 0, width: (last - first) * bar - 2, height: STRIP - 2, rx: 3, class: kind }));
    picture.append(svg("text", { x: left + 5, y: STRIP - 5, class: "letter" }, letter));
  }
}

function drawChords() {
  const y = top - 26;
  for (const [name, start, end] of music.chords) {
    const width = Math.max(2, (end - start) * scale - 2);
    picture.append(svg("rect", { x: x(start), y, height: 20, rx: 3, width, class: "chord" }));
    if (width >= 7 * name.length) picture.append(svg("text", { x: x(start) + 3, y: y + 15, class: "name" }, name));
  }
}

// ---- a part over and over

function offerLoops() {
  const names = music ? [music.whole, ...music.loops.map(([name]) => name)] : [];
  loop.hidden = !music?.seconds || names.length < 3;
  if (names.join() !== [...loop.options].map((option) => option.text).join()) {
    loop.replaceChildren(...names.map((name, i) => new Option(name, i - 1)));
  }
  if (!music?.seconds) loop.value = -1;  // a new piece is being written
  loop.setAttribute("aria-label", music ? music.loop : "");
  chooseLoop();
}

function chooseLoop() {
  const part = music?.loops[Number(loop.value)];
  looped = part ? [Math.max(0, bars[part[1]]), bars[part[2]]] : null;
}

loop.addEventListener("change", () => {
  chooseLoop();
  if (looped) seek(looped[0]);
});

// ---- following the player

const player = () => document.getElementById("music-audio");
function progress() {
  if (!waves?.host.isConnected) {
    const host = [...(player()?.querySelectorAll("#waveform div") || [])].find((part) => part.shadowRoot);
    waves = host ? host.shadowRoot : null;
  }
  return waves ? parseFloat(waves.querySelector("[part=progress]")?.style.width || "0") / 100 : 0;
}

function follow() {
  if (!element.isConnected) return;
  requestAnimationFrame(follow);
  if (!music?.seconds) return;
  let now = progress() * music.seconds;
  if (looped && now >= looped[1]) seek(now = looped[0]);
  if (fresh && waves && waves.host !== started && player().querySelector("#duration")?.textContent !== "0:00") {
    fresh = false;
    started = waves.host;
    setTimeout(() => {  // after the player has gone to where the sound before it stood
      seek(0);
      if (music.play) player()?.querySelector(".play-pause-button")?.click();
    }, 100);
  }
  if (now === shown) return;
  shown = now;
  const place = Math.min(x(now), Number(picture.getAttribute("width")));
  picture.lastChild.setAttribute("transform", `translate(${place} 0)`);
  picture.dataset.now = now.toFixed(2);
  for (const [note, start, end] of rows) note.classList.toggle("on", now > 0 && start <= now && now < end);
  if (place < frame.scrollLeft || place > frame.scrollLeft + frame.clientWidth - 40) {
    frame.scrollLeft = Math.max(0, place - frame.clientWidth / 4);
  }
}

function seek(seconds) {
  if (!music?.seconds || (progress(), !waves)) return;
  const target = waves.querySelector(".wrapper"), box = target.getBoundingClientRect();
  const share = Math.min(0.999, Math.max(0, seconds / music.seconds));
  target.dispatchEvent(new MouseEvent("click", { clientX: box.left + share * box.width, clientY: box.top + 1, bubbles: true }));
}

picture.addEventListener("click", (event) => {
  if (music) seek((event.clientX - picture.getBoundingClientRect().left) / scale + bars[0]);
});
frame.addEventListener("keydown", (event) => {
  if (!music) return;
  const bar = bars[1] - bars[0];
  if (event.key === " ") player()?.querySelector(".play-pause-button")?.click();
  else if (event.key === "ArrowRight") seek(shown + bar);
  else if (event.key === "ArrowLeft") seek(shown - bar);
  else if (event.key === "Home") seek(0);
  else return;
  event.preventDefault();
});
new ResizeObserver(draw).observe(frame);
watch("value", () => {
  draw();
  fresh = Boolean(music?.seconds);
});
draw();
requestAnimationFrame(follow);
