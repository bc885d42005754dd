"""Hostile values to every function of the page, and strange messages to its protocol."""

import json
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from benchmarks import fuzz
from benchmarks.service import Service

CANARY = "http://127.0.0.1:9/canary"
EXAMPLES = 90
"""Of the quick run; ``python -m benchmarks.fuzz --examples 3000`` tries more."""


@pytest.mark.slow
def test_every_answer_is_a_result_or_a_sentence(watched: Service, secret: Path) -> None:
    report = fuzz.fuzz(watched, EXAMPLES, 7, secret, CANARY)
    assert not report["faults"], json.dumps(report["faults"], indent=1, ensure_ascii=False)
    assert report["answers"]["error"] > EXAMPLES / 4 and report["answers"]["result"] > EXAMPLES / 20


def test_errors_speak_chinese_too(watched: Service, secret: Path) -> None:
    stranger = fuzz.Stranger(watched.url, language="zh-CN")
    function = next(f for f in stranger.functions if f["api_name"] == "translate_aligned")
    answer = stranger.call(function, [{"path": str(secret)}, "en-zh"])
    assert answer.words == "该文件不是在此上传的，或已不再保存，请重新上传。"
    assert "没有这个选项" in stranger.call(function, ["Hello", "en-fr", "simplified"]).words


@pytest.mark.parametrize(
    ("words", "wrong"),
    [("Choose a picture first.", False), ("", True), ("None", True), ("'NoneType' object is not subscriptable.", True),
     ("x" * 700 + ".", True), ("请先选择一张图片。", False),
     ("Cannot move /etc/passwd to the gradio cache dir.", True)],
)  # fmt: skip
def test_what_counts_as_a_sentence(words: str, wrong: bool) -> None:
    assert bool(fuzz.fault(fuzz.Answer("error", words))) is wrong


def test_a_leak_is_seen() -> None:
    assert fuzz.fault(fuzz.Answer("result", raw=f'{{"data": ["{fuzz.SECRET}"]}}'))
    assert fuzz.fault(fuzz.Answer("refusal", "Internal Server Error", 500))
    assert not fuzz.allowed("connect ('8.8.8.8', 53)", Path("/tmp")) and not fuzz.allowed(
        "read /etc/passwd", Path("/tmp")
    )
    assert not fuzz.allowed("write /work/x", Path("/tmp")) and fuzz.allowed("write /tmp/x", Path("/tmp"))


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = ("data", "fn_index", "session_hash", "event_data", "trigger_id", "event_id", "batched", "simple_format",
          "component_id", "fn_name")  # fmt: skip
ADDRESSES = ("queue/join", "run/predict", "run/generate_faces", "call/generate_faces", "call/v2/generate_faces",
             "call/v2/nothing", "cancel", "reset", "component_server", "stream/x", "stream/x/close")  # fmt: skip


@pytest.mark.slow
@seed(11)
@settings(max_examples=80, database=None, suppress_health_check=list(HealthCheck))
@given(address=st.sampled_from(ADDRESSES), body=ANY | st.dictionaries(st.sampled_from(FIELDS), ANY))
def test_strange_messages_are_refused(watched: Service, address: str, body: object) -> None:
    reply = httpx.post(f"{watched.url}/gradio_api/{address}", content=json.dumps(body), timeout=60, trust_env=False,
                       headers={"content-type": "application/json"})  # fmt: skip
    assert reply.status_code < 500 or "error" in reply.json(), reply.text
    assert not fuzz.INTERNALS.search(reply.text) or reply.status_code == 422, reply.text
