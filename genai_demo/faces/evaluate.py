"""Measures of the face models, on held-out faces, always between a floor and a ceiling.

Distances live in the features of EfficientNet-Lite0 at 224 px (see ``core.frechet``). They are
not FID and not comparable with it. The GAN's feature critic looks through earlier layers of the
same network during training, which flatters the GAN there; ``identity_frechet`` repeats the
measurement in the embedding of our own attribute classifier, which no generator has seen.
"""

import argparse
import functools
import json
import time
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.core import checkpoint
from genai_demo.core.device import autocast, describe, pick_device
from genai_demo.core.efficientnet import EfficientNetLite0, load_efficientnet
from genai_demo.core.frechet import frechet_distance, pooled_features
from genai_demo.core.metrics import distances, precision_recall, psnr, ssim
from genai_demo.core.rounding import rounded, significant
from genai_demo.faces.encoders import VAE, Classifier
from genai_demo.faces.model import Discriminator, Generator

SAMPLES = 500


@functools.lru_cache(maxsize=1)
def feature_network() -> EfficientNetLite0:
    """EfficientNet-Lite0 on the device of this process."""
    return load_efficientnet().to(pick_device())


@torch.inference_mode()
def generate_images(
    generator: Generator, count: int, seed: int = 0, psi: float = 1.0, resolution: int | None = None, batch: int = 50
) -> Tensor:
    """(count, 3, R, R) in [-1, 1] with per-layer noise, from one seed."""
    device = generator.constant.device
    z = torch.randn(count, generator.config.latent, generator=torch.Generator().manual_seed(seed))
    found = []
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        for part in z.split(batch):
            with autocast(device):
                w = generator.truncate(generator.mapping(part.to(device)).float(), psi)
                ws = w[:, None].expand(-1, generator.layers, -1)
                found.append(generator.synthesis(ws, "random", resolution).float().clamp(-1, 1).cpu())
    return torch.cat(found)


def as_float(images: Tensor) -> Tensor:
    """uint8 to [-1, 1]."""
    return images.float() / 127.5 - 1


def blur(images: Tensor, sigma: float) -> Tensor:
    """Gaussian blur of (B, 3, H, W), the known damage that makes the ceiling."""
    radius = int(3 * sigma + 0.5)
    offsets = torch.arange(-radius, radius + 1, dtype=images.dtype, device=images.device)
    kernel = torch.exp(-offsets.square() / (2 * sigma**2))
    kernel = (kernel / kernel.sum()).view(1, 1, 1, -1).expand(3, 1, 1, -1)
    padded = F.pad(images, (radius,) * 4, mode="replicate")
    return F.conv2d(F.conv2d(padded, kernel, groups=3), kernel.transpose(2, 3), groups=3)


class QuickDistance:
    """Frechet distance during training: bfloat16 features, held-out faces measured once."""

    def __init__(self, held_out: Tensor):
        self.real = pooled_features(feature_network(), as_float(held_out), fast=True)

    def __call__(self, images: Tensor) -> float:
        return frechet_distance(pooled_features(feature_network(), images, fast=True), self.real)


# --------------------------------------------------------------------------- the figures


def floor_and_ceiling(train: Tensor, held_out: Tensor) -> dict[str, float]:
    """What real pictures score against the held-out ones: as they are, and blurred by 1 and 2 px."""
    network = feature_network()
    real = pooled_features(network, as_float(held_out))
    chosen = as_float(train[torch.randperm(len(train), generator=torch.Generator().manual_seed(0))[:SAMPLES]])
    floor = pooled_features(network, chosen)
    precision, recall = precision_recall(real, floor)
    return {
        "real_against_real": frechet_distance(floor, real),
        "real_blurred_1px": frechet_distance(pooled_features(network, blur(chosen, 1.0)), real),
        "real_blurred_2px": frechet_distance(pooled_features(network, blur(chosen, 2.0)), real),
        "real_precision": precision,
        "real_recall": recall,
    }


def embed(classifier: Classifier, images: Tensor) -> np.ndarray:
    """Identity features of pictures in [-1, 1]: (N, 64) float64, from our own classifier."""
    device = pick_device()
    with torch.inference_mode(), autocast(device):
        parts = [classifier.features(p.to(device)).double().cpu() for p in images.split(50)]
    return torch.cat(parts).numpy()


