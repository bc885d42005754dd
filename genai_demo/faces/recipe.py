"""A picture that remembers how it was made: PNG with its recipe as JSON in a tEXt chunk."""

import base64
import binascii
import io
import json
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

KEY = "recipe"
NOTICE = "Synthetic face; the person does not exist. For non-commercial research and demonstration."


def pack_styles(styles: np.ndarray) -> str:
    """Styles (L, Z) as text, in half precision: about 8 kB for a face of the GAN."""
    half = styles.astype("<f2")
    return f"{half.shape[0]}x{half.shape[1]}:{base64.b64encode(half.tobytes()).decode()}"


def unpack_styles(words: str) -> np.ndarray:
    """The styles of ``pack_styles`` as float32. Raises ValueError for other words."""
    try:
        shape, _, data = words.partition(":")
        layers, size = (int(n) for n in shape.split("x"))
        styles = np.frombuffer(base64.b64decode(data, validate=True), "<f2").reshape(layers, size)
    except (AttributeError, ValueError, binascii.Error) as error:
        raise ValueError("The recipe in this PNG is damaged. Choose another picture.") from error
    return styles.astype(np.float32)


def save_png(image: Image.Image, recipe: dict[str, Any]) -> bytes:
    """PNG bytes of ``image`` carrying ``recipe``, whose values must fit into JSON.

    The same image and recipe give the same bytes.
    """
    info = PngInfo()
    info.add_text(KEY, json.dumps(recipe, sort_keys=True))
    info.add_text("Comment", NOTICE)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", pnginfo=info, compress_level=4)
    return buffer.getvalue()


def read_recipe(data: bytes) -> dict[str, Any]:
    """The recipe of a picture from ``save_png``. Raises ValueError where there is none."""
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            image.load()
            found = json.loads(image.info[KEY])
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise ValueError("This file is no readable PNG with a recipe. Choose one that was downloaded here.") from error
    except KeyError as error:
        raise ValueError("This PNG carries no recipe. Choose one that was downloaded here.") from error
    if not isinstance(found, dict):
        raise ValueError("The recipe in this PNG is damaged. Choose another picture.")
    return found
