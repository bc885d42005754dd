"""The form of a tune: which of its sections are the same, and how a new one differs from those before it.

The model learnt what follows what within a few bars, and repeats its first part where a second one should come. Under
a form, sections that bear one letter are written once and then repeated, apart from their endings. A section with
another letter is led away from the one before: to another register, to bars that are not the same, and every section
to as wide a range as real ones have. How far is measured in the training music, by style (``form_figures.habits``).
"""

from typing import NamedTuple

import numpy as np

from genai_demo.audio.music.events import HIGHEST, LOWEST

FREE = "free"
FORMS = (FREE, "AABB", "AABA", "ABAC", "ABAB", "ABA")
"""A letter is a section; "free" leaves the piece to the model."""
FEWEST_BARS = 2
"""Of a section."""
_PITCHES = np.arange(LOWEST, HIGHEST + 1)


class Habits(NamedTuple):
    """What tunes of a style do, measured in those of the training set."""

    lasts: tuple[int, ...]
    """Ticks that last notes last."""
    rise: tuple[float, float] = (2.6, 2.9)
    """Mean and standard deviation of the semitones by which the second part lies above the first."""
    width: tuple[float, float] = (16.2, 3.4)
    """The same of the semitones from the lowest to the highest note of a part."""
    equal: tuple[float, ...] = (0.02, 0.04, 0.08, 0.12, 0.13, 0.17, 0.32, 0.07)
    """How often each of eight bars of the second part equals that of the first."""
    endings: tuple[float, ...] = (0.77, 0.14, 0.09)
    """How often a repeat changes its last bar, its last but one, the one before."""


OF_STYLE = {
    "reel": Habits((12, 24, 48, 72, 96), (3.6, 3.0), (16.3, 3.4),
                   (0.01, 0.04, 0.05, 0.07, 0.04, 0.08, 0.20, 0.05), (0.75, 0.11, 0.06)),
    "jig": Habits((12, 24, 36), (3.4, 2.6), (15.0, 3.0),
                  (0.01, 0.03, 0.08, 0.12, 0.06, 0.13, 0.38, 0.13), (0.81, 0.11, 0.06)),
    "waltz": Habits((24, 48, 72), endings=(1.0, 0.82, 0.59)),
    "hornpipe": Habits((12, 24), (1.7, 2.5), (17.8, 3.4), (0.08, 0.09, 0.14, 0.17, 0.25, 0.26, 0.36, 0.03)),
    "country dance": Habits((12, 24, 36, 48, 72), endings=(0.47, 0.03, 0.0)),
    "slip jig": Habits((12, 24, 36), (2.3, 2.5), (13.5, 3.9), (0.0, 0.10, 0.0, 0.38, 0.10, 0.10, 0.14, 0.33)),
    "strathspey": Habits((12, 18, 24, 36), (3.2, 3.6), (16.5, 3.3), (0.0, 0.0, 0.02, 0.14, 0.0, 0.05, 0.07, 0.07)),
    "air": Habits((12, 24, 36, 48, 60, 72), (1.9, 2.6), (15.7, 2.9),
                  (0.0, 0.02, 0.06, 0.10, 0.17, 0.21, 0.40, 0.06), (0.92, 0.62, 0.67)),
    "chorale": Habits((24, 48, 72, 96, 144, 192)),
    "carol": Habits((24, 36, 48, 72, 96)),
    "playford": Habits((24, 36, 48, 72)),
}  # fmt: skip
"""Where a style has too few tunes to tell, what all tunes do stands in."""
OTHERS = Habits((12, 24, 36, 48, 72))
REGISTER, REACH, AGAIN, WHOLE = 0.6, 3.0, 2.5, 6.0
"""Strengths, in nats. Register: of the ratio of the densities that the pitches of two parts have. Reach: of a pitch
four semitones beyond all others at the end of a section that is too narrow. Again, whole: of one more note that equals
the first section's, and of the one that makes a bar the same. Chosen by a few pieces, see docs/experiments.md."""
SPREAD = 4.5
"""Standard deviation of the pitches of a part, in semitones."""


def habits(style: str) -> Habits:
    """Those of a style, or of all tunes."""
    return OF_STYLE.get(style, OTHERS)


class Section(NamedTuple):
    letter: str
    start: int
    """Number of its first bar, from 0."""
    end: int


def fewest_bars(form: str) -> int:
    """The shortest piece of a form. Raises ValueError for one that is not known."""
    if form not in FORMS:
        raise ValueError(f"No form is called {form!r}. Choose one of {', '.join(FORMS)}.")
    return 1 if form == FREE else FEWEST_BARS * len(form)


