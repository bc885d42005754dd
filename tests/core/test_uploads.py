"""Any picture becomes upright RGB on white; anything else becomes one sentence."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from genai_demo.core import limits
from genai_demo.core.uploads import open_upload


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


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
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
    opened = open_upload(encoded(image, kind))
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
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\nshowpage\n", "not a picture"),
    "zip": (b"PK\x03\x04" + b"\0" * 200, "not a picture"),
    "one pixel": (encoded(Image.new("RGB", (1, 1)), "PNG"), "smaller than 32"),
    "a strip": (encoded(Image.new("RGB", (2000, 8)), "PNG"), "smaller than 32"),
    "cut JPEG": (encoded(gradient(size=(256, 256)), "JPEG")[:900], "damaged"),
    "cut PNG": (encoded(gradient(size=(256, 256)), "PNG")[:120], "damaged"),
    "only a signature": (b"\x89PNG\r\n\x1a\n", "not a picture"),
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


@pytest.mark.filterwarnings("ignore:Truncated File Read")
def test_noise_after_a_valid_start_never_escapes() -> None:
    """Damage anywhere in a file gives a picture or a ValueError, nothing else."""
    source = np.random.default_rng(0)
    for kind in ("JPEG", "PNG", "GIF", "TIFF", "BMP", "WEBP"):
        data = np.frombuffer(encoded(gradient(), kind), np.uint8)
        for _ in range(40):
            spoiled = data.copy()
            where = source.integers(0, len(data), 6)
            spoiled[where] = source.integers(0, 256, 6)
            try:
                assert open_upload(spoiled.tobytes()).mode == "RGB"
            except ValueError as error:
                assert str(error).endswith(".")
