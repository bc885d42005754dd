// A picture and what is painted over it. The picture goes to the server once, as a file; the strokes stay here until a
// function is called, which gets them as a mask of one bit a pixel. Value: see component.Painting.
const zh = navigator.language.startsWith("zh");
const words = zh ? {
  open: "打开图片", brush: "画笔 (B)", eraser: "橡皮 (E)", box: "方框 (R)", polygon: "多边形 (P)：逐点点击，双击或回车闭合",
  hand: "移动画面 (H)", size: "粗细", undo: "撤销 (Ctrl+Z)", redo: "重做 (Ctrl+Y)", clear: "清除涂抹，保留图片 (Delete)",
  original: "按住查看原图 (O)", nearer: "放大 (+)", farther: "缩小 (-)", fit: "适合窗口 (0)", tools: "工具",
  canvas: "图片：拖动即可涂抹。键盘：方向键移动，空格落笔和抬笔，[ 和 ] 调粗细", empty: "将图片拖到这里，或粘贴",
  sending: "正在上传……", checking: "正在检查……", failed: "上传失败，请重试。",
  large: (most) => `文件超过 ${most} MB，请上传更小的文件。`,
  status: (size, zoom, count) => `粗细 ${size} · 缩放 ${zoom}% · ${count} 笔`, pen: " · 已落笔",
} : {
  open: "Open a picture", brush: "Brush (B)", eraser: "Eraser (E)", box: "Box (R)",
  polygon: "Polygon (P): click its corners, close it by a double click or Enter",
  hand: "Move the view (H)", size: "Size", undo: "Undo (Ctrl+Z)", redo: "Redo (Ctrl+Y)",
  clear: "Clear the strokes, keep the picture (Delete)", original: "Hold to see the picture without them (O)",
  nearer: "Zoom in (+)", farther: "Zoom out (-)", fit: "Fit (0)", tools: "Tools",
  canvas: "The picture: drag to paint. Keys: arrows move, Space puts the brush down and lifts it, [ and ] set its size",
  empty: "Drop a picture here, or paste one", sending: "Uploading…", checking: "Checking…",
  failed: "The upload failed. Try it again.",
  large: (most) => `This file is larger than ${most} MB. Upload a smaller one.`,
  status: (size, zoom, count) => `size ${size} · zoom ${zoom} % · ${count} ${count === 1 ? "stroke" : "strokes"}`, pen: " · brush is down",
};
const find = (selector) => element.querySelector(selector);
const canvas = find("canvas"), stage = find(".stage"), said = find("output"), wrong = find(".wrong");
const file = find("input[type=file]"), size = find("input[type=range]");
const strokes = new Strokes(), view = new View(canvas, strokes);
const TOOLS = { b: "brush", e: "eraser", r: "box", p: "polygon", h: "hand" };
let tool = "brush", held = null, turns = 0, corners = null, pen = false, cursor = null;

function label(part, text) {
  part.title = text;
  part.setAttribute("aria-label", text);
}

function report() {
  const count = strokes.done.length;
  find(".size span").textContent = `${words.size} ${size.value}`;
  find("[data-do=undo]").disabled = !count;
  find("[data-do=redo]").disabled = !strokes.undone.length;
  said.textContent = !view.image ? "" :
    words.status(size.value, Math.round(100 * view.scale), count) + (pen ? words.pen : "");
  find(".empty").hidden = Boolean(view.image);
  view.cursor = cursor && { point: cursor, size: tool === "brush" || tool === "eraser" ? Number(size.value) : 0 };
  view.draw();
}

function complain(text) {
  wrong.textContent = text;
  wrong.hidden = !text;
}

// --- the picture

function loaded(address) {
  return new Promise((done, fail) => {
    const image = new Image();
    image.onload = () => done(image);
    image.onerror = fail;
    image.src = address;
  });
}

// What the server says: another picture, other strokes, or that a file is no good and the picture before it stays.
async function show() {
  const value = props.value;
  if (value && value.error) {
    complain(value.error);
    props.value = held;
    return report();
  }
  if (!value || !value.shown) return report();
  complain("");
  const turn = ++turns;
  const parts = [value.shown.url, ...value.layers.slice(0, 1).map((layer) => layer.url)];
  if (value.mask) parts.push("data:image/png;base64," + value.mask);
  const [image, base] = await Promise.all(parts.map(loaded));
  if (turn !== turns) return;
  held = value;
  [corners, pen, cursor, view.draft] = [null, false, null, []];
  const same = view.image && view.image.width === image.width && view.image.height === image.height;
  view.image = image;
  strokes.reset(image.width, image.height, base || null);
  if (!same) {
    size.value = Math.max(4, Math.round(0.03 * Math.max(image.width, image.height)));
    size.max = Math.max(40, Math.round(0.2 * Math.max(image.width, image.height)));
    view.fit();
  }
  [element.dataset.width, element.dataset.height, element.dataset.strokes] = [value.width, value.height, 0];
  report();
}

