"""Results made again from the recipes in their files."""

import json
from pathlib import Path

import numpy as np
import pytest

from genai_demo.audio import sounds
from genai_demo.audio.effects.generate import Recipe
from genai_demo.audio.music import generate as music
from genai_demo.core import cards
from genai_demo.faces import generate
from genai_demo.trust import credentials, metadata
from genai_demo.ui import faces_actions, paint_room
from genai_demo.ui.effects_sounds import ogg_file, prepare
from genai_demo.ui.music_pieces import Manner, Work, sound_file
from genai_demo.ui.signed import signed
from genai_demo.ui.trust_again import make_again
from tests.ui import effects_page, music_page


def face(**changes) -> bytes:
    """A face as the first tab gives it away."""
    moved = {"layers": "all", "truncation": 0.7, "noise": True} | changes
    return Path(faces_actions.edit_face(faces_actions.Selected(generate.latent(101)), **moved)[0]).read_bytes()


def rewritten(data: bytes, **changes) -> bytes:
    """The PNG with other entries in its recipe, not signed."""
    plain = credentials.without(data)
    recipe = metadata.read(plain).recipe
    assert recipe is not None
    before, after = (metadata.as_text(r).encode() for r in (recipe, recipe | changes))
    assert len(before) == len(after)  # the checksum of the chunk is not looked at
    return plain.replace(before, after)


@pytest.mark.parametrize("changes", [{}, {"gan_smile": 2.0}, {"noise": False, "truncation": 1.0}])
def test_a_face_comes_back_byte_for_byte(changes) -> None:
    data = face(**changes)
    again = make_again(data)
    assert again.same == "bytes" and again.apart == 0 and again.other_weights == ()
    assert again.data == credentials.without(data) != data


def test_a_recipe_that_was_changed_gives_another_face() -> None:
    again = make_again(rewritten(face(), noise_seed=102))
    assert again.same == "different" and again.apart > 10


def test_other_weights_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    data = face()
    monkeypatch.setattr(cards, "fingerprint", lambda name: "0" * 12)
    assert make_again(data).other_weights == ("faces-gan", "faces-upsampler")


def test_mixed_faces_come_back() -> None:
    path, _ = faces_actions.mix_styles("1, 2", "3", "fine", 0.7)
    assert make_again(Path(path).read_bytes()).same == "bytes"


def test_a_painting_comes_back() -> None:
    path, *_ = paint_room.paint_picture(7, "256", "mirror", 0.5, 0.5, 0.1, "auto", 1.0, 0.25)
    data = Path(path).read_bytes()
    assert credentials.read(data).source == credentials.ALGORITHM and make_again(data).same == "bytes"


@pytest.mark.parametrize("form", ["wav", "ogg"])
def test_a_tune_comes_back(form: str, tmp_path: Path) -> None:
    with music_page.music(tmp_path):
        settings = {"style": "jig", "key": "D maj", "metre": "6/8", "bars": 2, "temperature": 0.9, "seed": 3,
                    "chords": False}  # fmt: skip
        *_, piece = music.compose_bars(**settings)
        recipe = {"action": "compose"} | settings
        data, name = sound_file(Work(piece, recipe), Manner(), form)
        assert make_again(signed(data, name, recipe, ["audio-music"])).same == "bytes"


@pytest.mark.parametrize("form", ["wav", "ogg"])
def test_a_sound_effect_comes_back(form: str, tmp_path: Path) -> None:
    with effects_page.networks(tmp_path):
        made = prepare(Recipe("rain", 1.0, 5, variations=((0.5, 6),)))
        assert make_again(Path(made.file if form == "wav" else ogg_file(made)).read_bytes()).same == "bytes"


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ({}, "does not suffice"),
        ({"model": "gan"}, "does not suffice"),
        ({"model": "gan", "noise_seed": "x"}, "must be a number"),
        ({"model": "gan", "noise_seed": 1}, "not that of a face"),
        ({"model": "gan", "rows": 7, "columns": [1]}, "damaged or incomplete"),
        ({"symmetry": "mirror", "palette": "auto"}, "damaged or incomplete"),
        ({"task": "auto", "seed": 0}, "began as another one"),
        ({"symmetry": [], "palette": {}, "seed": "1", "side": 10**9}, "."),
    ],
)
def test_a_recipe_that_does_not_suffice_gets_a_sentence(recipe: dict, words: str) -> None:
    plain = credentials.without(face())
    start = plain.index(b"tEXtrecipe") - 4
    end = start + 12 + int.from_bytes(plain[start : start + 4], "big")
    with pytest.raises(ValueError, match=words):
        make_again(metadata.add_to_png(plain[:start] + plain[end:], recipe, ()))


UNMADE = [
    {"kind": "rain", "guidance": "x", "variations": []},
    {"action": "compose"},
    {"action": "continue"},
    {"voice": "kathleen", "text": 7},
    {"seed": 1},
]


@pytest.mark.parametrize("comment", UNMADE)
def test_a_sound_that_cannot_be_made_gets_a_sentence(comment: dict) -> None:
    with pytest.raises(ValueError):
        make_again(sounds.wave_bytes(np.full(500, 0.5, np.float32), tags={"comment": json.dumps(comment)}))


@pytest.mark.parametrize("data", [b"", b"hello", b"RIFF\0\0\0\0WAVE"])
def test_what_carries_no_recipe_gets_a_sentence(data: bytes) -> None:
    with pytest.raises(ValueError, match="no recipe"):
        make_again(data)
