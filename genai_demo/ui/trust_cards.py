"""The model cards as a page: what every checkpoint is for, what it learnt from, how well it does, where it fails."""

import html
from collections.abc import Iterator
from typing import Any

import gradio as gr

from genai_demo.core import cards, checkpoint, limits
from genai_demo.ui.errors import localise
from genai_demo.ui.strings import language_of, say
from genai_demo.ui.trust_charts import CHARTS_CSS, charts

MOST_ROWS, MOST_OPEN, LONGEST = 400, 25, 600
"""Rows of a section, those of one that is not folded, and characters of a value."""
SECTIONS = (
    ("purpose", ("purpose",)),
    ("limits", ("limits",)),
    ("licence", ("licence", "terms")),
    ("data", ("data",)),
    ("training", ("training",)),
    ("figures", ("metrics", "quality", "metrics_pictures")),
    ("memorisation", ("memorisation",)),
    ("fairness", ("fairness",)),
)
"""Headings, and the entries of a card below them."""
COMMANDS = ("metrics_command", "command", "directions_command")
CARDS_CSS = (
    CHARTS_CSS
    + """
details {border: 1px solid var(--border-color-primary); border-radius: 8px; padding: 6px 10px; margin: 0 0 8px}
summary {cursor: pointer; overflow-wrap: anywhere}
summary code {font-weight: 600}
details details {border: 0; border-left: 2px solid var(--border-color-primary); border-radius: 0; margin: 4px 0}
h4 {margin: 10px 0 2px; font-size: .9rem}
p {margin: 2px 0; overflow-wrap: anywhere}
table {border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; width: 100%}
td {padding: 2px 8px 2px 0; border-bottom: 1px solid var(--border-color-primary); vertical-align: top;
  overflow-wrap: anywhere}
td:first-child {color: var(--body-text-color-subdued); width: 45%}
.bad {color: #b42318}
.bad:is(.dark *) {color: #ff9d92}
"""
)


def flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Names and values of nested entries: ("data · splits · train", "9,226")."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{name} · {key}" if name else str(key))
    elif isinstance(value, list) and any(isinstance(v, dict) for v in value):
        for number, inner in enumerate(value, 1):
            yield from flat(inner, f"{name} · {number}")
    else:
        yield name, _written(value)


def _written(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "✓", False: "–", None: "–"}[value]
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        return ", ".join(_written(v) for v in value)[:LONGEST]
    return str(value)[:LONGEST]


def _section(value: Any, language: str) -> str:
    if isinstance(value, str):
        return f"<p>{html.escape(value)}</p>"
    rows = list(flat(value))[:MOST_ROWS]
    cells = "".join(f"<tr><td>{html.escape(k.replace('_', ' '))}</td><td>{html.escape(v)}</td></tr>" for k, v in rows)
    table = f"<table>{cells}</table>"
    if len(rows) <= MOST_OPEN:
        return table
    count = html.escape(say("cards.rows", language, count=len(rows)))
    return f"<details><summary>{count}</summary>{table}</details>"


def _bytes(files: dict[str, str]) -> int:
    paths = [checkpoint.folder() / file for file in files]
    return sum(path.stat().st_size for path in paths if path.is_file())


def _read(name: str) -> dict[str, Any]:
    """The card; empty where it is damaged."""
    try:
        card: Any = checkpoint.read_card(name)
    except ValueError:
        return {}
    return card if isinstance(card, dict) else {}


def card_html(name: str, language: str) -> str:
    """A card, folded; one that is damaged says so."""
    problem = cards.problem(name)
    notice = f'<p class="bad" role="alert">{html.escape(localise(problem, language))}</p>' if problem else ""
    card, found = _read(name), [notice]
    for heading, keys in SECTIONS:
        entries = [card[key] for key in keys if card.get(key)]
        if entries:
            found.append(
                f"<h4>{html.escape(say(f'cards.{heading}', language))}</h4>"
                + (charts(entries[0], language) if heading == "fairness" and isinstance(entries[0], dict) else "")
                + "".join(_section(e, language) for e in entries)
            )
    commands = dict.fromkeys(str(card[key]) for key in COMMANDS if card.get(key))
    if commands:
        found.append(f"<p>{html.escape(say('cards.commands', language))} ")
        found.append(", ".join(f"<code>{html.escape(c)}</code>" for c in commands) + "</p>")
    files: dict[str, str] = card["files"] if isinstance(card.get("files"), dict) else {}
    size = say(
        "cards.size", language, parameters=int(card.get("parameters") or 0), megabytes=_bytes(files) / limits.MEGABYTE
    )
    sums = "".join(f"<p><code>{html.escape(f)}</code> SHA-256 {html.escape(str(s))}</p>" for f, s in files.items())
    found.append(f"<h4>{html.escape(say('cards.weights', language))}</h4><p>{html.escape(size)}</p>{sums}")
    mark = "⚠ " if problem else ""
    purpose = html.escape(str(card.get("purpose", "")))
    title = f"<b>{html.escape(str(card['title']))}</b> " if card.get("title") else ""
    return (
        f"<details><summary>{mark}{title}<code>{html.escape(name)}</code> {purpose}</summary>{''.join(found)}</details>"
    )


def show_cards(request: gr.Request) -> str:
    """The cards of all checkpoints as HTML: purpose, limits, licence, data, training, figures, weights."""
    language = language_of(request)
    names = checkpoint.names()
    if not names:
        return f"<p>{html.escape(say('cards.none', language))}</p>"
    return "".join(card_html(name, language) for name in names)
