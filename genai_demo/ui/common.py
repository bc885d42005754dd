"""What every tab uses: readable errors, checked controls, files with good names."""

import contextlib
import functools
import inspect
import io
import math
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import gradio as gr
from gradio import processing_utils, utils
from gradio.context import Context, LocalContext
from PIL import Image

from genai_demo.core.uploads import open_upload
from genai_demo.trust.policy.check import Refused
from genai_demo.ui.errors import localise
from genai_demo.ui.strings import TEXTS, language_of, text
from genai_demo.ui.texts_policy import POLICY

Function = TypeVar("Function", bound=Callable[..., Any])

MODEL_EVENT: dict[str, Any] = {"concurrency_id": "model", "concurrency_limit": 1}
"""For every event that runs a network: one at a time, two torch jobs at once are slower than in turn."""
LIVE_EVENT: dict[str, Any] = MODEL_EVENT | {"trigger_mode": "always_last", "show_progress": "hidden"}
"""For redrawing while something moves: the newest position wins, nothing flickers."""
REDRAW_EVENT: dict[str, Any] = MODEL_EVENT | {"trigger_mode": "always_last"}
"""For drawing what the controls say: what they say by the end of a drawing is drawn after it, never left out."""


def page_language() -> str:
    """The language of the page whose function runs just now; English outside of one."""
    return language_of(LocalContext.request.get(None))


def readable_errors(function: Function) -> Function:
    """Turn a ValueError, our one error for bad input, into a message in the page. Nothing else."""
    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def stream(*args: Any, **kwargs: Any) -> Any:
            nothing = True
            try:
                with contextlib.closing(function(*args, **kwargs)) as pieces:
                    for piece in pieces:
                        nothing = False
                        yield piece
            except ValueError as error:
                raise _shown(error) from error
            if nothing:
                yield gr.skip()  # Gradio would empty the outputs of a function that yields nothing

        return stream  # type: ignore[return-value]

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except ValueError as error:
            raise _shown(error) from error

    return call  # type: ignore[return-value]


def _shown(error: ValueError) -> gr.Error:
    """The error as a message in the language of the page; why a text is not taken up stays until it is closed."""
    if isinstance(error, gr.Error):  # a ValueError, too: of a function within that is wrapped itself
        return error
    language = page_language()
    words = localise(str(error), language)
    if isinstance(error, Refused):
        return gr.Error(words, duration=None, title=POLICY["policy.title"][language == "zh"], print_exception=False)
    return gr.Error(words, print_exception=False)


def moving(*controls: Any) -> list[Any]:
    """The events of controls that move, for functions that answer at once. Their trigger mode: ``always_last``."""
    return [control.input for control in controls]


def at_rest(*controls: Any) -> list[Any]:
    """The events of controls that have come to rest: a slider is let go, stepped or reset, a box left, a choice made.

    ``controls.js`` sees to it that they come for pointers, keys, boxes and arrows alike.
    """
    return [_rest(control) for control in controls]


def _rest(control: Any) -> Any:
    if isinstance(control, gr.Slider):
        return control.release
    return control.submit if isinstance(control, gr.Number | gr.Textbox) else control.input


def to_press(*files: gr.DownloadButton, ready: bool) -> dict[str, Any]:
    """The arguments of an event after which downloads can be pressed, or not, while they hold what is not shown."""
    update = f"{{__type__: 'update', interactive: {str(ready).lower()}}}"
    return {
        "fn": None,
        "outputs": list(files),
        "js": f"() => Array({len(files)}).fill({update})",
        "queue": False,
        "api_visibility": "private",
        "show_progress": "hidden",
    }


class OutOfRange(gr.Error):
    """A value that a control does not take. It becomes a sentence in the language of the page in ``page.readable``:
    where Gradio reads values, it does not tell which language that is.
    """

    def __init__(self, names: tuple[str, str], low: float, high: float):
        self.sentences = [f"{name} must be a number from {low:.10g} to {high:.10g}." for name in names]
        super().__init__(self.sentences[0], print_exception=False)

    def said(self, language: str) -> str:
        """The sentence in a language, with the name of the control in it."""
        return localise(self.sentences[language == "zh"], language)


def _checked(payload: Any, minimum: float | None, maximum: float | None, names: tuple[str, str]) -> float:
    low = -math.inf if minimum is None else minimum
    high = math.inf if maximum is None else maximum
    usable = isinstance(payload, (int, float)) and not isinstance(payload, bool) and low <= payload <= high
    if not usable:
        raise OutOfRange(names, low, high)
    return payload


