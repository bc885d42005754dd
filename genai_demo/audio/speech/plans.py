"""Plans: how every phone of a text will be spoken, for people to read and to bend."""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genai_demo.audio.mel import HOP
from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech.labels import SILENT
from genai_demo.audio.speech.phonemes import EDGE, MARKS, SYMBOLS, Utterance
from genai_demo.core import limits

VOICES = {"kathleen": "en", "yue_tan": "zh"}
"""Recorded voices and the language of each."""
SPEAKER = {"en": 0, "zh": 1}
"""Who speaks a language, index into the speakers of the checkpoint: no voice was recorded in both, and a voice that
speaks the other language by guesswork is harder to understand than a change of voice."""
FRAME = 1000 * HOP / RATE
"""Milliseconds."""
PAUSES = {",": 220.0, ".": 420.0, "?": 420.0, "!": 420.0, EDGE: 60.0}
"""Milliseconds of silence. The recordings do not tell those between sentences."""
PACE = {"en": 1.0, "zh": 0.72}
"""Share of the predicted durations that is used: a word alone is spoken slower than one in a sentence. The
syllables of the recordings last 0.35 s on average, those of read sentences about 0.25 s."""
DECLINATION = 1.5
"""Semitones by which the melody of a Mandarin utterance begins higher and ends lower: speech falls from its
start to its end, which recordings of single words cannot teach."""
TEMPO, SEMITONES = 0.04, 0.4
"""How much a seed changes the logarithm of a word's length, and its pitch: deviations, as of the whole so of a word."""
ALIKE, MOST_VARIED = 0.7, 2.5
"""How much of the change goes on with the next word; the most, in deviations."""
VOICELESS = frozenset((*"PTKFS", "TH", "SH", "CH", "HH", *"bpdtgkfhjqxzcs", "zh", "ch", "sh"))
"""Sounds without a pitch. Mandarin b, d, g, j, zh, z are voiceless too."""


