"""What the buttons of the music room do: compose, accompany, go on, hear and keep."""

import dataclasses
import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from genai_demo.audio import mel, sounds
from genai_demo.audio.music import generate
from genai_demo.audio.music.form import FREE, fewest_bars
from genai_demo.audio.music.leading import STRICTNESS
from genai_demo.audio.music.pieces import MODES, TONICS, Piece, to_record
from genai_demo.core import limits
from genai_demo.ui.audio_pictures import pictures
from genai_demo.ui.common import readable_errors
from genai_demo.ui.errors import localise
from genai_demo.ui.music_melodies import read_melody
from genai_demo.ui.music_pieces import Manner, Work, closeness, played, roll_of
from genai_demo.ui.strings import language_of, say
from genai_demo.ui.text_common import paced

Shown = tuple[Any, ...]
"""Piano roll, status, audio, similarity, six files, the work, the history."""
MOST_CANDIDATES = 50
"""Of top-k."""
FILES = 6
"""WAV, OGG, MIDI, ABC, recipe, MP3."""
KEPT = 8
"""Pieces of a visit that can be heard again."""
KEYS = [f"{tonic} {mode}" for mode in MODES for tonic in TONICS]
FIRST: dict[str, Any] = {
    "style": "jig", "key": "D maj", "bars": 16, "seed": 5, "temperature": 0.9, "chords": True, "form": "AABB",
}  # fmt: skip
"""The piece that the room opens with."""
TAIL = 10
"""Seconds in which the last notes may fade."""
MOST_BYTES = 2**27
"""Of the WAV file of the longest piece."""


def _kept(work: Work, history: list[Work]) -> list[Work]:
    return [work, *(other for other in history if other != work)][:KEPT]


def written(
    pieces: Iterator[Piece], bars: int, recipe: dict[str, Any], manner: Manner, history: list[Work],
    language: str, play: bool = True, remark: str = "",
) -> Iterator[Shown]:  # fmt: skip
    """Show a piece while it is written, then let it be heard."""
    start, work, still = time.perf_counter(), None, [None] * FILES
    for piece in paced(pieces):
        work = Work(piece, recipe)
        faster = dataclasses.replace(piece, bpm=piece.bpm * manner.tempo)
        status = say("music.writing", language, bar=piece.bars, bars=bars)
        yield roll_of(faster, bars, language), status, None, "", *still, work, gr.skip()
    assert work is not None
    passed = time.perf_counter() - start
    roll, player, *files = played(work, manner, language, play)
    count = sum(map(len, work.piece.voices.values()))
    status = say("music.status", language, notes=count, passed=passed)
    remarks = " ".join([*(localise(words, language) for words in work.piece.remarks), remark])
    history = _kept(work, history)
    lines = f"{status} {remarks}".strip(), closeness(work.piece, language)
    yield roll, lines[0], player, lines[1], *files, work, history


# --------------------------------------------------------------------------- composing


@readable_errors
def compose_music(
    style: str, key: str, metre: str, bars: float, temperature: float, seed: float, chords: bool, sound: str,
    tempo: float, history: list[Work], request: gr.Request, strictness: float = STRICTNESS, form: str = FREE,
    top_k: float = 0, pattern: str = "", drum: bool = False, life: bool = True,
) -> Iterator[Shown]:  # fmt: skip
    """Write a new piece, bar by bar, and play it.

    Args:
        style: reel, jig, hornpipe, air, chorale ...
        key: tonic and mode, such as "D maj", "A min", "E dor".
        metre: such as "4/4" or "6/8"; empty: the style's usual one.
        bars: how many.
        temperature: 0 always takes the likeliest note.
        seed: the same seed and settings give the same piece.
        chords: chords to the tune; chorales have four voices instead.
        sound: instruments, such as "session", "piano"; empty: what suits the style.
        tempo: 1 is usual for the style.
        strictness: of voice leading in chorales; 0 leaves it to the model.
        form: of a tune, such as "AABB": sections of one letter are the same but for their endings; or "free".
        top_k: only so many of the likeliest notes; 0 for all.
        pattern: how chords are played, such as "waltz", "alberti"; empty: what suits the style.
        drum: with a drum.
        life: loudness that follows the phrases, and notes a little early or late.

    Returns:
        Piano roll as JSON, status, sound, similarity to the training tunes, files WAV, OGG, MIDI, ABC, recipe, MP3.
    """
    settings: dict[str, Any] = {
        "style": style, "key": key, "metre": metre or generate.metres(style, chords)[0], "bars": int(bars),
        "temperature": temperature, "seed": int(seed), "chords": chords, "top_k": int(top_k),
    }  # fmt: skip
    language = language_of(request)
    short = style != "chorale" and int(bars) < fewest_bars(form)
    settings |= {"strictness": strictness} if style == "chorale" else {"form": FREE if short else form}
    remark = say("music.short", language, form=form, bars=fewest_bars(form)) if short else ""
    pieces, recipe = generate.compose_bars(**settings), {"action": "compose"} | settings
    yield from written(
        pieces, int(bars), recipe, Manner(sound, tempo, pattern, drum, life), history, language, remark=remark
    )


