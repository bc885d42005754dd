"""Listed words and patterns. English words are found as whole words, so that Scunthorpe stays a town.

The lists are those of LDNOOBW (CC BY 4.0; English and Chinese) and of dsojevic/profanity-list (MIT), sealed here as
they are, without comments; NOTICE names authors and licences. A sealed file of ours says which of their entries are
slurs or swearing and which are too mild, or mean too much else, to count, and adds patterns for what takes more than a
word to say.
"""

import bisect
import functools
import re
from dataclasses import dataclass

from genai_demo.trust.policy import ages
from genai_demo.trust.policy.sealed import open_sealed

SOURCES = {"en": ("ldnoobw_en", "dsojevic_en"), "zh": ("ldnoobw_zh",)}
LONGEST = 4
"""Words of the longest entry."""
COARSE, NEAR = 3, 160
"""So many swear words within so many characters are abuse."""
AROUND = 200
"""Characters before and after a place in which something can excuse it."""
BESIDE = 160
"""Characters between an age and what must not be asked of that age, over the ends of sentences."""
ENDINGS = ("s", "es", "ed", "er", "ers", "ing", "in")


@dataclass(frozen=True)
class Rules:
    """What is looked for."""

    words: dict[str, str]
    """English entries and their kind."""
    patterns: list[tuple[str, re.Pattern[str]]]
    """Kinds and what stands for them."""
    spares: dict[str, re.Pattern[str]]
    """Where this stands in the same sentence, a pattern of the kind is talked about rather than asked for,"""
    wishes: dict[str, re.Pattern[str]]
    """unless this stands there as well."""


def listed(name: str) -> list[str]:
    """The entries of a list."""
    return [line.replace("*", "").casefold() for line in open_sealed(name).splitlines()]


@functools.cache
def rules() -> Rules:
    """Everything, read once."""
    lines = [s for line in open_sealed("words").splitlines() if (s := line.strip()) and not s.startswith("#")]
    names: dict[tuple[str, str], str] = {}
    entries: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        head, _, body = line.partition(": ")
        kind, language = head.removeprefix("= ").rsplit(" ", 1)
        if head.startswith("= "):
            names[language, kind] = body
        else:
            entries.setdefault((kind, language), []).extend(body.split(" | "))
    return Rules(
        _english(entries), _patterns(entries, names), *(_about(entries, names, w) for w in ("spare ", "wish "))
    )


def _words_of(entries: dict[tuple[str, str], list[str]], kind: str, language: str) -> list[str]:
    return [w for w in entries.get((kind, language), []) if "\\b" not in w and "{" not in w]


def _english(entries: dict[tuple[str, str], list[str]]) -> dict[str, str]:
    """Entries as words with single spaces, their kinds, and simple inflections of the single words."""
    found: dict[str, str] = {}
    ignored = {_spaced(w) for w in _words_of(entries, "ignore", "en")}
    for name in SOURCES["en"]:
        found |= {w: "sexual" for entry in listed(name) if (w := _spaced(entry)) and w not in ignored}
    for kind in ("sexual", "hate", "minors", "abuse", "coarse"):
        found |= {_spaced(w): kind for w in _words_of(entries, kind, "en")}
    for word, kind in list(found.items()):
        if " " not in word and len(word) > 4 and kind in ("sexual", "hate", "coarse"):
            for ending in ENDINGS:
                if word + ending not in ignored:
                    found.setdefault(word + ending, kind)
    return found


def _spaced(entry: str) -> str:
    return " ".join(re.findall("[a-z0-9]+", entry.casefold()))


def _patterns(
    entries: dict[tuple[str, str], list[str]], names: dict[tuple[str, str], str]
) -> list[tuple[str, re.Pattern[str]]]:
    ignored = set(_words_of(entries, "ignore", "zh"))
    plain = [w for w in listed(SOURCES["zh"][0]) if w not in {i.casefold() for i in ignored} and len(w) > 1]
    chinese: dict[str, list[str]] = {"sexual": [re.escape(w) for w in plain]}
    found = []
    for (kind, language), lines in entries.items():
        if kind.startswith(("ignore", "spare", "wish")):
            continue
        for line in lines:
            if "{" in line or "\\b" in line:
                found.append((kind, re.compile(_filled(line, names, language))))
            elif language == "zh":
                chinese.setdefault(kind, []).append(line)
    return [(kind, re.compile("|".join(words))) for kind, words in chinese.items()] + found


