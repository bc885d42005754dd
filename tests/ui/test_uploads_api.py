"""Files that are no good: each gets a sentence, and the app goes on."""

import io
from pathlib import Path

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image


def _noise(side: int = 96, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (side, side, channels), dtype=np.uint8)


def _encode(image: Image.Image, form: str, **settings) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **settings)
    return buffer.getvalue()


RGB = Image.fromarray(_noise())
FILES = {
    "text.png": b"This is no picture at all.",
    "empty.png": b"",
    "cut.png": _encode(RGB, "PNG")[:2000],
    "cut.jpg": _encode(RGB, "JPEG")[:900],
    "one.png": _encode(Image.new("RGB", (1, 1)), "PNG"),
    "thin.png": _encode(Image.new("RGB", (4000, 2)), "PNG"),
    "huge.png": _encode(Image.new("1", (10_000, 10_000)), "PNG"),
    "moving.gif": _encode(RGB, "GIF", save_all=True, append_images=[RGB.rotate(90)], duration=50),
    "moving.webp": _encode(RGB, "WEBP", save_all=True, append_images=[RGB.rotate(90)], duration=50),
    "print.jpg": _encode(Image.fromarray(_noise(channels=4), "CMYK"), "JPEG"),
    "deep.png": _encode(Image.fromarray(_noise(96, 1)[..., 0].astype(np.uint16) * 257), "PNG"),
    "glass.png": _encode(Image.fromarray(_noise(channels=4)), "PNG"),
    "noise.png": _encode(RGB, "PNG"),
}


@pytest.fixture(scope="module")
def client(app_url: str) -> Client:
    """One session for all files: it must survive them."""
    found = Client(app_url, verbose=False)
    found.predict(api_name="/start_keys")
    return found


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("door", ["/project_face", "/refine_face", "/add_upload_key"])
def test_a_bad_file_gets_a_sentence(client: Client, tmp_path: Path, name: str, door: str) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name])
    with pytest.raises(AppError) as caught:
        client.predict(handle_file(path), api_name=door)
    words = str(caught.value)
    assert words.rstrip().endswith(".") and len(words) > 20
    assert "cannot identify" not in words and "Errno" not in words


@pytest.mark.parametrize("door", ["/project_face", "/refine_face", "/add_upload_key"])
def test_no_file_gets_a_sentence(client: Client, door: str) -> None:
    with pytest.raises(AppError, match="picture"):
        client.predict(None, api_name=door)


def test_a_file_beyond_the_limit_is_refused(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(bytes(9 * 2**20))
    with pytest.raises(Exception, match="size"):
        client.predict(handle_file(path), api_name="/project_face")
    assert client.predict("1", "2", "fine", 0.7, api_name="/mix_styles")
