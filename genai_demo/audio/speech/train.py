"""Train the acoustic model of speech, and publish the best weights with their card.

The first phase learns the mean of all ways to say a text; from ``--judge-from`` on, a discriminator
teaches the refiner what that mean lacks.
"""

import argparse
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from PIL import Image
from torch import Tensor, nn

from genai_demo.audio import mel as mels
from genai_demo.audio.speech import features as prepared
from genai_demo.audio.speech.batches import Batch, Batches, collate
from genai_demo.audio.speech.features import Features
from genai_demo.audio.speech.labels import SILENT
from genai_demo.audio.speech.losses import detail, masked_l1, matching_loss
from genai_demo.audio.speech.model import PatchJudge, SpeechConfig, SpeechModel, Spoken
from genai_demo.audio.speech.phonemes import MARKS, SYMBOLS
from genai_demo.core import checkpoint, training
from genai_demo.core.device import autocast, pick_device
from genai_demo.core.loop import Average, update, world
from genai_demo.core.losses import get_loss
from genai_demo.core.options import BATCH, LEARNING_RATE, SHAPE, SHARE, STEPS, WEIGHT
from genai_demo.core.schedule import rate_factor

NAME = "audio-speech"
PROBES = {"kathleen": 40, "yue_tan": 60, "chen_wang": 20}
"""Held-out clips of the recorded speakers that are measured during training."""
TAUGHT_PROBES = 24
"""The same of every voice of a teacher."""
SEMITONES = 12 / float(np.log(2))
"""In one unit of log F0."""
FRAME_MILLISECONDS = 1000 * mels.HOP / mels.RATE
TERMS = (
    "English voice: rhasspy/dataset-voice-kathleen, CC0 1.0. Mandarin voices: Base Audio Libre de Mots Chinois (Yue "
    "Tan, Université de Caen; shtooka.net), CC BY-SA 3.0 US, and audio-cmn (Hugo Lopez, Chen Wang, Nicolas Vion), CC "
    "BY-SA. These weights are an adaptation of both and are shared under CC BY-SA 3.0."
)
LIMITS = (
    "The Mandarin recordings are isolated words and syllables, not sentences: words are pronounced as in a dictionary, "
    "and the melody of Mandarin sentences is made by rule. Each voice speaks its own language; a mixed sentence "
    "changes the voice with the language. About 75 minutes a language: rare sounds are less clear. It invents no "
    "voice of another person and cannot imitate one."
)

TAUGHT_TERMS = "Voices: synthetic speech made by Kokoro-82M (hexgrad, Apache-2.0) from sentences of our own."
BEGAN = " The training began with the weights of earlier voices. "
RECORDED_LICENCE = "CC BY-SA 3.0"
TAUGHT_LIMITS = (
    "The voices are copies of a teacher's synthetic voices and share its mistakes; each reads both languages, one of "
    "them with an accent. It invents no voice of another person and cannot imitate one."
)


@dataclasses.dataclass(frozen=True)
class SpeechSettings:
    """How to train. ``batch`` counts items (see batches.py) a step, over all processes."""

    batch: int = 16
    rate: float = 0.001
    steps: int = 0
    """Length of the run; 0: unknown, the rate stays."""
    cool_down: float = 0.5
    """Last share of the run, in which the rate falls to zero in a line."""
    warm_up: int = 200
    prosody: float = 0.1
    """Weight of the errors of duration, pitch and energy, each."""
    judge_from: int = 0
    """Step from which the discriminator joins; 0: never."""
    adversarial: float = 0.3
    """Weight of its opinion (refiner)."""
    matching: float = 2.0
    """Weight of feature matching: its features of refined and real mels (refiner)."""
    fidelity: float = 0.5
    """Weight of the refined mel's own error once the discriminator is there: it pulls back towards the mean."""
    window: int = 96
    """Frames of every clip that it sees."""
    average_steps: float = 200.0
    """Half-life of the weight average."""
    seed: int = 0


