// Plays the pieces of a sound one after the other without a gap, each as soon as it is there.
// Gradio's own streamed sound needs ffmpeg on the server; this needs nothing.
const zh = navigator.language.startsWith("zh");
const light = element.querySelector("i");
const said = element.querySelector("output");
let context = null, run = "", hushed = "", taken = 0, end = 0, sources = [], chain = Promise.resolve();

function unlock() {  // browsers allow sound only after a press
  context ||= new AudioContext();
  if (context.state === "suspended") context.resume();
}

function show() {
  const going = sources.length > 0;
  light.className = going ? "on" : "";
  element.firstElementChild.dataset.playing = String(going);
  said.textContent = going ? (zh ? "正在播放" : "Playing") : "";
}

function silence() {
  const old = sources;
  sources = [];
  old.forEach((source) => source.stop());
  end = 0;
  show();
}

async function add(address, mine) {
  try {
    const data = await context.decodeAudioData(await (await fetch(address)).arrayBuffer());
    if (mine !== run) return;
    const source = new AudioBufferSourceNode(context, { buffer: data });
    source.connect(context.destination);
    end = Math.max(end, context.currentTime + 0.03);
    window.oneSound?.begin(hush);
    source.start(end);
    end += data.duration;
    sources.push(source);
    source.onended = () => { sources = sources.filter((s) => s !== source); show(); };
    element.firstElementChild.dataset.pieces = Number(element.firstElementChild.dataset.pieces || 0) + 1;
    show();
  } catch (error) { console.warn("A piece of the sound could not be played.", error); }
}

function read() {
  let given = {};
  try { given = JSON.parse(props.value || "{}"); } catch { return; }
  if (!given.run || given.run === hushed) return;  // pieces that were under way when it was stopped
  if (given.run !== run) {
    silence();
    [run, taken] = [given.run, 0];
    element.firstElementChild.dataset.pieces = 0;
  }
  unlock();
  for (const path of given.pieces.slice(taken)) {
    const address = new URL("gradio_api/file=" + encodeURI(path), document.baseURI).toString(), mine = run;
    chain = chain.then(() => add(address, mine));  // in their order
  }
  taken = given.pieces.length;
}

function hush() {
  [hushed, run] = [run || hushed, ""];
  silence();
  if (context) unlock();
}

document.addEventListener("speech:hush", hush);
document.querySelector("#speech-room")?.addEventListener("click", unlock, true);
watch("value", read);
read();
show();
