"""Money and units of English in words: $3.50, €5m, 5-kg, 5'11", 20°C."""

import re

from genai_demo.audio.speech.english_numbers import cardinal, number
from genai_demo.audio.speech.rewriting import Rule

NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"

_CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"), "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"), "¥": ("yuan", "yuan", "", ""), "₹": ("rupee", "rupees", "", ""),
    "₩": ("won", "won", "", ""), "₽": ("ruble", "rubles", "", ""), "₿": ("bitcoin", "bitcoins", "", ""),
    "CHF": ("Swiss franc", "Swiss francs", "", ""), "JPY": ("yen", "yen", "", ""),
}  # fmt: skip
_CURRENCIES |= {"EUR": _CURRENCIES["€"], "GBP": _CURRENCIES["£"], "CNY": _CURRENCIES["¥"], "RMB": _CURRENCIES["¥"]}
_CURRENCIES |= {"INR": _CURRENCIES["₹"], "US$": _CURRENCIES["$"]}
for _code, _country in {"USD": "US", "A$": "Australian", "AUD": "Australian", "C$": "Canadian", "CAD": "Canadian",
                        "HK$": "Hong Kong", "NZ$": "New Zealand", "S$": "Singapore"}.items():  # fmt: skip
    _CURRENCIES[_code] = (f"{_country} dollar", f"{_country} dollars", "cent", "cents")
_SIGN = "|".join(re.escape(c) for c in sorted(_CURRENCIES, key=len, reverse=True))
_CODE = "|".join(c for c in _CURRENCIES if c.isalpha())
_SCALE = {"k": "thousand", "K": "thousand", "m": "million", "M": "million", "b": "billion", "bn": "billion"}
_SCALE |= {"mn": "million", "B": "billion", "T": "trillion", "tn": "trillion"}
_SCALE |= {w: w for w in ("hundred", "thousand", "million", "billion", "trillion")}
_SCALES = "|".join(sorted(_SCALE, key=len, reverse=True))

_UNITS = {
    "km/h": "kilometer per hour", "kph": "kilometer per hour", "mph": "mile per hour", "m/s": "meter per second",
    "m/s^2": "meter per second squared", "ft/s": "foot per second", "mi/h": "mile per hour",
    "km": "kilometer", "cm": "centimeter", "mm": "millimeter", "μm": "micrometer", "nm": "nanometer", "m": "meter",
    "kg": "kilogram", "mg": "milligram", "μg": "microgram", "g": "gram", "lb": "pound", "lbs": "pound", "oz": "ounce",
    "ml": "milliliter", "mL": "milliliter", "cl": "centiliter", "dl": "deciliter", "l": "liter", "L": "liter",
    "ft": "foot", "mi": "mile", "yd": "yard", "yds": "yard", "in": "inch", "°C": "degree Celsius",
    "°F": "degree Fahrenheit", "°": "degree", "KB": "kilobyte", "kB": "kilobyte", "MB": "megabyte", "GB": "gigabyte",
    "TB": "terabyte", "Mbps": "megabit per second", "Gbps": "gigabit per second", "kbps": "kilobit per second",
    "MB/s": "megabyte per second", "GB/s": "gigabyte per second", "Hz": "hertz", "kHz": "kilohertz",
    "MHz": "megahertz", "GHz": "gigahertz", "W": "watt", "kW": "kilowatt", "MW": "megawatt", "GW": "gigawatt",
    "kWh": "kilowatt hour", "V": "volt", "mAh": "milliamp hour", "ns": "nanosecond", "μs": "microsecond",
    "ms": "millisecond", "s": "second", "sec": "second", "secs": "second", "min": "minute", "mins": "minute",
    "h": "hour", "hr": "hour", "hrs": "hour", "wk": "week", "wks": "week", "mo": "month", "mos": "month",
    "yr": "year", "yrs": "year", "dB": "decibel", "kcal": "kilocalorie", "kJ": "kilojoule", "kPa": "kilopascal",
    "ha": "hectare", "t": "ton", "px": "pixel", "fps": "frame per second", "dpi": "dot per inch",
    "rpm": "revolution per minute", "tbsp": "tablespoon", "tsp": "teaspoon", "gal": "gallon", "qt": "quart",
    "km^2": "square kilometer", "m^2": "square meter", "m^3": "cubic meter", "cm^2": "square centimeter",
    "cm^3": "cubic centimeter", "ft^2": "square foot", "ft^3": "cubic foot", "mm^2": "square millimeter",
    "sq m": "square meter", "sq km": "square kilometer", "sqm": "square meter", "cc": "cubic centimeter",
    "square ft": "square foot", "square mi": "square mile", "square m": "square meter", "square km": "square kilometer",
    "square in": "square inch",
}  # fmt: skip
_PLURALS = {"foot": "feet", "inch": "inches", "hertz": "hertz", "kilohertz": "kilohertz", "megahertz": "megahertz"}
_PLURALS |= {"gigahertz": "gigahertz"}
UNIT = "|".join(re.escape(u) for u in sorted(_UNITS, key=len, reverse=True) if u != "in")
_JOINED = "|".join(
    re.escape(u) for u in sorted(_UNITS, key=len, reverse=True) if u not in ("m", "l", "L", "s", "t", "h")
)
"""After a hyphen; a single letter there is a name: 737-s."""
_PER = {
    "mo": "month", "yr": "year", "hr": "hour", "h": "hour", "wk": "week", "kg": "kilogram", "lb": "pound",
    "min": "minute", "sec": "second", "km": "kilometer", "gal": "gallon",
}  # fmt: skip
_PER_WORDS = (
    "month year day hour week night person user liter litre gallon minute second mile item piece unit seat student "
    "head share pound ounce kilo barrel"
)
_PER |= {word: word for word in _PER_WORDS.split()}


