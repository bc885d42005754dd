"""The functions behind the repair tab, without a server."""

import io
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from gradio.components.image_editor import EditorData, EditorDataBlobs
from gradio.data_classes import FileData
from PIL import Image

from genai_demo.core import limits
from genai_demo.repair import generate
from genai_demo.ui import art_room, compose_room, paint_room, quality
from genai_demo.ui import repair_actions as actions
from genai_demo.ui import repair_damage as damages
from genai_demo.ui import repair_masks as masks
from genai_demo.ui.repair_masks import Painted
from tests.core import profiles
from tests.repair import tiny

REQUEST = SimpleNamespace(headers={"accept-language": "en"})
PICTURE = Image.fromarray(tiny.picture(96, height=64))


@pytest.fixture
def restorer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A small network in the place of the trained one."""
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    generate._load.cache_clear()
    tiny.publish()
    yield
    generate._load.cache_clear()


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the page would fetch goes into a folder of the test."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "files"))


def encoded(image: Image.Image, form: str = "PNG", **settings) -> bytes:
    """The bytes of a file."""
    buffer = io.BytesIO()
    image.save(buffer, form, **settings)
    return buffer.getvalue()


def layer(where: np.ndarray, alpha: int = 255) -> bytes:
    """What the browser sends for strokes over these pixels."""
    paint = np.zeros((*where.shape, 4), np.uint8)
    paint[where] = (*masks.PAINT, alpha)
    return encoded(Image.fromarray(paint))


def square(height: int = 64, width: int = 96) -> np.ndarray:
    """True in a square of 20 pixels."""
    where = np.zeros((height, width), bool)
    where[10:30, 40:60] = True
    return where


def pixels(source: str | Image.Image) -> np.ndarray:
    """RGB values."""
    return np.asarray((Image.open(source) if isinstance(source, str) else source).convert("RGB"))


def painted(value: dict) -> Painted:
    """The editor's value as it comes back."""
    return Painted(value["background"], tuple(value["layers"]))


# --------------------------------------------------------------------------- from the editor


def test_strokes_are_the_mask_however_thin_the_paint() -> None:
    for alpha in (255, 40, 1):
        found = masks.mask_of(Painted(encoded(PICTURE), (layer(square(), alpha),)), PICTURE.size)
        assert found is not None and (found == square()).all()


@pytest.mark.parametrize("layers", [(), (layer(np.zeros((64, 96), bool)),)])
def test_nothing_painted_is_no_mask(layers: tuple) -> None:
    assert masks.mask_of(Painted(encoded(PICTURE), layers), PICTURE.size) is None
    assert masks.mask_of(None, PICTURE.size) is None


def test_two_layers_add_up() -> None:
    other = np.roll(square(), 20, 0)
    found = masks.mask_of(Painted(encoded(PICTURE), (layer(square()), layer(other))), PICTURE.size)
    assert found is not None and (found == (square() | other)).all()


def test_a_mask_of_the_same_shape_is_stretched_and_another_refused() -> None:
    double = square().repeat(2, 0).repeat(2, 1)
    found = masks.mask_of(Painted(encoded(PICTURE), (layer(double),)), PICTURE.size)
    assert found is not None and (found == square()).mean() > 0.99
    with pytest.raises(ValueError, match="same shape"):
        masks.mask_of(Painted(encoded(PICTURE), (layer(square(64, 64)),)), PICTURE.size)


def test_masks_of_files_are_read_by_the_rule_of_the_repair(tmp_path: Path) -> None:
    black = np.zeros((64, 96, 4), np.uint8)
    black[square(), 3] = 255
    Image.fromarray(black).save(tmp_path / "clear.png")
    Image.fromarray(np.where(square(), 0, 255).astype(np.uint8)).save(tmp_path / "white.png")
    for name in ("clear.png", "white.png"):
        assert (masks.uploaded_mask(str(tmp_path / name), PICTURE.size) == square()).all()


