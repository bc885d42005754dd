"""The face room's only door: seeds, latents and pictures in; pictures out.

    from genai_demo.faces import generate
    images = generate.sample(seed=7, count=4, truncation=0.7)

Models load on first use and stay. Same seed, same settings, same machine: same bytes.
"""

import functools
import math
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from genai_demo.core import checkpoint, lent, limits
from genai_demo.core.device import autocast, pick_device
from genai_demo.core.pictures import to_pixels
from genai_demo.core.uploads import Source, open_upload
from genai_demo.faces import genes, latents
from genai_demo.faces.latents import Direction, Latent
from genai_demo.faces.networks import build
from genai_demo.faces.plausible import Ellipsoid, hold
from genai_demo.faces.recipe import unpack_styles

MODELS = ("gan", "vae")
SIDE = 128
"""Of the faces that the models draw, in pixels."""
FROM_SEED = 0.5
"""Share of the seed's face in what the filling of a hole starts from; the rest is the encoder's guess."""
_loading = threading.Lock()


# --------------------------------------------------------------------------- models


@functools.cache
def _load(name: str) -> nn.Module:
    network = checkpoint.load_weights(name, build(name, checkpoint.read_card(name).get("config")))
    return network.to(pick_device(), memory_format=torch.channels_last)


def network(name: str) -> Any:
    """A network by the name of its checkpoint, or the one that is lent in its place.

    Raises ValueError where its checkpoint is missing or broken.
    """
    if own := lent.find(name):
        return own.network
    with _loading:
        return _load(name)


def _check(model: str) -> str:
    if model not in MODELS:
        raise ValueError(f"No model is called {model!r}. Choose one of {', '.join(MODELS)}.")
    return model


def _number(value: float, low: float, high: float, what: str) -> float:
    """A finite number within limits. Raises ValueError with a sentence otherwise."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not low <= number <= high:
        raise ValueError(f"{what} must be a number from {low:.10g} to {high:.10g}.")
    return number


def _whole(value: float, low: int, high: int, what: str) -> int:
    number = _number(value, low, high, what)
    if number != int(number):
        raise ValueError(f"{what} must be a whole number from {low} to {high}.")
    return int(number)


# --------------------------------------------------------------------------- latents


def latent(seed: int, model: str = "gan") -> Latent:
    """The latent of a seed (0 .. limits.MAX_SEED)."""
    seed = _whole(seed, 0, limits.MAX_SEED, "The seed")
    if _check(model) == "vae":
        vae = network("faces-vae")
        z = _gaussian(seed, vae.config.latent)
        with torch.inference_mode():
            code = vae.from_noise(torch.from_numpy(z).to(pick_device())[None]).cpu().numpy()
        return Latent("vae", code, seed, z, f"seed {seed}")
    z = _gaussian(seed, network("faces-gan").config.latent)
    return replace(from_z(z), seed=seed, origin=f"seed {seed}")


def _gaussian(seed: int, size: int) -> np.ndarray:
    return torch.randn(size, generator=torch.Generator().manual_seed(seed)).numpy()


@torch.inference_mode()
def from_z(z: np.ndarray) -> Latent:
    """The GAN's latent of a Gaussian vector (Z,)."""
    generator = network("faces-gan")
    w = generator.mapping(torch.as_tensor(z, dtype=torch.float32, device=pick_device())[None])
    return Latent("gan", w.expand(generator.layers, -1).cpu().numpy(), 0, z)


# --------------------------------------------------------------------------- pictures


def largest_side(model: str = "gan") -> int:
    """Side of the largest faces of a model: twice ``SIDE`` for the GAN's where the upsampler's weights are there."""
    return 2 * SIDE if _check(model) == "gan" and checkpoint.names("faces-upsampler") else SIDE


def models_of(model: str, side: int = SIDE) -> list[str]:
    """Names of the checkpoints that draw a model's faces of a side."""
    return [f"faces-{_check(model)}", *(["faces-upsampler"] if side > SIDE else [])]


