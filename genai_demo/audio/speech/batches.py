"""Batches of clips for the acoustic model: what is said together, how long, and in which order.

Mandarin comes as single words. Several are said one after the other, without the silences between
them, so that the model meets sequences as long as sentences, and learns what ends a word from the
phones' places alone. Some English sentences get Mandarin words beside them, as mixed texts have. What is
a sentence already, as a teacher speaks, stands alone.
"""

import dataclasses
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import one_hot

from genai_demo.audio.speech.features import Features
from genai_demo.audio.speech.model import Phones, Prosody
from genai_demo.audio.speech.phonemes import EDGE, SYMBOLS
from genai_demo.core.loop import step_seed, world

MOST_WORDS = 6
"""Mandarin words in a row."""
MIXED = 0.15
"""Share of the English sentences that are spoken together with Mandarin words."""
KEPT_PAUSE = 0.3
"""Share of the joints at which the closing pause of a word stays, as a comma."""
BUCKET = 12
"""Batches whose clips are sorted by length together: less padding, still mixed."""
PHONES_STEP, FRAMES_STEP = 8, 32
"""Sizes of batches are multiples: PyTorch keeps a program for every size that it has met."""
WORDS = ("yue_tan", "chen_wang")
"""Speakers whose clips are words, not sentences."""


@dataclasses.dataclass
class Batch:
    """What the model reads and what it shall say. (B, N) over phones, (B, T) over frames."""

    phones: Phones
    given: Prosody
    """As measured."""
    frames: Tensor
    """(B, N) int64, 0 for padding."""
    voiced: Tensor
    """(B, N) float, 1 where the pitch was measured."""
    mel: Tensor
    """(B, T, 100) log-mel, zero for padding."""

    def to(self, device: torch.device) -> "Batch":
        """The same on a device."""

        def moved(part: Any) -> Any:
            if isinstance(part, Tensor):
                return part.to(device)
            return type(part)(*(moved(getattr(part, field.name)) for field in dataclasses.fields(part)))

        return moved(self)


Item = tuple[int, ...]
"""Clips that are spoken one after the other."""


def deck(features: Features, rng: np.random.Generator, split: str = "train") -> list[Item]:
    """Every clip of a split once, in items."""
    runs: list[Item] = []
    sentences = [speaker for speaker in features.speakers if speaker not in WORDS]
    for speaker in (speaker for speaker in features.speakers if speaker in WORDS):
        words = rng.permutation(features.chosen(split, speaker)).tolist()
        while words:
            size = int(rng.integers(1, MOST_WORDS + 1))
            runs.append(tuple(words[:size]))
            words = words[size:]
    order = [runs[i] for i in rng.permutation(len(runs))]
    items: list[Item] = []
    for clip in (int(clip) for speaker in sentences for clip in features.chosen(split, speaker)):
        if order and rng.random() < MIXED:
            other, rest = order[-1][:2], order.pop()[2:]
            order = [rest, *order] if rest else order
            items.append((clip, *other) if rng.random() < 0.5 else (*other, clip))
        else:
            items.append((clip,))
    return items + order


