"""Examples in docstrings are found and tried out."""

import pytest

from genai_demo.text import doctests, sandbox

CODE = '''def double(x):
    """Twice x.

    >>> double(2)
    4
    >>> double('ab')
    'abab'
    """
    return {}
'''


def test_examples_are_read_without_running_anything():
    assert doctests.examples_of(CODE.format("x * 2")) == [("double(2)\n", "4\n"), ("double('ab')\n", "'abab'\n")]
    for code in (
        "def f(:",
        "x = 1",
        'def f():\n    """>>> 1 / 0\n    Traceback (most recent call last):\n    Error"""',
    ):
        assert doctests.examples_of(code) == []


@pytest.mark.parametrize(("body", "right"), [("x * 2", True), ("x + 2", False), ("2 *", None), ("print(x)", False)])
def test_code_holds_what_its_examples_say(body, right):
    assert doctests.holds(CODE.format(body)) is right


def test_printed_output_counts_and_code_without_examples_is_not_run(monkeypatch):
    assert doctests.holds('def f():\n    """\n    >>> f()\n    1\n    2\n    """\n    print(1)\n    print(2)\n') is True
    monkeypatch.setattr(sandbox, "completes", lambda *_: pytest.fail("it ran"))
    assert doctests.holds("def f():\n    return 1\n") is None
    monkeypatch.setattr(sandbox, "CAN_RUN", False)
    assert doctests.holds(CODE.format("x * 2")) is None