def sample(
    seed: int, count: int = 1, truncation: float = 0.7, model: str = "gan", noise: bool = True, side: int = SIDE
) -> list[Image.Image]:
    """Faces of the seeds ``seed`` .. ``seed + count - 1``, ``side`` x ``side``.

    truncation: 0 gives the average face, 1 the model as trained, above 1 the unusual. side: see ``decode_many``.
    """
    count = _whole(count, 1, limits.MAX_FACES, "The number of faces")
    seed = _whole(seed, 0, limits.MAX_SEED - count + 1, "The seed")
    return decode_many([latent(seed + i, model) for i in range(count)], truncation, noise, side=side)


def decode(latent: Latent, truncation: float = 1.0, noise: bool = True, side: int = SIDE) -> Image.Image:
    """One latent to one picture."""
    return decode_many([latent], truncation, noise, side=side)[0]


@torch.inference_mode()
def decode_many(
    points: Sequence[Latent], truncation: float = 1.0, noise: bool = True, batch: int = 16, side: int = SIDE
) -> list[Image.Image]:
    """Latents of one model to pictures, in batches.

    noise: fine detail of the seed of each latent. side: 128, or 256 for faces of the GAN, which the upsampler enlarges.
    """
    truncation = _number(truncation, 0, limits.MAX_TRUNCATION, "The truncation")
    if len({p.model for p in points}) > 1:
        raise ValueError("Decode the faces of one model at a time.")
    if points and side not in (SIDE, largest_side(points[0].model)):
        raise ValueError(f"Faces of this model are {SIDE} pixels wide, those of the GAN {2 * SIDE} where wanted.")
    found: list[Image.Image] = []
    for i in range(0, len(points), batch):
        part = points[i : i + batch]
        styles = torch.from_numpy(np.stack([p.styles for p in part])).to(pick_device())
        with autocast(pick_device()):
            if part[0].model == "vae":
                vae = network("faces-vae")
                images = vae.decode(vae.truncate(styles[:, 0], truncation))
            else:
                generator = network("faces-gan")
                noises = generator.make_noise([p.seed for p in part], pick_device()) if noise else None
                images = generator.synthesis(generator.truncate(styles, truncation), noises)
                if side > SIDE:
                    images = _enlarged(images, [p.seed for p in part], noise)
        found += [Image.fromarray(a) for a in to_pixels(images)]
    return found


def _enlarged(images: Tensor, seeds: list[int], noise: bool) -> Tensor:
    """Faces of the GAN (B, 3, R, R) to (B, 3, 2R, 2R), with the fine detail of their seeds where there is noise."""
    upsampler = network("faces-upsampler")
    detail = upsampler.make_noise(seeds, images.device) if noise else None
    return upsampler(images.clamp(-1, 1).contiguous(memory_format=torch.channels_last), detail)


def to_tensor(images: Sequence[Image.Image], side: int) -> Tensor:
    """Pictures to (B, 3, side, side) in [-1, 1] on the device."""
    arrays = [np.asarray(i.convert("RGB").resize((side, side), Image.Resampling.LANCZOS)) for i in images]
    pixels = torch.from_numpy(np.stack(arrays)).permute(0, 3, 1, 2).float()
    return (pixels / 127.5 - 1).to(pick_device()).contiguous(memory_format=torch.channels_last)


# --------------------------------------------------------------------------- editing


@functools.cache
def _directions() -> tuple[Direction, ...]:
    found = []
    for model in MODELS:
        for entry in checkpoint.read_card(f"faces-{model}").get("directions", []):
            vector = np.asarray(entry["vector"], np.float32)
            layers = tuple(entry["layers"]) if entry.get("layers") else None
            found.append(
                Direction(
                    entry["name"], model, entry["group"], entry["labels"], vector, layers, entry.get("effect", {})
                )
            )
    return tuple(found)


