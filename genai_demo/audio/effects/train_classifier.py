"""The judge's task: name the kind of recordings that were shifted, cut and covered."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.audio.effects.classifier import WINDOW, Classifier, ClassifierConfig, judge
from genai_demo.audio.effects.settings import Settings
from genai_demo.audio.effects.spectrograms import Spectrograms
from genai_demo.audio.mel import LOWEST, MELS
from genai_demo.core import checkpoint
from genai_demo.core.device import autocast, pick_device
from genai_demo.core.loop import Average, batch_indices, update

NAME = "audio-effects-classifier"
SHIFT, GAIN = 4, 0.7
"""Augmentation: bands up or down, and nepers louder or softer."""
COVERED_BANDS, COVERED_FRAMES = 16, 24
"""Most that is covered at random (SpecAugment, Park et al. 2019)."""


class ClassifierTask:
    """Cross-entropy on real clips; the score is the share of held-out clips that are named wrongly."""

    def __init__(self, config: ClassifierConfig, settings: Settings, clips: Spectrograms, held_out: Spectrograms):
        self.config, self.settings, self.clips, self.held_out = config, settings, clips, held_out
        self.device = pick_device()
        torch.manual_seed(settings.seed)
        self.network = Classifier(config).to(self.device, memory_format=torch.channels_last)
        self.ema = Average(self.network, Classifier(config).to(self.device, memory_format=torch.channels_last))
        self.modules: dict[str, nn.Module] = {"network": self.network}
        self.averaged: dict[str, nn.Module] = {"network": self.ema.target}
        self.optimizers: dict[str, torch.optim.Optimizer] = {
            "network": torch.optim.AdamW(self.network.parameters(), lr=settings.rate, weight_decay=0.05)
        }

    def step(self, step: int) -> dict[str, float | Tensor]:
        self.settings.set_rates(self.optimizers, step)
        order = self.clips.balanced
        chosen = order[batch_indices(self.settings.seed, step, len(order), self.settings.batch).numpy()]
        windows = torch.stack([augmented(self.clips.mel(i)) for i in chosen]).to(self.device)
        kinds = torch.from_numpy(self.clips.kinds[chosen]).to(self.device)

        def losses() -> Iterator[Tensor]:
            with autocast(self.device):
                logits = self.network(windows)
            yield F.cross_entropy(logits.float(), kinds, label_smoothing=0.1)

        loss = update(self.optimizers["network"], losses())
        self.ema.update(self.settings.decay(step))
        return {"loss": loss, "rate": self.settings.rate_factor(step)}

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
        """Share of held-out clips named rightly, over all clips and as a mean over the kinds."""
        right = np.array([
            int(judge(self.ema.target, self.held_out.mel(i).to(self.device))[0].argmax()) == kind
            for i, kind in enumerate(self.held_out.kinds)
        ])  # fmt: skip
        by_kind = [right[self.held_out.kinds == k].mean() for k in np.unique(self.held_out.kinds)]
        return {"score": 1 - float(np.mean(by_kind)), "accuracy": float(right.mean())}

    @torch.inference_mode()
    def sample_sheet(self, path: Path) -> None:
        """Held-out clips and what they are taken for."""
        lines = []
        for i in np.linspace(0, len(self.held_out) - 1, 36).round().astype(int):
            chances, _ = judge(self.ema.target, self.held_out.mel(i).to(self.device))
            best = int(chances.argmax())
            names = self.config.kinds
            lines.append(f"{names[self.held_out.kinds[i]]}: {names[best]} {float(chances[best]):.2f}")
        path.with_suffix(".txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def augmented(mel: Tensor) -> Tensor:
    """A random window (100, WINDOW) of (100, T): a short clip begins at once, as in ``classifier.windows``."""
    if mel.shape[1] > WINDOW:
        start = int(torch.randint(mel.shape[1] - WINDOW + 1, ()))
        mel = mel[:, start : start + WINDOW]
    found = mel + GAIN * (2 * torch.rand(()) - 1)
    shift = int(torch.randint(-SHIFT, SHIFT + 1, ()))
    found = F.pad(found, (0, WINDOW - mel.shape[1], max(0, shift), max(0, -shift)), value=LOWEST)
    found = found[:MELS] if shift >= 0 else found[-MELS:]
    band, frame = int(torch.randint(MELS, ())), int(torch.randint(WINDOW, ()))
    found[band : band + int(torch.randint(COVERED_BANDS + 1, ()))] = LOWEST
    found[:, frame : frame + int(torch.randint(COVERED_FRAMES + 1, ()))] = LOWEST
    return found.clamp_min(LOWEST)
