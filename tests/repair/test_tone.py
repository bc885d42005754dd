"""Grey in, grey out: what counts as one tone, and that every task keeps it."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from genai_demo.repair import generate, network
from genai_demo.repair.model import TASKS
from genai_demo.repair.tone import GREY, tone_of
from tests.repair.tiny import picture

pytestmark = pytest.mark.usefixtures("restorer")


def photo(width: int = 160, height: int = 120, seed: int = 1) -> np.ndarray:
    """Lightness of a made picture, (H, W, 1) of 0..255."""
    return np.asarray(Image.fromarray(picture(width, seed, height)).convert("L"), np.float32)[..., None]


def as_picture(values: np.ndarray) -> Image.Image:
    return Image.fromarray(values.round().clip(0, 255).astype(np.uint8))


def jpeg(image: Image.Image, quality: int, subsampling: int = 2) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, subsampling=subsampling)
    return Image.open(io.BytesIO(buffer.getvalue())).convert("RGB")


def noisy(values: np.ndarray, level: float) -> Image.Image:
    return as_picture(values + np.random.default_rng(0).normal(0, level, (*values.shape[:2], 3)))


def sepia(values: np.ndarray) -> Image.Image:
    return as_picture(values * np.array([0.9, 0.8, 0.65]) + np.array([25, 10, 0]))


GREYS = {
    "L": lambda: as_picture(photo()[..., 0]),
    "LA": lambda: as_picture(photo()[..., 0]).convert("LA"),
    "I;16": lambda: Image.fromarray((photo()[..., 0] * 257).astype(np.uint16)),
    "F": lambda: Image.fromarray(photo()[..., 0] / 255),
    "1": lambda: as_picture(photo()[..., 0]).convert("1"),
    "P": lambda: as_picture(photo()[..., 0]).convert("P"),
    "RGB": lambda: as_picture(photo().repeat(3, 2)),
    "RGBA": lambda: as_picture(photo().repeat(3, 2)).convert("RGBA"),
    "CMYK": lambda: Image.merge("CMYK", [*[Image.new("L", (160, 120))] * 3, as_picture(255 - photo()[..., 0])]),
    "JPEG": lambda: jpeg(as_picture(photo().repeat(3, 2)), 40),
}
TINTED = {
    "a scan": lambda: as_picture(photo() * np.array([1, 0.985, 0.96])),
    "a scan as JPEG": lambda: jpeg(as_picture(photo() * np.array([1, 0.985, 0.96])), 70),
    "noise in colour": lambda: noisy(photo(), 20),
    "noise in colour as JPEG": lambda: jpeg(noisy(photo(), 15), 80),
}
HOLE = np.zeros((120, 160), bool)
HOLE[40:80, 50:100] = True


def chroma(image: Image.Image) -> np.ndarray:
    """Largest less smallest channel, (H, W)."""
    pixels = np.asarray(image.convert("RGB"), int)
    return pixels.max(2) - pixels.min(2)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("kind", GREYS)
def test_grey_in_grey_out(kind: str, task: str) -> None:
    mask = HOLE if task == "inpaint" else None
    found = generate.restore(GREYS[kind](), mask, task, fidelity=0)
    assert chroma(found).max() <= (2 if mask is not None else 0)
    # The network, left alone, would have put colour there: this is no test of a grey network.
    found = network.run(network.as_tensor(GREYS["RGB"]()), torch.zeros(1, 1, 120, 160), task, 0, 0)
    assert chroma(network.as_picture(found)).max() > 10


@pytest.mark.parametrize("task", ["auto", "deblur", "denoise", "old"])
def test_with_a_mask_grey_stays_grey_inside_and_the_rest_bit_for_bit(task: str) -> None:
    before = GREYS["RGB"]()
    found = generate.restore(before, HOLE, task, fidelity=0)
    assert chroma(found).max() == 0
    assert np.array_equal(np.asarray(found)[~HOLE], np.asarray(before)[~HOLE])
    assert (np.asarray(found)[HOLE] != np.asarray(before)[HOLE]).any()


@pytest.mark.parametrize("kind", TINTED)
@pytest.mark.parametrize("task", ["denoise", "deblur", "enlarge2", "old"])
def test_a_slight_tint_is_kept_and_taken_away_from_old_pictures(kind: str, task: str) -> None:
    before = TINTED[kind]()
    tint = tone_of(before)
    assert tint is not None and tint.is_grey
    found = generate.restore(before, None, task, fidelity=0)
    assert chroma(found).max() <= (0 if task == "old" else tint.tint + 1)


@pytest.mark.parametrize("quality", [None, 60])
def test_sepia_is_filled_in_sepia_and_may_lose_it_as_an_old_picture(quality: int | None) -> None:
    before = sepia(photo()) if quality is None else jpeg(sepia(photo()), quality)
    filled = np.asarray(generate.restore(before, HOLE, "inpaint", fidelity=0), np.float32)[HOLE]
    grey = _grey_of_sepia(filled @ np.array([0.299, 0.587, 0.114], np.float32))
    assert np.abs(filled - np.asarray(sepia(grey[:, None, None]), np.float32)[:, 0]).mean() < 4
    assert tone_of(before) is not None and not tone_of(before).is_grey
    old = generate.restore(before, None, "old", fidelity=0)
    assert chroma(old).max() > 100  # as the (random) network wants it: asked for colours, it may give them


def _grey_of_sepia(light: np.ndarray) -> np.ndarray:
    """The grey that sepia made this lightness of."""
    weights = np.array([0.299, 0.587, 0.114])
    return (light - weights @ np.array([25, 10, 0])) / (weights @ np.array([0.9, 0.8, 0.65]))


def coloured() -> dict[str, Image.Image]:
    """Pictures whose colours must not get lost, however few."""
    grey = photo(400, 320).repeat(3, 2)
    line, stamp, corner = grey.copy(), grey.copy(), grey.copy()
    line[100:102, 20:300] = (200, 30, 30)
    stamp[40:64, 60:84] = (40, 60, 190)
    corner[:60, :80] *= np.array([1.0, 0.8, 0.6])
    page = np.full((320, 400, 3), 250.0)
    page[100:220:8, 40:360] = 20
    page[60:62, 40:200] = (30, 60, 200)
    found = {"a red line": line, "a blue stamp": stamp, "a warm corner": corner, "blue ink on a page": page}
    found = {name: as_picture(values) for name, values in found.items()}
    found |= {f"{name} as JPEG": jpeg(image, 80) for name, image in found.items()}
    return found | {f"colours {seed}": Image.fromarray(picture(128, seed)) for seed in range(8)}


@pytest.mark.parametrize("name", coloured())
def test_a_picture_with_colours_of_its_own_has_no_tone(name: str) -> None:
    assert tone_of(coloured()[name]) is None


def test_what_is_hidden_does_not_count() -> None:
    values = photo().repeat(3, 2)
    values[HOLE] = (255, 0, 0)
    assert tone_of(as_picture(values)) is None and tone_of(as_picture(values), HOLE) is GREY
    found = generate.restore(as_picture(values), HOLE, "inpaint", fidelity=0)
    assert chroma(found).max() == 0


def test_a_large_picture_is_judged_as_a_small_one() -> None:
    large = as_picture(photo(160, 120)[..., 0]).resize((2400, 1800)).convert("RGB")
    assert tone_of(large) is GREY
    large.paste((200, 30, 30), (200, 200, 260, 260))
    assert tone_of(large) is None
    hidden = np.zeros((1800, 2400), bool)
    hidden[190:270, 190:270] = True
    assert tone_of(large, hidden) is GREY


def test_imagined_faces_are_grey_in_a_grey_picture() -> None:
    def finder(_: Image.Image) -> list[np.ndarray]:
        return [np.array([[20.0, 10], [20, 110], [120, 110], [120, 10]])]

    def imagine(face: Image.Image, hidden: np.ndarray, seed: int):
        yield Image.new("RGB", face.size, (230, 120, 90))

    steps = list(generate.restore_steps(GREYS["L"](), HOLE, "inpaint", 0, 0.5, finder, imagine))
    assert steps[-1].imagined and all(chroma(step.picture).max() == 0 for step in steps)


@pytest.mark.parametrize("seed", range(6))
def test_odd_sizes_and_holes_are_no_error(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = (int(rng.integers(1, 40)), int(rng.integers(1, 40)), 3)
    image = Image.fromarray(rng.integers(0, 256, size, np.uint8))
    tone_of(image, rng.random(size[:2]) < rng.random())
    assert tone_of(image, np.ones(size[:2], bool)) is None
