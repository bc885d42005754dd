"""An app that is watched: what it opens, writes, connects to and starts."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import fuzz, service
from tests.conftest import ROOT, _free_port, _wait


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


@pytest.fixture(scope="session")
def second_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Another copy, with the same certificate (GENAI_PRIVATE, see conftest) and a folder of its own."""
    folder, port = tmp_path_factory.mktemp("second"), _free_port()
    environment = os.environ | {
        "GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_SERVER_PORT": str(port), "PYTHONUNBUFFERED": "1",
        "GRADIO_TEMP_DIR": str(folder / "files"),
    }  # fmt: skip
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait(f"http://127.0.0.1:{port}", process, folder / "log.txt")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def kept_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the page would fetch goes into a folder of the test."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "files"))
