"""The command line: help, errors, and making faces with a tiny random model."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from genai_demo import __main__ as cli
from genai_demo.core import cards, checkpoint
from genai_demo.faces import generate, recipe
from genai_demo.faces.generate_command import parse_edits, sheet
from genai_demo.faces.model import GANConfig, Generator
from tests.caches import forget

TINY = {"resolution": 16, "latent": 8, "mapping_layers": 1, "base_channels": 128, "max_channels": 8}


def exit_status(*arguments: str) -> int:
    """What the shell would see, whether argparse exits or ``main`` returns."""
    try:
        return cli.main(arguments)
    except SystemExit as leave:
        return leave.code


@pytest.fixture
def tiny_gan(tmp_path, monkeypatch):
    """A random GAN of 16 x 16 pixels with one direction, in a folder of its own."""
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    forget()
    torch.manual_seed(0)
    network = Generator(GANConfig(**TINY))
    with torch.no_grad():
        for block in network.blocks:
            block.to_rgb.conv.weight.normal_()
    direction = {"name": "smile", "group": "learned", "labels": {"en": "Smile"}, "vector": [3.0] * TINY["latent"]}
    checkpoint.save_checkpoint("faces-gan", network, {"config": TINY, "directions": [direction]})
    checkpoint.write_card("faces-vae", {"config": {}, "files": {}})
    yield
    forget()


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["generate", "faces", "--help"]])
def test_help_fits_a_screen(arguments, capsys):
    assert exit_status(*arguments) == 0
    help_text = capsys.readouterr().out
    assert help_text.startswith("usage: python -m genai_demo")
    assert help_text.count("\n") <= 40


@pytest.mark.parametrize("pair", cli.DOORS)
def test_every_door_has_a_pleasant_help(pair, capsys):
    assert exit_status(*pair, "--help") == 0
    help_text = capsys.readouterr().out
    assert help_text.startswith(f"usage: python -m genai_demo {' '.join(pair)}")
    assert "None" not in help_text
    assert help_text.count("\n") <= 70


def test_help_does_not_wait_for_torch():
    program = (
        "import sys; from genai_demo.__main__ import main\n"
        "try: main(sys.argv[1:])\n"
        "finally: print('torch' in sys.modules, file=sys.stderr)"
    )
    for arguments in (["--help"], ["generate", "faces", "--help"]):
        found = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
        assert found.stderr.strip() == "False"


@pytest.mark.parametrize("arguments", [[], ["train"], ["train", "cats"], ["dance", "faces"], ["--bogus"]])
def test_incomplete_commands_are_refused(arguments, capsys):
    assert exit_status(*arguments) == 2
    assert "usage: python -m genai_demo" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (ValueError("Give it a seed."), 2, "python -m genai_demo: Give it a seed.\n"),
        (OSError(28, "No space left on device"), 1, "python -m genai_demo: [Errno 28] No space left on device\n"),
        (ModuleNotFoundError("No module named 'x'", name="x"), 1, "x is not installed: pip install"),
        (KeyboardInterrupt(), 130, "\nStopped.\n"),
    ],
)
def test_errors_are_sentences(error, status, words, monkeypatch, capsys):
    def run(args: object) -> None:
        raise error

    door = SimpleNamespace(__doc__="A door.", add_arguments=lambda parser: None, run=run)
    monkeypatch.setattr(cli.importlib, "import_module", lambda name: door)
    assert cli.main(["generate", "faces"]) == status
    captured = capsys.readouterr()
    assert words in captured.err
    assert "Traceback" not in captured.err


def test_faces_are_written_and_repeat(tiny_gan, tmp_path, capsys):
    for folder in ("first", "second"):
        assert exit_status("generate", "faces", "--seed=5", "--count=3", f"--out={tmp_path / folder}") == 0
    printed = capsys.readouterr().out
    paths = sorted((tmp_path / "first").iterdir())
    assert [p.name for p in paths] == ["gan-seed5.png", "gan-seed6.png", "gan-seed7.png"]
    assert all(str(path) in printed for path in paths)
    assert all(p.read_bytes() == (tmp_path / "second" / p.name).read_bytes() for p in paths)
    assert len({p.read_bytes() for p in paths}) == 3
    found = recipe.read_recipe(paths[1].read_bytes())
    assert found == {
        "seed": 6, "noise_seed": 6, "model": "gan", "truncation": 0.7, "sliders": {}, "layers": "all",
        "side": 128, "weights": cards.fingerprint("faces-gan"),
    }  # fmt: skip


def test_a_recipe_makes_the_face_again(tiny_gan, tmp_path, capsys):
    assert exit_status("generate", "faces", "--seed=5", "--count=1", "--set=smile=2", f"--out={tmp_path}") == 0
    path = tmp_path / "gan-seed5.png"
    assert exit_status("generate", "faces", f"--recipe={path}", f"--out={tmp_path}") == 0
    assert (tmp_path / "gan-seed5-again.png").read_bytes() == path.read_bytes()
    assert "the same pixels" in capsys.readouterr().out
    assert exit_status("generate", "faces", f"--recipe={tmp_path / 'nothing.png'}") == 2
    assert f"There is no file {tmp_path / 'nothing.png'}." in capsys.readouterr().err


def test_a_grid_and_a_direction(tiny_gan, tmp_path):
    plain, moved = tmp_path / "plain", tmp_path / "moved"
    assert exit_status("generate", "faces", "--count=5", "--grid", f"--out={plain}") == 0
    assert exit_status("generate", "faces", "--count=5", "--grid", "--set=smile=2", f"--out={moved}") == 0
    first, second = (Image.open(folder / "gan-seed0-5faces.png") for folder in (plain, moved))
    assert first.size == second.size == (48, 32)
    assert not np.array_equal(np.asarray(first), np.asarray(second))


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--count=17", "from 1 to 16"),
        ("--seed=-1", "--seed: give a whole number from 0"),
        ("--truncation=nan", "--truncation: give a number from 0 to 1.5, not 'nan'"),
        ("--set=smile", "--set smile=1.5"),
        ("--set=frown=1", "No direction is called 'frown'"),
        ("--set=smile=99", "The slider 'smile'"),
        ("--out=/proc/nowhere", ""),
    ],
)
def test_bad_options_are_sentences(tiny_gan, option, words, capsys):
    assert exit_status("generate", "faces", "--count=1", option) in (1, 2)
    captured = capsys.readouterr()
    assert words in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""


def test_missing_weights_are_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    generate._load.cache_clear()
    assert exit_status("generate", "faces") == 2
    assert "no checkpoint called 'faces-gan'" in capsys.readouterr().err


def test_edits_are_parsed():
    assert parse_edits(["smile=1.5", "age = -2"]) == {"smile": 1.5, "age": -2.0}
    with pytest.raises(ValueError, match="a direction and a number"):
        parse_edits(["smile=much"])


def test_a_sheet_is_as_square_as_can_be():
    assert sheet([Image.new("RGB", (4, 4))] * 7).size == (12, 12)
    assert sheet([Image.new("RGB", (4, 4))]).size == (4, 4)
