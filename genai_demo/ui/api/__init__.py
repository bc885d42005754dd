"""Endpoints for programs: one call, one result, nothing kept between calls.

A function of ``pictures``, ``words``, ``sounds`` or ``films`` is an endpoint when it stands in ``ENDPOINTS``: its
signature says types, ranges, defaults and descriptions (``values``), and ``register`` makes them known to the page.
Names and parameters are promised: a change needs a new name.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import gradio as gr

from genai_demo.ui.api import films, pictures, sounds, words
from genai_demo.ui.api.values import OneOf, Part, component, gives, takes
from genai_demo.ui.common import MODEL_EVENT, readable_errors
from genai_demo.ui.health import problems

ENDPOINTS: dict[Callable[..., Any], tuple[str, ...]] = {
    pictures.faces: ("faces-gan", "faces-vae", "faces-discriminator"),
    pictures.edit_face: ("faces-gan", "faces-vae", "faces-encoder"),
    pictures.interpolate: ("faces-gan", "faces-vae"),
    pictures.repair: ("repair",),
    pictures.find_blemishes: ("repair-blemishes",),
    pictures.compose_scene: ("repair-cutout",),
    words.write: ("text",),
    words.translate: ("text",),
    sounds.speak: ("audio-speech", "audio-letters", "audio-vocoder"),
    sounds.compose_music: ("audio-music",),
    sounds.make_effect: ("audio-effects", "audio-effects-codec", "audio-vocoder"),
    words.inspect: (),
    films.speak_portrait: ("faces-gan", "faces-finder", "audio-speech", "audio-letters", "audio-vocoder"),
    films.hear_picture: ("audio-music",),
    films.see_sound: (),
}
"""Every endpoint, and the checkpoints without which it is not there."""


def register(demo: gr.Blocks) -> list[str]:
    """Add the endpoints to the open page; the page's own events are no longer listed as an API, but go on.

    Returns their names.
    """
    names = {function.__name__ for function in ENDPOINTS}
    for function in demo.fns.values():
        if function.api_visibility == "public":
            function.api_visibility = "undocumented"
        if function.api_name in names:  # of an event without a name of its own, which Gradio calls by its function
            function.api_name = f"{function.api_name}_on_the_page"
    offered = [function for function, needed in ENDPOINTS.items() if not problems(needed)]
    with gr.Column(visible=False):
        for function in offered:
            _add(function)
    return [function.__name__ for function in offered]


def _add(function: Callable[..., Any]) -> None:
    parameters = takes(function)
    inputs, outputs = map(component, parameters.values()), map(component, gives(function))
    gr.Button(visible=False).click(
        _checked(function, parameters), list(inputs), list(outputs), api_name=function.__name__,
        api_description=_told(function, parameters), show_progress="hidden", **MODEL_EVENT,
    )  # fmt: skip


def _checked(function: Callable[..., Any], parameters: dict[str, Part]) -> Callable[..., Any]:
    """The function, which looks at its values first and says in a sentence what is wrong with one."""

    @functools.wraps(function)
    def call(*values: Any) -> Any:
        named = zip(parameters.items(), values, strict=True)
        return function(**{name: part.kind.check(name, value) for (name, part), value in named})

    call.__annotations__ = {}  # Gradio would ask those of the function for more than the values
    return readable_errors(call)


def _told(function: Callable[..., Any], parameters: dict[str, Part]) -> str:
    """What the documentation says of an endpoint: its docstring, and every parameter with its range."""
    lines = [f"- {name}: {part.words}{part.kind.told}" for name, part in parameters.items()]
    return "\n\n".join([inspect.getdoc(function) or "", "\n".join(lines)])


def promise(function: Callable[..., Any]) -> dict[str, Any]:
    """What is promised of an endpoint: the schemas of its parameters, their defaults, and the kinds of its results.

    What the weights of today can, such as the styles of music, is not.
    """
    promised = {}
    for name, part in takes(function).items():
        promised[name] = {"type": "string"} if _by_weights(part) else part.kind.schema()
        if not part.needed:
            promised[name]["default"] = part.default
    return {"takes": promised, "gives": [type(part.kind).__name__ for part in gives(function)]}


def _by_weights(part: Part) -> bool:
    """Whether the choices of a parameter are read from cards."""
    return isinstance(part.kind, OneOf) and callable(part.kind.names)
