"""English in capitals, read as in small letters: the model knows Station and station, not STATION."""

import re

from genai_demo.text.tokenizer import load_tokenizer

WORD = re.compile(r"(?<![\w@%{$./])[A-Z]+(?:['’][A-Z]+)*(?![\w@}/]|\.\w)")
SPELLED = frozenset(
    [
        "AI", "AIDS", "API", "ATM", "CEO", "CIA", "COVID", "DNA", "EU", "GDP", "GPA", "GPU", "ID", "IQ", "ISO", "JPEG",
        "LED", "NASA", "NATO", "OPEC", "PDF", "SIM", "SOS", "SUV", "UFO", "UK", "UN", "UNESCO", "UNICEF", "URL", "US",
        "USA", "USB", "UV", "VIP", "WHO", "WIFI",
    ]
)  # fmt: skip
"""Capitals that are spelled, or a name, and have a vowel; without one no word needs to be known to be spelled."""


def is_shouted(sentence: str) -> bool:
    """Whether all its letters are capitals, and more of them than an abbreviation has."""
    words = [word for word in re.findall(r"[^\W\d_]+", sentence) if word not in SPELLED]
    letters = "".join(words)
    return letters.isupper() and letters.isascii() and bool(re.search("[AEIOUY]", letters)) and len(letters) > 1


def lowered(text: str, shouted: bool) -> str:
    """Words in capitals with small letters, but for I, names and abbreviations.

    shouted: all words of the sentence are in capitals; else only what the model has in small letters: VERY, not NASA.
    """
    return WORD.sub(lambda match: _word(match.group(), shouted), text)


def begun(sentence: str) -> str:
    """The sentence with a capital as its first letter."""
    first = re.search(r"[^\W\d_]", sentence)
    return sentence[: first.start()] + first.group().upper() + sentence[first.end() :] if first else sentence


def _word(word: str, shouted: bool) -> str:
    """A word in capitals as it stands in a sentence."""
    stem, _, rest = word.partition("'")
    if stem == "I" or (not shouted and len(stem) < 3) or stem in SPELLED or not re.search("[AEIOUY]", stem):
        return stem + word[len(stem) :].lower() if rest and shouted else word
    known = [form for form in (word.lower(), word.capitalize()) if len(load_tokenizer().encode(f" {form}")) == 1]
    return known[0] if known else word.lower() if shouted else word
