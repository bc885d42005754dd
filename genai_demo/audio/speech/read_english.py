"""English as it is written to English as it is read: dates, money, units, abbreviations, addresses, signs.

``expand`` tries its rules in order; each replaces what it knows and leaves the rest to the next.
"""

import re
from collections.abc import Callable

from genai_demo.audio.speech.english_numbers import cardinal, digits, number, ordinal, year

_MONTHS = "January February March April May June July August September October November December"
MONTHS = _MONTHS.split()
_MONTH = r"(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"  # noqa: E501
_DAY = r"(0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"

_SHORT = {
    "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Dr": "Doctor", "Prof": "Professor", "Jr": "Junior", "Sr": "Senior",
    "vs": "versus", "etc": "et cetera", "approx": "approximately", "dept": "department", "est": "established",
    "Inc": "Incorporated", "Ltd": "Limited", "Co": "Company", "Corp": "Corporation", "Ave": "Avenue", "Rd": "Road",
    "Blvd": "Boulevard", "Mt": "Mount", "Ft": "Fort", "Gen": "General", "Col": "Colonel", "Sgt": "Sergeant",
    "Capt": "Captain", "Lt": "Lieutenant", "Rev": "Reverend", "Hon": "Honorable", "Gov": "Governor", "Sen": "Senator",
    "Rep": "Representative", "Pres": "President", "Fig": "Figure", "fig": "figure", "vol": "volume", "Vol": "Volume",
    "Maj": "Major", "Messrs": "Messieurs", "Esq": "Esquire", "Bros": "Brothers", "al": "al", "min": "minutes",
    "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Thurs": "Thursday",
    "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
}  # fmt: skip
"""Read so where a full stop follows; the stop goes unless the sentence ends there."""
_WITHOUT_STOP = ("Mr", "Mrs", "Ms", "Dr", "Prof", "vs", "etc", "Jr", "Sr")

_CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"), "US$": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"), "£": ("pound", "pounds", "penny", "pence"),
    "¥": ("yuan", "yuan", "", ""), "₹": ("rupee", "rupees", "", ""), "₩": ("won", "won", "", ""),
}  # fmt: skip
_SCALE = {"k": "thousand", "K": "thousand", "m": "million", "M": "million", "b": "billion", "bn": "billion"}
_SCALE |= {"B": "billion", "T": "trillion"} | {w: w for w in ("hundred", "thousand", "million", "billion", "trillion")}

_UNITS = {
    "km/h": "kilometer per hour", "mph": "mile per hour", "m/s": "meter per second", "km": "kilometer",
    "cm": "centimeter",
    "mm": "millimeter", "m": "meter", "kg": "kilogram", "mg": "milligram", "g": "gram", "lb": "pound", "lbs": "pound",
    "oz": "ounce", "ml": "milliliter", "mL": "milliliter", "l": "liter", "L": "liter", "ft": "foot", "mi": "mile",
    "°C": "degree Celsius", "°F": "degree Fahrenheit", "°": "degree", "KB": "kilobyte", "MB": "megabyte",
    "GB": "gigabyte", "TB": "terabyte", "Mbps": "megabit per second", "Hz": "hertz", "kHz": "kilohertz",
    "MHz": "megahertz", "GHz": "gigahertz", "W": "watt", "kW": "kilowatt", "MW": "megawatt", "kWh": "kilowatt hour",
    "V": "volt", "mAh": "milliamp hour", "ms": "millisecond", "s": "second", "sec": "second", "min": "minute",
    "h": "hour", "hr": "hour", "hrs": "hour", "dB": "decibel", "kcal": "kilocalorie", "ha": "hectare", "t": "ton",
    "px": "pixel", "fps": "frame per second", "in": "inch", "yd": "yard", "km^2": "square kilometer",
    "m^2": "square meter", "m^3": "cubic meter", "cm^2": "square centimeter",
}  # fmt: skip
_PLURALS = {"foot": "feet", "inch": "inches", "hertz": "hertz", "kilohertz": "kilohertz", "megahertz": "megahertz"}
_PLURALS |= {"gigahertz": "gigahertz"}
_UNIT = "|".join(re.escape(u) for u in sorted(_UNITS, key=len, reverse=True) if u != "in")

