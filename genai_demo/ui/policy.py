"""The content policy in the rooms: what is said where a text stops, and how a growing text is watched."""

import re
from collections.abc import Sequence

from genai_demo.trust.policy import check
from genai_demo.trust.policy.check import Guard
from genai_demo.ui.strings import add_texts, say
from genai_demo.ui.texts_policy import POLICY

add_texts(POLICY)


def note() -> str:
    """Key of the sentence below a room: what is filtered, or that nothing is."""
    return "policy.note" if check.enabled() else "policy.off"


def stopped(guard: Guard, language: str) -> str:
    """The sentence of a text that was stopped; empty where it was not."""
    if guard.found is None:
        return ""
    return say("policy.stopped", language, why=say(f"policy.{guard.found.kind}", language))


def stopped_ways(guards: Sequence[Guard], language: str) -> str:
    """The same of texts side by side."""
    return "".join(
        say("policy.way", language, number=number, why=say(f"policy.{guard.found.kind}", language))
        for number, guard in enumerate(guards, 1)
        if guard.found is not None
    )


def clean(text: str, language: str, private: bool = True, learnt: bool = True) -> str:
    """A finished text of the model: itself, or a sentence in its place that says why it is left out.

    private, learnt: as for ``check.look``.
    """
    found = check.look(text, written=True, private=private, learnt=learnt)
    if found is None:
        return text
    space = re.search(r"\s*$", text)
    return say("policy.left_out", language, why=say(f"policy.{found.kind}", language)) + (space[0] if space else "")