_NO_NOUN = "of|in|is|are|was|were|and|or|to|for|per|from|on|at|with|that|which|as|than|by|long|wide|high|tall|deep|away"


def _money(m: re.Match[str]) -> str:
    minus, sign, amount, scale = m[1] or m[3], m[2] or m[6], m[4].replace(",", ""), m[5]
    one, many, cent, cents = _CURRENCIES[sign.upper() if sign.isalpha() else sign]
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


def _prices(m: re.Match[str]) -> str:
    """From one price to another; the sign and the scale may stand once."""
    scale = f" {_SCALE[m[4]]}" if m[4] else ""
    first = f" {_SCALE[m[5]]}" if m[5] and m[5] != m[4] else ""
    return f"{number(m[2])}{first} to {number(m[3])}{scale} {_CURRENCIES[m[1]][1]}"


def _comma(m: re.Match[str]) -> str:
    """A price with the comma of the continent: €1.234,56."""
    return m[0].replace(".", "").replace(",", ".")


def with_unit(amount: str, unit: str, one: bool) -> str:
    """An amount in words and its unit; one: in the singular."""
    first, _, rest = _UNITS[unit].partition(" per ")
    head, _, last = first.rpartition(" ")
    if not one:
        if head == "degree":
            head = "degrees"
        else:
            last = _PLURALS.get(last, last + "s")
    return f"{amount} {head} {last}".replace("  ", " ") + (f" per {rest}" if rest else "")


def _with_unit(m: re.Match[str]) -> str:
    """In the singular before what is measured: a 5 km run."""
    measured = re.search(r"\b(?:an?|this|that|the|each|every|my|your|his|her|our|their)\s+$", m.string[: m.start()])
    noun = re.match(rf"\s+(?!(?:{_NO_NOUN})\b)[A-Za-z]", m.string[m.end() :])
    return with_unit(number(m[1]), m[2], m[1].lstrip("-−") == "1" or bool(measured and noun))


def _fraction_with_unit(m: re.Match[str]) -> str:
    """1/2 tsp; the fraction itself is left to its rule."""
    unit = with_unit("", m[3], m[1] is None)
    return f"{m[1] or ''}{m[2]} {unit.strip()}"


def _range_with_unit(m: re.Match[str]) -> str:
    return with_unit(f"{number(m[1])} to {number(m[2])}", m[3], False)


