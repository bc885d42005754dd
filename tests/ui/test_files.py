"""Recipes, animations and the small helpers of the interface."""

import io

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from genai_demo.core import animate
from genai_demo.faces import recipe
from genai_demo.ui.common import pack_zip, parse_seeds
from genai_demo.ui.strings import TEXTS

FRAMES = [Image.new("RGB", (128, 128), (40 * i, 90, 200 - 30 * i)) for i in range(5)]


@given(st.dictionaries(st.text(max_size=8), st.one_of(st.text(max_size=20), st.integers(), st.booleans())))
def test_a_recipe_survives_the_round_trip(wanted: dict) -> None:
    data = recipe.save_png(FRAMES[0], wanted)
    assert recipe.read_recipe(data) == wanted
    assert data == recipe.save_png(FRAMES[0], wanted)


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n broken"])
def test_a_broken_png_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(ValueError, match="Choose"):
        recipe.read_recipe(data)


def test_a_png_without_recipe_is_refused() -> None:
    buffer = io.BytesIO()
    FRAMES[0].save(buffer, "PNG")
    with pytest.raises(ValueError, match="no recipe"):
        recipe.read_recipe(buffer.getvalue())


def test_the_mp4_holds_every_frame_at_the_right_speed() -> None:
    with av.open(io.BytesIO(animate.to_mp4(FRAMES, 10))) as container:
        stream = container.streams.video[0]
        assert stream.average_rate == 10
        assert stream.codec_context.name == "h264"
        assert sum(1 for _ in container.decode(stream)) == len(FRAMES)


@pytest.mark.parametrize("encode", [animate.to_webp, animate.to_gif])
def test_webp_and_gif_hold_every_frame_and_repeat(encode) -> None:
    with Image.open(io.BytesIO(encode(FRAMES, 10))) as image:
        assert image.n_frames == len(FRAMES)
        assert image.info["loop"] == 0


@pytest.mark.parametrize("fps", [0, -1, 31, float("nan"), "fast", True])
def test_an_impossible_speed_is_refused(fps) -> None:
    with pytest.raises(ValueError, match="Frames per second"):
        animate.to_mp4(FRAMES, fps)


def test_no_frames_are_refused() -> None:
    with pytest.raises(ValueError, match="Draw a path first"):
        animate.to_gif([], 10)


def test_seeds_are_read_from_words() -> None:
    assert parse_seeds(" 7, 8;9 10，11", 1, 6) == [7, 8, 9, 10, 11]
    for words in ("", "one", "1.5", "-3", "1,2,3,4,5,6,7"):
        with pytest.raises(ValueError, match="seeds"):
            parse_seeds(words, 1, 6)


def test_a_zip_is_the_same_every_time() -> None:
    assert pack_zip({"a.png": b"1", "b.png": b"2"}) == pack_zip({"a.png": b"1", "b.png": b"2"})


def test_every_text_is_there_in_both_languages() -> None:
    assert all(len(t) == 2 and all(t) for t in TEXTS.values())