async function take(found) {
  if (!found) return;
  complain("");
  if (found.size > props.most * 2 ** 20) return complain(words.large(props.most));
  said.textContent = words.sending;
  try {
    const { path, url } = await upload(found);
    const meta = { _type: "gradio.FileData" };
    props.value = { background: { path, url, orig_name: found.name, size: found.size, meta }, layers: [], mask: null };
    said.textContent = words.checking;
    trigger("upload");
  } catch (error) {
    complain(error instanceof TypeError ? words.failed : error.message);
    report();
  }
}

// --- the strokes

async function tell() {
  const turn = ++turns, mask = await maskPng(strokes.mask);
  if (turn !== turns) return;
  held = props.value = { ...held, layers: [], mask };
  element.dataset.strokes = strokes.done.length;
  report();
}

function down(point) {
  complain("");
  if (tool === "polygon") {
    corners = [...(corners || []), point];
  } else if (tool === "box") {
    corners = [point, point];
  } else {
    strokes.add({ kind: "line", points: [point], size: Number(size.value), erase: tool === "eraser" });
  }
  pen = tool !== "polygon";
  move(point);
}

function boxed([[left, top], [right, bottom]]) {
  return [[left, top], [right, top], [right, bottom], [left, bottom]];
}

function move(point) {
  cursor = point;
  if (tool === "polygon") {
    view.draft = corners ? [...corners, point] : [];
  } else if (pen && tool === "box") {
    corners[1] = point;
    view.draft = [...boxed(corners), corners[0]];
  } else if (pen) {
    strokes.extend(point);
  }
  report();
}

function up() {
  if (!pen) return;
  pen = false;
  if (tool === "box") close(boxed(corners));
  else tell();
}

function close(points) {
  if (points && points.length > 2) {
    strokes.add({ kind: "area", points });
    tell();
  }
  [corners, view.draft] = [null, []];
  report();
}

// Away with what was begun.
function cancel() {
  if (pen && tool !== "box") strokes.drop();
  [pen, corners, view.draft] = [false, null, []];
  report();
}

// --- buttons and keys

function choose(name) {
  cancel();
  tool = name;
  element.querySelectorAll("[data-tool]").forEach((button) => {
    button.setAttribute("aria-checked", String(button.dataset.tool === tool));
  });
  canvas.style.cursor = tool === "hand" ? "grab" : "crosshair";
  report();
}

function resize(factor) {
  const before = Number(size.value);
  size.value = factor > 1 ? Math.max(before + 1, Math.round(factor * before)) : Math.round(factor * before);
  report();
}

function bare(on) {
  view.bare = on;
  view.draw();
}

const doings = {
  undo: () => { strokes.undo(); tell(); },
  redo: () => { strokes.redo(); tell(); },
  clear: () => { strokes.add({ kind: "clear" }); tell(); },
  nearer: () => { view.zoom(1.3); report(); },
  farther: () => { view.zoom(1 / 1.3); report(); },
  fit: () => { view.fit(); report(); },
};

function step(event) {
  const [across, downward] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (tool === "hand") return view.pan(-40 * across, -40 * downward);
  const far = event.shiftKey ? 1 : Math.max(4, Number(size.value) / 2);  // Shift: pixel by pixel
  const [x, y] = cursor || [view.image.width / 2, view.image.height / 2];
  move([Math.min(view.image.width, Math.max(0, x + far * across)), Math.min(view.image.height, Math.max(0, y + far * downward))]);
}

function space() {
  if (tool === "hand") return;
  if (pen) up();
  else down(cursor || [view.image.width / 2, view.image.height / 2]);
}

function key(event) {
  if (!view.image) return;
  const name = event.key.toLowerCase(), command = event.ctrlKey || event.metaKey;
  if (command && name === "z") doings[event.shiftKey ? "redo" : "undo"]();
  else if (command && name === "y") doings.redo();
  else if (command || event.altKey) return;
  else if (name.startsWith("arrow")) step(event);
  else if (name === " ") space();
  else if (name === "enter") close(tool === "polygon" ? corners : null);
  else if (name === "escape") cancel();
  else if (name === "delete") doings.clear();
  else if (name === "[" || name === "]") resize(name === "]" ? 1.25 : 0.8);
  else if (name === "+" || name === "=") doings.nearer();
  else if (name === "-") doings.farther();
  else if (name === "0") doings.fit();
  else if (name === "o") bare(true);
  else if (TOOLS[name]) choose(TOOLS[name]);
  else return;
  event.preventDefault();
}

canvas.addEventListener("keydown", key);
canvas.addEventListener("keyup", (event) => { if (event.key.toLowerCase() === "o") bare(false); });
canvas.addEventListener("blur", () => { bare(false); cursor = null; report(); });
for (const button of element.querySelectorAll("[data-tool]")) {
  label(button, words[button.dataset.tool]);
  button.addEventListener("click", () => choose(button.dataset.tool));
}
for (const button of element.querySelectorAll("[data-do]")) {
  label(button, words[button.dataset.do]);
  button.addEventListener("click", () => { if (view.image && doings[button.dataset.do]) doings[button.dataset.do](); });
}
const original = find("[data-do=original]");
for (const name of ["pointerdown", "keydown"]) original.addEventListener(name, () => bare(true));
for (const name of ["pointerup", "pointerleave", "keyup", "blur"]) original.addEventListener(name, () => bare(false));
