"""Muon, the optimiser of the Transformers' matrices, in the precision that the hardware is fast in.

PyTorch's own rounds to bfloat16 whatever runs it, and a processor without instructions for it then spends most of a
step there.
"""

from collections.abc import Callable, Iterable

import torch

from genai_demo.core.device import has_fast_bfloat16

QUINTIC = (3.4445, -4.7750, 2.0315)
"""Jordan's coefficients: steep at zero, so that small singular values grow quickly; they end near 1, not at it."""
ROUNDS = 5


def orthogonalised(matrix: torch.Tensor, rounds: int = ROUNDS) -> torch.Tensor:
    """(rows, columns) with the same singular vectors and singular values of about 0.7 to 1.2.

    Newton-Schulz iteration; values that are nearly zero stay small.
    """
    a, b, c = QUINTIC
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.bfloat16() if has_fast_bfloat16(matrix.device) else matrix.float()
    x = x.T if tall else x
    x = x / x.norm().clamp(min=1e-7)  # the Frobenius norm bounds the largest singular value
    for _ in range(rounds):
        square = x @ x.T
        x = torch.addmm(x, torch.addmm(square, square, square, beta=b, alpha=c), x, beta=a)
    return x.T if tall else x


class Muon(torch.optim.Optimizer):
    """Momentum, made orthogonal: every direction of a matrix moves equally far (Jordan et al. 2024).

    params: matrices. rate: of a square one; one with more rows than columns moves further, by the root of their
    ratio. decay: weight decay, times the rate.
    """

    def __init__(self, params: Iterable[torch.Tensor], rate: float, decay: float = 0.0, momentum: float = 0.95):
        super().__init__(params, {"lr": rate, "weight_decay": decay, "momentum": momentum})
        for parameter in (p for group in self.param_groups for p in group["params"]):
            if parameter.ndim != 2:
                raise ValueError(f"Muon is for matrices, not for a tensor of shape {tuple(parameter.shape)}.")

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """One step along the gradients that are there."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._move(parameter, group["lr"], group["weight_decay"], group["momentum"])
        return loss

    def _move(self, parameter: torch.Tensor, rate: float, decay: float, momentum: float) -> None:
        state = self.state[parameter]
        if not state:
            state["momentum_buffer"] = torch.zeros_like(parameter)
        average = state["momentum_buffer"].lerp_(parameter.grad, 1 - momentum)
        update = orthogonalised(parameter.grad.lerp(average, momentum))  # Nesterov: a look ahead
        rows, columns = parameter.shape
        parameter.mul_(1 - rate * decay)
        parameter.add_(update, alpha=-rate * max(1.0, rows / columns) ** 0.5)
