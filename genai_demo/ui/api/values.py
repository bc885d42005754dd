"""What an endpoint takes and gives: kinds of values, each with its schema, its check and its component of Gradio.

Written into the signature, ``seed: Annotated[int, Whole(0, 9), "of the face"] = 3``, and read from there.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import Parameter
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import gradio as gr
from gradio.components.api_component import Api


class Kind:
    """A kind of value. Of itself it is any JSON, and takes it as it is."""

    @property
    def told(self) -> str:
        """What the documentation adds to the description, such as a range."""
        return ""

    def schema(self) -> dict[str, Any]:
        """As JSON schema."""
        return {"type": "object"}

    def check(self, name: str, value: Any) -> Any:
        """The value as the function takes it. Raises ValueError, a sentence on ``name``, where it does not fit."""
        return value


@dataclass(frozen=True)
class Number(Kind):
    """A number from ``low`` to ``high``."""

    low: float
    high: float

    @property
    def told(self) -> str:
        return f" ({self.low:.10g} to {self.high:.10g})"

    def schema(self) -> dict[str, Any]:
        return {"type": "number", "minimum": self.low, "maximum": self.high}

    def check(self, name: str, value: Any) -> Any:
        if not self.holds(value):
            raise ValueError(f"{name} must be a number from {self.low:.10g} to {self.high:.10g}.")
        return float(value)

    def holds(self, value: Any) -> bool:
        """Whether this is a number within the range."""
        return isinstance(value, int | float) and not isinstance(value, bool) and self.low <= value <= self.high


class Whole(Number):
    """A whole number from ``low`` to ``high``; 3.0 is one."""

    def schema(self) -> dict[str, Any]:
        return super().schema() | {"type": "integer"}

    def check(self, name: str, value: Any) -> int:
        if not self.holds(value) or value != int(value):
            raise ValueError(f"{name} must be a whole number from {self.low} to {self.high}.")
        return int(value)


@dataclass(frozen=True)
class Words(Kind):
    """A text of at most so many characters."""

    most: int

    @property
    def told(self) -> str:
        return f" (at most {self.most:,} characters)"

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.most}

    def check(self, name: str, value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(f"{name} must be words.")
        if len(value) > self.most:
            raise ValueError(f"{name} has {len(value):,} characters, and {self.most:,} are possible.")
        return value


@dataclass(frozen=True)
class OneOf(Kind):
    """One of some names; a function of no arguments where they are read from the cards."""

    names: Sequence[str] | Callable[[], Sequence[str]]

    @property
    def choices(self) -> list[str]:
        """The names."""
        return list(self.names() if callable(self.names) else self.names)

    @property
    def told(self) -> str:
        return f" (one of {', '.join(repr(name) for name in self.choices)})"

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": self.choices}

    def check(self, name: str, value: Any) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise ValueError(f"{name} must be one of {', '.join(map(repr, self.choices))}.")
        return value


@dataclass(frozen=True)
class Flag(Kind):
    """True or false."""

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}

    def check(self, name: str, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError(f"{name} must be true or false.")
        return value


@dataclass(frozen=True)
class Wholes(Kind):
    """A list of ``least`` to ``most`` whole numbers from 0 to ``high``."""

    least: int
    most: int
    high: int

    @property
    def told(self) -> str:
        return f" ({self.least} to {self.most} whole numbers from 0 to {self.high})"

    def schema(self) -> dict[str, Any]:
        number = {"type": "integer", "minimum": 0, "maximum": self.high}
        return {"type": "array", "items": number, "minItems": self.least, "maxItems": self.most}

    def check(self, name: str, value: Any) -> list[int]:
        if not isinstance(value, list) or not self.least <= len(value) <= self.most:
            raise ValueError(f"{name} must be a list of {self.least} to {self.most} whole numbers.")
        return [Whole(0, self.high).check(name, number) for number in value]


@dataclass(frozen=True)
class Amounts(Kind):
    """An object of numbers from ``-most`` to ``most`` by name; none is as good as an empty one."""

    most: float

    @property
    def told(self) -> str:
        return f" (numbers from {-self.most:.10g} to {self.most:.10g} by name)"

    def schema(self) -> dict[str, Any]:
        number = {"type": "number", "minimum": -self.most, "maximum": self.most}
        return {"type": "object", "additionalProperties": number}

    def check(self, name: str, value: Any) -> dict[str, float]:
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise ValueError(f'{name} must be an object of numbers by name, such as {{"smile": 2}}.')
        inside = Number(-self.most, self.most)
        return {str(key): inside.check(f"{name}[{key!r}]", number) for key, number in value.items()}


@dataclass(frozen=True)
class File(Kind):
    """A file: the path of what was uploaded, which Gradio's component has checked, or what can be fetched."""

    several: bool = False

    def schema(self) -> dict[str, Any]:
        one = {"type": "object", "title": "FileData"}
        return {"type": "array", "items": one} if self.several else one


class Found(Kind):
    """A result: any JSON."""


class Value(Api):
    """A value of an endpoint, which no page shows."""

    is_template = True

    def __init__(self, kind: Kind, words: str, value: Any):
        schema = kind.schema()
        super().__init__(value, schema | {"description": words, "additional_description": words + kind.told}, words)


class Part(NamedTuple):
    """A parameter or a result of an endpoint."""

    kind: Kind
    words: str
    default: Any = Parameter.empty

    @property
    def needed(self) -> bool:
        """Whether there is no default."""
        return self.default is Parameter.empty


def takes(function: Callable[..., Any]) -> dict[str, Part]:
    """The parameters of an endpoint by name, in their order."""
    hints = get_type_hints(function, include_extras=True)
    return {
        name: _part(hints[name], parameter.default)
        for name, parameter in inspect.signature(function).parameters.items()
    }


def gives(function: Callable[..., Any]) -> list[Part]:
    """The results of an endpoint."""
    result = get_type_hints(function, include_extras=True)["return"]
    hints = get_args(result) if get_origin(result) is tuple else (result,)
    return [_part(hint) for hint in hints]


def _part(hint: Any, default: Any = Parameter.empty) -> Part:
    _, kind, words = get_args(hint)
    return Part(kind, words, default)


def component(part: Part) -> gr.components.Component:
    """What stands for a parameter or a result in the page's configuration."""
    if isinstance(part.kind, File):
        return gr.File(label=part.words, file_count="multiple" if part.kind.several else "single", type="filepath")
    if isinstance(part.kind, Found):
        return gr.JSON(label=part.words)
    return Value(part.kind, part.words, None if part.needed else part.default)
