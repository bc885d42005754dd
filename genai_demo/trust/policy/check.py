"""The door of the policy: is this text taken up, may this text be shown, and what is said where not.

    from genai_demo.trust.policy import check
    found = check.look("...")        # None, or a Finding
    check.require("...")             # raises Refused, a ValueError whose sentence says why

``GENAI_POLICY=off`` switches it off, for research on one's own machine. Nothing is logged or kept.
"""

import functools
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from genai_demo.core import checkpoint, environment, limits
from genai_demo.trust.policy import ages, normalise, personal, words
from genai_demo.trust.policy.model import NAME, PolicyConfig, PolicyNet, probabilities, row_of

KINDS = ("minors", "hate", "abuse", "sexual", "violence", "selfharm", "personal")
"""What a text can be stopped for, the gravest first; of several the first is named."""
SAME = {"advice": "selfharm", "hint": "selfharm"}
"""Patterns that count as another kind."""
ASKED_ONLY = ("selfharm", "hint")
"""Looked for in what a person writes, not in what the model writes: a story may have desperate people."""
FEWEST = 3
"""Words or Chinese characters of a sentence, of fewer the classifier says nothing: a thief is no hate."""
BESIDE_AGES = 0.3
"""The probability of a sexual sentence that is enough where somebody under age is spoken of."""
WINDOW = 480
"""Characters at the end of a growing text that are looked at again with every piece."""
HELD = 24
"""Characters of an unfinished word that are held back until it is whole."""
MESSAGES = {
    "minors": "Texts that sexualise children or young people are not written here.",
    "hate": "Texts that demean people for what they are, are not written here. Try it without the insult.",
    "abuse": "That is a lot of abuse at once. Say it in other words, and it will be taken up.",
    "sexual": "Explicit sexual texts are not written here. Love stories are welcome.",
    "violence": "Instructions for weapons, poison or hurting people are not given here. Questions of history, science "
    "and fiction are welcome: put it that way.",
    "selfharm": "This sounds as if you may be going through something very hard. You are not alone, and it can get "
    "better. Please talk to someone today: a friend, a doctor, or a helpline (findahelpline.com lists one for every "
    "country; China 12356, USA 988, UK and Ireland 116 123). If you are in danger now, call 110, 112 or 911.",
    "personal": "The text seems to hold an e-mail address, a telephone, identity or card number. Take it out first: "
    "such data should not be given to a model.",
}
KEPT = "Your text is still where you wrote it."


class Refused(ValueError):
    """A text that is not taken up. ``kind``: why."""

    def __init__(self, kind: str):
        super().__init__(f"{MESSAGES[kind]} {KEPT}")
        self.kind = kind


@dataclass(frozen=True)
class Finding:
    """Why a text is stopped."""

    kind: str
    start: int
    """Character of the text with which the first sentence that is to blame begins; 0 where that is not known."""
    by: str
    """"words", "personal" or "classifier"."""


def enabled() -> bool:
    """Whether texts are looked at: unless GENAI_POLICY says "off"."""
    return environment.switched_on("GENAI_POLICY")


_loading = threading.Lock()


@dataclass(frozen=True)
class Judge:
    """The classifier."""

    net: PolicyNet
    table: dict[str, int]
    """Words and their numbers."""
    thresholds: dict[str, float]
    """From which probability it stops a sentence of a language."""


@functools.cache
def _load() -> Judge:
    card = checkpoint.read_card(NAME)
    sizes: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in card["config"].items()}
    net = PolicyNet(PolicyConfig(**sizes))
    checkpoint.load_weights(NAME, net)
    return Judge(net, net.table(), {language: float(value) for language, value in card["threshold"].items()})


def classifier() -> Judge | None:
    """The classifier; None where it is not trained."""
    with _loading:
        return _load() if NAME in checkpoint.names() else None


