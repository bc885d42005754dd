"""Pairs to learn from: a picture, what was done to it, and what is asked of the network."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from genai_demo.core.loop import step_seed
from genai_demo.repair import damage
from genai_demo.repair.data import Pictures
from genai_demo.repair.model import TASKS

SHARES = {
    "inpaint": 0.24,
    "deblur": 0.13,
    "enlarge2": 0.08,
    "enlarge4": 0.12,
    "denoise": 0.13,
    "old": 0.15,
    "auto": 0.15,
}
"""How often each task comes."""
UNTOLD = 0.35
"""Share of the other tasks that the network must find out by itself ("auto")."""


@dataclass
class Examples:
    """Tensors with one row an example, on one device."""

    damaged: Tensor
    """(B, 3, H, W) in [-1, 1]."""
    mask: Tensor
    """(B, 1, H, W), 1 where the picture is missing."""
    target: Tensor
    """(B, 3, H, W) in [-1, 1]."""
    task: Tensor
    """(B,) index into TASKS: what the network is told."""
    amounts: Tensor
    """(B, measures): how much of each kind of damage there is, 0..1."""


def damaged_for(
    task: str, picture: np.ndarray, rng: np.random.Generator, strength: float | None = None
) -> damage.Damage:
    """Damage that ``task`` is to repair. strength: 0..1, drawn where it is not given."""
    strength = float(rng.random()) if strength is None else strength
    if task == "inpaint":
        return damage.damage(picture, "hole", strength, rng)
    if task == "deblur":
        return damage.damage(picture, "blur" if rng.random() < 0.6 else "motion", strength, rng)
    if task in ("enlarge2", "enlarge4"):
        return damage.damage(picture, f"shrink{task[-1]}", strength, rng)
    if task == "denoise":
        return damage.damage(picture, "noise" if rng.random() < 0.65 else "blocks", strength, rng)
    return damage.mixture(picture, strength, rng, scratched=1.0 if task == "old" else 0.2)


def example(picture: np.ndarray, rng: np.random.Generator) -> tuple[damage.Damage, np.ndarray, str]:
    """One example from an intact picture (H, W, 3) uint8: what was done, the target in [0, 1], the task told."""
    target = picture.astype(np.float32) / 255
    if rng.random() < 0.5:
        target = target[:, ::-1]
    if rng.random() < 0.3:  # other light than in the studio
        target = (target ** np.float32(rng.uniform(0.7, 1.4))) * np.float32(rng.uniform(0.75, 1))
    task = str(rng.choice(list(SHARES), p=list(SHARES.values())))
    found = damaged_for(task, target, rng)
    if task == "inpaint" and rng.random() < 0.2:
        worn = damage.blocks(found.picture, 0.5 * float(rng.random()), rng)
        found = damage.Damage(worn, found.mask)
    return found, target, "auto" if rng.random() < UNTOLD else task


def draw(pictures: Pictures, chosen: Tensor, seed: int, step: int) -> Examples:
    """An example from each chosen picture; the same for the same seed and step."""
    rows = []
    for index in chosen.tolist():
        rng = np.random.default_rng((step_seed(seed, step), index))
        rows.append(example(pictures[index], rng))
    return stack(rows)


def stack(rows: list[tuple[damage.Damage, np.ndarray, str]]) -> Examples:
    """Examples of one size as tensors."""

    def pictures(values: list[np.ndarray]) -> Tensor:
        found = torch.from_numpy(np.stack(values).astype(np.float32)).permute(0, 3, 1, 2)
        return (found * 2 - 1).contiguous(memory_format=torch.channels_last)

    amounts = [[row[0].amounts.get(name, 0.0) for name in damage.MEASURES] for row in rows]
    return Examples(
        damaged=pictures([row[0].picture for row in rows]),
        mask=torch.from_numpy(np.stack([row[0].mask for row in rows]))[:, None].float(),
        target=pictures([row[1] for row in rows]),
        task=torch.tensor([TASKS.index(row[2]) for row in rows]),
        amounts=torch.tensor(amounts, dtype=torch.float32),
    )
