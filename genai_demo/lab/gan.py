"""A GAN on a plane: both networks small enough that every step of their game can be watched.

The losses are those of the large GANs (core/losses.py). One step of training in five parts, the order of
Algorithm 1 in Goodfellow et al. 2014: sample noise, generate, judge, update D, update G.
"""

import dataclasses
import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from genai_demo.core import limits
from genai_demo.core.losses import LOSSES, get_loss, zero_centred_gradient_penalty
from genai_demo.lab.distributions import EDGE, Distribution, jensen_shannon

PARTS = ("noise", "generate", "judge", "discriminator", "generator")
"""Of one step."""
UPDATES = PARTS[3:]
"""Those in which a network learns; one of them can be left out."""
COMPARED = 1_000
"""Points of each kind by which the generated distribution is compared with the real one."""
LOOK_EVERY, LOOK_BACK = 10, 300
"""Steps from one such comparison to the next, and those over which it has to come nearer to be still learning."""
NEARER = 0.02
"""By so many bits of divergence."""
SHOWN = 300
"""Points that a view holds of each kind."""
ARROWS = 60
FIELD = 32
"""Rows and columns of the field of decisions."""


@dataclass(frozen=True)
class Settings:
    """What can be changed while it trains, the width aside."""

    loss: str = "non_saturating"
    generator_rate: float = 3e-3
    discriminator_rate: float = 3e-3
    penalty: float = 0.003
    """Half of it times R1 + R2 is added to D's loss (Mescheder et al. 2018); 0 leaves it out."""
    batch: int = 128
    width: int = 64
    """Of the two hidden layers of both networks."""

    def check(self) -> "Settings":
        """Itself. Raises ValueError with a sentence for a value that makes no sense."""
        get_loss(self.loss)
        for name, low, high in (
            ("generator_rate", limits.MIN_LAB_RATE, limits.MAX_LAB_RATE),
            ("discriminator_rate", limits.MIN_LAB_RATE, limits.MAX_LAB_RATE),
            ("penalty", 0.0, limits.MAX_LAB_PENALTY),
            ("batch", limits.MIN_LAB_BATCH, limits.MAX_LAB_BATCH),
            ("width", limits.MIN_LAB_WIDTH, limits.MAX_LAB_WIDTH),
        ):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
                raise ValueError(f"{name.replace('_', ' ')} must be a number from {low:g} to {high:g}.")
        return self


TUNED = {"ring": 3e-3, "grid": 4e-3, "spirals": 3e-3, "drawing": 3e-3}
"""Learning rate of both networks that suits each distribution, with the other settings as they are by default."""


@dataclass(frozen=True)
class View:
    """What there is to see at one moment. Points are (N, 2)."""

    step: int
    noise: Tensor
    real: Tensor
    fake: Tensor
    judged: Tensor
    """(N,) D's belief that a generated point is real, from 0 to 1."""
    field: Tensor
    """(FIELD, FIELD) the same everywhere on the plane; the first row is the lowest."""
    arrows: Tensor
    """(ARROWS, 2) where the generator's loss pulls the first of the generated points: the negative gradient."""
    losses: list[tuple[float, ...]]
    """Step, D's and G's loss, thinned out."""
    progress: list[tuple[float, ...]]
    """Step, Jensen-Shannon divergence of the generated points to the real ones in bits, modes covered; thinned out."""
    divergence: float
    """The former, now."""
    learning: bool
    """Whether the generator still comes nearer."""
    covered: list[bool]
    """Whether each mode of the distribution has its points."""
    quality: float
    """Share of the generated points that lie near a mode."""
    balance: float
    """How often D finds a real point more real than a generated one: 0.5 is guessing, 1 always."""


