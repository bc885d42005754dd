"""Text to phones: what the acoustic model reads, sentence by sentence, English and Mandarin mixed freely.

from genai_demo.audio.speech.phonemes import phonemise
for utterance in phonemise("Hello, 你好!"):
    print([phone.symbol + phone.mark for phone in utterance.phones])
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from genai_demo.audio.speech import english, homographs
from genai_demo.audio.speech import mandarin as chinese
from genai_demo.audio.speech.mixed import HAN
from genai_demo.audio.speech.normalise import normalise

EDGE = "|"
"""Silence at the start and the end of an utterance."""
PAUSES = (",", ".", "?", "!")
SYMBOLS: tuple[str, ...] = (EDGE, *PAUSES, *english.VOWELS, *english.CONSONANTS, *chinese.INITIALS, *chinese.FINALS)
"""ARPAbet in capitals, Mandarin initials and finals in small letters, pauses."""
MARKS: tuple[str, ...] = ("", "en0", "en1", "en2", "zh1", "zh2", "zh3", "zh4", "zh5")
"""None (consonants, pauses); stress of English vowels; tones of Mandarin finals, 5 the neutral one."""

FIRST_PHONES, LONGEST = 40, 160
"""Phones of the first piece of a text, so that it is spoken soon, and of any other."""
_ABBREVIATION = 3
"""Letters up to which capitals in a Chinese sentence are no word."""
_CALLS = frozenset(("YES", "NO", "WOW", "HI", "BYE", "OH", "AH", "HA", "THE"))
_TOKEN = re.compile(rf"[A-Za-z']+|[{HAN}]+|[,.?!]")
_SENTENCE = re.compile(r"[^.?!\n]+[.?!\n]*")
_BREATH = frozenset(
    ("and", "or", "but", "that", "which", "who", "because", "when", "while", "if", "as", "than", "with", "for", "in")
    + (
        "of",
        "to",
        "from",
        "at",
        "on",
        "by",
        "和",
        "但",
        "而",
        "因",
        "所",
        "就",
        "也",
        "又",
        "在",
        "把",
        "被",
        "与",
        "或",
    )
)
"""Words before which a long sentence without commas is cut."""


@dataclass(frozen=True)
class Phone:
    """A sound: its symbol out of SYMBOLS, its mark out of MARKS, and "en" or "zh"."""

    symbol: str
    mark: str
    language: str


@dataclass(frozen=True)
class Word:
    """A word, a Chinese character, or a pause, and which phones it has: ``phones[first:last]``."""

    text: str
    first: int
    last: int
    start: int
    """Place of its first character in the text of the utterance."""
    strong: bool = False
    """Whether it is said with emphasis."""


@dataclass(frozen=True)
class Utterance:
    """A sentence or a part of one, spoken in one breath. Every phone belongs to exactly one word."""

    text: str
    """Normalised: words and , . ? ! only."""
    phones: tuple[Phone, ...]
    words: tuple[Word, ...]


_Piece = tuple[str, int, tuple[Phone, ...]]
"""Text of a word or pause, its place in the sentence, its phones."""


def english_word(word: str) -> list[tuple[str, str]]:
    """Symbols and marks of an English word, by dictionary or by rule."""
    return [(s, "en" + m if m else "") for s, m in english.english_word(word)]


def stressed(word: str, heard: list[str]) -> list[tuple[str, str]]:
    """Symbols and marks of ARPAbet phones heard in this word, whose stress is not known (an alignment)."""
    return [(s, "en" + m if m else "") for s, m in english.stressed(word, heard)]


def mandarin(syllable: str) -> list[tuple[str, str]]:
    """Symbols and marks of a pinyin syllable with its tone: "ni3", "lv4", "de5"; "r5" is 儿 after a syllable."""
    return [(s, "zh" + m if m else "") for s, m in chinese.mandarin(syllable)]


def phonemise(text: str, first_phones: int = FIRST_PHONES) -> list[Utterance]:
    """The utterances of a text. Raises ValueError where it is too long or nothing in it can be spoken.

    first_phones: about how many phones the first may have.
    """
    return list(stream(text, first_phones))


def stream(text: str, first_phones: int = FIRST_PHONES) -> Iterator[Utterance]:
    """As ``phonemise``, each utterance as soon as it is known."""
    found = normalise(text)
    return _utterances(found.text, first_phones, found.strong)


def _utterances(text: str, first_phones: int, strong: tuple[tuple[int, int], ...]) -> Iterator[Utterance]:
    first = True
    for match in _SENTENCE.finditer(text):
        sentence, pieces = match[0], _pieces(match[0])
        emphatic = {i - match.start() for start, end in strong for i in range(start, end)}
        while any(phones[0].symbol not in PAUSES for _, _, phones in pieces):
            size = _cut(pieces, first_phones if first else LONGEST)
            yield _utterance(sentence, pieces[:size], emphatic)
            pieces, first = pieces[size:], False
    if first:
        raise ValueError("Nothing in this text can be spoken: no dictionary knows how its characters are read.")


def _pieces(sentence: str) -> list[_Piece]:
    """Words and pauses of a sentence; of several pauses in a row the last counts, and none comes first."""
    tokens = [(m[0], m.start()) for m in _TOKEN.finditer(sentence)]
    found: list[_Piece] = []
    written = tuple(token for token, _ in tokens)
    for place, (token, start) in enumerate(tokens):
        if token in PAUSES:
            language = found[-1][2][-1].language if found else "en"
            if found and found[-1][0] in PAUSES:
                found.pop()
            if found:
                found.append((token, start, (Phone(token, "", language),)))
        elif token[0].isascii():
            sounds = _letters(tokens, place) or homographs.choose(written, place) or english.english_word(token)
            if sounds:
                found.append((token, start, tuple(Phone(s, "en" + m if m else "", "en") for s, m in sounds)))
        else:
            for i, syllable in enumerate(chinese.syllables(token)):
                sounds = tuple(mandarin(syllable)) if syllable else ()
                if sounds:
                    found.append((token[i], start + i, tuple(Phone(s, m, "zh") for s, m in sounds)))
    return found


def _letters(tokens: list[tuple[str, int]], place: int) -> english.Phones | None:
    """The names of the letters, where capitals stand alone among Chinese words, as do AI, IT and US."""
    token = tokens[place][0]
    around = [t for t, _ in (*tokens[max(0, place - 1) : place], *tokens[place + 1 : place + 2]) if t not in PAUSES]
    alone = around and not any(t.isascii() for t in around)
    spelled = token.isalpha() and (len(token) == 1 or (token.isupper() and len(token) <= _ABBREVIATION))
    return english.spell(token) if alone and spelled and token not in _CALLS else None


def _cut(pieces: list[_Piece], limit: int) -> int:
    """How many pieces the next utterance takes: all if it is not much too long, else up to a comma or a breath."""
    ends = [0]
    for _, _, phones in pieces:
        ends.append(ends[-1] + len(phones))
    if ends[-1] <= limit * 3 // 2:
        return len(pieces)
    commas = [i for i in range(1, len(pieces)) if pieces[i - 1][0] in PAUSES]
    breaths = [i for i in range(1, len(pieces)) if pieces[i][0].lower() in _BREATH and ends[i] >= limit // 2]
    for places in (commas, breaths, range(1, len(pieces))):
        if near := [i for i in places if ends[i] <= limit * 3 // 2]:
            within = [i for i in near if ends[i] <= limit]
            return max(within) if within else min(near)
    return 1


def _utterance(sentence: str, pieces: list[_Piece], strong: set[int]) -> Utterance:
    """One utterance with a pause at its end and silence around. strong: places in the sentence with emphasis."""
    offset = pieces[0][1]
    end = pieces[-1][1] + len(pieces[-1][0])
    text, language = sentence[offset:end], pieces[-1][2][-1].language
    if pieces[-1][0] not in PAUSES:
        closing = "." if not sentence[end:].strip() else ","
        pieces = [*pieces, (closing, end, (Phone(closing, "", language),))]
    edges = [(EDGE, offset, (Phone(EDGE, "", pieces[0][2][0].language),)), (EDGE, end, (Phone(EDGE, "", language),))]
    phones: list[Phone] = []
    words = []
    for name, start, sounds in [edges[0], *pieces, edges[1]]:
        stands_out = start in strong and name not in (EDGE, *PAUSES)
        words.append(Word(name, len(phones), len(phones) + len(sounds), start - offset, stands_out))
        phones += sounds
    return Utterance(text, tuple(phones), tuple(words))


@functools.cache
def warm() -> None:
    """Read the dictionaries, so that the first text does not wait for them."""
    from genai_demo.audio.speech import letters

    letters.model()
    phonemise("I read a first try. 先试一下。")
