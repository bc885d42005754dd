// Mouse, pen and fingers: one of them paints, two of them move the view and zoom.
const fingers = new Map();
let dragging = false;

function where(event) {
  const box = canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

// Middle and distance of two fingers.
function pair() {
  const [[ax, ay], [bx, by]] = [...fingers.values()];
  return { x: (ax + bx) / 2, y: (ay + by) / 2, apart: Math.hypot(ax - bx, ay - by) };
}

canvas.addEventListener("pointerdown", (event) => {
  if (!view.image) return;
  canvas.setPointerCapture(event.pointerId);
  fingers.set(event.pointerId, where(event));
  if (fingers.size === 2) return cancel();
  dragging = tool === "hand" || event.button === 1;
  if (!dragging && event.button === 0) down(view.place(...where(event)));
});

canvas.addEventListener("pointermove", (event) => {
  if (!view.image) return;
  const here = where(event), before = fingers.get(event.pointerId);
  if (fingers.size === 2 && before) {
    const old = pair();
    fingers.set(event.pointerId, here);
    const now = pair();
    view.pan(now.x - old.x, now.y - old.y);
    view.zoom(now.apart / Math.max(1, old.apart), now.x, now.y);
    return;
  }
  if (before) fingers.set(event.pointerId, here);
  if (before && dragging) return view.pan(here[0] - before[0], here[1] - before[1]);
  const steps = pen && event.getCoalescedEvents ? event.getCoalescedEvents() : [];
  (steps.length ? steps : [event]).forEach((one) => move(view.place(...where(one))));
});

for (const name of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(name, (event) => {
    if (!fingers.delete(event.pointerId)) return;
    if (name === "pointercancel") cancel();
    else if (!dragging) up();
    dragging = false;
  });
}
canvas.addEventListener("pointerleave", () => { if (!pen) { cursor = null; report(); } });
canvas.addEventListener("dblclick", () => { if (tool === "polygon") close(corners); });
canvas.addEventListener("wheel", (event) => {  // without Ctrl the page scrolls, as everywhere
  if (!view.image || !event.ctrlKey) return;
  event.preventDefault();
  view.zoom(Math.exp(-event.deltaY / 200), ...where(event));
  report();
}, { passive: false });

// --- how a picture comes in

file.addEventListener("change", () => { take(file.files[0]); file.value = ""; });
size.addEventListener("input", report);
for (const name of ["dragover", "dragleave", "drop"]) {
  stage.addEventListener(name, (event) => {
    event.preventDefault();
    stage.classList.toggle("over", name === "dragover");
    if (name === "drop") take(event.dataTransfer.files[0]);
  });
}
element.addEventListener("paste", (event) => take([...event.clipboardData.files][0]));

find(".open span").textContent = words.open;
find(".empty").textContent = words.empty;
find(".tools").setAttribute("aria-label", words.tools);
size.setAttribute("aria-label", words.size);
canvas.setAttribute("aria-label", words.canvas);
canvas.setAttribute("role", "application");
watch("value", show);
choose("brush");
show();
