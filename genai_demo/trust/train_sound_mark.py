"""Train the invisible mark in sounds, and publish the best weights with their card.

It learns from prepared recordings of any kind: what matters is that they are like those that will be marked.
"""

import argparse
import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.core import carriers, checkpoint, training
from genai_demo.core.options import BATCH, LEARNING_RATE, STEPS, Number
from genai_demo.core.soundmark import NAME, RATE, SNR, SoundMark, SoundMarkConfig
from genai_demo.trust import sound_attacks as attacks
from genai_demo.trust.mark_task import MarkTask, graded, means, read_back

SETS = ("data/effects", "data/speech")
EXAMS = {
    "as it is": lambda x: x,
    "noise": lambda x: attacks.noise(x, 20),
    "low pass": lambda x: attacks.low_pass(x, 4_000),
    "coder": lambda x: attacks.coder(x, 12, 8_000),
    "half": lambda x: x[:, 1_000 : 1_000 + x.shape[1] // 2],
}
"""What held-out sounds go through."""


@dataclass(frozen=True)
class SoundMarkSettings:
    """How to train."""

    batch: int = 8
    seconds: float = 3.0
    rate: float = 0.003
    pattern_rate: float = 0.01
    """Of the patterns: thousands of numbers, each of little weight."""
    steps: int = 0
    milder: int = 300
    """Steps in which the attacks grow to their full strength."""
    snr: float = SNR
    heard: float = 3.0
    """Weight of what the mark costs the ear: its power over that of its surroundings in the spectrogram."""
    seed: int = 0


class SoundMarkTask(MarkTask):
    """Bits in, attack, bits out."""

    def __init__(self, config: SoundMarkConfig, settings: SoundMarkSettings, folders: list[str]):
        self.config, self.settings = config, settings
        torch.manual_seed(settings.seed)
        super().__init__(NAME, SoundMark(config), SoundMark(config), settings)
        self.sounds = Sounds(folders, "train", round(settings.seconds * RATE))
        self.held_out = Sounds(folders, "held_out", round(settings.seconds * RATE))

    def step(self, step: int) -> dict[str, float | Tensor]:
        settings = self.settings
        random = np.random.default_rng([settings.seed, step])
        waves = torch.from_numpy(np.stack([self.sounds.drawn(random) for _ in range(settings.batch)]))
        bits = torch.from_numpy(random.integers(0, 2, (len(waves), self.config.bits))).float()
        loss, figures = self._loss(waves, bits, random, min(1.0, step / settings.milder))
        self.learn(step, loss)
        return figures

    def _loss(
        self, waves: Tensor, bits: Tensor, random: np.random.Generator, strength: float
    ) -> tuple[Tensor, dict[str, float | Tensor]]:
        network: Any = self.network
        added = network.residue(waves, bits, self.settings.snr)
        reads: list[Tensor] = []
        finds: list[Tensor] = []
        counts: list[dict[str, Tensor]] = []
        for part, words in zip((waves + added).chunk(2), bits.chunk(2), strict=True):
            part, start = attacks.one(part, random, strength), 0
            if random.random() < 0.7:
                part, start = attacks.crop(part, float(random.uniform(1 - 0.6 * strength, 1)), random)
            if random.random() < 0.3:
                part = attacks.one(part, random, 0.5 * strength)
            read, find, count = read_back(network.carriers, network.sums(part), -start % self.config.tile, words)
            reads, finds, counts = [*reads, read], [*finds, find], [*counts, count]
        spectrum, mark = network.spectrum(waves).abs(), network.spectrum(added).abs()
        around = F.avg_pool2d(spectrum.square()[:, None], (5, 3), 1, (2, 1), count_include_pad=False)[:, 0]
        heard = (mark.square() / (around + 1e-3)).mean()
        read, find = torch.stack(reads).mean(), torch.stack(finds).mean()
        figures = {"read": read.detach(), "find": find.detach(), "heard": heard.detach(), **means(counts)}
        return read + 0.1 * find + self.settings.heard * heard, figures

    @torch.inference_mode()
    def evaluate(self) -> dict[str, float]:
        """Share of bits that are wrong and of marks that are not found, after each attack; score: mean of both."""
        torch.manual_seed(0)
        random = np.random.default_rng(0)
        waves = torch.from_numpy(np.stack([self.held_out.drawn(random) for _ in range(64)]))
        bits = (torch.rand(len(waves), self.config.bits) > 0.5).float()
        network: Any = self.ema.target
        parts = zip(waves.split(8), bits.split(8), strict=True)
        marked = torch.cat([wave + network.residue(wave, words, self.settings.snr) for wave, words in parts])
        exams = {name: [self._reading(attack(wave[None])) for wave in marked] for name, attack in EXAMS.items()}
        figures = graded(exams, bits)
        figures["unmarked z"] = max(self._reading(wave[None]).z for wave in waves)
        figures["pilot"] = float(network.carriers.pilot.sigmoid())
        return figures

    def _reading(self, wave: Tensor) -> carriers.Reading:
        network: Any = self.ema.target
        return carriers.decide(network.carriers, network.sums(wave))

    def sample_sheet(self, path: Path) -> None:
        """A sound, the marked sound and the mark alone ten times as loud, one after the other (WAV)."""
        import wave as wav

        random = np.random.default_rng(1)
        with torch.inference_mode():
            sound = torch.from_numpy(self.held_out.drawn(random))[None]
            added = self.ema.target.residue(sound, torch.zeros(1, self.config.bits), self.settings.snr)  # type: ignore[operator]
            samples = torch.cat([sound, sound + added, 10 * added], 1)[0].clamp(-1, 1)
        with wav.open(str(path.with_suffix(".wav")), "wb") as file:
            file.setparams((1, 2, 22_050, 0, "NONE", ""))
            file.writeframes((samples * 32_767).short().numpy().tobytes())


class Sounds:
    """Clips of one split of prepared sets; parts of them are drawn by chance."""

    def __init__(self, folders: list[str], split: str, length: int):
        """Raises ValueError where none of the folders holds a set."""
        self.length = length
        self.licences: dict[str, int] = {}
        self.sets: list[tuple[np.ndarray, list[tuple[int, int]]]] = []
        for folder in map(Path, folders):
            try:
                rows = json.loads((folder / "clips.json").read_text(encoding="utf-8"))
                samples = np.load(folder / "samples.npy", mmap_mode="r")
            except (OSError, ValueError):
                continue
            kept = [row for row in rows if row["split"] == split and row["length"] >= 5_000 and row["rms"] > 0.003]
            for row in kept:
                self.licences[row["licence"]] = self.licences.get(row["licence"], 0) + 1
            if kept:
                self.sets.append((samples, [(row["start"], row["length"]) for row in kept]))
        if not self.sets:
            raise ValueError(f"There are no prepared sounds in {', '.join(folders)}. Run `data audio` first.")

    def drawn(self, random: np.random.Generator) -> np.ndarray:
        """(length,) float32: clips of one set in a row, from a place by chance."""
        samples, clips = self.sets[int(random.integers(len(self.sets)))]
        parts, have = [], 0
        while have < self.length:
            start, length = clips[int(random.integers(len(clips)))]
            parts.append(samples[start : start + length].astype(np.float32) / 32_768)
            have += length
        whole = np.concatenate(parts)
        place = int(random.integers(len(whole) - self.length + 1))
        return whole[place : place + self.length]


# --------------------------------------------------------------------------- the command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", nargs="+", default=list(SETS), help="prepared sets of sounds")
    parser.add_argument("--batch", type=BATCH, default=SoundMarkSettings.batch, help="sounds a step")
    parser.add_argument("--seconds", type=Number(0.5, 60), default=SoundMarkSettings.seconds, help="length of each")
    parser.add_argument("--rate", type=LEARNING_RATE, default=SoundMarkSettings.rate, help="learning rate")
    parser.add_argument(
        "--pattern-rate", type=LEARNING_RATE, default=SoundMarkSettings.pattern_rate, help="of the patterns"
    )
    parser.add_argument("--milder", type=STEPS, default=SoundMarkSettings.milder, help="steps of growing attacks")
    parser.add_argument("--snr", type=Number(0, 100), default=SNR, help="dB by which a sound is louder than its mark")
    training.add_arguments(parser, f"runs/{NAME}")


def run(args: argparse.Namespace) -> None:
    training.use_cpu(args)
    settings = SoundMarkSettings(
        args.batch, args.seconds, args.rate, args.pattern_rate, args.steps, args.milder, args.snr, seed=args.seed
    )
    training.train(args, NAME, lambda: SoundMarkTask(SoundMarkConfig(), settings, args.data), publish)


def publish(folder: Path, task: SoundMarkTask) -> None:
    """Best weights of a run into ``checkpoints/``, with what is known about their training."""
    best = training.best_of(folder)
    network = SoundMark(task.config)
    network.load_state_dict(best["averaged"]["network"])
    card = {
        "purpose": "Puts 32 bits inaudibly into sounds that this app made, and finds them again.",
        "config": dataclasses.asdict(task.config),
        "licence": "non-commercial research and demonstration only",
        "terms": "Learnt to hide in recordings under CC0, CC BY, CC BY-SA, the Pixabay licence and the GPL-2.",
        "limits": "Not safe against somebody who knows the network, or who changes the speed or the pitch.",
        "data": {"clips": sum(len(clips) for _, clips in task.sounds.sets), "licences": task.sounds.licences},
        "training": training.record(best, task.settings, sounds=task.settings.batch),
    }
    checkpoint.save_checkpoint(NAME, network, card)
