// A square over the plane to draw in; the value is the list of points along the strokes, [x, y] from -1 to 1.
const canvas = element.querySelector("canvas");
const said = element.querySelector("output");
const clear = element.querySelector(".clear");
const SPACING = 0.02, PACE = 0.05;  // between two points of a stroke, and of one press of an arrow key
const words = navigator.language.startsWith("zh")
  ? { clear: "清除", empty: "在平面上画：一个字、一张脸、几个点；用鼠标或手指，或用空格键落笔、方向键移动。",
      canvas: "在平面上绘制分布：空格键落笔或提笔，方向键移动", points: (n) => `${n} 个点`,
      at: (x, y, down) => `${down ? "落笔" : "提笔"}：${x}, ${y}` }
  : { clear: "Clear", empty: "Draw on the plane: a letter, a face, some dots; with mouse or finger, or with the arrow keys "
        + "and space, which puts the pen down.",
      canvas: "Draw the distribution on the plane: space puts the pen down or up, arrow keys move it",
      points: (n) => `${n} points`, at: (x, y, down) => `pen ${down ? "down" : "up"} at ${x}, ${y}` };
let points = [], pen = null, down = false;  // pen: where the keyboard has it

clear.textContent = words.clear;
canvas.setAttribute("aria-label", words.canvas);

const across = (x) => (x + props.edge) / 2 / props.edge * canvas.width;
const along = (y) => (props.edge - y) / 2 / props.edge * canvas.height;

function draw() {
  const brush = canvas.getContext("2d"), style = getComputedStyle(element);
  brush.clearRect(0, 0, canvas.width, canvas.height);
  brush.fillStyle = brush.strokeStyle = style.getPropertyValue("--body-text-color");
  brush.globalAlpha = 0.5;
  for (const [x, y] of points) {
    brush.beginPath();
    brush.arc(across(x), along(y), 3, 0, 7);
    brush.fill();
  }
  brush.globalAlpha = 1;
  if (pen) {
    brush.lineWidth = down ? 4 : 2;
    brush.strokeRect(across(pen[0]) - 8, along(pen[1]) - 8, 16, 16);
  }
  const count = points.length ? words.points(points.length) : words.empty;
  said.textContent = pen ? `${words.at(...pen.map((v) => v.toFixed(2)), down)}; ${count}` : count;
}

const within = (place) => place.map((v) => Math.round(Math.min(1, Math.max(-1, v)) * 1000) / 1000);

// A point of a stroke; ``last``: the one before it, to which what a quick hand skipped is filled.
function add(place, last) {
  const length = last ? Math.hypot(place[0] - last[0], place[1] - last[1]) : Infinity;
  if (length < SPACING) return;
  for (let i = 1, n = Math.floor(length / SPACING); last && i < n && points.length < props.most; i++) {
    points.push([0, 1].map((k) => last[k] + (place[k] - last[k]) * i / n));
  }
  if (points.length < props.most) points.push(place);
  draw();
}

function tell() {
  if (points.length && points.length < props.least) return;
  props.value = JSON.stringify(points);
  trigger("input");
}

function placeOf(event) {
  const box = canvas.getBoundingClientRect();
  const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  return within([(2 * x - 1) * props.edge, (1 - 2 * y) * props.edge]);
}

canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  canvas.focus();
  pen = null;
  add(placeOf(event));
  event.preventDefault();
});
canvas.addEventListener("pointermove", (event) => {
  if (canvas.hasPointerCapture(event.pointerId)) add(placeOf(event), points.at(-1));
});
canvas.addEventListener("pointerup", tell);
canvas.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1], " ": [0, 0] }[event.key];
  if (!step) return;
  event.preventDefault();
  const before = pen || [0, 0];
  pen = within(before.map((v, i) => v + PACE * step[i]));
  if (event.key === " ") {
    down = !down;
    if (down) add(pen); else tell();
  } else if (down) add(pen, before);
  draw();
});
canvas.addEventListener("blur", () => {
  if (down) tell();
  pen = null;
  down = false;
  draw();
});
clear.addEventListener("click", () => { points = []; draw(); tell(); });
draw();
