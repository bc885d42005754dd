"""Continuations of tokens: several at once, token by token, as text that grows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from torch import Tensor

from genai_demo.core import decode, greenlist, limits
from genai_demo.core.device import pick_device
from genai_demo.core.sampling import Controls
from genai_demo.text.coherence import Faults
from genai_demo.text.network import model
from genai_demo.text.tokenizer import load_tokenizer


@dataclass(frozen=True)
class Candidate:
    """A sentence that was drawn, and what it was judged by."""

    text: str
    score: float
    given: float
    """Log probability after the text before it, in nats."""
    alone: float
    """The same as the first sentence of a text of its kind."""
    faults: Faults


@dataclass(frozen=True)
class Writing:
    """Several continuations as they stand."""

    texts: list[str]
    """New text only."""
    done: list[bool]
    """Nothing more will come."""
    ended: list[bool]
    """It came to an end of its own, or to a stop string."""
    tokens: int
    """Drawn so far, all continuations together."""
    forgotten: int
    """Tokens at the start of the prompt that the model could not see any more."""
    choices: list[list[list[Candidate]]] = field(default_factory=list)
    """Of every continuation, every sentence and what it was chosen from, the chosen one first; empty without choice."""


def checked(count: int, max_tokens: int, mark: float) -> None:
    """Raises ValueError for numbers out of their range."""
    for number, high, what in (
        (count, limits.MAX_CONTINUATIONS, "number of continuations"),
        (max_tokens, limits.MAX_NEW_TOKENS, "number of tokens"),
    ):
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= high:
            raise ValueError(f"The {what} must be a whole number from 1 to {high:,}.")
    if isinstance(mark, bool) or not isinstance(mark, (int, float)) or not 0 <= mark <= limits.MAX_MARK:
        raise ValueError(f"mark must be a number from 0 to {limits.MAX_MARK:g}.")


def continuations(
    head: list[int],
    prompt: list[int],
    may_come: Tensor,
    count: int,
    max_tokens: int,
    controls: Controls | None,
    seed: int,
    stop: Sequence[str],
    rules: Sequence[decode.Rule] = (),
    mark: float = 0.0,
) -> Iterator[Writing]:
    """Ways on after a head and a prompt, yielding after every token; see ``write`` for the rest.

    may_come: (rows,) bool; what of it is no text ends a continuation. Half characters are left out.
    """
    tokenizer, net = load_tokenizer(), model()
    controls = (controls or Controls(repetition_penalty=1.1)).check()
    forgotten = max(0, len(head) + len(prompt) - (net.config.context - 1))
    ends = set(may_come.nonzero()[:, 0].tolist()) - set(range(tokenizer.text_size))
    rules = rules or [decode.NoLoops(net.config.rows) for _ in range(count)]
    streams = [tokenizer.stream() for _ in range(count)]
    texts, done = [""] * count, [False] * count
    drawn = taken = 0
    steps = decode.continuations(
        net, head + prompt, len(head), may_come.to(pick_device()), ends, controls, seed, count, max_tokens, rules,
        greenlist.Mark(greenlist.key(), mark) if mark else None, at_least=1,
    )  # fmt: skip
    for taken, tokens in enumerate(steps, 1):  # noqa: B007
        for i, token in enumerate(tokens):
            if done[i] or token is None:
                done[i] = True
                continue
            drawn += 1
            texts[i] += streams[i].feed(token).replace("\ufffd", "")
            if cut := first_of(texts[i], stop):
                texts[i], done[i] = texts[i][: cut - 1], True
        yield Writing(list(texts), list(done), list(done), drawn, forgotten)
        if all(done):
            return
    ended = done if taken == max_tokens else [True] * count
    yield Writing(list(texts), [True] * count, ended, drawn, forgotten)


def first_of(text: str, stop: Sequence[str]) -> int:
    """Place of the first stop string in the text, counted from 1; 0 where there is none."""
    places = [text.find(s) for s in stop if s]
    return min((p for p in places if p >= 0), default=-1) + 1


def pieces(writings: Iterator[Writing], stop: Sequence[str]) -> Iterator[str]:
    """What is new in every step, holding back what may become a stop string."""
    said = 0
    for state in writings:
        text = state.texts[0]
        held = (
            0 if state.done[0] else max((n for s in stop for n in range(1, len(s)) if text.endswith(s[:n])), default=0)
        )
        if len(text) - held > said:
            yield text[said : len(text) - held]
            said = len(text) - held
