"""Finding the face in a photograph and cropping it the way the training faces are cropped.

    from genai_demo.faces.align import align_face
    face = align_face("holiday.jpg")

Points are in pixels, x to the right and y down, with (0, 0) the picture's upper left corner.
"""

import functools
import math
import threading
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageFilter
from torch import Tensor

from genai_demo.core import checkpoint
from genai_demo.core.uploads import Source, open_upload
from genai_demo.faces.finder import Finder, FinderConfig

NAME = "faces-finder"
SIDE = 128
NO_FACE = "No face was found in this picture. Upload one that shows a face from the front, upright and well lit."


class NoFace(ValueError):
    """A picture without a face that could be found."""


CROP_MIDDLE = 0.58
"""Height in the FFHQ square of what lies in the middle of the landmarker's crop."""
WORKING_SIDE = 640
"""Larger pictures are shrunk to this before the search: the networks see no more than 128 pixels."""
WINDOWS = (1.0, 0.6, 0.35)
"""Sides of the search windows in shares of the longer side; smaller ones only while nothing is found."""
CANDIDATES = 4
LEAST_HEAT = 0.1
"""From here on a place is worth a first look of the landmarker."""
LEAST_SCORE = 0.3
"""From here on a candidate is worth a second look."""
NEARLY_ALIGNED = 0.06
"""A picture whose corners are this close to the aligned ones, in shares of its side, is taken as
aligned: the difference is within the finder's own error, and turning it would only blur it."""

_loading = threading.Lock()


@dataclass(frozen=True)
class FoundFace:
    """landmarks: (68, 2) pixels in the order of iBUG 300-W; score: 0..1, how surely this is a face."""

    landmarks: np.ndarray
    score: float


# --------------------------------------------------------------------------- geometry


def aligned_quad(landmarks: np.ndarray) -> np.ndarray:
    """The square that FFHQ would cut out: (4, 2) corners upper left, lower left, lower right, upper right.

    landmarks: (68, 2). The recipe is that of Karras et al. 2019 (StyleGAN), appendix A: the
    square's axis is the mean of the eyes' and the mouth's, its size the larger of what either
    asks for, its centre a tenth of the way from the eyes to the mouth.
    """
    left, right = landmarks[36:42].mean(0), landmarks[42:48].mean(0)
    eyes, mouth = (left + right) / 2, (landmarks[48] + landmarks[54]) / 2
    across, down = right - left, mouth - eyes
    x = across - np.array([-down[1], down[0]])
    length = float(np.hypot(*x))
    if not length > 0:
        raise ValueError("These landmarks are no face: the eyes and the mouth coincide.")
    x = x / length * max(np.hypot(*across) * 2.0, np.hypot(*down) * 1.8)
    y = np.array([-x[1], x[0]])
    centre = eyes + down * 0.1
    return np.stack([centre - x - y, centre - x + y, centre + x + y, centre + x - y])


def quad_pose(quad: np.ndarray) -> np.ndarray:
    """(x, y, side, turn) of a square given by its corners; turn in radians, clockwise on the screen."""
    across = quad[3] - quad[0]
    return np.array([*quad.mean(0), np.hypot(*across), math.atan2(across[1], across[0])])


def crop_quad(image: Image.Image, quad: np.ndarray, side: int = SIDE) -> Image.Image:
    """The picture inside a quad (4, 2), as an upright side x side RGB picture.

    Where the quad leaves the picture it is continued by its mirror image, blurred, as FFHQ does.
    """
    shrink = int(np.hypot(*(quad[3] - quad[0])) / side / 2)
    if shrink > 1:
        image, quad = image.reduce(shrink), quad / shrink
    length = float(np.hypot(*(quad[3] - quad[0])))
    low = np.floor(quad.min(0)).astype(int) - 3
    high = np.ceil(quad.max(0)).astype(int) + 3
    box = (max(low[0], 0), max(low[1], 0), min(high[0], image.width), min(high[1], image.height))
    if box[0] >= box[2] or box[1] >= box[3]:
        raise NoFace(NO_FACE)
    outside = (box[0] - low[0], box[1] - low[1], high[0] - box[2], high[1] - box[3])
    image = image.crop(box)
    if max(outside) > 3:
        image = _continue(image, outside, length)
    image = image.transform(
        (2 * side, 2 * side), Image.Transform.QUAD, (quad - low).flatten().tolist(), Image.Resampling.BICUBIC
    )
    return image.resize((side, side), Image.Resampling.BOX)


