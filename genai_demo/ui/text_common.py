"""What the rooms of the text tab share."""

import contextvars
import queue
import threading
import time
from collections.abc import Iterator
from typing import Any, TypeVar

import gradio as gr

from genai_demo.core import limits
from genai_demo.core.sampling import Controls
from genai_demo.text import generate
from genai_demo.ui.common import MODEL_EVENT, Slider, number, slider
from genai_demo.ui.strings import text

T = TypeVar("T")

STREAM_EVENT: dict[str, Any] = MODEL_EVENT | {"show_progress": "hidden", "time_limit": 120}
"""For text that appears while it is written."""
PAUSE = 0.04
"""Seconds between two updates of the page: more often, and the page is slower than the model."""


def paced(items: Iterator[T], pause: float = PAUSE) -> Iterator[T]:
    """The first item at once, then the newest every ``pause`` seconds, and the last in any case.

    The items are made in a thread of their own, so that they go on while the page takes one.
    Closing the iterator stops them after the one that is being made; what they raise is raised here.
    """
    made: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()
    closed = threading.Event()

    def make() -> None:
        try:
            for item in items:
                made.put((True, item))
                if closed.is_set():
                    return
            made.put((False, None))
        except BaseException as error:
            made.put((False, error))

    context = contextvars.copy_context()  # what is lent to this event is lent to its thread
    threading.Thread(target=context.run, args=(make,), daemon=True).start()
    shown, held = 0.0, None
    try:
        while True:
            going, item = made.get()
            now = time.perf_counter()
            if not going:
                break
            if not shown or (made.empty() and now - shown >= pause):
                shown, held = now, None
                yield item
            else:
                held = item
        if held is not None:
            yield held
        if item is not None:
            raise item
    finally:
        closed.set()


def sampling_controls(temperature: float = 0.65, penalty: float = 1.1) -> list[Slider]:
    """Sliders for temperature, top-p, top-k, min-p and the repetition penalty, in this order."""
    return [
        slider("temperature", 0, limits.MAX_TEMPERATURE, temperature, 0.05),
        slider("top_p", 0.05, 1, 0.95, 0.05),
        slider("top_k", 0, 200, 0, 1),
        slider("min_p", 0, 0.5, 0, 0.01),
        slider("penalty", 1, 2, penalty, 0.05),
    ]


def controls_of(temperature: float, top_p: float, top_k: float, min_p: float, penalty: float) -> Controls:
    """The values of ``sampling_controls`` as the model takes them."""
    return Controls(penalty, temperature, int(top_k), top_p, min_p)


def language_for(kind: str, language: str) -> str:
    """Classical poems are Chinese, whatever was chosen."""
    return "zh" if kind == "poem" else language


def good_controls(kind: str, language: str) -> tuple[float, float]:
    """Temperature and repetition penalty that are good for a kind of text."""
    good = generate.usual(kind, language_for(kind, language))
    return good.temperature, good.repetition_penalty


def seed_box() -> gr.Number:
    """The seed of a text."""
    return number("text.seed", 0, limits.MAX_SEED, 1, min_width=120)


def presets(inputs: list[Any], rows: list[list[Any]], labels: list[str]) -> gr.Examples:
    """Buttons that fill the inputs."""
    return gr.Examples(
        rows,
        inputs,
        label=text("presets"),  # type: ignore[arg-type]
        example_labels=labels,
        examples_per_page=12,
        cache_examples=False,
        api_visibility="private",
    )
