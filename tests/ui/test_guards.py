"""What stands between strangers and the page, on its own: addresses, sizes, rates, names, headers, the queue."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import fastapi
import gradio as gr
import pytest

from genai_demo.core import limits
from genai_demo.ui import app, guards, page, sessions, visitors, waiting
from genai_demo.ui.errors import localise
from genai_demo.ui.texts_service import DISK_FULL, FOREIGN_FILE, NOT_FITTING, SERVICE_ERRORS, SOMETHING_WRONG
from genai_demo.ui.visitors import Buckets, Rules
from tests.clock import Clock

JOIN = "/gradio_api/queue/join"
UPLOAD = "/gradio_api/upload"
TOOLS = "/gradio_api/mcp"
FORM = {"content-type": "multipart/form-data; boundary=x"}


async def _echo(scope: dict, receive: Any, send: Any) -> None:
    """An app that reads the body and says how long it was."""
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": str(size).encode()})


class Reply(SimpleNamespace):
    status: int
    headers: dict[str, str]
    body: str


def ask(
    guard: guards.Guard, path: str = "/", method: str = "GET", body: list[bytes] | bytes = b"",
    client: str = "8.8.8.8", pause: float = 0.0, **headers: str
) -> Reply:  # fmt: skip
    """One request through a guard."""
    pieces = [body] if isinstance(body, bytes) else list(body)
    sent: list[dict] = []

    async def receive() -> dict:
        await asyncio.sleep(pause)
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: dict) -> None:
        sent.append(message)

    named = {"host": "example.org"} | {k.replace("_", "-"): v for k, v in headers.items()}
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "client": (client, 1),
             "scheme": "http", "headers": [(k.encode(), v.encode()) for k, v in named.items()]}  # fmt: skip
    asyncio.run(guard(scope, receive, send))
    found = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return Reply(status=sent[0]["status"], headers=found, body=b"".join(m.get("body", b"") for m in sent[1:]).decode())


def ask_form(guard: guards.Guard, body: list[bytes] | bytes, **more: Any) -> Reply:
    return ask(guard, UPLOAD, "POST", body, content_type=FORM["content-type"], **more)


@pytest.fixture
def guard() -> guards.Guard:
    return guards.Guard(_echo)


@pytest.mark.parametrize(
    "path",
    ["/monitoring", "/monitoring/x", "/login", "/logout", "/gradio_api/token", "/gradio_api/proxy=https://x.hf.space/",
     "/gradio_api/file=http://example.org/x", "/gradio_api/file=//https://example.org", "/gradio_api/file=FTP://x/y",
     "/gradio_api/deep_link", "/gradio_api/dev/reload", "/gradio_api/vibe-code", "/gradio_api/runs", "/docs", "/.env",
     "/gradio_api/custom_component/a/client/b/c", "/openapi.json", "/gradio_api/file=/x\0y", "//etc/passwd"],
)  # fmt: skip
def test_what_the_page_does_not_use_is_not_there(guard: guards.Guard, path: str) -> None:
    reply = ask(guard, path)
    assert reply.status == 404 and json.loads(reply.body)["detail"] == "There is nothing at this address."


@pytest.mark.parametrize("path", ["/gradio_api/vibe-edit", "/gradio_api/process_recording", "/login", "/", "/config"])
def test_nothing_is_sent_where_the_page_sends_nothing(guard: guards.Guard, path: str) -> None:
    assert ask(guard, path, "POST", b"{}").status == 404
    assert ask(guard, "/", "DELETE").status == 404


def test_what_the_page_uses_is_there(guard: guards.Guard) -> None:
    for path in (
        "/",
        "/config",
        "/assets/index.js",
        "/gradio_api/info",
        "/gradio_api/file=/tmp/x/face.png",
        "/theme.css",
    ):
        assert ask(guard, path).status == 200
    assert ask(guard, JOIN, "POST", b'{"session_hash": "a"}').body == str(len(b'{"session_hash": "a"}'))


def test_bodies_are_counted_while_they_arrive(guard: guards.Guard) -> None:
    piece = bytes(limits.MEGABYTE)
    assert ask_form(guard, [piece] * 24).body == str(24 * limits.MEGABYTE)
    reply = ask_form(guard, [piece] * 25)  # no length was announced
    assert reply.status == 413 and reply.body == "This request is larger than 24 MB."
    assert ask_form(guard, b"", content_length=str(10**12)).status == 413
    assert ask(guard, JOIN, "POST", [piece] * 3).status == 413


def test_a_body_that_does_not_come_is_not_waited_for(guard: guards.Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BODY_SECONDS", 0.2)
    assert ask_form(guard, [b"x"] * 2, pause=30).status == 408, "nothing comes"
    assert ask_form(guard, [b"x"] * 1_200, pause=0.05).status == 408, "it trickles"


@pytest.mark.parametrize(
    "body",
    [b"[1]", b"{", b"\xff", b"[" * 100_000, b'{"session_hash": 7}', b'{"session_hash": "%s"}' % (b"x" * 65)],
    ids=["list", "half", "bytes", "deep", "number", "long"],
)
def test_messages_that_are_none(guard: guards.Guard, body: bytes) -> None:
    assert ask(guard, JOIN, "POST", body).status == 400


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Nothing is refilled, however slow the machine."""
    clock = Clock()
    monkeypatch.setattr(visitors, "time", clock)
    return clock


