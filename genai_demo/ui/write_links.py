"""Links to a text, and its recipe: both bring the same text again.

A link carries what the model was given and by which settings it went on; opened, it writes that again. Of a text that
was edited since it carries the text itself. All of it stands after the # of the address, which no browser sends to a
server and none cuts.
"""

import json
import math
from typing import Any
from urllib.parse import parse_qsl, urlencode

import gradio as gr

from genai_demo.core import limits
from genai_demo.text import generate
from genai_demo.ui.common import readable_errors
from genai_demo.ui.strings import language_of
from genai_demo.ui.text_common import good_controls
from genai_demo.ui.write_history import History

LINES = {"five": 5, "seven": 7}
"""Forms of the page that are Tang poems with lines of a fixed length."""
FORMS = ("", *LINES, *generate.FORMS)
SETTINGS = ("language", "kind", "title", "form", "length", "temperature", "top_p", "top_k", "min_p", "penalty", "stops",
            "mark", "plain")  # fmt: skip
"""What the door takes besides a text and a seed."""
CHINESE = {"text": "从前，有一只小兔子，", "language": "zh"} | dict(
    zip(("temperature", "penalty"), good_controls("story", "zh"), strict=True)
)
"""How the room opens for who reads Chinese."""
LINKED = ("text", *SETTINGS, "seed")
"""What a link sets, in the order of ``read_link``."""
CHOICES = {"language": generate.LANGUAGES, "kind": generate.KINDS, "form": FORMS}
WORDS = {"title": 100, "stops": limits.MAX_STOPS, "text": limits.MAX_PROMPT, "prompt": limits.MAX_PROMPT,
         "after": limits.MAX_PROMPT}  # fmt: skip
"""Most characters of what is free text."""
HASH_JS = "() => location.hash.slice(1)"
LINK_JS = """(fragment) => {
  const address = location.href.split(/[?#]/)[0] + "#" + fragment;
  navigator.clipboard?.writeText(address).catch(() => {});
  return address;
}"""


def recipe_of(words: str, history: History, seed: float, settings: tuple[Any, ...]) -> dict[str, Any]:
    """What brings a text again: "prompt", "after" and the settings of its last step, else "text" and those of now."""
    step = history.last
    if step is not None and step.recipe and step.text == words:
        return {"prompt": step.before, "after": step.rest} | step.recipe
    return {"text": words} | dict(zip(SETTINGS, settings, strict=True)) | {"seed": int(seed)}


@readable_errors
def share(words: str, history: History, seed: float, *settings: Any) -> gr.Textbox:
    """What stands after the # of a link, in the box that shows it."""
    recipe = recipe_of(words or "", history, seed, settings)
    named = {k: str(v).lower() if isinstance(v, bool) else v for k, v in recipe.items() if v not in ("", None)}
    return gr.Textbox(urlencode({"tab": "text"} | named), visible=True)


@readable_errors
def recipe_file(words: str, history: History, seed: float, *settings: Any) -> str:
    """The text with its recipe, as JSON."""
    recipe = {"text": words or ""} | recipe_of(words or "", history, seed, settings)
    return json.dumps(recipe, ensure_ascii=False, indent=1)


def _read(name: str, value: str | None) -> Any:
    """A value of a link; None where it is missing, or is none."""
    if value is None or (name in CHOICES and value not in CHOICES[name]):
        return None
    if name in WORDS:
        return value[: WORDS[name]]
    if name in CHOICES:
        return value
    if name == "plain":
        return {"true": True, "false": False}.get(value)
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def read_link(fragment: str, request: gr.Request) -> list[Any]:
    """The tab, the settings of a link, and the recipe of what is to be written again; what it does not name stays."""
    given = dict(parse_qsl(fragment or "")) or (dict(request.query_params) if request is not None else {})
    if given.get("tab") != "text":
        begun = CHINESE if language_of(request) == "zh" else {}
        return [gr.skip(), *(begun.get(name, gr.skip()) for name in LINKED), gr.skip()]
    values = {name: _read(name, given.get(name)) for name in (*LINKED, "prompt", "after", "way")}
    recipe: Any = gr.skip()
    if "prompt" in given or "after" in given:
        values["text"] = (values["prompt"] or "") + (values["after"] or "")
        recipe = {name: value for name, value in values.items() if value is not None}
    return [gr.Tabs(selected="text"), *(gr.skip() if values[n] is None else values[n] for n in LINKED), recipe]
