// The picture on the screen: where it lies, how large, and what is drawn over it.
class View {
  constructor(canvas, strokes) {
    Object.assign(this, { canvas, strokes, image: null, scale: 1, x: 0, y: 0, bare: false, draft: [], cursor: null });
    new ResizeObserver(() => { this.measure(); this.fit(); }).observe(canvas);
  }

  measure() {
    this.sharp = window.devicePixelRatio || 1;
    this.canvas.width = Math.max(1, Math.round(this.canvas.clientWidth * this.sharp));
    this.canvas.height = Math.max(1, Math.round(this.canvas.clientHeight * this.sharp));
  }

  fit() {
    if (this.image) {
      const { clientWidth: width, clientHeight: height } = this.canvas;
      this.scale = Math.min(width / this.image.width, height / this.image.height) || 1;
      this.x = (width - this.scale * this.image.width) / 2;
      this.y = (height - this.scale * this.image.height) / 2;
    }
    this.draw();
  }

  // Nearer or farther, with the place (x, y) of the screen staying where it is.
  zoom(factor, x = this.canvas.clientWidth / 2, y = this.canvas.clientHeight / 2) {
    const scale = Math.min(40, Math.max(0.02, this.scale * factor)), ratio = scale / this.scale;
    [this.x, this.y, this.scale] = [x - ratio * (x - this.x), y - ratio * (y - this.y), scale];
    this.draw();
  }

  pan(across, down) {
    this.x += across;
    this.y += down;
    this.draw();
  }

  // From pixels of the screen to pixels of the picture.
  place(x, y) {
    return [(x - this.x) / this.scale, (y - this.y) / this.scale];
  }

  draw() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.paint(); });
  }

  paint() {
    const brush = this.canvas.getContext("2d"), unit = this.sharp * this.scale;
    brush.setTransform(1, 0, 0, 1, 0, 0);
    brush.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (!this.image) return;
    brush.setTransform(unit, 0, 0, unit, this.sharp * this.x, this.sharp * this.y);
    brush.imageSmoothingEnabled = this.scale < 4;  // then single pixels are looked at
    brush.drawImage(this.image, 0, 0);
    if (this.bare) return;
    brush.globalAlpha = 0.6;
    brush.drawImage(this.strokes.mask, 0, 0);
    brush.globalAlpha = 1;
    this.outline(brush, this.draft);
    if (this.cursor) this.ring(brush, this.cursor);
  }

  // White and black, to be seen on any picture.
  line(brush) {
    for (const [colour, width] of [["#fff", 3], ["#000", 1]]) {
      [brush.strokeStyle, brush.lineWidth] = [colour, width / this.scale];
      brush.stroke();
    }
  }

  outline(brush, points) {
    if (points.length < 2) return;
    brush.beginPath();
    points.forEach(([x, y]) => brush.lineTo(x, y));
    this.line(brush);
  }

  ring(brush, { point: [x, y], size }) {
    brush.beginPath();
    brush.arc(x, y, Math.max(size / 2, 3 / this.scale), 0, 7);
    this.line(brush);
  }
}
