"""Long sentences in parts, and together again; what of it translation takes."""

import dataclasses

import pytest

from genai_demo.text import clauses, translate


@pytest.mark.parametrize(
    ("sentence", "language", "parts"),
    [
        (
            "When I was a child, I used to go fishing with my father every Sunday, but now I have no time.",
            "en",
            [("When I was a child", ","), ("I used to go fishing with my father every Sunday", ","),
             ("but now I have no time.", "")],
        ),
        (
            "I would like to know whether this train stops in Boston and how long it takes.",
            "en",
            [("I would like to know whether this train stops in Boston", ""), ("and how long it takes.", "")],
        ),
        ("Apples, pears, and plums are what we have for you today.", "en", None),
        ("I have seen the large white house that stands on the hill behind the old church of Rome.", "en", None),
        (
            "昨天我在图书馆遇到了一个老朋友，他告诉我他下个月要去北京工作。",
            "zh",
            [("昨天我在图书馆遇到了一个老朋友", "，"), ("他告诉我他下个月要去北京工作。", "")],
        ),
        ("好，我们走吧。", "zh", None),
    ],
)  # fmt: skip
def test_sentences_are_parted_where_clauses_end(sentence, language, parts):
    assert clauses.parts(sentence, language) == (parts or [(sentence, "")])


def test_parts_are_joined_as_the_language_has_it():
    assert clauses.joined(["我小的时候。", "我钓鱼"], [",", ""], "zh") == "我小的时候，我钓鱼"
    assert clauses.joined(["He told me.", "He is going."], ["，", ""], "en") == "He told me, he is going."
    assert clauses.joined(["It rained", "I stayed."], ["；", ""], "en") == "It rained; I stayed."
    assert clauses.joined(["我想知道", "多久。"], ["", ""], "zh") == "我想知道，多久。"


@pytest.mark.parametrize(
    ("sentence", "translation", "source", "sane"),
    [
        ("I would like to buy two tickets.", "我想买两张票。", "en", True),
        ("I would like to buy two tickets.", "我。", "en", False),
        ("I would like to buy two tickets.", "我想买两张票，" * 5, "en", False),
        ("Hello!", "你好，很高兴认识你！", "en", True),
        ("他每天早上七点去学校。", "He goes to school at seven every morning.", "zh", True),
        ("他每天早上七点去学校。", "He.", "zh", False),
    ],
)
def test_the_length_of_a_translation_is_sane(sentence, translation, source, sane):
    assert translate.has_sane_length(sentence, translation, source) is sane


def test_translations_of_an_odd_length_or_with_other_numbers_stand_behind(monkeypatch):
    found = [
        translate.Translation(text, 0, 0, -i)
        for i, text in enumerate(("我。", "我想买三张票去北京。", "我想买两张票去北京。"))
    ]
    monkeypatch.setattr(translate, "_translated", lambda *_: found)
    ranked = translate._translations("I want to buy two tickets to Beijing.", "en", "zh", 2)
    assert [t.text for t in ranked] == [found[2].text, found[0].text, found[1].text]


def test_a_long_sentence_is_offered_clause_by_clause_too(monkeypatch):
    from genai_demo.text import faithful

    sentence = "When I was a child, I used to go fishing with my father every Sunday."
    read = faithful.read(sentence, "en", "zh")
    asked = []

    def translated(part, *_):
        asked.append(part.words)
        return [translate.Translation("我钓鱼。", 0, 0, 0)]

    whole = translate._clause_by_clause
    monkeypatch.setattr(translate, "_translated", translated)
    monkeypatch.setattr(translate, "model", lambda: dataclasses.make_dataclass("Net", ["config"])(tiny()))
    tokens = whole(read, "en", "zh", 2)
    assert asked == ["When I was a child", "I used to go fishing with my father every Sunday."]
    assert translate.load_tokenizer().decode(tokens) == "我钓鱼，我钓鱼。"
    assert whole(faithful.read("It rained.", "en", "zh"), "en", "zh", 2) == []


def tiny():
    from tests.text.tiny import CONFIG

    return CONFIG
