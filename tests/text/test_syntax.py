"""What is Python, and what of a suggestion is."""

import pytest

from genai_demo.text.syntax import cut_back, parses


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
