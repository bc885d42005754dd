"""Opening what a stranger uploads: any picture becomes 8-bit sRGB, anything else one sentence."""

import functools
import io
import struct
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from genai_demo.core import filekinds, limits, pngchunks
from genai_demo.core.colours import flattened, to_srgb

FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF", "HEIF", "JPEG2000", "ICO")
"""What Pillow may try. The rest stays shut: some of its readers start other programs."""

BROKEN = (
    OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, RuntimeError,
    ZeroDivisionError, NotImplementedError, struct.error,
)  # fmt: skip
"""What Pillow's decoders raise on damaged files."""

DAMAGED = "This picture is damaged or incomplete. Save it again and upload the new file."
HEIC = "This HEIC picture cannot be read. Save the picture as JPEG and upload that."
OTHERS = {
    "application/pdf": "PDF documents cannot be read. Export the page as PNG and upload that.",
    "image/jxl": "JPEG XL pictures cannot be read. Save the picture as JPEG and upload that.",
    "image/vnd.adobe.photoshop": "Photoshop files cannot be read. Export the picture as PNG and upload that.",
    "video/mp4": "This file is a film, not a picture. Upload one of its pictures as JPEG or PNG.",
    "video/webm": "This file is a film, not a picture. Upload one of its pictures as JPEG or PNG.",
    "video/x-msvideo": "This file is a film, not a picture. Upload one of its pictures as JPEG or PNG.",
}
"""Kinds of files that people take for pictures, and what to do about them."""
RAW = "Raw files of cameras cannot be read. Develop the picture, save it as JPEG and upload that."
DNG_VERSION, SUBFILE_TYPE, SUB_IFDS = 50706, 254, 330
"""Tags of TIFF."""

Source = str | Path | bytes | Image.Image
"""Where a picture comes from: a path, the bytes of a file, or a picture that is already open. All count alike."""


class TooManyPixels(ValueError):
    """A picture beyond the limits."""


def open_upload(source: Source) -> Image.Image:
    """A picture as the eye would see it: upright (EXIF), first frame, in sRGB, on white, RGB.

    source: a path, the bytes of a file, or a picture that is already open.
    Raises ValueError, with one sentence that says what to do, where ``source`` is no picture,
    is damaged, or exceeds ``core.limits``. Sizes are checked on the header, before decoding.
    """
    return flattened(open_layer(source))


def open_layer(source: Source, least: int | None = None, most_bytes: int | None = None) -> Image.Image:
    """As ``open_upload``, but RGBA where some of it is transparent: its own colours, not multiplied by alpha.

    least: pixels that either side must have; None for ``limits.MIN_UPLOAD_SIDE``.
    most_bytes: of the file; None for ``limits.MAX_UPLOAD_BYTES``.
    """
    if source is None:
        raise ValueError("Choose a picture first.")
    image = source if isinstance(source, Image.Image) else open_header(_read(source, most_bytes))
    _check_size(*image.size, limits.MIN_UPLOAD_SIDE if least is None else least)
    return _seen(image)


def open_file(source: Source, most_bytes: int, most_pixels: int) -> Image.Image:
    """A picture as it lies in its file: decoded, but neither turned nor converted. Raises ValueError as
    ``open_upload``.
    """
    image = source if isinstance(source, Image.Image) else open_header(_read(source, most_bytes))
    _check_size(*image.size, limits.MIN_UPLOAD_SIDE, most_pixels)
    try:
        image.load()
    except BROKEN as error:
        raise ValueError(DAMAGED) from error
    return image


def open_frames(source: Source, most: int) -> Iterator[Image.Image]:
    """As ``open_layer``, any size and at most ``most`` frames of an animation: the first, then evenly spread."""
    image = source if isinstance(source, Image.Image) else open_header(_read(source))
    _check_size(*image.size, 1)
    try:
        count = max(1, int(getattr(image, "n_frames", 1)))
    except BROKEN:  # the first may be sound all the same
        count = 1
    for place in sorted({number * count // most for number in range(most)}):
        try:
            image.seek(place)
        except BROKEN as error:
            raise ValueError(DAMAGED) from error
        yield _seen(image)


def _seen(image: Image.Image) -> Image.Image:
    try:
        image.load()
        found = to_srgb(_upright(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels(_too_many_pixels()) from error
    except BROKEN as error:
        raise ValueError(DAMAGED) from error
    # A channel of alpha that hides nothing is none.
    return found.convert("RGB") if found.mode == "RGBA" and found.getchannel("A").getextrema()[0] == 255 else found


def _read(source: str | Path | bytes, most: int | None = None) -> bytes:
    """The file's bytes, of which no more than the limit are read."""
    limit = limits.MAX_UPLOAD_BYTES if most is None else most
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


@functools.cache
def _formats() -> list[str]:
    """Those of FORMATS that are there, with the reader of HEIC made known to Pillow."""
    import pi_heif

    Image.init()
    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    return [name for name in FORMATS if name in Image.OPEN]


def open_header(data: bytes) -> Image.Image:
    """The picture of a file, not decoded yet: format, size, what it says of itself. Raises ValueError."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<") and b"<svg" in data[:65536].lower():
        raise ValueError("SVG drawings cannot be read. Export the drawing as PNG and upload that.")
    kind = filekinds.kind_of(data)
    if kind in OTHERS:
        raise ValueError(OTHERS[kind])
    if kind == "image/avif":  # Pillow looks at the major brand alone
        data = data[:8] + b"avif" + data[12:]
    try:
        try:
            image = Image.open(io.BytesIO(data), formats=_formats())
        except (UnidentifiedImageError, *BROKEN):
            if kind != "image/png":
                raise
            # A text or profile that is damaged, or too large for Pillow, is no reason to refuse a picture.
            image = Image.open(io.BytesIO(pngchunks.bare(data)), formats=["PNG"])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels(_too_many_pixels()) from error
    except (UnidentifiedImageError, *BROKEN) as error:
        if kind == "image/heic":
            raise ValueError(HEIC) from error
        if kind.startswith("image/"):
            raise ValueError(DAMAGED) from error
        raise ValueError("This file is not a picture. Upload a JPEG, PNG or WebP file.") from error
    if image.format == "TIFF" and _is_raw(image, data):
        raise ValueError(RAW)
    return image


def _is_raw(image: Image.Image, data: bytes) -> bool:
    """Whether a TIFF is what a camera's sensor saw, with a picture of a thumb's size before it."""
    tags = getattr(image, "tag_v2", {})
    thumb = bool(int(tags.get(SUBFILE_TYPE, 0) or 0) & 1) and SUB_IFDS in tags
    return DNG_VERSION in tags or thumb or data[8:10] == b"CR"


def _too_many_pixels(most: int | None = None) -> str:
    limit = limits.MAX_UPLOAD_PIXELS if most is None else most
    return f"This picture has more than {limit // 10**6} megapixels. Upload a smaller one."


def _check_size(width: int, height: int, least: int, most: int | None = None) -> None:
    if width * height > (limits.MAX_UPLOAD_PIXELS if most is None else most):
        raise TooManyPixels(_too_many_pixels(most))
    if min(width, height) < least:
        raise ValueError(f"This picture is smaller than {least} pixels on a side. Upload a larger one.")


def _upright(image: Image.Image) -> Image.Image:
    """Turned as its EXIF asks; a picture whose EXIF is damaged is shown as it is stored."""
    try:
        return ImageOps.exif_transpose(image)
    except BROKEN:
        return image
