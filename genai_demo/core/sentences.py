"""Where sentences end, and which line breaks are only the edge of a page.

The library sentencex knows the abbreviations; here is what it takes for an end and is none, and the reverse.
"""

import re
from itertools import pairwise

from sentencex import segment

CLOSING = "\"'”’」』）)\\]】》"
ENDED = re.compile(rf"[.!?。！？…:：][{CLOSING}]*$")
"""The end of a line that ends a sentence, or leads over to what stands below it."""
ITEM = re.compile(
    r"[^\S\n]*(?:[-*+•·●▪◦–—][^\S\n]+|\(?\d{1,3}[.)](?:[^\S\n]+|(?=[\u4e00-\u9fff]))|(?:\d{1,3}|[一二三四五六七八九十]{1,3})、"
    r"|[(（](?:\d{1,3}|[一二三四五六七八九十]{1,3})[)）]|[A-Za-z]\)[^\S\n]+|[①-⑳][^\S\n]*|[#>|]+[^\S\n]+)"
)
"""The head of a list item, a heading, a quotation."""
INNER_ITEM = re.compile(r"(?:(?<=[.!?;] )|(?<=[。！？；]))(?=\d{1,2}[.)、](?:\s|[\u4e00-\u9fff]))")
"""Before the number of an item that stands in mid-line, after the end of another."""
NOT_LAST = re.compile(
    "a an the and or but nor of to in on at by for from with without into onto over under about between through during "
    "than as that which who whose whom if because while my your his her its our their is are was were be been am will "
    "would can could shall should may might must not very so too this these those".replace(" ", "|"),
    re.IGNORECASE,
)
"""Words after which no line ends of its own."""
ABBREVIATION = re.compile(
    r"\b(?:approx|ca|tel|ext|apt|vol|ch|sec|min|max|incl|est|pp?|fig|no|nos|art|ver)\.\s+$", re.IGNORECASE
)
"""Abbreviations before a number or a small letter, which sentencex takes for the end of a sentence there."""
LETTERS = re.compile(r"(?<![A-Za-z])(?:[A-Za-z]\.)+$")
"""A.m. or U.S. as the last of a piece, or the beginning of it."""
TOGETHER = re.compile(
    r"[.!?][)\]]\s+(?=[A-Z])|[。！？][）)】](?=.)|(?:\b(?:[A-Za-z]\.){2,}|\b(?:etc|Inc|Ltd|Co|Corp)\.)\s+"
    r"(?=(?:I|You|He|She|It|We|They|The|This|That|These|Those|There|Then|My|Your|His|Her|Our|Their|But|And|So|Please)\b)"
)
"""Where a sentence begins that sentencex, or an older version of it, leaves with the one before."""
SURROGATE = re.compile("[\ud800-\udfff]")
CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
LONG_LINE = 40
"""Columns from which on a line was broken because it was full, where the next word had no room."""
CLAUSE_WORDS = 3
"""Words of the shortest line that goes on in the next; a shorter one is a word of a list, or a title."""
LOOSE_WORDS = 5
"""As ``CLAUSE_WORDS``, where no full stop at the end of the paragraph says that these are sentences."""


