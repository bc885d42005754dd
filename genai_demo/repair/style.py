"""Painting a photograph with the patches of a style picture: no network, nothing learnt beforehand.

Coarse to fine, every patch of the picture is replaced by the nearest patch of the style and overlapping patches are
averaged, again and again: texture optimisation (Kwatra et al. 2005), guided by the photograph as in Elad and Milanfar
2017, with plain nearest neighbours at each scale as in GPNN (Granot et al. 2022). Patches that were used often cost
more, so that flat regions take all of the style's strokes and not one of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class Scale:
    """A round of steps at one size."""

    size: float
    """Share of the working size."""
    side: int
    """Of the patches, in pixels."""
    until: float
    """Share of the steps that are done when this scale is."""
    pull: float
    """How much of the guidance holds for broad tones; edges take all of it."""
    choice: float
    """Share of the style's patches that a patch may choose from."""


SCALES = (Scale(0.25, 7, 0.25, 1.0, 0.3), Scale(0.5, 9, 0.55, 0.7, 0.6), Scale(1.0, 11, 1.0, 0.35, 1.0))
KEYS = 16_000
"""Patches of the style that are compared, at most."""
DIMENSIONS = 32
"""Of a patch while comparing (its principal components)."""
CHUNK = 512
MIN_SIDE = 40
"""Of a picture while painting, in pixels: the smallest scale must hold a patch."""
LUMA = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)


def resized(image: Tensor, size: tuple[int, int]) -> Tensor:
    """(1, C, H, W) to another height and width: antialiased when smaller, bicubic when larger."""
    if tuple(image.shape[2:]) == size:
        return image
    return F.interpolate(image, size, mode="bicubic", antialias=True).clamp(0, 1)


def in_light_of(style: Tensor, content: Tensor) -> Tensor:
    """Luma of a style, (1, 1, h, w), with mean and contrast of the content's (Gatys et al. 2016b, eq. 2)."""
    spread = (content.std() / style.std().clamp_min(0.01)).clamp(0.5, 2.0)
    return (content.mean() + spread * (style - style.mean())).clamp(0, 1)


def luma(image: Tensor) -> Tensor:
    """(1, 3, H, W) to (1, 1, H, W) (ITU-R BT.601); grey pictures stay as they are."""
    return (image * LUMA).sum(1, keepdim=True) if image.shape[1] == 3 else image


def matched(content: Tensor, style: Tensor) -> Tensor:
    """The content in the style's colours, as light and dark as it was relative to the rest. (1, C, H, W) each.

    Chroma follows the linear map that gives the style's mean and covariance and moves colours least
    (Monge-Kantorovitch; Pitie and Kokaram 2007); luma keeps the content's order (Gatys et al. 2016b, eq. 2) and,
    so that a flat style does not hide the subject, at least half of its contrast.
    """
    light, wanted = luma(content), luma(style)
    spread = torch.maximum(wanted.std(), 0.55 * light.std()) / light.std().clamp_min(0.02)
    light = wanted.mean() + spread.clamp(0.4, 2.5) * (light - light.mean())
    if content.shape[1] == 1:
        return light.clamp(0, 1)

    def moments(image: Tensor) -> tuple[Tensor, Tensor]:
        flat = image.flatten(2)[0].double()
        mean = flat.mean(1, keepdim=True)
        return mean, (flat - mean) @ (flat - mean).T / flat.shape[1] + 1e-4 * torch.eye(len(flat)).double()

    def power(matrix: Tensor, exponent: float) -> Tensor:
        values, vectors = torch.linalg.eigh(matrix)
        return vectors @ torch.diag(values.clamp_min(1e-9) ** exponent) @ vectors.T

    (mean, cov), (target_mean, target_cov) = moments(content), moments(style)
    root, inverse = power(cov, 0.5), power(cov, -0.5)
    move = inverse @ power(root @ target_cov @ root, 0.5) @ inverse
    flat = move @ (content.flatten(2)[0].double() - mean) + target_mean
    moved = flat.float().reshape(content.shape)
    return (moved + light - luma(moved)).clamp(0, 1)


