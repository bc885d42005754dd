// What the keyboard and assistive technology need and Gradio's elements lack, mended as they appear.
(() => {
  const CONTRAST = 4.5;  // WCAG 2.2 AA, for text of the usual size
  const zh = navigator.language.startsWith("zh");
  const seen = new WeakMap();
  let groups = 0, waiting = false;

  function set(node, name, value) {  // no change where there is none: the observer would see it
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  }

  // Each option has a name of its own; with one for all, the browser makes them one tab stop with arrow keys.
  function groupOptions(box) {
    const options = box.querySelectorAll("input[type=radio]");
    if (!options.length) return;
    box.dataset.group ??= ++groups;
    for (const option of options) set(option, "name", `group-${box.dataset.group}`);
    const title = box.querySelector("[data-testid=block-info]");
    if (!title) return;
    title.id ||= `group-title-${box.dataset.group}`;
    set(box, "role", "radiogroup");
    set(box, "aria-labelledby", title.id);
  }

  // A picture in a gallery is named once, by the words below it.
  function nameThumbnail(button) {
    const picture = button.querySelector("img"), caption = button.querySelector(".caption-label");
    if (!picture || !caption) return;
    set(picture, "alt", "");
    button.removeAttribute("aria-label");
  }

  function luminance(colour) {
    const [red, green, blue] = colour.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  // The editor of code brings colours that are too faint on its ground, in style sheets that it writes itself.
  function strengthenCode() {
    const dark = document.body.classList.contains("dark");
    const ground = luminance(dark ? [30, 41, 59] : [248, 250, 252]);
    const enough = (colour) => {
      const pair = [luminance(colour), ground].sort((a, b) => b - a);
      return (pair[0] + 0.05) / (pair[1] + 0.05) >= CONTRAST;
    };
    for (const sheet of [...document.styleSheets, ...document.adoptedStyleSheets]) {
      if (sheet.href || seen.get(sheet) === sheet.cssRules.length) continue;
      seen.set(sheet, sheet.cssRules.length);
      for (const rule of sheet.cssRules) {
        if (!/^\.ͼ\w+$/.test(rule.selectorText || "") || rule.style.backgroundColor) continue;
        let colour = (rule.style.color.match(/\d+/g) || []).map(Number);
        if (colour.length !== 3) continue;
        while (!enough(colour)) colour = colour.map((v) => (dark ? v + Math.ceil((255 - v) / 16) : v * 15 / 16));
        rule.style.color = `rgb(${colour.map(Math.floor).join(", ")})`;
      }
    }
  }

  function mend() {
    waiting = false;
    document.querySelectorAll("fieldset").forEach(groupOptions);
    document.querySelectorAll(".thumbnail-item").forEach(nameThumbnail);
    for (const tab of document.querySelectorAll("[role=tab]")) {
      set(tab, "tabindex", tab.getAttribute("aria-selected") === "true" ? "0" : "-1");
    }
    for (const empty of document.querySelectorAll(".empty[aria-label]")) {
      set(empty, "role", "img");
      if (zh) set(empty, "aria-label", "暂无内容");
    }
    // A link around a button would be two tab stops for one thing.
    for (const button of document.querySelectorAll("a > button")) set(button, "tabindex", "-1");
    for (const icon of document.querySelectorAll("footer button img")) set(icon, "alt", "");
    if (document.querySelector(".cm-editor")) strengthenCode();
  }

  // Arrows, Home and End move along a row of tabs; Enter opens, since rooms begin to work, or stop, when that happens.
  document.addEventListener("keydown", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (!tab || event.altKey || event.ctrlKey || event.metaKey) return;
    const row = [...tab.closest("[role=tablist]").querySelectorAll("[role=tab]:enabled")];
    const here = row.indexOf(tab);
    const next = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    row.at(next % row.length).focus();
    event.preventDefault();
  });

  new MutationObserver(() => {
    if (!waiting) requestAnimationFrame(mend);
    waiting = true;
  }).observe(document.documentElement, {
    childList: true, subtree: true, attributeFilter: ["aria-selected", "aria-label", "alt"],
  });
})();
