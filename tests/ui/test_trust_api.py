"""The tab "Trust" through its HTTP API."""

import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from genai_demo.core import cards, checkpoint, limits
from genai_demo.faces import generate
from genai_demo.trust import credentials, metadata
from genai_demo.ui import faces_actions
from tests.trust.test_text_mark import HUMAN, LONG_HUMAN, green_text
from tests.ui import trust_page


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("files")))
        with trust_page.served() as found:
            yield found


@pytest.fixture(scope="module")
def client(url: str) -> Client:
    return Client(url, verbose=False)


@pytest.fixture(scope="module")
def face() -> Path:
    """A downloaded face."""
    return Path(faces_actions.edit_face(faces_actions.Selected(generate.latent(101)), "all", 0.7, True)[0])


def saved(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def look(client: Client, path: Path) -> str:
    return client.predict(handle_file(path), api_name="/inspect_file")


def test_a_download_is_recognised_with_its_recipe(client: Client, face: Path) -> None:
    found = look(client, face)
    assert 'data-state="own"' in found and "made by a trained model" in found
    assert "truncation: 0.7" in found and f"faces-gan {cards.fingerprint('faces-gan')}" in found


def test_a_changed_file_is_broken_and_a_stripped_one_has_none(client: Client, face: Path, tmp_path: Path) -> None:
    data = bytearray(face.read_bytes())
    data[-40] ^= 1
    assert 'data-state="broken"' in look(client, saved(tmp_path, "changed.png", bytes(data)))
    buffer = io.BytesIO()
    Image.open(face).save(buffer, "JPEG")
    found = look(client, saved(tmp_path, "stripped.jpg", buffer.getvalue()))
    assert 'data-state="none"' in found and "carries none" in found


def test_a_face_is_made_again_to_the_byte(client: Client, face: Path) -> None:
    words, file = client.predict(handle_file(face), api_name="/remake_file")
    assert "byte for byte" in words
    assert Path(file).read_bytes() == credentials.without(face.read_bytes())


def test_texts_are_told_apart(client: Client, tmp_path: Path) -> None:
    marked, human = green_text(120, 0.95), LONG_HUMAN
    assert 'data-state="marked"' in client.predict(marked, api_name="/inspect_text")
    assert "No mark found" in client.predict(human, api_name="/inspect_text")
    for short in ("Hello there.", HUMAN):
        assert "Too short" in client.predict(short, api_name="/inspect_text")
    assert 'data-state="marked"' in look(client, saved(tmp_path, "story.txt", marked.encode()))


@pytest.mark.parametrize("data", [b"\0\1\2\3" * 50, b"\x89PNG\r\n\x1a\n", b"<svg onload=alert(1)>", b"RIFFxxxxWAVE"])
def test_any_file_gets_an_answer(client: Client, tmp_path: Path, data: bytes) -> None:
    found = look(client, saved(tmp_path, "some.bin", data))
    assert found.startswith("<dl>") and "<svg" not in found


def test_where_no_mark_is_found_the_sizes_that_were_tried_are_said(client: Client, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (90, 90), (200, 30, 30)).save(buffer, "PNG")
    assert "0.4 to 5.5 times the size" in look(client, saved(tmp_path, "red.png", buffer.getvalue()))


def test_what_a_file_says_is_shown_and_not_run(client: Client, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 40)).save(buffer, "PNG")
    data = metadata.add_to_png(buffer.getvalue(), {"x": "<script>alert(1)</script>"}, ())
    assert "&lt;script&gt;" in look(client, saved(tmp_path, "script.png", data))


def test_wrong_input_gets_a_sentence(client: Client, tmp_path: Path) -> None:
    for call in (
        lambda: client.predict(None, api_name="/inspect_file"),
        lambda: look(client, saved(tmp_path, "empty.png", b"")),
        lambda: look(client, saved(tmp_path, "large.bin", b"x" * (limits.MAX_UPLOAD_BYTES + 1))),
        lambda: client.predict("", api_name="/inspect_text"),
        lambda: client.predict("a" * (limits.MAX_PROMPT + 1), api_name="/inspect_text"),
        lambda: client.predict(handle_file(saved(tmp_path, "plain.txt", b"hello")), api_name="/remake_file"),
    ):
        with pytest.raises((AppError, ValueError)) as caught:
            call()
        assert "Traceback" not in str(caught.value) and len(str(caught.value)) > 10


def test_files_of_the_server_cannot_be_named(url: str, tmp_path: Path) -> None:
    """Over plain HTTP: the client would upload a file of ours of that name instead."""
    secret = saved(tmp_path, "secret.txt", b"password " * 40)
    named = {"path": str(secret), "meta": {"_type": "gradio.FileData"}}
    for name in ("inspect_file", "remake_file"):
        event = httpx.post(f"{url}gradio_api/call/{name}", json={"data": [named]}).json()["event_id"]
        answer = httpx.get(f"{url}gradio_api/call/{name}/{event}", timeout=60).text
        assert "event: error" in answer and "password" not in answer


def test_every_checkpoint_has_its_card(client: Client) -> None:
    page = client.predict(api_name="/model_cards")
    for name in checkpoint.names():
        assert f"<code>{name}</code>" in page
    for words in ("Limits and known faults", "Data: sources", "python -m genai_demo evaluate faces", "SHA-256"):
        assert words in page
    assert "⚠" not in page


def test_cards_speak_chinese(url: str) -> None:
    page = Client(url, verbose=False, headers={"accept-language": "zh-CN"}).predict(api_name="/model_cards")
    assert "局限与已知缺陷" in page and "个参数" in page
