"""Whether a repaired face is still the same one: dlib's face embedding as a loss, in PyTorch.

The network is dlib's 29-layer ResNet (King 2017; public domain), which learnt to tell 7,485 people apart. Its
weights come from the package ``face-recognition-models``, which only training needs; nothing of them is shipped.
Two faces closer than 0.6 count as one person's. tests/repair/test_identity.py compares it with dlib itself.
"""

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

CHIP = 150
"""Side of the upright face that the network sees."""
LEVELS = ((32, 3, False), (64, 4, True), (128, 3, True), (256, 3, True), (256, 1, True))
"""Channels, blocks, and whether the first block halves the side."""
MEANS = (122.782, 117.001, 104.298)
INSTALL = "Identity needs dlib: pip install --no-deps -r benchmarks/requirements.txt"


def models() -> Path:
    """The folder of dlib's weights. Raises ValueError with the install command where a package is absent."""
    package = importlib.util.find_spec("face_recognition_models")  # importing it fails beside new setuptools
    if package is None or not package.origin or importlib.util.find_spec("dlib") is None:
        raise ValueError(INSTALL)
    return Path(package.origin).parent / "models"


def read_tensors(content: bytes) -> list[np.ndarray]:
    """The weights of every layer in a file of dlib, in the order in which they are used.

    A tensor is a version (2), four sizes, and floats. dlib writes a whole number as a byte that says how many
    bytes follow, lowest first. What lies between the tensors is of no interest here.
    """
    found, place = [], 0
    while place < len(content) - 16:
        if content[place : place + 2] != b"\x01\x02":  # version 2
            place += 1
            continue
        sizes, after = [], place + 2
        for _ in range(4):
            length = content[after]
            if not 1 <= length <= 4:
                break
            sizes.append(int.from_bytes(content[after + 1 : after + 1 + length], "little"))
            after += 1 + length
        count = int(np.prod(sizes)) if len(sizes) == 4 else 0
        if count < 64 or sizes[2:] != [1, 1] or after + 4 * count > len(content):
            place += 1
            continue
        found.append(np.frombuffer(content, "<f4", count, after).reshape(sizes))
        place = after + 4 * count
    return found


