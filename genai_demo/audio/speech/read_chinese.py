"""Chinese as it is written to Chinese as it is read: 数字、日期、时间、百分比、分数、金额、单位、范围。

Years, telephone numbers and numbers with a leading zero are read digit by digit, all others as amounts.
"""

import re
from collections.abc import Callable

_DIGITS = "零一二三四五六七八九"
_MEASURES = (
    "个只条张本名位件次天年家头匹辆架台种双对杯瓶碗块片份句封座所层间套根支部首场遍回趟顿倍斤里米人岁点分秒元毛角"
)
"""Before these (and hundreds and above) two is 两, not 二."""
_UNITS = {
    "km/h": "公里每小时", "km^2": "平方公里", "m^2": "平方米", "m^3": "立方米", "m/s": "米每秒", "km": "公里",
    "cm": "厘米", "mm": "毫米", "kg": "公斤", "mg": "毫克",
    "ml": "毫升", "mL": "毫升", "°C": "摄氏度", "℃": "摄氏度", "°F": "华氏度",
    "KB": "千字节", "MB": "兆字节", "GB": "吉字节", "TB": "太字节", "kWh": "千瓦时", "kW": "千瓦",
    "MHz": "兆赫", "GHz": "吉赫",
    "Hz": "赫兹", "mAh": "毫安时", "dB": "分贝", "min": "分钟", "m": "米", "g": "克", "t": "吨", "L": "升", "l": "升",
    "W": "瓦", "V": "伏", "h": "小时", "s": "秒", "°": "度",
}  # fmt: skip
UNIT = "|".join(re.escape(u) for u in sorted(_UNITS, key=len, reverse=True))
"""A regular expression of units in signs and Latin letters, which leave a Chinese sentence Chinese."""
_CURRENCIES = {"¥": "元", "$": "美元", "US$": "美元", "€": "欧元", "£": "英镑", "₩": "韩元", "₹": "卢比"}
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SIGNS = {
    "&": "和", "@": "艾特", "+": "加", "=": "等于", "×": "乘", "÷": "除以", "±": "正负", "≈": "约等于", "<": "小于",
    ">": "大于", "≤": "小于等于", "≥": "大于等于", "#": "井号", "π": "派", "№": "号", "→": "到",
}  # fmt: skip


def digits(text: str, telephone: bool = False) -> str:
    """One by one: 二零二六. telephone: one is 幺."""
    spoken = "".join(_DIGITS[int(c)] for c in text if c in "0123456789")
    return spoken.replace("一", "幺") if telephone else spoken


def amount(value: int) -> str:
    """A whole number: 一百零五, 两千三百, 十二万; digit by digit from 10^16 on."""
    if value >= 10**16:
        return digits(str(value))
    for size, name in ((10**12, "万亿"), (10**8, "亿"), (10**4, "万")):
        if value >= size:
            above, rest = divmod(value, size)
            head = "两" if above == 2 else amount(above)
            gap = "零" if rest and rest < size // 10 else ""
            return head + name + gap + (_below(rest) if rest < 10**4 else amount(rest))
    return "零" if value == 0 else _below(value)


def _below(value: int) -> str:
    """1 to 9,999."""
    spoken = ""
    for size, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, size)
        if digit:
            spoken += ("两" if digit == 2 and size == 1000 else _DIGITS[digit]) + name
        elif spoken and value:
            spoken += "零"
    spoken = re.sub("零+", "零", spoken)
    return spoken[1:] if spoken.startswith("一十") else spoken


def number(text: str) -> str:
    """A number as it is written: "1,234.50", "-7", "007"."""
    text = text.replace(",", "").replace("−", "-").lstrip("+")
    if text.startswith("-"):
        return "负" + number(text[1:])
    whole, point, after = text.partition(".")
    spoken = digits(whole) if (len(whole) > 1 and whole[0] == "0") or len(whole) > 16 else amount(int(whole or "0"))
    return f"{spoken}点{digits(after)}" if point and after else spoken


def counted(text: str) -> str:
    """A number before a measure word: two is 两."""
    return "两" if text == "2" else number(text)


def expand(text: str) -> str:
    """Chinese text with all numbers and signs written out."""
    for pattern, replace in _COMPILED:
        text = pattern.sub(replace, text)
    return text


def _date(m: re.Match[str]) -> str:
    month, day = int(m[2]), int(m[3])
    return f"{digits(m[1])}年{amount(month)}月{amount(day)}日" if 1 <= month <= 12 and 1 <= day <= 31 else m[0]


