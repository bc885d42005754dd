"""What is done to a picture before its repair: damage whose truth is remembered, and masks."""

import random
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from genai_demo.core import lent
from genai_demo.core.colours import flattened
from genai_demo.faces import generate as faces
from genai_demo.repair import blemishes, generate
from genai_demo.ui.common import readable_errors
from genai_demo.ui.faces_actions import DICE
from genai_demo.ui.own_visits import with_own_weights
from genai_demo.ui.repair_masks import (
    Painted,
    editor_value,
    keep_png,
    mask_of,
    picture_of,
    shape_mask,
    uploaded_mask,
)


@dataclass(frozen=True)
class Truth:
    """A picture that was damaged here and what it looked like before: paths of PNG files."""

    damaged: str
    whole: str


def load(path: str) -> Image.Image:
    """The picture of a file that we kept. Raises ValueError where it was deleted since."""
    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except OSError as error:
        raise ValueError("This picture is no longer here. Repair it again.") from error


def whole_of(truth: Truth | None, picture: Image.Image) -> str | None:
    """Path of the undamaged picture, if this is the one that was damaged here."""
    if truth is None:
        return None
    try:
        damaged = load(truth.damaged)
    except ValueError:
        return None
    same = damaged.size == picture.size and np.array_equal(np.asarray(damaged), np.asarray(flattened(picture)))
    return truth.whole if same else None


# --------------------------------------------------------------------------- masks


@readable_errors
def add_mask(painted: Painted | None, shape: str, seed: float) -> dict[str, Any]:
    """Paint a ready-made shape over the picture in the editor, beside what is painted there already.

    Args:
        painted: the picture, and what is painted over it.
        shape: "box", "strokes", "scratches", "letters", "specks" or "border".
        seed: where the shape lies.
    """
    picture = picture_of(painted)
    return _with_mask(painted, picture, shape_mask(shape, picture.size, int(seed)))


@readable_errors
def find_blemishes(painted: Painted | None, care: float, kinds: list[str]) -> dict[str, Any]:
    """Paint over the scratches and the dust of the picture in the editor, beside what is painted there already.

    Args:
        painted: the picture, and what is painted over it.
        care: 0 finds faint things too and some that belong there, 1 only the plainest.
        kinds: of "scratches" (folds, cracks and hairs too) and "dust".
    """
    picture = picture_of(painted)
    found = blemishes.find(flattened(picture), kinds, care)
    if not found.any():
        raise ValueError("No blemishes were found. Look for fainter ones, or paint over them.")
    return _with_mask(painted, picture, found)


@readable_errors
def upload_mask(painted: Painted | None, upload: str | None) -> dict[str, Any]:
    """Paint an uploaded mask over the picture in the editor.

    Args:
        painted: the picture, and what is painted over it.
        upload: a picture of the same shape, white where something is missing.
    """
    picture = picture_of(painted)
    return _with_mask(painted, picture, uploaded_mask(upload, picture.size))


def _with_mask(painted: Painted | None, picture: Image.Image, more: np.ndarray) -> dict[str, Any]:
    before = mask_of(painted, picture.size)
    assert painted is not None  # or there would be no picture
    return editor_value(painted, picture, more if before is None else more | before)


@readable_errors
def clear_mask(painted: Painted | None) -> dict[str, Any]:
    """Take away all that is painted over the picture."""
    picture = picture_of(painted)
    assert painted is not None
    return editor_value(painted, picture)


# --------------------------------------------------------------------------- damage


def _damaged(whole: Image.Image, kind: str, strength: float, seed: int) -> tuple[dict[str, Any], Truth]:
    damaged, mask = generate.damage(whole, kind, strength, seed)
    painted = Painted(keep_png(damaged, "damaged.png"))
    value = editor_value(painted, damaged, None if mask is None else np.asarray(mask) > 127)
    return value, Truth(value["background"], keep_png(whole, "original.png"))


@readable_errors
def damage_picture(
    painted: Painted | None, truth: Truth | None, kind: str, strength: float, seed: float
) -> tuple[dict[str, Any], Truth]:
    """Damage the picture in the editor and remember how it was; one that was damaged here is damaged afresh.

    Args:
        painted: the picture.
        kind: "hole", "blur", "motion", "shrink2", "shrink4", "noise", "blocks", "fading", "scratches" or "mixture".
        strength: 0 to 1.
        seed: the same seed damages in the same way.
    """
    picture = flattened(picture_of(painted))
    whole = whole_of(truth, picture)
    return _damaged(load(whole) if whole is not None else picture, kind, strength, int(seed))


@readable_errors
@with_own_weights
def damage_face(face: float, kind: str, strength: float, seed: float) -> tuple[dict[str, Any], Truth]:
    """Damage a face that our GAN makes.

    Args:
        face: seed of the face.
        kind: as for damage_picture.
        strength: 0 to 1.
        seed: the same seed damages in the same way.
    """
    return damaged_face(int(face), kind, strength, int(seed))


def damaged_face(face: int, kind: str, strength: float, seed: int) -> tuple[dict[str, Any], Truth]:
    """As ``damage_face``, by the network that is lent here or else the published one."""
    return _damaged(face_of(face), kind, strength, seed)


@lent.remembered("faces-gan", megabytes=1)
def face_of(seed: int) -> Image.Image:
    """A face that our GAN makes."""
    return faces.sample(seed)[0]


def face_picture(seed: int, side: int) -> Image.Image:
    """A face that our GAN makes, enlarged to ``side`` pixels."""
    return face_of(seed).resize((side, side), Image.Resampling.LANCZOS)


def roll_face() -> int:
    """Seed of a face that was not seen yet, most likely."""
    return random.randrange(DICE)
