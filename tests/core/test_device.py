"""Where and in which precision to compute."""

import contextlib

import pytest
import torch

from genai_demo.core import device

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def no_overrides(monkeypatch):
    for name in ("GENAI_DEVICE", "GENAI_PRECISION", "LOCAL_RANK"):
        monkeypatch.delenv(name, raising=False)


def test_the_cpu_where_there_is_no_cuda(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert device.pick_device() == CPU


def test_every_process_takes_the_card_of_its_local_rank(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert device.pick_device() == torch.device("cuda:0")
    monkeypatch.setenv("LOCAL_RANK", "3")
    assert device.pick_device() == torch.device("cuda:3")


def test_the_environment_overrides_and_the_argument_overrides_both(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    assert device.pick_device() == CPU
    assert device.pick_device("cuda:1") == torch.device("cuda:1")


def test_unknown_and_absent_devices_are_refused_with_a_sentence(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="'toaster' is no device"):
        device.pick_device("toaster")
    with pytest.raises(ValueError, match="no CUDA device here"):
        device.pick_device("cuda")


@pytest.mark.parametrize(("flags", "fast"), [({"avx2"}, False), ({"avx512_bf16"}, True), ({"amx_bf16"}, True)])
def test_bfloat16_only_where_the_processor_has_it(monkeypatch, flags, fast):
    monkeypatch.setattr(device, "_cpu_flags", lambda: flags)
    assert device.has_fast_bfloat16(CPU) is fast


@pytest.mark.parametrize(("wanted", "fast"), [("bfloat16", True), ("float32", False)])
def test_the_environment_chooses_the_precision(monkeypatch, wanted, fast):
    monkeypatch.setenv("GENAI_PRECISION", wanted)
    assert device.has_fast_bfloat16(CPU) is fast
    with device.autocast(CPU):
        result = torch.ones(2, 2) @ torch.ones(2, 2)
    assert result.dtype == (torch.bfloat16 if fast else torch.float32)


def test_autocast_can_be_switched_off():
    assert isinstance(device.autocast(CPU, enabled=False), contextlib.nullcontext)


def test_the_description_names_cores_and_precision(monkeypatch):
    monkeypatch.setenv("GENAI_PRECISION", "float32")
    assert "CPU cores (" in device.describe(CPU)
    assert device.describe(CPU).endswith("float32")
