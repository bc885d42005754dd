"""Write the tables of docs/api.md anew: ``python -m genai_demo.ui.api``."""

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from genai_demo.ui.api import ENDPOINTS
from genai_demo.ui.api.values import OneOf

DOCS = Path(__file__).parents[3] / "docs" / "api.md"
START, END = "<!-- endpoints -->\n", "<!-- end of endpoints -->\n"
MOST_NAMED = 12
"""Names of a choice that a table lists; of longer ones it shows the first."""


def table(function: Callable[..., Any]) -> str:
    """Heading, purpose, parameters and results of an endpoint as Markdown."""
    hints = get_type_hints(function, include_extras=True)
    result = hints.pop("return")
    lines = [f"### `/{function.__name__}`", "", inspect.getdoc(function) or "", "", "| parameter | default | what |"]
    lines.append("|---|---|---|")
    for name, parameter in inspect.signature(function).parameters.items():
        _, kind, words = get_args(hints[name])
        default = "" if parameter.default is parameter.empty else f"`{json.dumps(parameter.default)}`"
        lines.append(f"| `{name}` | {default} | {words}{_told(kind)} |")
    given = get_args(result) if get_origin(result) is tuple else (result,)
    answers = "; ".join(get_args(hint)[2] for hint in given)
    return "\n".join([*lines, "", f"Gives: {answers}.", ""])


def _told(kind: Any) -> str:
    if isinstance(kind, OneOf) and len(kind.choices) > MOST_NAMED:
        return f" (one of {len(kind.choices)}: {', '.join(kind.choices[:MOST_NAMED])} ...)"
    return str(kind.told)


def written(words: str) -> str:
    """The document with its tables as the code has them."""
    head, rest = words.split(START)
    return head + START + "\n".join(table(function) for function in ENDPOINTS) + END + rest.split(END)[1]


if __name__ == "__main__":
    DOCS.write_text(written(DOCS.read_text(encoding="utf-8")), encoding="utf-8")
