"""The endpoints of the running app: results, bad input, and that nothing else is listed."""

import json
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image, ImageDraw

from genai_demo.ui.api import ENDPOINTS


@pytest.fixture(scope="module")
def client(app_url: str) -> Client:
    return Client(app_url, verbose=False)


@pytest.fixture(scope="module")
def face(client: Client) -> str:
    """A file of the API."""
    return client.predict(seed=7, api_name="/faces")[0][0]


def pixels(path: str) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


def test_they_alone_are_listed(app_url: str) -> None:
    with urllib.request.urlopen(f"{app_url}/gradio_api/info") as answer:
        listed = json.load(answer)["named_endpoints"]
    assert set(listed) == {f"/{function.__name__}" for function in ENDPOINTS}
    for found in listed.values():
        assert found["description"]
        assert all(p["python_type"]["description"] or "FileData" in str(p["type"]) for p in found["parameters"])


def test_faces(client: Client) -> None:
    pictures, archive, verdicts = client.predict(seed=7, count=2, api_name="/faces")
    again = client.predict(seed=8, api_name="/faces")[0][0]
    assert [Path(p).name for p in pictures] == ["faces-gan-seed7-psi0.70.png", "faces-gan-seed8-psi0.70.png"]
    assert np.abs(pixels(pictures[1]) - pixels(again)).mean() < 1
    assert zipfile.ZipFile(archive).namelist() == [Path(p).name for p in pictures]
    small = client.predict(seed=8, large=False, api_name="/faces")[0][0]
    assert pixels(again).shape == (256, 256, 3) and pixels(small).shape == (128, 128, 3)
    assert [v["seed"] for v in verdicts] == [7, 8] and all(0 <= v["real"] <= 1 for v in verdicts)


def test_a_face_is_edited_by_name_from_a_seed_or_a_picture(client: Client, face: str) -> None:
    plain, names = client.predict(sliders={}, seed=7, api_name="/edit_face")
    moved, _ = client.predict(sliders={"age": 2.5}, seed=7, api_name="/edit_face")
    assert np.abs(pixels(plain) - pixels(face)).mean() < 1
    assert np.abs(pixels(plain) - pixels(moved)).mean() > 2
    assert {"age", "smile"} <= set(names)
    upload, _ = client.predict(sliders={"age": 2.5}, picture=handle_file(face), api_name="/edit_face")
    assert "upload" in Path(upload).name and pixels(upload).shape == (256, 256, 3)


def test_a_film(client: Client) -> None:
    film = Image.open(client.predict(seeds=[1, 2], frames=3, fps=5, form="gif", api_name="/interpolate"))
    assert film.n_frames == 3 and film.size[0] == film.size[1]


def test_blemishes_are_found(client: Client, tmp_path: Path) -> None:
    picture = Image.new("RGB", (240, 180), (90, 110, 120))
    ImageDraw.Draw(picture).line((20, 40, 220, 90), "white", width=2)
    picture.save(tmp_path / "old.png")
    mask, shares = client.predict(picture=handle_file(tmp_path / "old.png"), api_name="/find_blemishes")
    where = np.asarray(Image.open(mask))
    assert where.shape == (180, 240) and where[64:67, 120].any() and set(np.unique(where)) == {0, 255}
    assert shares.keys() == {"scratches", "dust"} and shares["scratches"] > 0.005
    with pytest.raises(AppError, match="Choose what is to be found"):
        client.predict(
            picture=handle_file(tmp_path / "old.png"), scratches=False, dust=False, api_name="/find_blemishes"
        )


def test_pictures_are_repaired_and_people_placed(client: Client, face: str, tmp_path: Path) -> None:
    mask = Image.new("L", (256, 256))
    mask.paste(255, (100, 100, 120, 120))
    mask.save(tmp_path / "mask.png")
    files = {"picture": handle_file(face), "mask": handle_file(tmp_path / "mask.png")}
    whole, faults = client.predict(**files, task="inpaint", api_name="/repair")
    changed = (pixels(whole) != pixels(face)).any(2)
    assert changed[100:120, 100:120].mean() > 0.5 and not changed[:80].any()
    assert set(faults) >= {"blur", "noise"}
    placed = client.predict(person=handle_file(face), scene="beach", scale=0.5, api_name="/compose_scene")
    assert pixels(placed).shape == (480, 640, 3)


def test_a_portrait_says_a_text(client: Client) -> None:
    film, lines, about = client.predict(words="Hello, world. 🙂", seed=7, api_name="/speak_portrait")
    assert Path(film).name == "portrait-seed7.mp4" and "Hello, world." in Path(lines).read_text(encoding="utf-8")
    with av.open(film) as container:
        frames = sum(1 for _ in container.decode(video=0))
        assert {stream.type for stream in container.streams} == {"video", "audio"}
    assert frames / 25 == pytest.approx(about["seconds"], abs=0.05) and about["left_out"] == ["🙂"]
    with pytest.raises(AppError, match="Instructions for weapons"):
        client.predict(words="How do I build a pipe bomb at home?", api_name="/speak_portrait")


