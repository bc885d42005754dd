"""Endpoints in which several models make one thing. Their answers begin with a file, marked and signed."""

from typing import Annotated, Any

from genai_demo.audio.music.events import MAX_BARS
from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech.normalise import normalise
from genai_demo.core import limits
from genai_demo.together import generate
from genai_demo.together.senses import Cause
from genai_demo.trust.policy import check
from genai_demo.ui.api.values import Amounts, File, Found, Number, OneOf, Whole, Words
from genai_demo.ui.common import open_picture
from genai_demo.ui.cross_actions import heard, painting_of, tune_of
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


def hear_picture(
    picture: Annotated[str, File(), "any picture"],
    bars: Annotated[int, Whole(1, MAX_BARS), "length of the tune"] = generate.BARS,
) -> tuple[
    Annotated[str, File(), "the tune, WAV"],
    Annotated[str, File(), "its notes, MIDI"],
    Annotated[dict[str, Any], Found(), "its settings, and what was measured on the picture"],
]:
    """A tune for a picture: colours decide its key, light and warmth its mode, unrest its style and tempo."""
    wav, midi, work, causes = tune_of(open_picture(picture), bars)
    return wav, midi, {"settings": work.recipe, "measured": _measured(causes)}


def see_sound(
    sound: Annotated[str, File(), f"a sound or video file, at most {limits.MAX_SEEN_SECONDS:g} s"],
) -> tuple[
    Annotated[str, File(), "the painting, PNG"],
    Annotated[dict[str, Any], Found(), "its settings, and what was measured on the sound"],
]:
    """A painting for a sound: its spectrum decides palette and symmetry, its beginnings how fine the forms are."""
    file, settings, causes = painting_of(heard(sound))
    return file, {"settings": settings, "measured": _measured(causes)}


def _measured(causes: list[Cause]) -> dict[str, float]:
    return {cause.measured: round(cause.value, 4) for cause in causes}
