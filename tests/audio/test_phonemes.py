"""Words and characters to phones; sandhi; pieces of long texts; any text at all."""

import random

import pytest

from genai_demo.audio.speech import english, phonemes
from genai_demo.audio.speech.mandarin import syllables
from genai_demo.audio.speech.phonemes import EDGE, MARKS, PAUSES, SYMBOLS, Utterance, phonemise
from genai_demo.audio.speech.train_letters import build, edits


def spoken(word: str) -> str:
    return " ".join(s + m for s, m in english.english_word(word))


def check_utterances(utterances: list[Utterance]) -> None:
    """Every phone is in the inventories and belongs to exactly one word, in order."""
    assert utterances
    for utterance in utterances:
        assert utterance.phones[0].symbol == utterance.phones[-1].symbol == EDGE
        assert utterance.phones[-2].symbol in PAUSES
        assert all(p.symbol in SYMBOLS and p.mark in MARKS and p.language in ("en", "zh") for p in utterance.phones)
        ends = [0, *(word.last for word in utterance.words)]
        assert [word.first for word in utterance.words] == ends[:-1]
        assert ends[-1] == len(utterance.phones)
        for word in utterance.words:
            if word.text not in (EDGE, *PAUSES):
                assert utterance.text[word.start : word.start + len(word.text)].lower() == word.text.lower()


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("hello", "HH AH0 L OW1"),
        ("NASA", "N AE1 S AH0"),
        ("XKCD", "EH2 K S K EY2 S IY2 D IY1"),
        ("US", "Y UW2 EH1 S"),
        ("us", "AH1 S"),
        ("PCs", "P IY2 S IY1 Z"),
        ("JavaScript's", "JH AA1 V AH0 S K R IH1 P T S"),
        ("it's", "IH1 T S"),
        ("chatbots", "CH AE1 T B AO2 T S"),
        ("unfollowed", "AH0 N F AA1 L OW0 D"),
        ("brrr", "B IY2 AA2 R AA2 R AA1 R"),
    ],
)
def test_english_words(word: str, phones: str) -> None:
    assert spoken(word) == phones


def test_homographs() -> None:
    def phones(text: str, word: str) -> str:
        (utterance,) = phonemise(text)
        found = next(w for w in utterance.words if w.text == word)
        return " ".join(p.symbol for p in utterance.phones[found.first : found.last])

    assert phones("I have read it.", "read") == "R EH D" != phones("I will read it.", "read")
    assert phones("They live in Rome.", "live") == "L IH V" != phones("It was a live show.", "live")
    assert phones("the apple", "the") == "DH IY" != phones("the pear", "the")
    assert phones("a record", "record") == "R EH K ER D" != phones("to record", "record")


@pytest.mark.parametrize(
    ("text", "pinyin"),
    [
        ("你好", "ni2 hao3"),
        ("一个", "yi2 ge4"),
        ("一天", "yi4 tian1"),
        ("第一", "di4 yi1"),
        ("十一月一日", "shi2 yi1 yue4 yi1 ri4"),
        ("看一看", "kan4 yi5 kan4"),
        ("不是", "bu2 shi4"),
        ("不好", "bu4 hao3"),
        ("好不好", "hao3 bu5 hao3"),
        ("展览馆", "zhan2 lan2 guan3"),
        ("我很好", "wo2 hen2 hao3"),
        ("朋友们", "peng2 you5 men5"),
        ("小孩儿", "xiao3 hai2 r5"),
        ("女儿", "nv3 er2"),
        ("跑得快", "pao3 de5 kuai4"),
        ("银行", "yin2 hang2"),
        ("重庆", "chong2 qing4"),
        ("绿色", "lv4 se4"),
    ],
)
def test_mandarin_readings(text: str, pinyin: str) -> None:
    assert " ".join(syllables(text)) == pinyin


@pytest.mark.parametrize(
    ("syllable", "parts"),
    [
        ("zhi1", "zh iii1"), ("zi5", "z ii5"), ("ji2", "j i2"), ("ju2", "j v2"), ("jun1", "j vn1"), ("lve4", "l ve4"),
        ("you3", "iou3"), ("liu2", "l iou2"), ("yuan2", "van2"), ("wei4", "uei4"), ("gui4", "g uei4"), ("bo1", "b uo1"),
        ("yong3", "iong3"), ("er2", "er2"), ("r5", "rr5"), ("ng2", "en2"), ("weng1", "ueng1"), ("wu3", "u3"),
    ],
)  # fmt: skip
def test_syllables(syllable: str, parts: str) -> None:
    assert " ".join(s + m[2:] for s, m in phonemes.mandarin(syllable)) == parts


