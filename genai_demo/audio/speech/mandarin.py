"""Mandarin: characters to toned syllables as they are spoken, and syllables to initials and finals.

Readings come from pypinyin. What it leaves open is decided here by rules of the grammar books
(Duanmu, The Phonology of Standard Chinese, 2007; Chao, A Grammar of Spoken Chinese, 1968): the tones
of 一 and 不, runs of third tones, unstressed syllables, and 儿 that only colours the syllable before.
A syllable is written in letters and a tone, "lv4", "de5"; the coloured 儿 is "r5".
"""

import functools
import re

_INITIALS = "b p m f d t n l g k h j q x zh ch sh r z c s"
_FINALS = (
    "a o e ai ei ao ou an en ang eng er "
    "i ii iii ia io ie iao iou ian in iang ing iong "
    "u ua uo uai uei uan uen uang ueng ong v ve van vn rr"
)
INITIALS, FINALS = tuple(_INITIALS.split()), tuple(_FINALS.split())
"""ii: the vowel of zi, ci, si; iii: of zhi, chi, shi, ri; v: ü; rr: the 儿 that colours a syllable."""

_SPELLED = {"iu": "iou", "ui": "uei", "un": "uen", "ue": "ve"}
_ALONE = {"m": "en", "n": "en", "ng": "en", "hm": "en", "hng": "en", "r": "rr", "ê": "ei"}
"""Syllables without a vowel, by the nearest that has one (嗯, 呣, 哼)."""
_SYLLABLE = re.compile(rf"({'|'.join(sorted(INITIALS, key=len, reverse=True))})?(.+)")

_NEUTRAL = (
    "爸爸 妈妈 爷爷 奶奶 哥哥 姐姐 弟弟 妹妹 叔叔 伯伯 舅舅 姑姑 公公 婆婆 太太 宝宝 娃娃 星星 猩猩 谢谢 "
    "先生 朋友 学生 老婆 丈夫 亲戚 姑娘 媳妇 女婿 大夫 师傅 护士 客人 主人 老爷 少爷 上司 和尚 狐狸 骆驼 蛤蟆 刺猬 "
    "东西 衣服 裤子 头发 眼睛 鼻子 耳朵 嘴巴 舌头 下巴 脖子 胳膊 指甲 指头 骨头 膝盖 屁股 石头 木头 馒头 枕头 锄头 "
    "葡萄 豆腐 萝卜 核桃 石榴 玫瑰 柴火 蘑菇 棉花 高粱 点心 包袱 铺盖 被子 窗户 钥匙 剪刀 灯笼 喇叭 风筝 扫帚 "
    "故事 消息 事情 意思 关系 生意 买卖 名字 名堂 主意 道理 本事 力气 脾气 福气 运气 客气 和气 阔气 小气 秀气 热闹 "
    "漂亮 干净 舒服 聪明 明白 清楚 糊涂 老实 规矩 厉害 麻烦 便宜 暖和 凉快 新鲜 结实 实在 厚道 地道 利索 马虎 "
    "认识 知道 告诉 喜欢 觉得 记得 晓得 懂得 值得 舍得 打听 打扮 打算 招呼 商量 收拾 休息 咳嗽 喷嚏 吩咐 嘱咐 答应 "
    "照顾 佩服 应酬 折腾 琢磨 耽误 耽搁 糟蹋 溜达 哆嗦 嘀咕 唠叨 张罗 将就 凑合 包涵 稀罕 心疼 抬举 埋怨 "
    "行李 月亮 云彩 天气 时候 早上 晚上 晌午 地方 屋里 家里 里头 外头 上头 下头 后头 前头 里边 外边 "
    "这个 那个 哪个 这么 那么 怎么 什么 多么 我们 你们 他们 她们 它们 咱们 人们 味道 动静 功夫 工夫 学问 "
    "差事 官司 笑话 闺女 队伍 街坊 邻居 亲家 冤枉 委屈 精神 困难 苗条 打发 对付 伺候 相声 帐篷 交情 状元 使唤 "
    "对不起 了不起 看不起 来不及 差不多 怪不得 为什么"
)
NEUTRAL = frozenset(_NEUTRAL.split())
"""Words whose last syllable is spoken without its tone, where dictionaries agree."""
_SPOKEN = {"了不起": "liao3 bu5 qi3", "对不起": "dui4 bu5 qi3", "看不起": "kan4 bu5 qi3", "来不及": "lai2 bu5 ji2"}
_SPOKEN |= {"差不多": "cha4 bu5 duo1", "怪不得": "guai4 bu5 de5", "为什么": "wei4 shen2 me5", "大夫": "dai4 fu5"}
_SPOKEN |= {"朝阳": "chao2 yang2", "还是": "hai2 shi4", "会计": "kuai4 ji4", "嗯": "en4"}

