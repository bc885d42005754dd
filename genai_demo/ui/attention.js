// One head's attention: row looks at column, each with its token beside it. Point at a cell for both and the share.
const map = element.querySelector(".map");
const canvas = element.querySelector("canvas");
const [columns, lines] = element.querySelectorAll("ol");
const said = element.querySelector("output");
const CELL = 12;  // pixels of the picture; the page stretches it
let given = { names: [], rows: [] };

function label(list, names) {
  list.replaceChildren(...names.map(name => {
    const item = document.createElement("li");
    item.textContent = item.title = name.replace(/^ $/, "␣").replace(/^\n$/, "↵");
    return item;
  }));
}

function read() {
  try { given = JSON.parse(props.value || "{}"); } catch { given = {}; }
  given.names ||= [];
  given.rows ||= [];
  const size = given.rows.length, names = given.names.slice(0, size);
  map.hidden = size === 0;
  map.style.setProperty("--size", size);
  map.classList.toggle("words", names.some(name => [...name].length > 1));
  label(columns, names);
  label(lines, names);
  canvas.width = canvas.height = Math.max(1, size * CELL);
  const brush = canvas.getContext("2d");
  brush.clearRect(0, 0, canvas.width, canvas.height);
  given.rows.forEach((row, i) => row.forEach((share, j) => {
    if (j > i) return;
    brush.fillStyle = `rgb(13 148 136 / ${Math.sqrt(share / 255)})`;
    brush.fillRect(j * CELL, i * CELL, CELL - 1, CELL - 1);
  }));
  canvas.dataset.size = size;
  said.textContent = "";
}

function point(event) {
  const box = canvas.getBoundingClientRect(), size = given.rows.length;
  const i = Math.floor((event.clientY - box.top) / box.height * size);
  const j = Math.floor((event.clientX - box.left) / box.width * size);
  if (!given.rows[i] || j > i || j < 0) { said.textContent = ""; return; }
  said.textContent = `“${given.names[i]}” → “${given.names[j]}”: ${(given.rows[i][j] / 2.55).toFixed(0)} %`;
}

canvas.addEventListener("pointermove", point);
canvas.addEventListener("pointerdown", point);
watch("value", read);
read();
