"""Texts that go on, the sentences chosen among several or drawn token by token."""

import dataclasses
from collections.abc import Iterator, Sequence

from genai_demo.core.greenlist import STRENGTH
from genai_demo.core.sampling import Controls
from genai_demo.text import choose, scripts, verse
from genai_demo.text.continuations import Writing, checked, continuations, pieces
from genai_demo.text.network import allowed, checked_candidates, encoded, head_of

CHOSEN = ("story", "news", "product", "prose")
"""Kinds whose sentences are chosen."""


def usual(kind: str, language: str) -> Controls:
    """Good controls of sampling for a kind of text, see docs/experiments.md."""
    if kind in ("poem", "code"):
        return Controls(1.1, 0.65)
    return Controls(1.3, 0.6) if language == "zh" else Controls(1.2, 0.6)


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
    candidates: int = choose.CANDIDATES,
) -> Iterator[Writing]:
    """Continue a text in ``count`` ways at once, yielding after every token; one comes at least, unless a poem is full.

    candidates: sentences of which the best is chosen, see ``choose``, from 1 (plain sampling, token by token) to
    ``limits.MAX_CANDIDATES``; then whole sentences come, and what would end in mid-sentence ends before it. Poems and
    code are sampled plainly, and so is everything at temperature 0.

    stop: a continuation ends before the first of these strings. The prompt may be empty.
    line_length: 5 or 7 makes every line of a poem so long; 0 leaves it to the model.
    No run of tokens comes three times in a row (``decode.NoLoops``).
    mark: strength of the mark in the choice of words (``core.greenlist``), 0 for none; at temperature 0 there is none.
    Raises ValueError for bad input.
    """
    checked(count, max_tokens, mark)
    checked_candidates(candidates)
    head = head_of(kind, language, title, form)
    # A word brings its space along: after a space of its own the model would expect a number.
    spaced = kind != "code" and isinstance(prompt, str) and prompt.endswith(" ")
    tokens = encoded(prompt.rstrip(" ") if spaced else prompt, "The prompt")
    if line_length and (kind != "poem" or line_length not in verse.LINE_LENGTHS):
        raise ValueError("Only poems have lines of one length: 5 or 7 characters.")
    rules = [verse.Meter(line_length, prompt) for _ in range(count)] if line_length and isinstance(count, int) else []
    controls = (controls or usual(kind, language)).check()
    may_come = allowed("end") & scripts.native("" if kind == "code" else language, prompt, title)
    if candidates > 1 and kind in CHOSEN and controls.temperature > 0:
        states = choose.chosen(
            head, tokens, may_come, kind, language, count, max_tokens, controls, seed, stop, mark, candidates
        )
    else:
        states = continuations(head, tokens, may_come, count, max_tokens, controls, seed, stop, rules, mark)
    for state in states:
        yield dataclasses.replace(state, texts=[t.removeprefix(" ") for t in state.texts]) if spaced else state


def stream(
    prompt: str,
    kind: str = "story",
    language: str = "en",
    max_tokens: int = 200,
    temperature: float | None = None,
    top_p: float = 0.95,
    seed: int = 0,
    top_k: int = 0,
    min_p: float = 0.0,
    repetition_penalty: float | None = None,
    stop: Sequence[str] = (),
    title: str = "",
    form: str = "",
    mark: float = STRENGTH,
    candidates: int = choose.CANDIDATES,
) -> Iterator[str]:
    """The continuation of a text, piece by piece (new text only): sentences, or tokens where ``candidates`` is 1.

    temperature, repetition_penalty: None for what is good for this kind and language, see ``usual``.
    """
    good = usual(kind, language)
    temperature = good.temperature if temperature is None else temperature
    repetition_penalty = good.repetition_penalty if repetition_penalty is None else repetition_penalty
    controls = Controls(repetition_penalty, temperature, top_k, top_p, min_p)
    written = write(prompt, kind, language, 1, max_tokens, controls, seed, stop, title, form, 0, mark, candidates)
    yield from pieces(written, stop)
