"""Train the face models, and publish the best weights with their card.

The order: ``classifier`` and ``gan`` (in any order), then ``vae``, ``encoder`` (needs the gan)
and ``directions`` (needs gan, vae and classifier). A run goes on where it stopped.
"""

import argparse
import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from genai_demo.core import checkpoint, training
from genai_demo.core.losses import LOSSES
from genai_demo.core.options import BATCH, COUNT, LEARNING_RATE, SHAPE, SHARE, STEPS, WEIGHT, Number
from genai_demo.faces import plausible
from genai_demo.faces.data import default_folder, load
from genai_demo.faces.encoders import VAE, EncoderConfig, VAEConfig
from genai_demo.faces.model import GANConfig, Generator
from genai_demo.faces.networks import build

TERMS = (
    "Trained on synthetic faces made by other generators; most of their sources state no licence and some are "
    "non-commercial. For non-commercial research and demonstration only."
)
PURPOSE = {
    "faces-gan": "Generates 128 x 128 faces of people who do not exist.",
    "faces-discriminator": "The GAN's opponent: how real a face looks to it.",
    "faces-vae": "Variational autoencoder of faces: reconstructs, generates and interpolates, blurrier than the GAN.",
    "faces-encoder": "Finds the GAN's styles for a given face, so that uploads can be edited.",
    "faces-upsampler": "Enlarges the GAN's faces to 256 x 256, with detail that it draws anew.",
    "faces-classifier": "Scores attributes of a face; names and measures the directions in the latent spaces.",
}
LIMITS = (
    "Faces are aligned, mostly frontal, mostly smiling, before plain backgrounds; glasses, hats and profiles are "
    "rare. Attribute labels are machine-made guesses about appearance, not facts about anybody."
)
SIDES = (16, 32, 64, 128)
MODELS = ("gan", "vae", "classifier", "encoder", "directions", "finder", "upsampler")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", choices=MODELS, default="gan", help="what to train")
    parser.add_argument("--data", help="prepared data (default: data/faces)")
    parser.add_argument("--batch", type=BATCH, help="pictures a step, over all processes (default: the model's own)")
    parser.add_argument("--accumulate", type=SHAPE, default=1, help="micro-batches a step (gan)")
    parser.add_argument("--rate", type=LEARNING_RATE, help="learning rate (default: the model's own)")
    parser.add_argument("--cool-down", type=SHARE, default=0.5, help="last share of --steps (upsampler)")
    parser.add_argument("--loss", choices=list(LOSSES), default="relativistic", help="adversarial loss (gan)")
    parser.add_argument("--resolution", type=int, choices=SIDES, default=128, help="side to train at (gan)")
    parser.add_argument(
        "--pretrain", type=STEPS, help="steps before the contest (gan: as an autoencoder; 0 with --init)"
    )
    parser.add_argument(
        "--adversarial", type=WEIGHT, help="share of the discriminator (gan: 0.2; upsampler: the model's own)"
    )
    parser.add_argument("--anchor", type=WEIGHT, default=1.5, help="share of the reconstruction anchor (gan)")
    parser.add_argument(
        "--feature-critic", type=WEIGHT, default=12.0, help="share of the feature critic, relative to that (gan)"
    )
    parser.add_argument("--augment", type=SHARE, default=0.3, help="probability of each random view (gan)")
    parser.add_argument(
        "--augment-target",
        type=Number(-1, 1),
        default=0.0,
        help="steer it to this gap of D's opinions; 0: it stays (gan)",
    )
    parser.add_argument("--discriminator-every", type=COUNT, default=1, help="steps between its updates (gan)")
    parser.add_argument("--width", type=SHAPE, help="channels times side (vae; default: the model's own)")
    parser.add_argument("--beta", type=WEIGHT, default=1.0, help="weight of the KL divergence (vae)")
    training.add_arguments(parser, "runs/faces-MODEL", evaluate_every=500)


