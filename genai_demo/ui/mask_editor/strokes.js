// What was drawn, undone and redone over a picture, and the mask that it adds up to.
class Strokes {
  constructor() {
    this.mask = document.createElement("canvas");
    this.brush = this.mask.getContext("2d", { willReadFrequently: true });
    this.reset(1, 1, null);
  }

  // base: an image of what is painted already, or null.
  reset(width, height, base) {
    [this.mask.width, this.mask.height, this.base] = [width, height, base];
    [this.done, this.undone] = [[], []];
    this.replay();
  }

  replay() {
    this.draw({ kind: "clear" });
    if (this.base) this.brush.drawImage(this.base, 0, 0, this.mask.width, this.mask.height);
    this.done.forEach((stroke) => this.draw(stroke));
  }

  // stroke: {kind: "line", points, size, erase}, {kind: "area", points} or {kind: "clear"}.
  draw({ kind, points, size, erase }) {
    const brush = this.brush;
    brush.globalCompositeOperation = "source-over";
    if (kind === "clear") return brush.clearRect(0, 0, this.mask.width, this.mask.height);
    if (erase) brush.globalCompositeOperation = "destination-out";
    brush.fillStyle = brush.strokeStyle = `rgb(${COLOUR})`;
    [brush.lineWidth, brush.lineCap, brush.lineJoin] = [size, "round", "round"];
    brush.beginPath();
    points.forEach(([x, y]) => brush.lineTo(x, y));
    if (kind === "area") return brush.fill();
    if (points.length === 1) brush.lineTo(points[0][0] + 0.01, points[0][1]);  // a dab
    brush.stroke();
  }

  add(stroke) {
    this.done.push(stroke);
    this.undone = [];
    this.draw(stroke);
  }

  // The last stroke goes on to here.
  extend(point) {
    const stroke = this.done[this.done.length - 1];
    stroke.points.push(point);
    this.draw({ ...stroke, points: stroke.points.slice(-2) });
  }

  // Takes the last stroke away for good.
  drop() {
    this.done.pop();
    this.replay();
  }

  undo() {
    if (this.done.length) this.undone.push(this.done.pop());
    this.replay();
  }

  redo() {
    if (this.undone.length) this.done.push(this.undone.pop());
    this.replay();
  }
}
