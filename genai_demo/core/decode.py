"""Decoding: prompt in, tokens out one by one, several continuations at once, and beam search."""

import math
from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from genai_demo.core.greenlist import Mark
from genai_demo.core.sampling import Controls, candidates, draw
from genai_demo.core.transformer import Cache, Transformer


class Session:
    """A sequence (or several that began alike) that grows token by token.

    When the context is full, the oldest half of the sequence is forgotten; the first ``kept`` tokens,
    the control tokens that say what it is, stay.
    """

    def __init__(self, model: Transformer, tokens: list[int], kept: int, count: int = 1):
        self.model, self.kept = model, kept
        self.tokens = torch.tensor([self.fit(tokens)] * count, device=model.speeds.device)
        self.cache: Cache | None = None
        self.logits = self._read()

    def fit(self, tokens: list[int]) -> list[int]:
        """The tokens that the model can see with room for more: the head and the newest ones."""
        room = self.model.config.context - 1
        return tokens if len(tokens) <= room else tokens[: self.kept] + tokens[-(room - self.kept) :]

    @torch.inference_mode()
    def _read(self) -> Tensor:
        """Read all tokens anew. The logits after the last: (B, rows)."""
        count, like = len(self.tokens), self.model.embedding.weight
        same = count > 1 and bool((self.tokens == self.tokens[:1]).all())
        cache = Cache(self.model.config, 1 if same else count, like)
        hidden = self.model.hidden(self.tokens[:1] if same else self.tokens, cache)[:, -1]
        if same:
            cache.repeat(count)
        self.cache = cache
        return self.model.logits(hidden).expand(count, -1)

    @torch.inference_mode()
    def add(self, tokens: Tensor) -> None:
        """One more token for every sequence. tokens: (B,)."""
        self.tokens = torch.cat([self.tokens, tokens[:, None]], 1)
        assert self.cache is not None
        if self.cache.length < self.model.config.context:
            self.logits = self.model.step(tokens, self.cache)
        else:
            self.forget()

    def forget(self) -> None:
        """Leave out all but the first ``kept`` tokens and the newest half of the context."""
        half = self.model.config.context // 2
        self.tokens = torch.cat([self.tokens[:, : self.kept], self.tokens[:, self.kept :][:, -half:]], 1)
        self.logits = self._read()

    def pick(self, rows: Tensor) -> None:
        """Keep these sequences, in this order."""
        assert self.cache is not None
        self.tokens, self.logits = self.tokens[rows], self.logits[rows]
        self.cache.pick(rows)


class Rule(Protocol):
    """What a sequence must obey while it grows."""

    def mask(self) -> Tensor:
        """(rows,) bool: the tokens that may come now."""

    def push(self, token: int) -> None:
        """This token came."""


@runtime_checkable
class LeaningRule(Rule, Protocol):
    """A rule that besides prefers some of the tokens that may come."""

    def lean(self) -> Tensor:
        """(rows,) what is added to their logits now."""


class NoLoops:
    """A rule against going round in circles: no run of tokens three times in a row, no token five times.

    A small model that has nothing to say falls into such loops, and finds them likelier with every round (Holtzman
    et al. 2020). rows: of the vocabulary. longest: tokens of the longest run that is looked for.
    """

    def __init__(self, rows: int, longest: int = 24):
        self._free = torch.ones(rows, dtype=torch.bool)
        self._tokens: list[int] = []
        self._same = [0] * (longest + 1)
        """How many of the last tokens equal the one that came so many before them, by that distance."""

    def mask(self) -> Tensor:
        """All tokens but those that would end a third round."""
        closing = [self._tokens[-d] for d, same in enumerate(self._same) if d and same >= max(3, 2 * d - 1)]
        if not closing:
            return self._free
        found = self._free.clone()
        found[closing] = False
        return found

    def copy(self) -> "NoLoops":
        """Another for a sequence that has begun alike."""
        found = NoLoops(0)
        found._free, found._tokens, found._same = self._free, self._tokens.copy(), self._same.copy()
        return found

    def push(self, token: int) -> None:
        """This token came."""
        self._tokens.append(token)
        for distance in range(1, min(len(self._same), len(self._tokens))):
            again = token == self._tokens[-1 - distance]
            self._same[distance] = self._same[distance] + 1 if again else 0