class SpeechTask:
    """Says the clips again from their phones, durations, pitch and energy; and learns to predict these."""

    def __init__(self, config: SpeechConfig, settings: SpeechSettings, features: Features):
        self.config, self.settings, self.features = config, settings, features
        self.began_published = False
        """Whether the training began with published weights."""
        self.device = pick_device()
        torch.manual_seed(settings.seed)
        self.model = SpeechModel(config)
        for name in ("mel", "pitch", "energy"):
            for kind in ("mean", "scale"):
                getattr(self.model, f"{name}_{kind}").copy_(torch.tensor(features.card[f"{name}_{kind}"]))
        self.model.to(self.device)
        self.ema = Average(self.model, SpeechModel(config).to(self.device))
        self.judge = PatchJudge().to(self.device)
        self.contest = get_loss("hinge")
        self.batches = Batches(features, settings.batch, settings.seed)
        self.modules: dict[str, nn.Module] = {"model": self.model, "judge": self.judge}
        self.averaged: dict[str, nn.Module] = {"model": self.ema.target}
        self.optimizers: dict[str, torch.optim.Optimizer] = {
            "model": torch.optim.AdamW(self.model.parameters(), lr=settings.rate, betas=(0.9, 0.98), weight_decay=0.01),
            "judge": torch.optim.AdamW(self.judge.parameters(), lr=settings.rate / 2, betas=(0.5, 0.9)),
        }
        self.rates = {name: optimizer.param_groups[0]["lr"] for name, optimizer in self.optimizers.items()}

    def rate_factor(self, step: int) -> float:
        """Warm up, hold, cool down in a line."""
        settings = self.settings
        return rate_factor(step, settings.steps, settings.warm_up, settings.cool_down)

    def step(self, step: int) -> dict[str, float | Tensor]:
        for name, optimizer in self.optimizers.items():
            for group in optimizer.param_groups:
                group["lr"] = self.rates[name] * self.rate_factor(step)
        batch = self.batches.batch(step).to(self.device)
        judged = 0 < self.settings.judge_from <= step
        figures: dict[str, float | Tensor] = {}
        windows: list[tuple[Tensor, Tensor]] = []

        def losses() -> Iterator[Tensor]:
            with autocast(self.device):
                spoken = self.say(batch)
                real = self.model.standardised(batch.mel) * spoken.mask
                loss = self.plain_terms(batch, spoken, real, figures, judged)
                if judged:
                    windows.append(self.windows(spoken, real))
                    loss = loss + self.judge_terms(*windows[0], figures)
            yield loss

        figures["loss"] = update(self.optimizers["model"], losses())
        if judged:
            figures["judge"] = update(self.optimizers["judge"], self.judge_losses(*windows[0]))
        self.ema.update(0.5 ** (1 / min(self.settings.average_steps, 0.1 * (step + 1))))
        return {k: v.detach() if isinstance(v, Tensor) else v for k, v in figures.items()}

    def say(self, batch: Batch, model: SpeechModel | None = None) -> Spoken:
        """The clips said again with their own prosody."""
        noise = torch.randn(*batch.mel.shape[:2], self.config.noise, device=self.device)
        return (model or self.model)(batch.phones, batch.given, batch.frames, noise)

    def plain_terms(
        self, batch: Batch, spoken: Spoken, real: Tensor, figures: dict[str, Any], judged: bool = False
    ) -> Tensor:
        """Mel and prosody, absolute errors."""
        mask, prosody, given = batch.phones.mask, spoken.prosody, batch.given
        figures["mel"] = masked_l1(spoken.mean, real, spoken.mask)
        figures["refined"] = masked_l1(spoken.refined, real, spoken.mask)
        figures["duration"] = masked_l1(prosody.log_frames, given.log_frames, mask)
        figures["pitch"] = masked_l1(prosody.pitch, given.pitch, batch.voiced)
        figures["melody"] = masked_l1(prosody.melody, given.melody, mask[..., None])
        figures["energy"] = masked_l1(prosody.energy, given.energy, mask)
        predicted = figures["duration"] + figures["pitch"] + figures["energy"] + figures["melody"]
        fidelity = self.settings.fidelity if judged else 1.0
        return figures["mel"] + fidelity * figures["refined"] + self.settings.prosody * predicted

    def windows(self, spoken: Spoken, real: Tensor) -> tuple[Tensor, Tensor]:
        """One place of every clip, refined and real: (B, window, mels) each. A shorter clip keeps its padding."""
        size = min(self.settings.window, real.shape[1])
        room = (spoken.mask.sum((1, 2)) - size).clamp_min(0)
        start = (torch.rand(len(real), device=real.device) * (room + 1)).long()
        place = (start[:, None] + torch.arange(size, device=real.device))[..., None].expand(-1, -1, real.shape[2])
        return spoken.refined.gather(1, place), real.gather(1, place)

    def judge_terms(self, made: Tensor, real: Tensor, figures: dict[str, Any]) -> Tensor:
        """What the refiner learns from the discriminator."""
        opinion, seen = self.judge(made)
        with torch.no_grad():
            real_opinion, real_seen = self.judge(real)
        figures["fooled"] = self.contest.generator(real_opinion, opinion)
        figures["matching"] = matching_loss(seen, real_seen)
        return self.settings.adversarial * figures["fooled"] + self.settings.matching * figures["matching"]

    def judge_losses(self, made: Tensor, real: Tensor) -> Iterator[Tensor]:
        """One update of the discriminator (hinge, Lim & Ye 2017)."""
        with autocast(self.device):
            opinion, _ = self.judge(torch.cat([real.to(made.dtype), made.detach()]))
        yield self.contest.discriminator(*opinion.float().chunk(2))

    def probes(self, speaker: str) -> list[Batch]:
        """The same held-out clips every time, similar lengths together."""
        chosen = self.features.chosen("held_out", speaker)[: PROBES.get(speaker, TAUGHT_PROBES)]
        lengths = np.diff(self.features.first_frame)[chosen]
        parts = np.array_split(chosen[np.argsort(lengths)], max(1, len(chosen) // 10))
        return [collate(self.features, [(int(i),) for i in part]).to(self.device) for part in parts if len(part)]

    @torch.inference_mode()
    def evaluate(self) -> dict[str, float]:
        """Held-out errors with true prosody: log-mel (L1), duration in ms, pitch in semitones, sharpness (1: as real).

        score: the mean's error, and how far the sharpness of the refined mels is from that of real ones.
        """
        figures: dict[str, float] = {}
        model = self.ema.target
        silent = torch.tensor([SYMBOLS.index(s) for s in SILENT], device=self.device)
        for speaker in self.features.speakers:
            found = []
            for batch in self.probes(speaker):
                with autocast(self.device):
                    spoken = self.say(batch, model)
                mean, refined = (model.to_log_mel(x) for x in (spoken.mean, spoken.refined))
                heard = batch.phones.mask * ~torch.isin(batch.phones.symbol, silent)
                error = spoken.prosody.log_frames.exp() - batch.frames
                pitch = masked_l1(spoken.prosody.pitch, batch.given.pitch, batch.voiced)
                scale = model.pitch_scale[self.features.speakers.index(speaker)]
                real = detail(batch.mel, spoken.mask)
                found.append({
                    "mel": masked_l1(mean, batch.mel, spoken.mask),
                    "refined": masked_l1(refined, batch.mel, spoken.mask),
                    "duration": (error.abs() * heard).sum() / heard.sum() * FRAME_MILLISECONDS,
                    "pitch": pitch * scale * SEMITONES,
                    "sharp_mean": detail(mean * spoken.mask, spoken.mask) / real,
                    "sharp_refined": detail(refined * spoken.mask, spoken.mask) / real,
                })  # fmt: skip
            for name in found[0] if found else ():
                figures[f"{speaker}_{name}"] = float(np.mean([float(x[name]) for x in found]))
        mel = np.mean([v for k, v in figures.items() if k.endswith("_mel")])
        blur = np.mean([abs(np.log(v)) for k, v in figures.items() if k.endswith("sharp_refined")])
        return {"score": float(mel + 0.2 * blur), **figures}

    @torch.inference_mode()
    def sample_sheet(self, path: Path) -> None:
        """Held-out clips: the mean, refined, and the recording below."""
        rows = []
        for speaker in self.features.speakers[:2]:
            batch = collate(self.features, [(int(i),) for i in self.features.chosen("held_out", speaker)[:2]])
            spoken = self.say(batch.to(self.device), self.ema.target)
            for x in (self.ema.target.to_log_mel(spoken.mean), self.ema.target.to_log_mel(spoken.refined), batch.mel):
                shown = x.cpu().where(spoken.mask.cpu() > 0, mels.LOWEST).flatten(0, 1).numpy()
                rows.append(np.asarray(mels.picture(shown.T, (2 * len(shown), 200))))
        width = max(row.shape[1] for row in rows)
        sheet = np.concatenate([np.pad(row, ((0, 8), (0, width - row.shape[1]), (0, 0))) for row in rows])
        Image.fromarray(sheet).save(path.with_suffix(".webp"), quality=85)

    def start_from_published(self) -> None:
        """Take the weights of ``checkpoints/``. Other voices than there begin in the middle of those."""
        config = SpeechConfig(**checkpoint.read_card(NAME)["config"])
        if config.speakers == self.config.speakers:
            checkpoint.load_weights(NAME, self.model).requires_grad_(True).train()
        else:
            found = checkpoint.load_weights(NAME, SpeechModel(config)).state_dict()
            own = {name for name, tensor in self.model.state_dict().items() if tensor.shape != found[name].shape}
            own |= {name for name, _ in self.model.named_buffers()}
            middle = {name: found[name].mean(0) for name in own if name.startswith("encoder.embeddings")}
            with torch.no_grad():
                for name, tensor in self.model.state_dict().items():
                    tensor.copy_(middle[name] if name in middle else tensor if name in own else found[name])
        self.ema.target.load_state_dict(self.model.state_dict())

    def start_from_run(self, state: dict[str, Any]) -> None:
        """Take the networks of another run. state: its ``state.pt``."""
        self.model.load_state_dict(state["modules"]["model"])
        self.judge.load_state_dict(state["modules"]["judge"])
        self.ema.target.load_state_dict(state["averaged"]["model"])


# --------------------------------------------------------------------------- the command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    training.add_arguments(parser, f"runs/{NAME}")
    parser.add_argument("--data", help="prepared speech (default: data/speech; a teacher's: data/speech-teacher)")
    parser.add_argument("--width", type=SHAPE, default=SpeechConfig.width, help="width of the network")
    parser.add_argument("--batch", type=BATCH, default=SpeechSettings.batch, help="items a step, all processes")
    parser.add_argument("--rate", type=LEARNING_RATE, default=SpeechSettings.rate, help="learning rate")
    parser.add_argument("--cool-down", type=SHARE, default=SpeechSettings.cool_down, help="last share of --steps")
    parser.add_argument("--judge-from", type=STEPS, default=0, help="step from which the discriminator joins; 0: never")
    parser.add_argument("--adversarial", type=WEIGHT, default=SpeechSettings.adversarial, help="weight of its opinion")
    parser.add_argument("--matching", type=WEIGHT, default=SpeechSettings.matching, help="weight of feature matching")
    parser.add_argument(
        "--fidelity", type=SHARE, default=SpeechSettings.fidelity, help="weight of the mel's error then"
    )


def run(args: argparse.Namespace) -> None:
    training.train(args, NAME, lambda: make_task(args), publish)


def make_task(args: argparse.Namespace) -> SpeechTask:
    """The task that the options describe. Makes the features of the prepared speech where there are none that fit."""
    if world()[0] == 0:
        try:
            prepared.load(args.data)
        except ValueError:
            prepared.prepare(args.data)
    if world()[1] > 1:
        dist.barrier()
    features = prepared.load(args.data)
    config = SpeechConfig(len(SYMBOLS), len(MARKS), speakers=len(features.speakers), width=args.width)
    settings = SpeechSettings(
        args.batch, args.rate, args.steps, args.cool_down, judge_from=args.judge_from, adversarial=args.adversarial,
        matching=args.matching, fidelity=args.fidelity, seed=args.seed,
    )  # fmt: skip
    task = SpeechTask(config, settings, features)
    task.began_published = args.init == "published"
    return task


def heritage(task: SpeechTask) -> dict[str, str]:
    """Licence and terms: of the data, and of the weights that the training began with, which go on to hold."""
    if not task.features.card["made_by"]:
        return {"licence": RECORDED_LICENCE, "terms": TERMS}
    if not task.began_published:
        return {"licence": "Apache-2.0", "terms": TAUGHT_TERMS}
    before = checkpoint.read_card(NAME)
    terms = before["terms"].removeprefix(TAUGHT_TERMS).removeprefix(BEGAN)
    return {"licence": before["licence"], "terms": TAUGHT_TERMS + BEGAN + terms if terms else TAUGHT_TERMS}


def publish(folder: Path, task: SpeechTask) -> None:
    """Best weights of a run into ``checkpoints/``, with what is known about their training."""
    best = training.best_of(folder)
    model = SpeechModel(task.config)
    model.load_state_dict(best["averaged"]["model"])
    data = task.features.card
    card = {
        "purpose": "Reads English and Mandarin aloud: phones to mel-spectrograms, which the vocoder turns into sound.",
        "config": dataclasses.asdict(task.config),
        "symbols": data["symbols"],
        "marks": data["marks"],
        "voices": data["speakers"],
        **heritage(task),
        "limits": TAUGHT_LIMITS if data["made_by"] else LIMITS,
        "data": {k: data[k] for k in ("clips", "frames", "phones", "kinds", "licences", "boundaries", "left_out")},
        "training": training.record(best, task.settings, items=task.settings.batch),
    }
    checkpoint.save_checkpoint(NAME, model, card, eight_bit=True)
