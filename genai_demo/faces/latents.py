"""Latents, the directions in them, and the paths between them. Pure NumPy, no networks.

A latent of the GAN is a stack of styles, one a layer: (L, Z), the space W+; all rows equal for
a face that comes from a seed. A latent of the VAE is a single row: (1, Z).
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

LAYER_RANGES = ("all", "coarse", "middle", "fine")
EASINGS = ("linear", "smooth", "slow start", "slow end")
SPACES = ("w", "z", "vae")
METHODS = ("lerp", "slerp")


@dataclass(frozen=True)
class Latent:
    """A point that a model turns into a picture."""

    model: str
    """"gan" or "vae"."""
    styles: np.ndarray
    """(L, Z) float32, not truncated."""
    seed: int = 0
    """Of the per-layer noise."""
    z: np.ndarray | None = None
    """(Z,) float32, where the latent came from a seed."""
    origin: str = ""
    """Words for people: "seed 7", "upload"."""


@dataclass(frozen=True)
class Direction:
    """A direction in the latent space with a name and measured effects."""

    name: str
    model: str
    group: str
    """"learned" (from labels) or "discovered" (without labels)."""
    labels: dict[str, str]
    """Text of the slider by language: {"en": ..., "zh": ...}."""
    vector: np.ndarray = field(repr=False)
    """(Z,) float32; one unit is a visible step, see directions.UNITS."""
    layers: tuple[int, int] | None = None
    """Layers [first, last) that it acts on by default; None for all."""
    effect: dict[str, Any] = field(default_factory=dict)
    """Measured, see the card: change of its own attribute per unit, identity kept, leakage."""


def layer_slice(layers: str, count: int) -> slice:
    """Layers of a range by name: coarse styles set pose and shape, fine ones colour.

    Raises ValueError for another name.
    """
    if layers not in LAYER_RANGES:
        raise ValueError(f"No layer range is called {layers!r}. Choose one of {', '.join(LAYER_RANGES)}.")
    if count == 1 or layers == "all":
        return slice(0, count)
    third = {"coarse": (0, 4), "middle": (4, 8), "fine": (8, count)}[layers]
    return slice(min(third[0], count), min(third[1], count))


def edit(latent: Latent, amounts: dict[str, float], directions: list[Direction], layers: str = "all") -> Latent:
    """Move along named directions by ``amounts`` (in units of the sliders).

    With ``layers`` "all", a direction acts on its own default layers; else on the named range.
    Raises ValueError for an unknown direction or a value that is not a finite number.
    """
    known = {d.name: d for d in directions if d.model == latent.model}
    styles = latent.styles.copy()
    for name, amount in amounts.items():
        if name not in known:
            raise ValueError(f"No direction is called {name!r}. Choose one of {', '.join(known)}.")
        if not np.isfinite(amount):
            raise ValueError(f"The slider {name!r} needs a number, not {amount}.")
        if amount == 0:
            continue
        direction = known[name]
        if layers == "all" and direction.layers is not None and len(styles) > 1:
            where = slice(*direction.layers)
        else:
            where = layer_slice(layers, len(styles))
        styles[where] += np.float32(amount) * direction.vector
    return Latent(latent.model, styles, latent.seed, None, latent.origin)


def to_half(styles: np.ndarray) -> np.ndarray:
    """Styles as a recipe keeps them: rounded to half precision, still float32."""
    return styles.astype(np.float16).astype(np.float32)


def mix(first: Latent, second: Latent, layers: str = "fine") -> Latent:
    """``first`` with the styles of a layer range taken from ``second`` (both of the GAN)."""
    if first.model != "gan" or second.model != "gan":
        raise ValueError("Only faces of the GAN have styles that can be mixed.")
    where = layer_slice(layers, len(first.styles))
    styles = first.styles.copy()
    styles[where] = second.styles[where]
    return Latent("gan", to_half(styles), first.seed, None, f"{first.origin} x {second.origin}")


def ease(t: np.ndarray, easing: str) -> np.ndarray:
    """Reparametrise time in [0, 1]. Raises ValueError for an unknown easing."""
    curves = {
        "linear": lambda t: t,
        "smooth": lambda t: t * t * (3 - 2 * t),
        "slow start": lambda t: t * t,
        "slow end": lambda t: t * (2 - t),
    }
    if easing not in curves:
        raise ValueError(f"No easing is called {easing!r}. Choose one of {', '.join(EASINGS)}.")
    return curves[easing](t)


def lerp(a: np.ndarray, b: np.ndarray, t: float) -> np.ndarray:
    """Straight line."""
    return (1 - t) * a + t * b


def slerp(a: np.ndarray, b: np.ndarray, t: float) -> np.ndarray:
    """Along the great circle, length interpolated; rows of (L, Z) each for themselves.

    Shoemake 1985. Gaussian latents live near a sphere, and a straight line between two of them
    passes through its empty inside. Falls back to ``lerp`` for nearly parallel vectors.
    """
    lengths = [np.linalg.norm(v, axis=-1, keepdims=True) for v in (a, b)]
    unit_a, unit_b = (v / np.maximum(n, 1e-8) for v, n in zip((a, b), lengths, strict=True))
    angle = np.arccos(np.clip((unit_a * unit_b).sum(-1, keepdims=True), -1, 1))
    sine = np.sin(angle)
    straight = sine < 1e-4
    safe = np.where(straight, 1, sine)
    arc = (np.sin((1 - t) * angle) * unit_a + np.sin(t * angle) * unit_b) / safe
    length = lerp(lengths[0], lengths[1], t)
    return np.where(straight, lerp(a, b, t), arc * length).astype(np.float32)


def path(
    points: list[np.ndarray], frames: int, method: str = "lerp", easing: str = "linear", loop: bool = False
) -> np.ndarray:
    """``frames`` points along the polyline (or arcs) through ``points``: (frames, ...) float32.

    A loop returns to the first point and leaves out the repeated last frame. Easing acts within
    each leg. Raises ValueError where there are fewer than two points or frames.
    """
    if len(points) < 2 or frames < 2:
        raise ValueError("A path needs at least two key faces and two frames.")
    if method not in METHODS:
        raise ValueError(f"No path is called {method!r}. Choose one of {', '.join(METHODS)}.")
    between = {"lerp": lerp, "slerp": slerp}[method]
    stops = [*points, points[0]] if loop else points
    times = np.linspace(0, len(stops) - 1, frames, endpoint=not loop)
    found = []
    for time in times:
        leg = min(int(time), len(stops) - 2)
        found.append(between(stops[leg], stops[leg + 1], float(ease(np.float64(time - leg), easing))))
    return np.stack(found).astype(np.float32)


def bilinear(corners: list[np.ndarray], x: float, y: float) -> np.ndarray:
    """Point of a square between four corners: top left, top right, bottom left, bottom right."""
    if len(corners) != 4:
        raise ValueError("A map needs exactly four corner faces.")
    x, y = float(np.clip(x, 0, 1)), float(np.clip(y, 0, 1))
    top, bottom = lerp(corners[0], corners[1], x), lerp(corners[2], corners[3], x)
    return lerp(top, bottom, y).astype(np.float32)