def sections(form: str, bars: int) -> list[Section]:
    """Where the sections of a form lie. Bars that are left over go to a section that no other repeats, or the last.

    Raises ValueError for an unknown form or too few bars. None for "free".
    """
    if bars < fewest_bars(form):
        raise ValueError(f"The form {form} needs at least {fewest_bars(form)} bars.")
    if form == FREE:
        return []
    alone = [i for i, letter in enumerate(form) if form.count(letter) == 1]
    size = bars // len(form)
    if alone and size > 4:
        size -= size % 4
    longer = alone[-1] if alone else len(form) - 1
    found, start = [], 0
    for number, letter in enumerate(form):
        end = start + size + (bars - size * len(form) if number == longer else 0)
        found.append(Section(letter, start, end))
        start = end
    return found


class _Part:
    """What a section is to be like, and what has been written of it."""

    def __init__(self, rise: float, width: float):
        self.rise, self.width = rise, width
        self.notes: list[tuple[int, int]] = []
        """(length, pitch)."""

    def centre(self) -> float:
        lengths, pitches = np.array(self.notes).T
        return float((lengths * pitches).sum() / lengths.sum())


class Form:
    """The sections of one piece while it is written. What is drawn by chance follows from the seed."""

    def __init__(self, form: str, bars: int, style: str, seed: int):
        self.sections, habit = sections(form, bars), habits(style)
        rng = np.random.default_rng((seed, 26))
        first: dict[str, Section] = {}
        self.copies: dict[int, int] = {}
        """Bars that repeat an earlier one, and that one."""
        self.rivals: dict[int, int] = {}
        """Bars that are not to equal an earlier one, and that one."""
        self._parts: dict[str, _Part] = {}
        self._where = [section for section in self.sections for _ in range(section.start, section.end)]
        for section in self.sections:
            size = section.end - section.start
            if section.letter in first:
                begin = first[section.letter].start
                kept = min(size, first[section.letter].end - begin)
                for chance in habit.endings[: kept // 2]:
                    if section.start + kept == bars or rng.random() < chance:
                        kept -= 1
                    else:
                        break
                self.copies |= {section.start + i: begin + i for i in range(kept)}
                continue
            first[section.letter] = section
            rise = rng.normal(*habit.rise) if len(first) > 1 else 0.0
            self._parts[section.letter] = _Part(rise, max(7.0, rng.normal(*habit.width)))
            rival = self.sections[0]
            for i in range(size if len(first) > 1 else 0):
                equal = habit.equal[8 * i // size] if size else 0.0
                if i < rival.end - rival.start and rng.random() >= equal:
                    self.rivals[section.start + i] = rival.start + i

    def copied(self, bar: int) -> int | None:
        """The bar that this one repeats."""
        return self.copies.get(bar)

    def begins(self, bar: int) -> bool:
        """Whether a section begins with this bar."""
        return bool(self._where) and self._where[bar].start == bar

    def add(self, bar: int, length: int, pitch: int) -> None:
        """A note of the leading voice."""
        section = self._where[bar]
        if bar not in self.copies and not self._is_repeat(section):
            self._parts[section.letter].notes.append((length, pitch))

    def _is_repeat(self, section: Section) -> bool:
        return next(s for s in self.sections if s.letter == section.letter) != section

    def lean(self, bar: int, place: float) -> np.ndarray:
        """Nats that are added to each pitch from ``events.LOWEST`` on: (P,). place: in the bar, from 0 to 1."""
        found = np.zeros(len(_PITCHES))
        section = self._where[bar]
        if bar == section.end - 1:
            return found  # the cadence goes where it must
        part, first = self._parts[section.letter], self._parts[self.sections[0].letter]
        if part is not first and first.notes:
            found += REGISTER * part.rise / SPREAD**2 * np.clip(_PITCHES - first.centre(), -12, 12)
        if part.notes and not self._is_repeat(section):
            low, high = (f(pitch for _, pitch in part.notes) for f in (min, max))
            missing = part.width - (high - low)
            if missing > 0:
                beyond = np.maximum(np.maximum(_PITCHES - high, low - _PITCHES), 0)
                done = (bar + place - section.start) / (section.end - section.start)
                found += REACH * done * np.minimum(beyond, missing) / 4
        return found

    @staticmethod
    def again(written: list[int], earlier: list[int]) -> tuple[int, float]:
        """The token with which a bar would go on as another one did, and what it costs in nats.

        Both: tokens of the leading voice; written: as far as the bar has come, earlier: the whole of the other one.
        """
        size = len(written)
        if size >= len(earlier) or written != earlier[:size]:
            return 0, 0.0
        return earlier[size], WHOLE if size + 2 >= len(earlier) else AGAIN if size else 0.0
