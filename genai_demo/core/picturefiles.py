"""The picture files of a folder or a zip that anyone may have made: listed and read without trusting them."""

import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from genai_demo.core.imagecheck import MAX_BYTES, SUFFIXES

MAX_ENTRIES = 2_000_000
MAX_RATIO = 200
"""Pictures are compressed already: a zip entry that grows more than this, beyond 1 MiB, is a bomb."""


class MissingFile(ValueError):
    """There is no file of that name."""


class Folder:
    """All files below a folder, links neither followed nor read."""

    def __init__(self, root: Path):
        self.root = root

    def entries(self) -> Iterator[tuple[str, str | None]]:
        """Every file's path relative to the root, sorted, and why it cannot be used, or None."""
        for folder, folders, files in os.walk(self.root, followlinks=False):
            linked = [name for name in folders if os.path.islink(os.path.join(folder, name))]
            folders.sort()
            for name in sorted(files + linked):
                path = Path(folder, name)
                yield path.relative_to(self.root).as_posix(), self._problem(path)

    @staticmethod
    def _problem(path: Path) -> str | None:
        mode = path.lstat()
        if stat.S_ISLNK(mode.st_mode):
            return "link"
        if not stat.S_ISREG(mode.st_mode) or path.suffix.lower() not in SUFFIXES:
            return "not a picture"
        return "file too large" if mode.st_size > MAX_BYTES else None

    def read(self, name: str, limit: int = MAX_BYTES) -> bytes:
        """The bytes of one file. ValueError with the reason in a few words."""
        path = self.root / safe_name(name)
        if path.is_symlink() or self.root.resolve() not in path.resolve().parents:
            raise ValueError("link")
        if not path.is_file():
            raise MissingFile("missing file")
        if path.stat().st_size > limit:
            raise ValueError("file too large")
        return path.read_bytes()


class Archive:
    """The files of a zip, read in memory; nothing is ever unpacked to disk."""

    def __init__(self, path: Path):
        try:
            self.archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError) as error:
            raise ValueError(f"{path} is no readable zip file; give a folder or another zip.") from error
        if len(self.archive.infolist()) > MAX_ENTRIES:
            raise ValueError(f"{path} holds more than {MAX_ENTRIES:,} files; split it.")

    def entries(self) -> Iterator[tuple[str, str | None]]:
        """Every file's name, in the order of the zip, and why it cannot be used, or None."""
        for entry in self.archive.infolist():
            if not entry.is_dir():
                wrong_kind = None if entry.filename.lower().endswith(SUFFIXES) else "not a picture"
                yield entry.filename, self._problem(entry, MAX_BYTES) or wrong_kind

    @staticmethod
    def _problem(entry: zipfile.ZipInfo, limit: int) -> str | None:
        if stat.S_ISLNK(entry.external_attr >> 16):
            return "link"
        try:
            safe_name(entry.filename)
        except ValueError as error:
            return str(error)
        if entry.flag_bits & 1:
            return "encrypted"
        if entry.file_size > limit:
            return "file too large"
        if entry.file_size > 2**20 and entry.file_size > MAX_RATIO * entry.compress_size:
            return "suspicious compression"
        return None

    def read(self, name: str, limit: int = MAX_BYTES) -> bytes:
        """The bytes of one entry. ValueError with the reason in a few words."""
        try:
            entry = self.archive.getinfo(name)
        except KeyError as error:
            raise MissingFile("missing file") from error
        if problem := self._problem(entry, limit):
            raise ValueError(problem)
        try:
            with self.archive.open(entry) as handle:
                data = handle.read(limit + 1)
        except Exception as error:
            # zipfile answers damaged entries with BadZipFile, zlib.error, EOFError, NotImplementedError ...
            raise ValueError("damaged") from error
        if len(data) > limit:
            raise ValueError("file too large")
        return data


def safe_name(name: str) -> PurePosixPath:
    """The name of a file inside a folder or archive. ValueError where it leads out of it."""
    path = PurePosixPath(name.replace("\\", "/"))
    if not path.parts or path.is_absolute() or ".." in path.parts or ":" in path.parts[0] or "\0" in name:
        raise ValueError("unsafe path")
    return path


def open_place(path: Path) -> Folder | Archive:
    """A folder or a zip file; ValueError for anything else."""
    if path.is_dir():
        return Folder(path)
    if path.is_file():
        return Archive(path)
    raise ValueError(f"There is no folder or zip file {path}; check the path after --from.")
