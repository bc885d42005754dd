"""Links to a piece: its recipe stands after the # of the address, and opening the link writes the piece again."""

import base64
import dataclasses
import json
import zlib
from collections.abc import Iterator
from typing import Any

import gradio as gr
from gradio.context import Context

from genai_demo.audio.music import generate
from genai_demo.audio.music.pieces import Piece, from_record, to_record
from genai_demo.ui.common import readable_errors
from genai_demo.ui.music_actions import Shown, continued, written
from genai_demo.ui.music_melodies import read_melody
from genai_demo.ui.music_pieces import Manner, Work
from genai_demo.ui.strings import language_of

MOST_BYTES = 200_000
"""Of a recipe in a link, unpacked."""
STRICT = 1.0
DAMAGED = "This link to a piece is damaged. Copy it again."


def pack(recipe: dict[str, Any]) -> str:
    """A recipe as letters, digits, - and _."""
    words = json.dumps(recipe, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(zlib.compress(words, 9)).decode().rstrip("=")


def unpack(packed: str) -> dict[str, Any]:
    """The recipe that ``pack`` was given. Raises ValueError where it is none."""
    try:
        data = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        inflate = zlib.decompressobj()
        recipe = json.loads(inflate.decompress(data, MOST_BYTES))
    except (ValueError, zlib.error, RecursionError) as error:
        raise ValueError(DAMAGED) from error
    if not isinstance(recipe, dict) or inflate.unconsumed_tail:
        raise ValueError(DAMAGED)
    return recipe


def performed(recipe: dict[str, Any]) -> tuple[Iterator[Piece], int, dict[str, Any], Manner]:
    """What a recipe makes: the piece while it grows, its bars, the recipe, how it is played.

    Raises ValueError where it is none, and while the piece grows.
    """
    manner = Manner(**{k: v for k, v in recipe.items() if k in Manner._fields})
    rest = {k: v for k, v in recipe.items() if k not in Manner._fields}
    try:
        settings = {k: v for k, v in rest.items() if k not in ("action", "melody", "form", "bars")}
        if rest["action"] == "compose":
            settings |= {k: rest[k] for k in ("bars", "form") if k in rest}
            return _checked(generate.compose_bars(**settings)), _whole(rest["bars"]), rest, manner
        piece = dataclasses.replace(from_record(rest["melody"]), form=str(rest.get("form", "free")))
        if rest["action"] == "accompany":
            return _checked(generate.accompany_bars(piece, **settings)), piece.bars, rest, manner
        if rest["action"] == "vary":
            return _checked(generate.vary_bars(piece, **settings)), piece.bars, rest, manner
        if rest["action"] == "continue":
            more = _whole(rest["bars"])
            return _checked(continued(piece, bars=more, **({"strictness": STRICT} | settings))), \
                piece.bars + more, rest, manner  # fmt: skip
    except (KeyError, TypeError) as error:
        raise ValueError(DAMAGED) from error
    raise ValueError(DAMAGED)


def _whole(value: Any) -> int:
    """A number of bars. Raises TypeError for anything else."""
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no whole number")
    return value


def _checked(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """The pieces; what is no setting at all is a ValueError."""
    try:
        yield from pieces
    except (TypeError, KeyError) as error:
        raise ValueError(DAMAGED) from error


# --------------------------------------------------------------------------- the page


def tabs_above() -> list[tuple[gr.Tabs, str]]:
    """The tabs that must be open for what is built just now to be seen, and which of theirs, the outermost first."""
    found, block = list[tuple[gr.Tabs, str]](), Context.block
    while block is not None:
        if isinstance(block, gr.Tab) and isinstance(block.parent, gr.Tabs):
            found.insert(0, (block.parent, str(block.id)))
        block = block.parent
    return found


@readable_errors
def share(work: Work | None, sound: str, tempo: float, pattern: str, drum: bool, life: bool) -> gr.Textbox:
    """What stands after the # of a link to the piece, in the box that shows it."""
    if work is None:
        raise ValueError("There is no tune above yet. Press Compose first.")
    recipe = work.recipe | Manner(sound, tempo, pattern, drum, life)._asdict()
    return gr.Textbox(f"tab=audio&room=music&piece={pack(recipe)}", visible=True)


def read_link(fragment: str) -> str | None:
    """The packed recipe of a link to a piece; None where the address holds none."""
    start = "tab=audio&room=music&piece="
    return fragment[len(start) :] if (fragment or "").startswith(start) else None


@readable_errors
def play_link(packed: str | None, history: list[Work], request: gr.Request) -> Iterator[Shown]:
    """Write and show the piece of a link."""
    if packed:
        pieces, bars, recipe, manner = performed(unpack(packed))
        yield from written(pieces, bars, recipe, manner, history, language_of(request))


# --------------------------------------------------------------------------- like this one, but


@readable_errors
def vary_melody(
    source: str, melody: str, midi: str | None, work: Work | None, style: str, key: str, temperature: float,
    seed: float, likeness: float, sound: str, tempo: float, history: list[Work], request: gr.Request,
    strictness: float = STRICT, pattern: str = "", drum: bool = False, life: bool = True,
) -> Iterator[Shown]:  # fmt: skip
    """Write another piece that is more or less like one.

    Args:
        source: "keyboard", "midi" or "above" (the last piece).
        melody: as for accompany_melody.
        midi: for "midi": a MIDI file.
        style: of the melody; empty: as suits its metre.
        key: such as "D maj"; empty: found by the notes.
        temperature: 0 always takes the likeliest note.
        seed: the same seed varies in the same way.
        likeness: 0 takes only style, key, metre, length and form over, 1 nearly every note.
        sound: instruments; empty: what suits the style.
        tempo: 1 is usual.
        strictness: of voice leading in chorales.
        pattern: how chords are played; empty: what suits the style.
        drum: with a drum.
        life: loudness that follows the phrases, and notes a little early or late.

    Returns:
        As compose_music.
    """
    piece = read_melody(source, melody, midi, work, style, key)
    if style and "chorale" not in (style, piece.style):
        piece = dataclasses.replace(piece, style=style)
    recipe: dict[str, Any] = {
        "action": "vary", "likeness": likeness, "temperature": temperature, "seed": int(seed), "form": piece.form,
        "melody": to_record(piece),
    }  # fmt: skip
    recipe |= {"strictness": strictness} if piece.layout == "chorale" else {}
    pieces = generate.vary_bars(piece, likeness, int(seed), temperature, strictness=strictness)
    manner = Manner(sound, tempo, pattern, drum, life)
    yield from written(pieces, piece.bars, recipe, manner, history, language_of(request))
