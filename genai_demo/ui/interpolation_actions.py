"""What the tab "Latent interpolation" does: keys, paths, animations and the map."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
from PIL import Image

from genai_demo.core import animate, lent, limits
from genai_demo.core.lent import Lent
from genai_demo.core.marks import mark_frames, mark_picture
from genai_demo.faces import generate
from genai_demo.faces.latents import Latent
from genai_demo.faces.recipe import save_png
from genai_demo.trust import metadata
from genai_demo.ui.common import open_picture, parse_seeds, readable_errors
from genai_demo.ui.faces_actions import Selected, edited, psi_of, where_now
from genai_demo.ui.own_visits import with_own_weights
from genai_demo.ui.signed import keep_made
from genai_demo.ui.strings import language_of, say
from genai_demo.ui.widgets import columns_for, sprite

FIRST_KEYS = (101, 148, 129, 139)
FIRST_CORNERS = (101, 148, 129, 139)
FIRST_FRAMES, FIRST_FPS = 48, 24
FORMATS = ("mp4", "webp", "gif")
MAP_CELLS = 5
PSI = 0.7


@dataclass(frozen=True)
class Key:
    """A key face: a seed, or a latent of one model with a picture that finds it in the other."""

    seed: int | None = None
    latent: Latent | None = None
    picture: Image.Image | None = None
    """As of ``generate.align``: a whole upload, up to 96 MB, would stay in memory as long as the visit."""

    def name(self, language: str) -> str:
        """Words for the caption."""
        if self.seed is not None:
            return say("origin.seed", language, seed=self.seed)
        kind = "upload" if self.latent is None or self.latent.origin == "upload" else "edited"
        return say(f"origin.{kind}", language)

    def in_model(self, model: str) -> Latent:
        """Its latent in a model. A face of the other model goes through its picture."""
        if self.seed is not None:
            return generate.latent(self.seed, model)
        if self.latent is not None and self.latent.model == model:
            return self.latent
        if self.picture is None:
            raise ValueError("This key face belongs to the other model. Remove it or choose another space.")
        return generate.project(self.picture, model, aligned=True)


@dataclass(frozen=True)
class Path:
    """The drawn frames, for the downloads."""

    frames: tuple[bytes, ...]
    """PNG files: as pictures they would take two and a half times the memory, for as long as the visit is kept."""
    name: str
    recipe: dict[str, Any]
    made_by: Mapping[str, Lent] = field(default_factory=dict)
    """As ``lent.signatures`` when it was drawn."""

    @property
    def models(self) -> list[str]:
        """Checkpoints that drew it."""
        return generate.models_of("vae" if self.recipe["space"] == "vae" else "gan", self.recipe["side"])


@readable_errors
def start_keys() -> list[Key]:
    """Begin a path of this session with four key faces, as the page does when it is opened."""
    return [Key(seed=s) for s in FIRST_KEYS]


def _begun(keys: list[Key] | None) -> list[Key]:
    """The keys. Raises ValueError in a visit that has none, or whose keys were lost."""
    if keys is None:
        raise ValueError("This visit has no key faces, or they are lost. Reload the page; a script calls start_keys.")
    return keys


def _check_room(keys: list[Key]) -> None:
    if len(keys) >= limits.MAX_KEYS:
        raise ValueError(f"There is room for {limits.MAX_KEYS} key faces. Remove one first.")


@readable_errors
@with_own_weights
def show_keys(keys: list[Key] | None, truncation: float, request: gr.Request) -> list[tuple[str, str]]:
    """The key faces as pictures with captions, in the order of the path."""
    shown = []
    for i, key in enumerate(_begun(keys)):
        point = key.latent if key.latent is not None else key.in_model("gan")
        psi = psi_of(point, truncation)
        recipe = {"model": point.model, "origin": point.origin, "seed": point.seed, "truncation": psi}
        models = [f"faces-{point.model}"]
        data = save_png(mark_picture(generate.decode(point, psi), models, recipe), recipe)
        caption = f"{i + 1} · {key.name(language_of(request))}"
        shown.append((keep_made(data, f"key-{i + 1}.png", recipe, models), caption))
    return shown


@readable_errors
def add_seed_key(keys: list[Key] | None, seed: int) -> list[Key]:
    """Append the face of a seed to the keys of this session.

    Args:
        seed: 0 or larger.
    """
    _check_room(keys := _begun(keys))
    return [*keys, Key(seed=int(seed))]


@readable_errors
@with_own_weights
def add_upload_key(keys: list[Key] | None, upload: str | None) -> list[Key]:
    """Append an uploaded face to the keys of this session.

    Args:
        upload: a picture with a face.
    """
    _check_room(keys := _begun(keys))
    face = generate.align(open_picture(upload))
    return [*keys, Key(latent=generate.project(face, aligned=True), picture=face)]


@readable_errors
@with_own_weights
def add_face_key(
    keys: list[Key] | None,
    selected: Selected | None,
    layers: str,
    truncation: float,
    noise: bool,
    request: gr.Request,
    **amounts: float,
) -> list[Key]:
    """Append the face of the first tab, as its sliders stand, to the keys of this session."""
    _check_room(keys := _begun(keys))
    point = edited(selected, layers, amounts)
    gr.Info(say("key_added", language_of(request)), duration=3)
    if point.z is not None:
        return [*keys, Key(seed=point.seed)]
    return [*keys, Key(latent=point, picture=generate.decode(point, psi_of(point, truncation), noise))]


@readable_errors
def remove_key(keys: list[Key] | None, number: int) -> tuple[list[Key], int]:
    """Remove a key face of this session.

    Args:
        number: 1 for the first key.

    Returns:
        The number of the key that has come into its place, or of the one before where it was the last.
    """
    place = _place(keys := _begun(keys), number)
    if len(keys) <= limits.MIN_KEYS:
        raise ValueError(f"A path needs at least {limits.MIN_KEYS} key faces. Add one before you remove one.")
    rest = keys[:place] + keys[place + 1 :]
    return rest, min(place + 1, len(rest))


def _move(keys: list[Key] | None, number: int, by: int) -> tuple[list[Key], int]:
    place = _place(keys := _begun(keys), number)
    target = (place + by) % len(keys)
    rest = keys[:place] + keys[place + 1 :]
    return [*rest[:target], keys[place], *rest[target:]], target + 1


@readable_errors
def move_key_earlier(keys: list[Key] | None, number: int) -> tuple[list[Key], int]:
    """Move a key face one place towards the start; the first becomes the last.

    Args:
        number: 1 for the first key.
    """
    return _move(keys, number, -1)


@readable_errors
def move_key_later(keys: list[Key] | None, number: int) -> tuple[list[Key], int]:
    """Move a key face one place towards the end; the last becomes the first.

    Args:
        number: 1 for the first key.
    """
    return _move(keys, number, 1)


def _place(keys: list[Key], number: int) -> int:
    if not 1 <= number <= len(keys):
        raise ValueError(f"Choose a key face from 1 to {len(keys)}.")
    return int(number) - 1


@readable_errors
@with_own_weights
def draw_path(
    keys: list[Key] | None, space: str, method: str, easing: str, frames: int, fps: int, loop: bool, truncation: float
) -> tuple[str, Path]:
    """Draw the faces along the path through the keys of this session.

    Args:
        space: "w", "z" or "vae".
        method: "lerp" for straight lines, "slerp" for arcs.
        easing: "linear", "smooth", "slow start" or "slow end".
        frames: how many pictures, 2 to 120.
        fps: pictures a second, 1 to 30.
        loop: whether the path returns to its first key.
        truncation: 0 gives the average face, 1 the model as trained.

    Returns:
        JSON: all frames as one sprite (a data URL), and the perceptual distance of every step.
    """
    keys, settings = _begun(keys), (space, method, easing, frames, bool(loop), truncation)
    seeds = tuple(k.seed for k in keys if k.seed is not None)
    if len(seeds) == len(keys):
        files, steps = _draw_seeds(seeds, *settings)
    else:
        files, steps = _draw(keys, *settings)
    name = f"faces-{space}-{method}-{len(keys)}keys-psi{truncation:.2f}"
    payload = {"sprite": sprite(animate.unpacked(files)), "columns": columns_for(len(files)), "count": len(files)}
    payload |= {"fps": fps, "steps": [round(s, 5) for s in steps]}
    recipe = dict(zip(("space", "method", "easing", "frames", "loop", "truncation"), settings, strict=True))
    recipe["side"] = _side(space)
    recipe["keys"] = [key.seed if key.seed is not None else key.name("en") for key in keys]
    path = Path(files, name, recipe, lent.signatures())
    return json.dumps(payload), path


def _side(space: str) -> int:
    """Side of the faces on a path."""
    return generate.largest_side("vae" if space == "vae" else "gan")


@lent.remembered("faces-gan", megabytes=10)
def _draw_seeds(seeds: tuple[int, ...], *settings: Any) -> tuple[tuple[bytes, ...], list[float]]:
    """As ``_draw``, remembered: every new session opens with the same path."""
    return _draw([Key(seed=s) for s in seeds], *settings)


def _draw(
    keys: Sequence[Key], space: str, method: str, easing: str, frames: int, loop: bool, truncation: float
) -> tuple[tuple[bytes, ...], list[float]]:
    points = [key.in_model("vae" if space == "vae" else "gan") for key in keys]
    pictures = generate.interpolate(points, frames, space, method, easing, loop, truncation, _side(space))
    return animate.packed(pictures), generate.path_length(pictures)


@readable_errors
def save_animation(path: Path | None, fps: int) -> tuple[str, str, str, Path]:
    """The drawn path as files: MP4, animated WebP, animated GIF.

    Args:
        fps: pictures a second, 1 to 30.
    """  # the page also keeps which path it was
    if path is None:
        raise ValueError("There are no frames yet. Draw a path first.")
    encoders = {"mp4": animate.to_mp4, "webp": animate.to_webp, "gif": animate.to_gif}
    recipe = path.recipe | {"fps": fps}
    with lent.lending(path.made_by):
        words = metadata.comment(recipe, path.models)
        frames = mark_frames(animate.unpacked(path.frames), path.models, recipe)
        files = [
            keep_made(encode(frames, fps, words), f"{path.name}.{end}", recipe, path.models)
            for end, encode in encoders.items()
        ]
    return files[0], files[1], files[2], path


def offer(path: Path | None, saved: Path | None) -> list[gr.DownloadButton]:
    """The downloads, which can be pressed where they hold the path that is shown."""
    ready = path is not None and path is saved
    return [gr.DownloadButton(interactive=ready) for _ in FORMATS]


@readable_errors
@with_own_weights
def draw_map(seeds: str, truncation: float) -> tuple[gr.HTML, list[Latent]]:
    """Set the four corner faces of the map.

    Args:
        seeds: four seeds with commas between them: top left, top right, bottom left, bottom right.
        truncation: 0 gives the average face, 1 the model as trained.
    """
    corners = [generate.latent(s) for s in parse_seeds(seeds, 4, 4)]
    opening = tuple(c.seed for c in corners) == FIRST_CORNERS and truncation == PSI
    return gr.HTML(sprite=_opening_sheet() if opening else _sheet_of(corners, truncation)), corners


@readable_errors
@with_own_weights
def draw_map_from_keys(keys: list[Key] | None, truncation: float) -> tuple[gr.HTML, list[Latent]]:
    """Take the first four key faces of this session as the corners of the map."""
    if len(keys := _begun(keys)) < 4:
        raise ValueError("The map needs four key faces. Add some first.")
    corners = [k.in_model("gan") for k in keys[:4]]
    return gr.HTML(sprite=_sheet_of(corners, truncation)), corners


@lent.remembered("faces-gan", megabytes=1)
def _opening_sheet() -> str:
    """The map that every session opens with, drawn once."""
    return _sheet_of([generate.latent(s) for s in FIRST_CORNERS], PSI)


def _sheet_of(corners: list[Latent], truncation: float) -> str:
    """The whole map as MAP_CELLS x MAP_CELLS faces in one data URL."""
    places = [i / (MAP_CELLS - 1) for i in range(MAP_CELLS)]
    return sprite(generate.decode_many([generate.blend(corners, x, y) for y in places for x in places], truncation))


@readable_errors
@with_own_weights
def blend_faces(point: str, corners: list[Latent], truncation: float) -> str:
    """The blend of the four corner faces at a point of the map.

    Args:
        point: "x,y", each from 0 to 1, from the top left corner.
        truncation: 0 gives the average face, 1 the model as trained.
    """
    x, y = _parse_point(point)
    if not corners:
        raise ValueError("The map of this visit has no corners, or they are lost. Draw the map first.")
    corners = [where_now(c) for c in corners]
    recipe = {"model": "gan", "corners": [c.origin for c in corners], "x": x, "y": y, "truncation": truncation}
    recipe["side"] = side = generate.largest_side()
    models = generate.models_of("gan", side)
    image = generate.decode(generate.blend(corners, x, y), truncation, side=side)
    data = save_png(mark_picture(image, models, recipe), recipe)
    return keep_made(data, f"faces-gan-map-{x:.2f}-{y:.2f}.png", recipe, models)


def _parse_point(point: str) -> tuple[float, float]:
    try:
        x, y = (float(p) for p in str(point).split(","))
    except ValueError as error:
        raise ValueError('Write the point as "x,y" with two numbers from 0 to 1.') from error
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError('Write the point as "x,y" with two numbers from 0 to 1.')
    return x, y