def test_soft_transparency_and_the_profile_come_through_the_editor() -> None:
    soft = PICTURE.convert("RGBA")
    soft.putalpha(Image.linear_gradient("L").resize(PICTURE.size))
    profile = profiles.rgb_profile(profiles.EXCHANGED, 2.2)
    found = masks.picture_of(Painted(encoded(soft, icc_profile=profile)))
    assert (np.asarray(found)[..., 3] == np.asarray(soft)[..., 3]).all()
    wanted = profiles.as_srgb(pixels(PICTURE), profiles.EXCHANGED, 2.2)
    assert np.abs(np.asarray(found, float)[..., :3] - wanted).mean() < 2 and found.info == {}


def test_a_mask_without_transparency_is_white_where_something_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    Image.fromarray(np.where(square(), 255, 0).astype(np.uint8)).save(path)
    assert (masks.uploaded_mask(str(path), PICTURE.size) == square()).all()
    with pytest.raises(ValueError, match="Choose a picture"):
        masks.uploaded_mask(None, PICTURE.size)


def test_an_empty_editor_gets_a_sentence() -> None:
    for nothing in (None, Painted(None)):
        with pytest.raises(ValueError, match="Choose a picture"):
            masks.picture_of(nothing)


def test_a_photograph_stays_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6  # turned by a quarter
    path = tmp_path / "phone.jpg"
    PICTURE.save(path, exif=exif, quality=95)
    assert masks.picture_of(Painted(str(path))).size == (64, 96)
    assert masks.picture_of(Painted(path.read_bytes())).size == (64, 96)


def test_an_opaque_picture_is_taken_bit_for_bit() -> None:
    found = masks.picture_of(Painted(encoded(PICTURE.convert("RGBA"))))
    assert found.mode == "RGB" and (pixels(found) == pixels(PICTURE)).all()


def test_transparent_places_stay_transparent() -> None:
    clear = PICTURE.convert("RGBA")
    clear.putalpha(Image.fromarray(np.where(square(), 0, 255).astype(np.uint8)))
    found = masks.picture_of(Painted(encoded(clear)))
    assert found.mode == "RGBA" and ((np.asarray(found)[..., 3] == 0) == square()).all()


@pytest.mark.parametrize("data", [b"", b"no picture", encoded(PICTURE)[:300]])
def test_a_broken_file_gets_a_sentence(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(data)
    for source in (data, str(path)):
        with pytest.raises(ValueError, match=r"file|picture"):
            masks.picture_of(Painted(source))
        with pytest.raises(ValueError, match=r"file|picture"):
            masks.mask_of(Painted(encoded(PICTURE), (source,)), PICTURE.size)


def test_what_the_browser_sends_may_be_larger_than_an_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genai_demo.core.limits.MAX_UPLOAD_BYTES", 1000)
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8))
    assert masks.picture_of(Painted(encoded(noise))).size == (64, 64)


def test_the_editor_hands_on_what_it_got(tmp_path: Path) -> None:
    editor = masks.Canvas()
    assert editor.preprocess(None) is None
    assert editor.preprocess(EditorData(background=None, layers=[], composite=None)) is None
    files = [FileData(path=str(tmp_path / name)) for name in ("a.png", "b.png")]
    found = editor.preprocess(EditorData(background=files[0], layers=[files[1]], composite=None))
    assert found == Painted(files[0].path, (files[1].path,))
    editor.blob_storage["id"] = EditorDataBlobs(background=b"1", layers=[b"2", None], composite=None)
    assert editor.preprocess(EditorData(id="id")) == Painted(b"1", (b"2",))
    assert editor.preprocess(EditorData(id="id")) is None  # each is taken once


# --------------------------------------------------------------------------- masks without a mouse


@pytest.mark.parametrize("shape", masks.SHAPES)
def test_every_shape_leaves_most_of_the_picture(shape: str) -> None:
    for size in ((96, 64), (64, 96), (400, 300)):
        found = masks.shape_mask(shape, size, 3)
        assert found.shape == (size[1], size[0]) and 0.005 < found.mean() < 0.6, (shape, size)
        assert (found == masks.shape_mask(shape, size, 3)).all()


