"""Two audits of the face generators: do they copy training faces, and how do their samples spread over groups?"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from genai_demo.core import checkpoint
from genai_demo.core.device import pick_device
from genai_demo.core.frechet import pooled_features
from genai_demo.core.metrics import distances
from genai_demo.core.rounding import rounded
from genai_demo.faces import fairness, generate
from genai_demo.faces.data import default_folder, load, words_of
from genai_demo.faces.encoders import VAE
from genai_demo.faces.evaluate import SAMPLES, as_float, decode, feature_network, generate_images


def vae_samples(vae: VAE, count: int, psi: float = 1.0) -> Tensor:
    """(count, 3, R, R) in [-1, 1], from one seed."""
    z = psi * torch.randn(count, vae.config.latent, generator=torch.Generator().manual_seed(0))
    return decode(vae, vae.from_noise(z.to(pick_device())))


def memorised(data: str | None = None, quick: bool = False, write: bool = True) -> dict[str, Any]:
    """The memorisation audit alone: distance of samples, and of held-out faces, to the nearest training face."""
    train, held_out = load(data, "train").images, load(data, "held_out").images
    if quick:
        train, held_out = train[:500], held_out[:60]
    network, count = feature_network(), SAMPLES // 10 if quick else SAMPLES
    seen = pooled_features(network, as_float(train), fast=True)
    near = distances(pooled_features(network, as_float(held_out)), seen).min(1)
    found = {}
    for name in sorted({"faces-gan", "faces-vae"} & set(checkpoint.names("faces-"))):
        net = generate.network(name)
        samples = generate_images(net, count) if name == "faces-gan" else vae_samples(net, count)
        made = distances(pooled_features(network, samples), seen).min(1)
        found[name] = audit(made, near)
        if write:
            _keep(name, "memorisation", "python -m genai_demo evaluate faces --only memorisation", found[name])
    return found


def audit(made: np.ndarray, held_out: np.ndarray) -> dict[str, Any]:
    """Figures of the distances to the nearest training face; a ratio near 1, or above, is healthy."""
    figures = {
        "nearest_training_face_median": float(np.median(made)),
        "the_same_of_held_out_faces": float(np.median(held_out)),
        "ratio": float(np.median(made) / np.median(held_out)),
        "share_nearer_than_all_but_1_percent_of_held_out": float((made < np.quantile(held_out, 0.01)).mean()),
        "samples": len(made),
    }
    return rounded(figures)


def _keep(name: str, what: str, command: str, figures: dict[str, Any]) -> None:
    card = checkpoint.read_card(name)
    card[what] = {"command": command, **figures}
    checkpoint.write_card(name, card)


def fairness_of_samples(data: str | None = None, quick: bool = False, write: bool = True) -> dict[str, Any]:
    """How samples spread over groups beside training faces (``fairness``), for both generators."""
    part = 20 if quick else 1
    train = load(data, "train")
    words = words_of(data or default_folder(), "train", "label_ethnicity")
    classifier = generate.network("faces-classifier")
    real = fairness.Measured(classifier, train.images, train.labels, words)
    found: dict[str, Any] = {}
    for name in sorted({"faces-gan", "faces-vae"} & set(checkpoint.names("faces-"))):
        net, count = generate.network(name), fairness.SAMPLES // part
        found[name] = {"note": fairness.NOTE, "samples": count, "training_faces": len(real.scores)}
        found[name]["appearance_guessed_right"] = real.right
        for psi in fairness.TRUNCATIONS:
            samples = generate_images(net, count, psi=psi) if name == "faces-gan" else vae_samples(net, count, psi)
            scores, features = fairness.read(classifier, samples)
            found[name][f"truncation_{psi:g}"] = fairness.spreads(scores, features, real)
        found[name] = rounded(found[name])
        if write:
            _keep(name, "fairness", "python -m genai_demo evaluate faces --only fairness", found[name])
    return found


AUDITS = {"memorisation": memorised, "fairness": fairness_of_samples}
"""What ``evaluate faces --only`` measures."""
