"""The door of the repair room, with a small random network."""

import numpy as np
import pytest
import torch
from PIL import Image

from genai_demo import __main__ as cli
from genai_demo.core import limits
from genai_demo.repair import faces, filling, generate, tiles
from genai_demo.repair.damage import KINDS, MEASURES
from genai_demo.repair.filling import WAYS
from genai_demo.repair.model import TASKS
from genai_demo.repair.network import as_picture, as_tensor, load_network
from tests.repair.tiny import picture

pytestmark = pytest.mark.usefixtures("restorer")


@pytest.fixture
def small_tiles(monkeypatch):
    """What else needs pictures of a megapixel, on small ones."""
    monkeypatch.setattr(tiles, "TILE", 128)
    monkeypatch.setattr(tiles, "OVERLAP", 16)
    monkeypatch.setattr(filling, "AT_ONCE", 128)
    monkeypatch.setattr(filling, "COARSE", 64)


def image(width: int = 100, height: int = 76, seed: int = 1) -> Image.Image:
    return Image.fromarray(picture(width, seed, height))


def spot(width: int = 100, height: int = 76) -> np.ndarray:
    mask = np.zeros((height, width), bool)
    mask[height // 4 : height // 2, width // 4 : width // 2] = True
    return mask


@pytest.mark.parametrize("task", [t for t in TASKS if t not in ("inpaint", "enlarge2", "enlarge4")])
def test_every_task_keeps_the_size_and_repeats(task):
    first, again = (generate.restore(image(), task=task, seed=3) for _ in range(2))
    assert first.size == (100, 76) and first.tobytes() == again.tobytes()
    assert first.tobytes() != image().tobytes()


@pytest.mark.parametrize("factor", [2, 4])
def test_enlarging_enlarges(factor):
    assert generate.restore(image(), task=f"enlarge{factor}").size == (100 * factor, 76 * factor)


@pytest.mark.parametrize("task", ["auto", "inpaint", "deblur", "denoise", "old"])
@pytest.mark.parametrize("size", [(100, 76), (190, 130)])
def test_outside_the_mask_every_bit_stays(task, size, small_tiles):
    before, mask = image(*size), spot(*size)
    after = np.asarray(generate.restore(before, mask, task, fidelity=0))
    assert np.array_equal(after[~mask], np.asarray(before)[~mask])
    assert not np.array_equal(after[mask], np.asarray(before)[mask])


def test_what_is_under_a_hole_does_not_matter():
    mask = spot()
    pixels = np.array(image())
    pixels[mask] = 255 - pixels[mask]
    found = [generate.restore(Image.fromarray(p), mask, "inpaint") for p in (np.asarray(image()), pixels)]
    assert found[0].tobytes() == found[1].tobytes()


def test_fidelity_goes_from_detail_to_none():
    none, half, full = (np.asarray(generate.restore(image(), fidelity=f), np.float32) for f in (0, 0.5, 1))
    assert np.abs(none - full).max() > 2
    inside = (np.minimum(none, full) > 0) & (np.maximum(none, full) < 255)  # not cut off at black or white
    assert inside.mean() > 0.5 and np.abs(half - (none + full) / 2)[inside].max() <= 2


def test_large_pictures_come_in_parts_and_grow(small_tiles):
    states = list(generate.restore_steps(image(300, 200), task="deblur"))
    assert len(states) > 3 and states[-1].share == 1
    assert all(s.picture.size == (300, 200) for s in states)
    filling = list(generate.restore_steps(image(300, 200), spot(300, 200), "inpaint"))
    assert filling[0].share < 0.5 and filling[-1].share == 1


def test_transparent_parts_are_missing():
    layer = image().convert("RGBA")
    alpha = np.where(spot(), 0, 255).astype(np.uint8)
    layer.putalpha(Image.fromarray(alpha))
    found = np.asarray(generate.restore(layer, task="inpaint"))
    assert np.array_equal(found[~spot()], np.asarray(image())[~spot()])


def test_masks_in_every_form():
    plain = generate.read_mask(spot(), (100, 76))
    as_bytes = generate.read_mask(np.where(spot(), 255, 0).astype(np.uint8), (100, 76))
    as_picture = Image.fromarray(np.where(spot(), 255, 0).astype(np.uint8))
    painted = Image.new("RGBA", (100, 76))
    painted.paste((255, 255, 255, 255), mask=as_picture)
    for other in (as_bytes, generate.read_mask(as_picture, (100, 76)), generate.read_mask(painted, (100, 76))):
        assert np.array_equal(plain, other)
    large = generate.read_mask(as_picture.resize((200, 152), Image.Resampling.NEAREST), (100, 76))
    assert np.array_equal(plain, large)
    with pytest.raises(ValueError, match="The mask has 50 x 76 pixels, the picture 100 x 76"):
        generate.read_mask(np.zeros((76, 50), bool), (100, 76))


def test_orientation_is_kept(tmp_path):
    turned = image().rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 270 degrees
    turned.save(tmp_path / "phone.jpg", exif=exif)
    assert generate.restore(tmp_path / "phone.jpg").size == (100, 76)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"task": "magic"}, "No task is called 'magic'"),
        ({"task": "inpaint"}, "Paint over what is missing first"),
        ({"task": "inpaint", "mask": np.zeros((76, 100), bool)}, "Paint over what is missing first"),
        ({"mask": np.ones((76, 100), bool)}, "covers the whole picture"),
        ({"mask": np.ones((10, 100), bool)}, "Use a mask of the same shape"),
        ({"task": "enlarge2", "mask": spot()}, "enlarged as a whole"),
        ({"way": "magic"}, "No way to fill is called 'magic'"),
        ({"fidelity": 1.5}, "fidelity must be a number from 0 to 1"),
        ({"seed": -1}, "seed must be a whole number"),
        ({"image": b"nonsense"}, "not a picture"),
        ({"image": None}, "Choose a picture first"),
    ],
)
def test_bad_input_is_a_sentence(settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        generate.restore(**({"image": image()} | settings))


def test_too_many_pixels_are_a_sentence(monkeypatch):
    monkeypatch.setattr(limits, "MAX_REPAIR_PIXELS", 20_000)
    assert generate.restore(image()).size == (100, 76)
    with pytest.raises(ValueError, match=r"more than 0\.02 megapixels"):
        generate.restore(image(), task="enlarge2")
    with pytest.raises(ValueError, match="Choose a smaller picture"):
        generate.restore(image(200, 150))


def test_a_large_picture_is_repaired_where_it_is_painted_over(monkeypatch):
    monkeypatch.setattr(limits, "MAX_REPAIR_PIXELS", 100_000)
    start, where = image(700, 600), np.zeros((600, 700), bool)
    where[20:40, 30:50] = where[500:520, 600:640] = True
    steps = list(generate.restore_steps(start, where, "inpaint"))
    assert [step.share for step in steps] == sorted(step.share for step in steps) and steps[-1].share == 1
    before, after = np.asarray(start), np.asarray(steps[-1].picture)
    assert np.array_equal(before[~where], after[~where])
    assert all((before != after)[rows].any() for rows in (slice(0, 300), slice(300, None)))
    assert all(step.picture.size == start.size for step in steps)
    with pytest.raises(ValueError, match="Choose a smaller picture"):
        generate.restore(start)
    monkeypatch.setattr(limits, "MAX_PHOTOGRAPH_PIXELS", 400_000)
    with pytest.raises(ValueError, match="Upload a smaller one"):
        generate.restore(start, where)


def test_a_hole_that_fills_a_whole_window_waits_for_its_neighbours(monkeypatch):
    monkeypatch.setattr(limits, "MAX_REPAIR_PIXELS", 200_000)
    monkeypatch.setattr("genai_demo.repair.windows.TILE", 400)
    start, where = image(600, 600), np.ones((600, 600), bool)
    where[:, 580:] = False
    after = np.asarray(generate.restore(start, where))
    assert np.array_equal(after[~where], np.asarray(start)[~where])
    assert (after[:, :580] != np.asarray(start)[:, :580]).any(2).mean() > 0.9


@pytest.mark.parametrize("way", [way for way in WAYS if way != "auto"])
def test_a_way_that_is_asked_for_fills_every_hole(way):
    mask = spot() | np.roll(spot(), 40, 1)
    *steps, last = generate.restore_steps(image(), mask, "inpaint", way=way)
    assert dict(last.ways) == {way: 2} and last.share == 1 and all(not step.ways for step in steps)
    other = np.asarray(generate.restore(image(), mask, "inpaint", way="telea" if way == "smooth" else "smooth"))
    after, before = np.asarray(last.picture), np.asarray(image())
    assert np.array_equal(after[~mask], before[~mask]) and (after[mask] != other[mask]).any()


def test_holes_in_faces_are_left_to_the_networks_and_others_are_tried():
    before, mask = image(200, 120), np.zeros((120, 200), bool)
    mask[40:60, 40:60] = mask[40:60, 140:160] = True
    square = [np.array([[20.0, 20], [20, 100], [100, 100], [100, 20]])]
    *_, last = generate.restore_steps(before, mask, "inpaint", find_faces=lambda _: square)
    assert last.ways["network"] == 1 and sum(last.ways.values()) == 2  # a random network fills nothing well
    *_, imagined = generate.restore_steps(before, mask, "inpaint", 0, 1.0, lambda _: square, Imagined())
    assert imagined.ways["face"] == 1 and imagined.imagined
    changed = (np.asarray(last.picture) != np.asarray(imagined.picture)).any(2)
    assert changed[mask].any() and not changed[:, 100:].any()


def test_variants_differ():
    found = list(generate.variants(image(), spot(), (1, 2, 3)))
    assert len({v.tobytes() for v in found}) == 3
    with pytest.raises(ValueError, match="1 to 4 variants"):
        next(generate.variants(image(), spot(), ()))


def test_small_faces_are_repaired_in_their_own_crop():
    def finder(picture):
        return [np.array([[100.0, 50], [100, 130], [180, 130], [180, 50]])]

    without = np.asarray(generate.restore(image(300, 200), task="old"), np.int16)
    with_face = np.asarray(generate.restore(image(300, 200), task="old", find_faces=finder), np.int16)
    y, x = np.nonzero(np.abs(with_face - without).max(-1))
    assert len(y) and x.min() >= 100 and x.max() <= 180 and y.min() >= 50 and y.max() <= 130
    whole = [np.array([[0.0, 0], [0, 200], [200, 200], [200, 0]])]
    again = generate.restore(image(200, 200), task="old", find_faces=lambda _: whole)
    assert again.tobytes() == generate.restore(image(200, 200), task="old").tobytes()


def test_a_face_crop_that_changes_nothing_lands_where_it_was(monkeypatch):
    monkeypatch.setattr(faces, "run", lambda x, *_: x)
    before = image(400, 300)
    quad = np.array([[110.0, 80], [90, 180], [190, 200], [210, 100]])  # turned
    values = faces.repair_face(before, as_tensor(before), quad, "old", 0, 0.5)
    error = np.abs(np.asarray(as_picture(values), np.int16) - np.asarray(before, np.int16))
    assert error.mean() < 0.5 and np.quantile(error, 0.999) < 25


def test_estimates_are_shares():
    found = generate.estimate(image(700, 60))
    assert list(found) == list(MEASURES) and all(0 <= v <= 1 for v in found.values())


@pytest.mark.parametrize("kind", KINDS)
def test_damage_to_order(kind):
    damaged, mask = generate.damage(image(), kind, 0.5, seed=4)
    assert damaged.size == (100, 76) and (mask is not None) == (kind == "hole")
    assert generate.damage(image(), kind, 0.5, seed=4)[0].tobytes() == damaged.tobytes()


def test_difference_and_quality():
    before = image()
    same = np.asarray(generate.difference(before, before))
    assert (same == same[0, 0]).all()
    changed = np.array(before)
    changed[:20, :20] = 255 - changed[:20, :20]
    shown = np.asarray(generate.difference(before, Image.fromarray(changed)), np.int16).sum(-1)
    assert shown[:20, :20].mean() > shown[40:, 40:].mean() + 50
    assert generate.quality(before, before)["ssim"] == pytest.approx(1)
    assert generate.quality(before, Image.fromarray(changed))["psnr"] < 30


def test_the_command_writes_pictures(tmp_path, capsys):
    image().save(tmp_path / "a.png")
    Image.fromarray(np.where(spot(), 255, 0).astype(np.uint8)).save(tmp_path / "mask.png")
    words = ["generate", "repair", str(tmp_path / "a.png"), "--task", "inpaint", "--out", str(tmp_path / "out")]
    assert cli.main([*words, "--mask", str(tmp_path / "mask.png"), "--way", "smooth"]) == 0
    with Image.open(capsys.readouterr().out.strip()) as found:
        assert found.size == (100, 76)
        smooth = generate.restore(image(), spot(), "inpaint", way="smooth")
        assert np.abs(np.asarray(found, int) - np.asarray(smooth))[spot()].mean() < 4  # but for the invisible mark
    assert cli.main(words) == 2 and "Paint over" in capsys.readouterr().err
    assert cli.main([*words, "--mask", str(tmp_path / "nothing.png")]) == 2


def test_a_missing_checkpoint_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "none"))
    load_network.cache_clear()
    with pytest.raises(ValueError, match="no checkpoint called 'repair'"):
        generate.restore(image())
    torch.manual_seed(0)


