"""What the buttons of the room "Transformer on your text" do: learn, go on, start over, show attention."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from genai_demo.core import limits
from genai_demo.lab.characters import CharacterModel, Settings
from genai_demo.ui.common import readable_errors
from genai_demo.ui.lab_curves import curves
from genai_demo.ui.strings import add_texts, language_of, say
from genai_demo.ui.texts_lab import LAB

add_texts(LAB)

FRAME = 0.4
"""Seconds from one picture of the curves to the next."""
SAMPLE = 2.5
"""The same of samples."""
SAMPLED = 160
"""Characters of a sample."""


@dataclass
class Look:
    """What to show of the model, in the order of the page's controls; may change while it learns."""

    sentence: str = ""
    layer: float = 1
    head: float = 1
    temperature: float = 0.8
    dropout: float = 0.0


@dataclass
class Desk:
    """What one visitor trains."""

    model: CharacterModel | None = None
    made_of: tuple[Any, ...] = ()
    look: Look | None = None
    sample: str = ""
    running: bool = False
    halted: bool = False
    """Stop was pressed: nothing more is begun."""
    lost_told: bool = False

    @property
    def begun(self) -> bool:
        """As ``lab_lost.Kept``."""
        return self.model is not None

    def prepare(self, words: str, layers: float, width: float, context: float, seed: float, fresh: bool) -> None:
        """The model of this text and shape: the same one where nothing changed. Raises ValueError as the model."""
        made_of = (words, int(layers), int(width), int(context), int(seed))
        if self.model is None or fresh or made_of != self.made_of:
            self.model = CharacterModel(words, Settings(*made_of[1:4]), made_of[4])
            self.made_of, self.sample = made_of, ""


def picture_curves(model: CharacterModel, language: str) -> str:
    """Losses of both parts of the text."""
    names = say("characters.learnt", language), say("characters.held_out", language)
    return curves([(p.step, p.learnt, p.held_out) for p in model.points], names, say("lab.curves", language))


def picture_attention(model: CharacterModel, look: Look) -> str:
    """One head's attention over the sentence, as attention.js draws it; empty without a sentence."""
    if not look.sentence.strip():
        return ""
    names, shares = model.attention(look.sentence.strip()[: limits.MAX_ATTENTION_TOKENS])
    layer, head = (min(int(v) - 1, size - 1) for v, size in ((look.layer, len(shares)), (look.head, shares.shape[1])))
    return json.dumps({"names": names, "rows": (255 * shares[layer, head]).round().int().tolist()}, ensure_ascii=False)


def status_of(model: CharacterModel, key: str, language: str, **values: Any) -> str:
    """The status line, with a word on overfitting."""
    found = say(key, language, step=model.step_count, **values)
    return f"{found} **{say('characters.overfits', language)}**" if model.overfits() else found


@readable_errors
def train_characters(
    desk: Desk, words: str, layers: float, width: float, context: float, seed: float, sentence: str, layer: float,
    head: float, temperature: float, dropout: float, request: gr.Request,
) -> Iterator[tuple[Any, ...]]:  # fmt: skip
    """Train a small Transformer on a text until it is stopped or its time is over; it goes on where it was.

    Args:
        words: the text to learn.
        layers: of the network.
        width: of the network; another text or shape starts over.
        context: characters that it sees at once.
        seed: of weights and of the order of the windows.
        sentence: what the attention is shown for.
        layer: of the attention, from 1.
        head: of the attention, from 1.
        temperature: of the samples.
        dropout: share of the branches' numbers that are left out while it learns.

    Returns:
        Curves, sample, attention as JSON, status line.
    """
    language = language_of(request)
    desk.prepare(words, layers, width, context, seed, fresh=False)
    desk.look = Look(sentence or "", layer, head, temperature, dropout)
    model = desk.model
    assert model is not None
    start, sampled, first, desk.running, desk.halted = time.monotonic(), -SAMPLE, model.step_count, True, False
    try:
        yield desk, picture_curves(model, language), desk.sample, gr.skip(), say("lab.starting", language)
        while (passed := time.monotonic() - start) < limits.MAX_LAB_SECONDS:
            began = time.monotonic()
            model.set_dropout(desk.look.dropout)
            while not desk.halted:
                model.step()
                if time.monotonic() - began >= FRAME:  # after a step: it goes on, however slow the machine is
                    break
            if desk.halted:
                yield desk, picture_curves(model, language), gr.skip(), gr.skip(), pause_characters(desk, request)
                return
            attention: Any = gr.skip()
            if passed - sampled >= SAMPLE:
                sampled = passed
                desk.sample = model.sample(
                    "", SAMPLED, desk.look.temperature, model.step_count, going=lambda: not desk.halted
                )
                attention = picture_attention(model, desk.look)
            rate = (model.step_count - first) / max(1e-3, time.monotonic() - start)
            status = status_of(model, "lab.running", language, rate=rate)
            yield gr.skip(), picture_curves(model, language), desk.sample, attention, status
    finally:
        desk.running = False
    yield desk, gr.skip(), gr.skip(), gr.skip(), say("lab.time", language, seconds=limits.MAX_LAB_SECONDS)


@readable_errors
def restart_characters(
    desk: Desk, request: gr.Request, words: str, layers: float, width: float, context: float, seed: float
) -> tuple[Any, ...]:
    """A new network that has read nothing."""
    desk.prepare(words, layers, width, context, seed, fresh=True)
    assert desk.model is not None
    language = language_of(request)
    return desk, picture_curves(desk.model, language), "", "", say("lab.fresh", language)


@readable_errors
def look_at(desk: Desk, sentence: str, layer: float, head: float, temperature: float, dropout: float) -> Any:
    """The attention over another sentence, or of another head; a training under way hears of the rest."""
    desk.look = Look(sentence or "", layer, head, temperature, dropout)
    return gr.skip() if desk.model is None else picture_attention(desk.model, desk.look)


def halt(desk: Desk) -> None:
    """Let a training under way begin nothing more, neither a step nor a character of a sample."""
    desk.halted = True


def pause_characters(desk: Desk, request: gr.Request) -> str:
    """The status line after a pause."""
    language = language_of(request)
    return status_of(desk.model, "lab.paused", language) if desk.model else say("lab.fresh", language)
