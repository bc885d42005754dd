// Draws one moment of the game of G and D: field, points, arrows, curves, meters, and the step that is under way.
const plane = element.querySelector(".plane"), curves = element.querySelector(".curves");
const steps = [...element.querySelectorAll(".steps li")], boxes = [...element.querySelectorAll(".formulas > div")];
const [coverage, quality, divergence, balance] = element.querySelectorAll(".meters output");
const zh = navigator.language.startsWith("zh");
const words = zh
  ? { real: "真实点", fake: "生成点", key: "背景：判别器认为此处更像 {real} 或 {fake}；箭头：生成器的损失把点拉向何方",
      parts: ["① 采样噪声", "② 生成", "③ 判别真假", "④ 更新 D", "⑤ 更新 G"], names: ["覆盖的模式", "落在模式附近", "与真实分布的 JS 散度", "真假之争"],
      modes: (a, b) => `${a} / ${b}`, noise: "噪声 z", step: "第 {n} 步", d: "D 的损失", g: "G 的损失", js: "JS 散度",
      guess: "D 只能靠猜：势均力敌。", even: "势均力敌：D 略占上风，G 能从中学习。", ahead: "D 遥遥领先：它几乎总能识破，G 学得困难。",
      collapse: "模式坍塌：G 只生成了分布的一小部分，且不再进步。", learning: "仍在学习：G 越来越接近分布。", empty: "尚未训练：按“运行”。", plane: "平面上的真实点与生成点", loss: "两个损失与 JS 散度的曲线" }
  : { real: "real", fake: "generated", key: "Ground: where D believes a point is {real} or {fake}. Arrows: where G's loss pulls it.",
      parts: ["① sample noise", "② generate", "③ judge", "④ update D", "⑤ update G"], names: ["Modes covered", "Near a mode", "JS divergence", "G against D"],
      modes: (a, b) => `${a} of ${b}`, noise: "noise z", step: "step {n}", d: "loss of D", g: "loss of G", js: "JS divergence",
      guess: "D is guessing: the game is even.", even: "An even game: D is a little ahead, and G learns from it.",
      ahead: "D is far ahead: it nearly always knows, and G learns little from that.",
      collapse: "Mode collapse: G makes only a small part of the distribution, and comes no nearer.",
      learning: "Still learning: G comes nearer to the distribution.", empty: "Not trained yet: press Run.",
      plane: "Real and generated points on the plane", loss: "Curves of both losses and of the JS divergence" };
const EDGE = 1.2, WIDE = 2;  // the plane that is shown, and the one that the numbers cover
const small = document.createElement("canvas");
let frames = 0;

const key = element.querySelector(".key");
for (const [i, part] of words.key.split(/[{}]/).entries()) {
  const piece = document.createElement("span");
  piece.className = i % 2 ? part : "";
  piece.textContent = i % 2 ? "● " + words[part] : part;
  key.append(piece);
}
steps.forEach((step, i) => { step.textContent = words.parts[i]; });
element.querySelectorAll(".meters .name").forEach((name, i) => { name.textContent = words.names[i]; });
plane.setAttribute("aria-label", words.plane);
curves.setAttribute("aria-label", words.loss);

const bytes = (packed) => Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
function places(packed) {  // two 16-bit numbers a point
  const numbers = new Uint16Array(bytes(packed).buffer), found = [];
  for (let i = 0; i + 1 < numbers.length; i += 2) {
    found.push([numbers[i] / 65535 * 2 * WIDE - WIDE, numbers[i + 1] / 65535 * 2 * WIDE - WIDE]);
  }
  return found;
}
const at = ([x, y]) => [(x + EDGE) / 2 / EDGE * plane.width, (EDGE - y) / 2 / EDGE * plane.height];
const font = (canvas) => `${Math.round(13 * canvas.width / (canvas.clientWidth || canvas.width))}px system-ui, sans-serif`;
const colour = (name) => getComputedStyle(element.querySelector(".lab")).getPropertyValue(name).trim();

