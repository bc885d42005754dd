"""Where an old photograph is scratched or dusty.

    from genai_demo.repair import blemishes, generate
    mask = blemishes.find("grandmother.jpg")
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
from genai_demo.repair.blemish_network import GRAIN, BlemishConfig, BlemishFinder
from genai_demo.repair.blemish_network import KINDS as LEARNT
from genai_demo.repair.tiles import padded

__all__ = ("KINDS", "NAME", "card", "find", "find_each", "likelihoods", "marked", "network")

NAME = "repair-blemishes"
KINDS = ("scratches", "dust")
"""What is offered. Stains, the third answer of the network, are found too badly yet; the card has the figures."""
SEEN_PIXELS = 500_000
"""Larger pictures are reduced to so many for the network."""
LOOKS = ((1.0, False), (0.75, True))
"""Scales at which the network looks at it, and whether at its mirror image."""
BALANCE = {"scratches": 0.55, "dust": 0.65, "stains": 0.5}
"""Likelihood from which on something counts at a care of a half; found on training photographs, precision and recall
being about alike."""
SPREAD = 2.0
"""How far care moves that, at most, in logits."""
FAINTER = 0.5
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
    """How likely every kind that was LEARNT is at every place: (kinds, h, w) float32 in 0..1.

    Of a picture reduced to SEEN_PIXELS, the mean over LOOKS at it, which err at different places.
    """
    pixels = np.asarray(picture.convert("RGB"))
    height, width = pixels.shape[:2]
    factor = math.sqrt(SEEN_PIXELS / (height * width))
    if factor < 1:
        pixels = _resized(pixels, max(1, round(width * factor)), max(1, round(height * factor)))
    height, width = pixels.shape[:2]
    logits = np.zeros((len(LEARNT), height, width), np.float32)
    for scale, mirrored in LOOKS:
        found = _logits(_resized(pixels, max(1, round(width * scale)), max(1, round(height * scale))), mirrored)
        for kind, values in zip(logits, found, strict=True):
            kind += _resized(values, width, height) / len(LOOKS)
    return 1 / (1 + np.exp(-logits))


def _resized(values: np.ndarray, width: int, height: int) -> np.ndarray:
    """Pixels (H, W, 3) or values (H, W) of another size."""
    if values.shape[:2] == (height, width):
        return values
    smaller = width < values.shape[1]
    return cv2.resize(values, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)


def _logits(pixels: np.ndarray, mirrored: bool) -> np.ndarray:
    """The network's answer to pixels (H, W, 3) uint8: (kinds, H, W) float32."""
    height, width = pixels.shape[:2]
    device, order = pick_device(), -1 if mirrored else 1
    x = torch.from_numpy(pixels[:, ::order].copy()).permute(2, 0, 1)[None].float() / 127.5 - 1
    with autocast(device):
        found = network()(padded(x, GRAIN).to(device, memory_format=torch.channels_last))
    return found[0, :, :height, :width].float().cpu().numpy()[:, :, ::order].copy()


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
    return {k: _enlarged(marked(shares[LEARNT.index(k)], k, care), picture.size) for k in KINDS}


def find(image: Source, kinds: Collection[str] = KINDS, care: float = 0.5) -> np.ndarray:
    """Where any of these KINDS is, (H, W) bool; see ``find_each``. Raises ValueError for other kinds, or none."""
    if not kinds:
        raise ValueError("Choose what is to be found.")
    if strange := [kind for kind in kinds if kind not in KINDS]:
        raise ValueError(f"Nothing called {strange[0]!r} can be found. Choose from {', '.join(KINDS)}.")
    found = find_each(image, care)
    return np.logical_or.reduce([found[kind] for kind in kinds])


def marked(likely: np.ndarray, kind: str, care: float) -> np.ndarray:
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