def directions(model: str = "gan") -> list[Direction]:
    """Named directions of a model's latent space, with their measured effects."""
    return [d for d in _directions() if d.model == _check(model)]


def edit(point: Latent, amounts: dict[str, float], layers: str = "all", held: bool = True) -> Latent:
    """Move along named directions; see ``latents.edit``. held: no farther than real faces lie, see ``plausible``."""
    checked = {k: _number(v, -limits.MAX_EDIT, limits.MAX_EDIT, f"The slider {k!r}") for k, v in amounts.items()}
    moved = latents.edit(point, checked, directions(point.model), layers)
    faces = real_faces(point.model) if held else None
    return hold(point, moved, faces) if faces else moved


@functools.cache
def _real_faces(model: str) -> Ellipsoid | None:
    found = checkpoint.read_card(f"faces-{model}").get("real_faces")
    return Ellipsoid.from_json(found) if found else None


def real_faces(model: str = "gan") -> Ellipsoid | None:
    """Where the codes of real faces lie in the latent space of a model; None where its card does not say."""
    return _real_faces(_check(model))


def strangeness(point: Latent) -> float | None:
    """How far out a latent lies: 0 the average face, 1 the edge of what real faces have; None where nobody knows."""
    faces = real_faces(point.model)
    return faces.distance(point.styles) / faces.edge if faces else None


def breed(
    parents: Sequence[Latent],
    weights: Sequence[float],
    count: int = 8,
    seed: int = 0,
    mutation: float = 0.3,
    crossing: float = 0.5,
) -> list[Latent]:
    """Children of two to four faces of one model; see ``genes.breed``."""
    if len({parent.model for parent in parents}) > 1:
        raise ValueError("Parents must come from one model. Begin again, or choose a face of the same model.")
    count = _whole(count, 1, limits.MAX_FACES, "The number of children")
    seed = _whole(seed, 0, limits.MAX_SEED, "The seed")
    mutation = _number(mutation, 0, limits.MAX_MUTATION, "The mutation")
    faces = real_faces(parents[0].model) if parents else None
    return genes.breed(parents, weights, count, seed, mutation, _number(crossing, 0, 1, "The crossing"), faces)


def mix_grid(
    rows: Sequence[int], columns: Sequence[int], layers: str = "fine", truncation: float = 0.7
) -> list[list[Image.Image]]:
    """Style mixing: grid[i][j] is row seed i with the ``layers`` of column seed j."""
    points = [latents.mix(latent(r), latent(c), layers) for r in rows for c in columns]
    images = decode_many(points, truncation)
    return [images[i : i + len(columns)] for i in range(0, len(images), len(columns))]


# --------------------------------------------------------------------------- uploads


def project(image: Source, model: str = "gan", steps: int = 0, aligned: bool = False) -> Latent:
    """The latent whose picture is most like ``image`` (a face; it is found and aligned first).

    image: a path, the bytes of a file, or a picture. steps: optimisation steps after the encoder's guess. aligned:
    whether ``image`` comes from ``align`` or from the model, so that no face is looked for.
    Raises ValueError where no face is found.
    """
    *_, last = project_steps(image, model, steps, aligned)
    return last


def project_steps(image: Source, model: str = "gan", steps: int = 0, aligned: bool = False) -> Iterator[Latent]:
    """As ``project``, yielding the encoder's guess and then every refined latent."""
    from genai_demo.faces.invert import refine

    steps = _whole(steps, 0, limits.MAX_REFINEMENT_STEPS, "The number of refinement steps")
    guesser = network("faces-vae" if _check(model) == "vae" else "faces-encoder")
    target = to_tensor([open_upload(image) if aligned else align(image)], guesser.config.resolution)
    with torch.inference_mode():
        code = guesser.encode(target)[0] if model == "vae" else guesser(target).float()
    draw = guesser.decode if model == "vae" else network("faces-gan").synthesis
    yield _uploaded(model, code)
    for refined in refine(draw, network("faces-discriminator"), target, code.clone(), steps):
        yield _uploaded(model, refined)


