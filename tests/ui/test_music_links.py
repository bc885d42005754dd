"""Links to pieces, and pieces that vary another one."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest

from genai_demo.audio.music import generate
from genai_demo.ui import music_actions, music_links, music_widgets
from genai_demo.ui.music_links import pack, performed, play_link, read_link, share, unpack, vary_melody
from genai_demo.ui.music_pieces import Manner
from tests.ui import music_page

REQUEST = SimpleNamespace(headers={"accept-language": "en"})
GRID = json.dumps(music_widgets.FIRST_MELODY)
RECIPE, WORK = 8, 10


@pytest.fixture(scope="module", autouse=True)
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pytest.MonkeyPatch]:
    with music_page.music(tmp_path_factory.mktemp("music")) as patch:
        yield patch


def made(action: str) -> tuple:
    """The last update of a piece that came about so."""
    grid = ("keyboard", GRID, None, None, "", "", 0.8, 1)
    pieces = {
        "compose": lambda: music_actions.compose_music(
            "jig", "D maj", "", 8, 0.9, 3, True, "piano", 1.1, [], REQUEST, form="AABB", top_k=9, pattern="alberti"
        ),
        "accompany": lambda: music_actions.accompany_melody(*grid, "piano", 1.1, [], REQUEST, pattern="alberti"),
        "continue": lambda: music_actions.continue_melody(*grid, 2, "piano", 1.1, [], REQUEST, pattern="alberti"),
        "vary": lambda: vary_melody(*grid, 0.7, "piano", 1.1, [], REQUEST, pattern="alberti"),
    }[action]()
    *_, last = pieces
    return last


@pytest.mark.parametrize("action", ["compose", "accompany", "continue", "vary"])
def test_a_link_brings_the_piece_again(action: str) -> None:
    last = made(action)
    link = share(last[WORK], "piano", 1.1, "alberti", False, True).value
    assert len(link) < 2000 and re.fullmatch(r"[\w=&-]+", link, re.ASCII)
    *_, again = play_link(read_link(link), [], REQUEST)
    assert again[WORK].piece == last[WORK].piece
    assert json.loads(Path(again[RECIPE]).read_text()) == json.loads(Path(last[RECIPE]).read_text())


@pytest.mark.parametrize(
    "recipe",
    [{}, {"action": "sing"}, {"action": "compose"}, {"action": "compose", "bars": "many"}, {"action": "vary"},
     {"action": "compose", "bars": 2, "style": []}, {"action": "compose", "bars": 2, "colour": "red"},
     {"action": "vary", "melody": {"tracks": 3}}, {"action": "continue", "bars": 1, "melody": [1]}],
)  # fmt: skip
def test_a_damaged_recipe_is_a_sentence(recipe: dict) -> None:
    with pytest.raises(ValueError, match=r"damaged|No style|no piece of a music pack|number of bars"):
        list(performed(recipe)[0])


def test_a_damaged_link_is_a_sentence() -> None:
    whole = pack({"action": "compose", "bars": 2})
    assert unpack(whole) == {"action": "compose", "bars": 2}
    for broken in (whole[:9], "!", "", pack([1]), pack({"a": "x" * music_links.MOST_BYTES})):
        with pytest.raises(ValueError, match="damaged"):
            unpack(broken)
        with pytest.raises(gr.Error, match="damaged"):
            list(play_link(broken or "x", [], REQUEST))
    for other in ("", "tab=text&piece=3", "tab=audio"):
        assert read_link(other) is None
    assert list(play_link(None, [], REQUEST)) == [gr.skip()]
    with pytest.raises(gr.Error, match="no tune above"):
        share(None, *Manner())


def test_a_variation_keeps_key_metre_length_and_form() -> None:
    tune = made("compose")
    *_, last = vary_melody("above", "", None, tune[WORK], "", "", 0.9, 5, 0.2, "", 1, [], REQUEST)
    one, other = tune[WORK].piece, last[WORK].piece
    assert (other.key, other.metre, other.bars, other.form, other.style) == (
        one.key, one.metre, one.bars, "AABB", "jig"
    )  # fmt: skip
    assert other.lead != one.lead and other.chords
    assert json.loads(Path(last[RECIPE]).read_text())["action"] == "vary"
    for wrong in (-0.1, 1.5, True):
        with pytest.raises(ValueError, match="likeness"):
            generate.vary(one, wrong)