class PatchBook:
    """The patches of a style picture, ready to be looked up."""

    def __init__(self, style: Tensor, side: int, generator: torch.Generator):
        """style: (1, C, H, W)."""
        self.side = side
        rows, columns = (s - side + 1 for s in style.shape[2:])
        chosen = torch.randperm(rows * columns, generator=generator)[:KEYS]
        self.row, self.column = chosen // columns, chosen % columns
        self.values = cut(style, side, 1, self.row, self.column)
        self.mean = self.values.mean(0)
        centred = self.values - self.mean
        _, basis = torch.linalg.eigh(centred.T @ centred)
        self.basis = basis[:, -DIMENSIONS:]
        self.keys = centred @ self.basis
        self.half = self.keys.square().sum(1) / 2
        self.used = torch.zeros(len(chosen))

    def nearest(self, queries: Tensor, rarity: float, share: float, generator: torch.Generator) -> Tensor:
        """Indices of the nearest patches of queries (N, D).

        rarity: how much a patch that was used often costs. share: 0..1, of the patches that a query may choose from;
        which ones differs between neighbours, lest flat regions repeat one patch.
        """
        order = torch.randperm(len(queries), generator=generator)
        found = torch.empty(len(queries), dtype=torch.long)
        usual = len(queries) / len(self.keys) + 1
        for part in order.split(CHUNK):
            open_to = torch.randperm(len(self.keys), generator=generator)[: max(round(share * len(self.keys)), 1)]
            cost = (self.half + self.half.mean() * (rarity / usual) * self.used)[open_to]
            seen = (queries[part] - self.mean) @ self.basis
            chosen = open_to[torch.addmm(-cost, seen, self.keys[open_to].T).argmax(1)]
            found[part] = chosen
            self.used += torch.bincount(chosen, minlength=len(self.keys))
        self.used *= 0.5
        return found


def cut(image: Tensor, side: int, step: int, row: Tensor, column: Tensor) -> Tensor:
    """Patches of (1, C, H, W) whose upper left corners are at step * row, step * column: (N, C * side * side)."""
    windows = image[0].unfold(1, side, step).unfold(2, side, step)
    return windows[:, row, column].transpose(0, 1).flatten(1)


@dataclass(frozen=True)
class Sweep:
    """Which patch of the style went where."""

    size: tuple[int, int]
    """Height and width of the picture."""
    offset: tuple[int, int]
    """How far the grid of patches begins above and left of the picture."""
    grid: tuple[int, int]
    """Height and width that the patches cover together."""
    side: int
    row: Tensor
    """Upper edges of the chosen patches, in pixels of the style, (N,)."""
    column: Tensor

    def joined(self, found: Tensor, factor: int = 1) -> Tensor:
        """Patches (N, C * (side * factor)^2) averaged where they overlap: (1, C, H * factor, W * factor)."""
        side, stride = self.side * factor, self.side // 2 * factor
        area = tuple(s * factor for s in self.grid)
        x = torch.linspace(-1, 1, side)
        window = torch.exp(-3.0 * (x[:, None] ** 2 + x[None] ** 2)).flatten()
        channels = found.shape[1] // len(window)
        votes = F.fold((found * window.repeat(channels)).T[None], area, side, stride=stride)
        weights = F.fold(window[None, :, None].expand(1, -1, len(found)), area, side, stride=stride)
        top, left = (o * factor for o in self.offset)
        height, width = (s * factor for s in self.size)
        return (votes / weights.clamp_min(1e-6))[..., top : top + height, left : left + width]

    def carried(self, style: Tensor, factor: int) -> Tensor:
        """The same picture ``factor`` times larger, from the style at that size, (1, C, h * factor, w * factor):
        strokes stay sharp where enlarging would blur them."""
        return self.joined(cut(style, self.side * factor, factor, self.row, self.column), factor)


