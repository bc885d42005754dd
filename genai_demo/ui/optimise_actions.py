"""What the buttons of the room "Optimise" do: search, go on, stop, start over."""

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from genai_demo.core import limits
from genai_demo.lab.search import LabSearch, Settings
from genai_demo.ui.characters_actions import tried_next
from genai_demo.ui.common import readable_errors
from genai_demo.ui.optimise_pictures import overfitting, parallel, table, trial_curves
from genai_demo.ui.strings import add_texts, language_of, say
from genai_demo.ui.texts_optimise import OPTIMISE

add_texts(OPTIMISE)

FRAME = 0.5
"""Seconds from one picture to the next."""
PATIENCES = 6, 3, 1
"""What is advised against overfitting, the first that has not been tried."""
SAMPLED = 160
"""Characters that the winner writes."""
SAMPLE = 3.0
"""Seconds from one sample of the winner to the next."""


@dataclass
class Study:
    """What one visitor searches."""

    search: LabSearch | None = None
    made_of: tuple[Any, ...] = ()
    tried: set[int] = field(default_factory=set)
    """Every patience that this text was searched with; 0: without early stopping."""
    sample: str = ""
    halted: bool = False
    """Stop was pressed: nothing more is begun."""
    lost_told: bool = False

    @property
    def begun(self) -> bool:
        """As ``lab_lost.Kept``."""
        return self.search is not None

    def prepare(
        self, words: str, trials: float, steps: float, reduction: float, stopping: bool, patience: float, seed: float,
        fresh: bool,
    ) -> LabSearch:  # fmt: skip
        """The search of this text and these settings: the same one where nothing changed, unless it is done.

        Raises ValueError as ``LabSearch``.
        """
        settings = Settings(int(trials), int(steps), int(reduction), int(patience) if stopping else 0, int(seed))
        made_of = (words, settings)
        if self.search is None or fresh or made_of != self.made_of or self.search.phase == "done":
            self.search = LabSearch(words, settings)
            self.tried = {settings.patience, *(self.tried if self.made_of and self.made_of[0] == words else ())}
            self.made_of, self.sample = made_of, ""
        return self.search


def pictures(search: LabSearch | None, language: str) -> tuple[str, ...]:
    """Curves, parallel coordinates, the gap, the table."""
    return tuple(draw(search, language) for draw in (trial_curves, parallel, overfitting, table))


def status_of(search: LabSearch, language: str, tried: Collection[int] = (), key: str = "") -> str:
    """The status line: what is trained, whether it overfits, and what to do about it. tried: as ``Study``."""
    shown, done = search.shown(), sum(t.state != "running" for t in search.trials)
    if key:
        return say(key, language, done=done, trials=search.settings.trials)
    if shown is None:
        return say("optimise.starting", language)
    if search.phase != "trials" and search.winner is None:
        return say("optimise.none", language)
    model = search.training.model if search.training else None
    step = shown.points[-1].step if shown.points else 0
    values = {"trial": shown.number, "step": step, "score": shown.score, "steps": search.winner_steps}
    found = say(f"optimise.{search.phase}", language, done=done, trials=search.settings.trials, **values)
    if search.phase == "done" and search.training is not None and search.training.tired:
        return f"{found} {say('optimise.stopped_early', language)}"
    if model is None or not model.overfits():
        return found
    return f"{found} **{say('characters.overfits', language)}** {advice(search, tried, language)}".rstrip()


def advice(search: LabSearch, tried: Collection[int], language: str) -> str:
    """What can be done about overfitting with the controls of this room and has not been done; may be empty.

    While trials run the search itself tries other settings, and early stopping ends what has not got better.
    """
    patience = search.settings.patience
    if patience and search.phase != "done":
        return say("optimise.watched", language, patience=patience)
    if search.phase == "trials":
        return ""
    untried = [p for p in PATIENCES if p not in tried and (not patience or p < patience)]
    kind = "patience" if patience else "stopping"
    tips = [say(f"optimise.tips.{kind}", language, patience=p) for p in untried[:1]]
    return tried_next(tips, len(search.text), language)


@readable_errors
def search_settings(
    study: Study, words: str, trials: float, steps: float, reduction: float, stopping: bool, patience: float,
    seed: float, request: gr.Request,
) -> Iterator[tuple[Any, ...]]:  # fmt: skip
    """Search the settings of a small Transformer on a text, and train the best ones longer.

    Args:
        words: the text to learn.
        trials: how many settings are tried.
        steps: of the first rung.
        reduction: one trial of so many goes on from a rung, to so many times the steps.
        stopping: whether a training ends when the held-out part gets no better.
        patience: points of the curve without a better one until it does.
        seed: of the settings that are tried, and of the weights.

    Returns:
        Curves, parallel coordinates, train against held-out loss and the table as HTML, a sample of the winner,
        and the status line.
    """
    language = language_of(request)
    study.halted = False
    yield study, *[gr.skip()] * 5, say("optimise.starting", language)
    search = study.prepare(words, trials, steps, reduction, stopping, patience, seed, fresh=False)
    start, sampled = time.monotonic(), -SAMPLE
    yield study, *pictures(search, language), study.sample, say("optimise.starting", language)
    while search.phase != "done" and time.monotonic() - start < limits.MAX_LAB_SECONDS:
        began = time.monotonic()
        while not study.halted and search.phase != "done":
            search.advance()
            if time.monotonic() - began >= FRAME:  # after a step: it goes on, however slow the machine is
                break
        if study.halted:
            yield study, *pictures(search, language), study.sample, stop_search(study, request)
            return
        if search.winner is not None and (time.monotonic() - sampled > SAMPLE or search.phase == "done"):
            sampled, study.sample = time.monotonic(), search.sample(SAMPLED, going=lambda: not study.halted)
        yield gr.skip(), *pictures(search, language), study.sample, status_of(search, language, study.tried)
    if search.phase != "done":
        yield study, *[gr.skip()] * 5, say("lab.time", language, seconds=limits.MAX_LAB_SECONDS)
    else:
        yield study, *[gr.skip()] * 6


@readable_errors
def restart_search(
    study: Study, request: gr.Request, words: str, trials: float, steps: float, reduction: float, stopping: bool,
    patience: float, seed: float,
) -> tuple[Any, ...]:  # fmt: skip
    """A new search that has tried nothing."""
    language = language_of(request)
    search = study.prepare(words, trials, steps, reduction, stopping, patience, seed, fresh=True)
    return study, *pictures(search, language), "", say("optimise.fresh", language)


def open_room(study: Study, trained: bool, request: gr.Request) -> tuple[Any, ...]:
    """Empty axes, so that the room says what it will show; nothing new when it is opened again.

    trained: the mark of ``lab_lost``.
    """
    language = language_of(request)
    if study.begun or trained:
        return (gr.skip(),) * 6
    return *pictures(None, language), "", say("optimise.fresh", language)


def halt(study: Study) -> None:
    """Let a search under way begin nothing more, neither a step nor a character of a sample."""
    study.halted = True


def stop_search(study: Study, request: gr.Request) -> str:
    """The status line after a stop."""
    language = language_of(request)
    if study.search is None:
        return say("optimise.fresh", language)
    key = "" if study.search.phase == "done" else "optimise.stopped"
    return status_of(study.search, language, study.tried, key)
