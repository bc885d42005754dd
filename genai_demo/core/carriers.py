"""Bits in a pattern that repeats: what the invisible marks in pictures and in sound have in common.

A mark is a tile, repeated over the whole picture or sound: one pattern that is always there, the pilot, and one for
every bit, with the bit's sign (spread spectrum, Cox et al. 1997). The patterns are learnt. A reader adds all tiles up,
finds by a Fourier transform how far the pilot is shifted, since a part that was cut out begins anywhere, and takes the
signs from the correlations. Everything here works in one dimension (sound) and in two (pictures).
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn


class Carriers(nn.Module):
    """The patterns, and the share of the energy that the pilot has."""

    def __init__(self, tile: tuple[int, ...], bits: int, band: tuple[float, float]):
        """band: cycles a sample between which the patterns begin; learning may leave it."""
        super().__init__()
        self.tile, self.bits = tile, bits
        noise = torch.randn(bits + 1, *tile)
        axes = tuple(range(1, len(tile) + 1))
        radius = _radius(tile)
        kept = ((radius >= band[0]) & (radius <= band[1])).float()
        self.patterns = nn.Parameter(
            torch.fft.ifftn(torch.fft.fftn(noise, dim=axes) * kept, dim=axes).real.contiguous()
        )
        self.pilot = nn.Parameter(torch.tensor(-1.0))
        """Logit of the pilot's share."""

    def units(self) -> Tensor:
        """(bits + 1, *tile), each of mean 0 and mean square 1; the first is the pilot."""
        axes = tuple(range(1, len(self.tile) + 1))
        centred = self.patterns - self.patterns.mean(axes, keepdim=True)
        return centred / centred.square().mean(axes, keepdim=True).sqrt().clamp_min(1e-8)

    def mixed(self, bits: Tensor) -> Tensor:
        """Tiles of these bits: (B, bits) of 0 and 1 -> (B, *tile), of mean square about 1."""
        units, share = self.units().flatten(1), self.pilot.sigmoid()
        signs = (2 * bits - 1) * ((1 - share) / self.bits).sqrt()
        return (share.sqrt() * units[0] + signs @ units[1:]).unflatten(1, self.tile)

    def locate(self, sums: Tensor) -> Tensor:
        """How well the pilot fits at every shift: (B, *tile) -> (B, *tile) in standard deviations of white noise."""
        axes = tuple(range(1, len(self.tile) + 1))
        pilot = torch.fft.fftn(self.units()[0]).conj()
        found = torch.fft.ifftn(torch.fft.fftn(sums, dim=axes) * pilot, dim=axes).real
        return found / self._spread(sums)

    def read(self, sums: Tensor) -> Tensor:
        """Correlations with the patterns of the bits: (B, *tile), not shifted -> (B, bits) in standard deviations."""
        return sums.flatten(1) @ self.units()[1:].flatten(1).T / self._spread(sums).flatten(1)

    def _spread(self, sums: Tensor) -> Tensor:
        """(B, 1, ...): standard deviation of a correlation, were the sums white noise."""
        axes = tuple(range(1, len(self.tile) + 1))
        return (sums.square().mean(axes, keepdim=True).clamp_min(1e-16) * math.prod(self.tile)).sqrt()


def _radius(tile: tuple[int, ...]) -> Tensor:
    """(*tile): frequency in cycles a sample."""
    axes = [torch.fft.fftfreq(side) for side in tile]
    return torch.stack(torch.meshgrid(*axes, indexing="ij")).square().sum(0).sqrt()


def repeated(tiles: Tensor, size: tuple[int, ...]) -> Tensor:
    """(B, *tile) side by side until ``size`` is covered: (B, *size)."""
    times = [-(-whole // side) for whole, side in zip(size, tiles.shape[1:], strict=True)]
    window = tuple(slice(n) for n in (len(tiles), *size))
    return tiles.repeat(1, *times)[window]


def summed(whole: Tensor, tile: tuple[int, ...]) -> Tensor:
    """The tiles of (B, *size) added up: (B, *tile)."""
    for axis, side in enumerate(tile, start=1):
        missing = -whole.shape[axis] % side
        if missing:
            shape = list(whole.shape)
            shape[axis] = missing
            whole = torch.cat([whole, whole.new_zeros(shape)], axis)
        whole = whole.unflatten(axis, (-1, side)).sum(axis)
    return whole


def shifted(sums: Tensor, places: Tensor) -> Tensor:
    """Every row rolled so that what stood at its place (B,), an index into the flat tile, stands at the origin."""
    tile = sums.shape[1:]
    rolled = []
    for row, place in zip(sums, places.tolist(), strict=True):
        steps = []
        for side in reversed(tile):
            place, step = divmod(place, side)
            steps.append(-step)
        rolled.append(torch.roll(row, steps[::-1], tuple(range(len(tile)))))
    return torch.stack(rolled)


@dataclass(frozen=True)
class Reading:
    """What was found in a picture or sound."""

    z: float
    """Of the pilot's best place: standard deviations of the correlation at all places."""
    places: int
    """How many places were tried: the largest of so many chance values is what z must be compared with."""
    bits: tuple[int, ...]
    margins: tuple[float, ...]
    """Of every bit, in standard deviations; its sign is the bit."""

    @property
    def p(self) -> float:
        """Chance that something without a mark reaches z somewhere, were its correlations normal."""
        tail = 0.5 * math.erfc(self.z / math.sqrt(2))
        return -math.expm1(self.places * math.log1p(-min(tail, 0.5)))


@torch.no_grad()
def decide(carriers: Carriers, sums: Tensor, places: int | None = None) -> Reading:
    """Find the pilot in added-up tiles (1, *tile) and read the bits there."""
    fits = carriers.locate(sums)[0].flatten()
    z = (fits - fits.mean()) / fits.std().clamp_min(1e-8)
    best = int(z.argmax())
    margins = carriers.read(shifted(sums, torch.tensor([best])))[0].tolist()
    return Reading(float(z[best]), places or fits.numel(), tuple(int(m > 0) for m in margins), tuple(margins))
