"""Sound files as strangers have them: any usual container and coding to one channel of samples.

soundfile reads first; what it does not know or finds empty (M4A, WebM, WMA, AMR, the sound of a video, a WAV file whose
length was never filled in) is read by PyAV. Both go block by block and stop at the limit: headers can promise anything.
"""

import io
from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np

from genai_demo.core import limits

SUFFIXES = (
    ".wav", ".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".flac", ".webm", ".mka", ".wma", ".amr", ".3gp", ".aif",
    ".aiff", ".caf", ".au", ".mp4", ".m4v", ".mov", ".mkv",
)  # fmt: skip
"""Endings of the files that are read, in lower case; the last ones are videos, of which the sound is taken."""
NAMED = "WAV, MP3, M4A, OGG, Opus, FLAC, WebM, WMA, AMR, AIFF, CAF, MP4"
"""The same for the reader of the page."""
CONTAINERS = (
    "wav", "w64", "aiff", "caf", "au", "mp3", "aac", "flac", "ogg", "amr", "mov", "mp4", "m4a", "3gp", "3g2", "mj2",
    "matroska", "webm", "asf", "avi", "mpeg", "mpegts", "ac3", "eac3", "wv", "ape", "tta",
)  # fmt: skip
"""What PyAV may try, in FFmpeg's names. Playlists and lists of files stay shut: they open other files."""
BLOCK = 65_536
"""Frames read at a time: memory stays bounded, and long Vorbis files need it."""
CANCELLED = 0.1
"""Where the mean of the channels has less than this share of the loudest one's energy, that channel is taken instead:
in the mean of two channels of opposite sign nothing is left."""
FEW = 0.01
"""Share of samples that may be no numbers; they become 0."""
OFFSET = 0.02
"""Mean of the samples from which on it is taken off: a faulty microphone input puts a constant under everything."""
BROKEN = (OSError, ValueError, RuntimeError, TypeError, IndexError, AttributeError, MemoryError)
"""What PyAV raises on damaged files beside its own errors."""
Blocks = Iterator[tuple[np.ndarray, int]]
"""Samples (frames, channels) float32, and how many there are a second."""
Reason = Literal["missing", "empty", "too large", "too long", "too short", "silent", "damaged", "no sound", "unusable"]


class SoundError(ValueError):
    """A sound that cannot be used: one sentence, and the reason in a few words."""

    def __init__(self, sentence: str, reason: Reason):
        super().__init__(sentence)
        self.reason = reason


def decode(data: bytes, max_seconds: float) -> tuple[np.ndarray, int]:
    """The samples of a file as one channel, float32 (S,), and its rate; S may be 0.

    The channels' mean, or the loudest one where they cancel out; without a constant offset, in [-1, 1].
    Raises SoundError where it is no sound, damaged, too long, or has an odd rate or number of channels.
    """
    try:
        mono, rate = _mono(data, _soundfile_blocks, max_seconds)
    except SoundError as error:
        if error.reason != "no sound":
            raise
        mono, rate = np.zeros(0, np.float32), 0
    if not len(mono):
        mono, rate = _mono(data, _av_blocks, max_seconds)
    return _tidied(mono), rate


def _mono(data: bytes, blocks: Callable[[bytes], Blocks], max_seconds: float) -> tuple[np.ndarray, int]:
    """One channel of a file, read again for the loudest one where the mean is too little."""
    mono, rate, energies = _gathered(blocks(data), max_seconds, None)
    loudest = int(energies.argmax())
    if len(mono) and len(mono) * mono.var(dtype=np.float64) < CANCELLED * energies[loudest]:
        mono, rate, _ = _gathered(blocks(data), max_seconds, loudest)
    return mono, rate


def _gathered(blocks: Blocks, max_seconds: float, channel: int | None) -> tuple[np.ndarray, int, np.ndarray]:
    """One channel, or the mean of all; the rate; and the energy of every channel without its offset."""
    parts: list[np.ndarray] = []
    count = odd = rate = 0
    sums = squares = np.zeros(1)
    for block, rate in blocks:
        finite = np.isfinite(block)
        if not finite.all():
            odd += int((~finite).any(1).sum())
            block = np.where(finite, block, np.float32(0))
        sums = sums + block.sum(0, dtype=np.float64)
        squares = squares + np.square(block, dtype=np.float64).sum(0)
        parts.append(block.mean(1) if channel is None else np.ascontiguousarray(block[:, channel]))
        count += len(block)
        if count > max_seconds * rate:
            raise SoundError(f"This sound is longer than {max_seconds:g} seconds. Use a shorter one.", "too long")
    if odd > FEW * count:
        raise SoundError("This sound is damaged: it holds values that are no numbers. Save it again.", "damaged")
    mono = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    return mono, rate, squares - np.square(sums) / max(1, count)


