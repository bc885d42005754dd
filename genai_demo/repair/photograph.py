"""A picture file that is repaired in a part and stays what it was in all the rest: pixels, EXIF, profile, format.

    photograph = open_photograph("holiday.jpg")
    repaired = generate.restore(photograph.seen, mask)
    data = photograph.file(photograph.joined(repaired))

The networks see sRGB, upright. What they change is brought back into the colours of the file, once; every other pixel
is copied from it. As PNG, TIFF or WebP that is exact. JPEG is encoded anew, with the tables of the file: most of its
blocks come out the same, the others differ by a rounding, so that only ``exact`` has every pixel.
"""

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import ExifTags, Image, JpegImagePlugin

from genai_demo.core import limits
from genai_demo.core.colours import flattened, from_srgb
from genai_demo.core.uploads import BROKEN, Source, open_file, open_layer

SUFFIXES = {"JPEG": ".jpg", "MPO": ".jpg", "WEBP": ".webp", "TIFF": ".tif"}
"""Formats that are kept, beside PNG; from all others comes a PNG, which loses nothing."""
JPEG_QUALITY = 95
"""Where the tables of the file do not fit."""
SLOW_PIXELS = 2_000_000
"""A PNG of more is packed quickly rather than tightly."""
BACK = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}  # fmt: skip
"""From upright to how a picture of an EXIF orientation is stored."""
SAYS = {
    getattr(ExifTags.Base, name)
    for name in (
        "ImageDescription",
        "Make",
        "Model",
        "Software",
        "DateTime",
        "Artist",
        "Copyright",
        "ExifOffset",
        "GPSInfo",
    )
}
"""Of the tags of a TIFF, those that do not say how its pixels are stored."""
DESCRIPTION, SOFTWARE = ExifTags.Base.ImageDescription, ExifTags.Base.Software


@dataclass(frozen=True)
class Joined:
    """A picture that is to become a file."""

    picture: Image.Image
    as_stored: bool
    """Whether it is turned and coloured as the file that it came from; else it is upright sRGB."""


@dataclass(frozen=True)
class Photograph:
    """A picture file: as the eye sees it, and as it is stored."""

    seen: Image.Image
    """Upright sRGB: RGB, or RGBA where parts of it are transparent."""
    stored: Image.Image
    """Decoded, in its own mode and turned as it lies in the file."""

    @property
    def suffix(self) -> str:
        """Of the file that comes out: ".jpg", ".png", ".webp" or ".tif"."""
        return SUFFIXES.get(self.stored.format or "", ".png")

    def joined(self, repaired: Image.Image) -> Joined:
        """Pixels of the file where the repair changed nothing, those of the repair (RGB, as ``seen``) elsewhere.

        Where that is impossible (another size, colours in a grey file, CMYK, palettes, transparency) the repair as it
        is: its pixels are then those of the picture as it was seen.
        """
        before = flattened(self.seen)
        if repaired.size != before.size:
            return Joined(repaired, False)
        where = (np.asarray(repaired) != np.asarray(before)).any(2)
        opaque = self.stored.mode == "RGBA" and self.seen.mode == "RGB"
        base = self.stored.convert("RGB") if opaque else self.stored
        filling = from_srgb(repaired, base) if self.seen.mode == "RGB" else None
        if filling is None:
            return Joined(repaired, False)
        if base.mode == "L" and not _is_grey(np.asarray(repaired)[where]):
            return Joined(repaired, False)
        mask = Image.fromarray(np.where(where, 255, 0).astype(np.uint8))
        if (back := BACK.get(self._orientation())) is not None:
            filling, mask = filling.transpose(back), mask.transpose(back)
        whole = base.copy()
        whole.paste(filling, mask=mask)
        return Joined(whole, True)

    def file(self, joined: Joined, description: str = "", software: str = "") -> bytes:
        """The file in its own format, with what it said of itself.

        description, software: entries of the EXIF where it has none such, but for PNG, which has other places.
        """
        form = "JPEG" if self.suffix == ".jpg" else self.suffix[1:].upper().replace("TIF", "TIFF")
        settings = self._kept(joined, {} if form == "PNG" else {DESCRIPTION: description, SOFTWARE: software})
        if form == "JPEG":
            settings |= self._tables(joined.picture)
        elif form == "WEBP":
            settings |= {"lossless": True, "quality": 20, "method": 2}
        elif form == "TIFF":
            settings["compression"] = "tiff_adobe_deflate"
        elif form == "PNG":
            return self.exact(joined)
        return _encoded(joined.picture, form, settings)

    def exact(self, joined: Joined) -> bytes:
        """The same as a PNG, in which no pixel is lost."""
        width, height = joined.picture.size
        return _encoded(
            joined.picture, "PNG",
            self._kept(joined, {}) | {"compress_level": 1 if width * height > SLOW_PIXELS else 4},
        )  # fmt: skip

    def _orientation(self) -> int:
        if self.stored.format == "TIFF":
            return 1
        return int(self._exif().get(ExifTags.Base.Orientation, 1) or 1)

    def _exif(self) -> Image.Exif:
        try:
            return self.stored.getexif()
        except BROKEN:
            return Image.Exif()

    def _kept(self, joined: Joined, more: dict[int, str]) -> dict[str, Any]:
        """EXIF, resolution and profile as settings for ``Image.save``.

        The EXIF is written anew, which leaves out the small picture in it: that shows what was there before.
        """
        kept: dict[str, Any] = {"dpi": self.stored.info["dpi"]} if "dpi" in self.stored.info else {}
        exif = Image.Exif()
        try:
            exif.load(self._exif().tobytes())
        except BROKEN:
            exif = Image.Exif()
        if self.stored.format == "TIFF":  # which Pillow has turned upright
            for tag in set(exif) - SAYS:
                del exif[tag]
        if not joined.as_stored:
            exif.pop(ExifTags.Base.Orientation, None)
        for tag, words in more.items():
            if words and tag not in exif:
                exif[tag] = words
        if len(exif):
            kept["exif"] = exif.tobytes()
        if joined.as_stored and self.stored.info.get("icc_profile"):
            kept["icc_profile"] = self.stored.info["icc_profile"]
        return kept

    def _tables(self, picture: Image.Image) -> dict[str, Any]:
        tables = getattr(self.stored, "quantization", None)
        if not tables or picture.mode != self.stored.mode:
            return {"quality": JPEG_QUALITY, "subsampling": 0}
        sampling = JpegImagePlugin.get_sampling(self.stored)
        return {"qtables": tables} | ({"subsampling": sampling} if sampling >= 0 else {})


def open_photograph(source: Source) -> Photograph:
    """A picture file of up to ``limits.MAX_PHOTOGRAPH_PIXELS``.

    Raises ValueError as ``core.uploads.open_layer``.
    """
    stored = open_file(source, limits.MAX_PHOTOGRAPH_BYTES, limits.MAX_PHOTOGRAPH_PIXELS)
    return Photograph(open_layer(stored), stored)


def _is_grey(colours: np.ndarray) -> bool:
    return bool((colours == colours[:, :1]).all())


def _encoded(picture: Image.Image, form: str, settings: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    clean = picture.copy()
    clean.info = {}  # Pillow would write some of it again
    clean.save(buffer, form, **settings)
    return buffer.getvalue()
