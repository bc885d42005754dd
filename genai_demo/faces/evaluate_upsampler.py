"""Measures of the upsampler: the GAN's faces at 256 pixels, and halved held-out faces, beside bicubic ones."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.core import checkpoint
from genai_demo.core.device import autocast, describe, pick_device
from genai_demo.core.frechet import frechet_distance, pooled_features
from genai_demo.core.losses import FeatureDistance
from genai_demo.core.metrics import psnr, ssim
from genai_demo.core.rounding import rounded
from genai_demo.faces import generate
from genai_demo.faces.data import default_folder, for_generators, load
from genai_demo.faces.evaluate import SAMPLES, as_float, feature_network, generate_images, seconds_per_image
from genai_demo.faces.upsampler import Upsampler, enlarged, halved

NAME = "faces-upsampler"


@torch.inference_mode()
def upsampled(network: Upsampler, faces: Tensor, batch: int = 10) -> Tensor:
    """Faces (N, 3, R, R) in [-1, 1] at twice the side, the noise of face i from seed i."""
    device, found = pick_device(), []
    for first in range(0, len(faces), batch):
        part = faces[first : first + batch].to(device).contiguous(memory_format=torch.channels_last)
        noise = network.make_noise(list(range(first, first + len(part))), device)
        with autocast(device):
            found.append(network(part, noise).clamp(-1, 1).cpu())
    return torch.cat(found)


def measure(data: str | None = None, quick: bool = False, write: bool = True) -> dict[str, Any]:
    """Frechet distances at 256 pixels with their floor, and pairs; written into the card if ``write``.

    data: faces of 256 pixels (default: data/faces-256). Raises ValueError where they were not prepared.
    """
    count, pairs = (SAMPLES // 10, 20) if quick else (SAMPLES, 200)
    network, generator = generate.network(NAME), generate.network("faces-gan")
    place = data or default_folder(side=2 * generator.config.resolution)
    train, held_out = (for_generators(load(place, split)).images for split in ("train", "held_out"))
    chosen = train[torch.randperm(len(train), generator=torch.Generator().manual_seed(0))[:count]]
    faces = generate_images(generator, count)
    sets = {
        "frechet": upsampled(network, faces),
        "frechet_bicubic": enlarged(faces).clamp(-1, 1),
        "real_against_real": as_float(chosen),
        "real_halved_and_bicubic": enlarged(halved(as_float(chosen))).clamp(-1, 1),
        "real_halved_and_upsampled": upsampled(network, halved(as_float(chosen))),
    }
    features = feature_network()
    real = pooled_features(features, as_float(held_out))
    figures = {name: frechet_distance(pooled_features(features, images), real) for name, images in sets.items()}
    targets = as_float(held_out[:pairs])
    small = halved(targets)
    for name, made in (("", upsampled(network, small)), ("_bicubic", enlarged(small).clamp(-1, 1))):
        figures |= {f"{key}{name}": value for key, value in compared(made, targets).items()}
    figures["seconds_per_image"] = seconds_per_image(lambda i: generate.sample(i, side=2 * generate.SIDE))
    figures["seconds_per_image_128"] = seconds_per_image(generate.sample)
    figures = rounded(figures)
    if write:
        card = checkpoint.read_card(NAME)
        card["metrics"] = card.get("metrics", {}) | figures
        card["metrics_command"] = "python -m genai_demo evaluate faces --only upsampler"
        card["metrics_hardware"] = describe(pick_device())
        card["metrics_pictures"] = {"generated": count, "held_out": len(held_out), "pairs": pairs}
        checkpoint.write_card(NAME, card)
    return {NAME: figures}


@torch.inference_mode()
def compared(made: Tensor, real: Tensor) -> dict[str, float]:
    """PSNR, SSIM, distance of features, and detail, of pictures and what they should be.

    detail: mean distance of pixels from the mean of their neighbourhood, as a share of the real pictures'.
    """
    distance = FeatureDistance(pick_device())
    device = pick_device()
    parts = zip(made.split(20), real.split(20), strict=True)
    apart = torch.stack([distance(a.to(device), b.to(device)).cpu() for a, b in parts]).mean()

    def steps(pictures: Tensor) -> float:
        sharp = pictures - F.avg_pool2d(F.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
        return float(sharp.abs().mean())

    return {
        "psnr": float(psnr(made, real).mean()),
        "ssim": float(ssim(made, real).mean()),
        "feature_distance": float(apart),
        "detail": steps(made) / steps(real),
    }
