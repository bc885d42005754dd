"""What a translation must hold as its source has it: a rule for the beams, over tokens.

Every unit, a number or a placeholder, comes exactly once, in one of its spellings, and no other digit comes.
"""

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from genai_demo.text.tokenizer import load_tokenizer

DIGIT = re.compile(r".*[\d①-⑳⅐-↏]", re.DOTALL)
NUMERAL = re.compile(
    r"[二三四五六七八九十百千万亿]+| ?(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|"
    r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion)"
)
"""A number in words, or a part of one. 一 and one are much else besides."""
COMPOUND = re.compile(
    r"[零〇一二两三四五六七八九十百千万亿]| ?(?:hundred|thousand|million|billion|dozen)|(?:st|nd|rd|th)$"
)
"""What would make another number of the digits before it: 万, million, th."""
AMID = re.compile(r"(?:\d[., ]?|[零〇一二两三四五六七八九十百千万亿])$")
"""What no other number may follow at once."""
WORD_END = re.compile(r"[A-Za-z]")
SIGN = re.compile(r".*[<>/{}]", re.DOTALL)
"""The signs of tags, of which the model would invent more."""


@dataclass(frozen=True)
class Unit:
    """Something to be copied."""

    spellings: tuple[tuple[int, ...], ...]
    """Tokens of each way to write it."""
    text: str = ""
    """What stands in the translation for it; "": the spelling itself."""
    required: bool = True
    """Whether the translation may not end without it."""
    after: int = -1
    """The unit, with something to read behind it, that must have come before, as a tag before its end; -1: none."""


@functools.cache
def tokens_like(pattern: re.Pattern[str], whole: bool = False) -> frozenset[int]:
    """The tokens whose text begins with a pattern, or is nothing else."""
    tokenizer = load_tokenizer()
    match = pattern.fullmatch if whole else pattern.match
    texts = (tokenizer.bytes_of(token).decode("utf-8", "ignore") for token in range(tokenizer.text_size))
    return frozenset(i for i, text in enumerate(texts) if match(text))


