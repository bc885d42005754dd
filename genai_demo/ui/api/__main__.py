"""Write the tables of docs/api.md anew: ``python -m genai_demo.ui.api``."""

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from genai_demo.ui.api import ENDPOINTS
from genai_demo.ui.api.values import Kind, OneOf, gives, takes

DOCS = Path(__file__).parents[3] / "docs" / "api.md"
START, END = "<!-- endpoints -->\n", "<!-- end of endpoints -->\n"
MOST_NAMED = 12
"""Names of a choice that a table lists; of longer ones it shows the first."""


def table(function: Callable[..., Any]) -> str:
    """Heading, purpose, parameters and results of an endpoint as Markdown."""
    lines = [f"### `/{function.__name__}`", "", inspect.getdoc(function) or "", "", "| parameter | default | what |"]
    lines.append("|---|---|---|")
    for name, part in takes(function).items():
        default = "" if part.needed else f"`{json.dumps(part.default)}`"
        lines.append(f"| `{name}` | {default} | {part.words}{_told(part.kind)} |")
    answers = "; ".join(part.words for part in gives(function))
    return "\n".join([*lines, "", f"Gives: {answers}.", ""])


def _told(kind: Kind) -> str:
    if isinstance(kind, OneOf) and len(kind.choices) > MOST_NAMED:
        return f" (one of {len(kind.choices)}: {', '.join(kind.choices[:MOST_NAMED])} ...)"
    return kind.told


def written(words: str) -> str:
    """The document with its tables as the code has them."""
    head, rest = words.split(START)
    return head + START + "\n".join(table(function) for function in ENDPOINTS) + END + rest.split(END)[1]


if __name__ == "__main__":
    DOCS.write_text(written(DOCS.read_text(encoding="utf-8")), encoding="utf-8")
