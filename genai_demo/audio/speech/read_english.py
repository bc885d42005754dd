"""English as it is written to English as it is read: abbreviations, dates, money, units, addresses, signs.

``expand`` tries its rules in order, sentence by sentence; each replaces what it knows and leaves the rest to
the next.
"""

import re

from genai_demo.audio.speech import english_abbreviations as abbreviations
from genai_demo.audio.speech import english_amounts as amounts
from genai_demo.audio.speech import english_dates as dates
from genai_demo.audio.speech import english_units as units
from genai_demo.audio.speech.english import apart, initialism, known
from genai_demo.audio.speech.english_addresses import addresses
from genai_demo.audio.speech.english_numbers import cardinal, ordinal
from genai_demo.audio.speech.rewriting import Rewriter, Rule
from genai_demo.core.sentences import split_sentences

__all__ = ["addresses", "expand"]

_KINGS = (
    "Henry|Louis|George|Elizabeth|Charles|James|William|Edward|Richard|Philip|Paul|Benedict|Pius|Napoleon|Alexander|"
    "Catherine|Frederick|Nicholas|Peter|Mary|Ivan|Leo|Gregory|Innocent|Ramses|Ramesses|Ptolemy|Francis|Friedrich|"
    "Wilhelm|Clement|Urban|Otto|Felipe|Carlos|Gustav|Haakon|Margrethe|Leopold|Umberto|Edmund|Harald|Christian|John|"
    "Darius|Xerxes|Thutmose|Amenhotep|Nebuchadnezzar|Maximilian|Joseph|Juan"
)
_CROWNED = "King|Queen|Pope|Emperor|Empress|Tsar|Czar|Kaiser|Sultan|Prince|Duke|Saint|Pharaoh"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d"
_COUNTED = (
    "Chapter|Part|Volume|Act|Scene|Book|War|Section|Type|Class|Phase|Title|Article|Stage|Level|Apollo|Figure|Table|"
    "Appendix|Grade|Round|Unit|Lesson|Schedule|Annex|Mark|Category|Tier|Form|Bowl"
)
_ROMAN = r"(?=[IVXL])(X?L|L?X{0,3})(IX|IV|V?I{0,3})"
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}

_SIGNS = {
    "&": "and", "@": "at", "+": "plus", "=": "equals", "×": "times", "÷": "divided by", "±": "plus or minus",
    "≈": "is about", "<": "is less than", ">": "is greater than", "≤": "is at most", "≥": "is at least", "%": "percent",
    "°": "degrees", "©": "copyright", "®": "registered", "§": "section", "π": "pi", "α": "alpha", "β": "beta",
    "γ": "gamma", "δ": "delta", "λ": "lambda", "μ": "mu", "σ": "sigma", "ω": "omega", "θ": "theta", "Δ": "delta",
    "Ω": "omega", "∞": "infinity", "√": "the square root of", "→": "to", "№": "number", "€": "euros", "£": "pounds",
    "$": "dollars", "¥": "yuan", "≠": "is not", "‰": "per mille",
}  # fmt: skip
_PAIRS = {
    "and/or": "and or",
    "he/she": "he or she",
    "she/he": "she or he",
    "his/her": "his or her",
    "s/he": "he or she",
}
_PAIRS |= {"him/her": "him or her", "yes/no": "yes or no", "either/or": "either or"}
_ELEMENTS = "Na|Cl|Ca|Mg|Fe|Al|Si|Cu|Zn|Ag|Au|Pb|Hg|Sn|Ni|Mn|Cr|Br|Li|He|Ti|[BCFHIKNOPSUVWY]"


def expand(text: str) -> str:
    """English text with everything written out that is not a word."""
    return "".join(_rewrite(amounts.sums(_abbreviations(sentence))) for sentence in _sentences(text))


def _sentences(text: str) -> list[str]:
    """The sentences, with the space after them. None begins after an abbreviation that leads over to it."""
    found: list[str] = []
    for piece in split_sentences(text):
        short = re.search(r"(\w+)\.\s+$", found[-1]) if found else None
        joined = found and not found[-1][-1].isspace()  # Mon.-Fri.
        alone = short and found[-1].strip() == f"{short[1]}." and short[1] in abbreviations.SHORT  # Dr. Who
        if joined or alone or (short and short[1] in _goes_on(piece)):
            found[-1] += piece
        else:
            found.append(piece)
    return found


