"""What stands between strangers and the page: which addresses there are, how much and how often, and safe headers.

Pure ASGI: bodies are counted as they arrive, streams are never held back.
"""

import asyncio
import contextlib
import json
import math
import os
import re
import time
import traceback
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from gradio import utils

from genai_demo.core import limits
from genai_demo.ui.errors import localise
from genai_demo.ui.folder import has_space
from genai_demo.ui.page import NO_SPACE
from genai_demo.ui.texts_service import DISK_FULL, SOMETHING_WRONG
from genai_demo.ui.visitors import Buckets, Rules, Visitor

READ = re.compile(
    r"/|/config/?|/(assets|static|svelte)/.+|/theme\.css|/favicon\.ico|/robots\.txt|/manifest\.json|/pwa_icon(/\d+)?|"
    r"/gradio_api/(info/?|openapi\.json|app_id/?|startup-events|login_check/?|user/?|theme\.css|heartbeat/[\w-]{1,64}|"
    r"queue/(data|status)|upload_progress|call/.+|file=.+|stream/.+|mcp(/|/schema)?)"
)
WRITE = re.compile(
    r"/gradio_api/(upload/?|queue/join|call/.+|(run|api)/.+|cancel|reset/?|component_server/?|stream/.+|mcp/?)"
)
"""What the page and its API use. The rest of Gradio (monitoring, proxy, logins, editor, recordings) is not there."""
TOOLS = re.compile(r"/gradio_api/mcp/?")
"""Where assistants call (``api.tools``); the one address at which something is deleted, which is their session."""
KNOWN = {"GET": READ, "HEAD": READ, "POST": WRITE, "DELETE": TOOLS, "OPTIONS": re.compile(".*", re.DOTALL)}
COSTLY = re.compile(r"/|/config/?|/gradio_api/(info/?|openapi\.json)")
"""What Gradio writes anew for every request."""
STREAMS = re.compile(r"/gradio_api/(heartbeat/.+|queue/data|upload_progress|call/.+|mcp/?)")
FETCHED = re.compile(r"/gradio_api/file=/*[a-z][a-z0-9+.-]*:", re.IGNORECASE)
"""A file of another site, which Gradio would fetch."""

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=(), serial=(), midi=()",
}
PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
    "worker-src 'self' blob:; frame-src 'self' blob: data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self' https://huggingface.co"
)
"""Gradio writes its configuration into the page and compiles templates: without unsafe-inline and -eval it is blank."""
FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""A file of a visitor is looked at, never run."""


class Refusal(Exception):
    """A request that is not let through: status, sentence, seconds to wait."""

    def __init__(self, status: int, sentence: str, seconds: int | None = None):
        super().__init__(sentence)
        self.status, self.sentence, self.seconds = status, sentence, seconds


@dataclass
class Guard:
    """ASGI middleware; see the module."""

    app: Any
    rules: Rules = field(default_factory=Rules)
    events: Buckets = field(default_factory=lambda: Buckets(limits.EVENTS_PER_SECOND, limits.EVENTS_AT_ONCE))
    uploads: Buckets = field(default_factory=lambda: Buckets(limits.UPLOADS_PER_SECOND, limits.UPLOADS_AT_ONCE))
    fetches: Buckets = field(default_factory=lambda: Buckets(limits.FETCHES_PER_SECOND, limits.FETCHES_AT_ONCE))
    pages: Buckets = field(default_factory=lambda: Buckets(limits.PAGES_PER_SECOND, limits.PAGES_AT_ONCE))
    streams: Counter[str] = field(default_factory=Counter)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Let a request through, or answer it with a sentence."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        reply = Reply(scope, send)
        try:
            visitor = self.rules.visitor(scope)
            self._admit(scope, visitor)
            receive = await self._body(scope, receive, visitor)
            async with self._stream(scope["path"], visitor):
                await self.app(scope, receive, reply.send)
        except Refusal as refusal:
            await reply.refuse(refusal)
        except Exception as error:
            await reply.refuse(_refusal_for(error))

    def _admit(self, scope: dict[str, Any], visitor: Visitor) -> None:
        """Raises Refusal for what is wrong before the body has come."""
        method, path = scope["method"], scope["path"]
        if not self.rules.answers_to(visitor.host):
            raise Refusal(
                421, "This app does not answer to that name. Use the address that it printed when it started."
            )
        known = method in KNOWN and KNOWN[method].fullmatch(path)
        if not known or FETCHED.match(path) or "\0" in path:
            raise Refusal(404, "There is nothing at this address.")
        if method in ("POST", "DELETE") and visitor.from_elsewhere:
            raise Refusal(403, "Other sites may not send anything here.")
        if len(scope.get("query_string", b"")) > 4096:
            raise Refusal(414, "This request cannot be understood.")
        if method not in ("POST", "DELETE"):
            _take(self.pages if COSTLY.fullmatch(path) else self.fetches, visitor.address, visitor.crowd)
        elif not _carries_files(path, visitor):
            _take(self.events, visitor.address, visitor.crowd)
        else:
            _take(self.uploads, visitor.address, visitor.crowd)
            if not has_space(utils.get_upload_folder()):
                raise Refusal(507, DISK_FULL)

    async def _body(self, scope: dict[str, Any], receive: Any, visitor: Visitor) -> Any:
        """``receive`` with limits of size and time; messages without files are read here, once, as a whole."""
        if scope["method"] != "POST":
            return receive
        files = _carries_files(scope["path"], visitor)
        most = limits.MAX_REQUEST_BYTES if files else limits.MAX_MESSAGE_BYTES
        if visitor.length is not None and visitor.length > most:
            raise Refusal(413, f"This request is larger than {most // limits.MEGABYTE} MB.")
        limited = _limited(receive, most)
        if files:
            return limited
        parts, more = [], True
        while more:
            message = await limited()
            if message["type"] != "http.request":
                return receive  # gone
            parts.append(message.get("body", b""))
            more = message.get("more_body", False)
        body = b"".join(parts)
        if session := _session_of(body):
            _take(self.events, f"session {session}")
        return _replay(body, receive)

    @contextlib.asynccontextmanager
    async def _stream(self, path: str, visitor: Visitor) -> AsyncIterator[None]:
        """Count a connection that stays open."""
        if not STREAMS.fullmatch(path):
            yield
            return
        if self.streams[visitor.address] >= limits.MAX_STREAMS * (limits.CROWD if visitor.crowd else 1):
            raise Refusal(429, "Too many pages are open from here. Close some of them.", 10)
        self.streams[visitor.address] += 1
        try:
            yield
        finally:
            self.streams[visitor.address] -= 1
            self.streams += Counter()  # drops zeros


def _take(buckets: Buckets, name: str, crowd: bool = False) -> None:
    if seconds := buckets.take(name, limits.CROWD if crowd else 1):
        whole = max(1, math.ceil(seconds))
        raise Refusal(429, f"Too many requests at once, try again in {whole} s.", whole)


def _carries_files(path: str, visitor: Visitor) -> bool:
    """A call of a tool does where it is larger than a message: files are written into it."""
    call = TOOLS.fullmatch(path) and (visitor.length or 0) > limits.MAX_MESSAGE_BYTES
    return bool(path.startswith("/gradio_api/upload") or visitor.multipart or call)


def _limited(receive: Any, most: int) -> Any:
    """``receive`` that raises Refusal beyond a size, or when the body takes too long."""
    count, done, until = 0, False, time.monotonic() + limits.MAX_BODY_SECONDS

    async def limited() -> Any:
        nonlocal count, done
        if done:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), max(0.01, until - time.monotonic()))
        except (TimeoutError, asyncio.TimeoutError):
            raise Refusal(
                408, f"This request took longer than {limits.MAX_BODY_SECONDS} s to arrive. Send it again."
            ) from None
        count += len(message.get("body", b""))
        done = not message.get("more_body", False)
        if count > most:
            raise Refusal(413, f"This request is larger than {most // limits.MEGABYTE} MB.")
        return message

    return limited


def _session_of(body: bytes) -> str | None:
    """The session that a message names. Raises Refusal where it is no JSON object, or the name is strange."""
    if not body:
        return None
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal(400, "This request cannot be understood.") from None
    session = message.get("session_hash") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not (session is None or (isinstance(session, str) and len(session) <= 64)):
        raise Refusal(400, "This request cannot be understood.")
    return session


def _replay(body: bytes, receive: Any) -> Any:
    sent = False

    async def replayed() -> Any:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def _refusal_for(error: Exception) -> Refusal:
    """What to say of an error that a route did not foresee."""
    if isinstance(error, OSError) and error.errno in NO_SPACE:
        return Refusal(507, DISK_FULL)
    if isinstance(
        error, (KeyError, ValueError, TypeError, AttributeError, LookupError, AssertionError, RecursionError)
    ):
        return Refusal(400, "This request cannot be understood.")
    traceback.print_exception(error)
    return Refusal(500, SOMETHING_WRONG)


class Reply:
    """Sends what the app answers with safe headers, or a sentence."""

    def __init__(self, scope: dict[str, Any], send: Any):
        self.scope, self._send, self.started = scope, send, False

    async def send(self, message: dict[str, Any]) -> None:
        """Pass a message of the app on."""
        if message["type"] == "http.response.start":
            self.started = True
            names = {name.lower() for name, _ in message.get("headers", [])}
            more = [(k.encode(), v.encode()) for k, v in self._headers().items() if k.encode() not in names]
            message = message | {"headers": [*message.get("headers", []), *more]}
        await self._send(message)

    def _headers(self) -> dict[str, str]:
        path = self.scope["path"]
        if path.startswith("/gradio_api/file="):
            return HEADERS | {"content-security-policy": FILE_POLICY, "cross-origin-resource-policy": "same-origin",
                              "cache-control": "private, max-age=3600"}  # fmt: skip
        more = {"content-security-policy": PAGE_POLICY}
        if self.scope.get("scheme") == "https":
            more["strict-transport-security"] = "max-age=31536000"
        if not os.environ.get("SPACE_ID"):
            more["x-frame-options"] = "SAMEORIGIN"  # a Space is shown in a frame of huggingface.co
        return HEADERS | more

    async def refuse(self, refusal: Refusal) -> None:
        """Answer with a sentence, in the language of the browser, unless an answer has begun."""
        if self.started:
            return
        language = _language(self.scope)
        words = localise(refusal.sentence, language)
        # The page shows the answer to an upload as it is, and "detail" of everything else.
        plain = self.scope["path"].startswith("/gradio_api/upload")
        said: dict[str, Any] = {"detail": words}
        if TOOLS.fullmatch(self.scope["path"]):
            said = {"jsonrpc": "2.0", "id": None, "error": {"code": -32000, "message": words}}
        body = words.encode() if plain else json.dumps(said, ensure_ascii=False).encode()
        kind = "text/plain; charset=utf-8" if plain else "application/json"
        headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
        if refusal.seconds:
            headers.append((b"retry-after", str(refusal.seconds).encode()))
        if refusal.status in (408, 413):
            headers.append((b"connection", b"close"))  # the rest of the body is not read
        await self.send({"type": "http.response.start", "status": refusal.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


def _language(scope: dict[str, Any]) -> str:
    wanted = next((v for k, v in scope["headers"] if k == b"accept-language"), b"")
    return "zh" if wanted.lower().startswith(b"zh") else "en"
