"""A picture file that is repaired in a part: what stays of it."""

import io

import numpy as np
import pytest
from PIL import ExifTags, Image, JpegImagePlugin

from genai_demo.core import limits
from genai_demo.repair.photograph import open_photograph
from tests.core import profiles
from tests.repair import tiny

PICTURE = Image.fromarray(tiny.picture(96, height=64))
PATCH, COLOUR = (40, 10, 60, 30), (10, 200, 30)
"""Of the upright picture."""
TAKEN = "2020:05:17 12:00:00"


def encoded(picture: Image.Image, form: str, **settings) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **settings)
    return buffer.getvalue()


def decoded(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def said(orientation: int = 1) -> Image.Exif:
    """What a camera says."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Camera"
    exif[ExifTags.Base.Orientation] = orientation
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = TAKEN
    return exif


def repaired(data: bytes) -> tuple[bytes, bytes]:
    """The file with another colour in PATCH: in its format, and exactly."""
    photograph = open_photograph(data)
    found = photograph.seen.convert("RGB")
    found.paste(COLOUR, PATCH)
    joined = photograph.joined(found)
    return photograph.file(joined, "recipe", "program"), photograph.exact(joined)


def changed(before: Image.Image, after: Image.Image) -> np.ndarray:
    """(H, W) bool."""
    assert before.mode == after.mode and before.size == after.size
    different = np.asarray(before) != np.asarray(after)
    return different if different.ndim == 2 else different.any(2)


def where() -> np.ndarray:
    """True in PATCH."""
    left, top, right, bottom = PATCH
    found = np.zeros((64, 96), bool)
    found[top:bottom, left:right] = True
    return found


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_outside_the_patch_a_file_stays_bit_for_bit(form: str, mode: str) -> None:
    start = PICTURE.convert(mode)
    settings = {"lossless": True} if form == "WEBP" else {}
    data = encoded(start, form, exif=said(), **settings)
    photograph = open_photograph(data)
    found = photograph.seen.copy()
    found.paste((200, 200, 200), PATCH)
    joined = photograph.joined(found)
    for result in (photograph.file(joined), photograph.exact(joined)):
        after = decoded(result)
        assert (
            not changed(photograph.stored, after)[~where()].any() and changed(photograph.stored, after)[where()].all()
        )
    after = decoded(photograph.file(joined))
    assert after.format == form and after.getexif()[ExifTags.Base.Make] == "Camera"


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF"])
def test_a_profile_stays_and_what_is_new_is_brought_into_its_colours(form: str) -> None:
    profile = profiles.rgb_profile(profiles.EXCHANGED, 2.2)
    settings = {"lossless": True} if form == "WEBP" else {}
    data = encoded(PICTURE, form, icc_profile=profile, **settings)
    file, exact = repaired(data)
    for result in (file, exact):
        after = decoded(result)
        assert after.info["icc_profile"] == profile
        assert (changed(PICTURE, after) == where()).all()
        seen = np.asarray(open_photograph(result).seen, int)
        assert np.abs(seen[20, 50] - COLOUR).max() <= 3
        assert not changed(open_photograph(data).seen, open_photograph(result).seen)[~where()].any()


def test_a_jpeg_keeps_its_tables_and_its_exif_and_the_png_beside_it_every_pixel() -> None:
    data = encoded(PICTURE, "JPEG", quality=83, subsampling=2, exif=said(), dpi=(300, 300))
    file, exact = repaired(data)
    before, after, png = map(decoded, (data, file, exact))
    assert after.format == "JPEG" and after.quantization == before.quantization and after.info["dpi"] == (300, 300)
    assert JpegImagePlugin.get_sampling(after) == JpegImagePlugin.get_sampling(before) == 2
    exif = after.getexif()
    assert exif[ExifTags.Base.Make] == "Camera" and exif[ExifTags.Base.Software] == "program"
    assert exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] == TAKEN
    assert (changed(before, png) == where()).all() and png.getexif()[ExifTags.Base.Make] == "Camera"
    outside = np.ones((64, 96), bool)
    outside[:48, 24:72] = False  # 16 pixels around the patch: its blocks, and those that colour is spread from
    apart = np.abs(np.asarray(before, int) - np.asarray(after, int))
    assert apart[outside].max() < 24 and apart[outside].mean() < 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_picture_stays_turned(orientation: int) -> None:
    data = encoded(PICTURE, "PNG", exif=said(orientation))
    photograph = open_photograph(data)
    found = photograph.seen.copy()
    found.paste(COLOUR, (0, 0, 10, 4))
    result = photograph.file(photograph.joined(found))
    after = decoded(result)
    assert after.size == PICTURE.size and after.getexif()[ExifTags.Base.Orientation] == orientation
    assert changed(PICTURE, after).sum() == 40
    assert not changed(found, open_photograph(result).seen).any()


def test_the_small_picture_in_the_exif_is_left_out() -> None:
    exif = said()
    small = encoded(PICTURE.resize((24, 16)), "JPEG")
    plain = encoded(PICTURE, "JPEG", exif=exif)
    # A second directory behind the first, as cameras write it: offset and length of a JPEG.
    body = bytearray(exif.tobytes())
    tiff = body[6:] if body.startswith(b"Exif\0\0") else body
    order = "little" if tiff[:2] == b"II" else "big"
    first = int.from_bytes(tiff[4:8], order)
    end = first + 2 + 12 * int.from_bytes(tiff[first : first + 2], order)
    tiff[end : end + 4] = len(tiff).to_bytes(4, order)
    at = len(tiff) + 2 + 2 * 12 + 4
    entries = ((0x0201, at), (0x0202, len(small)))
    tiff += len(entries).to_bytes(2, order)
    for tag, value in entries:
        tiff += tag.to_bytes(2, order) + (4).to_bytes(2, order) + (1).to_bytes(4, order) + value.to_bytes(4, order)
    tiff += bytes(4) + small
    data = encoded(PICTURE, "JPEG", exif=b"Exif\0\0" + bytes(tiff))
    assert small in data and small not in plain
    assert decoded(data).getexif().get_ifd(ExifTags.IFD.IFD1)
    file, exact = repaired(data)
    for result in (file, exact):
        assert small not in result and not decoded(result).getexif().get_ifd(ExifTags.IFD.IFD1)
        assert decoded(result).getexif()[ExifTags.Base.Make] == "Camera"


def test_what_cannot_be_joined_is_the_repair_as_it_is() -> None:
    profile = profiles.rgb_profile(profiles.EXCHANGED, 2.2)
    photograph = open_photograph(encoded(PICTURE, "JPEG", exif=said(6), icc_profile=profile))
    large = photograph.seen.resize((128, 192))
    after = decoded(photograph.file(photograph.joined(large)))
    assert after.size == (128, 192) and "icc_profile" not in after.info
    assert ExifTags.Base.Orientation not in after.getexif() and after.getexif()[ExifTags.Base.Make] == "Camera"
    clear = PICTURE.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(PICTURE.size))
    for start, form in ((PICTURE.convert("L"), "PNG"), (PICTURE.convert("P"), "PNG"), (PICTURE.convert("CMYK"), "JPEG"),
                        (clear, "PNG")):  # fmt: skip
        file, _ = repaired(encoded(start, form))
        after = decoded(file)
        assert after.mode == "RGB" and after.format == form
        assert np.abs(np.asarray(after, int)[20, 50] - COLOUR).max() <= (0 if form == "PNG" else 6)


@pytest.mark.parametrize(("form", "suffix"), [("BMP", ".png"), ("GIF", ".png"), ("JPEG", ".jpg"), ("WEBP", ".webp")])
def test_formats_are_kept_where_they_lose_nothing_more(form: str, suffix: str) -> None:
    assert open_photograph(encoded(PICTURE, form)).suffix == suffix


def test_an_opaque_picture_with_alpha_and_one_that_did_not_change() -> None:
    photograph = open_photograph(encoded(PICTURE.convert("RGBA"), "PNG"))
    joined = photograph.joined(photograph.seen)
    assert joined.as_stored and not changed(PICTURE, decoded(photograph.file(joined))).any()


@pytest.mark.parametrize(
    ("data", "words"), [(b"Dear network", "not a picture"), (b"%PDF-1.7 ...", "PDF"), (b"", "empty")]
)
def test_what_is_no_picture_is_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        open_photograph(data)


def test_its_limits_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(PICTURE, "PNG")
    with pytest.raises(ValueError, match="damaged"):
        open_photograph(data[: len(data) // 2])
    monkeypatch.setattr(limits, "MAX_UPLOAD_BYTES", 100)
    assert open_photograph(data).seen.size == (96, 64)
    monkeypatch.setattr(limits, "MAX_PHOTOGRAPH_PIXELS", 96 * 64 - 1)
    with pytest.raises(ValueError, match="megapixels"):
        open_photograph(data)
