"""Eight-bit weights beside the plain ones of the same random models."""

import dataclasses
import math
import subprocess
import sys

import pytest
import torch
import torch.nn.functional as F

from genai_demo.core import decode, quantise
from genai_demo.core.quantise import FasterStep, can_quantise, has_kernels, made_faster
from genai_demo.core.sampling import Controls
from genai_demo.core.transformer import Cache
from tests.core.tiny_transformer import CONFIG, lively

WIDE = dataclasses.replace(CONFIG, rows=256, width=128, heads=4)
needs_kernels = pytest.mark.skipif(not has_kernels(), reason="no eight-bit kernels here")


@needs_kernels
@pytest.mark.parametrize("count", [1, 3])
def test_eight_bits_agree_with_thirty_two(count):
    big = lively(WIDE)
    tokens = torch.randint(0, 256, (count, 60), generator=torch.Generator().manual_seed(3))
    small, caches = FasterStep(big), [Cache(big.config, count, big.speeds) for _ in range(2)]
    with torch.inference_mode():
        for cache in caches:
            big.hidden(tokens[:, :20], cache)
        wide = torch.stack([big.step(tokens[:, i], caches[0]) for i in range(20, 60)])
        narrow = torch.stack([small(tokens[:, i], caches[1]) for i in range(20, 60)])
        torch.testing.assert_close(wide[-1], big(tokens)[:, -1], rtol=1e-3, atol=1e-3)
    assert (wide.argmax(-1) == narrow.argmax(-1)).float().mean() > 0.9
    bits = [F.cross_entropy(logits.flatten(0, 1), tokens.T[20:].flatten()) / math.log(2) for logits in (wide, narrow)]
    assert abs(bits[0] - bits[1]) < 0.01 * bits[0]
    assert (wide - narrow).square().mean() < 0.01 * wide.var()
    assert caches[0].length == caches[1].length == 60


@needs_kernels
def test_writing_uses_the_faster_step():
    model = lively(WIDE)
    every = torch.ones(256, dtype=torch.bool)
    calls = []
    step = FasterStep(model)
    model.faster = lambda tokens, cache: calls.append(len(tokens)) or step(tokens, cache)
    assert len(list(decode.continuations(model, [1, 2], 1, every, set(), Controls(temperature=0), 0, 2, 5))) == 5
    assert calls == [2] * 5


@needs_kernels
def test_each_text_of_several_is_as_if_it_were_alone():
    model = lively(WIDE)
    step, tokens = FasterStep(model), torch.randint(0, 256, (3, 20), generator=torch.Generator().manual_seed(5))
    together, alone = Cache(model.config, 3, model.speeds), [Cache(model.config, 1, model.speeds) for _ in range(3)]
    for i in range(20):
        rows = torch.cat([step(tokens[row : row + 1, i], alone[row]) for row in range(3)])
        torch.testing.assert_close(step(tokens[:, i], together), rows, rtol=0, atol=0.07)  # sums in bfloat16


@pytest.mark.parametrize(("width", "heads", "rows"), [(32, 2, 100), (24, 2, 128), (40, 4, 128)])
def test_shapes_that_the_kernels_cannot_read_keep_plain_weights(width, heads, rows):
    config = dataclasses.replace(CONFIG, rows=rows, width=width, heads=heads)
    assert not can_quantise(config)
    assert made_faster(lively(config)).faster is None


@pytest.mark.parametrize("lacking", ["windows", "vectors"])
def test_a_machine_without_the_kernels_writes_with_plain_weights(lacking, monkeypatch):
    monkeypatch.setattr(quantise.sys, "platform", "win32" if lacking == "windows" else "linux")
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "DEFAULT")
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"neon": lacking == "windows"})
    model = made_faster(lively(CONFIG))
    assert model.faster is None
    every = torch.ones(CONFIG.rows, dtype=torch.bool)
    assert len(list(decode.continuations(model, [1, 2], 1, every, set(), Controls(temperature=0), 0, 1, 5))) == 5


def test_nothing_that_pytorch_gives_up_is_used():
    program = """
import torch
from genai_demo.core.quantise import FasterStep
from genai_demo.core.transformer import Cache, Transformer, TransformerConfig
model = Transformer(TransformerConfig(rows=32, layers=1, width=32, heads=2, context=8)).eval()
FasterStep(model)(torch.tensor([1]), Cache(model.config, 1, model.speeds))
"""
    found = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
