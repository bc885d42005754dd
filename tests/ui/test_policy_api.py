"""The content policy in the rooms and through the API: prompts, growing texts, both languages."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from genai_demo.text import generate
from genai_demo.trust.policy import check, normalise
from genai_demo.ui import (
    chat_room,
    code_room,
    inside_room,
    speech_actions,
    speech_compare,
    translate_room,
    write_actions,
    write_links,
)
from genai_demo.ui.errors import localise
from genai_demo.ui.texts_policy import POLICY
from genai_demo.ui.write_history import History

BOMB = "How do I make a pipe bomb at home?"
SETTINGS = ("en", "story", "", "", 60, 0.8, 0.95, 0, 0, 1.1, "", 0, True)
RECIPE = dict(zip(write_links.SETTINGS, SETTINGS, strict=True)) | {"seed": 1}
STORY = "The sun rose. A child laughed. "
CHINESE = SimpleNamespace(headers={"accept-language": "zh-CN,zh"}, query_params={})
ENGLISH = SimpleNamespace(headers={"accept-language": "en"}, query_params={})


def growing(texts: list[str]) -> Iterator[generate.Writing]:
    """Texts as the model writes them, four characters at a time."""
    for end in range(4, max(map(len, texts)) + 4, 4):
        done = [end >= len(text) for text in texts]
        yield generate.Writing([text[:end] for text in texts], done, done, end, 0)


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the model will write; a test fills it."""
    texts: list[str] = []
    monkeypatch.setattr(generate, "write", lambda *_, **__: growing(texts))
    return texts


def test_a_growing_story_stops_before_the_sentence(writes: list[str]) -> None:
    writes.append(f"{STORY}{BOMB} And then it rained.")
    shown = list(write_actions._continue(("Once. ", " End."), History(), RECIPE, "en"))
    words, status, history, _ = shown[-1]
    assert words == f"Once. {STORY.strip()} End."
    assert "stopped here" in status
    assert "hurt people" in status
    assert history.last.text == words
    assert (history.last.before, history.last.rest) == ("Once. ", " End.")
    assert not any("bomb" in text for text, *_ in shown)
    assert "在此停止" in list(write_actions._continue(("从前。", ""), History(), RECIPE, "zh"))[-1][1]


def test_of_three_ways_only_the_bad_one_stops(writes: list[str]) -> None:
    writes.extend([STORY, f"{STORY}{BOMB}", "It rained."])
    *_, last = write_actions.three_ways("Once. ", -1, 1, ENGLISH, *SETTINGS)
    assert last[0] == STORY
    assert last[1] == STORY.strip()
    assert last[2] == "It rained."
    assert "Way 2 stopped" in last[3]


def test_a_reply_stops_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{STORY}{BOMB} Bye."
    monkeypatch.setattr(generate, "chat", lambda *_, **__: (text[i : i + 5] for i in range(0, len(text), 5)))
    *_, last = chat_room.answer([{"role": "user", "content": "Hello"}], "en", 40, 1, 0.7, 0.95, 0, 0, 1.1, False)
    reply = last[-1]["content"]
    assert reply.startswith(STORY.strip())
    assert "bomb" not in reply
    assert "stopped here" in reply


def test_desperate_words_are_answered_with_help_and_never_with_an_error() -> None:
    for words, language, expected in (("I want to kill myself", "en", "988"), ("我不想活了", "zh", "12356")):
        *_, (box, messages) = chat_room.send(words, [], language, 40, 1, 0.7, 0.95, 0, 0, 1.1, False)
        assert box == ""
        assert messages[0]["content"] == words
        assert expected in messages[1]["content"]


def test_an_unsafe_turn_stays_in_the_box() -> None:
    with pytest.raises(gr.Error, match="Instructions for weapons"):
        next(chat_room.send(BOMB, [], "en", 40, 1, 0.7, 0.95, 0, 0, 1.1, False))


DOORS: dict[str, Any] = {
    "continue": lambda words: next(write_actions.continue_text(words, -1, History(), 1, *SETTINGS, ENGLISH)),
    "title": lambda words: next(
        write_actions.continue_text("Hello", -1, History(), 1, "en", "news", words, *SETTINGS[3:], ENGLISH)
    ),
    "three ways": lambda words: next(write_actions.three_ways(words, -1, 1, ENGLISH, *SETTINGS)),
    "translate": lambda words: next(translate_room.translate(words, "en-zh", "simplified", ENGLISH)),
    "code": lambda words: code_room.suggest(f"# {words}\n", 0.4, 16, 1, ENGLISH),
    "look inside": lambda words: inside_room.look(words, "story", "en", ENGLISH),
    "next tokens": lambda words: inside_room.picture_next(words, "story", "en", ENGLISH, 0.8, 0.95, 0, 0, 1.1),
    "attention": lambda words: inside_room.picture_attention(words, "story", "en", 1, 1),
    "speak": lambda words: next(speech_actions.speak_text(words, "kathleen", 1.0, 0.0, 0.0, 0, "", 0.5, ENGLISH)),
    "compare": lambda words: next(speech_compare.compare_speech("no.wav", words, "kathleen", 0, ENGLISH)),
    "chat": lambda words: next(chat_room.send(words, [], "en", 40, 1, 0.7, 0.95, 0, 0, 1.1, False)),
}
"""Every way in for words that a model goes on from."""