@pytest.mark.parametrize("syllable", ["", "ni", "ni6", "xyz3", "3", "bx2"])
def test_no_syllable(syllable: str) -> None:
    with pytest.raises(ValueError, match="syllable"):
        phonemes.mandarin(syllable)


def test_mixed_sentence() -> None:
    utterances = phonemise("我用Python写code，很好！ It works.")
    check_utterances(utterances)
    assert {p.language for p in utterances[0].phones} == {"en", "zh"}
    assert [u.phones[-2].symbol for u in utterances] == ["!", "."]
    assert [w.text for w in utterances[0].words] == [
        EDGE,
        "我",
        "用",
        "Python",
        "写",
        "code",
        ",",
        "很",
        "好",
        "!",
        EDGE,
    ]


def test_stress_for_heard_phones() -> None:
    assert phonemes.stressed("read", ["R", "IY", "D"]) == [("R", ""), ("IY", "en1"), ("D", "")]
    assert [m for _, m in phonemes.stressed("banana", ["B", "N", "AE", "N", "AH"])] in (
        ["", "", "en0", "", "en1"],
        ["", "", "en1", "", "en0"],
    )


def test_long_text_starts_with_a_short_piece() -> None:
    text = "The quick brown fox jumps over the lazy dog, and " * 40
    utterances = phonemise(text[:2900])
    check_utterances(utterances)
    assert len(utterances[0].phones) < 2 * phonemes.FIRST_PHONES
    assert all(len(u.phones) < 2 * phonemes.LONGEST for u in utterances)
    words = [w.text for u in utterances for w in u.words if w.text not in (EDGE, *PAUSES)]
    assert words == text[:2900].replace(",", "").split()


def test_a_sentence_without_any_break() -> None:
    utterances = phonemise("鱼" * 1000)
    check_utterances(utterances)
    assert sum(u.text.count("鱼") for u in utterances) == 1000


def test_any_text() -> None:
    draw = random.Random(5)
    alphabets = [
        (32, 127),
        (160, 1500),
        (0x3000, 0x3100),
        (0x3400, 0xA000),
        (0xAC00, 0xAD00),
        (0xFF00, 0xFFF0),
        (0x1F300, 0x1F700),
    ]
    pieces = [
        "12",
        "3.5%",
        "$",
        "一",
        "不",
        "儿",
        "'s",
        "A.",
        " ",
        "the",
        "XL",
        "2026-11-24",
        "http://a.b/c",
        "<x>",
        "\n",
        "。",
    ]
    for _ in range(150):
        text = "".join(
            chr(draw.randrange(*draw.choice(alphabets))) if draw.random() < 0.5 else draw.choice(pieces)
            for _ in range(draw.randrange(1, 60))
        )
        try:
            check_utterances(phonemise(text))
        except ValueError as error:
            assert str(error).endswith(("first.", "numbers.", "read."))


def test_letters_learn_regular_spelling() -> None:
    made = [
        (f"{a}{v}{b}{e}", (first, vowel, last))
        for a, first in (("b", "B"), ("d", "D"), ("k", "K"), ("sh", "SH"), ("t", "T"))
        for b, last in (("t", "T"), ("n", "N"), ("m", "M"), ("d", "D"))
        for v, vowel, e in (("a", "AE1", ""), ("a", "EY1", "e"), ("i", "IH1", ""), ("i", "AY1", "e"))
    ]
    unseen = [entry for i, entry in enumerate(made) if i % 7 == 3]
    model = build([entry for entry in made if entry not in unseen])
    right = sum(tuple(s + m for s, m in model.pronounce(word)) == spoken for word, spoken in unseen)
    assert right >= len(unseen) - 1
    assert edits("kitten", "sitting") == 3


def test_unknown_words() -> None:
    assert spoken("blicket").startswith("B L IH1 K")
    assert all(m in ("", "0", "1", "2") for word in ("qwfp", "zzyzx", "flumox") for _, m in english.english_word(word))
