"""One running app for all tests of a session."""

import os
import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from gradio_client import utils
from hypothesis import settings
from PIL import Image

settings.register_profile("steady", deadline=None, max_examples=50, derandomize=True)  # a busy machine is no failure
settings.load_profile("steady")

utils.RAW_API_INFO_URL = utils.API_INFO_URL
"""Clients in tests call what the page calls, too, and not only what is documented."""

ROOT = Path(__file__).parents[1]
START_SECONDS = 300
"""Generous: the machine may be busy. The benchmark measures the real figure."""
STARTED = "To create a public link"
"""What Gradio says when it has found its own page."""


@pytest.fixture(scope="session", autouse=True)
def private_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Certificates that tests make do not lie where a user's lies."""
    os.environ["GENAI_PRIVATE"] = str(tmp_path_factory.mktemp("private"))


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """As in the subprocesses of tests, to agree to the last bit. The networks are small, and on a busy machine several
    threads wait for each other.
    """
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def seeded() -> None:
    """What a test draws without a generator of its own is the same in every run and every order."""
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the app, started as a user starts it."""
    folder = tmp_path_factory.mktemp("app")
    port = _free_port()
    environment = os.environ | {
        "GRADIO_SERVER_NAME": "127.0.0.1",
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_TEMP_DIR": str(folder / "files"),
        "PYTHONUNBUFFERED": "1",
    }
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=log, stderr=log)
        url = f"http://127.0.0.1:{port}"
        try:
            _wait(url, process, folder / "log.txt")
            yield url
        finally:
            process.terminate()
            process.wait(60)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the page can be had. Gradio first asks itself for it and gives up after 3 s: stay out of its way."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"The app ended at once:\n{log.read_text()}")
        if STARTED in log.read_text():
            with urllib.request.urlopen(url, timeout=START_SECONDS):
                return
        time.sleep(0.2)
    pytest.fail(f"The app did not answer within {START_SECONDS} s:\n{log.read_text()}")


@pytest.fixture(scope="session")
def portrait(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture with a face as people upload them: larger than the crop, on a plain ground."""
    from genai_demo.faces import generate

    face = generate.sample(seed=7, truncation=0.5)[0].resize((320, 320), Image.Resampling.BICUBIC)
    picture = Image.new("RGB", (400, 400), face.getpixel((5, 5)))
    picture.paste(face, (40, 40))
    path = tmp_path_factory.mktemp("pictures") / "portrait.jpg"
    picture.save(path, quality=92)
    return path