def unwrap(text: str) -> str:
    """The text without the line breaks that stand in mid-sentence, as in e-mails and copied pages.

    English lines are joined with a space, Chinese ones with nothing. Empty lines, list items, and lines that end a
    sentence keep their break, and so do short lines without any: titles, addresses, lists of words.
    """
    lines = re.split(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", text)
    sentences = _in_sentences(lines)
    width = max(map(_columns, lines))
    joined = lines[0]
    for (line, following), whole in zip(pairwise(lines), sentences, strict=False):
        if _goes_on(line, following, whole, width):
            left, right = joined.rstrip(), following.lstrip()
            tight = CHINESE.match(right) or CHINESE.match(left[-1]) or re.search(r"\w-$", left)
            joined = left + ("" if tight else " ") + right
        else:
            joined += "\n" + following
    return joined


def _columns(line: str) -> int:
    """Its width, Chinese characters counted as two."""
    return len(line.rstrip()) + len(CHINESE.findall(line))


def _in_sentences(lines: list[str]) -> list[bool]:
    """For every line, whether its paragraph ends as a sentence does."""
    found = [False] * len(lines)
    last = ""
    for i in range(len(lines) - 1, -1, -1):
        last = (last or lines[i]) if lines[i].strip() else ""
        found[i] = bool(ENDED.search(last.rstrip()))
    return found


def _goes_on(line: str, following: str, sentences: bool, width: int) -> bool:
    """Whether a sentence of the line goes on in the following one."""
    line, following = line.rstrip(), following.rstrip()
    if not line.strip() or not following.strip() or ITEM.match(following):
        return False
    if ENDED.search(line):
        # an abbreviation may end a line: Mr.
        return line.endswith(".") and bool(re.search(r"\w\.$", line)) and not _ends(line, following.lstrip())
    least = CLAUSE_WORDS if sentences else LOOSE_WORDS
    last, first = line[-1], following.lstrip()[0]
    if CHINESE.match(last) or CHINESE.match(first):
        return last in "，、；" or _columns(line) >= 4 * least
    words = line.split()
    if NOT_LAST.fullmatch(words[-1]) or (re.search(r"[a-z]-$", line) and first.islower()):
        return True
    if first.islower() or (line.isupper() and following.isupper()):
        return len(words) >= least or last in ",;"
    return _columns(line) >= LONG_LINE and _columns(line) + 1 + len(following.split()[0]) > width


def _ends(line: str, following: str) -> bool:
    """Whether a sentence ends between two lines of which the first ends with a full stop."""
    return len(line) + 1 in _starts(f"{line} {following}", "en")


def split_sentences(text: str, language: str = "en") -> list[str]:
    """The pieces of a text, which make it up when joined: sentences with the space after them, list heads, line breaks.

    A full stop of an abbreviation, a number, a time, an address ends no sentence. language: "en" or "zh".
    """
    pieces: list[str] = []
    for line in re.findall(r"[^\n]+|\n+", text):
        for part in INNER_ITEM.split(line) if ITEM.match(line) else [line]:
            head = ITEM.match(part)
            if head and head.end() < len(part):
                pieces.append(head.group())
                part = part[head.end() :]
            pieces += [part[a:b] for a, b in pairwise([*_starts(part, language), len(part)])]
    return pieces


def is_head(piece: str) -> bool:
    """Whether a piece of ``split_sentences`` is the head of a list item, which stays as it is."""
    found = ITEM.match(piece)
    return bool(found and found.end() == len(piece))


def _starts(line: str, language: str) -> list[int]:
    """Where the sentences of a line begin; the first begins at 0."""
    line = SURROGATE.sub("\ufffd", line)
    found = [0]
    place = 0
    for piece in segment(language, line):
        words = piece.strip()
        start = line.index(words, place)
        place = start + len(words)
        if words and start and _parts(line[:start], words, language):
            found.append(start)
    return sorted({*found, *(inner.end() for inner in TOGETHER.finditer(line))} - {len(line)}) or [0]


def _parts(before: str, after: str, language: str) -> bool:
    """Whether a boundary that sentencex found between two parts of a line is one."""
    last = before.rstrip()
    if not last or (re.match(r"[a-z0-9]", after) and ABBREVIATION.search(before)):
        return False
    if LETTERS.search(last) and (before == last or language == "zh"):  # U.|S.已, 9 a.m.|开会
        return False
    latin = re.search(r"[A-Za-z]+\.$", last)
    if language == "zh" and latin and re.match("[A-Za-z]", after):  # St. Louis
        return len(list(segment("en", f"{latin.group()} {after}"))) > 1
    return not (re.search(r"(?:\.{2,}|…)$", last) and after[:1].islower())
