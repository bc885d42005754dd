"""What the buttons of the room "GAN on a plane" do: train, pause, one step, start over."""

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
import torch
from torch import Tensor

from genai_demo.core import limits
from genai_demo.lab import distributions
from genai_demo.lab.distributions import Distribution
from genai_demo.lab.gan import FIELD, PlaneGan, Settings, View
from genai_demo.ui.common import readable_errors
from genai_demo.ui.strings import add_texts, language_of, say
from genai_demo.ui.texts_lab import LAB

add_texts(LAB)

PACES = ("slow", "one", "five", "full")
STEPS = {"five": 5}
"""From one picture to the next; otherwise one, or at full speed as many as there is time for."""
FRAME = 0.08
"""Seconds from one picture to the next."""
TRAINING = 0.75
"""Share of them that goes to training at full speed; the rest is for the picture."""
SLOW = 0.7
"""The same in slow motion, where every picture is one part of a step."""
HEAD_START, HEAD_EVERY = 1_500, 100
"""Steps of a start with trained networks, and from one word about them to the next."""
WIDE = 2.0
"""Points travel as 16-bit numbers that stand for -WIDE to WIDE."""


@dataclass(frozen=True)
class Controls:
    """What is set on the page, in the order of its controls."""

    target: str
    loss: str
    pace: str
    generator_rate: float
    discriminator_rate: float
    penalty: float
    batch: float
    width: float
    seed: float
    drawing: str

    @property
    def settings(self) -> Settings:
        """Raises ValueError as ``Settings.check``."""
        rates = (float(self.generator_rate), float(self.discriminator_rate))
        return Settings(self.loss, *rates, float(self.penalty), int(self.batch), int(self.width)).check()

    @property
    def distribution(self) -> Distribution:
        """Raises ValueError for a drawing that is empty or no drawing."""
        if self.target != "drawing":
            return distributions.named(self.target)
        try:
            points = json.loads(self.drawing or "[]")
        except ValueError as error:
            raise ValueError("The drawing cannot be read. Clear it and draw again.") from error
        return distributions.drawn(points)


@dataclass
class Bench:
    """What one visitor trains. The page's controls reach a training under way through ``controls``."""

    gan: PlaneGan | None = None
    controls: Controls | None = None
    applied: Controls | None = None
    parts: Iterator[str] | None = None
    part: str = ""
    running: bool = False
    halted: bool = False
    """Stop was pressed: nothing more is begun."""
    lost_told: bool = False

    @property
    def begun(self) -> bool:
        """As ``lab_lost.Kept``."""
        return self.gan is not None

    def prepare(self, controls: Controls, fresh: bool = False) -> PlaneGan:
        """The GAN under these controls: the same one where its width and seed are the same."""
        self.controls, before = controls, self.applied
        same = before is not None and (before.width, before.seed) == (controls.width, controls.seed)
        if self.gan is None or fresh or not same:
            self.gan = PlaneGan(controls.distribution, controls.settings, int(controls.seed))
            self.parts, self.part, self.applied = None, "", controls
        self.apply()
        return self.gan

    def apply(self) -> None:
        """Let the training know what was changed on the page."""
        now, before = self.controls, self.applied
        assert self.gan is not None and now is not None and before is not None
        if now is before:
            return
        if (now.target, now.drawing) != (before.target, before.drawing):
            self.gan.retarget(now.distribution)
        self.gan.change(now.settings)
        self.applied = now

    def advance(self) -> None:
        """One part of a step."""
        assert self.gan is not None
        self.parts = self.parts or self.gan.parts()
        self.part = next(self.parts)
        if self.part == "generator":
            self.parts = None

    def finish(self) -> None:
        """The other parts of a step that has begun."""
        while self.parts is not None:
            self.advance()
        self.part = ""


# --------------------------------------------------------------------------- pictures


def packed(points: Tensor) -> str:
    """Points (N, 2) as base64 of 16-bit numbers."""
    numbers = ((points.clamp(-WIDE, WIDE) + WIDE) / (2 * WIDE) * 65535).round().to(torch.int32)
    return base64.b64encode(numbers.numpy().astype("<u2").tobytes()).decode()