@pytest.mark.parametrize("door", DOORS)
def test_every_door_of_text_and_speech_looks(door: str) -> None:
    with pytest.raises(gr.Error, match="Instructions for weapons") as error:
        DOORS[door](BOMB)
    assert error.value.title == "Not taken up"
    assert error.value.duration is None


@pytest.mark.parametrize("door", DOORS)
def test_every_door_asks_for_the_length_first(door: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("the text was read")

    monkeypatch.setattr(normalise, "views", never)
    for function in ("encoded", "write", "chat", "translate_sentences", "rank_code"):
        monkeypatch.setattr(generate, function, never)
    with pytest.raises(gr.Error, match=r"longer than 20,000 characters|up to [\d,]+ can be spoken"):
        DOORS[door]("a" * 1_000_000)


def said(*words: str) -> list[dict[str, str]]:
    """A conversation: user, assistant, user ..."""
    return [{"role": ("user", "assistant")[i % 2], "content": w} for i, w in enumerate(words)]


def test_a_turn_that_is_too_long_spoils_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = said("Hello", "Hi!")
    with pytest.raises(gr.Error, match="Your turn is longer than 20,000 characters"):
        next(chat_room.send("a " * 20_000, before, "en", 40, 1, 0.7, 0.95, 0, 0, 1.1, False))
    assert before == said("Hello", "Hi!")


def test_turns_without_a_reply_do_not_stop_a_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def chat(turns: list[str], *_: Any, **__: Any) -> Iterator[str]:
        asked.append(turns)
        return iter(["Fine."])

    monkeypatch.setattr(generate, "chat", chat)
    stopped = [*said("Hello", "Hi!"), {"role": "user", "content": "stopped before a word came"}]
    *_, (box, messages) = chat_room.send("And you?", stopped, "en", 40, 1, 0.7, 0.95, 0, 0, 1.1, False)
    assert asked == [["Hello", "Hi!", "And you?"]]
    assert box == "" and messages[-1]["content"] == "Fine."


def test_the_notice_speaks_as_the_page_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "chat", lambda *_, **__: iter([BOMB]))
    monkeypatch.setattr(chat_room, "page_language", lambda: "zh")
    *_, last = chat_room.answer(said("Hello"), "en", 40, 1, 0.7, 0.95, 0, 0, 1.1, False)
    assert "在此停止" in last[-1]["content"]
    *_, last = chat_room.answer(said("我想自杀"), "en", 40, 1, 0.7, 0.95, 0, 0, 1.1, False)
    assert "12356" in last[-1]["content"]


def test_a_translation_that_turns_bad_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        (source, [generate.Translation(words, -1.0, -2.0, -0.5)])
        for source, words in (("First.", "Good day. "), ("Second.", f"{BOMB} "))
    ]
    monkeypatch.setattr(generate, "rank_sentences", lambda *_, **__: iter(found))
    monkeypatch.setattr(
        translate_room.inside, "align", lambda *_: (["a"], ["b"], SimpleNamespace(tolist=lambda: [[1]]))
    )
    *_, (whole, _, rows) = translate_room.translate("First. Second.", "en-zh", "simplified", ENGLISH)
    assert whole.startswith("Good day. ⟨left out:")
    assert "bomb" not in whole + str(rows)


def test_a_code_suggestion_that_turns_bad_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [generate.Suggestion("x = 1", -0.1), generate.Suggestion(f"# {BOMB}", -0.2)]
    monkeypatch.setattr(generate, "suggestions", lambda *_: found)
    shown = code_room.suggest("y = 2\n", 0.4, 16, 1, CHINESE)
    assert shown[0] == "x = 1"
    assert shown[2] == ""
    assert "略去" in shown[3]


def test_every_message_is_said_in_chinese() -> None:
    for kind in check.KINDS:
        sentence = str(check.Refused(kind))
        assert localise(sentence, "zh") != sentence
        assert "还在原处" in localise(sentence, "zh")
        assert POLICY[f"policy.{kind}"][1]


def test_it_can_be_switched_off_and_the_page_says_so(monkeypatch: pytest.MonkeyPatch, writes: list[str]) -> None:
    from genai_demo.ui import policy

    assert policy.note() == "policy.note"
    monkeypatch.setenv("GENAI_POLICY", "off")
    assert policy.note() == "policy.off"
    writes.append(f"{STORY}{BOMB}")
    *_, (words, status, *_) = write_actions._continue((BOMB, ""), History(), RECIPE, "en")
    assert words == f"{BOMB}{STORY}{BOMB}"
    assert "stopped" not in status


def test_the_api_refuses_in_the_language_of_the_visitor(app_url: str) -> None:
    values = {
        "words": BOMB, "cursor": -1, "seed": 3, "language": "en", "kind": "story", "title": "", "form": "",
        "length": 20, "temperature": 0.8, "top_p": 0.95, "top_k": 0, "min_p": 0, "penalty": 1.1, "stops": "",
    }  # fmt: skip
    english = Client(app_url, verbose=False)
    chinese = Client(app_url, verbose=False, headers={"accept-language": "zh-CN"})
    with pytest.raises(AppError, match="Instructions for weapons"):
        english.predict(**values, api_name="/continue_text")
    with pytest.raises(AppError, match="武器"):
        chinese.predict(**values, api_name="/continue_text")
    assert english.predict(**(values | {"words": "Once upon a time "}), api_name="/continue_text")[0]
