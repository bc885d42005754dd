"""Numbers that name and do not count, read digit by digit: telephones, services, flights, rooms, codes.

One is 幺 in them, as people say it so that it is not heard as seven. Shapes tell some (138 0013 8000),
the words beside them the others (拨打110, 验证码, 1203室). What is left is for ``read_chinese``.
"""

import re
from collections.abc import Callable

from genai_demo.audio.speech.chinese_numbers import DIGITS, digits

_CALL = "拨打|致电|呼叫|热线|电话|专线|传真|总机|分机|客服|手机|座机|来电|拨"
_NAMED = (
    "邮编|邮政编码|验证码|校验码|激活码|取件码|提取码|提货码|兑换码|邀请码|识别码|追溯码|条形码|动态码|代码|编码|密码|口令|"
    "手机号|电话号|号码|尾号|卡号|账号|帐号|学号|工号|编号|单号|房号|序号|证号|票号|座号|考号|车号|群号|番号|区号|批号|型号|款号|"
    "身份证|车牌|车次|航班|房间|门牌|学籍|列车|动车|高铁|会议号|ID|QQ|qq|微信"
)
_LINK = r"(?:号码|号|群|尾号|为|是|就是|改为|[:]|请|直接|后四位|后六位|\s){0,4}"
_COUNTED = (
    r"(?!\s?(?:小时|公里|到|比|[-~]\s?\d|"
    r"[A-Za-z多余个元块毛万亿千百次人位秒分天年月日条张名岁米度%部台家种行平斤件吨篇架趟]))"
)
"""What follows where the figures count after all."""
_SERVICE = r"110|112|114|119|120|122|911|999|955\d\d|123\d\d|10086|10010|11183|11185"
_SURE = r"10086|10010|11183|11185|12306|12315|12333|12366|12348|12329|955\d\d"
_PROVINCE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"


def each(text: str) -> str:
    """Every figure by its name; letters stay, and hyphens and spaces are a pause."""
    spoken = re.sub(r"\d+", lambda m: digits(m[0], telephone=True), text)
    return re.sub(rf"(?<=[{DIGITS}幺])[-\s]+(?=[{DIGITS}幺A-Za-z])", ",", spoken)


def _groups(m: re.Match[str]) -> str:
    return ",".join(digits(group, telephone=True) for group in m.groups() if group)


def _landline(m: re.Match[str]) -> str:
    number = re.sub(r"\D", "", m[2])
    return ",".join(digits(part, telephone=True) for part in (m[1], number[:-4], number[-4:]))


def _after(m: re.Match[str]) -> str:
    return m[1] + each(m[2])


_RULES: list[tuple[str, Callable[[re.Match[str]], str]]] = [
    (rf"()(?<![\d.])((?:{_SERVICE})(?:[、和或,/](?:{_SERVICE}))+)(?![\d.]){_COUNTED}", _after),
    (r"(?<![A-Za-z\d])([A-Z]{1,2})(\d{3,4})(?=次)", _after),
    (r"(?<![\d.])(?:\(?\+?86\)?[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)", _groups),
    (r"(?<![\d.])(?:\+?86[- ]?)?\(?(0\d{2,3})\)?[- ]?(\d{7,8}|\d{3,4}[- ]\d{4})(?![\d.])", _landline),
    (r"(?<![\d.])([48]00)-?(\d{3})-?(\d{4})(?![\d.])", _groups),
    (r"(?<![\d.])([48]00)[- ](\d{3,4})[- ](\d{3,4})(?![\d.])", _groups),
    (r"\+(\d{1,3})[- ](\d{2,4})[- ](\d{3,4})(?:[- ](\d{3,4}))?(?!\d)", _groups),
    (r"(?<=[一二三四五六七八九零幺])(转|分机)\s?(\d{1,6})(?!\d)", _after),
    (
        rf"((?:{_CALL}|打|按|火警|匪警|急救|报警)(?:了|过|到)?{_LINK})((?:{_SERVICE}))(?![\d.]|\s?(?:元|块|个|多|次|人|分|秒))",
        _after,
    ),
    (rf"((?:{_CALL}){_LINK})(\d[\d-]{{1,18}}\d)(?![\d.]){_COUNTED}", _after),
    (rf"((?:{_NAMED}){_LINK})([A-Za-z]{{0,4}}\d[\dA-Z -]{{1,24}}[\dX])(?![\d.]){_COUNTED}", _after),
    (rf"((?:{_NAMED}){_LINK})([A-Z]{{1,4}}\d{{3,}})(?![\d.])", _after),
    (r"()(?<![\d.])(\d{3,6})(?=\s?(?:火警|匪警|报警|急救|热线|客服|专线|电话(?!号|机|卡)|救护车|服务台))", _after),
    (rf"()(?<![\d.,])((?:{_SURE}))(?![\d.,]){_COUNTED}", _after),
    (rf"([{_PROVINCE}][A-Z])[·・ ]?((?=[A-Z]*\d)[A-Z\d]{{5,6}})(?![A-Za-z\d])", _after),
    (rf"()(?<![A-Za-z\d])((?:[A-Z]{{1,3}}-?|\d[A-Z]|[A-Z]\d)\d{{3,4}})(?![\dA-Za-z.:]){_COUNTED}", _after),
    (r"(波音|空客|歼|国道|省道|公交)(\d{3}(?:-\d{3})?)(?!\d)", _after),
    (r"()(?<![\d.])(\d{3,4})(?=\s?号?(?:室|房间|房(?!源|产|子)|教室|病房|包间|包厢|会议室|寝室|国道|省道))", _after),
    (r"()(?<![\d.])(\d{3})(?=路(?:公交|车|汽车|电车|上|站|终点|到|$))", _after),
    (r"((?:号楼|栋|幢|座|单元|楼|层)\s?)(\d{3,4})(?=号|室|房|$|[,，。.、\s])", _after),
    (
        r"()(?<![\d.])(985|211|996|618|315|404)"
        '(?=["”』」]?(?:高校|大学|院校|工程|名校|工作制|大促|购物|晚会|错误|页面|[、和/]211))',
        _after,
    ),
    (r"()(?<=[、和/])(211)(?=高校|大学|院校|工程|名校)", _after),
    (r"(?<![\d.:])(\d[05])(?=后(?![面来台天续期备方边半果门退]))", lambda m: digits(m[1])),
    (r"()(?<![\d.,$€£¥])(\d{9,})(?![\d.,])" + _COUNTED, _after),
]
_COMPILED = [(re.compile(pattern), replace) for pattern, replace in _RULES]
HYPHENATED = r"(?<![\d.-])\d+(?:-\d+){2,}(?![\d.-])"
"""A regular expression of three and more numbers joined by hyphens, such as 3-1-502; dates are to be read before."""


def expand(text: str) -> str:
    """Chinese text with the figures of such numbers written out one by one."""
    for pattern, replace in _COMPILED:
        text = pattern.sub(replace, text)
    return text
