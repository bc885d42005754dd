"""The only door of what joins media: a generated face that says a text, a picture heard, a sound seen.

    from genai_demo.together import generate
    film = generate.speak(3, "The rain has stopped.")
    open("film.mp4", "wb").write(film.mp4())

A face is asked for by its seed and sliders, and drawn by the published weights: nothing that makes one speak takes a
picture or a latent, so nobody who was photographed can be made to.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

from genai_demo.audio.music import generate as music
from genai_demo.audio.music.pieces import Piece
from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech import generate as speech
from genai_demo.audio.speech.normalise import require_length
from genai_demo.audio.speech.plans import PlannedPhone
from genai_demo.core import animate, lent, limits
from genai_demo.core.marks import mark_moving, mark_sound
from genai_demo.faces import align
from genai_demo.faces import generate as faces
from genai_demo.repair import art
from genai_demo.together import motion, senses
from genai_demo.together.puppet import Pose, Puppet
from genai_demo.together.senses import Cause

FPS, SEEN_FPS = 25, 12
"""Frames a second of a portrait, and of a painting that moves."""
TRUNCATION = 0.7
BARS = 16
"""Of the tune of a picture."""
MODELS = ("audio-speech", "audio-letters", "audio-vocoder", "faces-finder")
"""Besides the face's own."""
NO_FACE = "No face was found in what these sliders draw. Move them towards the middle."


@dataclass(frozen=True)
class Film:
    """A face that has said a text."""

    portrait: Image.Image
    """As drawn, 256 x 256."""
    poses: tuple[Pose, ...] = field(repr=False)
    """One a frame, FPS a second."""
    samples: np.ndarray = field(repr=False)
    """(S,) float32 at RATE."""
    phones: tuple[tuple[PlannedPhone, ...], ...] = field(repr=False)
    """Of the utterances."""
    recipe: dict[str, Any]
    """What ``speak`` makes the same film from."""
    models: tuple[str, ...]
    """Checkpoints that took part."""
    frames: tuple[Image.Image, ...] = field(repr=False)

    def mp4(self, comment: str = "") -> bytes:
        """H.264 and AAC, with the invisible marks in every frame and in the sound."""
        frames = mark_moving(self.frames, self.portrait, self.models, self.recipe)
        return animate.to_mp4(frames, FPS, comment, (RATE, mark_sound(self.samples, RATE, self.models, self.recipe)))


@dataclass(frozen=True)
class Progress:
    """How far a film is: the picture that was drawn last, and at the end the film."""

    share: float
    """Done, from 0 to 1."""
    picture: Image.Image
    film: Film | None = None


def voices() -> dict[str, str]:
    """Who can speak: name to its language, "en" or "zh"."""
    return speech.voices()


def face_models() -> list[str]:
    """Checkpoints that draw a portrait."""
    return faces.models_of("gan", faces.largest_side())


def portrait(seed: int, sliders: Mapping[str, float] | None = None, truncation: float = TRUNCATION) -> Image.Image:
    """The face of a seed, moved by the sliders of the first tab, 256 x 256 where there is an upsampler.

    Raises ValueError for a seed, a slider or a truncation that there is not.
    """
    with lent.lending({}):
        point = faces.edit(faces.latent(seed), dict(sliders or {}))
        return faces.decode(point, truncation, side=faces.largest_side()).resize(
            (animate.SIDE, animate.SIDE), Image.Resampling.BICUBIC
        )


def speak(seed: int, text: str, voice: str | None = None, **settings: Any) -> Film:
    """A film of the face of a seed that says a text; the arguments are those of ``speak_steps``."""
    *_, last = speak_steps(seed, text, voice, **settings)
    assert last.film is not None
    return last.film


def speak_steps(
    seed: int,
    text: str,
    voice: str | None = None,
    sliders: Mapping[str, float] | None = None,
    truncation: float = TRUNCATION,
    speech_seed: int = 0,
    speed: float = 1.0,
    pitch: float = 0.0,
) -> Iterator[Progress]:
    """As ``speak``, while the film is made.

    seed, sliders, truncation: of the face, see ``portrait``. text: English, Chinese or both, up to
    ``limits.MAX_FILM_CHARACTERS``. voice, speed, pitch and speech_seed (which also moves head and lids): see
    ``audio.speech.generate.speak``.
    Raises ValueError for a text that cannot be spoken, settings out of range, and faces that none is seen in.
    """
    require_length(text)
    if len(text) > limits.MAX_FILM_CHARACTERS:
        raise ValueError(f"A portrait says at most {limits.MAX_FILM_CHARACTERS} characters. Shorten the text.")
    picture = portrait(seed, sliders, truncation)
    yield Progress(0.0, picture)
    try:
        puppet = Puppet(picture, align.find_face(picture).landmarks)
    except align.NoFace as error:
        raise ValueError(NO_FACE) from error
    spoken = []
    for piece in speech.pieces(text, voice, speech_seed, speed, pitch):
        spoken.append(piece)
        yield Progress(min(0.4, 0.1 * len(spoken)), picture)
    samples = np.concatenate([piece.samples for piece in spoken])
    phones = tuple(piece.phones for piece in spoken)
    poses = motion.poses(phones, samples, FPS, speech_seed)
    frames = []
    for number, pose in enumerate(poses):
        frames.append(puppet.draw(pose))
        if number % FPS == FPS - 1:
            yield Progress(0.4 + 0.6 * number / len(poses), frames[-1])
    recipe: dict[str, Any] = {
        "kind": "portrait", "seed": int(seed), "sliders": {k: v for k, v in (sliders or {}).items() if v},
        "truncation": truncation, "text": text, "voice": voice or next(iter(speech.voices())),
        "speech_seed": speech_seed, "speed": speed, "pitch": pitch,
    }  # fmt: skip
    models = (*face_models(), *MODELS)
    film = Film(picture, tuple(poses), samples, phones, recipe, models, tuple(frames))
    yield Progress(1.0, picture, film)


def hear(picture: Image.Image, bars: int = BARS) -> tuple[Piece, dict[str, Any], list[Cause]]:
    """A tune for a picture: the piece; its settings, those of ``audio.music.generate.compose``, ``tempo`` and
    ``sound``; and what led to them. Raises ValueError as ``compose`` does."""
    settings, causes = senses.tune_of(picture, music.styles())
    asked = {name: settings[name] for name in ("style", "key", "seed")}
    return music.compose(**asked, bars=bars), settings | {"bars": bars}, causes


def see(samples: np.ndarray, side: int = 512) -> tuple[Image.Image, dict[str, Any], list[Cause]]:
    """A painting for a sound (S,) at RATE: the picture, its settings (those of ``repair.art.paint``), and what led to
    them. Raises ValueError for a sound that is empty or too long."""
    _check_sound(samples)
    settings, causes = senses.painting_of(samples)
    return art.paint(width=side, height=side, **settings), settings, causes


def see_moving(samples: np.ndarray) -> Iterator[Image.Image]:
    """The same painting in motion, one picture after the other, SEEN_FPS a second: it moves where the sound is loud."""
    _check_sound(samples)
    settings, _ = senses.painting_of(samples)
    side = animate.SIDE
    return (
        art.paint(width=side, height=side, time=float(moment), **settings)
        for moment in senses.moments_of(samples, SEEN_FPS)
    )


def _check_sound(samples: np.ndarray) -> None:
    if not len(samples):
        raise ValueError("Choose a sound first.")
    if len(samples) > limits.MAX_SEEN_SECONDS * RATE:
        raise ValueError(f"A painting is made from at most {limits.MAX_SEEN_SECONDS:g} seconds. Use a shorter sound.")
