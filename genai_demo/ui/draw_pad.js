// A square to draw in; the value is the list of points along the strokes, [x, y] from -1 to 1.
const canvas = element.querySelector("canvas");
const said = element.querySelector("output");
const clear = element.querySelector(".clear");
const zh = navigator.language.startsWith("zh");
const SPACING = 0.02;
let points = [];

clear.textContent = zh ? "清除" : "Clear";
canvas.setAttribute("aria-label", zh ? "在此绘制分布" : "Draw the distribution here");

function draw() {
  const brush = canvas.getContext("2d"), size = canvas.width;
  brush.clearRect(0, 0, size, size);
  brush.fillStyle = getComputedStyle(element).getPropertyValue("--color-accent") || "#0d9488";
  for (const [x, y] of points) {
    brush.beginPath();
    brush.arc((x + 1) / 2 * size, (1 - y) / 2 * size, 4, 0, 7);
    brush.fill();
  }
  said.textContent = points.length ? (zh ? `${points.length} 个点` : `${points.length} points`)
    : (zh ? "用鼠标或手指绘制" : "Draw with mouse or finger");
}

function add(event) {
  const box = canvas.getBoundingClientRect();
  const place = [(event.clientX - box.left) / box.width * 2 - 1, 1 - (event.clientY - box.top) / box.height * 2]
    .map((v) => Math.round(Math.min(1, Math.max(-1, v)) * 1000) / 1000);
  const last = points[points.length - 1];
  if (event.type === "pointermove" && last) {  // fill what a quick stroke skipped
    const length = Math.hypot(place[0] - last[0], place[1] - last[1]);
    if (length < SPACING) return;
    for (let i = 1, n = Math.floor(length / SPACING); i < n; i++) {
      if (points.length < props.most) points.push([0, 1].map((k) => last[k] + (place[k] - last[k]) * i / n));
    }
  }
  if (points.length < props.most) points.push(place);
  draw();
}

function tell() {
  props.value = JSON.stringify(points);
  trigger("input");
}

canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  add(event);
  event.preventDefault();
});
canvas.addEventListener("pointermove", (event) => { if (canvas.hasPointerCapture(event.pointerId)) add(event); });
canvas.addEventListener("pointerup", tell);
clear.addEventListener("click", () => { points = []; draw(); tell(); });
draw();
