"""The two scripts of written Chinese: simplified characters, which every model here knows, and traditional ones."""

import functools
import re

from opencc import OpenCC

_WHILE = re.compile("(?<![名原专專巨论論编編译譯遗遺合显顯昭卓土拙])著(?!名(?!字)|[作者述称稱录錄稿]|书立|書立)")
"""著 that simplified texts write 着 (看著他), which OpenCC does only for some verbs; 著名 stays."""


@functools.cache
def _converter(way: str) -> OpenCC:
    return OpenCC(way)


def simplified(text: str) -> str:
    """The text in simplified characters; what is simplified already, and every other script, stays as it is.

    OpenCC converts by words where one traditional character stands for several simplified ones, or the reverse
    (乾隆, 乾淨), and turns the vocabulary of Taiwan (軟體) into that of the mainland (软件).
    """
    return _converter("tw2sp").convert(_WHILE.sub("着", text)) if is_traditional(text) else text


def simplified_characters(text: str) -> str:
    """The text in simplified characters one for one, so that every place in it stays; no word becomes another."""
    if not is_traditional(text):
        return text
    text = _WHILE.sub("着", text)
    found = _converter("tw2s").convert(text)
    return found if len(found) == len(text) else "".join(_converter("t2s").convert(c)[:1] or c for c in text)


def particles(text: str) -> str:
    """The text with 着 for 著 after a verb (看著 -> 看着), as simplified texts write it; 著名 stays."""
    return _WHILE.sub("着", text)


@functools.cache
def character_table() -> dict[int, str]:
    """Every traditional character to its simplified one, for ``str.translate``; others are not in it."""
    characters = [chr(code) for code in range(0x3400, 0xA000)]
    found = _converter("t2s").convert("\n".join(characters)).split("\n")
    return {ord(c): simple for c, simple in zip(characters, found, strict=True) if c != simple}


def traditional(text: str) -> str:
    """The text in the traditional characters that Taiwan uses."""
    return _converter("s2tw").convert(text)


def is_traditional(text: str) -> bool:
    """Whether the text holds characters that only traditional Chinese writes.

    By its words (乾隆 is written so in both scripts) and its characters: OpenCC takes the simplified 打坏 for 打坯.
    """
    return _converter("t2s").convert(text) != text and any(map(_is_only_traditional, set(text)))


@functools.cache
def _is_only_traditional(character: str) -> bool:
    return _converter("t2s").convert(character) != character == _converter("s2t").convert(character)
