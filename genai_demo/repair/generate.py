"""The repair room's only door: damaged pictures in, repaired pictures out.

    from genai_demo.repair import generate
    better = generate.restore("holiday.jpg", task="old")

The network loads on first use and stays. Same picture, seed and machine: same result.
"""

import functools
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from genai_demo.core import checkpoint, limits, metrics
from genai_demo.core.colours import flattened
from genai_demo.core.device import autocast, pick_device
from genai_demo.core.uploads import Source, open_layer
from genai_demo.repair import damage as damages
from genai_demo.repair.masks import Mask, read_mask
from genai_demo.repair.model import GRAIN, TASKS, RepairConfig, Restorer
from genai_demo.repair.tiles import padded, tiled, without_seam
from genai_demo.repair.tone import GREY, Tone, tone_of

NAME = "repair"
FACTORS = {"enlarge2": 2, "enlarge4": 4}
FILLING = ("auto", "inpaint")
"""Tasks that fill what is missing."""
COARSE = 256
"""Longer side at which holes of larger pictures are filled first; then detail is added at full size."""
AT_ONCE = 384
"""Longer side up to which a hole is filled at the picture's own size."""
FACE_SIDE = 128
SMALL_FACE, LARGE_FACE = 40, 300
"""Sides in pixels of the squares around faces that are repaired in their own crop as well."""
SOLID = 250
"""Alpha from which on a pixel of a picture with transparent parts is known."""
FaceFinder = Callable[[Image.Image], Sequence[np.ndarray]]
"""Picture to squares around its faces: (4, 2) corners in pixels, upper left, lower left, lower right, upper right."""
Imagine = Callable[[Image.Image, np.ndarray, int], Iterator[Image.Image]]
"""An upright face of FACE_SIDE pixels, what of it is hidden (bool), a seed: whole faces that fit, better every time."""
WIDE = 5
"""Holes in a face that are wider than twice this, in pixels of the upright face, are imagined as a face."""
MOST_FACES = 4
"""Faces of a picture whose holes are imagined: each takes seconds."""
_loading = threading.Lock()


@dataclass(frozen=True)
class Progress:
    """A repair as it stands."""

    picture: Image.Image
    share: float
    """Done, 0..1; 1 is the result."""
    imagined: bool = False
    """Whether a part of a face was imagined."""


# --------------------------------------------------------------------------- the network


@functools.cache
def _load(name: str) -> Restorer:
    try:
        config = RepairConfig(**checkpoint.read_card(name).get("config", {}))
    except TypeError as error:
        raise ValueError(f"The settings on the card of {name!r} do not fit this program. Fetch it again.") from error
    found = checkpoint.load_weights(name, Restorer(config))
    assert isinstance(found, Restorer)
    return found.to(pick_device(), memory_format=torch.channels_last)


def network() -> Restorer:
    """The trained network. Raises ValueError where its checkpoint is missing or broken."""
    with _loading:
        return _load(NAME)


@torch.inference_mode()
def run(picture: Tensor, mask: Tensor, task: str, seed: int, fidelity: float) -> Tensor:
    """One pass: (1, 3, H, W) in [-1, 1], (1, 1, H, W) -> (1, 3, H, W) in [-1, 1].

    Detail counts 1 - fidelity, and less where the picture is missing: nothing there holds it in its place.
    """
    net, device = network(), pick_device()
    noise = torch.randn(1, net.config.noise, generator=torch.Generator().manual_seed(seed)).to(device)
    x, m = padded(picture, GRAIN).to(device), padded(mask, GRAIN).to(device)
    with autocast(device):
        faithful, detail, _ = net(x, m, torch.tensor([TASKS.index(task)], device=device), noise)
    share = (1 - fidelity) ** (1 + m)
    found = (faithful + share * detail).clamp(-1, 1).cpu()
    return found[..., : picture.shape[2], : picture.shape[3]]


# --------------------------------------------------------------------------- input


def _open(image: Source) -> tuple[Image.Image, np.ndarray | None]:
    """The picture on white, and where it is missing, being transparent: (H, W) bool or None.

    The rim of a transparent part is missing with it: white, or whatever lay under it, shines through there.
    """
    layer = open_layer(image)
    _check_pixels(layer.width * layer.height)
    if layer.mode != "RGBA":
        return layer, None
    alpha = np.asarray(layer.getchannel("A"))
    if not (alpha < 128).any():
        return flattened(layer), None
    missing = alpha < SOLID
    known = Image.fromarray(np.where(missing, 0, 255).astype(np.uint8))
    return Image.composite(layer.convert("RGB"), flattened(layer), known), missing


