"""A visitor's own faces: what is kept of them and why the rest is not, and the fine-tuning of the GAN on them.

The encoder gives every picture its place in W+; the generator then learns to draw the pictures from these places
(pivotal tuning, Roich et al. 2021), and draws new faces from where the places lie.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor, nn

from genai_demo.core import cards, checkpoint, imagecheck, lent, limits
from genai_demo.core.archives import Dropped
from genai_demo.core.device import autocast, describe, pick_device
from genai_demo.core.filekinds import kind_of
from genai_demo.core.frechet import frechet_distance
from genai_demo.core.loop import batch_indices
from genai_demo.core.metrics import psnr
from genai_demo.core.pictures import to_pixels
from genai_demo.core.rounding import rounded
from genai_demo.core.tuning import Brake, Tuning
from genai_demo.core.uploads import TooManyPixels, open_layer
from genai_demo.faces import generate
from genai_demo.faces.align import SIDE, NoFace, align_face
from genai_demo.faces.invert import reconstruction_loss
from genai_demo.faces.model import Generator
from genai_demo.faces.networks import build

NAME = "faces-gan"
SUFFIXES = (*imagecheck.SUFFIXES, ".avif", ".heic", ".heif", ".jfif", ".jp2", ".mpo")
HELD_OUT_EVERY = 8
"""Every eighth picture is never learnt from."""
MOST_HELD_OUT = 16
"""Of them that a measurement looks at."""
BLURRED = 12.0
"""Variance of the Laplacian of the grey picture from which it counts as sharp enough."""
BATCH, RATE = 4, 0.002
USUAL = 100
"""Published places beside the visitor's, from which new faces are drawn."""
COMPARED = 48
"""New faces whose distribution is compared with the held-out ones."""


# --------------------------------------------------------------------------- checks


@dataclass(frozen=True)
class Faces:
    """What is left of a visitor's pictures after the checks: aligned crops, 128 x 128."""

    learnt: list[Image.Image]
    held_out: list[Image.Image]

    @property
    def all(self) -> list[Image.Image]:
        """Both parts."""
        return self.learnt + self.held_out


def check(files: Iterable[tuple[str, bytes]], dropped: Dropped) -> Faces:
    """Aligned faces, one a picture; names and reasons of what is left out go to ``dropped``.

    Raises ValueError where too few are left.
    """
    *_, found = check_steps(files, dropped)
    return split(found)


def check_steps(files: Iterable[tuple[str, bytes]], dropped: Dropped) -> Iterator[list[Image.Image]]:
    """As ``check``, yielding after every picture what is kept so far; ``split`` makes the two parts of it."""
    seen = imagecheck.SeenPictures()
    found: list[Image.Image] = []
    yield found
    for name, data in files:
        try:
            if len(found) == limits.MAX_OWN_PICTURES:
                raise ValueError("beyond the limit of all")
            found.append(_usable(name, data, seen))
        except ValueError as error:
            dropped.append((name, str(error)))
        yield found


