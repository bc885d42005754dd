"""Where and in which precision to compute."""

import contextlib
import warnings

import pytest
import torch

from genai_demo.core import device

CPU = torch.device("cpu")


CACHES = (device._usual_device, device._cuda, device.why_unusable)


@pytest.fixture(autouse=True)
def no_overrides(monkeypatch):
    for name in ("GENAI_DEVICE", "GENAI_PRECISION", "LOCAL_RANK"):
        monkeypatch.delenv(name, raising=False)
    for cached in CACHES:
        cached.cache_clear()
    yield
    for cached in CACHES:
        cached.cache_clear()


@pytest.fixture
def card(monkeypatch):
    """There seems to be a card; call it with the error of its first operation, or with nothing where it computes."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    ones = torch.ones
    tried = []

    def behave(error: Exception | None = None) -> list[str]:
        def first(*size, device=None, **rest):
            tried.append(str(device))
            if error is not None:
                raise error
            return ones(*size, **rest)

        monkeypatch.setattr(device.torch, "ones", first)
        return tried

    return behave


def test_the_cpu_where_there_is_no_cuda(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert device.pick_device() == CPU


def test_every_process_takes_the_card_of_its_local_rank(monkeypatch, card):
    card()
    assert device.pick_device() == torch.device("cuda:0")
    monkeypatch.setenv("LOCAL_RANK", "3")
    assert device.pick_device() == torch.device("cuda:3")


def test_the_environment_overrides_and_the_argument_overrides_both(monkeypatch, card):
    card()
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    assert device.pick_device() == CPU
    assert device.pick_device("cuda:1") == torch.device("cuda:1")


def test_unknown_and_absent_devices_are_refused_with_a_sentence(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="'toaster' is no device"):
        device.pick_device("toaster")
    with pytest.raises(ValueError, match="no CUDA device here"):
        device.pick_device("cuda")


FAILURES = (
    RuntimeError("CUDA error: no kernel image is available for execution on the device\nCompile with ..."),
    torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB."),
    RuntimeError("cuDNN error: CUDNN_STATUS_NOT_INITIALIZED"),
    AssertionError("Torch not compiled with CUDA enabled"),
)


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: str(error)[:30])
def test_a_card_that_fails_is_passed_over_with_one_line(card, error, caplog):
    tried = card(error)
    assert [device.pick_device() for _ in range(3)] == [CPU] * 3
    assert tried == ["cuda:0"]
    (line,) = (record.getMessage() for record in caplog.records)
    reason = str(error).splitlines()[0].rstrip(".")
    assert line == f"The device 'cuda:0' cannot be used: {reason}. Computing on the CPU."


def test_a_card_that_computes_wrongly_is_passed_over(card, monkeypatch, caplog):
    card()
    monkeypatch.setattr(device.F, "conv2d", lambda *given: torch.zeros(1))
    assert device.pick_device() == CPU and "it computed 0 for 2592" in caplog.text


def test_a_card_is_tried_once_and_its_number_is_kept(card):
    tried = card()
    assert [device.pick_device() for _ in range(3)] == [torch.device("cuda:0")] * 3
    assert device.pick_device("cuda:1") == device.pick_device("cuda:1") == torch.device("cuda:1")
    assert tried == ["cuda:0", "cuda:1"]


@pytest.mark.parametrize("asked", ["argument", "environment", "rank"])
def test_a_card_that_was_asked_for_and_fails_is_an_error(card, monkeypatch, asked):
    card(FAILURES[0])
    if asked == "environment":
        monkeypatch.setenv("GENAI_DEVICE", "cuda:0")
    if asked == "rank":
        monkeypatch.setenv("LOCAL_RANK", "0")
    with pytest.raises(ValueError, match=r"'cuda:0' cannot be used: CUDA error: no kernel image .* Use --device cpu"):
        device.pick_device("cuda:0" if asked == "argument" else None)


@pytest.mark.parametrize(
    ("asked", "there", "line"),
    [
        ("cuda", False, "There is no CUDA device here. Computing on the CPU."),
        ("cuda", True, "The device 'cuda' cannot be used: CUDA out of memory. Tried to allocate 20.00 MiB. Computing "),
        ("toaster", True, "'toaster' is no device. Computing on the CPU."),
    ],
)
def test_the_app_goes_on_with_the_cpu(card, monkeypatch, caplog, asked, there, line):
    card(FAILURES[1])
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
    monkeypatch.setenv("GENAI_DEVICE", asked)
    device.settle_device()
    assert [record.getMessage()[: len(line)] for record in caplog.records] == [line]
    assert device.pick_device() == CPU


def test_nothing_is_said_or_tried_where_there_is_no_card(monkeypatch, caplog):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(device.F, "conv2d", lambda *given: pytest.fail("tried"))
    device.settle_device()
    assert device.pick_device() == CPU and not caplog.records


def test_a_driver_that_is_too_old_is_told(monkeypatch, caplog, recwarn):
    def complains() -> bool:
        warnings.warn("CUDA initialization: The NVIDIA driver on your system is too old (11040).\nMore.", stacklevel=2)
        return False

    monkeypatch.setattr(torch.cuda, "is_available", complains)
    assert device.pick_device() == CPU and not recwarn
    assert "cannot be used: CUDA initialization: The NVIDIA driver on your system is too old (11040)." in caplog.text


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
