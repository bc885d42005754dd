"""The functions behind the room that puts people into scenes, without a server."""

from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from genai_demo.ui import compose_room
from tests.repair import tiny
from tests.ui.repair_made import PICTURE, REQUEST, pixels, square

pytestmark = pytest.mark.usefixtures("kept_files")


@pytest.fixture
def person(tmp_path: Path) -> str:
    """A picture that is cut out already."""
    layer = PICTURE.convert("RGBA")
    layer.putalpha(Image.fromarray(np.where(square(), 255, 0).astype(np.uint8)))
    layer.save(tmp_path / "person.png")
    return str(tmp_path / "person.png")


def test_who_is_cut_out_already_stands_in_a_scene(person: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose_room, "SCENE", (160, 120))
    compose_room._scene.cache_clear()
    placed = compose_room.PLACED | {"shadow": 0.0, "scale": 0.5}
    empty = pixels(compose_room._scene("studio", 0))
    path, file = compose_room.compose_picture(person, "studio", None, 0, *placed.values())
    changed = (pixels(path) != empty).any(2)
    assert path == file and changed[60:].any() and not changed[:55].any() and not changed[:, :20].any()
    left, _ = compose_room.compose_picture(person, "studio", None, 0, *(placed | {"x": 0.2}).values())
    assert (pixels(left) != pixels(path)).any()
    compose_room._scene.cache_clear()
    assert np.asarray(Image.open(compose_room.cut_out_person(person)))[0, 0, 3] == 0


def test_an_own_scene_keeps_its_size_and_needs_its_picture(person: str, tmp_path: Path) -> None:
    PICTURE.save(tmp_path / "scene.png")
    settings = compose_room.PLACED.values()
    path, _ = compose_room.compose_picture(person, "own", str(tmp_path / "scene.png"), 0, *settings)
    assert Image.open(path).size == PICTURE.size
    with pytest.raises(gr.Error, match="Choose a picture"):
        compose_room.compose_picture(person, "own", None, 0, *settings)
    with pytest.raises(gr.Error, match="No scene is called"):
        compose_room.compose_picture(person, "moon", None, 0, *settings)
    with pytest.raises(gr.Error, match="Choose a picture"):
        compose_room.compose_picture(None, "studio", None, 0, *settings)


def test_the_compose_room_opens_without_its_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose_room, "face_picture", lambda seed, side: Image.fromarray(tiny.picture(side)))
    monkeypatch.setattr(compose_room, "SCENE", (160, 120))
    monkeypatch.setattr(compose_room, "_swatches", lambda: (("beach", PICTURE),))
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    compose_room._scene.cache_clear()
    compose_room.compose._load.cache_clear()
    first, second = compose_room.open_compose(False, REQUEST)
    assert first[3] == first[4] and "There is no checkpoint" in second[-1]
    assert next(compose_room.open_compose(True, REQUEST)) == tuple([gr.skip()] * 7)
    compose_room._scene.cache_clear()
