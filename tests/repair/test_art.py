"""The art corner's door: stylised photographs and paintings out of nothing."""

import gc

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from genai_demo.core import limits
from genai_demo.repair import art, style


def drawn(width: int, height: int) -> Image.Image:
    """A stand-in for a photograph: shaded ground, a bright disc, a dark bar."""
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    picture = Image.fromarray((np.stack([90 + 90 * x, 80 + 80 * y, 170 - 90 * x], -1)).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((width * 0.2, height * 0.2, width * 0.6, height * 0.6), fill=(235, 190, 120))
    draw.rectangle((width * 0.7, height * 0.3, width * 0.8, height * 0.95), fill=(40, 30, 35))
    return picture


PHOTOGRAPH = drawn(96, 80)
QUICK = {"steps": 8, "size": 96}


def values(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture).astype(float)


def apart(first: Image.Image, second: Image.Image) -> float:
    """Mean difference in grey levels."""
    return float(np.abs(values(first) - values(second)).mean())


def result(*args, **settings) -> Image.Image:
    *_, last = art.stylise(*args, **(QUICK | settings))
    return last.picture


def chroma(picture: Image.Image) -> np.ndarray:
    """Cb and Cr."""
    return np.asarray(picture.convert("YCbCr")).astype(float)[..., 1:]


def patch_distance(picture: Image.Image, example: Image.Image) -> float:
    """Sliced Wasserstein distance of 5 x 5 patches (Heitz et al. 2021, on pixels): 64 random directions."""

    def projected(image: Image.Image) -> torch.Tensor:
        pixels = torch.from_numpy(values(image.resize((80, 80)))).permute(2, 0, 1)[None].float() / 255
        patches = torch.nn.functional.unfold(pixels, 5)[0]
        patches = patches - patches.mean(0)  # texture, not colour
        directions = torch.randn(64, len(patches), generator=torch.Generator().manual_seed(0))
        return (directions @ patches).sort(1).values

    return float((projected(picture) - projected(example)).abs().mean())


# Stylised photographs


def test_every_step_shows_a_picture_of_the_photographs_size():
    stages = list(art.stylise(PHOTOGRAPH, "ink", **QUICK))
    assert [s.step for s in stages] == list(range(1, 9))
    assert {s.steps for s in stages} == {8}
    assert {(s.picture.size, s.picture.mode) for s in stages} == {((96, 80), "RGB")}


@pytest.mark.parametrize("size", [(33, 32), (200, 61), (50, 260), (300, 220)])
def test_any_size(size):
    assert result(drawn(*size), "low poly", size=64).size == size


def test_larger_pictures_are_reduced_to_a_megapixel():
    first, *_, last = art.stylise(drawn(1600, 1000), "ink", size=64, steps=6)
    assert first.picture.size == (art.PREVIEW, art.PREVIEW / 1.6)
    width, height = last.picture.size
    assert limits.MAX_ART_PIXELS * 0.99 < width * height <= limits.MAX_ART_PIXELS
    assert width / height == pytest.approx(1.6, abs=0.01)


def test_same_seed_same_bytes():
    first, second, other = (result(PHOTOGRAPH, "comic", seed=s) for s in (3, 3, 4))
    assert first.tobytes() == second.tobytes()
    assert apart(first, other) > 1


def test_strength_leads_from_the_photograph_to_the_style():
    assert result(PHOTOGRAPH, "comic", strength=0).tobytes() == PHOTOGRAPH.tobytes()
    distances = [apart(result(PHOTOGRAPH, "comic", strength=s), PHOTOGRAPH) for s in (0.2, 0.5, 0.7)]
    assert 0 < distances[0] < distances[1] < distances[2]


@pytest.mark.parametrize("name", ["low poly", "woodcut"])
def test_colours_are_kept_where_asked(name):
    kept, taken = (result(PHOTOGRAPH, name, keep_colour=k) for k in (True, False))
    errors = [float(np.abs(chroma(p) - chroma(PHOTOGRAPH)).mean()) for p in (kept, taken)]
    assert errors[0] < 3
    assert errors[1] > 2 * errors[0]
    assert apart(kept, PHOTOGRAPH) > 5


@pytest.mark.parametrize("name", ["comic", "stained glass", "low poly"])
def test_patches_come_close_to_the_styles(name):
    example = art.style_picture(name, 96)
    stages = [s.picture for s in art.stylise(PHOTOGRAPH, example, strength=1, size=96, steps=10)]
    before, early, late = (patch_distance(p, example) for p in (PHOTOGRAPH, stages[0], stages[-1]))
    assert late < early < before
    assert late < 0.6 * before


def test_the_photograph_stays_recognisable():
    painted = result(PHOTOGRAPH, "low poly").convert("L").resize((24, 20))
    seen = np.corrcoef(values(painted).ravel(), values(PHOTOGRAPH.convert("L").resize((24, 20))).ravel())[0, 1]
    assert seen > 0.8


def test_a_picture_of_ones_own_as_style(tmp_path):
    example = art.style_picture("comic", 128)
    example.save(tmp_path / "mine.png")
    assert result(PHOTOGRAPH, tmp_path / "mine.png").tobytes() == result(PHOTOGRAPH, example).tobytes()


def test_flat_pictures_and_flat_styles():
    flat = Image.new("RGB", (64, 64), (120, 130, 140))
    for keep in (False, True):
        assert np.isfinite(values(result(flat, "comic", keep_colour=keep))).all()
        assert np.isfinite(values(result(PHOTOGRAPH, flat, keep_colour=keep))).all()


def test_closing_ends_the_work(monkeypatch):
    swept, sweep = [], style._swept
    monkeypatch.setattr(style, "_swept", lambda *args: swept.append(1) or sweep(*args))
    stages = art.stylise(PHOTOGRAPH, "comic", steps=40, size=96)
    assert not swept  # nothing is done before it is asked for
    next(stages)
    next(stages)
    stages.close()
    gc.collect()
    assert len(swept) == 2
    assert next(stages, None) is None
    assert len(swept) == 2


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"strength": 1.2}, "The strength must be a number from 0 to 1"),
        ({"strength": float("nan")}, "The strength must be"),
        ({"strength": "much"}, "The strength must be"),
        ({"steps": 0}, "The number of steps must be a whole number from 6 to 200"),
        ({"steps": 10.5}, "The number of steps must be"),
        ({"size": 5_000}, "The size must be a whole number"),
        ({"seed": -1}, "The seed must be"),
        ({"style": "cubism"}, "No style is called 'cubism'"),
        ({"style": None}, "Choose a picture first"),
        ({"image": None}, "Choose a picture first"),
        ({"image": b"nonsense"}, "not a picture"),
        ({"image": Image.new("RGB", (20, 20))}, "smaller than 32 pixels"),
    ],
)
def test_bad_input_is_refused_at_once(settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        art.stylise(**({"image": PHOTOGRAPH, "style": "oil"} | settings))


# Its parts


def test_colours_match_in_mean_and_light_keeps_its_order():
    generator = torch.Generator().manual_seed(0)
    content = torch.rand(1, 3, 40, 40, generator=generator) * 0.4 + 0.1
    example = torch.rand(1, 3, 40, 40, generator=generator) * torch.tensor([0.3, 0.2, 0.5]).view(1, 3, 1, 1) + 0.3
    found = style.matched(content, example)
    assert torch.allclose(found.mean((2, 3)), example.mean((2, 3)), atol=0.02)
    order = torch.corrcoef(torch.stack([style.luma(found).flatten(), style.luma(content).flatten()]))[0, 1]
    assert order > 0.98


def test_a_style_is_rebuilt_from_its_own_patches():
    example = style.resized(torch.rand(1, 3, 12, 12, generator=torch.Generator().manual_seed(0)), (64, 64))
    book = style.PatchBook(example, 9, torch.Generator().manual_seed(0))
    found, sweep = style._swept(example, book, 0.0, 1.0, torch.Generator().manual_seed(1))
    assert (found - example).abs().mean() < 0.02
    assert torch.equal(sweep.carried(example, 1), found)
    assert sweep.carried(style.resized(example, (128, 128)), 2).shape == (1, 3, 128, 128)


# Paintings out of nothing

SMALL = {"width": 64, "height": 48}


def test_same_seed_same_painting():
    first, second, other = (art.paint(seed, **SMALL) for seed in (5, 5, 15))
    assert (first.size, first.mode) == ((64, 48), "RGB")
    assert first.tobytes() == second.tobytes()
    assert apart(first, other) > 5


@pytest.mark.parametrize("symmetry", art.SYMMETRIES)
def test_paintings_have_contrast_without_glare(symmetry):
    for seed in range(12):
        pixels = values(art.paint(seed, 48, 48, symmetry))
        assert pixels.std() > 12
        assert 0.1 * 255 < pixels.mean() < 0.95 * 255


def test_mirrors_mirror():
    pixels = values(art.paint(3, 64, 48, "mirror"))
    assert np.abs(pixels - pixels[:, ::-1]).max() <= 1


def test_kaleidoscopes_repeat_their_sectors():
    for seed in range(4):
        pixels = values(art.paint(seed, 64, 64, "kaleidoscope"))
        assert np.abs(pixels - pixels[:, ::-1]).mean() < 1
        assert np.abs(pixels - pixels[::-1]).mean() < 1


@pytest.mark.parametrize("seed", range(4))
def test_tiles_join_without_a_seam(seed):
    pixels = values(art.paint(seed, 64, 64, "tile", zoom=2.0))
    for axis in (0, 1):
        inside = np.abs(np.diff(pixels, axis=axis)).mean()
        seam = np.abs(pixels.take(0, axis) - pixels.take(-1, axis)).mean()
        assert seam < 2 * inside + 1
    twice = values(art.paint(seed, 64, 64, "tile"))
    assert np.abs(twice[:, :32] - twice[:, 32:]).max() <= 2
    assert np.abs(twice[:32] - twice[32:]).max() <= 2


def test_time_flows_and_comes_round():
    start = art.paint(2, **SMALL)
    steps = [apart(start, art.paint(2, time=t, **SMALL)) for t in (0.001, 0.01, 0.2)]
    assert steps[0] < steps[1] < steps[2]
    assert steps[0] < 1
    assert art.paint(2, time=1.0, **SMALL).tobytes() == start.tobytes()
    assert apart(start, art.paint(2, time=0.999, **SMALL)) < 1


def test_animations():
    frames = list(art.animate(4, 6, symmetry="mirror", **SMALL))
    assert len(frames) == 6
    assert frames[0].tobytes() == art.paint(4, symmetry="mirror", **SMALL).tobytes()
    assert frames[3].tobytes() == art.paint(4, symmetry="mirror", time=0.5, **SMALL).tobytes()


def test_sliders_change_the_painting():
    plain = art.paint(6, **SMALL)
    for setting in ({"complexity": 0.9}, {"contrast": 1.0}, {"hue": 0.3}, {"palette": "ink"}, {"zoom": 2.0}):
        assert apart(plain, art.paint(6, **setting, **SMALL)) > 2
    assert values(art.paint(6, contrast=1.0, **SMALL)).std() > values(art.paint(6, contrast=0.0, **SMALL)).std()


def test_complexity_brings_detail():
    def detail(complexity):
        return np.mean([np.abs(np.diff(values(art.paint(s, 64, 64, complexity=complexity)))).mean() for s in range(6)])

    assert detail(0.0) < detail(0.5) < detail(1.0)


def test_a_closer_look_shows_the_middle():
    whole = art.paint(8, 96, 96).crop((24, 24, 72, 72))
    assert apart(whole, art.paint(8, 96, 96, zoom=2.0).reduce(2)) < 6


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"width": 10}, "Width and height must be a whole number"),
        ({"height": 64.5}, "Width and height"),
        ({"width": 2_000, "height": 2_000}, "at most 1048576 pixels"),
        ({"symmetry": "spiral"}, "No symmetry is called 'spiral'. Choose one of none, mirror"),
        ({"palette": "beige"}, "No palette is called 'beige'"),
        ({"complexity": 2}, "The complexity must be a number from 0 to 1"),
        ({"contrast": None}, "The contrast must be"),
        ({"hue": 3}, "The hue must be a number from -1 to 1"),
        ({"zoom": 0}, "The zoom must be"),
        ({"time": float("inf")}, "The time must be"),
        ({"seed": 1.5}, "The seed must be a whole number"),
    ],
)
def test_bad_settings(settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        art.paint(**settings)


@pytest.mark.parametrize("frames", [0, 1, limits.MAX_FRAMES + 1, 2.5])
def test_bad_numbers_of_frames(frames):
    with pytest.raises(ValueError, match="number of frames must be"):
        art.animate(0, frames)