_ER = "儿子 女儿 儿童 儿女 儿孙 儿媳 儿科 儿歌 儿戏 婴儿 幼儿 孤儿 少儿 胎儿 健儿 男儿 小儿 宠儿 弃儿 育儿 混血儿"
_FULL_ER = frozenset(_ER.split())
_DIGITS = "零〇一二三四五六七八九幺两"
_PARTICLE_FOLLOWS = "很太多少快慢好坏早晚高低大小远近深浅清紧重轻像不可非更最特有了出来起到上下懂完"
_MUST_BEFORE = "我你您他她它们就还也都总只必非可又都谁"
_ADVERB_ENDS = "然速力真心静极底断常快兴烈细实切地命意接别分悄渐慢默轻微狠奋急便"


def mandarin(syllable: str) -> list[tuple[str, str]]:
    """Initial and final of a syllable like "lv4", each with its mark: the tone stands on the final.

    Raises ValueError where it is none.
    """
    letters, tone = syllable[:-1].lower().replace("ü", "v").replace("u:", "v"), syllable[-1:]
    if tone not in ("1", "2", "3", "4", "5") or not letters.isalpha():
        raise ValueError(f"{syllable!r} is no pinyin syllable with a tone from 1 to 5, such as 'hao3'.")
    return [(symbol, tone if symbol in FINALS else "") for symbol in _parts(letters)]


@functools.cache
def _parts(letters: str) -> tuple[str, ...]:
    if letters in _ALONE:
        return (_ALONE[letters],)
    if letters == "yai":
        return ("i", "ai")
    rest = letters[1:]
    if letters[0] == "y":  # y and w begin syllables that have no initial
        initial, final = "", "v" + rest[1:] if rest[:1] == "u" else rest if rest[:1] == "i" else "i" + rest
    elif letters[0] == "w":
        initial, final = "", rest if rest[:1] == "u" else "u" + rest
    else:
        initial, final = _split(letters)
    if final not in FINALS:
        raise ValueError(f"{letters!r} is no syllable of Mandarin.")
    return (initial, final) if initial else (final,)


def _split(letters: str) -> tuple[str, str]:
    found = _SYLLABLE.fullmatch(letters)
    initial, final = (found[1] or "", found[2]) if found else ("", letters)
    final = _SPELLED.get(final, final) if initial else final
    if initial in ("j", "q", "x") and final[:1] == "u":  # ju is jü
        final = {"u": "v", "uan": "van", "uen": "vn"}.get(final, final)
    elif final == "i" and initial in ("z", "c", "s"):
        final = "ii"
    elif final == "i" and initial in ("zh", "ch", "sh", "r"):
        final = "iii"
    elif final == "o" and initial in ("b", "p", "m", "f"):  # spelled bo, spoken buo
        final = "uo"
    return initial, final


def syllables(text: str) -> list[str]:
    """The spoken syllable of every character, such as ["ni2", "hao3"]; "" where one has no known reading.

    text: Chinese characters only, one phrase: tones change across all of it.
    """
    words = _words(text)
    found = [syllable for word in words for syllable in _readings(word)]
    found = _particles(text, words, found)
    found = _one_and_not(text, found)
    return _third_tones(words, found)


def _words(text: str) -> list[str]:
    """Known words, longest first; single characters between them."""
    from pypinyin.seg.mmseg import seg

    words, place = [], 0
    longest = max(map(len, NEUTRAL))
    while place < len(text):
        size = next((n for n in range(longest, 1, -1) if text[place : place + n] in NEUTRAL | _SPOKEN.keys()), 0)
        if not size:
            size = len(next(iter(seg.cut(text[place : place + 8]))))
        words.append(text[place : place + size])
        place += size
    return words


