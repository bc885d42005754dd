"""The tools of the running app, as an assistant uses them: the protocol's own client, over the network."""

import asyncio
import base64
import io
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
import soundfile
from mcp import ClientSession, McpError, types
from mcp.client.streamable_http import streamable_http_client
from PIL import Image

from genai_demo.core import limits
from genai_demo.ui.api import ENDPOINTS, tools
from genai_demo.ui.api.values import File, takes

Do = Callable[[ClientSession], Awaitable[Any]]


def visit(url: str, do: Do, language: str = "en") -> Any:
    """What an assistant finds out that connects, does something and leaves."""

    async def connected() -> Any:
        async with (
            httpx.AsyncClient(headers={"accept-language": language}, timeout=120, trust_env=False) as http,
            streamable_http_client(f"{url}{tools.PATH}", http_client=http) as (reading, writing, _),
            ClientSession(reading, writing) as session,
        ):
            await session.initialize()
            return await do(session)

    return asyncio.run(connected())


def call(url: str, name: str, language: str = "en", **given: Any) -> types.CallToolResult:
    return visit(url, lambda session: session.call_tool(name, given), language)


def test_the_promised_endpoints_are_listed_and_nothing_else(app_url: str) -> None:
    listed = visit(app_url, lambda session: session.list_tools()).tools
    assert [tool.name for tool in listed] == [function.__name__ for function in ENDPOINTS]
    for tool, function in zip(listed, ENDPOINTS, strict=True):
        schema, parameters = tool.inputSchema, takes(function)
        assert "Gives:" in tool.description and schema["properties"].keys() == parameters.keys()
        assert schema["required"] == [name for name, part in parameters.items() if part.needed]
        for name, part in parameters.items():
            told = schema["properties"][name]
            assert told["description"].startswith(part.words)
            ranges = {"type": "string"} if isinstance(part.kind, File) else part.kind.schema()
            assert ranges.items() <= told.items()
            assert told.get("default") == (None if part.needed else part.default)
    (seed, count) = (listed[0].inputSchema["properties"][name] for name in ("seed", "count"))
    assert seed["default"] == 101 and (count["minimum"], count["maximum"]) == (1, limits.MAX_FACES)
    told = httpx.get(f"{app_url}{tools.PATH}/schema", trust_env=False, timeout=60).json()
    assert [one["endpoint_name"] for one in told] == [tool.name for tool in listed]


def test_a_picture_comes_back_itself_with_its_address_and_credential(app_url: str) -> None:
    picture, address, archive, verdicts = call(app_url, "faces", seed=7).content
    data = base64.b64decode(picture.data)
    assert picture.mimeType == "image/png" and Image.open(io.BytesIO(data)).size == (256, 256)
    assert httpx.get(address.text, trust_env=False).content == data and archive.text.endswith(".zip")
    assert json.loads(verdicts.text)[0]["seed"] == 7
    as_data = call(app_url, "inspect", file=f"data:image/png;base64,{picture.data}").content
    as_address = call(app_url, "inspect", file=address.text).content
    assert as_data == as_address and json.loads(as_data[0].text)["credential"]["state"] == "own"


def test_a_text_and_a_sound_come_back(app_url: str) -> None:
    text, about = call(app_url, "write", prompt="Once upon a time", max_tokens=20).content
    assert len(text.text) > 10 and json.loads(about.text)["tokens"] > 0
    speech, length = call(app_url, "speak", words="Hello.").content
    sound = io.BytesIO(httpx.get(speech.text, trust_env=False).content)
    assert soundfile.info(sound).duration == pytest.approx(json.loads(length.text)["seconds"], abs=0.01)


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("faces", {"count": 17}, "count must be a whole number from 1 to 16."),
        ("faces", {"sead": 1},
         "The tool faces has no 'sead'. Choose from seed, count, truncation, model, noise, large."),
        ("write", {}, "The tool write needs 'prompt'."),
        ("repair", {"picture": None}, "Choose a picture first."),
        ("repair", {"picture": "https://example.org/a.png"},
         "picture must be a data: URL in base64, or the address of a file that came from here."),
        ("repair", {"picture": "data:image/png;base64,%%"}, "picture is not written in base64."),
        ("repair", {"picture": "http://x/gradio_api/file=/etc/passwd"},
         "This file was not uploaded here, or is no longer kept. Upload it again."),
        ("repair", {"picture": f"data:image/png;base64,{'A' * 3_000_000}"},
         "This file is not a picture. Upload a JPEG, PNG or WebP file."),
        ("repair", {"picture": f"data:;base64,{'A' * 12_000_000}"}, "picture is larger than 8 MB."),
    ],
    ids=["range", "name", "missing", "none", "elsewhere", "base64", "foreign", "noise", "large"],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence(app_url: str, name: str, given: dict[str, Any], words: str) -> None:
    found = call(app_url, name, **given)
    assert found.isError and [content.text for content in found.content] == [words]


def test_other_tools_are_not_there_and_the_sentence_is_in_the_language_of_the_caller(app_url: str) -> None:
    (said,) = call(app_url, "generate_faces", language="zh-CN").content
    assert said.text.startswith("没有名为 'generate_faces' 的工具，可选：faces, edit_face")
    (said,) = call(app_url, "speak", language="zh-CN", words="a", speed=9).content
    assert said.text == "“speed”须为 0.5 到 2 之间的数。"


def test_a_call_that_waits_is_told_its_place_and_leaves_the_queue_when_it_is_given_up(app_url: str) -> None:
    def waiting() -> int:
        return httpx.get(f"{app_url}/gradio_api/queue/status", trust_env=False).json()["queue_size"]

    async def give_up(session: ClientSession) -> tuple[str, bool, int]:
        told = asyncio.Event()
        places: list[str] = []

        async def note(progress: float, total: float | None, message: str | None) -> None:
            places.append(message or "")
            told.set()

        first = asyncio.create_task(session.call_tool("interpolate", {"seeds": [1, 2, 3, 4], "frames": 120}))
        await asyncio.sleep(0.1)  # it is sent
        number = session._request_id
        second = asyncio.create_task(session.call_tool("faces", {}, progress_callback=note))
        await told.wait()
        assert await asyncio.to_thread(waiting) == 1 and not first.done()
        given_up = types.CancelledNotificationParams(requestId=number)
        await session.send_notification(
            types.ClientNotification(types.CancelledNotification(method="notifications/cancelled", params=given_up))
        )
        with pytest.raises(McpError, match="cancelled"):
            await second
        found = (places[0], first.done(), await asyncio.to_thread(waiting))
        assert not (await first).isError
        return found

    place, ended, left = visit(app_url, give_up)
    assert place.startswith("Place 1 of 1 in the queue, about ") and not ended and left == 0


def test_one_assistant_cannot_fill_the_queue(app_url: str) -> None:
    async def many(session: ClientSession) -> list[types.CallToolResult]:
        calls = [session.call_tool("translate", {"words": f"Good morning {n}."}) for n in range(16)]
        return await asyncio.gather(*calls)

    refused = [found.content[0].text for found in visit(app_url, many) if found.isError]
    waiting = limits.MAX_WAITING_PER_VISITOR
    assert refused and set(refused) == {f"{waiting} of your requests are waiting already. Let them finish first."}
