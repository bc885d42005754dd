"""What the tab "Trust" does: says what a file or a text is, and makes a file again from its recipe."""

import html
from pathlib import Path
from typing import Any

import gradio as gr

from genai_demo.core import limits, picturemark
from genai_demo.faces import generate
from genai_demo.trust import credentials, metadata
from genai_demo.trust import text as text_marks
from genai_demo.ui.common import keep_file, readable_errors
from genai_demo.ui.errors import localise
from genai_demo.ui.faces_actions import FIRST_SEED, PSI, Selected, edit_face
from genai_demo.ui.own_visits import with_own_weights
from genai_demo.ui.strings import language_of, say
from genai_demo.ui.trust_again import make_again, shown
from genai_demo.ui.trust_credential import credential_words
from genai_demo.ui.trust_frames import as_text, find_mark, kind_of

SIGNS = {"own": "✔", "valid": "✔", "broken": "✘", "none": "–", "marked": "✔", "perhaps": "?", "short": "–"}
FOUND_CSS = """
dl {display: grid; grid-template-columns: max-content 1fr; gap: 6px 12px; margin: 0}
dt {font-weight: 600}
dd {margin: 0; overflow-wrap: anywhere}
dd small {display: block; color: var(--body-text-color-subdued)}
pre {margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .82rem}
b[data-state="own"], b[data-state="valid"], b[data-state="marked"] {color: #067647}
b[data-state="broken"] {color: #b42318}
.dark & b[data-state="own"], .dark & b[data-state="valid"], .dark & b[data-state="marked"] {color: #47cd89}
.dark & b[data-state="broken"] {color: #ff9d92}
@media (max-width: 640px) {dl {grid-template-columns: 1fr} dt {margin-top: 4px}}
"""


def _row(key: str, language: str, body: str) -> str:
    return f"<dt>{html.escape(say(key, language))}</dt><dd>{body}</dd>"


def _state(state: str, words: str, *notes: str) -> str:
    more = "".join(f"<small>{html.escape(note)}</small>" for note in notes if note)
    return f'<b data-state="{state}">{SIGNS.get(state, "–")} {html.escape(words)}</b>{more}'


def read_upload(upload: str | None) -> bytes:
    """The bytes of an uploaded file. Raises ValueError where there is none or too much of it."""
    if not upload:
        raise ValueError("Choose a file first.")
    try:
        with Path(upload).open("rb") as file:
            data = file.read(limits.MAX_UPLOAD_BYTES + 1)
    except OSError as error:
        raise ValueError("This file cannot be read. Upload it again.") from error
    if not data:
        raise ValueError("This file is empty. Upload it again.")
    if len(data) > limits.MAX_UPLOAD_BYTES:
        raise ValueError(
            f"This file is larger than {limits.MAX_UPLOAD_BYTES // limits.MEGABYTE} MB. Upload a smaller one."
        )
    return data


@readable_errors
def inspect_file(upload: str | None, request: gr.Request) -> str:
    """Say what a file is: its content credential, its recipe, and, in a text, the mark.

    Args:
        upload: any file.

    Returns:
        What was found, as HTML.
    """
    data, language = read_upload(upload), language_of(request)
    kind = kind_of(data)
    rows = [_row("trust.kind", language, html.escape(kind or say("trust.unknown", language)))]
    if not kind and (words := as_text(data)):
        return f"<dl>{''.join(rows)}{_text_rows(words, language)}</dl>"
    rows.append(_row("trust.credential", language, _credential(credentials.read(data), kind, language)))
    found = metadata.read(data)
    if invisible := _invisible(data, kind, found, language):
        rows.append(_row("trust.invisible", language, invisible))
    if found.software:
        rows.append(_row("trust.software", language, html.escape(found.software)))
    if found.recipe is None:
        rows.append(_row("trust.recipe", language, html.escape(say("trust.recipe.none", language))))
    else:
        words = f"<pre>{html.escape(shown(found.recipe))}</pre>"
        rows.append(
            _row("trust.recipe", language, f"<small>{html.escape(say('trust.plain', language))}</small>{words}")
        )
    return f"<dl>{''.join(rows)}</dl>"


