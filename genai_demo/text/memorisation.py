"""The extraction test: does the model say training texts by heart when it is given how they begin?

Prefixes of training documents and, for comparison, of held-out ones are continued greedily, as the likeliest text
without any penalty or mark (Carlini et al. 2021 and 2023): whatever comes back word for word is memorised, or common.
Only what goes beyond the held-out documents tells of memory.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from genai_demo.core import decode
from genai_demo.core.device import pick_device
from genai_demo.core.sampling import Controls
from genai_demo.text import generate
from genai_demo.text.data import Texts
from genai_demo.text.overlap import PIECE, run_hashes
from genai_demo.text.tokenizer import load_tokenizer

PREFIXES = (32, 64)
"""Tokens of a text that are given."""
CONTINUED = 50
"""Tokens that are written."""
SHARES = (10, 20, 50)
"""So many tokens in a row, from the first on, count as extracted."""
TASKS = ("story", "news", "product", "prose", "poem", "code")
DOCUMENTS = 120
CLASSES = ((1, 1), (2, 9), (10, None))
"""How often a prefix stands in the training texts."""


def bodies(texts: Texts, split: str, count: int, seed: int = 0) -> list[tuple[int, list[int], int]]:
    """Documents that are long enough: (index, tokens, place of the first token of the body)."""
    body = load_tokenizer().control("body")
    rng = np.random.default_rng(seed)
    found: list[tuple[int, list[int], int]] = []
    groups = [rng.permutation(chosen) for task in TASKS if len(chosen := texts.chosen(split, task))]
    for turn in range(max(map(len, groups), default=0)):
        for group in groups:
            if turn < len(group) and len(found) < count:
                tokens = texts.document(int(group[turn])).tolist()
                start = tokens.index(body) + 1 if body in tokens else 0
                if start and len(tokens) - start >= max(PREFIXES) + CONTINUED + 1:
                    found.append((int(group[turn]), tokens, start))
        if len(found) == count:
            break
    return found


def continue_greedily(prefix: Sequence[int], most: int = CONTINUED) -> list[int]:
    """The likeliest tokens after these, text or the end."""
    net, tokenizer = generate.model(), load_tokenizer()
    settings = Controls(repetition_penalty=1.0, temperature=0.0)
    may_come = generate.allowed("end").to(pick_device())
    kept = list(prefix)[-(net.config.context - most) :]
    steps = decode.continuations(net, kept, 1, may_come, {tokenizer.control("end")}, settings, 0, 1, most)
    return [row[0] for row in steps if row[0] is not None]


def common_run(first: Sequence[int], second: Sequence[int]) -> int:
    """Tokens that two continuations share from the first on."""
    for i, (a, b) in enumerate(zip(first, second, strict=False)):
        if a != b:
            return i
    return min(len(first), len(second))


def occurrences(training: np.ndarray, runs: np.ndarray, length: int) -> np.ndarray:
    """How often each of these runs (N, length) stands in the training tokens: (N,) int64."""
    wanted = np.array([run_hashes(run, length)[0] for run in runs])
    order = np.argsort(wanted)
    counts = np.zeros(len(wanted), np.int64)
    for start in range(0, len(training), PIECE):
        hashes = run_hashes(training[start : start + PIECE + length - 1], length)
        hashes = hashes[np.isin(hashes, wanted)]
        for i in order:
            counts[i] += int((hashes == wanted[i]).sum())
    return counts


@torch.inference_mode()
def extracted(documents: list[tuple[int, list[int], int]], length: int) -> np.ndarray:
    """Tokens of each document that come back after its first ``length`` tokens of text: (N,)."""
    found = []
    for _, tokens, start in documents:
        rest = tokens[start + length : start + length + CONTINUED]
        found.append(common_run(continue_greedily(tokens[: start + length]), rest))
    return np.array(found)


def summary(runs: np.ndarray) -> dict[str, float]:
    """Shares that give back so many tokens, the longest run, and the median."""
    shares = {f"share_{n}_tokens": float((runs >= n).mean()) for n in SHARES}
    return shares | {"longest": float(runs.max()), "median": float(np.median(runs)), "documents": float(len(runs))}


def measure(texts: Texts, count: int = DOCUMENTS) -> dict[str, Any]:
    """The extraction test on training and held-out documents, and by how often a training prefix occurs."""
    learnt, held_out = bodies(texts, "train", count), bodies(texts, "held_out", count)
    if not learnt or not held_out:
        raise ValueError("The prepared texts are too few or too short for the extraction test.")
    figures: dict[str, Any] = {}
    for length in PREFIXES:
        figures[f"train_prefix_{length}"] = summary(extracted(learnt, length))
        figures[f"held_out_prefix_{length}"] = summary(extracted(held_out, length))
    figures["by_occurrences_of_the_prefix"] = by_occurrences(texts, learnt, count)
    return figures


def by_occurrences(texts: Texts, learnt: list[tuple[int, list[int], int]], count: int) -> dict[str, dict[str, float]]:
    """The same with the shortest prefix, for training documents whose beginning occurs once, some times, often."""
    length = PREFIXES[0]
    training = np.concatenate([texts.document(int(i)) for i in texts.chosen("train")])
    candidates = learnt + bodies(texts, "train", 10 * count, seed=1)
    runs = np.array([tokens[start : start + length] for _, tokens, start in candidates], np.uint16)
    often = occurrences(training, runs, length)
    figures = {}
    for low, high in CLASSES:
        inside = np.flatnonzero((often >= low) & (often <= (high or often.max(initial=0))))[: count // 3]
        name = f"{low}" if low == high else f"{low} to {high}" if high else f"{low} or more"
        if len(inside):
            figures[name] = summary(extracted([candidates[i] for i in inside], length))
    return figures
