"""Where an old photograph is scratched, dusty or stained.

    from genai_demo.repair import blemishes, generate
    mask = blemishes.find("grandmother.jpg", ("scratches", "dust"))
    whole = generate.restore("grandmother.jpg", mask, "inpaint")

The network loads on first use and stays. Same picture and machine: same mask.
"""

import functools
import math
import threading
from collections.abc import Collection
from typing import Any

import cv2
import numpy as np
import torch
from PIL import Image

from genai_demo.core import checkpoint, limits
from genai_demo.core.colours import flattened
from genai_demo.core.device import autocast, pick_device
from genai_demo.core.uploads import Source, open_layer
from genai_demo.repair.blemish_network import GRAIN, KINDS, BlemishConfig, BlemishFinder
from genai_demo.repair.tiles import padded

__all__ = ("KINDS", "NAME", "USUAL", "card", "find", "find_each", "likelihoods", "network")

NAME = "repair-blemishes"
USUAL = ("scratches", "dust")
"""What is looked for unless told otherwise: what fills a stain is invented, so that is asked for."""
SEEN_PIXELS = 500_000
"""Larger pictures are reduced to so many for the network."""
BALANCE = {"scratches": 0.5, "dust": 0.5, "stains": 0.5}
"""Likelihood from which on something counts at a care of a half, where precision and recall are about alike."""
SPREAD = 2.0
"""How far care moves that, at most, in logits."""
FAINTER = 1.2
"""Logits below which what hangs together with something that counts, counts too."""
LEAST = {"scratches": 12, "dust": 2, "stains": 16}
"""Pixels of the reduced picture that a blemish has."""
_loading = threading.Lock()


@functools.cache
def load_network(name: str) -> BlemishFinder:
    """A finder of ``checkpoints/``. Raises ValueError where it is missing or broken."""
    try:
        config = BlemishConfig(**checkpoint.read_card(name).get("config", {}))
    except TypeError as error:
        raise ValueError(f"The settings on the card of {name!r} do not fit this program. Fetch it again.") from error
    found = checkpoint.load_weights(name, BlemishFinder(config))
    assert isinstance(found, BlemishFinder)
    return found.to(pick_device(), memory_format=torch.channels_last)


def network() -> BlemishFinder:
    """The trained network. Raises ValueError where its checkpoint is missing or broken."""
    with _loading:
        return load_network(NAME)


@torch.inference_mode()
def likelihoods(picture: Image.Image) -> np.ndarray:
    """How likely every kind is at every place: (KINDS, h, w) float32 in 0..1 of a picture reduced to SEEN_PIXELS."""
    pixels = np.asarray(picture.convert("RGB"))
    height, width = pixels.shape[:2]
    factor = math.sqrt(SEEN_PIXELS / (height * width))
    if factor < 1:
        size = max(1, round(width * factor)), max(1, round(height * factor))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    height, width = pixels.shape[:2]
    device = pick_device()
    x = torch.from_numpy(np.array(pixels)).permute(2, 0, 1)[None].float() / 127.5 - 1
    with autocast(device):
        logits = network()(padded(x, GRAIN).to(device, memory_format=torch.channels_last))
    return logits.float().sigmoid()[0, :, :height, :width].cpu().numpy()


def find_each(image: Source, care: float = 0.5) -> dict[str, np.ndarray]:
    """Where each of KINDS is, (H, W) bool.

    image: a path, bytes or a picture of up to ``limits.MAX_PHOTOGRAPH_PIXELS``. care: 0 finds faint things too and some
    that belong there, 1 only the plainest. Raises ValueError for bad input.
    """
    if isinstance(care, bool) or not isinstance(care, int | float) or not 0 <= care <= 1:
        raise ValueError("How sure it must be is a number from 0 to 1.")
    picture = flattened(open_layer(image, most_bytes=limits.MAX_PHOTOGRAPH_BYTES))
    if picture.width * picture.height > limits.MAX_PHOTOGRAPH_PIXELS:
        raise ValueError(
            f"This picture has more than {limits.MAX_PHOTOGRAPH_PIXELS // 10**6} megapixels. Upload a smaller one."
        )
    shares = likelihoods(picture)
    return {kind: _enlarged(_marked(shares[i], kind, care), picture.size) for i, kind in enumerate(KINDS)}


def find(image: Source, kinds: Collection[str] = USUAL, care: float = 0.5) -> np.ndarray:
    """Where any of these KINDS is, (H, W) bool; see ``find_each``. Raises ValueError for other kinds, or none."""
    if not kinds:
        raise ValueError("Choose what is to be found.")
    if strange := [kind for kind in kinds if kind not in KINDS]:
        raise ValueError(f"Nothing called {strange[0]!r} can be found. Choose from {', '.join(KINDS)}.")
    found = find_each(image, care)
    return np.logical_or.reduce([found[kind] for kind in kinds])


def _marked(likely: np.ndarray, kind: str, care: float) -> np.ndarray:
    """What counts of likelihoods (h, w), with all that is fainter but hangs together with it, and its rim: bool."""
    balance = BALANCE[kind]
    asked = math.log(balance / (1 - balance)) + SPREAD * (2 * care - 1)
    clear, faint = (likely > 1 / (1 + math.exp(-logit)) for logit in (asked, asked - FAINTER))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(faint.astype(np.uint8), connectivity=8)
    begun = np.zeros(count, bool)
    begun[np.unique(labels[clear])] = True
    begun &= boxes[:, cv2.CC_STAT_AREA] >= LEAST[kind]
    begun[0] = False
    return cv2.dilate(begun[labels].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def _enlarged(where: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A mask at this width and height."""
    if where.shape == size[::-1]:
        return where
    return cv2.resize(where.astype(np.float32), size, interpolation=cv2.INTER_LINEAR) > 0.4


def card() -> dict[str, Any]:
    """The model card. Raises ValueError where there is none."""
    return checkpoint.read_card(NAME)