def _tidied(mono: np.ndarray) -> np.ndarray:
    """Without a constant offset that could be heard at its ends, and no louder than full scale."""
    offset = float(mono.mean(dtype=np.float64)) if len(mono) else 0.0
    if abs(offset) > OFFSET:
        mono = mono - np.float32(offset)
    peak = float(np.abs(mono).max(initial=0))
    return mono / np.float32(peak) if peak > 1 else mono


# --------------------------------------------------------------------------- the two readers


def _soundfile_blocks(data: bytes) -> Blocks:
    """By soundfile. Raises SoundError for "no sound" where it cannot read the file to its end."""
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            _check_header(file.samplerate, file.channels)
            while len(block := file.read(BLOCK, dtype="float32", always_2d=True)):
                yield block, file.samplerate
    except (soundfile.SoundFileError, RuntimeError, TypeError) as error:
        raise no_sound() from error


def _av_blocks(data: bytes) -> Blocks:
    """By PyAV, as far as the file goes. Raises SoundError for "no sound" where it does not even begin."""
    import av

    begun = False
    try:
        with _opened(data) as container:
            if not container.streams.audio:
                raise SoundError("There is no sound in this file. Choose another one.", "no sound")
            # of a stream without a known codec PyAV 17 reads beyond its memory
            stream = next((one for one in container.streams.audio if one.codec_context is not None), None)
            if stream is None:
                raise no_sound()
            for block in _frames(container, stream):
                yield block
                begun = True
    except SoundError:
        raise
    except (av.FFmpegError, *BROKEN) as error:
        if not begun:
            raise no_sound() from error


def _opened(data: bytes) -> Any:
    """PyAV's container of the file, which opens no other file."""
    import av

    only = {"format_whitelist": ",".join(CONTAINERS), "protocol_whitelist": "none"}
    return av.open(io.BytesIO(data), "r", options=only, metadata_errors="replace")


def _frames(container: Any, stream: Any) -> Blocks:
    """The frames of a stream, all at the rate and with the channels of the first one, without damaged packets."""
    import av

    first: tuple[Any, int] | None = None
    resampler, form = None, None
    for packet in container.demux(stream):
        try:
            decoded = packet.decode()
        except av.FFmpegError:
            continue
        for frame in decoded:
            if first is None:
                _check_header(frame.sample_rate, len(frame.layout.channels))
                first = frame.layout, frame.sample_rate
            if form != (form := (frame.format.name, frame.layout.name, frame.sample_rate)) or resampler is None:
                # interleaved: of more than eight planes PyAV 17 reads beyond its memory
                resampler = av.AudioResampler("flt", *first)
            frame.pts = None
            for part in resampler.resample(frame):
                yield part.to_ndarray().reshape(-1, len(first[0].channels)), first[1]


def _check_header(rate: int, channels: int) -> None:
    if not limits.MIN_SOUND_RATE <= rate <= limits.MAX_SOUND_RATE:
        raise SoundError(
            f"This sound has {rate:,} samples a second. Convert it to 22,050, 44,100 or 48,000.", "unusable"
        )
    if not 1 <= channels <= limits.MAX_SOUND_CHANNELS:
        raise SoundError(f"This sound has {channels} channels. Convert it to mono or stereo.", "unusable")


def no_sound() -> SoundError:
    """For what no reader knows."""
    return SoundError(f"This file is no sound, or is damaged. Use one of these: {NAMED}.", "no sound")


# --------------------------------------------------------------------------- what else a file holds


def only_sound(data: bytes) -> bool:
    """Whether there is sound in a file and no film; the picture of an album's cover is none."""
    import av

    try:
        with _opened(data) as container:
            films = [s for s in container.streams.video if not s.disposition & av.stream.Disposition.attached_pic]
            return bool(container.streams.audio) and not films
    except (av.FFmpegError, *BROKEN):
        return False


def read_tags(data: bytes) -> dict[str, str]:
    """The texts in a file that PyAV opens, names in small letters; none where it is damaged or of another kind."""
    import av

    try:
        with _opened(data) as container:
            streams = [stream.metadata for stream in container.streams.audio]
            return {k.lower(): str(v) for part in (*streams, container.metadata) for k, v in part.items()}
    except (av.FFmpegError, *BROKEN):
        return {}
