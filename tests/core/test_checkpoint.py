"""Weights and cards on disk: what goes in comes out, and damage is noticed."""

import hashlib
import json

import pytest
import torch
from torch import nn

from genai_demo.core import checkpoint


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    return tmp_path


def network(width: int = 4) -> nn.Module:
    return nn.Sequential(nn.Linear(3, width), nn.BatchNorm1d(width), nn.Linear(width, 2))


def test_eight_bits_halve_large_matrices_and_round_each_row_by_its_own_scale(folder):
    saved = nn.Sequential(nn.Conv2d(32, 64, 3), nn.Linear(300, 200), nn.Linear(200, 3))
    with torch.no_grad():
        saved[1].weight[7] *= 1000  # a loud row does not coarsen the others
        saved[1].weight[8] = 0
    checkpoint.save_checkpoint("tiny", saved, {})
    half = (folder / "tiny.safetensors").stat().st_size
    checkpoint.save_checkpoint("tiny", saved, {"config": 1}, eight_bit=True)
    assert (folder / "tiny.safetensors").stat().st_size < 0.56 * half
    loaded = checkpoint.load_weights(
        "tiny", nn.Sequential(nn.Conv2d(32, 64, 3), nn.Linear(300, 200), nn.Linear(200, 3))
    )
    for name, tensor in saved.state_dict().items():
        found, rows = loaded.state_dict()[name], tensor.flatten(1) if tensor.ndim > 1 else tensor[:, None]
        if tensor.numel() < checkpoint.EIGHT_BIT_FROM:
            assert torch.equal(found, tensor.half().float())
        else:
            step = rows.abs().amax(1, keepdim=True) / 127
            assert ((found.flatten(1) - rows).abs() <= 0.501 * step + 1e-12).all()
    assert "8 bits" in checkpoint.read_card("tiny")["stored"]
    again = checkpoint.load_weights("tiny", nn.Sequential(nn.Conv2d(32, 64, 3), nn.Linear(300, 200), nn.Linear(200, 3)))
    checkpoint.save_checkpoint("again", again, {}, eight_bit=True)  # rounding what is rounded changes nothing
    twice = checkpoint.load_weights(
        "again", nn.Sequential(nn.Conv2d(32, 64, 3), nn.Linear(300, 200), nn.Linear(200, 3))
    )
    assert all(torch.allclose(a, b, rtol=1e-6) for a, b in zip(again.parameters(), twice.parameters(), strict=True))


def test_round_trip_in_half_precision(folder):
    saved = network()
    saved[1].num_batches_tracked.fill_(70_000)  # an integer that half precision could not hold
    checkpoint.save_checkpoint("tiny", saved, {"config": {"width": 4}})
    loaded = checkpoint.load_weights("tiny", network())
    for name, tensor in saved.state_dict().items():
        expected = tensor.half().float() if tensor.is_floating_point() else tensor
        assert torch.equal(loaded.state_dict()[name], expected)
        assert loaded.state_dict()[name].dtype == tensor.dtype
    assert not loaded.training
    assert not any(p.requires_grad for p in loaded.parameters())
    card = checkpoint.read_card("tiny")
    assert card["name"] == "tiny"
    assert card["config"] == {"width": 4}
    assert card["parameters"] == sum(p.numel() for p in saved.parameters())
    assert list(card["files"]) == ["tiny.safetensors"]
    assert checkpoint.names() == ["tiny"]
    assert checkpoint.names("other") == []
    assert sorted(p.name for p in folder.iterdir()) == ["tiny.json", "tiny.safetensors"]


def test_saved_weights_load_to_the_same_bits_again(folder):
    checkpoint.save_checkpoint("tiny", network(), {})
    first = checkpoint.load_weights("tiny", network())
    checkpoint.save_checkpoint("again", first, {})
    second = checkpoint.load_weights("again", network())
    assert checkpoint.weights_digest(first) == checkpoint.weights_digest(second)
    assert checkpoint.weights_digest(first) != checkpoint.weights_digest(network())


def test_large_weights_are_sharded_and_small_ones_replace_them(folder, monkeypatch):
    saved = save_in_shards("tiny", monkeypatch)
    files = list(checkpoint.read_card("tiny")["files"])
    assert len(files) > 1
    assert files[0] == f"tiny-00001-of-{len(files):05d}.safetensors"
    loaded = checkpoint.load_weights("tiny", network())
    assert torch.equal(loaded[0].weight, saved[0].weight.half().float())
    checkpoint.save_checkpoint("tiny-other", network(), {})
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "SHARD_BYTES", 2**20)
        checkpoint.save_checkpoint("tiny", saved, {})
    assert [p.name for p in folder.glob("tiny*.safetensors") if "other" not in p.name] == ["tiny.safetensors"]
    checkpoint.load_weights("tiny-other", network())


def save_in_shards(name: str, monkeypatch: pytest.MonkeyPatch) -> nn.Module:
    """Publish a tiny network in a file for every tensor."""
    monkeypatch.setattr(checkpoint, "SHARD_BYTES", 40)
    saved = network()
    checkpoint.save_checkpoint(name, saved, {})
    return saved


