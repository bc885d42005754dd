"""The forms of classical Chinese poems: lines, their lengths, their rhyme, and a rule that keeps the lengths."""

import functools
import re
from collections import Counter

import torch
from torch import Tensor

from genai_demo.text.tokenizer import Tokenizer, load_tokenizer

LINE_LENGTHS = (5, 7)
ENDERS = "，。！？；、"
SHORTEST_POEM, LONGEST_POEM = 4, 8
"""Lines of a poem in regular form."""
LINE = re.compile(r"[^，。！？；、,.!?;\s]+")


def lines(poem: str) -> list[str]:
    """The verses of a poem, without punctuation."""
    return LINE.findall(poem)


def has_regular_lines(poem: str) -> bool:
    """At least four lines, all of five or all of seven characters, and an even number of them."""
    found = [len(line) for line in lines(poem)]
    return len(found) >= 4 and len(found) % 2 == 0 and set(found) in ({5}, {7})


def rhyme_share(poem: str) -> float:
    """Of the even lines, the share that ends in the poem's most frequent rhyme; 0 for fewer than two of them.

    Rhymes are those of modern Mandarin, so even the classics reach no 1.0.
    """
    ends = [line[-1] for line in lines(poem)[1::2]]
    if len(ends) < 2:
        return 0.0
    return max(Counter(rhyme(c) for c in ends).values()) / len(ends)


def rhyme(character: str) -> str:
    """The final of a character in Mandarin, without medial and tone: 光 -> "ang"."""
    from pypinyin import Style, pinyin

    final = pinyin(character, style=Style.FINALS, strict=False)[0][0]
    return re.sub(r"^[iuüv](?=[aeo])", "", final)


class Meter:
    """A rule for decoding: every line has ``length`` characters, and there are four, six or eight of them.

    begun: the poem so far. Raises ValueError where its last line is too long already.
    """

    def __init__(self, length: int, begun: str = "", tokenizer: Tokenizer | None = None):
        self.length, self.tokenizer = length, tokenizer or load_tokenizer()
        self.after, self.ended = _meter_tables(length, self.tokenizer)
        begun = begun.strip()
        self.lines = sum(c in ENDERS for c in begun)
        self.place = len(re.split(f"[{ENDERS}]", begun)[-1].strip())
        if self.place > length:
            raise ValueError(f"The last line is longer than {length} characters. Shorten it or choose another form.")

    def mask(self) -> Tensor:
        """(rows,) bool: what fits into the line here; the end after an even number of lines."""
        at_end = self.place == 0 and self.lines >= SHORTEST_POEM and self.lines % 2 == 0
        over = at_end and self.lines >= LONGEST_POEM
        found = torch.zeros(self.tokenizer.size, dtype=torch.bool)
        if not over:
            found[: self.tokenizer.text_size] = self.after[:, self.place] >= 0
        found[self.tokenizer.control("end")] = at_end
        return found

    def push(self, token: int) -> None:
        """Go on in the line by a token that fitted."""
        if token < self.tokenizer.text_size and self.after[token, self.place] >= 0:
            self.place, self.lines = int(self.after[token, self.place]), self.lines + int(self.ended[token])


@functools.cache
def _meter_tables(length: int, tokenizer: Tokenizer) -> tuple[Tensor, Tensor]:
    """For every token: the place in the line after it, from every place (-1: it does not fit); lines it ends."""
    after = torch.full((tokenizer.text_size, length + 1), -1, dtype=torch.int8)
    ended = torch.zeros(tokenizer.text_size, dtype=torch.int8)
    for token in range(tokenizer.text_size):
        text = tokenizer.bytes_of(token).decode("utf-8", "replace")
        if not text or not all("\u4e00" <= c <= "\u9fff" or c in ENDERS for c in text):
            continue
        ended[token] = sum(c in ENDERS for c in text)
        for start in range(length + 1):
            place = start
            for c in text:
                fits = (c in ENDERS) == (place == length)
                place = -1 if not fits else 0 if c in ENDERS else place + 1
                if place < 0:
                    break
            after[token, start] = place
    return after, ended
