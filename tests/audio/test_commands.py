"""The commands of audio: every model's own options, and sounds written as files, over small random networks."""

import numpy as np
import pytest
import soundfile
import torch

from genai_demo import __main__ as cli
from genai_demo.audio import sounds, train, vocoder
from genai_demo.audio.mel import HOP, RATE
from genai_demo.audio.speech import generate as speech
from genai_demo.audio.speech.cast import cast_of
from genai_demo.audio.speech.features import SPEAKERS
from genai_demo.audio.speech.model import SpeechModel
from tests.audio.test_effects_generate import networks
from tests.audio.tiny_effects import home
from tests.audio.tiny_speech import CONFIG

__all__ = ["home", "networks"]


@pytest.mark.parametrize("model", train.MODELS)
def test_every_model_tells_its_options(model, capsys):
    with pytest.raises(SystemExit) as leave:
        cli.main(["train", "audio", "--model", model, "--help"])
    assert leave.value.code == 0
    shown = capsys.readouterr().out
    assert "--model" in shown and ("--limit" if model == "letters" else "--publish") in shown


def test_an_unknown_model_is_named_with_those_there_are(capsys):
    with pytest.raises(SystemExit) as leave:
        cli.main(["train", "audio", "--model", "smell"])
    assert leave.value.code == 2 and "effects-codec" in capsys.readouterr().err


def test_effects_are_written_in_both_formats(networks, tmp_path, capsys):
    for ending in ("wav", "ogg"):
        arguments = ["generate", "audio", "effects", "dogs", "--seconds", "0.7", "--seed", "4", "--format", ending]
        assert not cli.main([*arguments, "--out", str(tmp_path / "made")])
        path = tmp_path / "made" / f"dogs-seed4.{ending}"
        assert capsys.readouterr().out.strip() == str(path)
        assert soundfile.info(path).samplerate == RATE
        assert len(sounds.read(path)) == pytest.approx(0.7 * RATE, abs=64)
        assert sounds.read_tags(path)["title"] == "dogs-seed4"


def test_speech_is_written_under_its_first_words(tmp_path, monkeypatch):
    torch.manual_seed(1)
    net = SpeechModel(CONFIG).eval().requires_grad_(False)
    monkeypatch.setattr(speech, "_load", lambda: net)
    monkeypatch.setattr(speech, "_card", lambda: (CONFIG, cast_of({"voices": list(SPEAKERS)})))
    monkeypatch.setattr(vocoder, "vocode", lambda mel: np.repeat(np.tanh(mel.mean(0))[:-1], HOP).astype(np.float32))
    text = "The rain, at last, has stopped for good."
    for speed in ("1", "2"):
        out = tmp_path / speed
        assert not cli.main(["generate", "audio", "speech", text, "--speed", speed, "--out", str(out)])
    slow, fast = (sounds.read(tmp_path / speed / "the-rain-at-last-has.wav") for speed in ("1", "2"))
    assert len(fast) < 0.7 * len(slow)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["effects", "kangaroo"], "rain"),
        (["effects", "rain", "--seconds", "900"], "10"),
        (["speech", ""], "spoken"),
        (["speech", "Hello.", "--voice", "nobody"], "kathleen"),
    ],
)
def test_bad_input_is_told_and_leaves_no_folder(networks, arguments, part, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(speech, "_card", lambda: (CONFIG, cast_of({"voices": list(SPEAKERS)})))
    try:
        status = cli.main(["generate", "audio", *arguments, "--out", str(tmp_path / "made")])
    except SystemExit as leave:  # of the options
        status = leave.code
    assert status == 2
    assert part in capsys.readouterr().err and not (tmp_path / "made").exists()
