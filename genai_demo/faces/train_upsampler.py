"""Training of the upsampler: pairs of real faces for the pixels, the GAN's own faces for what it usually gets wrong.

Half of every batch are faces of 256 pixels that were halved, and known in full: pixels, features and the adversary
teach. The other half are faces that the GAN makes at 128 pixels. Nobody knows them at 256; the adversary compares them
with real ones, and halved again they must stay who they are. The adversary begins with what the GAN's own has learnt at
128 pixels and below.
"""

import argparse
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.core import checkpoint
from genai_demo.core.device import autocast, pick_device
from genai_demo.core.loop import Average, batch_indices, update
from genai_demo.core.losses import FeatureDistance, edge_loss, get_loss, zero_centred_gradient_penalty
from genai_demo.core.metrics import psnr
from genai_demo.core.pictures import save_rows
from genai_demo.core.schedule import rate_factor
from genai_demo.faces.augment import augment
from genai_demo.faces.data import default_folder, for_generators, load
from genai_demo.faces.evaluate import QuickDistance, as_float, blur, generate_images
from genai_demo.faces.model import Discriminator, GANConfig, Generator
from genai_demo.faces.networks import build
from genai_demo.faces.train_gan import Balancer, frozen
from genai_demo.faces.upsampler import Upsampler, UpsamplerConfig, enlarged, halved

NAME = "faces-upsampler"
PROBES = 100
"""Pictures of each kind that are measured during training."""
SOFTEST = 1.0
"""Real faces are blurred by up to so many pixels (standard deviation) before: the GAN's are softer than photographs."""


@dataclass(frozen=True)
class UpsamplerSettings:
    """How to train the upsampler. ``batch`` counts pictures a step over all processes."""

    batch: int = 4
    rate: float = 0.002
    steps: int = 0
    """Length of the run; 0: unknown, the rate stays."""
    cool_down: float = 0.5
    """Last share of the run, in which the rate falls to zero in a line."""
    pretrain: int = 500
    """Steps before the adversary joins."""
    edges: float = 1.0
    """Share of the pixels of pairs in the gradient, see ``Balancer``."""
    features: float = 1.0
    """Share of the distance in frozen EfficientNet-Lite0 features of pairs."""
    same: float = 1.0
    """Share of what holds the GAN's faces: halved, they look as before."""
    adversarial: float = 0.35
    """Share of the adversary. At 1 it was louder than the pairs: blotches, and 1.6 dB of PSNR lost in 750 steps."""
    penalty: float = 0.1
    """Weight gamma of R1 + R2 at 128 px; scaled with the number of pixels (R3GAN)."""
    penalty_every: int = 8
    augment: float = 0.2
    """Probability of each random view of the adversary."""
    average_steps: float = 300.0
    """Half-life of the weight average."""
    seed: int = 0


def drift(made: Tensor, before: Tensor) -> Tensor:
    """How far faces of twice the side (B, 3, 2R, 2R) have left the faces before (B, 3, R, R): mean L1.

    At half the side in full, at the side itself by a quarter: faults of a few pixels may be mended, no face exchanged.
    """
    small = halved(made)
    return F.l1_loss(halved(small), halved(before)) + 0.25 * F.l1_loss(small, before)


