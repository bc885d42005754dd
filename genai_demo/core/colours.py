"""Pictures of any colour mode and profile as 8-bit sRGB, which is what every network here and every screen expects."""

import functools
import io
from typing import Any

import numpy as np
from PIL import Image, ImageCms

SPACES = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK"}
"""Modes of Pillow and the names of the spaces that profiles for them are of."""
INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION
SAME = 2
"""Levels of 255: a profile that moves no colour further is sRGB under another name, and the pixels stay."""


def to_srgb(image: Image.Image) -> Image.Image:
    """A decoded picture as RGB, or as RGBA where it has transparency, with nothing in its ``info``.

    Its colour profile is applied and dropped; one that is broken or of another space than the picture is ignored.
    Colours under transparency are the picture's own, not multiplied by it. Grey stays grey.
    """
    profile = _profile_of(image)
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        image = _from_deep_grey(np.asarray(image))
    alpha = None
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        alpha = layer.getchannel("A")
        image = image.convert("LA").getchannel("L") if image.mode in ("LA", "La") else layer.convert("RGB")
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode not in (*SPACES, "LAB"):
        image = image.convert("RGB")
    found = _converted(image, profile)
    if found is image:  # nothing done to the result may reach the caller's picture
        found = image.copy()
    if alpha is not None:
        found.putalpha(alpha)
    found.info = {}
    return found


def from_srgb(picture: Image.Image, like: Image.Image) -> Image.Image | None:
    """An RGB picture in sRGB in the colours of another, RGB or L, by its profile: ``to_srgb`` backwards.

    None where that picture has another mode, or a profile that cannot be written to.
    """
    if like.mode not in ("RGB", "L"):
        return None
    profile = _profile_of(like)
    if profile is None:
        return picture.convert(like.mode)
    try:
        if profile.profile.xcolor_space.strip() != SPACES[like.mode]:
            return None
        if like.mode == "RGB" and _is_same(ImageCms.buildTransform(profile, _srgb(), "RGB", "RGB", INTENT, FLAGS)):
            return picture
        back = ImageCms.buildTransform(_srgb(), profile, "RGB", like.mode, INTENT, FLAGS)
        return ImageCms.applyTransform(picture, back)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def flattened(image: Image.Image) -> Image.Image:
    """RGB or RGBA as RGB, what is transparent as white paper under it."""
    if image.mode != "RGBA":
        return image
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


@functools.cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@functools.cache
def _lattice() -> Image.Image:
    """Colours all over the cube, as a picture."""
    levels = np.linspace(0, 255, 9).round().astype(np.uint8)
    return Image.fromarray(np.stack(np.meshgrid(levels, levels, levels), -1).reshape(9, -1, 3))


def _profile_of(image: Image.Image) -> ImageCms.ImageCmsProfile | None:
    data = image.info.get("icc_profile")
    if image.mode == "LAB":
        return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    if not isinstance(data, bytes) or not data:
        return None
    try:
        return ImageCms.ImageCmsProfile(io.BytesIO(data))
    except (OSError, ValueError, TypeError, ImageCms.PyCMSError):
        return None


def _converted(image: Image.Image, profile: Any) -> Image.Image:
    """L, RGB, CMYK or LAB as RGB."""
    plain = image if image.mode == "RGB" else None
    if profile is None:
        return plain or image.convert("RGB")
    space = profile.profile.xcolor_space.strip()
    try:
        if image.mode == "L" and space == "RGB":  # as cameras and editors write it: of use for its curve alone
            return _converted(image.convert("RGB"), profile).convert("L").convert("RGB")
        if space != SPACES.get(image.mode, "Lab"):
            return plain or image.convert("RGB")
        transform = ImageCms.buildTransform(profile, _srgb(), image.mode, "RGB", INTENT, FLAGS)
        if plain is not None and _is_same(transform):
            return plain
        found = ImageCms.applyTransform(image, transform)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return plain or (Image.new("RGB", image.size) if image.mode == "LAB" else image.convert("RGB"))
    assert found is not None
    return found.convert("L").convert("RGB") if image.mode == "L" else found


def _is_same(transform: ImageCms.ImageCmsTransform) -> bool:
    before, after = _lattice(), ImageCms.applyTransform(_lattice(), transform)
    return int(np.abs(np.asarray(before, np.int16) - np.asarray(after, np.int16)).max()) <= SAME


def _from_deep_grey(values: np.ndarray) -> Image.Image:
    """Grey of 16 or 32 bits or floating point, scaled to 8 bits by the smallest usual range that holds it: L."""
    whites: tuple[float, ...] = (1.0, 255.0, 65535.0) if values.dtype.kind == "f" else (255.0, 65535.0)
    if values.dtype == np.uint16:
        whites = (65535.0,)
    values = np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0).clip(min=0)
    top = float(values.max())
    white = next((w for w in whites if top <= w), top)
    return Image.fromarray((values / white * 255).round().astype(np.uint8))