def run(args: argparse.Namespace) -> None:
    training.use_device(args)
    if args.model == "directions":
        publish_directions(args.data)
        return
    if args.model == "finder":
        from genai_demo.faces import train_finder

        train_finder.run(args)
        return
    training.train(
        args, f"faces-{args.model}", lambda: make_task(args),
        lambda folder, task: publish(args.model, folder, task, args.data),
    )  # fmt: skip


def make_task(args: argparse.Namespace) -> Any:
    """The task that the options describe, on the prepared data."""
    if args.model == "upsampler":
        from genai_demo.faces import train_upsampler

        return train_upsampler.make_task(args)
    from genai_demo.faces.train_encoders import (
        ClassifierTask,
        EncoderSettings,
        EncoderTask,
        VAETask,
        label_matrix,
    )
    from genai_demo.faces.train_gan import GANSettings, GANTask

    train, held_out = load(args.data, "train"), load(args.data, "held_out")
    side = train.images.shape[-1]
    if side not in SIDES or not len(train.images) or not len(held_out.images):
        raise ValueError(f"Training needs pictures of {', '.join(map(str, SIDES))} px in both parts of the set.")
    chosen = {k: v for k, v in (("batch", args.batch), ("rate", args.rate)) if v}
    pretrain = 0 if args.init or args.anchor <= 0 else GANSettings.pretrain
    pretrain = pretrain if args.pretrain is None else args.pretrain
    if args.model == "gan":
        settings = GANSettings(
            loss=args.loss, resolution=min(args.resolution, side), accumulate=args.accumulate, anchor=args.anchor,
            adversarial=GANSettings.adversarial if args.adversarial is None else args.adversarial,
            feature_critic=args.feature_critic, augment=args.augment, pretrain=pretrain,
            augment_target=args.augment_target,
            adversaries_first=GANSettings.adversaries_first if pretrain or args.init else 0,
            discriminator_every=args.discriminator_every, seed=args.seed, **chosen,
        )  # fmt: skip
        vae = published_vae() if settings.anchor > 0 else None
        shape = GANConfig(resolution=side, **({"latent": vae.config.latent} if vae else {}))
        return GANTask(shape, settings, train.images, held_out.images, vae)
    plain = EncoderSettings(seed=args.seed, beta=args.beta, **chosen)
    if args.model == "vae":
        wide = {"base_channels": args.width} if args.width else {}
        return VAETask(VAEConfig(resolution=side, **wide), plain, train.images, held_out.images)
    seen, labels = _with_photographs(train, "train")
    unseen, held_out_labels = _with_photographs(held_out, "held_out")
    if args.model == "encoder":
        generator = build("faces-gan", checkpoint.read_card("faces-gan")["config"])
        vae = published_vae()
        same = vae.config.latent == generator.config.latent
        return EncoderTask(checkpoint.load_weights("faces-gan", generator), plain, seen, unseen, vae if same else None)
    config = EncoderConfig(resolution=side)
    return ClassifierTask(config, plain, seen, unseen, label_matrix(labels), label_matrix(held_out_labels))


def published_vae() -> VAE:
    """The VAE of ``checkpoints/``, whose latent space the GAN takes over."""
    vae = build("faces-vae", checkpoint.read_card("faces-vae")["config"])
    return checkpoint.load_weights("faces-vae", vae)


def _with_photographs(faces: Any, split: str) -> tuple[Tensor, dict[str, Any]]:
    """Encoders also see real photographs, where they were prepared: uploads are photographs."""
    if not default_folder(photographs=True).is_dir():
        return faces.images, faces.labels
    more = load(None, split, photographs=True)
    if more.images.shape[1:] != faces.images.shape[1:]:
        raise ValueError("The photographs have another size than the faces. Prepare both with the same --size.")
    missing = np.full(len(more.images), np.nan, np.float32)
    labels = {k: np.concatenate([v, more.labels.get(k, missing)]) for k, v in faces.labels.items()}
    return torch.cat([faces.images, more.images]), labels


# --------------------------------------------------------------------------- publishing


