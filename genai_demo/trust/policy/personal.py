"""Personal data in a text: e-mail addresses, telephone, identity, card and account numbers, by form and check digits.

Which digits are a telephone number is what ``phonenumbers`` (the plans of all countries) says of what has its form.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date

import phonenumbers

FEWEST = 7
"""A text with fewer digits holds no number that is looked for."""
REGIONS = ("CN", "US", "GB", "HK", "TW", "DE", "FR", "IN", "JP", "KR", "AU", "SG", "ES", "IT", "BR", "MX", "PL", "TR")
"""Whose national numbers are known beside a label."""
BESIDE = 24
"""Characters before a number in which its label stands."""

EMAIL = re.compile(
    r"(?<![\w.%+-])[a-z0-9][a-z0-9._%+-]{0,63}"
    r"(?: ?@ ?(?!example\.|test\.|localhost)(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}\b(?<!\.example)(?<!\.test)"
    r"| ?[(\[ ]at[)\] ] ?[a-z0-9-]{1,63} ?[(\[ ]dot[)\] ] ?(?:com|org|net|edu|de|cn|uk|fr|io|info)\b)",
    re.I | re.A,
)
ABROAD = re.compile(r"(?<![\d+])\+\d{1,3}(?:[-. ]?\(?\d{1,5}\)?){2,6}(?!\d)")
NATIONAL = (
    ("CN", re.compile(r"(?<![\d.-])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![\d-])")),
    ("CN", re.compile(r"(?<![\d.-])\(?0(?:10|2\d|[3-9]\d{2})\)?[- ]?[2-8]\d{2,3}[- ]?\d{4}(?![\d.-])")),
    ("US", re.compile(r"(?<![\d.-])(?:1[-. ])?\(?[2-9]\d{2}\)?[-. ] ?[2-9]\d{2}[-. ]\d{4}(?![\d.-])")),
    ("GB", re.compile(r"(?<![\d.-])07\d{3}[- ]?\d{3}[- ]?\d{3}(?![\d.-])")),
)
"""Forms that are telephone numbers without a label."""
FREE = (phonenumbers.PhoneNumberType.TOLL_FREE, phonenumbers.PhoneNumberType.UAN)
CALLED = re.compile(
    r"\b(?:tele)?phone|\btel\b|\bmobile|\bcell\b|\bcall (?:me|us|him|her)|\btext me|\bring me|\bwhats ?app|\bmy number"
    r"|(?:her|his) number|电话|手机|座机|致电|打给我|联系方式|微信",
    re.I,
)
LABELLED = re.compile(r"(?<![\w.])\+?\(?\d[\d() .-]{5,18}\d(?![\w])")
IDENTITY_ZH = re.compile(r"(?<!\d)[1-9]\d{5}[- ]?(?:19|20)\d{2}[- ]?\d{2}[- ]?\d{2}[- ]?\d{3}[\dxX](?![\dA-Za-z])")
SOCIAL = re.compile(r"(?<![\d-])(?!000|666|9)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\d-])")
SOCIAL_LABELLED = re.compile(
    r"\b(?:ssn|social security)\b[^\n\d]{0,20}(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}(?!\d)", re.I
)
PAPER = re.compile(
    r"(?:\bpassport|\bdriv(?:er|ing)\W{0,2}s? licen[cs]e|\bnational insurance|\bidentity card|\bid card|护照|驾照"
    r"|驾驶证|通行证|台胞证|居留证)[^\n\d]{0,16}?(?<![A-Za-z])[A-Z]{0,3} ?\d{2}(?:[ -]?[\dA-Z]){4,10}(?![\dA-Za-z])",
    re.I,
)
CARD = re.compile(r"(?<![\d.-])[2-6]\d{3}(?:[-. ]?\d){8,15}(?![\d-])(?!\.\d)")
ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|(?:6011|64[4-9]\d|65\d\d)\d{12,15}|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12,15}|62\d{14,17}|220[0-4]\d{12}"
)
"""Visa, Mastercard, American Express, Discover, Diners, JCB, UnionPay, Mir: first digits and lengths."""
OTHER_NUMBER = re.compile(
    r"\b(?:isbn|order|invoice|tracking|serial|parcel|ticket|item|part|article|version|case|reference|barcode|ean)\b"
    r"|书号|订单|发票|快递|运单|单号|序列号|编号|条形码|货号",
    re.I,
)
IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""Of the digits of a Chinese identity number (GB 11643-1999)."""
HAN_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")


