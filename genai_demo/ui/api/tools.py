"""The endpoints as tools of the Model Context Protocol, for assistants: ``/gradio_api/mcp``.

Gradio has a server of its own. It calls the app from outside through a client, so that a call cannot be ended; it
gives pictures back written anew, without their credentials, and results as Python would print them. Here a call is put
into the queue of the page, where the limits of every visitor hold, and taken out again when the assistant gives it up.
"""

import base64
import binascii
import contextlib
import inspect
import json
import logging
import mimetypes
import re
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import anyio
import fastapi
import gradio as gr
from gradio.data_classes import PredictBodyInternal
from gradio.server_messages import EstimationMessage, ProcessCompletedMessage
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from genai_demo.core import limits
from genai_demo.ui.api import ENDPOINTS
from genai_demo.ui.api.values import File, Part, Words, gives, takes
from genai_demo.ui.common import keep_file
from genai_demo.ui.errors import localise
from genai_demo.ui.page import readable
from genai_demo.ui.strings import language_of
from genai_demo.ui.texts_service import SOMETHING_WRONG

PATH = "/gradio_api/mcp"
MAX_SHOWN_BYTES = limits.MEGABYTE
"""Of a picture that comes back in the answer itself; of larger ones there is the address alone."""
DATA = re.compile(r"data:(?P<kind>[\w.+-]+/[\w.+-]+)?(;[\w=.+-]+)*;base64,(?P<data>.*)", re.DOTALL)
OURS = "/gradio_api/file="
FILE_WORDS = " (a data: URL in base64, or the address of a file that came from here)"
Content = types.TextContent | types.ImageContent
logging.getLogger("mcp").setLevel(logging.CRITICAL)  # it would write down what assistants ask for


def tool(function: Callable[..., Any]) -> types.Tool:
    """How an endpoint is told to an assistant."""
    parameters = takes(function)
    schema = {
        "type": "object",
        "properties": {name: _schema(part) for name, part in parameters.items()},
        "required": [name for name, part in parameters.items() if part.needed],
        "additionalProperties": False,
    }
    answers = "; ".join(part.words for part in gives(function))
    return types.Tool(
        name=function.__name__,
        description=f"{inspect.getdoc(function)} Gives: {answers}.",
        inputSchema=schema,
        annotations=types.ToolAnnotations(readOnlyHint=True, openWorldHint=False),
    )


def _schema(part: Part) -> dict[str, Any]:
    file = isinstance(part.kind, File)
    schema = {"type": "string"} if file else part.kind.schema()
    schema |= {"description": part.words + FILE_WORDS if file else part.words}
    return schema if part.default is None or part.needed else schema | {"default": part.default}


def values(function: Callable[..., Any], given: dict[str, Any]) -> list[Any]:
    """What a tool is called with as the endpoint takes it, in its order. Raises ValueError for what it does not take.

    Whether a value fits is for the endpoint to say.
    """
    parameters = takes(function)
    if strange := [name for name in given if name not in parameters]:
        raise ValueError(f"The tool {function.__name__} has no {strange[0]!r}. Choose from {', '.join(parameters)}.")
    if missing := [name for name, part in parameters.items() if part.needed and name not in given]:
        raise ValueError(f"The tool {function.__name__} needs {missing[0]!r}.")
    return [
        _file(name, given.get(name)) if isinstance(part.kind, File) else given.get(name, part.default)
        for name, part in parameters.items()
    ]


def _file(name: str, value: Any) -> dict[str, Any] | None:
    """An upload for Gradio. Whether an address of ours is that of an upload or result, the page looks (``page``)."""
    if value is None:
        return None
    if isinstance(value, str) and OURS in value:
        path = unquote(value.partition(OURS)[2])
    elif isinstance(value, str) and (match := DATA.fullmatch(value)):
        path = keep_file(_decoded(name, match["data"]), name + (mimetypes.guess_extension(match["kind"] or "") or ""))
    else:
        raise ValueError(f"{name} must be a data: URL in base64, or the address of a file that came from here.")
    return {"path": path, "orig_name": Path(path).name, "meta": {"_type": "gradio.FileData"}}


def _decoded(name: str, words: str) -> bytes:
    try:
        data = base64.b64decode(words, validate=True)
    except binascii.Error:
        raise ValueError(f"{name} is not written in base64.") from None
    if len(data) > limits.MAX_UPLOAD_BYTES:
        raise ValueError(f"{name} is larger than {limits.MAX_UPLOAD_BYTES // limits.MEGABYTE} MB.")
    return data


def contents(function: Callable[..., Any], results: list[Any]) -> list[Content]:
    """The results as an assistant reads them: a text for each, for files their address, and pictures themselves."""
    found: list[Content] = []
    for part, result in zip(gives(function), results, strict=True):
        if isinstance(part.kind, File):
            for file in result if part.kind.several else [result]:
                found += _shown(file)
        elif isinstance(part.kind, Words):
            found.append(types.TextContent(type="text", text=result))
        else:
            found.append(types.TextContent(type="text", text=json.dumps(result, ensure_ascii=False)))
    return found


