"""From a picture, or what is left of one, back to its latent by optimisation."""

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.core.device import autocast
from genai_demo.faces.model import Discriminator, Generator

RATE = 0.02
STAY_WEIGHT = 0.02
"""Pull towards the encoder's guess: styles far from W look right but edit badly (e4e)."""
FEATURE_WEIGHT = 1.0

FILL_RATE = 0.1
FILL_FEATURES = 1.0
FILL_STAY = 1.0
"""Pull towards the start: without it the search ends in blurred faces with black eyes."""
OPINION = 0.2
"""Weight of the discriminator's opinion of the picture with its hole filled."""


def reconstruction_loss(discriminator: Discriminator, target: Tensor, image: Tensor) -> Tensor:
    """Pixels, edges and the discriminator's features; both (B, 3, R, R) in [-1, 1] -> scalar.

    The features stand in for LPIPS (Zhang et al. 2018), so that nothing foreign is needed.
    """
    loss = F.l1_loss(image, target)
    for dim in (2, 3):
        loss = loss + F.l1_loss(image.diff(dim=dim), target.diff(dim=dim))
    with torch.no_grad():
        wanted = discriminator.features(target)
    for a, b in zip(discriminator.features(image), wanted, strict=True):
        a, b = F.normalize(a.float(), dim=1), F.normalize(b.float(), dim=1)
        loss = loss + FEATURE_WEIGHT * (a - b).square().sum(1).mean() / len(wanted)
    return loss


def refine(
    draw: Callable[[Tensor], Tensor], discriminator: Discriminator, target: Tensor, code: Tensor, steps: int
) -> Iterator[Tensor]:
    """Adam on a code, starting from the encoder's; yields it after every step.

    draw: the code to a picture (1, 3, R, R) in [-1, 1], as ``Generator.synthesis`` does with styles (1, L, Z), or the
    decoder of a VAE with its code (1, Z). Abdal et al. 2019 (Image2StyleGAN), with a pull towards the start.
    """
    start = code.detach().clone()
    code = start.clone().requires_grad_(True)
    optimizer = torch.optim.Adam([code], lr=RATE, betas=(0.9, 0.99))
    for _ in range(steps):
        optimizer.zero_grad(set_to_none=True)
        with autocast(target.device):
            image = draw(code)
            loss = reconstruction_loss(discriminator, target, image) + STAY_WEIGHT * (code - start).square().mean()
        loss.backward()
        optimizer.step()
        yield code.detach().clone()


def filling_loss(discriminator: Discriminator, target: Tensor, mask: Tensor, image: Tensor) -> Tensor:
    """How badly the GAN's picture fits what is known, and how false the filled picture looks -> scalar.

    target, image: (B, 3, R, R) in [-1, 1]; mask: (B, 1, R, R), 1 where the target is unknown.
    """
    known = 1 - mask
    error, share = known * (image - target), known.mean().clamp(min=1e-3)
    loss = error.abs().mean() / share
    for dim in (2, 3):
        loss = loss + error.diff(dim=dim).abs().mean() / share
    whole = known * target + mask * image
    wanted = discriminator.features(whole)
    for a, b in zip(discriminator.features(image), wanted, strict=True):
        a, b = F.normalize(a.float(), dim=1), F.normalize(b.detach().float(), dim=1)
        loss = loss + FILL_FEATURES * (a - b).square().sum(1).mean() / len(wanted)
    return loss + OPINION * F.softplus(-discriminator.opinion(wanted)).mean()


def fill(
    generator: Generator, discriminator: Discriminator, target: Tensor, mask: Tensor, styles: Tensor, steps: int
) -> Iterator[Tensor]:
    """The GAN's picture that agrees with what is known of ``target``, from a start (1, L, Z); better every time.

    Inpainting by search in latent space (Yeh et al. 2017, "Semantic Image Inpainting with Deep Generative
    Models"): known pixels and realism, here with a pull towards the start, which comes from a seed.
    """
    start = styles.detach().clone()
    styles = start.clone().requires_grad_(True)
    optimizer = torch.optim.Adam([styles], lr=FILL_RATE, betas=(0.9, 0.99))
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = FILL_RATE * min(1.0, 2 * (steps - step) / steps)
        optimizer.zero_grad(set_to_none=True)
        with autocast(target.device):
            image = generator.synthesis(styles)
            loss = filling_loss(discriminator, target, mask, image) + FILL_STAY * (styles - start).square().mean()
        yield image.detach()
        loss.backward()
        optimizer.step()
    with torch.no_grad(), autocast(target.device):
        yield generator.synthesis(styles)
