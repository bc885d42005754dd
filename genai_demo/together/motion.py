"""How a face moves while it says something: lips from the planned phones and the loudness, lids, brows and head.

Lips aim at one or two shapes a phone, which melt into each other (as in the dominance model of Cohen & Massaro 1993,
with a Gaussian in the place of its exponentials); how far they open also follows how loud the speech is.
"""

from collections.abc import Sequence

import numpy as np

from genai_demo.audio.mel import HOP
from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech import english, mandarin, plans
from genai_demo.audio.speech.plans import PlannedPhone
from genai_demo.together.puppet import Pose

Shape = tuple[float, float]
"""Opening from -1 (pressed together) to 1, rounding from -1 (drawn wide) to 1; see ``Pose``."""

REST: Shape = (0.0, 0.0)
ENGLISH: dict[str, tuple[Shape, ...]] = {
    "AA": ((1.0, 0.0),), "AE": ((0.95, -0.4),), "AH": ((0.9, 0.0),), "AO": ((0.9, 0.6),), "EH": ((0.9, -0.3),),
    "ER": ((0.82, 0.4),), "IH": ((0.82, -0.4),), "IY": ((0.78, -0.9),), "UH": ((0.82, 0.6),), "UW": ((0.75, 1.0),),
    "AW": ((1.0, 0.0), (0.85, 0.8)), "AY": ((1.0, 0.0), (0.85, -0.6)), "EY": ((0.88, -0.5), (0.82, -0.7)),
    "OW": ((0.9, 0.7), (0.8, 1.0)), "OY": ((0.9, 0.7), (0.85, -0.5)),
    "B": ((-1.0, 0.0),), "P": ((-1.0, 0.0),), "M": ((-1.0, 0.0),), "F": ((-0.5, -0.2),), "V": ((-0.5, -0.2),),
    "W": ((0.15, 1.0),), "R": ((0.25, 0.5),), "L": ((0.3, -0.1),), "TH": ((0.25, -0.1),), "DH": ((0.25, -0.1),),
    "T": ((0.15, -0.2),), "D": ((0.15, -0.2),), "N": ((0.2, -0.2),), "S": ((0.1, -0.4),), "Z": ((0.1, -0.4),),
    "SH": ((0.2, 0.6),), "ZH": ((0.2, 0.6),), "CH": ((0.2, 0.5),), "JH": ((0.2, 0.5),), "K": ((0.25, 0.0),),
    "G": ((0.25, 0.0),), "NG": ((0.25, 0.0),), "HH": ((0.35, 0.0),), "Y": ((0.25, -0.7),),
}  # fmt: skip
"""By ARPAbet."""
INITIALS: dict[str, Shape] = (
    dict.fromkeys(("b", "p", "m"), (-1.0, 0.0))
    | {"f": (-0.5, -0.2)}
    | dict.fromkeys(("d", "t", "n", "l"), (0.2, -0.2))
    | dict.fromkeys(("g", "k", "h"), (0.3, 0.0))
    | dict.fromkeys(("j", "q", "x"), (0.15, -0.6))
    | dict.fromkeys(("zh", "ch", "sh", "r"), (0.2, 0.4))
    | dict.fromkeys(("z", "c", "s"), (0.1, -0.4))
)
LETTERS: dict[str, Shape] = {
    "a": (1.0, 0.0), "o": (0.9, 0.8), "e": (0.88, -0.1), "i": (0.78, -0.8), "u": (0.75, 1.0), "v": (0.75, 0.9),
    "n": (0.4, -0.1), "g": (0.4, 0.0), "r": (0.5, 0.3),
}  # fmt: skip
"""Of Mandarin finals, letter by letter."""
CLOSED = frozenset(symbol for symbol, shapes in ENGLISH.items() if shapes[0][0] == -1) | {"b", "p", "m"}
"""Sounds that cannot be made with open lips."""

TALKS = 0.72
"""How wide the mouth of somebody who talks opens, of how wide it can."""
MELT = 0.02
"""Seconds, deviation of the Gaussian that melts shapes into each other."""
CLOSES = 0.05
"""Seconds that the lips take for a closure, at least."""
LOUDNESS = 0.6
"""Exponent of loudness over sound pressure (Stevens 1955)."""
LOUD = 90
"""Percentile of the loudness at which vowels open as far as their shapes say."""
EASE = 0.3
"""Frames before and after a closure in which the lips come together and part."""
BLINK = (0.35, 1.0, 0.8, 0.3)
"""Lids in the frames of a blink, at 25 a second."""
BETWEEN_BLINKS = (1.8, 5.0)
"""Seconds."""


def melted(values: np.ndarray, deviation: float) -> np.ndarray:
    """Values (N,) smoothed by a Gaussian of this deviation in steps; the ends go on as they are."""
    reach = max(1, int(4 * deviation + 0.5))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    return np.convolve(np.pad(values, reach, mode="edge"), kernel / kernel.sum(), mode="valid")


def shapes_of(symbol: str) -> tuple[Shape, ...]:
    """What the lips aim at during a phone, one after the other."""
    if symbol in ENGLISH:
        return ENGLISH[symbol]
    if symbol in INITIALS:
        return (INITIALS[symbol],)
    if symbol in mandarin.FINALS:
        return tuple(LETTERS[letter] for letter in dict.fromkeys(symbol))
    return (REST,)


def is_vowel(symbol: str) -> bool:
    """Whether it is an English vowel or a Mandarin final."""
    return symbol in english.VOWELS or symbol in mandarin.FINALS


