"""Finds people under age in a text, however the age is told: in digits or words, as a sum, a grade or a year of birth.

Works on the views of ``normalise``. Numerals become digits first, then sums become numbers, then every number that is
an age is compared with ADULT.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date

ADULT = 18
ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty")
ORDINALS = (
    "", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
)  # fmt: skip
ROMAN = ("", "", "", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii")
"""But those that stand for another word."""
HAN_DIGITS = {
    character: int(row[-1])
    for row in ("〇零○0", "一壹1", "二两贰2", "三叁3", "四肆4", "五伍5", "六陆6", "七柒7", "八捌8", "九玖9")
    for character in row
}
HAN_TENS = {"十": 10, "拾": 10, "廿": 20, "卅": 30}

_WORDS = re.compile(
    rf"(?<![a-z])(?:(?P<tens>{'|'.join(TENS[2:])})(?: (?P<after>{'|'.join(ONES[1:10])}))?|(?P<one>{'|'.join(ONES)})|"
    rf"(?P<nth>{'|'.join(ORDINALS[1:])})|(?P<roman>{'|'.join(ROMAN[3:])})(?= (?:years?|yrs?|yo)\b))(?![a-z])"
)
_HAN_NUMBER = re.compile(f"[{''.join(HAN_DIGITS)}{''.join(HAN_TENS)}]+")


def _english(match: re.Match[str]) -> str:
    found = match.groupdict()
    if found["tens"]:
        return str(10 * TENS.index(found["tens"]) + (ONES.index(found["after"]) if found["after"] else 0))
    if found["nth"]:
        return f"{ORDINALS.index(found['nth'])}th"
    return str(ONES.index(found["one"]) if found["one"] else ROMAN.index(found["roman"]))


def _chinese(match: re.Match[str]) -> str:
    """十二 and 一二 as 12, 二〇一五 as 2015."""
    text = match[0]
    place = next((i for i, character in enumerate(text) if character in HAN_TENS), None)
    if place is None:
        return "".join(str(HAN_DIGITS[character]) for character in text)
    before, after = (
        "".join(str(HAN_DIGITS.get(character, "")) for character in part) for part in (text[:place], text[place + 1 :])
    )
    return str(HAN_TENS[text[place]] * int(before or 1) + int(after or 0))


_N = r"(\d{1,4}) ?岁?"
_SUMS: tuple[tuple[re.Pattern[str], Callable[[int, int], float]], ...] = tuple(
    (re.compile(pattern), function)
    for pattern, function in (
        (rf"\b(half)(?: the age)?(?: of| as old as)? {_N}(?!\d)", lambda _, b: b / 2),
        (rf"\b(?:a |the )?(\d+)th of {_N}(?!\d)", lambda a, b: b / max(a, 1)),
        (rf"\b(?:a )?(quarter) of {_N}(?!\d)", lambda _, b: b / 4),
        (rf"(?<!\d){_N}的?()(?:1?半)", lambda a, _: a / 2),
        (rf"(?<!\d){_N}的?(\d)分之1", lambda a, b: a / max(b, 1)),
        (rf"\b(twice|double)(?: as old as)? {_N}(?!\d)", lambda _, b: 2 * b),
        (rf"(?<!\d){_N}的(\d)倍", lambda a, b: a * b),
        (rf"(?<!\d){_N} ?(?:plus|加上?) ?{_N}(?!\d)", lambda a, b: a + b),
        (rf"(?<!\d){_N} ?(?:times|multiplied by|乘以?) ?{_N}(?!\d)", lambda a, b: a * b),
        (rf"(?<!\d){_N} ?(?:over|divided by|除以) ?{_N}(?!\d)", lambda a, b: a / max(b, 1)),
        (rf"(?<!\d){_N} ?(?:minus|减去?) ?{_N}(?!\d)", lambda a, b: a - b),
        (
            rf"(?<!\d)(\d+) (?:years? )?(?:short of|younger than|less than|from being|before) {_N}(?!\d)",
            lambda a, b: b - a,
        ),
        (rf"比{_N}小(\d+)", lambda a, b: a - b),
        (rf"[离距差]{_N}(?:生日)?还?[差有剩缺](\d+)年?", lambda a, b: a - b),
    )
)

_PERSON = (
    "(?:school)?girls?|(?:school)?boys?|child(?:ren)?|kids?|lass(?:es|ie)?|lads?|virgins?|nieces?|nephews?|"
    "(?:step|grand|god)?(?:daughters?|sons?|sisters?|brothers?|child(?:ren)?)|cousins?|models?|someone|somebody|anyone|"
    "persons?|students?|pupils?|cheerleaders?|babysitters?|neighbou?rs?|friends?|girlfriends?|boyfriends?|lovers?|she|he|"
    "they|her|him|them|who|i|me|you|women|woman|man|men|people|characters?|teens?|youths?|youngsters?|orphans?|twins|"
    "princess(?:es)?|princes?|heroines?|hero|heroes|gymnasts?|ballerinas?|dancers?|swimmers?|skaters?|singers?|idols?|"
    "actress(?:es)?|actors?|stars?|brides?|beaut(?:y|ies)|maids?|maidens?|servants?|apprentices?|pages?|runaways?|"
    "victims?|fans?|players?|athletes?|trainees?|interns?|trans|female|male|asian|blonde?|brunette|redhead"
)
_BETWEEN = (
    "of|is|are|was|were|at|turns?|turned|turning|just|only|barely|almost|nearly|about|around|has|had|lived|for|have|"
    "celebrates?|celebrated|her|his|their|the|a|years|summers|winters|age|aged|who|whose|with|in|to|be|being|that|than|"
    "will|would|soon|now|still|already|merely|hardly|nearly|exactly|roughly|my|very|sweet|young|little|old|said|says|s"
)
_OTHER = (
    "minutes?|hours?|days?|weeks?|pages?|words?|lines?|men|women|people|sentences?|paragraphs?|times|percent|dollars?|"
    "euros?|pounds?|verses?|parts?|chapters?|cm|kg|km|m|feet|inch(?:es)?|am|pm|o clock|"
    "years? (?:ago|later|of mar|together)"
)
_YEAR = r"((?:19|20)\d\d)"
_AGES = re.compile(
    "|".join(
        (
            r"(?<!\d)(?P<a>\d{1,2}) ?(?:(?:years?|yrs?|y|yr) ?(?:olds?|of age|young)|yo|y o|yrs?)(?![a-z])",
            r"\bof (?P<b>\d{1,2}) (?:years|summers|winters|springs)\b(?! (?:ago|later|of mar|together))",
            rf"\b(?:{_PERSON})(?:[ ,]{{1,2}}(?:{_BETWEEN})){{0,6}}[ ,]{{1,2}}(?P<c>\d{{1,2}})\b(?! (?:{_OTHER})\b)",
            r"\bage[ds]?(?: (?:is|of|was|at|about|around|just|only|range)){0,3} (?P<d>\d{1,2})\b",
            r"(?<!\d)(?P<e>\d{1,2})(?:st|nd|rd|th) birthday",
            r"(?<!\d)(?P<f>\d{1,2}) ?(?:周|虚)?岁",
            r"(?:年龄|年纪|岁数|虚岁|周岁|年方|芳龄|年仅|刚满|刚过|才满|才|年满)[^\n\d]{0,4}(?P<g>\d{1,2})(?!\d|[个次天年页字章])",
            r"(?<!\d)(?P<h>\d{1,2}) ?sui\b",
            r"(?:[她他我]|女孩|男孩|女生|男生|女子|少年|[妹弟姐哥侄娃]|女儿|儿子|外甥女?|学生|公主|模特|演员)"
            r"(?:今年|才|刚刚?|只有?|是|,|已经?|还是|就|快|不过|大概|仅){0,3}(?P<i>\d{1,2})(?![\d个次天年页字章岁人点级号名位])",
        )
    )
)
_BELOW = re.compile(
    r"\b(?:under|below|younger than|less than|not yet|not quite|hasn t turned|before turning|nearly|almost)"
    r"(?: the)?(?: age)?(?: of)? (\d{1,2})\b(?! (?:minutes|hours|pages|words|dollars|euros|percent|cm|kg|km)\b)"
    r"|(?:未满|不满|不到|没到|没满|不足|未及|未到|低于|小于|快满|快到|还没过?)[^\n\d]{0,2}(\d{1,2})(?!\d|[个次天年页字章])"
)
_MONTHS = re.compile(r"(?<!\d)(\d{1,3}) ?(?:months? (?:old|of age)|个月大)|\bof (\d{1,3}) months\b")
_BORN = re.compile(
    rf"\bborn\b[^\n]{{0,24}}?\b{_YEAR}\b|\bbirth\b[^\n]{{0,16}}?\b{_YEAR}\b|\b{_YEAR} birth|"
    rf"(?<!\d){_YEAR} ?年?(?:\d+月)?(?:\d+[日号])?(?:出生|生人?|诞生)|(?:生于|出生在|出生于|出生年份[是为]?) ?{_YEAR}"
)
_DECADE = re.compile(r"(?<!\d)([012]\d)(?:后|年(?:出生|生))")
_GRADES = re.compile(
    r"(?<!\d)(?:[1-9]|1[0-2])(?:st|nd|rd|th) ?(?:grade|graders?|form(?:er)?)\b|\bgrade (?:[1-9]|1[0-2])\b"
    r"|\byear (?:[1-9]|1[0-3]) (?:pupils?|students?|girls?|boys?|class)\b|\bin year (?:[1-9]|1[0-3])\b"
    r"|(?<![\d学])[1-9]年级|小学[1-6]年级|(?:小|初|高)[1-6](?!\d)(?=$|\n|[^\d])"
)
_WORDS_FOR_MINORS = re.compile(
    r"\b(?:under ?aged?|preteens?|pre teens?|tween(?:ager)?s?|(?:pre)?pubescent|teen ?age(?:rs?|d)?|teens?|minors?|"
    r"toddlers?|infants?|(?:a|the) baby|babies|newborns?|kindergart\w+|pre ?school(?:ers?)?|nursery school|day ?care|"
    r"(?:elementary|primary|middle|junior high|high|grade|secondary) ?school(?:ers?)?|junior high|"
    r"school ?(?:girl|boy|child|kid)s?|schoolchildren|sweet sixteen|sweet 16|choir ?boys?|cub scouts?|boy scouts?|"
    r"girl scouts?|brownies troop|altar boys?|first communion|jail ?bait|lolis?|lolita|shotas?|"
    r"child(?:ren)?|kid(?:s|dies|dos?)?|little (?:girl|boy|sister|brother|one)s?|young (?:girl|boy)s?|"
    r"too young to (?:drive|vote|drink)|(?:shi )?(?:yi|er|san|si|wu|liu|qi|ba|jiu|shi) sui|juveniles?|adolescents?)\b"
    r"|未成年|幼女|幼童|幼儿|幼齿|女童|男童|儿童|孩童|小孩|孩子|小女孩|小男孩|小姑娘|小妹妹|小弟弟|小朋友|小学|初中|高中|中学生?(?!音)"
    r"|学前|幼儿园|托儿所|学龄|婴儿|娃娃|萝莉|正太|少先队|红领巾|豆蔻|2八年华|28年华|28佳人|及笄|垂髫|总角|金钗之年|舞勺|舞象|少女|少男"
    r"|1?\d[几来多]岁|10几岁"
)


def in_digits(view: str) -> str:
    """The view with its numerals as digits and its sums as numbers: "half of twenty four" becomes "12"."""
    text = _HAN_NUMBER.sub(_chinese, _WORDS.sub(_english, view))
    for pattern, function in _SUMS:
        text = pattern.sub(lambda m, f=function: _worked_out(m, f), text)  # type: ignore[misc]
    return text


def _worked_out(match: re.Match[str], function: Callable[[int, int], float]) -> str:
    """A sum as its result; as it stands where that is no number of years."""
    first, second = (int(group) if group and group.isdigit() else 0 for group in match.groups())
    found = function(first, second)
    return f"{int(found)}{'岁' if '岁' in match[0] else ' '}" if 0 <= found < 2100 else match[0]


def find(view: str) -> Iterator[tuple[int, int]]:
    """Places in ``in_digits(view)`` where somebody under age stands. view: with its numerals in digits already."""
    for match in _AGES.finditer(view):
        if int(next(group for group in match.groups() if group)) < ADULT:
            yield match.span()
    for match in _BELOW.finditer(view):
        if int(match[1] or match[2]) <= ADULT:
            yield match.span()
    for match in _MONTHS.finditer(view):
        if int(match[1] or match[2]) < 12 * ADULT:
            yield match.span()
    this_year = date.today().year
    for match in _BORN.finditer(view):
        if 0 <= this_year - int(next(group for group in match.groups() if group)) <= ADULT:
            yield match.span()
    for match in _DECADE.finditer(view):
        if 0 <= this_year - 2000 - int(match[1]) <= ADULT:
            yield match.span()
    for pattern in (_GRADES, _WORDS_FOR_MINORS):
        for match in pattern.finditer(view):
            yield match.span()
