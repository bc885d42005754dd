"""Train the vocoder, and publish the best weights with their card.

First on the energy distance of spectrograms alone, which needs no adversary and is cheap; then, in a run
that begins with ``--init``, with small discriminators beside it (``--adversarial``, ``--matching``).
"""

import argparse
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.audio import clips, source
from genai_demo.audio.clips import Clips
from genai_demo.audio.discriminators import Judges
from genai_demo.audio.mel import HOP, mel, picture
from genai_demo.audio.segments import Segments, load_sets, pitch_targets, probes
from genai_demo.audio.sounds import RATE
from genai_demo.audio.spectral import energy_distance, matching_loss, mel_distance
from genai_demo.audio.vocoder import NAME, Vocoder, VocoderConfig
from genai_demo.core import checkpoint, training
from genai_demo.core.device import autocast, pick_device
from genai_demo.core.loop import Average, update
from genai_demo.core.losses import get_loss
from genai_demo.core.options import BATCH, LEARNING_RATE, SHAPE, SHARE, WEIGHT
from genai_demo.core.schedule import rate_factor

PROBES = 12
"""Held-out clips of each set that are measured during training, 2 s of each."""
TERMS = (
    "Learnt from recordings under CC0, CC BY, CC BY-SA, the Pixabay Content License and (drums) the GPL 2; the "
    "licences are counted under data, with the authors' names. For research and demonstration."
)
LIMITS = (
    "One pitch at a time: chords and bells sound rougher than a voice. What lies above 11 kHz is not there. The "
    "phase of the original is lost, so a copy sounds alike but is not the same wave."
)


@dataclasses.dataclass(frozen=True)
class VocoderSettings:
    """How to train. ``batch`` counts segments a step, over all processes."""

    batch: int = 16
    segment: int = 16_384
    """Samples, a multiple of 256."""
    rate: float = 0.001
    judge_rate: float = 0.0005
    steps: int = 0
    """Length of the run; 0: unknown, the rates stay."""
    cool_down: float = 0.5
    """Last share of the run, in which the rates fall to zero in a line."""
    warm_up: int = 50
    taught: int = 300
    """First steps, in which the pulses follow the tracker's pitch instead of the network's own."""
    pitch: float = 0.2
    """Weight of the pitch's cross-entropy."""
    adversarial: float = 0.0
    """Weight of the discriminators' opinion."""
    matching: float = 0.0
    """Weight of feature matching."""
    heard: int = 8_192
    """Samples of a segment that the discriminators judge, a part drawn for each step: they are what costs."""
    average_steps: float = 200.0
    """Half-life of the weight average."""
    seed: int = 0

    @property
    def judged(self) -> bool:
        """Whether discriminators take part."""
        return max(self.adversarial, self.matching) > 0