def _time(m: re.Match[str]) -> str:
    hour, minute = int(m[1]), int(m[2])
    if hour > 24 or minute > 59:
        return m[0]
    spoken = counted(str(hour)) + "点"
    if minute:
        spoken += ("零" if minute < 10 else "") + amount(minute) + "分"
    elif not m[3]:
        spoken += "整"
    return spoken + (("零" if int(m[3]) < 10 else "") + amount(int(m[3])) + "秒" if m[3] else "")


def _money(m: re.Match[str]) -> str:
    spoken = counted(m[3].replace(",", "")) if not m[4] else number(m[3])
    return ("负" if m[1] else "") + spoken + (m[4] or "") + _CURRENCIES[m[2] or m[5]]


def _range(m: re.Match[str]) -> str:
    return f"{number(m[1])}到{number(m[2])}"


def _percent(m: re.Match[str]) -> str:
    return ("负" if m[1][0] in "-−" else "") + "百分之" + number(m[1].lstrip("-−"))


def _fraction(m: re.Match[str]) -> str:
    return (number(m[1]) + "又" if m[1] else "") + f"{number(m[3])}分之{number(m[2])}"


def _telephone(m: re.Match[str]) -> str:
    return ",".join(digits(group, telephone=True) for group in m.groups())


_RULES: list[tuple[str, Callable[[re.Match[str]], str]]] = [
    (r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", _date),
    (r"(?<!\d)(\d{2}|\d{4})\s?[-~至—]\s?(\d{2}|\d{4})\s?年(?![级来])", lambda m: f"{digits(m[1])}到{digits(m[2])}年"),
    (r"(?<!\d)(\d{4}|0\d)\s?年(?![级来])", lambda m: digits(m[1]) + "年"),
    (r"(?<!\d)(\d{1,2}):(\d\d)(?::(\d\d))?(?!\d)", _time),
    (rf"([-−]?)(US\$|[$€£¥₹₩])\s?({_NUMBER})\s?(万亿|千万|百万|亿|万|千|百)?元?()", _money),
    (rf"([-−]?)()({_NUMBER})\s?(万亿|千万|百万|亿|万|千|百)?([$€£¥](?!\s?\d))", _money),
    (r"(?<=[里米元次度])/(?=小时|秒|分|天|月|年|人|个|斤|公斤|平方|米|次)", lambda m: "每"),
    (rf"({_NUMBER})\s?%?\s?[-~—至到]\s?({_NUMBER})\s?%", lambda m: f"百分之{number(m[1])}到百分之{number(m[2])}"),
    (rf"([-−]?(?:{_NUMBER}))\s?%", _percent),
    (rf"({_NUMBER})\s?‰", lambda m: "千分之" + number(m[1])),
    (r"(?<![\d/])(?:(\d+)又)?(\d+)[/⁄](\d+)(?![\d/])", _fraction),
    (r"(?<![A-Za-z0-9.])[-−]\s?(?=\d)", lambda m: "负"),
    (rf"(?<=[\d\s])\s?({UNIT})(?![A-Za-z/])", lambda m: _UNITS[m[1]]),
    (r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)", _telephone),
    (r"(?<!\d)(0\d{2,3})-(\d{7,8})(?!\d)", _telephone),
    (r"(?:(?<=电话)|(?<=号码)|(?<=拨打))([是为:]?)\s?(\d{3,12})(?!\d)", lambda m: m[1] + digits(m[2], telephone=True)),
    (rf"({_NUMBER})\s?[-~—–]\s?({_NUMBER})", _range),
    (r"(?<!\d)(\d+):(\d+)(?!\d)", lambda m: f"{number(m[1])}比{number(m[2])}"),
    (r"(\d+)((?:\.\d+){2,})", lambda m: number(m[1]) + "".join("点" + digits(p) for p in m[2].split(".")[1:])),
    (rf"(?<!\d)(?<!\d[.,])(?<!第)2(?=\s?[多余]?[{_MEASURES}])(?!\s?[月日号年]\s?\d)", lambda m: "两"),
    (_NUMBER, lambda m: number(m[0])),
    ("|".join(re.escape(s) for s in _SIGNS), lambda m: _SIGNS[m[0]]),
]
_COMPILED = [(re.compile(pattern), replace) for pattern, replace in _RULES]
