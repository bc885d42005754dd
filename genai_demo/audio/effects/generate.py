"""The door to the sound effects: sounds from kinds, seeds and sliders.

from genai_demo.audio.effects import generate
rate, samples = generate.make("rain", seconds=3.0, seed=7)
"""

import functools
import threading
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from genai_demo.audio import sounds, vocoder
from genai_demo.audio.effects.codec import Codec, CodecConfig
from genai_demo.audio.effects.kinds import KINDS, NAMES, Kind, get_kind
from genai_demo.audio.effects.layout import Layout, joined, lay_out
from genai_demo.audio.effects.model import Condition, Effects, EffectsConfig, edges, sample
from genai_demo.audio.mel import HOP, LOWEST, RATE
from genai_demo.core import checkpoint, lent, limits
from genai_demo.core.device import autocast, pick_device

__all__ = ["KINDS", "NAMES", "Effect", "Kind", "Recipe", "card", "design", "make", "morph", "vary"]

NAME, CODEC = "audio-effects", "audio-effects-codec"
GUIDANCE, STEPS = 2.0, 10
LIKENESS = 0.9
"""Correlation of the noise of further events with that of the first: the same shoes take all the steps."""
LUFS, PEAK = -20.0, -1.0
"""Loudness of the results, where their peaks allow it."""
AROUND = 40
"""Frames of a loop that the vocoder hears before its beginning and after its end: more than its reach."""
_loading = threading.Lock()


@dataclass(frozen=True)
class Recipe:
    """Everything that a sound depends on: the same recipe gives the same samples on the same machine."""

    kind: str
    seconds: float = 3.0
    seed: int = 0
    brightness: float = 0.0
    """-1 dark .. 1 bright, among the sounds of the kind; at 0 the seed decides."""
    density: float = 0.0
    """-1 little happens .. 1 much."""
    second: str | None = None
    """Another kind to mix in ..."""
    share: float = 0.0
    """... and how much of it, 0..1."""
    loop: bool | None = None
    """Whether the end joins the beginning; None: as is usual for the kind."""
    guidance: float = GUIDANCE
    """How strictly to keep to the kind; 1 is as learnt, more is purer and less varied."""
    steps: int = STEPS
    variations: tuple[tuple[float, int], ...] = ()
    """(strength, seed) of the variations made since, one after the other."""

    def __post_init__(self) -> None:
        _check(self)

    @property
    def shares(self) -> dict[str, float]:
        """Kinds and their shares, which sum to 1; without those that have none."""
        if self.second is None or self.share == 0:
            return {self.kind: 1.0}
        if self.share == 1 or self.second == self.kind:
            return {self.second: 1.0}
        return {self.kind: 1 - self.share, self.second: self.share}

    @property
    def looped(self) -> bool:
        return all(KINDS[name].ambient for name in self.shares) if self.loop is None else self.loop


@dataclass(frozen=True)
class Effect:
    """A sound and how it came about."""

    recipe: Recipe
    samples: np.ndarray
    """(S,) float32 at ``rate``."""
    mel: np.ndarray
    """(100, T) float32: the spectrogram that the vocoder made audible, for pictures."""
    rate: int = RATE


def make(
    kind: str, seconds: float = 3.0, seed: int = 0, brightness: float = 0.0, density: float = 0.0,
    guidance: float = GUIDANCE, steps: int = STEPS, loop: bool | None = None,
) -> tuple[int, np.ndarray]:  # fmt: skip
    """A sound of one kind: (samples a second, float32 (S,)). Raises ValueError for bad input, see ``Recipe``."""
    found = design(Recipe(kind, seconds, seed, brightness, density, loop=loop, guidance=guidance, steps=steps))
    return found.rate, found.samples


def morph(
    first: str, second: str, share: float = 0.5, seconds: float = 3.0, seed: int = 0, loop: bool | None = None
) -> tuple[int, np.ndarray]:
    """A sound between two kinds from the same noise; share 0 is ``make(first)``, 1 is ``make(second)``."""
    found = design(Recipe(first, seconds, seed, second=second, share=share, loop=loop))
    return found.rate, found.samples


def vary(recipe: Recipe, strength: float = 0.5, seed: int = 0) -> Effect:
    """A sound that resembles the recipe's: partly turned to noise and drawn again (SDEdit, Meng et al. 2022).

    strength: 0 changes nothing, 1 keeps only the conditions. Raises ValueError for bad input.
    """
    return design(replace(recipe, variations=(*recipe.variations, (strength, seed))))


