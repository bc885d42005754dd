"""One point of the curves: a small version of one of our models, trained on the data that a recipe describes.

The networks, losses and optimisers are those of the train doors, run by the same loop; only the sizes differ:
pictures of 32 pixels, narrow networks, and for texts a vocabulary of 1,024 pieces in place of 12,224.
"""

import dataclasses
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.core.loop import LoopOptions, Run
from genai_demo.core.metrics import psnr
from genai_demo.core.rounding import significant
from genai_demo.core.transformer import TransformerConfig
from genai_demo.faces import data as faces_data
from genai_demo.faces.encoders import ATTRIBUTES, EncoderConfig, VAEConfig
from genai_demo.faces.evaluate import as_float, blur
from genai_demo.faces.train_encoders import ClassifierTask, EncoderSettings, VAETask, as_input, label_matrix
from genai_demo.text.data import Texts
from genai_demo.text.data import load as load_texts
from genai_demo.text.tokenizer import CONTROL_ROOM, Tokenizer, load_tokenizer, train_bpe
from genai_demo.text.train import TextSettings, TextTask, bits_per_byte

SIDE = 32
"""Pixels of the pictures, both ways."""
LATENT = 64
RATE = 0.006
"""Of the networks that read pictures: the trainings are short."""
QUESTIONS = ("smile", "gender")
"""Attributes that are asked as yes or no; their labels are probabilities."""
VOCABULARY, CONTEXT = 1024, 128
LEARNT_FROM = 2_000
"""Stories that the vocabulary is learnt from."""
BEGINNING = 500
"""Characters of a story that make an example."""
PILOT = 6
"""Steps whose time says how many fit into a budget; the first half warms up."""


@dataclass(frozen=True)
class Recipe:
    """What one training learns from, how large it is and how long it goes on. The figures follow from it."""

    medium: str
    """faces, labels or text"""
    size: int
    """Channels at the full side of the pictures, or width of the Transformer."""
    steps: int
    """0: as many as fit into ``seconds``."""
    batch: int
    examples: int = 0
    """0: all."""
    damage: str = ""
    """noise, blur or duplicates"""
    amount: float = 0.0
    """Share of the examples that is damaged, or pixels of blur."""
    seconds: float = 0.0
    """CPU time of the steps."""
    course: bool = False
    """Measure on the way too."""
    seed: int = 0

    def chosen(self, available: int) -> np.ndarray:
        """Which examples it learns from, the copies among them: indices below ``available``.

        The sets of one seed contain each other. Raises ValueError where there are too few.
        """
        count = self.examples or available
        if count > available:
            raise ValueError(f"The point needs {count:,} examples; the prepared set has {available:,}.")
        rng = np.random.default_rng((self.seed, 1))
        order = rng.permutation(available)[:count]
        if self.damage == "duplicates":
            distinct = max(1, round(count * (1 - self.amount)))
            order = np.concatenate([order[:distinct], order[rng.integers(0, distinct, count - distinct)]])
        return order

    def damaged(self, count: int) -> np.ndarray:
        """Which of ``count`` examples are damaged: (count,) bool, exactly the share."""
        found = np.zeros(count, bool)
        found[np.random.default_rng((self.seed, 2)).permutation(count)[: round(count * self.amount)]] = True
        return found


class Watched:
    """A task whose CPU time is counted, and that is measured as the curves want it.

    measure: task to figures, among them ``held_out`` and ``learnt``. every: steps between evaluations; of those
    only numbers 1, 2, 4, 8 ... and the last are made.
    """

    def __init__(self, task: Any, measure: Callable[[Any], dict[str, float]], every: int, last: int):
        self.task, self.measure, self.every, self.last = task, measure, every, last
        self.modules, self.averaged, self.optimizers = task.modules, task.averaged, task.optimizers
        self.steps, self.seconds = 0, 0.0
        self.course: list[dict[str, float]] = []

    def step(self, step: int) -> dict[str, float | Tensor]:
        start = time.process_time()
        figures = self.task.step(step)
        self.seconds += time.process_time() - start
        self.steps = step + 1
        return figures

    def evaluate(self) -> dict[str, float]:
        number = self.steps // self.every
        if self.steps != self.last and number & (number - 1):
            return {}
        figures = {k: significant(v, 7) for k, v in self.measure(self.task).items()}
        self.course.append({"steps": self.steps, "seconds": significant(self.seconds), **figures})
        return figures

    def sample_sheet(self, path: Path) -> None:
        """Nothing to look at: the figures say it."""


