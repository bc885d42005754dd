"""Cutting out and placing, on made-up people with known edges."""

import dataclasses

import numpy as np
import pytest
import torch
from PIL import Image

from genai_demo.core import checkpoint, limits
from genai_demo.repair import compose, light
from genai_demo.repair.cutout import Cutout, CutoutConfig
from tests.repair.test_cutout import person

GREY = (90, 120, 150)


def figure(width: int = 60, height: int = 100, ink: tuple[int, int, int] = (200, 60, 40)) -> Image.Image:
    """A box with a transparent margin of 20 pixels, RGBA."""
    found = Image.new("RGBA", (width + 40, height + 40), (0, 255, 0, 0))
    found.paste((*ink, 255), (20, 20, 20 + width, 20 + height))
    return found


def room(width: int = 300, height: int = 200) -> Image.Image:
    rng = np.random.default_rng(0)
    return Image.fromarray(rng.integers(0, 256, (height, width, 3), np.uint8))


def changed(before: Image.Image, after: Image.Image) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what differs."""
    rows, columns = np.nonzero((np.asarray(before) != np.asarray(after)).any(2))
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


class Stub(torch.nn.Module):
    """Takes for a person what is redder than blue."""

    config = CutoutConfig()

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return 30 * (x[:, :1] - x[:, 2:] - 0.2)


@pytest.fixture
def stub(monkeypatch):
    monkeypatch.setattr(compose, "network", Stub)


# --------------------------------------------------------------------------- cutting out


def red_on_blue(width: int = 300, height: int = 400) -> tuple[Image.Image, np.ndarray]:
    """A red disc on blue, and where it is."""
    y, x = np.mgrid[:height, :width]
    inside = (x - 150) ** 2 + (y - 220) ** 2 < 100**2
    pixels = np.where(inside[..., None], (210, 80, 60), (60, 80, 190)).astype(np.uint8)
    return Image.fromarray(pixels), inside


def test_alpha_is_right_on_a_picture_with_known_edges(stub):
    picture, inside = red_on_blue()
    found = compose.cut_out(picture)
    assert found.mode == "RGBA" and found.size == picture.size
    pixels = np.asarray(found)
    alpha = pixels[..., 3] / 255
    assert np.abs(alpha - inside).mean() < 0.01
    away = np.abs(np.hypot(*(np.indices(inside.shape) - np.array([220, 150])[:, None, None])) - 100) > 8
    assert np.array_equal(alpha[away] > 0.5, inside[away])
    # Solid pixels are the user's own; at the edge nothing blue is left.
    solid = alpha == 1
    assert np.array_equal(pixels[solid][:, :3], np.asarray(picture)[solid])
    edge = alpha > 0.1
    assert (pixels[edge][:, 0] > pixels[edge][:, 2] + 90).mean() > 0.99


def test_a_picture_that_is_cut_out_already_stays(stub):
    assert compose.cut_out(figure()).tobytes() == figure().tobytes()


def test_specks_are_dropped_and_nobody_is_a_sentence(stub):
    picture, _ = red_on_blue()
    picture.paste((210, 80, 60), (5, 5, 12, 12))
    assert np.asarray(compose.cut_out(picture))[:40, :40, 3].max() < 30
    with pytest.raises(ValueError, match="No person was found"):
        compose.cut_out(Image.new("RGB", (200, 100), (0, 0, 200)))


def test_large_and_long_pictures_keep_their_size(stub):
    for size in ((1600, 1200), (900, 90)):
        picture = Image.new("RGB", size, (60, 80, 190))
        picture.paste((210, 80, 60), (size[0] // 3, size[1] // 4, 2 * size[0] // 3, size[1]))
        assert compose.cut_out(picture).size == size


def test_photographs_are_turned_upright(stub):
    picture, _ = red_on_blue()
    picture = picture.resize((320, 200))
    picture.getexif()[0x0112] = 6
    assert compose.cut_out(picture).size == (200, 320)


def test_connected_keeps_what_touches_the_core():
    where = torch.zeros(1, 1, 20, 20, dtype=torch.bool)
    where[..., 2:8, 2:18], where[..., 12:15, 12:15] = True, True
    core = torch.zeros_like(where)
    core[..., 4, 4] = True
    found = compose.connected(where, core)
    assert found[..., :10, :].sum() == where[..., :10, :].sum() and found[..., 10:, :].sum() == 0


def test_missing_weights_are_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    compose._load.cache_clear()
    with pytest.raises(ValueError, match="no checkpoint"):
        compose.cut_out(red_on_blue()[0])
    config = CutoutConfig(widths=(8, 8, 12, 16), fine=4)
    torch.manual_seed(0)
    checkpoint.save_checkpoint("repair-cutout", Cutout(config), {"config": dataclasses.asdict(config)})
    assert isinstance(compose.network(), Cutout)
    compose._load.cache_clear()


def test_the_published_network_finds_a_head_on_shoulders(monkeypatch):
    monkeypatch.delenv("GENAI_CHECKPOINTS", raising=False)
    compose._load.cache_clear()
    pixels, truth = person(3, 256)
    found = np.asarray(compose.cut_out(Image.fromarray(pixels)))[..., 3] > 127
    assert (found & truth).sum() / (found | truth).sum() > 0.75


# --------------------------------------------------------------------------- placing


@pytest.mark.parametrize("x", [0.3, 0.5, 0.7])
@pytest.mark.parametrize(("y", "scale"), [(1.0, 0.5), (0.8, 0.25)])
def test_a_person_stands_where_asked(x, y, scale):
    scene = Image.new("RGB", (400, 200), GREY)
    left, top, right, bottom = changed(scene, compose.place(figure(), scene, x, y, scale, 0, 0, 0))
    assert bottom - top == pytest.approx(200 * scale, abs=2) and bottom == pytest.approx(200 * y, abs=1)
    assert (left + right) / 2 == pytest.approx(400 * x, abs=1.5)
    assert right - left == pytest.approx(0.6 * 200 * scale, abs=2)


@pytest.mark.parametrize("settings", [{}, {"feather": 8.0}, {"match": 1.0}, {"x": 0.05, "scale": 1.5}])
def test_pixels_outside_the_person_stay_bit_for_bit(settings):
    scene = room()
    found = compose.place(figure(), scene, **{"shadow": 0, "scale": 0.5, **settings})
    assert found.size == scene.size and found.mode == "RGB"
    height = 200 * settings.get("scale", 0.5)
    left, top, right, bottom = changed(scene, found)
    assert bottom - top <= height + 3 and right - left <= 0.6 * height + 3


def test_without_matching_the_person_keeps_his_colours():
    found = compose.place(figure(), room(), scale=0.5, match=0, shadow=0, feather=0)
    assert found.getpixel((150, 150)) == (200, 60, 40)


def test_same_input_same_pixels():
    first, second = (compose.place(figure(), room(), scale=0.6).tobytes() for _ in range(2))
    assert first == second


def test_no_old_background_shows_at_the_edge():
    halo = figure()
    halo.putalpha(halo.getchannel("A").resize((50, 70)).resize(halo.size))  # a soft edge over green
    scene = Image.new("RGB", (300, 200), (210, 70, 50))
    found = np.asarray(compose.place(halo, scene, scale=0.7, match=0, shadow=0)).astype(int)
    assert (found[..., 1] - found[..., 0]).max() < 0


def test_a_soft_edge_fades_inwards():
    scene = Image.new("RGB", (300, 200), GREY)
    hard, soft = (np.asarray(compose.place(figure(), scene, 0.5, 0.8, 0.5, f, 0, 0)).astype(int) for f in (0, 10))
    assert len(np.unique(soft[100, :, 0])) > len(np.unique(hard[100, :, 0])) + 4
    assert (np.abs(soft - np.array(GREY)) <= np.abs(hard - np.array(GREY)) + 1).all()


def test_matching_draws_the_person_to_the_scene():
    dark = Image.new("RGB", (300, 200), (20, 25, 60))
    plain, half, full = (
        np.asarray(compose.place(figure(), dark, scale=0.8, match=m, shadow=0))[80:, 140:160].mean((0, 1))
        for m in (0, 0.5, 1)
    )
    assert plain.sum() > half.sum() + 5 > full.sum() + 10
    assert full[0] > full[2]  # still a red person


def test_the_shadow_darkens_only():
    scene = Image.new("RGB", (300, 200), GREY)
    without, shaded = (
        np.asarray(compose.place(figure(), scene, 0.5, 0.9, 0.6, match=0, shadow=s)).astype(int) for s in (0, 0.8)
    )
    difference = (without - shaded).sum(2)
    assert difference.min() >= 0 and difference[150, 105] > 10 and difference[5, 5] == 0
    assert difference[120, 150] == 0  # not on the person


def test_mirrored():
    two = figure()
    two.paste((20, 20, 200, 255), (20, 20, 50, 120))
    scene = Image.new("RGB", (300, 200), GREY)
    plain, turned = (compose.place(two, scene, scale=0.5, match=0, shadow=0, mirror=m) for m in (False, True))
    assert plain.getpixel((135, 150))[2] > 150 and turned.getpixel((165, 150))[2] > 150


def test_the_seam_goes_through_the_repair():
    seen = []

    def repair(picture: Image.Image, mask: Image.Image) -> Image.Image:
        seen.append((picture, mask))
        return Image.new("RGB", picture.size, (255, 255, 255))

    settings = {"scale": 0.5, "match": 0, "shadow": 0}
    scene = room()
    found, plain = compose.place(figure(), scene, repair=repair, **settings), compose.place(figure(), scene, **settings)
    (picture, mask), ring = seen[0], np.asarray(seen[0][1]) > 0
    assert picture.tobytes() == plain.tobytes() and mask.mode == "L" and mask.size == scene.size
    assert 0 < ring.mean() < 0.06
    assert (np.asarray(found)[ring] == 255).all() and np.array_equal(np.asarray(found)[~ring], np.asarray(plain)[~ring])
    with pytest.raises(ValueError, match="changed the size"):
        compose.place(figure(), scene, repair=lambda p, m: p.resize((10, 10)))


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"x": 1.5}, "across"),
        ({"y": -0.1}, "down"),
        ({"x": "left"}, "across"),
        ({"scale": 0}, "size of the person"),
        ({"scale": float("nan")}, "size of the person"),
        ({"feather": 1000}, "soft edge"),
        ({"match": 2}, "match"),
        ({"shadow": True}, "shadow"),
        ({"y": 0.0}, "outside"),
    ],
)
def test_numbers_out_of_range_get_a_sentence(settings, word):
    with pytest.raises(ValueError, match=word):
        compose.place(figure(), room(), **settings)


def test_other_bad_input_gets_a_sentence(stub, monkeypatch):
    with pytest.raises(ValueError, match="Cut the person out first"):
        compose.place(figure().convert("RGB"), room())
    with pytest.raises(ValueError, match="transparent"):
        compose.place(Image.new("RGBA", (50, 50)), room())
    with pytest.raises(ValueError, match="No scene is called 'moon'"):
        compose.compose(figure(), "moon")
    with pytest.raises(ValueError, match="cannot be read"):
        compose.compose(figure(), "nowhere.png")
    with pytest.raises(ValueError, match="picture first"):
        compose.compose(None, "beach")
    monkeypatch.setattr(limits, "MAX_COMPOSE_PIXELS", 1000)
    with pytest.raises(ValueError, match="person has more than"):
        compose.cut_out(red_on_blue()[0])
    with pytest.raises(ValueError, match="scene has more than"):
        compose.place(figure(), room())


def test_compose_takes_scenes_and_pictures(stub):
    picture, _ = red_on_blue()
    found = compose.compose(picture, "studio", size=(200, 160), seed=2)
    assert found.size == (200, 160)
    assert compose.compose(picture, room()).size == (300, 200)
    assert compose.compose(figure(), room(), match=0, shadow=0).getpixel((150, 150)) == (200, 60, 40)


# --------------------------------------------------------------------------- colour


def test_oklab_goes_there_and_back():
    colours = torch.rand(1, 3, 9, 9)
    torch.testing.assert_close(light.from_oklab(light.to_oklab(colours)), colours, atol=2e-4, rtol=0)
    white = light.to_oklab(torch.ones(1, 3, 1, 1)).flatten()
    torch.testing.assert_close(white, torch.tensor([1.0, 0, 0]), atol=1e-3, rtol=0)


@pytest.mark.parametrize("sigma", [1.0, 3.0, 12.0])
def test_blur_has_its_width(sigma):
    x = torch.zeros(1, 1, 121, 121)
    x[..., 60, 60] = 1
    found = light.gaussian(x, sigma)
    places = torch.arange(121.0) - 60
    assert float(found.sum()) == pytest.approx(1, abs=0.03)
    assert float((found.sum((0, 1, 2)) * places**2).sum().sqrt()) == pytest.approx(sigma, rel=0.2)
    flat = torch.full((1, 1, 30, 50), 0.7)
    torch.testing.assert_close(light.gaussian(flat, sigma), flat)


def test_a_head_that_is_cut_off_gets_a_crown():
    alpha = torch.zeros(1, 1, 60, 100)
    alpha[..., 30:70] = 1
    found = compose.rounded_top(alpha)
    first = (found[0, 0] > 0.5).float().argmax(0)  # the first row of the head in every column
    assert first[50] <= 1 and 2 <= first[30] == first[69] <= 4
    assert (first[30:50].diff() <= 0).all() and (first[50:70].diff() >= 0).all()
    assert torch.equal(found[..., 10:, :], alpha[..., 10:, :])
    below = torch.zeros(1, 1, 60, 100)
    below[..., 3:, 30:70] = 1
    wide = torch.ones(1, 1, 60, 100)
    for untouched in (below, wide, torch.zeros(1, 1, 60, 100)):
        assert torch.equal(compose.rounded_top(untouched), untouched)
