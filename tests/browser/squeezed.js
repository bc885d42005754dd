() => {
  // Labels and help of controls without room for their words: Latin words broken in two, Chinese in lines of less than
  // six characters, text that leaves the page or is cut off. What stands in a row that scrolls sideways may leave it.
  const control = "label, legend, button, summary, [data-testid=block-info], .info-text, .steps, .notice, output";
  const other = "script, style, svg, math, option, .sr-only, .thumbnail-item, table, .cm-editor";
  const scrolls = (element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
  const lines = (node, start, end) => {
    const range = document.createRange();
    range.setStart(node, start);
    range.setEnd(node, end);
    return [...range.getClientRects()].filter((line) => line.width > 1 && line.height > 1);
  };
  const rows = (boxes) => boxes.filter((box, i) => !i || box.top > boxes[i - 1].bottom - 3).length;
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent, words = text.trim(), element = node.parentElement;
    if (words.length < 2 || !element.closest(control) || element.closest(other)) continue;
    if (!element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    const boxes = lines(node, 0, text.length), em = parseFloat(getComputedStyle(element).fontSize);
    if (!boxes.length) continue;
    const widest = Math.max(...boxes.map((box) => box.width)) / em;
    const broken = rows(boxes) > 1 &&
      [...text.matchAll(/[A-Za-z]{2,}/g)].some((word) => rows(lines(node, word.index, word.index + word[0].length)) > 1);
    const thin = rows(boxes) > 1 && widest < 5.5 && /\p{Script=Han}/u.test(text);
    const beyond = boxes.some((box) => box.right > innerWidth + 1 || box.left < -1);
    let parent = element, cut = false, row = false;
    for (; parent !== document.body && !row && !cut; parent = parent.parentElement) {
      const style = getComputedStyle(parent), box = parent.getBoundingClientRect();
      row = scrolls(parent);
      cut = !row && style.overflowX !== "visible" && style.textOverflow !== "ellipsis" &&
        boxes.some((line) => line.right > box.right + 2 || line.left < box.left - 2);
    }
    if (broken || thin) found.push(`squeezed: ${words}`);
    else if ((beyond || cut) && !row) found.push(`cut off: ${words}`);
  }
  return [...new Set(found)];
}
