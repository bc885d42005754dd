"""Abbreviations of English in words: Dr. is a doctor or a drive, Sun. a day or the star, by what stands around.

The rules see one sentence at a time, so a full stop at its very end is both: it stays as a pause.
"""

import re

from genai_demo.audio.speech import english
from genai_demo.audio.speech.english_numbers import MONTHS
from genai_demo.audio.speech.rewriting import Rule

_TITLES = {
    "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Dr": "Doctor", "Prof": "Professor", "Gen": "General",
    "Col": "Colonel", "Sgt": "Sergeant", "Capt": "Captain", "Lt": "Lieutenant", "Rev": "Reverend", "Hon": "Honorable",
    "Gov": "Governor", "Sen": "Senator", "Rep": "Representative", "Pres": "President", "Maj": "Major",
    "Messrs": "Messieurs", "Fr": "Father", "Cpl": "Corporal", "Adm": "Admiral", "Mt": "Mount", "Ft": "Fort",
    "St": "Saint", "Ste": "Sainte",
}  # fmt: skip
"""Before a name."""
_ROADS = {
    "Dr": "Drive", "St": "Street", "Ave": "Avenue", "Av": "Avenue", "Rd": "Road", "Blvd": "Boulevard", "Ln": "Lane",
    "Hwy": "Highway", "Pkwy": "Parkway", "Sq": "Square", "Ct": "Court", "Pl": "Place", "Ter": "Terrace",
}  # fmt: skip
"""After a name."""
_NO_NAME = (
    "The A An In On At To From For With And Or But So If When While After Before Near Behind Ask See Call Tell Meet "
    "Visit Thank Thanks Dear Hello Hi Hey Is Was Did Does Has Can Could Will Would Our My His Her Their Your This That "
    "Professor Prof Frau Herr President Doctor Nurse Mount Lake Fort Port Cape San East West North South Old New Great "
    "Downtown Upper Lower Both Then Now Yes No Why How Where Who Of By"
)
_NOT_NAMES = frozenset(_NO_NAME.split())
_AFTER_ROAD = r"\s+(?:Bridge|Station|School|Church|Park|Market|Theat(?:er|re)|Hotel|Mall|NW|NE|SW|SE|Apt|Suite|Unit)\b"

_DAYS = {
    "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Thur": "Thursday",
    "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
}  # fmt: skip
_DAY = rf"(?:{'|'.join(sorted(_DAYS, key=len, reverse=True))})"
_ANY_DAY = rf"\b(?:{_DAY}\b|{'|'.join(_DAYS.values())})"
_SHORT_MONTHS = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
_DATE_FOLLOWS = (
    rf",?\s+(?:\d{{1,2}}(?:st|nd|rd|th|[:.]\d\d|\s?[ap]\.?m|\s+(?:{_SHORT_MONTHS}))|(?:{_SHORT_MONTHS})[a-z]*\.? \d)"
)
_WHEN = (
    r"\b(?:in|on|by|of|every|each|next|last|this|until|till|from|since|to|through|before|after|early|late|mid|between|"
    r"In|On|By|Every|Next|Last|This|Until|From|Since|Before|After|Early|Late)[\s-]+$"
)

_BEFORE_NUMBER = {
    "no": "number", "nos": "numbers", "p": "page", "pp": "pages", "pg": "page", "vol": "volume", "vols": "volumes",
    "ch": "chapter", "chap": "chapter", "sec": "section", "sect": "section", "fig": "figure", "figs": "figures",
    "eq": "equation", "art": "article", "ver": "version", "rm": "room", "ext": "extension", "tel": "telephone",
    "apt": "apartment", "ste": "suite", "ca": "circa", "c": "circa", "min": "minimum", "max": "maximum",
    "est": "established", "par": "paragraph", "pt": "part", "ep": "episode", "op": "opus", "gr": "grade",
    "bldg": "building", "rt": "route", "rte": "route",
}  # fmt: skip
_AFTER_NUMBER = "mins?|secs?|hrs?|ft|in|lbs?|oz|yds?|mi|km|kg|cm|mm|tbsp|tsp|gal|qt|wks?|yrs?|mos?|sq|ml|mg|g"
_WORDS = {
    "vs": "versus", "etc": "et cetera", "approx": "approximately", "dept": "department", "depts": "departments",
    "est": "estimated", "govt": "government", "univ": "university", "assn": "association", "assoc": "associate",
    "intl": "international", "natl": "national", "misc": "miscellaneous", "incl": "including", "excl": "excluding",
    "avg": "average", "max": "maximum", "min": "minimum", "qty": "quantity", "ref": "reference", "tel": "telephone",
    "ext": "extension", "apt": "apartment", "cf": "compare", "viz": "namely", "esp": "especially",
    "orig": "originally", "mgr": "manager", "asst": "assistant", "dir": "director", "mfg": "manufacturing",
    "attn": "attention", "hwy": "highway", "bldg": "building", "temp": "temperature", "alt": "alternative",
    "fig": "figure", "vol": "volume", "hrs": "hours", "mins": "minutes", "secs": "seconds", "yrs": "years",
    "dr": "doctor", "prof": "professor", "mr": "mister", "mrs": "missus",
}  # fmt: skip
"""Also with a capital."""
_NAMES = {
    "Inc": "Incorporated", "Ltd": "Limited", "Co": "Company", "Corp": "Corporation", "Bros": "Brothers",
    "Jr": "Junior", "Sr": "Senior", "Esq": "Esquire",
}  # fmt: skip
"""After a name."""


