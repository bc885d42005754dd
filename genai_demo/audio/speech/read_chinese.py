"""Chinese as it is written to Chinese as it is read: 数字、日期、时间、百分比、分数、金额、单位、范围。

Years and numbers with a leading zero are read digit by digit, as are the numbers of ``chinese_codes``; all
others are amounts. A hyphen between numbers is 到, 减 in a calculation, 比 in a score and 负 before one.
"""

import re
from collections.abc import Callable

from genai_demo.audio.speech import chinese_codes
from genai_demo.audio.speech.chinese_numbers import MEASURE, TWO, amount, counted, digits, number

_UNITS = {
    "km/h": "公里每小时", "km^2": "平方公里", "m^2": "平方米", "m^3": "立方米", "cm^2": "平方厘米", "cm^3": "立方厘米",
    "mm^2": "平方毫米", "m/s": "米每秒", "km": "公里",
    "cm": "厘米", "mm": "毫米", "μm": "微米", "nm": "纳米", "dm": "分米",
    "kg": "公斤", "mg": "毫克", "μg": "微克", "ml": "毫升", "mL": "毫升", "°C": "摄氏度", "℃": "摄氏度", "°F": "华氏度",
    "KB": "千字节", "MB": "兆字节", "GB": "吉字节", "TB": "太字节", "kWh": "千瓦时", "kW": "千瓦", "MW": "兆瓦",
    "kHz": "千赫",
    "MHz": "兆赫", "GHz": "吉赫", "Hz": "赫兹", "mAh": "毫安时", "dB": "分贝", "kPa": "千帕", "hPa": "百帕",
    "Pa": "帕", "kcal": "千卡", "kJ": "千焦", "Mbps": "兆比特每秒", "ha": "公顷", "mol": "摩尔", "mmHg": "毫米汞柱",
    "min": "分钟", "ms": "毫秒", "m": "米", "g": "克", "t": "吨", "L": "升", "l": "升",
    "W": "瓦", "V": "伏", "h": "小时", "s": "秒", "°": "度",
}  # fmt: skip
UNIT = "|".join(re.escape(u) for u in sorted(_UNITS, key=len, reverse=True))
"""A regular expression of units in signs and Latin letters, which leave a Chinese sentence Chinese."""
_CURRENCIES = {"¥": "元", "$": "美元", "US$": "美元", "HK$": "港元", "NT$": "新台币", "€": "欧元", "£": "英镑"}
_CURRENCIES |= {"₩": "韩元", "₹": "卢比", "RMB": "元", "CNY": "元", "USD": "美元"}
_CURRENCY = r"US\$|HK\$|NT\$|RMB|CNY|USD|[$€£¥₩₹]"
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SCALE = "万亿|千万|百万|亿|万|千|百"
_SIGNS = {
    "&": "和", "@": "艾特", "+": "加", "=": "等于", "×": "乘", "÷": "除以", "±": "正负", "≈": "约等于", "<": "小于",
    ">": "大于", "≤": "小于等于", "≥": "大于等于", "≠": "不等于", "#": "井号", "π": "派", "№": "号", "→": "到",
    "√": "根号", "∞": "无穷大",
}  # fmt: skip
_TO = r"\s?(?:[-~—–]{1,2}|[至到])\s?"
_CLOCK = r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?"
_WON = "战胜|击败|大胜|险胜|完胜|取胜|获胜|轻取|力克|逆转|淘汰|领先|落后|惜败|不敌|负于|战平|打平|逼平|赢|输|平局|胜|负"
_RATIO = "比分|总分|比例|配比|之比|比值|战成|打成|战平|踢成|扳成|总比分|大比分"
_EACH = (
    "小时|秒|分钟|分|天|日|周|月|季度|年|人|个|斤|公斤|"
    "千克|克|平方|平米|立方|米|公里|次|件|张|瓶|杯|盒|袋|箱|份|晚|间|台|吨|升|"
    "课时|节|期|班|门|学期|位|户|套|本|条|亩"
)


def expand(text: str) -> str:
    """Chinese text with all numbers and signs written out."""
    text = chinese_codes.expand(text)
    for pattern, replace in _COMPILED:
        text = pattern.sub(replace, text)
    return text


