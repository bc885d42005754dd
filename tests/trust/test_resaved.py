"""Recipe and mark are found in whatever format a picture of ours was saved anew, and nothing hostile is an error."""

import io
import itertools
import tracemalloc
import zlib
from types import SimpleNamespace

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from genai_demo.core import cards, pngchunks
from genai_demo.core.marks import mark_picture
from genai_demo.trust import metadata
from genai_demo.ui import trust_tab
from genai_demo.ui.trust_actions import inspect_file
from genai_demo.ui.trust_frames import frames_of

assert trust_tab.build, "its texts are there once it is imported"
RECIPE = {"model": "gan", "seed": 7, "word": "雨"}
MODELS = ("faces-gan",)


@pytest.fixture(scope="module")
def marked() -> Image.Image:
    """A smooth picture with our mark."""
    y, x = np.mgrid[:256, :256] / 255
    rng = np.random.default_rng(3)
    waves = sum(np.sin(rng.uniform(2, 30) * x + rng.uniform(2, 30) * y + n)[..., None] for n in range(6)) / 12
    pixels = (np.stack([x, y, 1 - x], -1) / 2 + 0.25 + waves / 2).clip(0, 1) * 255
    return mark_picture(Image.fromarray(pixels.round().astype(np.uint8)), MODELS, RECIPE)


def exif(words: str | None = None, comment: bytes | None = None, software: str = "") -> Image.Exif:
    found = Image.Exif()
    found[0x010F] = "a maker"  # Pillow leaves out what has tags below alone
    if words is not None:
        found[metadata.DESCRIPTION] = words
    if software:
        found[metadata.SOFTWARE] = software
    if comment is not None:
        found.get_ifd(metadata.SUB_IFD)[metadata.USER_COMMENT] = comment
    return found


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    if kind == "HEIC":
        if "exif" in options:
            options["exif"] = options["exif"].tobytes()  # type: ignore[attr-defined]
        pillow_heif.from_pillow(image).save(buffer, quality=95, **options)
    else:
        image.save(buffer, kind, **options)
    return buffer.getvalue()


KINDS = {
    "PNG": {}, "JPEG": {"quality": 92}, "WEBP": {"quality": 95}, "AVIF": {"quality": 90}, "TIFF": {}, "BMP": {},
    "GIF": {}, "JPEG2000": {}, "HEIC": {},
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_the_mark_is_found_in_every_kind(kind: str, marked: Image.Image, tmp_path) -> None:
    (tmp_path / "x").write_bytes(encoded(marked, kind, **KINDS[kind]))
    words = inspect_file(str(tmp_path / "x"), SimpleNamespace(headers={}, session_hash=""))
    assert 'data-state="marked"' in words and "damaged" not in words
    assert cards.software(MODELS) in words


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("TIFF", "description"),  # Pillow writes no user comment there
        *itertools.product(
            ["JPEG", "WEBP", "AVIF", "PNG", "HEIC"], ["description", "comment ascii", "comment unicode", "comment bare"]
        ),
    ],
)
def test_the_recipe_in_exif_is_found(kind: str, place: str, marked: Image.Image) -> None:
    words = metadata.comment(RECIPE, MODELS)
    made = {
        "description": lambda: exif(words),
        "comment ascii": lambda: exif(comment=b"ASCII\0\0\0" + words.encode()),
        "comment unicode": lambda: exif(comment=b"UNICODE\0" + words.encode("utf-16-le")),
        "comment bare": lambda: exif(comment=b"\0" * 8 + words.encode()),
    }[place]()
    found = metadata.read(encoded(marked, kind, exif=made))
    assert found.recipe is not None and RECIPE.items() <= found.recipe.items()
    assert found.models == {"faces-gan": cards.fingerprint("faces-gan")}


def test_an_editors_name_in_place_of_ours_hides_nothing(marked: Image.Image) -> None:
    data = encoded(marked, "JPEG", exif=exif(metadata.comment(RECIPE, MODELS), software="An editor 9"))
    assert metadata.read(data).models == {"faces-gan": cards.fingerprint("faces-gan")}


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF", "TIFF", "PNG"])
@pytest.mark.parametrize("tag", ["dc:description", "exif:UserComment"])
def test_the_recipe_in_xmp_is_found(kind: str, tag: str, marked: Image.Image) -> None:
    words = metadata.comment(RECIPE, MODELS).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description>'
        f'<{tag}><rdf:Alt><rdf:li xml:lang="x-default">{words}</rdf:li></rdf:Alt></{tag}>'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
    if kind == "PNG":
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", packet.decode())
        data = encoded(marked, kind, pnginfo=info)
    elif kind == "TIFF":
        data = encoded(marked, kind, tiffinfo={700: packet})
    else:
        data = encoded(marked, kind, xmp=packet)
    found = metadata.read(data)
    assert found.recipe is not None and RECIPE.items() <= found.recipe.items()


