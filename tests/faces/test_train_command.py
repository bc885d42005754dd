"""Whole training runs through the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from genai_demo import __main__ as cli
from genai_demo.core import checkpoint, loop
from genai_demo.faces import generate, train
from genai_demo.faces.encoders import VAE
from genai_demo.faces.model import GANConfig, Generator
from tests.faces.tiny import SHAPE, VARIATIONAL, image, save_all
from tests.faces.training import names, weights

ROOT = Path(__file__).parents[2]


def log_of(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


OFTEN = ("--batch=4", "--log-every=1", "--evaluate-every=2", "--sample-every=1", "--anchor=0", "--feature-critic=0")


@pytest.mark.parametrize(
    ("model", "published"),
    [("gan", ["faces-discriminator", "faces-gan"]), ("vae", ["faces-vae"]), ("classifier", ["faces-classifier"])],
)
def test_train_resume_publish(model, published, home, small_models, capsys):
    folder = home / "run"
    command = ["train", "faces", f"--model={model}", f"--run={folder}", *OFTEN]
    assert cli.main([*command, "--steps=2"]) == 0
    first = log_of(folder)
    assert [line["step"] for line in first] == [1, 2, 2]
    assert cli.main([*command, "--steps=4", "--publish"]) == 0
    assert log_of(folder)[:3] == first
    assert [line["step"] for line in log_of(folder)] == [1, 2, 2, 3, 4, 4]
    assert torch.load(folder / "state.pt", weights_only=True)["step"] == 4
    assert checkpoint.names() == published
    generate._load.cache_clear()
    for name in published:
        card = checkpoint.read_card(name)
        assert card["data"]["count"] == 22
        assert card["training"]["steps"] in (2, 4)
        assert card["training"]["settings"]["batch"] == 4
        assert "also_trained_on" not in card
        assert generate.network(name).config.resolution == 16
    generate._load.cache_clear()
    replay = sorted(p.name for p in (home / "replay").glob("*.webp")) if model == "gan" else None
    assert replay in (None, [f"{4 * step:08d}.webp" for step in (1, 2, 3, 4)])


def test_resuming_equals_not_stopping(home, small_models):
    for folder, budgets in (("whole", [3]), ("parts", [1, 3])):
        for steps in budgets:
            command = ["train", "faces", f"--run={home / folder}", f"--steps={steps}", *OFTEN, "--evaluate-every=0"]
            assert cli.main(command) == 0
    whole, parts = (torch.load(home / f / "state.pt", weights_only=True)["modules"] for f in ("whole", "parts"))
    for network in whole:
        assert all(torch.equal(whole[network][k], parts[network][k]) for k in whole[network])


@pytest.mark.parametrize("anchor", [0, 1])
def test_a_published_gan_can_be_trained_on(home, small_models, anchor):
    save_all()
    published = checkpoint.load_weights("faces-gan", Generator(GANConfig(**SHAPE, latent=16)))
    train.GANConfig.keywords["latent"] = 16
    task = train.make_task(
        cli.door_parser("train", "faces", train).parse_args(
            ["--init=published", f"--anchor={anchor}", "--feature-critic=0"]
        )
    )
    loop.start_from("published", task)
    assert task.settings.pretrain == 0
    assert torch.equal(weights(task.generator), weights(published))
    assert torch.equal(weights(task.ema.target), weights(published))
    assert all(p.requires_grad for p in task.generator.parameters())
    if anchor:
        assert torch.equal(weights(task.vae), weights(checkpoint.load_weights("faces-vae", VAE(VARIATIONAL))))


@pytest.mark.parametrize("task", ["vae", "classifier"])
def test_published_networks_and_other_runs_can_be_a_start(task, home, small_models, no_features):
    options = ["train", "faces", f"--model={task}", "--batch=4", "--evaluate-every=2", "--steps=2"]
    assert cli.main([*options, f"--run={home / 'first'}", "--publish"]) == 0
    whole = torch.load(home / "first" / "state.pt", weights_only=True)["modules"]["network"]
    args = cli.door_parser("train", "faces", train).parse_args([f"--model={task}", "--seed=5"])
    again = train.make_task(args)
    loop.start_from(str(home / "first"), again)
    assert all(torch.equal(v, whole[k]) for k, v in again.network.state_dict().items())
    published = train.make_task(args)
    loop.start_from("published", published)
    half = torch.load(home / "first" / "best.pt", weights_only=True)["averaged"]["network"]
    for name, tensor in published.network.named_parameters():
        torch.testing.assert_close(tensor.data, half[name], rtol=1e-3, atol=1e-3)
        assert tensor.requires_grad
    with pytest.raises(ValueError, match="no folder of a run"):
        loop.start_from(str(home / "nowhere"), again)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--steps=1", "--data=nowhere"], "run `python -m genai_demo data faces` first"),
        (["--steps=1", "--publish", "--evaluate-every=0"], "has no best weights yet"),
        (["--model=encoder", "--steps=1"], "no checkpoint called 'faces-gan'"),
        (["--model=directions"], "no checkpoint called 'faces-classifier'"),
        (["--steps=1", "--pretrain=10"], "nothing to learn from"),
        (["--steps=1", "--init=nowhere"], "no folder of a run"),
        (["--steps=1", "--device=toaster"], "is no device"),
    ],
)
def test_what_cannot_be_trained_is_a_sentence(home, small_models, options, words, capsys):
    generate._load.cache_clear()
    command = ["train", "faces", f"--run={home / 'run'}", "--batch=4", "--anchor=0", "--feature-critic=0"]
    assert cli.main([*command, *options]) == 2
    assert words in capsys.readouterr().err


def test_a_run_of_other_settings_is_not_resumed(home, small_models, capsys):
    command = ["train", "faces", f"--run={home / 'run'}", "--steps=1", "--batch=4", "--anchor=0", "--feature-critic=0"]
    assert cli.main(command) == 0
    assert cli.main([*command, "--model=classifier"]) == 2
    assert "another --run folder" in capsys.readouterr().err


@pytest.mark.slow
def test_the_finder_trains_through_the_same_door(tmp_path, monkeypatch, capsys):
    pack = tmp_path / "pack"
    pack.mkdir()
    files = names("train", 4) + names("held_out", 2)
    for i, name in enumerate(files):
        image(i, 128).save(pack / name)
    (pack / "index.csv").write_text("\n".join(["file", *files]))
    points = np.random.default_rng(0).uniform(0.3, 0.7, (len(files), 68, 2)).astype(np.float32)
    np.savez(pack / "landmarks68.npz", names=np.array(files), lm=points)
    command = ["train", "faces", "--model=finder", "--steps=1", f"--run={tmp_path / 'run'}"]
    assert cli.main([*command, f"--data={pack}"]) == 0
    assert torch.load(tmp_path / "run" / "state.pt", weights_only=True)["step"] == 1
    assert cli.main([*command, f"--data={tmp_path}"]) == 2
    assert "is no pack" in capsys.readouterr().err
    monkeypatch.delenv("GENAI_DATA", raising=False)
    assert cli.main(command) == 2
    assert "Name its zip or folder with --data" in capsys.readouterr().err


@pytest.mark.slow
def test_two_processes_see_what_one_sees(home, monkeypatch):
    monkeypatch.setenv("GENAI_PRECISION", "float32")
    options = ["--steps=3", "--resolution=16", "--batch=4", "--log-every=1"]
    options += ["--anchor=0", "--feature-critic=0", "--augment=0", "--evaluate-every=0"]
    assert cli.main(["train", "faces", *options, f"--run={home / 'one'}"]) == 0
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    command = [*launcher, "-m", "genai_demo", "--", "train", "faces", *options, f"--run={home / 'two'}"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    one, two = log_of(home / "one"), log_of(home / "two")
    assert [line["step"] for line in two] == [1, 2, 3]
    for figure in ("d_loss", "g_loss"):  # mirroring differs from process to process, the pictures do not
        assert two[0][figure] == pytest.approx(one[0][figure], rel=0.05)