@dataclass(frozen=True)
class Copies:
    """How much of its units a translation holds. It never changes: ``after`` returns the next.

    The model says where a number or a name is to stand, this says which one: whatever probability it gives to digits
    goes to those that may come, and a unit that has begun goes on for certain.
    """

    units: tuple[Unit, ...]
    end: int
    """The token that ends the translation."""
    words: bool = False
    """Whether the source has numbers in words, so that its translation may too."""
    used: frozenset[int] = frozenset()
    """Places of the units that have come."""
    partial: tuple[int, ...] = ()
    """Tokens since a unit began, as long as they may go on as one."""
    whole: tuple[int, int] | None = None
    """The unit that the first of these tokens make, and how many."""
    tail: bytes = b""
    """The last bytes of the translation."""
    said: bool = False
    """Whether something to read came since the last tag."""
    just_done: bool = False
    """Whether the last token made a unit whole."""

    @property
    def met(self) -> int:
        """Units that have come or begun."""
        return len(self.used) + bool(self.partial)

    @property
    def forced(self) -> bool:
        """Whether a unit has begun that is not whole yet."""
        return bool(self.partial) and not self.whole

    @property
    def settled(self) -> frozenset[int]:
        """The units that have come if the one that has begun ends here."""
        return self.used | {self.whole[0]} if self.whole else self.used

    def starts(self) -> list[int]:
        """Tokens that begin a unit now."""
        if self.forced:
            return []
        first = {spelling[0] for i in self._open(self.settled) for spelling in self.units[i].spellings}
        if AMID.search(self.tail.decode("utf-8", "ignore")):
            first -= tokens_like(DIGIT)
        return sorted(first)

    def score(self, logits: Tensor, allowed: Tensor) -> Tensor:
        """Log probabilities of the next token; allowed: what may come outside the units. All (rows,)."""

        def places(tokens: Iterable[int]) -> Tensor:
            return torch.tensor(sorted(tokens), dtype=torch.long, device=logits.device)

        given, ahead, starts = logits.log_softmax(0), self._ahead(), set(self.starts())
        if self.forced:
            found, inside = torch.full_like(given, -torch.inf), places(ahead)
            found[inside] = given[inside].log_softmax(0)
            return found
        digits, inside = tokens_like(DIGIT), places(ahead | starts)
        numbers = digits | tokens_like(NUMERAL, True) if starts and not self.words else digits
        found = logits.masked_fill(~allowed, -torch.inf).log_softmax(0)
        found[places(self._never() | numbers)] = -torch.inf
        found[inside] = given[inside]
        if mine := (ahead | starts) & digits:
            right = places(mine)
            found[right] = given[places(numbers)].logsumexp(0) + given[right].log_softmax(0)
        if any(unit.required and i not in self.settled for i, unit in enumerate(self.units)):
            found[self.end] = -torch.inf
        return found

    def after(self, token: int) -> "Copies":
        """The rule after one more token."""
        written = load_tokenizer().bytes_of(token)
        going = token in self._ahead()
        used = self.used if going else self.settled
        tail = (self.tail + written)[-3:]
        if not going and token not in self.starts():
            said = (self.said and not self.partial) or bool(written.strip())
            return Copies(self.units, self.end, self.words, used, (), None, tail, said)
        partial = (*self.partial, token) if going else (token,)
        said = self.said if going else True
        whole = self.whole if going else None
        here = next((i for i in self._open(used) if partial in self.units[i].spellings), None)
        if here is not None:
            whole = here, len(partial)
        found = Copies(self.units, self.end, self.words, used, partial, whole, tail, said, here is not None)
        if found._ahead() or whole is None:
            return found
        tag = self.units[whole[0]].text.startswith("<")
        return Copies(self.units, self.end, self.words, found.settled, (), None, tail, not tag, True)

    def holds(self, tokens: list[int]) -> bool:
        """Whether a translation has all its required units."""
        rule = functools.reduce(Copies.after, tokens, Copies(self.units, self.end, self.words))
        return all(i in rule.settled for i, unit in enumerate(self.units) if unit.required)

    def text(self, tokens: list[int]) -> str:
        """A translation in words, the units in their places; a unit that broke off is left out."""
        rule = Copies(self.units, self.end, self.words)
        pieces: list[bytes] = []
        begun = 0
        for token in tokens:
            following = rule.after(token)
            if token not in rule._ahead():
                begun = len(pieces)
            pieces.append(load_tokenizer().bytes_of(token))
            for i in following.settled - rule.settled:
                spelling, before = b"".join(pieces[begun:]), b"".join(pieces[:begun])
                new = self.units[i].text.encode() or spelling.lstrip(b" ")
                apart = re.search(rb"[A-Za-z]$", before) and not new.startswith(b"</")
                space = b" " if spelling.startswith(b" ") or apart else b""
                pieces[begun:] = [space + new, *[b""] * (len(pieces) - begun - 1)]
            rule = following
        return b"".join(pieces[:begun] if rule.forced else pieces).decode("utf-8", "replace")

    def _open(self, used: frozenset[int]) -> list[int]:
        """The units that may come after these."""
        return [
            i for i, u in enumerate(self.units) if i not in used and (u.after < 0 or (u.after in used and self.said))
        ]

    def _ahead(self) -> set[int]:
        """Tokens with which the unit that has begun goes on."""
        size = len(self.partial)
        options = (spelling for i in self._open(self.used) for spelling in self.units[i].spellings)
        return {s[size] for s in options if size < len(s) and s[:size] == self.partial} if size else set()

    def _never(self) -> frozenset[int]:
        """Tokens that may not come outside the units now."""
        found = frozenset(spelling[0] for unit in self.units for spelling in unit.spellings)
        if re.search(rb"\d$", self.tail):
            found |= tokens_like(COMPOUND)
        if self.just_done and re.search(rb"[A-Za-z]$", self.tail):
            found |= tokens_like(WORD_END)
        if any(unit.text.startswith("<") for unit in self.units):
            found |= tokens_like(SIGN)
        return found
