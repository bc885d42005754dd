"""Pictures, strokes and masks as the repair tab gets them from a browser."""

import io
from types import SimpleNamespace

import numpy as np
from PIL import Image

from genai_demo.ui import repair_masks as masks
from genai_demo.ui.repair_masks import Painted
from tests.repair import tiny

REQUEST = SimpleNamespace(headers={"accept-language": "en"})
PICTURE = Image.fromarray(tiny.picture(96, height=64))


def encoded(image: Image.Image, form: str = "PNG", **settings) -> bytes:
    """The bytes of a file."""
    buffer = io.BytesIO()
    image.save(buffer, form, **settings)
    return buffer.getvalue()


def layer(where: np.ndarray, alpha: int = 255) -> bytes:
    """What the browser sends for strokes over these pixels."""
    paint = np.zeros((*where.shape, 4), np.uint8)
    paint[where] = (*masks.PAINT, alpha)
    return encoded(Image.fromarray(paint))


def square(height: int = 64, width: int = 96) -> np.ndarray:
    """True in a square of 20 pixels."""
    where = np.zeros((height, width), bool)
    where[10:30, 40:60] = True
    return where


def pixels(source: str | Image.Image) -> np.ndarray:
    """RGB values."""
    return np.asarray((Image.open(source) if isinstance(source, str) else source).convert("RGB"))


def painted(value: dict) -> Painted:
    """The editor's value as it comes back."""
    return Painted(value["background"], tuple(value["layers"]))
