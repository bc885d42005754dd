"""What the cutout network learns from: people with known masks, set before all kinds of backgrounds.

The prepared faces fill their squares and stand before plain walls. So that the network copes with other
pictures, each is also cut out and put, smaller, turned and with a body drawn under it, before a rendered
scene, noise or a blurred picture; some examples show nobody. Randomness is torch's global generator.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.repair.cutout_labels import People
from genai_demo.repair.scenes import SCENES, scene
from genai_demo.repair.tiles import spread

SCENE_SIDE = 160
KINDS = {"own": 0.3, "close": 0.3, "far": 0.3, "nobody": 0.1}
"""Shares: the picture as it is; a head filling the view before another background; smaller, with a body; nobody."""


def uniform(count: int, low: float, high: float) -> Tensor:
    """(count, 1, 1, 1) uniform draws."""
    return torch.rand(count, 1, 1, 1) * (high - low) + low


def rendered_backgrounds(seeds: range) -> Tensor:
    """The built-in scenes: (N, 3, S, S) uint8."""
    pictures = [np.asarray(scene(name, SCENE_SIDE, SCENE_SIDE, seed)) for seed in seeds for name in SCENES]
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)


def cloudy(count: int, height: int, width: int) -> Tensor:
    """Random colours at three finenesses and a slope of light: (B, 3, H, W) in 0..1."""
    found = torch.rand(count, 3, 1, 1) + 0.35 * torch.randn(count, 1, 1, 1) * torch.linspace(-1, 1, width)
    for cells, strength in ((3, 0.25), (9, 0.15), (32, 0.12)):
        field = torch.randn(count, 3 if cells < 9 else 1, cells, cells) * uniform(count, 0, strength)
        found = found + F.interpolate(field, (height, width), mode="bilinear", align_corners=False)
    return found.clamp(0, 1)


class Composer:
    """Draws examples from people and backgrounds (N, 3, S, S) uint8."""

    def __init__(self, people: People, backgrounds: Tensor):
        self.pictures = torch.from_numpy(people.pictures).permute(0, 3, 1, 2).contiguous()
        self.masks = torch.from_numpy(people.masks)[:, None].contiguous()
        self.backgrounds = backgrounds

    def draw(self, chosen: Tensor, height: int, width: int, kind: str | None = None) -> tuple[Tensor, Tensor]:
        """Pictures (B, 3, H, W) in [-1, 1] and masks (B, 1, H, W) in 0..1 of the people ``chosen``.

        kind: one of KINDS for all of them; by default each draws its own.
        """
        count = len(chosen)
        pictures, masks = self.pictures[chosen].float() / 255, self.masks[chosen].float() / 255
        mirrored = torch.rand(count) < 0.5
        pictures[mirrored], masks[mirrored] = pictures[mirrored].flip(3), masks[mirrored].flip(3)
        kinds = torch.multinomial(torch.tensor(list(KINDS.values())), count, replacement=True)
        if kind is not None:
            kinds = torch.full_like(kinds, list(KINDS).index(kind))
        own, far, nobody = ((kinds == list(KINDS).index(k))[:, None, None, None] for k in ("own", "far", "nobody"))
        u, v = self._places(own, far, height, width)
        # Colours at the fringe are partly those of the old background: take them from further inside.
        clean = spread(pictures, (masks > 0.9).float())
        clean = clean * uniform(count, 0.7, 1.25) + 0.08 * torch.randn(count, 3, 1, 1)
        person, alpha = _looked_up(clean, masks, u, v)
        ground = self.background(count, height, width)
        cloth, body = cloudy(count, height, width), _body(u, v) * far
        composed = ground + body * (cloth - ground)
        composed = composed + alpha * (person - composed)
        mask = torch.maximum(alpha, body)
        plain, own_mask = _looked_up(pictures, masks, u, v, inside=False)
        composed, mask = torch.where(own, plain, composed), torch.where(own, own_mask, mask)
        composed, mask = torch.where(nobody, ground, composed), mask * ~nobody
        return _degraded(composed), mask

    def _places(self, own: Tensor, far: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
        """Where each pixel of the view lies in the person's square: u, v (B, 1, H, W), 0..1 inside."""
        count, ratio = len(own), width / height
        side = torch.where(far, uniform(count, math.log(0.22), math.log(0.7)).exp(), uniform(count, 0.85, 1.4))
        side = side * min(1.0, ratio)  # in heights of the view
        cover = max(1.0, ratio)
        side = torch.where(own, cover * uniform(count, 1.0, 1.3), side)
        turn = uniform(count, -0.25, 0.25) * torch.where(own, 0.3, 1.0)
        free = (ratio / 2 - 0.25 * side).clamp(min=0.05)
        x = ratio / 2 + free * uniform(count, -1, 1)
        y = torch.where(far, side * 0.55 + uniform(count, 0, 1) * (0.85 - side * 0.55).clamp(min=0.05), 1.02 - side / 2)
        y = y + uniform(count, -0.08, 0.12) * ~far
        slack = ((side - cover) / 2).clamp(min=0) * own
        x = torch.where(own, ratio / 2 + slack * uniform(count, -1, 1), x)
        y = torch.where(own, 0.5 + (side - 1).clamp(min=0) / 2 * uniform(count, -1, 1), y)
        turn = torch.where(own & (slack < 0.08), torch.zeros_like(turn), turn)
        down = ((torch.arange(height) + 0.5) / height)[:, None] - y
        across = ((torch.arange(width) + 0.5) / height)[None] - x
        u = (turn.cos() * across + turn.sin() * down) / side + 0.5
        v = (turn.cos() * down - turn.sin() * across) / side + 0.5
        return u, v

    def background(self, count: int, height: int, width: int) -> Tensor:
        """Scenes, blurred pictures and clouds of colour: (B, 3, H, W) in 0..1."""
        found = cloudy(count, height, width)
        kind = torch.rand(count)
        scenes = kind < 0.55
        if scenes.any():
            number = int(scenes.sum())
            source = self.backgrounds[torch.randint(len(self.backgrounds), (number,))].float() / 255
            zoom, flip = uniform(number, 0.4, 1.0), torch.where(torch.rand(number, 1, 1, 1) < 0.5, -1.0, 1.0)
            x = torch.linspace(-1, 1, width).expand(number, 1, height, width) * zoom * flip
            y = torch.linspace(-1, 1, height)[:, None].expand(number, 1, height, width) * zoom
            room = 1 - zoom
            x, y = x + room * uniform(number, -1, 1), y + room * uniform(number, -1, 1)
            grid = torch.stack([x[:, 0], y[:, 0]], -1)
            found[scenes] = F.grid_sample(source, grid, mode="bilinear", padding_mode="reflection", align_corners=False)
        vague = kind > 0.8
        if vague.any():
            number = int(vague.sum())
            source = self.pictures[torch.randint(len(self.pictures), (number,))].float() / 255
            coarse = F.interpolate(source.roll(int(torch.randint(30, 98, ())), 3), (7, 7), mode="area")
            found[vague] = F.interpolate(coarse, (height, width), mode="bicubic", align_corners=False)
        light = found * uniform(count, 0.6, 1.2) + 0.06 * torch.randn(count, 3, 1, 1)
        return light.clamp(0, 1)


