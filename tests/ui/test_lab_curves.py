"""The room "How much data, how long, how big?": its page, its words, its API."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from genai_demo.lab import curves
from genai_demo.ui import curves_view
from genai_demo.ui.curves_chart import Dot, Line, chart, nice_steps, short, spread_apart
from genai_demo.ui.curves_room import show_curves
from tests.lab.made_curves import EXAMPLES, content, row, write
from tests.ui import lab_page


@pytest.fixture(scope="module", autouse=True)
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Curves with made-up figures in the place of the measured ones."""
    folder = tmp_path_factory.mktemp("measured")
    write(folder, "text", "faces")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(curves, "FOLDER", folder)
        yield


def measured(medium: str = "text", **changed: list[dict[str, float]]) -> curves.Measured:
    return curves.parse(content(medium, **changed), medium)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("question", curves_view.QUESTIONS)
def test_every_question_has_heading_answer_chart_and_table(question: str, language: str) -> None:
    page = curves_view.section(measured(), question, language)
    assert page.count("<h3>") == 1 and "<svg" in page and "<table>" in page
    said = re.search(r'<p class="answer">(.*?)</p>', page)
    assert said and len(said[1]) > 20 and "{" not in page
    assert (language == "zh") == bool(re.search("[一-鿿]", said[1]))


def test_answers_say_what_the_figures_say() -> None:
    assert "1,000 examples are enough" in curves_view.answer(measured(), "data", "en")
    assert "0.80 bits per byte better" in curves_view.answer(measured(), "data", "en")
    better = [row(n, *({25_000: (2.0, 2.0)}.get(n, pair)), s) for n, pair in EXAMPLES.items() for s in (0, 1)]
    changed = curves_view.answer(measured(examples=better), "data", "en")
    assert "Only all 25,000 examples are enough: 2.00" in changed
    assert "only when time does not count" in curves_view.answer(measured(), "size", "en")
    assert "was not measured" in curves_view.answer(measured(time=[]), "time", "en")


def test_of_all_questions_only_those_that_were_measured_are_asked() -> None:
    page = curves_view.page(measured(time=[]), "all", "en")
    assert page.count("<h3>") == 3 and "How long" not in page
    assert "was not measured" in curves_view.page(measured(time=[]), "time", "en")


def test_every_verdict_has_its_words() -> None:
    verdicts = {"data": ("flat", "enough", "more"), "heart": ("overfits", "same"), "time": ("still", "done"),
                "size": ("bigger", "steps_only", "smaller"),
                "damage": ("free", "unknown", "beyond", "equal")}  # fmt: skip
    for key, names in verdicts.items():
        for name in names:
            assert f"curves.answer.{key}.{name}" in curves_view.CURVES


def test_error_bars_stand_where_there_are_several_trainings() -> None:
    drawn = curves_view.drawing(measured(), "examples", "en")
    assert drawn.count('class="bar"') == len(EXAMPLES), "the held-out figures differ from seed to seed, the others not"
    assert curves_view.drawing(measured(), "time", "en").count('class="bar"') == 0
    assert "mean of 2 trainings, ± 0.01" in drawn


def test_a_logarithmic_axis_puts_factors_at_equal_distances() -> None:
    dots = [Dot(x, 1.0 + x / 1e5, 0, "") for x in (100, 1_000, 10_000)]
    drawn = chart([Line("a", "first", dots)], "t", "x", "y", log=True)
    a, b, c = (float(x) for x in re.findall(r'class="dot" cx="([\d.]+)"', drawn))
    assert b - a == pytest.approx(c - b, abs=0.2)


