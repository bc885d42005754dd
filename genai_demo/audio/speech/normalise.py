"""Text as people write it to words as people say them: "$3.50" to "three dollars fifty", 50% to 百分之五十.

What comes out holds words in Latin letters, Chinese characters, spaces and the pauses , . ? ! only.
A number is read in the language of its sentence or of the words beside it (``mixed``). What
cannot be spoken, such as emoji, other alphabets and tags, is left out and reported.
"""

import html
import re
import unicodedata
from dataclasses import dataclass

from genai_demo.audio.speech import emphasis, english_capitals, mixed, read_english
from genai_demo.audio.speech.mixed import HAN
from genai_demo.core import limits
from genai_demo.core.chinese import simplified_characters
from genai_demo.core.sentences import unwrap

_TAG = re.compile(r"</?[A-Za-z!?][^<>]{0,300}>|&(?:[a-z]{2,8}|#\d{1,6});")
_BREAKING = re.compile(r"<(?:br|/?(?:p|div|li|h[1-6]|tr|ul|ol))\b", re.IGNORECASE)
"""Tags that end a line."""
_SOFT = re.compile("[\u00ad\u200b\u2060\ufeff]")
"""Invisible signs inside words."""
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
_LOWERED = str.maketrans(_RAISED, "0123456789-")
_NUMERALS = dict(zip("两万亿点负减时", "兩萬億點負減時", strict=True))
"""What the reading of numbers brings into a text in traditional characters."""
_LONGEST_WORD = 30
"""Letters; what is longer is cut, as no word is."""
_SPEAKABLE = re.compile(rf"[A-Za-z{HAN}]")
_PAUSES = str.maketrans({
    **dict.fromkeys("、，,;；:：()（）[]【】{}《》〈〉「」『』—–―~～|…·•/\\", ", "),
    **dict.fromkeys("。．.", ". "), "？": "? ", "！": "! ", "?": "? ", "!": "! ", "\n": ". ",
})  # fmt: skip
_KEPT = frozenset(" ,.?!'" + emphasis.BEGIN + emphasis.END)
_LEFT_ALONE = frozenset("'’`´-_*^“”\" \t\r\u200b\u200d\ufeff\ufe0f​")
"""Signs without a sound whose loss nobody need hear of."""
_LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ð": "th", "ı": "i"}
_LETTERS |= {"Ø": "O", "Æ": "Ae", "Œ": "Oe", "Ł": "L", "Đ": "D", "Þ": "Th"}


@dataclass(frozen=True)
class Normalised:
    """What will be spoken, and the pieces of the text that will not, in their order, each once."""

    text: str
    dropped: tuple[str, ...]
    strong: tuple[tuple[int, int], ...] = ()
    """Where in ``text`` words with emphasis stand: places [first, last)."""


def require_length(text: str) -> None:
    """Raise ValueError for more text than can be spoken at once."""
    if len(text) > limits.MAX_SPEECH_CHARACTERS:
        raise ValueError(
            f"The text has {len(text):,} characters; up to {limits.MAX_SPEECH_CHARACTERS:,} can be spoken. Shorten it."
        )


def normalise(text: str) -> Normalised:
    """Raises ValueError where the text is too long or nothing in it can be spoken."""
    if not isinstance(text, str) or not text.strip():
        raise ValueError("Write something to be spoken first.")
    require_length(text)
    dropped: list[str] = []
    plain = unwrap(emphasis.marked(_SOFT.sub("", _without_tags(text, dropped))))
    plain = unicodedata.normalize("NFKC", _superscripts(plain))
    plain = read_english.addresses(english_capitals.unshouted(plain))
    simple = simplified_characters(plain)
    spoken = _tidy(_letters_only(mixed.expand(simple), dropped))
    if simple != plain:
        spoken = _as_written(spoken, plain, simple)
    if not _SPEAKABLE.search(spoken):
        raise ValueError("Nothing in this text can be spoken: it holds no English or Chinese words and no numbers.")
    spoken, strong = emphasis.taken(spoken)
    return Normalised(spoken, tuple(dict.fromkeys(dropped)), strong)


def _superscripts(text: str) -> str:
    """Powers of numbers, letters and units as ^2; raised numbers after a word are footnotes and go; 20º is 20°."""
    text = re.sub(r"(?<=\d)(\s?)º", r"\1°", text)
    text = re.sub(rf"(?<=[A-Za-z]{{4}})[{_RAISED}]+|(?<=[.,;!?])[{_RAISED}]+", "", text)
    return re.sub(f"[{_RAISED}]+", lambda m: "^" + m[0].translate(_LOWERED), text)


def _as_written(spoken: str, written: str, simple: str) -> str:
    """With the traditional characters of the text as written; ``simple`` is the same in simplified ones.

    A character that the reading of numbers brings in as well has no place of its own in the text: it is
    changed only where the text writes it one way throughout.
    """
    forms: dict[str, list[str]] = {}
    for character, form in zip(simple, written, strict=True):
        forms.setdefault(character, []).append(form)
    spoken = "".join(c if c in forms else _NUMERALS.get(c, c) for c in spoken)
    for character, found in forms.items():
        if any(form != character for form in found) and character in spoken:
            if spoken.count(character) == len(found):
                pieces = spoken.split(character)
                spoken = "".join(a + b for a, b in zip(pieces, [*found, ""], strict=True))
            elif len(set(found)) == 1:
                spoken = spoken.replace(character, found[0])
    return spoken


def _without_tags(text: str, dropped: list[str]) -> str:
    def remove(found: re.Match[str]) -> str:
        if found[0].startswith("&") and (character := html.unescape(found[0])) != found[0]:
            return character
        dropped.append(found[0])
        return "\n" if _BREAKING.match(found[0]) else " "

    return _TAG.sub(remove, text)


def _letters_only(text: str, dropped: list[str]) -> str:
    """Without accents, signs and other alphabets; words of one alphabet are reported whole."""
    kept, lost = [], ""
    for character in unicodedata.normalize("NFKD", "".join(_LETTERS.get(c, c) for c in text)).translate(_PAUSES):
        if _SPEAKABLE.match(character) or character in _KEPT:
            kept.append(character)
        elif character in "’`´":
            kept.append("'")
        elif unicodedata.combining(character):
            lost += character if lost else ""
            continue
        else:
            kept.append(" ")
            if character not in _LEFT_ALONE:
                lost += character
                continue
        if lost and (character.isspace() or character not in _LEFT_ALONE):
            dropped.append(unicodedata.normalize("NFC", lost))
            lost = ""
    if lost:
        dropped.append(unicodedata.normalize("NFC", lost))
    return "".join(kept)


def _tidy(text: str) -> str:
    """Single spaces, none between Chinese characters; one pause where several met, the strongest."""
    text = re.sub(r"(?<![A-Za-z])'|'(?![A-Za-z])", " ", text)
    text = re.sub(r"[\s,.?!]*[,.?!][\s,.?!]*", lambda m: _strongest(m[0]), text)
    text = re.sub(rf"(?<=[{HAN}])\s+(?=[{HAN}])", "", re.sub(r"\s+", " ", text))
    text = re.sub(rf"[A-Za-z]{{{_LONGEST_WORD}}}(?=[A-Za-z])", r"\g<0> ", text)
    return text.strip().lstrip(",.?! ")


def _strongest(pauses: str) -> str:
    return next(p for p in "?!.," if p in pauses) + " "
