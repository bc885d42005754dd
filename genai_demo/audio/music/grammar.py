"""What may come next while a piece is written: a rule for core.decode.

With any weights, even random ones, what is drawn under it is a piece: the bars that were asked for, each filled
exactly in every voice, pitches that the voices can reach, no more notes outside the key than in the training
music, an end on the tonic's chord. Voices that are given are put in place of what would have been drawn.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from genai_demo.audio.music.events import (
    END,
    FIRST_CHORD,
    FIRST_PITCH,
    FIRST_UNTIL,
    GRID,
    HIGHEST,
    HOLD,
    LOWEST,
    NAMES,
    REST,
    ROWS,
    TOKENS,
    head,
)
from genai_demo.audio.music.form import OTHERS, Form
from genai_demo.audio.music.harmony import Harmony
from genai_demo.audio.music.leading import Leading
from genai_demo.audio.music.likeness import Likeness
from genai_demo.audio.music.pieces import LAYOUTS, RANGES, bar_ticks, in_key

SHORTEST_END = min(OTHERS.lasts)
"""Ticks that the last chord lasts at least."""
FEW = 24
"""Notes up to which a piece counts as so long, for its share of notes outside the key."""
_PITCHES = np.arange(LOWEST, HIGHEST + 1)
_UNTILS = np.array(GRID)
Given = Mapping[str, Sequence[Sequence[int]]]
"""For some voices, the tokens with which each of their first bars begins (see events.voice_bars)."""


class Grammar:
    """The rule of one piece, and where in it we are.

    away: largest share of notes outside the key. given: what must be taken as it is. leading: what counts the faults of
    voices against one another, for chorales. form: which bars are repeats, and what new sections are like. lasts: ticks
    that a last note may last. harmony: what is added to chords. like: another
    piece, whose events become likelier.
    """

    def __init__(
        self, style: str, layout: str, tonic: int, mode: str, metre: str, bars: int, away: float = 1.0,
        given: Given | None = None, leading: Leading | None = None, form: Form | None = None,
        lasts: Sequence[int] = OTHERS.lasts, harmony: Harmony | None = None,
        like: Likeness | None = None,
    ):  # fmt: skip
        self.head = head(style, layout, tonic, mode, metre)
        self.voices, self.bar, self.bars = LAYOUTS[layout], bar_ticks(metre), bars
        self.away, self.given, self.leading, self.form = away, given or {}, leading, form
        self.harmony, self.like = harmony, like
        self.melody: list[tuple[int, int, int]] = []
        """Start, end and pitch of the leading voice in this bar."""
        self.lasts = np.array(sorted(lasts))
        self.begun = dict.fromkeys(self.voices, 0)
        """Of every voice, the tick at which what sounds began."""
        self.written: dict[tuple[int, str], list[int]] = {}
        """The tokens of every bar and voice."""
        self.repeating = False
        """Whether what is in the queue is a repeat."""
        scale, third = in_key(tonic, mode), 3 if mode in ("min", "dor", "phr") else 4
        self.outside = np.isin(_PITCHES % 12, list(scale), invert=True)
        triad = {tonic, (tonic + third) % 12, (tonic + 7) % 12} | ({(tonic + 4) % 12} if layout == "chorale" else set())
        self.final = {voice: {tonic} if voice == "bass" else triad for voice in self.voices}
        self.final_chord = TOKENS[f"chord {tonic} {'min' if third == 3 else 'maj'}"]
        self.reach = {v: (RANGES[v][0] <= _PITCHES) & (RANGES[v][1] >= _PITCHES) for v in self.voices if v != "chords"}
        self.number, self.voice, self.position = -1, len(self.voices), 0
        self.sounding = REST
        self.last = dict.fromkeys(self.voices, REST)
        """Of every voice, the last pitch or rest, REST after given ones: those are not to be prolonged."""
        self.pitch: dict[str, int | None] = dict.fromkeys(self.voices)
        """Of every voice, the MIDI pitch that sounds; None for rests and chords."""
        self.wants_until = False
        self.queue: list[int] = []
        """Given tokens that are still to come in this voice and bar."""
        self.notes = self.notes_outside = 0

    # -- the rule

    def push(self, token: int) -> None:
        """This token came; it must be one of those allowed."""
        if token == END:
            self.number += 1
            return
        name = NAMES[token]
        if name.startswith(("bar ", "voice ")):
            if name.startswith("bar "):
                self.number, self.voice = self.number + 1, -1
            self.voice, self.position, self.wants_until = self.voice + 1, 0, False
            self._open(self.voices[self.voice])
            return
        voice, queued = self.voices[self.voice], bool(self.queue)
        if queued:
            self.queue.pop(0)
        self.written[self.number, voice].append(token)
        if self.wants_until:
            self._until(voice, GRID[token - FIRST_UNTIL])
        else:
            self._sound(voice, token, queued)

    def _open(self, voice: str) -> None:
        """A bar of a voice begins: take what is given, or the bar that this one repeats."""
        bars = self.given.get(voice, ())
        self.queue, self.repeating = list(bars[self.number]) if self.number < len(bars) else [], False
        if self.form and not self.queue and (earlier := self.form.copied(self.number)) is not None:
            self.queue, self.repeating = list(self.written[earlier, voice]), True
        self.written[self.number, voice] = []
        if not self.voice:
            self.melody = []

    def _until(self, voice: str, position: int) -> None:
        """What sounds lasts until there."""
        start, self.position, self.wants_until = self.position, position, False
        if self.leading:
            base = self.number * self.bar
            self.leading.add(voice, base + start, base + position, self.pitch[voice])
        if not self.voice and (pitch := self.pitch[voice]) is not None:
            self.melody.append((start, position, pitch))
            if self.form:
                self.form.add(self.number, position - start, pitch)

    def _sound(self, voice: str, token: int, queued: bool) -> None:
        """A note, a chord, a rest begins, or goes on from the bar before."""
        given = queued and not self.repeating
        self.wants_until = True
        if token != HOLD:
            self.begun[voice] = self.number * self.bar + self.position
            self.pitch[voice] = token - FIRST_PITCH + LOWEST if FIRST_PITCH <= token < FIRST_CHORD else None
        self.sounding = self.last[voice] if token == HOLD else token
        self.last[voice] = REST if given else self.sounding
        if FIRST_PITCH <= token < FIRST_CHORD and not given:
            self.notes += 1
            self.notes_outside += int(self.outside[token - FIRST_PITCH])

    def mask(self) -> Tensor:
        """(ROWS,) bool: the tokens that may come now."""
        found = np.zeros(ROWS, bool)
        if (forced := self.forced()) is not None:
            found[forced] = True
        elif self.wants_until:
            found[FIRST_UNTIL : FIRST_UNTIL + len(GRID)] = self._untils()
        else:
            self._sounds(found)
        return torch.from_numpy(found)

    def lean(self) -> Tensor:
        """(ROWS,) what is added to the logits of the tokens that may come now: minus the costs of their faults."""
        found = torch.zeros(ROWS)
        if self.forced() is not None:
            return found
        voice = self.voices[self.voice]
        if self.leading and not self.wants_until:
            costs = self.leading.costs(voice, self.number * self.bar + self.position)
            found[FIRST_PITCH:FIRST_CHORD] -= torch.from_numpy(costs).float()
        if self.like and (token := self.like.next(voice, self.number, self.position, self.wants_until)) is not None:
            found[token] += self.like.nats
        if self.harmony and voice == "chords" and not self.wants_until:
            nats = self.harmony.lean(self.number, self.position, self.melody)
            found[FIRST_CHORD:FIRST_UNTIL] += torch.from_numpy(nats).float()
        if self.form and not self.voice:
            if not self.wants_until:
                nats = self.form.lean(self.number, self.position / self.bar)
                found[FIRST_PITCH:FIRST_CHORD] += torch.from_numpy(nats).float()
            if (rival := self.form.rivals.get(self.number)) is not None:
                token, cost = self.form.again(self.written[self.number, voice], self.written[rival, voice])
                found[token] -= cost
        return found

    def forced(self) -> int | None:
        """The token that comes now where there is no choice."""
        if self.voice == len(self.voices) or (self.position == self.bar and self.voice == len(self.voices) - 1):
            left = self.bars - self.number - 1
            return TOKENS[f"bar {left}"] if left > 0 else END
        if self.position == self.bar:
            return TOKENS[f"voice {self.voices[self.voice + 1]}"]
        return self.queue[0] if self.queue else None

    def advance(self) -> list[int]:
        """Take everything that is forced; returns it."""
        found: list[int] = []
        while self.number < self.bars and (token := self.forced()) is not None and token != END:
            self.push(token)
            found.append(token)
        return found

    # -- what sounds, and how long

    def ends_well(self, token: int) -> bool:
        """Whether the voice may end with it."""
        if self.voices[self.voice] == "chords":
            return token == self.final_chord
        if not FIRST_PITCH <= token < FIRST_CHORD:
            return False
        return int(_PITCHES[token - FIRST_PITCH]) % 12 in self.final[self.voices[self.voice]]

    def _sounds(self, found: np.ndarray) -> None:
        voice, last_bar = self.voices[self.voice], self.number == self.bars - 1
        may_wait = not last_bar or self.bar - self.position > self._shortest()
        begins = self.form is not None and self.form.begins(self.number)
        if voice == "chords":
            found[FIRST_CHORD:FIRST_UNTIL] = may_wait
            found[self.final_chord] = True
        else:
            allowed = self.reach[voice]
            if self.notes_outside + 1 > self.away * max(self.notes + 1, FEW):
                allowed = allowed & ~self.outside
            if not may_wait:
                allowed = allowed & np.isin(_PITCHES % 12, list(self.final[voice]))
            found[FIRST_PITCH:FIRST_CHORD] = allowed
            before = self.last[voice]
            found[HOLD] = self.position == 0 and before != REST and not begins and (may_wait or self.ends_well(before))
        found[REST] = self.position > 0 and self.ends_well(self.sounding) if last_bar else True
        if voice != "chords":
            if last_bar and found[REST]:
                if self.position - self._began() in self.lasts:
                    if self.bar - self.position < self._shortest():
                        found[FIRST_PITCH:FIRST_CHORD] = False  # it would be too short for an end
                else:
                    found[REST] = not may_wait
            elif self.number == 0 and begins and not self.voice:
                found[REST] &= self.position > 0  # sections are whole bars: no pickup

    def _shortest(self) -> int:
        """Ticks that the end of this voice lasts at least."""
        return SHORTEST_END if self.voices[self.voice] == "chords" else int(self.lasts[0])

    def _began(self) -> int:
        """Ticks from the start of this bar to that of what sounds; negative where it began before."""
        return self.begun[self.voices[self.voice]] - self.number * self.bar

    def _untils(self) -> np.ndarray:
        allowed = (self.position < _UNTILS) & (self.bar >= _UNTILS)
        if self.number == self.bars - 1:
            if self.sounding == REST:  # after the end
                return np.equal(_UNTILS, self.bar)
            waits = allowed & (self.bar - self._shortest() >= _UNTILS)
            if not self.ends_well(self.sounding):
                return waits
            if self.voices[self.voice] != "chords":
                ends = waits | (allowed & np.isin(_UNTILS - self._began(), self.lasts))
                return ends if ends.any() else allowed
        elif self.sounding == REST and self.position == 0 and not self.voice:  # no empty bar in the leading voice
            return allowed & (self.bar > _UNTILS)
        return allowed
