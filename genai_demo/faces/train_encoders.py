"""Training of what stands beside the GAN: VAE, attribute classifier, encoder to W+."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.core import checkpoint
from genai_demo.core.device import autocast, pick_device
from genai_demo.core.loop import Average, batch_indices, update
from genai_demo.core.losses import FeatureDistance, edge_loss
from genai_demo.core.pictures import save_rows
from genai_demo.faces.encoders import (
    ATTRIBUTES,
    VAE,
    Classifier,
    Encoder,
    EncoderConfig,
    VAEConfig,
    draw,
    kl_divergence,
)
from genai_demo.faces.model import Generator

LABELS = {
    "smile": "fa_happy",
    "age": "fa_age",
    "gender": "fa_male",
    "yaw": "yaw",
    "mouth_open": "mouth_open",
    "eyes_open": "eye_open",
    "long_hair": "omi_long_hair",
    "light_hair": "omi_hair_color",
    "light_skin": "omi_skin_color",
    "glasses": "hand_glasses",
    "beard": "hand_beard",
    "outdoors": "omi_outdoors",
}
"""Column of the index behind each attribute of the classifier."""
INVERTED = {"light_skin", "light_hair"}
"""Columns that grow towards dark: the attribute is their negative."""
KL_SCALE = 2000.0
"""Nats that weigh as much as one unit of reconstruction loss at beta 1 (chosen by eye)."""
LEARNT = 200
"""Training faces that the VAE's bound is also measured on."""


@dataclass(frozen=True)
class EncoderSettings:
    """Shared by the three networks here. ``batch`` counts pictures over all processes."""

    batch: int = 32
    rate: float = 0.002
    average_steps: float = 500.0
    """Half-life of the weight average."""
    seed: int = 0
    beta: float = 1.0
    """Weight of the KL divergence in the VAE's bound (Higgins et al. 2017)."""
    perceptual: float = 1.0
    """Weight of the distance in frozen EfficientNet-Lite0 features, training time only."""


class _Task:
    """One network, one optimiser, one average: the common part."""

    name: str
    """Of the checkpoint, after "faces-"."""

    def __init__(
        self, network: nn.Module, average: nn.Module, settings: EncoderSettings, images: Tensor, held_out: Tensor
    ):
        self.device = pick_device()
        self.settings, self.images, self.held_out = settings, images, held_out
        self.network = network.to(self.device, memory_format=torch.channels_last)
        self.ema = Average(self.network, average.to(self.device, memory_format=torch.channels_last))
        self.modules = {"network": self.network}
        self.averaged = {"network": self.ema.target}
        self.optimizers = {"network": torch.optim.Adam(self.network.parameters(), lr=settings.rate, betas=(0.9, 0.99))}
        self.rates = {"network": settings.rate}

    def start_from_published(self) -> None:
        """Take the weights of ``checkpoints/``."""
        checkpoint.load_weights(f"faces-{self.name}", self.network).requires_grad_(True).train()
        self.ema.target.load_state_dict(self.network.state_dict())

    def start_from_run(self, state: dict[str, Any]) -> None:
        """Take the networks of another run. state: its ``state.pt``."""
        self.network.load_state_dict(state["modules"]["network"])
        self.ema.target.load_state_dict(state["averaged"]["network"])

    def batch(self, images: Tensor, step: int, flip: bool = True) -> tuple[Tensor, Tensor]:
        """Pictures (B, 3, R, R) in [-1, 1], half of them mirrored, and their indices."""
        chosen = batch_indices(self.settings.seed, step, len(images), self.settings.batch)
        pictures = as_input(images[chosen], self.device)
        if flip:
            mirrored = torch.rand(len(pictures), 1, 1, 1, device=self.device) < 0.5
            pictures = torch.where(mirrored, pictures.flip(3), pictures)
        return pictures.contiguous(memory_format=torch.channels_last), chosen

    def finish(self, step: int) -> None:
        half_life = min(self.settings.average_steps, 0.1 * (step + 1))
        self.ema.update(0.5 ** (1 / half_life))


def as_input(images: Tensor, device: torch.device) -> Tensor:
    """uint8 (B, 3, R, R) to float in [-1, 1] on the device."""
    return (images.to(device).float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)


