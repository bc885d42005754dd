"""The sentences that were drawn for every place of a text, as a table: what was chosen, and by what scores."""

import html
from collections.abc import Sequence

import gradio as gr

from genai_demo.text.generate import Candidate
from genai_demo.ui import policy
from genai_demo.ui.common import readable_errors
from genai_demo.ui.strings import language_of, say

FAULTS = ("contradictions", "new_names", "broken", "said_before")


@readable_errors
def picture(choices: Sequence[Sequence[Sequence[Candidate]]], request: gr.Request) -> str:
    """HTML of the choices of the first text, see ``Writing.choices``."""
    page = language_of(request)
    if not choices or not choices[0]:
        return f"<p>{say('candidates.none', page)}</p>"
    names = ("", "sentence", "score", "given", "alone", "against")
    head = "".join(f"<th>{say(f'candidates.{name}', page) if name else ''}</th>" for name in names)
    bodies = [
        "<tbody>" + "".join(_row(candidate, place == 0, page) for place, candidate in enumerate(drawn)) + "</tbody>"
        for drawn in choices[0]
    ]
    return f'<table class="candidates"><thead><tr>{head}</tr></thead>{"".join(bodies)}</table>'


def _row(candidate: Candidate, chosen: bool, page: str) -> str:
    words = html.escape(policy.clean(candidate.text, page, private=False).strip()).replace("\n", "↵")
    against = ", ".join(say(f"candidates.{name}", page) for name in FAULTS if getattr(candidate.faults, name))
    numbers = f"<td>{candidate.score:.2f}</td><td>{candidate.given:.0f}</td><td>{candidate.alone:.0f}</td>"
    words = f"<strong>{words}</strong>" if chosen else words
    return f"<tr><td>{'✓' if chosen else ''}</td><td>{words}</td>{numbers}<td>{against}</td></tr>"
