"""Two small components of our own: the frame scrubber and the map. Their JavaScript lies beside."""

import base64
import io
import math
from collections.abc import Sequence
from pathlib import Path

import gradio as gr
from PIL import Image

HERE = Path(__file__).parent

SCRUBBER_HTML = """
<div class="scrubber">
  <canvas width="512" height="512" role="img" aria-label="The face at this frame of the path"></canvas>
  <div class="bar">
    <button type="button" class="play" aria-label="Play or pause">▶</button>
    <input type="range" min="0" max="0" value="0" step="1" aria-label="Frame">
    <output></output>
  </div>
  <div class="strip" role="group" aria-label="Filmstrip"></div>
  <figure><svg viewBox="0 0 100 32" preserveAspectRatio="none" role="img"></svg><figcaption></figcaption></figure>
</div>
"""

SCRUBBER_CSS = """
.scrubber {display: grid; gap: 8px; max-width: 560px; margin: 0 auto}
canvas {width: 100%; max-width: 420px; aspect-ratio: 1; justify-self: center; border-radius: 8px;
  background: var(--background-fill-secondary)}
.bar {display: flex; gap: 10px; align-items: center}
.bar input {flex: 1; min-width: 0; accent-color: var(--color-accent); height: 28px}
.bar output {min-width: 5.5em; text-align: right; font-variant-numeric: tabular-nums;
  color: var(--body-text-color-subdued)}
.play {width: 40px; height: 40px; border-radius: 50%; border: 0; background: var(--button-primary-background-fill);
  color: var(--button-primary-text-color); font-size: 15px; cursor: pointer}
.strip {display: grid; grid-template-columns: repeat(10, 1fr); gap: 2px}
.strip button {aspect-ratio: 1; border: 2px solid transparent; border-radius: 4px; padding: 0; cursor: pointer;
  background-color: transparent; background-origin: border-box; background-clip: border-box}
.strip button[aria-current="true"] {border-color: var(--color-accent)}
figure {margin: 0}
svg {width: 100%; height: 72px; display: block; background: var(--background-fill-secondary); border-radius: 6px}
svg polyline {fill: none; stroke: var(--color-accent); stroke-width: 2; vector-effect: non-scaling-stroke}
svg line {stroke: var(--body-text-color-subdued); stroke-width: 1; vector-effect: non-scaling-stroke}
figcaption {font-size: .8rem; color: var(--body-text-color-subdued); padding-top: 4px}
"""

MAP_HTML = """
<div class="pad" tabindex="0" role="slider" aria-label="Place on the map of four faces"
  aria-valuemin="0" aria-valuemax="1">
  <div class="faces"></div><div class="dot"></div>
</div>
"""

MAP_CSS = """
.pad {position: relative; width: 100%; max-width: 420px; margin: 0 auto; aspect-ratio: 1; touch-action: none;
  cursor: crosshair; border-radius: 8px; overflow: hidden; background: var(--background-fill-secondary)}
.faces {position: absolute; inset: 0; background-size: 100% 100%; opacity: .82}
.dot {position: absolute; width: 28px; height: 28px; margin: -14px 0 0 -14px; border-radius: 50%; left: 50%; top: 50%;
  border: 3px solid #fff; background: var(--color-accent); box-shadow: 0 0 0 1px #0008, 0 2px 8px #0008;
  pointer-events: none}
"""


def scrubber() -> gr.HTML:
    """Frames that the browser flips through by itself. Value: the JSON of ``draw_path``."""
    return gr.HTML(
        "",
        html_template=SCRUBBER_HTML,
        css_template=SCRUBBER_CSS,
        elem_id="scrubber",
        apply_default_css=False,
        js_on_load=(HERE / "scrubber.js").read_text(encoding="utf-8"),
    )


def face_map() -> gr.HTML:
    """A square with a point to drag. Value: "x,y" from 0 to 1; ``sprite``: its background picture."""
    return gr.HTML(
        "0.5,0.5",
        html_template=MAP_HTML,
        css_template=MAP_CSS,
        elem_id="map",
        apply_default_css=False,
        sprite="",
        js_on_load=(HERE / "map.js").read_text(encoding="utf-8"),
    )


def columns_for(count: int) -> int:
    """Columns of a sprite of ``count`` frames: about square, within every browser's limits."""
    return math.ceil(math.sqrt(count))


def sprite(frames: Sequence[Image.Image]) -> str:
    """All frames on one WebP sheet, row by row, as a data URL."""
    columns, side = columns_for(len(frames)), frames[0].width
    sheet = Image.new("RGB", (columns * side, math.ceil(len(frames) / columns) * side))
    for i, frame in enumerate(frames):
        sheet.paste(frame, (i % columns * side, i // columns * side))
    buffer = io.BytesIO()
    sheet.save(buffer, "WEBP", quality=88, method=2)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()
