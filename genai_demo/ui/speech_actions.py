"""What the room "Speech" does: speaks texts and plans piece by piece, and writes the files."""

import functools
import json
import re
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import gradio as gr
import numpy as np
import soundfile

from genai_demo.audio import mel, sounds
from genai_demo.audio.speech import generate, plans, subtitles
from genai_demo.audio.speech.generate import Piece
from genai_demo.audio.speech.normalise import normalise, require_length
from genai_demo.audio.speech.plans import Plan, PlannedPhone
from genai_demo.core.marks import SoundMarker, mark_sound
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
SAMPLES = {
    "en": "This is how I sound. Shall I read something to you?",
    "zh": "我的声音是这样的。要我读点什么给你听吗？",
}
"""What a voice says of itself, in its own language."""
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
    second: str = ""
    blend: float = 0.0
    """The voice that is mixed in, and its share."""

    @property
    def door(self) -> dict[str, Any]:
        """For ``generate``, but for the text."""
        return vars(self)

    @property
    def told(self) -> dict[str, Any]:
        """What a recipe says: two voices only where two are mixed."""
        return {k: v for k, v in vars(self).items() if self.mixed or k not in ("second", "blend")}

    @property
    def mixed(self) -> bool:
        """Whether two voices speak as one."""
        return bool(self.second) and self.blend > 0

    @property
    def name(self) -> str:
        """For a file."""
        return f"{self.voice}-{self.second}-{self.blend:g}" if self.mixed else self.voice


@dataclass
class Spoken:
    """Pieces of a text as they come, and when they came."""

    found: list[Piece] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    """Of the pieces' files."""
    marked: list[np.ndarray] = field(default_factory=list)
    """Parts (S,) that have their invisible mark."""
    marked_paths: list[str] = field(default_factory=list)
    """Of their files."""
    run: str = field(default_factory=lambda: uuid.uuid4().hex)
    start: float = field(default_factory=time.perf_counter)
    first: float = 0.0
    """Seconds until the first piece was there."""

    def add(self, piece: Piece) -> None:
        """Keep a piece where the page can fetch it."""
        self.found.append(piece)
        self.paths.append(keep_file(sounds.wave_bytes(piece.samples), f"piece{len(self.found)}.wav"))
        self.first = self.first or time.perf_counter() - self.start

    def mark(self, samples: np.ndarray) -> None:
        """Keep what a marker gave out, for Stop in a file, too."""
        if len(samples):
            self.marked.append(samples)
            self.marked_paths.append(keep_file(sounds.wave_bytes(samples), f"marked{len(self.marked)}.wav"))

    @property
    def samples(self) -> np.ndarray:
        """(S,), all so far."""
        return np.concatenate([piece.samples for piece in self.found])

    @property
    def live(self) -> str:
        """For the player: JSON with a name of this run and the files of its pieces."""
        return json.dumps({"run": self.run, "pieces": self.paths})

    @property
    def phones(self) -> tuple[tuple[PlannedPhone, ...], ...]:
        """Of every piece."""
        return tuple(piece.phones for piece in self.found)

    def say(self, key: str, language: str, **values: float) -> str:
        """The status line."""
        seconds, passed = sum(len(p.samples) for p in self.found) / sounds.RATE, time.perf_counter() - self.start
        return say(key, language, seconds=seconds, passed=passed, first=self.first, **values)


class Part(NamedTuple):
    """What was spoken so far, and from what."""

    paths: tuple[str, ...]
    """Of the files of its pieces."""
    words: str
    settings: Settings
    bent: str | None
    phones: tuple[tuple[PlannedPhone, ...], ...]
    """Of the pieces."""
    marked: tuple[str, ...] = ()
    """Of the files of its beginning as far as it has its mark."""


def recipe_of(words: str, settings: Settings, plan: str | None) -> dict[str, Any]:
    """What speech depends on."""
    return {"text": words} | settings.told | ({"plan": json.loads(plan)} if plan else {})


def sound_tags(words: str, settings: Settings, plan: str | None) -> dict[str, str]:
    """What the files say of themselves."""
    return {
        "title": words.strip()[:80],
        "software": metadata.software(MODELS),
        "comment": json.dumps(recipe_of(words, settings, plan), ensure_ascii=False, separators=(",", ":")),
    }


def _files(samples: np.ndarray, words: str, settings: Settings, plan: str | None) -> tuple[str, str]:
    """The whole, which has its mark, as WAV and OGG, with the recipe in their tags."""
    recipe, tags = recipe_of(words, settings, plan), sound_tags(words, settings, plan)
    name = f"speech-{settings.name}-seed{settings.seed}" + ("-bent" if plan else "")
    wav, ogg = (keep_made(sounds.wave_bytes(samples, f, tags), f"{name}.{f}", recipe, MODELS) for f in sounds.FORMATS)
    return wav, ogg


def _timings(phones: Sequence[Sequence[PlannedPhone]], settings: Settings) -> list[str]:
    """When each word is said: subtitles in both formats, and all of it as JSON."""
    words = subtitles.timings(phones)
    lines = subtitles.cues(words)
    table = json.dumps(subtitles.table(words), ensure_ascii=False, indent=1)
    files = {"srt": subtitles.srt(lines), "vtt": subtitles.vtt(lines), "json": table + "\n"}
    name = f"speech-{settings.name}-seed{settings.seed}"
    return [keep_file(text.encode(), f"{name}.{form}") for form, text in files.items()]


def _letters(phones: Sequence[PlannedPhone]) -> int:
    """How many letters and characters the words of phones have."""
    return sum(len(word[0].word) for word in plans.words_of(phones) if not word[0].silent)


