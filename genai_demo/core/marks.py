"""Invisible marks: how pictures and sounds get them before they become files.

    picture = marks.mark_picture(picture, ["faces-gan"], recipe)

A mark has 32 bits: 16 name the models with their weights, 16 the recipe, both as the beginning of a SHA-256. Sixteen
bits cannot be turned back into a recipe; they tell whether one that a file comes with is its own. ``trust.marks`` reads
them.

    GENAI_MARKS=off    nothing is marked
"""

import hashlib
import json
import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from genai_demo.core import cards, environment, picturemark, soundmark

BITS = 32
HALF = BITS // 2
LARGE_PICTURE = 4_000_000
"""Pixels of a picture of which only the part that is marked is looked at."""
SHORTEST_SOUND = 0.2
"""Seconds below which a sound is not marked: nothing could be found again."""


def switched_on() -> bool:
    """Whether results are marked."""
    return environment.switched_on("GENAI_MARKS")


def bits_of(models: Sequence[str], recipe: dict[str, Any] | None) -> Tensor:
    """(32,) of 0 and 1: who made it, and from which recipe."""
    return torch.tensor([*hashed(cards.software(models)), *hashed(words_of(recipe))])


def words_of(recipe: dict[str, Any] | None) -> str:
    """A recipe as text, without the models, which some files keep in it."""
    if recipe is None:
        return ""
    return json.dumps({key: value for key, value in recipe.items() if key != "software"}, sort_keys=True)


def hashed(words: str) -> list[int]:
    """The first 16 bits of the SHA-256 of a text."""
    number = int.from_bytes(hashlib.sha256(words.encode()).digest()[: HALF // 8], "big")
    return [number >> (HALF - 1 - i) & 1 for i in range(HALF)]


# --------------------------------------------------------------------------- writing


def mark_picture(
    picture: Image.Image, models: Sequence[str], recipe: dict[str, Any] | None, where: np.ndarray | None = None
) -> Image.Image:
    """The picture with an invisible mark; as it is where marks are off or their network is missing.

    where: (H, W) from 0 to 1, the share of the mark that a pixel may take: 0 keeps it bit by bit. A failure to mark is
    logged and never costs anyone the picture.
    """
    if not switched_on() or (where is not None and not np.any(where)):
        return picture
    try:
        bits = bits_of(models, recipe)
        if where is None or picture.width * picture.height <= LARGE_PICTURE:
            return picturemark.embed(picture, bits, where=where)
        return _mark_part(picture, bits, where)
    except ValueError:
        logging.getLogger(__name__).exception("A picture could not be marked.")
        return picture


def _mark_part(picture: Image.Image, bits: Tensor, where: np.ndarray) -> Image.Image:
    """As ``picturemark.embed``, looking only at what lies around ``where``: all of a photograph takes seconds."""
    rows, columns = np.flatnonzero(where.any(1)), np.flatnonzero(where.any(0))
    tile = picturemark.load().config.tile  # the pattern repeats after so many pixels and must stay in its place
    left, top = (max(0, int(places[0]) // tile - 1) * tile for places in (columns, rows))
    box = left, top, min(picture.width, int(columns[-1]) + tile), min(picture.height, int(rows[-1]) + tile)
    part = picturemark.embed(picture.crop(box), bits, where=where[box[1] : box[3], box[0] : box[2]])
    marked = picture.copy()
    marked.paste(part, box[:2])
    return marked


def mark_frames(
    frames: Sequence[Image.Image], models: Sequence[str], recipe: dict[str, Any] | None
) -> list[Image.Image]:
    """Every frame of an animation, with the same mark."""
    return [mark_picture(frame, models, recipe) for frame in frames]


def mark_moving(
    frames: Sequence[Image.Image], still: Image.Image, models: Sequence[str], recipe: dict[str, Any] | None
) -> list[Image.Image]:
    """Frames that hardly differ from a still picture of their size, with the mark that it would get: what is added to
    the picture is added to each of them, since looking for the weakest mark of every frame takes long."""
    before = np.asarray(still.convert("RGB")).astype(np.int16)
    added = np.asarray(mark_picture(still, models, recipe).convert("RGB")).astype(np.int16) - before
    return [Image.fromarray((np.asarray(frame) + added).clip(0, 255).astype(np.uint8)) for frame in frames]


def mark_sound(samples: np.ndarray, rate: int, models: Sequence[str], recipe: dict[str, Any] | None) -> np.ndarray:
    """The sound (S,) or (S, channels), float32 in [-1, 1], with an inaudible mark; as it is where that
    is impossible."""
    if not switched_on() or len(samples) < SHORTEST_SOUND * rate:
        return samples
    import soxr

    try:
        if samples.ndim == 1 and rate == soundmark.RATE:
            return soundmark.embed(samples.astype(np.float32), bits_of(models, recipe))
        mono = samples if samples.ndim == 1 else samples.mean(1)
        low = soxr.resample(mono, rate, soundmark.RATE).astype(np.float32)
        added = soxr.resample(soundmark.residue(low, bits_of(models, recipe)), soundmark.RATE, rate)
    except ValueError:
        logging.getLogger(__name__).exception("A sound could not be marked.")
        return samples
    fitted = np.zeros(len(samples), np.float32)
    fitted[: len(added)] = added[: len(samples)]
    return np.clip(samples + (fitted if samples.ndim == 1 else fitted[:, None]), -1, 1).astype(np.float32)


class SoundMarker:
    """Marks a sound of ``soundmark.RATE`` while it is made; joined, what comes out is what ``mark_sound`` gives."""

    def __init__(self, models: Sequence[str], recipe: dict[str, Any] | None):
        self._waiting = np.zeros(0, np.float32)
        """Where it is not yet known whether a sound is long enough for a mark."""
        self._embedder: soundmark.Embedder | None = None
        self._unmarked = not switched_on()
        self._bits = bits_of(models, recipe)

    def add(self, samples: np.ndarray) -> np.ndarray:
        """Take the next (S,) float32; returns what is ready by now, often nothing."""
        if self._unmarked:
            return samples
        if self._embedder is None:
            self._waiting = np.concatenate([self._waiting, samples])
            if len(self._waiting) < SHORTEST_SOUND * soundmark.RATE:
                return samples[:0]
            samples = self._waiting
            try:
                self._embedder = soundmark.Embedder(self._bits)
            except ValueError:
                logging.getLogger(__name__).exception("A sound could not be marked.")
                self._unmarked = True
                return samples
        return self._embedder.add(samples)

    def finish(self) -> np.ndarray:
        """The rest, after the last ``add``."""
        if self._embedder is not None:
            return self._embedder.finish()
        return self._waiting[:0] if self._unmarked else self._waiting


def changed(before: Image.Image, after: Image.Image) -> np.ndarray | None:
    """(H, W) bool: pixels that differ, for ``mark_picture``; None, which is all of them, where the sizes do."""
    if before.size != after.size:
        return None
    return (np.asarray(before.convert("RGB")) != np.asarray(after.convert("RGB"))).any(-1)
