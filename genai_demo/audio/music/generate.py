"""The music room's only door: styles, keys and melodies in, pieces and sound out.

    from genai_demo.audio.music import generate
    piece = generate.compose("jig", "D maj", bars=16, seed=7)
    rate, samples = generate.render(piece)

The model loads on first use and stays. Same seed, same settings, same machine: same piece.
"""

import dataclasses
import functools
import threading
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from genai_demo.audio.music import midi_melody, notation, synth, tunes
from genai_demo.audio.music.events import END, HEAD, MAX_BARS, NAMES, ROWS, decode, voice_bars
from genai_demo.audio.music.form import FREE, Form, habits, sections
from genai_demo.audio.music.grammar import Given, Grammar
from genai_demo.audio.music.harmony import Harmony, places
from genai_demo.audio.music.leading import MOST_STRICT, STRICTNESS, Leading
from genai_demo.audio.music.likeness import LIKENESS, Likeness
from genai_demo.audio.music.listening import melody_of
from genai_demo.audio.music.pieces import LAYOUTS, METRES, QUARTER, STYLES, Note, Piece, bar_ticks, parse_key
from genai_demo.core import checkpoint, limits
from genai_demo.core.decode import continuations
from genai_demo.core.device import pick_device
from genai_demo.core.quantise import load_writer
from genai_demo.core.sampling import Controls
from genai_demo.core.transformer import Transformer

NAME = "audio-music"
FEWEST = 40
"""Training pieces of a style that is offered."""
TEMPO = {
    "reel": 190, "jig": 165, "hornpipe": 150, "air": 90, "chorale": 76, "slip jig": 165, "waltz": 130,
    "strathspey": 120, "country dance": 170, "clog": 130, "carol": 90, "march": 110,
}  # fmt: skip
"""Quarter notes a minute."""
_loading = threading.RLock()


# --------------------------------------------------------------------------- the model


@functools.cache
def _load(name: str) -> Transformer:
    return load_writer(name)


def model() -> Transformer:
    """The trained model. Raises ValueError where its checkpoint is missing or broken."""
    with _loading:
        return _load(NAME)


@functools.cache
def _card() -> dict[str, Any]:
    return checkpoint.read_card(NAME)


def styles() -> list[str]:
    """Those with enough training pieces, the most frequent first."""
    return [name for name, pieces in _card()["data"]["styles"].items() if pieces >= FEWEST]


def metres(style: str, chords: bool = False) -> list[str]:
    """Those of the style's training pieces that are not rare, the most frequent first.

    chords: of the pieces with chords, where the style has any.
    """
    card, style = _card(), _choice(style, STYLES, "style")
    counts: dict[str, int] = (card["metres_with_chords"].get(style) if chords else {}) or card["metres"].get(style, {})
    return [metre for metre, count in counts.items() if count >= 0.02 * sum(counts.values())] or ["4/4"]


def tempo(style: str, metre: str) -> float:
    """Quarter notes a minute that suit the style; tunes that are written in sixteenths go at half the pace."""
    return TEMPO.get(style, 110) * (0.55 if metre in ("2/4", "3/8") and style != "chorale" else 1.0)


def _choice(value: str, choices: Sequence[str], what: str) -> str:
    if value not in choices:
        raise ValueError(f"No {what} is called {value!r}. Choose one of {', '.join(choices)}.")
    return value


def _whole(value: int, least: int, most: int, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"The {what} must be a whole number from {least} to {most:,}.")
    return value


# --------------------------------------------------------------------------- writing


def compose_bars(
    style: str = "reel",
    key: str = "D maj",
    bars: int = 16,
    seed: int = 0,
    metre: str | None = None,
    temperature: float = 0.9,
    top_p: float = 0.95,
    chords: bool = True,
    strictness: float = STRICTNESS,
    form: str = FREE,
    top_k: int = 0,
) -> Iterator[Piece]:
    """As ``compose``, yielding what there is after every bar."""
    metre = _choice(metre or metres(style, chords)[0], METRES, "metre")
    layout = "chorale" if style == "chorale" else "melody and chords" if chords else "melody"
    tonic, mode = parse_key(key)
    _whole(bars, 1, MAX_BARS, "number of bars")
    voices: dict[str, list[Note]] = {voice: [] for voice in LAYOUTS[layout] if voice != "chords"}
    start = Piece(style, tonic, mode, metre, voices, [], tempo(style, metre), form=form)
    if layout == "chorale" and form != FREE:
        raise ValueError("A chorale has no sections that come again; its form must be free.")
    plan = Form(form, bars, style, seed) if sections(form, bars) else None
    controls = Controls(temperature=temperature, top_p=top_p, top_k=top_k)
    yield from _write(start, layout, bars, {}, seed, controls, strictness, plan)


