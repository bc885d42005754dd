"""What the room "Speech" does: speaks texts and plans piece by piece, and writes the files."""

import functools
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import gradio as gr
import numpy as np
import soundfile

from genai_demo.audio import mel, sounds
from genai_demo.audio.speech import generate
from genai_demo.audio.speech.generate import Piece
from genai_demo.audio.speech.normalise import normalise, require_length
from genai_demo.audio.speech.plans import Plan
from genai_demo.core.marks import mark_sound
from genai_demo.trust import metadata
from genai_demo.trust.policy import check
from genai_demo.ui.audio_pictures import pictures
from genai_demo.ui.common import keep_file, readable_errors
from genai_demo.ui.errors import localise
from genai_demo.ui.signed import keep_made
from genai_demo.ui.speech_phonemes import plan_words, read_plan
from genai_demo.ui.strings import add_texts, language_of, say
from genai_demo.ui.texts_speech import SPEECH

add_texts(SPEECH)

MODELS = ("audio-speech", "audio-letters", "audio-vocoder")
FIRST = "Hello! Two small networks are speaking. 你好，很高兴认识你。"
"""Spoken when the room is opened."""
MOST_NAMED, LONGEST_NAME = 12, 40
"""Of the things that were left out: how many are named, and how many characters of each."""


@dataclass(frozen=True)
class Settings:
    """What the door takes besides a text or a plan."""

    voice: str
    speed: float
    pitch: float
    energy: float
    seed: int


@dataclass
class Spoken:
    """Pieces of a text as they come, and when they came."""

    found: list[Piece] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    """Of the pieces' files."""
    run: str = field(default_factory=lambda: uuid.uuid4().hex)
    start: float = field(default_factory=time.perf_counter)
    first: float = 0.0
    """Seconds until the first piece was there."""

    def add(self, piece: Piece) -> None:
        """Keep a piece where the page can fetch it."""
        self.found.append(piece)
        self.paths.append(keep_file(sounds.wave_bytes(piece.samples), f"piece{len(self.found)}.wav"))
        self.first = self.first or time.perf_counter() - self.start

    @property
    def samples(self) -> np.ndarray:
        """(S,), all so far."""
        return np.concatenate([piece.samples for piece in self.found])

    @property
    def live(self) -> str:
        """For the player: JSON with a name of this run and the files of its pieces."""
        return json.dumps({"run": self.run, "pieces": self.paths})

    def say(self, key: str, language: str) -> str:
        """The status line."""
        seconds, passed = sum(len(p.samples) for p in self.found) / sounds.RATE, time.perf_counter() - self.start
        return say(key, language, seconds=seconds, passed=passed, first=self.first)


class Part(NamedTuple):
    """What was spoken so far, and from what."""

    paths: tuple[str, ...]
    """Of the files of its pieces."""
    words: str
    settings: Settings
    bent: str | None


def recipe_of(words: str, settings: Settings, plan: str | None) -> dict[str, Any]:
    """What speech depends on."""
    return {"text": words} | vars(settings) | ({"plan": json.loads(plan)} if plan else {})


def sound_tags(words: str, settings: Settings, plan: str | None) -> dict[str, str]:
    """What the files say of themselves."""
    return {
        "title": words.strip()[:80],
        "software": metadata.software(MODELS),
        "comment": json.dumps(recipe_of(words, settings, plan), ensure_ascii=False, separators=(",", ":")),
    }


def _files(spoken: np.ndarray, words: str, settings: Settings, plan: str | None) -> tuple[str, str]:
    """The whole as WAV and OGG, with the recipe in their tags."""
    recipe, tags = recipe_of(words, settings, plan), sound_tags(words, settings, plan)
    name = f"speech-{settings.voice}-seed{settings.seed}" + ("-bent" if plan else "")
    samples = mark_sound(spoken, sounds.RATE, MODELS, recipe)
    wav, ogg = (keep_made(sounds.wave_bytes(samples, f, tags), f"{name}.{f}", recipe, MODELS) for f in sounds.FORMATS)
    return wav, ogg


def _speak(
    words: str, settings: Settings, language: str, plan: Plan | None = None, bent: str | None = None
) -> Iterator[tuple[Any, ...]]:
    """Player, status, finished sound, pictures, files, phones: while it is made, and when it is done.

    Last what Stop would keep; nothing of an earlier sound stays, and each step of the end can be stopped, too.
    """
    spoken, still = Spoken(), gr.skip()
    yield spoken.live, say("speech.going", language, seconds=0.0), None, "", None, None, still, None
    door = (settings.voice, settings.seed, settings.speed, settings.pitch, settings.energy)
    for piece in generate.pieces(words, *door, plan):
        spoken.add(piece)
        part = Part(tuple(spoken.paths), words, settings, bent)
        yield spoken.live, spoken.say("speech.going", language), *[still] * 5, part
    status = spoken.say("speech.status", language) + ("" if plan else left_out(words, language))
    wav, ogg = _files(spoken.samples, words, settings, bent)
    yield spoken.live, status, wav, still, wav, ogg, still, None
    shown = still if plan else plan_words(generate.plan(words, settings.voice))
    look = pictures(spoken.samples, generate.spectrogram(spoken.found), language)
    yield spoken.live, status, wav, look, wav, ogg, shown, None