def test_shapes_add_to_what_is_painted_and_can_be_cleared() -> None:
    start = Painted(encoded(PICTURE), (layer(square()),))
    value = damages.add_mask(start, "border", 1)
    both = masks.mask_of(painted(value), PICTURE.size)
    assert both is not None and both[square()].all() and both[0].all()
    assert (pixels(value["background"]) == pixels(PICTURE)).all()
    assert damages.clear_mask(painted(value))["layers"] == []
    with pytest.raises(gr.Error, match="No mask is called"):
        damages.add_mask(start, "star", 1)


# --------------------------------------------------------------------------- damage and truth


def test_damage_remembers_the_truth_and_a_hole_is_painted() -> None:
    value, truth = damages.damage_picture(Painted(encoded(PICTURE)), None, "hole", 0.4, 3)
    mask = masks.mask_of(painted(value), PICTURE.size)
    assert mask is not None and (pixels(value["background"])[~mask] == pixels(PICTURE)[~mask]).all()
    assert damages.whole_of(truth, masks.picture_of(painted(value))) == truth.whole
    assert (pixels(truth.whole) == pixels(PICTURE)).all()


def test_damaging_twice_damages_the_original_afresh() -> None:
    value, truth = damages.damage_picture(Painted(encoded(PICTURE)), None, "noise", 0.8, 1)
    value, truth = damages.damage_picture(painted(value), truth, "blur", 0.5, 1)
    assert (pixels(truth.whole) == pixels(PICTURE)).all()
    assert value["layers"] == []


def test_another_picture_has_no_truth() -> None:
    _, truth = damages.damage_picture(Painted(encoded(PICTURE)), None, "noise", 0.5, 1)
    assert damages.whole_of(truth, PICTURE) is None
    assert damages.whole_of(truth, PICTURE.resize((48, 32))) is None
    assert damages.whole_of(None, PICTURE) is None
    Path(truth.damaged).unlink()
    assert damages.whole_of(truth, PICTURE) is None


def test_unknown_damage_gets_a_sentence() -> None:
    with pytest.raises(gr.Error, match="No damage is called"):
        damages.damage_picture(Painted(encoded(PICTURE)), None, "fire", 0.5, 1)


# --------------------------------------------------------------------------- repair


def repair(start: Painted, truth=None, history=(), task: str = "auto", seed: int = 0, imagine: bool = True):
    """The last of what the page gets."""
    *_, last = actions.repair_picture(start, truth, list(history), task, 0.5, seed, imagine, REQUEST)
    return last


def test_outside_the_mask_the_result_is_the_upload(restorer: None) -> None:
    (before, after), words, *_ = repair(Painted(encoded(PICTURE), (layer(square()),)))
    assert (pixels(before) == pixels(PICTURE)).all()
    assert (pixels(after)[~square()] == pixels(PICTURE)[~square()]).all()
    assert (pixels(after)[square()] != pixels(PICTURE)[square()]).any()
    assert "96 × 64" in words and "untouched" in words and "PSNR" not in words


def test_the_truth_gives_figures_and_stays_through_a_second_repair(restorer: None) -> None:
    value, truth = damages.damage_picture(Painted(encoded(PICTURE)), None, "hole", 0.4, 3)
    _, words, _, _, _, result, *_ = repair(painted(value), truth)
    assert "PSNR" in words and result.whole == truth.whole
    value, truth = actions.use_result(result)
    _, words, *_ = repair(painted(value), truth, task="denoise")
    assert "PSNR" in words


def test_enlarging_shows_both_at_the_new_size(restorer: None) -> None:
    (before, after), *_ = repair(Painted(encoded(PICTURE)), task="enlarge2")
    assert Image.open(before).size == Image.open(after).size == (192, 128)


