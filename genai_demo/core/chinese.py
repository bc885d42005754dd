"""The two scripts of written Chinese: simplified characters, which every model here knows, and traditional ones."""

import functools

from opencc import OpenCC


@functools.cache
def _converter(way: str) -> OpenCC:
    return OpenCC(way)


def simplified(text: str) -> str:
    """The text in simplified characters; what is simplified already, and every other script, stays as it is.

    OpenCC converts by words where one traditional character stands for several simplified ones, or the reverse
    (乾隆, 乾淨), and turns the vocabulary of Taiwan (軟體) into that of the mainland (软件).
    """
    return _converter("tw2sp").convert(text) if is_traditional(text) else text


def traditional(text: str) -> str:
    """The text in the traditional characters that Taiwan uses."""
    return _converter("s2tw").convert(text)


def is_traditional(text: str) -> bool:
    """Whether the text holds characters that only traditional Chinese writes."""
    return _converter("t2s").convert(text) != text
