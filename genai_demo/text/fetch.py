"""Fetches the public texts and reads them, one source after the other.

What is out of reach, gone or damaged is passed over, counted and named in the report; the rest goes
on without it. Files stay in a folder beside the prepared set, so that a second run asks only for
what is missing, and continues a download that was stopped.
"""

import hashlib
import os
import urllib.parse
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from genai_demo.core import download
from genai_demo.text.archives import DamagedError, Member, members
from genai_demo.text.formats import Record
from genai_demo.text.sources import SOURCES, File, Source

PATIENCE = 2
"""After so many files of a host out of reach, and none since, the host is not asked again."""


def choose(names: Sequence[str] = (), licence: str = "all") -> list[Source]:
    """The sources of these names, or all of them; with "open" only those under free licences.

    ValueError for a name that there is not, and where nothing is left.
    """
    known = {source.name.lower() for source in SOURCES}
    wanted = {name.strip().lower() for name in names if name.strip()}
    if strange := sorted(wanted - known):
        everything = ", ".join(dict.fromkeys(source.name for source in SOURCES))
        raise ValueError(f"There is no source {', '.join(strange)}; there are {everything}.")
    found = [s for s in SOURCES if not wanted or s.name.lower() in wanted]
    found = [s for s in found if licence == "all" or s.licence == "open"]
    if not found:
        raise ValueError("None of these sources is under a free licence; leave out --licence or name others.")
    return found


class Library:
    """The files of the sources, on this machine in ``folder`` or fetched into it.

    ``base_url`` (or the variable GENAI_TEXT_URL): a mirror that holds every file below the name of
    its host, as in https://mirror/github.com/owner/...; ``pause``: see ``download``.
    """

    def __init__(self, folder: Path, base_url: str | None = None, progress: bool = True, pause: float = 0.5):
        self.folder, self.progress, self.pause = folder, progress, pause
        base = base_url or os.environ.get("GENAI_TEXT_URL")
        self.base = download.checked_base(base) if base else ""
        self.failures: Counter[str] = Counter()
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, file: File) -> Path:
        """Where a file is kept: its name, after some digits that stand for the folder that it comes from."""
        place, _, name = urllib.parse.unquote(file.addresses[0]).rpartition("/")
        return self.folder / f"{hashlib.sha256(place.encode()).hexdigest()[:8]}-{name}"

    def get(self, file: File) -> str:
        """Its checksum, after fetching it where it is not there. ValueError or ConnectionError with the reason."""
        path = self.path(file)
        if path.exists():
            found = download.digest(path)
            if not file.sha256 or found == file.sha256:
                return found
        problem: Exception = ValueError("no address")
        for number, address in enumerate(file.addresses):
            try:
                return self._fetch(address, path, file.sha256)
            except (ValueError, ConnectionError) as error:
                if number == 0 or isinstance(error, ConnectionError):
                    problem = error
        raise problem

    def _fetch(self, address: str, path: Path, sha256: str) -> str:
        _, host, place, *_ = urllib.parse.urlsplit(address)
        if self.failures[host] >= PATIENCE:
            raise ConnectionError(f"{host} is out of reach")
        # Chinese names in percent signs; those that are percent signs already stay.
        place = urllib.parse.quote(place, safe="/%")
        url = f"{self.base}/{host}{place}" if self.base else f"https://{host}{place}"
        name = urllib.parse.unquote(place).rpartition("/")[2][:40]
        with tqdm(desc=name, unit="B", unit_scale=True, leave=False, disable=not self.progress, position=1) as bar:

            def watch(done: int, whole: int | None) -> None:
                bar.total = whole
                bar.update(done - bar.n)

            try:
                found = download.save(url, path, sha256, self.pause, watch)
            except ConnectionError as error:
                self.failures[host] += 1
                raise ConnectionError(f"{host} did not give it ({error})") from error
        self.failures[host] = 0
        return found

    def members(self, files: Sequence[File], wanted: str) -> Iterator[Member]:
        """What is in the files; a damaged one is thrown away, so that the next run fetches it anew."""
        for file in files:
            path = self.path(file)
            try:
                yield from members(path, wanted)
            except DamagedError:
                path.unlink(missing_ok=True)
                raise


def read_public(
    sources: Sequence[Source], library: Library, report: list[dict[str, Any]]
) -> Iterator[tuple[Record, str]]:
    """The records of the sources, each with its pack's name.

    ``report`` gets an entry for every source: name, pack, licence, terms, number of documents before
    cleaning, the files with their addresses and checksums, and the problems. ValueError, at the end,
    when none of the sources gave a single document.
    """
    for source in sources:
        entry: dict[str, Any] = {
            "name": source.name, "pack": source.pack, "licence": source.licence, "terms": source.terms,
            "documents": 0, "files": [], "problems": [],
        }  # fmt: skip
        report.append(entry)
        there = []
        for file in source.files:
            try:
                found = library.get(file)
            except (ValueError, ConnectionError) as error:
                entry["problems"].append(f"{file.addresses[0].rpartition('/')[2]}: {error}")
                continue
            there.append(file)
            size = library.path(file).stat().st_size
            entry["files"].append({"address": file.addresses[0], "sha256": found, "bytes": size})
        try:
            for record in source.read(library.members(there, source.wanted)):
                entry["documents"] += 1
                owner = "source" if "tgt" in record else "src"
                yield {**record, owner: source.name, "lic": source.licence}, source.pack
        except DamagedError as error:
            entry["problems"].append(f"{error}; the next run fetches it again")
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            entry["problems"].append(f"not in the expected form: {error!r}")
        except ModuleNotFoundError as error:
            entry["problems"].append(f"{error.name} is not installed")
        if not entry["documents"] and not entry["problems"]:
            entry["problems"].append("holds nothing of what is read")
    if not any(entry["documents"] for entry in report):
        reason = next((problem for entry in report for problem in entry["problems"]), "no source")
        raise ValueError(
            f"None of the {len(report)} sources could be fetched ({reason}); check the network, name your own texts "
            "with --from, or the folder of the packs in GENAI_DATA."
        )
