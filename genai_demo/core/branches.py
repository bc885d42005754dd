"""Several ways on from one sequence, drawn at once, each to an end of its own; one of them is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from genai_demo.core.decode import NoLoops, Session
from genai_demo.core.greenlist import Mark
from genai_demo.core.sampling import Controls, candidates, draw
from genai_demo.core.transformer import Cache, Transformer

PATIENCE = 1.25
"""Once half of the branches have ended, the others may become so many times as long as the longest of these."""
ROOM = 4
"""Steps that the others have in any case."""


@dataclass(frozen=True)
class Branch:
    """One way on."""

    row: int
    """Its number."""
    tokens: list[int]
    """The new ones, without the token that ended it."""
    log_probability: float
    """Of these tokens as the model has it, without controls and mark, in nats."""
    whole: bool
    """It came to an end."""
    last: bool
    """That end was one of the whole text."""
    logits: Tensor
    """After its tokens: (V,)."""
    tails: list[Tensor]
    """What each block saw of its last tokens: (reach, W) each, see ``Cache``."""


class Branches:
    """A sequence that grows branch by branch.

    allowed: (V,) bool, the tokens that may come. ends: those that end the text. Branch i draws from a generator with
    seed ``seed + i`` all along. mark: makes green tokens likelier, see ``core.greenlist``. No run of tokens comes three
    times in a row.
    """

    def __init__(
        self,
        model: Transformer,
        tokens: list[int],
        kept: int,
        allowed: Tensor,
        ends: set[int],
        controls: Controls,
        seed: int,
        count: int,
        mark: Mark | None = None,
    ):
        self.session = Session(model, tokens, kept, count)
        self.forbidden = ~allowed.to(self.session.tokens.device)
        self.ends, self.controls, self.mark = ends, controls, mark
        self.sources = [torch.Generator().manual_seed(seed + i) for i in range(count)]
        self.rule = NoLoops(len(allowed))
        self.first = self.session.tokens.shape[1]
        """Where the new text begins, for the repetition penalty."""
        self.start = self.first
        """Where the last branches begin."""

    @torch.inference_mode()
    def grow(self, is_over: Callable[[Sequence[int], int], bool], most: int, going: bool = False) -> list[Branch]:
        """Draw branches of up to ``most`` tokens. is_over(tokens, next): whether a branch ends before this next one.

        going: the text may not end at once.
        """
        session, context = self.session, self.session.model.config.context
        if session.tokens.shape[1] + most > context:
            session.forget()
            self.first = session.kept
        self.start, count = session.tokens.shape[1], len(self.sources)
        most = max(1, min(most, context - self.start))
        rules = [self.rule.copy() for _ in range(count)]
        paths: list[list[int]] = [[] for _ in range(count)]
        total = torch.zeros(count, device=self.forbidden.device)
        found: dict[int, Branch] = {}
        for step in range(most + 1):
            logits = session.logits.masked_fill(self.forbidden, -torch.inf)
            if going and not step:
                logits[:, list(self.ends)] = -torch.inf
            never = ~torch.stack([rule.mask() for rule in rules]).to(logits.device)
            bonus = self.mark.bonus(session.tokens[:, -1], logits.shape[1]) if self.mark else None
            before = session.tokens[:, self.first :]
            drawn = draw(*candidates(logits.masked_fill(never, -torch.inf), self.controls, before, bonus), self.sources)
            over = step == most or self._is_late(step, found, paths)
            for i, token in enumerate(drawn.tolist()):
                whole = token in self.ends or (bool(paths[i]) and is_over(paths[i], token))
                if i not in found and (whole or over):
                    tails = [tail[i].clone() for tail in self._cache.tails]
                    found[i] = Branch(
                        i, paths[i], float(total[i]), whole, token in self.ends, session.logits[i].clone(), tails
                    )
            if len(found) == count:
                break
            drawn = drawn.to(logits.device)
            total = total + logits.log_softmax(1).gather(1, drawn[:, None])[:, 0]
            for i, token in enumerate(drawn.tolist()):
                rules[i].push(token)
                if i not in found:
                    paths[i] = [*paths[i], token]
            session.add(drawn)
        return [found[i] for i in range(count)]

    @staticmethod
    def _is_late(step: int, found: dict[int, Branch], paths: list[list[int]]) -> bool:
        """Whether those that have not ended are not worth waiting for."""
        if 2 * len(found) < len(paths):
            return False
        longest = max(len(branch.tokens) for branch in found.values())
        return step >= max(PATIENCE * longest, longest + ROOM)

    @property
    def _cache(self) -> Cache:
        assert self.session.cache is not None
        return self.session.cache

    @torch.inference_mode()
    def keep(self, branch: Branch) -> None:
        """Go on from one of the branches that ``grow`` has drawn last."""
        session, cache, start = self.session, self._cache, self.start
        end = start + len(branch.tokens)
        for stored in (*cache.keys, *cache.values):
            stored[:, :, start:end] = stored[branch.row, :, start:end].clone()
        for tail, kept in zip(cache.tails, branch.tails, strict=True):
            tail[:] = kept
        cache.length = end
        new = torch.tensor([branch.tokens], dtype=torch.long, device=session.tokens.device)
        count = len(self.sources)
        session.tokens = torch.cat([session.tokens[:1, :start], new], 1).repeat(count, 1)
        session.logits = branch.logits.expand(count, -1)
        for token in branch.tokens:
            self.rule.push(token)
