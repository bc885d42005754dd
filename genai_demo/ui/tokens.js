// Tokens coloured from red (a surprise) to green (expected). Click one: what else could have come.
const tokens = element.querySelector(".tokens");
const detail = element.querySelector(".detail");

function colour(p) {
  const bits = Math.min(1, -Math.log2(Math.max(p, 1e-6)) / 12);  // 0 bits green, 12 and more red
  return `hsl(${Math.round(130 * (1 - bits))} 70% 78%)`;
}

function show(token, button) {
  tokens.querySelectorAll("button").forEach((b) => b.setAttribute("aria-pressed", b === button));
  const rows = [[token.text.replace(/\n/g, ""), token.p, true], ...token.others.filter(([name]) => name !== token.text)];
  const most = Math.max(...rows.map((row) => row[1]));
  detail.replaceChildren(...rows.flatMap(([name, p, own]) => {
    const word = document.createElement("code");
    word.textContent = (own ? "▶ " : "") + name;
    const bar = document.createElement("i");
    bar.style.width = 100 * p / most + "%";
    const share = document.createElement("span");
    share.textContent = (100 * p).toFixed(p < 0.001 ? 3 : 1) + " %";
    return [word, bar, share];
  }));
}

function read() {
  let given = [];
  try { given = JSON.parse(props.value || "[]"); } catch { given = []; }
  detail.replaceChildren();
  tokens.replaceChildren(...given.map((token) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = token.text;
    button.style.background = colour(token.p);
    button.title = (100 * token.p).toFixed(2) + " %";
    button.addEventListener("click", () => show(token, button));
    return button;
  }));
}

watch("value", read);
read();
