"""How the networks of the effects are trained: what the three tasks have in common."""

from dataclasses import dataclass

from torch.optim import Optimizer

from genai_demo.core.schedule import rate_factor


@dataclass(frozen=True)
class Settings:
    """Budget and rhythm of a task. ``batch`` counts examples a step, over all processes."""

    batch: int
    rate: float
    steps: int = 0
    """Length of the run; 0: unknown, the rate stays."""
    cool_down: float = 0.5
    """Last share of the run, in which the rate falls to zero in a line."""
    warm_up: int = 50
    """Steps in which the rate grows from zero."""
    average_steps: float = 100.0
    """Half-life of the weight average."""
    adversarial: float = 0.0
    """Codec: weight of the discriminator's opinion."""
    matching: float = 0.0
    """Codec: weight of feature matching."""
    seed: int = 0

    def rate_factor(self, step: int) -> float:
        """Warm up, hold, cool down in a line (Hägele et al. 2024)."""
        return rate_factor(step, self.steps, self.warm_up, self.cool_down)

    def set_rates(self, optimizers: dict[str, Optimizer], step: int) -> None:
        """Give every optimiser the rate of this step."""
        for optimizer in optimizers.values():
            for group in optimizer.param_groups:
                group["lr"] = self.rate * self.rate_factor(step)

    def decay(self, step: int) -> float:
        """Of the weight average: young averages forget faster."""
        return 0.5 ** (1 / min(self.average_steps, 0.1 * (step + 1)))
