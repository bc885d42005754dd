"""Sentences for the classifier: composed from templates of ours, and harmless ones from the prepared texts.

Templates and fillers come in two parts. Held-out sentences are made of held-out templates, or of held-out fillers in
the other templates, so that what is measured was not learnt by heart. All of them were written by the same hand: real
requests of strangers are more varied than that.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from genai_demo.trust.policy.prepared import Texts
from genai_demo.trust.policy.sealed import open_sealed

ENDS = re.compile(r"(?<=[.!?。！？…；\n])[\"'”’」』)）]*\s*")
SHORTEST = 4
"""Characters of a harmless sentence."""
LANGUAGES = ("en", "zh")
HARMLESS = 3
"""So many composed sentences are harmless for one of every unsafe kind."""
OPENED, CLOSED = 0.3, 0.15
"""Shares of the composed sentences that get an opening, and an ending."""


@dataclass
class Templates:
    """Of one kind and language."""

    learnt: list[str] = field(default_factory=list)
    held_out: list[str] = field(default_factory=list)


def read() -> tuple[dict[tuple[str, str], Templates], dict[tuple[str, str], tuple[list[str], list[str]]]]:
    """Templates by (kind, language), and fillers by (name, language): learnt ones, held-out ones."""
    templates: dict[tuple[str, str], Templates] = {}
    fillers: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    current = Templates()
    for line in open_sealed("examples").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("@ "):
            head, _, body = line[2:].partition(": ")
            name, language = head.split()
            learnt, _, held = body.partition(" || ")
            fillers[name, language] = (learnt.split(" | "), held.split(" | "))
        elif re.fullmatch(r"[a-z]+ (en|zh):", line):
            kind, language = line[:-1].split()
            current = templates.setdefault((kind, language), Templates())
        else:
            (current.held_out if line.startswith("~") else current.learnt).append(line.lstrip("~"))
    return templates, fillers


def compose(count: int, seed: int, held_out: bool = False) -> list[tuple[str, str, str]]:
    """(kind, language, sentence), every language and unsafe kind equally often, harmless ones HARMLESS times as often.

    Some have words before or after them that say nothing about their kind.
    """
    templates, fillers = read()
    rng = np.random.default_rng((seed, int(held_out)))
    keys = sorted(templates) + sorted(key for key in templates if key[0] == "harmless") * (HARMLESS - 1)
    found = []
    for number in range(count):
        kind, language = keys[number % len(keys)]
        here = templates[kind, language]
        new = held_out and bool(here.held_out) and rng.random() < 0.5
        learnt = [t for t in here.learnt if "{" in t] if held_out else here.learnt
        template = _one(here.held_out if new else learnt, rng)
        names = re.findall(r"\{([a-z]+)\}", template)
        fresh = {_one(names, rng)} if held_out and not new and names else set()
        for name in names:
            usual, held = fillers[name, language]
            choices = held if name in fresh else [*usual, *held] if new else usual
            template = template.replace(f"{{{name}}}", _one(choices, rng), 1)
        space = " " if language == "en" else ""
        if rng.random() < OPENED:
            template = _one(fillers["start", language][0], rng) + space + template
        if rng.random() < CLOSED:
            template = template.rstrip(".?。？") + space + _one(fillers["after", language][0], rng)
        found.append((kind, language, template[0].upper() + template[1:]))
    return found


def _one(choices: Sequence[str], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]


def sentences(texts: Texts, split: str, language: str, count: int, seed: int = 0) -> list[str]:
    """Harmless sentences of the prepared texts, code aside, from documents of all kinds in equal shares."""
    return list(_some(_documents(texts, split, language, seed), count))


def _some(found: Iterator[str], count: int) -> Iterator[str]:
    seen: set[str] = set()
    for text in found:
        if len(seen) == count:
            return
        if text not in seen:
            seen.add(text)
            yield text


def _documents(texts: Texts, split: str, language: str, seed: int) -> Iterator[str]:
    rng = np.random.default_rng(seed)
    groups = [
        rng.permutation(chosen)
        for task in ("story", "news", "product", "poem", "prose", "chat", "translate")
        if len(chosen := texts.chosen(split, task, "en" if task == "translate" else language))
    ]
    for turn in range(max(map(len, groups), default=0)):
        for group in groups:
            if turn < len(group):
                yield from _sentences_of(texts.parts(int(group[turn])), language)


def _sentences_of(parts: list[str], language: str) -> Iterator[str]:
    for words in parts:
        for sentence in ENDS.split(words):
            sentence = sentence.strip()
            if len(sentence) >= SHORTEST and bool(re.search("[\u4e00-\u9fff]", sentence)) == (language == "zh"):
                yield sentence
