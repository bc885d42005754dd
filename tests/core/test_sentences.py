"""Where sentences end, and which line breaks stand in mid-sentence."""

import pytest

from genai_demo.core.sentences import is_head, split_sentences, unwrap

ONE = [
    "Mrs. Green met Prof. White at the gate.",
    "They moved to the U.K. last year.",
    "The shop opens at 8 a.m. on Sundays.",
    "The bus leaves at 6.30 p.m. from here.",
    "This costs 12.5 euros and weighs 0.75 kilos.",
    "Look at www.example.org/a.b for more.",
    "Write to jane.doe@example.com today.",
    "Bring fruit, e.g. pears, to the party.",
    "See Fig. 4 on p. 12 of vol. 3 first.",
    "Version 3.11 of Node.js is out.",
    "Wait... what?",
    "J. R. Smith lives on St. Mary's Road.",
    "She has a Ph.D. in physics.",
    "Add approx. 2 spoons of sugar.",
    "The price rose by 2.5% in Jan. and fell again.",
    "3.5 litres are enough.",
]
ONE_CHINESE = [
    "这本书卖12.8元。",
    "请看www.example.org的说明。",
    "他在U.S.工作了三年。",
    "写信到jane.doe@example.com。",
    "Mr. Li是我们的老师。",
    "早上8 a.m.开门。",
    "版本3.11已经发布。",
]


@pytest.mark.parametrize(("text", "language"), [*((t, "en") for t in ONE), *((t, "zh") for t in ONE_CHINESE)])
def test_a_full_stop_that_ends_no_sentence_does_not_cut(text, language):
    assert split_sentences(text, language) == [text]
    after = " We know." if language == "en" else "我们知道。"
    assert split_sentences(text + after, language)[-1].strip() == after.strip()


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("I am here. You are there!  Who is he?", ["I am here. ", "You are there!  ", "Who is he?"]),
        ("We left at 9 a.m. The sun was up.", ["We left at 9 a.m. ", "The sun was up."]),
        ("He lives in the U.S. She does not.", ["He lives in the U.S. ", "She does not."]),
        ("Come at 5 p.m. I will wait.", ["Come at 5 p.m. ", "I will wait."]),
        ("It was in 1987. You know.", ["It was in 1987. ", "You know."]),
        ("It cost $5. He paid.", ["It cost $5. ", "He paid."]),
        ("i am here. you are there.", ["i am here. ", "you are there."]),
        ("(He left.) She stayed.", ["(He left.) ", "She stayed."]),
        ('"Stop!" he said. "Go on."', ['"Stop!" he said. ', '"Go on."']),
        ("1. Open it. 2. Close it.", ["1. ", "Open it. ", "2. ", "Close it."]),
        ("- Milk. Eggs too.\n- Bread\n\n(1) Done", ["- ", "Milk. ", "Eggs too.", "\n", "- ", "Bread", "\n\n", "(1) ",
                                                    "Done"]),
        ("He came on Jan. 5. It was cold.", ["He came on Jan. 5. ", "It was cold."]),
        ("\n  \n", ["\n", "  ", "\n"]),
        ("", []),
        ("1.", ["1."]),
        ("\ud800 lone. Two", ["\ud800 lone. ", "Two"]),
    ],
)  # fmt: skip
def test_an_english_text_falls_into_sentences(text, pieces):
    assert split_sentences(text) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("你好！我是李明。你呢？", ["你好！", "我是李明。", "你呢？"]),
        ("一、开门。二、关门。", ["一、", "开门。", "二、关门。"]),
        ("1. 打开门。2. 关上门。", ["1. ", "打开门。", "2. ", "关上门。"]),
        ("1、打开门\n2、关上门", ["1、", "打开门", "\n", "2、", "关上门"]),
        ("（他走了。）她留下。", ["（他走了。）", "她留下。"]),
        ("真的吗？！太好了。", ["真的吗？！", "太好了。"]),
    ],
)
def test_a_chinese_text_falls_into_sentences(text, pieces):
    assert split_sentences(text, "zh") == pieces


@pytest.mark.parametrize("head", ["1. ", "12) ", "- ", "• ", "1、", "一、", "（2）", "a) ", "## "])
def test_the_head_of_a_list_item_is_known(head):
    assert is_head(head)
    assert not is_head(head + "Go.") and not is_head("Go.")


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("We walked to the lake and swam\nuntil it was dark.", "We walked to the lake and swam until it was dark."),
        ("They came from the\nNorth.\n\nAnd went.", "They came from the North.\n\nAnd went."),
        ("Ask Mr.\nGreen for it.", "Ask Mr. Green for it."),
        ("We open at 8 a.m.\non Sundays.", "We open at 8 a.m. on Sundays."),
        ("THE DOOR IS OPEN\nAND THE LIGHT IS ON.", "THE DOOR IS OPEN AND THE LIGHT IS ON."),
        ("1. Open the big\n   door.\n2. Close it.", "1. Open the big door.\n2. Close it."),
        ("one long line of an e-mail that was sent to Anna and\nBerta by their friends who live in the city of\nParis.",
         "one long line of an e-mail that was sent to Anna and Berta by their friends who live in the city of Paris."),
        ("a well-\nknown and much loved song.", "a well-known and much loved song."),
        ("我昨天在车站遇到了\n一位老朋友。", "我昨天在车站遇到了一位老朋友。"),
        ("春眠不觉晓，\n处处闻啼鸟。", "春眠不觉晓，处处闻啼鸟。"),
        ("we went home\r\nand slept.", "we went home and slept."),
    ],
)  # fmt: skip
def test_a_line_break_in_mid_sentence_joins(text, joined):
    assert unwrap(text) == joined


@pytest.mark.parametrize(
    "text",
    [
        "I have a dog.\nIt is small.",
        "hello!\nhow are you?",
        "apple\nbanana\nice cream",
        "苹果\n香蕉\n西瓜",
        "Chapter One\nIt was a dark night.",
        "Roses are red\nViolets are blue",
        "Dear Mr. Green,\nThank you for your letter.\n\nYours,\nAnna",
        "You need:\n- milk\n- bread and\n- eggs",
        "1、开门\n2、关门",
        "HELLO\nGOODBYE",
        "你好。\n我是李明。",
        "",
        "\n\n",
    ],
)
def test_other_line_breaks_stay(text):
    assert unwrap(text) == text
