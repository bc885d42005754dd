"""Dates and times of English in words: 25.12.2024, 8:00-17:30, 1:30:45, 44 BC, the 1980s."""

import re

from genai_demo.audio.speech.english import apart
from genai_demo.audio.speech.english_numbers import MONTHS, cardinal, number, ordinal, plural, year
from genai_demo.audio.speech.rewriting import Rule

_MONTH = (
    r"(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_LONG = "|".join(MONTHS)
_WEEK = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_DAY = r"(0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (\d{4})\b(?![:.]\d))?"
_HALF = r"([AaPp]\.?\s?[Mm])\b\.?"
_HOUR = r"([01]?\d|2[0-4])"
_TO = r"\s?[-–—]\s?"
_NO_COUNT = (
    "the|in|since|until|till|by|of|from|for|before|after|during|year|to|and|late|early|mid|circa|around|its|his|her|"
    "their|our|my|a|this"
)
"""Before a year, rather than before how many there are."""
_ERA = r"(BCE|BC|CE|AD)\b"


def _name(month: str) -> str:
    return next(m for m in MONTHS if m.startswith(month[:3]))


def _date(month: int, day: int, of_year: str | None) -> str:
    return f"{MONTHS[month - 1]} {ordinal(day)}" + (f", {year(int(of_year))}" if of_year else "")


def _numeric(m: re.Match[str], of_year: str, month: str, day: str) -> str:
    """A date in numbers, or what was found where it is none."""
    if len(of_year) == 2:
        of_year = ("20" if int(of_year) < 50 else "19") + of_year
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return m[0]
    return _date(int(month), int(day), of_year)


def _iso(m: re.Match[str]) -> str:
    return _numeric(m, m[1], m[2], m[3])


def _slashed(m: re.Match[str]) -> str:
    """American, month first, but where the first number can only be a day."""
    return _numeric(m, m[3], m[2], m[1]) if int(m[1]) > 12 else _numeric(m, m[3], m[1], m[2])


def _dotted(m: re.Match[str]) -> str:
    return _numeric(m, m[3], m[2], m[1])


def _month_of(m: re.Match[str]) -> str:
    """2024-12 is a month, 2024-25 or 2011-12 a year and the next."""
    first, second = int(m[1]), int(m[2])
    if first % 100 < second and (second > 12 or second == first % 100 + 1):
        return f"{year(first)} to {_short_year(m[2])}"
    return f"{MONTHS[second - 1]} {year(first)}" if len(m[2]) == 2 and 1 <= second <= 12 else m[0]


def _short_year(two: str) -> str:
    return f"oh {cardinal(int(two))}" if two[0] == "0" else cardinal(int(two))


def _stop(m: re.Match[str], found: str) -> str:
    """The full stop of an a.m. that ends the sentence."""
    return ". " if found.rstrip().endswith(".") and not m.string[m.end() :].strip("\"'”’) \n") else ""


def _clock(hour: int, minute: str, half: str = "", alone: bool = True) -> str:
    """A time of day; alone: whether full hours are o'clock."""
    half = re.sub(r"[^apm]", "", half.lower()).upper()
    spoken = cardinal(hour)
    if int(minute or 0):
        spoken += " oh " + cardinal(int(minute)) if minute[0] == "0" else " " + cardinal(int(minute))
    elif not half and alone:
        spoken = "midnight" if not hour else spoken + " o'clock" if hour <= 12 else spoken + " hundred hours"
    return f"{spoken} {' '.join(half)}" if half else spoken


def _time(m: re.Match[str]) -> str:
    if int(m[1]) > 24 or int(m[2] or 0) > 59:
        return m[0]
    return _clock(int(m[1]), m[2] or "", m[3] or "") + (_stop(m, m[0]) or " " if m[3] else "")


def _times(m: re.Match[str]) -> str:
    """From one time to another; the first may leave its half of the day to the second."""
    first = _clock(int(m[1]), m[2] or "", m[3] or "", alone=False)
    second = _clock(int(m[4]), m[5] or "", m[6] or "", alone=False)
    return f"{first} to {second}{_stop(m, m[0]) or ' '}"


def _seconds(m: re.Match[str]) -> str:
    """A time of day to the second where something says so, else how long something took."""
    hours, minutes, seconds, part, half = int(m[1]), int(m[2]), int(m[3]), m[4], m[5]
    if half or re.search(r"\b(?:at|by|before|after|since|until|from|to|[Aa]t)\s+$|\d\s*T?$|, $", m.string[: m.start()]):
        if not seconds:
            return f"{_clock(hours, m[2], half or '')} {_stop(m, m[0])}"
        return f"{_clock(hours, m[2], half or '', alone=False)} and {cardinal(seconds)} seconds {_stop(m, m[0])}"
    count = number(f"{seconds}{part or ''}")
    parts = [f"{cardinal(n)} {name}{'' if n == 1 else 's'}" for n, name in ((hours, "hour"), (minutes, "minute")) if n]
    return " ".join([*parts, "and" if parts else "", f"{count} second{'' if count == 'one' else 's'}"]).strip()


def _days(month: str, first: str, last: str, of_year: str | None) -> str:
    spoken = f"{_name(month)} {ordinal(int(first))} to {ordinal(int(last))}"
    return spoken + (f", {year(int(of_year))}" if of_year else "")


def _military(m: re.Match[str]) -> str:
    hour, minute = cardinal(int(m[1])), "hundred" if m[2] == "00" else cardinal(int(m[2]))
    return f"{'oh ' if m[1][0] == '0' else ''}{hour} {minute} hours"


def _decade(m: re.Match[str]) -> str:
    tens = m[1] + "0"
    spoken = {"100": "hundred", "1000": "thousand"}.get(tens) or (
        year(int(tens)) if len(tens) == 4 else cardinal(int(tens))
    )
    return plural(spoken)


def _counted(m: re.Match[str]) -> bool:
    """Whether a number from 1100 to 2099 counts what follows: 1250 books, but the 1984 elections."""
    things = re.match(r"\s+(people|men|women|children|[a-z]{2,}s)\b", m.string[m.end() :])
    if things is None or things[1] in ("was", "is", "has", "does", "this", "its", "as", "us", "his", "always", "thus"):
        return False
    return re.search(rf"(?:\b(?i:{_NO_COUNT})|\b[A-Z]\w*,?)\s*$", m.string[: m.start()]) is None


def _year(m: re.Match[str]) -> str:
    return f" {cardinal(int(m[1])) if _counted(m) else year(int(m[1]))} "


def _era(m: re.Match[str]) -> str:
    return f"{year(int(m[1]))} {apart(m[2])}"


RULES: list[Rule] = [
    # Times with dates, then dates.
    (r"\b(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?", r"\1, \2 "),
    (r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b(?!\.\d)", _iso),
    (r"(?<![\d.])(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)\b(?!/)", _slashed),
    (r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.((?:1[5-9]|20)\d\d)\b(?!\.\d)", _dotted),
    (r"(?<![\d.])(\d\d)\.(\d\d)\.(\d\d)\b(?!\.\d)", _dotted),
    (r"(?<![\d-])(\d{1,2})-(\d{1,2})-((?:19|20)\d\d)\b(?!-)", _slashed),
    (r"\b((?:on|by|since|until|till|before|after|due|dated|from|On|By) )(\d{1,2})/(\d{1,2})(?![\d/]| (?:of|cup|inch))",
     lambda m: m[1] + _date(int(m[2]), int(m[3]), None) if 1 <= int(m[2]) <= 12 and 1 <= int(m[3]) <= 31 else m[0]),
    (r"(?<![\w.,-])((?:1[5-9]|20)\d\d)-(\d\d)\b(?![-.:]\d)", _month_of),
    (r"\b((?:1[5-9]|20)\d\d)/(\d\d)\b(?!/)", lambda m: f"{year(int(m[1]))} {_short_year(m[2])}"),
    (rf"\b{_DAY}{_TO}{_DAY} {_MONTH}{_YEAR}",
     lambda m: _days(m[3], m[1], m[2], m[4])),
    (rf"\b{_MONTH} {_DAY}{_TO}{_DAY}\b(?![:.]\d){_YEAR}",
     lambda m: _days(m[1], m[2], m[3], m[4])),
    (rf"\b{_DAY}(?: of)? {_MONTH}{_YEAR}", lambda m: _date(MONTHS.index(_name(m[2])) + 1, int(m[1]), m[3])),
    (rf"\b{_MONTH} {_DAY}\b(?![:.]\d|,\d){_YEAR}", lambda m: _date(MONTHS.index(_name(m[1])) + 1, int(m[2]), m[3])),
    (rf"\b{_MONTH},? (?=\d{{4}}\b)", lambda m: _name(m[1]) + " "),
    (rf"\b{_MONTH}{_TO}{_MONTH}", lambda m: f"{_name(m[1])} to {_name(m[2])}"),
    (rf"\b({_WEEK}){_TO}(?={_WEEK})", r"\1 to "),
    (rf"(?<=\d{{4}}){_TO}(?={_LONG}|[Pp]resent\b|[Nn]ow\b|[Tt]oday\b)", " to "),
    # Times of day.
    (rf"(?<![\w.:]){_HOUR}(?:[:.]([0-5]\d))?\s?(?:{_HALF})?{_TO}{_HOUR}(?:[:.]([0-5]\d))?\s?{_HALF}", _times),
    (rf"(?<![\w.:]){_HOUR}:([0-5]\d)()(?:{_TO}| to ){_HOUR}:([0-5]\d)()(?![:.]?\d)", _times),
    (rf"\b(\d{{1,2}}):([0-5]\d):([0-5]\d)(\.\d+)?(?:\s?{_HALF})?", _seconds),
    (rf"\b(\d{{1,2}}):(\d\d)(?:\s?{_HALF})?", _time),
    (rf"(?<![\w.,$€£])([01]?\d|2[0-3])\.([0-5]\d)\s?{_HALF}", _time),
    (rf"(?<=[Aa]t ){_HOUR}\.([0-5][05])()(?![\d%]|\.\d|\s?(?:percent|million|billion|[kcm]?[mgl])\b)", _time),
    (rf"(?<![\w.,$€£])(\d{{1,2}})()\s?{_HALF}", _time),
    (r"(?<![\d.,])([01]\d|2[0-3])([0-5]\d) (?:hours|hrs)\b(?! of| a)",
     _military),
    (r"\b([AaPp])\.\s?[Mm]\.", lambda m: f"{m[1].upper().replace('A', 'ay')} M" + (_stop(m, m[0]) or " ")),
    # Years.
    (rf"\b(\d{{1,4}}){_TO}(?=\d{{1,4}}\s?{_ERA})", lambda m: f"{year(int(m[1]))} to "),
    (rf"\b(\d{{1,4}})\s?{_ERA}", _era),
    (r"\bAD (\d{1,4})\b", lambda m: f"ay D {year(int(m[1]))}"),
    (r"\b(\d\d?)00s of\b", lambda m: {"1": "hundreds", "10": "thousands"}.get(m[1], m[0]) + " of"),
    (r"(?:\b|['’])([1-9]|1\d\d|20\d)0['’]?s\b", _decade),
    (r"\b((?:[Ii]n|[Ss]ince|[Uu]ntil|[Tt]ill|[Bb]y|[Bb]efore|[Aa]fter|[Ff]rom|[Yy]ear|[Aa]round|circa) )(10\d\d)\b"
     r"(?!,\d|\.\d|\s*(?:[%°]|[a-z]+s\b))",
     lambda m: m[1] + year(int(m[2]))),
    (r"\b((?:[Yy]ear|circa) )([1-9]\d\d)\b", lambda m: m[1] + year(int(m[2]))),
]  # fmt: skip
BARE_YEAR: Rule = (r"(?<![\d,.])(1[1-9]\d\d|20\d\d)(?!\d|[.,]\d)", _year)
"""For what no other rule took."""
