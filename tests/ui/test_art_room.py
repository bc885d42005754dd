"""The functions behind the painting rooms, without a server."""

from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from genai_demo.core import limits
from genai_demo.ui import art_room, paint_room
from tests.ui.repair_made import PICTURE, REQUEST, pixels

pytestmark = pytest.mark.usefixtures("kept_files")


def test_paintings_differ_by_seed_and_settings() -> None:
    settings = ("none", 0.5, 0.5, 0.0, "auto", 1.0, 0.0)
    first = paint_room.paint_live(3, *settings)
    others = [paint_room.paint_live(4, *settings), paint_room.paint_live(3, "mirror", *settings[1:])]
    assert Image.open(first).size == (paint_room.LIVE_SIDE, paint_room.LIVE_SIDE)
    assert all((pixels(first) != pixels(other)).any() for other in others)
    with pytest.raises(gr.Error, match="No size is called"):
        paint_room.paint_picture(3, "9", *settings)
    with pytest.raises(gr.Error, match="No symmetry is called"):
        paint_room.paint_picture(3, "256", "odd", *settings[1:])


@pytest.mark.slow
def test_a_painting_in_motion_shows_its_way_and_comes_round_again() -> None:
    settings = ("mirror", 0.5, 0.5, 0.0, "auto", 1.0)
    *previews, (shown, file, moves) = paint_room.paint_motion(3, *settings)
    assert len(previews) >= 4
    assert all(Image.open(path).format == "PNG" and on_the_way for path, _, on_the_way in previews)
    assert shown == file and not moves
    film = Image.open(file)
    assert (film.format, film.n_frames, film.size) == ("WEBP", paint_room.FRAMES, (paint_room.LIVE_SIDE,) * 2)
    frames = []
    for i in range(film.n_frames):
        film.seek(i)
        frames.append(np.asarray(film.convert("RGB"), np.float32))
    steps = [np.abs(a - b).mean() for a, b in zip(frames, [*frames[1:], frames[0]], strict=True)]
    assert max(steps) > 0.5
    assert steps[-1] <= 2 * max(steps[:-1])  # from the last to the first it is a step like the others


def test_seeds_stay_within_their_limits() -> None:
    assert paint_room.next_seed(limits.MAX_SEED) < limits.MAX_SEED
    assert paint_room.take_seed(limits.MAX_SEED, 3) == limits.MAX_SEED
    assert paint_room.take_seed(7, 3) == 9
    assert [name for _, name in paint_room.paint_seeds(limits.MAX_SEED - 1)] == [
        str(limits.MAX_SEED - 1),
        str(limits.MAX_SEED),
    ]


def test_a_room_that_was_opened_stays_as_it_is() -> None:
    assert art_room.open_art(True) == tuple([gr.skip()] * 5)
    assert art_room.open_galleries([("a.png", "oil")], REQUEST) == tuple([gr.skip()] * 3)
    assert art_room.open_example("art.png", REQUEST) == tuple([gr.skip()] * 3)


def test_an_own_style_needs_its_picture(tmp_path: Path) -> None:
    path = tmp_path / "photograph.png"
    PICTURE.save(path)
    with pytest.raises(gr.Error, match="Choose a picture"):
        next(art_room.stylise_picture(str(path), "own", None, 0.7, False, 6, 0, REQUEST))
    with pytest.raises(gr.Error, match="No style is called"):
        next(art_room.stylise_picture(str(path), "none", None, 0.7, False, 6, 0, REQUEST))
    way = art_room.stylise_picture(str(path), "own", str(path), 0.7, False, 6, 0, REQUEST)
    on_the_way, *_, (last, words, file, finished) = way
    assert last == file and Image.open(last).size == PICTURE.size and "Step 6 of 6" in words
    assert art_room.keep_unfinished(finished) == (gr.skip(), gr.skip(), None)
    shown, kept, _ = art_room.keep_unfinished(on_the_way[3])
    assert shown == kept and np.abs(pixels(kept).astype(int) - on_the_way[3][0]).max() < 60, "but for its mark"
    assert on_the_way[3][2]["steps"] == 1 and on_the_way[2] == gr.skip()
