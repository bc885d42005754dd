// Sounds with their pictures. One plays at a time in the whole page; loops are joined to the sample.
const zh = navigator.language.startsWith("zh");
const words = zh
  ? { play: "播放", stop: "停止", use: "用这个", of: "的波形与梅尔频谱图" }
  : { play: "Play", stop: "Stop", use: "Use this one", of: ": waveform and mel-spectrogram" };
const list = element.querySelector(".sounds");
const player = (window.soundPlayer ||= { stop() {}, heard: "" });
let cards = new Map();

function address(path) {
  return new URL("gradio_api/file=" + encodeURI(path), document.baseURI).toString();
}

async function play(card, sound) {
  player.stop();
  const turn = (player.turn = {}); // who presses next wins over a sound that is still being fetched
  // At the rate of the file nothing is resampled, which would be heard where a loop begins again.
  const audio = (player.audio ||= new AudioContext({ sampleRate: 22050 }));
  audio.resume();
  const data = await (await fetch(address(sound.file))).arrayBuffer();
  const buffer = await audio.decodeAudioData(data);
  if (player.turn !== turn) return;
  const source = new AudioBufferSourceNode(audio, { buffer, loop: sound.loop });
  source.connect(audio.destination);
  source.start();
  window.oneSound?.begin((source.hush = () => { if (player.source === source) player.stop(); }));
  const started = audio.currentTime;
  player.source = source;
  player.card = card;
  player.stop = () => {
    player.turn = player.source = player.card = null;
    player.stop = () => { player.turn = null; };
    source.onended = null;
    source.stop();
    show(card, sound, false);
  };
  source.onended = () => player.stop();
  show(card, sound, true);
  const cursor = card.querySelector("i");
  const move = () => {
    if (player.source !== source) return;
    cursor.style.left = (100 * (((audio.currentTime - started) / buffer.duration) % 1)) + "%";
    requestAnimationFrame(move);
  };
  move();
}

function show(card, sound, playing) {
  const button = card.querySelector(".play");
  button.textContent = (playing ? "■ " : "▶ ") + sound.title;
  button.setAttribute("aria-label", (playing ? words.stop : words.play) + ": " + sound.title + ", " + sound.note);
  card.toggleAttribute("data-playing", playing);
}

function picture(sound, kind) {
  return ["light", "dark"].map((scheme, i) => {
    const image = new Image();
    image.className = kind + " " + scheme;
    image.loading = "lazy"; // the one for the other scheme is never fetched
    image.alt = sound.title + words.of;
    image.src = address(sound[kind][i]);
    return image;
  });
}

function draw(sound) {
  const card = document.createElement("article");
  card.setAttribute("role", "listitem");
  const figure = document.createElement("figure");
  figure.append(...picture(sound, "wave"), ...picture(sound, "mel"), document.createElement("i"));
  const button = document.createElement("button");
  button.type = "button";
  button.className = "play";
  const press = () => (player.card === card ? player.stop() : play(card, sound));
  button.addEventListener("click", press);
  figure.addEventListener("click", press);
  const note = document.createElement("small");
  note.textContent = sound.note;
  card.append(figure, button, note);
  show(card, sound, false);
  return card;
}

function addUse(card, index) {
  card.querySelector(".use")?.remove();
  const use = document.createElement("button");
  use.type = "button";
  use.className = "use";
  use.textContent = words.use;
  use.addEventListener("click", () => { player.stop(); trigger("select", { index, value: index }); });
  card.append(use);
}

function mark(name) {
  document.querySelectorAll(".sound-board button").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.id === "effect-" + name));
  });
}

function read() {
  const given = JSON.parse(props.value || '{"sounds": []}');
  const before = cards;
  cards = new Map();
  given.sounds.forEach((sound, index) => {
    const key = JSON.stringify(sound);
    const card = before.get(key) ?? draw(sound); // what is there stays and plays on
    if (given.usable) addUse(card, index);
    cards.set(key, card);
  });
  if ([...before.values()].includes(player.card) && ![...cards.values()].includes(player.card)) player.stop();
  list.replaceChildren(...cards.values());
  if (given.kind) mark(given.kind);
  if (given.play && given.stamp !== player.heard) {
    player.heard = given.stamp; // a page that is drawn once more does not play once more
    play(list.firstChild, given.sounds[0]);
  }
}

watch("value", read);
read();