def split(found: Sequence[Image.Image]) -> Faces:
    """Every eighth picture is held out. Raises ValueError where there are too few."""
    if len(found) < limits.MIN_OWN_PICTURES:
        raise ValueError(f"After the checks {len(found)} faces are left; {limits.MIN_OWN_PICTURES} or more are needed.")
    held_out = [i % HELD_OUT_EVERY == HELD_OUT_EVERY // 2 for i in range(len(found))]
    parts = ([face for face, held in zip(found, held_out, strict=True) if held is wanted] for wanted in (False, True))
    return Faces(*parts)


def _usable(name: str, data: bytes, seen: imagecheck.SeenPictures) -> Image.Image:
    """The aligned face of a picture. Raises ValueError with a reason in a few words."""
    try:
        picture = open_layer(data, least=1)
    except TooManyPixels as error:
        raise ValueError("too many pixels") from error
    except ValueError as error:
        raise ValueError("damaged" if kind_of(data).startswith("image/") else "not a picture") from error
    if min(picture.size) < SIDE // 2:
        raise ValueError("too small")
    try:
        face = align_face(picture)
    except NoFace as error:
        raise ValueError("no face found") from error
    except ValueError as error:
        raise ValueError("damaged") from error
    pixels = np.asarray(face)
    if flaw := imagecheck.find_flaw(pixels):
        raise ValueError(flaw)
    if sharpness(pixels) < BLURRED:
        raise ValueError("blurred")
    if seen.find_or_add(name, imagecheck.difference_hash(face)):
        raise ValueError("duplicate")
    return face


def sharpness(pixels: np.ndarray) -> float:
    """Variance of the Laplacian of the grey values of (H, W, 3) uint8 (Pech-Pacheco et al. 2000)."""
    grey = pixels.astype(np.float32).mean(-1)
    middle = grey[1:-1, 1:-1]
    return float((grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * middle).var())


def example(count: int = 40, seed: int = 3_000) -> dict[str, bytes]:
    """Pictures to try it with, files by name: smiling faces of our GAN, as if printed in blue, red and gold."""
    files = {}
    with lent.lending({}):
        points = [generate.edit(generate.latent(seed + i), {"smile": 2.0}) for i in range(count)]
        faces = generate.decode_many(points, 0.9)
    for i, face in enumerate(faces):
        print_of = ImageOps.colorize(ImageOps.autocontrast(face.convert("L")), "#10164a", "#ffe9b0", "#c8455a")
        buffer = io.BytesIO()
        Image.blend(face, print_of, 0.8).save(buffer, "WEBP", quality=92)
        files[f"print-{i + 1:02d}.webp"] = buffer.getvalue()
    return files


# --------------------------------------------------------------------------- tuning


class FacesSubject:
    """The published generator, and a visitor's faces with their places in its latent space.

    Raises ValueError where a network is missing.
    """

    every = 10

    def __init__(self, faces: Faces, seed: int = 0, brake: Brake | None = None):
        self.seed, self.device, self.brake = seed, pick_device(), brake or Brake()
        self.network = _copy()
        self.brake.watch(self.network)
        self.networks: dict[str, nn.Module] = {NAME: self.network}
        self.critic, self.classifier = _frozen("faces-discriminator"), _frozen("faces-classifier")
        encoder = _frozen("faces-encoder")
        side = self.network.config.resolution
        self.pictures = generate.to_tensor(faces.learnt, side)
        self.held_out = generate.to_tensor(faces.held_out[:MOST_HELD_OUT], side)
        with torch.no_grad():
            self.places, self.held_out_places = (
                self._in_parts(encoder, pictures, 4).float() for pictures in (self.pictures, self.held_out)
            )
            self.real = self._in_parts(self.classifier.features, self.held_out).double().cpu().numpy()
        drawn = [p for n, p in self.network.named_parameters() if not n.startswith("mapping.")]
        for parameter in drawn:
            parameter.requires_grad_(True)
        self.optimizer = torch.optim.Adam(drawn, lr=RATE, betas=(0.9, 0.99))
        self.z = torch.randn(COMPARED, self.network.config.latent, generator=torch.Generator().manual_seed(1))

    def _in_parts(self, network: Any, pictures: Tensor, size: int = 8) -> Tensor:
        """What a published network, which has no brake, makes of pictures; looks at the brake between its parts."""
        found = []
        for part in pictures.split(size):
            self.brake.check()
            found.append(network(part))
        return torch.cat(found)

    def step(self, step: int) -> float:
        """Adam on BATCH pictures, drawn from their places; returns their distance."""
        if step == 0:  # new faces come from where the visitor's lie; that is learnt at once
            self.network.mapping.fit(self.new_places())
            self.network.mapping.measure_mean()
        chosen = batch_indices(self.seed, step, len(self.pictures), BATCH).to(self.device)
        self.optimizer.zero_grad(set_to_none=True)
        with autocast(self.device):
            drawn = self.network.synthesis(self.places[chosen])
            loss = reconstruction_loss(self.critic, self.pictures[chosen], drawn)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    @torch.no_grad()
    def new_places(self) -> Tensor:
        """The visitor's places, and published ones moved to their middle, as variety: (N, Z)."""
        mine = self.places.mean(1)
        z = torch.randn(USUAL, mine.shape[1], generator=torch.Generator().manual_seed(2)).to(self.device)
        usual = self.network.mapping(z)
        return torch.cat([mine, usual - usual.mean(0) + mine.mean(0)])

    @torch.inference_mode()
    def measure(self) -> dict[str, float]:
        """How far held-out faces, drawn from their places, and new faces are from the held-out pictures.

        score: distance as it is trained. psnr: dB. frechet: distance of new faces in the features of our classifier.
        """
        with autocast(self.device):
            again = self.network.synthesis(self.held_out_places).float()
            self.brake.check()
            score = float(reconstruction_loss(self.critic, self.held_out, again))
            new = torch.cat([self.network(part.to(self.device), None).float() for part in self.z.split(16)])
            made = self._in_parts(self.classifier.features, new.clamp(-1, 1)).double().cpu().numpy()
        decibels = psnr(again.clamp(-1, 1), self.held_out)
        return {"score": score, "psnr": float(decibels.mean()), "frechet": frechet_distance(made, self.real)}

    @torch.inference_mode()
    def drawn_again(self, network: Generator, count: int = 6) -> list[Image.Image]:
        """Held-out faces as a network draws them from their places. Raises Stopped where the brake is pulled."""
        self.brake.check()
        return _images(network.synthesis(self.held_out_places[:count]))

    @torch.inference_mode()
    def new_faces(self, network: Generator, count: int = 6) -> list[Image.Image]:
        """New faces of a network, at truncation 0.7. Raises Stopped where the brake is pulled."""
        self.brake.check()
        styles = network.truncate(network.mapping(self.z[:count].to(self.device)), 0.7)
        return _images(network.synthesis(styles[:, None].expand(-1, network.layers, -1)))


def _images(pictures: Tensor) -> list[Image.Image]:
    return [Image.fromarray(pixels) for pixels in to_pixels(pictures)]


def _copy() -> Generator:
    """The published generator once more, to be changed."""
    network = checkpoint.load_weights(NAME, build(NAME, checkpoint.read_card(NAME).get("config")))
    assert isinstance(network, Generator)
    return network.to(pick_device(), memory_format=torch.channels_last)


def _frozen(name: str) -> Any:
    """A published network, whatever is lent in its place."""
    with lent.lending({}):
        return generate.network(name)


def published_network() -> Generator:
    """The generator that everyone uses."""
    return _frozen(NAME)


def best_network(tuning: Tuning) -> Generator:
    """The best weights so far in a network of their own. Raises ValueError before there are any."""
    tuning.best_point()
    network = _copy()
    network.load_state_dict(tuning.best[NAME])
    return network


def pack(tuning: Tuning, faces: Faces) -> dict[str, bytes]:
    """Weights and card of the best network, files by name, to be put into ``checkpoints/``."""
    best, first, base = tuning.best_point(), tuning.points[0], checkpoint.read_card(NAME)
    card = {
        "purpose": "The GAN of the face room, fine-tuned on pictures of a visitor.",
        "config": base["config"],
        "licence": base.get("licence", ""),
        "terms": base.get("terms", ""),
        "base": {"name": NAME, "files": base.get("files", {})},
        "data": {"origin": "pictures of a visitor", "learnt": len(faces.learnt), "held_out": len(faces.held_out)},
        "training": tuning.record() | {"rate": RATE, "batch": BATCH, "hardware": describe(pick_device())},
        "metrics": rounded(best.figures),
        "metrics_of_base": rounded(first.figures),
        "directions": base.get("directions", []),
    }
    return checkpoint.pack_checkpoint(NAME, best_network(tuning), card)


def lendable(files: dict[str, bytes], tuning: Tuning) -> dict[str, lent.Lent]:
    """The best network in the place of the published one. files: what ``pack`` made of it."""
    return {NAME: lent.Lent(best_network(tuning), cards.fingerprint_of(files))}
