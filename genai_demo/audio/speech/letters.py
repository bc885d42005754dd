"""Letters to sound for words that no dictionary knows: a joint n-gram over letters and phones.

Each letter of a word speaks a chunk of no, one or two phones. A word is then a row of units, a letter
with its chunk, and an n-gram over units that was counted in the dictionary scores every way to speak
it; a beam search finds the best (Bisani & Ney, Joint-sequence models for grapheme-to-phoneme
conversion, 2008). Where a history was never seen, its end decides (Kneser-Ney).
"""

import functools
import string
import threading
from bisect import bisect_left
from dataclasses import dataclass

import torch
from torch import nn

from genai_demo.audio.speech.english import Phones
from genai_demo.core import checkpoint

NAME = "audio-letters"
START = 1
"""The unit before and after a word; those with letters follow, 0 is none."""
RADIX = 512
"""More than there are units: a row of units is one number, the latest unit its last digit."""
NEVER = -20.0
"""Log probability of what was never seen at all."""
BEAM = 30
_loading = threading.Lock()


@dataclass(frozen=True)
class LettersConfig:
    """Stored in the card."""

    order: int
    """Units of the longest row that was counted."""
    units: list[str]
    """Letter and phones, such as "x=K S", by number; the first two are none and START."""
    rows: int
    """Rows of units of any length."""


class Letters(nn.Module):
    """The counted rows, sorted, and what they are worth."""

    def __init__(self, config: LettersConfig):
        super().__init__()
        self.config = config
        self.register_buffer("rows", torch.zeros(config.rows, dtype=torch.int64))
        self.register_buffer("scores", torch.zeros(config.rows))
        """Log probability of the last unit of a row after the others."""
        self.register_buffer("gaps", torch.zeros(config.rows))
        """Log factor of what a shorter history says where this row, as a history, says nothing."""

    def prepare(self) -> None:
        """Make the tables readable from Python, number by number. Call after the weights are there."""
        self.sorted = memoryview(self.rows.numpy())
        self.score_of, self.gap_of = self.scores.tolist(), self.gaps.tolist()
        self.chunks: dict[str, list[tuple[int, Phones]]] = {c: [] for c in string.ascii_lowercase}
        for number, unit in enumerate(self.config.units[START + 1 :], START + 1):
            letter, _, spoken = unit.partition("=")
            pairs = tuple((p.rstrip("012"), p[-1] if p[-1] in "012" else "") for p in spoken.split())
            self.chunks[letter].append((number, pairs))

    def _place(self, row: int) -> int:
        """Where a row is, -1 where it was never seen."""
        place = bisect_left(self.sorted, row)
        return place if place < len(self.sorted) and self.sorted[place] == row else -1

    def after(self, history: int, units: list[int]) -> list[float]:
        """Log probabilities of units after a history."""
        found = [0.0] * len(units)
        open_places, factor, size = list(range(len(units))), 0.0, RADIX ** (self.config.order - 1)
        history %= size
        while open_places:
            base, rest = history * RADIX, []
            for i in open_places:
                place = self._place(base + units[i])
                if place >= 0:
                    found[i] = factor + self.score_of[place]
                else:
                    rest.append(i)
            if not history:
                for i in rest:
                    found[i] = factor + NEVER
                break
            place = self._place(history)
            factor += self.gap_of[place] if place >= 0 else 0.0
            while size > history:
                size //= RADIX
            history %= size
            open_places = rest
        return found

    def pronounce(self, word: str, beam: int = BEAM) -> Phones:
        """The likeliest phones of a word in small letters a-z."""
        start = functools.reduce(lambda row, _: row * RADIX + START, range(self.config.order - 1), 0)
        keep = RADIX ** (self.config.order - 1)
        states: dict[int, tuple[float, Phones]] = {start: (0.0, ())}
        for letter in word:
            chunks = self.chunks[letter]
            numbers = [number for number, _ in chunks]
            following: dict[int, tuple[float, Phones]] = {}
            for history, (score, spoken) in states.items():
                for (number, pairs), more in zip(chunks, self.after(history, numbers), strict=True):
                    row = (history * RADIX + number) % keep
                    if row not in following or following[row][0] < score + more:
                        following[row] = (score + more, spoken + pairs)
            states = dict(sorted(following.items(), key=lambda item: -item[1][0])[:beam])
        ended = [(score + self.after(history, [START])[0], spoken) for history, (score, spoken) in states.items()]
        return max(ended, key=lambda pair: pair[0])[1]


@functools.cache
def _load() -> Letters:
    try:
        config = LettersConfig(**checkpoint.read_card(NAME)["config"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"The settings on the card of {NAME!r} do not fit this program. Fetch it again.") from error
    found = checkpoint.load_weights(NAME, Letters(config))
    assert isinstance(found, Letters)
    found.prepare()
    return found


def model() -> Letters:
    """The trained model. Raises ValueError where its checkpoint is missing or broken."""
    with _loading:
        return _load()


@functools.lru_cache(10_000)
def pronounce(word: str) -> Phones:
    """Symbols and stress of a word in small letters a-z."""
    return model().pronounce(word)
