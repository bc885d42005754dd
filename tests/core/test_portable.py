"""What differs from system to system is said: files of text have an encoding, tables their own line ends."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(p for folder in ("genai_demo", "benchmarks") for p in (ROOT / folder).rglob("*.py"))
TEXT = {"open": 1, "read_text": 0, "write_text": 1, "fdopen": 2}
"""Calls that read or write text, and the place of the encoding where it is given by place (``Path`` or ``open``)."""
BINARY_OPENERS = {
    "Image",
    "zipfile",
    "tarfile",
    "wave",
    "wav",
    "av",
    "gzip",
    "lzma",
    "webbrowser",
    "urllib",
    "self",
    "pack",
}
"""Whose ``open`` is another one."""


def without_encoding(source: str) -> list[int]:
    """Lines of calls that read or write text in whatever encoding the system prefers."""
    return [node.lineno for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and _is_vague(node)]


def _is_vague(call: ast.Call) -> bool:
    function = call.func
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    if name not in TEXT or any(k.arg in ("encoding", None) for k in call.keywords):
        return False
    if isinstance(function, ast.Attribute):
        owner = function.value
        if name == "open" and isinstance(owner, ast.Name) and owner.id in BINARY_OPENERS | {"os"}:
            return False
    if name in ("read_text", "write_text"):
        return len(call.args) <= TEXT[name]
    by_path = name == "open" and isinstance(function, ast.Attribute)
    modes = [k.value for k in call.keywords if k.arg == "mode"] + call.args[0 if by_path else 1 :][:1]
    mode = modes[0].value if modes and isinstance(modes[0], ast.Constant) else "r" if not modes else ""
    return isinstance(mode, str) and "b" not in mode and mode != ""


def tables_with_line_ends_of_the_system(source: str) -> list[int]:
    """Lines of ``with`` blocks that open a file without ``newline`` and write or read a table in it."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.With) or "csv." not in "".join(map(ast.unparse, node.body)):
            continue
        for item in node.items:
            words = ast.unparse(item.context_expr)
            if "open(" in words and not words.startswith("pack.") and "newline" not in words and "'rb'" not in words:
                found.append(node.lineno)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_text_has_an_encoding_and_tables_their_line_ends(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert without_encoding(source) == []
    assert tables_with_line_ends_of_the_system(source) == []


@pytest.mark.parametrize(
    "line",
    ["open(p)", "open(p, 'w')", "p.open()", "p.open('a')", "p.read_text()", "p.write_text(t)", "p.open(mode='w')",
     "os.fdopen(h, 'w')", "(a / b).open('r+')"],
)  # fmt: skip
def test_vague_calls_are_seen(line: str) -> None:
    assert without_encoding(f"x = 1\n{line}\n") == [2]


@pytest.mark.parametrize(
    "line",
    ["open(p, 'rb')", "p.open('wb')", "p.open(encoding='utf-8')", "Image.open(p)", "p.write_text(t, 'utf-8')",
     "os.open(p, 0)", "p.read_text(encoding='gbk')", "zipfile.ZipFile(p).open(n, 'r', **more)"],
)  # fmt: skip
def test_others_are_not(line: str) -> None:
    assert without_encoding(line) == []


def test_tables_are_seen() -> None:
    block = "with p.open('w', {}encoding='utf-8') as f:\n    csv.writer(f).writerow([1])\n"
    assert tables_with_line_ends_of_the_system(block.format("")) == [1]
    assert tables_with_line_ends_of_the_system(block.format("newline='', ")) == []