def _shown(file: dict[str, Any]) -> list[Content]:
    address: list[Content] = [types.TextContent(type="text", text=file["url"])]
    kind, path = mimetypes.guess_type(file["path"])[0] or "", Path(file["path"])
    if not kind.startswith("image/") or path.stat().st_size > MAX_SHOWN_BYTES:
        return address
    data = base64.b64encode(path.read_bytes()).decode()  # as it is, with mark and credential
    return [types.ImageContent(type="image", data=data, mimeType=kind), *address]


class Tools:
    """A server of the endpoints that a page offers; its own documentation speaks of it from now on."""

    def __init__(self, page: gr.Blocks):
        self.page = page
        self.events = {event.api_name: event for event in page.fns.values() if event.api_visibility == "public"}
        self.functions = {f.__name__: f for f in ENDPOINTS if f.__name__ in self.events}
        self.tools = [tool(function) for function in self.functions.values()]
        self.waiting: Counter[str] = Counter()
        server: Any = Server("genai_demo", instructions="Small generative models: faces, pictures, texts, sounds.")
        server.list_tools()(self._list)
        server.call_tool(validate_input=False)(self._call)  # the endpoints have better sentences
        self.server = server
        self.sessions = StreamableHTTPSessionManager(
            server, max_request_body_size=limits.MAX_REQUEST_BYTES, max_sessions=limits.MAX_TOOL_SESSIONS
        )
        page.mcp_server = True

    def routes(self) -> list[Route]:
        """Where the server is reached."""
        return [Route(PATH, self), Route(f"{PATH}/", self), Route(f"{PATH}/schema", self._schemas)]

    @contextlib.asynccontextmanager
    async def lifespan(self, _: Any) -> AsyncIterator[None]:
        """Serve while the app does."""
        async with self.sessions.run():
            yield

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request."""
        await self.sessions.handle_request(scope, receive, send)

    async def _schemas(self, _: Any) -> Response:
        """The tools as the page's own documentation reads them."""
        return JSONResponse([
            one.model_dump(include={"name", "description", "inputSchema"})
            | {"endpoint_name": one.name, "meta": {"mcp_type": "tool", "file_data_present": False}}
            for one in self.tools
        ])  # fmt: skip

    async def _list(self) -> list[types.Tool]:
        return self.tools

    async def _call(self, name: str, given: dict[str, Any]) -> list[Content]:
        """Run an endpoint. Raises ValueError, a sentence, for whatever is wrong: the server tells it as an error."""
        context = self.server.request_context
        language = language_of(context.request)
        try:
            with self._counted(context.request.headers.get("mcp-session-id", "")):
                if name not in self.functions:
                    raise ValueError(f"There is no tool {name!r}. Choose from {', '.join(self.functions)}.")
                function = self.functions[name]
                data = await anyio.to_thread.run_sync(values, function, given)
                return contents(function, await self._run(name, data, context))
        except ValueError as error:
            raise ValueError(localise(str(error), language)) from error
        except Exception as error:
            raise ValueError(readable(error, language).message) from error

    @contextlib.contextmanager
    def _counted(self, session: str) -> Iterator[None]:
        """Let a call of an assistant in, unless too many are there. Raises ValueError."""
        if self.waiting[session] >= limits.MAX_WAITING_PER_VISITOR:
            raise ValueError(f"{self.waiting[session]} of your requests are waiting already. Let them finish first.")
        self.waiting[session] += 1
        try:
            yield
        finally:
            self.waiting[session] -= 1
            self.waiting += Counter()  # drops zeros

    async def _run(self, name: str, data: list[Any], context: Any) -> list[Any]:
        """The results of a call that has waited its turn; it waits no longer where this is cancelled."""
        queue: Any = self.page._queue
        if queue.server_app is None:
            queue.set_server_app(self.page.app)
        path = f"/gradio_api/call/{name}"  # by which Gradio knows what its own address is
        request = fastapi.Request(context.request.scope | {"path": path, "raw_path": path.encode()})
        visit = f"mcp{uuid.uuid4().hex}"
        body = PredictBodyInternal(fn_index=self.events[name]._id, data=data, session_hash=visit, request=request)
        try:
            try:
                await queue.push(body, request, None)
            except fastapi.HTTPException as error:
                raise ValueError(error.detail) from error
            messages = queue.pending_messages_per_session[visit]
            while not isinstance(message := await messages.get(), ProcessCompletedMessage):
                if isinstance(message, EstimationMessage):
                    await _tell(message, context)
        finally:
            with anyio.CancelScope(shield=True):
                await queue.clean_events(session_hash=visit)
            queue.pending_messages_per_session.pop(visit, None)
            queue.pending_event_ids_session.pop(visit, None)
            self.page.app.state_holder.session_data.pop(visit, None)
        output = message.model_dump()["output"]
        if not message.success:
            raise ValueError(output.get("error") or SOMETHING_WRONG)
        return list(output["data"])


async def _tell(message: EstimationMessage, context: Any) -> None:
    """The place in the queue, to assistants that want to know of progress."""
    token = context.meta.progressToken if context.meta else None
    if token is not None:
        place, seconds = (message.rank or 0) + 1, message.rank_eta or 0
        await context.session.send_progress_notification(
            token, 0, message=f"Place {place} of {message.queue_size} in the queue, about {seconds:.0f} s.",
            related_request_id=str(context.request_id),
        )  # fmt: skip
