"""An app that is watched: what it opens, writes, connects to and starts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import fuzz, service


@pytest.fixture(scope="session")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[service.Service]:
    """The app, started as a user starts it, with a note of what it touches."""
    with service.running(tmp_path_factory.mktemp("watched"), watched=True) as app:
        yield app


@pytest.fixture(scope="session")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of this machine that no stranger may read."""
    path = tmp_path_factory.mktemp("elsewhere") / fuzz.NAME
    path.write_text(fuzz.SECRET)
    return path