def test_transparent_places_are_filled_beside_what_is_painted(restorer: None) -> None:
    clear = PICTURE.convert("RGBA")
    hole = np.roll(square(), 20, 0)
    clear.putalpha(Image.fromarray(np.where(hole, 0, 255).astype(np.uint8)))
    (before, after), words, *_ = repair(Painted(encoded(clear), (layer(square()),)))
    untouched = ~(hole | square())
    assert "transparent is filled" in words
    assert "transparent is white" in repair(Painted(encoded(clear)), task="denoise")[1]
    assert "transparent" not in repair(Painted(encoded(PICTURE)), task="denoise")[1]
    assert (pixels(after)[untouched] == pixels(PICTURE)[untouched]).all()
    assert (pixels(after)[hole] != pixels(before)[hole]).any()


@pytest.mark.parametrize(
    ("layers", "task", "words"),
    [
        ((), "inpaint", "Paint over"),
        ((layer(np.ones((64, 96), bool)),), "auto", "covers the whole"),
        ((layer(square()),), "enlarge2", "enlarged as a whole"),
        ((), "magic", "No task is called"),
    ],
)
def test_what_cannot_be_done_gets_a_sentence(restorer: None, layers: tuple, task: str, words: str) -> None:
    with pytest.raises(gr.Error, match=words):
        repair(Painted(encoded(PICTURE), layers), task=task)


def test_the_history_keeps_the_last_eight(restorer: None) -> None:
    history: list = []
    for seed in range(10):
        *_, history, gallery, _ = repair(Painted(encoded(PICTURE), (layer(square()),)), history=history, seed=seed)
    assert len(history) == actions.MOST_KEPT and len(gallery.value) == actions.MOST_KEPT
    assert "seed9" in history[-1].after
    value, truth = actions.use_history(1, history)
    assert truth is None and (pixels(value["background"]) == pixels(history[0].after)).all()
    for number in (0, 9):
        with pytest.raises(gr.Error, match="from 1 to 8"):
            actions.use_history(number, history)
    with pytest.raises(gr.Error, match="no result yet"):
        actions.use_history(1, [])


def test_four_fillings_come_one_by_one_and_one_is_taken(restorer: None) -> None:
    start = Painted(encoded(PICTURE), (layer(square()),))
    steps = list(actions.four_fillings(start, None, 5, True, REQUEST))
    steps = [step for step in steps if isinstance(step[1], list)]  # not those that only say how far it is
    assert [len(found) for _, found, _ in steps] == [1, 2, 3, 4]
    fillings = steps[-1][1]
    (_, after), *_, history, _, _ = actions.take_filling(2, fillings, [], REQUEST)
    assert after == fillings[1].after == history[0].after and "seed6" in after
    with pytest.raises(gr.Error, match="from 1 to 4"):
        actions.take_filling(5, fillings, [], REQUEST)
    with pytest.raises(gr.Error, match="no fillings yet"):
        actions.take_filling(1, [], [], REQUEST)
    with pytest.raises(gr.Error, match="Paint over"):
        list(actions.four_fillings(Painted(encoded(PICTURE)), None, 5, True, REQUEST))


def test_wide_holes_in_faces_are_imagined_if_asked_for(restorer: None, monkeypatch: pytest.MonkeyPatch) -> None:
    corners = np.array([[16.0, 0], [16, 64], [80, 64], [80, 0]])  # upper left, lower left, lower right, upper right

    def green(face: Image.Image, hidden: np.ndarray, seed: int):
        yield Image.new("RGB", face.size, "green")

    monkeypatch.setattr(actions, "face_squares", lambda picture: [corners])
    monkeypatch.setattr(actions.faces, "fill_steps", green)
    start = Painted(encoded(PICTURE), (layer(square()),))
    (_, after), words, *_ = repair(start)
    (_, plain), plainer, *_ = repair(start, imagine=False)
    assert "face GAN" in words and "face GAN" not in plainer
    assert (pixels(after)[~square()] == pixels(PICTURE)[~square()]).all()
    assert (pixels(after)[square()] != pixels(plain)[square()]).any()
    *_, (_, fillings, _) = actions.four_fillings(start, None, 0, True, REQUEST)
    assert len(fillings) == 4 and (pixels(fillings[0].after)[square()] != pixels(plain)[square()]).any()


