"""Sentences from patterns: numbers, lists, coloured syllables, questions like statements, two languages in one.

What written texts have too little of. Every pattern names its blanks in braces; a blank is filled from the list of
its name, and one name twice in a pattern gives two different words.
"""

import re

import numpy as np

_LISTS = {
    "noun": "tea|coffee|rice|bread|apples|oranges|milk|paper|chairs|books|keys|shoes|gloves|pencils|candles|cheese"
            "|towels|lemons|mushrooms|stamps|batteries|garlic|yogurt|thyme|measuring cups",
    "name": "Anna|Tom|Lucy|Mr. Chen|Mrs. Brown|Joyce|Uncle Roy|Beth|Arthur|Zoe|my sister|the teacher|our neighbour",
    "place": "the station|the library|the harbour|the market|the north gate|school|the museum|the garage|the village",
    "day": "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|tomorrow|tonight|yesterday",
    "statement": "you are a student|this is your bag|she has already left|the shop is open|they live near here"
                 "|we need more time|he can swim|it will rain tonight|you finished the whole book|the train was late"
                 "|there is some soup left|your brother plays the oboe|that was the last one|nobody called"
                 "|you have been to Beijing|the museum is closed|she would rather stay|it costs that much"
                 "|they should have waited|you made this yourself|he knows the way|we turn left here",
    "字": "苹果|香蕉|橘子|白菜|土豆|牛奶|鸡蛋|面包|毛巾|铅笔|雨伞|钥匙|蜡烛|豆腐|黄瓜|茶叶|蜂蜜|剪刀|手套|绿豆",
    "人": "小王|老李|张老师|妈妈|爷爷|我同学|陈医生|弟弟|王阿姨|刘师傅|姐姐|孙女士",
    "地": "火车站|图书馆|学校|超市|公园|医院|博物馆|菜市场|北门|体育馆|银行|邮局",
    "时": "星期一|星期二|星期三|星期四|星期五|周末|明天|后天|昨天|今天晚上|下午|早上",
    "句": "你是学生|他已经走了|这是你的书包|你们住在附近|明天会下雨|她会游泳|你吃过饭了|车票卖完了|他不喜欢喝茶"
          "|你把门关上了|妈妈回来了|这家店还开着|他们去过北京|你自己做的|我们该走了|他找到工作了|那只猫是你的"
          "|你听懂了|她下个月结婚|银行今天不开门|你儿子上小学了|这本小说很有意思|路上堵车了|他们吵架了",
    "儿": "花儿|鸟儿|小孩儿|冰棍儿|金鱼儿|纸条儿|小狗儿|鲜味儿|墨水儿|笔尖儿|小刀儿|豆角儿|馅儿饼|门缝儿|手绢儿|瓜子儿",
    "处": "这儿|那儿|胡同儿|门口儿|屋里头|桌子上|旁边儿|路边儿",
    "轻": "妈妈|爸爸|桌子|椅子|东西|朋友|消息|窗户|头发|耳朵|豆腐|萝卜|衣服|先生|名字|石头|舌头|眼睛|月亮|蘑菇"
          "|葡萄|本事|苍蝇|扫帚|骆驼|钥匙|算盘|客气|麻烦|力气",
    "英": "Photoshop|Python|email|Wi-Fi|Google|coffee|party|iPhone|Windows|PowerPoint|Facebook|YouTube|deadline|meeting"
          "|project|Lucy|Michael|London|New York|keyboard|podcast|laptop|bug|offer|Friday|Harry Potter|shopping|design",
    "中": "饺子|功夫|太极|豆腐|普洱茶|麻将|春节|上海|北京|西安|中秋节|拼音|包子|火锅|二胡|汉字|旗袍|红包|孔子"
          "|围棋|武汉|粽子|元宵|京剧|长城|黄河",
}  # fmt: skip
WORDS = {name: words.split("|") for name, words in _LISTS.items()}

