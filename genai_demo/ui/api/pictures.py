"""Endpoints that make and change pictures. Their answers begin with a file: PNG or MP4, marked and signed."""

from dataclasses import replace
from typing import Annotated, Any

import numpy as np
from PIL import Image

from genai_demo.core import animate, limits
from genai_demo.core.marks import changed, mark_frames, mark_picture
from genai_demo.core.uploads import open_upload
from genai_demo.faces import generate as face_door
from genai_demo.faces.latents import EASINGS, LAYER_RANGES, METHODS, SPACES, Latent
from genai_demo.faces.recipe import pack_styles, save_png
from genai_demo.repair import blemishes, compose
from genai_demo.repair import generate as repair_door
from genai_demo.repair.filling import WAYS
from genai_demo.repair.model import TASKS
from genai_demo.trust import metadata
from genai_demo.ui.api.values import Amounts, File, Flag, Found, Number, OneOf, Whole, Wholes
from genai_demo.ui.common import keep_file, open_picture, pack_zip
from genai_demo.ui.compose_room import OWN, PLACED, compose_picture
from genai_demo.ui.repair_actions import face_squares, imagined_face
from genai_demo.ui.repair_masks import png
from genai_demo.ui.signed import COMPOSITE, keep_made, signed

SEED = Whole(0, limits.MAX_SEED)
TRUNCATION = Number(0, limits.MAX_TRUNCATION)
SHARE = Number(0, 1)
MODEL = OneOf(face_door.MODELS)
LARGE = f"{2 * face_door.SIDE} x {2 * face_door.SIDE} in place of {face_door.SIDE} x {face_door.SIDE}, GAN only"
FILM_FORMS = {"mp4": animate.to_mp4, "webp": animate.to_webp, "gif": animate.to_gif}


def _side(model: str, large: bool) -> int:
    """Side of the faces of a model."""
    return face_door.largest_side(model) if large else face_door.SIDE


def _face_png(point: Latent, truncation: float, noise: bool, side: int, name: str, more: dict[str, Any]) -> bytes:
    """The PNG of a face with its recipe."""
    models = face_door.models_of(point.model, side)
    recipe = {"model": point.model, "origin": point.origin, "noise_seed": point.seed, "seed": point.seed}
    recipe |= {"truncation": truncation, "noise": noise, "side": side} | more
    image = mark_picture(face_door.decode(point, truncation, noise, side), models, recipe)
    return signed(save_png(image, recipe), name, recipe, models)


def faces(
    seed: Annotated[int, SEED, "the first seed; the others follow it"] = 101,
    count: Annotated[int, Whole(1, limits.MAX_FACES), "how many faces"] = 1,
    truncation: Annotated[float, TRUNCATION, "0 the average face, 1 as trained, above 1 the unusual"] = 0.7,
    model: Annotated[str, MODEL, "the network"] = "gan",
    noise: Annotated[bool, Flag(), "fine random detail, GAN only"] = True,
    large: Annotated[bool, Flag(), LARGE] = True,
) -> tuple[
    Annotated[list[str], File(several=True), "the faces, PNG"],
    Annotated[str, File(), "all of them in a zip"],
    Annotated[list[dict[str, Any]], Found(), "seed and what the discriminator thinks, 0 (made up) to 1 (real)"],
]:
    """New faces of people who do not exist."""
    points = [face_door.latent(seed + number, model) for number in range(count)]
    shares = face_door.judge(face_door.decode_many(points, truncation, noise))
    files = {}
    for point in points:
        name = f"faces-{model}-seed{point.seed}-psi{truncation:.2f}.png"
        files[name] = _face_png(point, truncation, noise, _side(model, large), name, {})
    paths = [keep_file(data, name) for name, data in files.items()]
    verdicts = [{"seed": p.seed, "real": round(share, 4)} for p, share in zip(points, shares, strict=True)]
    return paths, keep_file(pack_zip(files), f"faces-{model}-seed{seed}-x{count}.zip"), verdicts