// ---- the plane

function drawField(brush, field, size) {
  if (small.width !== size) small.width = small.height = size;
  const picture = small.getContext("2d").createImageData(size, size);
  field.forEach((value, i) => {
    const row = size - 1 - Math.floor(i / size), place = 4 * (row * size + i % size), away = (value - 127.5) / 127.5;
    picture.data.set(away > 0 ? [20, 184, 166] : [249, 115, 22], place);
    picture.data[place + 3] = 170 * Math.abs(away) ** 0.6;
  });
  small.getContext("2d").putImageData(picture, 0, 0);
  brush.imageSmoothingEnabled = true;
  brush.drawImage(small, 0, 0, plane.width, plane.height);
}

function dots(brush, points, radius, fill, judged) {
  points.forEach((point, i) => {
    const [x, y] = at(point);
    brush.fillStyle = judged ? (judged[i] > 127 ? colours.real : colours.fake) : fill;
    brush.beginPath();
    brush.arc(x, y, radius, 0, 7);
    brush.fill();
  });
}

function drawArrows(brush, fakes, arrows) {
  brush.strokeStyle = colours.ink;
  brush.lineWidth = 1.4;
  brush.beginPath();
  arrows.forEach((arrow, i) => {
    const [x, y] = at(fakes[i]), length = Math.hypot(...arrow);
    if (length < 1e-3) return;
    const reach = Math.min(0.22, 0.05 * Math.sqrt(length) + 0.03 * length);  // long ones would cover the plane
    const [ex, ey] = at([fakes[i][0] + arrow[0] / length * reach, fakes[i][1] + arrow[1] / length * reach]);
    const angle = Math.atan2(ey - y, ex - x);
    brush.moveTo(x, y);
    brush.lineTo(ex, ey);
    for (const side of [-0.5, 0.5]) {
      brush.moveTo(ex, ey);
      brush.lineTo(ex - 6 * Math.cos(angle + side), ey - 6 * Math.sin(angle + side));
    }
  });
  brush.stroke();
}

function drawNoise(brush, noise) {
  const side = 150, left = 10, top = plane.height - side - 10;
  brush.fillStyle = colours.paper;
  brush.fillRect(left, top, side, side);
  brush.strokeStyle = colours.ink;
  brush.lineWidth = 1;
  brush.strokeRect(left, top, side, side);
  brush.fillStyle = colours.ink;
  for (const [x, y] of noise) brush.fillRect(left + (x + 3.5) / 7 * side - 1, top + (3.5 - y) / 7 * side - 1, 2.5, 2.5);
  brush.font = font(plane);
  brush.fillText(words.noise, left + 6, top - 8);
}

let colours = {};
function drawPlane(now) {
  const brush = plane.getContext("2d"), fakes = places(now.fake), part = now.part;
  colours = { real: colour("--real"), fake: colour("--fake"), ink: colour("--body-text-color"), paper: colour("--background-fill-primary") };
  brush.clearRect(0, 0, plane.width, plane.height);
  drawField(brush, bytes(now.field), now.size);
  brush.lineWidth = 1.5;
  now.modes.forEach(([x, y, reach], i) => {
    const [cx, cy] = at([x, y]);
    brush.strokeStyle = now.covered[i] ? colours.real : colours.fake;
    brush.setLineDash(now.covered[i] ? [] : [4, 4]);
    brush.beginPath();
    brush.arc(cx, cy, reach / 2 / EDGE * plane.width, 0, 7);
    brush.stroke();
  });
  brush.setLineDash([]);
  brush.globalAlpha = 0.55;
  dots(brush, places(now.real), 3, colours.real);
  brush.globalAlpha = 1;
  if (part !== "noise") dots(brush, fakes, 3.4, colours.fake, part === "judge" ? bytes(now.judged) : null);
  if (!part || part === "discriminator" || part === "generator") drawArrows(brush, fakes, now.arrows);
  if (part) drawNoise(brush, now.noise);
  brush.fillStyle = colours.ink;
  brush.font = font(plane);
  brush.fillText(words.step.replace("{n}", now.step.toLocaleString()), 12, 26);
}