def continuations(
    model: Transformer,
    tokens: list[int],
    kept: int,
    allowed: Tensor,
    ends: set[int],
    controls: Controls,
    seed: int,
    count: int,
    most: int,
    rules: Sequence[Rule] = (),
    mark: Mark | None = None,
    at_least: int = 0,
) -> Iterator[list[int | None]]:
    """Up to ``most`` steps; each yields one token per continuation, None for those that have ended.

    allowed: (rows,) bool, the tokens that may come. ends: those that end a continuation; they are
    not yielded. Continuation i draws from a generator with seed ``seed + i``, so it does not depend
    on how many others there are.
    rules: one for every continuation, or none; all or none of them lean (``LeaningRule``).
    mark: makes green tokens likelier, see ``core.greenlist``.
    at_least: tokens before an end, unless nothing else may come.
    """
    session = Session(model, tokens, kept, count)
    forbidden = ~allowed.to(session.tokens.device)
    sources = [torch.Generator().manual_seed(seed + i) for i in range(count)]
    running = [True] * count
    first = session.tokens.shape[1]
    ending = torch.zeros_like(forbidden)
    ending[list(ends)] = True
    for number in range(most):
        never = ~torch.stack([rule.mask() for rule in rules]).to(forbidden.device) | forbidden if rules else forbidden
        if number < at_least:
            more = never | ending
            never = torch.where(more.all(-1, keepdim=True), never, more)
        logits = session.logits.masked_fill(never, -torch.inf)
        if leans := [rule.lean() for rule in rules if isinstance(rule, LeaningRule)]:
            logits = logits + torch.stack(leans).to(logits)
        bonus = mark.bonus(session.tokens[:, -1], logits.shape[1]) if mark and controls.temperature > 0 else None
        drawn = draw(*candidates(logits, controls, session.tokens[:, first:], bonus), sources)
        new = drawn.tolist()
        running = [alive and token not in ends for alive, token in zip(running, new, strict=True)]
        if not any(running):
            return
        yield [token if alive else None for alive, token in zip(running, new, strict=True)]
        for rule, token in zip(rules, new, strict=False):
            rule.push(token)
        before = session.tokens.shape[1]
        session.add(drawn.to(forbidden.device))
        if session.tokens.shape[1] <= before:
            first = kept  # the oldest half was forgotten


class Constraint(Protocol):
    """What the paths of a beam search must hold. It never changes: every token makes another."""

    @property
    def met(self) -> int:
        """How many of its parts have come, or begun."""

    def starts(self) -> list[int]:
        """The tokens after which one more is met."""

    @property
    def forced(self) -> bool:
        """Whether a part of it has begun that is not whole yet."""

    def score(self, logits: Tensor, allowed: Tensor) -> Tensor:
        """Log probabilities of the next token, -inf for what may not come. All (rows,); allowed: outside its parts."""

    def after(self, token: int) -> "Constraint":
        """The constraint after one more token."""


class Free:
    """No constraint."""

    met = 0
    forced = False

    def starts(self) -> list[int]:
        """None."""
        return []

    def score(self, logits: Tensor, allowed: Tensor) -> Tensor:
        """As the model has it."""
        return logits.masked_fill(~allowed, -torch.inf).log_softmax(0)

    def after(self, token: int) -> "Free":
        """The same."""
        return self


