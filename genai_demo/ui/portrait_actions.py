"""What the room "A portrait that speaks" does."""

import functools
import random
import time
from collections.abc import Iterator
from typing import Any

import gradio as gr
from PIL import Image

from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech import subtitles
from genai_demo.core import limits
from genai_demo.core.marks import mark_picture
from genai_demo.together import generate
from genai_demo.together.generate import Film
from genai_demo.trust import metadata
from genai_demo.trust.policy import check
from genai_demo.ui.common import keep_file, percent, readable_errors
from genai_demo.ui.faces_actions import Selected, active, chosen
from genai_demo.ui.signed import keep_made
from genai_demo.ui.strings import add_texts, language_of, say
from genai_demo.ui.texts_together import TOGETHER

add_texts(TOGETHER)

FIRST_SEED = 101
FIRST = {
    "en": "Hello! I do not exist. Small networks drew my face and found my voice, and nobody ever said this.",
    "zh": "你好！我并不存在。小小的神经网络画出了我的脸，合成了我的声音，这些话从来没有人说过。",
}
NOT_FROM_A_SEED = (
    "Only a face of the GAN that comes from a seed can speak: an uploaded face never does, and a mixed or bred one "
    "cannot be asked for by its seed."
)
Sliders = dict[str, float]


def file_of(film: Film) -> str:
    """The film as MP4, marked and signed, where the page can fetch it."""
    data = film.mp4(metadata.comment(film.recipe, film.models))
    return keep_made(data, f"portrait-seed{film.recipe['seed']}.mp4", film.recipe, film.models)


def subtitles_of(film: Film) -> str:
    """Its subtitles as SRT, where the page can fetch them."""
    lines = subtitles.cues(subtitles.timings(film.phones))
    return keep_file(subtitles.srt(lines).encode(), f"portrait-seed{film.recipe['seed']}.srt")


@readable_errors
def show_portrait(seed: float, sliders: Sliders | None, truncation: float) -> Image.Image:
    """The face of a seed, before it speaks.

    Args:
        seed: 0 or larger.
        sliders: of the first tab, name to value.
        truncation: 0 gives the average face, 1 the model as trained.
    """
    picture = generate.portrait(int(seed), sliders, truncation)
    return mark_picture(picture, generate.face_models(), {"seed": int(seed), "sliders": sliders or {}})


@readable_errors
def another_face() -> tuple[int, Sliders, float]:
    """A seed by chance, no sliders, and the usual truncation."""
    return random.randrange(limits.MAX_SEED), {}, generate.TRUNCATION


@readable_errors
def other_seed() -> tuple[Sliders, float]:
    """A seed that was typed in begins without sliders, at the usual truncation."""
    return {}, generate.TRUNCATION


@readable_errors
def take_face(
    selected: Selected | None, truncation: float, request: gr.Request, **amounts: float
) -> tuple[int, Sliders, float, str]:
    """The face of the first tab as its sliders stand, where it comes from a seed.

    Returns:
        Its seed, the sliders that are moved, the truncation, and the status.
    """
    point = chosen(selected).point
    if point.model != "gan" or point.z is None:
        raise ValueError(NOT_FROM_A_SEED)
    moved = active(point, amounts)
    words = say("portrait.taken", language_of(request), seed=point.seed, count=len(moved))
    return point.seed, moved, truncation, words


@readable_errors
def speak_portrait(
    seed: float,
    sliders: Sliders | None,
    truncation: float,
    words: str,
    voice: str,
    speed: float,
    pitch: float,
    manner: float,
    request: gr.Request,
) -> Iterator[tuple[Any, ...]]:
    """Let the face of a seed say a text.

    Args:
        seed: of the face.
        sliders: of the first tab, name to value.
        truncation: 0 gives the average face, 1 the model as trained.
        words: English, Chinese or both.
        voice: one of the speech room's.
        speed: 1 is as recorded.
        pitch: semitones.
        manner: seed of head, lids and reading.

    Returns:
        The picture on the way, the status, the film (MP4), and its files: MP4 and subtitles (SRT).
    """
    language, start = language_of(request), time.perf_counter()
    check.require(words or "")
    yield gr.skip(), say("portrait.running", language, share=percent(0)), None, None, None
    steps = generate.speak_steps(
        int(seed), words or "", voice, sliders, truncation, speech_seed=int(manner), speed=speed, pitch=pitch
    )
    for step in steps:
        if step.film is None:
            yield step.picture, say("portrait.running", language, share=percent(0.9 * step.share)), *[gr.skip()] * 3
            continue
        file, lines = file_of(step.film), subtitles_of(step.film)
        seconds = len(step.film.samples) / RATE
        status = say("portrait.status", language, seconds=seconds, passed=time.perf_counter() - start)
        yield step.picture, status, file, file, lines


def end_progress(words: str, request: gr.Request) -> Any:
    """The status line without its share, which does not outlast the run."""
    return "" if words.startswith(say("portrait.running", language_of(request), share="")) else gr.skip()


@functools.lru_cache(maxsize=2)
def _example(language: str) -> tuple[Image.Image, bytes, Film]:
    """What the room opens with: its face, its film, and what that was made of."""
    voices = generate.voices()
    voice = next((name for name, own in voices.items() if own == language), next(iter(voices)))
    film = generate.speak(FIRST_SEED, FIRST[language], voice)
    return film.portrait, film.mp4(metadata.comment(film.recipe, film.models)), film


@readable_errors
def open_room(opened: bool, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """The example, the first time the room is opened: whether it is open, picture, status, film, files."""
    if opened:
        yield tuple([gr.skip()] * 6)
        return
    language = language_of(request)
    first = show_portrait(FIRST_SEED, {}, generate.TRUNCATION)
    yield True, first, say("portrait.running", language, share=percent(0)), *[gr.skip()] * 3
    _, data, film = _example(language)
    file = keep_made(data, f"portrait-seed{FIRST_SEED}.mp4", film.recipe, film.models)
    yield True, gr.skip(), say("portrait.example", language, seed=FIRST_SEED), file, file, subtitles_of(film)
