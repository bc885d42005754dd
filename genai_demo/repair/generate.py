"""The repair room's only door: damaged pictures in, repaired pictures out.

    from genai_demo.repair import generate
    better = generate.restore("holiday.jpg", task="old")

The network loads on first use and stays. Same picture, seed and machine: same result.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from genai_demo.core import checkpoint, limits, metrics
from genai_demo.core.colours import flattened
from genai_demo.core.device import autocast, pick_device
from genai_demo.core.uploads import Source, open_layer
from genai_demo.repair import damage as damages
from genai_demo.repair.faces import FaceFinder, Imagine, needs_crop, repair_face
from genai_demo.repair.filling import COARSE, WAYS, Progress, fill
from genai_demo.repair.masks import Mask, read_mask
from genai_demo.repair.model import GRAIN, TASKS
from genai_demo.repair.network import NAME, as_picture, as_tensor, everywhere, network
from genai_demo.repair.revive import revived
from genai_demo.repair.tiles import padded
from genai_demo.repair.tone import GREY, Tone, tone_of
from genai_demo.repair.windows import windows

__all__ = (
    "FILLING", "NAME", "WAYS", "FaceFinder", "Imagine", "Progress", "card", "damage", "difference", "estimate",
    "network", "quality", "restore", "restore_steps", "variants",
)  # fmt: skip

FACTORS = {"enlarge2": 2, "enlarge4": 4}
FILLING = ("auto", "inpaint")
"""Tasks that fill what is missing."""
AS_LEARNT = 160
"""Longer side up to which an old photograph is left to the network, which learnt faces of 128 pixels. Larger ones are
revived by their levels, see ``revive``, and the network only takes the grain away."""
SOLID = 250
"""Alpha from which on a pixel of a picture with transparent parts is known."""


# --------------------------------------------------------------------------- input


def _open(image: Source) -> tuple[Image.Image, np.ndarray | None]:
    """The picture on white, and where it is missing, being transparent: (H, W) bool or None.

    The rim of a transparent part is missing with it: white, or whatever lay under it, shines through there.
    """
    layer = open_layer(image, most_bytes=limits.MAX_PHOTOGRAPH_BYTES)
    if layer.mode != "RGBA":
        return layer, None
    alpha = np.asarray(layer.getchannel("A"))
    if not (alpha < 128).any():
        return flattened(layer), None
    missing = alpha < SOLID
    known = Image.fromarray(np.where(missing, 0, 255).astype(np.uint8))
    return Image.composite(layer.convert("RGB"), flattened(layer), known), missing


def _check_pixels(count: int, in_parts: bool = False) -> None:
    """in_parts: whether only parts of the picture are repaired."""
    if in_parts and count > limits.MAX_PHOTOGRAPH_PIXELS:
        raise ValueError(
            f"This picture has more than {limits.MAX_PHOTOGRAPH_PIXELS // 10**6} megapixels. Upload a smaller one."
        )
    if count > limits.MAX_REPAIR_PIXELS and not in_parts:
        most = limits.MAX_REPAIR_PIXELS / 10**6
        raise ValueError(f"The result would have more than {most:g} megapixels. Choose a smaller picture.")


def _checked(task: str, seed: int, fidelity: float) -> None:
    if task not in TASKS:
        raise ValueError(f"No task is called {task!r}. Choose one of {', '.join(TASKS)}.")
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= limits.MAX_SEED:
        raise ValueError(f"The seed must be a whole number from 0 to {limits.MAX_SEED}.")
    if isinstance(fidelity, bool) or not isinstance(fidelity, (int, float)) or not 0 <= fidelity <= 1:
        raise ValueError("The fidelity must be a number from 0 to 1.")


def _checked_old(revive: float, keep_grain: bool) -> None:
    if isinstance(revive, bool) or not isinstance(revive, int | float) or not 0 <= revive <= 1:
        raise ValueError("How far fading is taken back must be a number from 0 to 1.")
    if not isinstance(keep_grain, bool):
        raise ValueError("Grain is kept or not: say true or false.")


# --------------------------------------------------------------------------- repair


def restore(
    image: Source,
    mask: Mask | None = None,
    task: str = "auto",
    seed: int = 0,
    fidelity: float = 0.5,
    find_faces: FaceFinder | None = None,
    imagine: Imagine | None = None,
    way: str = "auto",
    revive: float = 1.0,
    keep_grain: bool = False,
) -> Image.Image:
    """The repaired picture; see ``restore_steps``."""
    *_, last = restore_steps(
        image, mask, task, seed, fidelity, find_faces, imagine, way, revive=revive, keep_grain=keep_grain
    )
    return last.picture


def restore_steps(
    image: Source,
    mask: Mask | None = None,
    task: str = "auto",
    seed: int = 0,
    fidelity: float = 0.5,
    find_faces: FaceFinder | None = None,
    imagine: Imagine | None = None,
    way: str = "auto",
    revive: float = 1.0,
    keep_grain: bool = False,
) -> Iterator[Progress]:
    """Repair a picture, yielding what there is after every part of it.

    image: a path, bytes or a picture, of any size up to ``limits.MAX_REPAIR_PIXELS``; where only parts of it are to be
    repaired, up to ``limits.MAX_PHOTOGRAPH_PIXELS``. task: one of TASKS; "enlarge2" and "enlarge4" return a picture so
    many times as large.
    mask: where the picture is missing ("inpaint", "auto") or where the other tasks are to work, see
    ``masks.read_mask``; pixels outside it come back bit for bit. For "inpaint" and "auto" the transparent part of a
    picture is missing too; for the others it is laid on white. The result is RGB.
    A picture of one tone, as grey ones are, keeps it, except that "old", and "auto" without a mask, may take a tint
    away; see ``tone``. seed: of what is invented. fidelity: 1 adds nothing to what can be known, 0 all the detail that
    the network would invent.
    find_faces: small faces are then repaired once more in a crop of their own.
    imagine: with ``find_faces``, what fills wide holes in faces (the network fills them softly).
    way: one of WAYS, by which what is missing is filled. "auto" tries each on known pixels beside every hole; holes in
    faces are then the networks'. ``Progress.ways`` says what became of it.
    revive: of "old", how far fading and tint are taken back, 0 to 1. keep_grain: "old" then changes nothing else.
    Raises ValueError for bad input.
    """
    _checked(task, seed, fidelity)
    _checked_old(revive, keep_grain)
    if way not in WAYS:
        raise ValueError(f"No way to fill is called {way!r}. Choose one of {', '.join(WAYS)}.")
    picture, clear = _open(image)
    where = read_mask(mask, picture.size) if mask is not None else None
    if clear is not None and task in FILLING:
        where = clear if where is None else where | clear
    if where is not None and where.all():
        raise ValueError("The mask covers the whole picture. Leave some of it to go by.")
    if where is not None and not where.any():
        where = None
    if task == "inpaint" and where is None:
        raise ValueError("Paint over what is missing first.")
    if task in FACTORS and where is not None:
        raise ValueError("A picture is enlarged as a whole. Remove the mask, or choose another task.")
    pixels = picture.width * picture.height
    only_levels = task == "old" and keep_grain
    _check_pixels(pixels, where is not None or only_levels)
    tone = _kept_tone(picture, where, task)
    if only_levels:
        steps: Iterator[Progress] = iter([Progress(_revived(picture, where, revive), 1.0)])
    elif task == "old" and (max(picture.size) > AS_LEARNT or revive < 1):
        steps = _whole_or_parts(
            _revived(picture, where, revive), where, "denoise", seed, fidelity, find_faces, imagine, way
        )
    else:
        steps = _whole_or_parts(picture, where, task, seed, fidelity, find_faces, imagine, way)
    for step in steps:
        yield step if tone is None else replace(step, picture=tone.laid(step.picture, where))


def _whole_or_parts(picture: Image.Image, where: np.ndarray | None, *rest: Any) -> Iterator[Progress]:
    """As ``_repaired``, of a large picture with a mask part after part."""
    large = where is not None and picture.width * picture.height > limits.MAX_REPAIR_PIXELS
    return _in_windows(picture, where, *rest) if large and where is not None else _repaired(picture, where, *rest)


def _revived(picture: Image.Image, where: np.ndarray | None, strength: float) -> Image.Image:
    """The levels of the whole picture, brought back where the mask is, or everywhere."""
    whole = damages.as_picture(revived(damages.as_float(picture), strength))
    if where is None:
        return whole
    return Image.composite(whole, picture, Image.fromarray(np.where(where, 255, 0).astype(np.uint8)))


def _in_windows(
    picture: Image.Image,
    where: np.ndarray,
    task: str,
    seed: int,
    fidelity: float,
    find_faces: FaceFinder | None,
    imagine: Imagine | None,
    way: str,
) -> Iterator[Progress]:
    """As ``_repaired``, of a large picture only what lies around its holes, window after window."""
    whole, left, imagined = picture.copy(), where.copy(), False
    ways: Counter[str] = Counter()
    waiting = windows(where, limits.MAX_REPAIR_PIXELS)
    count = len(waiting)
    while waiting:
        # Where all is missing there is nothing to go by until a window that overlaps is filled.
        x, y, right, bottom = next(w for w in waiting if not left[w[1] : w[3], w[0] : w[2]].all())
        waiting.remove((x, y, right, bottom))
        hole = left[y:bottom, x:right]
        if not hole.any():
            continue
        mask = Image.fromarray(np.where(hole, 255, 0).astype(np.uint8))
        part = whole.crop((x, y, right, bottom))
        for step in _repaired(part, hole, task, seed, fidelity, find_faces, imagine, way):
            found = whole.copy()
            found.paste(step.picture.resize(mask.size), (x, y), mask)  # on the way there are smaller ones
            done = (count - len(waiting) - 1 + step.share) / count
            yield Progress(found, done, imagined or step.imagined)
        whole, imagined = found, imagined or step.imagined
        ways.update(step.ways)
        hole[:] = False
    yield Progress(whole, 1.0, imagined, ways)


def _kept_tone(picture: Image.Image, where: np.ndarray | None, task: str) -> Tone | None:
    """The tone that the result is to have; None where it may have any colours."""
    tone = tone_of(picture, where if task in FILLING else None)
    if tone is None or task not in ("auto", "old") or (task == "auto" and where is not None):
        return tone
    if not tone.is_grey:
        return None  # what is to be restored may be the tint itself
    return GREY if task == "old" else tone


def _repaired(
    picture: Image.Image,
    where: np.ndarray | None,
    task: str,
    seed: int,
    fidelity: float,
    find_faces: FaceFinder | None,
    imagine: Imagine | None,
    way: str,
) -> Iterator[Progress]:
    """As ``restore_steps``, in the colours of the network."""
    if factor := FACTORS.get(task):
        _check_pixels(picture.width * picture.height * factor**2)
        picture = picture.resize((factor * picture.width, factor * picture.height), Image.Resampling.BICUBIC)
    x = as_tensor(picture)
    if where is None:
        yield from _repair_all(picture, x, task, seed, fidelity, find_faces)
    elif task in FILLING:
        hole = torch.from_numpy(where)[None, None].float()
        yield from fill(x, hole, seed, fidelity, find_faces or (lambda picture: []), imagine, way)
    else:
        mask_values = torch.from_numpy(where)[None, None].float()
        nothing = torch.zeros_like(x[:, :1])
        for share, values in everywhere(x, nothing, task, seed, fidelity, mask_values):
            yield Progress(as_picture(torch.where(mask_values > 0, values, x)), share)


def _repair_all(
    picture: Image.Image, x: Tensor, task: str, seed: int, fidelity: float, find_faces: FaceFinder | None
) -> Iterator[Progress]:
    faces = [quad for quad in find_faces(picture) if needs_crop(quad, picture)] if find_faces is not None else []
    values = x
    for share, values in everywhere(x, torch.zeros_like(x[:, :1]), task, seed, fidelity):
        yield Progress(as_picture(values), share if not faces else 0.9 * share)
    for number, quad in enumerate(faces, 1):
        values = repair_face(picture, values, quad, task, seed, fidelity)
        yield Progress(as_picture(values), 0.9 + 0.1 * number / len(faces))


# --------------------------------------------------------------------------- beside the repair


def variants(
    image: Source,
    mask: Mask,
    seeds: Sequence[int] = (1, 2, 3, 4),
    fidelity: float = 0.0,
    find_faces: FaceFinder | None = None,
    imagine: Imagine | None = None,
) -> Iterator[Image.Image]:
    """The same hole filled by the networks from several seeds. Raises ValueError for bad input."""
    if not 1 <= len(seeds) <= limits.MAX_VARIANTS:
        raise ValueError(f"Ask for 1 to {limits.MAX_VARIANTS} variants.")
    for seed in seeds:
        yield restore(image, mask, "inpaint", seed, fidelity, find_faces, imagine, "network")


@torch.inference_mode()
def estimate(image: Source) -> dict[str, float]:
    """What is wrong with a picture, as the network sees it: 0..1 for each of ``damage.MEASURES``."""
    picture, _ = _open(image)
    picture.thumbnail((2 * COARSE, 2 * COARSE))
    x = padded(as_tensor(picture), GRAIN).to(pick_device())
    with autocast(pick_device()):
        _, _, amounts = network()(x, torch.zeros_like(x[:, :1]), torch.tensor([TASKS.index("auto")]).to(x.device))
    return dict(zip(damages.MEASURES, amounts[0].sigmoid().tolist(), strict=True))


def damage(image: Source, kind: str, strength: float = 0.5, seed: int = 0) -> tuple[Image.Image, Image.Image | None]:
    """A picture damaged in one of ``damage.KINDS``, and the mask of its holes, if it has any.

    Raises ValueError for another kind or a strength outside 0..1.
    """
    _checked("auto", seed, 0)
    picture, _ = _open(image)
    _check_pixels(picture.width * picture.height)
    found = damages.damage(damages.as_float(picture), kind, strength, np.random.default_rng(seed))
    mask = Image.fromarray(np.where(found.mask, 255, 0).astype(np.uint8)) if found.mask.any() else None
    return damages.as_picture(found.picture), mask


def difference(before: Image.Image, after: Image.Image, gain: float = 4.0) -> Image.Image:
    """Where a repair changed a picture: dark is unchanged, yellow changed most. Pictures of the same size."""
    if before.size != after.size:
        before = before.resize(after.size, Image.Resampling.BICUBIC)
    change = np.abs(damages.as_float(after) - damages.as_float(before)).mean(2)
    level = (gain * change).clip(0, 1)[..., None]
    dark, middle, bright = (np.array(c, np.float32) for c in ((0.05, 0.05, 0.15), (0.75, 0.2, 0.4), (1.0, 0.95, 0.5)))
    lower, upper = (2 * level).clip(0, 1), (2 * level - 1).clip(0, 1)
    return damages.as_picture(dark + lower * (middle - dark) + upper * (bright - middle))


def quality(truth: Image.Image, picture: Image.Image) -> dict[str, float]:
    """PSNR in dB and SSIM against the truth; the picture is brought to its size."""
    if picture.size != truth.size:
        picture = picture.resize(truth.size, Image.Resampling.LANCZOS)
    a, b = as_tensor(picture.convert("RGB")), as_tensor(truth.convert("RGB"))
    return {"psnr": float(metrics.psnr(a, b)), "ssim": float(metrics.ssim(a, b))}


def card() -> dict[str, Any]:
    """The model card. Raises ValueError where there is none."""
    return checkpoint.read_card(NAME)
