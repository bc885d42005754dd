"""The room "Sound effects": what its presses do, and its API."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from genai_demo.audio import sounds
from genai_demo.audio.effects import generate
from genai_demo.audio.effects.generate import Recipe
from genai_demo.audio.effects.kinds import KINDS, NAMES
from genai_demo.core import limits
from genai_demo.ui import effects_actions as actions
from genai_demo.ui import effects_room, effects_sounds
from genai_demo.ui.texts_effects import EFFECTS
from tests.ui import effects_page

REQUEST = SimpleNamespace(headers={"accept-language": "en"})
SOUND = {"seconds": 0.5, "seed": 3, "brightness": 0, "density": 0, "loop": False, "guidance": 2, "steps": 2}
EFFECT = {"kind": "dogs", "second": "fire", "share": 0} | SOUND
MORPH = {"kind": "rain", "second": "dogs"} | SOUND
SHORT = Recipe("dogs", 0.4, 1, steps=1)


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Small networks, and where the page's files go."""
    folder = tmp_path_factory.mktemp("effects")
    with effects_page.networks(folder):
        yield folder


@pytest.fixture(scope="module")
def url(home: Path) -> Iterator[str]:
    """Address of the room."""
    with effects_page.served() as found:
        yield found


@pytest.fixture(scope="module")
def pages(url: str) -> dict[str, Client]:
    """A page in each language."""
    return {code: Client(url, verbose=False, headers={"accept-language": code}) for code in ("en", "zh-CN")}


@pytest.fixture
def client(pages: dict[str, Client]) -> Client:
    """The English page, newly opened."""
    pages["en"].reset_session()
    return pages["en"]


def rows(listed: str) -> list[dict]:
    """The sounds that the page gets."""
    return json.loads(listed)["sounds"]


# --------------------------------------------------------------------------- without a server


def test_the_board_has_every_kind_once() -> None:
    board = [kind for group in effects_room.GROUPS.values() for kind in group]
    assert sorted(board) == sorted(NAMES)
    assert all(all(pair) for pair in EFFECTS.values())


@pytest.mark.parametrize("kind", ["rain", "drum_kick"])
def test_a_button_plays_its_kind_as_long_as_is_usual(kind: str) -> None:
    event = SimpleNamespace(target=SimpleNamespace(elem_id=f"effect-{kind}"))
    name, share, seconds, loop, player, status, wav, *_ = actions.press_button(event, 5, 0, 0, 2, 1, [], REQUEST)
    assert (name, share, seconds, loop) == (kind, 0, KINDS[kind].usual, KINDS[kind].ambient)
    given = json.loads(player)
    assert given["play"] and given["kind"] == kind and given["sounds"][0]["loop"] == KINDS[kind].ambient
    assert KINDS[kind].english in status and "seed 5" in status
    assert len(sounds.read(wav)) == round(seconds * sounds.RATE)


def test_a_press_is_told_from_the_press_before() -> None:
    event = SimpleNamespace(target=SimpleNamespace(elem_id="effect-drum_kick"))
    first, second = (json.loads(actions.press_button(event, 5, 0, 0, 2, 1, [], REQUEST)[4]) for _ in range(2))
    assert first["sounds"] == second["sounds"] and first["stamp"] != second["stamp"]


def test_the_files_say_how_to_make_them_again() -> None:
    recipe = Recipe("rain", 0.4, 7, 0.5, second="dogs", share=0.25, steps=1, variations=((0.5, 2),))
    made = effects_sounds.prepare(recipe)
    for path in (made.file, effects_sounds.ogg_file(made)):
        tags = sounds.read_tags(path)
        assert tags["title"] == "Rain 75% + Dog barking 25%"
        settings = json.loads(tags["comment"])
        settings["variations"] = tuple(map(tuple, settings["variations"]))
        assert Recipe(**settings) == recipe
        assert Path(path).stem == "effect-rain-dogs-25-seed7-v2"
        assert len(sounds.read(path)) == round(0.4 * sounds.RATE)
    assert np.abs(sounds.read(made.file) - generate.design(recipe).samples).max() < 1e-4


def test_there_is_a_picture_for_light_and_for_dark_pages() -> None:
    made = effects_sounds.prepare(SHORT)
    for paths, size in ((made.mel, effects_sounds.MEL_SIZE), (made.wave, effects_sounds.WAVE_SIZE)):
        light, dark = (np.asarray(Image.open(p).convert("L"), float) for p in paths)
        assert light.shape == dark.shape == size[::-1]
        assert np.corrcoef(light.ravel(), dark.ravel())[0, 1] < -0.5
        assert light.std() > 5
    wave = np.asarray(Image.open(made.wave[0]).convert("L"), float)
    assert wave[0].mean() > 250 and wave.mean() < wave[0].mean()


def test_words_follow_the_language() -> None:
    recipe = Recipe("rain", 2.0, 7, second="fire", share=0.25, variations=((0.5, 3),))
    assert effects_sounds.title(recipe, "zh") == "雨声 75% + 火焰 25%"
    assert effects_sounds.note(recipe, "en") == "2 s, seed 7, loops, variation 3 (0.5)"
    assert "变体 3" in effects_sounds.note(recipe, "zh")


def test_the_history_keeps_the_last_eight_and_nothing_twice() -> None:
    history: list = []
    for seed in (*range(10), 9):
        *_, history, past = actions.make_effect(**(EFFECT | {"seed": seed}), history=history, request=REQUEST)
    assert [m.recipe.seed for m in history] == [9, 8, 7, 6, 5, 4, 3, 2]
    assert len(rows(past)) == actions.MOST_KEPT == 8
    for number in (0, 9):
        with pytest.raises(gr.Error, match="from 1 to 8"):
            actions.take_sound(number, history, history, REQUEST)
    with pytest.raises(gr.Error, match="no sound yet"):
        actions.take_sound(1, [], [], REQUEST)


