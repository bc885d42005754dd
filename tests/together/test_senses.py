"""What is measured on pictures and sounds, and what it decides."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from genai_demo.audio.music import generate as music
from genai_demo.audio.sounds import RATE
from genai_demo.core import limits
from genai_demo.repair import art
from genai_demo.together import generate, senses

STYLES = music.styles()


def plain(colour: str, size: tuple[int, int] = (96, 64)) -> Image.Image:
    return Image.new("RGB", size, colour)


def checkered(cell: int) -> Image.Image:
    """Black and white squares."""
    y, x = np.mgrid[:64, :96] // cell
    return Image.fromarray(((x + y) % 2 * 255).astype(np.uint8)).convert("RGB")


def tone(hertz: float, seconds: float = 1.0, level: float = 0.5) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def clicks(count: int, seconds: float = 2.0) -> np.ndarray:
    """Short noises, evenly spread."""
    rng, found = np.random.default_rng(0), np.zeros(round(seconds * RATE), np.float32)
    for i in range(count):
        at = round((i + 0.5) * len(found) / count)
        found[at : at + 600] += (rng.normal(size=600) * np.linspace(0.5, 0, 600)).astype(np.float32)[: len(found) - at]
    return found


@pytest.mark.parametrize(
    ("less", "more", "name"),
    [
        (plain("#303030"), plain("#d0d0d0"), "lightness"),
        (plain("#808080"), plain("#d02020"), "chroma"),
        (plain("#2040c0"), plain("#e08020"), "warmth"),
        (plain("#808080"), checkered(32), "contrast"),
        (checkered(32), checkered(4), "unrest"),
    ],
)
def test_pictures_are_measured_as_they_look(less: Image.Image, more: Image.Image, name: str):
    low, high = senses.look_at(less)[name], senses.look_at(more)[name]
    assert high > low + 0.15
    assert all(-1.001 <= value <= 1.001 for value in (low, high))


def test_colours_go_round_the_circle_of_fifths():
    keys = {
        senses.tune_of(plain(colour), STYLES)[0]["key"].split()[0]
        for colour in ("#e02020", "#e0c020", "#20a040", "#20a0c0", "#2040d0", "#a020c0")
    }
    assert len(keys) >= 5


def test_bright_and_warm_is_major_dark_and_cold_is_minor():
    modes = [senses.tune_of(plain(colour), STYLES)[0]["key"].split()[1] for colour in ("#ffd27f", "#101840")]
    assert modes == ["maj", "min"]


def test_grey_is_a_chorale_and_unrest_a_fast_dance():
    assert senses.tune_of(plain("#909090"), STYLES)[0]["style"] == "chorale"
    calm = plain("#4060a0")
    wild = Image.blend(checkered(2), calm, 0.3)
    slow, fast = (senses.tune_of(picture, STYLES)[0] for picture in (calm, wild))
    assert slow["style"] == "air" and fast["style"] in ("jig", "reel") and fast["tempo"] > slow["tempo"] + 0.1


def test_every_setting_has_a_cause_and_no_face_no_smile():
    settings, causes = senses.tune_of(plain("#c08040"), STYLES)
    assert {cause.setting for cause in causes} == {"tonic", "mode", "style", "tempo", "sound"}
    assert "smile" not in {cause.measured for cause in causes}
    assert all(str(cause.chosen) in (*settings["key"].split(), *map(str, settings.values())) for cause in causes)


def test_the_smile_of_a_face_counts():
    faces = [generate.portrait(101, {"smile": amount}) for amount in (-2.0, 2.0)]
    low, high = (senses.look_at(face)["smile"] for face in faces)
    assert 0 <= low < high <= 1


def test_the_seed_is_that_of_the_picture_and_not_of_its_file():
    picture = Image.effect_mandelbrot((120, 80), (-2, -1.2, 1, 1.2), 40).convert("RGB")
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=95)
    again = Image.open(buffer)
    seeds = [
        senses.tune_of(p, STYLES)[0]["seed"] for p in (picture, again, picture.transpose(Image.Transpose.ROTATE_90))
    ]
    assert seeds[0] == seeds[1] != seeds[2]


def test_a_picture_is_heard_in_the_key_and_style_that_it_decided():
    drawn = plain("#c08040")
    ImageDraw.Draw(drawn).ellipse((20, 10, 70, 50), "#301060")
    piece, settings, _ = generate.hear(drawn, bars=4)
    assert piece.style == settings["style"] and piece.bars == 4
    assert f"{music.parse_key(settings['key'])}" == f"{(piece.tonic, piece.mode)}"
    assert generate.hear(drawn, bars=4)[0] == piece


@pytest.mark.parametrize(
    ("less", "more", "name"),
    [
        (tone(200), tone(3000), "pitch"),
        (tone(440), np.random.default_rng(0).normal(0, 0.2, RATE).astype(np.float32), "noise"),
        (tone(440, level=0.01), tone(440, level=0.8), "loudness"),
        (clicks(2), clicks(12), "attacks"),
        (tone(440), tone(440) * np.linspace(0.02, 1, RATE).astype(np.float32), "range"),
    ],
)
def test_sounds_are_measured_as_they_are_heard(less: np.ndarray, more: np.ndarray, name: str):
    low, high = senses.listen_to(less)[name], senses.listen_to(more)[name]
    assert high > low + 0.15 and 0 <= low <= 1 and 0 <= high <= 1


@pytest.mark.parametrize("samples", [np.zeros(RATE, np.float32), tone(440, 0.01), clicks(1, 0.2)])
def test_odd_sounds_are_paintings_too(samples: np.ndarray):
    picture, settings, causes = generate.see(samples, 64)
    assert picture.size == (64, 64) and settings["palette"] in art.PALETTES and settings["symmetry"] in art.SYMMETRIES
    assert {cause.setting: cause.chosen for cause in causes} == {k: v for k, v in settings.items() if k != "seed"}


def test_other_sounds_are_other_paintings_and_the_same_is_the_same():
    first, again, other = (generate.see(s, 64)[0].tobytes() for s in (clicks(5), clicks(5), tone(2000)))
    assert first == again != other


def test_a_painting_rests_while_the_sound_does():
    samples = np.concatenate([tone(440, 1.0), np.zeros(RATE, np.float32), tone(440, 1.0)])
    steps = np.diff(senses.moments_of(samples, 10))
    assert steps[12:18].max() < 0.01 * steps[:8].min()
    assert len(list(zip(generate.see_moving(tone(440, 0.3)), range(99), strict=False))) == 4


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        (np.zeros(0, np.float32), "Choose a sound"),
        (np.zeros(round((limits.MAX_SEEN_SECONDS + 1) * RATE)), "at most 15"),
    ],
)
def test_what_is_no_sound_is_a_sentence(samples: np.ndarray, words: str):
    for look in (generate.see, generate.see_moving):
        with pytest.raises(ValueError, match=words):
            look(samples)
