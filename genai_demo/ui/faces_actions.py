"""What the tab "Face generation" does: the functions behind its buttons and sliders."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
from PIL import Image

from genai_demo.core.marks import mark_picture
from genai_demo.faces import generate
from genai_demo.faces.latents import Latent
from genai_demo.faces.recipe import pack_styles, save_png
from genai_demo.ui.common import keep_file, open_picture, pack_zip, parse_seeds, percent, readable_errors
from genai_demo.ui.own_visits import with_own_weights
from genai_demo.ui.signed import keep_made, signed
from genai_demo.ui.strings import language_of, say

FIRST_SEED = 101
FIRST_COUNT = 8
PSI = 0.7
DICE = 1_000_000
"""The dice throw seeds below this: short enough to be remembered."""
MOST_MIXED = 6
AT_THE_EDGE = 0.995
"""Share of the way to the edge from which on a face counts as held there."""
STREAM_EVERY = 3
"""Refinement steps between two pictures on the way."""


@dataclass(frozen=True)
class Selected:
    """The face that the sliders work on."""

    point: Latent

    @property
    def slug(self) -> str:
        """Its origin as part of a file name: "seed7", "upload", "seed7xseed9"."""
        return self.point.origin.replace(" ", "") or "face"


def chosen(selected: Selected | None) -> Selected:
    """The selected face. Raises ValueError in a visit that has chosen none, or whose choice was lost."""
    if selected is None:
        raise ValueError("No face is chosen in this visit, or what was chosen is lost. Generate or choose one first.")
    return selected


def psi_of(point: Latent, truncation: float) -> float:
    """Uploads are drawn as found: truncation would pull them towards the average face."""
    return 1.0 if point.origin == "upload" else truncation


def active(point: Latent, amounts: dict[str, float]) -> dict[str, float]:
    """The sliders that belong to the point's model and are not at zero: {direction: amount}."""
    start = f"{point.model}_"
    return {k.removeprefix(start): v for k, v in amounts.items() if k.startswith(start) and v != 0}


def where_now(point: Latent) -> Latent:
    """Where the network in use has the face of a seed: it may be another one than when the face was drawn."""
    return generate.latent(point.seed) if point.model == "gan" and point.z is not None else point


def edited(selected: Selected | None, layers: str, amounts: dict[str, float]) -> Latent:
    """The selected face with its sliders applied; untouched, it keeps its place in Z."""
    point = where_now(chosen(selected).point)
    used = active(point, amounts)
    return generate.edit(point, used, layers) if used else point


def save_face(point: Latent, slug: str, image: Image.Image, recipe: dict[str, Any]) -> tuple[str, bytes]:
    """Name and bytes of the PNG of a face."""
    mark = "-edited" if recipe.get("sliders") else ""
    name = f"faces-{point.model}-{slug}-psi{recipe['truncation']:.2f}{mark}.png"
    recipe = {"model": point.model, "origin": point.origin, "noise_seed": point.seed, **recipe}
    models = generate.models_of(point.model, recipe["side"])
    return name, signed(save_png(mark_picture(image, models, recipe), recipe), name, recipe, models)


@readable_errors
def roll_seed() -> int:
    """Throw the dice: a random seed."""
    return random.randrange(DICE)


@readable_errors
def next_seed(seed: int, lock: bool) -> int:
    """The seed for the next faces: the same when locked, else a random one."""
    return seed if lock else roll_seed()


@readable_errors
@with_own_weights
def generate_faces(
    seed: int, count: int, truncation: float, model: str, noise: bool, request: gr.Request
) -> tuple[list[tuple[str, str]], list[Latent], Selected, str]:
    """Generate faces from consecutive seeds, each with the discriminator's opinion.

    Args:
        seed: the first seed, 0 or larger.
        count: how many faces, 1 to 16.
        truncation: 0 gives the average face, 1 the model as trained.
        model: "gan" or "vae".
        noise: whether to add fine random detail (GAN only).

    Returns:
        Gallery of (picture, caption) and a zip of all pictures, each PNG with its recipe.
    """
    side = generate.largest_side(model)
    images = generate.sample(seed, count, truncation, model, noise, side)
    points = [generate.latent(seed + i, model) for i in range(len(images))]
    language = language_of(request)
    gallery, files = [], {}
    for point, image, share in zip(points, images, generate.judge(images), strict=True):
        recipe = {"seed": point.seed, "truncation": truncation, "noise": noise, "side": side}
        name, data = save_face(point, f"seed{point.seed}", image, recipe)
        files[name] = data
        gallery.append((keep_file(data, name), say("caption", language, seed=point.seed, percent=percent(share))))
    archive = keep_file(pack_zip(files), f"faces-{model}-seed{seed}-x{len(images)}.zip")
    return gallery, points, Selected(points[0]), archive