def test_another_one_has_the_next_seed() -> None:
    settings = list((EFFECT | {"seed": limits.MAX_SEED - 1}).values())
    seed, player, *_ = actions.make_another(*settings[:5], REQUEST, *settings[5:], [])
    assert seed == 0 and "seed 0" in rows(player)[0]["note"]


def test_the_room_opens_with_a_sound_that_waits() -> None:
    player, status, wav, ogg, recipe, history, _ = actions.open_effects(None, [], REQUEST)
    assert not json.loads(player)["play"] and recipe.kind == actions.FIRST and len(history) == 1
    assert Path(wav).exists() and Path(ogg).exists() and "Rain" in status
    assert actions.open_effects(recipe, history, REQUEST) == tuple([gr.skip()] * 7)


def test_without_weights_the_room_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    effects_page.forget()
    found = actions.open_effects(None, [], SimpleNamespace(headers={"accept-language": "zh"}))
    assert "没有名为 'audio-effects' 的检查点" in found[1]
    with pytest.raises(gr.Error, match="no checkpoint called 'audio-effects'"):
        actions.make_effect(**EFFECT, history=[], request=REQUEST)


# --------------------------------------------------------------------------- the API


def test_a_seed_repeats_and_length_is_exact(client: Client) -> None:
    runs = [client.predict(**(EFFECT | {"seed": seed}), api_name="/play_effect") for seed in (3, 3, 4)]
    files = [Path(wav).read_bytes() for _, _, wav, *_ in runs]
    assert files[0] == files[1] != files[2]
    player, status, wav, ogg, past = runs[2]
    assert len(sounds.read(wav)) == len(sounds.read(ogg)) == round(0.5 * sounds.RATE)
    assert Path(wav).name == "effect-dogs-seed4.wav" and Path(ogg).name == "effect-dogs-seed4.ogg"
    assert "Dog barking" in status and len(rows(past)) == 2 and len(rows(player)) == 1


def test_the_files_of_the_player_are_served(client: Client, url: str) -> None:
    import httpx

    player, _, wav, *_ = client.predict(**EFFECT, api_name="/play_effect")
    (row,) = rows(player)
    for path in (row["file"], *row["mel"], *row["wave"]):
        answer = httpx.get(f"{url}gradio_api/file={path}")
        assert answer.status_code == 200 and len(answer.content) > 100
    assert httpx.get(f"{url}gradio_api/file={row['file']}").content == Path(wav).read_bytes()


def test_a_morph_comes_sound_by_sound_and_one_is_taken(client: Client) -> None:
    job = client.submit(**MORPH, api_name="/morph_effects")
    listed, status = job.result()
    found = rows(listed)
    assert [len(rows(o[0])) for o in job.outputs()][-1] == 5 and len(job.outputs()) > 1 and "5 of 5" in status
    assert [r["title"] for r in found][::2] == ["Rain", "Rain 50% + Dog barking 50%", "Dog barking"]
    taken = client.predict(2, api_name="/take_step")
    assert taken[:5] == ("rain", "dogs", 0.25, 0.5, 3)
    assert Path(taken[12]).name == "effect-rain-dogs-25-seed3.wav"


def test_variations_differ_and_one_becomes_the_sound(client: Client) -> None:
    with pytest.raises(AppError, match="no sound yet"):
        client.predict(0.5, 1, api_name="/vary_effect")
    first = client.predict(**EFFECT, api_name="/play_effect")
    listed, _ = client.predict(0.5, 11, api_name="/vary_effect")
    assert len({r["file"] for r in rows(listed)} | {rows(first[0])[0]["file"]}) == 5
    taken = client.predict(3, api_name="/take_variation")
    assert rows(taken[10])[0]["file"] == rows(listed)[2]["file"]
    assert json.loads(sounds.read_tags(taken[12])["comment"])["variations"] == [[0.5, 13]]
    again = client.predict(2, api_name="/take_earlier")
    assert Path(again[12]).read_bytes() == Path(first[2]).read_bytes()


@pytest.mark.parametrize(
    ("door", "changes", "english", "chinese"),
    [
        ("play_effect", {"seconds": 11}, "from 0.3 to 10", "0.3 到 10 之间"),
        ("play_effect", {"seconds": None}, "must be a number", "之间的数"),
        ("play_effect", {"brightness": -2}, "from -1 to 1", "-1 到 1 之间"),
        ("play_effect", {"seed": -1}, "Seed must be a number", "“种子”须为"),
        ("play_effect", {"share": 7}, "from 0 to 1", "0 到 1 之间"),
        ("play_effect", {"steps": 0}, "from 1 to 50", "1 到 50 之间"),
        ("morph_effects", {"second": "rain"}, "two different sounds", "两种不同的声音"),
    ],
)
def test_bad_input_gets_a_sentence(
    pages: dict[str, Client], door: str, changes: dict, english: str, chinese: str
) -> None:
    settings = MORPH if door == "morph_effects" else EFFECT
    for client, words in zip(pages.values(), (english, chinese), strict=True):
        with pytest.raises(AppError, match=words):
            client.predict(**(settings | changes), api_name=f"/{door}")


def test_an_unknown_kind_is_refused(client: Client) -> None:
    with pytest.raises((AppError, ValueError)):
        client.predict(**(EFFECT | {"kind": "moo"}), api_name="/play_effect")