def test_one_visitor_cannot_ask_without_end_and_others_can(guard: guards.Guard, stopped_clock: Clock) -> None:
    replies = [ask(guard, JOIN, "POST", b"{}") for _ in range(limits.EVENTS_AT_ONCE + 30)]
    last = replies[-1]
    assert replies[0].status == 200 and last.status == 429
    assert last.headers["retry-after"] == "1" and "try again in 1 s." in last.body
    assert ask(guard, JOIN, "POST", b"{}", client="8.8.4.4").status == 200
    chinese = ask(guard, JOIN, "POST", b"{}", accept_language="zh-CN")
    assert "请在 1 秒后重试" in chinese.body


def test_tools_are_called_deleted_and_refused_in_their_own_words(guard: guards.Guard, stopped_clock: Clock) -> None:
    assert [ask(guard, TOOLS, method, b"{}").status for method in ("GET", "POST", "DELETE")] == [200, 200, 200]
    assert ask(guard, TOOLS + "/messages", "POST", b"{}").status == ask(guard, TOOLS + "/sse").status == 404
    for method in ("POST", "DELETE"):
        assert ask(guard, TOOLS, method, b"{}", sec_fetch_site="cross-site").status == 403
    for _ in range(limits.EVENTS_AT_ONCE):
        last = ask(guard, TOOLS, "POST", b"{}")
    error = json.loads(last.body)
    assert last.status == 429 and error["error"]["message"] == "Too many requests at once, try again in 1 s."
    assert error["jsonrpc"] == "2.0"


def test_a_large_call_of_a_tool_counts_as_an_upload(guard: guards.Guard, stopped_clock: Clock) -> None:
    size = 3 * limits.MEGABYTE
    replies = [ask(guard, TOOLS, "POST", bytes(size), content_length=str(size)) for _ in range(limits.UPLOADS_AT_ONCE)]
    assert {reply.status for reply in replies} == {200}
    assert ask(guard, TOOLS, "POST", bytes(size), content_length=str(size)).status == 429
    assert ask(guard, TOOLS, "POST", bytes(size), client="8.8.4.4").status == 413, "unannounced"
    assert ask(guard, JOIN, "POST", bytes(size), content_length=str(size), client="8.8.4.4").status == 413


def test_one_session_counts_wherever_it_comes_from(guard: guards.Guard, stopped_clock: Clock) -> None:
    body = b'{"session_hash": "same"}'
    replies = [ask(guard, JOIN, "POST", body, client=f"9.9.9.{i % 250}") for i in range(limits.EVENTS_AT_ONCE + 30)]
    assert replies[-1].status == 429


def test_an_address_of_a_private_network_may_be_many(guard: guards.Guard) -> None:
    replies = [ask(guard, JOIN, "POST", b"{}", client="10.0.0.1") for _ in range(limits.EVENTS_AT_ONCE + 30)]
    assert {reply.status for reply in replies} == {200}


def test_buckets_fill_up_again_and_forget(stopped_clock: Clock) -> None:
    bucket = Buckets(rate=100, burst=2)
    assert [bucket.take("a") for _ in range(3)] == [0, 0, 0.01]
    stopped_clock.now += 0.006
    assert bucket.take("a") == pytest.approx(0.004)
    stopped_clock.now += 0.005
    assert bucket.take("a") == 0
    for number in range(6_000):
        bucket.take(str(number))
    assert len(bucket._left) <= 5_000