def _looked_up(pictures: Tensor, masks: Tensor, u: Tensor, v: Tensor, inside: bool = True) -> tuple[Tensor, Tensor]:
    """Pictures and masks at places u, v of their squares.

    inside: hair and shoulders that a square cuts off go on a little and end roundly; else the square is
    continued by its mirror image.
    """
    grid = torch.stack([u[:, 0] * 2 - 1, v[:, 0] * 2 - 1], -1)
    shrink = masks.shape[-1] * float((u[:, :, :, 1] - u[:, :, :, 0]).abs().amax())
    if shrink > 2.5:  # far smaller than stored: look at smaller copies, else they sparkle
        pictures, masks = F.avg_pool2d(pictures, 2), F.avg_pool2d(masks, 2)
    padding = "border" if inside else "reflection"
    both = F.grid_sample(torch.cat([pictures, masks], 1), grid, "bilinear", padding, align_corners=False)
    alpha = both[:, 3:]
    if inside:
        beyond = torch.hypot((u - 0.5).abs().sub(0.5).clamp(min=0) / 0.16, (-v).clamp(min=0) / 0.13)
        beyond = torch.hypot(beyond, (v - 1).clamp(min=0) / 0.05)
        alpha = alpha * ((1 - beyond) / 0.15).clamp(0, 1)
    return both[:, :3], alpha


def _body(u: Tensor, v: Tensor) -> Tensor:
    """A torso under the head, to the bottom of the view: neck, sloping shoulders, sides. (B, 1, H, W) in 0..1."""
    count = len(u)
    top, wide = uniform(count, 0.9, 1.0), uniform(count, 0.62, 1.1)
    down = (v - top).clamp(min=0)
    half = 0.2 + (wide - 0.2) * (down / uniform(count, 0.25, 0.5)).clamp(max=1).sqrt() - 0.12 * (down - 0.8).clamp(0, 1)
    return ((half - (u - 0.5).abs()) / 0.02).clamp(0, 1) * ((v - top) / 0.02).clamp(0, 1)


def _degraded(pictures: Tensor) -> Tensor:
    """Light, colour, softness and noise as uploads have them: (B, 3, H, W) in 0..1 to [-1, 1]."""
    count, (height, width) = len(pictures), pictures.shape[-2:]
    pictures = pictures.clamp(0, 1) ** uniform(count, -0.45, 0.45).exp()
    grey = pictures.mean(1, keepdim=True)
    colour = torch.where(torch.rand(count, 1, 1, 1) < 0.12, torch.zeros(()), uniform(count, 0.6, 1.35))
    pictures = grey + (pictures - grey) * colour
    soft = torch.rand(count) < 0.25
    if soft.any():
        small = F.interpolate(pictures[soft], (height // 2, width // 2), mode="area")
        pictures[soft] = F.interpolate(small, (height, width), mode="bilinear", align_corners=False)
    noisy = (torch.rand(count, 1, 1, 1) < 0.35) * uniform(count, 0, 0.08)
    return (pictures + noisy * torch.randn_like(pictures)).clamp(0, 1) * 2 - 1
