"""Plain metadata: what a file says of itself. Anyone can read it, and anyone can change or remove it.

    PNG    tEXt chunks "recipe" and "Software"
    WAV    LIST INFO: ICMT (the recipe) and ISFT; OGG, FLAC, MP3: comment and software; other sounds: a comment
    WebP, JPEG    EXIF: ImageDescription and Software
    GIF, MP4      a comment

Programs that save a picture anew keep this in places of their own, which are read too: compressed and international
texts of PNG, EXIF and XMP in pictures of any kind, the user comment of EXIF, the comment of JPEG.

A recipe is JSON. Software names the program, its models and a short hash of their weights:
"genai_demo; faces-gan e587834ca000".
"""

import html
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from genai_demo.core import containers, filekinds, soundfiles
from genai_demo.core.cards import PROGRAM
from genai_demo.core.cards import software as software
from genai_demo.core.filekinds import PNG as PNG
from genai_demo.core.pngchunks import chunk, texts
from genai_demo.core.uploads import open_header

LONGEST = 2_000_000
"""Characters of a recipe that is read."""
DESCRIPTION, SOFTWARE, USER_COMMENT, SUB_IFD = 0x010E, 0x0131, 0x9286, 0x8769
"""Tags of EXIF, the last one where the others of a picture are, as the user comment."""
READ_HERE = ("image/jpeg", "image/webp", "image/gif", "image/avif", "image/tiff", "image/heic")
"""Pictures whose EXIF, XMP or comment Pillow finds."""


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
    there = set(texts(data, LONGEST))
    wanted = {"Software": software(models)} | ({"recipe": as_text(recipe)} if recipe is not None else {})
    added = b"".join(
        chunk(b"tEXt", key.encode() + b"\0" + text.encode("latin-1", "replace"))
        for key, text in wanted.items()
        if key not in there
    )
    first = len(PNG) + 25  # signature and IHDR
    return data[:first] + added + data[first:]


# --------------------------------------------------------------------------- reading


def kind_of(data: bytes) -> str:
    """MIME type by the first bytes; empty for other kinds of files."""
    return containers.kind_of(data) or filekinds.kind_of(data)


def read(data: bytes) -> Found:
    """What a file says of itself; nothing where it is damaged or of another kind. Trusts nothing in it."""
    kind = kind_of(data)
    if kind == "image/png":
        said = texts(data, LONGEST)
        found = _found(said.get("recipe", ""), said.get("Software", ""))
        other = Found() if found.recipe is not None else _read_picture(data)
        return found if other.recipe is None else other
    if kind in READ_HERE:
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
    own = str(parsed.get("software", ""))  # editors put their own name in place of ours
    return Found(parsed, own if own and not made_by.startswith(PROGRAM) else made_by)


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
    try:
        image = open_header(data)
        exif = image.getexif()
        comment = exif.get_ifd(SUB_IFD).get(USER_COMMENT, b"")
        places = (exif.get(DESCRIPTION, ""), comment, image.info.get("comment", b""), *_of_xmp(image.info.get("xmp")))
        made_by = _words(exif.get(SOFTWARE, ""))
    except Exception:  # Pillow answers damage with a dozen kinds of error
        return Found()
    found = Found(None, made_by)
    for place in places:
        found = _found(_words(place), made_by)
        if found.recipe is not None:
            return found
    return Found(None, made_by)


ENCODINGS = {b"ASCII\0\0\0": "ascii", b"UNICODE\0": "utf-16", b"\0\0\0\0\0\0\0\0": "utf-8"}
"""How a user comment of EXIF begins, and what its text is written in."""


def _words(value: Any) -> str:
    """A text of EXIF or a comment, at most LONGEST characters of it."""
    if isinstance(value, str):
        return value[:LONGEST].strip("\0 ")
    if not isinstance(value, bytes):
        return ""
    if encoding := ENCODINGS.get(value[:8]):
        value = value[8:]
        if encoding == "utf-16" and value[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            encoding = "utf-16-le" if value[1:2] == b"\0" else "utf-16-be"
        return value[: 2 * LONGEST].decode(encoding, errors="replace").strip("\0 ")
    return value[:LONGEST].decode(errors="replace").strip("\0 ")


def _of_xmp(packet: Any) -> Iterator[str]:
    """The descriptions and comments of an XMP packet."""
    if isinstance(packet, bytes):
        packet = packet[:LONGEST].decode(errors="replace")
    for tag in ("dc:description", "exif:UserComment") if isinstance(packet, str) else ():
        start = packet.find(f"<{tag}")
        end = packet.find(f"</{tag}>", start)
        if 0 <= start < end <= LONGEST:
            inside = packet[packet.find(">", start) + 1 : end]
            yield html.unescape(re.sub(r"<[^<>]*>", "", inside)).strip()


def _read_sound(data: bytes) -> Found:
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            tags = file.copy_metadata()
    except (soundfile.SoundFileError, RuntimeError, TypeError):
        tags = {}
    if not tags.get("comment"):
        tags = soundfiles.read_tags(data) | tags
    return _found(tags.get("comment", ""), tags.get("software", ""))


def _read_video(data: bytes) -> Found:
    import av

    try:
        with av.open(io.BytesIO(data), format="mp4", mode="r") as container:
            return _found(str(container.metadata.get("comment", "")), "")
    except (av.FFmpegError, ValueError, OSError):
        return Found()
