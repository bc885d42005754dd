"""Who speaks: the voices of a checkpoint, and which speaker of the model says what.

Recorded speakers know one language each, so a mixed text changes the speaker, and rules make good what single words
cannot teach. A teacher's voices read everything themselves, as they were heard to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from genai_demo.audio.speech import plans
from genai_demo.audio.speech.features import LANGUAGES, SPEAKERS
from genai_demo.audio.speech.plans import Plan, PlannedPhone


@dataclass(frozen=True)
class Cast:
    """The voices of a checkpoint."""

    voices: dict[str, str]
    """Name and own language of each; the first is the usual one."""
    speakers: dict[str, dict[str, int]]
    """By voice and language: index of the model's speaker."""
    pace: Mapping[str, float]
    """By language: share of the predicted durations that is used."""
    pauses: Mapping[str, float]
    """Milliseconds of pauses that are not taken from the model."""
    recorded: bool
    """Whether its voices were recorded from people, Mandarin as single words: then its utterances fall by rule
    (``plans.declination``)."""
    size: int
    """How many speakers the model has."""


@dataclass(frozen=True)
class Mixture:
    """Who speaks: a voice, or two mixed."""

    voice: str
    second: str = ""
    blend: float = 0.0
    """Share of the second, from 0 to 1."""

    def shares(self, cast: Cast) -> dict[str, Tensor]:
        """By language: how much of each speaker of the model is in it, (S,) float."""
        everyone = torch.eye(cast.size)
        first = cast.speakers[self.voice]
        second = cast.speakers[self.second or self.voice]
        return {x: torch.lerp(everyone[first[x]], everyone[second[x]], self.blend) for x in first}

    def plan(self, phones: tuple[PlannedPhone, ...]) -> Plan:
        """A plan in these voices."""
        return Plan(self.voice, phones, self.second, self.blend)


def cast_of(card: dict[str, Any]) -> Cast:
    """The cast of a checkpoint's card. Raises KeyError where the card names no voices."""
    names = card["voices"]
    if set(names) <= set(SPEAKERS):
        everyone = {voice: dict(plans.SPEAKER) for voice in plans.VOICES}
        return Cast(dict(plans.VOICES), everyone, plans.PACE, plans.PAUSES, recorded=True, size=len(names))
    return Cast(
        {name: "zh" if name.startswith("z") else "en" for name in names},
        {name: dict.fromkeys(LANGUAGES, number) for number, name in enumerate(names)},
        dict.fromkeys(LANGUAGES, 1.0),
        {},
        recorded=False,
        size=len(names),
    )
