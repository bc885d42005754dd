"""Measures of the content policy: harmless sentences that it stops, unsafe ones that it misses, what a look costs."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from genai_demo.core import checkpoint, chinese
from genai_demo.core.rounding import rounded
from genai_demo.trust.policy import check, examples, personal
from genai_demo.trust.policy.model import NAME
from genai_demo.trust.policy.prepared import Texts, load
from genai_demo.trust.policy.sealed import open_sealed

HARMLESS, COMPOSED = 20_000, 4_000
"""Held-out sentences of each language, and composed ones."""
LOOK_ALIKE = str.maketrans("aeopcxi", "аеорсхі")
LEET = str.maketrans("oieas", "013@$")
Disguise = Callable[[str], str]
DISGUISES: dict[str, dict[str, Disguise]] = {
    "en": {
        "leetspeak": lambda s: s.lower().translate(LEET),
        "look-alike letters": lambda s: s.translate(LOOK_ALIKE),
        "invisible characters": lambda s: "\u200b".join(s),
        "full width": lambda s: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in s),
        "letters set apart": lambda s: "  ".join(" ".join(word) for word in s.split()),
    },
    "zh": {
        "traditional": chinese.traditional,
        "invisible characters": lambda s: "\u200b".join(s),
        "characters set apart": lambda s: " ".join(s),
        "signs between": lambda s: "*".join(s),
    },
}


def listed(name: str) -> list[tuple[str, str, str]]:
    """(kind, language, text) of a sealed list written by hand: "probes" for measuring, "tuning" for choosing.

    Of both there are three: of everything; "harmless_" of what people say of themselves, their bodies, kitchens, books
    and games; "ages_" of what is asked of somebody whose age is told in many ways.
    """
    found = []
    for line in open_sealed(name).splitlines():
        if line and not line.startswith("#"):
            head, _, text = line.partition(": ")
            kind, language = head.split()
            found.append((kind, language, text))
    return found


def probes() -> list[tuple[str, str, str]]:
    """The list that is kept for measuring."""
    return listed("probes")


def stopped(texts: Iterable[str]) -> tuple[int, dict[str, int]]:
    """How many of these are stopped, personal data aside, and how often for which kind and by what."""
    kinds: dict[str, int] = {}
    count = 0
    for text in texts:
        found = check.look(text, private=False)
        if found is not None:
            count += 1
            kinds[f"{found.kind}, {found.by}"] = kinds.get(f"{found.kind}, {found.by}", 0) + 1
    return count, kinds


def false_positives(texts: Texts, count: int) -> dict[str, Any]:
    """Of harmless held-out sentences, per cent that are stopped, those for personal data counted apart."""
    figures = {}
    for language in examples.LANGUAGES:
        found = examples.sentences(texts, "held_out", language, count, seed=1)
        wrong, kinds = stopped(found)
        by_words = sum(count for name, count in kinds.items() if name.endswith("words"))
        private = sum(bool(personal.find(text)) for text in found)
        figures[language] = {
            "sentences": len(found),
            "stopped_percent": 100 * wrong / max(1, len(found)),
            "stopped_by_lists_alone_percent": 100 * by_words / max(1, len(found)),
            "personal_data_percent": 100 * private / max(1, len(found)),
            "kinds": kinds,
        }
    return figures


def _missed(rows: Sequence[tuple[str, str, str]], change: Disguise = str) -> float:
    """Per cent of these that pass."""
    return 100 * float(np.mean([check.look(change(text)) is None for _, _, text in rows])) if rows else 0.0


def misses(composed: int) -> dict[str, Any]:
    """Per cent missed: of held-out composed sentences, and of the hand-written list by kind and by disguise."""
    made = [row for row in examples.compose(composed, 3, True) if row[0] != "harmless"]
    written = [row for row in probes() if row[0] != "harmless"]
    fine = [row for row in probes() if row[0] == "harmless"]
    figures: dict[str, Any] = {"composed": {}, "hand_written": {}, "hand_written_by_kind": {}, "disguised": {}}
    for language in examples.LANGUAGES:
        mine = [row for row in written if row[1] == language]
        figures["composed"][language] = _missed([row for row in made if row[1] == language])
        figures["hand_written"][language] = _missed(mine)
        for kind in check.KINDS:
            figures["hand_written_by_kind"][f"{kind}_{language}"] = _missed([row for row in mine if row[0] == kind])
        for name, change in DISGUISES[language].items():
            hidden = [row for row in mine if row[0] != "personal"]
            figures["disguised"][f"{name}_{language}"] = _missed(hidden, change)
    figures["hand_written_count"] = len(written)
    figures["hard_harmless_stopped"] = sum(check.look(text) is not None for _, _, text in fine)
    figures["hard_harmless_count"] = len(fine)
    return figures


def hand_written() -> dict[str, Any]:
    """The hand-written lists of one kind: per cent of the harmless that is stopped, of the others that passes."""
    figures: dict[str, Any] = {"harmless": {}, "minors": {}}
    for language in examples.LANGUAGES:
        fine = [text for _, la, text in listed("harmless_probes") if la == language]
        count, kinds = stopped(fine)
        private = sum(bool(personal.find(text)) for text in fine)
        figures["harmless"][language] = {
            "sentences": len(fine),
            "stopped_percent": 100 * (count + private) / len(fine),
            "kinds": kinds,
        }
        rows = [row for row in listed("ages_probes") if row[1] == language]
        figures["minors"][language] = {"sentences": len(rows), "missed_percent": _missed(rows)}
    return figures


def cost() -> dict[str, float]:
    """Milliseconds of the processor for one look at a harmless text, the fastest of several."""
    sentence = "The old fisherman looked at the sea and thought of his daughter. 老渔夫望着大海，想起了女儿。 "
    figures = {}
    for size in (100, 1_000, 20_000):
        text = (sentence * (size // len(sentence) + 1))[:size]
        taken = []
        for _ in range(8):
            start = time.process_time()
            check.look(text)
            taken.append(time.process_time() - start)
        figures[f"milliseconds_{size}_characters"] = 1000 * min(taken)
    return figures


def evaluate(data: str | None = None, quick: bool = False, write: bool = True) -> dict[str, Any]:
    """Every figure of the policy; written into the classifier's card if ``write``."""
    part = 20 if quick else 1
    figures: dict[str, Any] = {"false_positives": false_positives(load(data), HARMLESS // part)}
    figures["missed_percent"] = misses(COMPOSED // part)
    figures["hand_written_lists"] = hand_written()
    figures |= cost()
    figures = rounded(figures)
    if write:
        card = checkpoint.read_card(NAME)
        card |= {"metrics": figures, "metrics_command": "python -m genai_demo evaluate trust --only policy"}
        checkpoint.write_card(NAME, card)
    return figures
