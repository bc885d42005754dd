"""The sentences that were drawn for every place of a text, as lists: what was chosen, and by what scores."""

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
    """HTML of the choices of the first text, see ``Writing.choices``; the best of every list was chosen."""
    page = language_of(request)
    if not choices or not choices[0]:
        return f"<p>{say('candidates.none', page)}</p>"
    return "".join(
        "<ol>" + "".join(_item(candidate, place == 0, page) for place, candidate in enumerate(drawn)) + "</ol>"
        for drawn in choices[0]
    )


def _item(candidate: Candidate, chosen: bool, page: str) -> str:
    words = html.escape(policy.clean(candidate.text, page, private=False).strip()).replace("\n", "↵")
    numbers = say("candidates.scores", page, score=candidate.score, given=candidate.given, alone=candidate.alone)
    against = ", ".join(say(f"candidates.{name}", page) for name in FAULTS if getattr(candidate.faults, name))
    against = say("candidates.against", page, faults=against) if against else ""
    return f"<li>{f'<strong>✓ {words}</strong>' if chosen else words}<br><small>{numbers}{against}</small></li>"
