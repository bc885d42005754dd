// A point that is pointed at, focused or tapped says its numbers below its chart.
function show(event) {
  const point = event.target.closest?.(".point");
  if (!point || !element.contains(point)) return;
  const figure = point.closest("figure");
  figure.querySelectorAll(".point.on").forEach((other) => other.classList.remove("on"));
  point.classList.add("on");
  figure.querySelector("output").textContent = point.getAttribute("aria-label");
}

for (const name of ["pointerover", "focusin", "click"]) element.addEventListener(name, show);
