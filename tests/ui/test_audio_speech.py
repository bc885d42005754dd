"""The room "Speech": its functions, and its doors over HTTP."""

import json
import re
import string
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from genai_demo.audio import sounds
from genai_demo.audio.speech import generate
from genai_demo.core import limits, soundmark
from genai_demo.ui import speech_actions as actions
from genai_demo.ui.speech_compare import take_recording
from genai_demo.ui.speech_phonemes import plan_words, read_plan
from genai_demo.ui.texts_speech import SPEECH
from tests.core.test_soundfiles import is_tone, packed
from tests.ui.speech_page import TAUGHT, forget, served, voices

TEXT = "Hi. 你好!"
SETTINGS = {"voice": "kathleen", "speed": 1, "pitch": 0, "energy": 0, "seed": 3}
ALONE = {"second": "", "blend": 0.5}
"""No second voice, as the room begins."""
BENDS = {"speed": 1, "pitch": 0, "energy": 0, "seed": 3}
REQUEST = SimpleNamespace(headers={"accept-language": "en"})


@pytest.fixture(scope="module", autouse=True)
def networks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pytest.MonkeyPatch]:
    """Small ones in the place of the trained."""
    with voices(tmp_path_factory.mktemp("speech")) as patch:
        yield patch


@pytest.fixture(scope="module")
def url(networks: pytest.MonkeyPatch) -> Iterator[str]:
    """The room, served."""
    with served() as found:
        yield found


