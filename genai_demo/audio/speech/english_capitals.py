"""Shouted English: a sentence in capitals is no row of abbreviations."""

import re

from genai_demo.audio.speech import english
from genai_demo.audio.speech.english_lexicon import SPELLED

_WORD = re.compile(r"(?<![\w.'’@#/-])[A-Z]+(?:['’][A-Z]+)?(?![\w/@]|[.-][A-Z\d])")
_SHORT_WORDS = (
    "THE AND IS ARE WAS FOR YOU YOUR WE OF TO IN ON NOT NO WHAT THIS THAT MY HIS HER ALL OUT NOW HOW WITH HAVE IF "
    "DO CAN WILL GO WHY"
)
_EVIDENCE = frozenset(_SHORT_WORDS.split())
"""What no row of abbreviations holds; neither is a known word of four letters one."""
_FOUR = 4


def unshouted(text: str) -> str:
    """Lines of English words all in capitals, with small letters but for the first of each word.

    What the dictionary does not know stays in capitals, and so does a line with small letters, with Chinese, or
    with abbreviations only ("AI, IT and HR", "UK GDP").
    """
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    if re.search(r"[a-z\u3400-\u9fff]", line):
        return line
    words = _WORD.findall(line)
    known = [w for w in words if w in _EVIDENCE or (len(w) >= _FOUR and w not in SPELLED and english.known(w.lower()))]
    if len(words) < 2 or not known:
        return line
    return _WORD.sub(lambda m: m[0].capitalize() if _is_word(m[0]) else m[0], line)


def _is_word(capitals: str) -> bool:
    return bool(english.known(capitals.lower().replace("’", "'"))) or "'" in capitals or "’" in capitals
