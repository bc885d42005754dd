"""Containers of sound, byte by byte: which one a file is, and what soundfile leaves undone in those that it writes.

That is long texts in WAV, and equal bytes for equal OGG sounds.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping

INFO = {
    "title": b"INAM",
    "artist": b"IART",
    "comment": b"ICMT",
    "copyright": b"ICOP",
    "date": b"ICRD",
    "genre": b"IGNR",
    "software": b"ISFT",
}
"""Names of tags, as soundfile has them too, and of their entries in a WAV file's INFO list."""


SIGNATURES = (
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"caff", "audio/x-caf"),
    (0, b".snd", "audio/basic"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"\x1aE\xdf\xa3", "audio/webm"),
    (0, bytes.fromhex("3026b2758e66cf11"), "audio/x-ms-wma"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AIFF", "audio/aiff"),
    (8, b"AIFC", "audio/aiff"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypM4B", "audio/mp4"),
)
"""Where in a file which bytes lie, and what it then is; WebM, WMA and MP4 may be videos too."""


def kind_of(data: bytes) -> str:
    """MIME type of a sound by its first bytes; empty for other kinds of files, and for an MP4 file in general."""
    for at, signature, kind in SIGNATURES:
        if data.startswith(signature, at):
            return kind
    if len(data) < 2 or data[0] != 0xFF or data[1] < 0xE0:
        return ""
    layer = data[1] >> 1 & 3  # of a frame of MPEG audio: 1 and 2 are the layers III and II, 0 is AAC
    return {0: "audio/aac" if data[1] >= 0xF0 else "", 1: "audio/mpeg", 2: "audio/mpeg"}.get(layer, "")


def with_info(wav: bytes, tags: Mapping[str, str]) -> bytes:
    """A WAV file with its texts in a LIST chunk at the end. (soundfile loses all of them beyond 2 kB.)"""
    entries = b"".join(_chunk(INFO[name], text.encode() + b"\0") for name, text in tags.items())
    if not entries:
        return wav
    found = wav + _chunk(b"LIST", b"INFO" + entries)
    return found[:4] + struct.pack("<I", len(found) - 8) + found[8:]


def read_info(wav: bytes) -> dict[str, str]:
    """The texts that ``with_info`` wrote; what is damaged is left out."""
    names, found = {code: name for name, code in INFO.items()}, {}
    if wav[:4] == b"RIFF" and wav[8:12] == b"WAVE":
        for code, body in _chunks(wav[12:]):
            if code == b"LIST" and body[:4] == b"INFO":
                for entry, text in _chunks(body[4:]):
                    if entry in names:
                        found[names[entry]] = text.partition(b"\0")[0].decode(errors="replace")
    return found


def _chunk(code: bytes, body: bytes) -> bytes:
    return code + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


_REVERSED = bytes(int(f"{i:08b}"[::-1], 2) for i in range(256))


def with_serial(ogg: bytes, serial: int = 1) -> bytes:
    """An Ogg stream with this serial number instead of a random one.

    Pages as in RFC 3533, section 6. Their checksum runs from the high bit down, zlib's from the low
    bit up: reversing the bits of the bytes makes one of the other.
    """
    found, at = bytearray(ogg), 0
    while found[at : at + 4] == b"OggS":
        segments = found[at + 26]
        end = at + 27 + segments + sum(found[at + 27 : at + 27 + segments])
        found[at + 14 : at + 18] = serial.to_bytes(4, "little")
        found[at + 22 : at + 26] = bytes(4)
        backwards = zlib.crc32(found[at:end].translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
        found[at + 22 : at + 26] = int(f"{backwards:032b}"[::-1], 2).to_bytes(4, "little")
        at = end
    return bytes(found)
