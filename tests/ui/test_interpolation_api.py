"""The tab "Latent interpolation" through its HTTP API."""

import io
import json
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from genai_demo.faces.recipe import read_recipe

SETTINGS = {
    "space": "w",
    "method": "lerp",
    "easing": "smooth",
    "frames": 12,
    "fps": 12,
    "loop": True,
    "truncation": 0.7,
}


@pytest.fixture
def client(app_url: str) -> Client:
    """A new session of the app, with the keys that a page begins with."""
    found = Client(app_url, verbose=False)
    found.predict(api_name="/start_keys")
    found.predict("101, 148, 129, 139", 0.7, api_name="/draw_map")
    return found


def draw(client: Client, **changes) -> dict:
    """Draw a path; returns what the scrubber gets."""
    return json.loads(client.predict(**(SETTINGS | changes), api_name="/draw_path"))


@pytest.mark.parametrize("space", ["w", "z", "vae"])
@pytest.mark.parametrize("method", ["lerp", "slerp"])
def test_every_space_and_path(client: Client, space: str, method: str) -> None:
    found = draw(client, space=space, method=method)
    assert found["count"] == 12 and len(found["steps"]) == 11
    assert found["sprite"].startswith("data:image/webp;base64,")
    assert all(s >= 0 for s in found["steps"]) and max(found["steps"]) > 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"space": "x"},
        {"method": "jump"},
        {"easing": "odd"},
        {"frames": 1},
        {"frames": 999},
        {"frames": "all"},
        {"fps": 0},
        {"fps": 1000},
        {"truncation": 7},
        {"truncation": None},
    ],
)
def test_wrong_settings_get_a_sentence(client: Client, wrong: dict) -> None:
    with pytest.raises((AppError, ValueError)) as caught:
        draw(client, **wrong)
    assert "Traceback" not in str(caught.value) and len(str(caught.value)) > 15


def test_the_animation_in_three_formats(client: Client) -> None:
    with pytest.raises(AppError, match="Draw a path first"):
        client.predict(fps=12, api_name="/save_animation")
    draw(client)
    mp4, webp, gif = client.predict(fps=12, api_name="/save_animation")
    assert Path(mp4).read_bytes()[4:8] == b"ftyp"
    assert Image.open(webp).n_frames == Image.open(gif).n_frames == 12


def test_keys_come_go_and_move(client: Client) -> None:
    def captions() -> list[str]:
        return [k["caption"] for k in client.predict(0.7, api_name="/show_keys")]

    first = captions()
    client.predict(99, api_name="/add_seed_key")
    assert captions()[-1].endswith("seed 99")
    moved = client.predict(len(first) + 1, api_name="/move_key_earlier")
    assert moved == len(first) and captions()[-2].endswith("seed 99")
    assert client.predict(moved, api_name="/move_key_later") == moved + 1
    client.predict(moved + 1, api_name="/remove_key")
    assert captions() == first
    with pytest.raises(AppError, match="from 1 to"):
        client.predict(8, api_name="/remove_key")


def test_there_are_two_to_eight_keys(client: Client) -> None:
    for _ in range(4):
        client.predict(5, api_name="/add_seed_key")
    with pytest.raises(AppError, match="room for 8"):
        client.predict(5, api_name="/add_seed_key")
    for _ in range(6):
        client.predict(1, api_name="/remove_key")
    with pytest.raises(AppError, match="at least 2"):
        client.predict(1, api_name="/remove_key")


def test_keys_from_the_first_tab_and_from_an_upload(client: Client, portrait: Path) -> None:
    client.predict(seed=3, count=1, truncation=0.7, model="gan", noise=True, api_name="/generate_faces")
    client.predict(api_name="/add_face_key")
    draw(client, space="z")
    client.predict(handle_file(portrait), api_name="/add_upload_key")
    draw(client)
    draw(client, space="vae")
    with pytest.raises(AppError, match="no place in Z"):
        draw(client, space="z")


def test_the_map_blends_its_corners(client: Client) -> None:
    client.predict("1, 2, 3, 4", 0.7, api_name="/draw_map")
    corner = Path(client.predict("0,0", 0.7, api_name="/blend_faces"))
    middle = Path(client.predict("0.5,0.5", 0.7, api_name="/blend_faces"))
    assert corner.read_bytes() != middle.read_bytes()
    assert read_recipe(middle.read_bytes())["corners"] == ["seed 1", "seed 2", "seed 3", "seed 4"]
    assert Image.open(io.BytesIO(middle.read_bytes())).size == (256, 256)
    client.predict(0.7, api_name="/draw_map_from_keys")


@pytest.mark.parametrize("point", ["", "left", "nan,0", "0.5", "2,0", "0,-1", "inf,0", "1,2,3"])
def test_a_wrong_point_gets_a_sentence(client: Client, point: str) -> None:
    with pytest.raises(AppError, match="from 0 to 1"):
        client.predict(point, 0.7, api_name="/blend_faces")


@pytest.mark.parametrize("seeds", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "1,2,3,99999999999"])
def test_wrong_corners_get_a_sentence(client: Client, seeds: str) -> None:
    with pytest.raises(AppError, match="seeds"):
        client.predict(seeds, 0.7, api_name="/draw_map")
