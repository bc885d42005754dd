"""What a file of any kind holds, for whoever looks for a mark in it: its kind, its words, its pictures."""

import io

from PIL import Image

from genai_demo.audio import sounds
from genai_demo.core import limits, soundfiles
from genai_demo.core.uploads import open_frames
from genai_demo.trust import marks, metadata

MOST_FRAMES = 3
"""Of an animation that are looked at."""


def kind_of(data: bytes) -> str:
    """The media type of a file; "audio/mp4" of a film without pictures, empty of what is not known."""
    kind = metadata.kind_of(data)
    return "audio/mp4" if kind == "video/mp4" and soundfiles.only_sound(data) else kind


def as_text(data: bytes) -> str:
    """The file as a text, as much of it as is read; empty where it is none."""
    try:
        words = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
    return "" if "\0" in words else words[: limits.MAX_PROMPT]


def find_mark(data: bytes, kind: str, said: metadata.Found) -> marks.Found | None:
    """The invisible mark in the pixels or the samples of a file; None where it has none to look at.

    kind: its media type; said: what it says of itself. Of several pictures the one that is least likely to be chance.
    Raises ValueError for what is damaged or too large.
    """
    if kind.startswith("audio/"):
        return marks.find_in_sound(sounds.read(data), said)
    if not kind.startswith("image/") and kind != "video/mp4":
        return None
    pictures = film_of(data) if kind == "video/mp4" else frames_of(data)
    return min((marks.find_in_picture(picture, said) for picture in pictures), key=lambda found: found.reading.p)


def frames_of(data: bytes) -> list[Image.Image]:
    """The picture, or some of an animation, upright and in sRGB. Raises ValueError for what is damaged or too large."""
    return list(open_frames(data, MOST_FRAMES))


def film_of(data: bytes) -> list[Image.Image]:
    """Some pictures of a film (MP4). Raises ValueError for what is damaged or too large."""
    import av

    try:
        with av.open(io.BytesIO(data), format="mp4", mode="r") as container:
            found = []
            if container.streams.video[0].codec_context is None:  # PyAV 17 would read beyond its memory
                raise ValueError("This film is damaged or of a kind that is not read here.")
            for number, frame in enumerate(container.decode(video=0)):
                if frame.width * frame.height > limits.MAX_REPAIR_PIXELS:
                    raise ValueError("The pictures of this film are too large to be looked at.")
                if number % 8 == 0:
                    found.append(frame.to_image())
                if len(found) == MOST_FRAMES:
                    break
    except (av.FFmpegError, OSError, IndexError) as error:
        raise ValueError("This film is damaged or of a kind that is not read here.") from error
    if not found:
        raise ValueError("There are no pictures in this film.")
    return found
