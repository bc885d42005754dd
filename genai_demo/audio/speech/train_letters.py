"""Counts the letters-to-sound model (letters.py) in the CMU dictionary and measures it on words set aside.

    python -m genai_demo train audio --model letters

One word in twenty is set aside; the published model counts the others. Takes under a minute of one
core, and a minute or two more to measure.
"""

import argparse
import collections
import hashlib
import json
import re
import time
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import torch

from genai_demo.audio.speech import english
from genai_demo.audio.speech.letters import NAME, NEVER, RADIX, START, Letters, LettersConfig
from genai_demo.core import checkpoint
from genai_demo.core.options import STEPS
from genai_demo.core.rounding import significant

ORDER = 7
HELD_OUT = 20
"""One word in so many is set aside."""
ROUNDS = 8
LONG, LEAST = 5, 2
"""Rows of five and more units are kept where they were counted twice."""
RAREST_UNIT = 4
"""Letters with chunks that occur less often are mistakes of the dictionary or foreign."""

Entry = tuple[str, tuple[str, ...]]
"""A word and its phones with stress."""


def entries() -> list[Entry]:
    """Everything in the dictionary that is written in letters only, all pronunciations."""
    found = []
    for line in english.dictionary():
        word, _, rest = line.decode().partition("#")[0].strip().partition(" ")
        word = re.sub(r"\(\d\)$", "", word)
        spoken = tuple(rest.split())
        if (
            word.isalpha()
            and word.isascii()
            and len(word) > 1
            and len(spoken) <= 2 * len(word)
            and re.search("[aeiouy]", word)
        ):
            found.append((word, spoken))
    return found


def is_held_out(word: str) -> bool:
    """By a checksum, so that it never changes."""
    return int(hashlib.sha256(word.encode()).hexdigest()[:8], 16) % HELD_OUT == 0


# Alignment: expectation maximisation over all ways to share the phones out, for all words at once.


SYMBOLS = ("", *english.VOWELS, *english.CONSONANTS)
SIZE = len(SYMBOLS)


class Group:
    """Words of equally many letters, aligned together."""

    def __init__(self, words: Sequence[Entry]):
        number = {s: i for i, s in enumerate(SYMBOLS)}
        most = max(len(spoken) for _, spoken in words)
        self.words = words
        self.letters = np.array([[ord(c) - 97 for c in word] for word, _ in words])
        self.ends = np.array([len(spoken) for _, spoken in words])
        phones = np.array([[number[p.rstrip("012")] for p in s] + [0] * (most - len(s)) for _, s in words])
        self.chunks = [np.zeros((len(words), most + 1), np.int64) for _ in range(3)]
        """Number of the chunk of 0, 1, 2 phones that ends before phone j."""
        self.chunks[1][:, 1:] = phones
        self.chunks[2][:, 2:] = phones[:, :-1] * SIZE + phones[:, 1:] + SIZE

    def emissions(self, table: np.ndarray, place: int) -> list[np.ndarray]:
        """Probability that the letter at this place speaks each chunk, (words, phones + 1) for every length."""
        found = [table[self.letters[:, place, None], chunk] for chunk in self.chunks]
        for size, p in enumerate(found):
            p[:, :size] = 0
        return found

    def forward(self, table: np.ndarray, best: bool = False) -> list[np.ndarray]:
        """Probability of all ways, or of the best, to have spoken j phones after each number of letters."""
        found = [np.zeros(self.chunks[0].shape)]
        found[0][:, 0] = 1
        for place in range(self.letters.shape[1]):
            ways = [_shift(found[-1], k) * p for k, p in enumerate(self.emissions(table, place))]
            found.append(np.maximum.reduce(ways) if best else np.add.reduce(ways))
        return found

    def expect(self, table: np.ndarray, counts: np.ndarray) -> None:
        """Add to ``counts`` how often each letter is expected to speak each chunk."""
        alphas, rows = self.forward(table), np.arange(len(self.ends))
        beta = np.zeros_like(alphas[0])
        beta[rows, self.ends] = 1 / np.maximum(alphas[-1][rows, self.ends], 1e-300)
        for place in range(self.letters.shape[1] - 1, -1, -1):
            before = np.zeros_like(beta)
            for k, p in enumerate(self.emissions(table, place)):
                used = _shift(alphas[place], k) * p * beta
                flat = (self.letters[:, place, None] * table.shape[1] + self.chunks[k]).ravel()
                counts += np.bincount(flat, used.ravel(), counts.size).reshape(counts.shape)
                before[:, : beta.shape[1] - k] += (p * beta)[:, k:]
            beta = before

    def units(self, table: np.ndarray) -> Iterator[list[str]]:
        """Every word in its best alignment."""
        alphas, rows, at = self.forward(table, best=True), np.arange(len(self.ends)), self.ends.copy()
        sizes = np.zeros_like(self.letters)
        for place in range(self.letters.shape[1] - 1, -1, -1):
            ways = [
                _shift(alphas[place], k)[rows, at] * p[rows, at] for k, p in enumerate(self.emissions(table, place))
            ]
            sizes[:, place] = np.argmax(ways, 0)
            at -= sizes[:, place]
        for (word, spoken), row in zip(self.words, sizes.tolist(), strict=True):
            if sum(row) == len(spoken):
                ends = np.cumsum(row).tolist()
                yield [f"{c}={' '.join(spoken[e - k : e])}" for c, e, k in zip(word, ends, row, strict=True)]


