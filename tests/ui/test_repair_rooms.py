"""The functions behind the repair tab, without a server."""

from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image, ImageDraw

from genai_demo.repair.network import load_network
from genai_demo.ui import quality
from genai_demo.ui import repair_actions as actions
from genai_demo.ui import repair_damage as damages
from genai_demo.ui import repair_masks as masks
from genai_demo.ui import repair_results as results
from genai_demo.ui.repair_masks import Painted
from tests.repair import tiny
from tests.ui.repair_made import PICTURE, REQUEST, encoded, layer, painted, pixels, square

pytestmark = pytest.mark.usefixtures("kept_files")


@pytest.fixture
def restorer(tmp_path: Path) -> Iterator[None]:
    """A small network in the place of the trained one."""
    with tiny.published(tmp_path):
        yield


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


def test_blemishes_are_painted_over_beside_what_is_painted_already() -> None:
    picture = Image.new("RGB", (240, 180), (90, 110, 120))
    ImageDraw.Draw(picture).line((20, 40, 220, 90), "white", width=2)
    spot = np.zeros((180, 240), bool)
    spot[150:160, 20:40] = True
    found = damages.find_blemishes(Painted(encoded(picture), (layer(spot),)), 0.5, ["scratches", "dust"])
    painted = np.asarray(Image.open(found["layers"][0]))[..., 3] > 0
    assert painted[64:67, 120].any() and painted[155, 30] and painted.mean() < 0.06


def test_nothing_found_and_nothing_asked_for_are_sentences() -> None:
    plain = Painted(encoded(Image.new("RGB", (240, 180), "grey")))
    with pytest.raises(gr.Error, match="No blemishes were found"):
        damages.find_blemishes(plain, 0.5, ["scratches"])
    with pytest.raises(gr.Error, match="Choose what is to be found"):
        damages.find_blemishes(plain, 0.5, [])


# --------------------------------------------------------------------------- repair


def repair(start: Painted, truth=None, history=(), task: str = "auto", seed: int = 0, imagine: bool = True, way="auto"):
    """The last of what the page gets."""
    *_, last = actions.repair_picture(start, truth, list(history), task, 0.5, seed, imagine, way, 1.0, True, REQUEST)
    return last


def test_outside_the_mask_the_result_is_the_upload(restorer: None) -> None:
    (before, after), words, *_ = repair(Painted(encoded(PICTURE), (layer(square()),)))
    assert (pixels(before) == pixels(PICTURE)).all()
    assert (pixels(after)[~square()] == pixels(PICTURE)[~square()]).all()
    assert (pixels(after)[square()] != pixels(PICTURE)[square()]).any()
    assert "96 × 64" in words and "untouched" in words and "PSNR" not in words


def test_an_old_photograph_keeps_its_grain_if_wished(restorer: None) -> None:
    dull = Image.fromarray((0.5 * np.asarray(PICTURE.resize((300, 200))) + 60).astype(np.uint8))
    (_, after), _, _, _, _, result, *_ = repair(Painted(encoded(dull)), task="old")
    assert pixels(after).std() > 1.5 * np.asarray(dull).std()
    with Image.open(result.exact) as kept:
        assert '"keep_grain": true' in kept.text["recipe"] and '"revive": 1.0' in kept.text["recipe"]


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
    assert len(history) == results.MOST_KEPT and len(gallery.value) == results.MOST_KEPT
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
    load_network.cache_clear()
    actions._example_repair.cache_clear()
    value, truth, (before, after), words, *_ = actions.open_room(REQUEST)
    assert before == after == truth.damaged == value["background"]
    assert "There is no checkpoint" in words
    load_network.cache_clear()


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


def test_stop_ends_what_is_said_of_the_run_and_not_of_a_result() -> None:
    assert actions.end_progress("Repairing: 40 %", REQUEST) == ""
    assert actions.end_progress("64 × 64 pixels in 0.1 s", REQUEST) == gr.skip()
