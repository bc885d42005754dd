"""However a mask was painted, it says what is missing, by one rule."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from genai_demo.repair import generate
from genai_demo.repair.masks import read_mask
from tests.repair.tiny import picture

SIZE = (100, 76)
SPOT = np.zeros((76, 100), bool)
SPOT[19:38, 25:50] = True
STRETCHED = SPOT.repeat(2, 0).repeat(2, 1)


def photo(width: int = 100, height: int = 76) -> Image.Image:
    return Image.fromarray(picture(width, 1, height))


def grey(inside: int, outside: int, where: np.ndarray = SPOT) -> Image.Image:
    return Image.fromarray(np.where(where, inside, outside).astype(np.uint8))


def strokes(colour: tuple[int, int, int], alpha: int = 255, under: tuple[int, int, int] = (0, 0, 0)) -> Image.Image:
    pixels = np.zeros((76, 100, 4), np.uint8)
    pixels[..., :3] = under
    pixels[SPOT] = (*colour, alpha)
    return Image.fromarray(pixels)


def erased() -> Image.Image:
    layer = photo().convert("RGBA")
    layer.putalpha(grey(0, 255))
    return layer


def palette(transparency: int | None) -> Image.Image:
    found = Image.fromarray(SPOT.astype(np.uint8), "P")
    found.putpalette([255, 255, 255, 0, 0, 0] if transparency is not None else [0, 0, 0, 255, 255, 255])
    if transparency is not None:
        found.info["transparency"] = transparency
    return found


MASKS = {
    "white on black": lambda: grey(255, 0),
    "light on dark": lambda: grey(200, 60),
    "1 bit": lambda: grey(255, 0).convert("1"),
    "RGB": lambda: grey(255, 0).convert("RGB"),
    "opaque RGBA": lambda: grey(255, 0).convert("RGBA"),
    "16 bits": lambda: Image.fromarray(np.where(SPOT, 65535, 0).astype(np.uint16)),
    "palette": lambda: palette(None),
    "black on white": lambda: grey(0, 255),
    "black on white, 1 bit": lambda: grey(0, 255).convert("1"),
    "black on clear": lambda: strokes((0, 0, 0)),
    "white on clear": lambda: strokes((255, 255, 255)),
    "red on clear": lambda: strokes((255, 0, 0)),
    "thin paint on clear": lambda: strokes((10, 200, 0), 40),
    "black on clear with white under it": lambda: strokes((0, 0, 0), 255, (255, 255, 255)),
    "LA": lambda: strokes((0, 0, 0)).convert("LA"),
    "palette with a clear colour": lambda: palette(0),
    "a hole erased in the picture": erased,
    "twice the size": lambda: grey(255, 0, STRETCHED),
    "twice the size, black on clear": lambda: strokes((0, 0, 0)).resize((200, 152), Image.Resampling.NEAREST),
    "half the size": lambda: grey(255, 0).resize((50, 38), Image.Resampling.BOX),
}
EXACT = [name for name in MASKS if name != "half the size"]


@pytest.mark.parametrize("name", MASKS)
@pytest.mark.parametrize("source", ["path", "bytes", "picture"])
def test_every_mask_says_the_same(name: str, source: str, tmp_path) -> None:
    image = MASKS[name]()
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    (tmp_path / "mask").write_bytes(buffer.getvalue())
    given = {"path": tmp_path / "mask", "bytes": buffer.getvalue(), "picture": image}[source]
    found = read_mask(given, SIZE)
    assert found.shape == (76, 100) and (found != SPOT).mean() < (0.02 if name not in EXACT else 1e-9)


@pytest.mark.parametrize("values", [SPOT, SPOT.astype(np.uint8) * 255, SPOT * 200.0, SPOT.astype(np.int64) * 128])
def test_arrays(values: np.ndarray) -> None:
    assert np.array_equal(read_mask(values, SIZE), SPOT)


def test_nothing_is_guessed_about_arrays_and_little_about_large_holes() -> None:
    assert np.array_equal(read_mask(~SPOT, SIZE), ~SPOT)
    most = np.zeros((76, 100), bool)
    most[:, :70] = True  # 70 %
    assert np.array_equal(read_mask(grey(255, 0, most), SIZE), most)


@pytest.mark.parametrize(("shade", "wanted"), [(255, True), (0, False)])
def test_one_shade_is_taken_as_it_is(shade: int, wanted: bool) -> None:
    assert (read_mask(Image.new("L", SIZE, shade), SIZE) == wanted).all()
    assert not read_mask(Image.new("RGBA", SIZE), SIZE).any()


def test_thin_scratches_of_a_large_mask_are_not_lost() -> None:
    large = Image.new("L", (1000, 760))
    ImageDraw.Draw(large).line((0, 0, 999, 759), fill=255, width=5)
    found = read_mask(large, SIZE)
    assert found.any(1).all() and found.any(0).all() and found.mean() < 0.03


def test_a_mask_may_be_small_and_is_turned_upright() -> None:
    assert read_mask(Image.new("L", (10, 8), 255), (100, 80)).all()
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    grey(255, 0).rotate(90, expand=True).save(buffer, "PNG", exif=exif)
    assert np.array_equal(read_mask(buffer.getvalue(), SIZE), SPOT)


@pytest.mark.parametrize(
    ("mask", "words"),
    [(b"nonsense", "not a picture"), ("no/such/file.png", "cannot be read"), (Image.new("L", (90, 90)), "same shape"),
     (np.zeros((76, 100, 3)), "one number for every pixel"), (b"", "empty")],
)  # fmt: skip
def test_what_is_no_mask_gets_a_sentence(mask, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_mask(mask, SIZE)


# --------------------------------------------------------------------------- in the repair


@pytest.mark.parametrize("name", ["black on clear", "black on white", "a hole erased in the picture", "1 bit"])
def test_the_repair_takes_all_of_them(restorer, name: str) -> None:
    found = np.asarray(generate.restore(photo(), MASKS[name](), "inpaint"))
    assert np.array_equal(found[~SPOT], np.asarray(photo())[~SPOT])
    assert np.array_equal(found, np.asarray(generate.restore(photo(), SPOT, "inpaint")))


@pytest.mark.parametrize("source", ["path", "bytes", "picture"])
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_transparent_parts_are_holes_however_the_picture_comes(restorer, source: str, kind: str, tmp_path) -> None:
    buffer = io.BytesIO()
    erased().save(buffer, kind, **({"lossless": True} if kind == "WEBP" else {}))
    (tmp_path / "x").write_bytes(buffer.getvalue())
    given = {"path": tmp_path / "x", "bytes": buffer.getvalue(), "picture": Image.open(buffer)}[source]
    wanted = np.asarray(generate.restore(photo(), SPOT, "inpaint"))
    assert np.array_equal(np.asarray(generate.restore(given, None, "inpaint")), wanted)
    both = np.asarray(generate.restore(given, np.roll(SPOT, 30, 1), "auto"))
    assert np.array_equal(both, np.asarray(generate.restore(photo(), SPOT | np.roll(SPOT, 30, 1), "auto")))


@pytest.mark.parametrize("task", ["denoise", "deblur", "old", "enlarge2"])
def test_other_tasks_lay_transparent_parts_on_white(restorer, task: str) -> None:
    white = photo()
    white.paste("white", (25, 19, 50, 38))
    found = generate.restore(erased(), None, task)
    assert found.mode == "RGB" and found.tobytes() == generate.restore(white, None, task).tobytes()


def test_a_soft_edge_leaves_no_white_rim_around_a_filled_hole(restorer) -> None:
    layer = photo().convert("RGBA")
    soft = np.asarray(grey(0, 255), np.float32)
    for _ in range(6):
        soft = (soft + np.roll(soft, 1, 0) + np.roll(soft, -1, 0) + np.roll(soft, 1, 1) + np.roll(soft, -1, 1)) / 5
    layer.putalpha(Image.fromarray(soft.round().astype(np.uint8)))
    hole = np.asarray(layer)[..., 3] < 250
    found = np.asarray(generate.restore(layer, None, "inpaint"))
    assert np.array_equal(found, np.asarray(generate.restore(photo(), hole, "inpaint")))
