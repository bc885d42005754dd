"""Sound files as people have them: containers, codings, and what goes wrong with them."""

import io
import struct
import tracemalloc
import zipfile
from typing import get_args

import av
import numpy as np
import pytest
import soundfile
from PIL import Image

from genai_demo.audio import sounds
from genai_demo.audio.sounds import RATE
from genai_demo.core import limits, soundfiles
from genai_demo.core.soundfiles import SoundError
from genai_demo.ui.texts_own import REASONS
from genai_demo.ui.trust_frames import film_of


def tone(hertz: float = 440.0, seconds: float = 0.6, rate: int = 48_000, amplitude: float = 0.5) -> np.ndarray:
    return (amplitude * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def packed(container: str, codec: str, rate: int = 48_000, layout: str = "mono", hertz: float = 440.0,
           seconds: float = 0.6, video: bool = False) -> bytes:  # fmt: skip
    """A tone in a container, encoded by PyAV; video: beside a film of five pictures."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as file:
        if video:
            film = file.add_stream("mpeg4", rate=10)
            film.width = film.height = 64
            film.pix_fmt = "yuv420p"
        stream = file.add_stream(codec, rate=rate, layout=layout)
        if video:
            for shade in range(5):
                picture = np.full((64, 64, 3), 40 * shade, np.uint8)
                file.mux(film.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
            file.mux(film.encode(None))
        stream.bit_rate = stream.bit_rate or 64_000
        form = stream.codec_context.codec.audio_formats[0].name
        resampler = av.AudioResampler(form, layout, rate, stream.codec_context.frame_size or 1_024)
        channels = len(av.AudioLayout(layout).channels)
        frame = av.AudioFrame.from_ndarray(np.tile(tone(hertz, seconds, rate), (channels, 1)), "fltp", layout)
        frame.sample_rate = rate
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return buffer.getvalue()


def encoded(samples: np.ndarray, rate: int, format: str = "WAV", subtype: str | None = None) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format=format, subtype=subtype)
    return buffer.getvalue()


def is_tone(samples: np.ndarray, hertz: float = 440.0, seconds: float = 0.6, peak: float = 0.5) -> bool:
    """Whether it is a tone of this pitch and length, of about this loudness."""
    found = float(np.abs(np.fft.rfft(samples)).argmax() * RATE / len(samples))
    middle = samples[len(samples) // 4 : -len(samples) // 4]
    loud = float(np.sqrt(2 * np.square(middle).mean()))
    right = samples.dtype == np.float32 and samples.ndim == 1
    return right and abs(found - hertz) < 6 and abs(len(samples) / RATE - seconds) < 0.13 and abs(loud / peak - 1) < 0.2


# --------------------------------------------------------------------------- kinds


@pytest.mark.parametrize(
    ("container", "codec", "rate", "layout"),
    [
        ("ipod", "aac", 44_100, "stereo"), ("mp4", "aac", 48_000, "mono"), ("adts", "aac", 44_100, "mono"),
        ("ipod", "alac", 44_100, "stereo"), ("mov", "aac", 22_050, "mono"), ("webm", "libopus", 48_000, "mono"),
        ("matroska", "libopus", 48_000, "stereo"), ("ogg", "libopus", 48_000, "mono"),
        ("flac", "flac", 96_000, "stereo"), ("mp3", "libmp3lame", 44_100, "stereo"),
        ("mp3", "libmp3lame", 8_000, "mono"), ("asf", "wmav2", 44_100, "stereo"),
        ("3gp", "libopencore_amrnb", 8_000, "mono"), ("3gp", "aac", 16_000, "mono"),
        ("amr", "libopencore_amrnb", 8_000, "mono"), ("aiff", "pcm_s16be", 44_100, "stereo"),
        ("caf", "alac", 44_100, "mono"), ("caf", "pcm_s16le", 44_100, "mono"), ("au", "pcm_s16be", 8_000, "mono"),
        ("wav", "pcm_s24le", 192_000, "mono"), ("wav", "pcm_f64le", 44_100, "stereo"),
        ("wav", "pcm_mulaw", 8_000, "mono"), ("wav", "pcm_alaw", 8_000, "mono"), ("wav", "adpcm_ms", 22_050, "mono"),
        ("wav", "adpcm_ima_wav", 22_050, "mono"), ("wav", "libmp3lame", 44_100, "mono"),
        ("w64", "pcm_s16le", 44_100, "mono"), ("wav", "pcm_u8", 8_000, "mono"), ("mpegts", "aac", 48_000, "stereo"),
        ("avi", "libmp3lame", 44_100, "mono"), ("ac3", "ac3", 48_000, "5.1"),
    ],
)  # fmt: skip
def test_every_usual_kind_is_read(container, codec, rate, layout):
    assert is_tone(sounds.read(packed(container, codec, rate, layout)))


@pytest.mark.parametrize(
    ("format", "subtype"),
    [
        ("WAV", "PCM_24"), ("WAV", "PCM_32"), ("WAV", "FLOAT"), ("WAV", "DOUBLE"), ("WAV", "ULAW"), ("WAV", "GSM610"),
        ("WAVEX", "PCM_24"), ("WAVEX", "FLOAT"), ("RF64", "PCM_16"), ("AIFF", "FLOAT"), ("AIFF", "PCM_U8"),
        ("CAF", "FLOAT"), ("OGG", "VORBIS"), ("OGG", "OPUS"), ("FLAC", "PCM_24"), ("AU", "FLOAT"),
    ],
)  # fmt: skip
def test_every_number_format_is_read(format, subtype):
    rate = 48_000 if subtype == "OPUS" else 44_100
    assert is_tone(sounds.read(encoded(tone(rate=rate), rate, format, subtype)))


@pytest.mark.parametrize("container", ["mp4", "mov", "matroska"])
def test_of_a_video_the_sound_is_taken(container):
    assert is_tone(sounds.read(packed(container, "aac", video=True)))


def test_a_film_without_sound_is_said_to_have_none():
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as file:
        film = file.add_stream("mpeg4", rate=10)
        film.width, film.height, film.pix_fmt = 64, 64, "yuv420p"
        file.mux(film.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "rgb24")))
        file.mux(film.encode(None))
    with pytest.raises(SoundError, match="There is no sound in this file") as caught:
        sounds.read(buffer.getvalue())
    assert caught.value.reason == "no sound"


@pytest.mark.parametrize("rate", [8_000, 11_025, 12_000, 32_000, 88_200, 176_400, 192_000, 384_000])
@pytest.mark.parametrize("format", ["WAV", "AIFF"])
def test_odd_rates(rate, format):
    assert is_tone(sounds.read(encoded(tone(rate=rate), rate, format)))


# --------------------------------------------------------------------------- channels


@pytest.mark.parametrize("channels", [1, 2, 3, 5, 6, 7, 8, 9, 13, 16])
@pytest.mark.parametrize("length", [None, 0])
def test_many_channels_become_one(channels, length):
    data = bytearray(encoded(np.tile(tone(rate=44_100)[:, None], channels), 44_100))
    if length is not None:  # that of a stream: soundfile finds it empty, the other reader does it
        at = data.index(b"data") + 4
        data[at : at + 4] = length.to_bytes(4, "little")
    assert is_tone(sounds.read(bytes(data)))


@pytest.mark.parametrize("format", ["WAV", "FLAC"])
@pytest.mark.parametrize("left", [0.5, 0.45])
def test_channels_that_cancel_out_are_heard(format, left):
    stereo = np.stack([tone(rate=RATE, amplitude=left), -tone(rate=RATE)], 1)
    assert is_tone(sounds.read(encoded(stereo, RATE, format)))
    assert is_tone(sounds.read(encoded(stereo + np.float32(0.2), RATE, format)))


def test_antiphase_is_heard_in_what_the_other_reader_reads():
    data = bytearray(encoded(np.stack([tone(rate=RATE), -tone(rate=RATE)], 1), RATE))
    data[40:44] = bytes(4)
    assert is_tone(sounds.read(bytes(data)))


def test_one_voice_among_silent_channels_is_not_lost_in_their_mean():
    eight = np.zeros((len(tone()), 8), np.float32)
    eight[:, 5] = tone()
    assert is_tone(sounds.read(encoded(eight, 48_000)))


def test_two_different_channels_are_mixed():
    stereo = np.stack([tone(300, amplitude=0.4), tone(1_000, amplitude=0.4)], 1)
    found = np.abs(np.fft.rfft(sounds.read(encoded(stereo, 48_000))))
    places = np.fft.rfftfreq(int(0.6 * RATE), 1 / RATE)
    assert all(found[np.abs(places - hertz).argmin()] > 0.3 * found.max() for hertz in (300, 1_000))


# --------------------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize("length", [0, 0xFFFFFFFF, 0x7FFFFFFE])
@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT", "PCM_U8"])
def test_a_wav_file_whose_length_was_never_filled_in(length, subtype):
    data = bytearray(encoded(tone(rate=44_100), 44_100, subtype=subtype))
    at = data.index(b"data") + 4
    data[at : at + 4] = data[4:8] = length.to_bytes(4, "little")
    assert is_tone(sounds.read(bytes(data)))


@pytest.mark.parametrize(
    ("container", "codec"),
    [("webm", "libopus"), ("adts", "aac"), ("ogg", "libopus"), ("mp3", "libmp3lame"), ("wav", "pcm_s16le"),
     ("flac", "flac"), ("aiff", "pcm_s16be"), ("caf", "pcm_s16le"), ("amr", "libopencore_amrnb"), ("asf", "wmav2")],
)  # fmt: skip
def test_of_a_file_that_was_cut_off_the_rest_is_read(container, codec):
    rate = 8_000 if "amr" in codec else 48_000
    data = packed(container, codec, rate, seconds=3.0)
    found = sounds.read(data[: int(0.6 * len(data))])
    assert 0.9 < len(found) / RATE < 2.5
    assert is_tone(found, seconds=len(found) / RATE)


def test_an_offset_is_taken_off_and_what_is_left_of_silence_is_silent():
    assert abs(sounds.read(encoded(tone(amplitude=0.3) + np.float32(0.4), 48_000)).mean()) < 1e-3
    with pytest.raises(SoundError, match="silent") as caught:
        sounds.read(encoded(np.full(48_000, 0.4, np.float32), 48_000))
    assert caught.value.reason == "silent"


def test_a_few_values_that_are_no_numbers_are_mended_and_many_refused():
    samples = tone(seconds=1)
    samples[[5, 900, 30_000]] = np.nan, np.inf, -np.inf
    assert is_tone(sounds.read(encoded(samples, 48_000, subtype="FLOAT")), seconds=1)
    samples[1_000:3_000] = np.nan
    with pytest.raises(SoundError, match="no numbers"):
        sounds.read(encoded(samples, 48_000, subtype="FLOAT"))


def test_what_is_beyond_full_scale_is_brought_to_it():
    for gain in (3.0, 30_000.0):
        found = sounds.read(encoded(gain * tone(), 48_000, subtype="FLOAT"))
        assert np.abs(found).max() <= 1.01
        assert is_tone(found, peak=1.0)


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((200, 200), 80).save(buffer, "PNG")
    return buffer.getvalue()


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("tone.wav", encoded(tone(), 48_000))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        picture(), zipped(), b"Just a text, as long as it may be. " * 300, "一段文字。".encode() * 500, b"\0" * 5_000,
        np.random.default_rng(0).bytes(50_000), b"%PDF-1.7\n" + bytes(3_000), b"<html><audio src=x></audio></html>",
        b"MThd\x00\x00\x00\x06\x00\x01\x00\x01\x01\xe0MTrk\x00\x00\x00\x04\x00\xff/\x00",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n",
        b"\x1aE\xdf\xa3" + bytes(100), b"\0\0\0\x18ftypM4A " + bytes(100), b"OggS" + bytes(100), b"RIFF" + bytes(100),
    ],
)  # fmt: skip
def test_what_is_no_sound_gets_the_sentence_with_the_kinds(data):
    with pytest.raises(SoundError, match="no sound") as caught:
        sounds.read(data)
    assert caught.value.reason == "no sound"


def test_a_playlist_opens_no_other_file(tmp_path):
    other = tmp_path / "other.wav"
    other.write_bytes(encoded(tone(), 48_000))
    lists = (f"ffconcat version 1.0\nfile {other}\n", f"#EXTM3U\n#EXTINF:9,\n{other}\n#EXT-X-ENDLIST\n")
    for words in lists:
        with pytest.raises(SoundError, match="no sound"):
            sounds.read(words.encode())


@pytest.mark.parametrize(("container", "codec"), [("webm", "libopus"), ("ipod", "aac"), ("flac", "flac")])
def test_a_long_sound_is_refused_before_all_of_it_is_decoded(container, codec):
    data = packed(container, codec, seconds=90)
    tracemalloc.start()
    with pytest.raises(SoundError, match="longer than 5 seconds") as caught:
        sounds.read(data, max_seconds=5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.reason == "too long"
    assert peak < 4 * 5 * 48_000 * 3 + len(data) + 4_000_000  # never the 17 MB of all of it and their copies


@pytest.mark.parametrize("count", [1, 2, 50, 200])
def test_a_sound_of_a_few_samples_is_too_short(count):
    with pytest.raises(SoundError, match=r"shorter than 0\.01 seconds") as caught:
        sounds.read(encoded(np.full(count, 0.5, np.float32) * (-1) ** np.arange(count), 22_050))
    assert caught.value.reason == "too short"


def test_every_reason_has_words_in_the_room_of_own_sounds():
    assert set(get_args(soundfiles.Reason)) <= set(REASONS)


def test_the_name_of_a_file_does_not_matter(tmp_path):
    path = tmp_path / "memo.wav"
    path.write_bytes(packed("ipod", "aac", 44_100))
    assert is_tone(sounds.read(path))


# --------------------------------------------------------------------------- damage


def damaged(data: bytes, rng: np.random.Generator) -> bytes:
    """Bits flipped, the end cut off, or bytes put in; the head is hit more often than the rest."""
    found = bytearray(data)
    kind = rng.integers(4)
    if kind == 0:
        for _ in range(int(rng.integers(1, 20))):
            found[int(rng.integers(len(found)))] ^= 1 << int(rng.integers(8))
    elif kind == 1:
        for _ in range(int(rng.integers(1, 6))):
            found[int(rng.integers(min(200, len(found))))] = int(rng.integers(256))
    elif kind == 2:
        del found[int(rng.integers(len(found))) :]
    else:
        at = int(rng.integers(len(found)))
        found[at:at] = rng.bytes(int(rng.integers(1, 60)))
    return bytes(found)


@pytest.mark.parametrize(
    ("container", "codec", "rate"),
    [("ipod", "aac", 44_100), ("webm", "libopus", 48_000), ("ogg", "libopus", 48_000), ("wav", "pcm_s16le", 44_100),
     ("flac", "flac", 44_100), ("mp3", "libmp3lame", 44_100), ("asf", "wmav2", 44_100), ("aiff", "pcm_s16be", 44_100),
     ("caf", "alac", 44_100), ("3gp", "libopencore_amrnb", 8_000)],
)  # fmt: skip
def test_damage_of_any_kind_is_a_sound_or_a_sentence(container, codec, rate):
    whole = packed(container, codec, rate, "stereo" if codec == "wmav2" else "mono", seconds=2.0)
    rng = np.random.default_rng(list(container.encode()))
    heard = 0
    tracemalloc.start()
    for _ in range(20):
        try:
            found = sounds.read(damaged(whole, rng))
        except SoundError as error:
            assert str(error).endswith(".")
            continue
        heard += 1
        assert found.dtype == np.float32 and found.ndim == 1 and len(found)
        assert np.isfinite(found).all() and len(found) <= limits.MAX_SOUND_SECONDS * RATE + 10
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert heard >= 2
    assert peak < 300 * 2**20


@pytest.mark.parametrize(("container", "tag"), [("ipod", b"mp4a"), ("mov", b"mp4a"), ("3gp", b"samr")])
def test_a_coding_that_nobody_knows_is_no_sound(container, tag):
    """PyAV has no decoder for such a stream; asking it to decode ends the whole program."""
    codec, rate = ("libopencore_amrnb", 8_000) if container == "3gp" else ("aac", 44_100)
    data = packed(container, codec, rate)
    assert tag in data
    with pytest.raises(SoundError, match="no sound"):
        sounds.read(data.replace(tag, b"zqzq").replace(b"esds", b"zqzq"))


def test_a_film_of_a_coding_that_nobody_knows_is_refused():
    data = packed("mp4", "aac", video=True)
    assert len(film_of(data)) == 1 and b"mp4v" in data
    with pytest.raises(ValueError, match="film is damaged"):
        film_of(data.replace(b"mp4v", b"zqzq").replace(b"esds", b"zqzq"))


def test_lengths_that_a_header_claims_reserve_no_memory():
    data = bytearray(encoded(tone(seconds=0.2, rate=RATE), RATE))
    data[40:44] = struct.pack("<I", 0xFFFFFFF0)
    tracemalloc.start()
    sounds.read(bytes(data))
    assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    tracemalloc.stop()
