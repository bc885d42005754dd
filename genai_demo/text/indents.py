"""Indentation of other people's code: the model knows four spaces and line feeds, and gives back what it was given."""

import math
import re
from dataclasses import dataclass

OURS = 4
"""Spaces of a level in what the model learnt from."""
START = re.compile(r"^[ \t]+", re.MULTILINE)


@dataclass(frozen=True)
class Layout:
    """How a piece of code is laid out."""

    level: str = " " * OURS
    """One level of indentation: spaces, or a tab."""
    line_end: str = "\n"

    def read(self, code: str) -> str:
        """The code with four spaces for every level and line feeds only."""
        code = re.sub(r"\r\n?", "\n", code)
        return START.sub(lambda match: self._spaces(match.group()), code)

    def written(self, code: str, starts_line: bool) -> str:
        """Code of the model's in this layout. starts_line: whether its first line has its indentation still."""
        first, line_feed, rest = ("", "", code) if starts_line else code.partition("\n")
        rest = re.sub(r"^ +", lambda match: self._levels(len(match.group())), rest, flags=re.MULTILINE)
        return (first + line_feed + rest).replace("\n", self.line_end)

    def _spaces(self, indent: str) -> str:
        if self.level == "\t":
            return indent.expandtabs(OURS)
        whole, rest = divmod(len(indent.expandtabs(8)), len(self.level))
        return " " * (OURS * whole + rest)

    def _levels(self, spaces: int) -> str:
        whole, rest = divmod(spaces, OURS)
        return self.level * whole + " " * rest


def layout_of(code: str) -> Layout:
    """The layout of a piece of code; four spaces where it has no indentation.

    A level in spaces is what the indentations of its lines have in common, continued lines left aside.
    """
    line_end = "\r\n" if "\r\n" in code else "\n"
    lines = [line.rstrip("\r") for line in code.split("\n")]
    indents = [line[: len(line) - len(line.lstrip(" \t"))] for line in lines]
    if any(indent.startswith("\t") for indent in indents):
        return Layout("\t", line_end)
    deeper = [
        len(indents[i + 1]) - len(indents[i])
        for i, line in enumerate(lines[:-1])
        if line.rstrip().endswith(":") and len(indents[i + 1]) > len(indents[i])
    ]
    level = math.gcd(*deeper) if deeper else OURS
    return Layout(" " * (level if level in (1, 2, 3, 8) else OURS), line_end)
