"""Documents to rows of tokens: which ones, in which order, in which form.

Every epoch shuffles the documents and draws the form of each: a translation runs in either
direction, a little more often into English; half of the code is rearranged for filling in the
middle. All of it follows from the seed and the epoch, so the tokens of any step can be found again
without running the steps before.
"""

import functools
from collections.abc import Mapping

import numpy as np

from genai_demo.text.data import Texts
from genai_demo.text.documents import TASKS
from genai_demo.text.mixture import weight_of
from genai_demo.text.tokenizer import Tokenizer

FILL_IN = 0.5
"""Share of the code documents that are rearranged (Bavarian et al. 2022)."""
INTO_ENGLISH = 0.6
"""Share of the translations that run from Chinese into English: the direction that is learnt more slowly."""


def swap_sides(tokens: np.ndarray, tokenizer: Tokenizer) -> np.ndarray:
    """translate (form) en ... zh ... end  ->  translate (form) zh ... en ... end."""
    first, middle = (int(np.flatnonzero(tokens == tokenizer.control(name))[0]) for name in ("en", "zh"))
    return np.concatenate([tokens[:first], tokens[middle:-1], tokens[first:middle], tokens[-1:]])


def fill_in(tokens: np.ndarray, tokenizer: Tokenizer, rng: np.random.Generator) -> np.ndarray:
    """code (form) body a b c end  ->  code (form) prefix a suffix c middle b end; b is at most half of the whole."""
    marks = {name: np.array([tokenizer.control(name)], tokens.dtype) for name in ("prefix", "suffix", "middle")}
    start = int(np.flatnonzero(tokens == tokenizer.control("body"))[0])
    body = tokens[start + 1 : -1]
    size = int(rng.integers(1, max(2, len(body) // 2)))
    first = int(rng.integers(0, max(1, len(body) - size)))
    a, b, c = body[:first], body[first : first + size], body[first + size :]
    return np.concatenate([tokens[:start], marks["prefix"], a, marks["suffix"], c, marks["middle"], b, tokens[-1:]])


def learnt(tokens: np.ndarray, tokenizer: Tokenizer) -> np.ndarray:
    """Which tokens of a document are learnt: (T,) bool.

    Not those that are given when the model is used: the task, the language, a prompt, prefix and
    suffix of a gap. The source side of a translation is given too, but it is everyday text of the
    language that the other direction has to write, so it is learnt.
    """
    found = tokens < tokenizer.text_size
    found[-1] = True  # the end
    mark = tokenizer.control
    for opening, closing in (("prompt", "body"), ("prefix", "middle")):
        place = np.flatnonzero(tokens == mark(opening))
        if len(place):
            found[place[0] : int(np.flatnonzero(tokens == mark(closing))[0]) + 1] = False
    if tokens[0] == mark("chat"):
        found |= (tokens == mark("user")) | (tokens == mark("reply"))
        found[: int(np.flatnonzero(tokens == mark("user"))[0]) + 1] = False
    return found


class Batches:
    """Rows of tokens for every step.

    tasks: only documents of these tasks; none for all. sources: only of sources whose names begin so.
    weights: copies of a source's documents in an epoch, see ``mixture.weight_of``; of a fraction, so many documents
    drawn anew in every epoch. Documents that are not named come once.
    """

    def __init__(
        self,
        texts: Texts,
        tokenizer: Tokenizer,
        seed: int,
        width: int,
        tasks: tuple[str, ...] = (),
        sources: tuple[str, ...] = (),
        weights: Mapping[str, float] | None = None,
    ):
        self.texts, self.tokenizer, self.seed, self.width = texts, tokenizer, seed, width
        chosen = texts.chosen("train")
        if tasks:
            chosen = chosen[np.isin(texts.task[chosen], [TASKS.index(t) for t in tasks])]
        if sources:
            named = [i for i, name in enumerate(texts.card["source_names"]) if name.startswith(sources)]
            chosen = chosen[np.isin(texts.source[chosen], named)]
        if not len(chosen):
            raise ValueError("There is no training text of these tasks and sources.")
        self.documents = chosen
        self.copies = self._copies(dict(weights or {}))
        is_code = texts.task[chosen] == TASKS.index("code")
        self.can_fill = is_code & (texts.length[chosen] >= 8)
        self.can_swap = texts.task[chosen] == TASKS.index("translate")
        self._epoch = functools.lru_cache(maxsize=2)(self._draw_epoch)

    def _copies(self, weights: dict[str, float]) -> np.ndarray:
        """Mean number of copies of every document in an epoch: (N,) float64."""
        kinds = np.stack([self.texts.task[self.documents], self.texts.source[self.documents]], 1)
        pairs, which = np.unique(kinds, axis=0, return_inverse=True)
        names = [(TASKS[task], self.texts.card["source_names"][source]) for task, source in pairs]
        copies = np.array([weight_of(task, source, weights) for task, source in names])[which.reshape(-1)]
        if not (copies > 0).any() or (copies < 0).any():
            raise ValueError("These weights leave no training text.")
        return copies

    def _draw_epoch(self, epoch: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Order of the documents, whether each takes its other form, and where each ends in the stream."""
        rng = np.random.default_rng((self.seed, epoch))
        copies = np.floor(self.copies).astype(np.int64) + (rng.random(len(self.copies)) < self.copies % 1)
        order = rng.permutation(np.repeat(np.arange(len(self.documents)), copies))
        other = (self.can_fill[order] & (rng.random(len(order)) < FILL_IN)) | (
            self.can_swap[order] & (rng.random(len(order)) < INTO_ENGLISH)
        )
        lengths = self.texts.length[self.documents[order]].astype(np.int64) + 2 * (other & self.can_fill[order])
        return order, other, np.cumsum(lengths)

    def tokens_per_epoch(self) -> int:
        """Of the first epoch; the others differ by a few."""
        return int(self._epoch(0)[2][-1])

    def document(self, epoch: int, number: int) -> np.ndarray:
        """The tokens of the epoch's document of that number, in the form it has there."""
        order, other, _ = self._epoch(epoch)
        place = order[number]
        tokens = self.texts.document(self.documents[place])
        if not other[number]:
            return tokens
        if self.can_swap[place]:
            return swap_sides(tokens, self.tokenizer)
        return fill_in(tokens, self.tokenizer, np.random.default_rng((self.seed, epoch, number)))

    def rows(self, first: int, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows number ``first`` ... of the endless stream: tokens (count, width + 1) int64, learnt (same) bool.

        Neighbouring rows share one token: the last of a row is only predicted, the first of the
        next only read.
        """
        start, size = first * self.width, count * self.width + 1
        tokens, mask = self._slice(start, size)
        places = np.arange(count)[:, None] * self.width + np.arange(self.width + 1)[None]
        return tokens[places], mask[places]

    def _slice(self, start: int, size: int) -> tuple[np.ndarray, np.ndarray]:
        epoch = 0
        while start >= self._epoch(epoch)[2][-1]:
            start -= int(self._epoch(epoch)[2][-1])
            epoch += 1
        tokens, mask = np.empty(size, np.int64), np.empty(size, bool)
        filled = 0
        order, _, ends = self._epoch(epoch)
        number = int(np.searchsorted(ends, start, "right"))
        skip = start - (int(ends[number - 1]) if number else 0)
        while filled < size:
            document = self.document(epoch, number)
            flags = learnt(document, self.tokenizer)
            taken = min(len(document) - skip, size - filled)
            tokens[filled : filled + taken] = document[skip : skip + taken]
            mask[filled : filled + taken] = flags[skip : skip + taken]
            filled, skip, number = filled + taken, 0, number + 1
            if number == len(order):
                epoch, number = epoch + 1, 0
                order, _, ends = self._epoch(epoch)
        return tokens, mask