_ROMAN = r"(X{0,3}(?:IX|IV|V?I{0,3}))\b"
_KINGS = (
    "Henry|Louis|George|Elizabeth|Charles|James|William|Edward|Richard|Philip|Paul|Benedict|Pius|Napoleon|Alexander"
)
_KINGS += "|Catherine|Frederick|Nicholas|Peter|Mary|Ivan|Leo|Gregory|Innocent|Ramses|Ptolemy|Francis|Friedrich|Wilhelm"
_COUNTED = (
    "Chapter|Part|Volume|Act|Scene|Book|War|Section|Type|Class|Phase|Title|Article|Stage|Level|Rocky|Apollo|Figure"
)

_SIGNS = {
    "&": "and", "@": "at", "+": "plus", "=": "equals", "×": "times", "÷": "divided by", "±": "plus or minus",
    "≈": "is about", "<": "is less than", ">": "is greater than", "≤": "is at most", "≥": "is at least", "%": "percent",
    "°": "degrees", "©": "copyright", "®": "registered", "§": "section", "π": "pi", "α": "alpha", "β": "beta",
    "γ": "gamma", "δ": "delta", "λ": "lambda", "μ": "mu", "σ": "sigma", "ω": "omega", "θ": "theta", "Δ": "delta",
    "Ω": "omega", "∞": "infinity", "√": "the square root of", "→": "to", "№": "number", "€": "euros", "£": "pounds",
    "$": "dollars", "¥": "yuan",
}  # fmt: skip
_FRACTIONS = {2: "half", 4: "quarter"}


def expand(text: str) -> str:
    """English text with everything written out that is not a word."""
    for pattern, replace in _COMPILED:
        text = pattern.sub(replace, text)
    return text


def addresses(text: str) -> str:
    """Web and e-mail addresses as they are read aloud: "see example dot com slash help"."""
    return _ADDRESS.sub(lambda m: f" {_address(m[0])} ", text)


_ADDRESS = re.compile(
    r"(?<![\w@])(?:(?:https?|ftp)://[!-~]*[A-Za-z0-9/]|www\.[!-~]*[A-Za-z0-9/]|[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
    r"|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.(?:com|org|net|edu|gov|io|ai|cn|uk|de)(?:/[!-~]*[A-Za-z0-9/])?(?![\w]))",
    re.ASCII,
)


def _address(address: str) -> str:
    address = re.sub(r"^[a-z]+://", "", address).removeprefix("www.").rstrip("/")
    names = {".": "dot", "/": "slash", "@": "at", "-": "dash", "_": "underscore", "?": "question mark", "=": "equals"}
    names |= {"&": "and", "#": "hash", "+": "plus", "%": "percent", ":": "colon", "~": "tilde"}
    pieces = re.findall(r"[A-Za-z]+|\d+|[^A-Za-z\d]", address)
    return " ".join(digits(p) if p.isdigit() else p if p.isalpha() else names.get(p, "") for p in pieces)


def _month(name: str) -> str:
    return next(m for m in MONTHS if m.startswith(name[:3]))


def _date(month: int, day: int, of_year: str | None) -> str:
    return f"{MONTHS[month - 1]} {ordinal(day)}" + (f", {year(int(of_year))}" if of_year else "")


def _iso(m: re.Match[str]) -> str:
    return _date(int(m[2]), int(m[3]), m[1]) if 1 <= int(m[2]) <= 12 and 1 <= int(m[3]) <= 31 else m[0]


def _american(m: re.Match[str]) -> str:
    return _date(int(m[1]), int(m[2]), m[3]) if 1 <= int(m[1]) <= 12 and 1 <= int(m[2]) <= 31 else m[0]


def _time(m: re.Match[str]) -> str:
    hour, minute, half = int(m[1]), m[2], (m[3] or "").replace(".", "").replace(" ", "")
    if hour > 24 or int(minute or 0) > 59:
        return m[0]
    spoken = cardinal(hour)
    if minute and int(minute):
        spoken += " oh " + cardinal(int(minute)) if minute[0] == "0" else " " + cardinal(int(minute))
    elif not half:
        spoken += " o'clock" if 0 < hour <= 12 else " hundred hours" if hour else " hours"
    return f"{spoken} {' '.join(half.upper())} ".replace("  ", " ") if half else spoken


