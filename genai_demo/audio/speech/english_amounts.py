"""Numbers of English in words where they are neither dates nor money: sums, ranges, scores, fractions, telephones."""

import re

from genai_demo.audio.speech.english import initialism
from genai_demo.audio.speech.english_numbers import cardinal, digits, number, ordinal, plural, year
from genai_demo.audio.speech.english_units import NUMBER
from genai_demo.audio.speech.rewriting import Rule

_FRACTIONS = {2: "half", 4: "quarter"}
_OPERAND = r"(?:\d+(?:[.,]\d+)*(?:[a-z]\b)?|(?<![A-Za-z'’])[A-Za-z](?![A-Za-z'’]))(?:\^-?\d+)?%?"
_SUM = re.compile(
    rf"(?<![\d.,])\(*[-−]?{_OPERAND}\)*(?:\s*[-−–+*/×÷x·=≠<>≤≥]\s*\(*[-−]?{_OPERAND}\)*)+(?:\s*=(?:\s*\?)?)?(?!\w)",
    re.ASCII,
)
_ASKED = re.compile(
    r"\b(?:what(?:'s|’s| is| does| do you get for)?|how much is|calculate|compute|evaluate|solve|simplify|work out|"
    r"the result of|subtract|equals)\s*:?\s*$",
    re.IGNORECASE,
)
_SCORE = re.compile(
    r"\b(?:won|wins?|winning|lost|loses?|losing|beat(?:en)?|scored?|led|leads?|leading|drew|draws?|tied?|victory|defeat|"
    r"final|finals|match|games?|vs|versus|vot(?:e[ds]?|ing)|ruled|ruling|series|sets?|pages?|lines?|verses?|odds)\b",
    re.IGNORECASE,
)
_DIALLED = (
    r"(?:[Cc]all|[Dd]ial|[Pp]hone|[Tt]ext|[Tt]elephone|[Ff]ax|[Mm]obile|[Hh]otline|PIN|pin|[Cc]ode|[Pp]assword|[Pp]asscode|"
    r"ZIP|[Zz]ip|[Ee]xtension|[Ss]erial)"
)
_MARKS = re.compile(
    r"\b(?:scor|rat(?:e|ing)|grade|gave|gives?|got|review|exam|quiz|stars|marks?\b|out of)", re.IGNORECASE
)
_MAKERS = "Boeing|Airbus|Embraer|Cessna|Porsche|Ferrari|[Mm]odel|[Ff]light"
"""After these, numbers joined by a dash are a name."""
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|"
    "RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC"
)


def sums(text: str) -> str:
    """The text with the signs of sums in words: those beside =, and those that somebody asks for."""
    return _SUM.sub(_sum, text)


def _sum(m: re.Match[str]) -> str:
    run = m[0]
    asked = _ASKED.search(m.string[: m.start()]) is not None
    if not (asked or re.search(r"[=≠≤≥÷]", run) or re.search(r"\d\s*[+×*]\s*\d", run)):
        return run
    if re.search(r"\d{4}-\d\d-\d\d", run) or (re.search(r"[A-Za-z]\s*[-–/]\s*[A-Za-z]", run) and "=" not in run):
        return run
    run = re.sub(r"(?<=\d)(?=[a-z](?!\w))", " ", run)
    run = re.sub(r"(?<=[\w)%])\s*[-−–]\s*(?=[-−(\w])", " minus ", run)
    run = re.sub(r"(?<!\w)[-−](?=[\w(])", " minus ", run)
    run = re.sub(r"(?<=[\d)])\s*x\s*(?=[(\d])|\s*[*·×]\s*", " times ", run)
    only = run.count("/") == 1 and not re.search(r"[+×*]|minus", run)
    if only or re.search(r"\s/\s", run):
        run = re.sub(r"\s*/\s*", " divided by ", run)
    return run


def _phone(m: re.Match[str]) -> str:
    """Digit by digit, with a short pause between the groups."""
    groups = [digits(g) for g in re.findall(r"\d+", m[0])]
    return ("plus " if m[0].startswith("+") else "") + ", ".join(groups)


def _range(m: re.Match[str]) -> str:
    """Two numbers joined by a dash: mostly from one to the other, a sum where they are set apart and fall."""
    first, second = (float(x.replace(",", "")) for x in (m[1], m[3]))
    if re.search(rf"\b(?:{_MAKERS}) $", m.string[: m.start()]):
        return f" {_model(m[1])} {_plain(m[3])} "
    spaced, told = m[2] != m[2].strip(), _SCORE.search(m.string) is not None
    if first > second and not told:
        if spaced:
            return f"{_plain(m[1])} minus {_plain(m[3])}"
        if first >= 100 and m[1].isdigit():
            return f" {_model(m[1])} {_plain(m[3])} "
    return f"{_plain(m[1])} to {_plain(m[3])}"


def _model(text: str) -> str:
    """Three digits of a name in two parts: seven forty seven."""
    return year(int(text)) if len(text) == 3 else _plain(text)


def _plain(text: str) -> str:
    """A number, as a year where it looks like one."""
    return year(int(text)) if re.fullmatch(r"1[1-9]\d\d|20\d\d", text) else number(text)


