"""Make a result again from the recipe that its file carries, and compare the two."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from genai_demo.audio import sounds
from genai_demo.audio.effects import generate as effects
from genai_demo.audio.music import generate as music
from genai_demo.audio.speech import generate as speech
from genai_demo.core import cards, lent
from genai_demo.core.marks import mark_picture, mark_sound
from genai_demo.faces import generate as faces
from genai_demo.faces.recipe import save_png
from genai_demo.trust import credentials, metadata
from genai_demo.ui import effects_sounds, paint_room
from genai_demo.ui.faces_actions import mixed_sheet
from genai_demo.ui.music_pieces import Manner, Work, sound_file
from genai_demo.ui.speech_actions import MODELS as SPEECH
from genai_demo.ui.speech_actions import Settings, recipe_of, sound_tags

ENDINGS = {"image/png": "png", "audio/wav": "wav", "audio/ogg": "ogg"}
"""What is made again, and the endings of its names."""


@dataclass(frozen=True)
class Again:
    """A result once more."""

    data: bytes
    """The file, without a credential."""
    name: str
    same: str
    """"bytes", "content" (pixels or samples), or "different"."""
    apart: float
    """Largest difference of a pixel or sample, in steps of its file: 255 or 65,535 to the full range."""
    other_weights: tuple[str, ...]
    """Models whose weights are not those that the file names."""


def make_again(data: bytes) -> Again:
    """The file's result once more. Raises ValueError where its recipe does not suffice, and says why."""
    kind, found = metadata.kind_of(data), metadata.read(data)
    recipe = found.recipe
    if recipe is None:
        raise ValueError("This file carries no recipe. Choose one that was downloaded here.")
    if kind not in ENDINGS:
        raise ValueError("Only PNG, WAV and OGG files can be made again.")
    try:
        with lent.lending(lent.named(found.models)):  # a visitor's weights make what was made by them, nothing else
            again = _maker(kind, recipe)(recipe)
            other = _other_weights(found.models)
    except (TypeError, KeyError, AttributeError, IndexError, OverflowError) as error:
        raise ValueError("The recipe in this file is damaged or incomplete, so nothing can be made from it.") from error
    plain = credentials.without(data)
    same, apart = ("bytes", 0.0) if again == plain else _compared(kind, plain, again)
    return Again(again, f"again.{ENDINGS[kind]}", same, apart, other)


def _other_weights(models: dict[str, str]) -> tuple[str, ...]:
    other = []
    for name, short in models.items():
        try:
            if cards.fingerprint(name) != short:
                other.append(name)
        except ValueError:
            other.append(name)
    return tuple(other)


def _maker(kind: str, recipe: dict[str, Any]) -> Callable[[dict[str, Any]], bytes]:
    """Who makes files of this recipe. Raises ValueError where nobody can."""
    if kind == "image/png":
        if recipe.get("model") in faces.MODELS and "noise_seed" in recipe:
            return _face
        if recipe.get("model") == "gan" and "rows" in recipe:
            return _grid
        if "symmetry" in recipe and "palette" in recipe:
            return _painting
        if "task" in recipe or "scene" in recipe or "style" in recipe:
            raise ValueError("This picture began as another one, which its recipe does not hold: make it by hand.")
    elif "guidance" in recipe and "kind" in recipe:
        return lambda r: _effect(r, ENDINGS[kind])
    elif recipe.get("action") == "compose":
        return lambda r: _music(r, ENDINGS[kind])
    elif "voice" in recipe and "text" in recipe and "plan" not in recipe:
        return lambda r: _speech(r, ENDINGS[kind])
    raise ValueError("The recipe in this file does not suffice to make it again.")


# --------------------------------------------------------------------------- the media


def _face(recipe: dict[str, Any]) -> bytes:
    models = faces.models_of(recipe["model"], recipe.get("side", faces.SIDE))
    return metadata.add_to_png(save_png(mark_picture(faces.remake(recipe), models, recipe), recipe), None, models)


def _grid(recipe: dict[str, Any]) -> bytes:
    rows, columns = ([int(seed) for seed in recipe[k][:6]] for k in ("rows", "columns"))
    sheet = mixed_sheet(rows, columns, recipe["layers"], recipe["truncation"])
    sheet = mark_picture(sheet, ["faces-gan"], recipe)
    return metadata.add_to_png(save_png(sheet, recipe), None, ["faces-gan"])


def _painting(recipe: dict[str, Any]) -> bytes:
    settings = tuple(recipe[name] for name in paint_room.SETTINGS)
    return metadata.add_to_png(paint_room.painted(recipe["seed"], recipe["side"], settings), recipe, ())


def _effect(recipe: dict[str, Any], form: str) -> bytes:
    variations = tuple((strength, seed) for strength, seed in recipe["variations"])
    full = effects.Recipe(**(recipe | {"variations": variations}))
    data = effects_sounds.as_wav(effects.design(full).samples, full)
    return data if form == "wav" else effects_sounds.as_ogg(data, full)


def _music(recipe: dict[str, Any], form: str) -> bytes:
    manner = Manner(**{k: v for k, v in recipe.items() if k in Manner._fields})
    settings = {k: v for k, v in recipe.items() if k != "action" and k not in Manner._fields}
    *_, piece = music.compose_bars(**({"strictness": 0.0} | settings))  # which older recipes do not name
    work = Work(piece, {"action": "compose"} | settings)
    return sound_file(work, manner, form)[0]


def _speech(recipe: dict[str, Any], form: str) -> bytes:
    words, settings = recipe["text"], Settings(**{k: v for k, v in recipe.items() if k != "text"})
    samples = np.concatenate([piece.samples for piece in speech.pieces(words, **settings.door)])
    samples = mark_sound(samples, sounds.RATE, SPEECH, recipe_of(words, settings, None))
    return sounds.wave_bytes(samples, form, sound_tags(words, settings, None))


# --------------------------------------------------------------------------- comparing


def _compared(kind: str, before: bytes, after: bytes) -> tuple[str, float]:
    """Whether the pixels or samples are the same, and how far they are apart."""
    try:
        first, second = (_content(kind, data) for data in (before, after))
    except (OSError, SyntaxError, ValueError):
        return "different", float("inf")
    if first.shape != second.shape:
        return "different", float("inf")
    apart = float(np.abs(first - second).max(initial=0))
    return ("content", 0.0) if apart == 0 else ("different", apart)


def _content(kind: str, data: bytes) -> np.ndarray:
    if kind == "image/png":
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            return np.asarray(image.convert("RGBA"), np.float64)
    import soundfile

    with soundfile.SoundFile(io.BytesIO(data)) as file:
        return file.read(dtype="int16", always_2d=True).astype(np.float64)


def shown(recipe: dict[str, Any], longest: int = 120) -> str:
    """A recipe for people: one entry a line, long ones cut."""
    lines = []
    for key, value in recipe.items():
        words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        lines.append(f"{key}: {words if len(words) <= longest else words[:longest] + ' …'}")
    return "\n".join(lines)
