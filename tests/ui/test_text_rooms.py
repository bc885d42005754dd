"""The functions behind the text tab that need no model."""

import threading
import time
from types import SimpleNamespace

import gradio as gr
import pytest

from genai_demo.core import limits
from genai_demo.text import generate
from genai_demo.ui import chat_room, code_room, text_common, translate_room, write_links, write_room
from genai_demo.ui.text_common import controls_of, paced
from tests.clock import Clock


def test_poems_are_chinese():
    assert text_common.language_for("poem", "en") == "zh"
    assert text_common.language_for("story", "en") == "en"


def test_pacing_keeps_the_first_and_the_last():
    assert list(paced(iter(range(1000)), pause=60)) == [0, 999]
    assert list(paced(iter([]))) == []


def test_pacing_shows_what_comes_after_a_pause(monkeypatch):
    clock, go = Clock(), threading.Semaphore(1)
    monkeypatch.setattr(text_common, "time", clock)

    def items():
        for i in range(4):
            assert go.acquire(timeout=60)
            yield i

    seen = paced(items(), pause=0.5)
    assert next(seen) == 0
    for number in (1, 2):
        clock.now += 0.6
        go.release()
        assert next(seen) == number
    clock.now += 0.4
    go.release()
    assert list(seen) == [3]


def test_a_page_that_takes_long_does_not_hold_up_the_writing():
    made = []

    def items():
        for i in range(50):
            made.append(i)
            yield i

    seen = paced(items(), pause=0)
    assert next(seen) == 0
    deadline = time.monotonic() + 60
    while len(made) < 50 and time.monotonic() < deadline:
        time.sleep(0.001)
    assert len(made) == 50
    assert list(seen) == [49]


def test_closing_stops_the_writing_after_one_more():
    made = []
    go = threading.Semaphore(2)

    def items():
        for i in range(50):
            go.acquire()
            made.append(i)
            yield i

    seen = paced(items(), pause=0)
    assert next(seen) == 0
    seen.close()
    go.release(50)
    time.sleep(0.2)
    assert len(made) <= 3


def test_what_the_writing_raises_is_raised_after_what_it_made():
    def items():
        yield 1
        yield 2
        raise ValueError("broken")

    seen = paced(items(), pause=60)
    assert [next(seen), next(seen)] == [1, 2]
    with pytest.raises(ValueError, match="broken"):
        next(seen)


def test_controls_in_the_order_of_the_sliders():
    controls = controls_of(0.5, 0.9, 40.0, 0.1, 1.2)
    assert (controls.temperature, controls.top_p, controls.top_k) == (0.5, 0.9, 40)
    assert (controls.min_p, controls.repetition_penalty) == (0.1, 1.2)


def test_code_is_split_at_its_gap():
    assert code_room.parts_of("a = <FILL>\nb") == ("a = ", "\nb")
    assert code_room.parts_of("a = ") == ("a = ", "")


@pytest.mark.parametrize(("code", "sign"), [("x = 1\n", "✓"), ("x = (", "✗"), ("x\0", "✗"), ("(" * 5000, "✗")])
def test_whether_code_parses(code, sign):
    assert code_room.opinion(code, 0.5, "en").startswith(sign)
    assert "50%" in code_room.opinion(code, 0.5, "zh")


def test_a_suggestion_keeps_its_indentation():
    assert code_room.insert("def f():\n<FILL>\n", "    return 1", None)[0] == "def f():\n    return 1\n"
    assert code_room.Editor("    x\n", language="python").postprocess("    x\n") == "    x\n"
    with pytest.raises(gr.Error, match="Suggest"):
        code_room.insert("x", "", None)


def test_another_suggestion_takes_the_place_of_the_first():
    code, last = code_room.insert("a = <FILL>\nb\n", "1", None)
    assert code == "a = 1\nb\n"
    code, last = code_room.insert("import c\n" + code, "2", last)
    assert code == "import c\na = 2\nb\n"
    assert code_room.insert("import c\na = my\nb\n", "3", last)[0] == "import c\na = my\nb\n3"


@pytest.mark.parametrize(
    "content", ["hello", ["hello"], [{"type": "text", "text": "hello"}], {"type": "text", "text": "hello"}]
)
def test_words_of_a_message_in_every_form(content):
    assert chat_room.words_of({"role": "user", "content": content}) == "hello"


def test_a_turn_that_is_taken_back_returns_to_the_box():
    messages = [
        {"role": r, "content": c} for r, c in (("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d"))
    ]
    assert chat_room.take_back(messages, SimpleNamespace(index=3)) == (messages[:2], "c")
    assert chat_room.take_back(messages, SimpleNamespace(index=0)) == ([], "a")


def test_swapping_turns_the_translation_round():
    assert translate_room.swap("en-zh", "hello", "你好") == ("zh-en", "你好", "hello", "[]", [])
    assert translate_room.swap("zh-en", "你好", "") == ("en-zh", "你好", "", "[]", [])


def test_a_direction_that_does_not_exist():
    with pytest.raises(gr.Error, match="No direction"):
        next(translate_room.translate("hello", "en-fr", "simplified", None))
    with pytest.raises(gr.Error, match="Write something to translate"):
        next(translate_room.translate("  ", "en-zh", "simplified", None))


def test_presets_fit_their_rooms():
    for _, (language, kind, _, form, words) in write_room.PRESETS:
        assert language in generate.LANGUAGES
        assert kind in generate.KINDS
        assert form in write_links.FORMS
        assert len(words) < limits.MAX_PROMPT
    assert all(way in translate_room.WAYS for _, (way, _) in translate_room.PRESETS)