// ---- losses and meters

function drawCurves(now) {
  const brush = curves.getContext("2d"), { width, height } = curves, all = now.losses.flatMap((p) => [p[1], p[2]]);
  brush.clearRect(0, 0, width, height);
  brush.font = font(curves);
  const low = Math.min(0, ...all), high = Math.max(1.5, ...all), last = now.losses.at(-1)?.[0] || 1;
  const y = (value) => 30 + (high - value) / (high - low) * (height - 42);
  brush.strokeStyle = colours.ink;
  brush.globalAlpha = 0.25;
  brush.beginPath();
  brush.moveTo(0, y(0));
  brush.lineTo(width, y(0));
  brush.stroke();
  brush.globalAlpha = 1;
  const lines = [
    ["real", words.d, now.losses.map((p) => [p[0], p[1]])], ["fake", words.g, now.losses.map((p) => [p[0], p[2]])],
    ["ink", words.js, now.progress],
  ];
  lines.forEach(([name, label, points], i) => {
    brush.strokeStyle = brush.fillStyle = colours[name];
    brush.lineWidth = 2;
    brush.beginPath();
    points.forEach((point, k) => brush[k ? "lineTo" : "moveTo"](point[0] / last * (width - 4) + 2, y(point[1])));
    brush.stroke();
    brush.fillText(label + (points.length ? " " + points.at(-1)[1].toFixed(2) : ""), 10 + i * width / 3, 24);
  });
}

function verdict(now, share) {
  if (!now.step) return words.empty;
  if (now.learning && share < 0.9) return words.learning;
  if (share < 0.35) return words.collapse;
  return now.balance < 0.53 ? words.guess : now.balance > 0.85 ? words.ahead : words.even;
}

function drawMeters(now) {
  const covered = now.covered.filter(Boolean).length, share = covered / now.covered.length;
  element.querySelector(".coverage i").style.width = 100 * share + "%";
  coverage.textContent = words.modes(covered, now.covered.length);
  element.querySelector(".quality i").style.width = 100 * now.quality + "%";
  quality.textContent = Math.round(100 * now.quality) + " %";
  element.querySelector(".divergence i").style.width = 100 * Math.min(1, now.divergence) + "%";
  divergence.textContent = now.divergence.toFixed(2) + (zh ? " 比特" : " bits");
  element.querySelector(".balance b").style.left = 100 * Math.min(1, Math.max(0, 2 * now.balance - 1)) + "%";
  balance.textContent = "D " + Math.round(100 * now.balance) + " %";
  element.querySelector(".verdict").textContent = verdict(now, share);
}

function read() {
  let now = null;
  try { now = JSON.parse(props.value || "null"); } catch { now = null; }
  if (!now) return;
  drawPlane(now);
  drawCurves(now);
  drawMeters(now);
  steps.forEach((step) => step.classList.toggle("on", step.dataset.part === now.part));
  boxes.forEach((box) => { box.hidden = box.dataset.loss !== now.loss; });
  element.querySelectorAll(".penalty").forEach((term) => { term.hidden = !now.penalty; });
  element.querySelectorAll(".of-d").forEach((line) => line.classList.toggle("on", now.part === "discriminator"));
  element.querySelectorAll(".of-g").forEach((line) => line.classList.toggle("on", now.part === "generator"));
  Object.assign(plane.dataset, { frames: ++frames, step: now.step, part: now.part, covered: now.covered.filter(Boolean).length });
}

let due = 0;  // a slow browser leaves moments out, and its buttons go on working
watch("value", () => { due ||= requestAnimationFrame(() => { due = 0; read(); }); });
read();
