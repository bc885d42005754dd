"""Sentence by sentence the best of several: the one that follows from this text, and would not from any.

Candidates are drawn at once, each to the end of its sentence, and ranked by maximum mutual information (Li et al. 2016,
arXiv 1510.03055, equation 10): log p(sentence | text so far) - w log p(sentence | kind alone), less what
``coherence`` finds against them.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from genai_demo.core import greenlist
from genai_demo.core.branches import Branches
from genai_demo.core.device import pick_device
from genai_demo.core.sampling import Controls
from genai_demo.core.sentences import CLOSING, split_sentences
from genai_demo.text.coherence import END, Faults, faults
from genai_demo.text.continuations import Candidate, Writing, first_of
from genai_demo.text.likelihood import log_probabilities
from genai_demo.text.network import model
from genai_demo.text.tokenizer import load_tokenizer

CANDIDATES = 6
"""Sentences that are drawn at once."""
LONGEST = 96
"""Tokens of a sentence; a longer one is cut."""
ALONE = 0.5
"""Weight w of how likely a sentence is without the text before it."""
LENGTH = 1.0
"""Scores are divided by the number of tokens to this power."""
CONTRADICTION, NEW_NAME, BROKEN, SAID_BEFORE = 0.5, 0.2, 0.5, 4.0
"""What the faults of a sentence cost, in nats a token."""
MARK = 0.4
"""What a sentence gains where all of its tokens are green, in strengths of the mark: likely ones are seldom green."""
SEEDS = 64
"""From one text to the next of several."""
PEOPLED = ("story", "prose")
"""Kinds that stay with the people they have."""


def score(given: float, alone: float, tokens: int, found: Faults, kind: str) -> float:
    """Of a sentence. given, alone: its log probability in nats, after the text and as the first of its kind."""
    mutual = (given - ALONE * alone) / max(1, tokens) ** LENGTH
    names = NEW_NAME * found.new_names if kind in PEOPLED else 0.0
    against = CONTRADICTION * found.contradictions + BROKEN * found.broken + SAID_BEFORE * found.said_before
    return mutual - names - against


@dataclass
class Sentences:
    """A text that grows by chosen sentences."""

    head: list[int]
    prompt: list[int]
    kind: str
    language: str
    branches: Branches

    def __post_init__(self) -> None:
        self.before = load_tokenizer().decode(self.prompt)
        self.tokens: list[int] = []
        self.ended = False
        """The text came to an end of its own."""

    def next(self, most: int) -> tuple[str, list[Candidate]]:
        """The next sentence, and what it was chosen from, the best first; ("", []) where the text is at its end.

        most: tokens that there is room for. Where none of the candidates comes to an end within them, the sentence that
        has begun is left out, unless it is the first.
        """
        decode = load_tokenizer().decode
        drawn = self.branches.grow(functools.partial(is_over, self.language), min(LONGEST, most), not self.tokens)
        going = [branch for branch in drawn if branch.tokens]
        if self.tokens and 2 * len(going) <= len(drawn):
            self.ended = True
            return "", []
        texts = [decode(branch.tokens) for branch in going]
        alone = self._alone(texts)
        before = [*self.prompt, *self.tokens]
        rows = []
        for branch, text, without in zip(going, texts, alone, strict=True):
            against = faults(self.before, text, self.language, before, branch.tokens)
            points = score(branch.log_probability, without, len(branch.tokens), against, self.kind)
            if mark := self.branches.mark:
                points += MARK * mark.strength * mark.share([*before[-1:], *branch.tokens])
            rows.append((Candidate(text, points, branch.log_probability, without, against), branch))
        rows.sort(key=lambda row: -row[0].score)
        best = rows[0][1]
        if self.tokens and not best.whole and len(best.tokens) >= most:
            return "", []
        self.branches.keep(best)
        self.tokens += best.tokens
        self.before += rows[0][0].text
        return rows[0][0].text, [candidate for candidate, _ in rows]

    def _alone(self, texts: Sequence[str]) -> list[float]:
        """Log probability of each sentence as the first of a text of its kind."""
        encode, room = load_tokenizer().encode, model().config.context - len(self.head)
        return log_probabilities([(self.head, encode(text.strip())[:room]) for text in texts]).tolist()


def is_over(language: str, tokens: Sequence[int], following: int) -> bool:
    """Whether a sentence of these tokens is whole before the one that follows."""
    tokenizer = load_tokenizer()
    sentence, after = tokenizer.decode(tokens), tokenizer.bytes_of(following).decode("utf-8", "replace")
    if not re.search(r"\w", sentence):
        return False  # it has no word yet
    if sentence.endswith("\n") or after.startswith("\n"):
        return not after.startswith("\n") or bool(END[language].search(sentence))
    if not END[language].search(sentence) or (after and after[0] in CLOSING):
        return False
    if language == "zh":
        return True
    word = after.strip() if after.strip().isalpha() else "Then"
    return after[:1].isspace() and len(split_sentences(f"{sentence.rstrip()} {word}", "en")) > 1


def chosen(
    head: list[int],
    prompt: list[int],
    may_come: Tensor,
    kind: str,
    language: str,
    count: int,
    max_tokens: int,
    controls: Controls,
    seed: int,
    stop: Sequence[str],
    mark: float,
    candidates: int,
) -> Iterator[Writing]:
    """As ``continuations``, yielding after every sentence of every text."""
    tokenizer, net = load_tokenizer(), model()
    ends = set(may_come.nonzero()[:, 0].tolist()) - set(range(tokenizer.text_size))
    marking = greenlist.Mark(greenlist.key(), mark) if mark else None
    may_come = may_come.to(pick_device())
    writers = [
        Sentences(head, prompt, kind, language, Branches(
            net, head + prompt, len(head), may_come, ends, controls, seed + SEEDS * i, candidates, marking,
        ))
        for i in range(count)
    ]  # fmt: skip
    forgotten = max(0, len(head) + len(prompt) - (net.config.context - 1))
    state = Writing([""] * count, [False] * count, [False] * count, 0, forgotten, [[] for _ in range(count)])
    while not all(state.done):
        for i, writer in enumerate(writers):
            if not state.done[i]:
                state = _longer(state, i, writer, max_tokens, stop)
                yield state


def _longer(state: Writing, i: int, writer: Sentences, max_tokens: int, stop: Sequence[str]) -> Writing:
    """With one more sentence of text i."""
    tokens = state.tokens - len(writer.tokens)
    sentence, found = writer.next(max_tokens - len(writer.tokens))
    text = state.texts[i] + sentence.replace("\ufffd", "")
    if cut := first_of(text, stop):
        text = text[: cut - 1]
    ended = bool(cut) or writer.ended
    done = ended or not found or len(writer.tokens) >= max_tokens
    tokens += len(writer.tokens)
    texts, dones, ends, choices = list(state.texts), list(state.done), list(state.ended), list(state.choices)
    texts[i], dones[i], ends[i] = text, done, ended
    choices[i] = [*choices[i], found] if found else choices[i]
    return replace(state, texts=texts, done=dones, ended=ends, choices=choices, tokens=tokens)
