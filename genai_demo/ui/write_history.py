"""What the model wrote into a text, step by step, so that it can be taken out again and put back.

The words of the visitor stay in any case: a step is looked for where it is now, whatever was written around it since.
"""

import re
from typing import Any, NamedTuple

MOST = 20
"""Steps that can be undone."""
Pair = tuple[str, str]
"""The text before and after the place where the model goes on."""
CONTEXT = (60, 30, 15, 8, 4)
"""Characters beside a place by which it is found again."""
HAN = r"\u3000-\u9fff\uff00-\uffef"
LEFT = re.compile(rf"[^\s{HAN}(\[{{“‘/—-]\Z")
RIGHT = re.compile(rf"(?![{HAN}_])[\w(\[“‘\"$£€&]")


class Step(NamedTuple):
    """One continuation."""

    before: str
    new: str
    """What was put in, with the space that joins it to what follows."""
    rest: str
    recipe: dict[str, Any]
    """The settings that it came from, see ``write_links``; empty where the model did nothing."""
    old: str = ""
    """What stood in its place."""

    @property
    def text(self) -> str:
        """The whole text after it."""
        return self.before + self.new + self.rest


class Undone(NamedTuple):
    """A step that was taken out."""

    step: Step
    was: str
    """The whole text before."""
    became: str


class History(NamedTuple):
    """Steps of a text, the last one at the end, and those that were undone."""

    done: tuple[Step, ...] = ()
    undone: tuple[Undone, ...] = ()

    def add(self, step: Step) -> "History":
        """With one more step; what was undone before cannot be put back any more."""
        return History((*self.done, step)[-MOST:])

    @property
    def last(self) -> Step | None:
        """The newest step."""
        return self.done[-1] if self.done else None


def split_at(words: str, cursor: float | None) -> Pair:
    """The text up to the cursor and the rest; -1, or no number, stands for the end."""
    words = words or ""
    place = int(cursor) if cursor is not None and 0 <= cursor <= len(words) else len(words)
    return words[:place], words[place:]


def joint(left: str, right: str) -> str:
    """The space that is missing between two pieces: between words, and after a sentence; none in Chinese."""
    return " " if LEFT.search(left) and RIGHT.match(right) else ""


def difference(old: str, new: str) -> tuple[int, int]:
    """Characters that two texts have in common at their start, and at their end."""
    most = min(len(old), len(new))
    start = next((i for i in range(most) if old[i] != new[i]), most)
    end = next((i for i in range(most - start) if old[-1 - i] != new[-1 - i]), most - start)
    return start, end


def moved(old: str, place: int, new: str) -> int:
    """Where a place of a text is after the text was changed: between the same words, as far as they are there still."""
    start, end = difference(old, new)
    if place <= start:
        return place
    if place >= len(old) - end:
        return len(new) - len(old) + place
    for size in CONTEXT:  # it was changed on both sides
        for words, ahead in ((old[max(0, place - size) : place], True), (old[place : place + size], False)):
            if (at := new.find(words, start)) >= 0 and len(words) == size:
                return at + size * ahead
    return len(new) - end


def take_out(step: Step, words: str) -> Pair | None:
    """The text without what a step put in, wherever that stands now; None where it was changed."""
    at = moved(step.text, len(step.before), words)
    places = [match.start() for match in re.finditer(f"(?={re.escape(step.new)})", words)] if step.new else [at]
    if not places:
        return None
    place = min(places, key=lambda found: abs(found - at))
    return words[:place], words[place + len(step.new) :]


def undo(words: str, history: History) -> tuple[str, History]:
    """The text without the last step. Where the visitor changed what that put in, the text is as before it.

    Raises ValueError where there is none.
    """
    step = history.last
    if step is None:
        raise ValueError("There is nothing to undo.")
    became = step.old.join(take_out(step, words) or (step.before, step.rest))
    return became, History(history.done[:-1], (*history.undone, Undone(step, words, became)))


def redo(words: str, history: History) -> tuple[str, History]:
    """The text with the step that was undone last. Raises ValueError where there is none."""
    if not history.undone:
        raise ValueError("There is nothing to put back.")
    step, was, became = history.undone[-1]
    start, end = difference(was, became)
    place = moved(became, start, words)
    found = was if words == became else words[:place] + was[start : len(was) - end] + words[place:]
    return found, History((*history.done, step)[-MOST:], history.undone[:-1])


def replace(words: str, new: str, history: History) -> tuple[str, History]:
    """Another text, or none, in the place of the whole; Undo brings it back."""
    return new, history.add(Step("", new, "", {}, words)) if words != new else history


def put_in(new: str, pair: Pair, words: str, recipe: dict[str, Any]) -> Step:
    """A step that puts words where the place between a pair is in the text now."""
    place = moved("".join(pair), len(pair[0]), words)
    before, rest = words[:place], words[place:]
    return Step(before, new + joint(new, rest), rest, recipe)
