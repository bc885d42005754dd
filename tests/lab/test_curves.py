"""The measured curves: what the command makes, what the lab reads, and that answers follow the figures."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest
import torch

from benchmarks import curves as command
from benchmarks import curves_models
from benchmarks.curves_models import Pictures, Recipe, Stories
from benchmarks.curves_publish import content as file_of
from benchmarks.curves_publish import write as write_files
from genai_demo.faces import data as faces_data
from genai_demo.faces.train_encoders import LABELS
from genai_demo.lab import curves
from genai_demo.text import data as text_data
from tests.faces.tiny import image
from tests.faces.training import names
from tests.lab.made_curves import EXAMPLES, content, row

ROOT = Path(__file__).parents[2]
SMALL = ["--seeds", "1", "--scale", "0.01"]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prepared pictures of 32 pixels with labels, and prepared stories."""
    folder = tmp_path_factory.mktemp("prepared")
    source = folder / "pictures"
    source.mkdir()
    with (source / "index.csv").open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["file", "source", "licence", "synthetic", *LABELS.values()])
        for i, name in enumerate(names("train", 30) + names("held_out", 8)):
            image(i, 32).save(source / name)
            writer.writerow([name, "made up", "CC0", "yes", *(f"{(i * (k + 3)) % 2}" for k in range(len(LABELS)))])
    faces_data.prepare(source, folder / "faces", size=32, progress=False)
    with (folder / "stories.jsonl").open("w", encoding="utf-8") as file:
        for n in range(140):
            story = f"Once there were {n} bears who ate {n % 7} bowls of porridge in house {n * 31 % 97}."
            file.write(json.dumps({"text": story, "kind": "child", "lic": "open-llama", "src": "s"}) + "\n")
    text_data.prepare(folder / "stories.jsonl", folder / "text", progress=False)
    return folder


@pytest.fixture(scope="module")
def arguments(prepared: Path) -> list[str]:
    return ["--faces", str(prepared / "faces"), "--text", str(prepared / "text"), *SMALL]


@pytest.fixture(autouse=True)
def on_one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENAI_DEVICE", "cpu")


# --------------------------------------------------------------------------- the command


