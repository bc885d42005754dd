"""How long a slider takes to bring a new picture in a real browser."""

import statistics
from pathlib import Path

CHROMIUM = "/usr/bin/chromium"
MOVE = """
async (value) => {
  const handle = document.querySelector('.sliders input[type=range]');
  const face = () => document.querySelector('#face img');
  const before = face().src, start = performance.now();
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(handle, value);
  handle.dispatchEvent(new Event('input', {bubbles: true}));
  while (face().src === before) await new Promise(requestAnimationFrame);
  await face().decode();
  await new Promise(requestAnimationFrame);
  return performance.now() - start;
}
"""


def slider_milliseconds(address: str, moves: int) -> float | None:
    """From the input event of a direction's slider to the decoded new face, median of ``moves``.

    None where Playwright or Debian's Chromium is not installed.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    if not Path(CHROMIUM).exists():
        return None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-quic"])
        page = browser.new_page()
        page.goto(address)
        page.wait_for_selector("#verdict :text('%')")
        times = []
        for move in range(moves + 1):
            times.append(page.evaluate(MOVE, f"{0.1 * (move % 20) + 0.1:.1f}"))
            page.wait_for_timeout(200)
        browser.close()
    return statistics.median(times[1:])