def test_without_a_face_gan_the_network_fills_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object):
        raise ValueError("no checkpoint")
        yield

    monkeypatch.setattr(actions.faces, "fill_steps", missing)
    assert list(actions.imagined_face(PICTURE, square(), 0)) == []


def test_no_checkpoint_is_said_and_no_reason_to_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    face = Image.fromarray(tiny.picture())
    monkeypatch.setattr(damages, "face_of", lambda seed: face)
    monkeypatch.setattr(actions, "face_of", lambda seed: face)
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    generate._load.cache_clear()
    actions._example_repair.cache_clear()
    value, truth, (before, after), words, *_ = actions.open_room(REQUEST)
    assert before == after == truth.damaged == value["background"]
    assert "There is no checkpoint" in words
    generate._load.cache_clear()


def test_bars_name_the_worst_first() -> None:
    found = actions.bars({"blur": 0.1, "noise": 0.9}, "en")
    assert found.index("noise") < found.index("blur") and "90%" in found
    assert "噪声" in actions.bars({"noise": 1.0}, "zh")


# --------------------------------------------------------------------------- figures


def test_the_figures_stand_by_method(monkeypatch: pytest.MonkeyPatch) -> None:
    metrics = {"hole": {"ours": {"psnr": 30.5}, "Telea": {"psnr": 25.25}}, "milliseconds_128": 40.0}
    monkeypatch.setattr(quality.repair, "card", lambda: {"metrics": metrics})
    found = quality.show_repair_quality(REQUEST)
    assert found.count("<table") == 2
    assert "holes: Telea" in found and "25.2" in found and "milliseconds 128" in found


def test_no_card_means_no_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    assert "no figures yet" in quality.show_repair_quality(REQUEST)


# --------------------------------------------------------------------------- art


def test_paintings_differ_by_seed_and_settings() -> None:
    settings = ("none", 0.5, 0.5, 0.0, "auto", 1.0, 0.0)
    first = paint_room.paint_live(3, *settings)
    others = [paint_room.paint_live(4, *settings), paint_room.paint_live(3, "mirror", *settings[1:])]
    assert Image.open(first).size == (paint_room.LIVE_SIDE, paint_room.LIVE_SIDE)
    assert all((pixels(first) != pixels(other)).any() for other in others)
    with pytest.raises(gr.Error, match="No size is called"):
        paint_room.paint_picture(3, "9", *settings)
    with pytest.raises(gr.Error, match="No symmetry is called"):
        paint_room.paint_picture(3, "256", "odd", *settings[1:])


@pytest.mark.slow
def test_a_painting_in_motion_shows_its_way_and_comes_round_again() -> None:
    settings = ("mirror", 0.5, 0.5, 0.0, "auto", 1.0)
    *previews, (shown, file) = paint_room.paint_motion(3, *settings)
    assert len(previews) >= 4
    assert all(Image.open(path).format == "PNG" for path, _ in previews)
    assert shown == file
    film = Image.open(file)
    assert (film.format, film.n_frames, film.size) == ("WEBP", paint_room.FRAMES, (paint_room.LIVE_SIDE,) * 2)
    frames = []
    for i in range(film.n_frames):
        film.seek(i)
        frames.append(np.asarray(film.convert("RGB"), np.float32))
    steps = [np.abs(a - b).mean() for a, b in zip(frames, [*frames[1:], frames[0]], strict=True)]
    assert max(steps) > 0.5
    assert steps[-1] <= 2 * max(steps[:-1])  # from the last to the first it is a step like the others


def test_seeds_stay_within_their_limits() -> None:
    assert paint_room.next_seed(limits.MAX_SEED) < limits.MAX_SEED
    assert paint_room.take_seed(limits.MAX_SEED, 3) == limits.MAX_SEED
    assert paint_room.take_seed(7, 3) == 9
    assert [name for _, name in paint_room.paint_seeds(limits.MAX_SEED - 1)] == [
        str(limits.MAX_SEED - 1),
        str(limits.MAX_SEED),
    ]


