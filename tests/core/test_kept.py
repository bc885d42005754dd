"""Caches are bounded by what they hold."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from genai_demo.audio.effects import generate
from genai_demo.audio.music import synth
from genai_demo.core import animate, kept, limits
from genai_demo.faces import generate as faces
from genai_demo.repair import scenes, styles
from genai_demo.ui import compose_room, effects_sounds, interpolation_actions, paint_room, repair_damage

KILO = limits.MEGABYTE // 1024


@pytest.mark.parametrize(
    ("value", "size"),
    [
        (b"12345", 5),
        (np.zeros((3, 4), np.float32), 48),
        (torch.zeros(2, 5), 40),
        (Image.new("RGB", (10, 20)), 800),  # four bytes a pixel in Pillow's memory
        (Image.new("L", (10, 20)), 200),
        ((b"123", [b"45", np.zeros(7, np.uint8)]), 12),
        ({"a": b"123"}, 4),
        (3, kept.PLAIN),
    ],
)
def test_what_values_take(value: object, size: int) -> None:
    assert kept.bytes_of(value) == size


@pytest.fixture
def calls() -> list[int]:
    return []


@pytest.fixture
def blob(calls: list[int]):
    """Bytes of a number of kilobytes, kept within eight of them."""

    @kept.within(megabytes=8 / 1024)
    def made(kilobytes: int, name: str = "") -> bytes:
        calls.append(kilobytes)
        return bytes(KILO * kilobytes)

    return made


def test_many_small_results_stay_and_are_not_made_again(blob, calls: list[int]) -> None:
    for name in "abcdefgh" * 2:
        assert len(blob(1, name)) == KILO
    assert calls == [1] * 8 and blob.kept() == (8, 8 * KILO)


def test_what_was_not_asked_for_longest_makes_room(blob, calls: list[int]) -> None:
    for name in "abcd":
        blob(2, name)
    blob(2, "a")
    blob(2, "e")  # in the place of b
    assert blob.kept() == (4, 8 * KILO) and len(calls) == 5
    blob(2, "a")
    assert len(calls) == 5
    blob(2, "b")
    assert len(calls) == 6


def test_what_is_too_large_is_made_each_time_and_takes_no_place(blob, calls: list[int]) -> None:
    blob(1)
    for _ in range(2):
        assert len(blob(9)) == 9 * KILO
    assert calls == [1, 9, 9] and blob.kept() == (1, KILO)


def test_a_cleared_cache_is_empty(blob, calls: list[int]) -> None:
    blob(8)
    blob.cache_clear()
    assert blob.kept() == (0, 0)
    blob(8)
    assert calls == [8, 8] and blob.kept() == (1, 8 * KILO)


def test_an_error_is_not_kept() -> None:
    @kept.within(megabytes=1)
    def fails() -> None:
        raise ValueError("No.")

    for _ in range(2):
        with pytest.raises(ValueError, match=r"No\."):
            fails()
    assert fails.kept() == (0, 0)


CACHES: list[Any] = [
    synth.tone, styles._painted, scenes._rendered, paint_room.painted, compose_room._cut, compose_room._uploaded_scene,
    compose_room._scene, repair_damage.face_of, effects_sounds._made, generate._drawn,
    interpolation_actions._draw_seeds, interpolation_actions._opening_sheet,
]  # fmt: skip


def test_all_results_that_are_kept_for_visitors_have_room() -> None:
    assert sum(cache.most_bytes for cache in CACHES) <= 80 * limits.MEGABYTE


def test_long_notes_make_room_for_each_other() -> None:
    synth.tone.cache_clear()
    for pitch in range(40, 70):
        synth.tone("harp", pitch, 8 * synth.RATE)
    entries, size = synth.tone.kept()
    assert 0 < entries < 30 and size <= synth.tone.most_bytes
    synth.tone.cache_clear()


def test_of_an_upload_a_key_face_keeps_the_face_alone(portrait: Path, tmp_path: Path) -> None:
    with Image.open(portrait) as picture:
        picture.resize((2_000, 2_000)).save(tmp_path / "large.png")
    (key,) = interpolation_actions.add_upload_key([], str(tmp_path / "large.png"))
    assert key.picture is not None and key.picture.size == (128, 128)
    assert key.in_model("vae").model == "vae"


def test_a_path_of_a_visit_is_less_than_half_of_its_pictures() -> None:
    keys = [interpolation_actions.Key(seed=seed) for seed in (1, 2)]
    files, steps = interpolation_actions._draw(keys, "w", "lerp", "linear", 4, False, 0.7)
    pictures = faces.interpolate([1, 2], 4, "w", "lerp", "linear", False, 0.7, 256)
    assert [p.tobytes() for p in animate.unpacked(files)] == [p.tobytes() for p in pictures] and len(steps) == 3
    assert kept.bytes_of(files) < kept.bytes_of(pictures) / 2
