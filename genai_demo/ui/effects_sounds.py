"""A sound effect as the page has it: files, pictures, words, and the list that the browser plays from."""

import dataclasses
import io
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from genai_demo.audio import mel, sounds
from genai_demo.audio.effects import generate
from genai_demo.audio.effects.generate import Recipe
from genai_demo.core import lent
from genai_demo.core.lent import Lent
from genai_demo.core.marks import mark_sound
from genai_demo.trust import metadata
from genai_demo.ui.common import keep_file, percent
from genai_demo.ui.signed import keep_made
from genai_demo.ui.strings import add_texts, say
from genai_demo.ui.texts_effects import EFFECTS

add_texts(EFFECTS)

HERE = Path(__file__).parent
MODELS = ("audio-effects", "audio-effects-codec", "audio-vocoder")
MEL_SIZE, WAVE_SIZE = (640, 150), (640, 64)
"""Width and height of the pictures in pixels."""
SCHEMES = ((mel.LIGHT, (150, 45, 110)), (mel.DARK, (238, 109, 72)))
"""Colours of the spectrogram and of the wave, on light and on dark pages."""
LIST_CSS = """
.sounds {display: grid; gap: 10px; grid-template-columns: repeat(auto-fill, minmax(104px, 1fr))}
.sounds.large {grid-template-columns: minmax(0, 1fr)}
.sounds:empty {min-height: 60px; background: var(--background-fill-secondary); border-radius: 8px}
article {display: grid; gap: 4px; align-content: start; min-width: 0}
figure {position: relative; margin: 0; border-radius: 8px; overflow: hidden; cursor: pointer;
  border: 1px solid var(--border-color-primary)}
img {display: block; width: 100%; height: 54px; border-radius: 0}
img.wave {height: 24px}
.large img {height: 150px}
.large img.wave {height: 64px}
img.dark {display: none}
.dark & img.light {display: none}
.dark & img.dark {display: block}
i {position: absolute; top: 0; bottom: 0; width: 2px; background: var(--color-accent); opacity: 0}
[data-playing] i {opacity: 1}
[data-playing] figure {border-color: var(--color-accent)}
small {color: var(--body-text-color-subdued); font-size: .75rem; line-height: 1.3}
button {font: inherit; font-size: .85rem; line-height: 1.25; min-height: 36px; padding: 4px 8px; border-radius: 6px;
  border: 1px solid var(--border-color-primary); background: var(--button-secondary-background-fill);
  color: var(--button-secondary-text-color); cursor: pointer}
.large .play, [data-playing] .play {background: var(--button-primary-background-fill);
  color: var(--button-primary-text-color)}
.large .play {min-height: 44px; font-size: 1rem}
"""


@dataclasses.dataclass(frozen=True)
class Made:
    """A sound that was made: its recipe, and where its files lie."""

    recipe: Recipe
    file: str
    """The WAV file."""
    mel: tuple[str, str]
    wave: tuple[str, str]
    """Pictures for light and for dark pages."""
    made_by: Mapping[str, Lent]
    """As ``lent.signatures`` when it was made."""

    @property
    def there(self) -> bool:
        """Whether its files have not been deleted since."""
        return all(Path(path).exists() for path in (self.file, *self.mel, *self.wave))


def prepare(recipe: Recipe) -> Made:
    """Make a sound and its pictures, or take them from the last ones made. Raises ValueError as ``design``."""
    wav, pictures = _made(recipe)
    name = file_name(recipe)
    paths = [keep_file(data, f"{name}-{i}.webp") for i, data in enumerate(pictures)]
    file = keep_made(wav, f"{name}.wav", dataclasses.asdict(recipe), MODELS)
    return Made(recipe, file, (paths[0], paths[1]), (paths[2], paths[3]), lent.signatures())