def edit_face(
    sliders: Annotated[dict[str, float], Amounts(limits.MAX_EDIT), "how far along which direction"],
    seed: Annotated[int, SEED, "the face, where no picture is given"] = 101,
    picture: Annotated[str | None, File(), "a photograph with a face, in place of a seed"] = None,
    refine: Annotated[int, Whole(0, limits.MAX_REFINEMENT_STEPS), "steps that bring a photograph's face closer"] = 0,
    model: Annotated[str, MODEL, "the network"] = "gan",
    layers: Annotated[str, OneOf(LAYER_RANGES), "which layers are moved"] = "all",
    truncation: Annotated[float, TRUNCATION, "as for faces; photographs are drawn at 1"] = 0.7,
    noise: Annotated[bool, Flag(), "fine random detail, GAN only"] = True,
    large: Annotated[bool, Flag(), LARGE] = True,
) -> tuple[
    Annotated[str, File(), "the face, PNG"],
    Annotated[list[str], Found(), "the directions that this network has"],
]:
    """A face, of a seed or of a photograph, moved along named directions such as smile or age."""
    known = [direction.name for direction in face_door.directions(model)]
    if strange := [name for name in sliders if name not in known]:
        raise ValueError(f"This network has no direction {strange[0]!r}. Choose from {', '.join(known)}.")
    if picture is not None:
        point, truncation = face_door.project(open_picture(picture), model, refine), 1.0
    else:
        point = face_door.latent(seed, model)
    moved = {name: amount for name, amount in sliders.items() if amount}
    more: dict[str, Any] = {"layers": layers, "held": True, "sliders": moved}
    if picture is not None:
        more["styles"] = pack_styles(point.styles)
    if moved:
        point = replace(face_door.edit(point, moved, layers), seed=point.seed, origin=point.origin)
    name = f"faces-{model}-{point.origin.replace(' ', '') or 'face'}-edited.png"
    return keep_file(_face_png(point, truncation, noise, _side(model, large), name, more), name), known


def interpolate(
    seeds: Annotated[list[int], Wholes(limits.MIN_KEYS, limits.MAX_KEYS, limits.MAX_SEED), "the key faces"],
    frames: Annotated[int, Whole(limits.MIN_FRAMES, limits.MAX_FRAMES), "pictures"] = 48,
    fps: Annotated[int, Whole(1, limits.MAX_FPS), "pictures a second"] = 24,
    space: Annotated[str, OneOf(SPACES), "the space that the path runs through"] = "w",
    method: Annotated[str, OneOf(METHODS), "straight lines or arcs"] = "lerp",
    easing: Annotated[str, OneOf(EASINGS), "the speed between two key faces"] = "smooth",
    loop: Annotated[bool, Flag(), "whether the path returns to its first face"] = False,
    truncation: Annotated[float, TRUNCATION, "as for faces"] = 0.7,
    form: Annotated[str, OneOf(tuple(FILM_FORMS)), "the format"] = "mp4",
    large: Annotated[bool, Flag(), LARGE] = True,
) -> Annotated[str, File(), "the film"]:
    """A film in which faces turn into one another."""
    model = "vae" if space == "vae" else "gan"
    points = [face_door.latent(seed, model) for seed in seeds]
    recipe = {"space": space, "method": method, "easing": easing, "frames": frames, "loop": loop}
    recipe |= {"truncation": truncation, "keys": seeds, "fps": fps}
    recipe["side"] = side = _side(model, large)
    models = face_door.models_of(model, side)
    pictures = face_door.interpolate(points, frames, space, method, easing, loop, truncation, side)
    film = FILM_FORMS[form](mark_frames(pictures, models, recipe), fps, metadata.comment(recipe, models))
    return keep_made(film, f"faces-{space}-{method}-{len(seeds)}keys.{form}", recipe, models)


