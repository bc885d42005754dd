"""Breeding in the latent space: children take layers and values after their parents, and mutate a little.

A child takes a random mixture of its parents' styles. With ``crossing`` it takes a whole range of layers (coarse,
middle, fine) from one parent, as if a gene came over in one piece. A mutation is a step in those directions in which
real faces differ, counted in their deviations; no child leaves the region where real faces lie.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from genai_demo.faces.latents import LAYER_RANGES, Latent, layer_slice, to_half
from genai_demo.faces.plausible import Ellipsoid, hold

MOST_PARENTS = 4
MOST_GENERATIONS = 8
"""Of a family that are remembered, for undoing and for its tree."""
CONCENTRATION = 6.0
"""Of the Dirichlet distribution of the shares: larger values make children more alike."""


@dataclass(frozen=True)
class Generation:
    """Parents and what came of them."""

    parents: tuple[Latent, ...]
    children: tuple[Latent, ...] = ()


@dataclass(frozen=True)
class Family:
    """A line of generations, the youngest last. Every change is a new family, so that it can be undone."""

    generations: tuple[Generation, ...] = (Generation(()),)
    before: "Family | None" = None

    @property
    def parents(self) -> tuple[Latent, ...]:
        """Those whose children come next."""
        return self.generations[-1].parents

    @property
    def children(self) -> tuple[Latent, ...]:
        return self.generations[-1].children

    def with_parent(self, point: Latent) -> "Family":
        """One parent more. Once there are children a new generation begins, with that parent and the one before.

        Raises ValueError for a face of another model than the others.
        """
        if self.parents and self.parents[0].model != point.model:
            raise ValueError("Parents must come from one model. Begin again, or choose a face of the same model.")
        kept = self.generations
        if self.children:
            kept = (*kept[1 - MOST_GENERATIONS :], Generation((self.parents[-1], point)))
        elif len(self.parents) == MOST_PARENTS:
            raise ValueError(f"There is room for {MOST_PARENTS} parents. Breed them, or take the last one back.")
        else:
            kept = (*kept[:-1], Generation((*self.parents, point)))
        return Family(kept, self._shortened())

    def with_children(self, children: Sequence[Latent]) -> "Family":
        """The same parents with these children."""
        return Family((*self.generations[:-1], Generation(self.parents, tuple(children))), self._shortened())

    def undone(self) -> "Family":
        """As it was before the last change."""
        return self.before or Family()

    def _shortened(self) -> "Family":
        """Itself with at most so many earlier ones behind it."""
        line: list[Family] = [self]
        while line[-1].before is not None and len(line) < 2 * MOST_GENERATIONS:
            line.append(line[-1].before)
        kept: Family | None = None
        for one in reversed(line):
            kept = replace(one, before=kept)
        assert kept is not None
        return kept


def breed(
    parents: Sequence[Latent],
    weights: Sequence[float],
    count: int,
    seed: int,
    mutation: float = 0.3,
    crossing: float = 0.5,
    faces: Ellipsoid | None = None,
) -> list[Latent]:
    """``count`` children of two or more parents.

    weights: how much each parent counts, 0 or more. mutation: deviations of real faces. crossing: probability that a
    range of layers comes from one parent alone. faces: where real faces lie; without it nothing mutates or is held.
    Raises ValueError for fewer than two parents, or weights of which none is above zero.
    """
    if len(parents) < 2:
        raise ValueError("Children need two parents or more. Add another face.")
    shares = np.asarray(weights, float)
    if len(shares) != len(parents) or (shares < 0).any() or not shares.sum() > 0:
        raise ValueError("At least one parent must count: give it a weight above zero.")
    rng = np.random.default_rng(seed)
    styles = np.stack([parent.styles for parent in parents])  # (P, L, Z)
    layers = styles.shape[1]
    shares, some = shares / shares.sum(), shares > 0
    found = []
    for number in range(count):
        mixed = np.zeros(len(parents))
        mixed[some] = rng.dirichlet(CONCENTRATION * shares[some])
        child = np.einsum("p,plz->lz", mixed, styles)
        for name in LAYER_RANGES[1:] if layers > 1 else ():
            crossed, donor = rng.random() < crossing, rng.choice(len(parents), p=shares)
            where = layer_slice(name, layers)
            if crossed:
                child[where] = styles[donor, where]
        middle = replace(parents[0], styles=np.einsum("p,plz->lz", shares, styles).astype(np.float32), z=None)
        if faces is not None:
            step = rng.normal(size=faces.whitening.shape[1]) @ np.linalg.pinv(faces.whitening)
            child = child + mutation * step
        born = replace(middle, styles=child.astype(np.float32), origin=f"child {number + 1}")
        held = hold(middle, born, faces) if faces is not None else born
        found.append(replace(held, styles=to_half(held.styles), seed=parents[0].seed, origin=born.origin))
    return found