class Slider(gr.Slider):
    """A slider that answers a wrong value from the API with a sentence."""

    is_template = True
    names = ("The slider", "滑块")
    """What it is called, English and Chinese."""
    most: float | None = None
    """What is taken at most where the page moves its own maximum; None: the maximum."""

    def preprocess(self, payload: Any) -> float:
        """The number; raises gr.Error for anything that is none or lies outside."""
        return _checked(payload, self.minimum, self.maximum if self.most is None else self.most, self.names)


class Number(gr.Number):
    """A number box that answers a wrong value from the API with a sentence."""

    is_template = True
    names = ("The number", "数值")
    """As for ``Slider``."""

    def preprocess(self, payload: Any) -> float | int:
        """The number, rounded where the box holds whole numbers; raises gr.Error as ``Slider``."""
        return self.round_to_precision(_checked(payload, self.minimum, self.maximum, self.names), self.precision)


class Upload(gr.Image):
    """A picture box whose event functions receive the path of the file, unopened.

    Gradio would decode the file before our function runs, and a broken one would end in its
    error instead of our sentence.
    """

    is_template = True

    def preprocess(self, payload: Any) -> str | None:
        """Path of the uploaded file; None where the box is empty. Raises gr.Error for no file."""
        if payload is None:
            return None
        if not payload.path:
            raise gr.Error("Upload the picture as a file.", print_exception=False)
        return str(payload.path)


def open_picture(upload: str | None) -> Image.Image:
    """The uploaded picture as 8-bit RGB. Raises ValueError for an empty box or a bad file."""
    if upload is None:
        raise ValueError("Choose a picture first.")
    return open_upload(upload)


def slider(
    key: str, minimum: float, maximum: float, value: float, step: float, info: str = "", **settings: Any
) -> Slider:
    """A slider whose label and one-line help are the texts ``key`` and ``info`` (or ``key``.info)."""
    made = Slider(minimum, maximum, value, step=step, label=text(key), info=text(info or f"{key}.info"), **settings)
    made.names = TEXTS[key]
    return made


def number(key: str, minimum: int, maximum: int, value: int, **settings: Any) -> Number:
    """A box for a whole number, with label and help by key."""
    made = Number(
        value, label=text(key), info=text(f"{key}.info"), minimum=minimum, maximum=maximum, precision=0, **settings
    )
    made.names = TEXTS[key]
    return made


def choice(key: str, values: Sequence[str], value: str, **settings: Any) -> gr.Radio:
    """A row of radio buttons, with label and help by key; names of values are the texts ``key``.value."""
    names = [(text(f"{key}.{v}") if f"{key}.{v}" in TEXTS else v.upper(), v) for v in values]
    return gr.Radio(names, value=value, label=text(key), info=text(f"{key}.info"), **settings)


def begin_in_chinese(*begun: tuple[gr.components.Component, Any]) -> None:
    """What components of the open page hold at first where the browser asks for Chinese. begun: each and its value."""
    page, components = Context.root_block, [component for component, _ in begun]
    assert page is not None

    def begin(request: gr.Request) -> Any:
        values = [value for _, value in begun] if language_of(request) == "zh" else [gr.skip()] * len(begun)
        return values if len(values) > 1 else values[0]  # Gradio takes what one component gets as it is

    page.load(begin, None, components, queue=False, show_progress="hidden", api_visibility="private")


def keep_file(data: bytes, name: str) -> str:
    """Put bytes where the page can fetch them under ``name``; returns the path."""
    return processing_utils.save_bytes_to_cache(data, name, utils.get_upload_folder())


def pack_zip(files: dict[str, bytes]) -> bytes:
    """A zip of already compressed files: the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()


def parse_seeds(words: str, least: int, most: int) -> list[int]:
    """Seeds from "7, 8 9"; raises ValueError for other words or another number of seeds."""
    parts = [p for p in re.split(r"[\s,;，；、]+", str(words)) if p]
    if not least <= len(parts) <= most or not all(re.fullmatch(r"\d{1,10}", p) for p in parts):
        how_many = str(least) if least == most else f"{least} to {most}"
        raise ValueError(f"Write {how_many} seeds: whole numbers with commas between them.")
    return [int(p) for p in parts]


def percent(share: float) -> str:
    """0.634 -> "63 %"."""
    return f"{share:.0%}"
