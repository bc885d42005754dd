"""Two components of the room "GAN on a plane": the plane with all its pictures, and a pad to draw on."""

from pathlib import Path

import gradio as gr

from genai_demo.lab.distributions import EDGE
from genai_demo.lab.gan import PARTS
from genai_demo.ui.formulas import gan_formulas

HERE = Path(__file__).parent
STEPS = "".join(f'<li data-part="{part}"></li>' for part in PARTS)

PLANE_HTML = f"""
<div class="lab">
  <div class="left"><canvas class="plane" width="680" height="680" role="img"></canvas><p class="key"></p></div>
  <div class="right">
    <ol class="steps">{STEPS}</ol>
    <div class="formulas">{gan_formulas()}</div>
    <canvas class="curves" width="680" height="220" role="img"></canvas>
    <div class="meters">
      <span class="name"></span><div class="bar coverage"><i></i></div><output></output>
      <span class="name"></span><div class="bar quality"><i></i></div><output></output>
      <span class="name"></span><div class="bar divergence"><i></i></div><output></output>
      <span class="name"></span><div class="bar balance"><i></i><b></b></div><output></output>
    </div>
    <p class="verdict"></p>
  </div>
</div>
"""
PLANE_CSS = """
.lab {display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 16px; align-items: start;
  --real: #0f766e; --fake: #c2410c}
.dark & .lab {--real: #2dd4bf; --fake: #fb923c}
canvas {display: block; width: 100%; border-radius: 8px; background: var(--background-fill-secondary)}
.plane {aspect-ratio: 1; max-width: 560px; margin: 0 auto}
.right {display: grid; gap: 10px; min-width: 0}
.key, .verdict {font-size: .82rem; color: var(--body-text-color-subdued); margin: 6px 0 0; text-align: center}
.key .real, .steps .real {color: var(--real)}
.key .fake {color: var(--fake)}
.verdict {text-align: left; min-height: 2.6em; margin: 0}
.steps {display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 4px; margin: 0; padding: 0;
  list-style: none; font-size: .78rem; text-align: center}
.steps li {padding: 6px 2px; border-radius: 6px; background: var(--background-fill-secondary); margin: 0;
  border: 1px solid var(--border-color-primary); overflow-wrap: anywhere}
.steps li.on {background: var(--button-primary-background-fill); color: var(--button-primary-text-color)}
.formulas {background: var(--background-fill-secondary); border-radius: 8px; padding: 8px 12px; overflow-x: auto}
.formulas p {margin: 4px 0; white-space: nowrap; font-size: 1rem}
.formulas p.on {outline: 2px solid var(--color-accent); outline-offset: 2px; border-radius: 4px}
.of-d {color: var(--real)}
.of-g {color: var(--fake)}
.curves {aspect-ratio: 680 / 220}
.meters {display: grid; grid-template-columns: max-content 1fr max-content; gap: 6px 10px; align-items: center;
  font-size: .85rem; font-variant-numeric: tabular-nums}
.bar {position: relative; height: 12px; border-radius: 6px; background: var(--border-color-primary); overflow: hidden}
.bar i {position: absolute; inset: 0 auto 0 0; width: 0; background: var(--color-accent)}
.bar.balance i {background: linear-gradient(90deg, var(--fake), var(--color-accent) 35%, var(--real)); width: 100%}
.bar.balance b {position: absolute; top: 0; bottom: 0; width: 4px; margin-left: -2px; left: 50%;
  background: var(--body-text-color)}
output {min-width: 6.5em; text-align: right}
@media (max-width: 700px) {.lab {grid-template-columns: minmax(0, 1fr)} .formulas p {font-size: .82rem}
  .steps {grid-template-columns: repeat(auto-fit, minmax(7.5em, 1fr))}}
"""

PAD_HTML = """
<div class="draw"><div class="square"><canvas width="680" height="680" tabindex="0" role="application"></canvas>
<div class="tools"><button type="button" class="clear"></button><output aria-live="polite"></output></div></div></div>
"""
PAD_CSS = """
.draw {display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 16px}
.square {position: relative; width: 100%; max-width: 560px; margin: 0 auto; pointer-events: auto}
canvas {display: block; width: 100%; aspect-ratio: 1; touch-action: none; cursor: crosshair; border-radius: 8px;
  box-sizing: border-box; border: 2px dashed var(--border-color-accent)}
canvas:focus-visible {outline: 2px solid var(--color-accent); outline-offset: 2px}
.tools {position: absolute; top: 40px; left: 10px; right: 10px; display: flex; gap: 10px; align-items: flex-start;
  pointer-events: none}
.clear {min-height: 36px; padding: 2px 12px; cursor: pointer; color: var(--body-text-color); border-radius: 6px;
  background: var(--button-secondary-background-fill); border: 1px solid var(--border-color-primary);
  pointer-events: auto}
output {font-size: .82rem; color: var(--body-text-color); background: var(--background-fill-primary);
  border-radius: 6px; padding: 2px 8px}
@media (max-width: 700px) {.draw {grid-template-columns: minmax(0, 1fr)}}
"""


def plane() -> gr.HTML:
    """Points, D's field, arrows, losses and meters. Value: the JSON of ``gan_lab_actions.frame``."""
    return gr.HTML(
        "", html_template=PLANE_HTML, css_template=PLANE_CSS, elem_id="gan-plane", apply_default_css=False,
        js_on_load=(HERE / "gan_lab.js").read_text(encoding="utf-8"),
    )  # fmt: skip


def drawing_pad(least: int, most: int) -> gr.HTML:
    """A square to draw in that lies over ``plane``. Value: JSON, a list of points [x, y] from -1 to 1.

    least, most: how many points make a drawing; fewer are not told to Python.
    """
    return gr.HTML(
        "[]", html_template=PAD_HTML, css_template=PAD_CSS, elem_id="gan-pad", apply_default_css=False, least=least,
        most=most, edge=EDGE, js_on_load=(HERE / "draw_pad.js").read_text(encoding="utf-8"),
    )  # fmt: skip
