"""Translation, sentence by sentence: the likeliest of a beam search, ranked both ways."""

from collections.abc import Iterator

import torch

from genai_demo.core import chinese, decode, sentences
from genai_demo.core.device import pick_device
from genai_demo.text import faithful, scripts
from genai_demo.text.documents import LANGUAGES
from genai_demo.text.likelihood import log_probabilities
from genai_demo.text.network import allowed, encoded, model, required_choice
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


def translate(text: str, source: str = "en", target: str = "zh", script: str = "simplified") -> str:
    """Translate sentence by sentence; line breaks stay where they are, but for those in mid-sentence.

    script: of the Chinese that comes out, one of ``SCRIPTS``.
    """
    pieces = translate_sentences(text, source, target, script=script)
    return "".join(best[0] if best else piece for piece, best in pieces)


def translate_sentences(
    text: str, source: str = "en", target: str = "zh", beams: int = BEAMS, script: str = "simplified"
) -> Iterator[tuple[str, list[str]]]:
    """Every sentence with its translations, best first; what is only space, or the head of an item, comes with none.

    The beams are ranked by how likely both ways find them, see ``_both_ways``. Numbers and placeholders are those of
    the source, see ``faithful``. script: as for ``translate``.
    """
    (
        required_choice(source, LANGUAGES, "language"),
        required_choice(target, LANGUAGES, "language"),
        required_choice(script, SCRIPTS, "script"),
    )
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
        found = _translations(words, source, target, beams)
        found = list(dict.fromkeys(map(chinese.traditional, found))) if script == "traditional" else found
        yield piece, [translation + space for translation in found]


def _translations(sentence: str, source: str, target: str, beams: int) -> list[str]:
    """Of one sentence, best first; those with other numbers in words than the source behind all others.

    Where all have such, the sentence is translated once more with all its numbers in digits.
    """
    for all_words in (False, True):
        read = faithful.read(sentence, source, target, all_words)
        found = list(dict.fromkeys(_translated(read, source, target, beams)))
        true = [translation for translation in found if read.is_true(translation)]
        if true:
            break
    return true + [translation for translation in found if translation not in true]


def _translated(read: faithful.Source, source: str, target: str, beams: int) -> list[str]:
    """Translations of a sentence as the model reads it, best first."""
    tokenizer, net = load_tokenizer(), model()
    mark = tokenizer.control
    prompt = [mark("translate"), mark(source), *tokenizer.encode(read.words), mark(target)]
    prompt = prompt[: net.config.context // 2 - 1] + ([mark(target)] if len(prompt) >= net.config.context // 2 else [])
    most = min(LONGEST_SENTENCE, LONGER * len(prompt) + 8, net.config.context - len(prompt) - 1)
    may_come = (allowed("end") & scripts.translated(read.words, target)).to(pick_device())
    beam = decode.beam_search(net, prompt, may_come, mark("end"), beams, most, 0.8, 3, read.copies)
    found = [tokens for tokens, _ in beam]
    return [read.text(tokens) for tokens in _both_ways(prompt, [t for t in found if read.copies.holds(t)] or found)]


@torch.inference_mode()
def _both_ways(prompt: list[int], translations: list[list[int]]) -> list[list[int]]:
    """Translations, best first: likely to come from the source, and likely to lead back to it.

    The network translates in both directions, so it is asked twice (Yee et al. 2019, "Simple and Effective Noisy
    Channel Modeling", there with several networks; here without a language model).
    prompt: the task, the language, the source's tokens, the other language.
    """
    end = load_tokenizer().control("end")
    task, source, *words, target = prompt
    there = log_probabilities([(prompt, [*tokens, end]) for tokens in translations])
    back = log_probabilities([([task, target, *tokens, source], [*words, end]) for tokens in translations])
    lengths = torch.tensor([len(tokens) + 1.0 for tokens in translations])
    score = (there + OTHER_WAY * back) / lengths**LENGTH_PENALTY
    return [translations[i] for i in score.argsort(descending=True).tolist()]
