"""The files inside downloaded archives, one after the other; nothing is ever unpacked to disk.

Read are .tar.gz (GitHub, PyPI), .zip and .whl, .deb, and single files, plain or packed by xz, bz2 or gz.
"""

import bz2
import gzip
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

LARGEST = 2**28
"""Bytes of one file in an archive; larger ones are passed over."""
DAMAGE = (OSError, EOFError, tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error)
UNPACK: dict[str, Callable[[bytes], bytes]] = {
    ".xz": lzma.decompress, ".bz2": bz2.decompress, ".gz": gzip.decompress
}  # fmt: skip

Member = tuple[str, bytes]
"""Name of a file and what it holds."""


class DamagedError(ValueError):
    """An archive that cannot be read to its end."""


def members(path: Path, wanted: str = "") -> Iterator[Member]:
    """The files in an archive whose name matches the pattern ``wanted``, in its order; or the one file that it is."""
    name = re.compile(wanted)
    try:
        if path.name.endswith((".tar.gz", ".tgz", ".tar.xz")):
            with path.open("rb") as file:
                yield from _tar(file, name)
        elif path.suffix in (".zip", ".whl"):
            yield from _zip(path, name)
        elif path.suffix == ".deb":
            yield from _deb(path, name)
        else:
            data = path.read_bytes()
            yield (path.stem, UNPACK[path.suffix](data)) if path.suffix in UNPACK else (path.name, data)
    except DAMAGE as error:
        raise DamagedError(f"{path.name} is damaged ({error})") from error


def _tar(file: Any, name: re.Pattern[str]) -> Iterator[Member]:
    with tarfile.open(fileobj=file, mode="r|*") as archive:
        for entry in archive:
            if entry.isfile() and entry.size <= LARGEST and name.search(entry.name):
                content = archive.extractfile(entry)
                if content is not None:
                    yield entry.name, content.read()


def _zip(path: Path, name: re.Pattern[str]) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if not entry.is_dir() and entry.file_size <= LARGEST and name.search(entry.filename):
                yield entry.filename, archive.read(entry)


def _deb(path: Path, name: re.Pattern[str]) -> Iterator[Member]:
    """A Debian package is an ar archive; its part data.tar.xz holds the files."""
    with path.open("rb") as file:
        if file.read(8) != b"!<arch>\n":
            raise tarfile.ReadError("not a Debian package")
        while header := file.read(60):
            if len(header) < 60 or not header[48:58].strip().isdigit():
                raise tarfile.ReadError("cut short")
            size = int(header[48:58])
            if header.startswith(b"data.tar"):
                yield from _tar(file, name)
                return
            file.seek(size + size % 2, 1)
    raise tarfile.ReadError("no data in it")
