"""Addresses as they are read aloud: web, e-mail, files and paths, and names with a dot inside such as Node.js."""

import re

from genai_demo.audio.speech.english_numbers import digits

_DOMAINS = "com|org|net|edu|gov|io|ai|cn|uk|de|fr|eu|jp|info|dev|app|co|tv|me|us|ca|au|in|it|es|ru|nl|ch|tech|xyz|shop"
_ADDRESS = re.compile(
    r"(?<![\w@])(?:(?:https?|ftp)://[!-~]*[A-Za-z0-9/]|www\.[!-~]*[A-Za-z0-9/]|[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
    rf"|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:{_DOMAINS})(?:/[!-~]*[A-Za-z0-9/])?(?![\w])(?!\.\w))",
    re.ASCII,
)
_PATH = re.compile(
    r"(?<![\w/.:<])(?:(?:~|\.{1,2})?/[\w.-]*\w(?:/[\w.-]*\w)*/?|[A-Za-z]:\\[\w.\\-]*\w"
    r"|[\w-]+(?:/[\w.-]+)*/[\w-]+\.[a-z]\w{0,4}\b)"
    r"(?![\w/])",
    re.ASCII,
)
_DOTTED = re.compile(r"(?<![\w.])\w[\w-]*(?:\.\w[\w-]*)+(?!\w)", re.ASCII)
_LEADING = re.compile(r"(?<![\w.)\]])\.(?=[A-Za-z]{2,})", re.ASCII)
_NO_NAME = re.compile(
    r"(?:[A-Za-z]\.)+[A-Za-z]?|Ph\.D|[BM]\.(?:Sc|Ed|Eng|Phil)|[\d.]+\w{0,3}|[\d.]+[eE]-?\d+|[A-Za-z]+\d+\.\d+|v\d[\d.]*",
    re.ASCII,
)
"""Initials, degrees, numbers with a unit, versions (v2.0, PM2.5)."""
_TWO_SENTENCES = re.compile(
    r"[a-z\d]*[a-z]{2}\.[A-Z][a-z]*|(?:N[Oo]|no|[Pp]|[Vv]ol|[Ff]ig|Mr|Mrs|Ms|Dr|St|Prof|vs|approx|[Ss]ec)\.\w+"
)
"""The space after a full stop was left out, or an abbreviation's."""
_NAMES = {
    ".": "dot", "/": "slash", "@": "at", "-": "dash", "_": "underscore", "?": "question mark", "=": "equals",
    "&": "and", "#": "hash", "+": "plus", "%": "percent", ":": "colon", "~": "tilde", "\\": "backslash",
}  # fmt: skip
_AS_WORDS = frozenset(("co", "me", "to", "be", "go"))
"""Endings of two letters that are spoken as words; the others are spelled."""


def addresses(text: str) -> str:
    """The text with its addresses in words: "see example dot com slash help", "Node dot js"."""
    text = _ADDRESS.sub(lambda m: f" {_address(m[0])} ", text)
    text = _PATH.sub(lambda m: f" {_spoken(m[0])} ", text)
    text = _DOTTED.sub(_dotted, text)
    return _LEADING.sub(" dot ", text)


def _address(address: str) -> str:
    return _spoken(re.sub(r"^[a-z]+://", "", address).removeprefix("www.").rstrip("/"))


def _spoken(name: str) -> str:
    """A name piece by piece: words, digits one by one, signs by their names."""
    pieces = re.findall(r"[A-Za-z]+|\d+|[^A-Za-z\d]", name)
    spoken = []
    for before, piece in zip(["", *pieces], pieces, strict=False):
        if piece.isdigit():
            spoken.append(digits(piece))
        elif piece.isalpha():
            spelled = before == "." and len(piece) == 2 and piece.lower() not in _AS_WORDS
            spoken.append(" ".join(piece.upper()) if spelled else piece)
        else:
            spoken.append(_NAMES.get(piece, ""))
    return " ".join(spoken)


def _dotted(m: re.Match[str]) -> str:
    """A name with a dot inside, which ends no sentence."""
    name = m[0]
    if _NO_NAME.fullmatch(name) or not re.search(r"[A-Za-z_]", name):
        return name
    if _TWO_SENTENCES.fullmatch(name):
        return name.replace(".", ". ", 1)
    return f" {_spoken(name)} "
