"""What the room "Sound and picture" does."""

import html
import time
from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from genai_demo.audio import sounds
from genai_demo.audio.effects import generate as effects
from genai_demo.core import animate, limits
from genai_demo.core.marks import mark_frames, mark_picture, mark_sound
from genai_demo.repair import compose
from genai_demo.together import generate
from genai_demo.together.senses import Cause
from genai_demo.trust import metadata
from genai_demo.ui.common import keep_file, open_picture, percent, readable_errors
from genai_demo.ui.music_pieces import Manner, Work, played, title_of
from genai_demo.ui.repair_masks import keep_png, png
from genai_demo.ui.signed import ALGORITHM, keep_made
from genai_demo.ui.strings import TEXTS, add_texts, language_of, say
from genai_demo.ui.texts_together import TOGETHER

add_texts(TOGETHER)

SCENE = (480, 320)
"""Width and height in pixels of a scene of ours."""
FIRST_SCENE, FIRST_KIND = "forest", "birds"
MARKED_EVERY = 6
"""Frames of a painting in motion between two whose mark is sought anew."""


def causes_table(causes: Sequence[Cause], language: str) -> str:
    """What led to what, as an HTML table."""
    rows = "".join(
        f"<tr><td>{html.escape(say(f'cause.{c.measured}', language))}</td><td>{c.value:.2f}</td>"
        f"<td>{html.escape(say(f'effect.of.{c.setting}', language))}: "
        f"<b>{html.escape(named(c, language))}</b></td></tr>"
        for c in causes
    )
    head = f"<th colspan=2>{say('cross.because', language)}</th><th>{say('cross.therefore', language)}</th>"
    return f"<table class='causes'><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def named(cause: Cause, language: str) -> str:
    """The chosen value in words of the page, where it has some."""
    for key in (f"music.{cause.setting}.{cause.chosen}", f"art.{cause.setting}.{cause.chosen}",
                f"{cause.setting}.{cause.chosen}"):  # fmt: skip
        if key in TEXTS:
            return say(key, language)
    return str(cause.chosen)


@readable_errors
def take_scene(name: str) -> str:
    """A scene of ours in the place of the picture.

    Args:
        name: one of the scenes of the room "Compose".
    """
    return keep_png(compose.scene(name, *SCENE), f"scene-{name}.png")


@readable_errors
def take_kind(kind: str) -> str:
    """A sound of ours in the place of the sound.

    Args:
        kind: one of the kinds of the sound effects.
    """
    rate, samples = effects.make(kind, 4.0, 1)
    return keep_file(sounds.wave_bytes(samples, rate=rate), f"{kind}.wav")


@readable_errors
def take_sound(file: str | None) -> tuple[str | None, None]:
    """An uploaded sound, or that of a video, as a WAV file that every browser plays; and the emptied box.

    Args:
        file: a sound file of any kind.
    """
    if not file:
        return None, None
    return keep_file(sounds.wave_bytes(sounds.read(file, max_seconds=limits.MAX_SEEN_SECONDS)), "sound.wav"), None


@readable_errors
def hear_picture(picture: str | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """A tune for a picture.

    Args:
        picture: any picture.

    Returns:
        The status, the tune, what led to what (HTML), and the files: WAV and MIDI.
    """
    language, start = language_of(request), time.perf_counter()
    yield say("cross.working", language, share=percent(0)), None, "", None, None
    wav, midi, work, causes = tune_of(open_picture(picture), generate.BARS, language)
    words = say("cross.heard", language, title=title_of(work.piece, language), passed=time.perf_counter() - start)
    yield words, wav, causes_table(causes, language), wav, midi


def tune_of(picture: Image.Image, bars: int, language: str = "en") -> tuple[str, str, Work, list[Cause]]:
    """The files of the tune of a picture, WAV and MIDI; the piece; and what led to what."""
    piece, settings, causes = generate.hear(picture, bars)
    work = Work(piece, {"action": "picture"} | settings)
    _, wav, _, _, midi, *_ = played(work, Manner(settings["sound"], settings["tempo"]), language, False)
    return wav, midi, work, causes


def heard(sound: str | None) -> np.ndarray:
    """The samples of the sound box. Raises ValueError where it is empty."""
    if sound is None:
        raise ValueError("Choose a sound first.")
    return sounds.read(sound, max_seconds=limits.MAX_SEEN_SECONDS)


@readable_errors
def see_sound(sound: str | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """A painting for a sound.

    Args:
        sound: any sound file.

    Returns:
        The status, the painting, what led to what (HTML), and the file (PNG).
    """
    language, start = language_of(request), time.perf_counter()
    yield say("cross.working", language, share=percent(0)), None, "", None
    file, settings, causes = painting_of(heard(sound))
    words = say("cross.seen", language, seed=settings["seed"], passed=time.perf_counter() - start)
    yield words, file, causes_table(causes, language), file


def painting_of(samples: np.ndarray) -> tuple[str, dict[str, Any], list[Cause]]:
    """The file of the painting of a sound (PNG), its settings, and what led to what."""
    picture, settings, causes = generate.see(samples)
    recipe = {"action": "sound"} | settings
    file = keep_made(png(mark_picture(picture, (), recipe)), f"painting-{settings['seed']}.png", recipe, (), ALGORITHM)
    return file, settings, causes


@readable_errors
def move_with_sound(sound: str | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """The painting of a sound in motion, with the sound.

    Args:
        sound: any sound file.

    Returns:
        The status, the film, and its file (MP4).
    """
    language, start = language_of(request), time.perf_counter()
    yield say("cross.working", language, share=percent(0)), None, None
    samples = heard(sound)
    _, settings, _ = generate.see(samples, limits.MIN_PAINTING_SIDE)
    whole = max(1, round(len(samples) / sounds.RATE * generate.SEEN_FPS))
    frames: list[Image.Image] = []
    for frame in generate.see_moving(samples):
        frames.append(frame)
        if len(frames) % generate.SEEN_FPS == 0:
            yield say("cross.working", language, share=percent(min(0.9, 0.9 * len(frames) / whole))), *[gr.skip()] * 2
    recipe = {"action": "sound in motion"} | settings
    marked = mark_frames(frames[::MARKED_EVERY], (), recipe)
    frames[::MARKED_EVERY] = marked
    sound_marked = mark_sound(samples, sounds.RATE, (), recipe)
    data = animate.to_mp4(frames, generate.SEEN_FPS, metadata.comment(recipe, ()), (sounds.RATE, sound_marked))
    file = keep_made(data, f"painting-{settings['seed']}.mp4", recipe, (), ALGORITHM)
    seconds = len(samples) / sounds.RATE
    yield say("cross.moved", language, seconds=seconds, passed=time.perf_counter() - start), file, file


@readable_errors
def open_room(opened: bool) -> tuple[Any, ...]:
    """The first time: whether it is open, a scene to be heard, a sound to be seen."""
    if opened:
        return tuple([gr.skip()] * 3)
    return True, take_scene(FIRST_SCENE), take_kind(FIRST_KIND)


def end_progress(words: str, request: gr.Request) -> Any:
    """The status line without its share, which does not outlast the run."""
    return "" if words.startswith(say("cross.working", language_of(request), share="")) else gr.skip()
