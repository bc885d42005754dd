"""Undoes the disguises that a filter meets: full width, invisible and foreign letters, leetspeak, letters set apart.

A text becomes a few *views*, lower-case strings in which every sentence is a line, signs are spaces and commas stay.
The first is the plain one; the others exist only where they differ.
"""

import functools
import re
import unicodedata

HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
LETTERS = dict(
    zip(
        "абвгдеёзийклмнопрстуфхсуьѕіјԁԛԝһӏαβγδεηικμνορστυχω",
        "abbrдeeзийkлmhonpctyфxcybsijdqwhlabydenikmvopotuxw",
        strict=True,
    )
)
"""Cyrillic and Greek letters that look like Latin ones."""
LETTERS |= dict(zip("ɑɡıℓʀʏßøðþłđħŧæœ", "agilrysodpldhtao", strict=True))
LEET = str.maketrans("013457689@$!|+€£¢()", "oieastgbgasiitelcci"[:19])
LEET_L = str.maketrans("013457689@$!|+€£¢()", "oleastgbgasiltelcci"[:19])
SIMPLIFIED = str.maketrans(
    "殺彈藥槍製組裝買購爆毆綁劫爾滅絕趕盡燒該應當豬雞賤種廢禍蠻貓鳥黃視頻圖網聊愛姦淫亂蕩騷陰陽莖處兒童歲嬰學"
    "藝蘿麗誘脫體寫講術導戰鬥毒煉備雷彈雖臺灣國猶穆農園婦殘疾戀難變級優劣恨憎惡討厭們滾蛋馬媽孃娘個傢夥"
    "結束輕傷無痛開燒樓絕經過剛請問幫給這樣樣麼說話來場氣體車學醫還會為與對應師長親屬鄰護導彈雙頭腦發現痕跡屍證"
    "罵賊後從讓鏟裏裡義華軟硬癡癱倆傻幹擁資規則強迷夠關係續於禮輪買賣嗎寶",
    "杀弹药枪制组装买购爆殴绑劫尔灭绝赶尽烧该应当猪鸡贱种废祸蛮猫鸟黄视频图网聊爱奸淫乱荡骚阴阳茎处儿童岁婴学"
    "艺萝丽诱脱体写讲术导战斗毒炼备雷弹虽台湾国犹穆农园妇残疾恋难变级优劣恨憎恶讨厌们滚蛋马妈娘娘个家伙"
    "结束轻伤无痛开烧楼绝经过刚请问帮给这样样么说话来场气体车学医还会为与对应师长亲属邻护导弹双头脑发现痕迹尸证"
    "骂贼后从让铲里里义华软硬痴瘫俩傻干拥资规则强迷够关系续于礼轮买卖吗宝",
)
"""Traditional characters of the words that are looked for, and of those around them."""
SENTENCE_END = re.compile(r"[.!?]+(?=[\s\"'”’」』)]|$)|[。！？…;；\n\r]+")
SPACED = re.compile(r"(?<![a-z0-9])(?:[a-z0-9@$!|] ){2,}[a-z0-9@$!|](?![a-z0-9])")
APART = re.compile(r"(?:\S )+\S")
"""Words between wider spaces whose letters are set apart."""
LEETED = re.compile(r"(?=\S*[a-z])(?=\S*[0-9@$!|+€£¢])\S+")


@functools.lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    """One character as a Latin or Chinese one without accents; nothing where it cannot be seen."""
    kind = unicodedata.category(character)
    if kind in ("Cf", "Mn", "Me", "Cn", "Co"):
        return ""
    found = unicodedata.normalize("NFKD", character)[:1] if kind[0] == "L" and character < "\u2e80" else character
    return LETTERS.get(found, found)


def folded(text: str) -> str:
    """Lower case, without accents and invisible characters, look-alikes as Latin letters, simplified, in NFKC.

    Every sentence is a line: in NFKC, Chinese marks of its end would look like signs within a word.
    """
    text = unicodedata.normalize("NFKC", SENTENCE_END.sub("\n", text)).casefold()
    if not text.isascii():
        text = "".join(map(_folded, text)).translate(SIMPLIFIED)
    return text


def _plain(text: str) -> str:
    """Signs as spaces, no space between Chinese characters, no empty line."""
    text = re.sub("[，、：,:]+", ",", text)
    text = re.sub(rf"[^a-z0-9,\n{HAN}]+", " ", text)
    text = re.sub(rf"(?<=[{HAN}]) (?=[{HAN}])", "", text)
    return re.sub(r"[ \n]*\n[ \n]*", "\n", text).strip()


def _joined(text: str) -> str:
    """Letters that are set apart ("b o m b", "b.o.m.b", "b-o-m-b") as words."""
    text = re.sub(r"(?<=[a-z0-9@$!|])(?:[.\-_*~·•/\\]|'| ?[.\-_*~·•/\\] ?)(?=[a-z0-9@$!|](?![a-z0-9]))", " ", text)
    parts = re.split("( {2,}|\n)", text)
    text = "".join(_together(p) if APART.fullmatch(p) else p for p in parts)
    return SPACED.sub(lambda found: _together(found[0]), text)


def _together(letters: str) -> str:
    """Letters set apart as a word; after an "a" or "i" that may be a word of its own, both readings."""
    word = letters.replace(" ", "")
    return f"{word} {word[1:]}" if word[0] in "ai" and len(word) > 3 else word


def views(text: str) -> list[str]:
    """The plain view of a text, and those that other readings of it give."""
    text = folded(text)
    found = [_plain(text)]
    apart = _joined(text)
    for other in (
        apart if apart != text else "",
        *({_unleeted(apart, table) for table in (LEET, LEET_L)} - {apart, text}),
        re.sub(r"([a-z])\1{2,}", r"\1", apart) if re.search(r"([a-z])\1{2}", apart) else "",
    ):
        if other and (view := _plain(other)) not in found:
            found.append(view)
    return found


def _unleeted(text: str, table: dict[int, int]) -> str:
    return LEETED.sub(lambda found: _leet(found[0], table), text)


def _leet(word: str, table: dict[int, int]) -> str:
    """A word with its digits and signs read as letters; signs at its end are punctuation."""
    body = word.rstrip("!?.,;:)|+")
    return body.translate(table) + word[len(body) :]


def sentence_starts(text: str) -> list[int]:
    """Where the sentences of a text begin, those without a letter aside: one for every line of its plain view."""
    found, start = [], 0
    for end in [*(m.end() for m in SENTENCE_END.finditer(text)), len(text)]:
        if _plain(folded(text[start:end])):
            found.append(start)
        start = end
    return found
