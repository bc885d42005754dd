"""The page is compressed on its way."""

import gzip

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from genai_demo.ui.compression import Compressed

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
