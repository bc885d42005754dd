"""Every address of the app, and uploads that mean harm. The app is watched while it answers."""

import contextlib
import http.client
import io
import json
import re
import struct
import urllib.parse
import zlib
from pathlib import Path

import gradio as gr
import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from benchmarks import fuzz
from benchmarks.service import Service
from genai_demo.core import limits
from genai_demo.ui import folder


@pytest.fixture(autouse=True)
def nothing_else_is_touched(watched: Service, secret: Path):
    """After each test: no connection, no program, no file outside the app's folder written or any secret read."""
    watched.events()
    yield
    strange = [event for event in watched.events() if not fuzz.allowed(event, watched.folder)]
    assert not strange
    assert watched.process.poll() is None


def get(service: Service, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """A GET of exactly this path: other clients tidy it up first."""
    connection = http.client.HTTPConnection(service.url.removeprefix("http://"), timeout=60)
    connection.putrequest("GET", path, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    reply = connection.getresponse()
    if reply.headers.get("content-type", "").startswith("text/event-stream"):
        body = reply.fp.readline()
    else:
        body = reply.read()
    connection.close()
    return reply.status, {k.lower(): v for k, v in reply.headers.items()}, body


def routes() -> list[str]:
    """Every address that Gradio's app knows how to read, allowed here or not."""
    with gr.Blocks() as demo:
        gr.Markdown("x")
    demo.queue()
    found: list[str] = []

    def walk(items: list, before: str) -> None:
        for route in items:
            path = before + getattr(route, "path", "")
            inner = getattr(getattr(route, "original_router", route), "routes", None)
            if inner:
                walk(inner, before)
            elif "GET" in (getattr(route, "methods", None) or ()):
                found.append(path)

    walk(demo.app.routes, "")
    return sorted(set(found))


def test_the_routes_are_found() -> None:
    found = routes()
    assert len(found) > 40
    assert any("/file={path_or_url" in path for path in found) and any("/proxy=" in path for path in found)


def test_no_address_reads_a_file_of_the_machine(watched: Service, secret: Path) -> None:
    tricks = [
        str(secret), urllib.parse.quote(str(secret), safe=""), f"file://{secret}", "/etc/passwd", "%2fetc%2fpasswd",
        "../../../../../../../../etc/passwd", "..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "....//....//....//etc/passwd", "..%5c..%5cetc%5cpasswd",
        "%00", "/proc/self/environ", "http://127.0.0.1:9/x", "https:%2f%2f127.0.0.1:9/x", "//127.0.0.1:9/x",
    ]  # fmt: skip
    faults = []
    for route in routes():
        for trick in tricks if "{" in route else [""]:
            path = re.sub(r"\{[^}]*\}", lambda _, trick=trick: trick, route)
            if path in ("/gradio_api/dev/reload",) or "startup-events" in path:
                continue
            status, headers, body = get(watched, path)
            if status >= 500 or fuzz.LEAKS.search(body.decode("latin-1")):
                faults.append((path, status, body[:100]))
            if headers.get("x-content-type-options") != "nosniff":
                faults.append((path, "headers"))
    assert not faults


def test_queries_read_no_file_either(watched: Service, secret: Path) -> None:
    for name in ("deep_link", "page", "view"):
        value = urllib.parse.quote(f"../../../../{secret}")
        status, _, body = get(watched, f"/?{name}={value}")
        assert status < 500 and fuzz.SECRET not in body.decode("latin-1")


def upload(service: Service, *files: tuple[str, bytes], **headers: str) -> httpx.Response:
    parts = [("files", (name, data, "application/octet-stream")) for name, data in files]
    return httpx.post(f"{service.url}/gradio_api/upload", files=parts, headers=headers, timeout=60, trust_env=False)


PAGE = b"<html><script>fetch('/config')</script></html>"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("name", "data"), [("a.html", PAGE), ("a.svg", DRAWING), ("a.xhtml", PAGE), ("a.js", b"alert(1)"),
                       ("a.xml", DRAWING), ("a.HTML", PAGE), ("a", PAGE), ("a.pdf", b"%PDF-1.4"), ("a.png.html", PAGE)],
)  # fmt: skip
def test_an_upload_never_runs_in_a_browser(watched: Service, name: str, data: bytes) -> None:
    (path,) = upload(watched, (name, data)).json()
    status, headers, body = get(watched, f"/gradio_api/file={urllib.parse.quote(path)}")
    assert status == 200 and body == data
    assert headers["content-disposition"].startswith("attachment")
    assert headers["content-type"].startswith("application/octet-stream")
    assert headers["content-security-policy"].startswith("default-src 'none'; sandbox")


def test_a_picture_that_is_a_page_too_stays_a_picture(watched: Service) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64)).save(buffer, "PNG")
    (path,) = upload(watched, ("x.png", buffer.getvalue() + PAGE)).json()
    _, headers, _ = get(watched, f"/gradio_api/file={path}", Range="bytes=0-100000")
    assert headers["content-type"] == "image/png" and headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    ["../../../x.png", "/etc/cron.d/x", "..\\..\\x.png", "C:\\x.png", "..", ".", "x" * 3_000, "\u202egnp.exe",
     "x\u0000.png", "con.png", "~/.ssh/id", "$(touch x).png", "%2e%2e%2fx.png",
     "a/b/../../../../c.png", "files/x\r\nY: z.png"],
)  # fmt: skip
def test_names_lead_nowhere(watched: Service, name: str) -> None:
    boundary = "xyz"
    body = (f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
            f"Content-Type: image/png\r\n\r\nhello\r\n--{boundary}--\r\n").encode("utf-8", "surrogatepass")  # fmt: skip
    reply = httpx.post(f"{watched.url}/gradio_api/upload", content=body, trust_env=False, timeout=60,
                       headers={"content-type": f"multipart/form-data; boundary={boundary}"})  # fmt: skip
    assert reply.status_code in (200, 400)
    paths = [Path(path) for path in reply.json()] if reply.status_code == 200 else []
    assert len(paths) == (reply.status_code == 200)
    assert all(path.resolve().is_relative_to(watched.folder / "files") for path in paths)
    assert all(path.read_bytes() == b"hello" for path in paths)


