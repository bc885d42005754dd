// Two lines a sentence: point at a word below, and the words above that the model looked at light up.
const pairs = element.querySelector(".pairs");

function line(name, tokens) {
  const found = document.createElement("div");
  found.className = name;
  tokens.forEach((token) => {
    const span = document.createElement("span");
    span.textContent = token;
    found.append(span);
  });
  return found;
}

function read() {
  let given = [];
  try { given = JSON.parse(props.value || "[]"); } catch { given = []; }
  pairs.replaceChildren(...given.map((pair) => {
    const both = document.createElement("div");
    both.className = "pair";
    const from = line("from", pair.from), to = line("to", pair.to);
    [...to.children].forEach((word, i) => {
      const show = () => {
        const most = Math.max(...pair.shares[i]);
        [...from.children].forEach((other, j) => {
          const share = pair.shares[i][j] / most;
          other.style.background = `color-mix(in srgb, var(--color-accent) ${Math.round(70 * share * share)}%, transparent)`;
        });
      };
      const hide = () => [...from.children].forEach((other) => { other.style.background = ""; });
      word.tabIndex = 0;
      for (const event of ["pointerenter", "focus", "click"]) word.addEventListener(event, show);
      for (const event of ["pointerleave", "blur"]) word.addEventListener(event, hide);
    });
    both.append(from, to);
    return both;
  }));
}

watch("value", read);
read();