def _stop(m: re.Match[str]) -> str:
    """A full stop where the sentence ends with what was found and its full stop, else nothing."""
    return ". " if m[0].rstrip().endswith(".") and re.match(r"[\"'”’)\]\s]*$", m.string[m.end() :]) else ""


def _stop_before_capital(m: re.Match[str]) -> str:
    """As ``_stop``, for what stands before no name: a capital after it begins a sentence."""
    return ". " if m[0].endswith(".") and re.match(r"\s+[A-Z]", m.string[m.end() :]) else _stop(m)


def _before(m: re.Match[str]) -> str:
    """The word before, where only a space is between; a road may also be called after a number: 5th."""
    found = re.search(r"([A-Za-z\d][\w'’]*)\s+$", m.string[: m.start()])
    return found[1] if found else ""


def _after_name(m: re.Match[str]) -> bool:
    """Whether a name stands before. The first word of a sentence is one only where no name follows."""
    word, rest = _before(m), m.string[m.end() :]
    if not word or not (word[0].isupper() or re.fullmatch(r"\d+(?:st|nd|rd|th)", word)) or word in _NOT_NAMES:
        return False
    first = not re.search(r"\w", m.string[: m.start()].rstrip()[: -len(word)])
    return not first or not re.match(r"\s*[A-Z]", rest) or re.match(_AFTER_ROAD, rest) is not None


def _title_or_road(m: re.Match[str]) -> str:
    short, dotted = m[1], m[0].endswith(".")
    named = re.match(r"\s?[A-Z]", m.string[m.end() :]) is not None
    if _after_name(m):
        return _ROADS[short] + _road_stop(m) if dotted or not named or _numbered(m) else m[0]
    if named:
        return _TITLES[short] + " "
    return (("Street" if short == "St" else "Doctor") + _stop(m)) if dotted else m[0]


def _numbered(m: re.Match[str]) -> bool:
    return re.search(r"\d\s+(?:[\w.]+\s+){1,3}$", m.string[: m.start()]) is not None


def _road(m: re.Match[str]) -> str:
    sure = m[1] in ("Ave", "Rd", "Blvd", "Hwy", "Pkwy")
    return _ROADS[m[1]] + _road_stop(m) if sure or _after_name(m) else m[0]


def _road_stop(m: re.Match[str]) -> str:
    """A full stop where the sentence ends: a capital after a road begins a new one, but for places along it."""
    rest = m.string[m.end() :]
    begins = m[0].endswith(".") and re.match(r"\s+[A-Z][a-z]", rest) and not re.match(_AFTER_ROAD, rest)
    return ". " if begins else _stop(m)


def _day(m: re.Match[str]) -> str:
    """Sun., Sat. and Wed. are days only beside what tells a day."""
    rest, before = m.string[m.end() :], m.string[: m.start()]
    told = (
        m[1] not in ("Sun", "Sat", "Wed")
        or re.search(_WHEN, before)
        or re.match(rf",?\s*(?:\d|(?:{'|'.join(MONTHS)}|{_SHORT_MONTHS})\b)", rest)
        or re.match(rf"\s*(?:[-–&/,]|at|and|or|to|through)\s*(?:\d|{_ANY_DAY})", rest)
        or re.search(rf"{_ANY_DAY}\.?\s*(?:[-–&/,]|and|or|to|through)\s*$", before)
        or not (before + rest).strip()
    )
    dated = re.match(rf"\s+(?:{_SHORT_MONTHS}|May\b)", rest)
    return _DAYS[m[1]] + ("" if dated else _stop_before_capital(m)) if told else m[0]


def _month(m: re.Match[str]) -> str:
    """Jan. at the end of a sentence may be a person."""
    end = _stop_before_capital(m)
    if m[1] == "Jan" and end and not re.search(_WHEN, m.string[: m.start()]):
        return m[0]
    return next(name for name in MONTHS if name.startswith(m[1][:3])) + (end or " ")


def _word(m: re.Match[str]) -> str:
    word = _WORDS[m[1].lower()]
    return (word.capitalize() if m[1][0].isupper() else word) + (_stop(m) or " ")


def _unit(m: re.Match[str]) -> str:
    """A unit after its number; no name follows one, so a capital begins a sentence."""
    return f"{m[1]}{'inches' if m[2] == 'in' else m[2]}{_stop_before_capital(m)}"