def _date(m: re.Match[str]) -> str:
    month, day = int(m[2]), int(m[3])
    return f"{digits(m[1])}年{amount(month)}月{amount(day)}日" if 1 <= month <= 12 and 1 <= day <= 31 else m[0]


def _month(m: re.Match[str]) -> str:
    return f"{digits(m[1])}年{amount(int(m[2]))}月"


def _year(m: re.Match[str]) -> str:
    """A year by its digits, except for spans such as 5000年 and 1000年历史."""
    value = int(m[1])
    spans = m[1][0] != "0" and (not 1000 < value < 2200 or (value % 100 == 0 and m[2]))
    return m[0] if spans else f"{digits(m[1])}年{m[2]}"


def _years(m: re.Match[str]) -> str:
    return f"{digits(m[1])}到{digits(m[2])}{m[3]}"


def _clock(hour: str, minute: str, second: str | None, sharp: bool = False) -> str:
    spoken = counted(str(int(hour))) + "点"
    if int(minute):
        spoken += ("零" if int(minute) < 10 else "") + amount(int(minute)) + "分"
    elif second:
        spoken += "零分"
    elif sharp:
        spoken += "整"
    return spoken + (("零" if int(second) < 10 else "") + amount(int(second)) + "秒" if second else "")


def _time(m: re.Match[str]) -> str:
    return _clock(m[1], m[2], m[3], sharp=not m[4]) + m[4] if int(m[1]) <= 24 else m[0]


def _times(m: re.Match[str]) -> str:
    if int(m[1]) > 24 or int(m[5]) > 24:
        return m[0]
    return f"{_clock(m[1], m[2], m[3])}到{m[4] or ''}{_clock(m[5], m[6], m[7])}"


def _money(m: re.Match[str]) -> str:
    """Groups: minus, currency before, number, 万 and the like, currency after."""
    spoken = counted(m[3].replace(",", "")) if not m[4] or m[3] == "2" else number(m[3])
    return ("负" if m[1] else "") + spoken + (m[4] or "") + _CURRENCIES[m[2] or m[5]]


def _moneys(m: re.Match[str]) -> str:
    """Groups: currency, number, 万, number, 万."""
    return f"{counted(m[2])}{m[3] or ''}到{counted(m[4])}{m[5] or ''}{_CURRENCIES[m[1]]}"


def _percent(m: re.Match[str]) -> str:
    return ("负" if m[1][0] in "-−" else "") + "百分之" + number(m[1].lstrip("-−"))


def _fraction(m: re.Match[str]) -> str:
    return (number(m[1]) + "又" if m[1] else "") + f"{number(m[3])}分之{number(m[2])}"


def _power(m: re.Match[str]) -> str:
    return {"2": "的平方", "3": "的立方"}.get(m[1], f"的{number(m[1])}次方")


def _version(m: re.Match[str]) -> str:
    parts = m[2].split(".")[1:]
    first = digits(m[1]) if len(parts) == 3 else number(m[1])  # 192.168.1.1
    return first + "".join("点" + digits(part) for part in parts)


def _calculation(m: re.Match[str]) -> str:
    return re.sub(r"(?<=[\d)])\s?[-−]\s?(?=[\d(])", "减", m[0])


