"""More everyday translations from those there are: other names, other numbers, and passages of several sentences.

Half of the everyday pairs are about Tom, numbers are nearly all small, and every pair is one sentence; so the model
turned other names into Tom, lost digits, and the end of what was longer.
"""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from genai_demo.text.documents import Document

MEN = (
    ("Tom", "汤姆"), ("John", "约翰"), ("Peter", "彼得"), ("David", "大卫"), ("Michael", "迈克尔"), ("Jack", "杰克"),
    ("James", "詹姆斯"), ("Paul", "保罗"), ("Bob", "鲍勃"), ("Mike", "迈克"), ("Henry", "亨利"), ("George", "乔治"),
    ("Robert", "罗伯特"), ("Thomas", "托马斯"), ("Daniel", "丹尼尔"), ("Mark", "马克"), ("Sam", "山姆"),
    ("Ben", "本"), ("Max", "马克斯"), ("Leo", "利奥"), ("Frank", "弗兰克"), ("Carlos", "卡洛斯"), ("Ali", "阿里"),
    ("Ivan", "伊万"), ("Hans", "汉斯"), ("Pierre", "皮埃尔"), ("Ken", "肯"), ("Kevin", "凯文"), ("Eric", "埃里克"),
    ("Simon", "西蒙"), ("Oliver", "奥利弗"), ("William", "威廉"), ("Adam", "亚当"), ("Felix", "费利克斯"),
)  # fmt: skip
WOMEN = (
    ("Mary", "玛丽"), ("Alice", "爱丽丝"), ("Anna", "安娜"), ("Jane", "简"), ("Lucy", "露西"), ("Emma", "艾玛"),
    ("Linda", "琳达"), ("Susan", "苏珊"), ("Kate", "凯特"), ("Lily", "莉莉"), ("Sarah", "萨拉"), ("Helen", "海伦"),
    ("Julia", "朱莉娅"), ("Nancy", "南希"), ("Betty", "贝蒂"), ("Maria", "玛丽亚"), ("Grace", "格蕾丝"),
    ("Sophie", "索菲"), ("Laura", "劳拉"), ("Rose", "罗斯"), ("Ellen", "艾伦"), ("Judy", "朱迪"), ("Eva", "伊娃"),
    ("Nina", "尼娜"), ("Clara", "克拉拉"), ("Amy", "艾米"), ("Diana", "戴安娜"), ("Carol", "卡罗尔"),
)  # fmt: skip
TAIL = r"(?![a-zA-Z])"
NUMBER = re.compile(r"(?<![\d.,:])\d+(?![\d.,:]*\d|st|nd|rd|th|s\b)")
"""A whole number that stands for itself: no date, time, fraction or ordinal."""
PASSAGES = ("tatoeba", "XDailyDialog", "3AM")
"""Sources whose sentences are joined."""
JOINED = 0.25
"""Passages for every sentence of these sources."""
MOST_LETTERS = 200
"""Of the English side of a passage."""


def with_variants(documents: Iterable[Document], learnt: Callable[[Document], bool]) -> Iterator[Document]:
    """The documents, after each everyday translation that is learnt its variants, and passages of some of them."""
    waiting: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        yield document
        if document.task != "translate" or document.source not in PASSAGES or not learnt(document):
            continue
        rng = random.Random(document.key())
        yield from (found for made in (renamed, renumbered) if (found := made(document, rng)))
        held = waiting[document.source]
        held.append(document)
        if len(held) >= 4 and rng.random() < JOINED:
            together = held[-rng.randint(2, 4) :]
            english, chinese = " ".join(d.text for d in together), "".join(d.other for d in together)
            passage = replace(together[0], text=english, other=chinese)
            if len(passage.text) <= MOST_LETTERS and all(d.text[-1:] in ".!?" for d in together):
                yield passage


def renamed(document: Document, rng: random.Random) -> Document | None:
    """The pair with another name of the same sex in the place of each one that both sides have; None without any."""
    english, chinese = document.text, document.other
    for names in (MEN, WOMEN):
        there = [(e, c) for e, c in names if re.search(rf"\b{e}{TAIL}", english) and c in chinese]
        others = rng.sample([pair for pair in names if pair not in there], len(there))
        for number, (e, c) in enumerate(there):
            english = re.sub(rf"\b{e}{TAIL}", f"\x00{names[0][0]}{number}\x00", english)
            chinese = chinese.replace(c, f"\x00{names[0][0]}{number}\x00")
        for number, (e, c) in enumerate(others):
            english = english.replace(f"\x00{names[0][0]}{number}\x00", e)
            chinese = chinese.replace(f"\x00{names[0][0]}{number}\x00", c)
    return None if english == document.text else replace(document, text=english, other=chinese)


def renumbered(document: Document, rng: random.Random) -> Document | None:
    """The pair with other numbers of as many digits; None where a number is 1, or the sides do not have the same."""
    found = [NUMBER.findall(side) for side in (document.text, document.other)]
    if not found[0] or sorted(found[0]) != sorted(found[1]) or "1" in found[0] or len(set(found[0])) < len(found[0]):
        return None
    new = {}
    for number in found[0]:
        least = 2 if len(number) == 1 else 10 ** (len(number) - 1)
        new[number] = str(rng.randint(least, 10 ** len(number) - 1))
    english, chinese = (NUMBER.sub(lambda f: new[f[0]], side) for side in (document.text, document.other))
    return None if english == document.text else replace(document, text=english, other=chinese)
