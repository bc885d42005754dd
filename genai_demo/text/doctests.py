"""Examples in docstrings, ``>>> f(2)`` with the result below: what they say of code is tried out."""

import ast
import doctest

from genai_demo.text import sandbox

SECONDS = 1
"""Of the processor, for one piece of code."""
HARNESS = """
def _tried(examples, names):
    import io, sys
    for source, wanted in examples:
        sys.stdout = said = io.StringIO()
        exec(compile(source, "<example>", "single"), names)
        sys.stdout = sys.__stdout__
        assert said.getvalue().split() == wanted.split()
_tried({examples!r}, globals())
"""


def examples_of(code: str) -> list[tuple[str, str]]:
    """Source and expected output of every example in the docstrings of code; none where it does not parse.

    Nothing runs. Examples that expect an exception are left out.
    """
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = []
    for node in nodes:
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)):
            try:
                examples = doctest.DocTestParser().get_examples(ast.get_docstring(node) or "")
            except ValueError:  # its indentation is inconsistent
                continue
            found += [(example.source, example.want) for example in examples if not example.exc_msg]
    return found


def holds(code: str) -> bool | None:
    """Whether the examples of code come out as they say, in a process of its own; None where there are none.

    None as well where the system has no limits for foreign code, see ``sandbox.CAN_RUN``.
    """
    examples = examples_of(code)
    if not examples or not sandbox.CAN_RUN:
        return None
    return sandbox.completes(code + "\n" + HARNESS.format(examples=examples), SECONDS)