def test_open_connections_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_STREAMS", 2)
    release = asyncio.Event()

    async def hold(scope: dict, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await release.wait()

    guard = guards.Guard(hold)

    async def open_one() -> int:
        sent: list[dict] = []

        async def send(message: dict) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": "/gradio_api/heartbeat/abc", "query_string": b"",
                 "client": ("8.8.8.8", 1), "headers": []}  # fmt: skip
        await guard(scope, None, send)
        return sent[0]["status"]

    async def three() -> list[int]:
        tasks = [asyncio.create_task(open_one()) for _ in range(3)]
        await tasks[2]  # which is refused
        release.set()
        return [await task for task in tasks]

    assert asyncio.run(three()) == [200, 200, 429]
    assert not guard.streams


def test_a_local_app_answers_to_local_names_only() -> None:
    guard = guards.Guard(_echo, Rules.from_environment("127.0.0.1"))
    assert ask(guard, host="127.0.0.1:7860").status == ask(guard, host="localhost").status == 200
    assert ask(guard, host="[::1]:7860").status == 200
    assert ask(guard, host="rebound.example.org:7860").status == 421


def test_other_names_can_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Rules.from_environment("0.0.0.0").hosts == ()
    monkeypatch.setenv("GENAI_HOSTS", "demo.example.org, x")
    guard = guards.Guard(_echo, Rules.from_environment("0.0.0.0"))
    assert ask(guard, host="DEMO.example.org:80").status == 200 and ask(guard, host="localhost").status == 421


def test_forwarded_addresses_are_believed_only_behind_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    scope = {"client": ("10.0.0.1", 1), "headers": [(b"x-forwarded-for", b"1.1.1.1, 8.8.8.8, 9.9.9.9")]}
    assert Rules().visitor(scope).address == "10.0.0.1"
    assert Rules(proxies=1).visitor(scope).address == "9.9.9.9"
    assert Rules(proxies=2).visitor(scope).address == "8.8.8.8"
    assert Rules(proxies=5).visitor(scope).address == "10.0.0.1"
    monkeypatch.setenv("GENAI_PROXIES", "many")
    with pytest.raises(ValueError, match="from 0 to 9"):
        Rules.from_environment("0.0.0.0")


def test_other_sites_may_not_post(guard: guards.Guard) -> None:
    assert ask(guard, JOIN, "POST", b"{}", sec_fetch_site="cross-site").status == 403
    assert ask(guard, JOIN, "POST", b"{}", sec_fetch_site="same-origin").status == 200
    assert ask(guard, "/", sec_fetch_site="cross-site").status == 200  # a link to the page


def test_headers(guard: guards.Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = ask(guard).headers
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'self' https://huggingface.co" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "SAMEORIGIN" and "microphone=(self)" in headers["permissions-policy"]
    monkeypatch.setenv("SPACE_ID", "someone/genai_demo")
    assert "x-frame-options" not in ask(guard).headers
    file = ask(guard, "/gradio_api/file=/tmp/x.html").headers
    assert file["content-security-policy"].startswith("default-src 'none'; sandbox")
    assert file["cross-origin-resource-policy"] == "same-origin"
    assert ask(guard, "/monitoring").headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [(KeyError("x"), 400, "cannot be understood"), (OSError(28, "No space left"), 507, DISK_FULL),
     (RuntimeError("/opt/secret"), 500, SOMETHING_WRONG)],
)  # fmt: skip
def test_what_no_route_foresaw_is_a_sentence(error: Exception, status: int, words: str) -> None:
    async def fail(scope: dict, receive: Any, send: Any) -> None:
        raise error

    reply = ask(guards.Guard(fail))
    assert reply.status == status and words in reply.body and "secret" not in reply.body