class VAETask(_Task):
    """ELBO with a beta: reconstruction (edges kept) + beta KL(q(z|x) || N(0, I))."""

    name = "vae"

    def __init__(self, config: VAEConfig, settings: EncoderSettings, images: Tensor, held_out: Tensor):
        torch.manual_seed(settings.seed)
        super().__init__(VAE(config), VAE(config), settings, images, held_out)
        self.features = FeatureDistance(self.device)

    def step(self, step: int) -> dict[str, float | Tensor]:
        figures: dict[str, float | Tensor] = {}

        def losses():
            x, _ = self.batch(self.images, step)
            with autocast(self.device):
                y, mean, log_variance = self.network(x)
                figures.update(self.terms(x, y, mean, log_variance))
            # Kingma & Welling 2014, eq. 10, up to the scale of the reconstruction term
            yield figures["reconstruction"] + self.settings.beta * figures["kl"] / KL_SCALE

        figures["loss"] = update(self.optimizers["network"], losses())
        self.finish(step)
        return {k: v.detach() if isinstance(v, Tensor) else v for k, v in figures.items()}

    def terms(self, x: Tensor, y: Tensor, mean: Tensor, log_variance: Tensor) -> dict[str, Tensor]:
        """Reconstruction, and KL in nats per picture."""
        kl = kl_divergence(mean, log_variance)
        reconstruction = edge_loss(y, x) + self.settings.perceptual * self.features(y, x)
        return {"reconstruction": reconstruction, "kl": kl}

    @torch.inference_mode()
    def evaluate(self) -> dict[str, float]:
        """The negative bound on held-out faces, at the mean of q; train: on some of those that it learns from."""
        reconstruction, kl = self.mean_terms(self.held_out)
        score = reconstruction + self.settings.beta * kl / KL_SCALE
        reconstruction_train, kl_train = self.mean_terms(self.images[:LEARNT])
        train = reconstruction_train + self.settings.beta * kl_train / KL_SCALE
        return {"score": score, "train": train, "held_out_reconstruction": reconstruction, "held_out_kl": kl}

    def mean_terms(self, images: Tensor) -> tuple[float, float]:
        """Reconstruction and KL of pictures (N, 3, R, R) uint8, by the averaged network."""
        network, found = self.ema.target, []
        for part in images.split(50):
            x = as_input(part, self.device)
            with autocast(self.device):
                mean, log_variance = network.encode(x)
                terms = self.terms(x, network.decode(mean), mean, log_variance)
            found.append([float(terms["reconstruction"]), float(terms["kl"])])
        reconstruction, kl = np.mean(found, 0)
        return float(reconstruction), float(kl)

    @torch.inference_mode()
    def sample_sheet(self, path: Path) -> None:
        """Held-out faces, their reconstructions, fresh samples: a row each."""
        x = as_input(self.held_out[:8], self.device)
        self.fit_prior(2_000)
        network = self.ema.target
        noise = torch.randn(len(x), network.config.latent, generator=torch.Generator().manual_seed(1)).to(self.device)
        with autocast(self.device):
            rows = [x, network.decode(network.encode(x)[0]), network.decode(network.from_noise(noise))]
        save_rows(rows, path)

    @torch.inference_mode()
    def fit_prior(self, count: int | None = None) -> None:
        """Fit the Gaussian that new faces are drawn from to the codes of (the first ``count``) training faces."""
        network, found = self.ema.target, []
        for part in self.images[:count].split(100):
            with autocast(self.device):
                found.append(draw(*network.encode(as_input(part, self.device))))
        codes = torch.cat(found)
        values, vectors = torch.linalg.eigh(torch.cov(codes.T))
        network.centre.copy_(codes.mean(0))
        network.spread.copy_(vectors * values.clamp(min=0).sqrt() @ vectors.T)


class ClassifierTask(_Task):
    """Regression of standardised labels; an unknown label costs nothing."""

    name = "classifier"

    def __init__(
        self,
        config: EncoderConfig,
        settings: EncoderSettings,
        images: Tensor,
        held_out: Tensor,
        labels: Tensor,
        held_out_labels: Tensor,
    ):
        torch.manual_seed(settings.seed)
        super().__init__(Classifier(config), Classifier(config), settings, images, held_out)
        self.mean = labels.nanmean(0)
        self.deviation = ((labels - self.mean).square().nanmean(0) + 1e-8).sqrt()
        self.labels = (labels - self.mean) / self.deviation
        self.held_out_labels = (held_out_labels - self.mean) / self.deviation
        yaw = ATTRIBUTES.index("yaw")
        self.mirror = torch.ones(len(ATTRIBUTES), device=self.device)
        self.mirror[yaw] = -1
        self.mirrored_mean = torch.zeros(len(ATTRIBUTES), device=self.device)
        self.mirrored_mean[yaw] = float(-2 * self.mean[yaw] / self.deviation[yaw])

    def step(self, step: int) -> dict[str, float | Tensor]:
        def losses():
            x, chosen = self.batch(self.images, step, flip=False)
            y = self.labels[chosen].to(self.device)
            flip = torch.rand(len(x), device=self.device) < 0.5
            x = torch.where(flip[:, None, None, None], x.flip(3), x)
            y = torch.where(flip[:, None], y * self.mirror + self.mirrored_mean, y)
            x = jitter(x)
            with autocast(self.device):
                predicted = self.network(x)
            known = ~y.isnan()
            yield F.smooth_l1_loss(predicted[known], y[known])

        loss = update(self.optimizers["network"], losses())
        self.finish(step)
        return {"loss": loss}

    @torch.inference_mode()
    def evaluate(self) -> dict[str, float]:
        """Correlation with the held-out labels, one per attribute; score: 1 - their mean."""
        found = []
        for part in self.held_out.split(50):
            with autocast(self.device):
                found.append(self.ema.target(as_input(part, self.device)).cpu())
        predicted, wanted = torch.cat(found), self.held_out_labels
        figures = {}
        for i, name in enumerate(ATTRIBUTES):
            known = ~wanted[:, i].isnan()
            pair = torch.stack([predicted[known, i], wanted[known, i]])
            figures[f"r_{name}"] = float(torch.corrcoef(pair)[0, 1])
        return {"score": 1 - float(np.nanmean(list(figures.values()))), **figures}

    def sample_sheet(self, path: Path) -> None:
        """Nothing to look at: the figures say it."""