_Rule = tuple[str, str | Callable[[re.Match[str]], str]]
_DATES: list[_Rule] = [
    (r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", _date),
    (r"(?<![\d-])((?:19|20)\d\d)[-/](0?[1-9]|1[0-2])(?![\d/.%-])", _month),
    (rf"(?<!\d)((?:19|20)\d\d)\.(0?[1-9]|1[0-2])(?={_TO}(?:(?:19|20)\d\d[.年]|今))", _month),
    (r"(?<=[到至~—–-])((?:19|20)\d\d)\.(0?[1-9]|1[0-2])(?!\d)", _month),
    (rf"(?<!\d)(\d{{4}}|\d\d){_TO}(\d{{4}}|\d\d)\s?(学年度?|年度|年(?![级来])|赛季|财年|年间)", _years),
    (rf"(?<!\d)((?:19|20)\d\d){_TO}((?:19|20)\d\d)()(?![\d.,%]|\s?{MEASURE})", _years),
    (r"(?<!\d)((?:19|20)\d\d)[-/](\d\d)()(?=赛季|学年|财年|季)", _years),
    (r"(?<!\d)(\d{4}|0\d)\s?年(来|多|历史|的历史|文明|以前|之久|以上|)(?!级)", _year),
    (r"(?<![\d.])([5-9]\d)年(?=\d{1,2}月|出生|生(?!产)|毕业|入学|属|奥运|世界杯|版|款|春|夏|秋|冬|初|底)",
     lambda m: digits(m[1]) + "年"),
    (r"(公元前?|西元前?)(\d{3,4})(?=年)", lambda m: m[1] + digits(m[2])),
    (r"(?<!\d)((?:19|20)\d\d)(?=级|届|款|版|赛季|财年|新款|校招|春季|秋季|高考|奥运|欧洲杯|世界杯|亚运|春晚|新年|跨年)",
     lambda m: digits(m[1])),
    (rf"(?<![\d.,$€£¥约共近达超第])(19[3-9]\d|20(?:0[1-9]|[1-4]\d))(?![\d.,%:+×*/~-]|\s?(?:[多余到来]|[A-Za-z]|{MEASURE}))",
     lambda m: digits(m[1])),
]  # fmt: skip
_TIMES_AND_SCORES: list[_Rule] = [
    (rf"((?:{_RATIO})(?:为|是|定格在|:)?\s?)(\d+(?:\.\d+)?)\s?[-:]\s?(\d+(?:\.\d+)?)(?![\d:])", r"\1\2比\3"),
    (rf"(?<![\d:.])(\d{{1,3}})\s?[-:]\s?(\d{{1,3}})(?=(?:的比分|的成绩)?\s?(?:{_WON}|的比分|比分))", r"\1比\2"),
    (rf"((?:{_WON})[^\d，。,.!?]{{0,8}})(\d{{1,2}})[-:](\d{{1,2}})(?![\d:%])(?!\s?{MEASURE})", r"\1\2比\3"),
    (rf"(?<![\d:]){_CLOCK}{_TO}(次日|第二天|翌日|凌晨|[上下中]午|晚上|晚)?(?:\s?){_CLOCK}(?![\d:])",
     _times),
    (rf"(?<![\d:]){_CLOCK}(?![\d:])(\s?(?:以?前|以?后|之前|之后|左右|许|到|至|准时|开)?)", _time),
]  # fmt: skip
_AMOUNTS: list[_Rule] = [
    (rf"({_CURRENCY})\s?({_NUMBER})({_SCALE})?{_TO}(?:{_CURRENCY})?({_NUMBER})({_SCALE})?元?(?!\d)", _moneys),
    (rf"([-−]?)({_CURRENCY})\s?({_NUMBER})\s?({_SCALE})?元?()", _money),
    (rf"([-−]?)()({_NUMBER})\s?({_SCALE})?([$€£¥](?!\s?\d))", _money),
    (rf"(?<=[角里米元次度块克斤升瓦字节卡万千百亿])\s?/\s?(?=(?:{_EACH})(?![一-鿿]*/))", "每"),
    (rf"({_NUMBER})\s?%?\s?[-~—–至到]\s?({_NUMBER})\s?%", lambda m: f"百分之{number(m[1])}到百分之{number(m[2])}"),
    (rf"((?<![\dA-Za-z])[-−]?(?:{_NUMBER}))\s?%", _percent),
    (rf"({_NUMBER})\s?%", _percent),
    (rf"({_NUMBER})\s?‰", lambda m: "千分之" + number(m[1])),
    (r"(血压[^\d，。,]{0,6})(\d{2,3})/(\d{2,3})", r"\1\2,\3"),
    (r"(?<![\d/])(\d{2,3})/(\d{2,3})(?=\s?(?:mmHg|毫米汞柱))", r"\1,\2"),
    (r"(?<![\d/.])(?:(\d+)又)?(\d+)[/⁄](\d+)(?![\d/]|\.\d)", _fraction),
    (r"(?<=\d)°\s?(\d+)′(?:\s?(\d+)(?:″|′′))?", lambda m: f"度{m[1]}分" + (f"{m[2]}秒" if m[2] else "")),
    (r"(?<=\d)\.(\d)(?=折)", lambda m: digits(m[1])),
    (rf"(?<=\d米)(\d\d)(?![\d.]|\s?{MEASURE})", lambda m: digits(m[1])),
    (rf"(?<![\dA-Za-z.℃度])[-−]\s?({_NUMBER})\s?(℃|°C|度)?(?={_TO}[-−]?(?:{_NUMBER})\s?(?:℃|°C|度|摄氏度))",
     lambda m: f"零下{m[1]}{'度' if m[2] else ''}"),
    (rf"(?<![\dA-Za-z.℃度])[-−]\s?({_NUMBER})\s?(?:℃|°C|度|摄氏度)", r"零下\1度"),
    (rf"(?<=[\d\s])\s?({UNIT})(?:/({UNIT}))?(?![A-Za-z/])",
     lambda m: _UNITS[m[1]] + ("每" + _UNITS[m[2]] if m[2] else "")),
]  # fmt: skip
_RANGES: list[_Rule] = [
    (r"(?<=[\d])\s?−\s?(?=\d)", "减"),
    (r"(?<=\d)([一-鿿]{0,3})\s?(?<![-—])[-~—–](?![-—])\s?(?=\d|[零负第周早晚上下今次明])", r"\1到"),
    (r"(第\d+)\s?[-~—–]\s?(?=第?\d)", r"\1到"),
    (r"(周|星期|礼拜)([一二三四五六日天])\s?[-~—–]+\s?(?=(?:周|星期|礼拜)?[一二三四五六日天])", r"\1\2到"),
    (r"(?<=[一二三四五六七八九十][年月日号点时])\s?[-~—–]\s?(?=[一二三四五六七八九十])", "到"),
    (rf"(?<=\d)({_SCALE})?\s?[-~–—]{{1,2}}\s?(?=\d)", lambda m: (m[1] or "") + "到"),
    (r"(?<![A-Za-z0-9.零一二三四五六七八九十幺])[-−]\s?(?=\d)", "负"),
]  # fmt: skip
_REST: list[_Rule] = [
    (r"(?<![\d:])(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)(?![\d:])", r"\1比\2"),
    (r"(\d+)((?:\.\d+){2,})", _version),
    (r"\^(-?\d+)", _power),
    (r"(?<=\d)\s?[*xX]\s?(?=\d)", "乘"),
    (r"(?<![A-Za-z])[Nn][Oo]\.?\s?(?=\d)", "第"),
    (r"([一二三四五六七八九高初])\((\d+)\)班", lambda m: f"{m[1]}{number(m[2])}班"),
    (TWO, "两"),
    (_NUMBER, lambda m: number(m[0])),
    ("|".join(re.escape(s) for s in _SIGNS), lambda m: _SIGNS[m[0]]),
]
_JOINED: list[_Rule] = [
    (r"(?<![A-Z])([BCPO])2([BCPO])(?![A-Z])", r"\1 to \2"),
    (r"[-−]?\d[\d.,]*(?:\s?[-−+×÷*/]\s?\(?[-−]?\d[\d.,]*\)?)+(?=\s?(?:[=≈]|等于|是多少|得多少|得几|得\d|的结果|的差|的值))",
     _calculation),
    (r"(?<![\d.])(\d{1,2})·(\d{1,2})(?![\d.])", lambda m: digits(m[1]) + digits(m[2])),
    (r"(?<![\d.])3\.15(?=晚会|打假|消费者)", "三一五"),
    (r"(?<=[一二三四五六七八九十日])\s+(?=\d)|(?<=[周期拜][一二三四五六])(?=\d)", ","),
    (chinese_codes.HYPHENATED, lambda m: chinese_codes.each(m[0])),
]  # fmt: skip
_COMPILED = [
    (re.compile(pattern), replace)
    for pattern, replace in [*_DATES, *_JOINED, *_TIMES_AND_SCORES, *_AMOUNTS, *_RANGES, *_REST]
]
