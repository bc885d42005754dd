"""Long sentences, parted where a clause ends, and put together again in the other language.

A small model loses a part of what is long and gets most of what is short right.
"""

import re

LONG = {"en": 13, "zh": 21}
"""From so many words, or Chinese characters, on a sentence is long."""
FULL = {"en": 12, "zh": 18}
"""A part takes in clauses up to so many."""
LEAST = {"en": 4, "zh": 5}
"""Of the shortest clause that stands by itself."""
BOUNDARY = {
    "en": re.compile(
        r"(?P<sign>[,;:]) +|(?P<none>) +(?=(?:and|but|because|when|while|although|though|before|after|if|unless|until|"
        r"so|which|where|who) )"
    ),
    "zh": re.compile(r"(?P<sign>[，；：])"),
}
SIGNS = {"zh": {",": "，", ";": "；", ":": "：", "": "，"}, "en": {"，": ", ", "；": "; ", "：": ": ", "": " "}}
CLOSING = ".!?。！？…,;:，；："


def size(sentence: str, language: str) -> int:
    """Words of English, characters of Chinese that are no signs."""
    return len(sentence.split()) if language == "en" else len(re.findall(r"\w", sentence))


def parts(sentence: str, language: str) -> list[tuple[str, str]]:
    """A long sentence in parts, each with the sign behind it ("" for none); one part where it has no clauses."""
    found: list[tuple[str, str]] = []
    start = 0
    for match in BOUNDARY[language].finditer(sentence):
        clause, rest = sentence[start : match.start()], sentence[match.end() :]
        if min(size(clause, language), size(rest, language)) < LEAST[language]:
            continue
        following = BOUNDARY[language].search(sentence, match.end())
        longer = sentence[start : following.start() if following else len(sentence)]
        if size(longer, language) > FULL[language]:
            found.append((clause, match.groupdict().get("sign") or ""))
            start = match.end()
    return [*found, (sentence[start:], "")]


def joined(translations: list[str], signs: list[str], target: str) -> str:
    """Translations of the parts as one sentence. signs: those behind the parts, in the source."""
    whole = ""
    for i, (words, sign) in enumerate(zip(translations, signs, strict=True)):
        words = words.strip()
        if i and target == "en" and not re.match(r"I\b|I'|[A-Z][a-z]+ [A-Z]", words):
            words = words[:1].lower() + words[1:]
        whole += words if i == len(signs) - 1 else words.rstrip(CLOSING) + SIGNS[target][sign]
    return whole