def distribution(images: Tensor, train: Tensor, held_out: Tensor, classifier: Classifier | None) -> dict[str, float]:
    """Frechet distance, precision and recall, and the memorisation audit of generated pictures."""
    network = feature_network()
    real, fake = pooled_features(network, as_float(held_out)), pooled_features(network, images)
    precision, recall = precision_recall(real, fake)
    seen = pooled_features(network, as_float(train), fast=True)
    nearest_fake, nearest_real = distances(fake, seen).min(1), distances(real, seen).min(1)
    figures = {
        "frechet": frechet_distance(fake, real),
        "precision": precision,
        "recall": recall,
        "nearest_train_generated": float(np.median(nearest_fake)),
        "nearest_train_held_out": float(np.median(nearest_real)),
        "memorised_share": float((nearest_fake < np.quantile(nearest_real, 0.01)).mean()),
    }
    if classifier is not None:
        real, fake = embed(classifier, as_float(held_out)), embed(classifier, images)
        figures["identity_frechet"] = frechet_distance(fake, real)
        figures["identity_frechet_floor"] = frechet_distance(embed(classifier, as_float(train[:SAMPLES])), real)
    return figures


@torch.inference_mode()
def judge_accuracy(
    discriminator: Discriminator, held_out: Tensor, fakes: Tensor
) -> tuple[dict[str, float], list[float]]:
    """How often D is right on faces it has not seen, and the calibration of its probability.

    One half of the pictures fits sigmoid(scale logit + offset), the other half is scored.
    """
    device = pick_device()

    def logits(images: Tensor) -> Tensor:
        with autocast(device):
            return torch.cat([discriminator(i[None].to(device)).float().cpu() for i in images])

    count = min(len(held_out), len(fakes), 400) // 2 * 2
    real, fake = logits(as_float(held_out[:count])), logits(fakes[:count])
    x = torch.cat([real[::2], fake[::2]])
    y = torch.cat([torch.ones(count // 2), torch.zeros(count // 2)])
    scale, offset = fit_logistic(x, y)
    test = torch.cat([real[1::2], fake[1::2]]) * scale + offset
    right = (test > 0) == (y > 0.5)
    figures = {
        "discriminator_accuracy": float(right.float().mean()),
        "discriminator_right_on_real": float(right[: count // 2].float().mean()),
        "discriminator_right_on_fake": float(right[count // 2 :].float().mean()),
    }
    return figures, [significant(scale), significant(offset)]


def fit_logistic(x: Tensor, y: Tensor, ridge: float = 1e-2) -> tuple[float, float]:
    """Scale (kept positive) and offset of a one-dimensional logistic regression, by Newton steps."""
    mean, deviation = x.mean(), x.std() + 1e-6
    design = torch.stack([(x - mean) / deviation, torch.ones_like(x)], 1).double()
    beta = torch.zeros(2, dtype=torch.float64)
    for _ in range(50):
        p = torch.sigmoid(design @ beta)
        gradient = design.T @ (y - p) - ridge * beta
        hessian = (design * (p * (1 - p))[:, None]).T @ design + ridge * torch.eye(2, dtype=torch.float64)
        beta = beta + torch.linalg.solve(hessian, gradient)
    scale = max(float(beta[0] / deviation), 1e-3)
    return scale, float(beta[1]) - scale * float(mean)


@torch.inference_mode()
def decode(vae: VAE, codes: Tensor) -> Tensor:
    """Codes (N, Z) to pictures (N, 3, R, R) in [-1, 1] on the CPU."""
    with autocast(codes.device):
        return torch.cat([vae.decode(part).float().clamp(-1, 1).cpu() for part in codes.split(50)])


@torch.inference_mode()
def reconstruction(vae: VAE, held_out: Tensor) -> dict[str, float]:
    """PSNR, SSIM and feature distance between held-out faces and their reconstructions."""
    device = pick_device()
    x = as_float(held_out)
    with autocast(device):
        y = torch.cat([vae.decode(vae.encode(p.to(device))[0]).float().clamp(-1, 1).cpu() for p in x.split(50)])
    return pair_figures(y, x)


@torch.inference_mode()
def pair_figures(y: Tensor, x: Tensor) -> dict[str, float]:
    """PSNR (dB), SSIM, and ``feature_distance``, an LPIPS-like mean over four EfficientNet stages."""
    network, total = feature_network(), []
    for a, b in zip(y.split(50), x.split(50), strict=True):
        stages = zip(network.stages(a.to(pick_device())), network.stages(b.to(pick_device())), strict=True)
        parts = [(F.normalize(s, dim=1) - F.normalize(t, dim=1)).square().sum(1).mean((1, 2)) for s, t in stages]
        total.append(torch.stack(parts).mean(0).cpu())
    return {
        "psnr": float(psnr(y, x).mean()),
        "ssim": float(ssim(y, x).mean()),
        "feature_distance": float(torch.cat(total).mean()),
    }


def seconds_per_image(make: Any, repeats: int = 20) -> float:
    """Median time of one call, after two warm-up calls."""
    times = []
    for i in range(repeats + 2):
        start = time.perf_counter()
        make(i)
        times.append(time.perf_counter() - start)
    return float(np.median(times[2:]))


# --------------------------------------------------------------------------- the command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Measure the face models on held-out faces; prints JSON and writes it into the cards."
    parser.add_argument("--data", default=None, help="prepared data (default: data/faces)")
    parser.add_argument("--no-card", action="store_true", help="only print, leave the cards alone")
    parser.add_argument("--quick", action="store_true", help="one tenth of the pictures; never written to a card")
    parser.add_argument("--only", choices=("fairness", "memorisation", "upsampler"), help="only this part")


def run(args: argparse.Namespace) -> None:
    write = not (args.no_card or args.quick)
    if args.only == "upsampler":
        from genai_demo.faces import evaluate_upsampler

        measure = evaluate_upsampler.measure
    elif args.only:
        from genai_demo.faces import audits

        measure = audits.AUDITS[args.only]
    else:
        measure = evaluate
    figures = measure(args.data, quick=args.quick, write=write)
    print(json.dumps(figures, indent=2))


def evaluate(data: str | None = None, quick: bool = False, write: bool = True) -> dict[str, Any]:
    """Every figure of every face model there is; written into the cards if ``write``."""
    from genai_demo.faces import generate
    from genai_demo.faces.data import load

    train, held_out = load(data, "train").images, load(data, "held_out").images
    count = SAMPLES // 10 if quick else SAMPLES
    if quick:
        train, held_out = train[:500], held_out[:60]
    there = set(checkpoint.names("faces-"))
    classifier = generate.network("faces-classifier") if "faces-classifier" in there else None
    references = rounded(floor_and_ceiling(train, held_out))
    cards: dict[str, dict[str, Any]] = {}
    if "faces-gan" in there:
        fakes = generate_images(generate.network("faces-gan"), count)
        figures = distribution(fakes, train, held_out, classifier) | references
        figures["seconds_per_image"] = seconds_per_image(lambda i: generate.sample(i))
        cards["faces-gan"] = figures
        if "faces-discriminator" in there:
            figures, calibration = judge_accuracy(generate.network("faces-discriminator"), held_out, fakes)
            cards["faces-discriminator"] = figures | {"calibration": calibration}
        if "faces-encoder" in there:
            cards["faces-encoder"] = inversion(held_out[:200])
    if "faces-vae" in there:
        vae = generate.network("faces-vae")
        z = torch.randn(count, vae.config.latent, generator=torch.Generator().manual_seed(0))
        samples = decode(vae, vae.from_noise(z.to(pick_device())))
        figures = reconstruction(vae, held_out) | distribution(samples, train, held_out, classifier) | references
        figures["frechet_standard_prior"] = QuickDistance(held_out)(decode(vae, z.to(pick_device())))
        figures["seconds_per_image"] = seconds_per_image(lambda i: generate.sample(i, model="vae"))
        cards["faces-vae"] = figures
    for name, figures in cards.items():
        calibration = figures.pop("calibration", None)
        cards[name] = rounded(figures)
        if write:
            card = checkpoint.read_card(name)
            card["metrics"] = card.get("metrics", {}) | cards[name]
            card["metrics_command"] = "python -m genai_demo evaluate faces"
            card["metrics_hardware"] = describe(pick_device())
            card["metrics_pictures"] = {"generated": count, "held_out": len(held_out)}
            if calibration:
                card["calibration"] = calibration
            checkpoint.write_card(name, card)
    return cards


@torch.inference_mode()
def inversion(held_out: Tensor) -> dict[str, float]:
    """Held-out faces through the encoder and back through the generator."""
    from genai_demo.faces import generate

    encoder, generator, device = generate.network("faces-encoder"), generate.network("faces-gan"), pick_device()
    x = as_float(held_out)
    with autocast(device):
        y = torch.cat([generator.synthesis(encoder(p.to(device)).float()).clamp(-1, 1).cpu() for p in x.split(50)])
    return pair_figures(y, x)
