"""Mandarin: characters to toned syllables as they are spoken, and syllables to initials and finals.

Readings come from pypinyin. What it leaves open is decided here by rules of the grammar books
(Duanmu, The Phonology of Standard Chinese, 2007; Chao, A Grammar of Spoken Chinese, 1968): the tones
of 一 and 不, runs of third tones, unstressed syllables, and 儿 that only colours the syllable before.
A syllable is written in letters and a tone, "lv4", "de5"; the coloured 儿 is "r5".
"""

import functools
import re

from genai_demo.audio.speech import chinese_tones, chinese_words
from genai_demo.audio.speech.chinese_lexicon import TRADITIONAL
from genai_demo.core.chinese import simplified_characters

_INITIALS = "b p m f d t n l g k h j q x zh ch sh r z c s"
_FINALS = (
    "a o e ai ei ao ou an en ang eng er "
    "i ii iii ia io ie iao iou ian in iang ing iong "
    "u ua uo uai uei uan uen uang ueng ong v ve van vn rr"
)
INITIALS, FINALS = tuple(_INITIALS.split()), tuple(_FINALS.split())
"""ii: the vowel of zi, ci, si; iii: of zhi, chi, shi, ri; v: ü; rr: the 儿 that colours a syllable."""

_SPELLED = {"iu": "iou", "ui": "uei", "un": "uen", "ue": "ve"}
_ALONE = {"m": "en", "n": "en", "ng": "en", "hm": "en", "hng": "en", "r": "rr", "ê": "ei"}
"""Syllables without a vowel, by the nearest that has one (嗯, 呣, 哼)."""
_SYLLABLE = re.compile(rf"({'|'.join(sorted(INITIALS, key=len, reverse=True))})?(.+)")


def mandarin(syllable: str) -> list[tuple[str, str]]:
    """Initial and final of a syllable like "lv4", each with its mark: the tone stands on the final.

    Raises ValueError where it is none.
    """
    letters, tone = syllable[:-1].lower().replace("ü", "v").replace("u:", "v"), syllable[-1:]
    if tone not in ("1", "2", "3", "4", "5") or not letters.isalpha():
        raise ValueError(f"{syllable!r} is no pinyin syllable with a tone from 1 to 5, such as 'hao3'.")
    return [(symbol, tone if symbol in FINALS else "") for symbol in _parts(letters)]


@functools.cache
def _parts(letters: str) -> tuple[str, ...]:
    if letters in _ALONE:
        return (_ALONE[letters],)
    if letters == "yai":
        return ("i", "ai")
    rest = letters[1:]
    if letters[0] == "y":  # y and w begin syllables that have no initial
        initial, final = "", "v" + rest[1:] if rest[:1] == "u" else rest if rest[:1] == "i" else "i" + rest
    elif letters[0] == "w":
        initial, final = "", rest if rest[:1] == "u" else "u" + rest
    else:
        initial, final = _split(letters)
    if final not in FINALS:
        raise ValueError(f"{letters!r} is no syllable of Mandarin.")
    return (initial, final) if initial else (final,)


def _split(letters: str) -> tuple[str, str]:
    found = _SYLLABLE.fullmatch(letters)
    initial, final = (found[1] or "", found[2]) if found else ("", letters)
    final = _SPELLED.get(final, final) if initial else final
    if initial in ("j", "q", "x") and final[:1] == "u":  # ju is jü
        final = {"u": "v", "uan": "van", "uen": "vn"}.get(final, final)
    elif final == "i" and initial in ("z", "c", "s"):
        final = "ii"
    elif final == "i" and initial in ("zh", "ch", "sh", "r"):
        final = "iii"
    elif final == "o" and initial in ("b", "p", "m", "f"):  # spelled bo, spoken buo
        final = "uo"
    return initial, final


def syllables(text: str) -> list[str]:
    """The spoken syllable of every character, such as ["ni2", "hao3"]; "" where one has no known reading.

    text: Chinese characters only, simplified or traditional, one phrase: tones change across all of it.
    """
    simple = simplified_characters(text)
    words = chinese_words.words(simple)
    found = chinese_words.readings(words)
    for place, (character, now) in enumerate(zip(text, simple, strict=True)):
        if character != now and character in TRADITIONAL and not found[place].endswith("5"):
            found[place] = TRADITIONAL[character]
    return chinese_tones.spoken(words, found)