@pytest.mark.parametrize("eight_bit", [False, True])
@pytest.mark.parametrize("most", [3_000, 9_000, 40_000, 200_000])
def test_no_file_is_larger_than_the_limit_whatever_it_holds(folder, monkeypatch, most, eight_bit):
    def made() -> nn.Module:  # a matrix that fills several files, tensors in plenty, one without dimensions
        return nn.Sequential(nn.Linear(150, 301), *(nn.BatchNorm1d(5) for _ in range(40)), nn.Conv2d(2, 3, 3))

    monkeypatch.setattr(checkpoint, "SHARD_BYTES", most)
    saved = made()
    checkpoint.save_checkpoint("tiny", saved, {}, eight_bit)
    sizes = [path.stat().st_size for path in folder.glob("*.safetensors")]
    assert max(sizes) <= most and len(sizes) <= 1 + 3 * sum(sizes) / most
    loaded = checkpoint.load_weights("tiny", made())
    for name, tensor in saved.state_dict().items():
        atol = 0.01 * tensor.abs().max().item() if eight_bit else 1e-3
        torch.testing.assert_close(loaded.state_dict()[name], tensor, rtol=1e-3, atol=atol)


def test_a_shard_that_is_missing_or_of_other_weights_is_named(folder, monkeypatch):
    save_in_shards("tiny", monkeypatch)
    first, second = (folder / file for file in list(checkpoint.read_card("tiny")["files"])[:2])
    save_in_shards("other", monkeypatch)
    second.write_bytes((folder / second.name.replace("tiny", "other")).read_bytes())
    with pytest.raises(ValueError, match=f"{second.name} do not match the checksum"):
        checkpoint.load_weights("tiny", network())
    first.unlink()
    with pytest.raises(ValueError, match=f"{first.name} are missing"):
        checkpoint.load_weights("tiny", network())


def test_a_missing_checkpoint_is_named(folder):
    with pytest.raises(ValueError, match="no checkpoint called 'absent'"):
        checkpoint.load_weights("absent", network())


def test_a_damaged_card_is_refused(folder):
    (folder / "tiny.json").write_text("{")
    with pytest.raises(ValueError, match="is damaged"):
        checkpoint.read_card("tiny")


def test_missing_weights_are_named(folder):
    checkpoint.save_checkpoint("tiny", network(), {})
    (folder / "tiny.safetensors").unlink()
    with pytest.raises(ValueError, match=r"tiny\.safetensors are missing"):
        checkpoint.load_weights("tiny", network())


@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: b[:-1] + bytes([b[-1] ^ 1]), lambda b: b""])
def test_altered_weights_fail_their_checksum(folder, damage):
    checkpoint.save_checkpoint("tiny", network(), {})
    path = folder / "tiny.safetensors"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match="do not match the checksum"):
        checkpoint.load_weights("tiny", network())


def test_truncated_weights_with_a_matching_checksum_are_refused(folder):
    checkpoint.save_checkpoint("tiny", network(), {})
    path = folder / "tiny.safetensors"
    path.write_bytes(path.read_bytes()[:-8])
    card = checkpoint.read_card("tiny")
    card["files"]["tiny.safetensors"] = hashlib.sha256(path.read_bytes()).hexdigest()
    checkpoint.write_card("tiny", card)
    with pytest.raises(ValueError, match="are damaged"):
        checkpoint.load_weights("tiny", network())


def test_weights_of_another_shape_are_refused(folder):
    checkpoint.save_checkpoint("tiny", network(), {})
    with pytest.raises(ValueError, match="do not fit the settings on its card"):
        checkpoint.load_weights("tiny", network(width=5))


def test_a_card_without_files_is_refused(folder):
    checkpoint.write_card("tiny", {"config": {}})
    with pytest.raises(ValueError, match="do not fit"):
        checkpoint.load_weights("tiny", network())


@pytest.mark.parametrize("number", [1e6, float("nan")])
def test_diverged_weights_are_not_saved(folder, number):
    good, bad = network(), network()
    checkpoint.save_checkpoint("tiny", good, {})
    with torch.no_grad():
        bad[0].weight[0, 0] = number
    with pytest.raises(ValueError, match="diverged"):
        checkpoint.save_checkpoint("tiny", bad, {})
    assert torch.equal(checkpoint.load_weights("tiny", network())[0].weight, good[0].weight.half().float())


def test_cards_are_replaced_whole_and_keep_every_script(folder):
    checkpoint.write_card("tiny", {"labels": "微笑", "value": 1})
    checkpoint.write_card("tiny", {"labels": "年龄"})
    assert checkpoint.read_card("tiny") == {"labels": "年龄"}
    assert json.loads((folder / "tiny.json").read_bytes()) == {"labels": "年龄"}
    assert not list(folder.glob("*.part"))


def test_memory_of_a_network():
    assert checkpoint.parameters_in_memory(nn.Linear(3, 2)) == 4 * (3 * 2 + 2)
