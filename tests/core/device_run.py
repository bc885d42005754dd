"""Doing the same on the CPU and on a pretended second device, and comparing what comes out."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from tests.caches import forget
from tests.core.other_device import DEVICE, Other, other_device


def on_the_cpu(work: Callable[[], Any]) -> Any:
    """What the work returns where there is nothing but a CPU."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENAI_DEVICE", "cpu")
        forget()
        try:
            return work()
        finally:
            forget()


def on_the_other(work: Callable[[], Any]) -> Any:
    """What the work returns where everything is computed on the pretended device."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENAI_DEVICE", str(DEVICE))
        forget()
        try:
            with other_device():
                return work()
        finally:
            forget()


def assert_alike(first: Any, second: Any, place: str = "result") -> None:
    """Equal up to rounding: pictures to 2 of 255, numbers to a thousandth of the largest. No tensor of the device."""
    assert not isinstance(second, Other), f"{place} lies on the device"
    assert type(first) is type(second), place
    if isinstance(first, Image.Image):
        first, second = (np.asarray(picture).astype(np.int16) for picture in (first, second))
        assert first.shape == second.shape and np.abs(first - second).max() <= 2, place
    elif isinstance(first, (np.ndarray, torch.Tensor)):
        first, second = np.asarray(first, np.float64), np.asarray(second, np.float64)
        assert first.shape == second.shape, place
        assert np.allclose(first, second, 0, 1e-3 * max(1.0, np.abs(first).max(initial=0))), place
    elif isinstance(first, float):
        assert second == pytest.approx(first, rel=1e-3, abs=1e-4), place
    elif isinstance(first, nn.Module):
        assert_alike(*({k: v.cpu() for k, v in n.state_dict().items()} for n in (first, second)), place)
    elif dataclasses.is_dataclass(first):
        assert_alike(vars(first), vars(second), place)
    elif isinstance(first, dict):
        assert first.keys() == second.keys(), place
        for key in first:
            assert_alike(first[key], second[key], f"{place}[{key!r}]")
    elif isinstance(first, (list, tuple)):
        assert len(first) == len(second), place
        for number, (one, other) in enumerate(zip(first, second, strict=True)):
            assert_alike(one, other, f"{place}[{number}]")
    else:
        assert first == second, place
