"""Adversarial losses by name, and the gradient penalties.

Every loss is a pair of functions of logits: one for the discriminator, one for the generator.
Logits a = logit D(x) of real and b = logit D(G(z)) of generated pictures have the same shape;
D(x) = sigmoid(logit) is the probability "real". softplus(t) = log(1 + e^t), so
log D = -softplus(-logit) and log(1 - D) = -softplus(logit).
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class AdversarialLoss:
    """``discriminator(real, fake)`` and ``generator(real, fake)``: logits to a scalar to minimise."""

    discriminator: Callable[[Tensor, Tensor], Tensor]
    generator: Callable[[Tensor, Tensor], Tensor]
    formula: str


def _binary_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """-( E[log D(x)] + E[log(1 - D(G(z)))] ), Goodfellow et al. 2014, eq. 1."""
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def _minimax_generator(real: Tensor, fake: Tensor) -> Tensor:
    """E[log(1 - D(G(z)))]: the generator minimises what the discriminator maximises (eq. 1).

    Its gradient vanishes where D is sure of itself, which is why nobody trains with it for long.
    """
    return -F.softplus(fake).mean()


def _non_saturating_generator(real: Tensor, fake: Tensor) -> Tensor:
    """-E[log D(G(z))]: the same fixed point, strong gradients early on (2014, section 3)."""
    return F.softplus(-fake).mean()


def _relativistic_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """E[softplus(-(a - b))]: a real picture should look more real than a generated one.

    Relativistic pairing loss, Jolicoeur-Martineau 2018; with R1 and R2 it converges locally
    (R3GAN, Huang et al. 2024, eq. 2).
    """
    return F.softplus(fake - real).mean()


def _relativistic_generator(real: Tensor, fake: Tensor) -> Tensor:
    """E[softplus(-(b - a))], the mirror image of the discriminator's."""
    return F.softplus(real - fake).mean()


def _hinge_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """E[max(0, 1 - a)] + E[max(0, 1 + b)], Lim & Ye 2017; used for feature critics by Sauer et al. 2021."""
    return F.relu(1 - real).mean() + F.relu(1 + fake).mean()


def _hinge_generator(real: Tensor, fake: Tensor) -> Tensor:
    """-E[b]."""
    return -fake.mean()


LOSSES = {
    "minimax": AdversarialLoss(
        _binary_discriminator, _minimax_generator, r"\min_G \max_D\; E[\log D(x)] + E[\log(1 - D(G(z)))]"
    ),
    "non_saturating": AdversarialLoss(
        _binary_discriminator,
        _non_saturating_generator,
        r"\max_D\; E[\log D(x)] + E[\log(1 - D(G(z)))],\; \max_G\; E[\log D(G(z))]",
    ),
    "relativistic": AdversarialLoss(
        _relativistic_discriminator, _relativistic_generator, r"\min_G \max_D\; E[-\mathrm{softplus}(d(G(z)) - d(x))]"
    ),
    "hinge": AdversarialLoss(
        _hinge_discriminator, _hinge_generator, r"\max_D\; E[\min(0, d(x) - 1)] + E[\min(0, -d(G(z)) - 1)]"
    ),
}


def get_loss(name: str) -> AdversarialLoss:
    """The pair of that name. Raises ValueError with the names there are."""
    if name not in LOSSES:
        raise ValueError(f"No loss is called {name!r}. Choose one of {', '.join(LOSSES)}.")
    return LOSSES[name]


def zero_centred_gradient_penalty(critic: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    """E[ ||grad_x D(x)||^2 ] over the given pictures (B, 3, R, R), a scalar.

    On real pictures this is R1 (Mescheder et al. 2018, eq. 9), on generated ones R2.
    """
    images = images.detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(critic(images).sum(), images, create_graph=True)
    return gradient.float().square().sum((1, 2, 3)).mean()


# --------------------------------------------------------------------------- reconstruction


class FeatureDistance(nn.Module):
    """Mean distance of frozen EfficientNet-Lite0 features at four strides (after Johnson et al. 2016)."""

    def __init__(self, device: torch.device):
        super().__init__()
        from genai_demo.core.efficientnet import load_efficientnet

        self.backbone = load_efficientnet().to(device)

    def forward(self, image: Tensor, target: Tensor) -> Tensor:
        with torch.no_grad():
            wanted = self.backbone.stages(target)
        total = torch.zeros((), device=image.device)
        for a, b in zip(self.backbone.stages(image), wanted, strict=True):
            a, b = F.normalize(a.float(), dim=1), F.normalize(b.float(), dim=1)
            total = total + (a - b).square().sum(1).mean()
        return total / len(wanted)


def edge_loss(image: Tensor, target: Tensor) -> Tensor:
    """L1 of pixels and of their horizontal and vertical differences: blur costs, edges count."""
    loss = F.l1_loss(image, target)
    for dim in (2, 3):
        loss = loss + F.l1_loss(image.diff(dim=dim), target.diff(dim=dim))
    return loss