def test_the_comment_of_a_jpeg_is_read(marked: Image.Image) -> None:
    data = encoded(marked, "JPEG", comment=metadata.comment(RECIPE, MODELS))
    assert metadata.read(data).models == {"faces-gan": cards.fingerprint("faces-gan")}


@pytest.mark.parametrize("form", ["tEXt", "zTXt", "iTXt", "packed iTXt"])
def test_png_texts_in_every_form(form: str, marked: Image.Image) -> None:
    info = PngInfo()
    for key, words in (("recipe", metadata.as_text(RECIPE)), ("Software", metadata.software(MODELS))):
        if "iTXt" in form:
            info.add_itxt(key, words, "en", key, zip="packed" in form)
        else:
            info.add_text(key, words, zip=form == "zTXt")
    data = encoded(marked, "PNG", pnginfo=info)
    assert metadata.read(data) == metadata.Found(RECIPE, metadata.software(MODELS))
    assert metadata.read(metadata.add_to_png(data, {"seed": 1}, ())).recipe == RECIPE  # what it says already stays


def chunked(*bodies: tuple[bytes, bytes]) -> bytes:
    data = encoded(Image.new("RGB", (40, 40)), "PNG")
    return data[:33] + b"".join(pngchunks.chunk(code, body) for code, body in bodies) + data[33:]


BOMB = zlib.compress(bytes(10**8), 9)
HOSTILE = {
    "a zTXt bomb": [(b"zTXt", b"recipe\0\0" + BOMB)],
    "an iTXt bomb": [(b"iTXt", b"recipe\0\1\0\0\0" + BOMB)],
    "many bombs": [(b"zTXt", b"recipe\0\0" + BOMB)] * 20,
    "no zlib": [(b"zTXt", b"recipe\0\0nonsense")],
    "cut zlib": [(b"zTXt", b"recipe\0\0" + zlib.compress(b'{"seed": 1}' * 99)[:-9])],
    "another packer": [(b"zTXt", b"recipe\0\7" + zlib.compress(b"{}"))],
    "no end of the keyword": [(b"iTXt", b"recipe"), (b"zTXt", b"recipe"), (b"tEXt", b"recipe")],
    "no flags": [(b"iTXt", b"recipe\0"), (b"iTXt", b"recipe\0\1"), (b"iTXt", b"recipe\0\1\0en")],
    "no UTF-8": [(b"iTXt", b"recipe\0\0\0\0\0\xff\xfe{")],
    "too long": [(b"tEXt", b"recipe\0" + b'{"a": "' + b"x" * metadata.LONGEST + b'"}')],
    "deep": [(b"zTXt", b"recipe\0\0" + zlib.compress(b"[" * 10**6))],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_passed_over(name: str) -> None:
    data = chunked(*HOSTILE[name])
    tracemalloc.start()
    found = metadata.read(data)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == metadata.Found() and most < 60 * 2**20


def test_a_good_text_behind_a_hostile_one_is_found() -> None:
    good = (b"tEXt", b"recipe\0" + b'{"seed": 1}')
    assert metadata.read(chunked((b"zTXt", b"recipe\0\0" + BOMB), good)).recipe == {"seed": 1}


def test_xmp_without_an_end_takes_no_time() -> None:
    packet = b"<dc:description>" * 60_000
    data = encoded(Image.new("RGB", (40, 40)), "WEBP", xmp=packet)
    assert metadata.read(data) == metadata.Found()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "TIFF", "GIF"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damage_anywhere_is_no_error(kind: str, marked: Image.Image) -> None:
    rng = np.random.default_rng(len(kind))
    options = {} if kind in ("PNG", "GIF") else {"exif": exif(metadata.comment(RECIPE, MODELS))}
    small = marked.resize((48, 48))
    data = np.frombuffer(encoded(small, kind, **options), np.uint8)
    for number in range(60):
        spoiled = data.copy()
        where = rng.integers(0, len(data) if number % 2 else min(len(data), 300), 5)
        spoiled[where] = rng.integers(0, 256, 5)
        assert isinstance(metadata.read(spoiled.tobytes()), metadata.Found)
        try:
            assert frames_of(spoiled.tobytes())
        except ValueError as error:
            assert str(error).endswith(".")


def test_animations_are_looked_at_in_places() -> None:
    frames = [Image.new("RGB", (40, 40), (20 * n, 0, 0)) for n in range(9)]
    data = encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])
    assert [f.getpixel((0, 0))[0] for f in frames_of(data)] == [0, 60, 120]
    assert len(frames_of(encoded(frames[1], "GIF"))) == 1