def look(text: str, written: bool = False, private: bool = True, learnt: bool = True) -> Finding | None:
    """What stops this text; None where nothing does, or the policy is off.

    written: the model wrote it, so that the kinds of ASKED_ONLY are not looked for.
    private: look for personal data. learnt: ask the classifier, too.
    Raises ValueError for a text of more than ``limits.MAX_PROMPT`` characters, before it is looked at.
    """
    if not text or not enabled():
        return None
    limits.require_length(text)
    if not text.strip():
        return None
    views = normalise.views(text)
    found: list[tuple[str, int, int, str]] = []  # kind, line, number of the view, by
    for number, view in enumerate(views):
        for kind, line in words.find(view):
            if not (written and kind in ASKED_ONLY):
                found.append((SAME.get(kind, kind), line, number, "words"))
    places = personal.find(text) if private else []
    if not found and not places and learnt and (judge := classifier()) is not None:
        found = [(kind, line, 0, "classifier") for kind, line in _learnt(views[0], written, judge)]
    if not found:
        first = min((start for start, _ in places), default=None)
        return None if first is None else Finding("personal", _sentence_start(text, first), "personal")
    kind, line, number, by = min(found, key=lambda f: (KINDS.index(f[0]), f[1]))
    return Finding(kind, _begin(text, views[number], line), by)


def _learnt(view: str, written: bool, judge: Judge) -> Iterator[tuple[str, int]]:
    """Kinds that the classifier finds and their lines, a sentence at a time."""
    lines = list(enumerate(view.split("\n")))
    read = [(number, line, row) for number, line in lines if len(row := row_of(line, judge.table)) >= FEWEST]
    if not read:
        return
    found = probabilities(judge.net, [row for *_, row in read])
    for (number, line, _), row in zip(read, found, strict=True):
        best = int(row[1:].argmax()) + 1
        kind, sure = judge.net.config.kinds[best], float(row[best])
        threshold = judge.thresholds["zh" if re.search(f"[{normalise.HAN}]", line) else "en"]
        if sure >= threshold and words.about_something_else(kind, line):
            continue
        if sure >= threshold and not (written and kind in ASKED_ONLY):
            yield kind, number
        elif kind == "sexual" and sure >= BESIDE_AGES and any(ages.find(ages.in_digits(line))):
            yield "minors", number


def _sentence_start(text: str, place: int) -> int:
    ends = [m.end() for m in normalise.SENTENCE_END.finditer(text, 0, place)]
    return ends[-1] if ends else 0


def _begin(text: str, view: str, line: int) -> int:
    """Where the sentence of the text begins that is this line of its view."""
    starts = normalise.sentence_starts(text)
    return starts[line] if len(starts) == view.count("\n") + 1 else 0


def require(*texts: str | None, private: bool = True) -> None:
    """Raise Refused for the first of these texts that is not taken up, ValueError where one is too long to be read."""
    for text in texts:
        limits.require_length(text or "")
    for text in texts:
        if text and (found := look(text, private=private)) is not None:
            raise Refused(found.kind)


class Guard:
    """Looks at a text while it grows, before it is shown. One for every text.

    before: what it goes on from, so that a sentence may begin there.
    """

    def __init__(self, before: str = "", private: bool = True):
        self.before, self.private = before[-WINDOW // 2 :], private
        self.found: Finding | None = None
        self.safe = ""

    def shown(self, text: str, done: bool = False) -> str:
        """What may be shown of the text so far; once something is found, what stood before it, for good.

        An unfinished word waits until it is whole, or the text is ``done``.
        """
        if self.found is not None or not enabled():
            return self.safe if self.found is not None else text
        ready = text if done else text[: len(text) - len(_unfinished(text))]
        if ready == self.safe and not done:
            return self.safe
        context = self.before if len(ready) < WINDOW else ""
        window = ready[-WINDOW:]
        looked = look(context + window, written=True, private=self.private)
        if looked is not None:
            self.found = looked
            cut = len(ready) - len(window) + max(0, looked.start - len(context))
            self.safe = ready[:cut].rstrip(" ")
        else:
            self.safe = ready
        return self.safe


def _unfinished(text: str) -> str:
    """The Latin letters at the end that may be the beginning of a longer word."""
    last = re.search(r"[A-Za-z0-9@$*'’-]+$", text[-HELD:])
    return last[0] if last else ""
