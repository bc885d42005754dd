"""Translation, sentence by sentence: the likeliest of a beam search, ranked both ways."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch

from genai_demo.core import chinese, decode, sentences
from genai_demo.core.device import pick_device
from genai_demo.text import clauses, faithful, scripts
from genai_demo.text.documents import LANGUAGES
from genai_demo.text.likelihood import log_probabilities
from genai_demo.text.network import allowed, encoded, form_mark, model, required_choice
from genai_demo.text.tokenizer import load_tokenizer

BEAMS = 6
OTHER_WAY = 0.6
"""Weight of how likely a translation leads back to its source."""
LENGTH_PENALTY = 0.4
"""Translations compete by their log probability over their length to this power."""
LONGEST_SENTENCE = 200
"""Tokens of one sentence's translation, and ..."""
LONGER = 3
"""... so many times as many as the sentence has, with a few to spare."""
SCRIPTS = ("simplified", "traditional")
SANE, SHORT = (0.75, 3.5), {"en": 4, "zh": 6}
"""Chinese characters for an English word: of 6,870 held-out pairs 996 in 1,000 lie between these. And words, or
characters, of sentences that are too short to say."""


@dataclass(frozen=True)
class Translation:
    """One of several of a sentence."""

    text: str
    there: float
    """Log probability after the source, in nats."""
    back: float
    """That of the source after the translation."""
    score: float
    """What they are ranked by: both, over the length to a power."""
    by_clauses: bool = False
    """The clauses of the sentence were translated one by one."""


def translate(text: str, source: str = "en", target: str = "zh", script: str = "simplified") -> str:
    """Translate sentence by sentence; line breaks stay where they are, but for those in mid-sentence.

    script: of the Chinese that comes out, one of ``SCRIPTS``.
    """
    pieces = translate_sentences(text, source, target, script=script)
    return "".join(best[0] if best else piece for piece, best in pieces)


def translate_sentences(
    text: str, source: str = "en", target: str = "zh", beams: int = BEAMS, script: str = "simplified"
) -> Iterator[tuple[str, list[str]]]:
    """As ``rank_sentences``, the words alone."""
    for piece, found in rank_sentences(text, source, target, beams, script):
        yield piece, [translation.text for translation in found]


def rank_sentences(
    text: str, source: str = "en", target: str = "zh", beams: int = BEAMS, script: str = "simplified"
) -> Iterator[tuple[str, list[Translation]]]:
    """Every sentence with its translations, best first; what is only space, or the head of an item, comes with none.

    The beams are ranked by how likely both ways find them, see ``_both_ways``; of a long sentence one more takes part
    whose clauses were translated one by one. Numbers and placeholders are those of the source, see ``faithful``.
    script: as for ``translate``.
    """
    for value, choices, what in (
        (source, LANGUAGES, "language"), (target, LANGUAGES, "language"), (script, SCRIPTS, "script"),
    ):  # fmt: skip
        required_choice(value, choices, what)
    if source == target:
        raise ValueError("Choose two different languages.")
    encoded(text)
    pieces = sentences.split_sentences(sentences.unwrap(text), source)
    for piece, following in zip(pieces, [*pieces[1:], "\n"], strict=True):
        words = piece.strip()
        if not words or sentences.is_head(piece) or not faithful.has_words(words):
            yield piece, []
            continue
        space = piece[len(piece.rstrip()) :]
        if target == "zh":
            space = space if "\n" in space else ""
        elif not following.startswith("\n"):
            space = space or " "
        written = chinese.traditional if script == "traditional" else str
        found = [replace(t, text=written(t.text) + space) for t in _translations(words, source, target, beams)]
        yield piece, list({t.text: t for t in reversed(found)}.values())[::-1]


