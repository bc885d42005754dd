"""With broken weights the page still opens: the tab says so, the others work."""

import os
from pathlib import Path

import gradio as gr
import pytest

from genai_demo.core import checkpoint
from genai_demo.ui import app, health
from genai_demo.ui.strings import TEXTS

SHIPPED = Path(__file__).parents[2] / "checkpoints"
WHOLE = {"faces": "generate_faces", "interpolation": "draw_path", "repair": "repair_picture", "text": "continue_text",
         "trust": "inspect_file", "music": "compose_piece"}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped checkpoints, as links that a test may replace."""
    for path in SHIPPED.iterdir():
        os.link(path, tmp_path / path.name) if os.stat(path).st_dev == os.stat(tmp_path).st_dev else os.symlink(
            path, tmp_path / path.name
        )
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    return tmp_path


def put(path: Path, data: bytes) -> None:
    """Another file in the place of a link, never through it."""
    path.unlink()
    path.write_bytes(data)


def opened() -> tuple[set[str], set[str]]:
    """Tabs whose API is there, and those with a notice."""
    page = app.build()
    names = {dependency.api_name for dependency in page.fns.values()}
    notices = {str(b.elem_id) for b in page.blocks.values() if isinstance(b, gr.Markdown) and b.elem_id}
    shown = {i.removeprefix("health-") for i in notices if i.startswith("health-")}
    return {tab for tab, name in WHOLE.items() if name in names}, shown


def test_all_is_well(folder: Path) -> None:
    assert opened() == (set(WHOLE), set())


def test_without_faces_the_rest_works(folder: Path) -> None:
    weights = folder / "faces-gan.safetensors"
    put(weights, weights.read_bytes()[:100_000])
    tabs, notices = opened()
    assert tabs == {"repair", "text", "trust", "music"}
    assert notices == {"faces", "interpolation", "repair"}  # repair opens, and says that its example is missing
    assert "do not match the checksum" in TEXTS["health.faces"][0] and "校验和不符" in TEXTS["health.faces"][1]


def test_everything_broken_in_another_way_and_the_page_opens(folder: Path) -> None:
    (folder / "faces-vae.json").unlink()
    put(folder / "text.json", (folder / "text.json").read_bytes()[:1_000])
    (folder / "repair.safetensors").unlink()
    weights = folder / "audio-music.safetensors"
    put(weights, weights.read_bytes()[:-1] + b"x")
    tabs, notices = opened()
    assert tabs == {"trust"}
    assert {"faces", "interpolation", "repair", "text", "audio.music"} <= notices


def test_no_checkpoints_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "nowhere"))
    tabs, notices = opened()
    assert tabs == {"trust"} and {"faces", "repair", "text"} <= notices
    assert checkpoint.names() == []


def test_a_tab_is_laid_out_once_and_only_where_it_can_be(folder: Path) -> None:
    calls: list[int] = []
    with gr.Blocks():
        assert health.guarded("x", lambda: calls.append(1) or "made", ["repair"]) == "made"
        assert health.guarded("x", lambda: calls.append(2), ["missing"]) is None
    assert calls == [1]
