"""What the buttons of the room "VAE on a plane" do: learn, go on, start over."""

import base64
import functools
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from genai_demo.core import limits
from genai_demo.core.pictures import to_pixels
from genai_demo.faces import generate
from genai_demo.lab.vae import SIDE, Training, manifold, untrained
from genai_demo.ui.common import readable_errors
from genai_demo.ui.lab_curves import curves
from genai_demo.ui.strings import add_texts, language_of, say
from genai_demo.ui.texts_lab import LAB

add_texts(LAB)

FACES, AT_ONCE = 384, 16
FRAME = 0.5
"""Seconds from one sheet to the next."""
SHEET = 9
"""Faces of the sheet, both ways."""
PAIRS = 8
CODES = 256
"""Faces whose places are shown."""


@dataclass
class Atelier:
    """What one visitor trains."""

    training: Training | None = None
    seed: int = -1
    beta: float = 1.0
    halted: bool = False
    """Stop was pressed: nothing more is begun."""
    lost_told: bool = False

    @property
    def begun(self) -> bool:
        """As ``lab_lost.Kept``."""
        return self.training is not None

    def begin(self) -> None:
        """What was pressed before does not count any more."""
        self.halted = False


@functools.lru_cache(FACES // AT_ONCE)
def _some_faces(first: int) -> Tensor:
    """Faces of our GAN (AT_ONCE, 3, 32, 32) in [-1, 1], from a seed on. All visitors look at the same ones."""
    small = [f.resize((SIDE, SIDE), Image.Resampling.BOX) for f in generate.sample(first, AT_ONCE, 0.9)]
    return torch.from_numpy(np.stack([np.asarray(f) for f in small])).permute(0, 3, 1, 2).float() / 127.5 - 1


@functools.cache
def _faces() -> Tensor:
    """(FACES, 3, 32, 32): one copy for all visitors."""
    return torch.cat([_some_faces(first) for first in range(0, FACES, AT_ONCE)])


def _picture(pictures: Tensor, columns: int) -> str:
    """Pictures on one sheet, row by row, as a data URL."""
    tiles = to_pixels(pictures).reshape(-1, columns, SIDE, SIDE, 3).swapaxes(1, 2)
    sheet = Image.fromarray(tiles.reshape(-1, columns * SIDE, 3))
    buffer = io.BytesIO()
    sheet.save(buffer, "WEBP", quality=85, method=0)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()


def _figure(kind: str, pictures: Tensor, columns: int, caption: str) -> str:
    """Pictures with a caption as HTML."""
    picture = _picture(pictures, columns)
    return f'<figure><img class="{kind}" src="{picture}" alt="{caption}"><figcaption>{caption}</figcaption></figure>'


def _first_page(faces: Tensor | None, seed: float, language: str) -> str:
    """What there is to see before all faces are drawn: the plane of an untrained network, and the first faces."""
    network = untrained(torch.Generator().manual_seed(int(seed)))
    page = f'<div class="two">{_figure("sheet", manifold(network, SHEET), SHEET, say("vae.untrained", language))}</div>'
    return page if faces is None else page + _figure("pairs", faces, PAIRS, say("vae.learnt", language))


def _shown(training: Training, language: str) -> tuple[str, str]:
    """Sheet with places and pairs as HTML, and the curves."""
    codes = say("vae.codes", language)
    dots = "".join(
        f'<circle cx="{50 + 100 * x / 6:.1f}" cy="{50 - 100 * y / 6:.1f}" r="0.9"/>'
        for x, y in training.codes(CODES).clamp(-3, 3).tolist()
    )
    page = (
        f'<div class="two">{_figure("sheet", training.manifold(SHEET), SHEET, say("vae.sheet", language))}'
        f'<figure><svg viewBox="0 0 100 100" role="img" aria-label="{codes}">'
        f'<circle class="prior" cx="50" cy="50" r="16.7"/><circle class="prior" cx="50" cy="50" r="33.3"/>{dots}</svg>'
        f"<figcaption>{codes}</figcaption></figure></div>"
        + _figure("pairs", torch.cat(training.reconstructions(PAIRS)), PAIRS, say("vae.pairs", language))
    )
    names = say("vae.error", language), say("vae.nats", language)
    points = [(p.step, 10 * p.error, p.nats) for p in training.points]
    return page, curves(points, names, say("lab.curves", language))


def _prepare(atelier: Atelier, seed: float, beta: float, fresh: bool, language: str) -> Iterator[tuple[Any, ...]]:
    """Make the training where there is none of this seed, unless it is halted. Yields sheet, curves and status."""
    atelier.begin()
    if atelier.training is None or atelier.seed != int(seed) or fresh:
        for first in range(0, FACES, AT_ONCE):
            faces = _some_faces(first)
            page: Any = gr.skip() if first else _first_page(faces, seed, language)
            yield page, gr.skip(), say("vae.faces", language, count=first + AT_ONCE, most=FACES)
            if atelier.halted:
                return
        atelier.training, atelier.seed = Training(_faces(), int(seed)), int(seed)
    atelier.beta = beta
    atelier.training.set_beta(beta)


@readable_errors
def train_vae(atelier: Atelier, beta: float, seed: float, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Train a VAE with a latent plane until it is stopped or its time is over; it goes on where it was.

    Args:
        beta: weight of the latent term; may change while it learns.
        seed: of weights and order; another one starts over.

    Returns:
        Sheet and pairs as HTML, curves as SVG, status line.
    """
    language = language_of(request)
    for update in _prepare(atelier, seed, beta, False, language):
        yield atelier, *update
    training = atelier.training
    if training is None:  # halted before there was one
        yield atelier, gr.skip(), gr.skip(), pause_vae(atelier, request)
        return
    start, first = time.monotonic(), training.step_count
    yield atelier, *_shown(training, language), say("lab.starting", language)
    while time.monotonic() - start < limits.MAX_LAB_SECONDS:
        began = time.monotonic()
        training.set_beta(atelier.beta)
        while not atelier.halted:
            training.step()
            if time.monotonic() - began >= FRAME:  # after a step: it goes on, however slow the machine is
                break
        if atelier.halted:
            yield atelier, *_shown(training, language), pause_vae(atelier, request)
            return
        rate = (training.step_count - first) / max(1e-3, time.monotonic() - start)
        status = say("lab.running", language, step=training.step_count, rate=rate)
        yield gr.skip(), *_shown(training, language), status
    yield atelier, gr.skip(), gr.skip(), say("lab.time", language, seconds=limits.MAX_LAB_SECONDS)


@readable_errors
def restart_vae(atelier: Atelier, beta: float, seed: float, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """A new network from the seed, nothing learnt."""
    language = language_of(request)
    for update in _prepare(atelier, seed, beta, True, language):
        yield gr.skip(), *update
    if atelier.training is None or atelier.halted:
        yield atelier, gr.skip(), gr.skip(), pause_vae(atelier, request)
    else:
        yield atelier, *_shown(atelier.training, language), say("lab.fresh", language)


def show_untrained(atelier: Atelier, trained: bool, seed: float, request: gr.Request) -> Any:
    """What can be shown while the faces are not drawn yet: what a network draws that has learnt nothing."""
    return gr.skip() if atelier.begun or trained else _first_page(None, seed, language_of(request))


@readable_errors
def open_vae(
    atelier: Atelier, trained: bool, beta: float, seed: float, request: gr.Request
) -> Iterator[tuple[Any, ...]]:
    """What the room shows first; nothing new when it is opened again. trained: the mark of ``lab_lost``."""
    if not atelier.begun and not trained:
        yield from restart_vae(atelier, beta, seed, request)


def halt(atelier: Atelier) -> None:
    """Let a training under way begin no further step, and draw no further faces to learn from."""
    atelier.halted = True


def set_beta(atelier: Atelier, beta: float) -> None:
    """Tell a training under way."""
    atelier.beta = beta


def pause_vae(atelier: Atelier, request: gr.Request) -> str:
    """The status line after a pause."""
    return say("lab.paused", language_of(request), step=atelier.training.step_count if atelier.training else 0)