def train(
    recipe: Recipe, make_task: Callable[[int], Any], measure: Callable[[Any], dict[str, float]]
) -> dict[str, Any]:
    """Train once. make_task: steps to a fresh task. Returns the figures of the end and, if asked for, the course."""
    steps = recipe.steps or max(1, int(recipe.seconds / _seconds_per_step(make_task(100))))
    task = make_task(steps)
    every = max(1, steps // 32) if recipe.course else steps
    watched = Watched(task, measure, every, steps)
    with tempfile.TemporaryDirectory() as folder:
        options = LoopOptions(
            Path(folder), steps, seed=recipe.seed, log_every=0, save_every=0, evaluate_every=every, progress=False
        )
        run = Run(watched, options)
        run.train()
    if run.stopping or not watched.course:
        raise KeyboardInterrupt
    network = next(iter(task.modules.values()))
    figures = {**watched.course[-1], "parameters": sum(p.numel() for p in network.parameters())}
    return figures | ({"course": watched.course} if recipe.course else {})


def _seconds_per_step(task: Any) -> float:
    """CPU time of a step, from the faster half of a few: what slows some is the machine.

    At least what the clock can tell apart: some tick so seldom that a short step takes none of their time.
    """
    found = []
    for step in range(PILOT):
        start = time.process_time()
        task.step(step)
        found.append(time.process_time() - start)
    least = time.get_clock_info("process_time").resolution
    return max(float(np.mean(sorted(found[PILOT // 3 :])[: PILOT // 2])), least)


# --------------------------------------------------------------------------- faces


def small(images: Tensor) -> Tensor:
    """uint8 (N, 3, S, S) to (N, 3, 32, 32) by means over squares. Raises ValueError for other sides."""
    side = images.shape[-1]
    if side % SIDE or not len(images):
        raise ValueError(f"The curves need pictures whose side is a multiple of {SIDE} px in both parts of the set.")
    return torch.cat([F.avg_pool2d(part.float(), side // SIDE).round().byte() for part in images.split(500)])


def no_features(first: Tensor, second: Tensor) -> Tensor:
    """In the place of the distance in frozen features, which takes most of the time of a step of the small VAE."""
    return torch.zeros((), device=first.device)


class Pictures:
    """The prepared faces, small, for the VAE and the classifier of labels."""

    def __init__(self, folder: str | None):
        train_set, held_out = faces_data.load(folder, "train"), faces_data.load(folder, "held_out")
        self.images, self.held_out = small(train_set.images), small(held_out.images)
        self.labels = train_set.labels, held_out.labels
        self.size = len(self.images)

    def faces(self, recipe: Recipe) -> dict[str, Any]:
        """The VAE: PSNR (dB) of pictures that come back through the code, held-out ones and learnt ones."""
        images = self.images[recipe.chosen(self.size)]
        if recipe.damage == "blur" and recipe.amount:
            softened = [blur(as_float(part), recipe.amount) for part in images.split(500)]
            images = ((torch.cat(softened) + 1) * 127.5).round().clamp(0, 255).byte()
        config = VAEConfig(SIDE, SIDE * recipe.size, 4 * recipe.size, LATENT)
        settings = EncoderSettings(recipe.batch, RATE, seed=recipe.seed)
        part = images[: len(self.held_out)]

        @torch.inference_mode()
        def back(network: Any, pictures: Tensor) -> float:
            found = []
            for some in pictures.split(100):
                x = as_input(some, next(network.parameters()).device)
                found.append(psnr(network.decode(network.encode(x)[0]).clamp(-1, 1), x))
            return float(torch.cat(found).mean())

        def make_task(steps: int) -> VAETask:
            task = VAETask(config, settings, images, self.held_out)
            task.features = no_features  # type: ignore[assignment]
            return task

        return train(
            recipe,
            make_task,
            lambda task: {"held_out": back(task.ema.target, self.held_out), "learnt": back(task.ema.target, part)},
        )

    def label_task(self, recipe: Recipe) -> dict[str, Any]:
        """The classifier: share of right answers to yes-or-no questions, on held-out pictures and learnt ones."""
        chosen = torch.from_numpy(recipe.chosen(self.size))
        images, labels, wanted = self.images[chosen], label_matrix(self.labels[0])[chosen], label_matrix(self.labels[1])
        columns = [ATTRIBUTES.index(name) for name in QUESTIONS]
        if recipe.damage == "noise":
            wrong = torch.from_numpy(recipe.damaged(len(images)))
            for column in columns:
                labels[wrong, column] = 1 - labels[wrong, column]
        config = EncoderConfig(SIDE, SIDE * recipe.size, 4 * recipe.size)
        settings = EncoderSettings(recipe.batch, RATE, seed=recipe.seed)
        part = len(self.held_out)

        @torch.inference_mode()
        def right(task: Any, pictures: Tensor, truth: Tensor) -> float:
            found = torch.cat([task.ema.target(as_input(some, task.device)).cpu() for some in pictures.split(100)])
            said = (found * task.deviation + task.mean)[:, columns] > 0.5
            known = ~truth[:, columns].isnan()
            return float((said == (truth[:, columns] > 0.5))[known].float().mean())

        return train(
            recipe,
            lambda steps: ClassifierTask(config, settings, images, self.held_out, labels, wanted),
            lambda task: {
                "held_out": right(task, self.held_out, wanted),
                "learnt": right(task, images[:part], labels[:part]),
            },
        )


# --------------------------------------------------------------------------- text


def beginning(tokens: np.ndarray, tokenizer: Tokenizer) -> str:
    """The first characters of the body of a document, up to a space."""
    body = int(np.flatnonzero(tokens == tokenizer.control("body"))[0])
    text = tokenizer.decode(tokens[body + 1 : body + 1 + BEGINNING].tolist())
    return text if len(text) <= BEGINNING else text[:BEGINNING].rsplit(" ", 1)[0]


class Stories:
    """How the English stories of the prepared texts begin, in a small vocabulary."""

    MEASURED = 96
    """Stories of either kind that are measured."""

    def __init__(self, folder: str | None):
        texts, known = load_texts(folder), load_tokenizer()
        parts = {name: texts.chosen(name, "story", "en") for name in ("train", "held_out")}
        if not all(map(len, parts.values())):
            raise ValueError("The curves need English stories in both parts of the prepared texts.")
        self.train = [beginning(texts.document(i), known) for i in parts["train"]]
        self.held_out = [beginning(texts.document(i), known) for i in parts["held_out"][: self.MEASURED]]
        self.tokenizer = Tokenizer(train_bpe(self.train[:LEARNT_FROM], VOCABULARY))
        self.size = len(self.train)
        self.rows = {name: self.encoded(texts) for name, texts in (("train", self.train), ("held_out", self.held_out))}

    def encoded(self, stories: list[str]) -> list[np.ndarray]:
        """Stories as the train door lays them out: story en body ... end."""
        mark = self.tokenizer.control
        head, end = [mark("story"), mark("en"), mark("body")], [mark("end")]
        return [np.array([*head, *row, *end], np.uint16) for row in self.tokenizer.encode_many(stories)]

    def laid_out(self, chosen: np.ndarray, changed: dict[int, str]) -> Texts:
        """The chosen stories, those at the places of ``changed`` with other words, then the held-out ones."""
        others = dict(zip(changed, self.encoded(list(changed.values())), strict=True))
        rows = [others.get(place, self.rows["train"][i]) for place, i in enumerate(chosen)]
        stories = [changed.get(place, self.train[i]) for place, i in enumerate(chosen)] + self.held_out
        rows += self.rows["held_out"]
        length = np.array([len(row) for row in rows])
        zeros = np.zeros(len(rows), np.int64)
        return Texts(
            np.concatenate(rows), np.cumsum(length) - length, length, np.array([len(s.encode()) for s in stories]),
            zeros, zeros, (np.arange(len(rows)) >= len(chosen)).astype(np.int64), zeros, {"source_names": ["stories"]},
        )  # fmt: skip

    def text(self, recipe: Recipe) -> dict[str, Any]:
        """The Transformer: bits per byte of held-out stories and of learnt ones."""
        chosen, mixed = recipe.chosen(self.size), dict[int, str]()
        if recipe.damage == "noise":
            rng = np.random.default_rng((recipe.seed, 3))
            for place in np.flatnonzero(recipe.damaged(len(chosen))):
                mixed[int(place)] = " ".join(rng.permutation(self.train[chosen[place]].split()))
        texts = self.laid_out(chosen, mixed)
        width = recipe.size
        layers = max(1, width // 32)
        config = TransformerConfig(VOCABULARY + CONTROL_ROOM, layers, width, layers, CONTEXT)
        kept = {"held_out": texts.chosen("held_out"), "learnt": texts.chosen("train")[: self.MEASURED]}
        settings = TextSettings(recipe.batch, seed=recipe.seed)
        return train(
            recipe,
            lambda steps: TextTask(config, dataclasses.replace(settings, steps=steps), texts, self.tokenizer),
            lambda task: {
                name: bits_per_byte(task.ema.target, texts, some, self.tokenizer) for name, some in kept.items()
            },
        )