PATTERNS = {
    "en": {
        "numbers": (
            "The code is {n3}, and the room is {n2}.|It costs ${n2}.{n0}9.|The train leaves at {hour}:{minute}."
            "|Only {n2} percent of the {n4} people voted.|Call {n3} {n4} before {day}.|She was born in {year}."
            "|Add {n2} grams of {noun}.|It is {n2} degrees in {place}!|Turn to page {n3}.|Did {n5} people come?"
            "|That makes {n1}, {n1} and {n2}.|Our number is {n1}, {n1}, {n1}, {n1}."
        ),
        "lists": (
            "We need {noun}, {noun} and {noun}.|{noun}, {noun}, {noun}, and {noun}.|Bring {noun} or {noun}, not {noun}."
            "|{name}, {name} and {name} went to {place}.|On {day}, on {day}, and on {day}, we walk to {place}."
            "|First {noun}, then {noun}, and finally {noun}.|Would you like {noun}, {noun}, or {noun}?"
            "|Not {noun}, not {noun}, not even {noun}!"
        ),
        "statements": (
            "{statement}.|{statement}?|{statement}!|{statement}, right?|{name} says {statement}.|So {statement}?"
        ),
        "mixed": (
            "We ate {中} in {中}.|How do you say {英} in Chinese, {中}?|My favourite word is {中}, not {中}."
            "|{name} taught me about {中}.|I ordered a plate of {中} yesterday!|The word {中} is hard to translate."
            "|Have you ever tried {中}?|On {day} we will talk about {中} and {中}.|{中} is what {name} calls it."
        ),
    },
    "zh": {
        "numbers": (
            "密码是{n4}，房间号是{n3}。|一共{n2}块{n0}毛。|火车{hour}点{minute}分开。|今年有百分之{n2}的人去了{地}。"
            "|请打{n3}{n4}。|他是{year}年出生的。|加{n2}克{字}。|外面零下{n1}度！|翻到第{n3}页。|来了{n5}个人吗？"
            "|{n1}、{n1}、{n2}，对不对？|{人}考了{n2}分。|第{n1}名是{人}，第{n1}名是{人}。"
        ),
        "lists": (
            "我们要买{字}、{字}和{字}。|{字}、{字}、{字}，还有{字}。|{人}、{人}和{人}一起去了{地}。"
            "|先去{地}，再去{地}，最后去{地}。|你想要{字}、{字}，还是{字}？|不是{字}，也不是{字}，是{字}！"
            "|{时}、{时}和{时}都可以。"
        ),
        "statements": (
            "{句}。|{句}？|{句}！|{句}，对吗？|{人}说{句}。|{句}吗？|{句}吧。|{句}呢？|难道{句}？|原来{句}啊！"
        ),
        "coloured": (
            "{处}有一点儿{儿}。|你慢点儿走，{处}有{儿}。|{人}在{处}玩儿呢。|给我一个{儿}。|哪儿有卖{儿}的？|{儿}和{儿}我都喜欢。"
            "|等会儿一块儿去{地}吧。|没事儿，{儿}在{处}。|这{儿}真好玩儿！"
        ),
        "neutral": (
            "{轻}和{轻}都在那里呢。|你的{轻}呢？|我看看你的{轻}。|他的{轻}不见了。|谁的{轻}呀？|把{轻}拿过来吧。|{轻}太大了！"
            "|过来听听，说说{轻}的事情。|{人}的{轻}坏了，是不是？|好的，谢谢你的{轻}。"
        ),
        "mixed": (
            "请打开{英}看一下。|我的{英}在{地}。|{人}说他喜欢{英}。|{英}怎么用？|{时}有个{英}，你来吗？|这个{英}太难了！"
            "|你会用{英}和{英}吗？|我在学{英}，不学{英}。|他把{英}发给我了。|{英}和{英}，哪个好？|别忘了{英}。"
        ),
    },
}
"""Of every language by kind, patterns between bars."""
_BLANK = re.compile(r"\{(\w+)\}")


def number(rng: np.random.Generator, name: str) -> str:
    """A number for a blank: n and its count of figures, hour, minute, year. n0 is one figure, which may be 0."""
    if name in ("hour", "minute", "year"):
        low, high = {"hour": (1, 13), "minute": (10, 60), "year": (1900, 2030)}[name]
        return str(rng.integers(low, high))
    digits = int(name[1:])
    return str(rng.integers(10 ** (digits - 1) if digits else 0, 10 ** max(1, digits)))


def fill(pattern: str, rng: np.random.Generator) -> str:
    """A pattern with its blanks filled."""
    used: set[str] = set()

    def chosen(blank: re.Match[str]) -> str:
        if blank[1] not in WORDS:
            return number(rng, blank[1])
        left = [word for word in WORDS[blank[1]] if word not in used]
        used.add(word := left[rng.integers(len(left))])
        return word

    found = _BLANK.sub(chosen, pattern)
    return found[0].upper() + found[1:]


def phrases(language: str, kinds: tuple[str, ...], count: int, seed: int) -> list[str]:
    """Different sentences of these kinds, the patterns by turns; fewer than ``count`` where the words give no more."""
    rng = np.random.default_rng(seed)
    patterns = [pattern for kind in kinds for pattern in PATTERNS[language][kind].split("|")]
    found = dict.fromkeys(fill(patterns[i % len(patterns)], rng) for i in range(4 * count))
    return list(found)[:count]
