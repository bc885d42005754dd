"""Who speaks: the voices of a checkpoint, and which speaker of the model says what.

Recorded speakers know one language each, so a mixed text changes the speaker, and rules make good what single words
cannot teach. A teacher's voices read everything themselves, as they were heard to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from genai_demo.audio.speech import plans
from genai_demo.audio.speech.features import LANGUAGES, SPEAKERS


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
    falls: bool
    """Whether Mandarin utterances fall by rule (``plans.declination``)."""


def cast_of(card: dict[str, Any]) -> Cast:
    """The cast of a checkpoint's card. Raises KeyError where the card names no voices."""
    names = card["voices"]
    if set(names) <= set(SPEAKERS):
        everyone = {voice: dict(plans.SPEAKER) for voice in plans.VOICES}
        return Cast(dict(plans.VOICES), everyone, plans.PACE, plans.PAUSES, falls=True)
    return Cast(
        {name: "zh" if name.startswith("z") else "en" for name in names},
        {name: dict.fromkeys(LANGUAGES, number) for number, name in enumerate(names)},
        dict.fromkeys(LANGUAGES, 1.0),
        {},
        falls=False,
    )
