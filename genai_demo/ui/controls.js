// One rule for every slider and number box: "input" while it moves, "release" ("submit" of a box without a slider) once
// it has come to rest, and nothing but numbers that the box can hold. Gradio tells "release" of the pointer and of the
// reset arrow only, "input" of everything but that arrow, "submit" of the key Enter, and passes on what is half typed.
(() => {
  const NUMBER = 'input[type="number"]';
  const SLIDER = '[data-testid="range-input"], [data-testid="number-input"]';
  const valid = new WeakMap(); // the last number of a box that the page has heard of
  const released = new WeakMap(); // the number at which a control has come to rest, until it moves again
  let telling = false; // whether an event is one of ours

  const is = (target, kind) => target instanceof HTMLInputElement && target.matches(kind);
  const fits = (box) => box.value !== "" && box.validity.valid;

  function tell(box, event) {
    telling = true;
    box.dispatchEvent(event);
    telling = false;
  }
  const input = () => new Event("input", { bubbles: true });
  const release = () => new PointerEvent("pointerup", { bubbles: true });
  const submit = () => new KeyboardEvent("keypress", { key: "Enter", bubbles: true });

  /** The number of a box that is nearest to what stands in it: within its limits and on a step. */
  function mended(box) {
    const number = Number(box.value);
    if (box.value === "") return valid.get(box) ?? box.defaultValue ?? box.min;
    const limited = Math.min(Math.max(number, box.min === "" ? -Infinity : Number(box.min)),
      box.max === "" ? Infinity : Number(box.max));
    const step = box.step === "" || box.step === "any" ? 0 : Number(box.step);
    if (!step) return String(limited);
    const start = Number(box.min) || 0;
    return String(Number((start + Math.round((limited - start) / step) * step).toPrecision(12)));
  }

  /** A control has come to rest. */
  function rest(box) {
    if (is(box, NUMBER) && !fits(box)) {
      box.value = mended(box);
      tell(box, input());
    }
    if (released.get(box) === box.value) return;
    released.set(box, box.value);
    tell(box, is(box, SLIDER) ? release() : submit());
  }

  const before = (kind, hear) => window.addEventListener(kind, hear, true);
  before("focus", ({ target }) => {
    if (is(target, NUMBER) && fits(target)) valid.set(target, target.value);
  });
  before("input", (event) => {
    const box = event.target;
    if (!is(box, NUMBER) && !is(box, SLIDER)) return;
    released.delete(box);
    if (!is(box, NUMBER)) return;
    if (fits(box)) valid.set(box, box.value);
    else if (!telling) event.stopImmediatePropagation();
  });
  before("pointerup", (event) => {
    if (!telling && is(event.target, SLIDER)) event.stopImmediatePropagation();
  });
  before("blur", (event) => {
    if (is(event.target, '[data-testid="number-input"]')) event.stopImmediatePropagation();
  });
  before("change", (event) => {
    if (is(event.target, NUMBER) || is(event.target, SLIDER)) rest(event.target);
  });
  before("keypress", (event) => {
    if (telling || event.key !== "Enter" || !is(event.target, NUMBER)) return;
    event.stopImmediatePropagation();
    rest(event.target);
  });
  window.addEventListener("click", ({ target }) => {
    const arrow = target instanceof Element && target.closest('[data-testid="reset-button"]');
    const range = arrow && arrow.closest(".wrap").querySelector('[data-testid="range-input"]');
    if (range) setTimeout(() => tell(range, input())); // once the slider has moved
  });
  // A bar of tabs that is wider than the page scrolls along with the one that is chosen.
  window.addEventListener("click", ({ target }) => {
    const tab = target instanceof Element && target.closest("[role=tab]");
    if (tab) tab.scrollIntoView({ block: "nearest", inline: "center", behavior: "smooth" });
  });
})();