@dataclass(frozen=True)
class PlannedPhone:
    """One phone as it will be spoken."""

    symbol: str
    mark: str
    language: str
    """"en" or "zh"; decides who speaks it."""
    word: str
    """The word or character that it belongs to; a sign for a pause."""
    utterance: int
    """Counted from 0: utterances are spoken one after the other."""
    milliseconds: float
    hertz: float
    """Mean pitch; 0 for a sound without one."""
    decibels: float
    """Above or below the voice's mean level; 0 for silence."""
    melody: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Semitones above ``hertz`` near the start, in the middle and near the end."""
    reading: str = ""
    """Of the first phone of a word, character or pause: how that is read, in pinyin or the phonetic alphabet.
    Empty: the word before goes on."""

    @property
    def silent(self) -> bool:
        """Whether it is a pause."""
        return self.symbol in SILENT


@dataclass(frozen=True)
class Plan:
    """All phones of a text in their order."""

    voice: str
    phones: tuple[PlannedPhone, ...]
    second: str = ""
    """Another voice that is mixed in; "": none."""
    blend: float = 0.0
    """Its share, from 0 to 1."""

    @property
    def seconds(self) -> float:
        """Length of the speech."""
        return sum(phone.milliseconds for phone in self.phones) / 1000

    def utterances(self) -> list[tuple[PlannedPhone, ...]]:
        """The phones of each utterance."""
        numbers = dict.fromkeys(phone.utterance for phone in self.phones)
        return [tuple(p for p in self.phones if p.utterance == number) for number in numbers]


def bend(
    plan: Plan,
    index: int,
    milliseconds: float | None = None,
    hertz: float | None = None,
    decibels: float | None = None,
) -> Plan:
    """The plan with one phone spoken otherwise; what is None stays.

    Raises ValueError for a phone that is not there and for numbers that cannot be spoken.
    """
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(plan.phones):
        raise ValueError(f"There is no phone {index}: this plan has {len(plan.phones)}, counted from 0.")
    old = plan.phones[index]
    new = dataclasses.replace(
        old,
        milliseconds=old.milliseconds if milliseconds is None else milliseconds,
        hertz=old.hertz if hertz is None else hertz,
        decibels=old.decibels if decibels is None else decibels,
    )
    return check(dataclasses.replace(plan, phones=(*plan.phones[:index], new, *plan.phones[index + 1 :])))


def bend_all(plan: Plan, speed: float = 1.0, pitch: float = 0.0, energy: float = 0.0) -> Plan:
    """The plan spoken faster, higher by semitones, stronger by decibels. Raises ValueError out of range."""
    for value, low, high, what in (
        (speed, limits.MIN_SPEED, limits.MAX_SPEED, "speed"),
        (pitch, -limits.MAX_PITCH_SHIFT, limits.MAX_PITCH_SHIFT, "pitch"),
        (energy, -limits.MAX_ENERGY_SHIFT, limits.MAX_ENERGY_SHIFT, "energy"),
    ):
        if not _is_number(value) or not low <= value <= high:
            raise ValueError(f"The {what} must be a number from {low:g} to {high:g}.")
    bent = tuple(
        dataclasses.replace(
            phone,
            milliseconds=phone.milliseconds / speed,
            hertz=phone.hertz * 2 ** (pitch / 12),
            decibels=phone.decibels if phone.silent else phone.decibels + energy,
        )
        for phone in plan.phones
    )
    return dataclasses.replace(plan, phones=bent)


def check(plan: Plan) -> Plan:
    """The plan itself. Raises ValueError where it holds what cannot be spoken."""
    if not isinstance(plan, Plan) or not all(isinstance(x, str) for x in (plan.voice, plan.second)) or not plan.phones:
        raise ValueError("This is no plan of speech. Make one with plan(text).")
    for phone in plan.phones:
        if phone.symbol not in SYMBOLS or phone.mark not in MARKS or phone.language not in SPEAKER:
            raise ValueError(f"No phone is called {phone.symbol + phone.mark!r}. Make the plan with plan(text).")
        if not _is_number(phone.milliseconds) or not 0 < phone.milliseconds <= limits.MAX_PHONE_MILLISECONDS:
            raise ValueError(f"A phone lasts more than 0 and up to {limits.MAX_PHONE_MILLISECONDS:,} milliseconds.")
        if not _is_number(phone.hertz) or not (phone.hertz == 0 or 40 <= phone.hertz <= 1000):
            raise ValueError("The pitch of a phone is 0 or from 40 to 1,000 hertz.")
        if not _is_number(phone.decibels) or abs(phone.decibels) > 60:
            raise ValueError("The level of a phone lies within 60 decibels of the voice's mean.")
        if not isinstance(phone.reading, str):
            raise ValueError("The reading of a phone is text.")
        if len(phone.melody) != 3 or not all(_is_number(x) and abs(x) <= 24 for x in phone.melody):
            raise ValueError("The melody of a phone is three numbers of semitones, from -24 to 24.")
    return plan


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def words_of(phones: Sequence[PlannedPhone]) -> list[tuple[PlannedPhone, ...]]:
    """The phones of each word, Chinese character or pause."""
    found: list[list[PlannedPhone]] = []
    for phone in phones:
        if phone.reading or not found or found[-1][0].utterance != phone.utterance:
            found.append([])
        found[-1].append(phone)
    return [tuple(word) for word in found]


def varied(phones: tuple[PlannedPhone, ...], seed: int) -> tuple[PlannedPhone, ...]:
    """An utterance said once more, as people never say a thing twice the same: words a little longer or shorter,
    higher or lower, neighbours alike. Seed 0 leaves it as it is."""
    if seed == 0:
        return phones
    rng = np.random.default_rng(seed)
    whole, drift, found = rng.normal(size=2), np.zeros(2), []
    for word in words_of(phones):
        drift = ALIKE * drift + math.sqrt(1 - ALIKE**2) * rng.normal(size=2)
        tempo, semitones = np.clip(whole + drift, -MOST_VARIED, MOST_VARIED) * (TEMPO, SEMITONES)
        for phone in word:
            lasts = min(max(phone.milliseconds * math.exp(tempo), FRAME), limits.MAX_PHONE_MILLISECONDS)
            hertz = phone.hertz and min(max(phone.hertz * 2 ** (semitones / 12), 40.0), 1000.0)
            found.append(dataclasses.replace(phone, milliseconds=round(lasts, 1), hertz=round(hertz, 1)))
    return tuple(found)


def frames_of(phones: Sequence[PlannedPhone]) -> np.ndarray:
    """Durations in frames, (N,) int64, at least 1 each; every phone is rounded for itself, so that bending
    one leaves the others as they are."""
    return np.maximum(1, np.round([phone.milliseconds / FRAME for phone in phones])).astype(np.int64)


def has_pitch(symbol: str) -> bool:
    """Whether a sound is voiced."""
    return symbol not in SILENT and symbol not in VOICELESS


def declination(utterance: Utterance) -> np.ndarray:
    """Semitones to add to the predicted pitch, (N,): Mandarin phrases fall, but for questions' ends."""
    count = len(utterance.phones)
    asks = any(phone.symbol == "?" for phone in utterance.phones)
    fall = np.linspace(DECLINATION, 0.0 if asks else -DECLINATION, count)
    mandarin = np.array([phone.language == "zh" for phone in utterance.phones])
    syllables = sum(phone.mark.startswith("zh") for phone in utterance.phones)
    return fall * mandarin * min(1.0, syllables / 8)  # a word or two is what the recordings are