def publish(model: str, folder: Path, task: Any, data: str | None = None) -> None:
    """Best weights of a run into ``checkpoints/``, with what is known about their training.

    data: the prepared folder, as in ``load``. Raises ValueError where nothing was measured yet.
    """
    best = training.best_of(folder)
    record = training.record(best, task.settings)
    weights = best["averaged"]
    if model == "upsampler":
        data = data or str(default_folder(side=task.images.shape[-1]))
    if model == "gan":
        _save("faces-gan", task.config, weights["generator"], record, {}, data)
        state = torch.load(folder / "state.pt", map_location="cpu", weights_only=True)
        _save("faces-discriminator", task.config, state["modules"]["discriminator"], record, {}, data)
        publish_replay(folder / "samples", task.settings.batch)
        return
    photographs = model in ("classifier", "encoder") and default_folder(photographs=True).is_dir()
    extra = {"also_trained_on": "2,600 photographs of Flickr-Faces-HQ (CC BY-NC-SA 4.0)"} if photographs else {}
    if model == "vae":
        task.ema.target.load_state_dict(weights["network"])
        task.fit_prior()
        weights["network"] = task.ema.target.state_dict()
    _save(f"faces-{model}", task.network.config, weights["network"], record, extra, data)


def _save(
    name: str,
    config: Any,
    weights: dict[str, Tensor],
    record: dict[str, Any],
    extra: dict[str, Any],
    data: str | None = None,
) -> None:
    settings = dataclasses.asdict(config)
    network = build(name, settings)
    network.load_state_dict(weights)
    if isinstance(network, Generator):
        network.mapping.measure_mean()
    card = {
        "purpose": PURPOSE[name],
        "config": settings,
        "licence": "non-commercial research and demonstration only",
        "terms": TERMS,
        "limits": LIMITS,
        "data": data_summary(data),
        "training": record,
        **extra,
    }
    checkpoint.save_checkpoint(name, network, card, eight_bit=name == "faces-discriminator")


def data_summary(data: str | None = None) -> dict[str, Any]:
    """What the data card says about counts, sources and licences."""
    card = json.loads((Path(data or default_folder()) / "card.json").read_text(encoding="utf-8"))
    return {k: card[k] for k in ("count", "splits", "sources", "licence_of_source") if k in card}


def publish_replay(samples: Path, batch: int, moments: int = 30) -> None:
    """About 30 sample sheets, evenly spread in the logarithm of the step, as the app's replay."""
    sheets = sorted(samples.glob("*.webp"))
    if not sheets:
        return
    last = len(sheets) - 1
    chosen = sorted({round(last ** (i / (moments - 1))) if last else 0 for i in range(moments)} | {0})
    folder = Path(__file__).with_name("replay")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for i in chosen:
        shutil.copy(sheets[i], folder / f"{int(sheets[i].stem) * batch:08d}.webp")


@torch.inference_mode()
def codes(vae: VAE, images: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Means and log variances of the codes of pictures (N, 3, R, R) uint8: (N, Z) each."""
    found = [vae.encode(part.float() / 127.5 - 1) for part in images.split(50)]
    means, log_variances = (torch.cat(parts).numpy() for parts in zip(*found, strict=True))
    return means, log_variances


def publish_directions(data: str | None = None) -> None:
    """Find and measure the directions of both latent spaces, and where real faces lie in them, for the cards."""
    from genai_demo.faces import generate
    from genai_demo.faces.directions import find_directions, gan_space, vae_space

    classifier = generate.network("faces-classifier")
    means, log_variances = codes(published_vae(), load(data, "train").images)
    enough = len(means) > means.shape[1]  # of a few pictures of one's own nobody knows how faces are spread
    faces = plausible.fit(means, log_variances).as_json() if enough else None
    for model, space in (("gan", gan_space), ("vae", vae_space)):
        card = checkpoint.read_card(f"faces-{model}")
        card["directions"] = find_directions(space(generate.network(f"faces-{model}")), classifier)
        card |= {"real_faces": faces}
        card["directions_command"] = "python -m genai_demo train faces --model directions"
        checkpoint.write_card(f"faces-{model}", card)
        print(f"{model}: {len(card['directions'])} directions")
