"""Invisible marks in pictures and sounds: are there any, and what do they say?

    found = marks.find_in_picture(picture)

``core.marks`` explains what they hold, ``core.picturemark`` and ``core.soundmark`` how they are hidden.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from genai_demo.core import cards, checkpoint, picturemark, soundmark
from genai_demo.core.carriers import Reading
from genai_demo.core.marks import HALF, hashed, words_of
from genai_demo.trust import metadata

MARKED, PERHAPS = 1e-8, 1e-4
"""Chances of a false alarm from which on a mark counts as found, or as perhaps found."""
MOST_WRONG = 2
"""Bits of a half that may be wrong and still name models or a recipe."""


@dataclass(frozen=True)
class Found:
    """What a mark says."""

    reading: Reading
    makers: tuple[str, ...] = ()
    """Software lines, as files carry them, that the mark fits to; empty where it fits none that is known here."""
    own_recipe: bool | None = None
    """Whether the mark belongs to the recipe that the file came with; None where it came with none."""

    @property
    def verdict(self) -> str:
        """ "marked", "perhaps" or "none"."""
        return "marked" if self.reading.p < MARKED else "perhaps" if self.reading.p < PERHAPS else "none"


def find_in_picture(picture: Image.Image, said: metadata.Found | None = None, thorough: bool = True) -> Found:
    """Look for a mark in a picture; said: what its file says of itself."""
    return _explained(picturemark.detect(picture, thorough=thorough), said)


def find_in_sound(samples: np.ndarray, said: metadata.Found | None = None) -> Found:
    """Look for a mark in a sound (S,) float32 of 22,050 samples a second; said: what its file says of itself."""
    return _explained(soundmark.detect(samples), said)


def _explained(reading: Reading, said: metadata.Found | None) -> Found:
    if reading.p >= PERHAPS:
        return Found(reading)
    maker, recipe = reading.bits[:HALF], reading.bits[HALF:]
    lines = [said.software] if said and said.software else []
    lines += [line for line in _known() if line not in lines]
    wrong = {line: _differences(maker, hashed(line)) for line in lines}
    makers = tuple(line for line in lines if wrong[line] == min(wrong.values()) <= MOST_WRONG)
    own = None
    if said and said.recipe is not None:
        own = _differences(recipe, hashed(words_of(said.recipe))) <= MOST_WRONG
    return Found(reading, makers, own)


def _differences(one: Sequence[int], other: Sequence[int]) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


def _known() -> Iterator[str]:
    """Software lines of what the models here make, alone and together as the rooms use them."""
    names = [name for name in checkpoint.names() if not name.startswith("trust-")]
    yield cards.software([])
    for name in names:
        yield cards.software([name])
    for together in TOGETHER:
        yield cards.software(together)


TOGETHER: tuple[tuple[str, ...], ...] = (
    ("faces-gan", "faces-upsampler"),
    ("repair", "faces-gan"),
    ("repair-cutout", "repair"),
    ("repair-cutout", "faces-gan"),
    ("audio-speech", "audio-letters", "audio-vocoder"),
    ("audio-effects", "audio-effects-codec", "audio-vocoder"),
    ("faces-gan", "faces-upsampler", "audio-speech", "audio-letters", "audio-vocoder", "faces-finder"),
)
"""Models that make one result together, as the rooms name them."""