def _degrees(m: re.Match[str]) -> str:
    """Coordinates: 40°26'46"N."""
    names = {"N": "north", "S": "south", "E": "east", "W": "west"}
    parts = [f"{number(n)} {name}{'' if n == '1' else 's'}" for n, name in
             ((m[1], "degree"), (m[2], "minute"), (m[3], "second")) if n]  # fmt: skip
    return f"{' '.join(parts)} {names.get(m[4] or '', '')}".rstrip() + " "


def _inches(m: re.Match[str]) -> str:
    """12" is a length where no quotation was open."""
    if m.string[: m.start()].count('"') % 2:
        return m[0]
    return with_unit(number(m[1]), "in", m[1] == "1" or bool(re.match(r" [a-z]", m.string[m.end() :])))


RULES: list[Rule] = [
    (rf"(?<![\d.,])({NUMBER}\s?(?:[kKmMbB]|bn|{UNIT})?)\s?/\s?({'|'.join(sorted(_PER, key=len, reverse=True))})\b(?!/)",
     lambda m: m[0] if m[0].split("/")[0][-2:] + "/" + m[2] == "km/h" else f"{m[1]} per {_PER[m[2]]}"),
    (r"(?<=[€£$])\s?\d{1,3}(?:\.\d{3})*,\d\d(?!\d)|\b\d{1,3}(?:\.\d{3})*,\d\d(?=\s?[€£])", _comma),
    (rf"({_SIGN})\s?({NUMBER})(?:\s?[-–—]\s?)(?:{_SIGN})?({NUMBER})(?:\s?({_SCALES})\b)?()", _prices),
    (rf"({_SIGN})\s?({NUMBER})\s?({_SCALES})?(?:\s?[-–—]\s?)(?:{_SIGN})({NUMBER})(?:\s?({_SCALES})\b)?",
     lambda m: f"{number(m[2])} {_SCALE.get(m[3] or '', '')} to {number(m[4])} {_SCALE.get(m[5] or '', '')} "
               f"{_CURRENCIES[m[1]][1]}".replace("  ", " ")),
    (rf"([-−]?)(?<![A-Za-z])({_SIGN})\s?([-−]?)({NUMBER})(?:\s?({_SCALES})\b)?()", _money),
    (rf"([-−]?)()()(?<![\d.,])({NUMBER})(?:\s?({_SCALES}))?\s?([$€£₹₽](?!\s?\d)|\b(?:{_CODE})\b)", _money),
    (rf"(?<![\d.,])({NUMBER})\s?¢", lambda m: f"{number(m[1])} cent{'' if m[1] == '1' else 's'}"),
    (r"\b(\d{1,3})°\s?(\d{1,2})['’′]\s?(?:(\d{1,2}(?:\.\d+)?)(?:\"|''|″|”|′′)\s?)?([NSEW])?\b", _degrees),
    (r"\b(\d)['’′]\s?(\d{1,2})(?:\"|''|″|”|′′|\b)", lambda m: f"{cardinal(int(m[1]))} foot {cardinal(int(m[2]))}"),
    (r"(?<![\w./])((?:\d+[ -])?\d+[/⁄]\d+)(?:\"|''|″|′′)", r"\1 inch"),
    (rf"\b({NUMBER})(?:\"|''|″|′′)", _inches),
    (rf"\b({NUMBER})′", lambda m: with_unit(number(m[1]), "ft", m[1] == "1")),
    (rf"(?<![\w./])(\d+[ -])?(\d+[/⁄]\d+)\s?({UNIT})(?![\w/])", _fraction_with_unit),
    (rf"(?<![\w.])([-−]?(?:{NUMBER}))\s?(?:-|–|—|to)\s?([-−]?(?:{NUMBER}))\s?({UNIT})(?![\w/])", _range_with_unit),
    (rf"(?<![\w.])({NUMBER})-({_JOINED})(?![\w/])", lambda m: with_unit(number(m[1]), m[2], True)),
    (rf"(?<![\w.])([-−–]?(?:{NUMBER}))\s?({UNIT})(?![\w/])", _with_unit),
    (rf"\b({NUMBER})\s?(M|bn|mn)\b(?![-/])", lambda m: f"{number(m[1])} {_SCALE[m[2]]}"),
]  # fmt: skip
