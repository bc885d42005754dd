"""Endpoints for programs: one call, one result, nothing kept between calls.

A function of ``pictures``, ``words`` or ``sounds`` is an endpoint when it stands in ``ENDPOINTS``: its signature says
types, ranges, defaults and descriptions (``values``), and ``register`` makes them known to the page. Names and
parameters are promised: a change needs a new name.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any, get_args, get_origin, get_type_hints

import gradio as gr

from genai_demo.ui.api import pictures, sounds, words
from genai_demo.ui.api.values import Kind, OneOf, component
from genai_demo.ui.common import MODEL_EVENT, readable_errors
from genai_demo.ui.health import problems

ENDPOINTS: dict[Callable[..., Any], tuple[str, ...]] = {
    pictures.faces: ("faces-gan", "faces-vae", "faces-discriminator"),
    pictures.edit_face: ("faces-gan", "faces-vae", "faces-encoder"),
    pictures.interpolate: ("faces-gan", "faces-vae"),
    pictures.repair: ("repair",),
    pictures.compose_scene: ("repair-cutout",),
    words.write: ("text",),
    words.translate: ("text",),
    sounds.speak: ("audio-speech", "audio-letters", "audio-vocoder"),
    sounds.compose_music: ("audio-music",),
    sounds.make_effect: ("audio-effects", "audio-effects-codec", "audio-vocoder"),
    words.inspect: (),
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
    hints = get_type_hints(function, include_extras=True)
    result = hints.pop("return")
    parameters = inspect.signature(function).parameters
    inputs = [component(name, hint, parameters[name].default) for name, hint in hints.items() if name in parameters]
    kept = get_args(result) if get_origin(result) is tuple else (result,)
    outputs = [component(f"result {number}", hint) for number, hint in enumerate(kept, 1)]
    gr.Button(visible=False).click(
        _checked(function, hints), inputs, outputs, api_name=function.__name__, api_description=_told(function, hints),
        show_progress="hidden", **MODEL_EVENT,
    )  # fmt: skip


def _kinds(hints: dict[str, Any]) -> dict[str, tuple[Kind, str]]:
    """Kind and description of every parameter."""
    return {name: get_args(hint)[1:3] for name, hint in hints.items()}


def _checked(function: Callable[..., Any], hints: dict[str, Any]) -> Callable[..., Any]:
    """The function, which looks at its values first and says in a sentence what is wrong with one."""
    kinds, names = _kinds(hints), list(hints)

    @functools.wraps(function)
    def call(*values: Any) -> Any:
        return function(**{name: kinds[name][0].check(name, v) for name, v in zip(names, values, strict=True)})

    call.__annotations__ = {}  # Gradio would ask those of the function for more than the values
    return readable_errors(call)


def _told(function: Callable[..., Any], hints: dict[str, Any]) -> str:
    """What the documentation says of an endpoint: its docstring, and every parameter with its range."""
    lines = [f"{name}: {words}{kind.told}" for name, (kind, words) in _kinds(hints).items()]
    return "\n\n".join([inspect.getdoc(function) or "", "\n".join(f"- {line}" for line in lines)])


def promise(function: Callable[..., Any]) -> dict[str, Any]:
    """What is promised of an endpoint: the schemas of its parameters, their defaults, and the kinds of its results.

    What the weights of today can, such as the styles of music, is not.
    """
    hints = get_type_hints(function, include_extras=True)
    result = hints.pop("return")
    kept = get_args(result) if get_origin(result) is tuple else (result,)
    takes = {}
    for name, parameter in inspect.signature(function).parameters.items():
        kind = get_args(hints[name])[1]
        takes[name] = kind.schema() if not _by_weights(kind) else {"type": "string"}
        if parameter.default is not parameter.empty:
            takes[name]["default"] = parameter.default
    return {
        "takes": takes,
        "gives": [type(get_args(hint)[1]).__name__ for hint in kept],
    }


def _by_weights(kind: Kind) -> bool:
    """Whether the choices of a kind are read from cards."""
    return isinstance(kind, OneOf) and callable(kind.names)
