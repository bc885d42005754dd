"""Whether code is Python, and how much of a suggestion is."""

import ast


def parses(source: str) -> bool:
    """Whether Python accepts it. Nothing runs."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def cut_back(before: str, suggestion: str) -> str:
    """A suggestion that broke off, without what stands after the last line with which the whole parses.

    before: the code that it goes on from. Where no line of it can be kept, it stays as it is.
    """
    lines = suggestion.splitlines(keepends=True)
    for count in range(len(lines), 0, -1):
        kept = "".join(lines[:count]).rstrip()
        if kept and parses(before + kept):
            return kept
    return suggestion