class Imagined:
    """Stands for the face GAN: remembers what it was asked, answers in one colour."""

    def __init__(self) -> None:
        self.asked: list[tuple[Image.Image, np.ndarray, int]] = []

    def __call__(self, face, hidden, seed):
        self.asked.append((face, hidden, seed))
        yield from (Image.new("RGB", face.size, colour) for colour in ("red", (30, 200, 40)))


def whole_picture(found: Image.Image) -> list[np.ndarray]:
    """A finder that takes the middle square of a picture for a face."""
    side = min(found.size)
    left = (found.width - side) / 2
    return [np.array([[left, 0], [left, side], [left + side, side], [left + side, 0]])]


@pytest.mark.parametrize("size", [(100, 76), (190, 130)])
def test_wide_holes_in_faces_are_imagined(size, small_tiles):
    before, mask, imagine = image(*size), np.zeros((size[1], size[0]), bool), Imagined()
    mask[size[1] // 4 : size[1] // 2, size[0] // 3 : size[0] // 2 + 6] = True
    *some, last = generate.restore_steps(before, mask, "inpaint", 5, 1.0, whole_picture, imagine)
    (face, hidden, seed) = imagine.asked[0]
    assert face.size == (128, 128) and seed == 5 and 0 < hidden.mean() < 0.3 and len(imagine.asked) == 1
    assert last.imagined and last.share == 1 and [s.share for s in some] == sorted(s.share for s in some)
    after = np.asarray(last.picture)
    assert np.array_equal(after[~mask], np.asarray(before)[~mask])
    plain = np.asarray(generate.restore(before, mask, "inpaint", 5, 1.0, whole_picture))
    assert np.abs(after[mask].astype(int) - plain[mask]).mean() > 5


def test_narrow_holes_and_other_places_are_left_to_the_network():
    imagine = Imagined()
    scratch = np.zeros((76, 100), bool)
    scratch[30:34, 20:80] = True
    corner = np.zeros((76, 100), bool)
    corner[:, :10] = True
    for mask, find in ((scratch, whole_picture), (corner, whole_picture), (spot(), lambda picture: [])):
        *_, last = generate.restore_steps(image(), mask, "auto", 0, 0.5, find, imagine, "network")
        assert not last.imagined and last.share == 1
        plain = generate.restore(image(), mask, "auto", 0, 0.5, way="network")
        assert last.picture.tobytes() == plain.tobytes()
    assert not imagine.asked
