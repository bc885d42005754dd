"""The invisible marks: bits that go in come out, after what happens to files, and cost what they are said to cost."""

import io

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps

from genai_demo.audio.effects import generate as effects
from genai_demo.core import carriers, marks, picturemark, soundmark
from genai_demo.core.carriers import Carriers
from genai_demo.faces import generate as faces
from genai_demo.repair import art

BITS = torch.randint(0, 2, (32,), generator=torch.Generator().manual_seed(5))


def wrong(bits: tuple[int, ...]) -> int:
    return sum(a != b for a, b in zip(bits, BITS.tolist(), strict=True))


def psnr(one: Image.Image, other: Image.Image) -> float:
    error = np.square(np.asarray(one, float) - np.asarray(other, float)).mean()
    return 10 * np.log10(255**2 / error)


def coded(picture: Image.Image, form: str, quality: int) -> Image.Image:
    buffer = io.BytesIO()
    picture.save(buffer, form, quality=quality)
    return Image.open(io.BytesIO(buffer.getvalue())).convert("RGB")


# --------------------------------------------------------------------------- patterns


@pytest.mark.parametrize(("tile", "size"), [((32, 32), (90, 75)), ((512,), (3_000,))])
def test_bits_are_read_where_the_pilot_lies(tile, size):
    torch.manual_seed(0)
    patterns = Carriers(tile, 8, (0.0, 0.5)).requires_grad_(False)
    bits = torch.tensor([[1.0, 0, 0, 1, 1, 0, 1, 0]])
    whole = carriers.repeated(patterns.mixed(bits), size)
    assert whole.shape == (1, *size)
    begin = tuple(5 + axis for axis in range(len(tile)))
    part = whole[(slice(None), *(slice(b, None) for b in begin))]
    reading = carriers.decide(patterns, carriers.summed(part, tile))
    assert reading.bits == tuple(int(b) for b in bits[0]) and reading.z > 5


def test_tiles_are_added_up_with_their_rest():
    whole = torch.arange(20.0)[None]
    assert carriers.summed(whole, (8,)).tolist() == [[24.0, 27, 30, 33, 16, 18, 20, 22]]


def test_shifting_undoes_a_shift():
    tile = torch.randn(2, 6, 5)
    rolled = torch.roll(tile, (2, 3), (1, 2))
    assert torch.equal(carriers.shifted(rolled, torch.tensor([2 * 5 + 3] * 2)), tile)


def test_p_grows_with_the_places_that_were_tried():
    few, many = (carriers.Reading(5.0, places, (), ()) for places in (1, 1_000_000))
    assert few.p == pytest.approx(2.87e-7, rel=0.01) and many.p == pytest.approx(0.25, rel=0.02)


# --------------------------------------------------------------------------- pictures


@pytest.fixture(scope="module")
def face() -> Image.Image:
    return faces.sample(7, 1, 0.7)[0].resize((256, 256), Image.Resampling.BICUBIC)


@pytest.fixture(scope="module")
def marked(face) -> Image.Image:
    return picturemark.embed(face, BITS)


def test_a_marked_picture_looks_the_same(face, marked):
    assert marked.size == face.size and marked.mode == "RGB"
    assert 40 < psnr(face, marked) < 45
    assert np.abs(np.asarray(face, int) - np.asarray(marked, int)).max() < 24


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p,
        lambda p: coded(p, "JPEG", 60),
        lambda p: coded(p, "WEBP", 70),
        lambda p: p.resize((128, 128), Image.Resampling.LANCZOS),
        lambda p: p.crop((37, 21, 200, 230)),
        ImageOps.mirror,
        lambda p: p.point(lambda v: round(0.7 * v)),
        lambda p: ImageOps.grayscale(p).convert("RGB"),
    ],
    ids=["none", "jpeg", "webp", "half", "crop", "mirror", "dark", "grey"],
)
def test_the_mark_survives(marked, change):
    found = picturemark.detect(change(marked))
    assert found.p < 1e-8 and wrong(found.bits) <= 1


def test_a_strange_size_is_found_by_searching(marked):
    small = marked.resize((223, 223), Image.Resampling.LANCZOS)
    assert picturemark.detect(small, thorough=False).p > 1e-6
    found = picturemark.detect(small)
    assert found.p < 1e-6 and found.scale == pytest.approx(223 / 256, rel=0.01) and wrong(found.bits) <= 1


