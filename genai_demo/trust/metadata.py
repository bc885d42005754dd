"""Plain metadata: what a file says of itself. Anyone can read it, and anyone can change or remove it.

    PNG    tEXt chunks "recipe" and "Software"
    WAV    LIST INFO: ICMT (the recipe) and ISFT; OGG, FLAC, MP3: comment and software; other sounds: a comment
    WebP, JPEG    EXIF: ImageDescription and Software
    GIF, MP4      a comment

A recipe is JSON. Software names the program, its models and a short hash of their weights:
"genai_demo; faces-gan e587834ca000".
"""

import io
import json
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from genai_demo.audio import containers, decoding
from genai_demo.core.cards import PROGRAM
from genai_demo.core.cards import software as software

LONGEST = 2_000_000
"""Characters of a recipe that is read."""
DESCRIPTION, SOFTWARE = 0x010E, 0x0131
"""Tags of EXIF."""
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Found:
    """What a file says of itself."""

    recipe: dict[str, Any] | None = None
    software: str = ""

    @property
    def models(self) -> dict[str, str]:
        """Names of models and the short hashes of their weights; empty where the file names none of ours."""
        program, *rest = self.software.split(";")
        if program.strip() != PROGRAM:
            return {}
        matches = (re.match(r" *([\w-]+) ([0-9a-f]+)\b", part) for part in rest)
        return {m[1]: m[2] for m in matches if m}


def as_text(recipe: dict[str, Any]) -> str:
    """A recipe as it stands in files: the same recipe gives the same text."""
    return json.dumps(recipe, sort_keys=True)


def comment(recipe: dict[str, Any], models: Sequence[str]) -> str:
    """Recipe and software as one text, for formats with room for one."""
    return as_text(recipe | {"software": software(models)})


def add_to_png(data: bytes, recipe: dict[str, Any] | None, models: Sequence[str]) -> bytes:
    """The PNG with recipe and software in chunks of text behind its header; its pixels are not touched.

    What the picture says already stays as it is.
    """
    there = {body.partition(b"\0")[0] for code, body in _png_chunks(data) if code == b"tEXt"}
    texts = {b"Software": software(models)} | ({b"recipe": as_text(recipe)} if recipe is not None else {})
    added = b"".join(
        _png_chunk(b"tEXt", key + b"\0" + text.encode("latin-1", "replace"))
        for key, text in texts.items()
        if key not in there
    )
    first = len(PNG) + 25  # signature and IHDR
    return data[:first] + added + data[first:]


def _png_chunk(code: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + code + body + struct.pack(">I", zlib.crc32(code + body))


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(PNG)
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        at += 12 + size


# --------------------------------------------------------------------------- reading


def kind_of(data: bytes) -> str:
    """MIME type by the first bytes; empty for other kinds of files."""
    if data.startswith(PNG):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(data[8:12], "")
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if data[4:8] == b"ftyp" and data[8:11] not in (b"M4A", b"M4B"):
        return "image/avif" if data[8:12] in (b"avif", b"avis") else "video/mp4"
    return containers.kind_of(data)


def read(data: bytes) -> Found:
    """What a file says of itself; nothing where it is damaged or of another kind. Trusts nothing in it."""
    kind = kind_of(data)
    if kind == "image/png":
        texts = [body.partition(b"\0")[::2] for code, body in _png_chunks(data) if code == b"tEXt"]
        found = {key: value.decode("latin-1") for key, value in texts}
        return _found(found.get(b"recipe", ""), found.get(b"Software", ""))
    if kind in ("image/webp", "image/jpeg", "image/gif"):
        return _read_picture(data)
    if kind == "audio/wav":
        info = dict(_wav_info(data))
        return _found(info.get(b"ICMT", ""), info.get(b"ISFT", ""))
    if kind.startswith("audio/"):
        return _read_sound(data)
    return _read_video(data) if kind == "video/mp4" else Found()


def _found(recipe: str, made_by: str) -> Found:
    try:
        parsed = json.loads(recipe) if 0 < len(recipe) <= LONGEST else None
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict):
        return Found(None, made_by)
    return Found(parsed, made_by or str(parsed.get("software", "")))


def _wav_info(data: bytes) -> Iterator[tuple[bytes, str]]:
    for code, body in riff_chunks(data, 12):
        if code == b"LIST" and body[:4] == b"INFO":
            for entry, text in riff_chunks(body, 4):
                yield entry, text.partition(b"\0")[0].decode(errors="replace")


def riff_chunks(data: bytes, at: int) -> Iterator[tuple[bytes, bytes]]:
    """Chunks of a RIFF file, or of a list in one, from a place on."""
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _read_picture(data: bytes) -> Found:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=["WEBP", "JPEG", "GIF"]) as image:
            words = image.info.get("comment", b"") if image.format == "GIF" else image.getexif().get(DESCRIPTION, "")
            made_by = str(image.getexif().get(SOFTWARE, "")) if image.format != "GIF" else ""
    except Exception:  # Pillow answers damage with a dozen kinds of error
        return Found()
    return _found(words.decode(errors="replace") if isinstance(words, bytes) else str(words), made_by)


def _read_sound(data: bytes) -> Found:
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            tags = file.copy_metadata()
    except (soundfile.SoundFileError, RuntimeError, TypeError):
        tags = {}
    if not tags.get("comment"):
        tags = decoding.read_tags(data) | tags
    return _found(tags.get("comment", ""), tags.get("software", ""))


def _read_video(data: bytes) -> Found:
    import av

    try:
        with av.open(io.BytesIO(data), format="mp4", mode="r") as container:
            return _found(str(container.metadata.get("comment", "")), "")
    except (av.FFmpegError, ValueError, OSError):
        return Found()
