"""How generated faces spread over groups, beside the training faces.

Nobody on these pictures has told anyone who they are. The groups are guesses of our own attribute classifier, the same
for training and for generated faces, so that its errors stand on both sides, but not equally if it errs more on fakes.
"Appearance" follows labels that one of the sources came with; a linear read-out of the classifier's features
guesses them, and its own error is measured beside.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from genai_demo.core import groups
from genai_demo.core.device import autocast, pick_device
from genai_demo.faces.encoders import ATTRIBUTES, Classifier

SAMPLES, TRAINING = 2_000, 2_000
TRUNCATIONS = (0.7, 1.0)
APPEARANCES = ("asian", "black", "latino", "white")
MOST_LABELLED = 240
"""Training faces of each appearance from which the read-out learns."""
GROUPS: dict[str, tuple[str, ...]] = {
    "gender": ("read as female", "read as male"),
    "skin": ("darkest third of training", "middle third", "lightest third of training"),
    "age": ("youngest third of training", "middle third", "oldest third of training"),
    "glasses": ("without", "with"),
    "beard": ("without", "with"),
    "smile": ("least smiling third of training", "middle third", "most smiling third of training"),
}
THIRDS = {"skin": "light_skin", "age": "age", "smile": "smile"}
CUTS = {"gender": "fa_male", "glasses": "hand_glasses", "beard": "hand_beard"}
"""Groups that are there or not, and the column of the index that says so of training faces."""
NOTE = (
    "Groups are guesses of our own classifier from appearance (correlation with the labels 0.64 for age to 0.90 for "
    "hair, see its card), not facts about anybody; the labels were themselves made by programs or by the sources."
)


@torch.inference_mode()
def read(classifier: Classifier, images: Tensor, batch: int = 50) -> tuple[np.ndarray, np.ndarray]:
    """Attribute scores (N, A) and features (N, 64) of pictures in [-1, 1]."""
    device, scores, features = pick_device(), [], []
    for part in images.split(batch):
        with autocast(device):
            found = classifier.features(part.to(device))
            scores.append(classifier.head(found).float().cpu())
        features.append(found.float().cpu())
    return torch.cat(scores).numpy(), torch.cat(features).numpy()


def best_cut(scores: np.ndarray, labels: np.ndarray) -> float:
    """The score that tells labelled groups apart with the fewest errors, each group weighing the same."""
    known = np.isfinite(labels)
    scores, positive = scores[known], labels[known] > 0.5
    candidates = np.unique(np.percentile(scores, np.linspace(1, 99, 197)))
    balanced = [((scores[positive] > c).mean() + (scores[~positive] <= c).mean()) / 2 for c in candidates]
    return float(candidates[int(np.argmax(balanced))])


class Reader:
    """Puts faces into groups, by cuts found on training faces."""

    def __init__(self, scores: np.ndarray, labels: dict[str, np.ndarray]):
        self.cuts = {name: groups.thirds(scores[:, ATTRIBUTES.index(a)]) for name, a in THIRDS.items()}
        for name, column in CUTS.items():
            cut = best_cut(scores[:, ATTRIBUTES.index(name)], labels[column])
            self.cuts[name] = np.array([cut])

    def members(self, name: str, scores: np.ndarray) -> np.ndarray:
        """Numbers of the groups of faces: (N,)."""
        column = scores[:, ATTRIBUTES.index(THIRDS.get(name, name))]
        return np.searchsorted(self.cuts[name], column)


class Appearance:
    """Ridge regression from features to the appearances that a source labelled, each weighing the same."""

    def __init__(self, features: np.ndarray, labels: np.ndarray, ridge: float = 1.0):
        self.mean, self.deviation = features.mean(0), features.std(0) + 1e-6
        x = self._design(features)
        y = np.eye(len(APPEARANCES))[labels]
        weight = 1 / np.bincount(labels, minlength=len(APPEARANCES))[labels].clip(1)
        weight *= len(labels) / weight.sum()
        inside = (x * weight[:, None]).T @ x + ridge * np.eye(x.shape[1])
        self.solution = np.linalg.solve(inside, (x * weight[:, None]).T @ y)

    def _design(self, features: np.ndarray) -> np.ndarray:
        return np.concatenate([(features - self.mean) / self.deviation, np.ones((len(features), 1))], 1)

    def guess(self, features: np.ndarray) -> np.ndarray:
        """Numbers of the appearances: (N,)."""
        return (self._design(features) @ self.solution).argmax(1)


def recall(guesses: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Share of each labelled appearance that is guessed right."""
    return {
        name: float((guesses[labels == i] == i).mean()) for i, name in enumerate(APPEARANCES) if (labels == i).any()
    }


def spreads(scores: np.ndarray, features: np.ndarray, real: "Measured") -> dict[str, Any]:
    """Every group's share among made faces beside the training faces."""
    found = {
        name: groups.spread(real.reader.members(name, scores), real.reader.members(name, real.scores), names)
        for name, names in GROUPS.items()
    }
    if real.appearance is not None:
        made, known = real.appearance.guess(features), real.appearance.guess(real.features)
        found["appearance"] = groups.spread(made, known, APPEARANCES)
    return found


class Measured:
    """Training faces as the classifier reads them, with the groups that follow."""

    def __init__(self, classifier: Classifier, images: Tensor, labels: dict[str, np.ndarray], words: list[str]):
        rng = np.random.default_rng(0)
        chosen = rng.choice(len(images), min(TRAINING, len(images)), replace=False)
        self.scores, self.features = read(classifier, images[chosen].float() / 127.5 - 1)
        self.reader = Reader(self.scores, {c: labels[c][chosen] for c in CUTS.values()})
        self.appearance: Appearance | None = None
        self.right: dict[str, float] = {}
        rows, kinds = labelled(words, rng)
        if len(rows) >= 8 * len(APPEARANCES):
            _, features = read(classifier, images[rows].float() / 127.5 - 1)
            learnt = np.arange(len(rows)) % 4 > 0
            self.appearance = Appearance(features[learnt], kinds[learnt])
            self.right = recall(self.appearance.guess(features[~learnt]), kinds[~learnt])


def labelled(words: list[str], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rows of training faces of each labelled appearance, at most MOST_LABELLED, in random order, and their numbers."""
    found = []
    for number, name in enumerate(APPEARANCES):
        rows = np.array([i for i, word in enumerate(words) if word == name], np.int64)
        found += [(int(r), number) for r in rng.permutation(rows)[:MOST_LABELLED]]
    order = rng.permutation(len(found))
    pairs = np.array(found, np.int64).reshape(-1, 2)[order]
    return pairs[:, 0], pairs[:, 1]