class VocoderTask:
    """Copies recordings by way of their mel-spectrograms."""

    def __init__(self, config: VocoderConfig, settings: VocoderSettings, train: list[Clips], held_out: list[Clips]):
        if settings.segment % HOP or settings.segment < 4096:
            raise ValueError(f"A segment must be a multiple of {HOP} samples, and 4,096 or more.")
        self.config, self.settings = config, settings
        self.segments, self.held_out = Segments(train), held_out
        self.device = pick_device()
        torch.manual_seed(settings.seed)
        self.network = Vocoder(config).to(self.device)
        self.ema = Average(self.network, Vocoder(config).to(self.device))
        self.modules: dict[str, nn.Module] = {"network": self.network}
        self.averaged: dict[str, nn.Module] = {"network": self.ema.target}
        self.optimizers: dict[str, torch.optim.Optimizer] = {
            "network": torch.optim.AdamW(self.network.parameters(), settings.rate, (0.8, 0.99), weight_decay=0.01)
        }
        if settings.judged:
            self.judges = Judges().to(self.device)
            self.modules["judges"] = self.judges
            self.optimizers["judges"] = torch.optim.AdamW(self.judges.parameters(), settings.judge_rate, (0.8, 0.99))
        self.contest = get_loss("hinge")

    def rate_factor(self, step: int) -> float:
        """Warm up, hold, cool down in a line."""
        settings = self.settings
        return rate_factor(step, settings.steps, settings.warm_up, settings.cool_down)

    def step(self, step: int) -> dict[str, float | Tensor]:
        settings, factor = self.settings, self.rate_factor(step)
        for name, rate in (("network", settings.rate), ("judges", settings.judge_rate)):
            for group in self.optimizers[name].param_groups if name in self.optimizers else ():
                group["lr"] = rate * factor
        real = self.segments.draw(settings.batch, settings.segment, settings.seed, step).to(self.device)
        figures: dict[str, float | Tensor] = {"rate": factor}
        heard: list[Tensor] = []

        def losses() -> Iterator[Tensor]:
            first, second, pitch = self.copies(real, taught=step < settings.taught and not settings.judged)
            figures["pitch"], figures["distance"] = pitch, energy_distance(real, first, second)
            loss = figures["distance"] + settings.pitch * pitch
            if settings.judged:
                start = int(torch.randint(max(1, settings.segment - settings.heard + 1), ()))
                heard.extend(wave[:, start : start + settings.heard] for wave in (real, first))
                loss = loss + self.judged_terms(heard[0], heard[1], figures)
            yield loss

        figures["loss"] = update(self.optimizers["network"], losses())
        if settings.judged:
            figures["judges"] = update(self.optimizers["judges"], self.judges_losses(*heard))
        self.ema.update(0.5 ** (1 / min(settings.average_steps, 0.1 * (step + 1))))
        return {k: v.detach() if isinstance(v, Tensor) else v for k, v in figures.items()}

    def copies(self, real: Tensor, taught: bool) -> tuple[Tensor, Tensor, Tensor]:
        """Two copies (B, S) of the sounds with different noise, and the loss of the pitch."""
        net, spectrogram = self.network, mel(real)
        tracked, classes = pitch_targets(real)
        with autocast(self.device):
            hidden, logits = net.listen(spectrogram)
            hertz = tracked if taught else source.pitch_of(logits.detach())
            running = source.held(hertz)
            phase = source.phases(running)
            found = net.filters(spectrogram, hidden, hertz, running, phase)
        pitch = F.cross_entropy(logits.float().flatten(0, 1), classes.flatten(0, 1))
        pulses = net.excitation(hertz, running, phase)
        starts = torch.randint(source.NOISE, (2, len(real)), device=self.device)
        first, second = (net.sound(found, pulses, net.noise(s, spectrogram.shape[2])) for s in starts)
        return first, second, pitch

    def judged_terms(self, real: Tensor, made: Tensor, figures: dict[str, Any]) -> Tensor:
        """What the discriminators think of a copy."""
        self.judges.requires_grad_(False)
        with autocast(self.device):
            opinions, seen = self.judges(made)
            with torch.no_grad():
                real_opinions, real_seen = self.judges(real)
        self.judges.requires_grad_(True)
        pairs = zip(real_opinions, opinions, strict=True)
        figures["fooled"] = torch.stack([self.contest.generator(a, b) for a, b in pairs]).mean()
        figures["matching"] = matching_loss(seen, real_seen)
        return self.settings.adversarial * figures["fooled"] + self.settings.matching * figures["matching"]

    def judges_losses(self, real: Tensor, made: Tensor) -> Iterator[Tensor]:
        """One update of the discriminators (hinge)."""
        with autocast(self.device):
            opinions, _ = self.judges(torch.cat([real, made.detach()]))
        yield torch.stack([self.contest.discriminator(*o.chunk(2)) for o in opinions]).mean()

    def start_from_published(self) -> None:
        """Take the weights of ``checkpoints/``."""
        checkpoint.load_weights(NAME, self.network).requires_grad_(True).train()
        self.ema.target.load_state_dict(self.network.state_dict())

    def start_from_run(self, state: dict[str, Any]) -> None:
        """Take the averaged network of another run, and its discriminators. state: its ``state.pt``."""
        self.network.load_state_dict(state["averaged"]["network"])
        self.ema.target.load_state_dict(state["averaged"]["network"])
        if "judges" in self.modules and "judges" in state["modules"]:
            self.judges.load_state_dict(state["modules"]["judges"])

    @torch.inference_mode()
    def evaluate(self) -> dict[str, float]:
        """Distance of mel-spectrograms between held-out clips and their copies, by set; the mean is the score."""
        figures = {}
        for found in self.held_out:
            apart = []
            for wave in probes(found, PROBES):
                real = wave[None].to(self.device)
                copy = self.ema.target(mel(real))
                apart.append(mel_distance(real[:, : copy.shape[1]], copy).item())
            figures[found.card["name"]] = float(np.mean(apart))
        return {"score": float(np.mean(list(figures.values()))), **figures}

    @torch.inference_mode()
    def sample_sheet(self, path: Path) -> None:
        """Held-out clips and their copies: spectrograms above each other, and the same to listen to."""
        from PIL import Image

        from genai_demo.audio import sounds

        waves = [wave for found in self.held_out for wave in probes(found, 3)]
        spectra = [mel(wave[None].to(self.device)) for wave in waves]
        copies = [self.ema.target(s)[0].cpu() for s in spectra]
        rows = [torch.cat(row, -1)[0].cpu().numpy() for row in (spectra, [mel(c[None]) for c in copies])]
        Image.fromarray(np.concatenate([np.asarray(picture(r)) for r in rows])).save(path.with_suffix(".webp"))
        heard = torch.cat([w for pair in zip(waves, copies, strict=True) for w in pair])
        sounds.write(heard.numpy(), path.with_suffix(".ogg"))


