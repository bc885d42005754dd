"""The recipe of docs/scaling-out.md for every medium: two processes through the command line, then one goes on."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from genai_demo import __main__ as cli
from tests.audio import tiny_music
from tests.faces.tiny import image
from tests.faces.training import names
from tests.repair import tiny as tiny_repair
from tests.text import tiny as tiny_text

ROOT = Path(__file__).parents[2]
LAUNCHER = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m", "genai_demo"]
EVERY = ["--batch=4", "--log-every=1", "--evaluate-every=0", "--sample-every=0", "--device=cpu"]


def faces(home: Path) -> list[str]:
    from genai_demo.faces import data

    source = home / "source"
    source.mkdir()
    with (source / "index.csv").open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["file", "source", "licence", "synthetic"])
        for i, name in enumerate(names("train", 8) + names("held_out", 4)):
            image(i).save(source / name)
            writer.writerow([name, "made up", "CC0", "yes"])
    data.prepare(source, size=16, progress=False)
    return ["faces", "--resolution=16", "--anchor=0", "--feature-critic=0", "--augment-target=0.5"]


def repair(home: Path) -> list[str]:
    tiny_repair.write_set(home, 12)
    return ["repair", "--channels=8"]


def text(home: Path) -> list[str]:
    tiny_text.prepare(home)
    return ["text", f"--data={home / 'set'}", "--layers=1", "--width=32", "--heads=2", "--context=64"]


def music(home: Path) -> list[str]:
    from genai_demo.audio.music import data

    data.prepare(tiny_music.write_pack(home / "pack"), home / "set", progress=False)
    small = [o for o in tiny_music.SMALL if not o.startswith(("--batch", "--log"))]
    return ["audio", "--model=music", f"--data={home / 'set'}", *small]


@pytest.mark.slow
@pytest.mark.parametrize("medium", [faces, repair, text, music])
def test_two_processes_train_and_one_goes_on(medium: Callable[[Path], list[str]], tmp_path, monkeypatch):
    for name, value in (("GENAI_HOME", str(tmp_path)), ("GENAI_DEVICE", "cpu"), ("OMP_NUM_THREADS", "1")):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("GENAI_DATA", raising=False)
    run = tmp_path / "run"
    command = ["train", *medium(tmp_path), *EVERY, f"--run={run}"]
    done = subprocess.run(
        [*LAUNCHER, "--", *command, "--steps=2"], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True,
        timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert torch.load(run / "state.pt", weights_only=True)["step"] == 2
    assert cli.main([*command, "--steps=3"]) == 0
    assert torch.load(run / "state.pt", weights_only=True)["step"] == 3
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2, 3]  # once each, not once for every process


@pytest.mark.slow
def test_a_batch_that_cannot_be_shared_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    command = ["train", *text(tmp_path), *EVERY, "--batch=5", "--steps=1", f"--run={tmp_path / 'run'}"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*LAUNCHER, "--", *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240
    )
    assert done.returncode != 0
    assert "A batch of 5 cannot be shared by 2 processes." in done.stderr
