"""What a translation copies letter for letter: {name}, %d, <b>, addresses; and the words that stand in for it.

The model does not know such signs, but it knows names: it reads "Hello Tom" for "Hello {name}", and what it made of
the name gives way to the sign again.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

PLACEHOLDER = re.compile(
    r"""
    (?P<address>
        https?://[^\s<>"'，。！？；：、（）“”]*[^\s<>"'，。！？；：、（）“”.,!?;:)\]]
      | [\w.+-]+@[\w-]+(?:\.[\w-]+)+
      | \b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|edu|gov|io|cn|uk|de|eu|info|dev|app)\b
        (?: /[^\s<>，。！？；：、）]*[\w/] )? )
  | (?P<tag> </?[A-Za-z][\w-]*(?:\s[^<>]*)?/?> | &[a-z]+; )
  | (?P<count>
        %(?:\(\w*\))?[-+0\#]*\d*(?:\.\d+)?(?:[dif]|l[du])\b
      | \{\{?\s*(?:n|num\w*|count\w*|total\w*|\w*_count)\s*\}\}? )
  | (?P<name> %(?:\(\w+\))?s\b | %\d\$[sd] | %@ | \$?\{\{?[^{}\n]{0,40}\}\}? | \$\([\w.]+\) | __\w+?__ )
    """,
    re.VERBOSE | re.ASCII,
)
NAMES = (("Tom", "汤姆"), ("Mary", "玛丽"), ("John", "约翰"), ("Jack", "杰克"), ("Bill", "比尔"), ("Mike", "迈克"))
"""Names that the model translates in both directions, in English and Chinese."""
COUNTS = ("7", "5", "8", "6", "4", "9")


@dataclass(frozen=True)
class StandIn:
    """Something in the place of a placeholder."""

    text: str
    """The placeholder."""
    spellings: tuple[str, ...]
    """How the model may write what stands in for it."""
    opening: int = -1
    """Of an end tag, the place of the tag that it closes; -1: none."""


def outside(text: str, change: Callable[[str], str]) -> str:
    """The text with a change in all of it but the placeholders."""
    pieces, end = [], 0
    for match in PLACEHOLDER.finditer(text):
        pieces += [change(text[end : match.start()]), match.group()]
        end = match.end()
    return "".join(pieces) + change(text[end:])


def with_stand_ins(text: str, source: str) -> tuple[str, list[StandIn]]:
    """The text with something that the model knows in the place of every placeholder, and what it was.

    Those that find none, where a sentence has very many, stay; what stands in for one is no part of the text itself.
    """
    names = [pair for pair in NAMES if not any(name in text for name in pair)]
    counts = [count for count in COUNTS if count not in text]
    found: list[StandIn] = []

    def stand_in(match: re.Match[str]) -> str:
        kind = match.lastgroup
        free = counts if kind == "count" else names
        if kind == "tag" or not free:
            literal = match.group()
            opened = [
                i for i, s in enumerate(found) if literal[:2] == "</" and re.match(rf"<{literal[2:-1]}\b", s.text)
            ]
            found.append(StandIn(literal, (literal, f" {literal}"), opened[-1] if opened else -1))
            return literal
        if kind == "count":
            words = counts.pop(0)
            found.append(StandIn(match.group(), (words,)))
            return words
        english, chinese = names.pop(0)
        found.append(StandIn(match.group(), (english, f" {english}", chinese)))
        return chinese if source == "zh" else english

    return PLACEHOLDER.sub(stand_in, text), found