def network(inputs: int, outputs: int, width: int, source: torch.Generator) -> nn.Sequential:
    """Two hidden layers, leaky ReLU; weights from ``source``, so that a seed says all.

    Biases are drawn, too: without them every bend of the first layer would go through the middle of the plane.
    """
    sizes = [inputs, width, width, outputs]
    layers: list[nn.Module] = []
    for i, (before, after) in enumerate(itertools.pairwise(sizes)):
        linear = nn.utils.skip_init(nn.Linear, before, after)
        nn.init.kaiming_uniform_(linear.weight, a=0.2, generator=source)
        bound = (1.0, before**-0.5, 0.0)[i]
        nn.init.uniform_(linear.bias, -bound, bound, generator=source)
        layers += [linear] if i == 2 else [linear, nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers)


class PlaneGan:
    """Generator, discriminator, their optimisers, and what happened so far."""

    def __init__(self, target: Distribution, settings: Settings | None = None, seed: int = 0):
        self.target, self.settings = target, (settings or Settings()).check()
        self.source = torch.Generator().manual_seed(seed)
        self.generator = network(2, 2, self.settings.width, self.source)
        self.discriminator = network(2, 1, self.settings.width, self.source)
        self.optimisers = [
            torch.optim.Adam(part.parameters(), lr=1e-3, betas=(0.0, 0.99), fused=True)
            for part in (self.generator, self.discriminator)
        ]
        self.fixed = torch.randn(SHOWN, 2, generator=self.source)
        self.probe = torch.randn(COMPARED, 2, generator=torch.Generator().manual_seed(seed))
        self.retarget(target)
        self.noise = self.fixed
        self.step_count, self.balance = 0, 0.5
        self.history = History()
        self.change(self.settings)

    def change(self, settings: Settings) -> None:
        """Go on with other settings; the width stays what it was. Raises ValueError as ``Settings.check``."""
        self.settings = dataclasses.replace(settings, width=self.settings.width).check()
        rates = (settings.generator_rate, settings.discriminator_rate)
        for optimiser, rate in zip(self.optimisers, rates, strict=True):
            optimiser.param_groups[0]["lr"] = rate

    def retarget(self, target: Distribution) -> None:
        """Go on with another distribution to learn."""
        self.target, self.real = target, target.sample(SHOWN, self.source)
        self.compared = target.sample(COMPARED, torch.Generator().manual_seed(0))
        self.progress = History()

    def step(self, updates: Collection[str] = UPDATES) -> None:
        """One step; updates: the networks that learn in it, of UPDATES."""
        for _ in self.parts(updates):
            pass

    def parts(self, updates: Collection[str] = UPDATES) -> Iterator[str]:
        """One step; yields the name of each of PARTS when it is done. updates: as ``step``."""
        settings, loss = self.settings, get_loss(self.settings.loss)
        noise, again = (torch.randn(settings.batch, 2, generator=self.source) for _ in range(2))
        self.noise = noise
        yield "noise"
        real = self.target.sample(settings.batch, self.source)
        with torch.no_grad():
            fake = self.generator(noise)
        yield "generate"
        on_real, on_fake = self.discriminator(real), self.discriminator(fake)
        right = (on_real.detach() > on_fake.detach().T).float().mean()
        self.balance += 0.05 * (float(right) - self.balance)
        yield "judge"
        cost = loss.discriminator(on_real, on_fake)
        if "discriminator" in updates:
            self._update(1, cost + (0.5 * settings.penalty * self._penalties(real, fake) if settings.penalty else 0))
        yield "discriminator"
        on_real = self.discriminator(real).detach() if settings.loss == "relativistic" else on_real.detach()
        gain = loss.generator(on_real, self.discriminator(self.generator(again)))
        if "generator" in updates:
            self._update(0, gain)
        self.step_count += 1
        self.history.add(self.step_count, float(cost.detach()), float(gain.detach()))
        if self.step_count % LOOK_EVERY == 0:
            self.progress.add(self.step_count, *self._look())
        yield "generator"

    def _penalties(self, real: Tensor, fake: Tensor) -> Tensor:
        """R1 + R2; the points take the place of pictures (B, 2, 1, 1)."""
        pictures = torch.cat([real, fake])[:, :, None, None]
        return 2 * zero_centred_gradient_penalty(lambda x: self.discriminator(x.flatten(1)), pictures)

    def _update(self, which: int, cost: Tensor) -> None:
        parameters = self.optimisers[which].param_groups[0]["params"]
        gradients = torch.autograd.grad(cost, parameters)
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient
        self.optimisers[which].step()

    def _look(self) -> tuple[float, float]:
        """Divergence of the generated points to the real ones, and how many modes they cover."""
        with torch.no_grad():
            points = self.generator(self.probe)
        return jensen_shannon(points, self.compared), float(sum(self.target.coverage(points)[0]))

    @property
    def learning(self) -> bool:
        """Whether the generator covers more, or is NEARER, than LOOK_BACK steps ago; so for as many steps, anyway."""
        before = [point for point in self.progress.points if point[0] <= self.step_count - LOOK_BACK]
        if not before:
            return self.step_count > 0
        (_, then, had), (_, now, has) = before[-1], self.progress.points[-1]
        return has > had or now < then - NEARER

    def view(self, fresh: bool = False) -> View:
        """What there is to see now. fresh: of the noise of the last step instead of the same noise every time."""
        noise = self.noise[:SHOWN] if fresh else self.fixed
        with torch.no_grad():
            fake, middle = self.generator(noise), self._middle()
            judged = (self.discriminator(fake)[:, 0] - middle).sigmoid()
            field = (self.discriminator(GRID)[:, 0] - middle).sigmoid().reshape(FIELD, FIELD)
            covered, quality = self.target.coverage(fake if not fresh else self.generator(self.fixed))
        return View(
            self.step_count, noise, self.real, fake, judged, field, self._pull(fake), self.history.thinned(),
            self.progress.thinned(), self._look()[0], self.learning, covered, quality, self.balance,
        )  # fmt: skip

    def _middle(self) -> Tensor | float:
        """The relativistic D only compares: its logits mean "real" where they exceed the middle of both means."""
        if self.settings.loss != "relativistic":
            return 0.0
        return (self.discriminator(self.real).mean() + self.discriminator(self.generator(self.fixed)).mean()) / 2

    def _pull(self, fake: Tensor) -> Tensor:
        """-dL_G/dx at the first generated points, times their number: (ARROWS, 2)."""
        points = fake[:ARROWS].clone().requires_grad_(True)
        with torch.no_grad():
            on_real = self.discriminator(self.real[: len(points)])
        cost = get_loss(self.settings.loss).generator(on_real, self.discriminator(points))
        (gradient,) = torch.autograd.grad(cost, points)
        return -gradient * len(points)


class History:
    """Figures step by step, kept at no more than MOST points: every second one goes when they are full."""

    MOST = 240

    def __init__(self) -> None:
        self.every, self.points = 1, list[tuple[float, ...]]()
        self._waiting = list[tuple[float, ...]]()

    def add(self, step: int, *figures: float) -> None:
        """The figures of one step; points are (step, means of ``every`` steps)."""
        self._waiting.append(figures)
        if len(self._waiting) < self.every:
            return
        self.points.append((step, *(sum(column) / self.every for column in zip(*self._waiting, strict=True))))
        self._waiting = []
        if len(self.points) >= self.MOST:
            self.points, self.every = self.points[1::2], 2 * self.every

    def thinned(self) -> list[tuple[float, ...]]:
        """A copy of the points."""
        return list(self.points)


def _grid() -> Tensor:
    """(FIELD * FIELD, 2) centres of the cells of the plane, row by row from below."""
    places = (torch.arange(FIELD) + 0.5) / FIELD * 2 * EDGE - EDGE
    y, x = torch.meshgrid(places, places, indexing="ij")
    return torch.stack([x, y], -1).reshape(-1, 2)


GRID = _grid()
NAMES = tuple(LOSSES)
