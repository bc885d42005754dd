"""Train the networks of the sound effects, and publish the best weights with their cards.

Three models, in this order: the codec, the generator on the codec's tokens, and the classifier that judges.
"""

import argparse
import dataclasses
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from genai_demo.audio.effects import train_classifier, train_codec, train_flow
from genai_demo.audio.effects.classifier import Classifier, ClassifierConfig
from genai_demo.audio.effects.codec import Codec, CodecConfig
from genai_demo.audio.effects.kinds import NAMES
from genai_demo.audio.effects.model import Effects, EffectsConfig
from genai_demo.audio.effects.settings import Settings
from genai_demo.audio.effects.spectrograms import Spectrograms, load
from genai_demo.core import checkpoint
from genai_demo.core.device import describe, pick_device
from genai_demo.core.loop import LoopOptions, Run, processes, start_from, world
from genai_demo.core.options import BATCH, LEARNING_RATE, MINUTES, SEED, SHARE, STEPS, WEIGHT
from genai_demo.core.rounding import rounded

MODELS = ("effects-codec", "effects", "effects-classifier")
SPEEDS = (1.0, 2 ** (-1 / 12), 2 ** (1 / 12))
"""Versions of every clip that the generator learns from: as recorded, and a semitone lower and higher."""
TERMS = (
    "Learnt from recordings under CC0, CC BY, CC BY-SA, the Pixabay Content License and (drums) the GPL 2, see data. "
    "Environmental sounds of ESC-10: cite K. J. Piczak, ESC: Dataset for Environmental Sound Classification, "
    "ACM Multimedia 2015. For research and demonstration."
)
LIMITS = (
    "Many kinds were learnt from a few minutes of a few recordings (see data), so their variety is small: results of "
    "the smallest, wind chimes, thunder, airplanes, streams and wind, resemble what was heard in training."
)
PURPOSES = {
    "effects-codec": "Turns mel-spectrograms of sounds into a few numbers a moment, and back.",
    "effects": "Makes sound effects of 36 kinds from noise.",
    "effects-classifier": "Names the kind of a sound, to judge the generator. It has heard recordings only.",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the three models; ``--model`` itself is the caller's."""
    parser.add_argument("--minutes", type=MINUTES, default=0, help="stop after so many minutes")
    parser.add_argument("--steps", type=STEPS, default=0, help="length of the run; the rate falls towards its end")
    parser.add_argument("--data", help="prepared set (default: data/effects)")
    parser.add_argument("--run", help="folder of the run (default: runs/audio-MODEL); an existing one goes on")
    parser.add_argument("--batch", type=BATCH, help="examples a step, all processes (default: 32; classifier 48)")
    parser.add_argument("--rate", type=LEARNING_RATE, help="learning rate (default: 0.001; classifier 0.002)")
    parser.add_argument("--cool-down", type=SHARE, default=Settings.cool_down, help="last share of --steps")
    parser.add_argument("--adversarial", type=WEIGHT, default=0.0, help="codec: weight of the discriminator")
    parser.add_argument("--matching", type=WEIGHT, default=0.0, help="codec: weight of feature matching")
    parser.add_argument("--init", help="start from the 'published' weights or from another run's folder")
    parser.add_argument("--log-every", type=STEPS, default=20, help="steps between lines of the log")
    parser.add_argument("--evaluate-every", type=STEPS, default=250, help="steps between held-out figures")
    parser.add_argument("--patience", type=STEPS, default=0, help="stop after so many figures without a better one")
    parser.add_argument("--sample-every", type=STEPS, default=250, help="steps between sample sheets")
    parser.add_argument("--save-every", type=STEPS, default=250, help="steps between saves of the state")
    parser.add_argument("--seed", type=SEED, default=0, help="of weights and data order")
    parser.add_argument("--device", help="cpu, cuda, cuda:1 (default: the best there is)")
    parser.add_argument("--publish", action="store_true", help="copy the best weights into checkpoints/ at the end")


def run(args: argparse.Namespace) -> None:
    """Train the model that ``args.model`` names. Raises ValueError for another."""
    if args.model not in MODELS:
        raise ValueError(f"No model is called {args.model!r}. Choose one of {', '.join(MODELS)}.")
    if args.device:
        os.environ["GENAI_DEVICE"] = str(pick_device(args.device))
    folder = Path(args.run or f"runs/audio-{args.model}")
    minutes = args.minutes or (0 if args.steps else 30)
    options = LoopOptions(
        folder, args.steps, minutes, args.seed, log_every=args.log_every, save_every=args.save_every,
        sample_every=args.sample_every, evaluate_every=args.evaluate_every, patience=args.patience,
    )  # fmt: skip
    with processes(pick_device()):
        clips, held_out = load("train", args.data), load("held_out", args.data)
        task = make_task(args, clips, held_out)
        loop = Run(task, options)
        if not loop.resume() and args.init:
            start_from(args.init, task)
        loop.train()
        if args.publish and world()[0] == 0:
            publish(args.model, folder, task, clips)


AnyTask = train_codec.CodecTask | train_flow.EffectsTask | train_classifier.ClassifierTask


def make_task(args: argparse.Namespace, clips: Spectrograms, held_out: Spectrograms) -> AnyTask:
    """The task that the options describe."""
    judging = args.model == "effects-classifier"
    settings = Settings(
        args.batch or (48 if judging else 32), args.rate or (0.002 if judging else 0.001), args.steps, args.cool_down,
        adversarial=args.adversarial, matching=args.matching, seed=args.seed,
    )  # fmt: skip
    if judging:
        return train_classifier.ClassifierTask(ClassifierConfig(NAMES), settings, clips, held_out)
    if args.model == "effects-codec":
        return train_codec.CodecTask(CodecConfig(), settings, clips, held_out)
    codec = load_codec().to(pick_device())
    versions = [clips, *(load("train", args.data, speed) for speed in SPEEDS[1:])]
    config = EffectsConfig(NAMES, codec.config.latent)
    tokens, held_out_tokens = train_flow.encode(codec, versions), train_flow.encode(codec, [held_out])
    return train_flow.EffectsTask(config, settings, codec, tokens, held_out_tokens)


def load_codec() -> Codec:
    """The published codec. Raises ValueError where there is none."""
    config = checkpoint.read_card(train_codec.NAME)["config"]
    codec = checkpoint.load_weights(train_codec.NAME, Codec(CodecConfig(**config)))
    assert isinstance(codec, Codec)
    return codec


def publish(model: str, folder: Path, task: AnyTask, clips: Spectrograms) -> None:
    """Best weights of a run into ``checkpoints/``, with what is known about their training."""
    if not (folder / "best.pt").is_file():
        raise ValueError(f"{folder} has no best weights yet. Train on, or measure sooner with --evaluate-every.")
    best = torch.load(folder / "best.pt", map_location="cpu", weights_only=True)
    makers: dict[str, Callable[[Any], nn.Module]] = {
        "effects-codec": Codec, "effects": Effects, "effects-classifier": Classifier
    }  # fmt: skip
    network = makers[model](task.config)
    network.load_state_dict(next(iter(best["averaged"].values())))
    card: dict[str, Any] = {
        "purpose": PURPOSES[model],
        "config": dataclasses.asdict(task.config),
        "licence": "see data; for research and demonstration",
        "terms": TERMS,
        "limits": LIMITS,
        "data": described(clips),
        "training": {
            "steps": best["step"],
            "examples": best["step"] * task.settings.batch,
            "seconds": round(best["seconds"]),
            "hardware": describe(pick_device()),
            "settings": dataclasses.asdict(task.settings),
            "held_out": rounded(best["figures"]),
        },
    }
    if isinstance(task, train_flow.EffectsTask):
        card["codec"] = checkpoint.read_card(train_codec.NAME)["files"]
    checkpoint.save_checkpoint(f"audio-{model}", network, card, eight_bit=True)


def described(clips: Spectrograms) -> dict[str, Any]:
    """What was learnt from: clips by kind and by licence, whose brackets name the authors, and a digest of the list."""
    kinds: dict[str, int] = {}
    licences: dict[str, int] = {}
    for row in clips.rows:
        kinds[row["class"]] = kinds.get(row["class"], 0) + 1
        licences[row["licence"]] = licences.get(row["licence"], 0) + 1
    names = "\n".join(row["id"] for row in clips.rows)
    return {
        "clips": len(clips),
        "kinds": kinds,
        "licences": dict(sorted(licences.items(), key=lambda item: -item[1])),
        "digest": hashlib.sha256(names.encode()).hexdigest(),
    }
