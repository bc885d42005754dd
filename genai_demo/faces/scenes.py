"""Made-up photographs to train the face finder on: aligned faces pasted into backgrounds.

A pose is (x, y, side, turn): centre and side of the face's FFHQ square in shares of the view,
turn in radians, clockwise on the screen. Where a face is follows from how it was pasted, so
every scene comes with exact labels. Randomness comes from torch's global generator.
"""

import io
import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

FLIP = [*range(16, -1, -1), *range(26, 16, -1), *range(27, 31), *range(35, 30, -1)]
FLIP += [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40, *range(54, 47, -1), *range(59, 54, -1)]
FLIP += [*range(64, 59, -1), *range(67, 64, -1)]
"""Where each of the 68 landmarks goes when the picture is mirrored."""


@dataclass
class Scenes:
    """pictures (B, 3, V, V) in [-1, 1]; poses (B, K, 4); landmarks (B, K, 68, 2) in 0..1 of the
    view; present (B, K) bool: which of the K places hold a face."""

    pictures: Tensor
    poses: Tensor
    landmarks: Tensor
    present: Tensor


def uniform(count: int, low: float, high: float) -> Tensor:
    """(count,) uniform draws."""
    return torch.rand(count) * (high - low) + low


def crop_to_view(points: Tensor, poses: Tensor) -> Tensor:
    """Points (..., P, 2) in 0..1 of the aligned crop to 0..1 of the view, for poses (..., 4)."""
    centred = (points - 0.5) * poses[..., None, 2:3]
    cosine, sine = poses[..., None, 3].cos(), poses[..., None, 3].sin()
    x = cosine * centred[..., 0] - sine * centred[..., 1]
    y = sine * centred[..., 0] + cosine * centred[..., 1]
    return torch.stack([x, y], -1) + poses[..., None, :2]


def view_to_crop(side: int, poses: Tensor) -> Tensor:
    """Where each pixel of a side x side view lies in the aligned crop: (B, side, side, 2) in 0..1."""
    line = (torch.arange(side) + 0.5) / side
    y, x = torch.meshgrid(line, line, indexing="ij")
    x, y = x - poses[:, 0, None, None], y - poses[:, 1, None, None]
    cosine, sine = poses[:, 3, None, None].cos(), poses[:, 3, None, None].sin()
    turned = torch.stack([cosine * x + sine * y, cosine * y - sine * x], -1)
    return turned / poses[:, 2, None, None, None] + 0.5


def sample(images: Tensor, grid: Tensor, poses: Tensor, padding: str = "border") -> Tensor:
    """Look images (B, 3, R, R) up at grid (B, V, V, 2) in 0..1, from a halved copy where they shrink."""
    shrink = images.shape[-1] / (poses[:, 2] * grid.shape[1])
    level = shrink.log2().round().clamp(0, 3).long()
    found = images.new_empty(len(images), 3, *grid.shape[1:3])
    for i in level.unique().tolist():
        mine = level == i
        source = F.avg_pool2d(images[mine], 2**i) if i else images[mine]
        found[mine] = F.grid_sample(source, grid[mine] * 2 - 1, "bilinear", padding, align_corners=False)
    return found


