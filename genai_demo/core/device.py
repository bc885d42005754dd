"""Where and in which precision to compute."""

import contextlib
import functools
import logging
import os
import platform
import warnings
from pathlib import Path

import torch
import torch.nn.functional as F

log = logging.getLogger(__name__)
TRIED = 2_592.0
"""Result of the operations that are tried on a card."""


def pick_device(name: str | None = None) -> torch.device:
    """CUDA where there is a card that computes, else the CPU; ``name`` or the variable GENAI_DEVICE overrides.

    Under torchrun every process takes the card of its local rank. A card that fails and that nobody asked for is
    passed over, and a line of the log says why, once. Raises ValueError where a card that was asked for is not there
    or fails, and under torchrun, whose processes must compute on devices of one kind.
    """
    name = name or os.environ.get("GENAI_DEVICE")
    if not name and "LOCAL_RANK" not in os.environ:
        return _usual_device()
    name = name or (f"cuda:{os.environ['LOCAL_RANK']}" if _cuda()[0] else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ValueError(f"{name!r} is no device. Use 'cpu', 'cuda' or 'cuda:1'.") from error
    if reason := why_unusable(str(device)):
        raise ValueError(f"{reason} Use --device cpu, or GENAI_DEVICE=cpu.")
    return device


def settle_device() -> None:
    """For a program that must run on: decides now; where what was asked for fails, logs a line and takes the CPU."""
    try:
        pick_device()
    except ValueError as error:
        log.warning("%s Computing on the CPU.", str(error).partition(" Use ")[0])
        os.environ["GENAI_DEVICE"] = "cpu"


@functools.cache
def _usual_device() -> torch.device:
    """The first card that computes, or the CPU; a line of the log says why a card that is there is passed over."""
    there, complaint = _cuda()
    reason = why_unusable("cuda:0") if there else complaint
    if reason:
        log.warning("%s Computing on the CPU.", reason)
    return torch.device("cuda:0" if there and not reason else "cpu")


@functools.cache
def why_unusable(name: str) -> str:
    """A sentence that says why nothing can be computed on a device, in PyTorch's words; "" where it can. Tried once.

    PyTorch finds cards whose generation its kernels were not built for and cards whose memory others have taken;
    these fail in their first operation.
    """
    if not name.startswith("cuda"):
        return ""
    there, complaint = _cuda()
    if not there:
        return complaint or "There is no CUDA device here."
    try:
        values = torch.ones(8, 8, device=name)
        total = float(F.conv2d((values @ values)[None, None], values[None, None, :3, :3]).sum())
    except (RuntimeError, AssertionError) as error:  # the latter: PyTorch without CUDA
        return _unusable(name, str(error) or type(error).__name__)
    return "" if total == TRIED else _unusable(name, f"it computed {total:g} for {TRIED:g}")


@functools.cache
def _cuda() -> tuple[bool, str]:
    """Whether PyTorch finds a card; where it does not, a sentence about the driver that it complains of, or ""."""
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        there = torch.cuda.is_available()
    return there, "" if there or not complaints else _unusable("cuda", str(complaints[0].message))


def _unusable(name: str, reason: str) -> str:
    return f"The device {name!r} cannot be used: {reason.strip().splitlines()[0].rstrip('.')}."


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
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [(k.strip(), v.strip()) for k, _, v in (line.partition(":") for line in lines)]


def _cpu_flags() -> set[str]:
    return next((set(v.split()) for k, v in _cpu_info() if k == "flags"), set())