@functools.lru_cache(10_000)
def _readings(word: str) -> tuple[str, ...]:
    from pypinyin import Style, lazy_pinyin

    if word in _SPOKEN:
        return tuple(_SPOKEN[word].split())
    found = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore")
    if len(found) != len(word):
        return ("",) * len(word)
    if word in NEUTRAL:
        found[-1] = found[-1][:-1] + "5"
    return tuple(found)


def _particles(text: str, words: list[str], found: list[str]) -> list[str]:
    """得, 地, 儿, 子 and the like, whose reading depends on the words around them."""
    found = list(found)
    for place, sign in enumerate(text):
        before, after = text[place - 1 : place] if place else "", text[place + 1 : place + 2]
        if sign == "儿" and before and not _inside(text, place, _FULL_ER):
            found[place] = "r5"
        elif sign == "们" and before:
            found[place] = "men5"
        elif sign == "得" and sign in words and before:
            found[place] = "dei3" if before in _MUST_BEFORE and after not in _PARTICLE_FOLLOWS else "de5"
        elif sign == "地" and sign in words and place > 1 and after:
            found[place] = "de5" if before == text[place - 2] or before in _ADVERB_ENDS else found[place]
        elif sign == "过" and sign in words and after in ("", "的", "了") and before:
            found[place] = "guo5"
    return found


def _inside(text: str, place: int, words: frozenset[str]) -> bool:
    """Whether the character stands in one of these words."""
    return any(text[start : start + len(w)] == w for w in words for start in range(place - len(w) + 1, place + 1))


def _one_and_not(text: str, found: list[str]) -> list[str]:
    """一 and 不 before other tones: yi2 ge4, yi4 tian1, bu2 shi4; 一 that counts or numbers keeps yi1."""
    found = list(found)
    for place, sign in enumerate(text):
        before, after = text[place - 1 : place] if place else "", text[place + 1 : place + 2]
        tone = found[place + 1][-1:] if after else ""
        if after == "个":
            tone = "4"
        if sign in "一不" and before and before == after and before not in _DIGITS:
            found[place] = "yi5" if sign == "一" else "bu5"
        elif sign == "不" and found[place][:2] == "bu" and found[place] != "bu5":
            found[place] = "bu2" if tone == "4" else "bu4"
        elif sign == "一" and found[place][:2] == "yi":
            found[place] = "yi1" if _is_ordinal(text, place) or tone not in "1234" else "yi2" if tone == "4" else "yi4"
            if not tone:
                found[place] = "yi1"
    return found


def _is_ordinal(text: str, place: int) -> bool:
    """Whether this 一 names a number rather than counts: 第一, 十一, 二〇二一年, 一月一日, 一号, 三点一四."""
    before, after, beyond = (
        text[place - 1 : place] if place else "",
        text[place + 1 : place + 2],
        text[place + 2 : place + 3],
    )
    return (
        bool(before and (before in _DIGITS + "第十初" or text[:place].endswith(("星期", "礼拜", "周", "其"))))
        or bool(after and after in _DIGITS + "月号楼班等级")
        or (before in ("百", "千", "万", "零") and after == "十")
        or (before == "月" and after == "日")
        or (before == "点" and (not after or after in _DIGITS))
        or (after == "点" and bool(beyond) and beyond in _DIGITS)
        or text[: place + 1].endswith(("统一", "唯一", "万一", "之一", "专一", "不一", "同一", "单一"))
    )


def _third_tones(words: list[str], found: list[str]) -> list[str]:
    """The first of two third tones in a foot becomes a second: ni2 hao3, zhan2 lan2 guan3.

    A single syllable that is a foot of its own gives way to the next foot as well.
    """
    changed, start = list(found), 0
    for size in _feet(words):
        end = start + max(size, 2)
        for place in range(start, min(end, len(found)) - 1):
            if found[place].endswith("3") and found[place + 1].endswith("3"):
                changed[place] = found[place][:-1] + "2"
        start += size
    return changed


def _feet(words: list[str]) -> list[int]:
    """Lengths of the feet: words, or two single characters; one left over at the end joins the last foot."""
    feet: list[int] = []
    single = False
    for word in words:
        if len(word) == 1 and single:
            feet[-1], single = 2, False
        else:
            feet.append(len(word))
            single = len(word) == 1
    if single and len(feet) > 1:
        feet[-2:] = [feet[-2] + 1]
    return feet