def test_the_sizes_that_are_tried_reach_as_far_as_is_said():
    smallest, largest = picturemark.SIZES
    assert picturemark.COARSE[0] * picturemark.FINE[0] <= smallest
    assert picturemark.COARSE[-1] * picturemark.FINE[-1] >= largest
    gaps = zip(picturemark.COARSE, picturemark.COARSE[1:], strict=False)
    step = picturemark.FINE[1] / picturemark.FINE[0]
    assert all(low * picturemark.FINE[-1] * step >= high * picturemark.FINE[0] for low, high in gaps)


def test_a_mark_is_found_after_enlarging_more_than_three_times(marked):
    side = round(3.6 * marked.width)
    found = picturemark.detect(marked.resize((side, side), Image.Resampling.LANCZOS))
    assert found.p < picturemark.CERTAIN and abs(found.scale - 3.6) < 0.05


def test_pictures_without_a_mark_have_none(face):
    for picture in (face, art.paint(3, 200, 160), Image.new("RGB", (90, 90), (200, 30, 30))):
        assert picturemark.detect(picture, thorough=False).p > 1e-5


def test_the_same_picture_gets_the_same_mark(face, marked):
    assert picturemark.embed(face, BITS).tobytes() == marked.tobytes()


def test_a_picture_gets_no_stronger_a_mark_than_it_needs(monkeypatch, face):
    found = [psnr(face, picturemark.embed(face, BITS, psnr=strength)) for strength in (44, 41)]
    assert found == pytest.approx([44, 41], abs=0.3)
    monkeypatch.setattr(picturemark, "ENOUGH", 1e9)
    assert psnr(face, picturemark.embed(face, BITS)) == pytest.approx(picturemark.STRENGTHS[-1], abs=0.3)
    monkeypatch.setattr(picturemark, "ENOUGH", 0)
    assert psnr(face, picturemark.embed(face, BITS)) == pytest.approx(picturemark.STRENGTHS[0], abs=0.3)


def test_only_what_may_take_a_mark_is_touched(face):
    where = np.zeros((256, 256), bool)
    where[40:200, 60:220] = True
    before, after = np.asarray(face), np.asarray(picturemark.embed(face, BITS, where=where))
    assert (before[~where] == after[~where]).all() and (before[where] != after[where]).mean() > 0.3
    assert np.abs(before.astype(int) - after).max() < 24  # the strength does not gather in the part


def test_transparency_stays(face):
    layer = face.copy()
    layer.putalpha(Image.linear_gradient("L"))
    found = picturemark.embed(layer, BITS)
    assert found.mode == "RGBA" and found.getchannel("A").tobytes() == layer.getchannel("A").tobytes()


@pytest.mark.parametrize("size", [(32, 32), (33, 700), (63, 65)])
def test_any_size_can_be_marked_and_looked_at(size):
    picture = art.paint(1, *size)
    marked = picturemark.embed(picture, BITS)
    assert marked.size == size
    picturemark.detect(marked)


# --------------------------------------------------------------------------- sounds


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    return effects.make("rain", 4.0, 1)[1]


@pytest.mark.parametrize(
    "change",
    [lambda s: s, lambda s: 0.2 * s, lambda s: s[7_001:60_000], lambda s: np.round(s * 2_000) / 2_000],
    ids=["none", "quiet", "cut", "coarse"],
)
def test_a_marked_sound_sounds_the_same_and_is_found(sound, change):
    marked = soundmark.embed(sound, BITS)
    ratio = 10 * np.log10(np.square(sound).sum() / np.square(marked - sound).sum())
    assert ratio > min(soundmark.STRENGTHS) - 1 and np.abs(marked).max() <= 1
    found = soundmark.detect(change(marked).astype(np.float32))
    assert found.p < 1e-8 and wrong(found.bits) <= 2


@pytest.mark.parametrize("seconds", [0.1, 5.0, 11.9, 12.4, 26.0])
def test_a_sound_marked_while_it_comes_is_the_one_that_is_marked_at_once(sound, seconds):
    whole = np.resize(sound, round(seconds * soundmark.RATE))
    cuts = np.sort(np.random.default_rng(5).integers(0, len(whole), 9))
    marker = marks.SoundMarker(["audio-speech"], RECIPE)
    parts = [marker.add(piece) for piece in np.split(whole, cuts)]
    streamed = np.concatenate([*parts, marker.finish()])
    at_once = marks.mark_sound(whole, soundmark.RATE, ["audio-speech"], RECIPE)
    assert streamed.dtype == np.float32 and np.array_equal(streamed, at_once)
    assert (sum(map(len, parts)) > 0) == (seconds > 12), "blocks come before the end"
    assert np.array_equal(at_once, whole) == (seconds < marks.SHORTEST_SOUND)


