"""The door: a generated face says a text; small networks stand in where the weights do not matter."""

import contextvars
import copy
import inspect
import io
from collections.abc import Iterator

import av
import numpy as np
import pytest
import torch
from PIL import Image

from genai_demo.audio.sounds import RATE
from genai_demo.core import limits
from genai_demo.core.lent import Lent, lending
from genai_demo.faces import align
from genai_demo.faces import generate as faces
from genai_demo.faces.latents import Latent
from genai_demo.together import generate, motion
from genai_demo.together.generate import Film
from genai_demo.trust import marks

TEXT = "The rain has stopped, and the birds are singing again. 雨停了，鸟儿又唱起歌来。"


@pytest.fixture(scope="module")
def film() -> Film:
    """By the published weights."""
    return generate.speak(101, TEXT, speech_seed=3)


@pytest.fixture(scope="module")
def played(film: Film) -> Iterator[tuple[list[np.ndarray], np.ndarray]]:
    """The frames and the samples of its file."""
    data = film.mp4("{}")
    with av.open(io.BytesIO(data)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    with av.open(io.BytesIO(data)) as container:
        parts = list(container.decode(audio=0))
    sound = np.concatenate([part.to_ndarray()[0] for part in parts])
    assert parts[0].pts is not None and parts[0].time_base is not None
    yield frames, sound[-min(0, round(float(parts[0].pts * parts[0].time_base) * RATE)) :]


def test_picture_and_sound_last_the_same(film, played):
    frames, sound = played
    assert len(frames) == len(film.frames) == len(film.poses)
    assert len(frames) / generate.FPS == pytest.approx(len(film.samples) / RATE, abs=1 / generate.FPS)
    assert len(sound) == pytest.approx(len(film.samples), abs=2_100)  # AAC fills its last block
    middle = slice(len(film.samples) // 4, len(film.samples) // 2)
    lags = [np.dot(sound[middle.start + lag : middle.stop + lag], film.samples[middle]) for lag in range(-1500, 1500)]
    assert abs(int(np.argmax(lags)) - 1500) < 1.5 * RATE / generate.FPS / 2, "sound and lips are together"


def test_lips_open_as_loud_as_the_vowels_are(film):
    heard = motion.loudness(film.samples, len(film.poses), generate.FPS)
    opening = np.array([pose.opening for pose in film.poses])
    times = (np.arange(len(heard)) + 0.5) / generate.FPS
    vowels = []
    for phone, start, end in motion.timed(film.phones):
        inside = (times >= start - 0.02) & (times < end + 0.02)
        if motion.is_vowel(phone.symbol) and inside.any():
            vowels.append((opening[inside].max(), heard[inside].max()))
    assert len(vowels) > 6 and np.corrcoef(np.transpose(vowels))[0, 1] > 0.7


def test_marks_outlive_the_compression(film, played):
    frames, sound = played
    for frame in (frames[0], frames[len(frames) // 2], frames[-1]):
        assert marks.find_in_picture(Image.fromarray(frame)).makers
    assert marks.find_in_sound(sound).makers


def test_the_same_again(film):
    again = generate.speak(101, TEXT, speech_seed=3)
    assert np.array_equal(again.samples, film.samples) and again.poses == film.poses
    assert again.recipe == film.recipe


def test_the_face_is_that_of_the_first_tab():
    point = faces.edit(faces.latent(101), {"smile": 1.0})
    drawn = faces.decode(point, 0.6, side=faces.largest_side())
    assert np.array_equal(np.asarray(generate.portrait(101, {"smile": 1.0}, 0.6)), np.asarray(drawn))


@pytest.mark.parametrize("door", [generate.portrait, generate.speak, generate.speak_steps], ids=lambda d: d.__name__)
def test_no_door_to_a_portrait_takes_a_picture_or_a_latent(door):
    taken = {str(parameter.annotation) for parameter in inspect.signature(door).parameters.values()}
    assert not [t for t in taken for wrong in (Latent.__name__, "Image", "bytes", "Path") if wrong in t]
    with pytest.raises(ValueError, match="seed"):
        list(door(Image.new("RGB", (256, 256)), *(["Hello."] if door is not generate.portrait else [])))


def test_every_step_may_be_taken_in_a_context_of_its_own():
    steps = generate.speak_steps(3, "Hello.")
    shares = []
    while (step := contextvars.copy_context().run(next, steps, None)) is not None:
        shares.append(step.share)
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] == 1 and len(shares) >= 3


def test_weights_of_a_visitor_draw_no_portrait():
    before = np.asarray(generate.portrait(5))
    own = copy.deepcopy(faces.network("faces-gan"))
    with torch.no_grad():
        for parameter in own.parameters():
            parameter.mul_(1.1)
    with lending({"faces-gan": Lent(own, "own")}):
        assert not np.array_equal(np.asarray(faces.decode(faces.latent(5), 0.7, side=256)), before)
        assert np.array_equal(np.asarray(generate.portrait(5)), before)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"text": ""}, "Write something"),
        ({"text": "a " * limits.MAX_FILM_CHARACTERS}, "at most"),
        ({"voice": "nobody"}, "No voice"),
        ({"seed": -1}, "seed"),
        ({"sliders": {"frown": 1.0}}, "No direction"),
        ({"truncation": 9}, "truncation"),
        ({"speed": 9}, "speed"),
        ({"speech_seed": -1}, "seed"),
    ],
)
def test_bad_input_is_a_sentence(settings, words):
    with pytest.raises(ValueError, match=words):
        generate.speak(**({"seed": 3, "text": "Hello."} | settings))


def test_a_picture_without_a_face_is_a_sentence(monkeypatch):
    def nothing(_):
        raise align.NoFace(align.NO_FACE)

    monkeypatch.setattr(align, "find_face", nothing)
    with pytest.raises(ValueError, match="Move them towards the middle"):
        generate.speak(3, "Hello.")
