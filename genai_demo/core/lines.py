"""Lines as text is pasted: those that an e-mail or a PDF broke in mid-sentence are put together again.

Which line breaks are meant and which only keep a column is not written anywhere. A line goes on in the
next one where that begins in small letters, where it ends in a comma or a word that ends no sentence, or
where its column was full. Blank lines, ended sentences, list items and short lines below each other stay.
"""

import re
from collections.abc import Callable
from itertools import pairwise

_BREAK = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
_WIDE = "\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef"
_END = re.compile(r"[.!?:;。！？：；…][\"'”’)\]」』）】]*$")
_TITLE = re.compile(r"(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|Prof|St|vs|e\.g|i\.e|No|Fig|[A-Z])\.$")
"""At the end of a line these end no sentence."""
_ITEM = re.compile(
    r"\s*(?:[-*+•‣◦▪–—·>#|]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)、](?=\s)|[(（]?[一二三四五六七八九十]+[)）、])"
)
_ENDS_NO_LINE = (
    "a an the and or but nor of to in on at by for from with as than that which who whose my your his her its our "
    "their is are was were be been has have had will would can could may might must shall should not very into about "
    "over under between through during because if when while where"
)
_OPEN = frozenset(_ENDS_NO_LINE.split())
"""Words that no line of its own ends with."""
_FULL, _FULL_WIDE = 30, 12
"""Characters from which a line may have been broken because its column was full, Latin and Chinese."""


def join_wrapped(text: str, is_word: Callable[[str], bool] | None = None) -> str:
    """The text with lines that were broken in mid-sentence joined by a space, Chinese ones by nothing.

    All other line breaks stay, as "\\n". is_word tells whether a word in small letters exists: a word that was
    divided at the end of a line loses its hyphen where the whole does.
    """
    paragraphs = re.split(r"(\n[^\S\n]*\n\s*)", _BREAK.sub("\n", text))
    return "".join(_paragraph(p, is_word) if i % 2 == 0 else p for i, p in enumerate(paragraphs))


def _paragraph(text: str, is_word: Callable[[str], bool] | None) -> str:
    lines = text.split("\n")
    if len(lines) == 1 or _is_list(lines):
        return text
    width = max(len(line.rstrip()) for line in lines)
    joined = lines[0]
    for line, following in pairwise(lines):
        if _goes_on(line.rstrip(), following, width):
            joined = _joined(joined.rstrip(), following.lstrip(), is_word)
        else:
            joined += "\n" + following
    return joined


def _is_list(lines: list[str]) -> bool:
    """Whether these are a few words each, below each other, and no sentence: a shopping list, a poem of names."""
    return all(len(line.split()) <= 2 and len(line) < _FULL and not _END.search(line.rstrip()) for line in lines)


def _goes_on(line: str, following: str, width: int) -> bool:
    start = following.lstrip()
    if not line.strip() or not start or _ITEM.match(following):
        return False
    if _END.search(line):
        return _TITLE.search(line) is not None
    if line.endswith((",", "，", "、", "-")) or line.split()[-1].lower().strip("\"'“”‘’(") in _OPEN:
        return True
    if start[0].islower():
        return True
    if re.match(f"[{_WIDE}]", start) and re.search(f"[{_WIDE}]$", line):
        return len(line) >= max(_FULL_WIDE, width - 2)
    return len(line) >= _FULL and len(line) + 1 + len(start.split()[0]) > width


def _joined(line: str, following: str, is_word: Callable[[str], bool] | None) -> str:
    divided = re.search(r"([A-Za-z]+)-$", line)
    rest = re.match(r"[a-z]+", following)
    if divided and rest:
        whole = (divided[1] + rest[0]).lower()
        return (line[:-1] if is_word is not None and is_word(whole) else line) + following
    if re.search(f"[{_WIDE}]$", line) and re.match(f"[{_WIDE}]", following):
        return line + following
    return f"{line} {following}"
