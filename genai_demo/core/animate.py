"""Pictures in a row to an animation: MP4 (H.264), animated WebP, animated GIF."""

import io
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import av
import numpy as np
from PIL import ExifTags, Image

from genai_demo.core import limits

SIDE = 256
"""Pixels of the saved animations: twice the model's, so that players do not blur them."""
SOUND_BITS = 128_000
"""A second of sound in an MP4."""


def packed(frames: Sequence[Image.Image]) -> tuple[bytes, ...]:
    """PNG files, to keep frames in less than half the memory."""
    buffers = [io.BytesIO() for _ in frames]
    for frame, buffer in zip(frames, buffers, strict=True):
        frame.save(buffer, "PNG", compress_level=1)  # 6 saves 6 % more, and takes three times as long
    return tuple(buffer.getvalue() for buffer in buffers)


def unpacked(files: Sequence[bytes]) -> list[Image.Image]:
    """The frames of ``packed``, pixel by pixel."""
    return [Image.open(io.BytesIO(file)) for file in files]


def _check(frames: Sequence[Image.Image], fps: float) -> float:
    if not frames:
        raise ValueError("There are no frames yet. Draw a path first.")
    if isinstance(fps, bool) or not isinstance(fps, (int, float)) or not 1 <= fps <= limits.MAX_FPS:
        raise ValueError(f"Frames per second must be a number from 1 to {limits.MAX_FPS}.")
    return float(fps)


def _enlarge(frames: Sequence[Image.Image]) -> list[Image.Image]:
    return [f.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC) for f in frames]


def to_mp4(
    frames: Sequence[Image.Image], fps: float, comment: str = "", sound: tuple[int, np.ndarray] | None = None
) -> bytes:
    """H.264 in MP4, playable everywhere. Raises ValueError for no frames or fps outside the limits.

    comment: a text that travels in the file; so in the other two formats. sound: rate and float samples (S,) in
    [-1, 1], beside it as AAC.
    """
    fps = _check(frames, fps)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        if comment:
            container.metadata["comment"] = comment
        stream = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1000))
        stream.width = stream.height = SIDE
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": "18", "preset": "veryfast", "threads": "1"}
        spoken = None
        if sound is not None:
            spoken = container.add_stream("aac", rate=sound[0], layout="mono")
            spoken.bit_rate = SOUND_BITS
        for frame in _enlarge(frames):
            container.mux(stream.encode(av.VideoFrame.from_image(frame)))
        container.mux(stream.encode())
        if sound is not None and spoken is not None:
            heard = av.AudioFrame.from_ndarray(sound[1].astype(np.float32)[None], format="fltp", layout="mono")
            heard.sample_rate, heard.time_base, heard.pts = sound[0], Fraction(1, sound[0]), 0
            container.mux(spoken.encode(heard))
            container.mux(spoken.encode())
    return buffer.getvalue()


def to_webp(frames: Sequence[Image.Image], fps: float, comment: str = "") -> bytes:
    """Animated WebP that repeats for ever; the comment in its EXIF. Raises ValueError as ``to_mp4`` does."""
    fps = _check(frames, fps)
    exif = Image.Exif()
    if comment:
        exif[ExifTags.Base.ImageDescription] = comment
    return _animate(_enlarge(frames), "WEBP", fps, quality=80, method=2, exif=exif)


def to_gif(frames: Sequence[Image.Image], fps: float, comment: str = "") -> bytes:
    """Animated GIF that repeats for ever: 256 colours a frame, time in hundredths of a second.

    Raises ValueError as ``to_mp4`` does.
    """
    fps = _check(frames, fps)
    palettes = [f.quantize(256, method=Image.Quantize.FASTOCTREE) for f in _enlarge(frames)]
    return _animate(palettes, "GIF", fps, disposal=1, **({"comment": comment.encode()} if comment else {}))


def _animate(frames: list[Image.Image], form: str, fps: float, **settings: Any) -> bytes:
    buffer = io.BytesIO()
    duration = max(20, round(1000 / fps))
    frames[0].save(buffer, form, save_all=True, append_images=frames[1:], duration=duration, loop=0, **settings)
    return buffer.getvalue()
