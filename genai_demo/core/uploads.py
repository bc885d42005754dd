"""Opening what a stranger uploads: any picture becomes 8-bit RGB, anything else one sentence."""

import io
import struct
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from genai_demo.core import limits

FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF")
"""What Pillow may try. The rest stays shut: some of its readers start other programs."""

BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, struct.error)
"""What Pillow's decoders raise on damaged files."""


def open_upload(source: str | Path | bytes | Image.Image) -> Image.Image:
    """A picture as the eye would see it: upright (EXIF), first frame, on white, RGB.

    source: a path, the bytes of a file, or a picture that is already open.
    Raises ValueError, with one sentence that says what to do, where ``source`` is no picture,
    is damaged, or exceeds ``core.limits``. Sizes are checked on the header, before decoding.
    """
    if source is None:
        raise ValueError("Choose a picture first.")
    image = source if isinstance(source, Image.Image) else _open(_read(source))
    _check_size(*image.size)
    try:
        image.load()
        return _to_rgb(_upright(image))
    except BROKEN as error:
        raise ValueError("This picture is damaged or incomplete. Save it again and upload the new file.") from error


def _read(source: str | Path | bytes) -> bytes:
    """The file's bytes, of which no more than the limit are read."""
    limit = limits.MAX_UPLOAD_BYTES
    if isinstance(source, bytes | bytearray | memoryview):
        data = bytes(source)
    elif isinstance(source, str | Path):
        try:
            with Path(source).open("rb") as file:
                data = file.read(limit + 1)
        except (OSError, ValueError) as error:
            raise ValueError("This file cannot be read. Upload it again.") from error
    else:
        raise ValueError("Give a picture as a file, its bytes, or a PIL image.")
    if len(data) > limit:
        raise ValueError(f"This file is larger than {limit // limits.MEGABYTE} MB. Upload a smaller one.")
    if not data:
        raise ValueError("This file is empty. Upload it again.")
    return data


def _open(data: bytes) -> Image.Image:
    """The header only."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<") and b"<svg" in data[:65536].lower():
        raise ValueError("SVG drawings cannot be read. Export the drawing as PNG and upload that.")
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc"):
        raise ValueError("HEIC pictures cannot be read. Save the picture as JPEG and upload that.")
    try:
        Image.init()
        return Image.open(io.BytesIO(data), formats=[name for name in FORMATS if name in Image.OPEN])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(_too_many_pixels()) from error
    except (UnidentifiedImageError, *BROKEN) as error:
        raise ValueError("This file is not a picture. Upload a JPEG, PNG or WebP file.") from error


def _too_many_pixels() -> str:
    return f"This picture has more than {limits.MAX_UPLOAD_PIXELS // 10**6} megapixels. Upload a smaller one."


def _check_size(width: int, height: int) -> None:
    if width * height > limits.MAX_UPLOAD_PIXELS:
        raise ValueError(_too_many_pixels())
    if min(width, height) < limits.MIN_UPLOAD_SIDE:
        side = limits.MIN_UPLOAD_SIDE
        raise ValueError(f"This picture is smaller than {side} pixels on a side. Upload a larger one.")


def _upright(image: Image.Image) -> Image.Image:
    """Turned as its EXIF asks; a picture whose EXIF is damaged is shown as it is stored."""
    try:
        return ImageOps.exif_transpose(image)
    except BROKEN:
        return image


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _from_deep_grey(np.asarray(image))
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(ground, layer).convert("RGB")
    # A copy, so that nothing done to the result reaches the caller's picture.
    return image.copy() if image.mode == "RGB" else image.convert("RGB")


def _from_deep_grey(values: np.ndarray) -> Image.Image:
    """Grey of 16 or 32 bits or floating point, scaled to 8 bits by the smallest usual range that holds it."""
    whites: tuple[float, ...] = (1.0, 255.0, 65535.0) if values.dtype.kind == "f" else (255.0, 65535.0)
    if values.dtype == np.uint16:
        whites = (65535.0,)
    values = np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0).clip(min=0)
    top = float(values.max())
    white = next((w for w in whites if top <= w), top)
    return Image.fromarray((values / white * 255).round().astype(np.uint8)).convert("RGB")
