"""What an operator is told to do: staging a Space, the container's parts, the health check."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import yaml

from genai_demo.core import environment
from genai_demo.ui import alive
from tests.conftest import _free_port, _wait

ROOT = Path(__file__).parents[1]


def staged(clone: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([clone / "recipes/space.sh", "--stage", folder], capture_output=True, text=True, timeout=120)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The repository once more, to be changed."""
    subprocess.run(["git", "clone", "-q", "--shared", ROOT, tmp_path / "clone"], check=True)
    return tmp_path / "clone"


def test_a_space_gets_what_it_needs_and_no_more(clone: Path, tmp_path: Path) -> None:
    done = staged(clone, tmp_path / "space")
    assert done.returncode == 0, done.stderr
    there = {path.name for path in (tmp_path / "space").iterdir()}
    assert there >= {"app.py", "requirements.txt", "README.md", "genai_demo", "checkpoints"}
    assert not there & {"tests", "benchmarks", ".git", "data"}
    asked = subprocess.run([sys.executable, "app.py", "--help"], cwd=tmp_path / "space", capture_output=True, text=True)
    assert asked.returncode == 0 and "--port" in asked.stdout


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (r"python_version: .*", 'python_version: "3.11"', "3.10 or 3.12"),
        (r"sdk_version: .*", "sdk_version: 5.0.0", "two versions of Gradio"),
        (r"short_description: .*", f"short_description: {'long ' * 20}", "60 are possible"),
        (r"colorTo: .*", "colorTo: teal", "no colour teal"),
        (r"^---\n", "", "begin with its settings"),
    ],
)
def test_what_the_hub_would_refuse_is_said_before(clone: Path, tmp_path: Path, old: str, new: str, words: str) -> None:
    readme = clone / "README.md"
    readme.write_text(re.sub(old, new, readme.read_text(encoding="utf-8"), count=1), encoding="utf-8")
    assert "not committed" in staged(clone, tmp_path / "early").stderr
    name = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run(["git", *name, "commit", "-qam", "changed"], cwd=clone, check=True)
    done = staged(clone, tmp_path / "space")
    assert done.returncode == 2 and words in done.stderr


def test_on_zero_gpu_the_app_stays_on_the_cpu_and_names_a_function(tmp_path: Path) -> None:
    (tmp_path / "spaces.py").write_text(
        "import os, sys\n"
        "def GPU(function):\n"
        "    print('declared', function.__name__, 'torch' in sys.modules, os.environ['GENAI_DEVICE'])\n"
        "    return function\n"
    )
    environ = os.environ | {"PYTHONPATH": str(tmp_path), "SPACES_ZERO_GPU": "1"}
    environ.pop("GENAI_DEVICE", None)
    done = subprocess.run([sys.executable, "app.py", "--help"], cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "declared on_the_card False cpu" in done.stdout


def test_the_app_starts_with_the_variables_of_a_space(tmp_path: Path) -> None:
    """As the platform sets them; the page is asked for by the name of the Space, through its proxy."""
    port, host = _free_port(), "someone-genai-demo.hf.space"
    environ = os.environ | {
        "SYSTEM": "spaces", "SPACE_ID": "someone/genai_demo", "SPACE_HOST": host, "SPACE_AUTHOR_NAME": "someone",
        "SPACE_REPO_NAME": "genai_demo", "SPACE_TITLE": "genai_demo", "CPU_CORES": "2", "MEMORY": "16Gi",
        "ACCELERATOR": "none", "GRADIO_SERVER_NAME": "0.0.0.0", "GRADIO_SERVER_PORT": str(port),
        "GRADIO_NUM_PORTS": "1", "GRADIO_THEME": "huggingface", "GRADIO_ALLOW_FLAGGING": "never",
        "GRADIO_TEMP_DIR": str(tmp_path / "files"), "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    through = {"host": host, "x-forwarded-host": host, "x-forwarded-proto": "https"}
    with (tmp_path / "log.txt").open("w") as log:
        process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environ, stdout=log, stderr=log)
        try:
            _wait(f"http://127.0.0.1:{port}", process, tmp_path / "log.txt")
            answer = httpx.get(f"http://127.0.0.1:{port}/config", headers=through, trust_env=False, timeout=60)
        finally:
            process.terminate()
            process.wait(60)
    assert answer.json()["root"] == f"https://{host}" and answer.json()["space_id"] == "someone/genai_demo"
    assert "x-frame-options" not in answer.headers, "a Space is shown within huggingface.co"


def test_the_health_check_sees_an_app_and_none(app_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_SERVER_PORT", app_url.rpartition(":")[2])
    assert alive.alive()
    monkeypatch.setenv("GENAI_HOSTS", "elsewhere.example.org")  # to which that app does not answer
    assert not alive.alive()
    monkeypatch.delenv("GENAI_HOSTS")
    monkeypatch.setenv("GRADIO_SERVER_PORT", "1")
    assert not alive.alive()


def test_the_container_copies_what_there_is_and_what_docker_may_see() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [name for line in lines if line.startswith("COPY") for name in line.split()[1:-1]]
    seen = {n[1:] for n in (ROOT / ".dockerignore").read_text(encoding="utf-8").split() if n.startswith("!")}
    assert set(copied) == seen and all((ROOT / name).exists() for name in copied)


def test_the_copies_of_compose_are_those_that_nginx_knows() -> None:
    services = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text(encoding="utf-8"))["services"]
    nginx = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    copies = [name for name in services if name != "proxy"]
    assert re.findall(r"server (\w+):7860", nginx) == copies
    assert all(services[name]["environment"]["GENAI_PROXIES"] == "1" for name in copies)
    known = {name for name in services["one"]["environment"] if name.startswith("GENAI_")}
    source = Path(environment.__file__).read_text(encoding="utf-8")
    assert all(name in source for name in known)


@pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx on this machine")
def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    words = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    for name in ("one", "two"):
        words = words.replace(f"server {name}:", "server 127.0.0.1:")
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{words}\n}}\n")
    done = subprocess.run(["nginx", "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