def compose(
    style: str = "reel",
    key: str = "D maj",
    bars: int = 16,
    seed: int = 0,
    metre: str | None = None,
    temperature: float = 0.9,
    top_p: float = 0.95,
    chords: bool = True,
    strictness: float = STRICTNESS,
    form: str = FREE,
    top_k: int = 0,
) -> Piece:
    """A new tune with chords or, in the style "chorale", for four voices.

    key: tonic and mode, "D maj". metre: the style's usual one where none is given. chords: whether a tune has them.
    strictness: of voice leading in chorales (``leading``), 0 leaves it to the model. form: of a tune, one of
    ``form.FORMS``; where its sections lie tells ``form.sections``. top_k: only the so many likeliest events, 0 for all.
    Raises ValueError for bad input.
    """
    *_, piece = compose_bars(style, key, bars, seed, metre, temperature, top_p, chords, strictness, form, top_k)
    return piece


def accompany_bars(
    melody: Piece | Sequence[tuple[float, float, int]],
    style: str = "",
    seed: int = 0,
    temperature: float = 0.7,
    top_p: float = 0.9,
    strictness: float = STRICTNESS,
) -> Iterator[Piece]:
    """As ``accompany``, yielding what there is after every bar."""
    piece = melody if isinstance(melody, Piece) else melody_of(melody, style if style != "chorale" else "")
    style = _choice(style or piece.style, STYLES, "style")
    layout = "chorale" if style == "chorale" else "melody and chords"
    start = dataclasses.replace(piece, style=style, voices={LAYOUTS[layout][0]: piece.lead}, chords=[])
    given = {LAYOUTS[layout][0]: voice_bars_of(start.lead, piece.bar, piece.bars, True)}
    controls = Controls(temperature=temperature, top_p=top_p)
    yield from _write(start, layout, piece.bars, given, seed, controls, strictness)


def accompany(
    melody: Piece | Sequence[tuple[float, float, int]],
    style: str = "",
    seed: int = 0,
    temperature: float = 0.7,
    top_p: float = 0.9,
    strictness: float = STRICTNESS,
) -> Piece:
    """Chords to a melody or, in the style "chorale", the three voices under it. The melody stays as it is.

    melody: the leading voice of a piece, or notes as for ``melody_of``. Raises ValueError for bad input.
    """
    *_, piece = accompany_bars(melody, style, seed, temperature, top_p, strictness)
    return piece


def carry_on_bars(
    piece: Piece,
    bars: int = 8,
    seed: int = 0,
    temperature: float = 0.9,
    top_p: float = 0.95,
    chords: bool | None = None,
    strictness: float = STRICTNESS,
) -> Iterator[Piece]:
    """As ``carry_on``, yielding what there is after every bar."""
    _whole(bars, 1, MAX_BARS, "number of bars")
    layout = piece.layout
    if chords is not None and layout != "chorale":
        layout = "melody and chords" if chords else "melody"
    given = {voice: voice_bars_of(notes, piece.bar, piece.bars, False) for voice, notes in piece.voices.items()}
    if piece.chords:
        given["chords"] = voice_bars_of(piece.chords, piece.bar, piece.bars, False)
    piece, bars = dataclasses.replace(piece, form=FREE), piece.bars + bars
    yield from _write(piece, layout, bars, given, seed, Controls(temperature=temperature, top_p=top_p), strictness)


def carry_on(
    piece: Piece,
    bars: int = 8,
    seed: int = 0,
    temperature: float = 0.9,
    top_p: float = 0.95,
    chords: bool | None = None,
    strictness: float = STRICTNESS,
) -> Piece:
    """The piece with so many bars more; what was there stays as it is, its last bar is filled.

    chords: True adds chords to the whole of a melody that has none. Raises ValueError for bad input.
    """
    *_, found = carry_on_bars(piece, bars, seed, temperature, top_p, chords, strictness)
    return found


def vary_bars(
    piece: Piece,
    likeness: float = LIKENESS,
    seed: int = 0,
    temperature: float = 0.9,
    top_p: float = 0.95,
    strictness: float = STRICTNESS,
) -> Iterator[Piece]:
    """As ``vary``, yielding what there is after every bar."""
    if isinstance(likeness, bool) or not isinstance(likeness, int | float) or not 0 <= likeness <= 1:
        raise ValueError("The likeness must be a number from 0 to 1.")
    for notes in piece.voices.values():
        voice_bars_of(notes, piece.bar, piece.bars, True)
    voice_bars_of(piece.chords, piece.bar, piece.bars, True)
    plan = Form(piece.form, piece.bars, piece.style, seed) if sections(piece.form, piece.bars) else None
    controls, like = Controls(temperature=temperature, top_p=top_p), Likeness(piece, likeness)
    yield from _write(piece, piece.layout, piece.bars, {}, seed, controls, strictness, plan, like)


