"""What is missing in a picture, filled: the parts of a repair one by one."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from genai_demo.repair.faces import FaceFinder, Imagine, imagined_faces
from genai_demo.repair.model import GRAIN
from genai_demo.repair.network import as_picture, everywhere, run
from genai_demo.repair.tiles import without_seam

COARSE = 256
"""Longer side at which holes of larger pictures are filled first; then detail is added at full size."""
AT_ONCE = 384
"""Longer side up to which a hole is filled at the picture's own size."""


@dataclass(frozen=True)
class Progress:
    """A repair as it stands."""

    picture: Image.Image
    share: float
    """Done, 0..1; 1 is the result."""
    imagined: bool = False
    """Whether a part of a face was imagined."""


def fill(
    x: Tensor, mask: Tensor, seed: int, fidelity: float, find_faces: FaceFinder, imagine: Imagine | None
) -> Iterator[Progress]:
    """A hole: all of a small picture at once; of a large one first a small copy, then detail at full size."""
    height, width = x.shape[-2:]
    factor, imagined = max(height, width) / COARSE, False
    if max(height, width) <= AT_ONCE:
        whole = without_seam(x, run(x, mask, "inpaint", seed, fidelity), mask)
        yield Progress(as_picture(whole), 1.0 if imagine is None else 0.1)
        for share, values in imagined_faces(whole, mask, seed, find_faces, imagine):
            imagined, whole = True, torch.where(mask > 0, values, x)
            yield Progress(as_picture(whole), 0.1 + 0.89 * share, imagined)
        if imagine is not None:
            yield Progress(as_picture(whole), 1.0, imagined)
        return
    size = (max(GRAIN, round(height / factor)), max(GRAIN, round(width / factor)))
    known = 1 - mask
    share = F.interpolate(known, size=size, mode="area")
    small = F.interpolate(x * known, size=size, mode="area") / share.clamp(min=1e-3)
    gone = (share < 0.5).float()
    coarse = run(small, gone, "inpaint", seed, fidelity)
    if imagine is not None:
        coarse = without_seam(small, coarse, gone)
        yield Progress(as_picture(coarse), 0.02)
    for done, values in imagined_faces(coarse, gone, seed, find_faces, imagine):
        imagined, coarse = True, torch.where(gone > 0, values, small)
        yield Progress(as_picture(coarse), 0.02 + 0.37 * done, imagined)
    filling = F.interpolate(coarse, size=(height, width), mode="bicubic", align_corners=False)
    whole = without_seam(x, filling, mask)
    yield Progress(as_picture(whole), 0.4, imagined)
    task = "enlarge2" if factor <= 3 else "enlarge4"
    for done, values in everywhere(whole, torch.zeros_like(mask), task, seed, fidelity, mask):
        yield Progress(as_picture(torch.where(mask > 0, values, x)), 0.4 + 0.6 * done, imagined)