def test_malformed_forms_get_a_sentence(watched: Service) -> None:
    address = f"{watched.url}/gradio_api/upload?upload_id=abc"
    field = b'--x\r\nContent-Disposition: form-data; name="files"\r\n\r\nno file\r\n--x--\r\n'
    for body, kind in (
        (field, "multipart/form-data; boundary=x"), (b"", "multipart/form-data"),
        (b"junk", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\n", "multipart/form-data; boundary=x"), (b"", "multipart/form-data; boundary=" + "y" * 500),
        (field, "text/plain"), (field, 'multipart/form-data; boundary=x; charset="no-such"'),
    ):  # fmt: skip
        reply = httpx.post(address, content=body, headers={"content-type": kind}, timeout=60, trust_env=False)
        assert reply.status_code in (200, 400) and "Traceback" not in reply.text and len(reply.text) < 300


def test_thousands_of_files_in_one_request(watched: Service) -> None:
    reply = upload(watched, *[(f"{i}.png", b"x") for i in range(1_200)])
    assert reply.status_code == 400 and "many files" in reply.text
    assert httpx.get(watched.url, timeout=60).status_code == 200


def test_an_upload_without_a_length_is_cut_off(watched: Service) -> None:
    def pieces():
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="x.png"\r\n\r\n'
        for _ in range(200):
            yield bytes(limits.MEGABYTE)

    try:
        reply = httpx.post(f"{watched.url}/gradio_api/upload", content=pieces(), trust_env=False, timeout=60,
                           headers={"content-type": "multipart/form-data; boundary=x"})  # fmt: skip
        assert reply.status_code in (400, 413)
    except httpx.TransportError:
        pass  # the connection was closed while we were still sending
    assert sum(p.stat().st_size for p in (watched.folder / "files").rglob("tmp*") if p.is_file()) < 30 * limits.MEGABYTE


def test_uploads_that_broke_off_are_removed(tmp_path: Path) -> None:
    (tmp_path / "hash").mkdir()
    for name in ("tmpold", "hash/whole.png", folder.LOCK):
        (tmp_path / name).write_bytes(b"x")
    folder.remove_half_done(tmp_path, age=60)
    assert (tmp_path / "tmpold").exists()
    folder.remove_half_done(tmp_path, age=-1)
    assert not (tmp_path / "tmpold").exists()
    assert (tmp_path / "hash/whole.png").exists() and (tmp_path / folder.LOCK).exists()


def test_huge_headers_and_addresses(watched: Service) -> None:
    for path, headers in (("/", {"x-a": "y" * 200_000}), ("/" + "a" * 100_000, {}), ("/?" + "a" * 30_000, {})):
        status = 400  # or the connection is closed, which refuses it as well
        with contextlib.suppress(ConnectionError, http.client.HTTPException):
            status, _, _ = get(watched, path, **headers)
        assert 400 <= status < 500
    assert get(watched, "/theme.css")[0] == 200


def _png(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _wav(announced: int, rate: int = 22_050, channels: int = 1) -> bytes:
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", announced, b"WAVE", b"fmt ", 16, 1, channels, rate, rate * 2, 2, 16)
    return head + struct.pack("<4sI", b"data", announced) + bytes(2_000)


def _gif(frames: int) -> bytes:
    buffer = io.BytesIO()
    pictures = [Image.fromarray(np.full((40, 40), i % 256, np.uint8)) for i in range(frames)]
    pictures[0].save(buffer, "GIF", save_all=True, append_images=pictures[1:])
    return buffer.getvalue()


HANGING = 180
"""Seconds after which an answer counts as none, on the slowest of machines."""
BOMBS = {
    "wide.png": _png(2**31 - 1, 2**31 - 1, zlib.compress(b"")),
    "packed.png": _png(4_800, 4_800, zlib.compress(bytes(4_800 * 3 * 4_800), 9)),
    "text.png": _png(64, 64, zlib.compress(bytes(64 * 193))).replace(b"IDAT", b"zTXt", 1),
    "frames.gif": _gif(200),
    "playlist.wav": b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "lying.wav": _wav(2**32 - 1),
    "channels.wav": _wav(2_000, channels=65_535),
    "archive.mid": b"MThd" + struct.pack(">IHHH", 6, 1, 65_535, 480) + b"MTrk\xff\xff\xff\xff",
    "page.svg": DRAWING,
    "zip.png": b"PK\x03\x04" + bytes(1_000),
}
DOORS = {
    "/project_face": lambda file: {"upload": file}, "/cut_out_person": lambda file: {"upload": file},
    "/repair_picture": lambda file: {"painted": {"background": file, "layers": [file], "composite": None}},
    "/compare_speech": lambda file: {"recording": file, "said": "Hello"},
    "/inspect_file": lambda file: {"upload": file},
    "/continue_melody": lambda file: {"source": "midi", "midi": file}, "/remake_file": lambda file: {"upload": file},
}  # fmt: skip


@pytest.fixture(scope="module")
def client(watched: Service) -> Client:
    return Client(watched.url, verbose=False)


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_bombs_get_a_sentence_or_a_result_soon(watched: Service, client: Client, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(BOMBS[name])
    before = watched.resident_bytes()
    for door, values in DOORS.items():
        job, answer = client.submit(api_name=door, **values(handle_file(path))), fuzz.Answer("result")
        try:
            job.result(timeout=HANGING)
        except Exception as error:
            answer = fuzz.Answer("error", str(error) or type(error).__name__)
        assert job.done(), f"{door}: no answer in {HANGING} s"
        assert not fuzz.fault(answer), f"{door}: {fuzz.fault(answer)}"
    assert watched.resident_bytes() - before < 700 * limits.MEGABYTE


def test_a_painting_has_few_layers(client: Client, tmp_path: Path) -> None:
    Image.new("RGB", (64, 64)).save(tmp_path / "picture.png")
    file = handle_file(tmp_path / "picture.png")
    value = {"background": file, "layers": [file] * (limits.MAX_LAYERS + 1), "composite": None}
    with pytest.raises(AppError, match="cannot be understood"):
        client.predict(value, api_name="/clear_mask")
    assert client.predict({**value, "layers": [file]}, api_name="/clear_mask")["layers"] == []


def test_functions_that_are_none_of_the_page(watched: Service) -> None:
    for name in ("__init__", "postprocess", "accept_blobs", "flag"):
        body = {"component_id": 1, "session_hash": "s", "fn_name": name, "data": []}
        reply = httpx.post(f"{watched.url}/gradio_api/component_server", content=json.dumps(body), timeout=60,
                           headers={"content-type": "application/json"})  # fmt: skip
        assert 400 <= reply.status_code < 500


def test_the_queue_is_not_gone_round(watched: Service) -> None:
    reply = httpx.post(
        f"{watched.url}/gradio_api/run/generate_faces", json={"data": [1, 1, 0.7, "gan", True]}, timeout=60
    )
    assert reply.status_code == 404
