"""Frames a second of the GAN on a plane, as a browser draws them: ``python -m benchmarks.lab``.

Starts the app, lets the room run at every pace that shows single steps or more, and counts what the page has drawn.
Needs Playwright and Debian's Chromium. JSON on the output.
"""

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks import service
from benchmarks.browser import CHROMIUM
from genai_demo.core.device import describe, pick_device
from genai_demo.core.rounding import significant

PACES = "one", "five", "full"
COUNT = """
async (seconds) => {
  const drawn = () => { const d = document.querySelector('#gan-plane .plane').dataset; return [+d.frames, +d.step]; };
  const before = drawn(), start = performance.now();
  await new Promise((done) => setTimeout(done, 1000 * seconds));
  const after = drawn(), passed = (performance.now() - start) / 1000;
  return [(after[0] - before[0]) / passed, (after[1] - before[1]) / passed];
}
"""


def measure(address: str, seconds: float) -> dict[str, dict[str, float]]:
    """Frames and training steps a second at each pace."""
    from playwright.sync_api import sync_playwright

    found = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-quic"])
        page = browser.new_page(locale="en-US")
        page.goto(address)
        page.get_by_role("tab", name="Lab").click()
        page.wait_for_function("() => +document.querySelector('#gan-plane .plane')?.dataset.frames > 0")
        for name in PACES:
            page.locator(f"#gan-pace input[value={name}]").click()
            page.locator("#gan-run").click()
            page.wait_for_timeout(2_000)
            frames, steps = page.evaluate(COUNT, seconds)
            found[name] = {"frames_per_second": significant(frames), "steps_per_second": significant(steps)}
            page.locator("#gan-pause").click()
            page.wait_for_timeout(1_000)
        browser.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8.0, help="at each pace")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, service.running(Path(name)) as app:
        found = measure(app.url, options.seconds)
    print(json.dumps({"hardware": describe(pick_device()), "paces": found}, indent=1))


if __name__ == "__main__":
    main()
