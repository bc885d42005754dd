"""The invisible mark in pictures: its network, and how it is put in and read.

    network = load()
    marked = embed(picture, bits, network)
    reading = detect(marked, network)

The mark is added to the lightness alone. One small network says where a picture hides it best; the strength is such
that every picture keeps the PSNR that was asked for. Another takes the picture away before the tiles are added up.
Both, and the patterns, were trained together through what may happen to a picture on its way (``trust.attacks``).
"""

import functools
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from genai_demo.core import carriers, checkpoint
from genai_demo.core.carriers import Carriers, Reading

NAME = "trust-picture-mark"
LUMA = (0.299, 0.587, 0.114)
"""Lightness from red, green and blue (ITU-R BT.601), as JPEG counts it."""
PSNR = 42.5
"""dB that a marked picture keeps, where nothing else is asked for."""
STRENGTHS = (44.0, 42.5, 41.3, 40.3)
"""dB that are tried one after the other, until the mark is ENOUGH: it is no stronger than a picture needs."""
ENOUGH = 9.5
"""Standard deviations of the pilot, with all bits right."""


@dataclass(frozen=True)
class PictureMarkConfig:
    """Sizes of the network."""

    tile: int = 64
    """Pixels; the pattern repeats after so many."""
    bits: int = 32
    place_width: int = 12
    """Channels of the network that says where."""
    read_width: int = 16
    """Channels of the network that takes the picture away."""


class PictureMark(nn.Module):
    """Where to put the mark, the patterns, and what to read them from."""

    def __init__(self, config: PictureMarkConfig):
        super().__init__()
        self.config = config
        self.carriers = Carriers((config.tile, config.tile), config.bits, (0.04, 0.25))
        a, b = config.place_width, config.read_width
        self.place = nn.Sequential(
            nn.Conv2d(2, a, 3, padding=1, padding_mode="replicate"), nn.GELU(),
            nn.Conv2d(a, a, 3, padding=1, padding_mode="replicate"), nn.GELU(),
            nn.Conv2d(a, 1, 1),
        )  # fmt: skip
        self.take = nn.Sequential(
            nn.Conv2d(1, b, 5, padding=2, padding_mode="replicate"), nn.GELU(),
            nn.Conv2d(b, b, 3, padding=1, padding_mode="replicate"), nn.GELU(),
            nn.Conv2d(b, b, 3, padding=1, padding_mode="replicate"), nn.GELU(),
            nn.Conv2d(b, 1, 3, padding=1, padding_mode="replicate"),
        )  # fmt: skip

    def residue(self, luma: Tensor, bits: Tensor, psnr: float = PSNR, where: Tensor | None = None) -> Tensor:
        """What is added: lightness (B, 1, H, W) from 0 to 1, bits (B, bits) -> (B, 1, H, W).

        where: (B, 1, H, W) from 0 to 1, the share of the mark that a pixel may take; None for all of it. The PSNR is
        that of the pixels that may take some.
        """
        pattern = carriers.repeated(self.carriers.mixed(bits), tuple(luma.shape[-2:]))[:, None]
        where = torch.ones_like(luma) if where is None else where
        pattern = pattern * self.gain(luma) * where
        area = where.sum((1, 2, 3), keepdim=True).clamp_min(1)
        loudness = (pattern.square().sum((1, 2, 3), keepdim=True) / area).sqrt().clamp_min(1e-6)
        return pattern * 10 ** (-psnr / 20) / loudness

    def gain(self, luma: Tensor) -> Tensor:
        """How much of the mark every pixel takes, (B, 1, H, W): more where the picture is restless."""
        small = F.avg_pool2d(luma, 2, ceil_mode=True)
        rough = F.avg_pool2d((small - F.avg_pool2d(small, 5, 1, 2, count_include_pad=False)).abs(), 3, 1, 1)
        found = self.place(torch.cat([small - 0.5, 8 * rough], 1))
        return F.softplus(F.interpolate(found, luma.shape[-2:], mode="bilinear", align_corners=False)) + 0.05

    def residual(self, luma: Tensor) -> Tensor:
        """What is left of a picture without what one expects of pictures: (B, 1, H, W) -> (B, H, W), bounded."""
        around = F.avg_pool2d(luma, 13, 1, 6, count_include_pad=False)
        fine = luma - F.avg_pool2d(luma, 3, 1, 1, count_include_pad=False)
        middle = F.avg_pool2d(luma, 5, 1, 2, count_include_pad=False) - around
        return torch.tanh(10 * fine + 5 * middle + self.take(20 * (luma - around)))[:, 0]

    def sums(self, luma: Tensor) -> Tensor:
        """What ``Carriers`` reads: (B, tile, tile)."""
        return carriers.summed(self.residual(luma), self.carriers.tile)