def beam_search(
    model: Transformer,
    tokens: list[int],
    allowed: Tensor,
    end: int,
    beams: int,
    most: int,
    length_penalty: float = 0.8,
    no_repeat: int = 0,
    constraint: Constraint | None = None,
) -> list[tuple[list[int], float]]:
    """The likeliest continuations, best first, with their log probability over length^penalty.

    Wu et al. 2016 (1609.08144), section 7, without the coverage term. Those that came to no end in ``most`` tokens
    stand behind all that did. no_repeat: so many tokens in a row come at most once, and no token three times in a row
    (Paulus et al. 2018, section 2.5); 0: whatever is likely.
    constraint: the beams, twice as many, are shared out over how many of its parts have come (Post and Vilar 2018,
    "Fast Lexically Constrained Decoding"), so that a path which holds an unlikely one does not give way to those that
    put it off.
    """
    session = Session(model, tokens, len(tokens), 1)
    device = session.tokens.device
    scores, allowed = torch.zeros(1, device=device), allowed.to(device)
    paths: list[list[int]] = [[]]
    rules: list[Constraint] = [constraint or Free()]
    finished: list[tuple[list[int], float]] = []
    for step in range(1, most + 1):
        steps = [rule.score(row, allowed) for rule, row in zip(rules, session.logits, strict=True)]
        totals = scores[:, None] + torch.stack(steps)
        for row, path in enumerate(paths):
            if not rules[row].forced:
                totals[row, _repetitions(path, no_repeat)] = -torch.inf
        kept: list[tuple[int, int, float]] = []
        banks = _banks(totals, rules)
        share = beams if len(banks) == 1 else max(2, 2 * beams // len(banks))
        for bank in banks:
            values, places = bank.flatten().topk(2 * beams)
            rows, chosen = places // totals.shape[1], places % totals.shape[1]
            room = len(kept) + share
            for row, token, value in zip(rows.tolist(), chosen.tolist(), values.tolist(), strict=True):
                if value == -math.inf:
                    continue  # it may not come
                if token == end:
                    finished.append((paths[row], value / step**length_penalty))
                elif len(kept) < room:
                    kept.append((row, token, value))
        if not kept:
            break  # all that may come has come
        finished = sorted(finished, key=lambda f: -f[1])[:beams]
        best = max(k[2] for k in kept) / (step**length_penalty)
        if len(finished) == beams and finished[-1][1] >= best:
            break
        paths = [[*paths[row], token] for row, token, _ in kept]
        rules = [rules[row].after(token) for row, token, _ in kept]
        scores = torch.tensor([k[2] for k in kept], device=device)
        session.pick(torch.tensor([k[0] for k in kept], device=device))
        if session.tokens.shape[1] >= model.config.context - 1:
            break
        session.add(torch.tensor([k[1] for k in kept], device=device))
    finished = sorted(finished, key=lambda f: -f[1])
    if len(finished) < beams:
        size = max(1, len(paths[0])) ** length_penalty
        open_ends = sorted(zip(rules, scores.tolist(), paths, strict=True), key=lambda o: (-o[0].met, -o[1]))
        finished += [(path, score / size) for _, score, path in open_ends]
    return finished[:beams]


def _banks(totals: Tensor, rules: Sequence[Constraint]) -> list[Tensor]:
    """The scores of all steps, apart by how many parts of the constraint have come after them; -inf elsewhere."""
    starts = [rule.starts() for rule in rules]
    counts = {rule.met for rule in rules} | {rule.met + 1 for rule, first in zip(rules, starts, strict=True) if first}
    if len(counts) == 1:
        return [totals]
    met = torch.tensor([rule.met for rule in rules], device=totals.device)[:, None].expand_as(totals).clone()
    for row, tokens in enumerate(starts):
        met[row, tokens] += 1
    return [totals.masked_fill(met != count, -torch.inf) for count in sorted(counts)]


def _repetitions(path: list[int], length: int) -> list[int]:
    """Tokens that would repeat a run of so many tokens of the path, or come a third time in a row; [] for length 0."""
    if not length or len(path) < 2:
        return []
    last = tuple(path[len(path) - length + 1 :])
    found = {path[i + length - 1] for i in range(len(path) - length + 1) if tuple(path[i : i + length - 1]) == last}
    return sorted(found | ({path[-1]} if path[-1] == path[-2] else set()))
