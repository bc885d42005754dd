"""English words to phones: the CMU Pronouncing Dictionary, endings of words that it knows, spelling, and rules.

The dictionary lies beside this file, its lines sorted (Carnegie Mellon University, BSD licence, see NOTICE); phones are
ARPAbet, vowels with their stress: 1 strong, 2 weaker, 0 none.
"""

import functools
import lzma
import re
from bisect import bisect_left
from pathlib import Path

from genai_demo.audio.speech.english_lexicon import SPELLED, SPOKEN

DICTIONARY = Path(__file__).with_name("cmudict.dict.xz")
VOWELS = ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
_CONSONANTS = "B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH"
CONSONANTS = tuple(_CONSONANTS.split())

Phones = tuple[tuple[str, str], ...]
"""Symbols and their marks: the stress of a vowel, "" for a consonant."""

_LETTERS = {
    "a": "EY1", "b": "B IY1", "c": "S IY1", "d": "D IY1", "e": "IY1", "f": "EH1 F", "g": "JH IY1", "h": "EY1 CH",
    "i": "AY1", "j": "JH EY1", "k": "K EY1", "l": "EH1 L", "m": "EH1 M", "n": "EH1 N", "o": "OW1", "p": "P IY1",
    "q": "K Y UW1", "r": "AA1 R", "s": "EH1 S", "t": "T IY1", "u": "Y UW1", "v": "V IY1",
    "w": "D AH1 B AH0 L Y UW0", "x": "EH1 K S", "y": "W AY1", "z": "Z IY1",
}  # fmt: skip
_SIBILANT, _VOICELESS = ("S", "Z", "SH", "ZH", "CH", "JH"), ("P", "T", "K", "F", "TH")
_ENDINGS = (
    ("ing", "IH0 NG"), ("ings", "IH0 NG Z"), ("in'", "IH0 N"), ("er", "ER0"), ("ers", "ER0 Z"), ("est", "AH0 S T"),
    ("ly", "L IY0"), ("ness", "N AH0 S"), ("less", "L AH0 S"), ("ful", "F AH0 L"), ("ment", "M AH0 N T"),
    ("ments", "M AH0 N T S"), ("able", "AH0 B AH0 L"), ("ish", "IH0 SH"), ("ism", "IH2 Z AH0 M"), ("ist", "AH0 S T"),
    ("hood", "HH UH2 D"), ("ship", "SH IH2 P"), ("like", "L AY2 K"), ("wise", "W AY2 Z"), ("proof", "P R UW2 F"),
)  # fmt: skip
_BEGINNINGS = {
    "un": "AH0 N", "re": "R IY0", "non": "N AA2 N", "pre": "P R IY0", "anti": "AE2 N T IY0", "over": "OW2 V ER0",
    "under": "AH2 N D ER0", "mis": "M IH0 S", "inter": "IH2 N T ER0", "multi": "M AH2 L T IY0", "super": "S UW2 P ER0",
    "micro": "M AY2 K R OW0", "cyber": "S AY2 B ER0", "auto": "AO2 T OW0", "semi": "S EH2 M IY0", "sub": "S AH2 B",
}  # fmt: skip
_USUAL = {"was": "W AH1 Z", "an": "AH0 N"}
"""Where running speech prefers another form than the one that the dictionary lists first."""
LONGEST_INITIALISM = 6
"""Letters; longer rows of capitals are words."""
_HALF = 4
"""Letters that each half of a compound has at least."""


def phones(written: str) -> Phones:
    """Pairs from the dictionary's way of writing: "K AE1 T" to (("K", ""), ("AE", "1"), ("T", ""))."""
    return tuple((p.rstrip("012"), p[-1] if p[-1] in "012" else "") for p in written.split())


@functools.cache
def dictionary() -> list[bytes]:
    """The dictionary's lines, sorted."""
    return lzma.decompress(DICTIONARY.read_bytes()).splitlines()


@functools.lru_cache(20_000)
def known(word: str) -> tuple[Phones, ...]:
    """All pronunciations that the dictionary lists for a word in small letters, the usual one first."""
    if word in SPOKEN:
        return (phones(SPOKEN[word]),)
    lines, found = dictionary(), []
    for key in (f"{word} ".encode(), f"{word}(".encode()):  # "read R EH1 D" and "read(2) R IY1 D"
        place = bisect_left(lines, key)
        while place < len(lines) and lines[place].startswith(key):
            entry, _, _ = lines[place].decode().partition("#")
            found.append(phones(entry.partition(" ")[2]))
            place += 1
    return tuple(found)


def spell(letters: str) -> Phones:
    """The names of the letters; the last one carries the stress."""
    names = [phones(_LETTERS[c]) for c in letters.lower() if c in _LETTERS]
    weaker = [tuple((s, "2" if m == "1" else m) for s, m in name) for name in names[:-1]]
    return sum([*weaker, *names[-1:]], ())


