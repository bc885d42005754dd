"""The forms of classical Chinese poems: lines, their lengths, their rhyme."""

import re
from collections import Counter

LINE = re.compile(r"[^，。！？；、,.!?;\s]+")


def lines(poem: str) -> list[str]:
    """The verses of a poem, without punctuation."""
    return LINE.findall(poem)


def has_regular_lines(poem: str) -> bool:
    """At least four lines, all of five or all of seven characters, and an even number of them."""
    found = [len(line) for line in lines(poem)]
    return len(found) >= 4 and len(found) % 2 == 0 and set(found) in ({5}, {7})


def rhyme_share(poem: str) -> float:
    """Of the even lines, the share that ends in the poem's most frequent rhyme; 0 for fewer than two of them.

    Rhymes are those of modern Mandarin, so even the classics reach no 1.0.
    """
    ends = [line[-1] for line in lines(poem)[1::2]]
    if len(ends) < 2:
        return 0.0
    return max(Counter(rhyme(c) for c in ends).values()) / len(ends)


def rhyme(character: str) -> str:
    """The final of a character in Mandarin, without medial and tone: 光 -> "ang"."""
    from pypinyin import Style, pinyin

    final = pinyin(character, style=Style.FINALS, strict=False)[0][0]
    return re.sub(r"^[iuüv](?=[aeo])", "", final)
