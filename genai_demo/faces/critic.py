"""A second adversary that looks through a frozen network: the feature critic.

Projected GANs (Sauer et al. 2021) let small discriminators judge random projections of the
features of an ImageNet network. On a CPU budget this is what makes faces of a few hours of
training: the critic costs a tenth of the pixel discriminator and already knows edges and
texture. It is used in training only; the pixel discriminator beside it keeps the fine detail
honest, and is the one that the app asks for its opinion.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from genai_demo.core.efficientnet import STAGES, load_efficientnet
from genai_demo.faces.model import minibatch_deviation

PROJECTED = (48, 64, 96, 128)
"""Channels of the fixed random projection of each stage."""


class Head(nn.Module):
    """Halve down to 4x4, then one logit per place. (B, C, H, W) -> (B, 1, h, w).

    The minibatch deviation tells it when all pictures of a batch look alike, and there is no
    batch norm because that would hide it: with either mistake the generator settled on a single
    pose and background within 25,000 pictures (docs/experiments.md).
    """

    def __init__(self, channels: int, halvings: int):
        super().__init__()
        layers: list[nn.Module] = []
        for _ in range(halvings):
            wider = min(2 * channels, 256)
            layers += [
                spectral_norm(nn.Conv2d(channels, wider, 4, stride=2, padding=1)),
                nn.LeakyReLU(0.2),
            ]
            channels = wider
        self.down = nn.Sequential(*layers)
        self.judge = nn.Sequential(
            spectral_norm(nn.Conv2d(channels + 1, channels, 3, padding=1)),
            nn.LeakyReLU(0.2),
            spectral_norm(nn.Conv2d(channels, 1, 1)),
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.down(x)
        return self.judge(torch.cat([x, minibatch_deviation(x)], 1))


class FeatureCritic(nn.Module):
    """Pictures (B, 3, R, R) in [-1, 1] to logits (B, L), all places of four stages in a row.

    Pictures are brought to ``side`` first. The backbone and the projections are frozen and not
    part of the state.
    """

    def __init__(self, side: int = 128, seed: int = 0):
        super().__init__()
        self.side = side
        self.register_buffer("lead", torch.zeros(()))
        """How far it was ahead of the generator at last: what the generator had to lose."""
        backbone = load_efficientnet()
        source = torch.Generator().manual_seed(seed)
        self.projections = [
            torch.randn(out, into, 1, 1, generator=source) / into**0.5
            for out, into in zip(PROJECTED, STAGES.values(), strict=True)
        ]
        self._backbone = [backbone]  # in a list: frozen weights stay out of the state
        with torch.no_grad():
            probe = backbone.stages(torch.zeros(1, 3, side, side))
        sides = [stage.shape[-1] for stage in probe]
        self.heads = nn.ModuleList(
            Head(out, max(0, (s // 4).bit_length() - 1)) for out, s in zip(PROJECTED, sides, strict=True)
        )

    def _apply(self, function, recurse=True):
        """Move the frozen parts along with the rest."""
        self._backbone[0]._apply(function)
        self.projections = [function(p) for p in self.projections]
        return super()._apply(function, recurse)

    def forward(self, image: Tensor) -> Tensor:
        if image.shape[-1] != self.side:
            image = F.interpolate(image, size=(self.side, self.side), mode="bilinear", align_corners=False)
        logits = [
            head(F.conv2d(stage, projection)).flatten(1).float()
            for stage, projection, head in zip(
                self._backbone[0].stages(image), self.projections, self.heads, strict=True
            )
        ]
        return torch.cat(logits, 1)
