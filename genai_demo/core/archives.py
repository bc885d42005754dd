"""Files that a stranger uploads, one by one or in a zip: read in memory, counted while they are unpacked.

Nothing is ever unpacked to disk, and no number that a zip states about itself is believed.
"""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from genai_demo.core import limits
from genai_demo.core.picturefiles import safe_name

ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst", ".jar")
ENTRY = b"PK\x01\x02"
"""Begins every entry of a zip's directory."""
BLOCK = 65_536
LONGEST_NAME = 80
Dropped = list[tuple[str, str]]
"""Name and reason, in a few words, of what was left out."""


def read_files(paths: Sequence[str | Path], suffixes: Sequence[str], dropped: Dropped) -> Iterator[tuple[str, bytes]]:
    """Names and contents of uploaded files, of zips their members. What cannot be used goes to ``dropped``.

    suffixes: endings in lower case of what is wanted. Raises ValueError where the upload is too large or a zip is none.
    """
    sizes = [_size(path) for path in paths]
    if not paths:
        raise ValueError("Choose files first.")
    if sum(sizes) > limits.MAX_OWN_UPLOAD_BYTES:
        most = limits.MAX_OWN_UPLOAD_BYTES // limits.MEGABYTE
        raise ValueError(f"These files are larger than {most} MB together. Upload fewer.")
    for path, size in zip(paths, sizes, strict=True):
        name = Path(path).name
        if size > limits.MAX_UPLOAD_BYTES:
            dropped.append((shown(name), "too large"))
            continue
        data = Path(path).read_bytes()
        if name.lower().endswith(".zip"):
            yield from members(data, suffixes, dropped)
        elif not data:
            dropped.append((shown(name), "empty"))
        elif not name.lower().endswith(tuple(suffixes)):
            dropped.append((shown(name), "other kind of file"))
        else:
            yield shown(name), data


def members(data: bytes, suffixes: Sequence[str], dropped: Dropped) -> Iterator[tuple[str, bytes]]:
    """As ``read_files`` for the bytes of one zip."""
    # Counted before the directory is read: what it says of its own length need not be true.
    if data.count(ENTRY) > limits.MAX_ARCHIVE_MEMBERS:
        raise ValueError(f"This zip file holds more than {limits.MAX_ARCHIVE_MEMBERS:,} files. Pack fewer.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError) as error:
        raise ValueError("This zip file is damaged. Pack it again.") from error
    left = limits.MAX_ARCHIVE_BYTES
    with archive:
        for entry in archive.infolist():
            if entry.is_dir():
                continue
            name = shown(entry.filename)
            if problem := _problem(entry, suffixes):
                dropped.append((name, problem))
                continue
            try:
                content = _unpack(archive, entry, left)
            except _Unusable as error:
                dropped.append((name, str(error)))
                left -= min(left, error.unpacked)  # which has cost as much as a good file
                continue
            left -= len(content)
            yield name, content


def shown(name: str) -> str:
    """A name for a report: its end, without characters that do not print."""
    plain = "".join(c if c.isprintable() else "?" for c in name)
    return plain if len(plain) <= LONGEST_NAME else "…" + plain[1 - LONGEST_NAME :]


def _size(path: str | Path) -> int:
    try:
        return Path(path).stat().st_size
    except (OSError, ValueError) as error:
        raise ValueError("This file cannot be read. Upload it again.") from error


def _problem(entry: zipfile.ZipInfo, suffixes: Sequence[str]) -> str | None:
    """Why a member is not even opened, or None."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "link"
    if kind not in (0, stat.S_IFREG):
        return "no plain file"
    try:
        safe_name(entry.filename)
    except ValueError as error:
        return str(error)
    if entry.flag_bits & 0x41:
        return "encrypted"
    name = PurePosixPath(entry.filename.replace("\\", "/"))
    if name.name.startswith(".") or "__MACOSX" in name.parts:
        return "hidden file"
    if name.suffix.lower() in ARCHIVES:
        return "archive in the archive"
    if name.suffix.lower() not in suffixes:
        return "other kind of file"
    return None if entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) else "unknown compression"


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    """The bytes of a member. Raises _Unusable, in a few words, as soon as one limit is reached."""
    found = io.BytesIO()
    most = min(limits.MAX_ARCHIVE_FILE_BYTES, left)
    try:
        with archive.open(entry) as file:
            while block := file.read(BLOCK):
                found.write(block)
                if found.tell() > most:
                    words = "too large" if most == limits.MAX_ARCHIVE_FILE_BYTES else "beyond the limit of all"
                    raise _Unusable(words, found.tell())
                if found.tell() > max(limits.MEGABYTE, limits.MAX_ARCHIVE_RATIO * max(1, entry.compress_size)):
                    raise _Unusable("suspicious compression", found.tell())
    except _Unusable:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise _Unusable("damaged", found.tell()) from error
    if not found.tell():
        raise _Unusable("empty", 0)
    return found.getvalue()


class _Unusable(ValueError):
    """A member that is damaged or too large; ``unpacked``: bytes that it took to find that out."""

    def __init__(self, words: str, unpacked: int):
        super().__init__(words)
        self.unpacked = unpacked