def jitter(x: Tensor) -> Tensor:
    """Random brightness and contrast and a shift of up to 4 pixels, for encoders."""
    gain = 1 + 0.3 * (torch.rand(len(x), 1, 1, 1, device=x.device) - 0.5)
    offset = 0.3 * (torch.rand(len(x), 1, 1, 1, device=x.device) - 0.5)
    padded = F.pad(x, (4, 4, 4, 4), mode="replicate")
    top, left = torch.randint(0, 9, (2,)).tolist()
    side = x.shape[-1]
    shifted = padded[:, :, top : top + side, left : left + side]
    return (shifted * gain + offset).contiguous(memory_format=torch.channels_last)


class EncoderTask(_Task):
    """Half the batch are generated faces whose styles are known, half real ones.

    Known styles: squared error in W. All: pixels, edges and features of the decoded picture.
    vae: the one whose latent space is the generator's W, to begin as it.
    """

    name = "encoder"

    def __init__(
        self,
        generator: Generator,
        settings: EncoderSettings,
        images: Tensor,
        held_out: Tensor,
        vae: VAE | None = None,
    ):
        torch.manual_seed(settings.seed)
        config = EncoderConfig(generator.config.resolution, latent=generator.config.latent)
        super().__init__(Encoder(config), Encoder(config), settings, images, held_out)
        self.generator = generator.to(self.device).requires_grad_(False).eval()
        if vae is not None:
            for encoder in (self.network, self.ema.target):
                encoder.start_from(vae.to(self.device), as_input(images[:32], self.device))
        self.features = FeatureDistance(self.device)

    def step(self, step: int) -> dict[str, float | Tensor]:
        figures: dict[str, float | Tensor] = {}

        def losses():
            real, _ = self.batch(self.images, step)
            half = max(1, len(real) // 2)
            with autocast(self.device):
                with torch.no_grad():
                    w = self.generator.mapping(torch.randn(half, self.generator.config.latent, device=self.device))
                    psi = 0.5 + 0.5 * torch.rand(half, 1, device=self.device)
                    w = self.generator.truncate(w.float(), psi)
                    known = w[:, None].expand(-1, self.generator.layers, -1)
                    made = self.generator.synthesis(known, "random").clamp(-1, 1)
                x = torch.cat([made, real[: len(real) - half]])
                styles = self.network(jitter(x))
                decoded = self.generator.synthesis(styles)
                figures["style"] = (styles[:half] - known).square().mean()
                figures["picture"] = edge_loss(decoded, x)
                figures["features"] = self.features(decoded, x)
                offsets = (styles - styles.mean(1, keepdim=True)).square().mean()
            yield figures["style"] + figures["picture"] + figures["features"] + 0.1 * offsets

        figures["loss"] = update(self.optimizers["network"], losses())
        self.finish(step)
        return {k: v.detach() if isinstance(v, Tensor) else v for k, v in figures.items()}

    @torch.inference_mode()
    def evaluate(self) -> dict[str, float]:
        """Distance between held-out faces and their way through encoder and generator."""
        found = []
        for part in self.held_out[:200].split(50):
            x = as_input(part, self.device)
            with autocast(self.device):
                y = self.generator.synthesis(self.ema.target(x).float())
                found.append([float(edge_loss(y, x)), float(self.features(y, x))])
        picture, features = np.mean(found, 0)
        return {
            "score": float(picture + features),
            "held_out_picture": float(picture),
            "held_out_features": float(features),
        }

    @torch.inference_mode()
    def sample_sheet(self, path: Path) -> None:
        """Held-out faces and what comes back: a row each."""
        x = as_input(self.held_out[:8], self.device)
        with autocast(self.device):
            save_rows([x, self.generator.synthesis(self.ema.target(x).float())], path)


def label_matrix(labels: dict[str, Any]) -> Tensor:
    """The index's columns to (N, len(ATTRIBUTES)), NaN where unknown. Raises ValueError where one is missing."""
    missing = [LABELS[name] for name in ATTRIBUTES if LABELS[name] not in labels]
    if missing:
        raise ValueError(f"The prepared pictures have no labels {', '.join(missing)}. Train on the published set.")
    columns = [np.asarray(labels[LABELS[name]], np.float32) * (-1 if name in INVERTED else 1) for name in ATTRIBUTES]
    return torch.from_numpy(np.stack(columns, 1))