class SceneMaker:
    """Draws scenes from aligned faces (N, 3, R, R) uint8 with landmarks (N, 68, 2) in 0..1 of the
    crop, and from pictures without faces (M, 3, S, S) uint8 as backgrounds; M may be 0."""

    def __init__(self, faces: Tensor, landmarks: Tensor, backgrounds: Tensor):
        self.faces, self.landmarks, self.backgrounds = faces, landmarks, backgrounds

    # -- the two kinds of training picture

    def wide(self, count: int, side: int, empty: float = 0.25, second: float = 0.25) -> Scenes:
        """Whole photographs: ``empty`` of them without a face, ``second`` with two."""
        poses = torch.stack([self._wide_poses(count, 1.0), self._wide_poses(count, 0.35)], 1)
        distance = (poses[:, 0, :2] - poses[:, 1, :2]).norm(dim=1)
        apart = distance > 0.6 * poses[:, :, 2].sum(1)
        present = torch.stack([torch.rand(count) > empty, (torch.rand(count) < 2 * second) & apart], 1)
        present[:, 1] &= present[:, 0]
        return self._compose(poses, present, side)

    def close(self, count: int, side: int, middle: float, empty: float = 0.2) -> Scenes:
        """What the landmarker sees: one face, nearly upright and in place; ``empty`` of them badly off.

        middle: height in the aligned crop, 0..1, of what should lie in the middle of the view.
        """
        rough = torch.where(torch.rand(count) < 0.5, 1.0, 0.3)
        turn = rough * uniform(count, -0.4, 0.4)
        size = (rough * uniform(count, -0.25, 0.25)).exp()
        shift = rough[:, None] * torch.stack([uniform(count, -0.13, 0.13) for _ in range(2)], 1)
        off = torch.rand(count) < empty / 2
        shift[off] += 0.9 * torch.nn.functional.normalize(torch.randn(count, 2), dim=1)[off]
        upright = torch.cat([0.5 + shift, size[:, None], turn[:, None]], 1)
        raised = crop_to_view(torch.tensor([[0.5, 1 - middle]]).expand(count, 1, 2), upright)[:, 0]
        poses = torch.cat([raised, upright[:, 2:]], 1)[:, None]
        blank = torch.rand(count, 1) < empty / 2
        scenes = self._compose(poses, ~blank, side)
        scenes.present &= ~off[:, None]
        return scenes

    def _wide_poses(self, count: int, largest: float) -> Tensor:
        """Sides spread evenly on a logarithmic scale; a tenth of the large ones nearly aligned."""
        side = uniform(count, math.log(0.2), math.log(1.5 * largest)).exp()
        turn = torch.where(torch.rand(count) < 0.6, uniform(count, -0.2, 0.2), uniform(count, -0.61, 0.61))
        reach = (0.5 - 0.3 * side).clamp(min=0.12)
        x, y = (0.5 + reach * uniform(count, -1, 1) for _ in range(2))
        poses = torch.stack([x, y, side, turn], 1)
        if largest >= 1:
            reaches = ((0.47, 0.53), (0.47, 0.53), (0.92, 1.1), (-0.06, 0.06))
            aligned = torch.stack([uniform(count, low, high) for low, high in reaches], 1)
            poses = torch.where(torch.rand(count, 1) < 0.1, aligned, poses)
        return poses

    # -- composing

    def _compose(self, poses: Tensor, present: Tensor, side: int) -> Scenes:
        count, places = present.shape
        canvas = self.background(count, side)
        landmarks = torch.zeros(count, places, len(FLIP), 2)
        for k in range(places):
            chosen = torch.randint(len(self.faces), (count,))
            faces, points = self.faces[chosen].float() / 127.5 - 1, self.landmarks[chosen].clone()
            flip = torch.rand(count) < 0.5
            faces[flip] = faces[flip].flip(3)
            mirrored = points[:, FLIP] * torch.tensor([-1.0, 1.0]) + torch.tensor([1.0, 0.0])
            points[flip] = mirrored[flip]
            landmarks[:, k] = crop_to_view(points, poses[:, k])
            pasted = self._paste(canvas, faces, poses[:, k])
            canvas = torch.where(present[:, k, None, None, None], pasted, canvas)
        return Scenes(degrade(self._occlude(canvas, poses)), poses, landmarks, present.clone())

    def _paste(self, canvas: Tensor, faces: Tensor, poses: Tensor) -> Tensor:
        """Faces cut out softly, as squares, as heads with shoulders, or without any edge."""
        count, side = len(canvas), canvas.shape[-1]
        grid = view_to_crop(side, poses)
        fringe = (grid - 0.5).abs().amax(3)
        square = 0.5 - fringe
        u, v = grid[..., 0] - 0.5, grid[..., 1] - 0.52
        wide, tall = uniform(count, 0.38, 0.5)[:, None, None], uniform(count, 0.46, 0.6)[:, None, None]
        head = (1 - torch.sqrt((u / wide) ** 2 + (v / tall) ** 2)) * 0.4
        shoulders = torch.minimum(wide * 0.85 - u.abs(), v - 0.3)
        kind = torch.rand(count, 1, 1)
        inside = torch.where(kind < 0.45, square, torch.maximum(head, shoulders))
        soft = torch.where(torch.rand(count, 1, 1) < 0.2, 0.01, uniform(count, 0.02, 0.3)[:, None, None])
        alpha = (inside / soft).clamp(0, 1)
        # A view filled by the face shows no edge: what lies outside the crop is mirrored or drawn out.
        filled = (poses[:, 2] > 0.9)[:, None, None] & (kind > 0.5)
        alpha = torch.where(filled | (kind > 0.93), torch.ones_like(alpha), alpha)[:, None]
        mirrored = sample(faces, 1 - (1 - (grid % 2)).abs() if torch.rand(()) < 0.5 else grid, poses)
        plain = sample(faces, grid, poses)
        pasted = torch.where(filled[:, None], mirrored, plain)
        return canvas + alpha * (pasted - canvas)

    def _occlude(self, canvas: Tensor, poses: Tensor) -> Tensor:
        """Now and then a thing, a rectangle of another background, in front of the face."""
        count, side = len(canvas), canvas.shape[-1]
        size = poses[:, 0, 2, None] * torch.rand(count, 2) * 0.35 * (torch.rand(count, 1) < 0.2)
        centre = poses[:, 0, :2] + poses[:, 0, 2, None] * (torch.rand(count, 2) - 0.5) * 0.9
        line = (torch.arange(side) + 0.5) / side
        inside = (line - centre[..., None]).abs() < size[..., None] / 2
        mask = inside[:, 0, None, :] & inside[:, 1, :, None]
        return torch.where(mask[:, None], canvas.roll(1, 0).flip(3), canvas)

    def background(self, count: int, side: int) -> Tensor:
        """(count, 3, side, side) in [-1, 1]: photographs, textures cut from faces, mosaics, noise, gradients."""
        kind = torch.rand(count)
        photographs = 0.55 if len(self.backgrounds) else 0.0
        canvas = _noise(count, side)
        rest = (kind - photographs) / (1 - photographs)
        for mine, source, low, high in (
            (kind < photographs, self.backgrounds, 1.0, 5.0),
            ((rest >= 0) & (rest < 0.35), self.faces, 3.0, 8.0),
        ):
            if mine.any():
                number = int(mine.sum())
                images = source[torch.randint(len(source), (number,))].float() / 127.5 - 1
                zoom = uniform(number, math.log(low), math.log(high)).exp()
                away = (zoom - 1)[:, None] * (torch.rand(number, 2) - 0.5) + 0.5
                poses = torch.cat([away, zoom[:, None], uniform(number, -math.pi, math.pi)[:, None]], 1)
                if source is self.backgrounds:
                    poses[:, 3] *= 0.1
                grid = view_to_crop(side, poses)
                canvas[mine] = sample(images, 1 - (1 - (grid % 2)).abs(), poses)
        mosaic = (rest >= 0.35) & (rest < 0.6)
        if mosaic.any():
            canvas[mosaic] = self._mosaic(int(mosaic.sum()), side)
        flat = (rest >= 0.6) & (rest < 0.8)
        if flat.any():
            canvas[flat] = _gradient(int(flat.sum()), side)
        return canvas

    def _mosaic(self, count: int, side: int) -> Tensor:
        """Patches of a quarter of a face's side, shuffled: eyes and mouths where no face is."""
        faces = self.faces[torch.randint(len(self.faces), (count,))].float() / 127.5 - 1
        patch = faces.shape[-1] // 4
        patches = faces.unfold(2, patch, patch).unfold(3, patch, patch).flatten(2, 3)
        order = torch.rand(count, 16).argsort(1)[:, None, :, None, None].expand_as(patches)
        shuffled = patches.gather(2, order).view(count, 3, 4, 4, patch, patch)
        joined = shuffled.permute(0, 1, 2, 4, 3, 5).reshape(count, 3, 4 * patch, 4 * patch)
        return F.interpolate(joined, size=(side, side), mode="area")