def fill_steps(image: Image.Image, hidden: np.ndarray, seed: int = 0) -> Iterator[Image.Image]:
    """A whole face that fits what is left of one, better every time.

    image: an upright face (see ``align``); what stands in the hidden part is a first guess. hidden: (H, W) bool of
    the same size. Different seeds imagine different faces. Raises ValueError where nothing is left to go by.
    """
    from genai_demo.faces.invert import fill

    seed = _whole(seed, 0, limits.MAX_SEED, "The seed")
    if hidden.shape != (image.height, image.width) or hidden.all():
        raise ValueError("The hidden part must have the shape of the face, and leave some of it to go by.")
    generator, encoder = network("faces-gan"), network("faces-encoder")
    target = to_tensor([image], encoder.config.resolution)
    mask = torch.from_numpy(hidden)[None, None].float().to(target.device)
    mask = (F.interpolate(mask, size=target.shape[2:], mode="area") > 0).float()
    with torch.inference_mode():
        guess = encoder(target).float()
    styles = torch.lerp(guess.clone(), torch.from_numpy(latent(seed).styles).to(guess)[None], FROM_SEED)
    for found in fill(generator, network("faces-discriminator"), target, mask, styles, limits.FILL_STEPS):
        yield Image.fromarray(to_pixels(found)[0]).resize(image.size, Image.Resampling.BICUBIC)


def _uploaded(model: str, code: Tensor) -> Latent:
    """code: (1, L, Z) of the GAN, (1, Z) of the VAE."""
    styles = code if model == "vae" else code[0]
    return Latent(model, latents.to_half(styles.float().cpu().numpy()), 0, None, "upload")


def align(image: Source) -> Image.Image:
    """Find the face, turn and crop it the way the training faces are: 128 x 128 RGB."""
    from genai_demo.faces.align import align_face

    return align_face(image)


# --------------------------------------------------------------------------- paths


def interpolate(
    keys: Sequence[Latent | int],
    frames: int,
    space: str = "w",
    method: str = "lerp",
    easing: str = "linear",
    loop: bool = False,
    truncation: float = 0.7,
    side: int = SIDE,
) -> list[Image.Image]:
    """Pictures along the path through the keys (latents or seeds).

    space: "w" (styles), "z" (the Gaussian before them; keys from seeds only) or "vae". side: see ``decode_many``.
    """
    return decode_many(interpolate_latents(keys, frames, space, method, easing, loop), truncation, side=side)


def interpolate_latents(
    keys: Sequence[Latent | int],
    frames: int,
    space: str = "w",
    method: str = "lerp",
    easing: str = "linear",
    loop: bool = False,
) -> list[Latent]:
    """The latents of ``interpolate``."""
    if space not in latents.SPACES:
        raise ValueError(f"No space is called {space!r}. Choose one of {', '.join(latents.SPACES)}.")
    if not limits.MIN_KEYS <= len(keys) <= limits.MAX_KEYS:
        raise ValueError(f"Choose {limits.MIN_KEYS} to {limits.MAX_KEYS} key faces.")
    frames = _whole(frames, limits.MIN_FRAMES, limits.MAX_FRAMES, "The number of frames")
    model = "vae" if space == "vae" else "gan"
    points = [k if isinstance(k, Latent) else latent(k, model) for k in keys]
    if any(p.model != model for p in points):
        raise ValueError("The key faces belong to another model than the path.")
    if space == "z":
        codes = [p.z for p in points if p.z is not None]
        if len(codes) < len(points):
            raise ValueError("Faces from uploads or sliders have no place in Z. Choose W, or keys from seeds.")
        seen = latents.path(codes, frames, method, easing, loop)
        return [replace(from_z(z), seed=points[0].seed) for z in seen]
    styles = latents.path([p.styles for p in points], frames, method, easing, loop)
    return [Latent(model, s, points[0].seed) for s in styles]