def _shift(values: np.ndarray, by: int) -> np.ndarray:
    """Moved to the right, zeros from the left."""
    return np.pad(values, ((0, 0), (by, 0)))[:, : values.shape[1]]


def units_of(words: Sequence[Entry]) -> list[list[str]]:
    """Every word as its units: ["c=K", "a=AE1", "t=T"]. Words that no alignment fits are left out."""
    by_length: dict[int, list[Entry]] = collections.defaultdict(list)
    for entry in words:
        by_length[len(entry[0])].append(entry)
    groups = [Group(found) for found in by_length.values()]
    table = np.zeros((26, SIZE * SIZE + SIZE))
    table[:, 0], table[:, 1:SIZE], table[:, SIZE:] = 0.2, 0.7 / SIZE, 0.1 / SIZE**2
    for number in range(ROUNDS):
        counts = np.zeros_like(table)
        for group in groups:
            group.expect(table, counts)
        table = counts / np.maximum(counts.sum(1, keepdims=True), 1e-9)
        print(f"alignment, round {number + 1} of {ROUNDS}", flush=True)
    return [units for group in groups for units in group.units(table)]


# The n-gram.


def count(rows: Iterable[list[int]], order: int) -> dict[int, np.ndarray]:
    """For every length: sorted rows of units, and how often each occurs or, if shorter, after how many units.

    Returns arrays (rows, 2).
    """
    whole: list[int] = []
    for units in rows:
        history = 0
        for _ in range(order - 1):
            history = history * RADIX + START
        for unit in [*units, START]:
            history = (history * RADIX + unit) % RADIX**order
            whole.append(history)
    keys, counts = np.unique(np.array(whole, np.int64), return_counts=True)
    found = {order: np.stack([keys, counts], 1)}
    for length in range(order - 1, 0, -1):
        keys, counts = np.unique(found[length + 1][:, 0] % RADIX**length, return_counts=True)
        found[length] = np.stack([keys, counts], 1)
    return found


