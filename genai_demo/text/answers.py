"""Whether a small model can know the answer to a question, by rules that anybody can follow.

It has read little, and says a wrong capital as smoothly as the right one. What tells them apart is how it answers
again: who knows says the same every time (Wang et al. 2022, arXiv 2203.11171, "self-consistency").
"""

import re
from collections.abc import Sequence

AGREEMENT = 0.4
"""Share of the other replies that must say what one says, for it to count as known."""
FACT = {
    "en": re.compile(
        r"\b(?:what|who|whose|whom|when|where|which|why|"
        r"how (?:many|much|far|long|old|tall|high|big|deep|fast|heavy))\b",
        re.I,
    ),
    "zh": re.compile("什么|谁|哪|几|多少|多[远大高长久深快重]|为何|何时|怎么会"),
}
PERSONAL = {
    "en": re.compile(r"\b(?:you|your|yours|i|i'm|my|me|mine|we|our|us|let's)\b", re.I),
    "zh": re.compile("你|您|我|咱|推荐"),
}
"""Questions about the two who talk, which need no knowledge of the world."""
EMPTY = {
    "en": frozenset(
        re.findall(
            r"\S+",
            "a an the is are was were be been am it it's its that this these those there he she they i you we of in on "
            "at to for from by with and or but not no yes well oh very quite about as so too do does did have has had "
            "will would can could should i'm you're that's there's one",
        )
    ),
    "zh": frozenset("的是了在有和也都这那个一不没吗呢吧啊哦嗯很太还就会能要去来他她它我你们就对好"),
}
"""Words that say nothing by themselves; in Chinese, characters."""


def asks_for_a_fact(turn: str, language: str) -> bool:
    """Whether a turn asks what, who, where ... of the world, not of the two who talk."""
    is_question = turn.rstrip().endswith(("?", "？")) or (language == "en" and bool(FACT["en"].match(turn.strip())))
    return is_question and bool(FACT[language].search(turn)) and not PERSONAL[language].search(turn)


def content(text: str, language: str) -> set[str]:
    """The words, or Chinese characters, that say something."""
    found = re.findall(r"[^\W_]+(?:'[^\W_]+)?", text.lower()) if language == "en" else re.findall(r"\w", text)
    return set(found) - EMPTY[language]


def is_known(turn: str, replies: Sequence[str], language: str) -> bool:
    """Whether the first of several replies to a question says something, and the others say it too."""
    best, *others = (content(reply, language) - content(turn, language) for reply in replies)
    agreeing = sum(2 * len(best & other) > len(best) for other in others)
    return bool(best) and agreeing >= AGREEMENT * len(others)