@readable_errors
def read_click(event: gr.SelectData) -> int:
    """Number of the clicked picture, from 1."""
    return int(event.index) + 1


@readable_errors
def select_face(number: int, faces: list[Latent]) -> Selected:
    """Select a face of the gallery for editing.

    Args:
        number: 1 for the first face.
    """
    if not faces:
        raise ValueError("There are no faces yet. Generate some first.")
    if not 1 <= number <= len(faces):
        raise ValueError(f"Choose a face from 1 to {len(faces)}.")
    return Selected(faces[int(number) - 1])


@readable_errors
@with_own_weights
def edit_face(
    selected: Selected | None,
    layers: str,
    truncation: float,
    noise: bool,
    request: gr.Request | None = None,
    **amounts: float,
) -> tuple[str, str, str]:
    """Draw the selected face with all sliders applied.

    Args:
        layers: "all", "coarse", "middle" or "fine".
        truncation: as for generate_faces; uploads are always drawn at 1.
        noise: whether to add fine random detail.
        amounts: one for each direction, in units of its slider.

    Returns:
        The picture, twice: to look at and to download, a PNG with its recipe. How far out it lies among real faces.
    """
    return _drawn(chosen(selected), layers, truncation, noise, amounts, language_of(request))


@readable_errors
@with_own_weights
def first_face(
    seed: int, truncation: float, model: str, noise: bool, layers: str, request: gr.Request | None = None
) -> tuple[str, str, str]:
    """The face that a visitor sees first, before the others of the gallery are drawn; arguments as ``generate_faces``.

    Returns:
        The picture, twice, and how far out it lies, as ``edit_face`` gives them with all sliders at 0.
    """
    return _drawn(Selected(generate.latent(seed, model)), layers, truncation, noise, {}, language_of(request))


def _drawn(
    selected: Selected, layers: str, truncation: float, noise: bool, amounts: dict[str, float], language: str
) -> tuple[str, str, str]:
    point = edited(selected, layers, amounts)
    psi = psi_of(point, truncation)
    side = generate.largest_side(point.model)
    recipe: dict[str, Any] = {"seed": point.seed, "truncation": psi, "noise": noise, "side": side, "layers": layers}
    recipe["held"] = True
    recipe["sliders"] = active(point, amounts)
    if selected.point.z is None:
        recipe["styles"] = pack_styles(selected.point.styles)
    name, data = save_face(point, selected.slug, generate.decode(point, psi, noise, side), recipe)
    path = keep_file(data, name)
    return path, path, strangeness_bar(generate.strangeness(point), language)


def strangeness_bar(share: float | None, language: str) -> str:
    """HTML: a thin bar, full at the edge of what real faces have. share: see ``generate.strangeness``."""
    if share is None:
        return ""
    shown = percent(min(share, 1.0))
    words = say("strangeness" if share < AT_THE_EDGE else "strangeness.edge", language, percent=shown)
    filled = f'<div style="width:{100 * min(share, 1.0):.0f}%"></div>'
    return (
        f'<div class="strangeness" role="meter" aria-valuemin="0" aria-valuemax="100" aria-label="{words}" '
        f'aria-valuenow="{100 * min(share, 1.0):.0f}"><div class="track">{filled}</div><span>{words}</span></div>'
    )


@readable_errors
@with_own_weights
def judge_face(
    selected: Selected | None, layers: str, truncation: float, noise: bool, request: gr.Request, **amounts: float
) -> str:
    """What the discriminator thinks of the selected face with its sliders applied."""
    point = edited(selected, layers, amounts)
    share = generate.judge([generate.decode(point, psi_of(point, truncation), noise)])[0]
    return say("verdict", language_of(request), percent=percent(share))


@readable_errors
def surprise(model: str, names: list[str]) -> list[float]:
    """Random amounts for a few sliders of the model, zero for the rest."""
    mine = [n for n in names if n.startswith(f"{model}_")]
    moved = set(random.sample(mine, min(4, len(mine))))
    return [round(max(-3.0, min(3.0, random.gauss(0, 1.5))), 1) if n in moved else 0.0 for n in names]


@readable_errors
@with_own_weights
def mix_styles(rows: str, columns: str, layers: str, truncation: float) -> tuple[str, tuple[list[int], list[int], str]]:
    """Style mixing: a grid of faces, row seeds with some layers of the column seeds.

    Args:
        rows: one to six seeds with commas between them.
        columns: one to six seeds with commas between them.
        layers: which layers come from the columns: "all", "coarse", "middle" or "fine".
        truncation: as for generate_faces.

    Returns:
        One picture: parents along the top and the left, children between them.
    """
    row_seeds, column_seeds = parse_seeds(rows, 1, MOST_MIXED), parse_seeds(columns, 1, MOST_MIXED)
    sheet = mixed_sheet(row_seeds, column_seeds, layers, truncation)
    recipe = {"model": "gan", "rows": row_seeds, "columns": column_seeds, "layers": layers, "truncation": truncation}
    name = f"faces-gan-mix-{layers}-psi{truncation:.2f}.png"
    data = save_png(mark_picture(sheet, ["faces-gan"], recipe), recipe)
    return keep_made(data, name, recipe, ["faces-gan"]), (row_seeds, column_seeds, layers)