def blend(corners: Sequence[Latent], x: float, y: float) -> Latent:
    """Point (x, y) of [0, 1]^2 between four corner faces of one model, in W or the VAE's latent."""
    if len({c.model for c in corners}) > 1:
        raise ValueError("The four corners must come from one model.")
    x, y = _number(x, 0, 1, "The position x"), _number(y, 0, 1, "The position y")
    return Latent(corners[0].model, latents.bilinear([c.styles for c in corners], x, y), corners[0].seed)


STEPS_AT_ONCE = 15
"""Of a path: features of all its pictures would take hundreds of megabytes."""


@torch.inference_mode()
def path_length(images: Sequence[Image.Image]) -> list[float]:
    """Perceptual distance between neighbouring pictures, one number a step.

    Distance: mean square difference of the unit-normalised features of our discriminator,
    averaged over its resolutions (the form of LPIPS, Zhang et al. 2018, without learnt weights).
    """
    discriminator = network("faces-discriminator")
    found: list[float] = []
    for first in range(0, len(images) - 1, STEPS_AT_ONCE):
        part = images[first : first + STEPS_AT_ONCE + 1]
        with autocast(pick_device()):
            stages = discriminator.features(to_tensor(part, discriminator.config.resolution))
        total = torch.zeros(len(part) - 1)
        for stage in stages:
            unit = nn.functional.normalize(stage.float(), dim=1)
            total += (unit[1:] - unit[:-1]).square().sum(1).mean((1, 2)).cpu()
        found += (total / len(stages)).tolist()
    return found


# --------------------------------------------------------------------------- opinions and records


@torch.inference_mode()
def judge(images: Sequence[Image.Image]) -> list[float]:
    """What the discriminator thinks: its probability "real" for each picture, judged alone.

    The last affine step (temperature and offset) is calibrated on held-out faces and fresh
    fakes, see the card: a relativistic discriminator is trained on differences only.
    """
    if not images:
        return []
    discriminator = network("faces-discriminator")
    scale, offset = checkpoint.read_card("faces-discriminator").get("calibration", (1.0, 0.0))
    with autocast(pick_device()):
        logits = torch.cat([discriminator(to_tensor([i], discriminator.config.resolution)) for i in images])
    return torch.sigmoid(scale * logits.float() + offset).tolist()


def remake(recipe: dict[str, Any]) -> Image.Image:
    """The face of a recipe (see ``faces.recipe``) once more: on the same machine, the same pixels.

    Raises ValueError for a recipe that is not of a single face or was tampered with.
    """
    try:
        model, seed = _check(recipe["model"]), _whole(recipe["noise_seed"], 0, limits.MAX_SEED, "The seed")
        point = latent(seed, model)
        if "styles" in recipe:
            styles = unpack_styles(recipe["styles"])
            if styles.shape != point.styles.shape:
                raise ValueError(f"The recipe is for another {model.upper()} than the one that is here.")
            point = Latent(model, styles, seed, None, str(recipe.get("origin", "")))
        if sliders := recipe.get("sliders"):
            point = edit(point, sliders, recipe.get("layers", "all"), recipe.get("held", False))
        return decode(point, recipe["truncation"], bool(recipe.get("noise", True)), recipe.get("side", SIDE))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("This recipe is not that of a face. Choose a face that was downloaded here.") from error


def card(model: str = "gan") -> dict[str, Any]:
    """The model card."""
    return checkpoint.read_card(f"faces-{_check(model)}")


def replay() -> list[tuple[int, Path]]:
    """The training replay: (pictures seen, sheet of the same 16 seeds), in order."""
    folder = Path(__file__).with_name("replay")
    return sorted((int(p.stem), p) for p in folder.glob("*.webp"))
