"""Any picture becomes upright RGB on white; anything else becomes one sentence."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from genai_demo.core import limits
from genai_demo.core.filekinds import kind_of
from genai_demo.core.uploads import open_layer, open_upload
from tests.core import profiles


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def gradient(mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Dark on the left, light on the right."""
    line = np.linspace(0, 255, size[0]).astype(np.uint8)
    return Image.fromarray(np.repeat(line[None], size[1], 0)).convert(mode)


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds hardly any data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def raw(thumb: bool = False) -> bytes:
    """A TIFF as cameras write it: of a version of DNG, or a thumb before what the sensor saw."""
    tags = ImageFileDirectory_v2()
    if thumb:
        tags[254], tags[330] = 1, 8
    else:
        tags[50706] = b"\1\4\0\0"
    return encoded(gradient(), "TIFF", tiffinfo=tags)


def with_chunk(data: bytes, code: bytes, body: bytes, spoil: bool = False) -> bytes:
    """A PNG with one more chunk behind its header; spoil: with a wrong checksum."""
    check = zlib.crc32(code + body) ^ (1 if spoil else 0)
    chunk = struct.pack(">I", len(body)) + code + body + struct.pack(">I", check)
    return data[:33] + chunk + data[33:]


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("RGB", "AVIF"),
        ("RGBA", "AVIF"),
        ("L", "AVIF"),
        ("RGB", "JPEG2000"),
        ("L", "JPEG2000"),
        ("RGB", "ICO"),
        ("RGB", "MPO"),
        ("P", "TIFF"),
        ("RGB", "JPEG"),
        ("RGB", "PNG"),
        ("L", "PNG"),
        ("CMYK", "JPEG"),
        ("CMYK", "TIFF"),
        ("P", "GIF"),
        ("1", "PNG"),
        ("LA", "PNG"),
        ("RGBA", "WEBP"),
        ("I;16", "PNG"),
        ("I;16", "TIFF"),
        ("F", "TIFF"),
        ("RGB", "BMP"),
    ],
)
def test_every_colour_mode_looks_the_same(mode: str, kind: str) -> None:
    deep = Image.fromarray(np.asarray(gradient("L")).astype(np.uint16) * 257)
    image = deep if mode == "I;16" else gradient(mode)
    opened = open_upload(encoded(image, kind, **({"sizes": [(64, 48)]} if kind == "ICO" else {})))
    assert opened.mode == "RGB" and opened.size == (64, 48)
    pixels = np.asarray(opened, dtype=float)
    assert pixels[:, :8].mean() < 40 and pixels[:, -8:].mean() > 215


@pytest.mark.parametrize("source", ["path", "text path", "bytes", "picture"])
def test_paths_bytes_and_pictures(source: str, tmp_path: Path) -> None:
    path = tmp_path / "face.png"
    path.write_bytes(encoded(gradient(), "PNG"))
    given = {"path": path, "text path": str(path), "bytes": path.read_bytes(), "picture": gradient()}[source]
    np.testing.assert_array_equal(np.asarray(open_upload(given)), np.asarray(gradient()))


def test_the_callers_picture_is_left_alone() -> None:
    image = gradient()
    open_upload(image).putpixel((0, 0), (1, 2, 3))
    assert image.getpixel((0, 0)) == (0, 0, 0)


