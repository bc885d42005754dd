"""The door that finds blemishes, with likelihoods that are made here, and with the published network."""

import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from genai_demo import __main__ as cli
from genai_demo.core import limits
from genai_demo.repair import blemishes
from genai_demo.repair import evaluate_blemishes as measures
from genai_demo.repair.damage import as_picture
from tests.repair import tiny
from tests.repair.test_blemish_filters import ground

HEIGHT, WIDTH = 60, 80
GREY = Image.new("RGB", (WIDTH, HEIGHT), "grey")


@pytest.fixture
def likely(monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """A clear scratch that goes on faintly, a faint one, a crumb of one, and faint dust, in the place of the network's
    answer.
    """
    values = np.zeros((len(blemishes.LEARNT), HEIGHT, WIDTH), np.float32)
    values[0, 10, 5:40], values[0, 10, 40:60], values[0, 50, 5:40] = 0.95, _below("scratches"), _below("scratches")
    values[1, 30:33, 20:23] = _below("dust")
    values[0, 40:42, 70:72] = 0.95
    monkeypatch.setattr(blemishes, "likelihoods", lambda picture: values)
    return values


def _below(kind: str) -> float:
    """A likelihood a little below what counts."""
    return 0.85 * blemishes.BALANCE[kind]


def test_what_hangs_together_with_a_clear_blemish_counts_too(likely: np.ndarray) -> None:
    found = blemishes.find(GREY, ["scratches"])
    assert found.shape == (HEIGHT, WIDTH) and found[10, 5:60].all() and not found[50].any()
    assert found[9].any() and found[11].any() and not found[13].any()


def test_only_what_was_asked_for_is_found(likely: np.ndarray) -> None:
    each = blemishes.find_each(GREY)
    assert list(each) == list(blemishes.KINDS)
    for kind in blemishes.KINDS:
        assert (blemishes.find(GREY, [kind]) == each[kind]).all()
    both = blemishes.find(GREY, ["scratches", "dust"], 0.2)
    each = blemishes.find_each(GREY, 0.2)
    assert (both == (each["scratches"] | each["dust"])).all() and each["dust"].any()


def test_crumbs_are_no_scratches(likely: np.ndarray) -> None:
    assert not blemishes.find(GREY, ["scratches"])[38:44, 68:74].any()


def test_more_care_finds_less(likely: np.ndarray) -> None:
    faint, middle, plain = (blemishes.find(GREY, blemishes.KINDS, care).sum() for care in (0.0, 0.5, 1.0))
    assert faint > middle >= plain > 0
    assert blemishes.find(GREY, ["dust"], 0.2)[31, 21] and not blemishes.find(GREY, ["dust"], 0.5).any()


def test_a_large_picture_is_reduced_and_its_mask_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blemishes, "SEEN_PIXELS", 40_000)
    picture = Image.new("RGB", (600, 400), (90, 110, 120))
    assert blemishes.likelihoods(picture).shape == (len(blemishes.LEARNT), 163, 245)
    ImageDraw.Draw(picture).line((60, 80, 540, 240), "white", width=5)
    found = blemishes.find(picture)
    assert found.shape == (400, 600) and found[155:165, 300].any() and found.mean() < 0.08


