"""Chinese text to words, and words to the syllables that the dictionary, or what is around them, gives them.

Words come from rjieba (the likeliest way to cut a text into the words of its dictionary), readings from pypinyin;
``polyphones`` decides where a character with several readings stands alone. Tones are those before any change.
"""

import functools
import re
from dataclasses import dataclass

from genai_demo.audio.speech import polyphones
from genai_demo.audio.speech.chinese_lexicon import FULL_ER, NEUTRAL, READ

_LONGEST = 8
"""Characters of the longest word that is looked up."""
_FIGURES = "零〇一二三四五六七八九幺两十"
_NUMBER = re.compile(rf"[{_FIGURES}][{_FIGURES}百千万亿]{{2,}}|[{_FIGURES}]{{2}}(?=年|[{_FIGURES}])")
_PART = re.compile(r"[零〇一二三四五六七八九幺两十]?[十百千万亿]+|.")
_OTHER_NOUNS = ("n", "r", "m", "q", "f", "t", "s", "u", "p", "c")
_MUST_BEFORE = "我你您他她它们咱就还也都总只必非可又谁人才真先至少"
_GOT = "到了出奖病癌第一二三四五六七八九十百两几满冠金银过知分胜"
_ADVERB_ENDS = "然速力真心静极底断常快兴烈细实切命意接别悄渐慢默轻微狠奋急便"
_PLACES = "里上下面方板点位理图区域道铁球震带址段价头皮毯瓜"


@dataclass(frozen=True)
class Word:
    """A word and its part of speech, in the letters of jieba ("n" noun, "v" verb, "a" adjective)."""

    text: str
    tag: str


@functools.cache
def _cutter() -> "object":
    import rjieba

    cutter = rjieba.Jieba()
    for word in (*NEUTRAL, *READ):
        if len(word) > 1:
            cutter.add_word(word, max(cutter.suggest_freq(word), 100), None)
    return cutter


@functools.cache
def _phrases() -> dict[str, list[list[str]]]:
    from pypinyin.constants import PHRASES_DICT

    return PHRASES_DICT


def _listed(word: str) -> bool:
    return len(word) > 1 and (word in READ or word in NEUTRAL or word in _phrases())


def words(text: str) -> list[Word]:
    """The words of a phrase of Chinese characters, which make it up when joined; numbers fall into their parts."""
    found: list[Word] = []
    place = 0
    for number in _NUMBER.finditer(text):
        if number.start() < place or any(_listed(text[number.start() : number.start() + n]) for n in (4, 3)):
            continue
        found += _cut(text[place : number.start()])
        found += [Word(part, "m") for part in _PART.findall(number[0])]
        place = number.end()
    return found + _cut(text[place:])


def _cut(text: str) -> list[Word]:
    """Words by rjieba, joined again where the dictionary of readings knows them as one."""
    pieces = [Word(*pair) for pair in _cutter().tag(text, False)]  # type: ignore[attr-defined]
    found: list[Word] = []
    place = 0
    while place < len(pieces):
        end = place + 1
        for last in range(min(len(pieces), place + _LONGEST), place + 1, -1):
            joined = "".join(p.text for p in pieces[place:last])
            if len(joined) <= _LONGEST and _listed(joined):
                found.append(Word(joined, pieces[last - 1].tag))
                end = last
                break
        else:
            found.append(pieces[place])
        place = end
    return found


def readings(found: list[Word]) -> list[str]:
    """The syllable of every character of these words in their order, "" where none is known."""
    text = "".join(word.text for word in found)
    syllables: list[str] = []
    for number, word in enumerate(found):
        begin = start = len(syllables)
        for part in _parts(word.text):
            listed = _listed(part)
            for i, syllable in enumerate(_dictionary(part)):
                place = start + i
                told = polyphones.reading(text, place, listed, len(word.text) == 1, place == begin)
                inside = place > begin and not listed
                if inside and (part[i] == "得" or (part[i] == "地" and word.tag in ("d", "z"))):  # 跑得快, 轻轻地
                    told = "de5"
                syllables.append(_particle(text, place, found, number) or told or syllable)
            start += len(part)
    return syllables


def _parts(word: str) -> list[str]:
    """The word itself if its reading is known, else the known words in it."""
    from pypinyin.seg.mmseg import seg

    return [word] if _listed(word) or len(word) < 3 else list(seg.cut(word))


@functools.lru_cache(10_000)
def _dictionary(word: str) -> tuple[str, ...]:
    from pypinyin import Style, lazy_pinyin

    if word in READ:
        return READ[word]
    found = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore")
    if len(found) != len(word):
        return ("",) * len(word)
    if any(word[-n:] in NEUTRAL for n in (2, 3) if n <= len(word)):  # also 什么时候
        found[-1] = found[-1][:-1] + "5"
    return tuple(found)


def _particle(text: str, place: int, found: list[Word], number: int) -> str | None:
    """得, 地, 儿, 们, 过, whose reading depends on the words around them."""
    sign, word = text[place], found[number]
    before, after = text[place - 1 : place] if place else "", text[place + 1 : place + 2]
    previous = found[number - 1] if number else Word("", "")
    if sign == "儿" and before and not _inside(text, place, FULL_ER):
        return "r5"
    if sign == "们" and before:
        return "men5"
    if word.text != sign:
        return None
    if sign == "得":
        return _get(before, after, previous, found[number + 1] if number + 1 < len(found) else Word("", ""))
    if sign == "地":
        return _adverbial(text, place, previous) if before and after else "di4"
    return "guo5" if sign == "过" and before and after in ("", "的", "了") else None


def _get(before: str, after: str, previous: Word, following: Word) -> str:
    """得: to get, must, or the particle before how something is done."""
    subject = not before or before in _MUST_BEFORE or previous.tag[:1] in ("r", "t")
    if subject:
        return "de2" if after and after in _GOT else "de5" if after == "很" else "dei3"
    if previous.tag == "n" and following.tag == "v" and after not in _GOT:  # 作业得写完
        return "dei3"
    return "de2" if after == "了" and previous.tag[:1] in ("n", "v") and len(previous.text) > 1 else "de5"


def _adverbial(text: str, place: int, previous: Word) -> str:
    """地: the particle after an adverb, or ground."""
    if text[place + 1] in _PLACES and previous.tag[:1] not in ("d", "z", "i"):
        return "di4"
    doubled = place > 1 and text[place - 1] == text[place - 2]
    described = len(previous.text) > 1 and not previous.tag.startswith(_OTHER_NOUNS)
    return "de5" if doubled or described or text[place - 1] in _ADVERB_ENDS else "di4"


def _inside(text: str, place: int, words: frozenset[str]) -> bool:
    """Whether the character stands in one of these words."""
    return any(text[start : start + len(w)] == w for w in words for start in range(place - len(w) + 1, place + 1))