def repair(
    picture: Annotated[str, File(), "the damaged picture"],
    mask: Annotated[str | None, File(), "a picture of the same size: light where it is missing"] = None,
    task: Annotated[str, OneOf(TASKS), "what to do"] = "auto",
    seed: Annotated[int, SEED, "of what is invented"] = 0,
    fidelity: Annotated[float, SHARE, "1 adds nothing that is not known, 0 all detail that would be invented"] = 0.5,
    imagine: Annotated[bool, Flag(), "wide holes in faces come from the face GAN, which takes seconds"] = False,
    way: Annotated[str, OneOf(WAYS), "what fills holes; auto tries each on known pixels beside every hole"] = "auto",
    revive: Annotated[float, SHARE, "of the task old: how far fading is taken back"] = 1.0,
    keep_grain: Annotated[bool, Flag(), "of the task old: only levels and colours change"] = False,
) -> tuple[
    Annotated[str, File(), "the repaired picture, PNG"],
    Annotated[dict[str, float], Found(), "what the network thought was wrong, 0 to 1"],
]:
    """Repair a picture: fill what is missing, sharpen, denoise, enlarge, restore."""
    flat = open_picture(picture)
    where = open_upload(mask) if mask is not None else None
    face = imagined_face if imagine else None
    *_, last = repair_door.restore_steps(
        picture, where, task, seed, fidelity, face_squares, face, way, revive=revive, keep_grain=keep_grain
    )
    recipe: dict[str, Any] = {"task": task, "seed": seed, "fidelity": fidelity}
    if last.ways:
        recipe |= {"way": way, "filled_by": dict(last.ways)}
    if task == "old":
        recipe |= {"revive": revive, "keep_grain": keep_grain}
    models = ["repair"]
    if last.imagined:
        recipe, models = recipe | {"imagined": True}, [*models, "faces-gan"]
    marked = mark_picture(last.picture, models, recipe, changed(flat, last.picture))
    found = {name: round(amount, 4) for name, amount in repair_door.estimate(flat).items()}
    return keep_made(png(marked), f"repair-{task}-seed{seed}.png", recipe, models, COMPOSITE), found


def find_blemishes(
    picture: Annotated[str, File(), "an old photograph"],
    scratches: Annotated[bool, Flag(), "mark scratches, folds, cracks and hairs"] = True,
    dust: Annotated[bool, Flag(), "mark dust and specks"] = True,
    care: Annotated[float, SHARE, "0 finds faint things too and some that belong there, 1 only the plainest"] = 0.5,
) -> tuple[
    Annotated[str, File(), "a mask for repair, PNG: white where something was found"],
    Annotated[dict[str, float], Found(), "the share of the pixels of each kind, asked for or not"],
]:
    """Find scratches and dust of an old photograph."""
    wanted = [kind for kind, asked in zip(blemishes.KINDS, (scratches, dust), strict=True) if asked]
    if not wanted:
        raise ValueError("Choose what is to be found.")
    each = blemishes.find_each(picture, care)
    where = np.logical_or.reduce([each[kind] for kind in wanted])
    mask = keep_file(png(Image.fromarray(np.where(where, 255, 0).astype(np.uint8))), "blemishes.png")
    return mask, {kind: round(float(found.mean()), 5) for kind, found in each.items()}


def compose_scene(
    person: Annotated[str, File(), "a picture with a person, or a PNG that is transparent around one"],
    scene: Annotated[str, OneOf(compose.SCENES), "where the person is put"] = "beach",
    background: Annotated[str | None, File(), "a picture to stand in, in place of a scene"] = None,
    seed: Annotated[int, SEED, "of the scene"] = 0,
    x: Annotated[float, SHARE, "0 the left edge, 1 the right one"] = PLACED["x"],
    y: Annotated[float, SHARE, "0 the top, 1 the bottom"] = PLACED["y"],
    scale: Annotated[
        float, Number(limits.MIN_PERSON_SCALE, limits.MAX_PERSON_SCALE), "height of the person in heights of the scene"
    ] = PLACED["scale"],
    feather: Annotated[float, Number(0, limits.MAX_FEATHER), "pixels over which the edge fades"] = PLACED["feather"],
    match: Annotated[float, SHARE, "how far colours are drawn to those of the scene"] = PLACED["match"],
    shadow: Annotated[float, SHARE, "how dark the shadow is"] = PLACED["shadow"],
    mirror: Annotated[bool, Flag(), "whether to turn the person round"] = False,
    seam: Annotated[bool, Flag(), "whether the network repairs the edge"] = False,
) -> Annotated[str, File(), "the picture, PNG"]:
    """Cut the person out of a picture and put them into another scene."""
    place = OWN if background is not None else scene
    placed = (x, y, scale, feather, match, shadow, mirror, seam)
    return compose_picture(person, place, background, seed, *placed)[0]
