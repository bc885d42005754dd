"""What an endpoint takes and gives: kinds of values, each with its schema, its check and its component of Gradio.

Written into the signature: ``seed: Annotated[int, Whole(0, 9), "of the face"] = 3``.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import Parameter
from typing import Any, Protocol, get_args

import gradio as gr
from gradio.components.api_component import Api


class Kind(Protocol):
    """A kind of value."""

    told: str
    """What the documentation adds to the description, such as a range."""

    def schema(self) -> dict[str, Any]:
        """As JSON schema."""

    def check(self, name: str, value: Any) -> Any:
        """The value as the function takes it. Raises ValueError, a sentence on ``name``, where it does not fit."""


@dataclass(frozen=True)
class Number:
    """A number from ``low`` to ``high``."""

    low: float
    high: float

    @property
    def told(self) -> str:
        return f" ({self.low:.10g} to {self.high:.10g})"

    def schema(self) -> dict[str, Any]:
        return {"type": "number", "minimum": self.low, "maximum": self.high}

    def check(self, name: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.low <= value <= self.high:
            raise ValueError(f"{name} must be a number from {self.low:.10g} to {self.high:.10g}.")
        return float(value)


@dataclass(frozen=True)
class Whole:
    """A whole number from ``low`` to ``high``."""

    low: int
    high: int

    @property
    def told(self) -> str:
        return f" ({self.low} to {self.high})"

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}

    def check(self, name: str, value: Any) -> int:
        usable = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not usable or value != int(value) or not self.low <= value <= self.high:
            raise ValueError(f"{name} must be a whole number from {self.low} to {self.high}.")
        return int(value)


@dataclass(frozen=True)
class Words:
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
class OneOf:
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
class Flag:
    """True or false."""

    told = ""

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}

    def check(self, name: str, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError(f"{name} must be true or false.")
        return value


@dataclass(frozen=True)
class Wholes:
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
class Amounts:
    """An object of numbers from ``-most`` to ``most`` by name."""

    most: float

    @property
    def told(self) -> str:
        return f" (numbers from {-self.most:.10g} to {self.most:.10g} by name)"

    def schema(self) -> dict[str, Any]:
        number = {"type": "number", "minimum": -self.most, "maximum": self.most}
        return {"type": "object", "additionalProperties": number}

    def check(self, name: str, value: Any) -> dict[str, float]:
        if not isinstance(value, dict):
            raise ValueError(f'{name} must be an object of numbers by name, such as {{"smile": 2}}.')
        inside = Number(-self.most, self.most)
        return {str(key): inside.check(f"{name}[{key!r}]", number) for key, number in value.items()}


@dataclass(frozen=True)
class File:
    """A file: what was uploaded, or, as a result, what can be fetched."""

    told = ""
    several: bool = False

    def schema(self) -> dict[str, Any]:
        one = {"type": "object", "title": "FileData"}
        return {"type": "array", "items": one} if self.several else one

    def check(self, name: str, value: Any) -> Any:
        return value  # a path that Gradio's component has checked, or None


@dataclass(frozen=True)
class Found:
    """A result: any JSON."""

    told = ""

    def schema(self) -> dict[str, Any]:
        return {"type": "object"}

    def check(self, name: str, value: Any) -> Any:
        return value


class Value(Api):
    """A value of an endpoint, which no page shows."""

    is_template = True

    def __init__(self, kind: Kind, words: str, value: Any):
        schema = kind.schema()
        super().__init__(value, schema | {"description": words, "additional_description": words + kind.told}, words)


def component(name: str, hint: Any, default: Any = Parameter.empty) -> gr.components.Component:
    """What stands for a value in the page's configuration. hint: ``Annotated[type, kind, description]``."""
    _, kind, words = get_args(hint)
    if isinstance(kind, File):
        return gr.File(label=words, file_count="multiple" if kind.several else "single", type="filepath")
    if isinstance(kind, Found):
        return gr.JSON(label=words)
    return Value(kind, words or name, None if default is Parameter.empty else default)
