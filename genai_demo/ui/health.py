"""Tabs whose weights are missing, cut short or changed say so; the others work."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import gradio as gr

from genai_demo.core import cards
from genai_demo.ui.errors import localise
from genai_demo.ui.strings import TEXTS, add_texts, text

T = TypeVar("T")


def problems(names: Sequence[str]) -> list[str]:
    """Sentences about those checkpoints that cannot be used."""
    return [problem for name in names if (problem := cards.problem(name))]


def _notice(key: str, found: list[str]) -> None:
    """The sentences, in the language of the page."""
    lines = [" ".join([TEXTS["health.broken"][i], TEXTS["health.rest"][i]]) for i in (0, 1)]
    for i, language in enumerate(("en", "zh")):
        lines[i] += "".join(f"\n- {localise(sentence, language)}" for sentence in found)
    add_texts({f"health.{key}": (lines[0], lines[1])})
    gr.Markdown(text(f"health.{key}"), elem_id=f"health-{key}", elem_classes="broken-weights")


def guarded(key: str, build: Callable[[], T], needed: Sequence[str], used: Sequence[str] = ()) -> T | None:
    """Lay out a tab or room where its weights allow it, with a notice where some are amiss.

    needed: without these checkpoints there is nothing to show. used: without these some buttons answer with a sentence.
    None where nothing was laid out.
    """
    missing = problems(needed)
    if found := list(dict.fromkeys([*missing, *problems(used)])):
        _notice(key, found)
    return None if missing else build()
