"""A short search of every medium through the command line, on made-up data."""

import json
from pathlib import Path

import pytest
import torch

from genai_demo import __main__ as cli
from genai_demo.audio.music import train as train_music
from genai_demo.repair import train as train_repair
from genai_demo.text import train as train_text
from tests.core import test_torchrun_media as made

SMALL = ["--trials=2", "--steps=2", "--rungs=2", "--reduction=2", "--winner-steps=5", "--evaluate-every=2"]


def searched(home: Path, medium: str, capsys: pytest.CaptureFixture[str]) -> dict:
    """What the command prints."""
    if medium == "faces":
        made.faces(home)
        search, options = ["faces"], ["--batch=4"]
    elif medium == "repair":
        made.repair(home)
        search, options = ["repair"], ["--batch=2"]
    elif medium == "text":
        search, options = ["text"], [*made.text(home)[1:], "--batch=2"]
    else:
        search, options = ["audio", "--model=music"], [
            *(o for o in made.music(home)[2:] if not o.startswith("--dropout")), "--batch=2",
        ]  # fmt: skip
    run = home / "search"
    capsys.readouterr()
    assert cli.main(["optimise", *search, *SMALL, f"--run={run}", "--device=cpu", "--", *options]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.slow
@pytest.mark.parametrize("medium", ["faces", "repair", "text", "audio"])
def test_settings_are_searched_and_the_winner_is_trained_longer(medium, tmp_path, monkeypatch, capsys):
    for name, value in (("GENAI_HOME", str(tmp_path)), ("GENAI_DEVICE", "cpu")):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("GENAI_DATA", raising=False)
    for module in (train_music, train_repair, train_text):
        monkeypatch.setattr(module, "PROBES", 1)
    found = searched(tmp_path, medium, capsys)
    assert [row["state"] for row in found["trials"]].count("finished") >= 1 and len(found["trials"]) == 2
    best = found["best"]
    assert torch.load(tmp_path / "search" / f"winner-{best['trial']:04d}" / "state.pt", weights_only=True)["step"] == 5
    command = found["command"].removeprefix("python -m genai_demo ").replace(" --publish", "").split()
    capsys.readouterr()
    assert cli.main(command) == 0  # what it prints can be run: here there is nothing left to do
    for row in found["trials"]:
        curve = json.loads((tmp_path / "search" / "trials.json").read_text())["trials"][row["trial"]]["curve"]
        assert min(point["score"] for point in curve) == pytest.approx(row["score"])