def _goes_on(piece: str) -> frozenset[str]:
    """The abbreviations whose full stop ends no sentence before this."""
    if piece[0].islower():
        return abbreviations.SHORT
    if piece[0].isdigit():
        return abbreviations.BEFORE_NUMBER
    return abbreviations.BEFORE_NAME | (abbreviations.BEFORE_MONTH if re.match(_MONTH, piece) else frozenset())


def _roman_number(numeral: str) -> int:
    numbers = [_VALUES[c] for c in numeral.upper()]
    return sum(-n if n < max(numbers[i:]) else n for i, n in enumerate(numbers))


def _king(m: re.Match[str]) -> str:
    """I may also be the pronoun: it is a number where nobody speaks after it."""
    if m[2] == "I" and not re.match(
        r"(?:'s)?(?: (?:of|was|is|and|had|became|died|ruled|in|to|the)\b|[^\w\s]|$)", m.string[m.end() :]
    ):
        return m[0]
    return f"{m[1]} the {ordinal(_roman_number(m[2]))}"


def _count(m: re.Match[str]) -> str:
    return f"{m[1]} {cardinal(_roman_number(m[2]))}"


def _formula(m: re.Match[str]) -> str:
    """H2SO4: letters by their names."""
    parts = re.findall(r"\d+|[A-Za-z]+", m[0])
    return " ".join(cardinal(int(p)) if p.isdigit() else initialism(p.upper()) for p in parts)


def _spaced(m: re.Match[str]) -> str:
    """Capitals beside a digit one by one: MP3, PS5, 3D."""
    return f" {initialism(m[1])} "


def _divided(m: re.Match[str]) -> str:
    """A word that was divided at the end of a line, without its hyphen."""
    whole = (m[1] + m[2]).lower()
    return m[1] + m[2] if known(whole) and not (known(m[1].lower()) and known(m[2])) else m[0]


_SIGN_RULES: list[Rule] = [
    (r"(?m)^\s*>+ ", ""),
    (r"(?m)^\s*#{1,6} ", ""),
    (r"[-=]+>", " to "),
    (r"(?<=[a-z]) > (?=[A-Z])", ", "),
    (r"\bWW(?:II|2)\b", "World War Two"),
    (r"\bWW(?:I|1)\b", "World War One"),
    (r"\b([Ww])i-?([Ff])i\b", "wifi"),
    (r"\b([CFGD])#", r"\1 sharp"),
    (r"\b([A-Z]{1,3})&([A-Z]{1,3})(?![a-z])", lambda m: f"{apart(m[1])} and {apart(m[2])}"),
    (rf"\b({'|'.join(_PAIRS)})\b", lambda m: _PAIRS[m[1]]),
    (r"(?<=[A-Za-z])/(?=[A-Za-z])", " "),
    (rf"\b(?=[A-Za-z]*[A-Z]\d)(?:(?:{_ELEMENTS})\d{{0,2}})+\b(?![-.]\d)", _formula),
    (r"\b([A-Z]{1,2})-?(?=\d)", _spaced),
    (r"(?<=\d)([A-Z]{1,2})\b", _spaced),
    (r"\b([A-Za-z]{2,})-([a-z]{2,})\b(?!-)", _divided),
]  # fmt: skip
_ROMAN_RULES: list[Rule] = [
    (rf"\b((?:{_CROWNED}) (?:[A-Z][a-z]+ )?[A-Z][a-z]+|{_KINGS}) ({_ROMAN})\b", _king),
    (rf"\b({_COUNTED}) ({_ROMAN})\b", _count),
    (rf"\b({'|'.join(_COUNTED.lower().split('|'))}) ([ivx]{{2,5}}|v)\b",
     lambda m: _count(m) if re.fullmatch(_ROMAN, m[2].upper()) else m[0]),
    (rf"\b({_ROMAN}) (?=[Cc]entur)", lambda m: ordinal(_roman_number(m[1])) + " "),
    (rf"\b(?!(?:An|The|My|His|Her|Your)\b)([A-Z][a-z]+) (?!(?:XL|LI|XXX)\b)(?=[IVXL]{{2}})({_ROMAN})\b(?!-)", _count),
]  # fmt: skip
_abbreviations = Rewriter(abbreviations.RULES)
_rewrite = Rewriter(
    [
        *amounts.FIRST,
        *dates.RULES,
        *units.RULES,
        *amounts.PERCENT,
        *_ROMAN_RULES,
        *_SIGN_RULES,
        *amounts.RULES,
        dates.BARE_YEAR,
        *amounts.LAST,
        (r"#(?=[A-Za-z])", " hash tag "),
        ("|".join(re.escape(s) for s in _SIGNS), lambda m: f" {_SIGNS[m[0]]} "),
    ]
)
