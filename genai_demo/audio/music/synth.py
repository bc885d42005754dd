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

from genai_demo.audio.music.accompaniment import DRUMS, EIGHTH, beat, drum, strokes
from genai_demo.audio.music.notation import DRUM_CHANNEL
from genai_demo.audio.music.pieces import QUARTER, Piece
from genai_demo.core import kept, limits

RATE = 22_050
BLOCK = 256
PEAK = 0.89
TAIL_SECONDS = 1.2
"""After the last note, for the hall to fade in."""
EARLY_OR_LATE = 0.006
"""Standard deviation of when a note begins, in seconds; none is off by more than three of them."""
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


class Manner(NamedTuple):
    """How a piece is played."""

    sound: str = ""
    """A key of SOUNDS, or "soundfont"; "": what suits the style."""
    pattern: str = ""
    """Of the chords, one of ``accompaniment.PATTERNS``; "": what suits the style."""
    drum: bool = False
    life: bool = True
    """Whether loudness follows the phrases, and notes are a little early or late."""
    seed: int = 0
    """Of the life."""


USUAL = Manner()


class Played(NamedTuple):
    instrument: str
    start: float
    """Seconds."""
    length: float
    pitch: int
    loudness: float
    place: float = 0.0
    """From -1, the left, to 1, the right."""


PLACES = {"melody": 0.1, "chords": -0.35, "soprano": 0.45, "alto": -0.15, "tenor": 0.15, "bass": -0.45, "drum": 0.3}
"""Where the voices stand."""


def performance(piece: Piece, manner: Manner = USUAL) -> Iterator[Played]:
    """Every note as it is played, the first at 0: with an accent on the beats, chords in a pattern.

    Raises ValueError for an unknown pattern.
    """
    sound = SOUNDS[manner.sound or OF_STYLE.get(piece.style, "session")]
    rng = np.random.default_rng(manner.seed) if manner.life else None
    tick, first = 60 / piece.bpm / QUARTER, piece.silent_start

    def put(name: str, voice: str, start: int, length: float, pitch: int, loudness: float, later: float = 0) -> Played:
        begin = (start - first) * tick + later
        if rng is not None:
            loudness *= swell(piece, start) * float(rng.normal(1, 0.05))
            begin = max(0.0, begin + float(np.clip(rng.normal(0, EARLY_OR_LATE), -0.02, 0.02)))
        return Played(name, begin, length * tick, pitch, loudness, PLACES[voice])

    for voice, notes in piece.voices.items():
        lead = notes is piece.lead
        for note in notes:
            place = note.start % piece.bar
            accent = 1.0 if place == 0 else 0.9 if place % beat(piece.metre) == 0 else 0.8
            length = note.length * (0.94 if piece.style != "chorale" else 0.99)
            name, loudness = (sound.lead, 0.6) if lead else (sound.others, 0.42)
            yield put(name, voice, note.start, length, note.pitch, accent * loudness)
    for start, length, pitches, loudness in strokes(piece, manner.pattern):
        for number, pitch in enumerate(pitches):  # from the low string to the high one
            yield put(sound.others, "chords", start, length, pitch, loudness, 0.008 * number)
    for hit in drum(piece) if manner.drum else ():
        yield put(hit.kind, "drum", hit.start, EIGHTH, DRUMS[hit.kind], hit.loudness)


def swell(piece: Piece, tick: int) -> float:
    """Loudness of a moment within its phrase of four bars: it rises to the third and falls off."""
    place = tick / piece.bar % 4 / 4
    return 0.86 + 0.2 * float(np.sin(np.pi * place**1.45))


