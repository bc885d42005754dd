"""Numbers and signs of a text in two languages, each read in the language that it stands in.

A Chinese sentence with a word or two in Latin letters reads all its numbers in Chinese (iPhone 15, 5G); where
both languages have phrases of their own, the words beside a number decide.
"""

import re

from genai_demo.audio.speech import read_chinese, read_english
from genai_demo.core.sentences import split_sentences

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
"""Chinese characters, for use inside the brackets of a regular expression."""
_UNIT = re.compile(rf"(?<=[\d\s])(?<![A-Za-z])(?:{read_chinese.UNIT})(?![A-Za-z])")
_STRONG = re.compile(rf"[{HAN}]+|[A-Za-z]+(?:['’][A-Za-z]+)*")
_LATIN = re.compile(r"[A-Za-z][ -~]*")
_WORD = re.compile(r"[A-Za-z]+")
_LONG_WORD = re.compile(r"[A-Za-z]{2,}")
_ENDLESS = re.compile(r"\d{17,}")
"""Figures that are no amount; apart they cost no time."""
_NAME = 3
"""Words of the longest name in Latin letters whose numbers a Chinese sentence reads in Chinese."""


def expand(text: str) -> str:
    """The text with all numbers and signs written out."""
    runs: list[tuple[str, str]] = []
    for sentence in split_sentences(text, "zh"):
        kind = _kind(sentence) or (runs[-1][0] if runs else "")
        if runs and (runs[-1][0] == kind or not runs[-1][0]):
            runs[-1] = (kind, runs[-1][1] + sentence)
        else:
            runs.append((kind, sentence))
    return "".join(_chinese(run) if kind == "zh" else _by_words(run) for kind, run in runs)


def _kind(sentence: str) -> str:
    """ "zh" for a Chinese sentence, "en" for any other, "" for one without a letter; 。 is Chinese too."""
    sentence = _UNIT.sub("", sentence)
    characters, words = len(re.findall(f"[{HAN}。！？]", sentence)), len(_LONG_WORD.findall(sentence))
    if not characters and not _WORD.search(sentence):
        return ""
    common = len(re.findall(r"(?<![A-Za-z])[a-z]{2,}(?![A-Za-z])", sentence))
    names = (m[0] for m in re.finditer(r"[ -~]+", sentence) if re.search(r"\d", m[0]))
    few = characters and (characters >= words or not common)
    return "zh" if few and all(len(_WORD.findall(name)) <= _NAME for name in names) else "en"


def _chinese(text: str) -> str:
    return _LATIN.sub(lambda m: read_english.expand(m[0]), read_chinese.expand(text))


def _by_words(text: str) -> str:
    text = _ENDLESS.sub(lambda m: " ".join(m[0]), text)
    return "".join(
        (read_chinese if language == "zh" else read_english).expand(piece) for language, piece in _spans(text)
    )


def _spans(text: str) -> list[tuple[str, str]]:
    """The text in pieces of one language each: letters decide, what is between them goes with a neighbour."""
    units = {place for m in _UNIT.finditer(text) for place in range(m.start(), m.end())}
    strong = [m for m in _STRONG.finditer(text) if m.start() not in units]
    if not strong:
        return [("en", text)]
    spans: list[tuple[str, str]] = []
    end, left = 0, ""
    for found in strong:
        right = "en" if found[0].isascii() or "’" in found[0] else "zh"
        spans += _between(text[end : found.start()], left or right, right) + [(right, found[0])]
        end, left = found.end(), right
    spans.append((left, text[end:]))
    merged: list[tuple[str, str]] = []
    for language, piece in spans:
        if merged and merged[-1][0] == language:
            merged[-1] = (language, merged[-1][1] + piece)
        else:
            merged.append((language, piece))
    return merged


def _between(text: str, left: str, right: str) -> list[tuple[str, str]]:
    """Signs and numbers between words: those after a space or the end of a sentence belong to the next word."""
    if left == right or not re.search(r"\d", text):
        return [(left, text)]
    first = re.match(r"(?:[^\s.,!?。，、！？;；:：]|[.,:](?=\d))*[.!?。！？]?(?=\s|[.,。，、！？;；])", text)
    last = re.search(r"\S*\d\S*\s*$", text)
    cut = max(first.end() if first else 0, last.start() if last else 0)
    return [(left, text[:cut]), (right, text[cut:])]