def fraction(m: re.Match[str]) -> str:
    whole, above, below = m[1], int(m[2]), int(m[3])
    if not whole and above <= below and below in (5, 10, 20, 50, 100) and _MARKS.search(m.string):
        return f"{cardinal(above)} out of {cardinal(below)}"
    if m[0] in ("24/7", "9/11") or above == below or (above + below == 100 and above % 5 == 0):
        return f"{cardinal(above)} {cardinal(below)}"
    if not 1 < below <= 100 or above > 100:
        return f"{whole or ''} {cardinal(above)} over {cardinal(below)}"
    name = _FRACTIONS.get(below) or ordinal(below)
    if above != 1:
        name = "halves" if name == "half" else name + "s"
    if whole:
        return f"{cardinal(int(whole))} and {'a' if above == 1 else cardinal(above)} {name}"
    return f"{cardinal(above)} {name}"


def _power(m: re.Match[str]) -> str:
    """The exponent stays a number, which may have a unit after it."""
    return {"2": " squared", "3": " cubed"}.get(m[1]) or f" to the power of {m[1]}"


def _version(m: re.Match[str]) -> str:
    return number(m[1]) + "".join(" point " + number(p) for p in m[2].split(".")[1:])


def _ip(m: re.Match[str]) -> str:
    return " dot ".join(digits(part) for part in m[0].split("."))


FIRST: list[Rule] = [
    # What no date, time or unit may take apart.
    (r"\b(\d+(?:\.\d+)?)[eE]([+-]?\d+)\b", lambda m: f"{number(m[1])} times ten to the power of {m[2].lstrip('+')}"),
    (r"(?<=\d)\^\(?([-−]?\d+)\)?", _power),
    (r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)", _ip),
    (r"(?<![\w.])(?:\+?\d{1,3}[- .])?(?:\(\d{3}\)\s?|\d{3}[- .])\d{3}[- .]\d{4}\b", _phone),
    (r"(?<!\w)\+\d[\d ()-]{6,}\d\b|(?<![\w.,-])\d{3}-\d{4}\b(?!-)|(?<![\w.,])0\d{2,4}(?: \d{3,4}){1,3}\b", _phone),
    (r"(?<![\w.,-])(?!\d{4}-\d\d?-\d\d?\b|\d\d?-\d\d?-\d{4}\b)\d+(?:-\d+){2,}\b(?!-)|\b\d{5}-\d{4}\b", _phone),
    (rf"\b({_STATES})\s+(\d{{5}})\b", lambda m: f"{initialism(m[1])} {digits(m[2])}"),
    (rf"\b({_DIALLED}(?: (?:number|code))?(?: is| at| us at| me at| on|:)?\s?)(\d{{3,}})\b"
     r"(?![.,:]\d|%|\s+[a-z]{2,}s\b)",
     lambda m: m[1] + digits(m[2])),
]  # fmt: skip
PERCENT: list[Rule] = [
    (rf"(-?)\b({NUMBER})\s?%?\s?(?:-|–|to)\s?({NUMBER})\s?%", lambda m: f"{number(m[2])} to {number(m[3])} percent"),
    (rf"(?<![\w.])([-−]?(?:{NUMBER}))\s?-?%", lambda m: number(m[1]) + " percent"),
    (r"(?<!\w)(?:(\d+)[ -])?(\d+)[/⁄](\d+)(?![\d/])", fraction),
]  # fmt: skip
RULES: list[Rule] = [
    (r"\b(\d+):(\d+)\b", lambda m: f"{number(m[1])} to {number(m[2])}"),
    (r"\b(\d{1,3}(?:,\d{3})*|\d+)(?:st|nd|rd|th)\b", lambda m: ordinal(int(m[1].replace(",", "")))),
    (r"\^\(?([-−]?\d+)\)?", _power),
    (r"\b(\d{3,4})[x×](\d{3,4})\b", lambda m: f"{year(int(m[1]))} by {year(int(m[2]))}"),
    (r"\b(\d+(?:\.\d+)?)(?:[x×]|\s?x\s)\s?(?=\d)", lambda m: f"{number(m[1])} by "),
    (r"\b(\d+(?:\.\d+)?)x\b", lambda m: f"{number(m[1])} times"),
    (r"\b(\d{3,4})([pi])\b", lambda m: f"{_model(m[1]) if len(m[1]) == 3 else year(int(m[1]))} {m[2].upper()}"),
    (r"~\s?(?=\d)", " about "),
    (r"\b[Vv](?:er)?\.?\s?(?=\d+\.\d)", "version "),
    (r"\b(\d+)((?:\.\d+){2,})\b", _version),
    (rf"\b({NUMBER})(\s?[-–—]\s?)({NUMBER})\b(?!-)", _range),
]  # fmt: skip
LAST: list[Rule] = [
    (r"(?<![\w.)])[-−–](?=\d)", "minus "),
    (r"−", " minus "),
    (r"#(?=\d)", " number "),
    (rf"({NUMBER})['’]?s\b", lambda m: f" {plural(number(m[1]))} "),
    (rf"{NUMBER}|\.\d+", lambda m: f" {number(m[0])} "),
]
