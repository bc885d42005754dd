"""A small synthesiser: pieces to sound, without any samples.

A note is a sum of partials that fade at their own rates. Written as complex exponentials, block by block, the sum is
one matrix product, so a note costs less than a millisecond. Strings and pianos ring and fade; flutes, fiddles and
organs hold, with vibrato and breath. A hall is a convolution with fading noise.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from genai_demo.audio.music.pieces import QUARTER, Piece
from genai_demo.core import kept, limits

RATE = 22_050
BLOCK = 256
PEAK = 0.89
TAIL_SECONDS = 1.2
"""After the last note, for the hall to fade in."""
SOUNDFONT = "GENAI_SOUNDFONT"
"""Variable with the path of a .sf2 file; then, where tinysoundfont is installed, the sound "soundfont" plays it."""


@dataclass(frozen=True)
class Instrument:
    """The recipe of a sound. Partial k has the amplitude k^-slope, times what ``even`` and ``pluck`` do."""

    slope: float
    """Larger is duller."""
    partials: int = 14
    even: float = 1.0
    """Amplitude of the even partials; small for pipes that are closed at one end."""
    pluck: float = 0.0
    """Where a string is struck, as a share of its length; partials with a node there are weak. 0: not a string."""
    fade: float = 0.0
    """How fast the first partial fades, in 1/s at middle C; 0 holds the note."""
    fade_growth: float = 0.0
    """By how much faster each higher partial fades, in shares of the first."""
    stiffness: float = 0.0
    """Inharmonicity: partial k is sharp by the factor sqrt(1 + stiffness k^2)."""
    attack: float = 0.005
    """Seconds."""
    release: float = 0.08
    """Seconds after the end of a note until it is silent."""
    vibrato: float = 0.0
    """Depth in cents, reached after a third of a second."""
    breath: float = 0.0
    """Amplitude of the noise."""
    gain: float = 1.0


INSTRUMENTS = {
    "piano": Instrument(1.15, 16, pluck=0.12, fade=1.6, fade_growth=0.35, stiffness=4e-4, release=0.12, gain=1.1),
    "guitar": Instrument(0.9, 16, pluck=0.19, fade=2.2, fade_growth=0.30, stiffness=5e-5, release=0.15, gain=0.9),
    "harp": Instrument(1.1, 12, pluck=0.3, fade=1.8, fade_growth=0.45, release=0.4, gain=1.1),
    "flute": Instrument(2.0, 8, attack=0.045, release=0.07, vibrato=9, breath=0.012, gain=0.9),
    "whistle": Instrument(2.4, 6, even=0.7, attack=0.018, release=0.04, vibrato=5, breath=0.02, gain=0.8),
    "fiddle": Instrument(1.05, 18, even=0.8, attack=0.035, release=0.07, vibrato=11, gain=0.5),
    "concertina": Instrument(1.0, 14, even=0.4, attack=0.02, release=0.04, gain=0.45),
    "organ": Instrument(1.3, 10, even=0.9, attack=0.035, release=0.12, breath=0.004, gain=0.5),
}


class Sound(NamedTuple):
    """Who plays what, and how large the hall is."""

    lead: str
    others: str
    """Lower voices, and chords."""
    seconds: float
    """Until the hall has faded by 60 dB."""
    wet: float
    """Loudness of the hall."""


SOUNDS = {
    "session": Sound("fiddle", "guitar", 0.9, 0.22),
    "whistle": Sound("whistle", "guitar", 0.9, 0.22),
    "flute": Sound("flute", "harp", 1.6, 0.3),
    "concertina": Sound("concertina", "guitar", 0.8, 0.2),
    "piano": Sound("piano", "piano", 1.2, 0.22),
    "guitar": Sound("guitar", "guitar", 1.0, 0.22),
    "organ": Sound("organ", "organ", 2.6, 0.4),
}
OF_STYLE = {
    "chorale": "organ", "carol": "organ", "air": "flute", "jig": "whistle", "slip jig": "whistle",
    "hornpipe": "concertina", "waltz": "flute", "morris": "concertina",
}  # fmt: skip
"""The sound that suits a style; others are played by the session."""


# --------------------------------------------------------------------------- one note


def damped_sum(frequencies: np.ndarray, amplitudes: np.ndarray, fades: np.ndarray, count: int) -> np.ndarray:
    """sum_k a_k exp(-fade_k t) sin(2 pi f_k t) at RATE: (count,) float32.

    Complex amplitudes turn the phases. With z_k = exp((2 pi i f_k - fade_k) / RATE), sample BLOCK b + j is
    Im sum_k (a_k z_k^(BLOCK b)) z_k^j.
    """
    exponents = (2j * np.pi * frequencies - fades) / RATE
    blocks = -(-count // BLOCK)
    outer = amplitudes * np.exp(np.outer(np.arange(blocks) * BLOCK, exponents))
    inner = np.exp(np.outer(exponents, np.arange(BLOCK)))
    return (outer.astype(np.complex64) @ inner.astype(np.complex64)).imag.reshape(-1)[:count]


@kept.within(megabytes=12)
def tone(name: str, pitch: int, count: int) -> np.ndarray:
    """A note before its envelope, peak about one: (count,) float32."""
    instrument = INSTRUMENTS[name]
    first = 440 * 2 ** ((pitch - 69) / 12)
    k = np.arange(1, instrument.partials + 1)
    frequencies = first * k * np.sqrt(1 + instrument.stiffness * k**2)
    k, frequencies = k[frequencies < 0.45 * RATE], frequencies[frequencies < 0.45 * RATE]
    amplitudes = k ** -float(instrument.slope) * np.where(k % 2, 1.0, instrument.even)
    if instrument.pluck:
        amplitudes = amplitudes * np.abs(np.sin(np.pi * k * instrument.pluck)) / np.sin(np.pi * instrument.pluck)
    phases = np.exp(2j * np.pi * np.random.default_rng(0).random(len(k)))  # in step they would add up to a buzz
    fades = instrument.fade * (first / 261.6) ** 0.6 * (1 + instrument.fade_growth * (k - 1))
    found = damped_sum(frequencies, amplitudes * phases, fades, count)
    found /= max(1e-6, float(np.abs(found[: RATE // 2]).max()))
    seconds = np.arange(count, dtype=np.float32) / RATE
    if instrument.vibrato:
        depth = first * (2 ** (instrument.vibrato / 1200) - 1) * np.minimum(1, seconds * 3)
        sway = depth * np.sin(2 * np.pi * 5.4 * seconds) / first / (2 * np.pi * 5.4) * RATE
        found = np.interp(np.arange(count) + sway, np.arange(count), found).astype(np.float32)
    if instrument.breath:
        noise = np.random.default_rng(pitch).standard_normal(count + 1).astype(np.float32)
        found = found + instrument.breath * (noise[1:] + noise[:-1])
    return found


def ramp(count: int) -> np.ndarray:
    """A smooth rise from 0 to 1."""
    return (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, max(2, count)))).astype(np.float32)


def play(name: str, pitch: int, seconds: float) -> np.ndarray:
    """One note with attack and release, (S,) float32, peak about one."""
    instrument = INSTRUMENTS[name]
    release = int(instrument.release * RATE)
    held = max(int(seconds * RATE), 64)
    size = held + release
    longest = -(-size // (RATE // 2)) * (RATE // 2)  # whole half seconds, so that few tones are computed
    found = tone(name, pitch, longest)[:size].copy()
    attack = min(int(instrument.attack * RATE), held // 2)
    found[:attack] *= ramp(attack)[:attack]
    found[held:] *= ramp(release)[::-1][: size - held]
    return found


# --------------------------------------------------------------------------- the whole piece


class Played(NamedTuple):
    instrument: str
    start: float
    """Seconds."""
    length: float
    pitch: int
    loudness: float


def performance(piece: Piece, sound: Sound) -> Iterator[Played]:
    """Every note as it is played, the first at 0: with an accent on the beats, chords in the rhythm of a dance."""
    tick, first = 60 / piece.bpm / QUARTER, piece.silent_start
    leading = piece.lead
    for voice in piece.voices.values():
        lead = voice is leading
        for note in voice:
            place = note.start % piece.bar
            accent = 1.0 if place == 0 else 0.9 if place % beat(piece.metre) == 0 else 0.8
            length = note.length * tick * (0.94 if piece.style != "chorale" else 0.99)
            name = sound.lead if lead else sound.others
            yield Played(name, (note.start - first) * tick, length, note.pitch, accent * (0.6 if lead else 0.42))
    for chord in piece.chords:
        for start, length, pitches, loudness in strokes(piece, chord.start, chord.end, chord.pitches()):
            for number, pitch in enumerate(pitches):
                begin = (start - first) * tick + 0.008 * number  # from the low string to the high one
                yield Played(sound.others, begin, length * tick, pitch, loudness)


def beat(metre: str) -> int:
    """Ticks of a felt beat: three eighths in 6/8, 9/8, 12/8, else a quarter."""
    return 36 if metre in ("6/8", "9/8", "12/8") else 24


def strokes(piece: Piece, start: int, end: int, pitches: list[int]) -> Iterator[tuple[int, int, list[int], float]]:
    """A chord in time: (start, length, pitches, loudness) in ticks; the root below on strong beats, the rest after."""
    size = beat(piece.metre)
    compound = size == 36
    for place in range(start, end, size):
        number = place % piece.bar // size
        strong = compound or number == 0 or (number % 2 == 0 and piece.bar % 48 == 0)
        stop = min(end, place + size)
        if strong:
            yield place, stop - place, [pitches[0] - 12], 0.3
        if compound and place + 24 < end:
            yield place + 24, min(12, end - place - 24), pitches, 0.14
        elif not strong:
            yield place, stop - place, pitches, 0.16


def hall(dry: np.ndarray, seconds: float, wet: float) -> np.ndarray:
    """Adds a convolution with noise that fades by 60 dB within ``seconds``; the same length."""
    count = int(seconds * RATE)
    time = np.arange(count, dtype=np.float32) / seconds / RATE
    noise = np.random.default_rng(1).standard_normal(count).astype(np.float32)
    dull = np.convolve(noise, np.ones(5, np.float32) / 5, "same")  # walls swallow the treble
    answer = dull * np.exp(-6.9 * time) * ramp(count // 50)[np.minimum(np.arange(count), count // 50 - 1)]
    answer /= np.sqrt((answer**2).sum())
    size = fast_size(len(dry) + count)
    both = np.fft.rfft(dry, size) * np.fft.rfft(answer, size)
    return dry + wet * np.fft.irfft(both, size)[: len(dry)].astype(np.float32)


def fast_size(least: int) -> int:
    """The next length that a Fourier transform is quick at: 2^a or 3 * 2^a or 5 * 2^a."""
    return min(f * 2 ** max(0, (-(-least // f) - 1).bit_length()) for f in (1, 3, 5))


def render(piece: Piece, sound: str = "") -> tuple[int, np.ndarray]:
    """(RATE, samples (S,) float32 within +-PEAK). See generate.render."""
    if sound and sound not in SOUNDS and sound != "soundfont":
        raise ValueError(f"No sound is called {sound!r}. Choose one of {', '.join(SOUNDS)}.")
    if piece.seconds > limits.MAX_MUSIC_SECONDS:
        raise ValueError(f"The piece lasts longer than {limits.MAX_MUSIC_SECONDS} seconds. Shorten it or play faster.")
    if sound == "soundfont":
        return RATE, _levelled(_with_soundfont(piece))
    chosen = SOUNDS[sound or OF_STYLE.get(piece.style, "session")]
    mix = np.zeros(int((piece.seconds + TAIL_SECONDS) * RATE), np.float32)
    for note in performance(piece, chosen):
        wave = play(note.instrument, note.pitch, note.length)
        begin = int(note.start * RATE)
        room = mix[begin : begin + len(wave)]
        room += note.loudness * INSTRUMENTS[note.instrument].gain * wave[: len(room)]
    return RATE, _levelled(hall(mix, chosen.seconds, chosen.wet))


def _levelled(mix: np.ndarray) -> np.ndarray:
    """Loudest sample at PEAK, the last fifth of a second faded out."""
    fade = ramp(RATE // 5)[::-1]
    mix[-len(fade) :] *= fade[-len(mix) :]
    loudest = float(np.abs(mix).max()) if len(mix) else 0.0
    return (mix * (PEAK / loudest) if loudest > 0 else mix).astype(np.float32)


def _with_soundfont(piece: Piece) -> np.ndarray:
    """The user's own soundfont, through tinysoundfont. Raises ValueError where either is missing."""
    try:
        import tinysoundfont
    except ImportError as error:
        raise ValueError("Playing a soundfont needs the package tinysoundfont: pip install tinysoundfont.") from error
    path = os.environ.get(SOUNDFONT, "")
    if not os.path.isfile(path):
        raise ValueError(f"There is no soundfont. Set the variable {SOUNDFONT} to the path of a .sf2 file.")
    synth = tinysoundfont.Synth(samplerate=RATE)
    synth.program_select(0, synth.sfload(path), 0, 0)
    events: list[tuple[int, bool, int, int]] = []
    for note in performance(piece, SOUNDS["piano"]):
        begin = int(note.start * RATE)
        events.append((begin, True, note.pitch, int(30 + 95 * min(1.0, note.loudness / 0.6))))
        events.append((begin + int(note.length * RATE), False, note.pitch, 0))
    parts, now = [], 0
    for when, on, pitch, velocity in sorted(events):
        if when > now:
            parts.append(np.frombuffer(synth.generate(when - now), np.float32).reshape(-1, 2).mean(1))
            now = when
        if on:
            synth.noteon(0, pitch, velocity)
        else:
            synth.noteoff(0, pitch)
    parts.append(np.frombuffer(synth.generate(int(TAIL_SECONDS * RATE)), np.float32).reshape(-1, 2).mean(1))
    return np.concatenate(parts)