def design(recipe: Recipe) -> Effect:
    """The sound of a recipe. Raises ValueError where weights are missing."""
    plan = _plan(recipe)
    mel = _canvas(recipe, plan)
    if recipe.looped:
        circle = np.arange(-AROUND, plan.frames + AROUND + 1) % plan.frames
        samples = joined(vocoder.vocode(mel[:, circle])[AROUND * HOP :], plan.samples)
    else:
        samples = sounds.fade(vocoder.vocode(mel)[: plan.samples], 0.002, 0.02)
    return Effect(recipe, sounds.normalise(samples, LUFS, PEAK), mel[:, : 1 + plan.samples // HOP])


def card() -> dict[str, Any]:
    """The model card. Raises ValueError where there is none."""
    return checkpoint.read_card(NAME)


# --------------------------------------------------------------------------- from noise to spectrogram


@functools.cache
def _load() -> tuple[Effects, Codec]:
    try:
        config = EffectsConfig(**checkpoint.read_card(NAME)["config"])
        codec_config = CodecConfig(**checkpoint.read_card(CODEC)["config"])
    except (TypeError, KeyError) as error:
        raise ValueError("The cards of the sound effects do not fit this program. Fetch them again.") from error
    network = checkpoint.load_weights(NAME, Effects(config))
    codec = checkpoint.load_weights(CODEC, Codec(codec_config))
    assert isinstance(network, Effects) and isinstance(codec, Codec)
    return network.to(pick_device()), codec.to(pick_device())


def networks() -> tuple[Effects, Codec]:
    """The trained networks, or what is lent in the place of the first.

    Raises ValueError where their checkpoints are missing or broken.
    """
    with _loading:
        found = _load()
    own = lent.find(NAME)
    return (own.network, found[1]) if own else found


def _plan(recipe: Recipe) -> Layout:
    kinds = {get_kind(name): share for name, share in recipe.shares.items()}
    return lay_out(kinds, recipe.seconds, recipe.density, recipe.looped)


@torch.inference_mode()
def _canvas(recipe: Recipe, plan: Layout) -> np.ndarray:
    """The events of a plan drawn into silence: (100, T)."""
    network, codec = networks()
    with autocast(pick_device()):
        mels = codec.decode(network.restored(_drawn(recipe)), plan.circular).float().cpu().numpy()
    canvas = np.full((mels.shape[1], plan.frames), LOWEST, np.float32)
    for start, take in zip(plan.starts, mels, strict=True):
        part = canvas[:, start : start + take.shape[1]]
        np.maximum(part, take[:, : part.shape[1]], out=part)
    return canvas


@lent.remembered(NAME, megabytes=2)
def _drawn(recipe: Recipe) -> Tensor:
    """Standardised tokens of all events: (events, T, latent)."""
    network, _ = networks()
    plan = _plan(recipe)
    condition = _condition(recipe, plan)
    seed = recipe.variations[-1][1] if recipe.variations else recipe.seed
    noise = _noise(seed, len(plan.starts), plan.tokens, network.config.latent)
    start, steps = 0.0, recipe.steps
    if recipe.variations:
        strength = recipe.variations[-1][0]
        before = _drawn(replace(recipe, variations=recipe.variations[:-1]))
        if strength == 0:
            return before
        start, steps = 1 - strength, max(1, round(recipe.steps * strength))
        noise = strength * noise + start * before
    with torch.inference_mode(), autocast(pick_device()):
        return sample(network, noise, condition, steps, recipe.guidance, plan.circular, start)


def _noise(seed: int, count: int, tokens: int, latent: int) -> Tensor:
    """(count, tokens, latent): the further rows resemble the first; a longer one begins like a shorter one."""
    first = torch.randn(tokens, latent, generator=torch.Generator().manual_seed(seed))
    own = torch.randn(count, tokens, latent, generator=torch.Generator().manual_seed(seed + 1))
    own[0] = first
    own[1:] = LIKENESS * first + (1 - LIKENESS**2) ** 0.5 * own[1:]
    return own.to(pick_device())


def _condition(recipe: Recipe, plan: Layout) -> Condition:
    """The same for all events."""
    count, device = len(plan.starts), pick_device()
    kind = torch.zeros(count, len(NAMES), device=device)
    for name, share in recipe.shares.items():
        kind[:, networks()[0].config.kinds.index(name)] = share
    chance = torch.rand(2, generator=torch.Generator().manual_seed(recipe.seed + 2)) * 2 - 1
    asked = torch.tensor([recipe.brightness, recipe.density])
    brightness, density = (asked + (1 - asked.abs()) * chance).tolist()
    traits = torch.tensor([[brightness, 1, density, 1]], device=device).expand(count, -1)
    at = torch.arange(plan.tokens, dtype=torch.float32, device=device)
    near = edges(at, plan.tokens - 1 - at) * plan.event
    return Condition(kind, traits, near[None].expand(count, -1, -1))


# --------------------------------------------------------------------------- checks


def _check(recipe: Recipe) -> None:
    get_kind(recipe.kind)
    if recipe.second is not None:
        get_kind(recipe.second)
    _number("length in seconds", recipe.seconds, limits.MIN_EFFECT_SECONDS, limits.MAX_EFFECT_SECONDS)
    _number("brightness", recipe.brightness, -1, 1)
    _number("density", recipe.density, -1, 1)
    _number("share of the second kind", recipe.share, 0, 1)
    _number("guidance", recipe.guidance, 1, limits.MAX_EFFECT_GUIDANCE)
    _whole("number of steps", recipe.steps, 1, limits.MAX_EFFECT_STEPS)
    _whole("seed", recipe.seed, 0, limits.MAX_SEED)
    if len(recipe.variations) > limits.MAX_VARIATIONS:
        raise ValueError(f"That is the {limits.MAX_VARIATIONS}th variation in a row. Start from another sound.")
    for strength, seed in recipe.variations:
        _number("strength of the variation", strength, 0, 1)
        _whole("seed", seed, 0, limits.MAX_SEED)


def _number(name: str, value: Any, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"The {name} must be a number from {low:g} to {high:g}.")


def _whole(name: str, value: Any, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"The {name} must be a whole number from {low} to {high}.")
