"""Word vectors of our own: words that stand in the same company in the prepared texts lie close together.

Counted is which words stand directly before, directly after and near a word. Positive pointwise mutual information
of these counts, reduced by a singular value decomposition, gives the vectors. Of Chinese there are characters and
pairs of characters.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from genai_demo.trust.policy.normalise import HAN, SIMPLIFIED
from genai_demo.trust.policy.prepared import SPLITS, TASKS, Texts

WORDS, CHARACTERS, PAIRS = 16_000, 4_400, 12_000
"""How many get a vector, the most frequent first."""
RARE = 20
"""Fewer occurrences give no vector."""
BOUND = 1.5
"""Pointwise mutual information from which two characters count as a pair."""
BESIDE, AROUND = 1_200, 4_000
"""Most frequent words that are counted as neighbours, and in the wider company."""
COMMON = 40
"""The most frequent words say nothing as company further away."""
ONE = re.compile(f"[a-z0-9]+|[{HAN}]")
BATCH = 2_000
CHUNK = 20_000_000


@dataclass
class Vectors:
    """Words, characters and pairs of characters with their vectors."""

    words: list[str]
    values: np.ndarray
    """(N, dimensions) float32, of length 1."""
    counts: np.ndarray
    """(N,) occurrences."""


def learn(texts: Texts, dimensions: int) -> Vectors:
    """Vectors from all learnt documents but code. Takes some three minutes of a core."""
    stream, found = read(texts)
    return vectors(stream, found, dimensions)


def read(texts: Texts) -> tuple[np.ndarray, list[str]]:
    """All words and Chinese characters of the documents in a row, as numbers (N,) int32, and what these stand for."""
    documents, limit = texts.documents, texts.vocabulary.get_vocab_size()
    wanted = (documents["split"] == SPLITS.index("train")) & (documents["task"] != TASKS.index("code"))
    numbers: dict[str, int] = {}
    parts = [np.empty(0, np.int32)]
    chosen = np.flatnonzero(wanted)
    for first in range(0, len(chosen), BATCH):
        rows = []
        for n in chosen[first : first + BATCH]:
            start, size = int(documents["start"][n]), int(documents["length"][n])
            tokens = texts.tokens[start : start + size]
            rows.append(tokens[tokens < limit].tolist())
        text = unicodedata.normalize("NFKC", "\n".join(texts.vocabulary.decode_batch(rows)))
        found = ONE.findall(text.lower().translate(SIMPLIFIED))
        parts.append(np.array([numbers.setdefault(word, len(numbers)) for word in found], np.int32))
    return np.concatenate(parts), list(numbers)


def vectors(stream: np.ndarray, found: list[str], dimensions: int) -> Vectors:
    """Vectors of the frequent ones. stream: numbers in a row; found: what they stand for."""
    counts = np.bincount(stream, minlength=len(found))
    chinese = np.array([word[0] >= "\u3400" for word in found], bool)
    order = np.argsort(-counts, kind="stable")
    order = order[counts[order] >= RARE]
    words = order[~chinese[order]][:WORDS]
    characters = order[chinese[order]][:CHARACTERS]
    english = np.full(len(found), -1, np.int32)
    english[words] = np.arange(len(words))
    rows = english[stream]
    parts = [_reduced(_company(rows, len(words), rows, rows, 1), dimensions)] if len(words) else []
    single = np.full(len(found), -1, np.int32)
    single[characters] = np.arange(len(characters))
    rows = single[stream]
    double, pairs, often = _pairs(rows, counts[characters])
    if len(characters):
        company = double if len(pairs) else rows
        blocks = [_company(rows, len(characters), rows, company, 1), _company(double, len(pairs), rows, company, 2)]
        parts.append(_reduced([np.concatenate(both) for both in zip(*blocks, strict=True)], dimensions))
    names = [found[n] for n in (*words, *characters)]
    names += [found[characters[a]] + found[characters[b]] for a, b in pairs]
    values = np.concatenate([np.empty((0, dimensions), np.float32), *parts])
    return Vectors(names, values, np.concatenate([counts[words], counts[characters], often]))


def _pairs(rows: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, list[tuple[int, int]], np.ndarray]:
    """At every place the number of the pair that begins there or -1, the pairs, and how often they occur."""
    size = max(1, len(counts))
    codes = np.full(len(rows), -1, np.int64)
    both = (rows[:-1] >= 0) & (rows[1:] >= 0)
    codes[:-1][both] = rows[:-1][both].astype(np.int64) * size + rows[1:][both]
    found, often = np.unique(codes[codes >= 0], return_counts=True)
    if not len(found):
        return np.full(len(rows), -1, np.int32), [], np.empty(0, np.int64)
    expected = counts[found // size] * counts[found % size] / counts.sum()
    bound = (often >= RARE) & (np.log(often / expected) > BOUND)
    found, often = found[bound], often[bound]
    order = np.argsort(-often, kind="stable")[:PAIRS]
    found, often = found[order], often[order]
    numbers = np.full(len(rows), -1, np.int32)
    if len(found):
        by_code = np.argsort(found)
        place = np.searchsorted(found[by_code], codes).clip(max=len(found) - 1)
        known = found[by_code][place] == codes
        numbers[known] = by_code[place[known]]
    return numbers, [(int(code // size), int(code % size)) for code in found], often


def _company(rows: np.ndarray, count: int, near: np.ndarray, wide: np.ndarray, size: int) -> list[np.ndarray]:
    """Counts (count, columns) of what stands directly before, directly after, and around. size: places it takes."""
    beside = np.where(near < BESIDE, near, -1)
    around = np.where((wide >= COMMON) & (wide < AROUND), wide, -1)
    shifts = [*range(-5, 0), *range(size, size + 5)]
    return [
        _counted(rows, count, beside, BESIDE, [-1]),
        _counted(rows, count, beside, BESIDE, [size]),
        _counted(rows, count, around, AROUND, shifts),
    ]


def _counted(rows: np.ndarray, count: int, others: np.ndarray, columns: int, shifts: Sequence[int]) -> np.ndarray:
    """How often each of ``others`` stands so many places after each of ``rows``: (count, columns) int32."""
    found = np.zeros(count * columns, np.int32)
    for shift in shifts:
        before, after = max(0, -shift), max(0, shift)
        a, b = rows[before : len(rows) - after], others[after : len(others) - before]
        both = (a >= 0) & (b >= 0)
        codes = a[both].astype(np.int64) * columns + b[both]
        for first in range(0, len(codes), CHUNK):
            found += np.bincount(codes[first : first + CHUNK], minlength=len(found)).astype(np.int32)
    return found.reshape(count, columns)


def _reduced(blocks: list[np.ndarray], dimensions: int) -> np.ndarray:
    """Counts (N, columns) of several sorts to vectors (N, dimensions) of length 1."""
    parts = []
    for block in blocks:
        counts = torch.from_numpy(block).float()
        weights = counts.sum(0) ** 0.75  # smoothed: rare company says less
        expected = (counts.sum(1, keepdim=True) + 1) * (weights / weights.sum().clamp_min(1e-9)).clamp_min(1e-12)
        parts.append((counts / expected).clamp_min(1).log())
    information = torch.cat(parts, 1)
    generator_state = torch.get_rng_state()
    torch.manual_seed(0)
    left, sizes, _ = torch.svd_lowrank(information, q=min(dimensions + 10, *information.shape), niter=3)
    torch.set_rng_state(generator_state)
    values = (left * sizes.sqrt())[:, :dimensions]
    values = torch.nn.functional.pad(values, (0, dimensions - values.shape[1]))
    return torch.nn.functional.normalize(values, dim=1).numpy()
