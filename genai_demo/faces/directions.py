"""Finding directions with a meaning in a latent space, and measuring what they do.

Learned directions come from the attribute classifier: sample latents, look at their pictures,
regress the scores on the latents. Discovered directions need no label: principal components of
the styles (Härkönen et al. 2020, GANSpace), each for coarse, middle and fine layers. Both kinds
are scaled by the standard deviation of the latent space and then measured on fresh faces.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from genai_demo.core.device import autocast
from genai_demo.faces.encoders import ATTRIBUTES, VAE, Classifier
from genai_demo.faces.model import Generator

SAMPLES = 2500
MEASURED = 96
DECOUPLING = 0.05
"""Ridge added to the attributes' covariance: small values hold the other attributes still at any
price in realism, large ones let correlated attributes move along."""

UNITS = {"learned": 3.0, "discovered": 2.0}
"""Standard deviations of the latent space that one unit of a slider moves, by group: what a
direction changes is spread over many dimensions, and a single deviation would hardly show."""

LABELS = {
    "smile": ("Smile", "微笑"),
    "age": ("Age", "年龄"),
    "gender": ("Feminine - masculine", "女性化 - 男性化"),
    "yaw": ("Turn of the head", "转头"),
    "mouth_open": ("Open mouth", "张嘴"),
    "eyes_open": ("Open eyes", "睁眼"),
    "long_hair": ("Long hair", "长发"),
    "light_hair": ("Light hair", "浅色头发"),
    "light_skin": ("Light skin", "浅色皮肤"),
    "glasses": ("Glasses", "眼镜"),
    "beard": ("Beard", "胡须"),
    "outdoors": ("Outdoors", "户外"),
}
"""Attribute to slider text (English, Chinese)."""

PROBES = {
    "brightness": ("Brightness", "亮度"),
    "contrast": ("Contrast", "对比度"),
    "warmth": ("Warm light", "暖色光"),
    "background": ("Light background", "浅色背景"),
    "background_warmth": ("Warm background", "暖色背景"),
    "background_detail": ("Busy background", "杂乱背景"),
    "sides": ("Light from the right", "右侧光线"),
    "saturation": ("Saturation", "饱和度"),
    "clothes": ("Light clothes", "浅色衣服"),
    "forehead": ("High forehead", "高额头"),
}
"""What else a direction may be seen to do: simple statistics of the picture, see ``probe``."""


@dataclass(frozen=True)
class Space:
    """A latent space to search: draw points, turn points into pictures."""

    model: str
    layers: int
    """Number of styles; 1 for the VAE."""
    draw: Callable[[int, int], Tensor]
    """(count, seed) -> (count, Z)."""
    decode: Callable[[Tensor], Tensor]
    """(B, L, Z) -> (B, 3, R, R) in [-1, 1]."""


def gan_space(generator: Generator) -> Space:
    device = generator.constant.device

    def draw(count: int, seed: int) -> Tensor:
        z = torch.randn(count, generator.config.latent, generator=torch.Generator().manual_seed(seed))
        return generator.mapping(z.to(device)).float()

    def decode(ws: Tensor) -> Tensor:
        with autocast(device):
            return generator.synthesis(generator.truncate(ws.to(device), 0.8)).float().clamp(-1, 1)

    return Space("gan", generator.layers, draw, decode)


def vae_space(vae: VAE) -> Space:
    device = vae.to_rgb.weight.device

    def draw(count: int, seed: int) -> Tensor:
        z = torch.randn(count, vae.config.latent, generator=torch.Generator().manual_seed(seed))
        return vae.from_noise(z.to(device))

    def decode(ws: Tensor) -> Tensor:
        with autocast(device):
            return vae.decode(vae.truncate(ws[:, 0].to(device), 0.8)).float().clamp(-1, 1)

    return Space("vae", 1, draw, decode)


@torch.inference_mode()
def find_directions(space: Space, classifier: Classifier, discovered: int = 8) -> list[dict[str, Any]]:
    """All directions of a space with names and measured effects, ready for a card."""
    w = space.draw(SAMPLES, 1)
    scores = torch.cat([_look(space, classifier, _stack(space, part))[0] for part in w.split(50)])
    found = learned(w, scores) + principal(space, w, discovered)
    fresh = space.draw(MEASURED, 2)
    named: list[dict[str, Any]] = []
    for entry in found:
        effect = measure(space, classifier, fresh, entry)
        if entry["group"] == "discovered":
            name, labels, sign = name_by_effect(effect, {e["name"] for e in named})
            entry |= {"name": name, "labels": labels, "vector": [sign * v for v in entry["vector"]]}
            effect = measure(space, classifier, fresh, entry)
        named.append(entry | {"effect": summarise(entry["name"], effect)})
    return named


def learned(w: Tensor, scores: Tensor) -> list[dict[str, Any]]:
    """One direction per attribute; w (N, Z), scores (N, A).

    With S the covariance of w and B the regression of the scores on w, the direction for
    attribute j is S B^T (B S B^T + ridge)^-1 e_j: of all moves that raise j and leave the others
    alone, the one that strays least from the distribution. Without the inverse it is the plain
    covariance direction, in which whatever goes together in the data moves together.
    """
    w, scores = w.cpu().double(), scores.cpu().double()
    w, scores = w - w.mean(0), scores - scores.mean(0)
    covariance = w.T @ w / len(w)
    ridge = 1e-2 * covariance.diagonal().mean() * torch.eye(w.shape[1], dtype=w.dtype)
    regression = torch.linalg.solve(covariance + ridge, w.T @ scores / len(w)).T  # (A, Z)
    spread = regression @ covariance @ regression.T
    inverse = torch.linalg.inv(spread + DECOUPLING * spread.diagonal().diag())
    vectors = (covariance @ regression.T @ inverse).T
    precision = torch.linalg.inv(covariance + 1e-3 * ridge)
    found = []
    for name, vector in zip(ATTRIBUTES, vectors, strict=True):
        unit = UNITS["learned"] * vector / (vector @ precision @ vector).sqrt()
        english, chinese = LABELS[name]
        labels = {"en": english, "zh": chinese}
        found.append({"name": name, "group": "learned", "labels": labels, "layers": None, "vector": _round(unit)})
    return found


def principal(space: Space, w: Tensor, count: int) -> list[dict[str, Any]]:
    """Principal components of the points, dealt out over the layer ranges of the GAN."""
    centred = w.double() - w.double().mean(0)
    _, deviations, components = torch.linalg.svd(centred, full_matrices=False)
    deviations = deviations / len(w) ** 0.5
    ranges = [(0, 4), (4, 8), (8, space.layers)] if space.layers > 8 else [None]
    found = []
    for i in range(count):
        vector = UNITS["discovered"] * components[i // len(ranges)] * deviations[i // len(ranges)]
        found.append({"group": "discovered", "layers": ranges[i % len(ranges)], "vector": _round(vector)})
    return found


def measure(space: Space, classifier: Classifier, w: Tensor, entry: dict[str, Any]) -> dict[str, float]:
    """Mean change of every attribute and probe per unit, from -1.5 to +1.5, and identity kept.

    Attributes count in standard deviations of the real faces, probes in those of the unedited
    generated pictures. Identity: cosine of the classifier's embeddings across the whole span.
    """
    vector = torch.tensor(entry["vector"], dtype=torch.float32, device=w.device)
    where = slice(*entry["layers"]) if entry["layers"] else slice(None)
    outcomes = []
    for amount in (-1.5, 0.0, 1.5):
        stack = _stack(space, w).clone()
        stack[:, where] += amount * vector
        outcomes.append(
            [torch.cat(parts) for parts in zip(*(_look(space, classifier, p) for p in stack.split(50)), strict=True)]
        )
    (low_scores, low_embed, low_probe), (_, _, probe_here), (high_scores, high_embed, high_probe) = outcomes
    change = ((high_scores - low_scores) / 3).mean(0)
    probes = ((high_probe - low_probe) / 3).mean(0) / (probe_here.std(0) + 1e-6)
    effect = dict(zip(ATTRIBUTES, change.tolist(), strict=True))
    effect |= dict(zip(PROBES, probes.tolist(), strict=True))
    effect["identity"] = float((low_embed * high_embed).sum(1).mean())
    return effect


def name_by_effect(effect: dict[str, float], taken: set[str]) -> tuple[str, dict[str, str], int]:
    """The largest measured effect that no direction is named after yet; the sign makes it grow."""
    texts = LABELS | PROBES
    ranked = sorted((k for k in texts), key=lambda k: -abs(effect[k]))
    best = next(k for k in ranked if k not in taken and f"discovered_{k}" not in taken)
    english, chinese = texts[best]
    return f"discovered_{best}", {"en": english, "zh": chinese}, 1 if effect[best] > 0 else -1


def summarise(name: str, effect: dict[str, float]) -> dict[str, Any]:
    """The part of a measurement that people need: own effect, identity, the largest side effects."""
    own = name.removeprefix("discovered_")
    others = sorted((k for k in ATTRIBUTES if k != own), key=lambda k: -abs(effect[k]))[:2]
    return {
        "own": round(effect[own], 2),
        "identity": round(effect["identity"], 2),
        "side_effects": {k: round(effect[k], 2) for k in others},
    }


def probe(images: Tensor) -> Tensor:
    """(B, 3, 128, 128) in [-1, 1] to (B, len(PROBES)) simple statistics."""
    grey = images.mean(1)
    side = images.shape[-1]
    edge, top = side // 8, side // 6
    corners = torch.cat([images[:, :, :top, :edge], images[:, :, :top, -edge:]], 3)
    warm = images[:, 0] - images[:, 2]
    detail = torch.cat([grey[:, :top, :edge], grey[:, :top, -edge:]], 1).diff(dim=2).abs()
    middle = slice(side // 3, -(side // 3))
    columns = [
        grey.mean((1, 2)),
        grey.flatten(1).std(1),
        warm.mean((1, 2)),
        corners.mean((1, 2, 3)),
        (corners[:, 0] - corners[:, 2]).mean((1, 2)),
        detail.mean((1, 2)),
        grey[:, middle, side // 2 : -side // 4].mean((1, 2)) - grey[:, middle, side // 4 : side // 2].mean((1, 2)),
        (images.amax(1) - images.amin(1)).mean((1, 2)),
        grey[:, -edge:, side // 4 : -side // 4].mean((1, 2)),
        grey[:, side // 6 : side // 4, side // 3 : -(side // 3)].mean((1, 2)),
    ]
    return torch.stack(columns, 1)


def _stack(space: Space, w: Tensor) -> Tensor:
    return w[:, None].expand(-1, space.layers, -1)


def _look(space: Space, classifier: Classifier, stack: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Attribute scores, identity embeddings and probes of a batch of points."""
    images = space.decode(stack)
    with autocast(images.device):
        return classifier(images).cpu(), classifier.embed(images).cpu(), probe(images).cpu()


def _round(vector: Tensor) -> list[float]:
    return [round(v, 5) for v in vector.tolist()]