def _credential(found: credentials.Credential, kind: str, language: str) -> str:
    verdict, notes = credential_words(found, kind, language)
    return _state(found.state, verdict, *notes)


def _invisible(data: bytes, kind: str, said: metadata.Found, language: str) -> str:
    """What the pixels or the samples say; empty where there are none to look at."""
    try:
        found = find_mark(data, kind, said)
    except ValueError as error:
        return _state("none", localise(str(error), language))
    if found is None:
        return ""
    notes = [say(f"trust.invisible.{found.verdict}.note", language)]
    if found.verdict != "none":
        notes += [say("trust.invisible.makers", language, names=" / ".join(found.makers))] if found.makers else []
        if found.own_recipe is not None:
            notes.append(say("trust.invisible.recipe" if found.own_recipe else "trust.invisible.other", language))
    reading = found.reading
    if isinstance(reading, picturemark.PictureReading) and found.verdict == "none":
        smallest, largest = picturemark.SIZES
        notes.append(say("trust.invisible.sizes", language, smallest=smallest, largest=largest))
    elif isinstance(reading, picturemark.PictureReading):
        if reading.mirrored:
            notes.append(say("trust.invisible.mirrored", language))
        if reading.scale != 1:
            notes.append(say("trust.invisible.scale", language, scale=reading.scale))
    odds = f"{reading.p:.2g}" if reading.p > 1e-300 else "< 1e-300"
    notes.append(say("trust.invisible.figures", language, z=reading.z, p=odds))
    return _state(found.verdict, say(f"trust.invisible.{found.verdict}", language), " ".join(notes))


@readable_errors
def open_trust(opened: bool, request: gr.Request) -> tuple[Any, ...]:
    """A face of ours to look at, and what it says; nothing when the tab is opened again, or without weights."""
    try:
        example = None if opened else edit_face(Selected(generate.latent(FIRST_SEED)), "all", PSI, True)[0]
    except (gr.Error, ValueError):
        example = None
    return (True, example, inspect_file(example, request)) if example else (True, gr.skip(), gr.skip())


@readable_errors
def inspect_text(words: str, request: gr.Request) -> str:
    """Look for the mark of the text model in a text.

    Args:
        words: the text, of which at least 100 words are worth a try.

    Returns:
        What was found, as HTML, with z-score and p-value.
    """
    return f"<dl>{_text_rows(words, language_of(request))}</dl>"


def _text_rows(words: str, language: str) -> str:
    found = text_marks.detect(words)
    state = {"none": "none", "short": "short"}.get(found.verdict, found.verdict)
    body = _state(
        state, say(f"trust.mark.{found.verdict}", language), say(f"trust.mark.{found.verdict}.note", language)
    )
    odds = f"{found.p:.2g}" if found.p > 1e-300 else "< 1e-300"
    figures = say("trust.figures", language, z=found.z, p=odds, green=found.green, tokens=found.tokens)
    return _row("trust.mark", language, body) + _row("trust.count", language, html.escape(figures))


@readable_errors
@with_own_weights
def remake_file(upload: str | None, request: gr.Request) -> tuple[str, str]:
    """Make a downloaded picture or sound again from its recipe, and compare the two.

    Args:
        upload: a PNG, WAV or OGG file that was downloaded here.

    Returns:
        How the two compare, as HTML, and the new file.
    """
    language = language_of(request)
    again = make_again(read_upload(upload))
    note = say("trust.apart", language, apart=again.apart) if again.same == "different" else ""
    if again.other_weights:
        note += " " + say("trust.other_weights", language, names=", ".join(again.other_weights))
    state = "broken" if again.same == "different" else "own"
    words = _state(state, say(f"trust.again.{again.same}", language), note.strip())
    return f"<dl>{_row('trust.again.result', language, words)}</dl>", keep_file(again.data, again.name)
