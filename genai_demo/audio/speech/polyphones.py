"""Characters with several readings that stand alone in their sentence, told apart by what is around them.

Words have their reading from the dictionary. A character that is a word of its own (长, 数, 还), or part of one that
the dictionary lacks, is decided here: the kind is grammar (a numeral before a measure, a verb before its object),
the lists are the collocations of the grammar books and dictionaries named in ``mandarin``.
"""

import functools
import re
from pathlib import Path

_TABLE = Path(__file__).with_suffix(".txt")
_Pattern = tuple[bool, re.Pattern[str], re.Pattern[str]]


@functools.cache
def _rules() -> dict[str, tuple[str, list[tuple[str, _Pattern]]]]:
    """For every character its usual reading ("?": as a word of its own only), and others with what calls for them."""
    found: dict[str, tuple[str, list[tuple[str, _Pattern]]]] = {}
    rules: list[tuple[str, _Pattern]] = []
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        pinyin, *patterns = line.split()
        if line.startswith(" "):
            rules += [(pinyin.rstrip(":"), _pattern(written)) for written in patterns]
        elif not line.startswith("#"):
            rules = []
            found[pinyin] = (patterns[0], rules)
    return found


def _pattern(written: str) -> _Pattern:
    """``before_after``, around the character; ``!`` in front: also where the dictionary has a word."""
    before, _, after = written.lstrip("!").partition("_")
    return written.startswith("!"), re.compile(f"(?:{before})$"), re.compile(after)


def reading(text: str, place: int, listed: bool, alone: bool, first: bool) -> str | None:
    """The pinyin of a character in its phrase, None where the dictionary is to decide.

    listed: whether it belongs to a word whose reading the dictionary gives. alone, first: whether
    it is a word itself, or the first of one.
    """
    if text[place] not in _rules():
        return None
    usual, rules = _rules()[text[place]]
    for pinyin, (sure, before, after) in rules:
        if (sure or not listed) and before.search(text[:place]) and after.match(text, place + 1):
            return pinyin
    return usual.rstrip("?") if alone or (first and not listed and not usual.endswith("?")) else None