def _money(m: re.Match[str]) -> str:
    minus, sign, amount, scale = m[1], m[2] or m[5], m[3].replace(",", ""), m[4]
    one, many, cent, cents = _CURRENCIES[sign]
    minus = "minus " if minus else ""
    if scale:
        return f"{minus}{number(amount)} {_SCALE[scale]} {many}"
    whole, _, part = amount.partition(".")
    spoken = f"{cardinal(int(whole))} {one if int(whole) == 1 else many}"
    if part and (len(part) != 2 or not cent):
        return f"{minus}{number(amount)} {many}"
    if part and int(part):
        small = f"{cardinal(int(part))} {cent if int(part) == 1 else cents}"
        spoken = small if int(whole) == 0 else f"{spoken} and {small}"
    return minus + spoken


def _with_unit(m: re.Match[str]) -> str:
    name = _UNITS[m[2]]
    first, _, rest = name.partition(" per ")
    head, _, last = first.rpartition(" ")
    if m[1].lstrip("-") != "1":
        if head == "degree":
            head = "degrees"
        else:
            last = _PLURALS.get(last, last + "s")
    return f"{number(m[1])} {head} {last}".replace("  ", " ") + (f" per {rest}" if rest else "")


def _fraction(m: re.Match[str]) -> str:
    whole, above, below = m[1], int(m[2]), int(m[3])
    if m[0] in ("24/7", "9/11") or above == below:
        return f"{cardinal(above)} {cardinal(below)}"
    if not 1 < below <= 100 or above > 100:
        return f"{whole or ''} {cardinal(above)} over {cardinal(below)}"
    name = _FRACTIONS.get(below) or ordinal(below)
    if above != 1:
        name = "halves" if name == "half" else name + "s"
    if whole:
        return f"{cardinal(int(whole))} and {'a' if above == 1 else cardinal(above)} {name}"
    return f"{cardinal(above)} {name}"


def _roman(m: re.Match[str]) -> str:
    if not m[2]:
        return m[0]
    values = {"I": 1, "V": 5, "X": 10}
    numbers = [values[c] for c in m[2]]
    total = sum(-n if n < max(numbers[i:]) else n for i, n in enumerate(numbers))
    return f"{m[1]} the {ordinal(total)}" if re.fullmatch(_KINGS, m[1]) else f"{m[1]} {cardinal(total)}"


def _range(m: re.Match[str]) -> str:
    return f"{_plain(m[1])} to {_plain(m[2])}"


def _plain(text: str) -> str:
    return year(int(text)) if re.fullmatch(r"1[1-9]\d\d|20\d\d", text) else number(text)


def _decade(m: re.Match[str]) -> str:
    first, last = (year(int(m[1] + "0")) if len(m[1]) == 3 else cardinal(int(m[1] + "0"))).rpartition(" ")[::2]
    plural = last[:-1] + "ies" if last.endswith("y") else last + "s"
    return f"{first} {plural}".strip()


def _sentence_ends(m: re.Match[str]) -> bool:
    """Whether nothing or a capital follows."""
    return re.match(r"\s+[A-Z]|\s*$", m.string[m.end() :]) is not None


def _abbreviation(m: re.Match[str]) -> str:
    return _SHORT[m[1]] + (". " if m[1] in ("etc", "Inc", "Ltd", "Co", "Corp") and _sentence_ends(m) else " ")


def _phone(m: re.Match[str]) -> str:
    """Digit by digit, with a short pause between the groups."""
    groups = [digits(g) for g in re.findall(r"\d+", m[0])]
    return ("plus " if m[0].startswith("+") else "") + ", ".join(groups)


def _version(m: re.Match[str]) -> str:
    return number(m[1]) + "".join(" point " + number(p) for p in m[2].split(".")[1:])


def _day_month(m: re.Match[str]) -> str:
    return _date(MONTHS.index(_month(m[2])) + 1, int(m[1]), m[3])


def _month_day(m: re.Match[str]) -> str:
    return _date(MONTHS.index(_month(m[1])) + 1, int(m[2]), m[3])


def _initials(m: re.Match[str]) -> str:
    return m[0].replace(".", "") + (". " if _sentence_ends(m) else "")


