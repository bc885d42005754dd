"""What the buttons of the room "Transformer on your text" do: learn, go on, start over, look inside."""

import html
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from genai_demo.core import limits
from genai_demo.lab.characters import BATCH, CharacterModel, Settings
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
LIKELIEST = 10
"""Characters that could come next, as bars."""
INSIDE_STAYS = gr.skip(), gr.skip()
"""Attention and next characters as they are."""
SHOWN_AS = {" ": "␣", "\n": "↵", "\t": "⇥"}


@dataclass
class Look:
    """What to show of the model, in the order of the page's controls; may change while it learns."""

    sentence: str = ""
    layer: float = 1
    head: float = 1
    temperature: float = 0.8
    dropout: float = 0.0

    def check(self, layers: float) -> "Look":
        """Itself. Raises ValueError with a sentence for a layer that a model of so many does not have."""
        if not 1 <= self.layer <= layers:
            raise ValueError(f"Layers of this model: {int(layers)}. Look at one of those.")
        return self


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

    def prepare(
        self, words: str, layers: float, width: float, context: float, seed: float, fresh: bool
    ) -> CharacterModel:
        """The model of this text and shape: the same one where nothing changed. Raises ValueError as the model."""
        made_of = (words, int(layers), int(width), int(context), int(seed))
        if self.model is None or fresh or made_of != self.made_of:
            self.model = CharacterModel(words, Settings(*made_of[1:4]), made_of[4])
            self.made_of, self.sample = made_of, ""
        return self.model


def picture_curves(model: CharacterModel, language: str) -> str:
    """Losses of both parts of the text."""
    names = say("characters.learnt", language), say("characters.held_out", language)
    return curves([(p.step, p.learnt, p.held_out) for p in model.points], names, say("lab.curves", language))


def picture_attention(model: CharacterModel, look: Look) -> str:
    """One head's attention over the sentence, as attention.js draws it; empty without a sentence."""
    if not look.sentence.strip():
        return ""
    names, shares = model.attention(look.sentence.strip()[: limits.MAX_ATTENTION_TOKENS])
    rows = (255 * shares[int(look.layer) - 1, int(look.head) - 1]).round().int().tolist()
    return json.dumps({"names": names, "rows": rows}, ensure_ascii=False)


def picture_next(model: CharacterModel, look: Look) -> str:
    """The likeliest characters after the sentence, as the bars of a table."""
    found = model.next_characters(look.sentence, LIKELIEST)
    rows = "".join(
        f"<tr><td><code>{html.escape(SHOWN_AS.get(name, name))}</code></td>"
        f'<td><b style="width:{100 * p / found[0][1]:.1f}%"></b></td><td>{p:.1%}</td></tr>'
        for name, p in found
    )
    return f'<table class="next">{rows}</table>'


def pictures_inside(model: CharacterModel, look: Look) -> tuple[str, str]:
    """Attention and next characters."""
    return picture_attention(model, look), picture_next(model, look)


def status_of(model: CharacterModel, key: str, language: str, **values: Any) -> str:
    """The status line; where the model overfits, with what can be done about it and has not been done."""
    found = say(key, language, step=model.step_count, **values)
    if not model.overfits():
        return found
    tips = [say("characters.tips.pause", language)] if key == "lab.running" else []
    if model.dropout < limits.MAX_LAB_DROPOUT:
        tips.append(say("characters.tips.dropout", language, dropout=model.dropout))
    return f"{found} **{say('characters.overfits', language)}** {tried_next(tips, model.length, language)}".rstrip()


def tried_next(tips: list[str], length: int, language: str) -> str:
    """The sentence of what could be tried: the tips, and a longer text where ``length`` characters are not the most."""
    if length < limits.MAX_LAB_TEXT:
        tips = [*tips, say("characters.tips.text", language, length=length)]
    return say("characters.tips", language, tips=("；" if language == "zh" else "; ").join(tips)) if tips else ""


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
        Curves, sample, attention as JSON, likeliest next characters as HTML, status line.
    """
    language = language_of(request)
    look = Look(sentence or "", layer, head, temperature, dropout).check(layers)
    model = desk.prepare(words, layers, width, context, seed, fresh=False)
    desk.look = look
    start, sampled, first, desk.running, desk.halted = time.monotonic(), -SAMPLE, model.step_count, True, False
    try:
        yield desk, picture_curves(model, language), desk.sample, *INSIDE_STAYS, say("lab.starting", language)
        while (passed := time.monotonic() - start) < limits.MAX_LAB_SECONDS:
            began = time.monotonic()
            model.set_dropout(desk.look.dropout)
            while not desk.halted:
                model.step()
                if time.monotonic() - began >= FRAME:  # after a step: it goes on, however slow the machine is
                    break
            if desk.halted:
                yield desk, picture_curves(model, language), gr.skip(), *INSIDE_STAYS, pause_characters(desk, request)
                return
            inside: tuple[Any, Any] = INSIDE_STAYS
            if passed - sampled >= SAMPLE:
                sampled = passed
                desk.sample = model.sample(
                    "", SAMPLED, desk.look.temperature, model.step_count, going=lambda: not desk.halted
                )
                inside = pictures_inside(model, desk.look)
            rate = (model.step_count - first) / max(1e-3, time.monotonic() - start)
            status = status_of(model, "lab.running", language, rate=rate)
            yield gr.skip(), picture_curves(model, language), desk.sample, *inside, status
    finally:
        desk.running = False
    yield desk, gr.skip(), gr.skip(), *INSIDE_STAYS, say("lab.time", language, seconds=limits.MAX_LAB_SECONDS)


@readable_errors
def restart_characters(
    desk: Desk, request: gr.Request, words: str, layers: float, width: float, context: float, seed: float
) -> tuple[Any, ...]:
    """A new network that has read nothing."""
    model, language = desk.prepare(words, layers, width, context, seed, fresh=True), language_of(request)
    return desk, picture_curves(model, language), "", "", "", say("lab.fresh", language)


@readable_errors
def step_characters(
    desk: Desk, request: gr.Request, words: str, layers: float, width: float, context: float, seed: float,
    sentence: str, layer: float, head: float, temperature: float, dropout: float,
) -> tuple[Any, ...]:  # fmt: skip
    """One step of training, and what it changed.

    Args and returns: as ``train_characters``; no new sample is written, it would take longer than the step.
    """
    language = language_of(request)
    look = Look(sentence or "", layer, head, temperature, dropout).check(layers)
    model = desk.prepare(words, layers, width, context, seed, fresh=False)
    halt(desk)
    desk.look = look
    model.set_dropout(look.dropout)
    loss = model.step()
    status = status_of(model, "characters.stepped", language, loss=loss, windows=BATCH)
    return desk, picture_curves(model, language), desk.sample, *pictures_inside(model, look), status


@readable_errors
def look_at(
    desk: Desk, sentence: str, layer: float, head: float, temperature: float, dropout: float
) -> tuple[Any, Any]:
    """Another sentence, or another head; a training under way hears of the rest."""
    look = Look(sentence or "", layer, head, temperature, dropout)
    if desk.model is None:
        return INSIDE_STAYS
    desk.look = look.check(desk.model.settings.layers)
    return pictures_inside(desk.model, look)


def halt(desk: Desk) -> None:
    """Let a training under way begin nothing more, neither a step nor a character of a sample."""
    desk.halted = True


def pause_characters(desk: Desk, request: gr.Request) -> str:
    """The status line after a pause."""
    language = language_of(request)
    return status_of(desk.model, "lab.paused", language) if desk.model else say("lab.fresh", language)
