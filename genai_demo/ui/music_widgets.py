"""Two components of the music room: the piano roll, and the melody made by hand. Their JavaScript lies beside."""

import json
from pathlib import Path

import gradio as gr

HERE = Path(__file__).parent
OWN_BARS = 8
"""Bars of a melody made by hand."""
FIRST_MELODY = {
    "metre": "4/4",
    "notes": [
        [0, 2, 64], [2, 2, 64], [4, 2, 65], [6, 2, 67], [8, 2, 67], [10, 2, 65], [12, 2, 64], [14, 2, 62],
        [16, 2, 60], [18, 2, 60], [20, 2, 62], [22, 2, 64], [24, 3, 62], [27, 1, 60], [28, 4, 60],
    ],
}  # fmt: skip
"""The second line of Beethoven's Ode to Joy: start and length in eighths, MIDI pitch."""

ROLL_HTML = """
<div class="roll">
  <div class="caption"><span class="title"></span><span class="legend"></span>
    <select class="loop" hidden></select></div>
  <div class="box">
    <svg class="gutter" width="30" aria-hidden="true"></svg>
    <div class="frame" tabindex="0" role="group" aria-label="Piano roll: Space plays, arrows move by a bar">
      <svg class="music" role="img"></svg>
    </div>
  </div>
</div>
"""
ROLL_CSS = """
.roll {--lead: #0f766e; --alto: #5cc9bb; --tenor: #d97706; --bass: #312e81; --chord: #cbd5e1; --head: #dc2626}
.dark & .roll {--lead: #5eead4; --alto: #0d9488; --tenor: #fbbf24; --bass: #818cf8;
  --chord: #475569; --head: #f87171}
.caption {display: flex; flex-wrap: wrap; gap: 2px 14px; align-items: baseline; margin-bottom: 6px; min-height: 1.4em}
.title {font-weight: 600}
.legend {display: flex; flex-wrap: wrap; gap: 2px 12px; font-size: .82rem; color: var(--body-text-color-subdued)}
.legend span::before {content: ""; display: inline-block; width: 14px; height: 8px; border-radius: 2px;
  margin-right: 5px; background: var(--colour)}
.melody, .soprano {--colour: var(--lead)}
.alto {--colour: var(--alto)}
.tenor {--colour: var(--tenor)}
.bass {--colour: var(--bass)}
.chords {--colour: var(--chord)}
.box {display: flex; min-height: 190px; background: var(--background-fill-secondary); border-radius: 8px;
  overflow: hidden}
.gutter {flex: none; display: block}
.frame {flex: 1; min-width: 0; overflow-x: auto; overflow-y: hidden}
svg text {font-size: 11px; fill: var(--body-text-color-subdued); font-variant-numeric: tabular-nums}
svg text.name {font-size: 12px; font-weight: 600; fill: var(--body-text-color)}
.music {display: block; cursor: pointer}
.loop {margin-left: auto; min-height: 32px; padding: 2px 26px 2px 8px; font-size: .85rem; border-radius: 6px;
  color: var(--body-text-color); background: var(--button-secondary-background-fill);
  border: 1px solid var(--border-color-primary)}
.loop[hidden] {display: none}
.section {fill: var(--lead); opacity: .22}
.section.B {fill: var(--tenor)}
.section.C {fill: var(--bass)}
svg text.letter {font-weight: 700; fill: var(--body-text-color)}
.black {fill: var(--body-text-color); opacity: .045}
.bar {stroke: var(--border-color-primary)}
.chord {fill: var(--chord)}
.note {fill: var(--colour)}
.note.on {stroke: var(--head); stroke-width: 2}
.head {stroke: var(--head); stroke-width: 2}
"""

MELODY_HTML = """
<div class="melody">
  <div class="tools">
    <span class="lengths" role="group"></span><select class="metre"></select>
    <button type="button" class="listen"></button><button type="button" class="back"></button>
    <button type="button" class="clear"></button><output aria-live="polite"></output>
  </div>
  <div class="scroll"><svg class="grid" tabindex="0" role="application" aria-label="Grid of notes"></svg></div>
  <div class="scroll"><div class="keys" tabindex="0" role="group" aria-label="Keyboard"></div></div>
  <p class="hint"></p>
</div>
"""
MELODY_CSS = """
.melody {display: grid; gap: 8px; --own: #0f766e}
.dark & .melody {--own: #2dd4bf}
.tools {display: flex; flex-wrap: wrap; gap: 6px; align-items: center}
.tools button, .tools select {min-height: 36px; min-width: 36px; padding: 2px 10px; cursor: pointer; font-size: .9rem;
  color: var(--body-text-color); background: var(--button-secondary-background-fill); border-radius: 6px;
  border: 1px solid var(--border-color-primary)}
.tools select {padding-right: 28px}
.lengths {display: flex; gap: 3px}
.tools button[aria-pressed="true"] {background: var(--button-primary-background-fill);
  color: var(--button-primary-text-color)}
output, .hint {font-size: .82rem; color: var(--body-text-color-subdued); margin: 0}
.scroll {overflow-x: auto; border-radius: 8px; background: var(--background-fill-secondary)}
.grid {display: block; cursor: crosshair}
.grid text {font-size: 11px; fill: var(--body-text-color-subdued)}
.grid .white {fill: transparent}
.grid .black {fill: var(--body-text-color); opacity: .06}
.grid .bar {stroke: var(--body-text-color-subdued)}
.grid .step {stroke: var(--border-color-primary); stroke-width: .5}
.grid .half {stroke-dasharray: 2 3}
.grid .own {fill: var(--own)}
.grid .on {fill: #dc2626}
.grid .cursor {fill: none; stroke: none}
.grid:focus .cursor {stroke: var(--color-accent); stroke-width: 2}
.keys {display: flex; width: max-content; min-width: 100%; padding: 2px; touch-action: pan-x; user-select: none}
.keys .natural {flex: 1 0 34px; height: 120px; background: #fff; color: #334155; border: 1px solid #64748b;
  border-radius: 0 0 5px 5px; font-size: 11px; display: flex; align-items: end; justify-content: center; padding: 4px 0}
.keys .sharp {flex: 0 0 24px; margin: 0 -12px; height: 74px; background: #1e293b; border: 1px solid #475569; z-index: 1;
  border-radius: 0 0 4px 4px}
.keys button {cursor: pointer}
.keys button:active {background: var(--color-accent)}
"""


def piano_roll() -> gr.HTML:
    """A piece that follows the player "music-audio". Value: the JSON of ``music_actions.roll_of``."""
    return gr.HTML(
        "", html_template=ROLL_HTML, css_template=ROLL_CSS, elem_id="music-roll", apply_default_css=False,
        js_on_load=(HERE / "piano_roll.js").read_text(encoding="utf-8"),
    )  # fmt: skip


def melody_grid() -> gr.HTML:
    """A keyboard and a grid of sixteenths. Value: JSON like FIRST_MELODY."""
    return gr.HTML(
        json.dumps(FIRST_MELODY), html_template=MELODY_HTML, css_template=MELODY_CSS, elem_id="music-melody",
        apply_default_css=False, bars=OWN_BARS, js_on_load=(HERE / "melody.js").read_text(encoding="utf-8"),
    )  # fmt: skip
