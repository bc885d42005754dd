"""``python app.py`` with options, and what it says before it serves anything."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from genai_demo.ui import start
from tests.conftest import ROOT, _free_port, _wait


def app(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "app.py", *arguments], cwd=ROOT, env=os.environ | variables, capture_output=True, text=True
    )


def test_help_names_the_options_and_loads_nothing():
    program = "import sys, runpy; sys.argv = ['app.py', '--help']\ntry: runpy.run_path('app.py', run_name='__main__')\n"
    program += "finally: print('gradio' in sys.modules, 'torch' in sys.modules, file=sys.stderr)"
    found = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0 and found.stderr.strip() == "False False"
    assert "--host" in found.stdout and "--port" in found.stdout and "7860" in found.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--share"], "unrecognized arguments: --share"),
        (["7861"], "unrecognized arguments: 7861"),
        (["--port", "0"], "give a whole number from 1 to 65,535, not '0'"),
        (["--port", "70000"], "not '70000'"),
        (["--port", "http"], "not 'http'"),
    ],
)
def test_other_arguments_are_a_sentence(arguments, words, capsys):
    with pytest.raises(SystemExit) as left:
        start.main(arguments)
    assert left.value.code == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("GENAI_TEXT_KEY", "abc", "GENAI_TEXT_KEY must be a whole number"),
        ("GENAI_POLICY", "maybe", "GENAI_POLICY cannot be 'maybe'"),
        ("GENAI_CHECKPOINTS", "/nowhere", "GENAI_CHECKPOINTS cannot be '/nowhere'"),
        ("GENAI_DEVICE", "cuda:99", "GENAI_DEVICE cannot be 'cuda:99'"),
        ("GRADIO_SERVER_PORT", "x", "GRADIO_SERVER_PORT: give a whole number"),
        ("GRADIO_SERVER_NAME", "no such host", "'no such host' is no address of this machine"),
    ],
)
def test_variables_are_looked_at_before_anything_is_loaded(variable, value, words, monkeypatch, capsys):
    monkeypatch.setenv(variable, value)
    monkeypatch.setitem(sys.modules, "genai_demo.ui.app", None)  # to import it would be an ImportError
    assert start.main([]) == 2
    said = capsys.readouterr().err
    assert words in said and said.startswith("app.py: ") and said.count("\n") == 1


def test_a_port_in_use_is_a_sentence(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "genai_demo.ui.app", None)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert start.main(["--port", str(port)]) == 2
    said = capsys.readouterr().err
    assert f"Port {port} is in use. Choose another with --port" in said and said.count("\n") == 1


def test_a_certificate_that_cannot_be_used_is_a_sentence(tmp_path):
    (tmp_path / "a.pem").write_text("nothing")
    found = app(GENAI_CERTIFICATE=str(tmp_path / "a.pem"), GENAI_CERTIFICATE_KEY=str(tmp_path / "a.pem"))
    assert found.returncode == 2
    assert found.stderr.splitlines()[-1].startswith("app.py: GENAI_CERTIFICATE and GENAI_CERTIFICATE_KEY must name")
    assert "Traceback" not in found.stderr


def test_the_options_say_where_it_serves(tmp_path: Path):
    port, log = _free_port(), tmp_path / "log.txt"
    environment = os.environ | {"GRADIO_TEMP_DIR": str(tmp_path / "files"), "PYTHONUNBUFFERED": "1"}
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "app.py", "--host", "127.0.0.1", "--port", str(port)],
            cwd=ROOT, env=environment, stdout=file, stderr=file,
        )  # fmt: skip
        try:
            _wait(f"http://127.0.0.1:{port}", process, log)
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
    assert "Traceback" not in log.read_text()
