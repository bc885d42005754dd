"""The pictures in a file of any kind, for whoever looks for a mark in them."""

import io

from PIL import Image

from genai_demo.core import limits
from genai_demo.core.uploads import open_frames

MOST_FRAMES = 3
"""Of an animation that are looked at."""


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