@pytest.mark.parametrize("none", [0, 0.0, -1.0])
def test_a_logarithmic_axis_leaves_out_what_has_no_place(none: float) -> None:
    placed = [Dot(x, 1.0 + x, 0, "") for x in (1e-7, 1, 30)]
    lines = [Line("a", "first", [Dot(none, 1, 0, ""), *placed]), Line("b", "second", [Dot(none, 2, 0, "")])]
    drawn = chart(lines, "t", "x", "y", log=True)
    assert drawn == chart([Line("a", "first", placed)], "t", "x", "y", log=True)
    assert chart(lines, "t", "x", "y", log=False).count('class="dot"') == 5
    with pytest.raises(ValueError, match="logarithmic"):
        chart([Line("a", "first", [Dot(none, 1, 0, "")])], "t", "x", "y", log=True)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_words_below_the_axis_say_that_zero_is_left_out(language: str) -> None:
    words = {"en": "(0 left out)", "zh": "（不含 0）"}[language]
    times = [row(t, v, v) for t, v in ((0, 3.6), (0.002, 2.5), (0.004, 2.4))]
    assert words in curves_view.drawing(measured(time=times), "time", language)
    assert words not in curves_view.drawing(measured(time=times[1:]), "time", language)
    assert curves_view.drawing(measured(time=times[:2]), "time", language) == "", "one point is no curve"
    assert "0.002" in curves_view.section(measured(time=times), "time", language)


@pytest.mark.parametrize("apart", [0.0, 1e-16, 4e-15, 1e-7, 1e-3, 1e6])
@pytest.mark.parametrize("height", [0.0, 1e-9, 2.5, -3.0, 1e9])
def test_any_figures_can_be_drawn(height: float, apart: float) -> None:
    dots = [Dot(1, height, 0, ""), Dot(2, height + apart, 1e-17, "")]
    drawn = chart([Line("a", "first", dots)], "t", "x", "y", log=True)
    assert "nan" not in drawn and "inf" not in drawn
    assert all(0 <= float(y) <= 260 for y in re.findall(r'class="dot" cx="[\d.]+" cy="(-?[\d.]+)"', drawn))


def test_higher_stands_higher_and_names_do_not_overlap() -> None:
    lines = [Line("a", "first", [Dot(1, 1, 0, ""), Dot(2, 5, 0, "")]), Line("b", "second", [Dot(2, 5.01, 0, "")])]
    drawn = chart(lines, "t", "x", "y", log=False)
    low, high, _ = (float(y) for y in re.findall(r'class="dot" cx="[\d.]+" cy="([\d.]+)"', drawn))
    assert low > high
    first, second = spread_apart([100.0, 101.0])
    assert abs(first - second) >= 14


def test_numbers_of_an_axis_are_round_and_short() -> None:
    assert nice_steps(17.2, 19.9) == [18, 19]
    assert nice_steps(1e-13, 4e-13) == [1e-13, 2e-13, 3e-13, 4e-13]
    assert [short(x) for x in (0.0004, 0.5, 100, 1_000, 9_226, 25_472, 1_316_163)] == [
        "0.0004",
        "0.5",
        "100",
        "1k",
        "9.2k",
        "25k",
        "1.3M",
    ]


def test_names_in_a_file_cannot_become_html() -> None:
    file = content() | {"hardware": "<script>alert(1)</script>"}
    assert "<script" not in curves_view.page(curves.parse(file, "text"), "all", "en")


def test_an_unknown_question_gets_a_sentence() -> None:
    with pytest.raises(gr.Error, match="No question is called"):
        show_curves("text", "why", None)


def test_the_api_gives_charts_and_numbers() -> None:
    with lab_page.served() as url:
        client = Client(url, verbose=False)
        sheet, table, numbers = client.predict("text", "size", api_name="/measured_curves")
        assert "How big must it be?" in sheet and "How long" not in sheet
        rows = list(csv.DictReader(Path(table).read_text().splitlines()))
        assert len(rows) == len(json.loads(Path(numbers).read_text())["curves"]["size_time"]) + sum(
            len(found) for axis, found in content()["curves"].items() if axis != "size_time"
        )
        with pytest.raises(AppError, match="Choose one of text, faces"):
            client.predict("labels", "all", api_name="/measured_curves")
