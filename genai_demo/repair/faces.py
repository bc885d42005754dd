"""Faces in a picture that is repaired: small ones once more in a crop of their own, wide holes in them imagined."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from genai_demo.core import limits
from genai_demo.repair.network import as_picture, as_tensor, run
from genai_demo.repair.tiles import without_seam

FACE_SIDE = 128
SMALL_FACE, LARGE_FACE = 40, 300
"""Sides in pixels of the squares around faces that are repaired in their own crop as well."""
FaceFinder = Callable[[Image.Image], Sequence[np.ndarray]]
"""Picture to squares around its faces: (4, 2) corners in pixels, upper left, lower left, lower right, upper right."""
Imagine = Callable[[Image.Image, np.ndarray, int], Iterator[Image.Image]]
"""An upright face of FACE_SIDE pixels, what of it is hidden (bool), a seed: whole faces that fit, better every time."""
WIDE = 5
"""Holes in a face that are wider than twice this, in pixels of the upright face, are imagined as a face."""
MOST_FACES = 4
"""Faces of a picture whose holes are imagined: each takes seconds."""


def needs_crop(quad: np.ndarray, picture: Image.Image) -> bool:
    """Faces of the size that the network knows are as good without; large ones would lose pixels."""
    side = float(np.linalg.norm(quad[3] - quad[0]))
    whole = max(picture.size) < 1.3 * side  # the picture is the face
    return SMALL_FACE <= side <= LARGE_FACE and not whole


def repair_face(
    picture: Image.Image, values: Tensor, quad: np.ndarray, task: str, seed: int, fidelity: float
) -> Tensor:
    """The face in ``quad`` (see FaceFinder) cut out upright at 128 pixels, repaired, and laid over ``values``."""
    crop = picture.transform(
        (FACE_SIDE, FACE_SIDE), Image.Transform.AFFINE, tuple(_turn(quad).flatten()), Image.Resampling.BICUBIC
    )
    repaired = run(as_tensor(crop), torch.zeros(1, 1, FACE_SIDE, FACE_SIDE), task, seed, fidelity)
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


def imagined_faces(
    values: Tensor, mask: Tensor, seed: int, find_faces: FaceFinder, imagine: Imagine | None
) -> Iterator[tuple[float, Tensor]]:
    """Wide holes in faces filled once more: (share done, picture so far); nothing where there are none.

    values: the picture with its hole filled by the network, in which the faces are found.
    """
    if imagine is None:
        return
    picture, hole = as_picture(values), Image.fromarray((mask[0, 0] * 255).to(torch.uint8).numpy())
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
            fitting = without_seam(as_tensor(crop), as_tensor(face), hidden.float())
            laid = F.grid_sample(fitting, grid, mode="bicubic", padding_mode="border", align_corners=False)
            values = before + weight * (laid - before)
            yield (number + min(1.0, (step + 1) / limits.FILL_STEPS)) / len(waiting), values


def wide_part(hidden: Tensor) -> Tensor:
    """Where a hole is wider than twice WIDE, softly ending towards where it is not: (1, 1, H, W) in [0, 1]."""

    def grown(x: Tensor, reach: int) -> Tensor:
        return F.max_pool2d(x, 2 * reach + 1, 1, reach)

    inner = 1 - grown(1 - hidden, WIDE)
    return hidden * F.avg_pool2d(grown(inner, WIDE + 4), 7, 1, 3)