def test_a_full_disk_takes_no_uploads(guard: guards.Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MIN_FREE_BYTES", 2**60)
    reply = ask_form(guard, b"x", accept_language="zh")
    assert reply.status == 507 and reply.body == localise(DISK_FULL, "zh")
    assert ask(guard, JOIN, "POST", b"{}").status == 200


def test_errors_become_sentences() -> None:
    assert page.readable(OSError(28, "No space left on device"), "en").message == DISK_FULL
    assert page.readable(MemoryError(), "zh").message.startswith("目前内存不足")
    assert page.readable(RuntimeError("at /opt/venv"), "en").message == SOMETHING_WRONG
    choice = gr.Error("Value: '<x>' (type: <class 'str'>) is not in the list of choices: ['ring', 'moons']")
    assert page.readable(choice, "en").message == "This is none of the choices. Choose one of ring, moons."
    assert len(page.readable(gr.Error("x" * 10_000), "en").message) <= page.MAX_WORDS


@pytest.mark.parametrize(
    "path", ["http://example.org/x.png", "file:///etc/passwd", "/etc/passwd", "..", "", "\0", "x" * 9_999]
)
def test_only_uploads_are_files(path: str) -> None:
    with pytest.raises(ValueError, match="was not uploaded here"):
        page.check_files([[{"a": {"path": path}}]])


def test_lists_in_lists_end() -> None:
    deep: list = []
    for _ in range(900):
        deep = [deep]
    with pytest.raises(ValueError, match="do not fit"):
        page.check_files(deep)


@pytest.mark.parametrize(("english", "chinese"), SERVICE_ERRORS)
def test_every_sentence_has_two_languages(english: str, chinese: str) -> None:
    values = [str(i + 3) for i in range(english.count("{"))]
    assert localise(english.format(*values), "zh") == chinese.format(*values)
    assert english.endswith(".") and chinese.endswith("。")
    assert NOT_FITTING != FOREIGN_FILE


NOW = 1_000.0


@pytest.fixture(autouse=True)
def stopped_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs in a queue has just begun, however slow the machine."""
    monkeypatch.setattr(waiting, "time", Clock(NOW))


def _room(limit: int, ranks: int, running: int, seconds: float) -> tuple[waiting.Waiting, Any]:
    """A queue in which a function that takes ``seconds`` runs and waits so many times."""
    with gr.Blocks() as demo:
        button = gr.Button()
        button.click(lambda: None, concurrency_limit=limit, concurrency_id="model", api_name="slow")
    queue = app.with_queue(demo)._queue
    function = next(iter(demo.fns.values()))
    queue.spent[function].add(seconds)
    queue.create_event_queue_for_fn(function)
    room = queue.event_queue_per_concurrency_id["model"]
    room.current_concurrency = running
    room.start_times_per_fn[function].update(NOW - 0.001 * i for i in range(running))
    room.queue.extend(SimpleNamespace(fn=function, session_hash=f"s{i}") for i in range(ranks))
    return queue, room


def test_the_wait_is_estimated_from_what_runs_and_waits() -> None:
    queue, room = _room(1, 3, 1, 10.0)
    assert queue.estimates(room) == pytest.approx([20, 30, 40], abs=0.01)
    queue, room = _room(2, 3, 2, 10.0)
    assert queue.estimates(room) == pytest.approx([20, 20, 30], abs=0.01)
    queue, room = _room(2, 2, 0, 10.0)
    assert queue.estimates(room) == pytest.approx([10, 10], abs=0.01)


def test_what_is_long_past_fades() -> None:
    recent = waiting.Recent()
    for seconds in [1.0] * 5 + [9.0] * 12:
        recent.add(seconds)
    assert 8.5 < recent.avg_time < 9


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Queue full, try again in 10 s."), ("zh-CN", "排队已满，请在 10 秒后重试。")]
)
def test_a_full_queue_says_when_to_try_again(language: str, words: str) -> None:
    queue, _ = _room(1, limits.MAX_QUEUE, 1, 10.0)
    body = SimpleNamespace(fn_index=0, session_hash="me")
    request = SimpleNamespace(headers={"accept-language": language})
    with pytest.raises(fastapi.HTTPException) as caught:
        asyncio.run(queue.push(body, request, None))
    assert caught.value.detail == words
    assert caught.value.status_code == 429 and caught.value.headers == {"Retry-After": "10"}


def test_one_visitor_leaves_room_for_others() -> None:
    queue, room = _room(1, limits.MAX_WAITING_PER_VISITOR, 1, 1.0)
    for event in room.queue:
        event.session_hash = "me"
    with pytest.raises(fastapi.HTTPException, match="are waiting already"):
        asyncio.run(queue.push(SimpleNamespace(fn_index=0, session_hash="me"), SimpleNamespace(headers={}), None))
    with pytest.raises(fastapi.HTTPException, match="nothing at this address"):
        asyncio.run(queue.push(SimpleNamespace(fn_index=999, session_hash="me"), SimpleNamespace(headers={}), None))


def test_visits_are_apart_small_and_forgotten() -> None:
    with gr.Blocks() as demo:
        kept = gr.State([])
        box = gr.Textbox("first")
    demo.state_session_capacity = 3
    visits = sessions.Visits()
    visits.set_blocks(demo)
    visits["a"][kept._id] = ["mine"]
    visits["a"][box._id] = gr.Textbox("changed", render=False)
    assert visits["b"][kept._id] == [] and visits["b"][box._id].value == "first"
    assert visits["a"][kept._id] == ["mine"] and visits["a"][box._id].value == "changed"
    assert not visits["b"].config_values  # nothing is written out that nobody reads
    for name in "cdef":
        assert visits[name][kept._id] == []
    assert len(visits.session_data) == 3 and visits["a"][kept._id] == []