def shares(values: Tensor) -> str:
    """Numbers from 0 to 1 as base64 of bytes."""
    return base64.b64encode((255 * values.flatten()).round().to(torch.uint8).numpy().tobytes()).decode()


def frame(gan: PlaneGan, part: str) -> str:
    """All that the page draws, as JSON. part: of a step that is under way."""
    view: View = gan.view(fresh=bool(part))
    modes = [[round(x, 3), round(y, 3), round(gan.target.reach, 3)] for x, y in gan.target.modes.tolist()]
    noise = [[round(x, 2), round(y, 2)] for x, y in view.noise.tolist()] if part else []
    found = {
        "step": view.step, "part": part, "loss": gan.settings.loss, "penalty": gan.settings.penalty > 0,
        "real": packed(view.real), "fake": packed(view.fake), "judged": shares(view.judged), "noise": noise,
        "field": shares(view.field), "size": FIELD, "modes": modes, "covered": view.covered,
        "arrows": [[round(x, 3), round(y, 3)] for x, y in view.arrows.tolist()],
        "losses": [[step, round(d, 3), round(g, 3)] for step, d, g in view.losses],
        "progress": [[step, round(apart, 3)] for step, apart, _ in view.progress],
        "divergence": round(view.divergence, 3), "learning": view.learning,
        "quality": round(view.quality, 3), "balance": round(view.balance, 3),
    }  # fmt: skip
    return json.dumps(found, separators=(",", ":"))


# --------------------------------------------------------------------------- buttons


@readable_errors
def train_gan(
    bench: Bench, target: str, loss: str, pace: str, generator_rate: float, discriminator_rate: float, penalty: float,
    batch: float, width: float, seed: float, drawing: str, request: gr.Request,
) -> Iterator[tuple[Any, ...]]:  # fmt: skip
    """Train a GAN on the plane, picture by picture, until it is stopped or its time is over.

    Args:
        target: ring, grid, spirals, or drawing.
        loss: minimax, non_saturating, relativistic or hinge.
        pace: slow (the five parts of a step one by one), one or five steps a picture, or full speed.
        generator_rate: learning rate of G.
        discriminator_rate: learning rate of D.
        penalty: weight of the gradient penalties R1 and R2.
        batch: points in a step.
        width: of the hidden layers; another one starts over.
        seed: of the first weights and the noise; another one starts over.
        drawing: JSON of points [x, y] from -1 to 1, where the target is "drawing".

    Returns:
        The picture as JSON, and the status line.
    """
    language = language_of(request)
    controls = Controls(target, loss, pace, generator_rate, discriminator_rate, penalty, batch, width, seed, drawing)
    gan = bench.prepare(controls)
    start, first, bench.running, bench.halted = time.monotonic(), gan.step_count, True, False
    try:
        yield bench, frame(gan, bench.part), say("lab.running", language, step=gan.step_count, rate=0)
        while time.monotonic() - start < limits.MAX_LAB_SECONDS:
            began = time.monotonic()
            if bench.halted:
                yield bench, frame(gan, bench.part), pause_gan(bench, request)
                return
            bench.apply()
            _train_a_little(bench, began)
            rate = (gan.step_count - first) / max(1e-3, time.monotonic() - start)
            status = say("lab.running", language, step=gan.step_count, rate=rate)
            yield gr.skip(), frame(gan, bench.part), status
            pause = SLOW if bench.part else FRAME
            time.sleep(max(0.0, pause - (time.monotonic() - began)))
    finally:
        bench.running = False
    yield bench, frame(gan, bench.part), say("lab.time", language, seconds=limits.MAX_LAB_SECONDS)


def _train_a_little(bench: Bench, began: float) -> None:
    """What happens between two pictures, by the pace."""
    assert bench.gan is not None and bench.controls is not None
    pace = bench.controls.pace
    if pace == "slow":
        bench.advance()
        return
    bench.finish()
    for _ in range(STEPS.get(pace, 1)):
        if not bench.halted:
            bench.gan.step()
    while not bench.halted and pace == "full" and time.monotonic() - began < TRAINING * FRAME:
        bench.gan.step()


