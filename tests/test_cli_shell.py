"""The command line in a shell: files that are missing or no files, terminals, pipes, Ctrl-C."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from genai_demo import __main__ as cli
from genai_demo.core import options
from tests.conftest import ROOT

COMMAND = [sys.executable, "-m", "genai_demo"]


def status(*arguments: object) -> int:
    """What the shell would see, whether argparse exits or ``main`` returns."""
    try:
        return cli.main([str(a) for a in arguments])
    except SystemExit as leave:
        return leave.code


def shell(line: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A line of a shell in the project, where $RUN is the program."""
    environment = os.environ | {"RUN": " ".join(COMMAND)} | variables
    return subprocess.run(["bash", "-c", line], cwd=ROOT, env=environment, capture_output=True, text=True)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "scene.png"
    Image.new("RGB", (64, 64), "teal").save(path)
    return path


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.jpg", "There is no file {}."),
        ("folder", "{} is a folder. Name a file in it."),
        ("note.txt", "{}: This file is not a picture."),
        ("empty.png", "{}: This file is empty."),
        ("half.png", "{}: This picture is damaged or incomplete."),
    ],
)
def test_every_file_that_cannot_be_is_named(name, words, tmp_path, picture, capsys):
    (tmp_path / "folder").mkdir()
    (tmp_path / "note.txt").write_text("not a picture")
    (tmp_path / "empty.png").touch()
    (tmp_path / "half.png").write_bytes(picture.read_bytes()[:60])
    path = tmp_path / name
    assert status("generate", "repair", picture, path, f"--out={tmp_path / 'out'}") == 2
    said = capsys.readouterr().err
    assert words.format(path) in said and said.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "words"), [("none.png", "There is no file"), ("note.txt", "note.txt: This file is not a picture")]
)
def test_a_mask_that_cannot_be_is_named(name, words, tmp_path, picture, capsys):
    (tmp_path / "note.txt").write_text("not a picture")
    assert status("generate", "repair", picture, f"--mask={tmp_path / name}", f"--out={tmp_path / 'out'}") == 2
    said = capsys.readouterr().err
    assert words in said and str(tmp_path / name) in said


@pytest.mark.parametrize("command", ["faces", "repair", "audio"])
def test_a_folder_that_cannot_be_written_is_told_before_the_work(command, tmp_path, picture, capsys):
    (tmp_path / "taken").write_text("a file")
    words = {"faces": [], "repair": [picture], "audio": ["effects", "rain"]}[command]
    for out in (tmp_path / "taken", tmp_path / "taken" / "below"):
        assert status("generate", command, *words, f"--out={out}") == 2
        said = capsys.readouterr()
        assert f"{out} cannot be a folder" in said.err and said.err.count("\n") == 1 and said.out == ""
    assert (tmp_path / "taken").read_text() == "a file"


def test_a_folder_without_rights_is_named(tmp_path, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr(options.tempfile, "TemporaryFile", refuse)
    with pytest.raises(ValueError, match=r"Nothing can be written in .*: Permission denied\. Name another"):
        options.folder_to_write(tmp_path)


def test_what_the_system_says_comes_with_the_file(tmp_path):
    with pytest.raises(OSError) as caught:
        (tmp_path / "none").read_bytes()
    assert cli.told(caught.value) == f"{tmp_path / 'none'}: No such file or directory."


@pytest.mark.parametrize(
    ("error", "small"),
    [
        (MemoryError(), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), True),
        (RuntimeError("x"), False),
    ],
)
def test_memory_that_ends_is_a_sentence_and_other_faults_are_not_hidden(error, small):
    assert cli.out_of_memory(error) == small


def test_a_terminal_without_chinese_shows_the_codes():
    found = shell(
        '$RUN generate text "从前" --language zh --tokens 4',
        PYTHONIOENCODING="ascii", LANG="C", LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0",
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    assert found.stdout.startswith("\\u4ece\\u524d") and found.stdout.isascii()


@pytest.mark.parametrize("line", ["train faces --help", "generate text --help", "--help"])
def test_a_closed_pipe_ends_it_quietly(line):
    found = shell(f"set -o pipefail; $RUN {line} | true; echo ${{PIPESTATUS[0]}}")
    assert found.stderr == ""
    assert found.stdout.strip() in ("0", "141")  # whether the pipe was closed before or after the words


def test_a_pipe_that_is_closed_already():
    read, write = os.pipe()
    os.close(read)
    found = subprocess.run([*COMMAND, "--help"], cwd=ROOT, stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert found.stderr == b"" and found.returncode in (0, 141)  # argparse itself passes over it where nothing waits


def test_ctrl_c_is_one_line():
    program = """
import sys, time
from genai_demo import __main__ as cli
class Terminal:
    def read(self):
        print("ready", flush=True)
        time.sleep(600)
sys.stdin, sys.argv = Terminal(), ["x", "generate", "text", "-"]
sys.exit(cli.program())
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
        assert process.stderr.read() == b"\nStopped.\n"
