"""A visitor's own sounds: what is kept of them and why the rest is not, and the tuning of the sound effects on them.

One kind of the board becomes theirs: the flow learns their sounds under its name, the codec and the vocoder stay.
"""

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from genai_demo.audio import sounds
from genai_demo.audio.effects import generate
from genai_demo.audio.effects.codec import whole_tokens
from genai_demo.audio.effects.kinds import get_kind
from genai_demo.audio.effects.model import EDGE_SCALES, Condition, Effects, EffectsConfig, edges, sample
from genai_demo.audio.effects.spectrograms import analysed, brightness, density, ranks
from genai_demo.audio.effects.train_flow import Batch, flow_loss, told
from genai_demo.core import cards, checkpoint, lent, limits, soundfiles
from genai_demo.core.archives import Dropped
from genai_demo.core.device import autocast, describe, pick_device
from genai_demo.core.loop import batch_indices, step_seed
from genai_demo.core.rounding import rounded
from genai_demo.core.tuning import Brake, Tuning

NAME = generate.NAME
SUFFIXES = soundfiles.SUFFIXES
PIECE, SHORTEST = 2.9, 0.1
"""Seconds of the pieces that longer sounds are cut into, and from which a sound counts."""
HELD_OUT_EVERY = 5
"""Every fifth sound is never learnt from."""
MOST_HELD_OUT, DRAWS = 16, 3
"""Of them that a measurement looks at, and how often: the noise differs."""
BATCH, RATE = 8, 5e-4
ANY_KIND = 0.1
"""How often the network is not told the kind."""


@dataclass(frozen=True)
class Sounds:
    """What is left of a visitor's sounds after the checks: pieces of up to PIECE seconds, (S,) float32 each."""

    learnt: list[np.ndarray]
    held_out: list[np.ndarray]

    @property
    def seconds(self) -> float:
        """Of both parts."""
        return sum(map(len, self.learnt + self.held_out)) / sounds.RATE


