"""Masks: which pixels are to be repaired, however somebody painted them."""

import numpy as np
from PIL import Image

from genai_demo.core.uploads import Source, open_layer

Mask = Source | np.ndarray
"""A path, the bytes of a file, a picture that is open, or one number for every pixel."""
MOST_LIGHT = 0.75
"""Share of a mask without transparency from which on what is dark in it is meant."""
LEVELS, LEAST_LEVELS, LEAST_SHARE = 32, 8, 0.01
"""Steps of grey, how many of them a photograph has at least, and what share of its pixels each of these holds."""


def read_mask(mask: Mask, size: tuple[int, int]) -> np.ndarray:
    """Where something is to be repaired: (H, W) bool. size: width and height of the picture.

    An array (H, W) is true, or above 127, where something is missing, and nothing about it is guessed. Of pictures:

    - One that is transparent in places was painted on nothing: missing is what is painted, in whatever colour, however
      thin. If what is not transparent is a photograph, the hole was erased in a copy: missing is what is transparent.
    - In one without transparency missing is what is light. Where more than three quarters are light, it was painted in
      dark on light: missing is what is dark. (A mask of one shade is taken as it is.)

    A mask of other pixels but the same proportions is stretched. Raises ValueError for other shapes, and as
    ``open_layer`` for what is no picture.
    """
    where = _of_array(mask) if isinstance(mask, np.ndarray) else _of_layer(open_layer(mask, least=1))
    layer = Image.fromarray(np.where(where, 255, 0).astype(np.uint8))
    if layer.size == size:
        return where
    rounding = max(size) / 2  # of a small copy's shorter side
    if abs(layer.width * size[1] - layer.height * size[0]) > max(0.02 * layer.width * size[1], rounding):
        raise ValueError(
            f"The mask has {layer.width} x {layer.height} pixels, the picture {size[0]} x {size[1]}. "
            "Use a mask of the same shape."
        )
    # A quarter of a pixel is enough: thin scratches in a large mask must not get lost.
    return np.asarray(layer.resize(size, Image.Resampling.BOX)) > 63


def _of_array(values: np.ndarray) -> np.ndarray:
    if values.ndim != 2:
        raise ValueError("A mask has one number for every pixel.")
    return values > (0 if values.dtype == bool else 127)


def _of_layer(layer: Image.Image) -> np.ndarray:
    grey = np.asarray(layer.convert("RGB").convert("L"))
    if layer.mode == "RGBA":
        alpha = np.asarray(layer.getchannel("A"))
        opaque = alpha >= 128
        if is_photograph(grey[opaque]):
            return ~opaque
        return alpha > 0
    light = grey > 127
    return ~light if MOST_LIGHT < light.mean() < 1 else light


def is_photograph(grey: np.ndarray) -> bool:
    """Whether grey values (N,) uint8 are as many as those of a photograph; strokes have few."""
    if grey.size == 0:
        return False
    shares = np.bincount(grey.ravel().astype(np.int64) * LEVELS // 256, minlength=LEVELS) / grey.size
    return int((shares >= LEAST_SHARE).sum()) >= LEAST_LEVELS
