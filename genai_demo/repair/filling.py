"""What is missing in a picture, filled: every hole in the way that suits it, or all in one.

The ways are those of ``holes`` and two networks: the restorer, and, where ``imagine`` is given, the face GAN for wide
holes in faces.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from genai_demo.repair.faces import FaceFinder, Imagine, imagined_faces
from genai_demo.repair.holes.choose import CLASSICAL, THIN, Filler, chosen
from genai_demo.repair.holes.groups import Hole, holes_of
from genai_demo.repair.holes.join import GRAIN_REACH, blended, regrained
from genai_demo.repair.holes.patches import MARGIN, patches
from genai_demo.repair.model import GRAIN
from genai_demo.repair.network import as_picture, everywhere, run
from genai_demo.repair.tiles import without_seam

COARSE = 256
"""Longer side at which holes of larger pictures are filled first; then detail is added at full size."""
AT_ONCE = 384
"""Longer side up to which a hole is filled at the picture's own size."""
FACE = "face"
"""The way of what was imagined by the face GAN: it comes with the network."""
WAYS = ("auto", "telea", "navier-stokes", "smooth", "patches", "network")
"""What a hole can be filled by; "auto" tries each on known pixels beside it."""
IN_A_FACE = 0.3
"""Share of a hole from which on it is the face's, and left to the networks that know faces."""


@dataclass(frozen=True)
class Progress:
    """A repair as it stands."""

    picture: Image.Image
    share: float
    """Done, 0..1; 1 is the result."""
    imagined: bool = False
    """Whether a part of a face was imagined."""
    ways: Mapping[str, int] = field(default_factory=dict)
    """How many holes were filled in which way: of WAYS but "auto", or FACE."""


@dataclass(frozen=True)
class Coarse:
    """A picture small enough for the network, filled by it."""

    known: Tensor
    """(1, 3, h, w): before."""
    gone: Tensor
    """(1, 1, h, w)."""
    filled: Tensor


def fill(
    x: Tensor, mask: Tensor, seed: int, fidelity: float, find_faces: FaceFinder, imagine: Imagine | None,
    way: str = "auto",
) -> Iterator[Progress]:  # fmt: skip
    """All holes. x: (1, 3, H, W) in [-1, 1]; mask: (1, 1, H, W), 1 where it is missing; way: one of WAYS."""
    picture, missing = _array(x), mask[0, 0].numpy() > 0
    holes = holes_of(missing)
    base = CLASSICAL["navier-stokes"](picture, missing)
    before, imagined, coarse = 0.1, False, None
    quads: list[np.ndarray] = []
    if way != "network":
        yield Progress(_image(base, x, missing), 0.05)
    if way in ("auto", "network") and holes[0].reach > THIN:
        coarse = _coarse(x, mask, seed, fidelity)
        factor = x.shape[-1] / coarse.known.shape[-1]
        quads = [quad * factor for quad in find_faces(as_picture(coarse.filled))]
    faces = [hole.reach > THIN and _in_faces(hole, quads, missing.shape) for hole in holes]
    names = _ways(picture, missing, holes, faces, way, seed, fidelity)
    wanted = np.zeros_like(missing)
    for hole, name in zip(holes, names, strict=True):
        wanted[hole.box] |= hole.shape & (name == "network")
    if wanted.any():
        asked = torch.from_numpy(wanted)[None, None].float()
        for step in _by_network(x, mask, seed, fidelity, find_faces if quads else _nobody, imagine, coarse, asked):
            before, imagined = 0.1 + 0.8 * step.share, step.imagined
            base = np.where(wanted[..., None], _array(step.values), base)
            yield Progress(_image(base, x, missing), before, imagined)
    counts: Counter[str] = Counter()
    for number, (hole, name, face) in enumerate(zip(holes, names, faces, strict=True), 1):
        _fill_one(base, missing, hole, name, seed)
        counts[FACE if name == "network" and face and imagined else name] += 1
        share = before + (1 - before) * number / len(holes)
        if number == len(holes):
            yield Progress(_image(base, x, missing), 1.0, imagined, counts)
        elif hole.reach > THIN:
            yield Progress(_image(base, x, missing), share, imagined)


def _ways(
    picture: np.ndarray, missing: np.ndarray, holes: list[Hole], faces: list[bool], way: str, seed: int,
    fidelity: float,
) -> list[str]:  # fmt: skip
    """For every hole what fills it. faces: whether it lies in one."""
    if way != "auto":
        return [way] * len(holes)
    free = [hole for hole, face in zip(holes, faces, strict=True) if not face]
    found = iter(chosen(picture, missing, free, CLASSICAL | {"network": network_filler(seed, fidelity)}))
    return ["network" if face else next(found) for face in faces]