def _noise(count: int, side: int) -> Tensor:
    """Cloudy colours: random grids of two finenesses, enlarged."""
    coarse, fine = (F.interpolate(torch.randn(count, 3, n, n), size=(side, side), mode="bilinear") for n in (4, 24))
    return uniform(count, -0.6, 0.6)[:, None, None, None] + 0.4 * coarse + torch.rand(count, 1, 1, 1) * 0.4 * fine


def _gradient(count: int, side: int) -> Tensor:
    """From one colour to another in some direction."""
    line = torch.linspace(-1, 1, side)
    angle = uniform(count, -math.pi, math.pi)[:, None, None]
    slope = (angle.cos() * line[None, None] + angle.sin() * line[None, :, None])[:, None]
    first, second = torch.rand(2, count, 3, 1, 1) * 2 - 1
    return first + (second - first) * (slope * torch.rand(count, 1, 1, 1) + 1) / 2


def to_images(pictures: Tensor) -> list[Image.Image]:
    """(B, 3, V, V) in [-1, 1] as RGB pictures."""
    pixels = ((pictures.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1)
    return [Image.fromarray(picture) for picture in pixels.numpy()]


def degrade(pictures: Tensor) -> Tensor:
    """Light, colour, blur, noise and JPEG, as uploads have them. (B, 3, V, V) in [-1, 1], likewise out."""
    count, side = len(pictures), pictures.shape[-1]
    grey = pictures.mean(1, keepdim=True)
    colour = torch.where(torch.rand(count) < 0.15, torch.zeros(count), uniform(count, 0.5, 1.5))
    pictures = grey + (pictures - grey) * colour[:, None, None, None]
    pictures = pictures + torch.randn(count, 3, 1, 1) * 0.06
    pictures = ((pictures.clamp(-1, 1) + 1) / 2) ** uniform(count, -0.6, 0.6).exp()[:, None, None, None]
    pictures = (pictures * 2 - 1) * uniform(count, 0.5, 1.2)[:, None, None, None]
    pictures = pictures + uniform(count, -0.25, 0.25)[:, None, None, None]
    for factor in (1.5, 2.0, 3.0):
        blurred = torch.rand(count) < 0.08
        if blurred.any():
            small = F.interpolate(pictures[blurred], size=int(side / factor), mode="area")
            pictures[blurred] = F.interpolate(small, size=side, mode="bilinear")
    noisy = (torch.rand(count, 1, 1, 1) < 0.25) * torch.rand(count, 1, 1, 1) * 0.12
    pictures = (pictures + noisy * torch.randn_like(pictures)).clamp(-1, 1)
    for i in torch.nonzero(torch.rand(count) < 0.25).flatten().tolist():
        pixels = ((pictures[i] + 1) * 127.5).round().to(torch.uint8).permute(1, 2, 0).numpy()
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "JPEG", quality=int(torch.randint(25, 90, ())))
        pictures[i] = torch.from_numpy(np.array(Image.open(buffer))).permute(2, 0, 1) / 127.5 - 1
    return pictures
