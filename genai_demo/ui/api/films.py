"""Endpoints in which several models make one thing. Their answers begin with a file: MP4, marked and signed."""

from typing import Annotated, Any

from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech.normalise import normalise
from genai_demo.core import limits
from genai_demo.together import generate
from genai_demo.trust.policy import check
from genai_demo.ui.api.values import Amounts, File, Found, Number, OneOf, Whole, Words
from genai_demo.ui.portrait_actions import file_of, subtitles_of

SEED = Whole(0, limits.MAX_SEED)


def speak_portrait(
    words: Annotated[str, Words(limits.MAX_FILM_CHARACTERS), "English, Chinese or both"],
    seed: Annotated[int, SEED, "the face; there is no way to bring a photograph"] = 101,
    voice: Annotated[str, OneOf(lambda: ("", *generate.voices())), "who speaks; empty: the usual voice"] = "",
    sliders: Annotated[dict[str, float] | None, Amounts(limits.MAX_EDIT), "as for edit_face"] = None,
    truncation: Annotated[float, Number(0, limits.MAX_TRUNCATION), "as for faces"] = generate.TRUNCATION,
    speed: Annotated[float, Number(limits.MIN_SPEED, limits.MAX_SPEED), "1 as recorded"] = 1.0,
    pitch: Annotated[float, Number(-limits.MAX_PITCH_SHIFT, limits.MAX_PITCH_SHIFT), "semitones"] = 0.0,
    manner: Annotated[int, SEED, "seed of head, lids and reading"] = 0,
) -> tuple[
    Annotated[str, File(), "the film, MP4"],
    Annotated[str, File(), "its subtitles, SRT"],
    Annotated[dict[str, Any], Found(), "seconds, and what could not be spoken"],
]:
    """A film of a generated face that says a text. Nobody said it; the film says so."""
    check.require(words)
    film = generate.speak(
        seed, words, voice or None, sliders=sliders, truncation=truncation, speech_seed=manner, speed=speed, pitch=pitch
    )
    about = {"seconds": round(len(film.samples) / RATE, 3), "left_out": list(normalise(words).dropped)}
    return file_of(film), subtitles_of(film), about