def vary(
    piece: Piece,
    likeness: float = LIKENESS,
    seed: int = 0,
    temperature: float = 0.9,
    top_p: float = 0.95,
    strictness: float = STRICTNESS,
) -> Piece:
    """Another piece like this one: same style, key, metre, length and form, and the more of its notes the liker.

    likeness: 0 takes nothing else over, 1 nearly everything. Raises ValueError for bad input.
    """
    *_, found = vary_bars(piece, likeness, seed, temperature, top_p, strictness)
    return found


def voice_bars_of(notes: Sequence[Any], bar: int, bars: int, to_the_end: bool) -> list[list[int]]:
    """``voice_bars`` for music from outside. Raises ValueError where it is too long or not on the grid."""
    if bars > MAX_BARS:
        raise ValueError(f"The melody has {bars} bars, and {MAX_BARS} are the most. Shorten it.")
    try:
        return voice_bars(notes, bar, bars, to_the_end)
    except KeyError as error:
        raise ValueError("A note starts or ends beside the grid. Read the melody with melody_of.") from error


def _write(
    start: Piece, layout: str, bars: int, given: Given, seed: int, controls: Controls, strictness: float,
    form: Form | None = None, like: Likeness | None = None,
) -> Iterator[Piece]:  # fmt: skip
    """Draw a piece under its grammar; yields it after every bar. start: style, key, metre, tempo, title, remarks."""
    _whole(seed, 0, limits.MAX_SEED, "seed")
    _whole(bars, 1, MAX_BARS, "number of bars")
    if isinstance(strictness, bool) or not isinstance(strictness, int | float) or not 0 <= strictness <= MOST_STRICT:
        raise ValueError(f"The strictness must be a number from 0 to {MOST_STRICT:g}.")
    leading = Leading(start.tonic, strictness) if layout == "chorale" and strictness else None
    controls.check()
    away = _card()["out_of_key"].get(start.style, {"most": 0.05})["most"]
    lasts = habits(start.style).lasts
    pickup = any(line and line[0].start for line in start.voices.values())
    where = places(bars, form.sections if form else (), pickup)
    rule = Grammar(
        start.style, layout, start.tonic, start.mode, start.metre, bars, away, given, leading, form, lasts,
        Harmony(start.tonic, start.mode, start.metre, where), like,
    )  # fmt: skip
    tokens = rule.head + rule.advance()
    most = bars * (1 + len(LAYOUTS[layout]) * (1 + 2 * bar_ticks(start.metre) // 3))
    allowed = torch.zeros(ROWS, dtype=torch.bool)
    allowed[: len(NAMES)] = True
    finished = sum(NAMES[t].startswith("bar ") for t in tokens)
    if rule.forced() != END:
        steps = continuations(model(), tokens, HEAD, allowed.to(pick_device()), {END}, controls, seed, 1, most, [rule])
        for (token,) in steps:
            assert token is not None
            if NAMES[token].startswith("bar "):
                finished += 1
                if finished > 1:
                    yield _dressed(tokens, start)
            tokens.append(token)
    yield _dressed(tokens, start)


def _dressed(tokens: list[int], like: Piece) -> Piece:
    return dataclasses.replace(decode(tokens, like.bpm), title=like.title, remarks=like.remarks, form=like.form)


# --------------------------------------------------------------------------- looking, hearing, comparing


class Roll(NamedTuple):
    """What a piano roll shows; times in seconds of ``render``, which begins with the first sound."""

    notes: list[tuple[str, float, float, int]]
    """Voice, start, end, MIDI pitch."""
    chords: list[tuple[str, float, float]]
    """Name, start, end."""
    bars: list[float]
    """Where bars start, and the end; the first bar of a tune with a pickup starts before 0."""


def piano_roll(piece: Piece) -> Roll:
    """The piece as rectangles."""

    def seconds(tick: int) -> float:
        return (tick - piece.silent_start) / QUARTER * 60 / piece.bpm

    notes = [(v, seconds(n.start), seconds(n.end), n.pitch) for v, line in piece.voices.items() for n in line]
    chords = [(notation.chord_name(piece, c), seconds(c.start), seconds(c.end)) for c in piece.chords]
    return Roll(notes, chords, [seconds(i * piece.bar) for i in range(piece.bars + 1)])


def render(
    piece: Piece, sound: str = "", pattern: str = "", drum: bool = False, life: bool = True, seed: int = 0,
    stereo: bool = False,
) -> tuple[int, np.ndarray]:  # fmt: skip
    """The piece as sound: (samples a second, (S,) or, in stereo, (S, 2) float32).

    sound: a name of synth.SOUNDS; pattern: how chords are played, of accompaniment.PATTERNS; "": what suits the style.
    life: whether loudness follows the phrases and notes are a few milliseconds early or late, by the seed.
    Raises ValueError for an unknown sound or pattern, or a piece that is too long.
    """
    return synth.render(piece, synth.Manner(sound, pattern, drum, life, seed), stereo)


similarity = tunes.similarity
read_midi = midi_melody.read_midi
write_midi = notation.write_midi
write_abc = notation.write_abc
