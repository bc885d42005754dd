"""Two copies of the app: files of one are known to the other, visits are not."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file


def answer(url: str) -> tuple[int, str]:
    """Status and text of what a server says; of a stream what it says until it is silent or breaks off."""
    said, ends = "", (httpx.ReadTimeout, httpx.RemoteProtocolError)
    with httpx.stream("GET", url, timeout=httpx.Timeout(60, read=60)) as found, contextlib.suppress(*ends):
        for part in found.iter_text():
            said += part
    return found.status_code, said


def face(url: str) -> Path:
    """The file of a face that a copy made."""
    found = Client(url, verbose=False).predict(
        seed=5, count=1, truncation=0.7, model="gan", noise=True, api_name="/generate_faces"
    )
    return Path(next(_paths(found)))


def _paths(found: object) -> Iterator[str]:
    if isinstance(found, str) and os.path.isfile(found):
        yield found
    elif isinstance(found, dict):
        for value in found.values():
            yield from _paths(value)
    elif isinstance(found, (list, tuple)):
        for value in found:
            yield from _paths(value)


@pytest.mark.slow
def test_each_knows_the_signature_of_the_other(app_url: str, second_url: str) -> None:
    for maker, reader in ((app_url, second_url), (second_url, app_url)):
        said = Client(reader, verbose=False).predict(handle_file(str(face(maker))), api_name="/inspect_file")
        assert 'data-state="own"' in str(said), said


@pytest.mark.slow
def test_a_session_of_one_is_unknown_to_the_other(app_url: str, second_url: str) -> None:
    client = Client(app_url, verbose=False)
    client.predict(seed=5, count=1, truncation=0.7, model="gan", noise=True, api_name="/generate_faces")
    status, said = answer(f"{second_url}/gradio_api/queue/data?session_hash={client.session_hash}")
    assert status == 404 or '"msg":"unexpected_error"' in said, said
    assert "process_completed" not in said and "Traceback" not in said


@pytest.mark.slow
def test_a_file_of_one_is_no_file_of_the_other(app_url: str, second_url: str) -> None:
    sent = httpx.post(f"{app_url}/gradio_api/upload", files={"files": ("a.txt", b"secret")}, timeout=60)
    (path,) = sent.json()
    status, said = answer(f"{app_url}/gradio_api/file={path}")
    assert (status, said) == (200, "secret")
    status, said = answer(f"{second_url}/gradio_api/file={path}")
    assert status in (403, 404) and "secret" not in said


@pytest.mark.slow
def test_the_health_check_of_the_proxy(app_url: str) -> None:
    assert answer(f"{app_url}/config")[0] == 200