def luma_of(pictures: Tensor) -> Tensor:
    """(B, 3, H, W) -> (B, 1, H, W)."""
    return (pictures * pictures.new_tensor(LUMA).view(1, 3, 1, 1)).sum(1, keepdim=True)


def load() -> PictureMark:
    """The published network. Raises ValueError where it is missing or broken."""
    return load_from(checkpoint.folder())


@functools.cache
def load_from(folder: Path) -> PictureMark:
    """The network of a folder of checkpoints, which is the one in use. Another folder, another network."""
    config = PictureMarkConfig(**checkpoint.read_card(NAME)["config"])
    return checkpoint.load_weights(NAME, PictureMark(config))  # type: ignore[return-value]


@torch.inference_mode()
def embed(
    picture: Image.Image,
    bits: Tensor,
    network: PictureMark | None = None,
    psnr: float | None = None,
    where: np.ndarray | None = None,
) -> Image.Image:
    """The picture with the mark in it, of the same size and mode; transparency stays as it is.

    bits: (bits,) of 0 and 1. psnr: dB; None for the weakest of STRENGTHS that is ENOUGH. where: (H, W) from 0 to 1, the
    share of the mark that a pixel may take; None for the whole picture.
    """
    network = network or load()
    colours = picture.convert("RGB")
    pixels = torch.from_numpy(np.asarray(colours, np.float32) / 255).permute(2, 0, 1)[None]
    share = None if where is None else torch.from_numpy(np.asarray(where, np.float32))[None, None]
    for strength in STRENGTHS if psnr is None else (psnr,):
        added = network.residue(luma_of(pixels), bits[None].float(), strength, share)
        whole = ((pixels + added).clamp(0, 1) * 255).round()
        if psnr is None and _is_enough(whole / 255, bits, network):
            break
    marked = whole.to(torch.uint8)[0].permute(1, 2, 0).numpy()
    if share is not None:
        untouched = share[0, 0].numpy() == 0
        marked = np.where(untouched[..., None], np.asarray(colours), marked)
    result = Image.fromarray(marked)
    if "A" in picture.getbands():
        result.putalpha(picture.getchannel("A"))
    return result


