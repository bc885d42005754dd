"""Everything that can be found out about where a file or a text comes from, as plain values."""

from collections.abc import Iterable
from typing import Any

from genai_demo.audio import sounds
from genai_demo.core import limits, picturemark, soundfiles
from genai_demo.trust import credentials, marks, metadata
from genai_demo.trust import text as text_marks
from genai_demo.ui.trust_frames import film_of, frames_of


def of_text(words: str) -> dict[str, Any]:
    """Whether a text carries the mark. Raises ValueError where there is none, or too much of it."""
    found = text_marks.detect(words)
    figures = {"z": round(found.z, 3), "p": found.p, "tokens": found.tokens, "green": found.green}
    return {"kind": "text/plain", "mark": {"verdict": found.verdict} | figures}


def of_file(data: bytes) -> dict[str, Any]:
    """Kind, content credential, recipe and invisible mark of a file. Raises ValueError for an empty one."""
    if not data:
        raise ValueError("This file is empty. Upload it again.")
    kind = metadata.kind_of(data)
    if kind == "video/mp4" and soundfiles.only_sound(data):
        kind = "audio/mp4"
    if not kind and (words := _as_text(data)):
        return of_text(words)
    signed, said = credentials.read(data), metadata.read(data)
    return {
        "kind": kind or None,
        "credential": {
            "state": signed.state, "signer": signed.signer or None, "source": signed.source or None,
            "models": signed.models, "reasons": list(signed.reasons),
        },
        "software": said.software or None,
        "recipe": said.recipe,
        "mark": _mark(data, kind, said),
    }  # fmt: skip


def _as_text(data: bytes) -> str:
    """The file as a text; empty where it is none."""
    try:
        words = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
    return "" if "\0" in words else words[: limits.MAX_PROMPT]


def _mark(data: bytes, kind: str, said: metadata.Found) -> dict[str, Any] | None:
    """What the pixels or the samples say; None where there are none, a sentence where they cannot be read."""
    try:
        if kind.startswith("image/"):
            found = _best(marks.find_in_picture(picture, said) for picture in frames_of(data))
        elif kind == "video/mp4":
            found = _best(marks.find_in_picture(picture, said) for picture in film_of(data))
        elif kind.startswith("audio/"):
            found = marks.find_in_sound(sounds.read(data), said)
        else:
            return None
    except ValueError as error:
        return {"verdict": "none", "error": str(error)}
    reading = found.reading
    told = {"verdict": found.verdict, "z": round(reading.z, 3), "p": reading.p}
    if found.verdict != "none":
        told |= {"makers": list(found.makers), "own_recipe": found.own_recipe}
        if isinstance(reading, picturemark.PictureReading):
            told |= {"scale": reading.scale, "mirrored": reading.mirrored}
    return told


def _best(found: Iterable[marks.Found]) -> marks.Found:
    """The one that is least likely to be chance."""
    return min(found, key=lambda one: one.reading.p)