def _continue(image: Image.Image, outside: tuple[int, int, int, int], length: float) -> Image.Image:
    """Add ``outside`` pixels (left, top, right, bottom): the mirrored picture, ever more blurred."""
    left, top, right, bottom = (max(int(n), 0) for n in outside)
    width, height = image.size
    pixels = np.pad(np.asarray(image), ((top, bottom), (left, right), (0, 0)), mode="symmetric")
    blurred = np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(length * 0.04)))
    x, y = np.arange(pixels.shape[1]), np.arange(pixels.shape[0])
    beyond_x = np.maximum(left - x, x - (left + width - 1))
    beyond_y = np.maximum(top - y, y - (top + height - 1))
    beyond = np.maximum(beyond_x[None], beyond_y[:, None]).clip(min=0)
    share = (beyond / (0.08 * length)).clip(max=1)[..., None]
    mixed = pixels + (blurred.astype(np.float32) - pixels) * share
    return Image.fromarray(mixed.round().astype(np.uint8))


# --------------------------------------------------------------------------- search


@functools.cache
def _load() -> tuple[Finder, float]:
    card = checkpoint.read_card(NAME)
    finder = Finder(FinderConfig(**card["config"]))
    return checkpoint.load_weights(NAME, finder).to(memory_format=torch.channels_last), card["threshold"]


def finder_network() -> tuple[Finder, float]:
    """The trained finder and the score from which a face counts. Raises ValueError without its checkpoint."""
    with _loading:
        return _load()


def find_face(image: Image.Image) -> FoundFace:
    """The largest face. Raises ValueError where there is none."""
    faces = find_faces(image)
    if not faces:
        raise NoFace(NO_FACE)
    return faces[0]


def find_faces(image: Image.Image) -> list[FoundFace]:
    """All faces found in an RGB picture, the largest first. Small ones only where there is no large one."""
    finder, threshold = finder_network()
    for share in WINDOWS:
        faces = [face for face in search(finder, image, share) if face.score >= threshold]
        if faces:
            return sorted(faces, key=lambda face: -quad_pose(aligned_quad(face.landmarks))[2])
    return []


@torch.inference_mode()
def search(finder: Finder, image: Image.Image, share: float = 1.0) -> list[FoundFace]:
    """Everything that might be a face, with its score, seen through windows of ``share`` of the longer side."""
    levels = _levels(image)
    squares = windows(image.width, image.height, share)
    poses, heat = decode(finder.detector(cut(levels, image.size, squares, finder.config.view)), squares)
    kept = distinct(poses, heat)[:CANDIDATES]
    if not kept:
        return []
    poses, heat = poses[kept], heat[kept]
    # The second look starts from where the first one put the face.
    for _ in range(2):
        landmarks, logits = _landmarks(finder, levels, image.size, poses)
        scores = (heat * logits.sigmoid()).sqrt()
        likely = scores >= LEAST_SCORE
        if not likely.any():
            return []
        landmarks, heat, scores = landmarks[likely], heat[likely], scores[likely]
        found = [quad_pose(aligned_quad(points)) for points in landmarks.double().numpy()]
        poses = torch.tensor(np.stack(found), dtype=torch.float32)
    return [FoundFace(landmarks[i].numpy(), float(scores[i])) for i in distinct(poses, scores)]


def _landmarks(finder: Finder, levels: list[Tensor], size: tuple[int, int], poses: Tensor) -> tuple[Tensor, Tensor]:
    """Landmarks (B, 68, 2) in pixels and face logits (B,) around the faces' squares (B, 4)."""
    offset = (CROP_MIDDLE - 0.5) * poses[:, 2:3]
    down = torch.stack([-poses[:, 3].sin(), poses[:, 3].cos()], 1)
    crops = torch.cat([poses[:, :2] + offset * down, poses[:, 2:]], 1)
    points, logits = finder.landmarker(cut(levels, size, crops, finder.config.crop))
    return from_square(points, crops), logits


def _levels(image: Image.Image) -> list[Tensor]:
    """The picture as (1, 3, h, w) in [-1, 1], then halved again and again."""
    scale = max(1.0, max(image.size) / WORKING_SIDE)
    size = (max(1, round(image.width / scale)), max(1, round(image.height / scale)))
    if size != image.size:
        image = image.resize(size, Image.Resampling.BILINEAR)
    image = image.convert("RGB")
    levels: list[Tensor] = []
    while not levels or min(image.size) >= 32:
        pixels = torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1)[None].contiguous()
        levels.append(pixels.float().div_(127.5).sub_(1))
        image = image.reduce(2)
    return levels