@pytest.mark.parametrize(
    ("kinds", "care", "words"),
    [
        ([], 0.5, "Choose what is to be found"),
        (["scratches", "stains"], 0.5, "Nothing called 'stains' can be found"),
        (["dust"], 1.1, "from 0 to 1"),
        (["dust"], True, "from 0 to 1"),
        (["dust"], "much", "from 0 to 1"),
    ],
)
def test_bad_input_is_a_sentence(kinds: list[str], care: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        blemishes.find(GREY, kinds, care)  # type: ignore[arg-type]


def test_too_many_pixels_are_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_PHOTOGRAPH_PIXELS", 1000)
    with pytest.raises(ValueError, match="megapixels"):
        blemishes.find(GREY)


def test_a_missing_checkpoint_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    blemishes.load_network.cache_clear()
    with pytest.raises(ValueError, match="no checkpoint called 'repair-blemishes'"):
        blemishes.find(GREY)


# --------------------------------------------------------------------------- the published network


@pytest.mark.parametrize("tone", measures.TONES)
def test_scratches_on_calm_ground_are_found_and_little_else(tone: str) -> None:
    total = np.zeros(4)
    for seed in range(4):
        damaged, truth = measures.scratched(measures.toned(ground(), tone), np.random.default_rng(seed))
        total += measures.right(blemishes.find(as_picture(damaged)), truth)
    assert total[0] / total[1] > 0.8 and total[2] / total[3] > 0.7


def test_nothing_is_found_where_nothing_is() -> None:
    assert blemishes.find(as_picture(ground()), blemishes.KINDS).mean() < 0.004


def test_its_card_says_what_a_user_has_to_know() -> None:
    card = blemishes.card()
    assert {"purpose", "limits", "terms", "licence", "data", "training", "blemishes"} <= card.keys()
    assert sum(p.numel() for p in blemishes.network().parameters()) == card["parameters"] < 500_000


# --------------------------------------------------------------------------- figures and command


def test_the_evaluation_measures_both_on_the_same_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, list[bytes]] = {"filters": [], "network": []}

    def finder(name: str) -> measures.Finder:
        def find(picture: Image.Image, care: float) -> np.ndarray:
            seen[name].append(picture.tobytes())
            return np.asarray(picture.convert("L")) > 180

        return find

    monkeypatch.setattr(measures, "FINDERS", {name: finder(name) for name in seen})
    monkeypatch.setattr(measures, "photographs", lambda: [ground() * 0.8] * 3)
    monkeypatch.setattr(measures.blemish_examples, "load", lambda split: None)
    monkeypatch.setattr(measures, "drawn", lambda prints, count: {"dust": {"network": {"precision": 1.0}}})
    monkeypatch.setattr(measures, "SPEED_SIZE", (64, 48))
    figures = measures.evaluate(2)
    assert seen["filters"][:-3] == seen["network"][:-3] and len(seen["filters"]) == 2 * 5 + 2 + 3
    assert figures["scratched, grey, care 0.5"]["network"] == figures["scratched, grey, care 0.5"]["filters"]
    assert figures["scratched, grey, care 0.5"]["network"]["recall"] > 0.1
    assert figures["clean, share marked"]["network"] == 0


def scratched(path: Path) -> Image.Image:
    picture = Image.new("RGB", (240, 180), (90, 110, 120))
    ImageDraw.Draw(picture).line((20, 40, 220, 90), "white", width=2)
    picture.save(path)
    return picture


def test_the_command_finds_and_fills(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = scratched(tmp_path / "a.png")
    words = ["generate", "repair", str(tmp_path / "a.png"), f"--out={tmp_path / 'out'}", "--way=smooth"]
    assert cli.main([*words, "--find", "scratches", "dust"]) == 0
    mask, filled = (Image.open(line) for line in capsys.readouterr().out.split())
    where = np.asarray(mask) > 0
    assert where.shape == (180, 240) and where[64:67, 120].any()
    assert np.asarray(filled)[64:67, 120].max() < 170 < np.asarray(picture)[64:67, 120].max()
    Image.new("RGB", (240, 180), "grey").save(tmp_path / "b.png")
    plain = [*words[:2], str(tmp_path / "b.png"), *words[3:], "--find", "scratches", "--task=inpaint"]
    assert cli.main(plain) == 2 and "No blemishes were found" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main([*words, "--find", "rust"])
    assert "'rust'" in capsys.readouterr().err


def test_the_command_fills_before_it_revives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    scratched(tmp_path / "a.png")
    line = np.zeros((180, 240), bool)
    line[60:70, 100:140] = True
    with tiny.published(tmp_path / "weights"):
        monkeypatch.setattr(blemishes, "find", lambda picture, kinds, care: line)
        words = ["generate", "repair", str(tmp_path / "a.png"), f"--out={tmp_path / 'out'}", "--way=smooth"]
        assert cli.main([*words, "--find", "dust", "--task=old", "--keep-grain", "--revive=0.5"]) == 0
    made = np.asarray(Image.open(capsys.readouterr().out.split()[1]))
    assert made[64:67, 120].max() < 200 < made[44:50, 50].max()


def test_two_megapixels_take_no_long_time() -> None:
    picture = Image.effect_noise((1632, 1224), 30).convert("RGB")
    blemishes.find(picture)
    start = time.process_time()
    blemishes.find(picture)
    assert time.process_time() - start < 6
