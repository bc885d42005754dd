"""Sounds in and out of files: one rate, one type of number, and clear words about what cannot be read.

Within the program a sound is a float32 array (S,) in [-1, 1] at RATE samples a second; ``write`` and
``wave_bytes`` also take (S, channels) and other rates. soundfile, PyAV and soxr do the work and are imported
on first use, so that training runs without them.
"""

import io
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from genai_demo.core import containers, limits, soundfiles
from genai_demo.core.soundfiles import BLOCK, SoundError

RATE = 22_050
"""Samples a second."""
FORMATS = {"wav": ("WAV", "PCM_16"), "ogg": ("OGG", "VORBIS")}
"""What every room writes: container and coding, in soundfile's names."""
CODINGS = FORMATS | {"mp3": ("MP3", "MPEG_LAYER_III")}
"""What can be written."""
TAGS = tuple(containers.INFO)
"""What both can carry besides sound. A result's recipe goes into "comment"."""
SILENCE = 10 ** (-70 / 20)
"""A sound whose peak is lower (-70 dBFS) counts as silent."""
MIN_SECONDS = 0.01
"""Of a sound that is read."""


# --------------------------------------------------------------------------- reading


def read(
    source: str | Path | bytes,
    max_seconds: float = limits.MAX_SOUND_SECONDS,
    max_bytes: int = limits.MAX_SOUND_BYTES,
) -> np.ndarray:
    """A file of any kind of ``soundfiles.SUFFIXES``, whatever its name, as float32 (S,) at RATE, in one channel.

    Raises SoundError where it is missing, empty, no sound, damaged, silent, too large or too long.
    """
    mono, rate = soundfiles.decode(_bytes(source, max_bytes), max_seconds)
    if not len(mono):
        raise SoundError("There is nothing in this sound. Choose another file.", "empty")
    if len(mono) < MIN_SECONDS * rate:
        raise SoundError(f"This sound is shorter than {MIN_SECONDS:g} seconds. Use a longer one.", "too short")
    if np.abs(mono).max() < SILENCE:
        raise SoundError("This sound is silent. Choose another file.", "silent")
    return resample(mono, rate)


def read_tags(source: str | Path | bytes) -> dict[str, str]:
    """What ``wave_bytes`` wrote as tags. Raises SoundError where soundfile cannot read the file."""
    import soundfile

    data = _bytes(source, limits.MAX_SOUND_BYTES)
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            found = {name: text for name, text in file.copy_metadata().items() if text}
        return found | containers.read_info(data)
    except (soundfile.SoundFileError, RuntimeError, TypeError) as error:
        raise soundfiles.no_sound() from error


def resample(samples: np.ndarray, rate: int, wanted: int = RATE) -> np.ndarray:
    """(S,) at ``rate`` to float32 (about S * wanted / rate,) at ``wanted``."""
    import soxr

    samples = np.ascontiguousarray(samples, np.float32)
    return samples if rate == wanted else soxr.resample(samples, rate, wanted, "HQ")


def _bytes(source: str | Path | bytes, max_bytes: int) -> bytes:
    if isinstance(source, bytes | bytearray | memoryview):
        data = bytes(source)
    elif isinstance(source, str | Path):
        try:
            with Path(source).open("rb") as file:
                data = file.read(max_bytes + 1)
        except (OSError, ValueError) as error:
            raise SoundError("This file cannot be read. Upload it again.", "missing") from error
    else:
        raise SoundError("Choose a sound first.", "missing")
    if not data:
        raise SoundError("This file is empty. Upload it again.", "empty")
    if len(data) > max_bytes:
        most = max_bytes // limits.MEGABYTE
        raise SoundError(f"This file is larger than {most} MB. Use a smaller one.", "too large")
    return data


# --------------------------------------------------------------------------- writing