_RULES: list[tuple[str, Callable[[re.Match[str]], str] | str]] = [
    # Abbreviations first: their full stops end no sentence.
    (r"\b[eE]\.\s?g\.,?", "for example,"),
    (r"\b[iI]\.\s?e\.,?", "that is,"),
    (r"\bNos?\.\s?(?=\d)", "number "),
    (r"\bp\.\s?(?=\d)", "page "),
    (r"\bpp\.\s?(?=\d)", "pages "),
    (r"\bSt\.(?=\s+[A-Z])", "Saint"),
    (r"\bSt\.", "Street"),
    (rf"\b({'|'.join(_SHORT)})\.", _abbreviation),
    (rf"\b({'|'.join(_WITHOUT_STOP)})\b(?!')", lambda m: _SHORT[m[1]]),
    (r"\b(?:[A-Z]\.){2,}", _initials),
    (r"\b([A-HJ-Z])\.(?=\s+[A-Z])", r"\1"),
    (r"\bw/o(?!\w)", "without "),
    (r"\bw/(?!\w)", "with "),
    # Dates and times.
    (r"\b(\d{4})[-/](\d{1,2})[-/](\d{1,2})\b", _iso),
    (r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b", _american),
    (rf"\b{_DAY}(?: of)? {_MONTH}(?:,? (\d{{4}})\b)?", _day_month),
    (rf"\b{_MONTH} {_DAY}\b(?:,? (\d{{4}})\b)?", _month_day),
    (rf"\b{_MONTH},? (?=\d{{4}}\b)", lambda m: _month(m[1]) + " "),
    (r"\b(\d{1,2}):(\d\d)(?::\d\d)?(?:\s?([AaPp]\.?\s?[Mm])\b\.?)?", _time),
    (r"\b(\d+):(\d+)\b", lambda m: f"{number(m[1])} to {number(m[2])}"),
    (r"\b(\d{1,2})()\s?([AaPp]\.?[Mm])\b\.?", _time),
    # Money, percentages, units.
    (rf"(-?)(US\$|[$€£¥₹₩])\s?({_NUMBER})(?:\s?({'|'.join(_SCALE)})\b)?()", _money),
    (rf"(-?)()({_NUMBER})()\s?([$€£](?!\s?\d))", _money),
    (rf"(-?)\b({_NUMBER})\s?(?:-|–|to)\s?({_NUMBER})\s?%", lambda m: f"{number(m[2])} to {number(m[3])} percent"),
    (rf"(?<![\w.])([-−]?(?:{_NUMBER}))\s?%", lambda m: number(m[1]) + " percent"),
    (r"(?<!\w)(?:(\d+) )?(\d+)[/⁄](\d+)(?![\d/])", _fraction),
    (r"(?:\b|['’])([1-9]|1\d\d|20\d)0['’]?s\b", _decade),
    (rf"(?<![\w.])([-−]?(?:{_NUMBER}))\s?({_UNIT})(?![\w/])", _with_unit),
    # Other numbers.
    (r"(?<![\w.])\+?\(?\d{3}\)?[- ]\d{3,4}[- ]?\d{4}\b|(?<!\w)\+\d[\d -]{6,}\d\b|\b\d{3}-\d{4}\b", _phone),
    (r"\b(\d{1,3}(?:,\d{3})*|\d+)(?:st|nd|rd|th)\b", lambda m: ordinal(int(m[1].replace(",", "")))),
    (r"\b(\d+(?:\.\d+)?)\s?[-–]\s?(\d+(?:\.\d+)?)\b(?!-)", _range),
    (r"\bv?(\d+)((?:\.\d+){2,})\b", _version),
    (r"(?<![\d,.])(1[1-9]\d\d|20\d\d)(?!\d|[.,]\d)", lambda m: f" {year(int(m[1]))} "),
    (r"(?<![\w.)])[-−](?=\d)", "minus "),
    (r"#(?=\d)", " number "),
    (rf"{_NUMBER}|\.\d+", lambda m: f" {number(m[0])} "),
    (rf"\b({_KINGS}|{_COUNTED}) {_ROMAN}", _roman),
    (r"#(?=[A-Za-z])", " hash tag "),
    ("|".join(re.escape(s) for s in _SIGNS), lambda m: f" {_SIGNS[m[0]]} "),
]  # fmt: skip
_COMPILED = [(re.compile(pattern, re.ASCII), replace) for pattern, replace in _RULES]
