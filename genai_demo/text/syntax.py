"""Whether code is Python, and how much of a suggestion is."""

import ast
import builtins
import re

ECHO = 4
"""Lines of the longest block that counts as an echo where it comes again at once."""
REPEATED = 10
"""Characters, other than space, with which a suggestion begins to repeat what follows it."""


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


def fitted(before: str, suggestion: str, after: str) -> str:
    """A suggestion for a gap, cut where it begins to repeat what follows, and then to what parses in its place.

    That is the most lines, or a part of the first. Where the gap is in mid-line, the suggestion is of one line. Where
    no part parses it is only cut at what repeats.
    """
    suggestion = cut_at_suffix(suggestion, after)
    if after.partition("\n")[0].strip():
        suggestion = suggestion.partition("\n")[0]
    if not suggestion.strip() or parses(before + suggestion + after):
        return suggestion
    ends = [match.start() for match in re.finditer(r"\n", suggestion)]
    first = suggestion[: ends[0]] if ends else suggestion
    parts = [match.start() for match in re.finditer(r"\"\"\"|\w+|[^\w\s]", first)]
    for end in [*reversed(ends), *reversed(parts)]:
        kept = suggestion[:end].rstrip()
        if kept.strip() and parses(before + kept + after):
            return kept
    return suggestion


def cut_at_suffix(suggestion: str, after: str) -> str:
    """A suggestion without what it has in common with the code that follows it.

    That is its end, where what follows begins with it, or whatever comes from the place on at which it begins to
    repeat what follows; spaces and line breaks make no difference.
    """
    wanted = re.sub(r"\s", "", after)
    line = re.sub(r"\s", "", after.strip().partition("\n")[0])
    if not wanted:
        return suggestion
    for place in range(len(suggestion)):
        rest = re.sub(r"\s", "", suggestion[place:])
        at_word = place == 0 or not (suggestion[place - 1].isalnum() and suggestion[place].isalnum())
        whole_line = len(line) >= 4 and rest.startswith(line)
        begun = rest.startswith(wanted[:REPEATED]) or whole_line
        broke_off = 2 < len(rest) < REPEATED and "\n" in suggestion[:place] and wanted.startswith(rest)
        if at_word and not suggestion[place].isspace() and (begun or broke_off):
            return suggestion[:place].rstrip()
    return suggestion


def unknown_names(code: str) -> int:
    """How many names code reads that nothing in it binds, builtins aside; 0 for what does not parse."""
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 0
    bound = set(dir(builtins)) | {"__file__", "__name__"}
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
    return len({node.id for node in nodes if isinstance(node, ast.Name)} - bound)


def without_echo(suggestion: str) -> str:
    """A suggestion up to where it says lines a second time in a row, which a small model does when it has no more.

    One line, or up to ``ECHO`` of them together; how far they are indented makes no difference.
    """
    lines = suggestion.splitlines(keepends=True)
    bare = [line.strip() for line in lines]
    for i in range(1, len(lines)):
        for size in range(1, min(ECHO, i) + 1):
            if bare[i] and bare[i : i + size] == bare[i - size : i]:
                return "".join(lines[:i]).rstrip()
    return suggestion
