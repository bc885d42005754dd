// One sentence of a plan as bars: width is duration, height is pitch. Drag or use the arrow keys to bend them.
const zh = navigator.language.startsWith("zh");
const words = zh
  ? { sentence: "句子", reset: "复原", silent: "停顿", none: "无音高", empty: "先朗读一段文本，这里就会显示它的音素。" }
  : { sentence: "Sentence", reset: "Reset", silent: "pause", none: "no pitch", empty: "Speak a text, and its phonemes stand here." };
const strip = element.querySelector(".strip");
const choose = element.querySelector("select");
const reset = element.querySelector("button");
const said = element.querySelector("output");
const WIDE = 0.42;  // pixels a millisecond
const TALL = 130, LOW = 60, HIGH = 640;  // pixels, hertz
const LIMIT = { milliseconds: [12, 2000], hertz: [LOW, HIGH] };
let plan = null, given = null, sent = "";

choose.setAttribute("aria-label", words.sentence);
reset.textContent = words.reset;

const within = (value, [low, high]) => Math.min(high, Math.max(low, value));
const utterances = () => [...new Set(plan.phones.map((p) => p.utterance))];
const isPause = (phone) => "|,.?!".includes(phone.symbol);
const opensWord = (phone) => phone.reading !== "";

function height(hertz) {
  return 14 + (TALL - 14) * Math.log(within(hertz, LIMIT.hertz) / LOW) / Math.log(HIGH / LOW);
}

function tell() {
  plan.chosen = Number(choose.value);
  sent = JSON.stringify(plan);
  props.value = sent;
  trigger("input");
}

function describe(bar, phone) {
  const pitch = phone.hertz ? Math.round(phone.hertz) + " Hz" : isPause(phone) ? words.silent : words.none;
  const value = `${Math.round(phone.milliseconds)} ms, ${pitch}`;
  bar.style.width = phone.milliseconds * WIDE + "px";  // a short one keeps room for a finger around it
  bar.querySelector("b").style.width = phone.milliseconds * WIDE - 2 + "px";
  bar.querySelector("b").style.height = (phone.hertz ? height(phone.hertz) : 10) + "px";
  bar.setAttribute("aria-valuenow", Math.round(phone.milliseconds));
  bar.setAttribute("aria-valuetext", value);
  const old = given.phones[Number(bar.dataset.index)];
  bar.classList.toggle("bent", old.milliseconds !== phone.milliseconds || old.hertz !== phone.hertz);
  return `${phone.symbol}${phone.mark.slice(2)} (${phone.word}): ${value}`;
}

function bend(bar, change) {
  const phone = plan.phones[Number(bar.dataset.index)];
  for (const [name, value] of Object.entries(change)) {
    if (name === "hertz" && !phone.hertz) continue;
    phone[name] = Math.round(10 * within(value, LIMIT[name])) / 10;
  }
  said.textContent = describe(bar, phone);
}

function drag(event) {
  const bar = event.currentTarget, start = { ...plan.phones[Number(bar.dataset.index)] };
  const from = [event.clientX, event.clientY];
  let axis = "";
  bar.setPointerCapture(event.pointerId);
  bar.focus({ preventScroll: true });
  said.textContent = describe(bar, start);
  bar.onpointermove = (move) => {
    const [across, up] = [move.clientX - from[0], from[1] - move.clientY];
    if (!axis && Math.hypot(across, up) > 5) axis = Math.abs(across) > Math.abs(up) ? "across" : "up";
    if (axis === "across") bend(bar, { milliseconds: start.milliseconds + across / WIDE });
    if (axis === "up") bend(bar, { hertz: start.hertz * Math.pow(HIGH / LOW, up / (TALL - 14)) });
  };
  bar.onpointerup = bar.onpointercancel = () => {
    bar.onpointermove = bar.onpointerup = bar.onpointercancel = null;
    if (axis) tell();
  };
  event.preventDefault();
}

function press(event) {
  const bar = event.currentTarget, index = Number(bar.dataset.index), phone = plan.phones[index];
  const change = {
    ArrowUp: { hertz: phone.hertz * Math.pow(2, 1 / 24) },
    ArrowDown: { hertz: phone.hertz / Math.pow(2, 1 / 24) },
    ArrowRight: { milliseconds: phone.milliseconds + 12 },
    ArrowLeft: { milliseconds: phone.milliseconds - 12 },
    Delete: { milliseconds: given.phones[index].milliseconds, hertz: given.phones[index].hertz },
  }[event.key];
  if (!change) return;
  bend(bar, change);
  tell();
  event.preventDefault();
}

function makeBar(phone, index) {
  const bar = document.createElement("div");
  bar.className = "phone" + (phone.hertz ? "" : " flat");
  bar.dataset.index = index;
  bar.tabIndex = 0;
  bar.setAttribute("role", "slider");
  bar.setAttribute("aria-label", `${phone.symbol}${phone.mark.slice(2)}, ${phone.word}`);
  bar.setAttribute("aria-valuemin", LIMIT.milliseconds[0]);
  bar.setAttribute("aria-valuemax", LIMIT.milliseconds[1]);
  bar.append(document.createElement("b"), document.createElement("span"));
  bar.querySelector("span").textContent = isPause(phone) ? "" : phone.symbol + phone.mark.slice(2);
  bar.addEventListener("pointerdown", drag);
  bar.addEventListener("keydown", press);
  bar.addEventListener("focus", () => { said.textContent = describe(bar, phone); });
  describe(bar, phone);
  return bar;
}

function draw() {
  const groups = [];
  let word = null;
  plan.phones.forEach((phone, index) => {
    if (phone.utterance !== Number(choose.value)) return;
    if (!word || opensWord(phone)) {
      word = document.createElement("div");
      word.className = "word";
      word.append(document.createElement("div"), document.createElement("label"), document.createElement("small"));
      word.children[1].textContent = isPause(phone) ? "" : phone.word;
      word.lastChild.textContent = isPause(phone) ? "" : phone.reading;
      word.title = isPause(phone) ? words.silent : `${phone.word} ${phone.reading}`;
      groups.push(word);
    }
    word.firstChild.append(makeBar(phone, index));
  });
  strip.replaceChildren(...groups);
  said.textContent = "";
}

function sentence(number) {
  const mine = plan.phones.filter((p) => p.utterance === number);
  const found = mine.filter((p) => opensWord(p) && p.symbol !== "|").map((p) => p.word);
  return found.join(" ").replace(/ (?=[,.?!])/g, "").replace(/(?<=[㐀-鿿]) (?=[㐀-鿿])/g, "");
}

function read() {
  if (props.value === sent && plan) return;
  try { plan = JSON.parse(props.value || "null"); } catch { plan = null; }
  sent = props.value;
  choose.hidden = reset.hidden = !plan;
  if (!plan) { strip.replaceChildren(); said.textContent = words.empty; return; }
  given = structuredClone(plan);
  choose.replaceChildren(...utterances().map((number) => new Option(sentence(number), number)));
  choose.value = plan.chosen || 0;
  draw();
}

choose.addEventListener("change", () => { draw(); tell(); });
reset.addEventListener("click", () => {
  plan.phones = structuredClone(given.phones);
  draw();
  tell();
});
watch("value", read);
read();