def _is_enough(marked: Tensor, bits: Tensor, network: PictureMark) -> bool:
    """Whether the mark in the middle of a picture (1, 3, H, W) is ENOUGH."""
    rows, columns = (slice(max(0, side - LARGEST) // 2, (side + LARGEST) // 2) for side in marked.shape[-2:])
    found = carriers.decide(network.carriers, network.sums(luma_of(marked[..., rows, columns])))
    return found.z >= ENOUGH and found.bits == tuple(int(bit) for bit in bits)


# --------------------------------------------------------------------------- reading

LARGEST = 512
"""Sides in pixels of the middle of a picture that is looked at in full; the mark repeats, that is enough."""
GLANCE, CLOSER = 128, 256
"""Sides of what is looked at while the size is guessed, first and then more closely."""
LIKELY = ((1.0, False), (1.0, True), (0.5, False), (2.0, False), (0.75, False), (1.5, False))
"""Sizes by that of the marked picture, and whether mirrored, that are looked at first."""
COARSE = tuple(0.45 * 1.35**i for i in range(9))
"""Sizes of a picture that was made smaller or larger since it was marked; in between, what is left is stretched."""
FINE = tuple(1.028**i for i in range(-5, 6))
"""Steps around each: so many that in a glance the pattern slips by a pixel at most."""
FINEST = tuple(1.004**i for i in range(-4, 5))
SIZES = (0.4, 5.5)
"""The smallest and the largest size that all of these reach, by that of the marked picture."""
PROMISING = 4
"""Guessed sizes that are looked at more closely."""
CERTAIN = 1e-8
"""Chance of a false alarm, by the book, below which a search ends. ``docs/trust.md`` has what was measured."""


@dataclass(frozen=True)
class PictureReading(Reading):
    """What was found in a picture, and how it lies in it."""

    scale: float = 1.0
    """Size of this picture by that of the marked one."""
    mirrored: bool = False


@torch.inference_mode()
def detect(picture: Image.Image, network: PictureMark | None = None, thorough: bool = True) -> PictureReading:
    """Look for the mark in a picture, also where it was cut out, resized, or mirrored without being resized.

    thorough: try all of SIZES where the likely ones show nothing.
    """
    search = _Search(_lightness(picture), network or load())
    for scale, mirrored in LIKELY[: None if thorough else 2]:
        search.look(scale, LARGEST, mirrored=mirrored)
        if search.best.p < CERTAIN:
            return search.best
    if thorough:
        guesses = [found for scale in COARSE for found in search.look(scale, GLANCE, FINE)]
        for guess in sorted(guesses, key=lambda found: -found.z)[:PROMISING]:
            closest = max(search.look(guess.scale, CLOSER, FINEST), key=lambda found: found.z)
            search.look(closest.scale, LARGEST)
            if search.best.p < CERTAIN:
                break
    return search.best


class _Search:
    """The best reading of a picture so far, and how many places were tried for it."""

    def __init__(self, luma: Tensor, network: PictureMark):
        self.luma, self.network, self.looks = luma, network, 0
        self.found: PictureReading | None = None

    @property
    def best(self) -> PictureReading:
        """With all the places that were tried."""
        assert self.found is not None
        return replace(self.found, places=self.looks * self.network.config.tile**2)

    def look(
        self, scale: float, side: int, steps: tuple[float, ...] = (1.0,), mirrored: bool = False
    ) -> list[PictureReading]:
        """Read the middle of the picture, taken to be ``scale`` times as large as it was, and that times each step.

        side: in pixels of the marked picture.
        """
        height, width = self.luma.shape[-2:]
        rows, columns = min(height, round(side * scale)), min(width, round(side * scale))
        top, left = (height - rows) // 2, (width - columns) // 2
        part = self.luma[..., top : top + rows, left : left + columns]
        left_over = self.network.residual(_stretched(part.flip(-1) if mirrored else part, 1 / scale))[:, None]
        readings = []
        for step in steps:
            sums = carriers.summed(_stretched(left_over, 1 / step)[:, 0], self.network.carriers.tile)
            read = carriers.decide(self.network.carriers, sums)
            readings.append(PictureReading(read.z, read.places, read.bits, read.margins, scale * step, mirrored))
        self.looks += len(readings)
        best = max(readings, key=lambda found: found.z)
        if self.found is None or best.z > self.found.z:
            self.found = best
        return readings


def _stretched(picture: Tensor, factor: float) -> Tensor:
    """(1, 1, H, W), made larger or smaller."""
    if factor == 1:
        return picture
    size = [max(16, round(side * factor)) for side in picture.shape[-2:]]
    return F.interpolate(picture, size, mode="bicubic", antialias=factor < 1, align_corners=False)


def _lightness(picture: Image.Image) -> Tensor:
    """(1, 1, H, W) from 0 to 1; transparent places white."""
    if "A" in picture.getbands() or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    pixels = torch.from_numpy(np.asarray(picture.convert("RGB"), np.float32) / 255)
    return luma_of(pixels.permute(2, 0, 1)[None])