@readable_errors
def stop_speech(part: Part | None, request: gr.Request) -> tuple[Any, ...]:
    """What was spoken before Stop, to be heard and kept: status, sound, pictures, files, phones."""
    if part is None:
        return tuple([gr.skip()] * 7)
    samples = np.concatenate([soundfile.read(path, dtype="float32")[0] for path in part.paths])
    wav, ogg = _files(samples, part.words, part.settings, part.bent)
    language = language_of(request)
    status = say("speech.stopped", language, seconds=len(samples) / sounds.RATE)
    return status, wav, pictures(samples, mel.analyse(samples), language), wav, ogg, gr.skip(), None


def left_out(words: str, language: str) -> str:
    """A sentence that names what of a text cannot be spoken; empty where all of it can."""
    dropped = normalise(words).dropped
    if not dropped:
        return ""
    names = ("".join(c if c.isprintable() else " " for c in d.replace("`", "'")) for d in dropped[:MOST_NAMED])
    what = " ".join(f"`{n[:LONGEST_NAME]}{'…' if len(n) > LONGEST_NAME else ''}`" for n in names)
    more = say("speech.more", language, count=len(dropped) - MOST_NAMED) if len(dropped) > MOST_NAMED else ""
    return say("speech.left_out", language, what=what) + more


@readable_errors
def speak_text(
    words: str, voice: str, speed: float, pitch: float, energy: float, seed: float, request: gr.Request
) -> Iterator[tuple[Any, ...]]:
    """Speak a text, piece by piece.

    Args:
        words: English, Chinese or both.
        voice: "kathleen" or "yue_tan".
        speed: 1 is as recorded.
        pitch: semitones.
        energy: decibels.
        seed: the same seed speaks in the same way.

    Returns:
        The files of the pieces so far (JSON), the status, the whole as WAV, its pictures (HTML), the files to
        download as WAV and OGG, and the plan of its phones (JSON).
    """
    require_length(words or "")
    check.require(words)
    yield from _speak(words, Settings(voice, speed, pitch, energy, int(seed)), language_of(request))


@readable_errors
def speak_plan(
    plan: str, whole: bool, speed: float, pitch: float, energy: float, seed: float, request: gr.Request
) -> Iterator[tuple[Any, ...]]:
    """Speak phones as planned, or as someone bent them.

    Args:
        plan: JSON as ``speak_text`` returns it; its "chosen" is the number of a sentence.
        whole: all sentences, and not only the chosen one.
        speed: on top of the plan, 1 leaves it as it is.
        pitch: on top of the plan, semitones.
        energy: on top of the plan, decibels.
        seed: the same seed speaks in the same way.

    Returns:
        As ``speak_text``, but for the plan, which stays as it was.
    """
    found = read_plan(plan, whole)
    check.require(_title(found))
    settings = Settings(found.voice, speed, pitch, energy, int(seed))
    yield from _speak(_title(found), settings, language_of(request), found, plan_words(found))


def _title(plan: Plan) -> str:
    """The words of a plan."""
    found: list[str] = []
    for phone in plan.phones:
        if not phone.silent and (not found or found[-1] != phone.word):
            found.append(phone.word)
    return " ".join(found)


@functools.lru_cache(maxsize=1)
def _example() -> tuple[Spoken, str]:
    """The opening sentence and its plan."""
    spoken = Spoken()
    for piece in generate.pieces(FIRST):
        spoken.add(piece)
    return spoken, plan_words(generate.plan(FIRST))


@readable_errors
def open_room(opened: bool, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """An example, spoken while the visitor looks around; nothing when the room is opened again."""
    language, later = language_of(request), [gr.skip()] * 5
    if opened:
        yield gr.skip(), gr.skip(), *later
        return
    yield True, say("speech.wait", language), *later
    try:
        spoken, plan = _example()
    except ValueError as error:  # no checkpoint: the room can be looked at all the same
        yield False, localise(str(error), language), *later
        return
    wav, ogg = _files(spoken.samples, FIRST, Settings("kathleen", 1.0, 0.0, 0.0, 0), None)
    look = pictures(spoken.samples, generate.spectrogram(spoken.found), language)
    yield True, spoken.say("speech.example", language), wav, look, wav, ogg, plan
