"""Files from web servers: whole or not at all, tried again when the connection fails, continued where they stopped."""

import errno
import hashlib
import http.client
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

TRIES, TIMEOUT_SECONDS, PIECE = 4, 30, 2**16
GONE = (404, 410, 451)
"""Answers that will not change by asking again."""
HEADERS = {"User-Agent": "genai-demo"}

Result = TypeVar("Result")


def checked_base(address: str) -> str:
    """The address of a server without its last slash. ValueError for anything that is not on the web."""
    if not address.startswith(("https://", "http://")):
        raise ValueError(f"{address!r} is no address of a web server; begin it with https://.")
    return address.rstrip("/")


def read(url: str, limit: int, pause: float = 0.5) -> bytes:
    """The file at ``url``, of at most ``limit`` bytes.

    ``pause``: seconds before the second try, doubled with every further one.
    ValueError when the server will never give it, ConnectionError when it did not now.
    """

    def attempt() -> bytes:
        with urllib.request.urlopen(urllib.request.Request(url, headers=HEADERS), timeout=TIMEOUT_SECONDS) as answer:
            data: bytes = answer.read(limit + 1)
            expected = answer.headers.get("Content-Length")
        if len(data) > limit:
            raise ValueError("file too large")
        if expected is not None and int(expected) != len(data):
            raise ConnectionError("the answer was cut short")
        return data

    return _repeat(attempt, pause)


def save(
    url: str, path: Path, sha256: str = "", pause: float = 0.5, watch: Callable[[int, int | None], None] | None = None
) -> str:
    """Fetches ``url`` into ``path`` and returns the SHA-256 of the file.

    What a stopped download left beside it (``path`` and .part) is continued where the server can do
    that, else fetched anew. ``watch`` hears the bytes so far and all bytes, or None, after every piece.
    ValueError when the server will never give it or the checksum is not ``sha256``; ConnectionError
    when it did not give all of it now.
    """
    part = path.with_name(path.name + ".part")

    def attempt() -> None:
        start = part.stat().st_size if part.exists() else 0
        request = urllib.request.Request(url, headers=HEADERS | ({"Range": f"bytes={start}-"} if start else {}))
        try:
            answer = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)
        except urllib.error.HTTPError as error:
            if error.code == 416:  # Nothing follows: what is there is no beginning of this file.
                part.unlink(missing_ok=True)
            raise
        with answer:
            if not answer.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
                start = 0
            expected = answer.headers.get("Content-Length")
            whole = None if expected is None else start + int(expected)
            with part.open("ab" if start else "wb") as file:
                while piece := answer.read(PIECE):
                    file.write(piece)
                    start += len(piece)
                    if watch:
                        watch(start, whole)
        if whole is not None and start != whole:
            raise ConnectionError("the answer was cut short")

    _repeat(attempt, pause)
    found = digest(part)
    if sha256 and found != sha256:
        part.unlink()
        raise ValueError("not the expected file: its checksum differs")
    os.replace(part, path)
    return found


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            found.update(piece)
    return found.hexdigest()


def _repeat(attempt: Callable[[], Result], pause: float) -> Result:
    problem: Exception | None = None
    for number in range(TRIES):
        if number:
            time.sleep(pause * 2 ** (number - 1))
        try:
            return attempt()
        except urllib.error.HTTPError as error:
            if error.code in GONE:
                raise ValueError("gone at the source") from error
            problem = error
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise
            problem = error
    raise ConnectionError(str(getattr(problem, "reason", "") or problem)) from problem
