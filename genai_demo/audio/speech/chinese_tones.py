"""Tones as they are spoken: 一 and 不 before other syllables, and runs of third tones (Chao, 1968; Duanmu, 2007)."""

from genai_demo.audio.speech.chinese_words import Word

_DIGITS = "零〇一二三四五六七八九幺两"
_ONE_IN_WORDS = ("统一", "唯一", "万一", "之一", "专一", "单一", "如一")
_ONE_ENDS_WORDS = ("划一", "合一", "归一", "逐一", "其一", "不一", "同一", "周一")
_AFTER_ORDINAL = "月号楼班等级期路室栋幢"
_COUNTS = "五九两几"
_AFTER_CLOCK = "刻个起块下直般定样"
_ONE_OF = ("星期", "礼拜", "周", "高", "初", "大", "研", "第", "其")


def spoken(words: list[Word], found: list[str]) -> list[str]:
    """The syllables of these words with the tones that they have side by side."""
    return _third_tones([word.text for word in words], _one_and_not(words, found))


def _one_and_not(words: list[Word], found: list[str]) -> list[str]:
    """一 and 不 before other tones: yi2 ge4, yi4 tian1, bu2 shi4; 一 that counts or numbers keeps yi1."""
    text = "".join(word.text for word in words)
    found = list(found)
    ends = {-1}
    for word in words:
        ends.add(max(ends) + len(word.text))
    for place in range(len(text) - 1, -1, -1):  # from the end: 不一样, whose 一 decides the tone of 不
        sign = text[place]
        if sign not in "一不" or found[place][:2] not in ("yi", "bu"):
            continue
        before, after = text[place - 1 : place] if place else "", text[place + 1 : place + 2]
        tone = found[place + 1][-1:] if after else ""
        if after == "个":
            tone = "4"
        if before and before == after and before not in _DIGITS:
            found[place] = "yi5" if sign == "一" else "bu5"
        elif sign == "不":
            found[place] = found[place] if found[place] == "bu5" else "bu2" if tone == "4" else "bu4"
        elif _is_ordinal(text, place, place in ends) or tone not in ("1", "2", "3", "4"):
            found[place] = "yi1"
        else:
            found[place] = "yi2" if tone == "4" else "yi4"
    return found


def _is_ordinal(text: str, place: int, ends_word: bool) -> bool:
    """Whether this 一 names a number rather than counts: 第一, 十一, 二〇二一年, 一月一日, 一号, 三点一四, 统一."""
    until, after, beyond = text[:place], text[place + 1 : place + 2], text[place + 2 : place + 3]
    before = until[-1:]
    if (until + "一").endswith(_ONE_IN_WORDS) and after not in ("千", "百"):
        return True
    if (
        ends_word
        and (until + "一").endswith(_ONE_ENDS_WORDS)
        and not (before == "同" and after and after in "个种件样天年次")
    ):
        return True
    return (
        (bool(before) and before in _DIGITS + "第十")
        or until.endswith(("星期", "礼拜"))
        or (ends_word and until.endswith(_ONE_OF) and after not in ("个", "点", "些", "下", "样", "会", "定"))
        or (bool(after) and after in _DIGITS and not (after == "两" or text[place + 1 : place + 3] == "一二"))
        or (bool(after) and after in _AFTER_ORDINAL and not (after == "级" and beyond == "级"))
        or (after == "年" and beyond == "级")
        or (before in ("百", "千", "万", "零") and before and after == "十")
        or (before == "月" and after == "日")
        or (before == "点" and until[-2:-1] in _DIGITS + "十" and after not in _AFTER_CLOCK)
        or (after == "点" and bool(beyond) and beyond in _DIGITS)
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
    """Lengths of the feet: words, or two single characters, but a numeral goes with what it counts; one left
    over at the end joins the last foot."""
    feet: list[int] = []
    single = False
    for word in words:
        if len(word) == 1 and single and word not in _COUNTS:
            feet[-1], single = 2, False
        else:
            feet.append(len(word))
            single = len(word) == 1
    if single and len(feet) > 1:
        feet[-2:] = [feet[-2] + 1]
    return feet