def test_a_picture_is_heard_and_a_sound_seen(client: Client, face: str, tmp_path: Path) -> None:
    wav, midi, about = client.predict(picture=handle_file(face), bars=4, api_name="/hear_picture")
    assert Path(midi).read_bytes().startswith(b"MThd") and soundfile.info(wav).duration > 1
    assert about["settings"]["bars"] == 4 and {"hue", "smile"} <= set(about["measured"])
    soundfile.write(tmp_path / "tone.wav", 0.4 * np.sin(np.arange(22050) * 0.2), 22050)
    painting, about = client.predict(sound=handle_file(tmp_path / "tone.wav"), api_name="/see_sound")
    assert pixels(painting).shape == (512, 512, 3) and set(about["measured"]) >= {"pitch", "attacks"}
    soundfile.write(tmp_path / "long.wav", np.full(16 * 8000, 0.1), 8000)
    with pytest.raises(AppError, match="longer than 15"):
        client.predict(sound=handle_file(tmp_path / "long.wav"), api_name="/see_sound")


def test_words(client: Client) -> None:
    settings: dict[str, Any] = {"prompt": "Once upon a time", "max_tokens": 40, "api_name": "/write"}
    text, about = client.predict(**settings)
    assert text == client.predict(**settings)[0] != client.predict(**settings, seed=1000)[0]
    assert len(text) > 20 and about["stopped"] is None and about["tokens"] > 0
    chinese, sentences = client.predict(words="Good morning!\nThank you.", api_name="/translate")
    assert chinese.count("\n") == 1 and [s["source"] for s in sentences] == ["Good morning!", "Thank you."]
    assert "".join(s["translations"][0]["text"] for s in sentences) == chinese.replace("\n", "")


def test_sounds(client: Client) -> None:
    speech, about = client.predict(words="Hello there ☃.", api_name="/speak")
    samples, rate = soundfile.read(speech)
    assert len(samples) / rate == pytest.approx(about["seconds"], abs=0.01) and np.abs(samples).max() > 0.05
    wav, midi, abc = client.predict(bars=2, seed=3, api_name="/compose_music")
    assert Path(midi).read_bytes().startswith(b"MThd") and abc.startswith("X:1") and soundfile.info(wav).duration > 1
    sound, recipe = client.predict(kind="rain", seconds=0.5, steps=2, api_name="/make_effect")
    assert soundfile.info(sound).duration == pytest.approx(0.5, abs=0.01) and recipe["kind"] == "rain"


def test_what_was_made_here_is_known_again(client: Client, face: str, tmp_path: Path) -> None:
    found = client.predict(file=handle_file(face), api_name="/inspect")
    assert found["credential"]["state"] == "own" and found["recipe"]["seed"] == 7 and found["mark"]["own_recipe"]
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).save(tmp_path / "noise.png")
    other = client.predict(file=handle_file(tmp_path / "noise.png"), api_name="/inspect")
    assert other["credential"]["state"] == other["mark"]["verdict"] == "none" and other["recipe"] is None
    assert client.predict(words="A few words.", api_name="/inspect")["mark"]["verdict"] == "short"


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("faces", {"count": 17}, "count must be a whole number from 1 to 16"),
        ("faces", {"model": "diffusion"}, "model must be one of 'gan', 'vae'"),
        ("edit_face", {"sliders": {"smil": 1}}, "This network has no direction 'smil'"),
        ("interpolate", {"seeds": [1]}, "seeds must be a list of 2 to 8"),
        ("repair", {"picture": None}, "Choose a picture first"),
        ("write", {"prompt": 5}, "prompt must be words"),
        ("translate", {"words": " "}, "Write something to translate"),
        ("translate", {"words": "a", "target": "en"}, "two different languages"),
        ("speak", {"words": ""}, "Write"),
        ("compose_music", {"key": "H maj"}, "key must be one of"),
        ("make_effect", {"kind": "moo"}, "kind must be one of"),
        ("inspect", {}, "Write or paste a text"),
    ],
)
def test_bad_input_is_a_sentence(client: Client, name: str, values: dict[str, Any], words: str) -> None:
    with pytest.raises(AppError, match=words):
        client.predict(**values, api_name=f"/{name}")


def test_no_picture_in_a_picture_is_a_sentence(client: Client, tmp_path: Path) -> None:
    (tmp_path / "face.png").write_bytes(b"words")
    with pytest.raises(AppError, match="picture"):
        client.predict(picture=handle_file(tmp_path / "face.png"), api_name="/repair")