@pytest.fixture(scope="module")
def finished(arguments: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of all points that so few examples allow, from one run of the command."""
    results = tmp_path_factory.mktemp("results") / "curves.jsonl"
    environment = os.environ | {"GENAI_DEVICE": "cpu"}
    run = [sys.executable, "-m", "benchmarks.curves", *arguments, "--results", str(results)]
    said = subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    assert "left out, there are 30 examples" in said
    return results


@pytest.mark.slow
def test_a_run_gives_a_valid_line_for_every_training(finished: Path) -> None:
    done = command.read_results(finished)
    media = {json.loads(key)["medium"] for key in done}
    assert media == {"text", "labels", "faces"} and len(done) == len(finished.read_text().splitlines())
    for point in done.values():
        figures = point["figures"]
        assert figures["steps"] > 0 and figures["seconds"] >= 0 and figures["parameters"] > 0
        assert np.isfinite([figures["held_out"], figures["learnt"]]).all()
    long = [point for point in done.values() if point["recipe"]["course"]]
    assert all(len(point["figures"]["course"]) >= 3 for point in long) and len(long) == 3


@pytest.mark.slow
def test_a_second_start_computes_nothing(finished: Path, arguments: list[str], capsys: pytest.CaptureFixture) -> None:
    before = finished.read_bytes()
    assert command.main([*arguments, "--results", str(finished)]) == 0
    assert finished.read_bytes() == before
    assert "held out" not in capsys.readouterr().out


@pytest.mark.slow
def test_after_a_kill_only_what_is_missing_is_trained(
    finished: Path, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = finished.read_text().splitlines(keepends=True)
    results = tmp_path / "curves.jsonl"
    results.write_text("".join(lines[:3]) + lines[3][: len(lines[3]) // 2])  # a kill in the middle of a line
    trained, known = [], command.read_results(finished)

    def note(recipe: Recipe, bench: object) -> dict:
        trained.append(command.key_of(recipe))
        return known[trained[-1]]

    monkeypatch.setattr(command, "measure", note)
    assert command.main([*arguments, "--results", str(results)]) == 0
    assert len(trained) == len(lines) - 3 == len(set(trained))
    assert command.read_results(results).keys() == known.keys()


@pytest.mark.slow
def test_the_minutes_bound_what_is_begun(
    finished: Path, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    results, known, minutes = tmp_path / "curves.jsonl", command.read_results(finished), [0]

    def measure(recipe: Recipe, bench: object) -> dict:
        minutes[0] += 1
        return known[command.key_of(recipe)]

    monkeypatch.setattr(command, "measure", measure)
    monkeypatch.setattr(command, "time", SimpleNamespace(monotonic=lambda: 60.0 * minutes[0]))
    assert command.main([*arguments, "--results", str(results), "--minutes", "2.5", "--only", "labels"]) == 0
    assert "Time is up" in capsys.readouterr().out and len(command.read_results(results)) == 3


@pytest.mark.slow
def test_the_list_tells_done_from_missing(finished: Path, arguments: list[str], capsys: pytest.CaptureFixture) -> None:
    command.main([*arguments, "--results", str(finished), "--list", "--only", "faces"])
    said = capsys.readouterr().out
    assert "done    blur" in said and "missing examples    faces: 1000 examples" in said


def test_missing_data_gets_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    nowhere = [*SMALL, "--only", "text", "--text", str(tmp_path), "--results", str(tmp_path / "r.jsonl")]
    assert command.main(nowhere) == 2
    assert "genai_demo data text" in capsys.readouterr().err


@pytest.mark.slow
def test_shortened_trainings_are_not_published(
    finished: Path, arguments: list[str], capsys: pytest.CaptureFixture
) -> None:
    assert command.main([*arguments, "--results", str(finished), "--publish", "--finished"]) == 2
    assert "full length" in capsys.readouterr().err


@pytest.mark.slow
def test_what_is_published_can_be_read(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = command.plan
    monkeypatch.setattr("benchmarks.curves_publish.plan", lambda medium, seeds: places(medium, seeds, 0.01))
    for medium in curves.MEDIA:
        file = file_of(medium, command.read_results(finished), 1)
        assert file is not None
        measured = curves.parse(json.loads(json.dumps(file)), medium)
        assert {"time", "size_steps", "size_time", "examples"} <= set(measured.curves)
        assert measured.about["held_out"] > 0
        sizes = [point.x for point in measured.curves["size_steps"]]
        assert sizes == sorted(sizes) and len(set(sizes)) == len(command.MEDIA[medium].sizes)


@pytest.mark.slow
def test_publishing_writes_files_tables_and_drawings(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = command.plan
    monkeypatch.setattr("benchmarks.curves_publish.plan", lambda medium, seeds: places(medium, seeds, 0.01))
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "curves.md").write_text((ROOT / "docs" / "curves.md").read_text(encoding="utf-8"), encoding="utf-8")
    done = command.read_results(finished)
    assert write_files(done, 1, tmp_path / "measured", docs) == ["text.json", "labels.json", "faces.json"]
    monkeypatch.setattr(curves, "FOLDER", tmp_path / "measured")
    page = (docs / "curves.md").read_text(encoding="utf-8")
    for medium in curves.MEDIA:
        rows = curves.load(medium).rows
        assert rows == file_of(medium, done, 1)["curves"]
        drawn = ElementTree.parse(docs / "curves" / f"{medium}-time.svg")
        times = {row["x"] for row in rows["time"]} - {0}  # a clock that ticks seldom measures no time at all
        assert len(drawn.findall(".//*[@class='point']")) == 2 * len(times)
        assert f"(curves/{medium}-time.svg)" in page
    assert page.count("| parameters, equal time |") == 3 and "Not measured yet." not in page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seconds", "drawn_at"),
    [
        ((0.0004, 0.0011, 0.0021, 0.0043), 4),  # a machine so fast that decimals would leave nothing of it
        ((0.0, 0.0, 0.02, 0.04), 2),  # a clock that ticks seldom
        ((0.0, 0.0, 0.0, 0.02), 0),  # fewer than two points have a place
        ((0.0, 0.0, 0.0, 0.0), 0),
        ((1e-9, 1e-9, 1e-9, 1e-9), 0),
        ((900.0, 1800.0, 3600.0, 7200.0), 4),
    ],
)
def test_trainings_of_any_speed_are_published(
    seconds: tuple[float, ...], drawn_at: int, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places, done = command.plan, command.read_results(finished)
    monkeypatch.setattr("benchmarks.curves_publish.plan", lambda medium, seeds: places(medium, seeds, 0.01))
    for point in done.values():
        point["figures"]["seconds"] = seconds[-1]
        if point["recipe"]["course"]:
            moments = zip(point["figures"]["course"], seconds, strict=False)
            point["figures"]["course"] = [{**moment, "seconds": passed} for moment, passed in moments]
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "curves.md").write_text((ROOT / "docs" / "curves.md").read_text(encoding="utf-8"), encoding="utf-8")
    assert len(write_files(done, 1, tmp_path / "measured", docs)) == len(curves.MEDIA)
    for medium in curves.MEDIA:
        path = docs / "curves" / f"{medium}-time.svg"
        assert path.exists() == (drawn_at > 0)
        drawn = ElementTree.parse(path).findall(".//*[@class='point']") if path.exists() else []
        assert len(drawn) == 2 * drawn_at
        assert (0 in seconds and drawn_at > 0) == (path.exists() and "(0 left out)" in path.read_text(encoding="utf-8"))


def test_a_clock_that_ticks_seldom_still_gives_a_number_of_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(process_time=lambda: 1.0, get_clock_info=lambda name: SimpleNamespace(resolution=0.015))
    monkeypatch.setattr(curves_models, "time", clock)
    task = SimpleNamespace(step=lambda step: {})
    assert curves_models._seconds_per_step(task) == 0.015


# --------------------------------------------------------------------------- the data that is damaged


def test_sets_of_a_seed_contain_each_other_and_copies_are_copies() -> None:
    few, many = (Recipe("faces", 8, 1, 8, examples=n).chosen(500) for n in (50, 200))
    assert list(many[:50]) == list(few) and len(set(many)) == 200
    copied = Recipe("faces", 8, 1, 8, examples=200, damage="duplicates", amount=0.9).chosen(500)
    assert len(copied) == 200 and len(set(copied)) == 20 and list(copied[:20]) == list(many[:20])
    assert list(Recipe("faces", 8, 1, 8, examples=50, seed=1).chosen(500)) != list(few)
    with pytest.raises(ValueError, match="needs 600 examples"):
        Recipe("faces", 8, 1, 8, examples=600).chosen(500)


def test_noise_hits_exactly_the_share(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures, seen = Pictures(str(prepared / "faces")), []

    class Task:
        def __init__(self, *given: torch.Tensor):
            seen.append(given[4].clone())
            raise KeyboardInterrupt

    monkeypatch.setattr("benchmarks.curves_models.ClassifierTask", Task)
    for amount in (0.0, 0.4):
        with pytest.raises(KeyboardInterrupt):
            pictures.label_task(Recipe("labels", 8, 1, 8, damage="noise", amount=amount))
    changed = (seen[0] != seen[1]) & ~seen[0].isnan()
    assert changed.sum(0).tolist() == [12, 0, 12] + [0] * 9, "of 30 pictures, in both questions and nothing else"


def test_shuffled_stories_keep_their_words(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stories, seen = Stories(str(prepared / "text")), []
    monkeypatch.setattr(stories, "laid_out", lambda chosen, changed: seen.append((chosen, changed)) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        stories.text(Recipe("text", 8, 1, 4, damage="noise", amount=0.5))
    chosen, changed = seen[0]
    assert len(changed) == round(len(chosen) / 2)
    pairs = [(stories.train[chosen[place]].split(), words.split()) for place, words in changed.items()]
    assert all(sorted(a) == sorted(b) for a, b in pairs) and any(a != b for a, b in pairs)


def test_learnt_and_held_out_stories_do_not_mix(prepared: Path) -> None:
    stories = Stories(str(prepared / "text"))
    texts = stories.laid_out(np.array([3, 1, 3]), {1: "Nothing but a cat."})
    decoded = [stories.tokenizer.decode(texts.document(i).tolist()) for i in range(3)]
    assert decoded == [stories.train[3], "Nothing but a cat.", stories.train[3]]
    assert list(texts.chosen("train")) == [0, 1, 2]
    assert len(texts.chosen("held_out")) == len(stories.held_out)


# --------------------------------------------------------------------------- what the lab reads


@pytest.mark.parametrize("medium", curves.available())
def test_the_shipped_curves_are_valid_and_small(medium: str) -> None:
    measured = curves.load(medium)
    assert measured.about["command"] == "python -m benchmarks.curves --publish"
    assert (curves.FOLDER / f"{medium}.json").stat().st_size < 60_000
    assert curves.enough_data(measured) is not None


@pytest.mark.parametrize(
    "damage",
    [
        {"medium": "faces"},
        {"curves": {}},
        {"curves": {"magic": [row(1, 1, 1)]}},
        {"curves": {"time": [{"x": 1}]}},
        {"curves": {"time": [row(1, float("nan"), 1)]}},
        {"curves": {"time": [row(-1, 1, 1)]}},
        {"curves": {"examples": [row(0, 1, 1)]}},
        {"curves": {"time": [row(1, "much", 1)]}},
        {"curves": {"time": [row(i, 1, 1) for i in range(curves.MAX_POINTS + 1)]}},
        {"curves": [1]},
        {"hardware": None, "command": None, "curves": None},
    ],
)
def test_damaged_files_get_a_sentence(damage: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "FOLDER", tmp_path)
    (tmp_path / "text.json").write_text(json.dumps(content() | damage))
    with pytest.raises(ValueError, match=r"curves text\.json are damaged"):
        curves.load("text")


def test_missing_and_unknown_curves_get_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "FOLDER", tmp_path)
    assert curves.available() == []
    with pytest.raises(ValueError, match="not been measured"):
        curves.load("text")
    with pytest.raises(ValueError, match="No model is called 'poems'"):
        curves.load("poems")


def measured(**changed: list[dict[str, float]]) -> curves.Measured:
    return curves.parse(content(**changed), "text")


def test_points_are_means_with_deviations() -> None:
    point = measured().curves["examples"][0]
    assert (point.x, point.seeds, point.held_out) == (100, 2, pytest.approx(2.605))
    assert point.held_out_spread == pytest.approx(0.01 / 2**0.5)
    assert measured().noise == pytest.approx(0.01 / 2**0.5)
    wild = [row(0.5, value, 2.4, seed) for seed, value in ((0, 2.0), (1, 3.0))]
    assert measured(noise=wild).noise == pytest.approx(0.01 / 2**0.5), "damaged data do not count"


def test_moments_that_the_clock_cannot_tell_apart_are_no_two_trainings() -> None:
    rows = [row(0.0, value, value, steps=steps) for steps, value in ((1, 5.0), (2, 4.0), (4, 3.0))]
    (point,) = measured(time=rows).curves["time"]
    assert (point.seeds, point.held_out, point.steps, point.held_out_spread) == (1, 3.0, 4, 0.0)


def rows_of_examples(**figures: tuple[float, float]) -> list[dict[str, float]]:
    return [row(n, *figures.get(f"n{n}", pair), s) for n, pair in EXAMPLES.items() for s in (0, 1)]


def test_how_much_data_follows_the_figures() -> None:
    assert curves.enough_data(measured()).verdict == "enough"
    assert curves.enough_data(measured()).figures["enough"] == 1_000
    flat = {f"n{n}": (2.4, 2.4) for n in EXAMPLES}
    assert curves.enough_data(measured(examples=rows_of_examples(**flat))).verdict == "flat"
    more = curves.enough_data(measured(examples=rows_of_examples(n25000=(2.0, 2.0))))
    assert (more.verdict, more.figures["enough"]) == ("more", 25_000)


def test_overfitting_follows_the_figures() -> None:
    found = curves.learnt_by_heart(measured())
    assert found.verdict == "overfits" and found.figures["few"] == pytest.approx(0.805)
    assert curves.learnt_by_heart(measured(examples=rows_of_examples(n100=(2.6, 2.6)))).verdict == "same"


def test_how_long_follows_the_figures() -> None:
    assert curves.long_enough(measured()).verdict == "still"
    level = [row(t, v, v) for t, v in ((1, 3.6), (2, 2.5), (4, 2.4), (8, 2.4))]
    assert curves.long_enough(measured(time=level)).verdict == "done"


def test_how_big_follows_the_figures() -> None:
    found = curves.big_enough(measured())
    assert (found.verdict, found.figures["time_parameters"]) == ("steps_only", 60_000)
    bigger = [row(p, v, v) for p, v in ((10_000, 2.9), (270_000, 2.3))]
    assert curves.big_enough(measured(size_time=bigger)).verdict == "bigger"
    smaller = [row(p, v, v) for p, v in ((10_000, 2.3), (270_000, 2.9))]
    assert curves.big_enough(measured(size_steps=smaller)).verdict == "smaller"


def test_the_cost_of_damage_follows_the_figures() -> None:
    found = curves.cost_of(measured(), "noise")
    assert (found.verdict, found.figures["harmless"]) == ("equal", 0.2)
    assert 300 < found.figures["as_few"] < 1_000, "2.455 lies between the figures of 300 and of 1,000"
    assert curves.cost_of(measured(), "duplicates").verdict == "beyond"
    free = [row(x, 2.4, 2.4) for x in (0, 0.5)]
    assert curves.cost_of(measured(noise=free), "noise").verdict == "free"
    flat = rows_of_examples(**{f"n{n}": (2.4, 2.4) for n in EXAMPLES})
    assert curves.cost_of(measured(examples=flat), "duplicates").verdict == "unknown"
    assert curves.cost_of(measured(), "blur") is None


def test_larger_is_better_for_pictures() -> None:
    file = content("faces", noise=[row(x, v, v) for x, v in ((0, 18.0), (0.5, 17.0))])
    found = curves.cost_of(curves.parse(file, "faces"), "noise")
    assert found.figures["loss"] == pytest.approx(1.0)


def test_the_table_holds_every_training() -> None:
    found = list(csv.DictReader(io.StringIO(curves.as_csv(measured()))))
    assert len(found) == sum(map(len, measured().rows.values()))
    assert found[0]["measure"] == "bits_per_byte" and float(found[0]["held_out"]) == 2.6
