"""The room "Code" of the text tab: Python that goes on, or fills its gap."""

import ast
import math

import gradio as gr

from genai_demo.text import generate
from genai_demo.trust.policy import check
from genai_demo.ui import policy
from genai_demo.ui.common import MODEL_EVENT, readable_errors, slider
from genai_demo.ui.own_visits import with_own_weights
from genai_demo.ui.strings import language_of, say, text
from genai_demo.ui.text_common import presets, seed_box
from genai_demo.ui.write_history import Step, take_out

GAP = "<FILL>"
WAYS = 3
PRESETS = [  # each has an example in its docstring: among the suggestions one that computes it is found
    (
        "Function",
        'def is_even(number):\n    """Return True if the number is even.\n\n    >>> is_even(4)\n    True\n'
        '    >>> is_even(7)\n    False\n    """\n    return number % 2 == ',
    ),
    (
        "Loop",
        'def count_vowels(text):\n    """Return the number of vowels.\n\n'
        '    >>> count_vowels("banana")\n    3\n    """\n'
        '    count = 0\n    for letter in text:\n        if letter in "aeiou":\n            count += <FILL>\n'
        "    return count\n",
    ),
    (
        "Gap",
        'def area(width, height):\n    """Return the area of a rectangle.\n\n    >>> area(3, 4)\n    12\n    """\n'
        "    result = width * <FILL>\n    return result\n",
    ),
    (
        "Doctest",
        'def largest(numbers):\n    """Return the largest of the numbers.\n\n'
        '    >>> largest([3, 9, 2])\n    9\n    """\n    return ',
    ),
    (
        "Class",
        'class Counter:\n    """Counts clicks.\n\n    >>> Counter().click()\n    1\n    """\n\n'
        "    def __init__(self):\n        self.count = 0\n\n"
        "    def click(self):\n        self.count = self.count + <FILL>\n        return self.count\n",
    ),
]


class Editor(gr.Code):
    """A code box that keeps the spaces at both ends: in Python they say where code belongs."""

    is_template = True

    def postprocess(self, value: str | None) -> str | None:
        """The code as it is."""
        return value


def parts_of(code: str) -> tuple[str, str]:
    """The code before and after the gap; without one, all of it is before."""
    before, _, after = (code or "").partition(GAP)
    return before, after


def opinion(code: str, likelihood: float, language: str, passes: bool | None = None) -> str:
    """Whether the whole code parses, and what the examples in its docstrings say, in words.

    passes: whether they come out right; None where there are none.
    """
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else type(error).__name__
        return say("code.broken", language, reason=reason, likelihood=likelihood)
    examples = "" if passes is None else say("code.passes" if passes else "code.fails", language)
    return say("code.parses", language, likelihood=likelihood) + examples


@readable_errors
@with_own_weights
def suggest(code: str, temperature: float, length: float, seed: float, request: gr.Request) -> list[str]:
    """Suggestions for the gap (or the end), best first: code, verdict, code, verdict ..."""
    before, after = parts_of(code)
    if not (before + after).strip():
        raise ValueError("Write some code first.")
    check.require(before, after, private=False)
    page, found = language_of(request), []
    for made in generate.suggestions(before, after, WAYS, int(length), int(seed), temperature):
        shown = policy.clean(made.text, page, private=False)
        verdict = opinion(before + made.text + after, math.exp(made.likelihood), page, made.passes)
        found += [made.text, verdict] if shown == made.text else ["", shown]
    while len(found) < 2 * WAYS:
        found += ["", say("code.none", page)]
    return found


@readable_errors
def insert(code: str, suggestion: str, last: Step | None) -> tuple[str, Step]:
    """The code with a suggestion in its gap, or at its end; in the place of the last one, where that is there still.

    Returns the step as well.
    """
    if not suggestion:
        raise ValueError("There is no suggestion here. Press Suggest first.")
    without = take_out(last, code) if last is not None and GAP not in code else None
    before, after = without or parts_of(code)
    step = Step(before, suggestion, after, {})
    return step.text, step


def build() -> None:
    """Lay out the room inside the open ``gr.Tab`` and connect its events."""
    gr.Markdown(text("code.note"), elem_classes="notice")
    code = Editor(PRESETS[0][1], language="python", label=text("code.editor"), lines=10, elem_id="code-editor")
    with gr.Row(elem_classes="buttons"):
        go = gr.Button(text("code.go"), variant="primary", min_width=110, elem_id="code-go")
    presets([code], [[row] for _, row in PRESETS], [name for name, _ in PRESETS])
    with gr.Row(equal_height=False):
        shown, buttons = [], []
        for i in range(WAYS):
            with gr.Column(min_width=260):
                shown.append(
                    Editor(
                        language="python",
                        label=text(f"code.suggestion.{i + 1}"),
                        interactive=False,
                        lines=4,
                        elem_id=f"code-way-{i + 1}",
                    )
                )
                shown.append(gr.Markdown(elem_classes="notice"))
                buttons.append(gr.Button(text("code.insert"), size="sm"))
    with gr.Accordion(text("settings"), open=False), gr.Row(elem_classes="settings"):
        temperature = slider("code.variety", 0, 1.5, 0.4, 0.1)
        length = slider("length", 8, 200, 64, 8)
        seed = seed_box()
    last = gr.State(None, time_to_live=1800)
    inputs = [code, temperature, length, seed]
    go.click(lambda: None, None, last, queue=False, api_visibility="private", show_progress="hidden")
    go.click(suggest, inputs, shown, api_name="suggest_code", show_progress="minimal", **MODEL_EVENT)
    for suggestion, button in zip(shown[::2], buttons, strict=True):
        button.click(insert, [code, suggestion, last], [code, last], api_visibility="private", show_progress="hidden")
