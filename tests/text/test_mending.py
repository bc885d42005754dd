"""What is mended before it is learnt, what is left out, and what a text is called."""

import pytest

from genai_demo.text import data, forms
from genai_demo.text.documents import from_record
from genai_demo.text.mending import mend
from genai_demo.text.tokenizer import CONTROLS


def story(text, **more):
    return from_record({"text": text, "kind": "bedtime", "src": "snakes"} | more, "stories-en")


def chat(*turns, source="snakes", kind="instruct", language="en"):
    return from_record({"turns": turns, "src": source, "kind": kind, "lang": language}, "dialogue")


def pair(english, chinese, source="tatoeba"):
    return from_record({"src": english, "tgt": chinese, "source": source}, "translation")


def test_every_form_has_a_control_of_its_own():
    for task, names in forms.FORMS.items():
        assert len(set(names)) == len(names) and set(names) <= set(CONTROLS), task
    assert len(set(CONTROLS)) == len(CONTROLS) <= 64
    assert all(form in ("", *forms.FORMS[task]) for task, form in forms.KINDS.values())


@pytest.mark.parametrize(
    ("record", "pack", "wanted"),
    [
        ({"text": "A program that plays chess.", "kind": "product", "src": "Debian"}, "own", "product software"),
        ({"text": "话说那日众人都来贺喜。", "kind": "novel", "src": "chinese-novel"}, "zh", "story classic"),
        ({"text": "他们赢了这场球赛。", "kind": "prompted", "prompt": "写一个故事", "src": "a"}, "zh", "story short"),
        ({"text": "他们赢了这场球赛。", "kind": "prompted", "prompt": "写一首诗", "src": "a"}, "zh", "prose article"),
        ({"text": "从前有一只乌鸦，它说：“我要走了。”" * 6, "kind": "passage", "src": "C3-m"}, "zh", "story short"),
        ({"text": "椰子靠海水传播它的种子。" * 9, "kind": "passage", "src": "C3-m"}, "zh", "prose passage"),
        ({"text": "Rain fell on the wheat.", "kind": "news", "src": "ABC"}, "news-ads-en", "news report"),
        ({"text": "def f(): pass", "kind": "task", "src": "snakes"}, "code", "code exercise"),
    ],
)  # fmt: skip
def test_texts_are_called_by_what_they_are(record, pack, wanted):
    document = from_record(record, pack)
    assert f"{document.task} {document.form}" == wanted


def test_conversations_and_translations_are_called_by_their_source():
    assert chat("Book a table.", "For how many?", source="SGD", kind="task").form == "booking"
    assert chat("What is dew?", "Water.").form == "answers"
    assert chat("Hi", "Hello", source="DREAM", kind="chat").form == "daily"
    assert chat("Hi", "Hello", source="KdConv", kind="chat").form == "topics"
    assert [pair("Save.", "保存。", s).form for s in ("gimp-data", "3AM", "somebody")] == ["software", "caption", ""]


def test_lost_spaces_come_back_where_sentences_meet():
    assert mend(story("They saw the woods.One tree fell.")).text == "They saw the woods. One tree fell."
    assert mend(story('"Come!"The door shut.')).text == '"Come!" The door shut.'
    for whole in ("She was born at 3.30 p.m. in the U.S. of A.", "He said: e.g. nothing", "Visit example.com now"):
        assert mend(story(whole)).text == whole
    software = from_record({"text": "Bindings for Boost.Python in short.", "kind": "product", "src": "Debian"}, "own")
    assert mend(software).text == software.text


def test_chinese_is_written_with_chinese_signs_and_simplified():
    text = mend(from_record({"text": "他看著我,问:你才起床?我笑了!", "kind": "passage", "src": "C3-m"}, "zh")).text
    assert text == "他看着我，问：你才起床？我笑了！"
    assert mend(pair("It is 3:30.", "现在是3:30。")).other == "现在是3:30。"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (chat("What is dew?\n* The letter `d` must appear 138 times", "Dew."), "rules"),
        (chat("我踢足球", "你必须跑得快", source="chatterbot", kind="chat", language="zh"), "machine"),
        (chat("Write a loop", "``` for i in x: ```"), "code in a conversation"),
        (chat("叫车", "车型是#CX，车牌号是#CP。", source="CrossWOZ", kind="task", language="zh"), "placeholders"),
        (pair("The year 1905 was cold.", "1908年很冷。"), "other numbers"),
        (pair("[Enter] Go on.", "继续。"), "other brackets"),
        (pair("No.", "这个问题我们以后再找时间慢慢地谈吧。"), "lengths"),
        (from_record({"text": "def f(x):\n" + "    x += 1\n" * 60, "kind": "function", "src": "m"}, "code"), "screen"),
    ],
)
def test_what_would_teach_nonsense_is_left_out(document, reason):
    with pytest.raises(ValueError, match=reason):
        mend(document)


def test_numbers_in_words_on_one_side_are_no_fault():
    assert mend(pair("I have three cats.", "我有3只猫。")).other == "我有3只猫。"


def test_labels_of_questions_go():
    assert mend(chat("Q: Who wrote it?", "A: Agatha Christie.")).turns == ("Who wrote it?", "Agatha Christie.")


def test_mending_moves_no_text_between_the_splits():
    for n in range(60):
        document = story(f"They saw wood number {n}.One tree fell.")
        assert data.split_of(mend(document)) == data.split_of(document)