def check(files: Iterable[tuple[str, bytes]], dropped: Dropped) -> Sounds:
    """Pieces of sounds without duplicates; names and reasons of what is left out go to ``dropped``.

    Raises ValueError where too few are left.
    """
    seen: set[bytes] = set()
    found: list[np.ndarray] = []
    for name, data in files:
        try:
            samples = _usable(data)
            pieces = np.array_split(samples, int(np.ceil(len(samples) / (PIECE * sounds.RATE))))
            key = hashlib.sha256((samples * 2_000).round().astype(np.int16).tobytes()).digest()
            if key in seen:
                raise ValueError("duplicate")
            if len(found) + len(pieces) > limits.MAX_OWN_SOUNDS:
                raise ValueError("beyond the limit of all")
        except ValueError as error:
            dropped.append((name, str(error)))
            continue
        seen.add(key)
        found += [piece for piece in pieces if np.abs(piece).max() > sounds.SILENCE]
    if len(found) < limits.MIN_OWN_SOUNDS:
        raise ValueError(
            f"After the checks {len(found)} sounds are left; {limits.MIN_OWN_SOUNDS} or more are needed. "
            f"A long one counts once every {PIECE:g} seconds."
        )
    held_out = [i % HELD_OUT_EVERY == HELD_OUT_EVERY // 2 for i in range(len(found))]
    parts = ([one for one, held in zip(found, held_out, strict=True) if held is wanted] for wanted in (False, True))
    return Sounds(*parts)


def _usable(data: bytes) -> np.ndarray:
    """The samples of a file at even peaks. Raises ValueError with a reason in a few words."""
    try:
        samples = sounds.read(data, limits.MAX_SOUND_SECONDS, limits.MAX_ARCHIVE_FILE_BYTES)
    except sounds.SoundError as error:
        raise ValueError(error.reason) from error
    if len(samples) < SHORTEST * sounds.RATE:
        raise ValueError("too short")
    return samples / np.abs(samples).max() * 0.9


def example(count: int = 24) -> dict[str, bytes]:
    """Sounds to try it with, files by name: chimes of three falling notes, put together from decaying tones."""
    rng, files = np.random.default_rng(0), {}
    time = np.arange(int(1.2 * sounds.RATE)) / sounds.RATE
    for i in range(count):
        root, wave = rng.uniform(500, 900), np.zeros(len(time))
        for k, step in enumerate((1.5, 1.25, 1.0)):
            at = np.maximum(time - 0.18 * k, 0)
            tone = sum(np.sin(2 * np.pi * root * step * h * at) / h**2 for h in (1, 2.76, 5.4))
            wave += tone * np.exp(-rng.uniform(4, 6) * at) * (time > 0.18 * k)
        files[f"chime-{i + 1:02d}.wav"] = sounds.wave_bytes((wave / np.abs(wave).max() * 0.8).astype(np.float32), "wav")
    return files


class SoundsSubject:
    """The published flow, and a visitor's sounds as the codec's tokens under one kind.

    Raises ValueError for an unknown kind, or where a model is missing.
    """

    every = 10

    def __init__(self, material: Sounds, kind: str = "game_coin", seed: int = 0, brake: Brake | None = None):
        self.kind, self.seed, self.device, self.brake = get_kind(kind), seed, pick_device(), brake or Brake()
        self.network = new_network().to(self.device)
        self.network.requires_grad_(True)
        self.brake.watch(self.network)
        self.networks: dict[str, nn.Module] = {NAME: self.network}
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=RATE, betas=(0.9, 0.99), weight_decay=0.01)
        self.slot = self.network.config.kinds.index(kind)
        self.learnt, self.traits = self._encoded(material.learnt)
        self.held_out, self.held_out_traits = self._encoded(material.held_out[:MOST_HELD_OUT])

    @torch.no_grad()
    def _encoded(self, waves: list[np.ndarray]) -> tuple[list[Tensor], Tensor]:
        """Moments (T, 2, latent) of every sound, and (N, 2) ranks of brightness and density."""
        codec, found = generate.networks()[1], []
        mels = []
        for wave in waves:
            self.brake.check()
            mels.append(mel := analysed(wave, self.kind.ambient))
            both = codec.encode(whole_tokens(torch.from_numpy(mel.astype(np.float32))[None]).to(self.device))
            found.append(torch.stack([b[0] for b in both], 1).float().cpu())
        measured = np.array([[brightness(mel), density(mel)] for mel in mels]).reshape(-1, 2)
        same = np.zeros(len(mels), np.int64)
        return found, torch.from_numpy(np.stack([ranks(column, same) for column in measured.T], 1))

    def _batch(self, moments: list[Tensor], traits: Tensor, source: torch.Generator | None) -> Batch:
        """Sounds side by side, silence behind the shorter ones. source: of what differs while it learns."""
        longest, count = max(map(len, moments)), len(moments)
        both = torch.zeros(count, longest, 2, self.network.config.latent)
        near, mask = torch.zeros(count, longest, 2 * len(EDGE_SCALES)), torch.zeros(count, longest, 1)
        for row, part in enumerate(moments):
            both[row, : len(part)], mask[row, : len(part)] = part, 1
            if not self.kind.ambient:
                at = torch.arange(len(part), dtype=torch.float32)
                near[row, : len(part)] = edges(at, len(part) - 1 - at)
        latents = both[:, :, 0]
        kind = torch.zeros(count, len(self.network.config.kinds))
        kind[:, self.slot] = 1
        known = torch.ones(count, 1)
        if source is not None:
            latents = latents + (0.5 * both[:, :, 1]).exp() * torch.randn(latents.shape, generator=source)
            known = (torch.rand(count, 1, generator=source) > ANY_KIND).float()
        condition = Condition(*(t.to(self.device) for t in (kind * known, told(traits) * known, near)))
        mask = mask.to(self.device)
        return Batch(self.network.standardised(latents.to(self.device)) * mask, condition, mask)

    def step(self, step: int) -> float:
        """AdamW on BATCH sounds; returns the error of the velocity."""
        self.network.eval()  # its dropout would draw from numbers that other threads share
        source = torch.Generator().manual_seed(step_seed(self.seed, step))
        chosen = batch_indices(self.seed, step, len(self.learnt), min(BATCH, len(self.learnt))).tolist()
        batch = self._batch([self.learnt[i] for i in chosen], self.traits[chosen], source)
        noise = torch.randn(batch.tokens.shape, generator=source).to(self.device)
        time = torch.randn(len(noise), generator=source).sigmoid().to(self.device)
        self.optimizer.zero_grad(set_to_none=True)
        with autocast(self.device):
            loss = flow_loss(self.network, batch, noise, time)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    @torch.inference_mode()
    def measure(self) -> dict[str, float]:
        """Held-out error of the velocity (``score``), and how far mean spectra of made sounds are from held-out ones.

        ``spectrum``: root mean square difference in dB over the bands.
        """
        self.network.eval()
        batch = self._batch(self.held_out, self.held_out_traits, None)
        source, total = torch.Generator().manual_seed(0), 0.0
        with autocast(self.device):
            for draw in range(DRAWS):
                noise = torch.randn(batch.tokens.shape, generator=source).to(self.device)
                time = (torch.arange(len(noise)) + (draw + 0.5) / DRAWS) / len(noise)
                total += float(flow_loss(self.network, batch, noise, time.to(self.device))) / DRAWS
            noise = torch.randn(batch.tokens.shape, generator=source).to(self.device)
            made = sample(self.network, noise, batch.condition, 6, 1.0)
            spectra = [self._spectrum(tokens, batch.mask) for tokens in (made, batch.tokens)]
        apart = (spectra[0] - spectra[1]).square().mean().sqrt()
        return {"score": total, "spectrum": float(apart) * 20 / math.log(10)}

    def _spectrum(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Mean log magnitude of every band over what is no silence: (100,)."""
        mels = generate.networks()[1].decode(self.network.restored(tokens)).float()
        heard = mask[:, :, 0].repeat_interleave(mels.shape[2] // mask.shape[1], 1)[:, None]
        return (mels * heard).sum((0, 2)) / heard.sum((0, 2))

    def sample(self, network: Effects, seed: int = 1) -> bytes:
        """One sound of the kind as a WAV file. Raises Stopped where the brake is pulled."""
        network.eval()
        with lent.lending({NAME: lent.Lent(self.brake.behind(network), "")}):
            rate, samples = generate.make(self.kind.name, min(self.kind.usual, 3.0), seed)
        return sounds.wave_bytes(samples, "wav", rate=rate)


def new_network() -> Effects:
    """The published network once more, to be changed. Raises ValueError where it is missing."""
    network = checkpoint.load_weights(NAME, Effects(EffectsConfig(**checkpoint.read_card(NAME)["config"])))
    assert isinstance(network, Effects)
    return network


def published_network() -> Effects:
    """The network that everyone uses."""
    with lent.lending({}):
        return generate.networks()[0]


def best_network(tuning: Tuning) -> Effects:
    """The best weights so far in a network of their own. Raises ValueError before there are any."""
    tuning.best_point()
    network = new_network()
    network.load_state_dict(tuning.best[NAME])
    return network.to(pick_device()).requires_grad_(False).eval()


def pack(tuning: Tuning, material: Sounds) -> dict[str, bytes]:
    """Weights and card of the best network, files by name, to be put into ``checkpoints/``."""
    best, first, base = tuning.best_point(), tuning.points[0], checkpoint.read_card(NAME)
    card = {
        "purpose": f"The sound effects, fine-tuned: the kind {tuning.settings.get('kind', '')!r} is a visitor's.",
        "config": base["config"],
        "licence": base.get("licence", ""),
        "terms": base.get("terms", ""),
        "base": {"name": NAME, "files": base.get("files", {})},
        "data": {
            "origin": "sounds of a visitor",
            "learnt": len(material.learnt),
            "held_out": len(material.held_out),
            "seconds": round(material.seconds),
        },
        "training": tuning.record() | {"rate": RATE, "batch": BATCH, "hardware": describe(pick_device())},
        "metrics": rounded(best.figures),
        "metrics_of_base": rounded(first.figures),
    }
    return checkpoint.pack_checkpoint(NAME, best_network(tuning), card)


def lendable(files: dict[str, bytes], tuning: Tuning) -> dict[str, lent.Lent]:
    """The best network in the place of the published one. files: what ``pack`` made of it."""
    return {NAME: lent.Lent(best_network(tuning), cards.fingerprint_of(files))}
