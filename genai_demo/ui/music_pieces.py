"""Pieces as the music room shows them: piano roll, sound, files, words."""

import dataclasses
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import gradio as gr
import numpy as np

from genai_demo.audio import sounds
from genai_demo.audio.music import generate, notation
from genai_demo.audio.music.form import Section, sections
from genai_demo.audio.music.pieces import RANGES, TONICS, Piece
from genai_demo.core.marks import mark_sound
from genai_demo.trust import metadata
from genai_demo.ui.common import keep_file
from genai_demo.ui.signed import keep_made
from genai_demo.ui.strings import language_of, say

MODELS = ("audio-music",)
PHRASE = 4
"""Bars of a part that is played over and over where a piece has no sections."""


class Work(NamedTuple):
    """A piece and how it came about."""

    piece: Piece
    recipe: dict[str, Any]


def key_name(piece: Piece, language: str) -> str:
    """ "E Dorian", with the tonic as the key signature spells it."""
    mode = say(f"music.key.{TONICS[piece.tonic]} {piece.mode}", language).removeprefix(TONICS[piece.tonic])
    return notation.tonic_name(piece) + mode


def title_of(piece: Piece, language: str) -> str:
    """ "Jig in D major"."""
    found = say(
        "music.title", language, style=say(f"music.style.{piece.style}", language), scale=key_name(piece, language)
    )
    return found[0].upper() + found[1:]


def file_name(work: Work) -> str:
    """Without its ending: "jig-D-maj-seed5"."""
    key = f"{notation.tonic_name(work.piece).replace('#', 'sharp')}-{work.piece.mode}"
    return f"{work.piece.style.replace(' ', '-')}-{key}-{work.recipe['action']}-seed{work.recipe['seed']}"


def roll_of(piece: Piece, bars: int, language: str, seconds: float = 0.0, play: bool = False) -> str:
    """The piece for the piano roll.

    bars: how many it is going to have; seconds: of its sound, if there is any; play: start as soon as it is there.
    """
    found, parts = generate.piano_roll(piece), list(sections(piece.form, max(bars, piece.bars)))
    voices = sorted(piece.voices, key=list(RANGES).index) + (["chords"] if piece.chords else [])
    summary = say("music.summary", language, metre=piece.metre, bars=bars, bpm=piece.bpm)
    return json.dumps(
        {
            "title": f"{title_of(piece, language)} · {summary}",
            "summary": ", ".join(say(f"music.voice.{voice}", language) for voice in voices),
            "voices": [(voice, say(f"music.voice.{voice}", language)) for voice in voices],
            "notes": [(voice, round(a, 3), round(b, 3), pitch) for voice, a, b, pitch in found.notes],
            "chords": [(name, round(a, 3), round(b, 3)) for name, a, b in found.chords],
            "bars": [round(bar, 4) for bar in found.bars],
            "planned": max(bars, piece.bars),
            "sections": parts,
            "loop": say("music.loop", language),
            "whole": say("music.loop.off", language),
            "loops": loops_of(parts, bars, language),
            "seconds": seconds,
            "play": play,
        },
        ensure_ascii=False,
    )


def loops_of(parts: Sequence[Section], bars: int, language: str) -> list[tuple[str, int, int]]:
    """What can be played over and over, sections or four bars each: name, first bar from 0, bar behind the last."""
    spans = [(f"{part.letter}: ", part.start, part.end) for part in parts]
    spans = spans or [("", start, min(start + PHRASE, bars)) for start in range(0, bars, PHRASE)]
    return [(name + say("music.loop.bars", language, first=a + 1, last=b), a, b) for name, a, b in spans]


class Manner(NamedTuple):
    """How a piece is played; see ``generate.render``."""

    sound: str = ""
    tempo: float = 1.0
    """1 is usual for the style."""
    pattern: str = ""
    drum: bool = False
    life: bool = True


def _rendered(work: Work, manner: Manner) -> tuple[Piece, int, np.ndarray, dict[str, Any], dict[str, str]]:
    """The piece at its tempo, samples a second, samples (S, 2), its recipe, and the tags of its sounds."""
    title = f"{title_of(work.piece, 'en')} (seed {work.recipe['seed']})"
    piece = dataclasses.replace(work.piece, bpm=work.piece.bpm * manner.tempo, title=title)
    recipe = work.recipe | manner._asdict()
    words = json.dumps(recipe, ensure_ascii=False, indent=1)
    tags = {"title": title, "software": metadata.software(MODELS), "comment": words}
    seed = int(work.recipe["seed"])
    rate, samples = generate.render(piece, manner.sound, manner.pattern, manner.drum, manner.life, seed, stereo=True)
    return piece, rate, mark_sound(samples, rate, MODELS, recipe), recipe, tags


def sound_file(work: Work, manner: Manner, form: str) -> tuple[bytes, str]:
    """A piece as WAV, OGG or MP3, not signed, and its name."""
    _, rate, samples, _, tags = _rendered(work, manner)
    return sounds.wave_bytes(samples, form, tags, rate), f"{file_name(work)}.{form}"


def played(work: Work, manner: Manner, language: str, play: bool) -> list[str]:
    """Piano roll, sound, and the files WAV, OGG, MIDI, ABC, recipe, MP3."""
    piece, rate, samples, recipe, tags = _rendered(work, manner)
    name = file_name(work)
    heard = {
        form: keep_made(sounds.wave_bytes(samples, form, tags, rate), f"{name}.{form}", recipe, MODELS)
        for form in sounds.CODINGS
    }
    notes = {
        "mid": generate.write_midi(piece, manner.pattern, manner.drum),
        "abc": generate.write_abc(piece).encode(),
        "json": tags["comment"].encode(),
    }
    written = [keep_file(data, f"{name}.{ending}") for ending, data in notes.items()]
    files = [heard["wav"], heard["ogg"], *written, heard["mp3"]]
    roll = roll_of(piece, piece.bars, language, len(samples) / rate, play)
    return [roll, files[0], *files]


def closeness(piece: Piece, language: str) -> str:
    """The line that says how close a piece is to the training tunes."""
    found = generate.similarity(piece)
    if not found.notes:
        return say("music.far", language)
    return say("music.close", language, notes=found.notes, of=found.of, title=found.title)


def earlier(history: list[Work], request: gr.Request) -> gr.Radio:
    """The pieces of the visit as choices, the newest first."""
    language = language_of(request)
    names = [
        say("music.earlier", language, title=title_of(work.piece, language), seed=work.recipe["seed"],
            act=say(f"music.act.{work.recipe['action']}", language))
        for work in history
    ]  # fmt: skip
    return gr.Radio([(name, i + 1) for i, name in enumerate(names)], value=None, visible=bool(names))