@readable_errors
def step_gan(
    bench: Bench, request: gr.Request, target: str, loss: str, pace: str, generator_rate: float,
    discriminator_rate: float, penalty: float, batch: float, width: float, seed: float, drawing: str,
) -> tuple[Any, ...]:  # fmt: skip
    """One step of the training; in slow motion one part of it."""
    gan = bench.prepare(
        Controls(target, loss, pace, generator_rate, discriminator_rate, penalty, batch, width, seed, drawing)
    )
    if pace == "slow":
        bench.advance()
    elif bench.parts is not None:
        bench.finish()
    else:
        bench.part = ""
        gan.step()
    return bench, frame(gan, bench.part), say("lab.paused", language_of(request), step=gan.step_count)


@readable_errors
def step_discriminator(bench: Bench, request: gr.Request, *controls: Any) -> tuple[Any, ...]:
    """One step in which D alone learns. controls: as those of train_gan, in their order."""
    return _step_one("discriminator", bench, request, controls)


@readable_errors
def step_generator(bench: Bench, request: gr.Request, *controls: Any) -> tuple[Any, ...]:
    """One step in which G alone learns. controls: as those of train_gan, in their order."""
    return _step_one("generator", bench, request, controls)


def _step_one(network: str, bench: Bench, request: gr.Request, controls: tuple[Any, ...]) -> tuple[Any, ...]:
    gan = bench.prepare(Controls(*controls))
    bench.finish()
    gan.step((network,))
    return bench, frame(gan, ""), say("lab.paused", language_of(request), step=gan.step_count)


@readable_errors
def start_trained(bench: Bench, request: gr.Request, *controls: Any) -> Iterator[tuple[Any, ...]]:
    """New weights from the seed, and HEAD_START steps of training before the first picture.

    Args:
        controls: as those of train_gan, in their order.
    """
    language = language_of(request)
    gan = bench.prepare(Controls(*controls), fresh=True)
    bench.running, bench.halted = True, False
    try:
        for step in range(HEAD_START):
            if bench.halted:
                break
            if step % HEAD_EVERY == 0:
                yield bench, gr.skip(), say("lab.ahead", language, step=step, steps=HEAD_START)
            gan.step()
    finally:
        bench.running = False
    yield bench, frame(gan, ""), say("lab.paused", language, step=gan.step_count)


@readable_errors
def restart_gan(bench: Bench, request: gr.Request, *controls: Any) -> tuple[Any, ...]:
    """New weights from the seed, nothing learnt."""
    gan = bench.prepare(Controls(*controls), fresh=True)
    return bench, frame(gan, ""), say("lab.fresh", language_of(request))


def open_gan(bench: Bench, trained: bool, request: gr.Request, *controls: Any) -> tuple[Any, ...]:
    """What the room shows first; nothing new when it is opened again. trained: the mark of ``lab_lost``."""
    if bench.begun or trained:
        return gr.skip(), gr.skip(), gr.skip()
    return restart_gan(bench, request, *controls)


@readable_errors
def set_gan(bench: Bench, *controls: Any) -> Any:
    """Tell a training under way what was changed; show it where none is."""
    given = Controls(*controls)
    if given.target == "drawing" and len(given.drawing or "") < 3:
        return gr.skip()  # chosen, but nothing is drawn yet
    _, _ = given.settings, given.distribution
    if bench.running:
        bench.controls = given
    if bench.running or not bench.begun:  # it begins at a button
        return gr.skip()
    return frame(bench.prepare(given), bench.part)


def halt(bench: Bench) -> None:
    """Let a training under way begin no further step."""
    bench.halted = True


def pause_gan(bench: Bench, request: gr.Request) -> Any:
    """The status line after a pause."""
    return say("lab.paused", language_of(request), step=bench.gan.step_count if bench.gan else 0)
