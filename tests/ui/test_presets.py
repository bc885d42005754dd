"""Every preset of the text and audio rooms, run with the released weights as the page runs it, makes sense.

The rules are plain ones that any reasonable weights keep, so no exact texts.
"""

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
import soundfile

from genai_demo.audio.speech import generate as speech
from genai_demo.core.greenlist import STRENGTH
from genai_demo.text import chat, doctests, sandbox, verse
from genai_demo.ui import (
    chat_room,
    code_room,
    inside_room,
    music_actions,
    speech_actions,
    speech_room,
    translate_room,
    write_actions,
    write_room,
)
from genai_demo.ui.text_common import good_controls, sampling_controls
from genai_demo.ui.write_history import History

pytestmark = pytest.mark.slow
REQUEST: Any = SimpleNamespace(headers={"accept-language": "en"}, query_params={}, session_hash=None)
HAN = "\u4e00-\u9fff"
CONTROL_SIGNS = re.compile(r"<\|?\w+\|?>|\ufffd|[\x00-\x08\x0b-\x1f]")
"""Names of control tokens, halves of characters, and what cannot be printed."""
MEANT: dict[str, tuple[str, ...]] = {
    "Hello": ("高兴", "谢|感谢", "帮"),
    "At the station": ("车站|站在哪", "买", "票", "火车|列车|车", "晚|迟"),
    "Weather": ("明天", "雨", "忘", "伞"),
    "你好": ("hello|hi", "glad|nice|happy|pleased", "you"),
    "吃饭": ("where", "eat|dinner|meal", "tonight|evening", "tea"),
    "学校": ("school", "every|morning", "like|love|enjoy", "english"),
}
"""What a translation has to say, each in one of several words."""
COMPUTES = {
    "Function": "assert is_even(10) and is_even(0) and not is_even(3)",
    "Loop": 'assert count_vowels("queue") == 4 and count_vowels("rhythm") == 0',
    "Gap": "assert area(5, 7) == 35 and area(0, 2) == 0",
    "Doctest": "assert largest([4, -2]) == 4 and largest([7]) == 7",
    "Class": "c = Counter()\nfor _ in range(5): c.click()\nassert c.count == 5",
}
"""What holds of the code of a preset with its first suggestion; none of it stands in the preset."""


def named(rows: list[Any]) -> Any:
    """Presets as parameters of a test."""
    return pytest.mark.parametrize(("name", "row"), rows, ids=[name for name, _ in rows])


def sampling(kind: str, language: str) -> list[float]:
    """The sliders as a preset sets them."""
    with gr.Blocks():
        return [slider.value for slider in sampling_controls(*good_controls(kind, language))]


def parts(text: str, language: str) -> list[str]:
    """Words in English, characters in Chinese."""
    return re.findall(r"\w+" if language == "en" else f"[{HAN}]", text.lower())


def require_language(text: str, language: str) -> None:
    """Nine letters of ten are Latin ones in English, and Chinese characters in Chinese; no signs of the tokenizer."""
    letters = [c for c in text if c.isalpha()]
    own = [c for c in letters if bool(re.match(f"[{HAN}]", c)) == (language == "zh")]
    assert len(own) > 0.9 * len(letters), text
    assert not CONTROL_SIGNS.search(text), text


@named(write_room.PRESETS)
def test_a_continued_text_has_sentences_and_does_not_go_round_in_circles(name: str, row: list[str]) -> None:
    """Of stories at least two sentences, of others one, no run of ten words or sixteen characters twice."""
    language, kind, title, form, start = row
    settings = (language, kind, title, form, write_actions.USUAL_LENGTH, *sampling(kind, language), "", STRENGTH, False)
    *_, (whole, status, _, _) = write_actions.continue_text(start, -1, History(), 1, *settings, REQUEST)
    new = whole.removeprefix(start)
    assert whole.startswith(start) and "tokens" in status
    require_language(new, language)
    assert len(re.findall(r"[.!?。！？]", new)) >= (2 if kind == "story" else 1), new
    said, run = parts(new, language), {"en": 10, "zh": 16}[language]
    runs = [tuple(said[i : i + run]) for i in range(len(said) - run + 1)]
    assert len(said) >= 10 and len(set(runs)) == len(runs), new
    if kind == "poem":
        lengths = [len(line) for line in verse.lines(new)]
        assert len(lengths) >= 4, new
        assert form == "ci" or set(lengths[:-1]) == {5 if form == "five" else 7}, new