@functools.lru_cache(20_000)
def english_word(word: str) -> Phones:
    """Symbols and marks of a word; its capitals tell abbreviations and joined words apart.

    Characters other than A-Z and the apostrophe are passed over.
    """
    word = re.sub(r"[^A-Za-z']", "", word.replace("’", "'")).strip("'") if word != "'s" else word
    stem, _, rest = word.partition("'")
    if stem.isupper() and rest in ("s", "") and (stem in SPELLED or is_abbreviation(stem)):
        return plural(spell(stem)) if rest else spell(stem)
    if len(stem) > 2 and stem[-1] == "s" and (stem[:-1].isupper() or stem[:-1].lower() in SPOKEN):  # PCs, GIFs, PhDs
        return plural(spell(stem[:-1]) if is_abbreviation(stem[:-1]) else _small(stem[:-1].lower()))
    pieces = re.findall(r"[A-Z]?[a-z']+|[A-Z]+(?![a-z])", word)
    if len(pieces) > 1 and not known(word.lower()):
        return sum((english_word(p) for p in pieces), ())
    return _small(word.lower())


def is_abbreviation(capitals: str) -> bool:
    """Whether capitals are spelled: short, and no word or name of the dictionary, or without a vowel.

    One that the dictionary does not know is still a word where vowels and consonants take turns: FEMA, COVAX.
    """
    if capitals in SPELLED or len(capitals) > LONGEST_INITIALISM or not capitals.isupper():
        return capitals in SPELLED
    if known(capitals.lower()):
        return not re.search("[AEIOUY]", capitals)
    return not re.fullmatch("(?:[B-DF-HJ-NP-TV-Z][AEIOU]){2,}[B-DF-HJ-NP-TV-Z]?", capitals)


def apart(capitals: str) -> str:
    """Capitals one by one, for text that is read again: "Q ay", as an A of its own would be the article."""
    return " ".join("ay" if c == "A" else c for c in capitals)


def is_spelled(capitals: str) -> bool:
    """Whether capitals are read by the names of their letters."""
    return [s for s, _ in english_word(capitals)] == [s for s, _ in spell(capitals)]


def initialism(capitals: str) -> str:
    """Capitals that shall be read one by one: as they are where an English word of them is spelled anyway."""
    return capitals if len(capitals) <= LONGEST_INITIALISM and is_spelled(capitals) else apart(capitals)


def _small(word: str) -> Phones:
    if word in _USUAL:
        return phones(_USUAL[word])
    if listed := known(word):
        return listed[0]
    if not word.strip("'"):
        return ()
    if len(word) == 1 or not re.search("[aeiouy]", word):
        return spell(word)
    if found := derived(word):
        return found
    from genai_demo.audio.speech import letters  # torch, only where it is needed

    return letters.pronounce(word.replace("'", ""))


def derived(word: str) -> Phones:
    """From words that the dictionary knows, by ending, beginning or as a compound; () where that fails."""
    for ending in ("'s", "s'", "'", "s", "es"):
        stem = word.removesuffix(ending)
        if stem != word and (found := _stem(stem, ("es",) if ending == "es" else ())):
            return plural(found) if "s" in ending else found
    if word.endswith("ies") and (found := _stem(word[:-3] + "y")):
        return plural(found)
    if word.endswith("ed") and (found := _stem(word[:-2], ("e", "double")) or _stem(word[:-3] + "y")):
        return found + _past(found)
    for ending, sound in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and (found := _stem(stem, ("e", "double") if ending[0] in "aei" else ())):
            return found + phones(sound)
    for beginning, sound in _BEGINNINGS.items():
        rest = word.removeprefix(beginning)
        if rest != word and len(rest) >= _HALF and (listed := known(rest)):
            return phones(sound) + listed[0]
    return _compound(word)


def _stem(stem: str, changes: tuple[str, ...] = ()) -> Phones:
    """The pronunciation of a stem, also of one that lost an e or doubled its last letter before an ending."""
    if len(stem) < 3:
        return ()
    tries = [stem]
    if "e" in changes:
        tries.insert(0, stem + "e")
    if "double" in changes and stem[-1] == stem[-2] and len(stem) > 3:
        tries.append(stem[:-1])
    return next((found[0] for t in tries if (found := known(t))), ())


def plural(stem: Phones) -> Phones:
    """With the ending -s."""
    last = stem[-1][0]
    return stem + phones("IH0 Z" if last in _SIBILANT else "S" if last in _VOICELESS else "Z")


def _past(stem: Phones) -> Phones:
    """The sound of the ending -ed after a stem."""
    last = stem[-1][0]
    return phones("IH0 D" if last in "TD" else "T" if last in (*_VOICELESS, "S", "SH", "CH") else "D")


def _compound(word: str) -> Phones:
    """Two known words in one, the second with the weaker stress."""
    for cut in range(len(word) - _HALF, _HALF - 1, -1):
        first, second = known(word[:cut]), known(word[cut:])
        if first and second:
            return first[0] + tuple((s, "2" if m == "1" else m) for s, m in second[0])
    return ()


def stressed(word: str, heard: list[str]) -> Phones:
    """Phones that were heard without marks, with the stress that the dictionary gives the word.

    heard: ARPAbet symbols, for example of a forced alignment. They are kept whatever the dictionary says;
    where no listed pronunciation has as many vowels, the nearest count decides and the rest is unstressed.
    """
    choices = [*known(word.lower()), english_word(word)]
    same = [c for c in choices if [s for s, _ in c] == heard]
    vowels = sum(s in VOWELS for s in heard)
    best = (same or sorted(choices, key=lambda c: abs(sum(m != "" for _, m in c) - vowels)))[0]
    marks = [m for _, m in best if m]
    marks = (marks + ["0"] * vowels)[:vowels]
    remaining = iter(marks)
    return tuple((s, next(remaining) if s in VOWELS else "") for s in heard)
