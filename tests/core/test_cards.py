"""Weights that are missing, cut short or changed are noticed by their card."""

import hashlib
import json
from pathlib import Path

import pytest
from torch import nn

from genai_demo.core import cards, checkpoint

PUBLISHED = Path(__file__).parents[2] / "checkpoints"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one sound checkpoint, "small"."""
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    checkpoint.save_checkpoint("small", nn.Linear(3, 2), {"purpose": "a test"})
    return tmp_path


def test_a_sound_checkpoint_has_no_problem_and_a_short_name(folder: Path) -> None:
    assert cards.problem("small") == ""
    assert (
        hashlib.sha256((folder / "small.safetensors").read_bytes()).hexdigest().startswith(cards.fingerprint("small"))
    )


def test_other_weights_have_another_name(folder: Path) -> None:
    before = cards.fingerprint("small")
    checkpoint.save_checkpoint("small", nn.Linear(3, 2), {"purpose": "a test"})
    assert cards.fingerprint("small") != before


def test_several_files_have_one_name(folder: Path) -> None:
    (folder / "two.json").write_text(json.dumps({"files": {"a": "12" * 32, "b": "34" * 32}}))
    assert cards.fingerprint("two") == hashlib.sha256(b"12" * 32 + b"34" * 32).hexdigest()[: cards.SHORT]


def test_what_is_wrong_is_told(folder: Path) -> None:
    weights = folder / "small.safetensors"
    whole = weights.read_bytes()
    for changed in (whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1]), b""):
        weights.write_bytes(changed)
        assert "do not match the checksum" in cards.problem("small")
    weights.unlink()
    assert "are missing" in cards.problem("small")
    assert "no checkpoint called" in cards.problem("other")


@pytest.mark.parametrize("card", ["", "{", "[]", "{}", '{"files": {}}', '{"files": {"a": 1}}', '{"files": []}', "\xff"])
def test_a_broken_card_is_told(folder: Path, card: str) -> None:
    (folder / "small.json").write_bytes(card.encode("latin-1"))
    assert cards.problem("small")
    with pytest.raises(ValueError):
        cards.fingerprint("small")


def test_a_card_cannot_name_files_elsewhere(folder: Path) -> None:
    (folder / "small.json").write_text(json.dumps({"files": {"../../etc/passwd": "0" * 64}}))
    assert "missing" in cards.problem("small")


def test_published_weights_are_whole_and_small_enough_for_hosts_that_take_no_large_files() -> None:
    files = sorted(PUBLISHED.iterdir())
    named = [name for path in files if path.suffix == ".json" for name in json.loads(path.read_bytes())["files"]]
    assert sorted(path.name for path in files if path.suffix != ".json") == sorted(named)
    assert [path.name for path in files if path.stat().st_size > checkpoint.SHARD_BYTES] == []
    assert sum(path.stat().st_size for path in files) < 150 * 2**20