def mixed_sheet(row_seeds: list[int], column_seeds: list[int], layers: str, truncation: float) -> Image.Image:
    """Parents along the top and the left, their children between them."""
    grid = generate.mix_grid(row_seeds, column_seeds, layers, truncation)
    parents = generate.decode_many([generate.latent(s) for s in row_seeds + column_seeds], truncation)
    side, gap = parents[0].width, 12
    size = ((len(column_seeds) + 1) * side + gap, (len(row_seeds) + 1) * side + gap)
    sheet = Image.new("RGB", size, "white")
    for i, parent in enumerate(parents[: len(row_seeds)]):
        sheet.paste(parent, (0, gap + (i + 1) * side))
    for j, parent in enumerate(parents[len(row_seeds) :]):
        sheet.paste(parent, (gap + (j + 1) * side, 0))
    for i, line in enumerate(grid):
        for j, child in enumerate(line):
            sheet.paste(child, (gap + (j + 1) * side, gap + (i + 1) * side))
    return sheet


@readable_errors
@with_own_weights
def select_mixed(mixed: tuple[list[int], list[int], str] | None, event: gr.SelectData) -> Selected:
    """Select the clicked face of the mixing grid, parents included."""
    if mixed is None:
        raise ValueError("There is no grid yet. Mix some styles first.")
    rows, columns, layers = mixed
    side, gap = generate.SIDE, 12
    x, y = event.index
    i, j = int((y - gap) // side) - 1, int((x - gap) // side) - 1
    i, j = min(i, len(rows) - 1), min(j, len(columns) - 1)
    if i < 0 and j < 0:
        raise ValueError("Click one of the faces.")
    if i < 0:
        return Selected(generate.latent(columns[j]))
    if j < 0:
        return Selected(generate.latent(rows[i]))
    return Selected(generate.latents.mix(generate.latent(rows[i]), generate.latent(columns[j]), layers))


@readable_errors
@with_own_weights
def project_face(
    upload: str | None, model: str, uploads: list[Image.Image], request: gr.Request
) -> tuple[Selected, list[Image.Image], str, list[Image.Image], list[Image.Image]]:
    """Find the latent of an uploaded face, so that every slider works on it.

    Args:
        upload: a picture with a face.
        model: "gan" or "vae".

    Returns:
        The aligned face beside its reconstruction, and the discriminator's opinion of both.
    """
    picture = open_picture(upload)
    aligned = generate.align(picture)
    point = generate.project(picture, model)
    shown, words = _compared(aligned, point, language_of(request))
    kept = [*uploads, aligned][-16:]
    return Selected(point), shown, words, kept, kept


def _compared(aligned: Image.Image, point: Latent, language: str) -> tuple[list[Image.Image], str]:
    """A face beside its reconstruction, and what the discriminator thinks of both."""
    again = generate.decode(point, side=generate.largest_side(point.model))
    mine, theirs = generate.judge([aligned, again])
    return [aligned, again], say("upload.verdict", language, percent=percent(mine), again=percent(theirs))


@readable_errors
@with_own_weights
def refine_face(
    upload: str | None, steps: int, model: str, request: gr.Request
) -> Iterator[tuple[Selected, list[Image.Image], str]]:
    """Refine the latent of an uploaded face by optimisation, showing the way.

    Args:
        upload: a picture with a face.
        steps: optimisation steps, up to 100.
        model: "gan" or "vae".

    Returns:
        The aligned face beside its reconstruction, and the discriminator's opinion of both.
    """
    picture = open_picture(upload)
    aligned = generate.align(picture)
    for i, point in enumerate(generate.project_steps(picture, model, steps)):
        if i % STREAM_EVERY == 0 or i == steps:
            yield Selected(point), *_compared(aligned, point, language_of(request))


@readable_errors
def show_moment(moment: int, request: gr.Request) -> gr.Image:
    """A sheet of sixteen faces as the model drew them at a moment of its training.

    Args:
        moment: 1 is the first.
    """
    sheets = generate.replay()
    if not 1 <= moment <= len(sheets):
        raise ValueError(f"Choose a moment from 1 to {len(sheets)}." if sheets else "No replay was recorded.")
    pictures, path = sheets[int(moment) - 1]
    return gr.Image(str(path), label=say("replay.label", language_of(request), pictures=pictures))
