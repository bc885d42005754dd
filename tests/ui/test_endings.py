"""How the app ends, by a signal or badly, and what it leaves behind; a full disk; no network."""

import contextlib
import hashlib
import json
import re
import resource
import signal
import threading
from pathlib import Path

import gradio as gr
import httpx
import pytest

from benchmarks import fuzz, service
from genai_demo.core import limits
from genai_demo.ui import app, folder
from genai_demo.ui.strings import say

CHECKPOINTS = Path(__file__).parents[2] / "checkpoints"


def left(app: service.Service) -> list[Path]:
    """What lies in the temporary folder."""
    return [path for path in (app.folder / "files").rglob("*") if path.is_file()]


def state_of(folder: Path) -> dict[str, str]:
    """Every file and its hash."""
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


def begin(app: service.Service) -> list[threading.Thread]:
    """A page that is open, an assistant, an upload, a training that runs, and a download that is being signed."""
    stranger = fuzz.Stranger(app.url)
    by_name = {f["api_name"]: f for f in stranger.functions}
    reply = httpx.post(f"{app.url}/gradio_api/upload", files={"files": ("letter.txt", b"private")}, timeout=60)
    assert Path(reply.json()[0]).read_bytes() == b"private"

    greeting = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    call = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": greeting}
    both = {"accept": "application/json, text/event-stream"}
    answer = httpx.post(f"{app.url}/gradio_api/mcp", json=call, headers=both, timeout=60)
    assistant = {"accept": "text/event-stream", "mcp-session-id": answer.headers["mcp-session-id"]}

    def listen(path: str) -> None:
        with (
            contextlib.suppress(httpx.HTTPError),
            httpx.stream("GET", f"{app.url}/gradio_api/{path}", timeout=120, headers=assistant) as s,
        ):
            for _ in s.iter_lines():
                pass

    for name in ("train_gan", "generate_faces"):
        data = {"data": stranger.usual(by_name[name]), "fn_index": by_name[name]["id"], "session_hash": "one"}
        assert httpx.post(f"{app.url}/gradio_api/queue/join", json=data, timeout=60).status_code == 200
    threads = [
        threading.Thread(target=listen, args=(path,), daemon=True)
        for path in ("heartbeat/one", "queue/data?session_hash=one", "mcp")
    ]
    for thread in threads:
        thread.start()
    return threads


@pytest.mark.slow
def test_a_signal_ends_it_and_nothing_is_left_and_a_crash_is_swept_up(tmp_path: Path) -> None:
    """Killed in the middle, started again, and told to stop: three promises in two starts."""
    before = state_of(CHECKPOINTS)
    app = service.start(tmp_path)
    begin(app)
    private = state_of(tmp_path / "private")
    assert private and left(app)
    app.end(signal.SIGKILL)
    assert left(app), "a killed app cannot clean up: if it did, this test tests nothing"
    again = service.start(tmp_path)
    try:
        assert len(list((tmp_path / "files").glob(f"{folder.PREFIX}*"))) == 1
        assert not [path for path in left(again) if path.name == "letter.txt"]
        assert state_of(tmp_path / "private") == private and state_of(CHECKPOINTS) == before
        begin(again)
        seconds = again.end(signal.SIGTERM, patience=120)
        assert not left(again) and not list((tmp_path / "files").glob(f"{folder.PREFIX}*"))
        assert "Traceback" not in again.log
        assert seconds < 60
    finally:
        if again.process.poll() is None:
            again.process.kill()
            again.process.wait()


def test_a_folder_in_use_is_not_swept(tmp_path: Path) -> None:
    mine = folder.RunFolder(tmp_path)
    try:
        assert folder.sweep(tmp_path) == [] and mine.path.exists()
        assert mine.path.stat().st_mode & 0o077 == 0
        (tmp_path / "genai_demo-strange").mkdir()  # without a lock: not ours to remove
        assert folder.sweep(tmp_path) == []
    finally:
        mine.close()
    assert not mine.path.exists()