def wave_bytes(
    samples: np.ndarray, format: str = "wav", tags: Mapping[str, str] | None = None, rate: int = RATE
) -> bytes:
    """A file in memory: 16-bit WAV, OGG Vorbis or MP3 of (S,) or (S, channels); beyond [-1, 1] is clipped.

    tags: names of TAGS to texts. The same sound and tags give the same bytes.
    Raises ValueError for another format or tag, for no samples, and for samples that are no numbers.
    """
    import soundfile

    if format not in CODINGS:
        raise ValueError(f"No sounds are written as {format!r}. Choose one of {', '.join(CODINGS)}.")
    if unknown := set(tags or ()) - set(TAGS):
        raise ValueError(f"No tag is called {min(unknown)!r}. Choose one of {', '.join(TAGS)}.")
    samples = _checked(samples)
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    container, coding = CODINGS[format]
    buffer = io.BytesIO()
    with soundfile.SoundFile(buffer, "w", rate, channels, coding, format=container) as file:
        if format != "wav":
            for name, text in (tags or {}).items():
                setattr(file, name, text)
        for start in range(0, len(samples), BLOCK):
            file.write(samples[start : start + BLOCK])
    data = buffer.getvalue()
    if format == "wav":
        return containers.with_info(data, tags or {})
    return containers.with_serial(data) if format == "ogg" else data


def write(samples: np.ndarray, path: str | Path, tags: Mapping[str, str] | None = None, rate: int = RATE) -> Path:
    """``wave_bytes`` into a file, in the format of its suffix. Returns the path."""
    path = Path(path)
    path.write_bytes(wave_bytes(samples, path.suffix[1:].lower(), tags, rate))
    return path


def _checked(samples: np.ndarray) -> np.ndarray:
    samples = np.asarray(samples, np.float32)
    if samples.ndim not in (1, 2) or not samples.size:
        raise ValueError("A sound is an array of samples, or of samples by channels, with at least one.")
    if not np.isfinite(samples).all():
        raise ValueError("This sound holds values that are no numbers.")
    return samples.clip(-1, 1)


# --------------------------------------------------------------------------- level


def _biquad(frequency: np.ndarray, b: tuple[float, float, float], a: tuple[float, float]) -> np.ndarray:
    """Power response at frequencies in Hz of a filter that is given for 48 kHz."""
    z = np.exp(-2j * np.pi * np.minimum(frequency, 24_000) / 48_000)
    return np.abs((b[0] + b[1] * z + b[2] * z * z) / (1 + a[0] * z + a[1] * z * z)) ** 2


def loudness(samples: np.ndarray, rate: int = RATE) -> float:
    """Integrated loudness of (S,) in LUFS (ITU-R BS.1770-4); -inf for silence.

    The weighting filters are applied to the spectrum of each 0.4-s block instead of the samples:
    the energies are the same but for what rings across the blocks' edges.
    """
    size = min(len(samples), int(0.4 * rate))
    starts = range(0, max(1, len(samples) - size + 1), max(1, size // 4))
    frequency = np.fft.rfftfreq(size, 1 / rate)
    weight = _biquad(frequency, (1.53512485958697, -2.69169618940638, 1.19839281085285),
                     (-1.69065929318241, 0.73248077421585))  # fmt: skip
    weight *= _biquad(frequency, (1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))
    weight[1:] *= 2
    power = np.array([(weight * np.abs(np.fft.rfft(samples[i : i + size])) ** 2).sum() / size**2 for i in starts])
    level = -0.691 + 10 * np.log10(np.maximum(power, 1e-20))
    heard = level > -70
    if heard.any():
        heard &= level > -0.691 + 10 * math.log10(power[heard].mean()) - 10
    return -0.691 + 10 * math.log10(power[heard].mean()) if heard.any() else -math.inf


def normalise(samples: np.ndarray, lufs: float | None = -20.0, peak: float = -1.0) -> np.ndarray:
    """(S,) brought to a loudness, but to no higher peak than ``peak`` dBFS; None: to that peak.

    Silence stays silence.
    """
    highest = float(np.abs(samples).max(initial=0))
    if highest < SILENCE:
        return samples.astype(np.float32)
    gain = 10 ** (peak / 20) / highest
    if lufs is not None and math.isfinite(level := loudness(samples)):
        gain = min(gain, 10 ** ((lufs - level) / 20))
    return (samples * gain).astype(np.float32)


def fade(samples: np.ndarray, start: float = 0.005, end: float = 0.005, rate: int = RATE) -> np.ndarray:
    """(S,) with raised-cosine fades of so many seconds at its ends, which would click otherwise."""
    found = np.array(samples, np.float32)
    for seconds, part in ((start, found), (end, found[::-1])):
        length = min(len(found), round(seconds * rate))
        part[:length] *= 0.5 - 0.5 * np.cos(np.pi * (np.arange(length, dtype=np.float32) + 0.5) / length)
    return found
