"""The codec's task: reproduce mel-spectrograms, first their values, then also their grain."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.audio import mel as spectrogram
from genai_demo.audio.effects.codec import (
    SPREAD,
    Codec,
    CodecConfig,
    MelJudge,
    divergence,
    sampled,
    tokens_of,
    whole_tokens,
)
from genai_demo.audio.effects.settings import Settings
from genai_demo.audio.effects.spectrograms import Spectrograms
from genai_demo.audio.mel import LOWEST
from genai_demo.core import checkpoint
from genai_demo.core.device import autocast, pick_device
from genai_demo.core.loop import Average, batch_indices, update
from genai_demo.core.losses import get_loss

NAME = "audio-effects-codec"
FRAMES = 128
"""Of the pieces that the codec learns from, 1.5 s: whole tokens."""
MOST_SILENCE = 16
"""Frames between short clips."""
DIVERGENCE = 0.003
"""Weight of the divergence from the prior."""
PROBES = 64
"""Held-out pieces that are measured during training."""


class CodecTask:
    """L1 and divergence; with ``adversarial`` also a discriminator and its features (hinge, Lim & Ye 2017).

    Beside a discriminator only the decoder learns: the tokens stay those that a generator has learnt to write.
    """

    def __init__(self, config: CodecConfig, settings: Settings, clips: Spectrograms, held_out: Spectrograms):
        self.config, self.settings, self.clips, self.held_out = config, settings, clips, held_out
        self.device = pick_device()
        torch.manual_seed(settings.seed)
        self.codec = Codec(config)
        self.codec.start_from_components(some_tokens(clips))
        self.codec.to(self.device)
        self.ema = Average(self.codec, Codec(config).to(self.device))
        self.modules: dict[str, nn.Module] = {"codec": self.codec}
        self.averaged: dict[str, nn.Module] = {"codec": self.ema.target}
        self.optimizers: dict[str, torch.optim.Optimizer] = {
            "codec": torch.optim.AdamW(self.codec.parameters(), lr=settings.rate, betas=(0.9, 0.99), weight_decay=1e-3)
        }
        if settings.adversarial or settings.matching:
            self.judge = MelJudge().to(self.device, memory_format=torch.channels_last)
            self.modules["judge"] = self.judge
            self.optimizers["judge"] = torch.optim.AdamW(self.judge.parameters(), lr=settings.rate, betas=(0.5, 0.99))
        self.contest = get_loss("hinge")

    def step(self, step: int) -> dict[str, float | Tensor]:
        self.settings.set_rates(self.optimizers, step)
        order = self.clips.balanced
        chosen = order[batch_indices(self.settings.seed, step, len(order), self.settings.batch).numpy()]
        real = torch.stack([strip(self.clips, i) for i in chosen]).to(self.device)
        figures: dict[str, float | Tensor] = {"rate": self.settings.rate_factor(step)}
        made: list[Tensor] = []
        judged = "judge" in self.modules

        def losses() -> Iterator[Tensor]:
            with autocast(self.device):
                with torch.set_grad_enabled(not judged):
                    mean, log_variance = self.codec.encode(real)
                copy = self.codec.decode(sampled(mean, log_variance))
                made.append(copy.detach())
                figures["values"] = F.l1_loss(copy, real) / SPREAD
                figures["divergence"] = divergence(mean, log_variance)
                loss = figures["values"] + DIVERGENCE * figures["divergence"]
                if judged:
                    loss = loss + self.opinion(real, copy, figures)
            yield loss

        figures["loss"] = update(self.optimizers["codec"], losses())
        if judged:
            figures["judge"] = update(self.optimizers["judge"], self.judge_losses(real, made[0]))
        self.ema.update(self.settings.decay(step))
        return {k: v.detach() if isinstance(v, Tensor) else v for k, v in figures.items()}

    def opinion(self, real: Tensor, copy: Tensor, figures: dict[str, float | Tensor]) -> Tensor:
        """What the discriminator thinks of the copy, and how far its features are from the original's."""
        with torch.no_grad():
            wanted_opinion, wanted = self.judge(real)
        opinion, seen = self.judge(copy)
        figures["fooled"] = self.contest.generator(wanted_opinion, opinion)
        distances = [F.l1_loss(a.float(), b.float()) for a, b in zip(seen, wanted, strict=True)]
        figures["matching"] = torch.stack(distances).mean()
        return self.settings.adversarial * figures["fooled"] + self.settings.matching * figures["matching"]

    def judge_losses(self, real: Tensor, made: Tensor) -> Iterator[Tensor]:
        with autocast(self.device):
            both, _ = self.judge(torch.cat([real, made]))
        yield self.contest.discriminator(*both.float().chunk(2))

    def start_from_published(self) -> None:
        """Take the weights of ``checkpoints/``."""
        checkpoint.load_weights(NAME, self.codec).requires_grad_(True).train()
        self.ema.target.load_state_dict(self.codec.state_dict())

    def start_from_run(self, state: dict[str, Any]) -> None:
        """Take the networks of another run. state: its ``state.pt``."""
        self.codec.load_state_dict(state["modules"]["codec"])
        self.ema.target.load_state_dict(state["averaged"]["codec"])
        if "judge" in self.modules and "judge" in state["modules"]:
            self.judge.load_state_dict(state["modules"]["judge"])

    @torch.inference_mode()
    def evaluate(self) -> dict[str, float]:
        """Held-out pieces: mean error in nepers, and how much of their roughness is kept (1 is all).

        Both count: values alone are best where everything is smeared.
        """
        real = probes(self.held_out)
        copy = self.copy(real)
        error = float((copy - real).abs().mean())
        kept = roughness(copy) / roughness(real)
        return {"score": error + abs(1 - kept), "error": error, "roughness": kept}

    def copy(self, real: Tensor) -> Tensor:
        """(B, 100, T) through the averaged codec."""
        with autocast(self.device):
            mean, _ = self.ema.target.encode(real.to(self.device))
            return self.ema.target.decode(mean).cpu()

    @torch.inference_mode()
    def sample_sheet(self, path: Path) -> None:
        """Held-out pieces over their copies."""
        real = probes(self.held_out)[:: PROBES // 8]
        save_sheet([real, self.copy(real)], path)


def strip(clips: Spectrograms, index: int, frames: int = FRAMES) -> Tensor:
    """(100, frames): a random piece of a long clip, or a short one and further random clips after some silence.

    Half of the kinds are shorter than the strip, which would else be mostly silence.
    """
    parts, left = [], frames
    while left > 0:
        mel = clips.mel(index)
        start = int(torch.randint(max(0, mel.shape[1] - left) + 1, ()))
        gap = mel.new_full((len(mel), int(torch.randint(1, MOST_SILENCE + 1, ()))), LOWEST)
        parts += [mel[:, start : start + left], gap]
        left -= mel.shape[1] + gap.shape[1]
        index = int(clips.balanced[int(torch.randint(len(clips.balanced), ()))])
    return torch.cat(parts, 1)[:, :frames]


def some_tokens(clips: Spectrograms, most: int = 1500) -> Tensor:
    """Tokens (N, 400) of the beginnings of up to ``most`` clips, kinds in equal numbers."""
    chosen = clips.balanced[:: -(-len(clips.balanced) // most)]
    return torch.cat([tokens_of(whole_tokens(clips.mel(i)[None, :, :FRAMES]))[0] for i in chosen])


def probes(held_out: Spectrograms) -> Tensor:
    """The same held-out pieces every time: (PROBES, 100, FRAMES)."""
    chosen = np.linspace(0, len(held_out.balanced) - 1, PROBES).round().astype(int)
    return torch.stack([beginning(held_out.mel(held_out.balanced[i])) for i in chosen])


def beginning(mel: Tensor, frames: int = FRAMES) -> Tensor:
    """The first frames of (100, T), silence behind a shorter clip."""
    return F.pad(mel[:, :frames], (0, max(0, frames - mel.shape[1])), value=LOWEST)


def roughness(mel: Tensor) -> float:
    """Mean step between neighbouring frames and between neighbouring bands, in nepers."""
    heard = mel.clamp_min(LOWEST)
    return float(heard.diff(dim=1).abs().mean() + heard.diff(dim=2).abs().mean())


def save_sheet(rows: list[Tensor], path: Path) -> None:
    """Rows of (B, 100, T) spectrograms, the first on top, as one WebP picture, ``path`` plus suffix."""
    strips = [torch.cat([F.pad(mel, (0, 4)) for mel in row], 1) for row in rows]
    sheet = torch.cat([F.pad(strip, (0, 0, 0, 4)) for strip in reversed(strips)])
    spectrogram.picture(sheet.numpy(), size=(sheet.shape[1], sheet.shape[0])).save(
        path.with_suffix(".webp"), quality=85
    )