def _fill_one(base: np.ndarray, missing: np.ndarray, hole: Hole, way: str, seed: int) -> None:
    """Fill one hole of ``base`` (H, W, 3), where the networks have filled theirs, and give it the grain around it."""
    window = hole.around(missing.shape, max(MARGIN, 3 * hole.reach) + GRAIN_REACH)
    own, part = hole.within(window), base[window]
    if way == "patches":
        part = patches(part, own, seed)
    elif way != "network":
        part = CLASSICAL[way](part, own)
    base[window] = regrained(part, own, missing[window], seed)


# --------------------------------------------------------------------------- by the networks


@dataclass(frozen=True)
class _Step:
    values: Tensor
    """(1, 3, H, W) in [-1, 1]."""
    share: float
    imagined: bool = False


def _coarse(x: Tensor, mask: Tensor, seed: int, fidelity: float) -> Coarse:
    """A small copy with its holes filled by the network; the picture itself where that is small."""
    height, width = x.shape[-2:]
    if max(height, width) <= AT_ONCE:
        small, gone = x, mask
    else:
        factor = max(height, width) / COARSE
        size = (max(GRAIN, round(height / factor)), max(GRAIN, round(width / factor)))
        share = F.interpolate(1 - mask, size=size, mode="area")
        small = F.interpolate(x * (1 - mask), size=size, mode="area") / share.clamp(min=1e-3)
        gone = (share < 0.5).float()
    return Coarse(small, gone, without_seam(small, run(small, gone, "inpaint", seed, fidelity), gone))


def _by_network(
    x: Tensor, mask: Tensor, seed: int, fidelity: float, find_faces: FaceFinder, imagine: Imagine | None,
    coarse: Coarse | None = None, wanted: Tensor | None = None,
) -> Iterator[_Step]:  # fmt: skip
    """A small picture at once; of a large one first a small copy, then detail at full size.

    coarse: what ``_coarse`` found, if that is known. wanted: (1, 1, H, W), where it is to be filled; else all of it.
    """
    coarse = coarse or _coarse(x, mask, seed, fidelity)
    filled, imagined = coarse.filled, False
    at_once = coarse.known.shape == x.shape
    before, after = (0.1, 0.99) if at_once else (0.02, 0.39)
    if imagine is not None:
        yield _Step(_shown(filled, x), before)
    for done, values in imagined_faces(filled, coarse.gone, seed, find_faces, imagine):
        imagined, filled = True, torch.where(coarse.gone > 0, values, coarse.known)
        yield _Step(_shown(filled, x), before + (after - before) * done, imagined)
    if at_once:
        yield _Step(filled, 1.0, imagined)
        return
    whole = without_seam(x, _shown(filled, x), mask)
    yield _Step(whole, 0.4, imagined)
    factor = max(x.shape[-2:]) / COARSE
    task = "enlarge2" if factor <= 3 else "enlarge4"
    for done, values in everywhere(
        whole, torch.zeros_like(mask), task, seed, fidelity, mask if wanted is None else wanted
    ):
        yield _Step(torch.where(mask > 0, values, x), 0.4 + 0.6 * done, imagined)


def _shown(filled: Tensor, x: Tensor) -> Tensor:
    """What was filled in a small copy, in the size of the picture."""
    return filled if filled.shape == x.shape else F.interpolate(filled, size=x.shape[-2:], mode="bicubic")


def network_filler(seed: int, fidelity: float) -> Filler:
    """The network as one of the ways that are tried."""

    def filler(picture: np.ndarray, hole: np.ndarray) -> np.ndarray:
        x = torch.from_numpy(np.ascontiguousarray(picture * 2 - 1)).permute(2, 0, 1)[None]
        mask = torch.from_numpy(hole)[None, None].float()
        return blended(picture, _array(run(x, mask, "inpaint", seed, fidelity)), hole)

    return filler


def _in_faces(hole: Hole, quads: Sequence[np.ndarray], size: tuple[int, ...]) -> bool:
    """Whether a good part of a hole lies in the squares around faces."""
    where = np.zeros(size[:2], np.uint8)
    for quad in quads:
        cv2.fillConvexPoly(where, quad.round().astype(np.int32), 1)
    inside = where[hole.box][hole.shape]
    return bool(inside.mean() >= IN_A_FACE)


def _nobody(picture: Image.Image) -> Sequence[np.ndarray]:
    return []


# --------------------------------------------------------------------------- between arrays and tensors


def _array(x: Tensor) -> np.ndarray:
    """(1, 3, H, W) in [-1, 1] to (H, W, 3) float32 in [0, 1]."""
    return np.ascontiguousarray(((x[0].permute(1, 2, 0).numpy() + 1) / 2).clip(0, 1), np.float32)


def _image(filled: np.ndarray, x: Tensor, missing: np.ndarray) -> Image.Image:
    """The picture with what is filled where it was missing; every other pixel as it was."""
    values = torch.from_numpy(filled * 2 - 1).permute(2, 0, 1)[None]
    return as_picture(torch.where(torch.from_numpy(missing), values, x))