def identity_is_valid(number: str) -> bool:
    """Whether the date of a Chinese identity number exists and its last sign fits the others (modulo 11, 2)."""
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    rest = sum(w * int(d) for w, d in zip(WEIGHTS, number, strict=False)) % 11
    return "10X98765432"[rest] == number[17].upper()


def card_is_valid(number: str) -> bool:
    """Whether these digits begin as an issuer's cards do, are as many, and have the check digit (Luhn)."""
    digits = [int(d) for d in reversed(number)]
    doubled = [d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits)]
    return ISSUERS.fullmatch(number) is not None and sum(doubled) % 10 == 0 and len(set(digits)) > 1


def iban_is_valid(number: str) -> bool:
    """Whether an account number has its check digits (ISO 13616, modulo 97)."""
    turned = number[4:] + number[:4]
    return 15 <= len(number) <= 34 and int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def phone_is_valid(number: str, region: str | None) -> bool:
    """Whether a telephone of somebody has this number, written as in a region; None: with the code of its country.

    Free numbers of firms and those that are kept for films (555-01xx) are not personal.
    """
    try:
        found = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return False
    if re.fullmatch(r"\d{3}55501\d\d", str(found.national_number)) and found.country_code == 1:
        return False
    return phonenumbers.is_valid_number(found) and phonenumbers.number_type(found) not in FREE


def plain(text: str) -> str:
    """The text in NFKC without invisible characters, long numbers in Chinese characters as digits."""
    text = unicodedata.normalize("NFKC", text)
    if not text.isascii():
        text = re.sub("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+", "", text)
        text = re.sub("[\u2010-\u2015\u2212]", "-", text)
        text = re.sub("[〇零一二三四五六七八九]{11,}", lambda m: m[0].translate(HAN_DIGITS), text)
    return text


def find(text: str) -> list[tuple[int, int]]:
    """Places of personal data in ``plain(text)``, in no order."""
    text = plain(text)
    found = [m.span() for m in EMAIL.finditer(text)]
    if len(re.findall(r"\d", text)) >= FEWEST:
        found += _numbers(text)
    return found


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    for pattern, valid in CHECKED:
        for match in pattern.finditer(text):
            if valid(re.sub(r"[-. ]", "", match[0])) and not _labelled(OTHER_NUMBER, text, match):
                yield match.span()
    for pattern in (SOCIAL, SOCIAL_LABELLED, PAPER):
        yield from (match.span() for match in pattern.finditer(text))
    for match in ABROAD.finditer(text):
        if phone_is_valid(match[0], None):
            yield match.span()
    for region, pattern in NATIONAL:
        for match in pattern.finditer(text):
            if phone_is_valid(match[0], region) and not _labelled(OTHER_NUMBER, text, match):
                yield match.span()
    for match in LABELLED.finditer(text):
        if _labelled(CALLED, text, match) and any(phone_is_valid(match[0], region) for region in REGIONS):
            yield match.span()


def _labelled(label: re.Pattern[str], text: str, match: re.Match[str]) -> bool:
    return label.search(text, max(0, match.start() - BESIDE), match.start()) is not None


CHECKED: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (IDENTITY_ZH, identity_is_valid),
    (CARD, card_is_valid),
    (IBAN, iban_is_valid),
)
"""Forms and the check digits that tell them from other numbers."""
