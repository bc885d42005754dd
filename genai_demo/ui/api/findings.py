"""Everything that can be found out about where a file or a text comes from, as plain values."""

from typing import Any

from genai_demo.core import picturemark
from genai_demo.trust import credentials, metadata
from genai_demo.trust import text as text_marks
from genai_demo.ui.trust_frames import as_text, find_mark, kind_of


def of_text(words: str) -> dict[str, Any]:
    """Whether a text carries the mark. Raises ValueError where there is none, or too much of it."""
    found = text_marks.detect(words)
    figures = {"z": round(found.z, 3), "p": found.p, "tokens": found.tokens, "green": found.green}
    return {"kind": "text/plain", "mark": {"verdict": found.verdict} | figures}


def of_file(data: bytes) -> dict[str, Any]:
    """Kind, content credential, recipe and invisible mark of a file. Raises ValueError for an empty one."""
    if not data:
        raise ValueError("This file is empty. Upload it again.")
    kind = kind_of(data)
    if not kind and (words := as_text(data)):
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


def _mark(data: bytes, kind: str, said: metadata.Found) -> dict[str, Any] | None:
    """What the pixels or the samples say; None where there are none, a sentence where they cannot be read."""
    try:
        found = find_mark(data, kind, said)
    except ValueError as error:
        return {"verdict": "none", "error": str(error)}
    if found is None:
        return None
    reading = found.reading
    told = {"verdict": found.verdict, "z": round(reading.z, 3), "p": reading.p}
    if found.verdict != "none":
        told |= {"makers": list(found.makers), "own_recipe": found.own_recipe}
        if isinstance(reading, picturemark.PictureReading):
            told |= {"scale": reading.scale, "mirrored": reading.mirrored}
    return told
