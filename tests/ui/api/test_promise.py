"""Names, parameters, defaults and results of the endpoints are promised, and documented as they are."""

import json
from pathlib import Path

from genai_demo.ui.api import ENDPOINTS, promise
from genai_demo.ui.api.__main__ import DOCS, written

PROMISED = Path(__file__).with_name("promised.json")


def test_every_endpoint_is_as_it_was_promised():
    """A parameter may be added at the end of one; everything else needs a new name. New ones: write the file anew."""
    promised = json.loads(PROMISED.read_text(encoding="utf-8"))
    now = json.loads(json.dumps({function.__name__: promise(function) for function in ENDPOINTS}))
    assert now == promised


def test_every_parameter_but_what_a_result_is_made_of_has_a_default():
    needed = {f.__name__: [n for n, s in promise(f)["takes"].items() if "default" not in s] for f in ENDPOINTS}
    assert {name: names for name, names in needed.items() if names} == {
        "edit_face": ["sliders"], "interpolate": ["seeds"], "repair": ["picture"], "find_blemishes": ["picture"],
        "compose_scene": ["person"], "write": ["prompt"], "translate": ["words"], "speak": ["words"],
        "speak_portrait": ["words"],
        "hear_picture": ["picture"], "see_sound": ["sound"],
    }  # fmt: skip


def test_a_file_or_a_value_comes_first():
    assert {promise(function)["gives"][0] for function in ENDPOINTS} == {"File", "Words", "Found"}


def test_the_document_has_the_tables_of_the_code():
    words = DOCS.read_text(encoding="utf-8")
    assert words == written(words), "python -m genai_demo.ui.api"
    assert all(f"### `/{function.__name__}`" in words for function in ENDPOINTS)
