"""The pictures in a file of any kind, for whoever looks for a mark in them."""

import io

from PIL import Image

from genai_demo.core import limits

MOST_FRAMES = 3
"""Of an animation that are looked at: the first, one in the middle, the last but one."""
KINDS = ["PNG", "JPEG", "WEBP", "GIF"]


def frames_of(data: bytes) -> list[Image.Image]:
    """The picture, or some of an animation. Raises ValueError for what is damaged or too large."""
    try:
        with Image.open(io.BytesIO(data), formats=KINDS) as image:
            if image.width * image.height > limits.MAX_UPLOAD_PIXELS:
                raise ValueError(
                    f"This picture has more than {limits.MAX_UPLOAD_PIXELS // 10**6} megapixels. Upload a smaller one."
                )
            count = getattr(image, "n_frames", 1)
            found = []
            for place in sorted({0, count // 2, max(0, count - 2)})[:MOST_FRAMES]:
                image.seek(place)
                found.append(image.convert("RGBA" if "A" in image.getbands() else "RGB"))
            return found
    except ValueError:
        raise
    except Exception as error:  # Pillow answers damage with a dozen kinds of error
        raise ValueError("This picture is damaged or of a kind that is not read here.") from error


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
