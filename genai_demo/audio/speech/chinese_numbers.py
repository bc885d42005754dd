"""Numbers as Chinese says them: amounts, digits one by one, and two before a measure word."""

import re

DIGITS = "零一二三四五六七八九"
_THINGS = (
    "个只条张本名位件头匹辆架台种双对副套杯瓶碗块片份句封座所层间根支部首场把口项篇家棵株朵颗粒枚面幅顶扇艘发枝盏束串堆"
    "群批包袋盒箱桶罐壶盆盘勺碟锅筐篮筒捆排列行段节册卷页则集幕笔局届股团滴丝道门堂课餐顿栋幢栏处尊柄杆刀帖剂味坛摞窝伙派"
    "类样重点席轮款桩宗户人员具国省市县村校队组字词站步招票问侧边方"
)
_ACTIONS = "次遍回趟番阵下声拳脚眼圈枪针倍"
_MEASURED = "天年岁秒分刻晚夜周载辈代更尺寸丈里米亩斤吨升克码度元毛角成折亿万千百"
MEASURES = "".join(sorted({*_THINGS, *_ACTIONS, *_MEASURED}))
"""Measure words of one character, by the tables of Chao (A Grammar of Spoken Chinese, 1968, section 7.9) and
Lü (Eight hundred words of modern Chinese, 1980, appendix). 两 is not among them: 二两 avoids 两两."""
_LONG_MEASURES = (
    "小时|星期|礼拜|公里|公斤|公分|公尺|公顷|公升|英里|英尺|英寸|英镑|英亩|海里|平方|立方|厘米|毫米|微米|纳米|毫升|毫克|微克|"
    "摄氏度|华氏度|兆|吉字节|太字节|美元|欧元|日元|港元|韩元|卢比|瓦|伏|安培|赫兹|帕|焦耳|像素|帧|字节|光年|世纪|"
    r"时(?=[\d整半许前后，。,.到]|$)"
)
_NO_MEASURE = "年级|月|日|号|楼|班|单元|分之|级|等|路|期|代(?!人)|把手|重奏|重唱|部曲|次元|次方|次函"
"""Words that begin like a measure and number things instead: 二年级, 二把手, 二次元."""
MEASURE = rf"(?!{_NO_MEASURE})(?:{_LONG_MEASURES}|[{MEASURES}])"
"""A regular expression of all measure words and units, as Chinese characters."""
TWO = (
    r"(?<![\d第初])(?<!\d[.,:/])2"
    rf"(?=\s?[多余来]?\s?{MEASURE}|到\d+\s?{MEASURE}|、\s?3\s?{MEASURE}|到\d+[万千百亿]|到\d+[多余])"
)
"""A regular expression of the figure 2 that is read 两."""


def digits(text: str, telephone: bool = False) -> str:
    """One by one: 二零二六. telephone: one is 幺."""
    spoken = "".join(DIGITS[int(c)] for c in text if c in "0123456789")
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
            return head + name + gap + (_below(rest, True) if rest < 10**4 else amount(rest))
    return "零" if value == 0 else _below(value)


def _below(value: int, after_more: bool = False) -> str:
    """1 to 9,999; ``after_more``: behind 万 and above, where ten is 一十."""
    spoken = ""
    for size, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, size)
        if digit:
            spoken += ("两" if digit == 2 and size == 1000 else DIGITS[digit]) + name
        elif spoken and value:
            spoken += "零"
    spoken = re.sub("零+", "零", spoken)
    return spoken[1:] if spoken.startswith("一十") and not after_more else spoken


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