@dataclass(frozen=True)
class Sketch:
    """The picture after a step."""

    image: Tensor
    """(1, C, h, w) in 0..1, at the present scale."""
    step: int
    sweep: Sweep


def blurred(image: Tensor, sigma: float) -> Tensor:
    """Gaussian blur of (1, C, H, W); sigma in pixels."""
    reach = min(max(round(2.5 * sigma), 1), min(image.shape[2:]) - 1)
    kernel = torch.exp(-torch.arange(-reach, reach + 1).float().square() / (2 * sigma**2))
    kernel = kernel / kernel.sum()
    channels = image.shape[1]
    image = F.pad(image, (reach, reach, reach, reach), mode="reflect")
    image = F.conv2d(image, kernel.view(1, 1, -1, 1).expand(channels, 1, -1, 1), groups=channels)
    return F.conv2d(image, kernel.view(1, 1, 1, -1).expand(channels, 1, 1, -1), groups=channels)


def edges(image: Tensor) -> Tensor:
    """Where a picture has structure: (1, 1, H, W) in 0..1."""
    grey = F.pad(luma(image), (1, 1, 1, 1), mode="replicate")
    across, down = grey[..., 1:-1, 2:] - grey[..., 1:-1, :-2], grey[..., 2:, 1:-1] - grey[..., :-2, 1:-1]
    slope = blurred((across**2 + down**2).sqrt(), 1.2)
    return slope / (slope + 0.04)


def scaled(size: tuple[int, ...], factor: float, least: int) -> tuple[int, int]:
    """Height and width times ``factor``, and more than ``least``."""
    return max(round(size[0] * factor), least + 1), max(round(size[1] * factor), least + 1)


def paint_over(
    content: Tensor, style: Tensor, guidance: float, steps: int, generator: torch.Generator, rarity: float = 0.2
) -> Iterator[Sketch]:
    """Rebuild ``content`` (1, C, H, W) from patches of ``style`` (1, C, h, w), both 0..1 and of the working size.

    guidance: 0..1, how strongly the picture is drawn back to the photograph before patches are looked up: in broad
    tones everywhere, in detail only where the photograph has edges. So flat regions keep the style's texture.
    """
    size = tuple(content.shape[2:])
    target = matched(content, style)
    texture = style - blurred(style, 4.0)
    picture, step = target + resized(texture + 0.5, size) - 0.5, 0
    for scale in SCALES:
        here = scaled(size, scale.size, scale.side)
        small = scaled(tuple(style.shape[2:]), scale.size, scale.side)
        book = PatchBook(resized(style, small), scale.side, generator)
        guide, picture = resized(target, here), resized(picture, here)
        detail = edges(guide)
        last = round(steps * scale.until)
        while step < last:
            away = guide - picture
            broad = blurred(away, max(5 * scale.size, 1.5))
            picture = picture + guidance * (scale.pull * broad + detail * (away - scale.pull * broad))
            picture, sweep = _swept(picture, book, rarity, 1.0 if last - step <= 2 else scale.choice, generator)
            step += 1
            yield Sketch(picture, step, sweep)


def _swept(
    picture: Tensor, book: PatchBook, rarity: float, share: float, generator: torch.Generator
) -> tuple[Tensor, Sweep]:
    """Every patch of a grid of random offset replaced by its nearest in the book, overlaps averaged."""
    side, stride = book.side, book.side // 2
    height, width = picture.shape[2:]
    top, left = torch.randint(0, stride, (2,), generator=generator).tolist()
    bottom, right = -(height + top - side) % stride, -(width + left - side) % stride
    padded = F.pad(picture, (left, right, top, bottom), mode="replicate")
    chosen = book.nearest(F.unfold(padded, side, stride=stride)[0].T, rarity, share, generator)
    area = (height + top + bottom, width + left + right)
    sweep = Sweep((height, width), (top, left), area, side, book.row[chosen], book.column[chosen])
    return sweep.joined(book.values[chosen]), sweep
