"""What trust says of sounds of all kinds: the mark in them, the recipe they carry, what kind they are."""

import io
from types import SimpleNamespace

import av
import numpy as np
import pytest
from PIL import Image

from genai_demo.audio import sounds
from genai_demo.core import soundfiles
from genai_demo.core.marks import mark_sound
from genai_demo.trust import metadata
from genai_demo.ui import trust_tab
from genai_demo.ui.trust_actions import inspect_file

assert trust_tab.build, "its texts are there once it is imported"
RECIPE = {"kind": "rain", "seed": 7}
KINDS = [
    ("ipod", "aac", "audio/mp4"), ("mp4", "aac", "video/mp4"), ("3gp", "aac", "video/mp4"),
    ("adts", "aac", "audio/aac"), ("webm", "libopus", "audio/webm"), ("ogg", "libopus", "audio/ogg"),
    ("asf", "wmav2", "audio/x-ms-wma"),
    ("aiff", "pcm_s16be", "audio/aiff"), ("caf", "pcm_s16le", "audio/x-caf"), ("flac", "flac", "audio/flac"),
    ("mp3", "libmp3lame", "audio/mpeg"), ("wav", "pcm_s16le", "audio/wav"), ("au", "pcm_s16be", "audio/basic"),
]  # fmt: skip


def converted(samples: np.ndarray, container: str, codec: str, comment: str = "", cover: bool = False) -> bytes:
    """A sound at 22,050 as another program would save it."""
    buffer, rate = io.BytesIO(), 48_000
    with av.open(buffer, "w", format=container) as file:
        if comment:
            file.metadata["comment"] = comment
        stream = file.add_stream(codec, rate=rate, layout="stereo" if codec == "wmav2" else "mono")
        stream.bit_rate = 128_000
        form = stream.codec_context.codec.audio_formats[0].name
        frame = av.AudioFrame.from_ndarray(samples[None], "fltp", "mono")
        frame.sample_rate = sounds.RATE
        resampler = av.AudioResampler(form, stream.layout, rate, stream.codec_context.frame_size or 1_024)
        if cover:
            picture = file.add_stream("mjpeg", rate=1)
            picture.width = picture.height = 32
            picture.pix_fmt = "yuvj420p"
            picture.disposition = av.stream.Disposition.attached_pic
            file.mux(picture.encode(av.VideoFrame.from_image(Image.new("RGB", (32, 32), "red"))))
            file.mux(picture.encode(None))
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return buffer.getvalue()


@pytest.fixture(scope="module")
def marked() -> np.ndarray:
    """Three seconds of noise that swells, with our mark."""
    rng = np.random.default_rng(1)
    swelling = 0.3 * np.sin(np.linspace(0, 9, 3 * sounds.RATE)) ** 2
    noise = (rng.standard_normal(len(swelling)) * swelling).astype(np.float32).clip(-1, 1)
    return mark_sound(noise, sounds.RATE, ["audio-effects"], RECIPE)


def looked_at(folder, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    return inspect_file(str(path), SimpleNamespace(headers={}, session_hash=""))


@pytest.mark.parametrize(("container", "codec", "kind"), KINDS)
def test_the_mark_is_found_in_every_kind_of_sound(marked, tmp_path, container, codec, kind):
    data = converted(marked, container, codec)
    assert metadata.kind_of(data) == kind
    found = looked_at(tmp_path, "sound", data)
    assert 'data-state="marked"' in found
    assert kind.replace("video/", "audio/") in found


@pytest.mark.parametrize(
    ("container", "codec"), [("ipod", "aac"), ("webm", "libopus"), ("ogg", "libopus"), ("asf", "wmav2")]
)
def test_a_recipe_that_another_program_kept_is_read(marked, container, codec):
    assert metadata.read(converted(marked, container, codec, metadata.as_text(RECIPE))).recipe == RECIPE


def test_a_cover_makes_no_film(marked):
    assert soundfiles.only_sound(converted(marked, "mp3", "libmp3lame", cover=True))


@pytest.mark.parametrize("words", ["A letter.".encode("utf-16"), b"\xff\xff\xff", b"\xff", b"", b"FORM", b"ftypM4A "])
def test_what_is_no_sound_is_not_called_one(words):
    assert metadata.kind_of(words) == ""
