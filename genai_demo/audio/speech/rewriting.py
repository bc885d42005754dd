"""Rules that rewrite text: a regular expression each, and what to put in place of what it finds."""

import re
from collections.abc import Callable, Sequence

Rule = tuple[str, Callable[[re.Match[str]], str] | str]
"""Letters, digits and \\b in the expression are those of ASCII: Chinese characters are no letters to it."""


class Rewriter:
    """Applies rules in their order; each replaces what it knows and leaves the rest to the next."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = [(re.compile(pattern, re.ASCII), replace) for pattern, replace in rules]

    def __call__(self, text: str) -> str:
        for pattern, replace in self._rules:
            text = pattern.sub(replace, text)
        return text
