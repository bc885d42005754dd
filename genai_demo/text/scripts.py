"""Which tokens are written in which script, so that an English text stays English and a Chinese one Chinese.

One model writes both languages, and a small one slips from one into the other in mid-sentence.
"""

import functools
import re

import torch
from torch import Tensor

from genai_demo.text.tokenizer import load_tokenizer

HAN = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
HAN_BYTES = re.compile(rb"[\xe3-\xe9\xef]")
"""First bytes in UTF-8 of Chinese characters and of the punctuation that goes with them."""
LATIN = re.compile(r"[A-Za-z]{2}")
LATIN_BYTES = re.compile(rb"^ [A-Za-z]|[a-z]{3}")
"""Words of running English. Short capitals such as GDP, and names spelled letter by letter, are good Chinese too."""
WORD = re.compile(r"[A-Za-z0-9][\w.@/+-]*")
SCRIPTS = {"en": (HAN, HAN_BYTES), "zh": (LATIN, LATIN_BYTES)}
"""For each language what is foreign to it: in a text, in a token."""


@functools.cache
def foreign_tokens(language: str) -> Tensor:
    """(rows,) bool: the tokens in the script of the other language."""
    tokenizer, (_, found) = load_tokenizer(), SCRIPTS[language]
    marks = [bool(found.search(tokenizer.bytes_of(token))) for token in range(tokenizer.size)]
    return torch.tensor(marks)


def native(language: str, *texts: str) -> Tensor:
    """(rows,) bool: the tokens that a text in this language may have.

    All of them where one of the ``texts``, the user's own words, mixes the scripts already, and for
    no language ("").
    """
    if language not in SCRIPTS or any(SCRIPTS[language][0].search(text) for text in texts):
        return torch.ones(load_tokenizer().size, dtype=torch.bool)
    return ~foreign_tokens(language)


def names(text: str) -> list[str]:
    """The words of an English text that may stand in a Chinese one as they are: names, numbers, addresses.

    They have a capital letter, a digit, or a sign that words lack, and are rare: a word that the tokenizer has whole,
    as Mary or Monday, or The at the start of a sentence, has its translation.
    """
    tokenizer, found = load_tokenizer(), []
    for word in WORD.findall(text):
        word = word.rstrip(".-/+")
        whole = any(len(tokenizer.encode(" " + form)) == 1 for form in (word, word.lower()))
        common = word[1:] == word[1:].lower() and whole
        if re.search(r"[A-Z0-9@/.]", word) and not common:
            found.append(word)
    return found


def translated(source: str, target: str) -> Tensor:
    """(rows,) bool: the tokens that the translation of a text into this language may have.

    Its own script, and in Chinese the names of the English text.
    """
    found = native(target)
    if target == "zh":
        found = found.clone()
        for name in names(source):
            found[load_tokenizer().encode(name) + load_tokenizer().encode(" " + name)] = True
    return found