def timed(pieces: Sequence[Sequence[PlannedPhone]]) -> list[tuple[PlannedPhone, float, float]]:
    """Phones with start and end in seconds. pieces: utterances as they were spoken one after the other, see
    ``subtitles.timings``."""
    found, start = [], 0
    for phones in pieces:
        frames = plans.frames_of(phones)
        ends = start + np.cumsum(frames)
        found += [(p, (e - n) * HOP / RATE, e * HOP / RATE) for p, n, e in zip(phones, frames, ends, strict=True)]
        start += int(frames.sum()) - 1
    return found


def loudness(samples: np.ndarray, count: int, fps: float) -> np.ndarray:
    """How loud a sound (S,) at RATE is around each of ``count`` frames: (count,), about 1 where it is loud."""
    middles = ((np.arange(count) + 0.5) * RATE / fps).astype(int)
    power = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    reach = int(RATE * 0.03)
    first, last = (np.clip(middles + by, 0, len(samples)) for by in (-reach, reach))
    pressure = np.sqrt((power[last] - power[first]) / np.maximum(last - first, 1))
    heard = pressure**LOUDNESS
    loud = np.percentile(heard[heard > 0.1 * heard.max()], LOUD) if heard.max() > 0 else 1.0
    return np.clip(heard / loud, 0, 1.2)


def lips(phones: Sequence[tuple[PlannedPhone, float, float]], heard: np.ndarray, fps: float) -> np.ndarray:
    """Opening and rounding (N, 2) in every frame. heard: ``loudness`` (N,)."""
    fine = 8  # steps a frame, so that a closure between two frames is not lost
    times = (np.arange(len(heard) * fine) + 0.5) / (fps * fine)
    level = np.interp(times, (np.arange(len(heard)) + 0.5) / fps, heard)
    aims = np.zeros((len(times), 2))
    for phone, start, end in phones:
        inside, shapes = (times >= start) & (times < end), shapes_of(phone.symbol)
        loud = float(level[inside].mean()) if inside.any() else 0.0
        for number, (opening, rounding) in enumerate(shapes):
            first, last = (start + (end - start) * (number + by) / len(shapes) for by in (0, 1))
            aims[(times >= first) & (times < last)] = (TALKS * loud * opening if opening > 0 else opening), rounding
    moved = np.stack([melted(aim, MELT * fps * fine) for aim in aims.T], 1)
    for phone, start, end in phones:
        if phone.symbol in CLOSED:
            middle, reach = (start + end) / 2, max(end - start, CLOSES) / 2 + EASE / fps
            near = np.clip(1.6 - 1.6 * np.abs(times - middle) / reach, 0, 1)
            moved[:, 0] += near * (-1 - moved[:, 0])
    return moved.reshape(len(heard), fine, 2).mean(1)


def lids(count: int, fps: float, rng: np.random.Generator) -> np.ndarray:
    """Blinks (N,), now and then."""
    closed, at = np.zeros(count), rng.uniform(0.6, BETWEEN_BLINKS[1])
    shape = np.interp(np.arange(0, len(BLINK) + 1, 25 / fps), np.arange(len(BLINK) + 2), (0, *BLINK, 0))
    while (first := round(at * fps)) < count:
        part = shape[: count - first]
        closed[first : first + len(part)] = part
        at += rng.uniform(*BETWEEN_BLINKS)
    return closed


def wander(count: int, fps: float, seconds: float, rng: np.random.Generator) -> np.ndarray:
    """Slow chance (N,) from about -1 to 1: noise without anything faster than ``seconds``; it begins at 0."""
    noise = melted(rng.standard_normal(count + 2 * round(4 * seconds * fps)), seconds * fps)
    noise /= max(noise.std(), 1e-9) * 2
    part = noise[round(4 * seconds * fps) :][:count]
    return np.clip(part - part[:1] * np.exp(-np.arange(count) / (seconds * fps)), -1.2, 1.2)


def brows(phones: Sequence[tuple[PlannedPhone, float, float]], count: int, fps: float) -> np.ndarray:
    """Raised (N,) where the pitch is above its mean: at questions and at what is stressed."""
    pitched = [(start, end, np.log2(p.hertz)) for p, start, end in phones if p.hertz > 0]
    raised = np.zeros(count)
    if pitched:
        mean, spread = np.mean([h for *_, h in pitched]), max(np.std([h for *_, h in pitched]), 0.05)
        for start, end, height in pitched:
            raised[int(start * fps) : int(np.ceil(end * fps))] = np.clip((height - mean) / spread - 0.8, 0, 1.2)
    return melted(raised, 0.12 * fps)


def poses(pieces: Sequence[Sequence[PlannedPhone]], samples: np.ndarray, fps: float, seed: int = 0) -> list[Pose]:
    """A pose for every frame of a spoken text.

    pieces: the phones of its utterances; samples: (S,) at RATE, all of them; seed: of blinks and of the head.
    """
    count = max(1, int(np.ceil(len(samples) / RATE * fps)))
    rng, phones, heard = np.random.default_rng(seed), timed(pieces), loudness(samples, count, fps)
    mouth, closed, raised = lips(phones, heard, fps), lids(count, fps, rng), brows(phones, count, fps)
    nod = melted(heard, 0.12 * fps) * 0.6
    across, down, turn, tilt = (wander(count, fps, seconds, rng) for seconds in (0.9, 1.1, 1.2, 1.0))
    return [
        Pose(
            float(mouth[i, 0]), float(mouth[i, 1]), float(closed[i]), float(raised[i]),
            (float(across[i]), float(0.6 * down[i] + nod[i])), float(turn[i]), float(0.02 * tilt[i]),
        )
        for i in range(count)
    ]  # fmt: skip
