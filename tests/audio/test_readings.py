"""How words are read: pinyin and the phonetic alphabet."""

import pytest

from genai_demo.audio.speech import emphasis
from genai_demo.audio.speech.normalise import normalise
from genai_demo.audio.speech.phonemes import english_word, mandarin, phonemise
from genai_demo.audio.speech.readings import reading


@pytest.mark.parametrize(
    ("syllable", "written"),
    [("ni3", "nǐ"), ("lv4", "lǜ"), ("xue2", "xué"), ("yuan2", "yuán"), ("zi5", "zi"), ("shi4", "shì"), ("liu2", "liú"),
     ("gui4", "guì"), ("bo1", "bō"), ("weng1", "wēng"), ("yi1", "yī"), ("jun1", "jūn"), ("er4", "èr"), ("wo3", "wǒ"),
     ("you3", "yǒu"), ("xiong2", "xióng"), ("lun2", "lún"), ("hao3", "hǎo")],
)  # fmt: skip
def test_pinyin_comes_back_with_the_mark_on_its_vowel(syllable, written):
    assert reading(mandarin(syllable)) == written


@pytest.mark.parametrize(
    ("word", "written"),
    [("hello", "həˈloʊ"), ("computer", "kəmˈpjutɚ"), ("the", "ðə"), ("street", "stɹit"), ("understand", "ˌʌndɚˈstænd"),
     ("rain", "ɹeɪn")],
)  # fmt: skip
def test_a_stress_stands_before_its_syllable(word, written):
    assert reading(english_word(word)) == written


def test_a_pause_has_no_reading():
    assert reading([(",", "")]) == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I said *you*, not *the two*.", ["you", "the", "two"]),
        ("This is **bold** and *light*.", ["bold", "light"]),
        ("我*很*喜欢你，*非常*喜欢。", ["很", "非", "常"]),
        ("It costs *$2*.", ["two", "dollars"]),
        ("3 * 4 and 2*3*4 and a * b * c", []),
        ("a *lonely star", []),
        ("\ue000odd\ue001 signs", []),
    ],
)
def test_stars_around_words_are_emphasis(text, words):
    found = phonemise(text)
    assert [word.text for u in found for word in u.words if word.strong] == words
    assert not set(emphasis.BEGIN + emphasis.END) & set(normalise(text).text)
