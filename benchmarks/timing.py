"""How long things take, and two operations to compare them with.

Seconds differ from machine to machine and with what else runs there; ratios to a reference
operation measured in the same process differ much less. So every figure comes with both.
"""

import time
from collections.abc import Callable

import torch


def fastest(work: Callable[[], object], repeats: int = 7, warm_up: int = 2) -> float:
    """Milliseconds of the fastest of ``repeats`` runs: the one that was disturbed least."""
    for _ in range(warm_up):
        work()
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return 1000 * min(found)


@torch.inference_mode()
def reference_operations(repeats: int = 7) -> dict[str, float]:
    """Milliseconds of a 1024 x 1024 matrix product and of a 3x3 convolution, 64 channels at 128 px (float32)."""
    a, b = torch.randn(2, 1024, 1024)
    convolution, picture = torch.nn.Conv2d(64, 64, 3, padding=1), torch.randn(1, 64, 128, 128)
    return {
        "matmul": fastest(lambda: a @ b, repeats),
        "convolution": fastest(lambda: convolution(picture), repeats),
    }