def _about(
    entries: dict[tuple[str, str], list[str]], names: dict[tuple[str, str], str], prefix: str
) -> dict[str, re.Pattern[str]]:
    """The patterns of both languages whose kinds begin with a prefix, by the rest of the kind."""
    found: dict[str, list[str]] = {}
    for (kind, language), lines in entries.items():
        if kind.startswith(prefix):
            found.setdefault(kind.removeprefix(prefix), []).extend(_filled(line, names, language) for line in lines)
    return {kind: re.compile("|".join(lines)) for kind, lines in found.items()}


def _filled(line: str, names: dict[tuple[str, str], str], language: str) -> str:
    return re.sub(r"\{([a-z]+)\}", lambda m: names[language, m[1]], line)


def find(view: str) -> list[tuple[str, int]]:
    """Kinds of what is found in a view (``normalise``), each with the number of its first line.

    "coarse" words only where they are abuse, "aged" ones only beside somebody under age: as "minors".
    """
    known = rules()
    places: dict[str, list[tuple[int, int]]] = {"coarse": []}
    for kind, start, end in _listed(view, known.words):
        places.setdefault(kind, []).append((start, end))
    for kind, pattern in known.patterns:
        for match in pattern.finditer(view) if kind != "aged" else ():
            if kind == "coarse" or not _excused(kind, view, match, known):
                places.setdefault(kind, []).append(match.span())
                if kind != "coarse":
                    break
    coarse = sorted(set(places.pop("coarse")))
    for first, last in zip(coarse, coarse[COARSE - 1 :], strict=False):
        if last[1] - first[0] <= NEAR:
            places.setdefault("abuse", []).append((first[0], last[1]))
    lines = [(kind, view.count("\n", 0, min(found)[0])) for kind, found in places.items()]
    return lines + [("minors", line) for line in _beside_ages(view, known)]


def _listed(view: str, known: dict[str, str]) -> list[tuple[str, int, int]]:
    """Listed English words and their places."""
    found = []
    tokens = list(re.finditer("[a-z0-9]+", view)) if re.search("[a-z]", view) else []
    for i, token in enumerate(tokens):
        text = token[0]
        for size in range(LONGEST):
            if size:
                if i + size >= len(tokens):
                    break
                text += " " + tokens[i + size][0]
            if kind := known.get(text):
                found.append((kind, token.start(), tokens[i + size].end()))
    return found


def _excused(kind: str, view: str, match: re.Match[str], known: Rules) -> bool:
    """Whether the sentence around a place says that it is talked about; a wish for a text is never excused."""
    if kind not in known.spares:
        return False
    start, end = match.span()
    low, high = max(0, start - AROUND), end + AROUND
    last = view.find("\n", end, high)
    return _spared(kind, view[max(low, view.rfind("\n", low, start) + 1) : last if last >= 0 else high], known)


def _spared(kind: str, near: str, known: Rules) -> bool:
    spare, wish = known.spares.get(kind), known.wishes.get(kind)
    return spare is not None and spare.search(near) is not None and not (wish is not None and wish.search(near))


def about_something_else(kind: str, line: str) -> bool:
    """Whether a line of a view that the classifier takes for a kind names what makes it harmless: a tool, a pest, a
    sport, a game, history, medicine, art; a wish to harm somebody is never excused."""
    return _spared(f"learnt {kind}", line, rules())


def _beside_ages(view: str, known: Rules) -> list[int]:
    """The line of what must not be asked of somebody under age, if such a person stands near it."""
    patterns = [pattern for kind, pattern in known.patterns if kind == "aged"]
    if not any(pattern.search(view) for pattern in patterns):
        return []
    text = ages.in_digits(view)
    young = sorted(ages.find(text))
    for pattern in patterns if young else ():
        for match in pattern.finditer(text):
            place = bisect.bisect(young, match.span())
            near = any(
                max(start - match.end(), match.start() - end) <= BESIDE
                for start, end in young[max(0, place - 1) : place + 1]
            )
            if near and not _excused("aged", text, match, known):
                return [text.count("\n", 0, match.start())]
    return []