def cut(levels: list[Tensor], size: tuple[int, int], squares: Tensor, side: int) -> Tensor:
    """Turned squares (B, 4) of a picture of ``size`` pixels as (B, 3, side, side), edges drawn out."""
    line = (torch.arange(side) + 0.5) / side
    y, x = torch.meshgrid(line, line, indexing="ij")
    places = torch.stack([x, y], 2).view(1, -1, 2).expand(len(squares), -1, 2)
    grid = from_square(places, squares) / torch.tensor(size) * 2 - 1
    grid = grid.view(-1, side, side, 2)
    shrink = squares[:, 2] * (levels[0].shape[3] / size[0]) / side
    chosen = shrink.log2().round().clamp(0, len(levels) - 1).long().tolist()
    crops = [
        F.grid_sample(levels[level], grid[i : i + 1], padding_mode="border", align_corners=False)
        for i, level in enumerate(chosen)
    ]
    return torch.cat(crops).contiguous(memory_format=torch.channels_last)


def from_square(points: Tensor, squares: Tensor) -> Tensor:
    """Points (B, P, 2) in 0..1 of turned squares (B, 4) to pixels of the picture."""
    points = (points - 0.5) * squares[:, None, 2:3]
    cosine, sine = squares[:, None, 3].cos(), squares[:, None, 3].sin()
    x = cosine * points[..., 0] - sine * points[..., 1]
    y = sine * points[..., 0] + cosine * points[..., 1]
    return torch.stack([x, y], 2) + squares[:, None, :2]


def windows(width: int, height: int, share: float) -> Tensor:
    """Upright squares (B, 4) that cover the picture, neighbours overlapping by a third or more."""
    side = max(width, height) * share

    def middles(length: int) -> list[float]:
        if length <= side:
            return [length / 2]
        count = math.ceil((length - side) / (0.65 * side)) + 1
        return np.linspace(side / 2, length - side / 2, count).tolist()

    squares = [(x, y, side, 0.0) for y in middles(height) for x in middles(width)]
    return torch.tensor(squares, dtype=torch.float32)


def decode(grid: Tensor, squares: Tensor) -> tuple[Tensor, Tensor]:
    """The detector's answer (B, 6, G, G) in windows (B, 4): poses (N, 4) in pixels, heat (N,) in 0..1.

    One candidate for every peak: a cell that is hotter than its eight neighbours.
    """
    heat = grid[:, 0].sigmoid()
    peak = (heat == F.max_pool2d(heat[:, None], 3, 1, 1)[:, 0]) & (heat > LEAST_HEAT)
    window, row, column = peak.nonzero(as_tuple=True)
    found, inside = grid[window, :, row, column], squares[window]
    cells = grid.shape[-1]
    place = (torch.stack([column, row], 1) + 0.5 + found[:, 1:3]) / cells
    centre = inside[:, :2] + (place - 0.5) * inside[:, 2:3]
    side = found[:, 3].clamp(-3, 1).exp() * inside[:, 2]
    turn = torch.atan2(found[:, 5], found[:, 4])
    return torch.cat([centre, side[:, None], turn[:, None]], 1), heat[window, row, column]


def distinct(poses: Tensor, scores: Tensor) -> list[int]:
    """Indices of the poses (N, 4), best score first, that are not the same face as a better one."""
    kept: list[int] = []
    for i in scores.argsort(descending=True).tolist():
        apart = (math.dist(poses[i, :2], poses[j, :2]) > 0.4 * float(max(poses[i, 2], poses[j, 2])) for j in kept)
        if all(apart):
            kept.append(i)
    return kept


# --------------------------------------------------------------------------- the door


def is_aligned(size: tuple[int, int], quad: np.ndarray) -> bool:
    """Whether a picture of this size is, to within the finder's error, the aligned square already."""
    width, height = size
    corners = np.array([[0, 0], [0, height], [width, height], [width, 0]])
    return width == height and float(np.hypot(*(quad - corners).T).max()) < NEARLY_ALIGNED * width


def align_face(image: Source) -> Image.Image:
    """The largest face of a picture as FFHQ would crop it: 128 x 128 RGB.

    image: anything that ``core.uploads.open_upload`` opens. A picture that already is such a crop
    comes back as it is, only resized. Raises ValueError where it is no picture or shows no face.
    """
    image = open_upload(image)
    quad = aligned_quad(find_face(image).landmarks)
    if is_aligned(image.size, quad):
        return image if image.width == SIDE else image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    return crop_quad(image, quad)
