"""The page is compressed on its way."""

import gzip
from typing import Any

import gradio as gr
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from genai_demo.ui.compression import Compressed
from genai_demo.ui.page import Page
from genai_demo.ui.strings import TEXTS, translations

WORDS = "The same words again. " * 500


async def _page(request):
    return PlainTextResponse(WORDS)


async def _stream(request):
    return StreamingResponse(iter([WORDS, WORDS]), media_type="text/event-stream")


@pytest.fixture
def client() -> TestClient:
    addresses = ("/", "/config", "/gradio_api/info", "/gradio_api/file=a.wav")
    routes = [*(Route(path, _page) for path in addresses), Route("/gradio_api/queue/data", _stream)]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(Compressed)]))


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/info"])
def test_the_page_is_compressed_for_whoever_takes_it(client, path):
    with client.stream("GET", path) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip" and "Accept-Encoding" in answer.headers["vary"]
    assert len(raw) < len(WORDS) / 10 and gzip.decompress(raw).decode() == WORDS


def test_whoever_does_not_take_it_gets_it_plain(client):
    answer = client.get("/", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in answer.headers and answer.text == WORDS


@pytest.mark.parametrize("path", ["/gradio_api/file=a.wav", "/gradio_api/queue/data"])
def test_files_and_streams_pass_as_they_are(client, path):
    answer = client.get(path)
    assert "content-encoding" not in answer.headers and answer.text.startswith(WORDS)


def _built(blocks: type[gr.Blocks]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is sent of a page with what takes and gives the same, and with what does not; and its API."""
    with blocks() as page:
        slider, files = gr.Slider(0, 1, 0.5, label="Share"), gr.File(label="File")
        gr.Button().click(lambda a, b: (a, b), [slider, files], [slider, files], api_name="both")
    return page.get_config_file(), page.get_api_info()


def test_a_page_says_of_a_component_once_what_it_takes_and_gives() -> None:
    (mine, api), (usual, usual_api) = _built(Page), _built(gr.Blocks)
    assert api["named_endpoints"]["/both"] == usual_api["named_endpoints"]["/both"]
    slider = next(c for c in mine["components"] if c["type"] == "slider")
    assert "api_info" in slider and "api_info_as_input" not in slider and "api_info_as_output" not in slider
    assert len(str(mine)) < 0.9 * len(str(usual))


def test_every_text_is_sent_once_in_each_language() -> None:
    sent = translations().translations_dict
    assert set(sent) == {"en", "zh"} and set(sent["en"]) == set(sent["zh"]) == set(TEXTS)
