"""How far a mel-spectrogram is from another one, and how sharp it is."""

import torch
from torch import Tensor


def masked_l1(x: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """Mean absolute error where the mask (B, T, 1) or (B, N) is 1."""
    error = (x.float() - target).abs() * mask
    return error.sum() / (mask.expand_as(error).sum() + 1e-6)


def matching_loss(made: list[Tensor], real: list[Tensor]) -> Tensor:
    """Feature matching (Wang et al. 2018, pix2pixHD, eq. 4), every layer in units of its own mean size."""
    pairs = [(a.float(), b.detach().float()) for a, b in zip(made, real, strict=True)]
    return torch.stack([(a - b).abs().mean() / (b.abs().mean() + 1e-6) for a, b in pairs]).mean()


def detail(mel: Tensor, mask: Tensor) -> float:
    """How much a mel (B, T, mels) changes between neighbours: mean size of its second differences."""
    bands = (mel.diff(n=2, dim=2).abs() * mask).sum() / mask.sum() / mel.shape[2]
    time = (mel.diff(n=2, dim=1).abs() * mask[:, 2:]).sum() / mask[:, 2:].sum() / mel.shape[2]
    return float(bands + time)
