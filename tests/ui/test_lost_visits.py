"""A visit that has chosen nothing, or whose copy of the app is gone: a sentence, and nobody else's result."""

from collections.abc import Iterator
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

FACE = ("No face is chosen in this visit", "这次访问还没有选中人脸")
KEYS = ("This visit has no key faces", "这次访问还没有关键脸")
MAP = ("The map of this visit has no corners", "这次访问的地图还没有四角")
TUNE = ("There is no tune above yet", "上面还没有曲子")
PATH = {"space": "w", "method": "lerp", "easing": "smooth", "frames": 4, "fps": 4, "loop": True, "truncation": 0.7}
CALLS: list[tuple[str, dict[str, Any], tuple[str, str]]] = [
    ("edit_selected", {}, FACE),
    ("judge_face", {}, FACE),
    ("select_face", {"number": 1}, ("There are no faces yet", "还没有人脸")),
    ("add_seed_key", {"seed": 5}, KEYS),
    ("add_face_key", {}, KEYS),
    ("remove_key", {"number": 1}, KEYS),
    ("move_key_earlier", {"number": 1}, KEYS),
    ("move_key_later", {"number": 1}, KEYS),
    ("show_keys", {"truncation": 0.7}, KEYS),
    ("draw_path", PATH, KEYS),
    ("save_animation", {"fps": 4}, ("There are no frames yet", "还没有帧")),
    ("draw_map_from_keys", {"truncation": 0.7}, KEYS),
    ("blend_faces", {"point": "0.5,0.5", "truncation": 0.7}, MAP),
    ("take_filling", {"number": 1}, ("There are no fillings yet", "还没有填补结果")),
    ("use_result", {}, ("There is no result yet", "还没有结果")),
    ("use_history", {"number": 1}, ("There is no result yet", "还没有结果")),
    ("hear_music", {"sound": "", "tempo": 1}, TUNE),
    ("take_piece", {"picked": 1, "sound": "", "tempo": 1}, TUNE),
    ("undo_text", {}, ("There is nothing to undo", "没有可撤销的内容")),
    ("pack_own", {}, ("Nothing is trained in this visit yet", "这次访问尚未训练")),
]


@pytest.fixture(scope="module", params=["en", "zh"])
def stranger(app_url: str, request: pytest.FixtureRequest) -> Iterator[tuple[Client, int]]:
    """Somebody whom this copy of the app has never seen, and the number of their language."""
    client = Client(app_url, headers={"Accept-Language": request.param}, verbose=False)
    yield client, ["en", "zh"].index(request.param)
    client.close()


@pytest.mark.parametrize(("name", "arguments", "words"), CALLS, ids=[call[0] for call in CALLS])
def test_what_rests_on_the_visit_says_that_there_is_none(stranger, name, arguments, words) -> None:
    client, language = stranger
    with pytest.raises(AppError) as caught:
        client.predict(**arguments, api_name=f"/{name}")
    assert words[language] in str(caught.value)


def test_a_visit_that_begins_has_its_own(app_url: str) -> None:
    client = Client(app_url, verbose=False)
    client.predict(seed=5, count=2, truncation=0.7, model="gan", noise=True, api_name="/generate_faces")
    assert "seed5-" in client.predict(api_name="/edit_selected")[0]
    client.predict(api_name="/start_keys")
    client.predict(api_name="/add_face_key")
    assert [k["caption"].rpartition(" ")[2] for k in client.predict(truncation=0.7, api_name="/show_keys")] == [
        "101", "148", "129", "139", "5",
    ]  # fmt: skip


def test_another_copy_of_the_app_does_not_take_a_face_for_the_chosen_one(app_url: str, second_url: str) -> None:
    here, there = Client(app_url, verbose=False), Client(second_url, verbose=False)
    here.predict(seed=5, count=1, truncation=0.7, model="gan", noise=True, api_name="/generate_faces")
    there.session_hash = here.session_hash  # as a balancer sends on what the page asks
    with pytest.raises(AppError, match="No face is chosen in this visit"):
        there.predict(api_name="/edit_selected")
    assert "seed5-" in here.predict(api_name="/edit_selected")[0]