def test_exif_turns_the_picture_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held a quarter turn to the left
    opened = open_upload(encoded(gradient(), "JPEG", exif=exif.tobytes()))
    assert opened.size == (48, 64)
    pixels = np.asarray(opened, dtype=float)
    assert pixels[:8].mean() < 40 and pixels[-8:].mean() > 215


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_damaged_exif_is_ignored() -> None:
    data = encoded(gradient(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\x12\x01" * 9)
    assert open_upload(data).size == (64, 48)


def test_transparent_is_white() -> None:
    clear = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    assert open_upload(encoded(clear, "PNG")).getcolors() == [(1600, (255, 255, 255))]
    palette = Image.new("P", (40, 40), 3)
    palette.putpalette([255, 0, 0] * 16)
    assert open_upload(encoded(palette, "PNG", transparency=3)).getcolors() == [(1600, (255, 255, 255))]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_animations_give_their_first_frame(kind: str) -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    options = {"lossless": True} if kind == "WEBP" else {}
    opened = open_upload(encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options))
    assert opened.getpixel((20, 20)) == (255, 0, 0)


def test_floats_that_are_no_numbers() -> None:
    values = np.linspace(0, 1, 1600, dtype=np.float32).reshape(40, 40)
    values[0, 0], values[0, 1] = np.nan, np.inf
    assert np.asarray(open_upload(encoded(Image.fromarray(values), "TIFF"))).max() == 255


HOSTILE = {
    "nothing": (b"", "empty"),
    "text": (b"not a picture at all\n" * 50, "not a picture"),
    "svg": (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    "heic": (b"\0\0\0\x18ftypheic" + b"\0" * 99, "HEIC"),
    "pdf": (b"%PDF-1.7\n" + b"\0" * 99, "PDF"),
    "photoshop": (b"8BPS\0\1" + b"\0" * 99, "Photoshop"),
    "jpeg xl": (b"\xff\x0a" + b"\0" * 99, "JPEG XL"),
    "a film": (b"\0\0\0\x18ftypisom" + b"\0" * 99, "film"),
    "a film of a phone": (b"\0\0\0\x14ftypqt  " + b"\0" * 99, "film"),
    "a film for the web": (b"\x1a\x45\xdf\xa3" + b"\0" * 99, "film"),
    "an AVIF of nothing": (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif" + b"\0" * 99, "damaged"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\nshowpage\n", "not a picture"),
    "zip": (b"PK\x03\x04" + b"\0" * 200, "not a picture"),
    "one pixel": (encoded(Image.new("RGB", (1, 1)), "PNG"), "smaller than 32"),
    "a strip": (encoded(Image.new("RGB", (2000, 8)), "PNG"), "smaller than 32"),
    "cut JPEG": (encoded(gradient(size=(256, 256)), "JPEG")[:900], "damaged"),
    "cut PNG": (encoded(gradient(size=(256, 256)), "PNG")[:120], "damaged"),
    "only a signature": (b"\x89PNG\r\n\x1a\n", "damaged"),
    "a very long one": (encoded(Image.new("RGB", (10_000, 10)), "PNG"), "smaller than 32"),
    "raw of a camera": (raw(), "Raw files of cameras"),
    "raw with a thumb": (raw(thumb=True), "Raw files of cameras"),
    "too little data": (png_header(200, 200), "damaged"),
    "100 megapixels": (png_header(10_000, 10_000), "megapixels"),
    "a bomb": (png_header(60_000, 60_000), "megapixels"),
    "too large a file": (b"\xff" * (limits.MAX_UPLOAD_BYTES + 1), "MB"),
}


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_get_a_sentence(name: str) -> None:
    data, words = HOSTILE[name]
    with pytest.raises(ValueError, match=words) as caught:
        open_upload(data)
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")


@pytest.mark.parametrize("source", [None, 7, ["a.png"], "no/such/file.png", "\0"])
def test_hostile_arguments_get_a_sentence(source: object) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        open_upload(source)  # type: ignore[arg-type]


def test_folders_and_renamed_text(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        open_upload(tmp_path)
    renamed = tmp_path / "face.png"
    renamed.write_text("hello")
    with pytest.raises(ValueError, match="not a picture"):
        open_upload(renamed)


def test_large_pictures_in_memory_are_refused() -> None:
    with pytest.raises(ValueError, match="megapixels"):
        open_upload(Image.new("1", (10_000, 10_000)))


BOXES = [b"avif", b"avis", b"mif1", b"msf1", b"miaf", b"MA1B"]


@pytest.mark.parametrize("major", BOXES)
@pytest.mark.parametrize("others", [[b"mif1", b"avif", b"miaf"], [b"avif"], [b"miaf", b"MA1B", b"avif"]])
def test_avif_of_every_brand(major: bytes, others: list[bytes]) -> None:
    data = encoded(gradient(), "AVIF")
    rest = data[int.from_bytes(data[:4], "big") :]
    names = b"".join(others)
    branded = struct.pack(">I", 16 + len(names)) + b"ftyp" + major + b"\0\0\0\0" + names
    # Places in the file are counted from its start: what was in the first box stays as long as it was.
    branded += struct.pack(">I", 8 + (pad := 64)) + b"free" + b"\0" * pad
    moved = _moved(rest, len(branded) + 0 - int.from_bytes(data[:4], "big"))
    assert kind_of(branded + moved) == "image/avif"
    assert open_upload(branded + moved).size == (64, 48)


def _moved(rest: bytes, by: int) -> bytes:
    """The boxes after the first, with the place of the pixels moved (``iloc``, version 0, one or two items)."""
    at = rest.index(b"iloc")
    found = bytearray(rest)
    sizes, count = rest[at + 8], int.from_bytes(rest[at + 10 : at + 12], "big")
    assert sizes == 0x44 and rest[at + 9] == 0  # offsets and lengths of four bytes, no base
    place = at + 12
    for _ in range(count):
        extents = int.from_bytes(rest[place + 4 : place + 6], "big")
        for e in range(extents):
            where = place + 6 + 8 * e
            found[where : where + 4] = (int.from_bytes(rest[where : where + 4], "big") + by).to_bytes(4, "big")
        place += 6 + 8 * extents
    return bytes(found)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_heic_of_phones_is_read(mode: str) -> None:
    buffer = io.BytesIO()
    pillow_heif.from_pillow(gradient(mode)).save(buffer, quality=90)
    assert kind_of(buffer.getvalue()) == "image/heic"
    pixels = np.asarray(open_upload(buffer.getvalue()), float)
    assert pixels.shape == (48, 64, 3) and pixels[:, :8].mean() < 40 and pixels[:, -8:].mean() > 215


@pytest.mark.parametrize("name", ["photo.heic", "film.mp4", "page.pdf", "noname", "text.txt"])
def test_names_do_not_count(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(encoded(gradient(), "PNG"))
    assert open_upload(tmp_path / name).size == (64, 48)


CHUNKS = {
    "a text that unpacks to a hundred megabytes": (b"zTXt", b"a\0\0" + zlib.compress(bytes(10**8), 9), False),
    "a profile that does": (b"iCCP", b"a\0\0" + zlib.compress(bytes(10**7), 9), False),
    "a text with a wrong checksum": (b"tEXt", b"a\0b", True),
    "a time with one": (b"tIME", b"\7\xea\1\1\1\1\1", True),
    "half a resolution": (b"pHYs", b"\0\0", False),
    "half a colour profile": (b"cHRM", b"\0" * 5, False),
}


@pytest.mark.parametrize("name", CHUNKS)
def test_what_stands_beside_the_pixels_costs_nobody_the_picture(name: str) -> None:
    data = with_chunk(encoded(gradient(), "PNG"), *CHUNKS[name])
    assert np.array_equal(np.asarray(open_upload(data)), np.asarray(gradient()))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("source", ["path", "bytes", "picture"])
def test_transparency_comes_with_its_own_colours(kind: str, source: str, tmp_path: Path) -> None:
    layer = gradient("RGBA")
    layer.putalpha(Image.linear_gradient("L").resize((64, 48)))
    options = {"PNG": {}, "TIFF": {}, "WEBP": {"lossless": True, "exact": True}, "AVIF": {"quality": 100}}[kind]
    data = encoded(layer, kind, **options)
    (tmp_path / "a").write_bytes(data)
    given = {"path": tmp_path / "a", "bytes": data, "picture": Image.open(io.BytesIO(data))}[source]
    found = np.asarray(open_layer(given), int)
    assert found.shape == (48, 64, 4)
    assert np.abs(found - np.asarray(layer, int))[np.asarray(layer)[..., 3] > 0].mean() < 2


def test_other_kinds_of_transparency() -> None:
    palette = Image.new("P", (40, 40), 3)
    palette.putpalette([255, 0, 0] * 16)
    palette.paste(1, (0, 0, 40, 20))
    found = open_layer(encoded(palette, "PNG", transparency=3))
    assert found.mode == "RGBA" and found.getpixel((5, 5)) == (255, 0, 0, 255) and found.getpixel((5, 30))[3] == 0
    key = gradient("RGB")
    key.paste((1, 2, 3), (0, 0, 10, 10))
    found = open_layer(encoded(key, "PNG", transparency=(1, 2, 3)))
    assert found.getpixel((5, 5))[3] == 0 and found.getpixel((30, 30))[3] == 255
    grey = gradient("LA")
    grey.putalpha(128)
    assert open_layer(encoded(grey, "PNG")).getpixel((5, 5))[3] == 128
    assert open_layer(gradient("RGBA")).mode == "RGB"  # nothing is transparent


FUZZED = {
    "JPEG": {}, "MPO": {}, "PNG": {}, "GIF": {}, "TIFF": {}, "BMP": {}, "WEBP": {}, "AVIF": {}, "JPEG2000": {},
    "ICO": {"sizes": [(64, 48)]}, "PPM": {},
}  # fmt: skip


def fuzzed_kinds() -> dict[str, bytes]:
    """A file of every kind, one of them as phones write it."""
    heic = io.BytesIO()
    pillow_heif.from_pillow(gradient()).save(heic, quality=50)
    profile = {"icc_profile": profiles.rgb_profile(profiles.ADOBE, 2.2)}
    kinds = {kind: encoded(gradient(), kind, **options) for kind, options in FUZZED.items()}
    kinds |= {f"{kind} with a profile": encoded(gradient(), kind, **profile) for kind in ("JPEG", "PNG", "TIFF")}
    return kinds | {"HEIC": heic.getvalue()}


@pytest.mark.filterwarnings("ignore:Truncated File Read")
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("kind", [*FUZZED, "JPEG with a profile", "PNG with a profile", "TIFF with a profile", "HEIC"])
def test_noise_after_a_valid_start_never_escapes(kind: str) -> None:
    """Damage anywhere in a file gives a picture or a ValueError with a sentence, nothing else."""
    source = np.random.default_rng(sum(kind.encode()))
    data = np.frombuffer(fuzzed_kinds()[kind], np.uint8)
    for number in range(200):
        spoiled = data.copy()
        # Half of the damage is among the first bytes, which say what is to be done with the rest.
        most = len(data) if number % 2 else min(len(data), 400)
        where = source.integers(0, most, 6)
        spoiled[where] = source.integers(0, 256, 6)
        cut = spoiled[: source.integers(1, len(data))] if number % 5 == 0 else spoiled
        try:
            assert open_layer(cut.tobytes()).mode in ("RGB", "RGBA")
        except ValueError as error:
            assert str(error).endswith(".") and "\n" not in str(error)
