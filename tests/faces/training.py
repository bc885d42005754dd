"""What the tests of the training share."""

import torch
from torch import nn

from genai_demo.faces.cleaning import split_of
from genai_demo.faces.encoders import VAE
from genai_demo.faces.train_gan import GANSettings, GANTask
from tests.faces.tiny import GAN, VARIATIONAL, pictures

LIGHT = {"resolution": 16, "batch": 4, "feature_critic": 0.0, "anchor": 0.0, "pretrain": 0, "adversaries_first": 0}


def gan_task(**settings: object) -> GANTask:
    torch.manual_seed(3)
    return GANTask(GAN, GANSettings(**LIGHT | settings), pictures(12), pictures(4, seed=1), VAE(VARIATIONAL))


def weights(network: nn.Module) -> torch.Tensor:
    return torch.cat([p.detach().flatten().clone() for p in network.parameters()] or [torch.zeros(0)])


def run_steps(task: object, steps: int = 3) -> list[dict[str, float]]:
    found = []
    for step in range(steps):
        torch.manual_seed(step)
        found.append({k: float(v) for k, v in task.step(step).items()})
    return found


def names(split: str, count: int) -> list[str]:
    """File names that fall into this split."""
    every = (f"face{i:04d}.png" for i in range(10_000))
    chosen = (name for name in every if split_of(name) == split)
    return [next(chosen) for _ in range(count)]