@pytest.fixture(scope="module")
def client(url: str) -> Client:
    """A page in English."""
    return Client(url, verbose=False)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of a sung vowel."""
    time = np.arange(sounds.RATE) / sounds.RATE
    wave = sum(np.sin(2 * np.pi * 150 * k * time) / k for k in range(1, 9))
    return sounds.write(0.1 * wave, tmp_path_factory.mktemp("recording") / "vowel.wav")


def spoken(words: str = TEXT, **changes) -> list[tuple]:
    """Everything that the page gets for a text."""
    return list(actions.speak_text(words, **(SETTINGS | ALONE | changes), request=REQUEST))


# --------------------------------------------------------------------------- functions


def test_the_page_gets_every_piece_as_it_comes_and_then_the_whole() -> None:
    steps = spoken()
    lists = [json.loads(live)["pieces"] for live, *_ in steps if isinstance(live, str)]
    assert [len(paths) for paths in lists] == [0, 1, 2, 2, 2]
    assert steps[0][2:9] == (None, "", *[None] * 5)  # nothing of an earlier sound
    _, status, wav, look, *_ = steps[-1]
    assert "first sound" in status and look.count("<img") == 4
    joined = np.concatenate([sounds.read(Path(p)) for p in lists[-1]])
    whole = generate.speak(TEXT, seed=3)[1]
    assert np.abs(joined - whole).max() < 1e-3 and np.abs(sounds.read(wav) - whole).max() < 1e-3


def test_files_carry_the_recipe_and_the_seed_repeats() -> None:
    (*_, wav, ogg, _, _, _, _, _), (*_, again, _, _, _, _, _, _) = spoken()[-1], spoken()[-1]
    assert Path(wav).name == "speech-kathleen-seed3.wav" and Path(ogg).suffix == ".ogg"
    assert Path(wav).read_bytes() == Path(again).read_bytes()
    for path in (wav, ogg):
        tags = sounds.read_tags(path)
        assert json.loads(tags["comment"]) == {"text": TEXT} | SETTINGS and tags["title"] == TEXT


def test_stop_keeps_what_was_spoken_and_nothing_of_what_is_whole() -> None:
    steps = spoken()
    first = steps[1]
    status, wav, look, _, ogg, _, _, table, _, part = actions.stop_speech(first[-1], REQUEST)
    seconds = len(sounds.read(Path(json.loads(first[0])["pieces"][0]))) / sounds.RATE
    assert f"{seconds:.1f} s" in status and look.count("<img") == 4 and part is None
    assert len(sounds.read(wav)) / sounds.RATE == pytest.approx(seconds, abs=0.01)
    assert json.loads(sounds.read_tags(ogg)["comment"]) == {"text": TEXT} | SETTINGS
    assert [word["word"] for word in json.loads(Path(table).read_text())] == ["Hi", "."]
    assert [step[-1] for step in steps[-2:]] == [None, None]
    assert actions.stop_speech(None, REQUEST) == tuple([gr.skip()] * 10)


def test_the_mark_comes_with_the_pieces_and_is_the_same_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soundmark, "BLOCK", 4)  # 1.5 s: several in a short text
    words = "Hi. 你好! It is late. I am here. It is cold. You are there."
    steps = spoken(words)
    parts = [step[-1] for step in steps if step[-1] is not None]
    assert [len(part.marked) for part in parts] == sorted(len(part.marked) for part in parts)
    assert len(parts[-1].marked) > 1, "before the end the beginning is ready"
    recipe = {"text": words} | SETTINGS
    at_once = actions.mark_sound(generate.speak(words, seed=3)[1], sounds.RATE, actions.MODELS, recipe)
    wav, ogg = (sounds.read(steps[-1][place]) for place in (2, 4))
    assert np.array_equal(wav, sounds.read(sounds.wave_bytes(at_once))) and len(wav) == len(ogg)
    stopped = sounds.read(actions.stop_speech(parts[-1], REQUEST)[1])
    done = len(actions._read(parts[-1].marked))
    assert len(stopped) == len(wav) and np.array_equal(stopped[:done], wav[:done])
    assert np.abs(stopped - wav).max() < 0.02


def test_subtitles_and_timings_are_those_of_the_sound() -> None:
    _, status, wav, _, _, _, *timed, _, _ = spoken("Hi *you*. 你好!", speed=1.5)[-1]
    srt, vtt, table = (Path(path).read_text(encoding="utf-8") for path in timed)
    assert [Path(path).name for path in timed] == [f"speech-kathleen-seed3.{form}" for form in ("srt", "vtt", "json")]
    words = json.loads(table)
    assert [word["word"] for word in words] == ["Hi", "you", ".", "你", "好", "!"]
    assert [word["reading"] for word in words][1:5] == ["ju", ".", "ní", "hǎo"]
    times = [time for word in words for time in (word["start"], word["end"])]
    assert times == sorted(times) and times[-1] < len(sounds.read(wav)) / sounds.RATE < times[-1] + 0.3
    assert srt.startswith("1\n00:00:00,") and "\nHi you.\n" in srt and vtt.startswith("WEBVTT") and "你好！" in vtt
    assert "first sound" in status


def test_the_status_says_how_much_of_the_text_is_spoken() -> None:
    going = [status for _, status, *_ in spoken("Hi. 你好! It is late.")[1:-2]]
    shares = [int(re.search(r"(\d+) ?%", status)[1]) for status in going]
    assert shares == sorted(shares) and 0 < shares[0] < 40 and shares[-1] == 100


def test_a_voice_says_what_it_is_and_two_are_mixed(tmp_path: Path) -> None:
    with voices(tmp_path, TAUGHT):
        mixed = {"voice": "af_heart", "second": "am_michael", "blend": 0.25}
        _, _, wav, _, _, ogg, *_, plan, _ = spoken(**mixed)[-1]
        assert Path(wav).name == "speech-af_heart-am_michael-0.25-seed3.wav"
        assert json.loads(sounds.read_tags(ogg)["comment"]) == {"text": TEXT} | SETTINGS | mixed
        found = read_plan(plan)
        assert (found.voice, found.second, found.blend) == ("af_heart", "am_michael", 0.25)
        one = spoken(voice="af_heart", second="am_michael", blend=0)[-1][5]
        assert "second" not in json.loads(sounds.read_tags(one)["comment"])
        *_, last = actions.speak_sample(**(SETTINGS | ALONE | {"voice": "zf_xiaoxiao"}), request=REQUEST)
        assert json.loads(sounds.read_tags(last[5])["comment"])["text"] == actions.SAMPLES["zh"]
        with pytest.raises(gr.Error, match="No voice is called"):
            spoken(voice="af_heart", second="kathleen", blend=0.5)
    forget()


def test_what_was_left_out_is_named_and_harmless() -> None:
    assert actions.left_out(TEXT, "en") == ""
    found = actions.left_out("Hi <b>you</b> 🙂 привет", "en")
    assert all(f"`{what}`" in found for what in ("<b>", "🙂", "привет"))
    many = actions.left_out("Hi " + " ".join(chr(0x430 + i) for i in range(17)), "en")
    assert many.endswith("and 5 more") and len(many) < 400


def test_a_plan_goes_to_the_browser_and_back() -> None:
    plan = generate.plan(TEXT)
    assert read_plan(plan_words(plan)) == plan
    given = json.loads(plan_words(plan)) | {"chosen": 1}
    second = read_plan(json.dumps(given), whole=False)
    assert {p.utterance for p in second.phones} == {1} and len(second.phones) < len(plan.phones)


def test_a_bent_phone_is_heard_and_written_into_the_recipe() -> None:
    given = json.loads(plan_words(generate.plan(TEXT, seed=3)))
    place = next(i for i, p in enumerate(given["phones"]) if p["hertz"])
    given["phones"][place]["milliseconds"] += 500
    *_, last = actions.speak_plan(json.dumps(given), True, **BENDS, request=REQUEST)
    _, _, wav, _, _, ogg, *_, view, _ = last
    longer = len(sounds.read(wav)) - len(generate.speak(TEXT, seed=3)[1])
    assert longer == pytest.approx(0.5 * sounds.RATE, abs=512)
    assert view == gr.skip()  # what was bent stays in sight
    recipe = json.loads(sounds.read_tags(ogg)["comment"])
    assert recipe["plan"]["phones"] == given["phones"] and "-bent" in Path(wav).name


def changed(**values) -> str:
    """A plan whose second phone has these values."""
    given = json.loads(plan_words(generate.plan("Hi.")))
    given["phones"][1] |= values
    return json.dumps(given)


@pytest.mark.parametrize("words", [None, "", "[]", "{}", "7", '{"voice": "kathleen", "phones": [1]}', "[" * 100_000])
def test_what_is_no_plan_gets_a_sentence(words: str | None) -> None:
    with pytest.raises(ValueError, match="no plan of speech"):
        read_plan(words)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"symbol": ["HH"]}, "no plan of speech"),
        ({"utterance": "one"}, "no plan of speech"),
        ({"more": 1}, "no plan of speech"),
        ({"symbol": "QQ"}, "No phone is called"),
        ({"milliseconds": 1e9}, "A phone lasts"),
        ({"hertz": 3}, "The pitch of a phone"),
        ({"decibels": float("nan")}, "The level of a phone"),
    ],
)
def test_a_plan_with_wrong_phones_gets_a_sentence(values: dict, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_plan(changed(**values))


def test_plans_have_limits() -> None:
    given = json.loads(plan_words(generate.plan("Hi.")))
    slow = [p | {"milliseconds": limits.MAX_PHONE_MILLISECONDS} for p in given["phones"]]
    with pytest.raises(ValueError, match="A sentence lasts"):
        read_plan(json.dumps(given | {"phones": slow * 10}))
    with pytest.raises(ValueError, match="too long"):
        read_plan(json.dumps(given | {"phones": slow[:1] * 30_001}))
    with pytest.raises(ValueError, match="too long"):
        read_plan(json.dumps(given | {"phones": [slow[0] | {"utterance": i} for i in range(1_600)]}))


def test_the_room_opens_with_an_example_once() -> None:
    waiting, shown = actions.open_room(False, REQUEST)
    assert "being spoken" in waiting[1]
    assert "An example" in shown[1] and len(sounds.read(shown[2])) > sounds.RATE
    assert read_plan(shown[-1]) == generate.plan(actions.FIRST)
    assert all(value == gr.skip() for value in next(actions.open_room(True, REQUEST)))


def test_without_weights_the_room_says_so(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
        forget()
        *_, last = actions.open_room(False, REQUEST)
        assert last[0] is False and "The voices are missing" in last[1]
        with pytest.raises(gr.Error, match="The voices are missing"):
            spoken()
    forget()


def test_every_text_is_in_both_languages() -> None:
    for key, texts in SPEECH.items():
        english, chinese = ({name for _, name, _, _ in string.Formatter().parse(words) if name} for words in texts)
        assert all(texts) and english == chinese, key


# --------------------------------------------------------------------------- over HTTP


def test_speaking_over_http(client: Client) -> None:
    job = client.submit(TEXT, **SETTINGS, **ALONE, api_name="/speak_text")
    live, status, wav, look, file, ogg, *times, plan = job.result()
    assert len(json.loads(live)["pieces"]) == 2 and "first sound" in status and "<img" in look
    assert np.abs(sounds.read(wav) - generate.speak(TEXT, seed=3)[1]).max() < 1e-3
    assert Path(file).suffix == ".wav" and Path(ogg).suffix == ".ogg"
    assert [Path(path).suffix for path in times] == [".srt", ".vtt", ".json"] and len(job.outputs()) >= 3
    again = client.predict(plan, True, **BENDS, api_name="/speak_plan")
    assert np.array_equal(sounds.read(again[2]), sounds.read(wav))


def test_a_recording_is_compared_with_its_copy(client: Client, recording: Path) -> None:
    found = client.predict(handle_file(recording), "Hi.", "kathleen", 3, api_name="/compare_speech")
    status, original, _, copy, _, synthesised, look = found
    assert "differs" in status and look.count("<img") == 4
    assert len(sounds.read(original)) == pytest.approx(len(sounds.read(copy)), abs=256)
    assert np.abs(sounds.read(synthesised) - generate.speak("Hi.", seed=3)[1]).max() < 1e-3


@pytest.mark.parametrize(
    ("name", "container", "codec"),
    [
        ("memo.m4a", "ipod", "aac"),
        ("memo.webm", "webm", "libopus"),
        ("film.mp4", "mp4", "aac"),
        ("memo", "ogg", "libopus"),
    ],
)
def test_recordings_of_telephones_and_browsers_are_compared(
    client: Client, tmp_path: Path, name: str, container: str, codec: str
) -> None:
    (tmp_path / name).write_bytes(packed(container, codec))
    found = client.predict(handle_file(tmp_path / name), "Hi.", "kathleen", 3, api_name="/compare_speech")
    assert len(sounds.read(found[1])) == pytest.approx(0.6 * sounds.RATE, abs=3_000)


def test_an_uploaded_recording_becomes_one_that_browsers_play(tmp_path: Path) -> None:
    (tmp_path / "memo.wma").write_bytes(packed("asf", "wmav2", layout="stereo"))
    path, emptied = take_recording(str(tmp_path / "memo.wma"))
    assert path is not None and Path(path).read_bytes()[8:12] == b"WAVE" and emptied is None
    assert is_tone(sounds.read(path))


@pytest.mark.parametrize(
    ("words", "changes", "english", "chinese"),
    [
        (" ", {}, "Write something", "请先写下"),
        ("x" * 10_000, {}, "10,000 characters", "10,000 个字符"),
        ("🙂 привет", {}, "Nothing in this text", "无法朗读"),
        ("Hi", {"speed": 9}, "from 0.5 to 2", "0.5 到 2"),
        ("Hi", {"seed": "seven"}, "must be a number", "之间的数"),
    ],
)
def test_bad_input_gets_a_sentence(url: str, words: str, changes: dict, english: str, chinese: str) -> None:
    for code, sentence in (("en", english), ("zh-CN", chinese)):
        page = Client(url, verbose=False, headers={"accept-language": code})
        with pytest.raises(AppError, match=sentence):
            page.predict(words, **(SETTINGS | ALONE | changes), api_name="/speak_text")


def test_bad_recordings_get_a_sentence(client: Client, tmp_path: Path) -> None:
    (tmp_path / "letter.wav").write_text("Dear network")
    sounds.write(0.1 * np.sin(np.arange(30 * 4_000) / 5), tmp_path / "long.wav", rate=4_000)
    for file, sentence in (("letter.wav", "no sound, or is damaged"), ("long.wav", "longer than 20 seconds")):
        with pytest.raises(AppError, match=sentence):
            client.predict(handle_file(tmp_path / file), "Hi.", "kathleen", 3, api_name="/compare_speech")
    with pytest.raises(AppError, match="Choose a sound first"):
        client.predict(None, "Hi.", "kathleen", 3, api_name="/compare_speech")
