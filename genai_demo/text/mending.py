"""What is mended in a text before it is learnt, and what is left out because it would teach nonsense.

Found by reading samples of every source (docs/experiments.md). The split into training and held-out texts follows the
text as it came, so mending moves no document from one to the other.
"""

import html
import re
from dataclasses import replace

from genai_demo.core import chinese
from genai_demo.text.documents import Document

LONGEST_FUNCTION = 45
"""Lines of a function that a reader sees at once."""
LOST_BREAK = re.compile(r"(?<=[a-z]{2})([.!?][\"'”’]?)(?=[A-Z“][a-z])")
"""A sentence that runs into the next one (woods.One)."""
_HALF = {"?": "？", "!": "！", ",": "，", ";": "；", ":": "："}
HALF_WIDTH = re.compile("(?<=[\u4e00-\u9fff”）])([?!,;:])(?=[\u4e00-\u9fff“”（\\s]|$)")
"""A sign of the Latin script between Chinese characters."""
LABEL = re.compile(r"^(?:q|a|question|answer)\s*[:：]\s*", re.IGNORECASE)
"""Q: before a question, A: before its answer."""
RULES = re.compile(r"^\* (?:the|a|an|at|all|no|every|in|use|include|each|your|\d)\b", re.IGNORECASE | re.MULTILINE)
"""Rules that an answer must keep, such as how often the letter d comes; no small model can."""
DIGITS = re.compile(r"\d+")


def mend(document: Document) -> Document:
    """The document as it is learnt; its group stays that of the text that came.

    Raises ValueError (a reason in a few words) where it is better left out.
    """
    document = replace(document, group=document.group or document.key())
    if document.task == "translate":
        return _pair(document)
    if document.task == "chat":
        return _chat(document)
    if document.task == "code":
        if document.form in ("function", "method") and document.text.count("\n") >= LONGEST_FUNCTION:
            raise ValueError("longer than a screen")
        return document
    text = html.unescape(document.text) if "&" in document.text else document.text
    if document.language == "zh" and document.task != "poem":
        text = _chinese(text)
    if document.language == "en" and document.form != "software":
        text = LOST_BREAK.sub(r"\1 ", text)
    return replace(document, text=text)


def _chinese(text: str) -> str:
    """Simplified characters and Chinese signs."""
    simplified = chinese.particles(chinese.simplified_characters(text))
    return HALF_WIDTH.sub(lambda found: _HALF[found[1]], simplified)


def _chat(document: Document) -> Document:
    turns = tuple(html.unescape(turn) if "&" in turn else turn for turn in document.turns)
    if document.language == "zh":
        turns = tuple(map(_chinese, turns))
        if document.source == "chatterbot":
            raise ValueError("translated by a machine")
    elif document.source == "XDailyDialog":
        turns = tuple(LOST_BREAK.sub(r"\1 ", turn) for turn in turns)
    if any("```" in turn for turn in turns):
        raise ValueError("code in a conversation")
    if any("#CX" in turn or "#CP" in turn for turn in turns):
        raise ValueError("placeholders")
    if RULES.search(turns[0]) and document.form == "answers":
        raise ValueError("rules that no answer keeps")
    if document.form == "answers":
        turns = tuple(LABEL.sub("", turn) for turn in turns)
    if not all(turn.strip() for turn in turns):
        raise ValueError("empty turn")
    return replace(document, turns=turns)


def _pair(document: Document) -> Document:
    english, other = html.unescape(document.text), _chinese(html.unescape(document.other))
    if ("[" in english) != ("[" in other) or ("{" in english) != ("{" in other):
        raise ValueError("other brackets on the other side")
    if document.form != "word":
        numbers = [sorted(DIGITS.findall(side)) for side in (english, other)]
        if all(numbers) and numbers[0] != numbers[1]:
            raise ValueError("other numbers on the other side")
        if len(other) > 12 and not 1.0 <= len(english) / len(other) <= 8.0:
            raise ValueError("lengths that do not fit")
    return replace(
        document, text=english if document.form == "software" else LOST_BREAK.sub(r"\1 ", english), other=other
    )
