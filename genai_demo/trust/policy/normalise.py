"""Undoes the disguises that a filter meets: full width, invisible and foreign letters, leetspeak, letters set apart.

A text becomes a few *views*, lower-case strings in which every sentence is a line, signs are spaces and commas stay.
The first is the plain one; the others exist only where they differ.
"""

import re
import unicodedata

from genai_demo.core import chinese

HAN = "\u3007\u3400-\u9fff\U00020000-\U0003ffff"
LETTERS = dict(
    zip(
        "абвгдеёзийклмнопрстуфхсуьѕіјԁԛԝһӏαβγδεηικμνορστυχω",
        "abbrдeeзийkлmhonpctyфxcybsijdqwhlabydenikmvopotuxw",
        strict=True,
    )
)
"""Cyrillic and Greek letters that look like Latin ones."""
LETTERS |= dict(zip("ɑɡıℓʀʏßøðþłđħŧæœ", "agilrysodpldhtao", strict=True))
LEET = str.maketrans("013457689@$!|+€£¢()", "oieastgbgasiitelcci"[:19])
LEET_L = str.maketrans("013457689@$!|+€£¢()", "oleastgbgasiltelcci"[:19])
SIMPLIFIED = chinese.character_table()
"""Traditional characters to simplified ones, by their code."""
SENTENCE_END = re.compile(r"(?<![.!?])[.!?]+(?=[\s\"'”’」』)]|$)|[。！？…;；\n\r]+")
SPACED = re.compile(r"(?<![a-z0-9])(?:[a-z0-9@$!|] ){2,}[a-z0-9@$!|](?![a-z0-9])")
SUM = re.compile(r"(?<=\d) ?([+−*×x/÷]) ?(?=\d)|(?<=\d) (-) (?=\d)")
OPERATORS = {
    "-": "minus",
    "−": "minus",
    "+": "plus",
    "*": "times",
    "×": "times",
    "x": "times",
    "/": "over",
    "÷": "over",
}
APART = re.compile(r"(?:\S )+\S")
"""Words between wider spaces whose letters are set apart."""
LEET_SIGN = re.compile("[0-9@$!|+€£¢]")


class _Folds(dict[int, str]):
    """A table for ``str.translate`` that learns every character when it first meets it."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _folded(chr(code))
        return found


def _folded(character: str) -> str:
    """One character as a Latin or simplified Chinese one without accents; nothing where it cannot be seen.

    Digits of every script are Western ones.
    """
    kind = unicodedata.category(character)
    if kind in ("Cf", "Mn", "Me", "Cn", "Co"):
        return ""
    if kind == "Nd":
        return str(unicodedata.digit(character))
    found = unicodedata.normalize("NFKD", character)[:1] if kind[0] == "L" and character < "\u2e80" else character
    return LETTERS.get(found, found).translate(SIMPLIFIED)


FOLDS = _Folds()


def folded(text: str) -> str:
    """Lower case, without accents and invisible characters, look-alikes as Latin letters, simplified, in NFKC.

    Every sentence is a line: in NFKC, Chinese marks of its end would look like signs within a word.
    """
    text = unicodedata.normalize("NFKC", SENTENCE_END.sub("\n", text)).casefold()
    if not text.isascii():
        text = text.translate(FOLDS)
    return text


def _plain(text: str) -> str:
    """Signs as spaces, no space between Chinese characters, no empty line."""
    text = re.sub("[，、：,:]+", ",", text)
    text = re.sub(rf"[^a-z0-9,\n{HAN}]+", " ", text)
    text = re.sub(rf"(?<=[{HAN}]) (?=[{HAN}])", "", text)
    return re.sub(r"[ \n]*\n[ \n]*", "\n", text).strip()


def _joined(text: str) -> str:
    """Letters that are set apart ("b o m b", "b.o.m.b", "b-o-m-b") as words."""
    text = re.sub(r"(?<=[a-z0-9@$!|])(?:[.\-_*~·•/\\]|'| ?[.\-_*~·•/\\] ?)(?=[a-z0-9@$!|](?![a-z0-9]))", " ", text)
    parts = re.split("( {2,}|\n)", text)
    text = "".join(_together(p) if APART.fullmatch(p) else p for p in parts)
    return SPACED.sub(lambda found: _together(found[0]), text)


def _together(letters: str) -> str:
    """Letters set apart as a word; after an "a" or "i" that may be a word of its own, both readings."""
    word = letters.replace(" ", "")
    return f"{word} {word[1:]}" if word[0] in "ai" and len(word) > 3 else word


def views(text: str) -> list[str]:
    """The plain view of a text, and those that other readings of it give."""
    text = folded(text)
    found = [_plain(text)]
    apart = _joined(text)
    for other in (
        apart if apart != text else "",
        *({_unleeted(apart, table) for table in (LEET, LEET_L)} - {apart, text}),
        SUM.sub(lambda found: f" {OPERATORS[found[1] or found[2]]} ", text),
        re.sub(r"([a-z])\1{2,}", r"\1", apart) if re.search(r"([a-z])\1{2}", apart) else "",
    ):
        if other and other != text and (view := _plain(other)) not in found:
            found.append(view)
    return found


def _unleeted(text: str, table: dict[int, int]) -> str:
    return re.sub(r"\S+", lambda found: _leet(found[0], table), text)


def _leet(word: str, table: dict[int, int]) -> str:
    """A word with its digits and signs read as letters, if it has both; signs at its end are punctuation."""
    if not LEET_SIGN.search(word) or not re.search("[a-z]", word):
        return word
    body = word.rstrip("!?.,;:)|+")
    return body.translate(table) + word[len(body) :]


def sentence_starts(text: str) -> list[int]:
    """Where the sentences of a text begin, those without a letter aside: one for every line of its plain view."""
    found, start = [], 0
    for end in [*(m.end() for m in SENTENCE_END.finditer(text)), len(text)]:
        if _plain(folded(text[start:end])):
            found.append(start)
        start = end
    return found