def test_uploads_lie_in_memory_where_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "memory").mkdir()
    (tmp_path / "disk").mkdir()
    monkeypatch.delenv("GRADIO_TEMP_DIR", raising=False)
    monkeypatch.setattr(folder, "SHARED_MEMORY", tmp_path / "memory")
    monkeypatch.setattr(folder.tempfile, "tempdir", str(tmp_path / "disk"))
    for there, place in ((True, "memory"), (False, "disk")):
        monkeypatch.setattr(folder, "has_memory", lambda path, there=there: there)
        mine = folder.RunFolder()
        try:
            assert mine.path.parent == tmp_path / place
        finally:
            mine.close()
    left_behind = tmp_path / "disk" / f"{folder.PREFIX}crashed"
    left_behind.mkdir()
    (left_behind / folder.LOCK).touch()
    monkeypatch.setattr(folder, "has_memory", lambda path: True)
    folder.RunFolder().close()
    assert not left_behind.exists(), "what an earlier run left on the disk goes too"


def test_the_file_system_of_a_folder_is_read_from_the_mounts(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/root / ext4 rw 0 0\ntmpfs /dev/shm tmpfs rw 0 0\n", encoding="utf-8")
    assert folder.kind_of(Path("/dev/shm/x"), mounts) == "tmpfs"
    assert folder.kind_of(Path("/dev/shmoo"), mounts) == "ext4"
    assert folder.kind_of(Path("/"), tmp_path / "none") == ""
    assert not folder.has_memory(tmp_path / "nowhere")


def test_the_page_says_where_uploads_lie() -> None:
    page = app.build(in_memory=True)
    words = [str(block.value) for block in page.blocks.values() if isinstance(block, gr.Markdown)]
    assert any("shell.memory" in word for word in words) and not any("shell.disk" in word for word in words)
    for key, said in (("shell.memory", "never written to a disk"), ("shell.disk", "temporary folder")):
        assert said in say(key, "en")


@pytest.mark.slow
def test_a_full_disk_is_said_and_survived(watched: service.Service) -> None:
    big = {"files": ("big.png", bytes(6 * limits.MEGABYTE))}
    address = f"{watched.url}/gradio_api/upload"
    before = resource.prlimit(watched.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(watched.process.pid, resource.RLIMIT_FSIZE, (5 * limits.MEGABYTE, before[1]))
    try:
        reply = httpx.post(address, files=big, timeout=60, headers={"accept-language": "zh-CN"})
        assert reply.status_code == 507 and reply.text == "本机磁盘已满，无法保存任何内容，请稍后再试。"
        small = httpx.post(address, files={"files": ("small.txt", b"x")}, timeout=60)
        assert small.status_code == 200
    finally:
        resource.prlimit(watched.process.pid, resource.RLIMIT_FSIZE, before)
    assert httpx.post(address, files=big, timeout=60).status_code == 200


def test_no_network_is_needed(watched: service.Service) -> None:
    """Since its start the app has spoken to nobody but itself."""
    lines = (watched.folder / "events.txt").read_text(encoding="utf-8", errors="replace").splitlines()
    spoken = [line for line in lines if line.startswith(("connect", "lookup"))]
    assert all(re.search(r"127\.0\.0\.1|localhost|lookup None", line) for line in spoken), spoken
    assert len(lines) > 10


@pytest.mark.parametrize("value", ["many", "-1", "10"])
def test_a_strange_setting_is_told_at_the_start(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from genai_demo.ui.visitors import Rules

    monkeypatch.setenv("GENAI_PROXIES", value)
    with pytest.raises(ValueError, match="GENAI_PROXIES must be"):
        Rules.from_environment(None)


def test_the_page_that_is_served_carries_safe_headers(watched: service.Service) -> None:
    reply = httpx.get(watched.url, timeout=60)
    assert "frame-ancestors 'self' https://huggingface.co" in reply.headers["content-security-policy"]
    assert json.loads(httpx.get(f"{watched.url}/config", timeout=60).text)["title"] == "genai_demo"
    assert httpx.get(watched.url, headers={"host": "evil.example"}, timeout=60).status_code == 421
