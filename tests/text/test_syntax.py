"""What is Python, and what of a suggestion is."""

import pytest

from genai_demo.text.indents import Layout, layout_of
from genai_demo.text.syntax import cut_at_suffix, cut_back, fitted, parses, unknown_names, without_echo


@pytest.mark.parametrize(
    ("source", "right"),
    [
        ("def f(x):\n    return x\n", True),
        ("def f(x):\n    y = x\n    return y +", False),
        ("def f(x:\n    y = x\n    return y\n", False),
        ("if:\n", False),
        ("x = '\x00'", False),
        ("(" * 5000, False),
        ("", True),
    ],
)
def test_what_python_accepts(source, right):
    assert parses(source) is right


@pytest.mark.parametrize(
    ("before", "suggestion", "kept"),
    [
        ("def f(x):\n", "    y = x\n    return y +", "    y = x"),
        ("def f(x):\n", "    y = x\n    return y", "    y = x\n    return y"),
        ("def f(x):\n", "    y = [\n        1,\n        2", "    y = [\n        1,\n        2"),
        ("x = (1,", " 2)\ny = (", " 2)"),
        ("if x:\n   ", " y = 1\n\n\n    for", " y = 1"),
        ("def f(x:\n", "    return x\n    y", "    return x\n    y"),
        ("pass\n", "\n\n", "\n\n"),
    ],
)
def test_a_suggestion_that_broke_off_is_cut_back_to_what_parses(before, suggestion, kept):
    assert cut_back(before, suggestion) == kept


@pytest.mark.parametrize(
    ("suggestion", "after", "kept"),
    [
        ("a * b\n    return total", "\n    return total\n", "a * b"),
        ("a > b:\n        return a\n    return b", ":\n        return a\n    return b\n", "a > b"),
        ("1, 2]\nprint(total)", "]\nprint(total)\n", "1, 2"),
        ("x = 1\n    y = 2\n    ret", "\n    return y\n", "x = 1\n    y = 2"),
        ("total + 1", "\n    return total\n", "total + 1"),
        ("x", "", "x"),
        ("returned", "\n    return x", "returned"),
    ],
)
def test_a_suggestion_does_not_repeat_what_follows(suggestion, after, kept):
    assert cut_at_suffix(suggestion, after) == kept


GAPS = [
    ("def area(a, b):\n    size = ", "a * b\n    print(size)\n    size = (", "\n    return size\n"),
    ("if ", "a > b:\n    pass\nelse (", ":\n    c = a\n"),
    ("x = [", "1, 2, 3]\ny = (", "]\n"),
    ("for i in ", "range(3):\n    pass", ":\n    print(i)\n"),
    ("def f(x):\n    ", "y = x\n    return y +", "\n    return y\n"),
    ("x = max(", "1, 2) + max((3", ")\n"),
    ("try:\n    x = int(t)\nexcept ", "ValueError:\n    x = 1\n", ":\n    x = 0\n"),
    ("text = ", '"a" + "', "\nprint(text)\n"),
]


@pytest.mark.parametrize(("before", "suggestion", "after"), GAPS)
def test_a_suggestion_for_a_gap_is_cut_to_what_parses(before, suggestion, after):
    assert not parses(before + suggestion + after)
    kept = fitted(before, suggestion, after)
    assert kept and suggestion.startswith(kept) and parses(before + kept + after)


def test_what_cannot_be_mended_stays():
    assert fitted("x = ", ")(", "\n") == ")("
    assert fitted("x = ", '"""', "\n") == '"""'


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("def f(x):\n    return x + y + z + y", 2),
        ("import os.path as p\nprint(p, os)", 1),
        ("for i in range(3):\n    print(i)", 0),
        ("try:\n    pass\nexcept ValueError as e:\n    print(e)", 0),
        ("class A:\n    pass\nA(len, [v for v in ()])", 0),
        ("x = (", 0),
    ],
)
def test_names_that_nothing_binds_are_counted(code, count):
    assert unknown_names(code) == count


def test_an_echo_is_cut_off():
    assert without_echo("x = 1\n    x = 1\n    x = 1\ny") == "x = 1"
    assert without_echo("if x:\n    return 1\nif x:\n    return 1\ny") == "if x:\n    return 1"
    assert without_echo("if x:\n    return 1\nif y:\n    return 1") == "if x:\n    return 1\nif y:\n    return 1"
    assert without_echo("x = 1\ny = 2\nx = 1\n\n\n") == "x = 1\ny = 2\nx = 1\n\n\n"


CODE = "class A:\n    def f(self):\n        if self:\n            return (1 +\n                2)\n        pass\n\n    "


@pytest.mark.parametrize("level", ["\t", " ", "  ", "   ", "    ", " " * 8])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_layout_is_known_and_given_back(level, line_end):
    given = Layout(level, line_end).written(CODE, True)
    assert ("\t" in given) == (level == "\t") and ("\r" in given) == (line_end == "\r\n")
    found = layout_of(given)
    assert found == Layout(level, line_end)
    assert found.read(given) == CODE
    rest = found.written("x\n    y", starts_line=False)
    assert rest == f"x{line_end}{level}y"


def test_code_without_indentation_has_four_spaces():
    assert layout_of("x = 1\n") == layout_of("") == Layout()