@readable_errors
def open_music(
    work: Work | None, sound: str, tempo: float, history: list[Work], request: gr.Request, pattern: str = "",
    drum: bool = False, life: bool = True,
) -> Iterator[Shown]:  # fmt: skip
    """The example that the room opens with; nothing when it is opened again."""
    if work is None:
        pieces = generate.compose_bars(**FIRST)
        recipe = {"action": "compose", "metre": generate.metres(FIRST["style"], True)[0], **FIRST}
        yield from written(pieces, FIRST["bars"], recipe, Manner(sound, tempo, pattern, drum, life), history,
                            language_of(request), play=False)  # fmt: skip


def next_seed(seed: float) -> int:
    """The seed after this one."""
    return (int(seed) + 1) % (limits.MAX_SEED + 1)


# --------------------------------------------------------------------------- with a melody


@readable_errors
def accompany_melody(
    source: str, melody: str, midi: str | None, work: Work | None, style: str, key: str, temperature: float,
    seed: float, sound: str, tempo: float, history: list[Work], request: gr.Request,
    strictness: float = STRICTNESS, pattern: str = "", drum: bool = False, life: bool = True,
) -> Iterator[Shown]:  # fmt: skip
    """Find chords, or the three lower voices of a chorale, to a melody that stays as it is.

    Args:
        source: "keyboard", "midi" or "above" (the last piece).
        melody: for "keyboard": JSON with "metre" and "notes", each [start, length, pitch], in eighths and MIDI numbers.
        midi: for "midi": a MIDI file.
        style: of the accompaniment, "chorale" for voices; empty: chords as suit the metre.
        key: such as "D maj"; empty: found by the notes.
        temperature: 0 always takes the likeliest.
        seed: the same seed gives the same accompaniment.
        sound: instruments; empty: what suits the style.
        tempo: 1 is usual.
        strictness: of voice leading in chorales.
        pattern: how chords are played, such as "waltz", "alberti"; empty: what suits the style.
        drum: with a drum.
        life: loudness that follows the phrases, and notes a little early or late.

    Returns:
        As compose_music.
    """
    piece = read_melody(source, melody, midi, work, style, key)
    recipe = {"action": "accompany", "style": style, "temperature": temperature, "seed": int(seed)}
    recipe |= {"melody": to_record(piece)} | ({"strictness": strictness} if style == "chorale" else {})
    pieces = generate.accompany_bars(piece, style, int(seed), temperature, strictness=strictness)
    yield from written(
        pieces,
        piece.bars,
        recipe,
        Manner(sound, tempo, pattern, drum, life),
        history,
        language_of(request),
    )


@readable_errors
def continue_melody(
    source: str, melody: str, midi: str | None, work: Work | None, style: str, key: str, temperature: float,
    seed: float, bars: float, sound: str, tempo: float, history: list[Work], request: gr.Request,
    strictness: float = STRICTNESS, pattern: str = "", drum: bool = False, life: bool = True,
) -> Iterator[Shown]:  # fmt: skip
    """Go on from a melody, which stays as it is.

    Args:
        source: "keyboard", "midi" or "above" (the last piece).
        melody: as for accompany_melody.
        midi: for "midi": a MIDI file.
        style: of what follows; "chorale" gives the melody its lower voices first; empty: as it is.
        key: such as "D maj"; empty: found by the notes.
        temperature: 0 always takes the likeliest note.
        seed: the same seed goes on in the same way.
        bars: how many more.
        sound: instruments; empty: what suits the style.
        tempo: 1 is usual.
        strictness: of voice leading in chorales.
        pattern: how chords are played, such as "waltz", "alberti"; empty: what suits the style.
        drum: with a drum.
        life: loudness that follows the phrases, and notes a little early or late.

    Returns:
        As compose_music.
    """
    start = read_melody(source, melody, midi, work, style, key)
    recipe = {"action": "continue", "style": style, "temperature": temperature, "seed": int(seed), "bars": int(bars)}
    chorale = style == "chorale" or start.layout == "chorale"
    recipe |= {"melody": to_record(start)} | ({"strictness": strictness} if chorale else {})
    pieces = continued(start, style, int(bars), int(seed), temperature, strictness)
    yield from written(
        pieces,
        start.bars + int(bars),
        recipe,
        Manner(sound, tempo, pattern, drum, life),
        history,
        language_of(request),
    )


