// Flips through the frames of one sprite: no request while scrubbing or playing.
const zh = navigator.language.startsWith("zh");
const words = zh
  ? { step: "感知步长：越平，变化越均匀。每步平均 ", total: "，全程 " }
  : { step: "Perceptual length of each step: the flatter, the more even. Mean ", total: ", whole path " };
const canvas = element.querySelector("canvas");
const range = element.querySelector("input");
const output = element.querySelector("output");
const play = element.querySelector(".play");
const strip = element.querySelector(".strip");
const plot = element.querySelector("svg");
const caption = element.querySelector("figcaption");
const STRIP = 10;
const image = new Image();
let path = null;
let playing = false;
let started = 0;

function show(frame) {
  if (!path || !image.complete || !image.naturalWidth) return;
  const side = image.naturalWidth / path.columns;
  const brush = canvas.getContext("2d");
  brush.imageSmoothingQuality = "high";
  const left = (frame % path.columns) * side;
  brush.drawImage(image, left, Math.floor(frame / path.columns) * side, side, side, 0, 0, canvas.width, canvas.height);
  range.value = frame;
  output.textContent = frame + 1 + " / " + path.count;
  canvas.dataset.frame = frame;
  const x = path.count > 1 ? (100 * frame) / (path.count - 1) : 0;
  const cursor = plot.querySelector("line");
  cursor.setAttribute("x1", x);
  cursor.setAttribute("x2", x);
  for (const button of strip.children) {
    const next = button.nextSibling ? Number(button.nextSibling.dataset.frame) : path.count;
    button.setAttribute("aria-current", String(frame >= Number(button.dataset.frame) && frame < next));
  }
}

function pause() {
  playing = false;
  play.textContent = "▶";
}

function run(now) {
  if (!playing || !element.isConnected) return;
  show(Math.floor(((now - started) / 1000) * path.fps) % path.count);
  requestAnimationFrame(run);
}

function start() {
  if (!path) return;
  playing = true;
  play.textContent = "❚❚";
  started = performance.now() - (1000 * Number(range.value)) / path.fps;
  requestAnimationFrame(run);
}

function drawStrip() {
  strip.replaceChildren();
  const rows = Math.ceil(path.count / path.columns);
  const shown = Math.min(STRIP, path.count);
  for (let i = 0; i < shown; i++) {
    const frame = shown > 1 ? Math.round((i * (path.count - 1)) / (shown - 1)) : 0;
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.frame = frame;
    button.setAttribute("aria-label", (zh ? "第 " : "Frame ") + (frame + 1));
    button.style.backgroundImage = "url(" + path.sprite + ")";
    button.style.backgroundSize = 100 * path.columns + "% " + 100 * rows + "%";
    const across = path.columns > 1 ? (100 * (frame % path.columns)) / (path.columns - 1) : 0;
    const down = rows > 1 ? (100 * Math.floor(frame / path.columns)) / (rows - 1) : 0;
    button.style.backgroundPosition = across + "% " + down + "%";
    button.addEventListener("click", () => { pause(); show(frame); });
    strip.append(button);
  }
}

function drawPlot() {
  const steps = path.steps;
  const top = Math.max(...steps, 1e-9) * 1.1;
  const points = steps.map((s, i) => (100 * (i + 0.5)) / steps.length + "," + (31 - (29 * s) / top));
  plot.innerHTML = '<polyline points="' + points.join(" ") + '"/><line x1="0" x2="0" y1="0" y2="32"/>';
  const total = steps.reduce((a, b) => a + b, 0);
  caption.textContent = words.step + (total / steps.length).toPrecision(2) + words.total + total.toPrecision(3);
  plot.setAttribute("aria-label", caption.textContent);
}

function load() {
  if (!props.value) return;
  path = JSON.parse(props.value);
  range.max = path.count - 1;
  if (Number(range.value) >= path.count) range.value = 0;
  image.onload = () => {
    drawStrip();
    drawPlot();
    show(Number(range.value));
    if (!playing && !matchMedia("(prefers-reduced-motion: reduce)").matches) start();
  };
  image.src = path.sprite;
}

range.addEventListener("input", () => { pause(); show(Number(range.value)); });
play.addEventListener("click", () => (playing ? pause() : start()));
watch("value", load);
load();