def hall(dry: np.ndarray, seconds: float, wet: float, seed: int = 1) -> np.ndarray:
    """Adds a convolution with noise that fades by 60 dB within ``seconds``; the same length.

    seed: of the noise; another one for the other ear makes the hall wide.
    """
    count = int(seconds * RATE)
    time = np.arange(count, dtype=np.float32) / seconds / RATE
    noise = np.random.default_rng(seed).standard_normal(count).astype(np.float32)
    dull = np.convolve(noise, np.ones(5, np.float32) / 5, "same")  # walls swallow the treble
    answer = dull * np.exp(-6.9 * time) * ramp(count // 50)[np.minimum(np.arange(count), count // 50 - 1)]
    answer /= np.sqrt((answer**2).sum())
    size = fast_size(len(dry) + count)
    both = np.fft.rfft(dry, size) * np.fft.rfft(answer, size)
    return dry + wet * np.fft.irfft(both, size)[: len(dry)].astype(np.float32)


def fast_size(least: int) -> int:
    """The next length that a Fourier transform is quick at: 2^a or 3 * 2^a or 5 * 2^a."""
    return min(f * 2 ** max(0, (-(-least // f) - 1).bit_length()) for f in (1, 3, 5))


def render(piece: Piece, manner: Manner = USUAL, stereo: bool = False) -> tuple[int, np.ndarray]:
    """(RATE, samples (S,) or (S, 2) float32 within +-PEAK). See generate.render."""
    if manner.sound and manner.sound not in SOUNDS and manner.sound != "soundfont":
        raise ValueError(f"No sound is called {manner.sound!r}. Choose one of {', '.join(SOUNDS)}.")
    if piece.seconds > limits.MAX_MUSIC_SECONDS:
        raise ValueError(f"The piece lasts longer than {limits.MAX_MUSIC_SECONDS} seconds. Shorten it or play faster.")
    if manner.sound == "soundfont":
        mix = _with_soundfont(piece, manner)
        return RATE, _levelled(mix if stereo else mix.mean(0)[None])
    chosen = SOUNDS[manner.sound or OF_STYLE.get(piece.style, "session")]
    mix = np.zeros((1 + stereo, int((piece.seconds + TAIL_SECONDS) * RATE)), np.float32)
    for note in performance(piece, manner):
        is_drum = note.instrument in DRUMS
        wave = struck(note.instrument) if is_drum else play(note.instrument, note.pitch, note.length)
        begin = int(note.start * RATE)
        room = mix[:, begin : begin + len(wave)]
        gain = note.loudness * (1.0 if is_drum else INSTRUMENTS[note.instrument].gain)
        room += gain * ears(note.place, len(mix))[:, None] * wave[: room.shape[1]]
    return RATE, _levelled(np.stack([hall(side, chosen.seconds, chosen.wet, 1 + i) for i, side in enumerate(mix)]))


def ears(place: float, count: int) -> np.ndarray:
    """How loud a sound from a place is left and right, its power the same everywhere; 1 where there is one ear."""
    angle = (place + 1) * np.pi / 4
    return np.array([1.0] if count == 1 else [np.sqrt(2) * np.cos(angle), np.sqrt(2) * np.sin(angle)], np.float32)


@kept.within(megabytes=1)
def struck(kind: str) -> np.ndarray:
    """A stroke of the drum, peak about one: a skin that falls in pitch, or wires, or a brush."""
    seconds, start, end, fade, noisy = {
        "low": (0.35, 120.0, 62.0, 16.0, 0.05), "high": (0.22, 260.0, 190.0, 26.0, 0.35),
        "brush": (0.12, 0.0, 0.0, 45.0, 1.0),
    }[kind]  # fmt: skip
    time = np.arange(int(seconds * RATE)) / RATE
    phase = 2 * np.pi * np.cumsum(end + (start - end) * np.exp(-time * 30)) / RATE
    noise = np.random.default_rng(3).standard_normal(len(time) + 1)
    skin = (1 - noisy) * np.sin(phase) + noisy * 0.3 * np.diff(noise)  # the difference is bright
    attack = ramp(RATE // 400)
    skin[: len(attack)] *= attack
    return (skin * np.exp(-fade * time)).astype(np.float32)


def _levelled(mix: np.ndarray) -> np.ndarray:
    """(C, S) to (S,) or (S, 2): loudest sample at PEAK, the last fifth of a second faded out."""
    fade = ramp(RATE // 5)[::-1]
    mix[:, -len(fade) :] *= fade[-mix.shape[1] :]
    loudest = float(np.abs(mix).max()) if mix.size else 0.0
    found = (mix * (PEAK / loudest) if loudest > 0 else mix).astype(np.float32)
    return found[0] if len(found) == 1 else np.ascontiguousarray(found.T)


def _with_soundfont(piece: Piece, manner: Manner) -> np.ndarray:
    """The user's own soundfont, through tinysoundfont: (2, S). Raises ValueError where either is missing."""
    try:
        import tinysoundfont
    except ImportError as error:
        raise ValueError("Playing a soundfont needs the package tinysoundfont: pip install tinysoundfont.") from error
    path = os.environ.get(SOUNDFONT, "")
    if not os.path.isfile(path):
        raise ValueError(f"There is no soundfont. Set the variable {SOUNDFONT} to the path of a .sf2 file.")
    synth = tinysoundfont.Synth(samplerate=RATE)
    font = synth.sfload(path)
    synth.program_select(0, font, 0, 0)
    if manner.drum:
        synth.program_select(DRUM_CHANNEL, font, 128, 0, True)
    events: list[tuple[int, bool, int, int, int]] = []
    for note in performance(piece, manner._replace(sound="piano")):
        begin, channel = int(note.start * RATE), DRUM_CHANNEL if note.instrument in DRUMS else 0
        events.append((begin, True, channel, note.pitch, int(30 + 95 * min(1.0, note.loudness / 0.6))))
        events.append((begin + int(note.length * RATE), False, channel, note.pitch, 0))
    parts, now = [], 0
    for when, on, channel, pitch, velocity in sorted(events):
        if when > now:
            parts.append(np.frombuffer(synth.generate(when - now), np.float32).reshape(-1, 2).T)
            now = when
        if on:
            synth.noteon(channel, pitch, velocity)
        else:
            synth.noteoff(channel, pitch)
    parts.append(np.frombuffer(synth.generate(int(TAIL_SECONDS * RATE)), np.float32).reshape(-1, 2).T)
    return np.concatenate(parts, 1)