def continued(start: Piece, style: str, bars: int, seed: int, temperature: float, strictness: float) -> Iterator[Piece]:
    if start.layout != "chorale" and style == "chorale":
        *_, start = generate.accompany_bars(start, style, seed, temperature, strictness=strictness)
    elif start.layout != "chorale" and style:
        start = dataclasses.replace(start, style=style)
    yield from generate.carry_on_bars(start, bars, seed, temperature, strictness=strictness)


# --------------------------------------------------------------------------- hearing again


def _silent(count: int, player: int) -> Shown:
    """An update that only takes the sound away, so that what was playing stops."""
    return tuple(None if i == player else gr.skip() for i in range(count))


@readable_errors
def hear_music(
    work: Work | None, sound: str, tempo: float, request: gr.Request, pattern: str = "", drum: bool = False,
    life: bool = True,
) -> Iterator[Shown]:  # fmt: skip
    """The same notes with other instruments or at another tempo.

    Args:
        sound: instruments; empty: what suits the style.
        tempo: 1 is usual.
        pattern: how chords are played, such as "waltz", "alberti"; empty: what suits the style.
        drum: with a drum.
        life: loudness that follows the phrases, and notes a little early or late.

    Returns:
        Piano roll as JSON, sound, files WAV, OGG, MIDI, ABC, recipe, MP3.
    """
    if work is None:
        raise ValueError("There is no tune above yet. Press Compose first.")
    manner = Manner(sound, tempo, pattern, drum, life)
    yield _silent(FILES + 2, 1)
    yield tuple(played(work, manner, language_of(request), play=True))


def picture_music(path: str | None, request: gr.Request) -> str:
    """Waveform and mel-spectrogram of what the player holds; nothing where it is empty or silent."""
    if not path:
        return ""
    try:
        samples = sounds.read(path, limits.MAX_MUSIC_SECONDS + TAIL, MOST_BYTES)
    except ValueError:
        return ""
    return pictures(samples, mel.analyse(samples), language_of(request))


@readable_errors
def take_piece(
    picked: float | None, sound: str, tempo: float, history: list[Work], request: gr.Request, pattern: str = "",
    drum: bool = False, life: bool = True,
) -> Iterator[Shown]:  # fmt: skip
    """An earlier piece of the visit: hear it, and use it.

    Args:
        picked: 1 is the newest.
        sound: instruments; empty: what suits the style.
        tempo: 1 is usual.
        pattern: how chords are played, such as "waltz", "alberti"; empty: what suits the style.
        drum: with a drum.
        life: loudness that follows the phrases, and notes a little early or late.

    Returns:
        Piano roll as JSON, status, sound, similarity, files WAV, OGG, MIDI, ABC, recipe, MP3.
    """
    if not history:
        raise ValueError("There is no tune above yet. Press Compose first.")
    if picked is None or not 1 <= picked <= len(history):
        raise ValueError(f"Choose a piece from 1 to {len(history)}.")
    work, language = history[int(picked) - 1], language_of(request)
    manner = Manner(sound, tempo, pattern, drum, life)
    yield _silent(FILES + 5, 2)
    roll, player, *files = played(work, manner, language, play=True)
    yield roll, "", player, closeness(work.piece, language), *files, work


@readable_errors
def stop_music(
    work: Work | None, sound: str, tempo: float, history: list[Work], request: gr.Request, pattern: str = "",
    drum: bool = False, life: bool = True,
) -> Iterator[Shown]:  # fmt: skip
    """Silence, and what there is of a piece whose writing was stopped, to be heard and kept."""
    if work is None:
        return
    language, whole = language_of(request), work in history
    if not whole:  # its form was that of the piece which it did not become
        work = work._replace(piece=dataclasses.replace(work.piece, form=FREE))
    manner = Manner(sound, tempo, pattern, drum, life)
    yield _silent(FILES + 6, 2)
    roll, player, *files = played(work, manner, language, play=False)
    if whole:
        yield roll, gr.skip(), player, gr.skip(), *files, work, gr.skip()
    else:
        history = _kept(work, history)
        status = say("music.stopped", language, bars=work.piece.bars)
        yield roll, status, player, closeness(work.piece, language), *files, work, history
