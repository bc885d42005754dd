"""What is measured of voices beside their teacher, with a plan that is known and a teacher that sings."""

import dataclasses

import numpy as np
import pytest
import torch

from genai_demo.audio import vocoder
from genai_demo.audio.mel import HOP
from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech import evaluate_taught as measures
from genai_demo.audio.speech import generate
from genai_demo.audio.speech.cast import cast_of
from genai_demo.audio.speech.model import SpeechModel
from genai_demo.audio.speech.plans import PlannedPhone
from genai_demo.audio.speech.teacher import prepare
from genai_demo.audio.speech.teacher.journal import Journal
from genai_demo.audio.speech.teacher.scripts import Line
from tests.audio.made_teacher import Singer
from tests.audio.tiny_speech import CONFIG


def phone(symbol: str, milliseconds: float = 100, mark: str = "", hertz: float = 0.0, melody=(0, 0, 0)) -> PlannedPhone:
    return PlannedPhone(symbol, mark, "zh", symbol, 0, milliseconds, hertz, 0.0, melody, symbol)


def track(*hertz: float) -> np.ndarray:
    """A tenth of a second each."""
    return np.repeat(np.array(hertz, np.float32), round(0.1 * RATE / HOP))


def test_phones_are_matched_over_breaths_that_only_one_takes():
    planned = [phone("|"), phone("m"), phone("a"), phone(","), phone("b"), phone("."), phone("|")]
    taught = [["|", "", "zh", 0.1], ["m", "", "zh", 0.2], ["a", "zh1", "zh", 0.4], ["b", "", "zh", 0.5],
              [",", "", "zh", 0.6], [".", "", "zh", 0.8], ["|", "", "zh", 0.9]]  # fmt: skip
    found = [(p.symbol, start, end) for p, start, end in measures.matched(planned, taught)]
    assert found == [
        ("|", 0.0, 0.1),
        ("m", 0.1, 0.2),
        ("a", 0.2, 0.4),
        ("b", 0.4, 0.5),
        (".", 0.6, 0.8),
        ("|", 0.8, 0.9),
    ]
    assert len(measures.matched(planned, [*taught[:2], ["u", "zh1", "zh", 0.4], *taught[3:]])) == 2


def test_a_contour_is_compared_syllable_by_syllable():
    hertz = track(200, 220, 240, 180, 160, 140)
    syllables = [
        (phone("a", 300, "zh2", 220, (-1.5, 0, 1.5)), 0.0, 0.3),
        (phone("o", 300, "zh4", 160, (2, 0, -2)), 0.3, 0.6),
    ]
    (alike,) = measures.contours(syllables, hertz, "zh")
    assert alike > 0.98
    turned = [(dataclasses.replace(p, hertz=500 - p.hertz, melody=tuple(-x for x in p.melody)), a, b)
              for p, a, b in syllables]  # fmt: skip
    assert measures.contours(turned, hertz, "zh")[0] < 0
    assert measures.contours(syllables, np.zeros(100, np.float32), "zh") == []


@pytest.mark.parametrize(("melody", "alike"), [((-2, 0, 2), True), ((2, 0, -2), False), ((0, 0, 0), False)])
def test_a_question_ends_as_the_teacher_ends_it(melody, alike):
    pair = (phone("a", 300, "zh5", 200, melody), 0.0, 0.3)
    assert measures.question([pair], track(180, 200, 220)) is alike
    assert measures.question([], track(200)) is False


@pytest.fixture
def taught(tmp_path, monkeypatch):
    """A set of two singing voices, and small networks that speak in them."""
    monkeypatch.setenv("GENAI_HOME", str(tmp_path))
    lines = [Line("anna", "en", f"The {word} is red, and it is small.") for word in ("house", "boat", "key")]
    lines += [Line("zoe", "zh", f"我看见{word}了，你呢？") for word in ("妈妈", "苹果", "学校")]
    journal = Journal(tmp_path / "spoken")

    class Listener:
        def words(self, samples):
            return ["the", "house", "is", "red", "and", "it", "is", "small"]

    prepare.speak(journal, lines, {"anna": Singer(), "zoe": Singer()}, Listener(), minutes=10)
    monkeypatch.setattr(prepare.clips, "split_by_source", lambda rows, *_: [r.update(split="held_out") for r in rows])
    prepare.assemble(journal, tmp_path / "set")
    torch.manual_seed(1)
    config = dataclasses.replace(CONFIG, speakers=2)
    net = SpeechModel(config).eval().requires_grad_(False)
    monkeypatch.setattr(generate, "_load", lambda: net)
    monkeypatch.setattr(generate, "_card", lambda: (config, cast_of({"voices": ["anna", "zoe"]})))
    monkeypatch.setattr(vocoder, "vocode", lambda mel: np.repeat(np.tanh(mel.mean(0))[:-1], HOP).astype(np.float32))
    monkeypatch.setattr(measures, "Ear", Listener)
    return tmp_path / "set"


def test_every_voice_is_measured(taught):
    found = measures.evaluate_voices(taught)
    assert found["sentences"] == 3 and set(found["voices"]) == {"anna", "zoe"}
    anna, zoe = found["voices"]["anna"], found["voices"]["zoe"]
    assert set(anna["word_error_rate"]) == {"synthesised", "teacher", "teacher_copy", "synthesised_same"}
    assert 0 < anna["word_error_rate"]["teacher"] < 1 and "word_error_rate" not in zoe
    assert anna["clips"] == zoe["clips"] == 3 and zoe["questions"] == 3
    assert 0 <= zoe["questions_end_alike"] <= 3 and -1 <= zoe["pitch_contour_correlation"] <= 1
    assert anna["pause_ratio"]["comma"] > 0 and zoe["pause_ratio"]["comma"] > 0
    assert found["speech_real_time_factor"] > 0


def test_the_recordings_give_the_sentences_where_they_are_prepared(taught, monkeypatch):
    clips = measures.data.load(taught)
    monkeypatch.setattr(measures.data, "load", lambda folder=None: (_ for _ in ()).throw(ValueError("none")))
    assert len(measures._english_texts(clips.chosen(split="held_out"), 60)) == 3