def test_every_block_of_a_long_sound_says_what_the_whole_says(sound):
    at_once = soundmark.embed(np.resize(sound, 26 * soundmark.RATE), BITS)
    block = soundmark.BLOCK * 8192
    for part in (at_once, at_once[:block], at_once[block - 40_000 : block + 40_000], at_once[block : 2 * block]):
        found = soundmark.detect(part)
        assert found.p < 1e-8 and wrong(found.bits) <= 2


def test_a_sound_that_comes_in_pieces_stays_as_it_is_without_marks(sound, monkeypatch):
    monkeypatch.setenv("GENAI_MARKS", "off")
    marker = marks.SoundMarker((), RECIPE)
    assert marker.add(sound) is sound and not len(marker.finish())


def test_sounds_without_a_mark_have_none(sound):
    assert soundmark.detect(sound).p > 1e-5
    assert soundmark.detect(np.zeros(30_000, np.float32)).p > 1e-5


# --------------------------------------------------------------------------- what is written


RECIPE = {"seed": 3, "word": "雨", "parts": [1.5, 2]}


def test_bits_name_models_and_recipe_apart():
    one, same, other = (
        marks.bits_of(models, recipe)
        for models, recipe in ((["faces-gan"], RECIPE), (["faces-gan"], RECIPE | {"software": "x"}), ([], RECIPE))
    )
    assert torch.equal(one, same) and torch.equal(one[16:], other[16:]) and not torch.equal(one[:16], other[:16])
    assert not torch.equal(marks.bits_of(["faces-gan"], {"seed": 4})[16:], one[16:])


@pytest.mark.parametrize(("rate", "channels"), [(22_050, 1), (44_100, 2)])
def test_sounds_of_any_rate_and_channels_are_marked(sound, rate, channels):
    import soxr

    wave = soxr.resample(sound, 22_050, rate).astype(np.float32)
    wave = wave if channels == 1 else np.stack([wave, 0.5 * wave], 1)
    marked = marks.mark_sound(wave, rate, ["audio-music"], RECIPE)
    assert marked.shape == wave.shape and marked.dtype == np.float32
    mono = marked if channels == 1 else marked.mean(1)
    found = soundmark.detect(soxr.resample(mono, rate, 22_050).astype(np.float32))
    assert found.p < 1e-6
    right = np.mean(np.array(found.bits) == marks.bits_of(["audio-music"], RECIPE).numpy())
    assert right > 0.95


def test_marks_can_be_switched_off(face, sound, monkeypatch):
    monkeypatch.setenv("GENAI_MARKS", "off")
    assert marks.mark_picture(face, (), RECIPE) is face
    assert marks.mark_sound(sound, 22_050, (), RECIPE) is sound


def test_a_missing_network_costs_nobody_a_picture(face, sound, monkeypatch, tmp_path):
    assert marks.mark_picture(face, (), RECIPE) is not face  # the networks are loaded; elsewhere there are none
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    assert marks.mark_picture(face, (), RECIPE) is face
    assert marks.mark_sound(sound, 22_050, (), RECIPE) is sound


def test_of_a_large_picture_only_the_part_that_is_marked_is_looked_at(face, monkeypatch):
    large = face.resize((512, 512))
    where = np.zeros((512, 512), bool)
    where[130:400, 70:300] = True
    whole = marks.mark_picture(large, ["faces-gan"], {"seed": 1}, where)
    looked_at, embed = [], picturemark.embed
    monkeypatch.setattr(marks, "LARGE_PICTURE", 1000)
    monkeypatch.setattr(picturemark, "embed", lambda part, *a, **k: looked_at.append(part.size) or embed(part, *a, **k))
    part = marks.mark_picture(large, ["faces-gan"], {"seed": 1}, where)
    ((width, height),) = looked_at
    assert width < 512 and height < 512
    moved = (np.asarray(part) != np.asarray(large)).any(2)
    assert moved[where].mean() > 0.3 and not moved[~where].any()
    one, other = (np.asarray(p, float)[where] - np.asarray(large, float)[where] for p in (whole, part))
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.9  # the pattern stays in its place


def test_what_did_not_change_is_left_alone(face):
    other = face.copy()
    other.paste((0, 0, 0), (10, 10, 20, 20))
    where = marks.changed(face, other)
    assert where is not None and where.sum() == 100
    assert marks.changed(face, face.resize((9, 9))) is None
    assert marks.mark_picture(face, (), RECIPE, marks.changed(face, face)) is face