class UpsamplerTask:
    """images, held_out: (N, 3, 2R, 2R) uint8. generator: makes faces of side R; it is not trained."""

    def __init__(
        self,
        config: UpsamplerConfig,
        settings: UpsamplerSettings,
        images: Tensor,
        held_out: Tensor,
        generator: Generator,
    ):
        self.config, self.settings, self.images, self.held_out = config, settings, images, held_out
        self.device = pick_device()
        torch.manual_seed(settings.seed)
        self.network, average = self._place(Upsampler(config)), self._place(Upsampler(config))
        self.ema = Average(self.network, average)
        shape = dataclasses.replace(generator.config, resolution=2 * generator.config.resolution)
        self.judge = self._place(Discriminator(shape))
        self.generator = self._place(generator).requires_grad_(False).eval()
        self.modules: dict[str, nn.Module] = {"network": self.network, "judge": self.judge}
        self.averaged: dict[str, nn.Module] = {"network": self.ema.target}
        beta = {"betas": (0.0, 0.99), "eps": 1e-8}
        self.optimizers: dict[str, torch.optim.Optimizer] = {
            "network": torch.optim.Adam(self.network.parameters(), lr=settings.rate, **beta),
            "judge": torch.optim.Adam(self.judge.parameters(), lr=settings.rate, **beta),
        }
        self.loss = get_loss("relativistic")
        self.distance = FeatureDistance(self.device)
        shares = {name: getattr(settings, name) for name in ("edges", "features", "same", "adversarial")}
        self.balance = Balancer(shares).to(self.device)
        self.modules["balance"] = self.balance
        self.probes: tuple[Tensor, QuickDistance] | None = None

    def _place(self, module: nn.Module) -> Any:
        return module.to(self.device, memory_format=torch.channels_last)

    def start_adversary(self) -> None:
        """Take what the GAN's discriminator knows of 128 pixels and below; what looks at 256 begins silent."""
        card = checkpoint.read_card("faces-discriminator")
        known = checkpoint.load_weights("faces-discriminator", Discriminator(GANConfig(**card["config"])))
        missing, _ = self.judge.load_state_dict(known.state_dict(), strict=False)
        fresh = str(self.judge.config.resolution)
        assert all(fresh in name for name in missing), missing

    def start_from_published(self) -> None:
        """Take the weights of ``checkpoints/``; the adversary starts as in a new run."""
        checkpoint.load_weights(NAME, self.network).requires_grad_(True).train()
        self.ema.target.load_state_dict(self.network.state_dict())

    def start_from_run(self, state: dict[str, Any]) -> None:
        """Take the networks of another run. state: its ``state.pt``."""
        for name, module in self.modules.items():
            if name != "balance":
                module.load_state_dict(state["modules"][name])
        self.ema.target.load_state_dict(state["averaged"]["network"])

    # -- one step

    def step(self, step: int) -> dict[str, float | Tensor]:
        settings = self.settings
        factor = rate_factor(step, settings.steps, 50, settings.cool_down)
        for optimizer in self.optimizers.values():
            for group in optimizer.param_groups:
                group["lr"] = settings.rate * factor
        real, pairs = self.real_faces(step)
        small = torch.cat([self.soften(halved(real[:pairs])), self.make_faces(len(real) - pairs)])
        figures: dict[str, float | Tensor] = {"rate": factor}
        contest = step >= settings.pretrain
        made: list[Tensor] = []

        def losses() -> Iterator[Tensor]:
            with autocast(self.device):
                y = self.network(small.contiguous(memory_format=torch.channels_last), self.noise(len(small)))
                made.append(y.detach())
                picture = y.detach().requires_grad_(True)
                found = {
                    "edges": edge_loss(picture[:pairs], real[:pairs]),
                    "features": self.distance(picture[:pairs], real[:pairs]),
                    "same": drift(picture[pairs:], small[pairs:]),
                }
                if contest:
                    found["adversarial"] = self.loss.generator(*self.opinions(real, picture))
                figures.update(found)
                gradient = self.balance(found, picture)
            yield (y * gradient).sum()

        with frozen(self.judge):
            update(self.optimizers["network"], losses())
        if contest:
            figures |= self.update_judge(step, real, made[0])
        self.ema.update(0.5 ** (1 / min(settings.average_steps, 0.1 * (step + 1))))
        return {k: torch.as_tensor(v).detach() for k, v in figures.items()}

    def real_faces(self, step: int) -> tuple[Tensor, int]:
        """Real faces (B, 3, 2R, 2R) in [-1, 1], half of them mirrored, and how many of them serve as pairs."""
        chosen = batch_indices(self.settings.seed, step, len(self.images), self.settings.batch)
        real = as_float(self.images[chosen]).to(self.device)
        mirrored = torch.rand(len(real), 1, 1, 1, device=self.device) < 0.5
        real = torch.where(mirrored, real.flip(3), real).contiguous(memory_format=torch.channels_last)
        return real, (len(real) + 1) // 2

    def soften(self, faces: Tensor) -> Tensor:
        """Every second face blurred a little."""
        sigma = SOFTEST * float(torch.rand(()))
        soft = blur(faces, max(sigma, 0.2))
        return torch.where(torch.rand(len(faces), 1, 1, 1, device=faces.device) < 0.5, soft, faces)

    @torch.no_grad()
    def make_faces(self, count: int) -> Tensor:
        """Faces of the GAN, truncated by 0.6 to 1 as visitors see them: (count, 3, R, R)."""
        z = torch.randn(count, self.generator.config.latent, device=self.device)
        psi = 0.6 + 0.4 * torch.rand(count, 1, device=self.device)
        with autocast(self.device):
            w = self.generator.truncate(self.generator.mapping(z).float(), psi)
            ws = w[:, None].expand(-1, self.generator.layers, -1)
            return self.generator.synthesis(ws, "random").float().clamp(-1, 1)

    def noise(self, count: int) -> Tensor:
        side = 2 * self.config.resolution
        return torch.randn(count, 1, side, side, device=self.device)

    def opinions(self, real: Tensor, made: Tensor) -> tuple[Tensor, Tensor]:
        """What the adversary thinks of random views of both."""
        return self.judge(self.view(real)), self.judge(self.view(made))

    def view(self, pictures: Tensor) -> Tensor:
        return augment(pictures, self.settings.augment)

    def update_judge(self, step: int, real: Tensor, made: Tensor) -> dict[str, float | Tensor]:
        """The adversary learns to tell real faces from made ones."""
        settings, figures = self.settings, {}

        def losses() -> Iterator[Tensor]:
            with autocast(self.device):
                yield self.loss.discriminator(*self.opinions(real, made))

        def penalties() -> Iterator[Tensor]:
            weight = 0.5 * settings.penalty * (real.shape[-1] / 128) ** 2 * settings.penalty_every
            with autocast(self.device):
                r1 = zero_centred_gradient_penalty(self.judge, self.view(real))
                r2 = zero_centred_gradient_penalty(self.judge, self.view(made))
            figures["penalty"] = (r1 + r2).detach()
            yield weight * (r1 + r2)

        figures["judge"] = update(self.optimizers["judge"], losses())
        if step % settings.penalty_every == 0:
            update(self.optimizers["judge"], penalties())
        return figures

    # -- looking at it

    @torch.inference_mode()
    def upsampled(self, small: Tensor, batch: int = 10) -> Tensor:
        """Faces (N, 3, R, R) to (N, 3, 2R, 2R) by the averaged network, with noise from one seed."""
        found = []
        with torch.random.fork_rng():
            torch.manual_seed(0)
            for part in small.split(batch):
                with autocast(self.device):
                    found.append(self.ema.target(part.to(self.device), self.noise(len(part))).clamp(-1, 1).cpu())
        return torch.cat(found)

    @torch.inference_mode()
    def evaluate(self) -> dict[str, float]:
        """Frechet distance of the GAN's faces at the full side, and features and PSNR of pairs, beside bicubic."""
        if self.probes is None:
            self.probes = generate_images(self.generator, PROBES), QuickDistance(self.held_out)
        faces, frechet = self.probes
        real = as_float(self.held_out[:PROBES])
        small = halved(real)
        pairs = {"": self.upsampled(small), "bicubic_": enlarged(small).clamp(-1, 1)}
        made = {"": self.upsampled(faces), "bicubic_": enlarged(faces).clamp(-1, 1)}
        figures = {"score": 0.0}
        for name in pairs:
            figures[name + "frechet"] = frechet(made[name])
            figures[name + "psnr"] = float(psnr(pairs[name], real).mean())
            parts = zip(pairs[name].split(20), real.split(20), strict=True)
            figures[name + "features"] = float(
                torch.stack([self.distance(a.to(self.device), b.to(self.device)) for a, b in parts]).mean()
            )
        return figures | {"score": figures["features"]}

    @torch.inference_mode()
    def sample_sheet(self, path: Path) -> None:
        """Faces of the GAN, enlarged (bicubic) and upsampled; held-out ones likewise, and as they were."""
        real = as_float(self.held_out[:5])
        faces = generate_images(self.generator, len(real), seed=1, psi=0.7)
        small = halved(real)
        save_rows([enlarged(faces), self.upsampled(faces), enlarged(small), self.upsampled(small), real], path)


# --------------------------------------------------------------------------- the command


def make_task(args: argparse.Namespace) -> UpsamplerTask:
    """The task that the options of ``train faces --model upsampler`` describe, on faces of 256 pixels."""
    generator = build("faces-gan", checkpoint.read_card("faces-gan")["config"])
    checkpoint.load_weights("faces-gan", generator)
    assert isinstance(generator, Generator)
    side = 2 * generator.config.resolution
    parts = [for_generators(load(args.data or default_folder(side=side), split)) for split in ("train", "held_out")]
    if any(len(part.images) < 2 or part.images.shape[-1] != side for part in parts):
        raise ValueError(f"The upsampler needs faces of {side} px: python -m genai_demo data faces --size {side}.")
    given = {name: getattr(args, name) for name in ("batch", "rate", "pretrain", "adversarial")}
    chosen = {name: value for name, value in given.items() if value is not None}
    settings = UpsamplerSettings(steps=args.steps, cool_down=args.cool_down, seed=args.seed, **chosen)
    config = UpsamplerConfig(resolution=generator.config.resolution)
    task = UpsamplerTask(config, settings, parts[0].images, parts[1].images, generator)
    task.start_adversary()
    return task
