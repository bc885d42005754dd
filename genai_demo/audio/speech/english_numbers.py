"""Numbers in English words: cardinal, ordinal, years, decimals, digit by digit."""

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
ONES = _ONES.split()
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SCALES = [(10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred")]
_MONTHS = "January February March April May June July August September October November December"
MONTHS = _MONTHS.split()
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"}
_ORDINALS |= {"twelve": "twelfth"}


def cardinal(number: int) -> str:
    """A whole number in words; digit by digit from 10^15 on."""
    if number < 0:
        return "minus " + cardinal(-number)
    if number < 20:
        return ONES[number]
    if number < 100:
        return TENS[number // 10] + (" " + ONES[number % 10] if number % 10 else "")
    if number >= 10**15:
        return digits(str(number))
    size, name = next((s, n) for s, n in SCALES if number >= s)
    rest = number % size
    return f"{cardinal(number // size)} {name}" + ((" and " if rest < 100 else " ") + cardinal(rest) if rest else "")


def ordinal(number: int) -> str:
    """first, twenty second, hundredth ..."""
    before, _, last = cardinal(number).rpartition(" ")
    ending = _ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return f"{before} {ending}".strip()


def year(number: int) -> str:
    """As years are read: nineteen eighty four, two thousand five, twenty twenty six, ten sixty six, four seventy."""
    if not 100 < number < 2100 or number % 1000 < 10:
        return cardinal(number)
    century, rest = divmod(number, 100)
    return f"{cardinal(century)} " + ("hundred" if not rest else f"oh {ONES[rest]}" if rest < 10 else cardinal(rest))


def plural(words: str) -> str:
    """Several of a number: nineties, sixes, threes."""
    if words.endswith("y"):
        return words[:-1] + "ies"
    return words + ("es" if words.endswith("x") else "s")


def digits(text: str) -> str:
    """One by one; other signs are passed over."""
    return " ".join(ONES[int(c)] for c in text if c in "0123456789")


def number(text: str) -> str:
    """A number as it is written: "1,234.50", "-7", "007"."""
    text = text.replace(",", "").replace("−", "-").lstrip("+")
    if text.startswith("-"):
        return "minus " + number(text[1:])
    whole, point, after = text.partition(".")
    spoken = digits(whole) if (len(whole) > 1 and whole[0] == "0") or len(whole) > 15 else cardinal(int(whole or "0"))
    return f"{spoken} point {digits(after)}" if point and after else spoken
