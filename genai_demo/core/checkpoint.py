"""Checkpoints: half-precision safetensors and, beside each, its model card as JSON.

A card holds everything that a reader or a program needs: the architecture's settings (from which
the network is rebuilt), data and licence, training figures, measured quality with the command
that measured it, and the checksum of the weights. Nothing is ever unpickled.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

SHARD_BYTES = 15 * 2**20
EIGHT_BIT_FROM = 16_384
"""Numbers of a matrix from which eight bits a weight are worth a scale for every row."""
SCALE = "scale:"
"""Before the name of a tensor in eight bits: its scales."""


def folder() -> Path:
    """``checkpoints/`` of the repository, or the folder named by GENAI_CHECKPOINTS."""
    return Path(os.environ.get("GENAI_CHECKPOINTS") or Path(__file__).parents[2] / "checkpoints")


def names(prefix: str = "") -> list[str]:
    """Checkpoints that are there, sorted."""
    return sorted(p.stem for p in folder().glob(f"{prefix}*.json"))


def read_card(name: str) -> dict[str, Any]:
    """The card of a checkpoint. Raises ValueError where it is missing or broken."""
    path = folder() / f"{name}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ValueError(f"There is no checkpoint called {name!r} in {folder()}.") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"The card {path} is damaged. Fetch it again.") from error


def write_card(name: str, card: dict[str, Any]) -> None:
    """Write or replace a card, atomically."""
    _replace(folder() / f"{name}.json", _as_json(card))


def save_checkpoint(name: str, network: nn.Module, card: dict[str, Any], eight_bit: bool = False) -> None:
    """Write weights (half precision, shards of up to 15 MiB) and card.

    eight_bit: store every large matrix in eight bits, with a scale for each of its rows: half the size.
    Raises ValueError for weights that are not finite in half precision, before touching a file.
    """
    files = pack_checkpoint(name, network, card, eight_bit)
    folder().mkdir(parents=True, exist_ok=True)
    for file, data in files.items():
        _replace(folder() / file, data)
    for stale in folder().glob(f"{name}-0*-of-*.safetensors"):
        if stale.name not in files:
            stale.unlink()
    if f"{name}.safetensors" not in files:
        (folder() / f"{name}.safetensors").unlink(missing_ok=True)


def pack_checkpoint(name: str, network: nn.Module, card: dict[str, Any], eight_bit: bool = False) -> dict[str, bytes]:
    """The files that ``save_checkpoint`` writes, by name: weights, and last the card. Raises ValueError as there."""
    tensors = {k: _half(v) for k, v in network.state_dict().items()}
    if eight_bit:
        tensors = _rounded({k: v.detach().cpu().contiguous() for k, v in network.state_dict().items()}, tensors)
        card = card | {"stored": "large matrices in 8 bits with a scale a row, the rest in half precision"}
    shards = _shards(tensors)
    files = {}
    for i, shard in enumerate(shards):
        suffix = f"-{i + 1:05d}-of-{len(shards):05d}" if len(shards) > 1 else ""
        files[f"{name}{suffix}.safetensors"] = save(shard)
    sums = {file: hashlib.sha256(data).hexdigest() for file, data in files.items()}
    parameters = sum(p.numel() for p in network.parameters())
    return files | {f"{name}.json": _as_json({"name": name, **card, "parameters": parameters, "files": sums})}


def _as_json(card: dict[str, Any]) -> bytes:
    return (json.dumps(card, indent=2, ensure_ascii=False) + "\n").encode()


def load_weights(name: str, network: nn.Module) -> nn.Module:
    """Fill ``network`` with a checkpoint's weights (as float32) and switch it to evaluation.

    Raises ValueError where a file is missing, fails its checksum, or does not fit the network.
    """
    tensors: dict[str, Tensor] = {}
    for file, checksum in read_card(name).get("files", {}).items():
        path = folder() / file
        if not path.is_file():
            raise ValueError(f"The weights {path} are missing. Fetch them again.")
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != checksum:
            raise ValueError(f"The weights {path} do not match the checksum on their card. Fetch them again.")
        try:
            tensors |= load(data)
        except SafetensorError as error:
            raise ValueError(f"The weights {path} are damaged. Fetch them again.") from error
    tensors = _restored(tensors)
    try:
        network.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in tensors.items()})
    except RuntimeError as error:
        raise ValueError(f"The weights of {name!r} do not fit the settings on its card.") from error
    return network.requires_grad_(False).eval()


def _half(tensor: Tensor) -> Tensor:
    tensor = tensor.detach().cpu().contiguous()
    if not tensor.is_floating_point():
        return tensor
    half = tensor.half()
    if not half.isfinite().all():
        raise ValueError("The weights hold numbers that half precision cannot: the training has diverged.")
    return half


def _rounded(exact: dict[str, Tensor], half: dict[str, Tensor]) -> dict[str, Tensor]:
    """``half`` with the large matrices of ``exact`` as int8 (N, ...), and their scales (N,) beside them."""
    found = {}
    for key, tensor in exact.items():
        if not tensor.is_floating_point() or tensor.ndim < 2 or tensor.numel() < EIGHT_BIT_FROM:
            found[key] = half[key]
            continue
        rows = tensor.float().flatten(1)
        scale = rows.abs().amax(1).clamp_min(1e-12) / 127
        found[key] = (rows / scale[:, None]).round().clamp(-127, 127).to(torch.int8).view(tensor.shape)
        found[SCALE + key] = scale
    return found


def _restored(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The inverse of ``_rounded``."""
    scales = {k.removeprefix(SCALE): v for k, v in tensors.items() if k.startswith(SCALE)}
    return {
        k: v.float() * scales[k].view(-1, *[1] * (v.ndim - 1)) if k in scales else v
        for k, v in tensors.items()
        if not k.startswith(SCALE)
    }


def _shards(tensors: dict[str, Tensor]) -> list[dict[str, Tensor]]:
    shards: list[dict[str, Tensor]] = [{}]
    room = SHARD_BYTES
    for key, tensor in tensors.items():
        size = tensor.numel() * tensor.element_size()
        if size > room and shards[-1]:
            shards.append({})
            room = SHARD_BYTES
        shards[-1][key] = tensor
        room -= size
    return shards


def _replace(path: Path, data: bytes) -> None:
    """Write beside, then rename: readers see the old file or the new one."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)


def parameters_in_memory(network: nn.Module) -> int:
    """Bytes of a network's parameters and buffers."""
    return sum(t.numel() * t.element_size() for t in network.state_dict().values())


@torch.no_grad()
def weights_digest(network: nn.Module) -> str:
    """SHA-256 over all tensors in order of name: names the exact weights in a recipe."""
    digest = hashlib.sha256()
    for name, tensor in sorted(network.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().float().numpy().tobytes())
    return digest.hexdigest()