def _translations(sentence: str, source: str, target: str, beams: int) -> list[Translation]:
    """Of one sentence, best first; behind all others those of an odd length, then those with other numbers in words.

    Where all have other numbers, the sentence is translated once more with all its numbers in digits.
    """
    for all_words in (False, True):
        read = faithful.read(sentence, source, target, all_words)
        found = _translated(read, source, target, beams)
        if any(read.is_true(translation.text) for translation in found):
            break
    return sorted(found, key=lambda t: (not read.is_true(t.text), not has_sane_length(sentence, t.text, source)))


def has_sane_length(sentence: str, translation: str, source: str) -> bool:
    """Whether a translation is about as long as translations of such a sentence are."""
    words, characters = (sentence, translation) if source == "en" else (translation, sentence)
    ratio = clauses.size(characters, "zh") / max(1, clauses.size(words, "en"))
    return clauses.size(sentence, source) < SHORT[source] or SANE[0] <= ratio <= SANE[1]


def _translated(read: faithful.Source, source: str, target: str, beams: int) -> list[Translation]:
    """Translations of a sentence as the model reads it, best first."""
    tokenizer, net = load_tokenizer(), model()
    mark = tokenizer.control
    task = [mark("translate"), *form_mark("translate")]
    prompt = [*task, mark(source), *tokenizer.encode(read.words), mark(target)]
    prompt = prompt[: net.config.context // 2 - 1] + ([mark(target)] if len(prompt) >= net.config.context // 2 else [])
    most = min(LONGEST_SENTENCE, LONGER * len(prompt) + 8, net.config.context - len(prompt) - 1)
    may_come = (allowed("end") & scripts.translated(read.words, target)).to(pick_device())
    beam = decode.beam_search(net, prompt, may_come, mark("end"), beams, most, 0.8, 3, read.copies)
    found = [tokens for tokens, _ in beam]
    found = [tokens for tokens in found if read.copies.holds(tokens)] or found
    if (clause_by_clause := _clause_by_clause(read, source, target, beams)) and clause_by_clause not in found:
        found.append(clause_by_clause)
    ranked = [Translation(read.text(found[i]), there, back, score, found[i] is clause_by_clause)
              for i, there, back, score in _both_ways(task, prompt[len(task) :], found)]  # fmt: skip
    return list({t.text: t for t in reversed(ranked)}.values())[::-1]


def _clause_by_clause(read: faithful.Source, source: str, target: str, beams: int) -> list[int]:
    """Tokens of a long sentence whose clauses were translated one by one; none where it is short, or has none.

    None either where the joined translation lacks what it must hold, or the sentence has placeholders.
    """
    if clauses.size(read.words, source) < clauses.LONG[source] or any(unit.text for unit in read.copies.units):
        return []
    parts = clauses.parts(read.words, source)
    if len(parts) < 2:
        return []
    best = [_translated(faithful.read(words, source, target), source, target, beams)[0].text for words, _ in parts]
    joined = load_tokenizer().encode(clauses.joined(best, [sign for _, sign in parts], target))
    room = model().config.context // 2
    return joined if len(joined) < room and read.copies.holds(joined) else []


@torch.inference_mode()
def _both_ways(
    task: list[int], given: list[int], translations: list[list[int]]
) -> list[tuple[int, float, float, float]]:
    """Places of translations, best first: likely to come from the source, and likely to lead back to it.

    Each with its log probability there and back, in nats, and its score. The network translates in both directions, so
    it is asked twice (Yee et al. 2019, "Simple and Effective Noisy Channel Modeling", there with several networks; here
    without a language model).
    task: the control tokens before the source. given: the language, the source's tokens, the other language.
    """
    end = load_tokenizer().control("end")
    source, *words, target = given
    there = log_probabilities([([*task, *given], [*tokens, end]) for tokens in translations])
    back = log_probabilities([([*task, target, *tokens, source], [*words, end]) for tokens in translations])
    lengths = torch.tensor([len(tokens) + 1.0 for tokens in translations])
    score = (there + OTHER_WAY * back) / lengths**LENGTH_PENALTY
    return [(i, float(there[i]), float(back[i]), float(score[i])) for i in score.argsort(descending=True).tolist()]
