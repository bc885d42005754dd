"""Every example of docs/api.md runs against the app."""

import asyncio
import json
import os
import re
import shutil
import subprocess

import pytest
from gradio_client import Client
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from genai_demo.ui.api import ENDPOINTS
from genai_demo.ui.api.__main__ import DOCS

ADDRESS = "http://127.0.0.1:7860"
EXAMPLES = re.findall(r"^```(\w+)\n(.*?)^```", DOCS.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def examples(language: str, url: str) -> list[str]:
    """The examples of a language, for the app of this test."""
    found = [code.replace(ADDRESS, url) for name, code in EXAMPLES if name == language]
    assert found
    return found


def test_every_example_is_in_one_of_the_three_languages_or_a_setting():
    assert sorted(name for name, _ in EXAMPLES) == ["bash", "bash", "javascript", "json", "python"]


def test_the_setting_of_assistants_leads_to_the_tools(app_url):
    (code,) = examples("json", app_url)
    (server,) = json.loads(code)["mcpServers"].values()

    async def listed():
        async with streamable_http_client(server["url"]) as (reading, writing, _), ClientSession(reading, writing) as s:
            await s.initialize()
            return len((await s.list_tools()).tools)

    assert server["type"] == "http" and asyncio.run(listed()) == len(ENDPOINTS)


def test_python(app_url, capsys):
    (code,) = examples("python", app_url)
    exec(compile(code, "docs/api.md", "exec"), {})
    assert re.search(r"[\u4e00-\u9fff].* \d\.\d+ marked", capsys.readouterr().out)


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_curl(app_url, tmp_path):
    face = Client(app_url, verbose=False).predict(seed=3, api_name="/faces")[0][0]
    shutil.copy(face, tmp_path / "face.png")
    results = [
        subprocess.run(["bash", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=300,
                       env=os.environ | {"NO_PROXY": "127.0.0.1"}).stdout
        for code in examples("bash", app_url)
    ]  # fmt: skip
    assert all("event: complete" in found for found in results)
    assert '"state": "own"' in results[1]
