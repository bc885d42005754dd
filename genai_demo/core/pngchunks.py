"""The chunks of a PNG file: its texts, and the file without whatever is no picture. Trusts nothing in it."""

import struct
import zlib
from collections.abc import Iterator

from genai_demo.core.filekinds import PNG

NEEDED = frozenset((b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"))
"""Chunks that the pixels depend on (W3C PNG, third edition, section 4.8)."""
MOST_CHUNKS = 100_000


def chunk(code: bytes, body: bytes) -> bytes:
    """A chunk as it stands in a file."""
    return struct.pack(">I", len(body)) + code + body + struct.pack(">I", zlib.crc32(code + body))


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Code and body of every chunk, in order; checksums are not looked at."""
    at = len(PNG)
    for _ in range(MOST_CHUNKS):
        if at + 12 > len(data):
            return
        size = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        at += 12 + size


def bare(data: bytes) -> bytes:
    """The file without texts, profiles and the rest that its pixels do not depend on."""
    kept, at = [data[: len(PNG)]], len(PNG)
    for code, body in chunks(data):
        end = at + 12 + len(body)
        if code in NEEDED:
            kept.append(data[at:end])
        at = end
    return b"".join(kept)


def texts(data: bytes, longest: int) -> dict[str, str]:
    """Keywords and texts of tEXt, zTXt and iTXt chunks; of the same keyword the first.

    longest: characters of a text and, compressed, bytes; longer ones are left out.
    """
    found: dict[str, str] = {}
    for code, body in chunks(data):
        if code not in (b"tEXt", b"zTXt", b"iTXt"):
            continue
        key, _, rest = body.partition(b"\0")
        text = _text(code, rest, longest)
        if text is not None and len(text) <= longest:
            found.setdefault(key.decode("latin-1"), text)
    return found


def _text(code: bytes, rest: bytes, longest: int) -> str | None:
    """The text behind a keyword; None where it is damaged or unpacks to too much."""
    if code == b"tEXt":
        return rest.decode("latin-1")
    if code == b"zTXt":
        packed, encoding = rest[:1] == b"\0", "latin-1"
        value = rest[1:]
        if not packed:
            return None
    else:
        flags, (_language, _, after) = rest[:2], rest[2:].partition(b"\0")
        packed, encoding, value = flags[:1] == b"\1", "utf-8", after.partition(b"\0")[2]
    if packed:
        unpacked = unpack(value, longest)
        if unpacked is None:
            return None
        value = unpacked
    return value.decode(encoding, errors="replace")


def unpack(packed: bytes, longest: int) -> bytes | None:
    """What zlib packed; None where it is damaged, cut short, or more than ``longest`` bytes."""
    worker = zlib.decompressobj()
    try:
        found = worker.decompress(packed, longest + 1)
    except zlib.error:
        return None
    return found if worker.eof and len(found) <= longest else None
