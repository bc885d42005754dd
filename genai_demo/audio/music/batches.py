"""Pieces to rows of tokens: which ones, in which order, in which key.

Every epoch moves each piece to a key of its own and packs whole pieces into rows. All of it follows from
the seed and the epoch, so the rows of any step can be found again without running the steps before.
"""

import functools

import numpy as np

from genai_demo.audio.music.data import Music
from genai_demo.audio.music.events import FILL, HEAD, is_drawn, transposed
from genai_demo.audio.music.pieces import STYLES

TWICE = ("chorale", "waltz", "strathspey", "slip jig")
"""Styles that are seen twice in an epoch: they are few, and the chorale has four voices to learn."""
OPEN_ROWS = 24
"""Rows that are filled side by side; more waste less room."""


class Batches:
    """Rows of ``width + 1`` tokens for every step."""

    def __init__(self, music: Music, seed: int, width: int):
        self.music, self.seed, self.width = music, seed, width
        chosen = music.chosen("train")
        chosen = chosen[music.length[chosen] <= width + 1]
        if not len(chosen):
            raise ValueError(f"No piece of the training music fits into {width} tokens.")
        twice = np.isin(music.style[chosen], [STYLES.index(s) for s in TWICE])
        self.pieces = np.concatenate([chosen, chosen[twice]])
        self._epoch = functools.lru_cache(maxsize=2)(self._draw_epoch)

    def _draw_epoch(self, epoch: int) -> tuple[list[list[int]], np.ndarray]:
        """Rows as lists of places in ``pieces``, and by how much each of those is transposed."""
        rng = np.random.default_rng((self.seed, epoch))
        low, high = self.music.lowest[self.pieces], self.music.highest[self.pieces]
        by = rng.integers(low, high + 1)
        closed: list[list[int]] = []
        open_rows: list[tuple[int, list[int]]] = []  # (room, places)
        for place in rng.permutation(len(self.pieces)).tolist():
            size = int(self.music.length[self.pieces[place]])
            fitting = [i for i, (room, _) in enumerate(open_rows) if room >= size]
            if fitting:
                tightest = min(fitting, key=lambda i: open_rows[i][0])
                room, row = open_rows[tightest]
                open_rows[tightest] = (room - size, [*row, place])
                continue
            if len(open_rows) == OPEN_ROWS:
                fullest = min(range(OPEN_ROWS), key=lambda i: open_rows[i][0])
                closed.append(open_rows.pop(fullest)[1])
            open_rows.append((self.width + 1 - size, [place]))
        rows = closed + [row for _, row in open_rows]
        return [rows[i] for i in rng.permutation(len(rows))], by

    def rows_per_epoch(self) -> int:
        """Of the first epoch; the others differ by a few."""
        return len(self._epoch(0)[0])

    def rows(self, first: int, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows number ``first`` ... of the endless stream: tokens (count, width + 1) int64, learnt (same) bool."""
        epoch = 0
        while first >= len(self._epoch(epoch)[0]):
            first -= len(self._epoch(epoch)[0])
            epoch += 1
        tokens = np.full((count, self.width + 1), FILL, np.int64)
        for number in range(count):
            if first == len(self._epoch(epoch)[0]):
                epoch, first = epoch + 1, 0
            rows, by = self._epoch(epoch)
            filled = 0
            for place in rows[first]:
                piece = transposed(self.music.piece(self.pieces[place]), int(by[place]))
                tokens[number, filled : filled + len(piece)] = piece
                filled += len(piece)
            first += 1
        return tokens, is_drawn(tokens)


def padded(pieces: list[np.ndarray]) -> np.ndarray:
    """Pieces side by side: (B, T) int64, filled up at the end."""
    size = max(max(map(len, pieces)), HEAD + 1)
    return np.stack([np.pad(p.astype(np.int64), (0, size - len(p)), constant_values=FILL) for p in pieces])
