"""The per-phoneme view: a plan of speech that the browser shows as bars, and bends. Its JavaScript lies beside."""

import dataclasses
import json
from pathlib import Path

import gradio as gr

from genai_demo.audio.speech import plans
from genai_demo.audio.speech.plans import Plan, PlannedPhone
from genai_demo.core import limits
from genai_demo.ui.strings import TEXTS

HERE = Path(__file__).parent
MOST_PHONES, MOST_SECONDS = 10 * limits.MAX_SPEECH_CHARACTERS, limits.MAX_SPEECH_CHARACTERS
"""More than any text of the room has: a digit is one character and up to five phones, half a second."""

PHONEMES_HTML = """
<div class="phonemes">
  <div class="bar"><select></select><button type="button"></button></div>
  <div class="strip" role="group"></div>
  <output aria-live="polite"></output>
</div>
"""
PHONEMES_CSS = """
.phonemes {display: grid; grid-template-columns: minmax(0, 1fr); gap: 6px}
.bar {display: flex; gap: 8px}
.bar select {flex: 1; min-width: 0; height: 36px; padding: 0 8px; border-radius: 6px; text-overflow: ellipsis;
  border: 1px solid var(--border-color-primary); background: var(--input-background-fill);
  color: var(--body-text-color)}
.bar button {height: 36px; padding: 0 14px; border: 0; border-radius: 6px; cursor: pointer;
  background: var(--button-secondary-background-fill); color: var(--button-secondary-text-color)}
.strip {display: flex; align-items: flex-end; overflow-x: auto; min-height: 30px; padding-bottom: 4px;
  background: var(--background-fill-secondary); border-radius: 6px}
.word {flex: none; border-right: 1px solid var(--border-color-primary)}
.word > div {display: flex; align-items: flex-end}
.word label, .word small {display: block; width: 0; min-width: 100%; overflow: hidden;
  text-overflow: ellipsis; padding: 2px 3px;
  box-sizing: border-box; white-space: nowrap; font-size: .8rem; height: 1.7em; color: var(--body-text-color)}
.word small {color: var(--body-text-color-subdued)}
.phone {flex: none; min-width: 24px; height: 160px; display: flex; flex-direction: column; align-items: center;
  justify-content: flex-end; cursor: move; touch-action: none; user-select: none; text-align: center; overflow: hidden;
  outline-offset: -2px}
.phone b {display: block; border-radius: 4px 4px 0 0; background: var(--color-accent); opacity: .75}
.phone.flat b {background: var(--body-text-color-subdued); opacity: .35}
.phone.bent b {opacity: 1; box-shadow: inset 0 4px 0 var(--body-text-color)}
.phone span {height: 20px; line-height: 20px; font-size: .72rem; color: var(--body-text-color-subdued)}
.phone:focus-visible {outline: 2px solid var(--color-accent)}
output {min-height: 1.5em; font-size: .85rem; font-variant-numeric: tabular-nums; color: var(--body-text-color-subdued)}
"""


def phoneme_view() -> gr.HTML:
    """Bars to bend. Value: ``plan_words`` of a plan, with what was bent and the sentence ``chosen``."""
    return gr.HTML(
        "", html_template=PHONEMES_HTML, css_template=PHONEMES_CSS, elem_id="speech-phones", apply_default_css=False,
        label=TEXTS["speech.phones"][0], js_on_load=(HERE / "phonemes.js").read_text(encoding="utf-8"),
    )  # fmt: skip


def plan_words(plan: Plan) -> str:
    """A plan as JSON."""
    return json.dumps(dataclasses.asdict(plan), ensure_ascii=False, separators=(",", ":"))


def read_plan(words: str | None, whole: bool = True) -> Plan:
    """The plan that ``plan_words`` wrote and someone may have bent; not ``whole``: only its sentence ``chosen``.

    Raises ValueError for what is no plan, or would be too long.
    """
    try:
        given = json.loads(words or "")
        phones = tuple(PlannedPhone(**(phone | {"melody": tuple(phone["melody"])})) for phone in given["phones"])
        voice, chosen = given["voice"], given.get("chosen", 0)
        second, blend = given.get("second", ""), given.get("blend", 0.0)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError("This is no plan of speech. Press Speak first.") from error
    texts = [voice, second, *(text for p in phones for text in (p.symbol, p.mark, p.language, p.word, p.reading))]
    if not all(isinstance(text, str) for text in texts) or not all(isinstance(p.utterance, int) for p in phones):
        raise ValueError("This is no plan of speech. Press Speak first.")
    if len(phones) > MOST_PHONES:
        raise ValueError("This plan is too long. Press Speak again.")
    plan = plans.check(Plan(voice, phones, second, blend))
    if plan.seconds > MOST_SECONDS:
        raise ValueError("This plan is too long. Press Speak again.")
    for utterance in plan.utterances():
        if sum(phone.milliseconds for phone in utterance) > 1000 * limits.MAX_PLANNED_SECONDS:
            raise ValueError(
                f"A sentence lasts up to {limits.MAX_PLANNED_SECONDS:g} seconds. Shorten some of its phones."
            )
    shown = tuple(phone for phone in phones if whole or phone.utterance == chosen)
    return dataclasses.replace(plan, phones=shown or phones)
