"""Where and in which precision to compute."""

import contextlib
import os
import platform
from pathlib import Path

import torch


def pick_device(name: str | None = None) -> torch.device:
    """CUDA where there is one, else the CPU; ``name`` or the variable GENAI_DEVICE overrides.

    Under torchrun every process takes the card of its local rank.
    """
    name = name or os.environ.get("GENAI_DEVICE")
    if name is None:
        name = f"cuda:{os.environ.get('LOCAL_RANK', 0)}" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ValueError(f"{name!r} is no device. Use 'cpu', 'cuda' or 'cuda:1'.") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ValueError("There is no CUDA device here. Use --device cpu.")
    return device


def has_fast_bfloat16(device: torch.device) -> bool:
    """Whether bfloat16 convolutions are faster than float32 ones: they need hardware support.

    GENAI_PRECISION=float32 or bfloat16 overrides.
    """
    wanted = os.environ.get("GENAI_PRECISION")
    if wanted in ("float32", "bfloat16"):
        return wanted == "bfloat16"
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    flags = _cpu_flags()
    return "avx512_bf16" in flags or "amx_bf16" in flags


def autocast(device: torch.device, enabled: bool | None = None) -> contextlib.AbstractContextManager:
    """bfloat16 where it is fast, else a context that does nothing."""
    enabled = has_fast_bfloat16(device) if enabled is None else enabled
    return torch.autocast(device.type, torch.bfloat16) if enabled else contextlib.nullcontext()


def describe(device: torch.device) -> str:
    """The hardware in a few words, for cards."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    name = next((v for k, v in _cpu_info() if k == "model name"), platform.processor() or platform.machine())
    precision = "bfloat16" if has_fast_bfloat16(device) else "float32"
    return f"{os.cpu_count()} CPU cores ({name}), {precision}"


def _cpu_info() -> list[tuple[str, str]]:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    return [(k.strip(), v.strip()) for k, _, v in (line.partition(":") for line in lines)]


def _cpu_flags() -> set[str]:
    return next((set(v.split()) for k, v in _cpu_info() if k == "flags"), set())