def _number_word(m: re.Match[str]) -> str:
    word = _BEFORE_NUMBER[m[1].lower()]
    return (word.capitalize() if m[1][0].isupper() and m[1] not in ("No", "Nos") else word) + " "


def _initials(m: re.Match[str]) -> str:
    return english.initialism(re.sub(r"[^A-Z]", "", m[0])) + _stop(m)


SHORT = frozenset((*_TITLES, *_ROADS, *_DAYS, *_SHORT_MONTHS.split("|"), "Sep", *_BEFORE_NUMBER, *_WORDS, *_NAMES)) | {
    "lb", "lbs", "oz", "ft", "in", "sec", "secs", "hr", "yd", "yds", "mi", "tbsp", "tsp", "gal", "yr", "wk", "mo",
}  # fmt: skip
"""Before a small letter the full stop of these ends no sentence."""
BEFORE_NUMBER = frozenset((*_BEFORE_NUMBER, *map(str.capitalize, _BEFORE_NUMBER), "hr", "hrs", "ft", "lb", "lbs"))
"""Before a number the full stop of these ends no sentence."""
BEFORE_NAME = frozenset(_TITLES) - {"Dr", "St", "Fr"}
"""Before a name the full stop of these ends no sentence."""
BEFORE_MONTH = frozenset(_DAYS)
"""Before a month and a day the full stop of these ends no sentence."""
_STOPS = "|".join((*_WORDS, *(word.capitalize() for word in _WORDS if word not in ("alt", "dir", "ext"))))
RULES: list[Rule] = [
    (r"\b[eE]\.\s?g\.,?", "for example,"),
    (r"\b[iI]\.\s?e\.,?", "that is,"),
    (r"\ba\.k\.a\.?", "also known as"),
    (r"\bw\.r\.t\.?", "with respect to"),
    (r"\bet al\b\.?(?=\s*[,;)(a-z\d])", "et al"),
    (r"\bPh\.\s?D(?:\.(?=s\b)|\b\.?)", lambda m: "PhD" + _stop(m)),
    (r"\b([BM])\.\s?(Sc|Ed|Eng|Phil)\b\.?", lambda m: f"{m[1]} {'S C' if m[2] == 'Sc' else m[2]}{_stop(m)}"),
    (rf"\b({'|'.join(_BEFORE_NUMBER)}|{'|'.join(k.capitalize() for k in _BEFORE_NUMBER)})\.\s?(?=\d)", _number_word),
    (r"\bsq\.?\s?(?=(?:ft|in|mi|m|km)\b)", "square "),
    (rf"(?<=\d)(\s?(?:square )?)({_AFTER_NUMBER})\.(?!\w)",
     _unit),
    (r"\b(Dr|St)\b(?!')\.?", _title_or_road),
    (r"\b(Ave|Rd|Blvd|Hwy|Pkwy|(?:Av|Ln|Sq|Ct|Pl|Ter)(?=\.))\b\.?", _road),
    (rf"\b({'|'.join(_TITLES)})\.\s?(?=[A-Z])", lambda m: _TITLES[m[1]] + " "),
    (r"\b(Mr|Mrs|Ms|Prof)\b(?!')\.?", lambda m: _TITLES[m[1]]),
    (r"(?<!\d )\bMt (?=[A-Z])", "Mount "),
    (rf"\b({_DAY})\.?\s?[-–]\s?({_DAY})\b\.?", lambda m: f"{_DAYS[m[1]]} to {_DAYS[m[2]]}{_stop(m)}"),
    (rf"\b({_DAY})\s?[&/]\s?({_DAY})\b\.?", lambda m: f"{_DAYS[m[1]]} and {_DAYS[m[2]]}{_stop(m)}"),
    (rf"\b({_DAY})\.", _day),
    (rf"\b({_DAY})(?={_DATE_FOLLOWS})", lambda m: _DAYS[m[1]]),
    (rf"\b({_SHORT_MONTHS})\.(?!\s?\d)", _month),
    (rf"\b({'|'.join(_NAMES)})\.", lambda m: _NAMES[m[1]] + _stop(m)),
    (r"\b(Jr|Sr)\b(?!')", lambda m: _NAMES[m[1]]),
    (rf"\b(?!(?<=\d )(?:min|sec|hr|yr)s?\b)({_STOPS})\.", _word),
    (r"(?<!slash )\b(vs|etc)\b(?!')", lambda m: _WORDS[m[1]]),
    (r"(?<=[a-z]) v\.? (?=[A-Z][a-z])", " versus "),
    (r"\b[A-Z](?:\.[A-Z])+\b(?!\.?[a-z])\.?", _initials),
    (r"\b([A-HJ-Z])\.(?=\s+[A-Z])", r"\1"),
    (r"\bw/o(?!\w)", "without "),
    (r"\bw/(?!\w)", "with "),
    (r"\bc/o\b", "care of"),
    (r"\bb/c\b", "because"),
]  # fmt: skip
