"""Names the kind of a sound, to judge the generator, of which it is no part: it learns from recordings alone."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.audio.effects.codec import CENTRE, SPREAD
from genai_demo.audio.mel import LOWEST, MELS

WINDOW = 128
"""Frames that are seen at once, 1.5 s; a shorter sound is followed by silence."""


@dataclass(frozen=True)
class ClassifierConfig:
    """Sizes of the classifier."""

    kinds: tuple[str, ...]
    width: int = 24
    features: int = 128


class Classifier(nn.Module):
    """A small convolutional network on windows of a mel-spectrogram."""

    def __init__(self, config: ClassifierConfig):
        super().__init__()
        self.config = config
        w = config.width
        sizes = [2, w, 2 * w, 3 * w, 4 * w, config.features]
        strides = [(2, 1), (2, 2), (2, 2), (2, 2), (1, 1)]
        layers: list[nn.Module] = []
        for before, after, stride in zip(sizes, sizes[1:], strides, strict=False):
            layers += [nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
        self.layers = nn.Sequential(*layers)
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(2 * config.features, len(config.kinds))

    def features(self, windows: Tensor) -> Tensor:
        """(B, 100, WINDOW) log magnitudes -> (B, 2 x features): mean and maximum over time, mean over bands."""
        x = ((windows - CENTRE) / SPREAD)[:, None]
        height = torch.linspace(-1, 1, MELS, device=x.device)[None, None, :, None].expand_as(x)
        x = self.layers(torch.cat([x, height], 1)).mean(2)
        return torch.cat([x.mean(2), x.amax(2)], 1).float()

    def forward(self, windows: Tensor) -> Tensor:
        """(B, 100, WINDOW) -> logits (B, kinds)."""
        return self.head(self.dropout(self.features(windows)))


def windows(mel: Tensor) -> Tensor:
    """All of a sound (100, T) in windows (N, 100, WINDOW) that overlap by half; silence behind a short one."""
    length = mel.shape[1]
    if length <= WINDOW:
        return F.pad(mel, (0, WINDOW - length), value=LOWEST)[None]
    starts = torch.linspace(0, length - WINDOW, 1 + -(-(length - WINDOW) // (WINDOW // 2))).round().long()
    return torch.stack([mel[:, i : i + WINDOW] for i in starts.tolist()])


@torch.inference_mode()
def judge(network: Classifier, mel: Tensor) -> tuple[Tensor, Tensor]:
    """A sound (100, T) -> probabilities (kinds,) and features (2 x features,), means over its windows."""
    seen = network.features(windows(mel))
    return network.head(seen).softmax(1).mean(0), seen.mean(0)