@lent.remembered(generate.NAME, megabytes=12)
def _made(recipe: Recipe) -> tuple[bytes, tuple[bytes, ...]]:
    """The WAV file, spectrogram and wave: in light, in dark."""
    found = generate.design(recipe)
    mels = [mel.picture(found.mel, MEL_SIZE, colours) for colours, _ in SCHEMES]
    waves = [mel.wave_picture(found.samples, WAVE_SIZE, line, colours[0]) for colours, line in SCHEMES]
    return as_wav(found.samples, recipe), tuple(_webp(p) for p in (*mels, *waves))


def as_wav(samples: np.ndarray, recipe: Recipe) -> bytes:
    """A sound of this recipe as WAV with its mark."""
    marked = mark_sound(samples, sounds.RATE, MODELS, dataclasses.asdict(recipe))
    return sounds.wave_bytes(marked, "wav", tags(recipe))


def ogg_file(made: Made) -> str:
    """The sound once more as OGG Vorbis, from the WAV file."""
    with lent.lending(made.made_by):
        data = as_ogg(Path(made.file).read_bytes(), made.recipe)
    return keep_file(data, f"{file_name(made.recipe)}.ogg")


def as_ogg(wav: bytes, recipe: Recipe) -> bytes:
    """A WAV file of this recipe as OGG Vorbis."""
    return sounds.wave_bytes(sounds.read(wav), "ogg", tags(recipe))


def _webp(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=80, method=0)
    return buffer.getvalue()


def tags(recipe: Recipe) -> dict[str, str]:
    """What the files say of themselves; ``Recipe(**json)`` of the comment makes the sound again."""
    recipe_json = json.dumps(dataclasses.asdict(recipe), ensure_ascii=False)
    return {"title": title(recipe, "en"), "software": metadata.software(MODELS), "comment": recipe_json}


def file_name(recipe: Recipe) -> str:
    """Kinds, seed and variations: "effect-rain-fire-25-seed7-v1"; without suffix."""
    parts = ["effect", *recipe.shares]
    if len(recipe.shares) > 1:
        parts.append(f"{100 * recipe.share:.0f}")
    parts.append(f"seed{recipe.seed}")
    if recipe.variations:
        parts.append("v" + "-".join(str(seed) for _, seed in recipe.variations))
    return "-".join(parts)


def title(recipe: Recipe, language: str) -> str:
    """ "Rain", or "Rain 75% + Fire 25%"."""
    shares = recipe.shares
    names = {kind: say(f"effect.{kind}", language) for kind in shares}
    if len(shares) == 1:
        return next(iter(names.values()))
    return " + ".join(f"{name} {percent(shares[kind])}" for kind, name in names.items())


def note(recipe: Recipe, language: str) -> str:
    """Length, seed, and whether it is a loop or a variation."""
    words = say("effects.note.sound", language, seconds=recipe.seconds, seed=recipe.seed)
    if recipe.looped:
        words += say("effects.note.loop", language)
    if recipe.variations:
        strength, seed = recipe.variations[-1]
        words += say("effects.note.variation", language, seed=seed, strength=strength)
    return words


def listed(found: Sequence[Made], language: str, play: bool = False, usable: bool = True, kind: str = "") -> str:
    """The value of ``sound_list``.

    play: the first one plays at once. usable: each has a button for taking it. kind: is marked on the board.
    """
    rows: list[dict[str, Any]] = [
        {
            "title": title(made.recipe, language),
            "note": note(made.recipe, language),
            "file": made.file,
            "loop": made.recipe.looped,
            "mel": made.mel,
            "wave": made.wave,
        }
        for made in found
    ]
    stamp = str(time.time_ns()) if play else ""
    return json.dumps(
        {"sounds": rows, "play": play, "stamp": stamp, "usable": usable, "kind": kind}, ensure_ascii=False
    )


def sound_list(elem_id: str, large: bool = False) -> gr.HTML:
    """Sounds with pictures and buttons. Value: ``listed``; its select event has the number of the one to use."""
    return gr.HTML(
        "",
        html_template=f'<div class="sounds{" large" if large else ""}" role="list"></div>',
        css_template=LIST_CSS,
        js_on_load=(HERE / "effects.js").read_text(encoding="utf-8"),
        elem_id=elem_id,
        apply_default_css=False,
    )