def test_a_room_that_was_opened_stays_as_it_is() -> None:
    assert art_room.open_art(True) == tuple([gr.skip()] * 5)
    assert art_room.open_galleries([("a.png", "oil")], REQUEST) == tuple([gr.skip()] * 3)
    assert art_room.open_example("art.png", REQUEST) == tuple([gr.skip()] * 3)


def test_an_own_style_needs_its_picture(tmp_path: Path) -> None:
    path = tmp_path / "photograph.png"
    PICTURE.save(path)
    with pytest.raises(gr.Error, match="Choose a picture"):
        next(art_room.stylise_picture(str(path), "own", None, 0.7, False, 6, 0, REQUEST))
    with pytest.raises(gr.Error, match="No style is called"):
        next(art_room.stylise_picture(str(path), "none", None, 0.7, False, 6, 0, REQUEST))
    *_, (last, words, file) = art_room.stylise_picture(str(path), "own", str(path), 0.7, False, 6, 0, REQUEST)
    assert last == file and Image.open(last).size == PICTURE.size and "Step 6 of 6" in words


# --------------------------------------------------------------------------- compose


@pytest.fixture
def person(tmp_path: Path) -> str:
    """A picture that is cut out already."""
    layer = PICTURE.convert("RGBA")
    layer.putalpha(Image.fromarray(np.where(square(), 255, 0).astype(np.uint8)))
    layer.save(tmp_path / "person.png")
    return str(tmp_path / "person.png")


def test_who_is_cut_out_already_stands_in_a_scene(person: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose_room, "SCENE", (160, 120))
    compose_room._scene.cache_clear()
    placed = compose_room.PLACED | {"shadow": 0.0, "scale": 0.5}
    empty = pixels(compose_room._scene("studio", 0))
    path, file = compose_room.compose_picture(person, "studio", None, 0, *placed.values())
    changed = (pixels(path) != empty).any(2)
    assert path == file and changed[60:].any() and not changed[:55].any() and not changed[:, :20].any()
    left, _ = compose_room.compose_picture(person, "studio", None, 0, *(placed | {"x": 0.2}).values())
    assert (pixels(left) != pixels(path)).any()
    compose_room._scene.cache_clear()
    assert np.asarray(Image.open(compose_room.cut_out_person(person)))[0, 0, 3] == 0


def test_an_own_scene_keeps_its_size_and_needs_its_picture(person: str, tmp_path: Path) -> None:
    PICTURE.save(tmp_path / "scene.png")
    settings = compose_room.PLACED.values()
    path, _ = compose_room.compose_picture(person, "own", str(tmp_path / "scene.png"), 0, *settings)
    assert Image.open(path).size == PICTURE.size
    with pytest.raises(gr.Error, match="Choose a picture"):
        compose_room.compose_picture(person, "own", None, 0, *settings)
    with pytest.raises(gr.Error, match="No scene is called"):
        compose_room.compose_picture(person, "moon", None, 0, *settings)
    with pytest.raises(gr.Error, match="Choose a picture"):
        compose_room.compose_picture(None, "studio", None, 0, *settings)


def test_the_compose_room_opens_without_its_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose_room, "face_picture", lambda seed, side: Image.fromarray(tiny.picture(side)))
    monkeypatch.setattr(compose_room, "SCENE", (160, 120))
    monkeypatch.setattr(compose_room, "_swatches", lambda: (("beach", PICTURE),))
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    compose_room._scene.cache_clear()
    compose_room.compose._load.cache_clear()
    first, second = compose_room.open_compose(False, REQUEST)
    assert first[3] == first[4] and "There is no checkpoint" in second[-1]
    assert next(compose_room.open_compose(True, REQUEST)) == tuple([gr.skip()] * 7)
    compose_room._scene.cache_clear()
