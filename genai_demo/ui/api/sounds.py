"""Endpoints that make sounds. Their answers begin with a WAV file, marked and signed."""

from pathlib import Path
from typing import Annotated, Any

import numpy as np

from genai_demo.audio import sounds
from genai_demo.audio.effects import generate as effects
from genai_demo.audio.music import generate as music
from genai_demo.audio.music import synth
from genai_demo.audio.music.accompaniment import PATTERNS
from genai_demo.audio.music.events import MAX_BARS
from genai_demo.audio.music.form import FORMS, FREE
from genai_demo.audio.music.leading import MOST_STRICT, STRICTNESS
from genai_demo.audio.music.pieces import METRES, MODES, TONICS
from genai_demo.audio.speech import generate as speech
from genai_demo.audio.speech.normalise import normalise, require_length
from genai_demo.core import limits
from genai_demo.core.marks import mark_sound
from genai_demo.trust.policy import check
from genai_demo.ui.api.values import File, Flag, Found, Number, OneOf, Whole, Words
from genai_demo.ui.effects_sounds import prepare
from genai_demo.ui.music_actions import MOST_CANDIDATES
from genai_demo.ui.music_pieces import Manner, Work, played
from genai_demo.ui.signed import keep_made
from genai_demo.ui.speech_actions import MODELS, Settings, recipe_of, sound_tags

SEED = Whole(0, limits.MAX_SEED)
KEYS = tuple(f"{tonic} {mode}" for mode in MODES for tonic in TONICS)


def speak(
    words: Annotated[str, Words(limits.MAX_SPEECH_CHARACTERS), "English, Chinese or both"],
    voice: Annotated[str, OneOf(lambda: ("", *speech.voices())), "who speaks; empty: the usual voice"] = "",
    speed: Annotated[float, Number(limits.MIN_SPEED, limits.MAX_SPEED), "1 as recorded"] = 1.0,
    pitch: Annotated[float, Number(-limits.MAX_PITCH_SHIFT, limits.MAX_PITCH_SHIFT), "semitones"] = 0.0,
    energy: Annotated[float, Number(-limits.MAX_ENERGY_SHIFT, limits.MAX_ENERGY_SHIFT), "decibels"] = 0.0,
    seed: Annotated[int, SEED, "the same seed speaks in the same way"] = 0,
) -> tuple[
    Annotated[str, File(), "the speech, WAV"],
    Annotated[dict[str, Any], Found(), "seconds, and what could not be spoken"],
]:
    """Speak a text."""
    require_length(words)
    check.require(words)
    settings = Settings(voice or next(iter(speech.voices())), speed, pitch, energy, seed)
    pieces = [piece.samples for piece in speech.pieces(words, settings.voice, seed, speed, pitch, energy)]
    recipe = recipe_of(words, settings, None)
    samples = mark_sound(np.concatenate(pieces), sounds.RATE, MODELS, recipe)
    data = sounds.wave_bytes(samples, "wav", sound_tags(words, settings, None))
    file = keep_made(data, f"speech-{settings.voice}-seed{seed}.wav", recipe, MODELS)
    return file, {"seconds": round(len(samples) / sounds.RATE, 3), "left_out": list(normalise(words).dropped)}


def compose_music(
    style: Annotated[str, OneOf(music.styles), "the kind of tune"] = "jig",
    key: Annotated[str, OneOf(KEYS), "tonic and mode"] = "D maj",
    metre: Annotated[str, OneOf(("", *METRES)), "empty: the usual one of the style"] = "",
    bars: Annotated[int, Whole(1, MAX_BARS), "how long it is"] = 16,
    seed: Annotated[int, SEED, "the same seed and settings give the same piece"] = 0,
    temperature: Annotated[float, Number(0, limits.MAX_TEMPERATURE), "0 the likeliest notes"] = 0.9,
    chords: Annotated[bool, Flag(), "chords to the tune; chorales have four voices instead"] = True,
    sound: Annotated[str, OneOf(("", *synth.SOUNDS)), "instruments; empty: what suits the style"] = "",
    tempo: Annotated[float, Number(0.5, 1.5), "1 as usual for the style"] = 1.0,
    strictness: Annotated[float, Number(0, MOST_STRICT), "of voice leading in chorales"] = STRICTNESS,
    form: Annotated[str, OneOf(FORMS), "of a tune: sections of one letter are the same but for their endings"] = FREE,
    top_k: Annotated[int, Whole(0, MOST_CANDIDATES), "only so many of the likeliest notes; 0 for all"] = 0,
    pattern: Annotated[str, OneOf(("", *PATTERNS)), "how chords are played; empty: what suits the style"] = "",
    drum: Annotated[bool, Flag(), "with a drum"] = False,
    life: Annotated[bool, Flag(), "loudness follows the phrases, notes are a little early or late"] = True,
) -> tuple[
    Annotated[str, File(), "the piece, WAV"],
    Annotated[str, File(), "its notes, MIDI"],
    Annotated[str, Words(limits.MAX_PROMPT), "its notes in ABC notation"],
]:
    """Write a new piece of music and play it."""
    settings: dict[str, Any] = {
        "style": style, "key": key, "metre": metre or music.metres(style, chords)[0], "bars": bars,
        "temperature": temperature, "seed": seed, "chords": chords, "top_k": top_k, "form": form,
    }  # fmt: skip
    settings |= {"strictness": strictness} if style == "chorale" else {}
    work = Work(music.compose(**settings), {"action": "compose"} | settings)
    _, wav, _, _, midi, abc, *_ = played(work, Manner(sound, tempo, pattern, drum, life), "en", False)
    return wav, midi, Path(abc).read_text(encoding="utf-8")


def make_effect(
    kind: Annotated[str, OneOf(effects.NAMES), "what is heard"] = "rain",
    seconds: Annotated[float, Number(limits.MIN_EFFECT_SECONDS, limits.MAX_EFFECT_SECONDS), "its length"] = 3.0,
    seed: Annotated[int, SEED, "the same seed and settings give the same sound"] = 0,
    brightness: Annotated[float, Number(-1, 1), "-1 dull to 1 bright; at 0 the seed decides"] = 0.0,
    density: Annotated[float, Number(-1, 1), "-1 little happens to 1 much"] = 0.0,
    second: Annotated[str, OneOf(("", *effects.NAMES)), "a kind to mix in"] = "",
    share: Annotated[float, Number(0, 1), "of the second kind"] = 0.5,
    loop: Annotated[bool, Flag(), "whether the end runs on into the beginning"] = False,
    guidance: Annotated[float, Number(1, limits.MAX_EFFECT_GUIDANCE), "how strictly to keep to the kind"] = 2.0,
    steps: Annotated[int, Whole(1, limits.MAX_EFFECT_STEPS), "more is finer"] = 10,
) -> tuple[Annotated[str, File(), "the sound, WAV"], Annotated[dict[str, Any], Found(), "its recipe"]]:
    """Make a sound effect."""
    other, part = (second, share) if second and share > 0 else (None, 0.0)
    made = prepare(effects.Recipe(kind, seconds, seed, brightness, density, other, part, loop, guidance, steps))
    return made.file, vars(made.recipe)
