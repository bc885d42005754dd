"""The numbers of a sentence, and how its translation may write them."""

import re
from dataclasses import dataclass
from decimal import Decimal

HAN_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
HAN_UNITS = {"十": 10, "百": 100, "千": 1000}
HAN_SCALES = {"万": 10**4, "亿": 10**8}
HAN_NUMBER = re.compile(r"(?<![几数多])[零〇一二两三四五六七八九十百千万亿]{2,}(?![几多])")
NO_NUMBER = re.compile(r"[十百千万亿]+|一[一百千万]|万一|三三两两")
"""Runs of numerals that count nothing in particular: 万一, 千万, 一一, and 一千 or 一百, which are words as well."""
SMALL = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
SMALL |= {
    word: 10 * n
    for n, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
LARGE = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
WORD = "|".join(sorted([*SMALL, *LARGE], key=len, reverse=True))
ENGLISH_NUMBER = re.compile(rf"\b(?:{WORD})(?:(?:[ -]| and )(?:{WORD}))+\b(?!-)", re.IGNORECASE)
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
MONTH = "|".join(f"{name}|{name[:3]}\\.?" for name in MONTHS)
PATTERNS = (
    rf"(?P<month_first>\b(?P<month1>{MONTH}) (?P<day1>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<year1>\d{{4}}))?\b)",
    rf"(?P<day_first>\b(?P<day2>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month2>{MONTH})(?:,? (?P<year2>\d{{4}}))?\b)",
    r"(?P<chinese>(?:(?P<year3>\d{4})年)?(?P<month3>\d{1,2})月(?P<day3>\d{1,2})[日号]?)",
    r"(?P<iso>(?P<year4>\d{4})-(?P<month4>\d{1,2})-(?P<day4>\d{1,2})(?![\d-]))",
    r"(?P<only_month>(?:(?P<year5>\d{4})年)?(?P<month5>\d{1,2})月(?!\d))",
    r"(?P<clock>(?<![\d:])(?P<hour>\d{1,2})(?::(?P<minute>\d{2})|[点时](?P<minute2>\d{1,2})分)(?![\d:]))",
    r"(?P<percent>(?P<share>\d+(?:\.\d+)?)\s?(?:%|percent\b|per cent\b))",
    r"(?P<ordinal>\b(?P<place>\d+)(?:st|nd|rd|th)\b|第(?P<place2>\d+))",
    r"(?P<scaled>(?P<short>\d+(?:\.\d+)?)(?:(?P<han>[万亿])|\s?(?P<scale>million|billion)\b))",
    r"(?P<code>(?<![A-Za-z\d])[A-Za-z]+-?\d[A-Za-z\d]*(?![A-Za-z\d]))",
    r"(?P<joined>\d+(?:\.\d+){2,}|\d+(?: \d+)+|\d+(?:[-–:]\d+)+|\d+(?:/\d+){2,}|"
    r"\d+(?:,\d{1,2})+(?![\d,])|\d+(?:,\d{4,})+)",
    r"(?P<plain>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d+)",
)
NUMBER = re.compile("|".join(PATTERNS))
MEASURES = "个只本条张位名岁年天次点分块元人家件头匹辆支杯瓶座间层周月日号小斤公米里倍种遍"


@dataclass(frozen=True)
class Number:
    """A number of the source."""

    spellings: tuple[str, ...]
    """How the translation may write it."""
    required: bool = True
    """Whether it must come; a month may have its name, and what is in words may stay so."""


def han_value(numeral: str) -> int | None:
    """The value of a Chinese numeral, digit by digit where it has no units; None for what is none.

    An ending such as 万二, where a unit is left out, counts as ones.
    """
    if all(c in HAN_DIGITS for c in numeral):
        return int("".join(str(HAN_DIGITS[c]) for c in numeral))
    total = section = digit = 0
    last = 10**9
    for c in numeral:
        if c in HAN_DIGITS:
            if digit:
                return None  # 三四十: about so many
            digit = HAN_DIGITS[c]
        elif c in HAN_UNITS:
            if HAN_UNITS[c] >= last:
                return None
            last = HAN_UNITS[c]
            section += (digit or 1) * last
            digit = 0
        else:
            total = (
                (total + section + digit) * HAN_SCALES[c] if c == "亿" else total + (section + digit) * HAN_SCALES[c]
            )
            section = digit = 0
            last = 10**9
    return total + section + digit


def english_value(words: str) -> int | None:
    """The value of an English numeral of several words; None for what is none (seven eight)."""
    total = section = 0
    last = 10**9
    for word in re.split(r"[ -]", words.lower()):
        if word == "and":
            if not section and not total:
                return None
        elif word in SMALL:
            size = 1 if SMALL[word] < 20 else 10
            if size >= last or (last < 100 and SMALL[word] >= 10):
                return None
            section += SMALL[word]
            last = 1 if SMALL[word] < 20 else 10
        elif word == "hundred":
            section, last = (section or 1) * 100, 100
        else:
            total, section, last = total + (section or 1) * LARGE[word], 0, 10**9
    return total + section


def in_digits(text: str, language: str, all_words: bool = False) -> str:
    """The text with its longer numerals in digits, as the model holds those: 三十七个 as 37个, thirty-seven as 37.

    Numbers of one word stay unless ``all_words``, and so does what only looks like a number. Digits of full width
    become plain ones, 百分之37 becomes 37%.
    """
    text = re.sub(r"[０-９]", lambda m: chr(ord(m.group()) - 0xFEE0), text)
    text = re.sub(r"(?<=\d)[：．](?=\d)", lambda m: ":" if m.group() == "：" else ".", text)
    text = re.sub(r"(?<=\d)％", "%", text)

    def written(match: re.Match[str]) -> str:
        words = match.group()
        if language == "zh" and NO_NUMBER.fullmatch(words):
            return words
        value = han_value(words) if language == "zh" else english_value(words)
        return words if value is None else str(value)

    if language == "en":
        text = ENGLISH_NUMBER.sub(written, text)
        single = rf"\b(?!(?:zero|one|hundred|thousand|million|billion)\b)(?:{WORD})\b"
        return re.sub(single, written, text, flags=re.IGNORECASE) if all_words else text
    text = HAN_NUMBER.sub(written, text)
    if all_words:
        text = re.sub(rf"[二两三四五六七八九十](?=[{MEASURES}])", written, text)
    return re.sub(r"百分之(\d+(?:\.\d+)?)", r"\1%", text)


def numbers_of(text: str, source: str, target: str) -> list[Number]:
    """The numbers of a text in digits, in their order, then those in words. Languages: "en" or "zh".

    A date, a time, a share, an ordinal comes as the other language writes it, all else digit by digit.
    """
    found = [_number(match, target) for match in NUMBER.finditer(text)]
    return found + [Number((str(value),), False) for value in sorted(values_in_words(text, source)) if value < 100]


def _number(match: re.Match[str], target: str) -> Number:
    """What the translation may make of a number."""
    kind, parts = match.lastgroup, {k.rstrip("12345"): v for k, v in match.groupdict().items() if v}
    written = match.group()
    if "month" in parts:
        return _date(parts, target, written if kind == "iso" else "")
    if kind == "clock":
        hour, minute = parts["hour"], parts["minute"]
        if target == "en":
            return Number((f"{hour}:{minute.zfill(2)}",))
        return Number((f"{hour}:{minute.zfill(2)}", f"{hour}点{minute}分" if int(minute) else f"{hour}点"))
    if kind == "percent":
        share = parts["share"]
        return Number((f"{share}%", f"百分之{share}" if target == "zh" else f"{share} percent"))
    if kind == "ordinal":
        place = parts["place"]
        return Number((f"第{place}",) if target == "zh" else (place + _ending(int(place)), place))
    if kind == "scaled":
        return Number(_scaled(parts["short"], parts.get("han") or parts["scale"].lower(), target))
    if kind in ("code", "joined"):
        return Number((written, f" {written}") if kind == "code" else (written,))
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", written):
        return Number((written, written.replace(",", "")))
    if target == "en" and re.fullmatch(r"[1-9]\d{4,8}", written):
        return Number((written, f"{int(written):,}"))
    return Number((written,))


def _date(parts: dict[str, str], target: str, literal: str) -> Number:
    """A date, the month by its name in English and by its number in Chinese."""
    month, day, year = parts["month"], parts.get("day", ""), parts.get("year", "")
    number = int(month) if month.isdigit() else 1 + [name[:3] for name in MONTHS].index(month[:3])
    if not 1 <= number <= 12:
        return Number((literal or month,))
    if target == "zh":
        written = (f"{year}年" if year else "") + f"{number}月" + (f"{day}日" if day else "")
        return Number((written, literal) if literal else (written,))
    name = MONTHS[number - 1]
    if not day and not year:
        return Number((name, f" {name}"))
    written = f"{name} {day}, {year}" if day and year else f"{name} {day or year}"
    return Number((written, f" {written}", *([literal] if literal else [])))


def _ending(place: int) -> str:
    """Of an English ordinal."""
    return "th" if 10 < place % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")


def _scaled(number: str, scale: str, target: str) -> tuple[str, ...]:
    """A number of 万 or 亿 in English, of millions or billions in Chinese: 3万 as 30,000, 3 million as 300万."""
    value = Decimal(number) * {"万": 10**4, "亿": 10**8, "million": 10**6, "billion": 10**9}[scale]
    if target == "en":
        names = [(10**9, "billion"), (10**6, "million")]
        short = next((f"{_short(value / size)} {name}" for size, name in names if value >= size), "")
        return tuple(filter(None, (short, f"{value:,.0f}", f"{value:.0f}")))
    size, name = (10**8, "亿") if value >= 10**8 else (10**4, "万")
    return f"{_short(value / size)}{name}", f"{value:.0f}"


def _short(value: Decimal) -> str:
    """Without zeros at the end of its decimals."""
    return f"{value.normalize():f}"


def values_in_words(text: str, language: str) -> set[int]:
    """The numbers from two on that a text writes in words; of Chinese those that count something."""
    text = NUMBER.sub("0", text)
    if language == "en":
        runs = re.finditer(rf"\b(?:{WORD})(?:(?:[ -]| and )(?:{WORD}))*\b", text, re.IGNORECASE)
        values = [english_value(run.group()) for run in runs]
    else:
        counted = re.compile(rf"(?<!第)[零〇一二两三四五六七八九十百千万亿]+(?=[{MEASURES}])")
        longer = (run for run in HAN_NUMBER.finditer(text) if not NO_NUMBER.fullmatch(run.group()))
        values = [han_value(run.group()) for run in (*counted.finditer(text), *longer)]
    return {value for value in values if value is not None and value > 1}


def named_values(text: str, language: str) -> set[int]:
    """The numbers behind names of days and months, and behind pairs, dozens and halves, which have words elsewhere."""
    if language == "zh":
        weekdays = {han_value(c) or 0 for c in re.findall("(?:星期|周|礼拜)([一二三四五六])", text)}
        names = {"半": {2, 30}, "双": {2}, "俩": {2}, "仨": {3}, "打": {12}, "刻": {15, 3}}
        return weekdays.union(*(values for name, values in names.items() if name in text))
    lower = text.lower()
    days = {
        n
        for n, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday"), 1)
        if name in lower
    }
    months = {n for n, name in enumerate(MONTHS, 1) if name in text}
    names = {
        "half": {2, 30}, "both": {2}, "couple": {2}, "pair": {2}, "twice": {2}, "dozen": {12}, "decade": {10},
        "second": {2}, "third": {3}, "quarter": {15, 4, 3}, "noon": {12}, "midnight": {12}, "week": {7},
    }  # fmt: skip
    return (days | months).union(*(values for name, values in names.items() if name in lower))
