"""Words between *stars* are said with emphasis: found in the text as written, and carried through its reading."""

import re

BEGIN, END = "\ue000", "\ue001"
"""Signs for private use that stand for the stars while numbers and abbreviations are read out."""
_STARS = re.compile(
    r"(?<![*\w])(\*\*?)(?![\s*])([^*\n]{1,80}?)(?<![\s*])\1(?![*\w])|(?<!\*)(\*\*?)([㐀-鿿]{1,12})\3(?!\*)"
)
"""One or two stars before words and as many after them, as in Markdown; among Chinese characters without spaces."""
_FORBIDDEN = str.maketrans("", "", BEGIN + END)

LENGTH, SEMITONES, DECIBELS = 1.25, 3.0, 3.0
"""How much longer, higher and stronger a word with emphasis is said: by rule, since no training text has stars."""


def marked(text: str) -> str:
    """The text with signs for the stars around words. Stars that stand for something else stay, as in 3 * 4."""
    return _STARS.sub(lambda m: BEGIN + (m[2] or m[4]) + END, text.translate(_FORBIDDEN))


def taken(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A text without the signs, and where in it the words stand that were between them: places [first, last)."""
    found: list[tuple[int, int]] = []
    plain, start = "", -1
    for part in re.split(f"([{BEGIN}{END}])", text):
        if part == BEGIN:
            start = len(plain)
        elif part == END:
            if 0 <= start < len(plain):
                found.append((start, len(plain)))
            start = -1
        else:
            plain += part
    return plain, tuple(found)