@named(translate_room.PRESETS)
def test_a_translation_says_what_was_said(name: str, row: list[str]) -> None:
    way, words = row
    *_, (translation, _, _) = translate_room.translate(words, way, "simplified", REQUEST)
    require_language(translation, way.split("-")[1])
    missing = [meant for meant in MEANT[name] if not re.search(meant, translation.lower())]
    assert not missing, translation
    assert translation.count("\n") == words.count("\n")


@named(chat_room.PRESETS)
def test_a_turn_is_answered(name: str, row: list[str]) -> None:
    """In its language, with more than the turn itself, and not by saying that the model has no answer."""
    language, turn = row
    settings = (language, 80, 1, *sampling("chat", language), False)
    *_, (box, messages) = chat_room.send(turn, [], *settings)
    reply = messages[-1]["content"]
    assert box == "" and messages[-1]["role"] == "assistant"
    assert reply not in (chat.UNKNOWN[language], chat.SPEECHLESS[language], "…", turn)
    assert parts(reply, language), reply
    require_language(reply, language)


@pytest.mark.skipif(not sandbox.CAN_RUN, reason="this system has no limits for foreign code")
@named(code_room.PRESETS)
def test_the_first_suggestion_computes_what_the_name_says(name: str, row: str) -> None:
    suggestion, verdict, *_ = code_room.suggest(row, 0.4, 64, 1, REQUEST)
    whole, _ = code_room.insert(row, suggestion, None)
    assert "✓ the examples" in verdict and doctests.holds(whole), whole
    assert sandbox.completes(f"{whole}\n{COMPUTES[name]}\n"), whole


@pytest.fixture(scope="module")
def looks() -> dict[str, list[dict[str, Any]]]:
    """The heat map of every preset."""
    found = ((name, inside_room.look(text, kind, language, REQUEST)) for name, (language, kind, text)
             in inside_room.PRESETS)  # fmt: skip
    return {name: json.loads(tokens) for name, (tokens, _) in found}


@named(inside_room.PRESETS)
def test_a_look_inside_shows_the_whole_text(name: str, row: list[str], looks: dict[str, list[dict[str, Any]]]) -> None:
    """Its tokens are the text, and on the whole likelier than chance among all of them."""
    tokens = looks[name]
    assert "".join(token["text"] for token in tokens).replace("↵", "").strip() == row[-1].strip()
    bits = [-math.log2(max(token["p"], 1e-5)) for token in tokens]
    assert sum(bits) / len(bits) < 13


def test_the_surprise_surprises(looks: dict[str, list[dict[str, Any]]]) -> None:
    """Its tokens are less likely than those of the plain sentence."""
    plain, odd = (np.mean([math.log(max(t["p"], 1e-5)) for t in looks[n]]) for n in ("A sentence", "A surprise"))
    assert odd < plain - 0.5


def last(steps: Iterator[tuple[Any, ...]]) -> tuple[Any, ...]:
    """What the page shows in the end."""
    *_, shown = steps
    return shown


def require_sound(path: str, least: float, most: float) -> None:
    """Between so many seconds, neither silent nor clipped."""
    samples, rate = soundfile.read(path)
    assert least < len(samples) / rate < most
    assert np.sqrt(np.mean(samples**2)) > 0.01 and np.abs(samples).max() <= 1


@pytest.mark.usefixtures("kept_files")
@pytest.mark.parametrize(("words", "language"), speech_room.EXAMPLES)
def test_a_spoken_example_lasts_as_long_as_its_phones_take(words: str, language: str) -> None:
    """From 0.04 to 0.25 s a phone, as people speak, and nothing of the text is left out."""
    voice = speech_room.usual_voice(speech.cast(), language)
    spoken = speech_actions.speak_text(words, voice, 1, 0, 0, 0, "", 0.5, REQUEST)
    _, status, wav, _, _, ogg, *_, plan, _ = last(spoken)
    count = len(json.loads(plan)["phones"])
    require_sound(wav, 0.04 * count, 0.25 * count)
    assert Path(ogg).stat().st_size > 0
    assert speech_actions.left_out(words, "en") == "" and "`" not in status


@pytest.mark.usefixtures("kept_files")
def test_the_piece_that_the_music_room_opens_with_has_its_bars() -> None:
    """As many as asked for, notes in every one of its voices, and a sound as long as they are."""
    first = music_actions.FIRST
    _, _, player, _, *_, work, _ = last(music_actions.open_music(None, "", 1, [], REQUEST))
    assert work.piece.bars == first["bars"] and all(work.piece.voices.values())
    require_sound(player, first["bars"] * 0.8, first["bars"] * 4 + music_actions.TAIL)