class Residual(nn.Module):
    """Two convolutions, each scaled and shifted by channel, beside what came in."""

    def __init__(self, before: int, channels: int, halves: bool):
        super().__init__()
        self.halves = halves
        stride = 2 if halves else 1
        self.first = nn.Conv2d(before, channels, 3, stride, padding=0 if halves else 1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.second(F.relu(self.first(x)))
        if self.halves:
            x = F.avg_pool2d(x, 2)
        sizes = [max(a, b) for a, b in zip(x.shape[1:], y.shape[1:], strict=True)]
        return F.relu(enlarged(x, sizes) + enlarged(y, sizes))


def enlarged(x: Tensor, sizes: list[int]) -> Tensor:
    """(B, C, H, W) with zeros behind every dimension up to these sizes."""
    c, h, w = (wanted - have for wanted, have in zip(sizes, x.shape[1:], strict=True))
    return F.pad(x, (0, w, 0, h, 0, c)) if c or h or w else x


class FaceEmbedding(nn.Module):
    """Upright faces to dlib's descriptors: (B, 3, 150, 150) in [-1, 1] -> (B, 128)."""

    def __init__(self) -> None:
        super().__init__()
        self.enter = nn.Conv2d(3, 32, 7, 2)
        blocks, before = [], 32
        for channels, count, halves in LEVELS:
            for i in range(count):
                blocks.append(Residual(before, channels, halves and i == 0))
                before = channels
        self.blocks = nn.Sequential(*blocks)
        self.leave = nn.Linear(before, 128, bias=False)
        self.register_buffer("means", torch.tensor(MEANS)[:, None, None], persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        x = ((x + 1) * 127.5 - self.means) / 256
        x = F.max_pool2d(F.relu(self.enter(x)), 3, 2)
        return self.leave(self.blocks(x).mean((2, 3)))


def load_embedding() -> FaceEmbedding:
    """The network with dlib's weights, frozen; a scale and shift after a convolution is part of it."""
    content = (models() / "dlib_face_recognition_resnet_model_v1.dat").read_bytes()
    flat = [torch.from_numpy(t.copy()).flatten() for t in read_tensors(content)]
    network = FaceEmbedding()
    layers = [network.enter, *(layer for block in network.blocks for layer in (block.first, block.second))]
    with torch.no_grad():
        network.leave.weight.copy_(flat[-1].view(network.leave.in_features, 128).T)
        for layer, weights, affine in zip(layers, flat[:-1:2], flat[1:-1:2], strict=True):
            scale, shift = affine.view(2, -1)
            kernel, bias = weights[: layer.weight.numel()].view_as(layer.weight), weights[layer.weight.numel() :]
            layer.weight.copy_(kernel * scale[:, None, None, None])
            layer.bias.copy_(bias * scale + shift)
    return network.requires_grad_(False).eval()


def places(picture: Tensor, predictor: Any) -> Tensor:
    """Where a point of the upright face lies in a picture: (3, H, W) in [-1, 1] -> (2, 3).

    The two rows times (column, row, 1) in the face are column and row in the picture. dlib turns a picture whose
    colours are its coordinates; a fit through what comes out is the turn itself.
    """
    import dlib

    pixels = np.ascontiguousarray(((picture.permute(1, 2, 0).cpu().numpy() + 1) * 127.5).round().astype(np.uint8))
    height, width = pixels.shape[:2]
    box = dlib.rectangle(round(0.2 * width), round(0.25 * height), round(0.8 * width), round(0.95 * height))
    ramp = np.full((height, width, 3), 255, np.uint8)  # the third colour says what lies inside
    ramp[..., 0] = np.linspace(0, 255, width)[None].round()
    ramp[..., 1] = np.linspace(0, 255, height)[:, None].round()
    face = dlib.get_face_chip(ramp, predictor(pixels, box), size=CHIP, padding=0.25)
    rows, columns = (face[..., 2] == 255).nonzero()
    here = np.stack([columns, rows, np.ones(len(rows))], 1)
    there = face[rows, columns, :2] / 255 * (width - 1, height - 1)
    return torch.from_numpy(np.linalg.lstsq(here, there, rcond=None)[0].T.astype(np.float32))


def upright(pictures: Tensor, turns: Tensor) -> Tensor:
    """The faces as the network sees them: (B, 3, H, W), (B, 2, 3) -> (B, 3, 150, 150), differentiable."""
    height, width = pictures.shape[2:]
    side = torch.arange(CHIP, device=pictures.device, dtype=torch.float32)
    grid = torch.stack([side[None].expand(CHIP, -1), side[:, None].expand(-1, CHIP), torch.ones(CHIP, CHIP).to(side)])
    found = torch.einsum("bij,jyx->byxi", turns.to(side), grid)
    found = 2 * found / torch.tensor([width - 1, height - 1]).to(side) - 1
    return F.grid_sample(pictures.float(), found, align_corners=True)


class IdentityDistance(nn.Module):
    """Mean distance of dlib's descriptors of two batches of faces (the identity loss of GFP-GAN, Wang et al. 2021)."""

    def __init__(self, device: torch.device):
        super().__init__()
        folder = models()
        import dlib

        self.network = load_embedding().to(device)
        self.predictor = dlib.shape_predictor(str(folder / "shape_predictor_68_face_landmarks.dat"))

    def forward(self, target: Tensor, *repaired: Tensor) -> Tensor:
        """target: (B, 3, H, W) in [-1, 1], and repaired versions of it; the face is where the target has it."""
        turns = torch.stack([places(picture, self.predictor) for picture in target])
        with torch.no_grad():
            wanted = self.network(upright(target, turns))
        found = self.network(torch.cat([upright(version, turns) for version in repaired]))
        difference = found - wanted.repeat(len(repaired), 1)
        return (difference.square().sum(1) + 1e-8).sqrt().mean()
