"""The generator's task: conditional flow matching on the tokens of the recordings, encoded once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from genai_demo.audio.effects.codec import Codec, sampled, whole_tokens
from genai_demo.audio.effects.kinds import KINDS, NAMES
from genai_demo.audio.effects.model import EDGE_SCALES, Condition, Effects, EffectsConfig, edges, sample
from genai_demo.audio.effects.settings import Settings
from genai_demo.audio.effects.spectrograms import Spectrograms
from genai_demo.audio.effects.train_codec import save_sheet
from genai_demo.core import checkpoint
from genai_demo.core.device import autocast, pick_device
from genai_demo.core.loop import Average, batch_indices, update

NAME = "audio-effects"
WINDOW = 64
"""Most tokens of a training example, 3 s: a random part of a longer clip."""
POOL = 4
"""Batches that are drawn together and sorted by length, so that little of a batch is padding."""
ANY_KIND, ANY_TRAIT = 0.1, 0.2
"""How often the network is not told the kind (nor the traits), and not one of the traits."""
PROBES = 144
"""Held-out windows whose loss is measured during training."""


@dataclass
class Tokens:
    """Clips as the codec writes them."""

    moments: list[list[np.ndarray]]
    """By clip, then by version (see ``SPEEDS``): (T, 2, latent) float16, means and log variances."""
    kinds: np.ndarray
    traits: np.ndarray

    def window(self, index: int, version: int, start: int) -> tuple[Tensor, Tensor]:
        """Up to WINDOW tokens: moments (T, 2, latent), and edges (T, 2 x scales), zero amid a texture."""
        whole = self.moments[index][version]
        part = torch.from_numpy(whole[start : start + WINDOW].astype(np.float32))
        at = torch.arange(start, start + len(part), dtype=torch.float32)
        near = edges(at, len(whole) - 1 - at)
        return part, torch.zeros_like(near) if KINDS[NAMES[self.kinds[index]]].ambient else near


@torch.inference_mode()
def encode(codec: Codec, versions: Sequence[Spectrograms]) -> Tokens:
    """All clips of all versions through the codec."""
    device = next(codec.parameters()).device
    moments: list[list[np.ndarray]] = []
    for i in range(len(versions[0])):
        found = []
        for clips in versions:
            with autocast(device):
                both = codec.encode(whole_tokens(clips.mel(i)[None]).to(device))
            found.append(torch.stack([b[0] for b in both], 1).half().cpu().numpy())
        moments.append(found)
    return Tokens(moments, versions[0].kinds, versions[0].traits)


@dataclass(frozen=True)
class Batch:
    """Windows of equal length, silence behind the shorter ones."""

    tokens: Tensor
    """(B, T, latent), standardised."""
    condition: Condition
    mask: Tensor
    """(B, T, 1): 1 within the window."""


class EffectsTask:
    """Learns the velocity from noise to tokens (Lipman et al. 2023, eq. 23 with no noise left at the end)."""

    def __init__(self, config: EffectsConfig, settings: Settings, codec: Codec, tokens: Tokens, held_out: Tokens):
        self.config, self.settings, self.codec = config, settings, codec
        self.tokens, self.held_out = tokens, held_out
        self.device = pick_device()
        torch.manual_seed(settings.seed)
        self.network = Effects(config).to(self.device)
        self.network.mean[:], self.network.scale[:] = statistics(tokens)
        self.ema = Average(self.network, Effects(config).to(self.device))
        self.modules: dict[str, nn.Module] = {"network": self.network}
        self.averaged: dict[str, nn.Module] = {"network": self.ema.target}
        self.optimizers: dict[str, torch.optim.Optimizer] = {
            "network": torch.optim.AdamW(
                self.network.parameters(), lr=settings.rate, betas=(0.9, 0.99), weight_decay=0.01
            )
        }
        found = [np.flatnonzero(tokens.kinds == k) for k in np.unique(tokens.kinds)]
        self.order = np.concatenate([np.resize(f, max(map(len, found))) for f in found])
        """Every kind equally often."""

    def chosen(self, step: int) -> np.ndarray:
        """This process's clips of a step: about equally long."""
        pool = batch_indices(self.settings.seed, step // POOL, len(self.order), POOL * self.settings.batch)
        clips = self.order[pool.numpy()]
        lengths = np.minimum([len(self.tokens.moments[i][0]) for i in clips], WINDOW)
        return clips[lengths.argsort(kind="stable")].reshape(POOL, -1)[step % POOL]

    def step(self, step: int) -> dict[str, float | Tensor]:
        self.settings.set_rates(self.optimizers, step)
        batch = self.batch(self.tokens, self.chosen(step), train=True)
        noise = torch.randn_like(batch.tokens)
        time = torch.randn(len(noise), device=self.device).sigmoid()  # the middle is hardest (Esser et al. 2024)

        def losses() -> Iterator[Tensor]:
            with autocast(self.device):
                loss = flow_loss(self.network, batch, noise, time)
            yield loss

        loss = update(self.optimizers["network"], losses())
        self.ema.update(self.settings.decay(step))
        return {"loss": loss, "rate": self.settings.rate_factor(step)}

    def batch(self, tokens: Tokens, chosen: np.ndarray, train: bool) -> Batch:
        """Random windows of the chosen clips with parts of their conditions left out; else first windows, all told."""
        windows = []
        for i in chosen:
            version = int(torch.randint(len(tokens.moments[i]), ())) if train else 0
            spare = max(0, len(tokens.moments[i][version]) - WINDOW)
            windows.append(tokens.window(i, version, int(torch.randint(spare + 1, ())) if train else 0))
        longest = max(len(part) for part, _ in windows)
        count = len(chosen)
        moments = torch.zeros(count, longest, 2, self.config.latent)
        near = torch.zeros(count, longest, 2 * len(EDGE_SCALES))
        mask = torch.zeros(count, longest, 1)
        for row, (part, part_edges) in enumerate(windows):
            moments[row, : len(part)], near[row, : len(part)], mask[row, : len(part)] = part, part_edges, 1
        latents = sampled(moments[:, :, 0], moments[:, :, 1]) if train else moments[:, :, 0]
        kind = torch.nn.functional.one_hot(torch.from_numpy(tokens.kinds[chosen]), len(self.config.kinds)).float()
        traits = told(torch.from_numpy(tokens.traits[chosen]))
        if train:
            known = (torch.rand(count, 1) > ANY_KIND).float()
            kind, traits = kind * known, traits * known
            traits = traits * (torch.rand(count, 2) > ANY_TRAIT).float().repeat_interleave(2, 1)
        standard = self.network.standardised(latents.to(self.device)) * mask.to(self.device)
        condition = Condition(*(t.to(self.device) for t in (kind, traits, near)))
        return Batch(standard, condition, mask.to(self.device))

    def start_from_published(self) -> None:
        """Take the weights of ``checkpoints/``."""
        checkpoint.load_weights(NAME, self.network).requires_grad_(True).train()
        self.ema.target.load_state_dict(self.network.state_dict())

    def start_from_run(self, state: dict[str, Any]) -> None:
        """Take the networks of another run. state: its ``state.pt``."""
        self.network.load_state_dict(state["modules"]["network"])
        self.ema.target.load_state_dict(state["averaged"]["network"])

    @torch.inference_mode()
    def evaluate(self) -> dict[str, float]:
        """Loss on the same held-out windows, noise and times every time; ``train``: the same on training clips."""
        return {
            "score": self.probe_loss(self.held_out),
            "train": self.probe_loss(self.tokens),
        }

    def probe_loss(self, tokens: Tokens) -> float:
        """Mean loss over PROBES clips spread over the kinds."""
        order = np.argsort(tokens.kinds, kind="stable")
        chosen = order[np.linspace(0, len(order) - 1, min(PROBES, len(order))).round().astype(int)]
        generator = torch.Generator().manual_seed(0)
        total = 0.0
        for part in np.array_split(chosen, max(1, len(chosen) // 24)):
            batch = self.batch(tokens, part, train=False)
            noise = torch.randn(batch.tokens.shape, generator=generator).to(self.device)
            time = ((torch.arange(len(part)) + 0.5) / len(part)).to(self.device)
            with autocast(self.device):
                total += float(flow_loss(self.ema.target, batch, noise, time)) * len(part)
        return total / len(chosen)

    @torch.inference_mode()
    def sample_sheet(self, path: Path) -> None:
        """Four takes of nine kinds, 1.5 s each: a kind a row."""
        rows = []
        for kind in np.linspace(0, len(self.config.kinds) - 1, 9).round().astype(int):
            hot = torch.zeros(4, len(self.config.kinds))
            hot[:, kind] = 1
            at = torch.arange(32.0)
            near = edges(at, 31 - at) * (not KINDS[self.config.kinds[kind]].ambient)
            condition = Condition(hot, told(torch.zeros(4, 2)), near.expand(4, -1, -1))
            noise = torch.randn(4, 32, self.config.latent, generator=torch.Generator().manual_seed(int(kind)))
            condition = Condition(*(t.to(self.device) for t in (condition.kind, condition.traits, condition.edges)))
            with autocast(self.device):
                x = sample(self.ema.target, noise.to(self.device), condition, steps=10, guidance=2.0)
                rows.append(self.codec.decode(self.ema.target.restored(x)).cpu())
        save_sheet(rows, path)


def flow_loss(network: Effects, batch: Batch, noise: Tensor, time: Tensor) -> Tensor:
    """Squared error of the velocity between noise (time 0) and tokens (time 1); windows count alike."""
    at = time[:, None, None]
    x = (1 - at) * noise + at * batch.tokens
    velocity = network(x, time, batch.condition, mask=batch.mask)
    error = (velocity - (batch.tokens - noise)).square().mean(2, keepdim=True) * batch.mask
    return (error.sum((1, 2)) / batch.mask.sum((1, 2))).mean()


def told(traits: Tensor) -> Tensor:
    """(B, 2) -> (B, 4): every trait followed by 1, which says that it is known."""
    return torch.stack([traits, torch.ones_like(traits)], 2).flatten(1)


def statistics(tokens: Tokens) -> tuple[Tensor, Tensor]:
    """Mean and spread of what ``sampled`` draws, each (latent,); kinds count alike."""
    means, squares = [], []
    for kind in np.unique(tokens.kinds):
        mine = np.concatenate([tokens.moments[i][0] for i in np.flatnonzero(tokens.kinds == kind)]).astype(np.float32)
        means.append(mine[:, 0].mean(0))
        squares.append((mine[:, 0] ** 2 + np.exp(mine[:, 1])).mean(0))
    mean = np.mean(means, 0)
    return torch.from_numpy(mean), torch.from_numpy(np.sqrt(np.mean(squares, 0) - mean**2))
