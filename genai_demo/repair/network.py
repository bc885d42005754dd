"""The restorer that is there, and what it makes of pictures of any size."""

import functools
import threading
from collections.abc import Iterator

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from genai_demo.core import checkpoint
from genai_demo.core.device import autocast, pick_device
from genai_demo.repair.model import GRAIN, TASKS, RepairConfig, Restorer
from genai_demo.repair.tiles import padded, tiled

NAME = "repair"
_loading = threading.Lock()


def as_tensor(picture: Image.Image) -> Tensor:
    """(1, 3, H, W) in [-1, 1]."""
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 127.5 - 1


def as_picture(values: Tensor) -> Image.Image:
    """The inverse, rounded to 8 bits."""
    pixels = ((values[0].clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
    return Image.fromarray(pixels.permute(1, 2, 0).numpy())


@functools.cache
def load_network(name: str) -> Restorer:
    """A restorer of ``checkpoints/``. Raises ValueError where it is missing or broken."""
    try:
        config = RepairConfig(**checkpoint.read_card(name).get("config", {}))
    except TypeError as error:
        raise ValueError(f"The settings on the card of {name!r} do not fit this program. Fetch it again.") from error
    found = checkpoint.load_weights(name, Restorer(config))
    assert isinstance(found, Restorer)
    return found.to(pick_device(), memory_format=torch.channels_last)


def network() -> Restorer:
    """The trained network. Raises ValueError where its checkpoint is missing or broken."""
    with _loading:
        return load_network(NAME)


@torch.inference_mode()
def run(picture: Tensor, mask: Tensor, task: str, seed: int, fidelity: float) -> Tensor:
    """One pass: (1, 3, H, W) in [-1, 1], (1, 1, H, W) -> (1, 3, H, W) in [-1, 1].

    Detail counts 1 - fidelity, and less where the picture is missing: nothing there holds it in its place.
    """
    net, device = network(), pick_device()
    noise = torch.randn(1, net.config.noise, generator=torch.Generator().manual_seed(seed)).to(device)
    x, m = padded(picture, GRAIN).to(device), padded(mask, GRAIN).to(device)
    with autocast(device):
        faithful, detail, _ = net(x, m, torch.tensor([TASKS.index(task)], device=device), noise)
    share = (1 - fidelity) ** (1 + m)
    found = (faithful + share * detail).clamp(-1, 1).cpu()
    return found[..., : picture.shape[2], : picture.shape[3]]


def everywhere(
    x: Tensor, mask: Tensor, task: str, seed: int, fidelity: float, wanted: Tensor | None = None
) -> Iterator[tuple[float, Tensor]]:
    """The network over all of a picture, in tiles where it is large: (share done, picture so far)."""

    def work(part: Tensor) -> Tensor:
        return run(part[:, :3], part[:, 3:], task, seed, fidelity)

    yield from tiled(work, torch.cat([x, mask], 1), wanted)
