"""Checkpoints: half-precision safetensors and, beside each, its model card as JSON.

A card holds everything that a reader or a program needs: the architecture's settings (from which
the network is rebuilt), data and licence, training figures, measured quality with the command
that measured it, and the checksum of the weights. Nothing is ever unpickled.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

SHARD_BYTES = 9 * 2**20
"""Of a file at most, header and all: small enough for hosts that take no large files."""
HEADER_BYTES = 256
"""More than safetensors writes about one tensor beside its name, or about a file."""
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
    """Write weights (half precision, in files of at most ``SHARD_BYTES``) and card.

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


def read_files(files: Mapping[str, str]) -> Iterator[tuple[Path, bytes]]:
    """The weight files of a card, one by one, from their checksums by name.

    Raises ValueError at the first that is missing or is not the one that the card means.
    """
    for file, checksum in files.items():
        path = folder() / Path(file).name  # a card names no files elsewhere
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ValueError(f"The weights {path} are missing. Fetch them again.") from error
        if hashlib.sha256(data).hexdigest() != checksum:
            raise ValueError(f"The weights {path} do not match the checksum on their card. Fetch them again.")
        yield path, data


def load_weights(name: str, network: nn.Module) -> nn.Module:
    """Fill ``network`` with a checkpoint's weights (as float32) and switch it to evaluation.

    Raises ValueError where a file is missing, fails its checksum, or does not fit the network.
    """
    parts: dict[str, list[Tensor]] = {}
    for path, data in read_files(read_card(name).get("files", {})):
        try:
            for key, tensor in load(data).items():
                parts.setdefault(key, []).append(tensor)
        except SafetensorError as error:
            raise ValueError(f"The weights {path} are damaged. Fetch them again.") from error
    tensors = _restored({key: rows[0] if len(rows) == 1 else torch.cat(rows) for key, rows in parts.items()})
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
    """The tensors in order, in files that hold ``SHARD_BYTES``. The rows of one that is larger go on in the next file,
    under the same name.
    """
    shards: list[dict[str, Tensor]] = [{}]
    room = space = SHARD_BYTES - HEADER_BYTES
    for key, tensor in tensors.items():
        header = HEADER_BYTES + len(key.encode())
        for rows in _split(tensor, space - header):
            size = rows.nbytes + header
            if shards[-1] and (size > room or key in shards[-1]):
                shards.append({})
                room = space
            shards[-1][key] = rows
            room -= size
    return shards


def _split(tensor: Tensor, most: int) -> Sequence[Tensor]:
    """The tensor in runs of rows of so many bytes at most, but of a row at least."""
    if tensor.nbytes <= most or not tensor.ndim:
        return [tensor]
    return tensor.split(max(1, most * len(tensor) // tensor.nbytes))


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
