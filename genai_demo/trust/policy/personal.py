"""Personal data in a text: e-mail addresses, telephone, identity and card numbers, by their form and check digits."""

import re
import unicodedata

EMAIL = re.compile(
    r"[\w.+-]+@(?!example\.|test\.|localhost)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?<!\.example)(?<!\.test)", re.I
)
MOBILE_ZH = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
PHONE = re.compile(r"(?<![\d.])\(?(?!800|888|877|866|555)[2-9]\d{2}\)?[-. ](?!555[-. ]01)\d{3}[-. ]\d{4}(?![\d.])")
ABROAD = re.compile(r"(?<!\d)\+\d{1,3}(?:[- ]?\(?\d{1,5}\)?){2,5}(?!\d)")
SOCIAL = re.compile(r"(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])")
IDENTITY_ZH = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dxX](?!\d)")
CARD = re.compile(r"(?<![\d.])[3-6]\d{3}(?:[- ]?\d){9,15}(?![\d.])")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""Of the digits of a Chinese identity number (GB 11643-1999)."""


def identity_is_valid(number: str) -> bool:
    """Whether the last sign of a Chinese identity number fits the others."""
    rest = sum(w * int(d) for w, d in zip(WEIGHTS, number, strict=False)) % 11
    return "10X98765432"[rest] == number[17].upper()


def card_is_valid(number: str) -> bool:
    """The check digit of cards (Luhn)."""
    digits = [int(d) for d in reversed(number) if d.isdigit()]
    doubled = [d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits)]
    return 13 <= len(digits) <= 19 and sum(doubled) % 10 == 0 and len(set(digits)) > 2


def find(text: str) -> list[tuple[int, int]]:
    """Places of personal data in the text, as it reads in NFKC without invisible characters."""
    text = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    if "@" not in text and sum(c.isdigit() for c in text) < 9:
        return []
    found = [m.span() for p in (EMAIL, MOBILE_ZH, PHONE, ABROAD, SOCIAL) for m in p.finditer(text) if _long(m)]
    found += [m.span() for m in IDENTITY_ZH.finditer(text) if identity_is_valid(m[0])]
    return found + [m.span() for m in CARD.finditer(text) if card_is_valid(m[0])]


def _long(match: re.Match[str]) -> bool:
    return "@" in match[0] or sum(c.isdigit() for c in match[0]) >= 9
