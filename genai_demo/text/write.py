"""Texts that go on: several continuations of a prompt, token by token."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from torch import Tensor

from genai_demo.core import decode, greenlist, limits
from genai_demo.core.device import pick_device
from genai_demo.core.greenlist import STRENGTH
from genai_demo.core.sampling import Controls
from genai_demo.text import scripts, verse
from genai_demo.text.network import allowed, encoded, head_of, model
from genai_demo.text.tokenizer import load_tokenizer


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


def write(
    prompt: str,
    kind: str = "story",
    language: str = "en",
    count: int = 1,
    max_tokens: int = 200,
    controls: Controls | None = None,
    seed: int = 0,
    stop: Sequence[str] = (),
    title: str = "",
    form: str = "",
    line_length: int = 0,
    mark: float = STRENGTH,
) -> Iterator[Writing]:
    """Continue a text in ``count`` ways at once, yielding after every token; one comes at least, unless a poem is full.

    stop: a continuation ends before the first of these strings. The prompt may be empty.
    line_length: 5 or 7 makes every line of a poem so long; 0 leaves it to the model.
    No run of tokens comes three times in a row (``decode.NoLoops``).
    mark: strength of the mark in the choice of words (``core.greenlist``), 0 for none; at temperature 0 there is none.
    Raises ValueError for bad input.
    """
    head = head_of(kind, language, title, form)
    # A word brings its space along: after a space of its own the model would expect a number.
    spaced = kind != "code" and isinstance(prompt, str) and prompt.endswith(" ")
    tokens = encoded(prompt.rstrip(" ") if spaced else prompt, "The prompt")
    if line_length and (kind != "poem" or line_length not in verse.LINE_LENGTHS):
        raise ValueError("Only poems have lines of one length: 5 or 7 characters.")
    rules = [verse.Meter(line_length, prompt) for _ in range(count)] if line_length and isinstance(count, int) else []
    may_come = allowed("end") & scripts.native("" if kind == "code" else language, prompt, title)
    for state in continuations(head, tokens, may_come, count, max_tokens, controls, seed, stop, rules, mark):
        yield dataclasses.replace(state, texts=[t.removeprefix(" ") for t in state.texts]) if spaced else state


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
    tokenizer, net = load_tokenizer(), model()
    for number, high, what in (
        (count, limits.MAX_CONTINUATIONS, "number of continuations"),
        (max_tokens, limits.MAX_NEW_TOKENS, "number of tokens"),
    ):
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= high:
            raise ValueError(f"The {what} must be a whole number from 1 to {high:,}.")
    if isinstance(mark, bool) or not isinstance(mark, (int, float)) or not 0 <= mark <= limits.MAX_MARK:
        raise ValueError(f"mark must be a number from 0 to {limits.MAX_MARK:g}.")
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
            texts[i] += streams[i].feed(token)
            if cut := _first_of(texts[i], stop):
                texts[i], done[i] = texts[i][: cut - 1], True
        yield Writing(list(texts), list(done), list(done), drawn, forgotten)
        if all(done):
            return
    ended = done if taken == max_tokens else [True] * count
    texts = [text if ended else text + s.finish() for text, ended, s in zip(texts, done, streams, strict=True)]
    yield Writing(texts, [True] * count, ended, drawn, forgotten)


def _first_of(text: str, stop: Sequence[str]) -> int:
    """Place of the first stop string in the text, counted from 1; 0 where there is none."""
    places = [text.find(s) for s in stop if s]
    return min((p for p in places if p >= 0), default=-1) + 1


def stream(
    prompt: str,
    kind: str = "story",
    language: str = "en",
    max_tokens: int = 200,
    temperature: float = 0.8,
    top_p: float = 0.95,
    seed: int = 0,
    top_k: int = 0,
    min_p: float = 0.0,
    repetition_penalty: float = 1.1,
    stop: Sequence[str] = (),
    title: str = "",
    form: str = "",
    mark: float = STRENGTH,
) -> Iterator[str]:
    """The continuation of a text, piece by piece (new text only)."""
    controls = Controls(repetition_penalty, temperature, top_k, top_p, min_p)
    yield from pieces(write(prompt, kind, language, 1, max_tokens, controls, seed, stop, title, form, 0, mark), stop)


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