def _check_pixels(count: int) -> None:
    if count > limits.MAX_REPAIR_PIXELS:
        most = limits.MAX_REPAIR_PIXELS / 10**6
        raise ValueError(f"The result would have more than {most:g} megapixels. Choose a smaller picture.")


def _checked(task: str, seed: int, fidelity: float) -> None:
    if task not in TASKS:
        raise ValueError(f"No task is called {task!r}. Choose one of {', '.join(TASKS)}.")
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= limits.MAX_SEED:
        raise ValueError(f"The seed must be a whole number from 0 to {limits.MAX_SEED}.")
    if isinstance(fidelity, bool) or not isinstance(fidelity, (int, float)) or not 0 <= fidelity <= 1:
        raise ValueError("The fidelity must be a number from 0 to 1.")


def _tensor(picture: Image.Image) -> Tensor:
    """(1, 3, H, W) in [-1, 1]."""
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 127.5 - 1


def _picture(values: Tensor) -> Image.Image:
    pixels = ((values[0].clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
    return Image.fromarray(pixels.permute(1, 2, 0).numpy())


# --------------------------------------------------------------------------- repair


def restore(
    image: Source,
    mask: Mask | None = None,
    task: str = "auto",
    seed: int = 0,
    fidelity: float = 0.5,
    find_faces: FaceFinder | None = None,
    imagine: Imagine | None = None,
) -> Image.Image:
    """The repaired picture; see ``restore_steps``."""
    *_, last = restore_steps(image, mask, task, seed, fidelity, find_faces, imagine)
    return last.picture


def restore_steps(
    image: Source,
    mask: Mask | None = None,
    task: str = "auto",
    seed: int = 0,
    fidelity: float = 0.5,
    find_faces: FaceFinder | None = None,
    imagine: Imagine | None = None,
) -> Iterator[Progress]:
    """Repair a picture, yielding what there is after every part of it.

    image: a path, bytes or a picture, of any size up to ``limits.MAX_REPAIR_PIXELS``. task: one of TASKS; "enlarge2"
    and "enlarge4" return a picture so many times as large.
    mask: where the picture is missing ("inpaint", "auto") or where the other tasks are to work, see
    ``masks.read_mask``; pixels outside it come back bit for bit. For "inpaint" and "auto" the transparent part of a
    picture is missing too; for the others it is laid on white. The result is RGB.
    A picture of one tone, as grey ones are, keeps it, except that "old", and "auto" without a mask, may take a tint
    away; see ``tone``. seed: of what is invented. fidelity: 1 adds nothing to what can be known, 0 all the detail that
    the network would invent.
    find_faces: small faces are then repaired once more in a crop of their own.
    imagine: with ``find_faces``, what fills wide holes in faces (the network fills them softly).
    Raises ValueError for bad input.
    """
    _checked(task, seed, fidelity)
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
    tone = _kept_tone(picture, where, task)
    for step in _repaired(picture, where, task, seed, fidelity, find_faces, imagine):
        yield step if tone is None else replace(step, picture=tone.laid(step.picture, where))


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
) -> Iterator[Progress]:
    """As ``restore_steps``, in the colours of the network."""
    if factor := FACTORS.get(task):
        _check_pixels(picture.width * picture.height * factor**2)
        picture = picture.resize((factor * picture.width, factor * picture.height), Image.Resampling.BICUBIC)
    x = _tensor(picture)
    if where is None:
        yield from _repair_all(picture, x, task, seed, fidelity, find_faces)
    elif task in FILLING:
        hole = torch.from_numpy(where)[None, None].float()
        yield from _fill(x, hole, seed, fidelity, find_faces or (lambda picture: []), imagine)
    else:
        mask_values = torch.from_numpy(where)[None, None].float()
        nothing = torch.zeros_like(x[:, :1])
        for share, values in everywhere(x, nothing, task, seed, fidelity, mask_values):
            yield Progress(_picture(torch.where(mask_values > 0, values, x)), share)


def everywhere(
    x: Tensor, mask: Tensor, task: str, seed: int, fidelity: float, wanted: Tensor | None = None
) -> Iterator[tuple[float, Tensor]]:
    """The network over all of a picture, in tiles where it is large: (share done, picture so far)."""

    def work(part: Tensor) -> Tensor:
        return run(part[:, :3], part[:, 3:], task, seed, fidelity)

    yield from tiled(work, torch.cat([x, mask], 1), wanted)


def _repair_all(
    picture: Image.Image, x: Tensor, task: str, seed: int, fidelity: float, find_faces: FaceFinder | None
) -> Iterator[Progress]:
    faces = [quad for quad in find_faces(picture) if _needs_crop(quad, picture)] if find_faces is not None else []
    values = x
    for share, values in everywhere(x, torch.zeros_like(x[:, :1]), task, seed, fidelity):
        yield Progress(_picture(values), share if not faces else 0.9 * share)
    for number, quad in enumerate(faces, 1):
        values = _repair_face(picture, values, quad, task, seed, fidelity)
        yield Progress(_picture(values), 0.9 + 0.1 * number / len(faces))


def _fill(
    x: Tensor, mask: Tensor, seed: int, fidelity: float, find_faces: FaceFinder, imagine: Imagine | None
) -> Iterator[Progress]:
    """A hole: all of a small picture at once; of a large one first a small copy, then detail at full size."""
    height, width = x.shape[-2:]
    factor, imagined = max(height, width) / COARSE, False
    if max(height, width) <= AT_ONCE:
        whole = without_seam(x, run(x, mask, "inpaint", seed, fidelity), mask)
        yield Progress(_picture(whole), 1.0 if imagine is None else 0.1)
        for share, values in _imagined(whole, mask, seed, find_faces, imagine):
            imagined, whole = True, torch.where(mask > 0, values, x)
            yield Progress(_picture(whole), 0.1 + 0.89 * share, imagined)
        if imagine is not None:
            yield Progress(_picture(whole), 1.0, imagined)
        return
    size = (max(GRAIN, round(height / factor)), max(GRAIN, round(width / factor)))
    known = 1 - mask
    share = F.interpolate(known, size=size, mode="area")
    small = F.interpolate(x * known, size=size, mode="area") / share.clamp(min=1e-3)
    gone = (share < 0.5).float()
    coarse = run(small, gone, "inpaint", seed, fidelity)
    if imagine is not None:
        coarse = without_seam(small, coarse, gone)
        yield Progress(_picture(coarse), 0.02)
    for done, values in _imagined(coarse, gone, seed, find_faces, imagine):
        imagined, coarse = True, torch.where(gone > 0, values, small)
        yield Progress(_picture(coarse), 0.02 + 0.37 * done, imagined)
    filling = F.interpolate(coarse, size=(height, width), mode="bicubic", align_corners=False)
    whole = without_seam(x, filling, mask)
    yield Progress(_picture(whole), 0.4, imagined)
    task = "enlarge2" if factor <= 3 else "enlarge4"
    for done, values in everywhere(whole, torch.zeros_like(mask), task, seed, fidelity, mask):
        yield Progress(_picture(torch.where(mask > 0, values, x)), 0.4 + 0.6 * done, imagined)


# --------------------------------------------------------------------------- faces


def _needs_crop(quad: np.ndarray, picture: Image.Image) -> bool:
    """Faces of the size that the network knows are as good without; large ones would lose pixels."""
    side = float(np.linalg.norm(quad[3] - quad[0]))
    whole = max(picture.size) < 1.3 * side  # the picture is the face
    return SMALL_FACE <= side <= LARGE_FACE and not whole


def _repair_face(
    picture: Image.Image, values: Tensor, quad: np.ndarray, task: str, seed: int, fidelity: float
) -> Tensor:
    """The face in ``quad`` (see FaceFinder) cut out upright at 128 pixels, repaired, and laid over ``values``."""
    crop = picture.transform(
        (FACE_SIDE, FACE_SIDE), Image.Transform.AFFINE, tuple(_turn(quad).flatten()), Image.Resampling.BICUBIC
    )
    repaired = run(_tensor(crop), torch.zeros(1, 1, FACE_SIDE, FACE_SIDE), task, seed, fidelity)
    grid = _grid(quad, values)
    face = F.grid_sample(repaired, grid, mode="bicubic", padding_mode="border", align_corners=False)
    edge = (1 - grid.abs()).amin(-1)[:, None]  # 0 at the border of the crop, 1 in its middle
    weight = (edge / 0.25).clamp(0, 1)
    return values + weight * (face - values)


def _turn(quad: np.ndarray) -> np.ndarray:
    """From pixels of an upright face of FACE_SIDE to pixels of the picture: (2, 3)."""
    across, down = (quad[3] - quad[0]) / FACE_SIDE, (quad[1] - quad[0]) / FACE_SIDE
    return np.array([[across[0], down[0], quad[0][0]], [across[1], down[1], quad[0][1]]])


def _grid(quad: np.ndarray, values: Tensor) -> Tensor:
    """Where each pixel of the picture lies in the upright face, for ``grid_sample``: (1, H, W, 2)."""
    back = np.linalg.inv(np.vstack([_turn(quad), [0, 0, 1]]))[:2]
    height, width = values.shape[-2:]
    y, x = torch.meshgrid(torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij")
    places = torch.stack([x, y, torch.ones_like(x)], -1) @ torch.tensor(back, dtype=torch.float32).T
    return (places / FACE_SIDE * 2 - 1)[None]


def _imagined(
    values: Tensor, mask: Tensor, seed: int, find_faces: FaceFinder, imagine: Imagine | None
) -> Iterator[tuple[float, Tensor]]:
    """Wide holes in faces filled once more: (share done, picture so far); nothing where there are none.

    values: the picture with its hole filled by the network, in which the faces are found.
    """
    if imagine is None:
        return
    picture, hole = _picture(values), Image.fromarray((mask[0, 0] * 255).to(torch.uint8).numpy())
    side, affine = (FACE_SIDE, FACE_SIDE), Image.Transform.AFFINE
    waiting = []
    for quad in list(find_faces(picture))[:MOST_FACES]:
        turn = tuple(_turn(quad).flatten())
        hidden = torch.from_numpy(np.asarray(hole.transform(side, affine, turn, fillcolor=255)) > 127)[None, None]
        wide = wide_part(hidden.float())
        if wide.any() and not hidden.all():
            waiting.append((quad, picture.transform(side, affine, turn, Image.Resampling.BICUBIC), hidden, wide))
    for number, (quad, crop, hidden, wide) in enumerate(waiting):
        grid, before = _grid(quad, values), values
        weight = mask * F.grid_sample(wide, grid, align_corners=False)
        for step, face in enumerate(imagine(crop, hidden[0, 0].numpy(), seed)):
            fitting = without_seam(_tensor(crop), _tensor(face), hidden.float())
            laid = F.grid_sample(fitting, grid, mode="bicubic", padding_mode="border", align_corners=False)
            values = before + weight * (laid - before)
            yield (number + min(1.0, (step + 1) / limits.FILL_STEPS)) / len(waiting), values


def wide_part(hidden: Tensor) -> Tensor:
    """Where a hole is wider than twice WIDE, softly ending towards where it is not: (1, 1, H, W) in [0, 1]."""

    def grown(x: Tensor, reach: int) -> Tensor:
        return F.max_pool2d(x, 2 * reach + 1, 1, reach)

    inner = 1 - grown(1 - hidden, WIDE)
    return hidden * F.avg_pool2d(grown(inner, WIDE + 4), 7, 1, 3)


# --------------------------------------------------------------------------- beside the repair


def variants(
    image: Source,
    mask: Mask,
    seeds: Sequence[int] = (1, 2, 3, 4),
    fidelity: float = 0.0,
    find_faces: FaceFinder | None = None,
    imagine: Imagine | None = None,
) -> Iterator[Image.Image]:
    """The same hole filled from several seeds. Raises ValueError for bad input."""
    if not 1 <= len(seeds) <= limits.MAX_VARIANTS:
        raise ValueError(f"Ask for 1 to {limits.MAX_VARIANTS} variants.")
    for seed in seeds:
        yield restore(image, mask, "inpaint", seed, fidelity, find_faces, imagine)


@torch.inference_mode()
def estimate(image: Source) -> dict[str, float]:
    """What is wrong with a picture, as the network sees it: 0..1 for each of ``damage.MEASURES``."""
    picture, _ = _open(image)
    picture.thumbnail((2 * COARSE, 2 * COARSE))
    x = padded(_tensor(picture), GRAIN).to(pick_device())
    with autocast(pick_device()):
        _, _, amounts = network()(x, torch.zeros_like(x[:, :1]), torch.tensor([TASKS.index("auto")]).to(x.device))
    return dict(zip(damages.MEASURES, amounts[0].sigmoid().tolist(), strict=True))


def damage(image: Source, kind: str, strength: float = 0.5, seed: int = 0) -> tuple[Image.Image, Image.Image | None]:
    """A picture damaged in one of ``damage.KINDS``, and the mask of its holes, if it has any.

    Raises ValueError for another kind or a strength outside 0..1.
    """
    _checked("auto", seed, 0)
    picture, _ = _open(image)
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
    a, b = _tensor(picture.convert("RGB")), _tensor(truth.convert("RGB"))
    return {"psnr": float(metrics.psnr(a, b)), "ssim": float(metrics.ssim(a, b))}


def card() -> dict[str, Any]:
    """The model card. Raises ValueError where there is none."""
    return checkpoint.read_card(NAME)
