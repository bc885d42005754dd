// A point in a square: drag, tap or arrow keys. Tells Python "x,y" at most once a frame.
const pad = element.querySelector(".pad");
const dot = element.querySelector(".dot");
const faces = element.querySelector(".faces");
let place = [0.5, 0.5];
let waiting = false;

function read() {
  const parts = String(props.value || "0.5,0.5").split(",").map(Number);
  if (parts.length === 2 && parts.every(Number.isFinite)) place = parts;
  draw();
}

function draw() {
  dot.style.left = 100 * place[0] + "%";
  dot.style.top = 100 * place[1] + "%";
  pad.setAttribute("aria-valuenow", place[0].toFixed(2));
  pad.setAttribute("aria-valuetext", place.map((v) => v.toFixed(2)).join(", "));
}

function paint() {
  faces.style.backgroundImage = props.sprite ? "url(" + props.sprite + ")" : "none";
}

function move(x, y) {
  place = [x, y].map((v) => Math.min(1, Math.max(0, v)));
  draw();
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    props.value = place.map((v) => v.toFixed(3)).join(",");
    trigger("input");
  });
}

function follow(event) {
  const box = pad.getBoundingClientRect();
  move((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
}

pad.addEventListener("pointerdown", (event) => {
  pad.setPointerCapture(event.pointerId);
  pad.focus();
  follow(event);
  event.preventDefault();
});
pad.addEventListener("pointermove", (event) => { if (pad.hasPointerCapture(event.pointerId)) follow(event); });
pad.addEventListener("keydown", (event) => {
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const step = steps[event.key];
  if (!step) return;
  move(place[0] + 0.04 * step[0], place[1] + 0.04 * step[1]);
  event.preventDefault();
});
watch("value", read);
watch("sprite", paint);
read();
paint();