def _speak(
    words: str, settings: Settings, language: str, plan: Plan | None = None, bent: str | None = None
) -> Iterator[tuple[Any, ...]]:
    """Player, status, finished sound, pictures, files, timings, phones: while it is made, and when it is done.

    Last what Stop would keep; nothing of an earlier sound stays, and each step of the end can be stopped, too.
    """
    spoken, still = Spoken(), gr.skip()
    yield spoken.live, say("speech.going", language, seconds=0.0, done=0.0), None, "", *[None] * 5, still, None
    whole = _letters(plan.phones) if plan else sum(map(len, re.findall(r"[\w']+", normalise(words).text)))
    marker = SoundMarker(MODELS, recipe_of(words, settings, bent))
    for piece in generate.pieces(words, **settings.door, plan=plan):
        spoken.add(piece)
        part = Part(tuple(spoken.paths), words, settings, bent, spoken.phones, tuple(spoken.marked_paths))
        done = min(1.0, sum(map(_letters, spoken.phones)) / max(1, whole))
        yield spoken.live, spoken.say("speech.going", language, done=done), *[still] * 8, part
        spoken.mark(marker.add(piece.samples))  # while the visitor hears it
    status = spoken.say("speech.status", language) + ("" if plan else left_out(words, language))
    wav, ogg = _files(np.concatenate([*spoken.marked, marker.finish()]), words, settings, bent)
    timed = _timings(spoken.phones, settings)
    yield spoken.live, status, wav, still, wav, ogg, *timed, still, None
    shown = (
        still
        if plan
        else plan_words(generate.plan(words, settings.voice, settings.second, settings.blend, settings.seed))
    )
    look = pictures(spoken.samples, generate.spectrogram(spoken.found), language)
    yield spoken.live, status, wav, look, wav, ogg, *timed, shown, None


@readable_errors
def stop_speech(part: Part | None, request: gr.Request) -> tuple[Any, ...]:
    """What was spoken before Stop, to be heard and kept: status, sound, pictures, files, timings, phones."""
    if part is None:
        return tuple([gr.skip()] * 10)
    samples = _read(part.paths)
    marked = _read(part.marked)
    recipe = recipe_of(part.words, part.settings, part.bent)
    marked = np.concatenate([marked, mark_sound(samples[len(marked) :], sounds.RATE, MODELS, recipe)])
    wav, ogg = _files(marked, part.words, part.settings, part.bent)
    language = language_of(request)
    status = say("speech.stopped", language, seconds=len(samples) / sounds.RATE)
    look = pictures(samples, mel.analyse(samples), language)
    return status, wav, look, wav, ogg, *_timings(part.phones, part.settings), gr.skip(), None


def _read(paths: Sequence[str]) -> np.ndarray:
    """(S,), the sounds of files one after the other."""
    return np.concatenate([np.zeros(0, np.float32), *(soundfile.read(path, dtype="float32")[0] for path in paths)])


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
    words: str,
    voice: str,
    speed: float,
    pitch: float,
    energy: float,
    seed: float,
    second: str | None,
    blend: float,
    request: gr.Request,
) -> Iterator[tuple[Any, ...]]:
    """Speak a text, piece by piece.

    Args:
        words: English, Chinese or both.
        voice: one of ``generate.voices()``.
        speed: 1 is as recorded.
        pitch: semitones.
        energy: decibels.
        seed: the same seed speaks in the same way.
        second: another voice that is mixed in; empty for none.
        blend: its share, from 0 to 1.

    Returns:
        The files of the pieces so far (JSON), the status, the whole as WAV, its pictures (HTML), the files to
        download as WAV and OGG, subtitles and timings (SRT, VTT, JSON), and the plan of its phones (JSON).
    """
    require_length(words or "")
    check.require(words)
    settings = Settings(voice, speed, pitch, energy, int(seed), second or "", blend)
    yield from _speak(words, settings, language_of(request))


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
    settings = Settings(found.voice, speed, pitch, energy, int(seed), found.second, found.blend)
    yield from _speak(_title(found), settings, language_of(request), found, plan_words(found))


def _title(plan: Plan) -> str:
    """The words of a plan."""
    return " ".join(word[0].word for word in plans.words_of(plan.phones) if not word[0].silent)


@readable_errors
def speak_sample(
    voice: str,
    speed: float,
    pitch: float,
    energy: float,
    seed: float,
    second: str | None,
    blend: float,
    request: gr.Request,
) -> Iterator[tuple[Any, ...]]:
    """A sentence in the language of the voice, as it is set. Arguments and results are those of ``speak_text``."""
    words = SAMPLES[generate.voices().get(voice, "en")]
    yield from speak_text(words, voice, speed, pitch, energy, seed, second, blend, request)


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
    language, later = language_of(request), [gr.skip()] * 8
    if opened:
        yield gr.skip(), gr.skip(), *later
        return
    yield True, say("speech.wait", language), *later
    try:
        spoken, plan = _example()
    except ValueError as error:  # no checkpoint: the room can be looked at all the same
        yield False, localise(str(error), language), *later
        return
    settings = Settings(next(iter(generate.voices())), 1.0, 0.0, 0.0, 0)
    samples = mark_sound(spoken.samples, sounds.RATE, MODELS, recipe_of(FIRST, settings, None))
    wav, ogg = _files(samples, FIRST, settings, None)
    look = pictures(spoken.samples, generate.spectrogram(spoken.found), language)
    timed = _timings(spoken.phones, settings)
    yield True, spoken.say("speech.example", language), wav, look, wav, ogg, *timed, plan