# --------------------------------------------------------------------------- the command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    settings = VocoderSettings
    training.add_arguments(parser, f"runs/{NAME}")
    parser.add_argument("--data", nargs="+", help="prepared sets (default: data/speech and data/effects)")
    parser.add_argument("--width", type=SHAPE, default=VocoderConfig.width, help="of the network")
    parser.add_argument("--blocks", type=SHAPE, default=VocoderConfig.blocks, help="of the network")
    parser.add_argument("--batch", type=BATCH, default=settings.batch, help="segments a step, all processes")
    parser.add_argument("--segment", type=SHAPE, default=settings.segment, help="samples of a segment")
    parser.add_argument("--rate", type=LEARNING_RATE, default=settings.rate, help="learning rate")
    parser.add_argument("--judge-rate", type=LEARNING_RATE, default=settings.judge_rate, help="of the discriminators")
    parser.add_argument("--cool-down", type=SHARE, default=settings.cool_down, help="last share of --steps")
    parser.add_argument("--adversarial", type=WEIGHT, default=0.0, help="weight of the discriminators' opinion")
    parser.add_argument("--matching", type=WEIGHT, default=0.0, help="weight of feature matching")


def run(args: argparse.Namespace) -> None:
    training.train(args, NAME, lambda: make_task(args), publish)


def make_task(args: argparse.Namespace) -> VocoderTask:
    """The task that the options describe, on the prepared sounds."""
    config = VocoderConfig(args.width, 3 * args.width, args.blocks)
    settings = VocoderSettings(
        args.batch, args.segment, args.rate, args.judge_rate, args.steps, args.cool_down,
        adversarial=args.adversarial, matching=args.matching, seed=args.seed,
    )  # fmt: skip
    sets = load_sets(args.data)
    return VocoderTask(config, settings, *([one.chosen(split=s) for one in sets] for s in clips.SPLITS))


def publish(folder: Path, task: VocoderTask) -> None:
    """Best weights of a run into ``checkpoints/``, with what is known about their training."""
    best = training.best_of(folder)
    network = Vocoder(task.config)
    network.load_state_dict(best["averaged"]["network"])
    sets = task.segments.sets
    card = {
        "purpose": "Turns mel-spectrograms of speech and sound effects into sound.",
        "config": dataclasses.asdict(task.config),
        "licence": "research and demonstration; see terms and the licences of the data",
        "terms": TERMS,
        "limits": LIMITS,
        "data": {
            one.card["name"]: {
                "clips": len(one),
                "seconds": round(sum(row["length"] for row in one.rows) / RATE),
                "licences": one.licences(),
            }
            for one in sets
        },
        "training": training.record(best, task.settings, segments=task.settings.batch),
    }
    checkpoint.save_checkpoint(NAME, network, card)