class Batches:
    """The batches of a run: step s is the same whenever and wherever it is asked for."""

    def __init__(self, features: Features, size: int, seed: int):
        self.features, self.size, self.seed = features, size, seed
        self.epoch, self.first, self.order = -1, 0, np.empty((0, size), np.int64)
        self.items: list[Item] = []
        if not any(len(features.chosen("train", speaker)) for speaker in features.speakers):
            raise ValueError("There are no clips to learn from.")

    def items_of(self, step: int) -> list[Item]:
        """All processes' items of a step."""
        if step < self.first:
            self.epoch, self.first, self.order = -1, 0, self.order[:0]
        while step >= self.first + len(self.order):
            self.first += len(self.order)
            self.epoch += 1
            self._shuffle()
        return [self.items[i] for i in self.order[step - self.first]]

    def _shuffle(self) -> None:
        """Lay out an epoch: items of like length into batches, the batches in random order."""
        rng = np.random.default_rng(step_seed(self.seed, self.epoch))
        self.items = deck(self.features, rng)
        length = np.diff(self.features.first_frame)
        lengths = np.array([sum(length[i] for i in item) for item in self.items])
        order = rng.permutation(len(self.items))
        order = np.resize(order, -(-len(order) // self.size) * self.size)  # the last batch takes some twice
        buckets = np.array_split(order, max(1, len(order) // (BUCKET * self.size)))
        batches = np.concatenate([b[np.argsort(lengths[b], kind="stable")] for b in buckets]).reshape(-1, self.size)
        self.order = rng.permutation(batches)

    def batch(self, step: int) -> Batch:
        """This process's share of a step: every second item of two, so that all have the same work."""
        rank, count = world()
        if self.size % count:
            raise ValueError(f"A batch of {self.size} cannot be shared by {count} processes.")
        rng = np.random.default_rng(step_seed(self.seed + 1, step, rank))
        return collate(self.features, self.items_of(step)[rank::count], rng)


COLUMNS = ("symbol", "mark", "language", "place", "frames", "pitch", "voiced", "energy", "melody")


def row(
    features: Features, item: Item, rng: np.random.Generator | None = None
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The phones of an item, a column each, and its mel (T, 100). rng: which pauses between clips stay."""
    edge, comma = SYMBOLS.index(EDGE), SYMBOLS.index(",")
    columns: dict[str, list[np.ndarray]] = {name: [] for name in (*COLUMNS, "speaker")}
    mels = []
    for place, clip in enumerate(item):
        first, last = features.first_phone[clip : clip + 2]
        mine = {name: getattr(features, name)[first:last] for name in COLUMNS}
        keep = np.ones(last - first, bool)
        if place > 0 and mine["symbol"][0] == edge:
            keep[0] = False
        if place < len(item) - 1 and mine["symbol"][-1] == edge:
            stays = rng is not None and rng.random() < KEPT_PAUSE
            keep[-1], keep[-2] = False, stays
            mine["symbol"] = mine["symbol"].copy()
            mine["symbol"][-2] = comma
        for name, values in mine.items():
            columns[name].append(values[keep])
        columns["speaker"].append(np.full(keep.sum(), features.speaker[clip]))
        frames = features.mel[features.first_frame[clip] : features.first_frame[clip + 1]]
        mels.append(frames[np.repeat(keep, mine["frames"])])
    return {name: np.concatenate(parts) for name, parts in columns.items()}, np.concatenate(mels)


def collate(features: Features, items: list[Item], rng: np.random.Generator | None = None) -> Batch:
    """Items as one padded batch."""
    rows = [row(features, item, rng) for item in items]

    def padded(parts: list[np.ndarray], kind: torch.dtype, multiple: int) -> Tensor:
        longest = -(-max(len(part) for part in parts) // multiple) * multiple
        found = torch.zeros(len(parts), longest, *parts[0].shape[1:], dtype=kind)
        for place, part in zip(found, parts, strict=True):
            place[: len(part)] = torch.from_numpy(part.astype(np.float32))
        return found

    def column(name: str, kind: torch.dtype) -> Tensor:
        return padded([columns[name] for columns, _ in rows], kind, PHONES_STEP)

    mask = padded([np.ones(len(columns["symbol"])) for columns, _ in rows], torch.float, PHONES_STEP)
    names = ("symbol", "mark", "language", "place", "speaker")
    symbol, mark, language, place, speaker = (column(name, torch.long) for name in names)
    shares = one_hot(speaker, len(features.speakers)) * mask[..., None]
    phones = Phones(symbol, mark, language, place, shares, mask)
    frames = column("frames", torch.long)
    given = Prosody(
        frames.clamp_min(1).log(), column("pitch", torch.float), column("energy", torch.float),
        column("melody", torch.float),
    )  # fmt: skip
    mel = padded([found for _, found in rows], torch.float, FRAMES_STEP)
    return Batch(phones, given, frames, column("voiced", torch.float), mel)