def estimate(counted: dict[int, np.ndarray], least: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Interpolated Kneser-Ney (Chen & Goodman 1998, section 3): rows, log probabilities, log gaps.

    least: rows of LONG units and more that were counted less often are left to the shorter ones.
    """
    tables: list[tuple[np.ndarray, np.ndarray]] = []
    histories: list[tuple[np.ndarray, np.ndarray]] = []
    keys, p = np.array([], np.int64), np.array([])
    for length in sorted(counted):
        shorter, below = keys, p
        keys, counts = counted[length].T
        kept = counts >= (least if length >= LONG else 1)
        off = np.where(kept, discounts(counts)[np.minimum(counts, 3)], counts)
        history, place = np.unique(keys // RADIX, return_inverse=True)
        total = np.bincount(place, counts)
        gap = np.bincount(place, off) / total
        if length == 1:
            under = np.full(len(keys), 1 / len(keys))
        else:
            under = below[np.searchsorted(shorter, keys % RADIX ** (length - 1))]
        p = (counts - off) / total[place] + gap[place] * under
        tables.append((keys[kept], np.log(p[kept])))
        useful = np.isin(history, keys[kept] // RADIX) & (history > 0)
        histories.append((history[useful], np.log(gap[useful])))
    rows = np.unique(np.concatenate([k for k, _ in tables + histories]))
    scores, gaps = np.full(len(rows), NEVER), np.zeros(len(rows))
    for target, found in ((scores, tables), (gaps, histories)):
        for keys, values in found:
            target[np.searchsorted(rows, keys)] = values
    return rows, scores, gaps


def discounts(counts: np.ndarray) -> np.ndarray:
    """What rows seen 0, 1, 2, 3 or more times give up for those never seen."""
    ones, twos, threes, fours = (max(1, int((counts == n).sum())) for n in (1, 2, 3, 4))
    share = ones / (ones + 2 * twos)
    found = [0, 1 - 2 * share * twos / ones, 2 - 3 * share * threes / twos, 3 - 4 * share * fours / threes]
    return np.clip(np.array(found), [0, 0.05, 0.05, 0.05], [0, 1, 2, 3])


def build(words: Sequence[Entry]) -> Letters:
    """The model of these words."""
    aligned = units_of(words)
    counts = collections.Counter(unit for units in aligned for unit in units)
    names = ["", "_", *sorted(unit for unit, n in counts.items() if n >= min(RAREST_UNIT, len(words)))]
    number = {unit: i for i, unit in enumerate(names)}
    rows = [[number[unit] for unit in units] for units in aligned if all(unit in number for unit in units)]
    keys, scores, gaps = estimate(count(rows, ORDER), LEAST)
    found = Letters(LettersConfig(ORDER, names, len(keys)))
    for target, values in ((found.rows, keys), (found.scores, scores), (found.gaps, gaps)):
        target.copy_(torch.from_numpy(values))
    found.prepare()
    return found


def measure(model: Letters, words: Sequence[Entry]) -> dict[str, float]:
    """Share of words and of phones that are wrong, against the nearest listed pronunciation."""
    listed: dict[str, list[tuple[str, ...]]] = collections.defaultdict(list)
    for word, spoken in words:
        listed[word].append(spoken)
    wrong = {"word_error": 0, "word_error_without_stress": 0}
    errors = total = 0
    for word, choices in listed.items():
        said = tuple(s + m for s, m in model.pronounce(word))
        plain = [tuple(p.rstrip("012") for p in spoken) for spoken in (said, *choices)]
        wrong["word_error"] += said not in choices
        wrong["word_error_without_stress"] += plain[0] not in plain[1:]
        nearest = min(plain[1:], key=lambda choice: edits(plain[0], choice))
        errors += edits(plain[0], nearest)
        total += len(nearest)
    found = {name: significant(n / len(listed)) for name, n in wrong.items()}
    return found | {"phone_error_without_stress": significant(errors / total), "words": len(listed)}


def edits(first: Sequence[str], second: Sequence[str]) -> int:
    """Levenshtein distance."""
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(second, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def train_letters(limit: int = 0) -> dict[str, float]:
    """Count, measure on the words set aside, write the checkpoint. limit: words to measure on, 0 for all."""
    started = time.process_time()
    known = entries()
    words = [entry for entry in known if not is_held_out(entry[0])]
    model = build(words)
    seconds = round(time.process_time() - started)
    aside = sorted({word for word, _ in known if is_held_out(word)}, key=lambda w: hashlib.sha256(w.encode()).digest())
    chosen = set(aside[: limit or None])
    measured = measure(model, [entry for entry in known if entry[0] in chosen])
    settings = {"rounds": ROUNDS, "rarest_unit": RAREST_UNIT, "long": LONG, "least": LEAST}
    card = {
        "purpose": "Guesses how an English word is spoken that is not in the dictionary.",
        "config": {"order": model.config.order, "units": model.config.units, "rows": model.config.rows},
        "licence": "BSD-2-Clause, that of the CMU Pronouncing Dictionary, whose statistics it holds",
        "data": {"source": "CMU Pronouncing Dictionary", "pronunciations": len(words)},
        "training": {"seconds": seconds, "hardware": "1 CPU core", "settings": settings},
        "quality": measured,
        "command": "python -m genai_demo train audio --model letters",
        "limits": "About every third unknown word is wrong somewhere, most often in the stress or in a vowel without "
        "stress; the dictionary, and the words set aside with it, are rich in names of people and places.",
    }
    checkpoint.save_checkpoint(NAME, model, card)
    return measured


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``train audio --model letters``."""
    parser.add_argument("--limit", type=STEPS, default=0, help="measure on so many of the words set aside; 0: on all")


def run(args: argparse.Namespace) -> None:
    """Count, publish, and print what was measured."""
    print(json.dumps(train_letters(args.limit), indent=2))
