"""Who was cut out before keeps own colours and a soft edge, however the file comes; doors take pictures alike."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from genai_demo.core.uploads import open_upload
from genai_demo.repair import art, compose
from genai_demo.ui import compose_room
from tests.core import profiles
from tests.repair.test_compose import Stub

BLUE = (40, 60, 200)


@pytest.fixture(autouse=True)
def stub(monkeypatch):
    monkeypatch.setattr(compose, "network", Stub)
    compose_room._cut.cache_clear()


def person(under: tuple[int, int, int] = (0, 255, 0)) -> Image.Image:
    """A red figure with a soft edge; what is wholly transparent has another colour."""
    mask = Image.new("L", (480, 640))
    ImageDraw.Draw(mask).ellipse((120, 80, 360, 560), fill=255)
    alpha = np.asarray(mask.resize((120, 160), Image.Resampling.BOX).resize((120, 160)))
    soft = np.asarray(Image.fromarray(alpha).resize((60, 80)).resize((120, 160)))
    pixels = np.empty((160, 120, 4), np.uint8)
    pixels[..., :3], pixels[..., 3] = (200, 60, 60), soft
    pixels[soft == 0, :3] = under
    return Image.fromarray(pixels)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


KINDS = {"PNG": {}, "WEBP": {"lossless": True, "exact": True}, "TIFF": {}}


def ways(data: bytes, folder) -> dict:
    (folder / "person").write_bytes(data)
    return {
        "path": folder / "person", "words": str(folder / "person"), "bytes": data,
        "picture": Image.open(io.BytesIO(data)),
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", ["path", "words", "bytes", "picture"])
def test_a_cut_out_stays_as_it_is_however_it_comes(kind: str, way: str, tmp_path) -> None:
    given = ways(encoded(person(), kind, **KINDS[kind]), tmp_path)[way]
    assert compose.cut_out(given).tobytes() == person().tobytes()


@pytest.mark.parametrize("under", [(0, 255, 0), (255, 255, 255), (0, 0, 0)])
@pytest.mark.parametrize("way", ["path", "bytes", "picture", "room", "place"])
@pytest.mark.parametrize("scale", [0.3, 0.9, 1.5])
def test_no_fringe_of_any_colour(under: tuple[int, int, int], way: str, scale: float, tmp_path) -> None:
    data = encoded(person(under), "PNG")
    scene = Image.new("RGB", (400, 300), BLUE)
    settings = {"scale": scale, "match": 0, "shadow": 0, "feather": 0}
    if way == "room":
        (tmp_path / "person.png").write_bytes(data)
        found = compose.place(compose_room._cut(str(tmp_path / "person.png")), scene, **settings)
    elif way == "place":
        found = compose.place(data, scene, **settings)
    else:
        found = compose.compose(ways(data, tmp_path)[way], encoded(scene, "PNG"), **settings)
    # Every pixel lies between the red of the figure and the blue of the scene.
    pixels = np.asarray(found, np.float32)
    share = (pixels[..., :1] - BLUE[0]) / (200 - BLUE[0])
    between = np.array(BLUE) + share * (np.array((200, 60, 60)) - np.array(BLUE))
    assert np.abs(pixels - between).max() < 6  # alpha has 8 bits
    soft = ((share > 0.1) & (share < 0.9)).sum()
    assert soft > 40  # the edge is soft still


def test_a_veil_keeps_its_colour() -> None:
    layer = person()
    veil = np.array(layer)
    veil[20:60, 100:118] = (250, 240, 30, 120)
    found = compose.place(
        Image.fromarray(veil), Image.new("RGB", (120, 160), BLUE), scale=1, match=0, shadow=0, feather=0
    )
    wanted = np.array(BLUE) + 120 / 255 * (np.array((250, 240, 30)) - np.array(BLUE))
    assert (np.abs(np.asarray(found, float) - wanted).max(-1) < 4).sum() > 500


def test_palette_and_grey_with_transparency() -> None:
    grey = person().convert("LA")
    assert compose.cut_out(encoded(grey, "PNG")).getpixel((60, 80))[3] == 255
    flat = person().quantize(8)
    assert compose.cut_out(encoded(flat, "PNG")).getpixel((2, 2))[3] == 0
    gif = encoded(person(), "GIF")
    assert compose.cut_out(gif).getpixel((2, 2))[3] == 0


def test_round_corners_are_no_cut_out() -> None:
    shot = Image.new("RGBA", (300, 400), (60, 80, 190, 255))
    ImageDraw.Draw(shot).ellipse((50, 120, 250, 320), fill=(210, 80, 60, 255))
    shot.paste((0, 0, 0, 0), (0, 0, 12, 12))
    found = np.asarray(compose.cut_out(encoded(shot, "PNG")))
    assert found[20, 150, 3] < 30 and found[220, 150, 3] == 255


# --------------------------------------------------------------------------- colours at the other doors


def test_scenes_and_people_come_in_srgb() -> None:
    profile = profiles.rgb_profile(profiles.EXCHANGED, 2.2)
    scene = encoded(Image.new("RGB", (400, 300), BLUE), "PNG", icc_profile=profile)
    cut = encoded(person(), "PNG", icc_profile=profile)
    found = compose.compose(cut, scene, scale=0.5, match=0, shadow=0, feather=0)
    blue = profiles.as_srgb(np.array(BLUE), profiles.EXCHANGED, 2.2)
    green = profiles.as_srgb(np.array((200, 60, 60)), profiles.EXCHANGED, 2.2)
    assert np.abs(np.array(found.getpixel((5, 5))) - blue).max() < 4
    assert np.abs(np.array(found.getpixel((200, 240))) - green).max() < 4


@pytest.mark.parametrize("way", ["path", "bytes", "picture"])
def test_the_art_corner_takes_pictures_alike(way: str, tmp_path) -> None:
    data = encoded(Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)), "PNG")
    (tmp_path / "x.png").write_bytes(data)
    given = {"path": tmp_path / "x.png", "bytes": data, "picture": Image.open(io.BytesIO(data))}[way]
    profile = encoded(open_upload(data), "PNG", icc_profile=profiles.rgb_profile(profiles.EXCHANGED, 2.2))
    for style in ("oil", given):
        *_, last = art.stylise(given, style, strength=0, steps=6, size=64)
        assert np.abs(np.asarray(last.picture, float) - np.asarray(open_upload(data), float)).max() <= 2
    *_, last = art.stylise(profile, "oil", strength=0, steps=6, size=64)
    assert np.abs(np.asarray(last.picture, float) - np.asarray(open_upload(profile), float)).max() <= 2


def test_grey_people_in_grey_scenes_stay_grey() -> None:
    scene = Image.linear_gradient("L").resize((320, 240)).convert("RGB")
    found = np.asarray(compose.compose(person().convert("LA"), scene, scale=0.6), int)
    assert (found.max(2) - found.min(2)).max() <= 1


def test_the_light_of_a_style_leaves_a_grey_photograph_grey() -> None:
    grey = Image.radial_gradient("L").resize((64, 64))
    *_, last = art.stylise(grey, "oil", keep_colour=True, steps=6, size=64)
    pixels = np.asarray(last.picture, int)
    assert (pixels.max(2) - pixels.min(2)).max() <= 1
