"""A sentence as the model is to read it, and what of it the translation must hold."""

import re
from dataclasses import dataclass

from genai_demo.core import chinese
from genai_demo.text import capitals, numbers, placeholders
from genai_demo.text.copies import Copies, Unit
from genai_demo.text.tokenizer import load_tokenizer

EDGES = re.compile(r"((?:</?[A-Za-z][^<>]*>\s*)*)(.*?)((?:\s*</?[A-Za-z][^<>]*>)*)", re.DOTALL)


@dataclass(frozen=True)
class Source:
    """A sentence to be translated."""

    words: str
    """What the model reads."""
    copies: Copies
    """What the translation holds."""
    values: frozenset[int]
    """The numbers that the translation may write in words."""
    target: str
    around: tuple[str, str] = ("", "")
    """Tags at its ends, which the model does not see."""

    def text(self, tokens: list[int]) -> str:
        """A translation in words: the placeholders put back, and no odd space beside numbers."""
        found = self.copies.text(tokens).strip()
        if self.target == "zh":
            found = re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\d{%<])|(?<=[\d}%>]) (?=[\u3000-\u9fff])", "", found)
        else:
            found = re.sub(r"(?<=\S) {2,}(?=\S)", " ", found)
            found = re.sub(r"(?<=\S)(<\w[^<>]*>) (?=\S)", r" \1", found)
        return self.around[0] + found + self.around[1]

    def is_true(self, translation: str) -> bool:
        """Whether the numbers that it writes in words are those of the source."""
        return numbers.values_in_words(translation, self.target) <= self.values


def has_words(sentence: str) -> bool:
    """Whether there is anything to translate, besides placeholders, digits and signs."""
    return bool(re.search(r"[^\W\d_]", placeholders.PLACEHOLDER.sub(" ", sentence)))


def read(sentence: str, source: str, target: str, all_words: bool = False) -> Source:
    """A sentence in simplified characters and small letters, longer numerals in digits, names for the placeholders.

    Its numbers and placeholders are units that the translation must copy. all_words: numbers of one word as well.
    """
    encode = load_tokenizer().encode
    shouted = source == "en" and capitals.is_shouted(placeholders.PLACEHOLDER.sub("", sentence))
    if source == "zh":
        sentence = placeholders.outside(sentence, chinese.simplified)
    else:
        sentence = placeholders.outside(sentence, lambda text: capitals.lowered(text, shouted))
    edges = EDGES.fullmatch(sentence)
    before, sentence, after = edges.groups() if edges else ("", sentence, "")
    if shouted and not placeholders.PLACEHOLDER.match(sentence):
        sentence = capitals.begun(sentence)
    sentence = placeholders.outside(sentence, lambda text: numbers.in_digits(text, source, all_words))
    words, stand_ins = placeholders.with_stand_ins(sentence, source)
    bare = placeholders.PLACEHOLDER.sub("\ufffc", sentence)
    found = numbers.numbers_of(bare, source, target)
    units = [Unit(tuple(tuple(encode(s)) for s in number.spellings), "", number.required) for number in found]
    for stand_in in stand_ins:
        spellings = tuple(tuple(encode(s)) for s in stand_in.spellings)
        opening = stand_in.opening + len(found) if stand_in.opening >= 0 else -1
        units.append(Unit(spellings, stand_in.text, after=opening))
    in_words = numbers.values_in_words(bare, source)
    copies = Copies(tuple(units), load_tokenizer().control("end"), bool(in_words))
    values = in_words | {int(n) for n in re.findall(r"\d+", bare)} | numbers.named_values(bare, source)
    return Source(words, copies, frozenset(values), target, (before, after))
