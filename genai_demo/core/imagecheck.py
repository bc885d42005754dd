"""Checks of pictures that come from anywhere: readable, large enough, in colour, not seen before."""

import io
import warnings

import numpy as np
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif")
MAX_BYTES = 64 * 2**20
MAX_PIXELS = 80_000_000

HASH_BITS = 256
DUPLICATE_BITS = 10
"""Pictures whose hashes differ in at most this many of the 256 bits count as one picture. A new
encoding of the same picture moves a few bits; the two most alike of 9,685 different faces differ in 16."""

GREY_SPREAD = 5.0
DARK_MEAN, BRIGHT_MEAN, FLAT_DEVIATION = 16.0, 245.0, 10.0


def decode_picture(data: bytes, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """The first frame as an upright 8-bit RGB picture; transparency becomes white.

    Raises ValueError with the reason, in a few words, when ``data`` is no picture, is damaged or
    cut short, or would take more than ``max_pixels`` to hold.
    """
    try:
        with warnings.catch_warnings():
            # The limit below is ours; Pillow's own one only warns.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
            if picture.width * picture.height <= max_pixels:
                picture.load()
                return _to_rgb(ImageOps.exif_transpose(picture))
    except Image.UnidentifiedImageError as error:
        raise ValueError("not a picture") from error
    except Image.DecompressionBombError as error:
        raise ValueError("too many pixels") from error
    except Exception as error:
        # Pillow's decoders answer damaged files with many kinds of errors (OSError, SyntaxError, struct.error ...).
        raise ValueError("damaged") from error
    raise ValueError("too many pixels")


def _to_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        values = np.asarray(picture).astype(np.float32)
        scale = 257.0 if values.max(initial=0) > 255 else 1.0
        picture = Image.fromarray((values / scale).clip(0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture)
    return picture.convert("RGB")


def square_picture(picture: Image.Image, size: int) -> Image.Image:
    """The largest centred square, resized to ``size`` pixels a side with the Lanczos filter."""
    return ImageOps.fit(picture, (size, size), Image.Resampling.LANCZOS)


def find_flaw(pixels: np.ndarray, keep_greyscale: bool = False) -> str | None:
    """What is wrong with a picture (H, W, 3) uint8, or None.

    Greyscale: the largest and the smallest channel lie less than 5 levels of 255 apart on average.
    Too dark, too bright or flat: mean below 16, above 245, or standard deviation below 10 levels.
    """
    sample = pixels[::2, ::2].astype(np.int16)
    grey = sample.mean(-1)
    if grey.mean() < DARK_MEAN:
        return "too dark"
    if grey.mean() > BRIGHT_MEAN:
        return "too bright"
    if grey.std() < FLAT_DEVIATION:
        return "flat"
    if not keep_greyscale and (sample.max(-1) - sample.min(-1)).mean() < GREY_SPREAD:
        return "greyscale"
    return None


def difference_hash(picture: Image.Image) -> np.ndarray:
    """256 bits as (4,) uint64: in 16 rows of 17 mean grey values, whether each is brighter than the one before."""
    grey = np.asarray(picture.convert("L").resize((17, 16), Image.Resampling.BOX)).astype(np.int16)
    return np.packbits(grey[:, 1:] > grey[:, :-1]).view(np.uint64)


def hash_distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """How many bits differ: (..., 4) and (..., 4) uint64, broadcast, to (...) integers of 0 to 256."""
    return np.bitwise_count(a ^ b).sum(-1, dtype=np.int64)


class SeenPictures:
    """The hashes of all pictures kept so far."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.hashes = np.empty((1024, 4), np.uint64)

    def find_or_add(self, name: str, hashed: np.ndarray) -> str | None:
        """The name of an earlier picture that looks the same; None after adding a new one."""
        count = len(self.names)
        if count:
            distance = hash_distance(self.hashes[:count], hashed)
            nearest = int(distance.argmin())
            if distance[nearest] <= DUPLICATE_BITS:
                return self.names[nearest]
        if count == len(self.hashes):
            self.hashes = np.concatenate([self.hashes, np.empty_like(self.hashes)])
        self.hashes[count] = hashed
        self.names.append(name)
        return None
