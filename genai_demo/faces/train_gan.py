"""Training of the GAN: the five textbook steps; the loop itself is ``core.loop``."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from genai_demo.core import checkpoint
from genai_demo.core.device import autocast, pick_device
from genai_demo.core.loop import Average, all_mean, batch_indices, update
from genai_demo.core.losses import FeatureDistance, edge_loss, get_loss, zero_centred_gradient_penalty
from genai_demo.core.pictures import save_rows
from genai_demo.faces.adaptive import EVERY, AdaptiveStrength, gap
from genai_demo.faces.augment import augment
from genai_demo.faces.encoders import VAE, draw
from genai_demo.faces.model import Discriminator, GANConfig, Generator

SHEET_SEEDS = 16
PROBES = 128
"""Pictures of each kind that the discriminator's gap is measured on."""


@dataclass(frozen=True)
class GANSettings:
    """How to train the GAN. Counts of pictures are per step over all processes."""

    loss: str = "relativistic"
    resolution: int = 128
    """Side to train at; below the model's own for quick trials."""
    pretrain: int = 2000
    """So many steps the generator first learns as the decoder of an autoencoder, without
    adversaries; in the first half of them at half the side."""
    adversaries_first: int = 40
    """Steps after that in which only the adversaries learn, to have an opinion worth following."""
    batch: int = 32
    accumulate: int = 1
    rate: float = 0.0015
    """Learning rate of generator and discriminator (Adam, equalised weights)."""
    penalty: float = 0.1
    """Weight gamma of R1 + R2 at 128 px; scaled with the number of pixels (R3GAN)."""
    penalty_every: int = 8
    """The penalties are computed every so many steps and weighted up (StyleGAN2, section 3)."""
    augment: float = 0.3
    """Probability of each random view; with a target, only at first."""
    augment_target: float = 0.0
    """The gap between training and held-out faces that the strength of the views is steered to, see
    ``AdaptiveStrength``; 0: the strength stays."""
    average_pictures: float = 5_000.0
    """Half-life of the weight average, in pictures."""
    adversarial: float = 0.2
    """Share of the pixel discriminator in the generator's gradient, see ``Balancer``."""
    feature_critic: float = 12.0
    """Share of the feature critic relative to that; 0 leaves it out."""
    critic_rate: float = 0.001
    critic_lead: float = 6.0
    """The feature critic pauses while the generator has more than this to lose to it. A critic that
    is sure of every picture has nothing to tell."""
    discriminator_every: int = 1
    """With a feature critic, the pixel discriminator may take part in every n-th step only."""
    anchor: float = 1.5
    """Share of the anchor: half of the generator's batch are reconstructions of real faces from the
    codes of a trained VAE (after VAE/GAN, Larsen et al. 2016), and the mapping has the distribution
    of these codes. Every face of the training set must stay reachable, so the generator cannot
    collapse onto a few. The adversaries judge the other half. 0 leaves it out."""
    mixing: float = 0.0
    """Probability of style mixing."""
    seed: int = 0


class GANTask:
    """Generator against discriminator (and, if asked for, a feature critic).

    images: (N, 3, R, R) uint8, training split; held_out likewise, for ``evaluate``.
    vae: trained on the same pictures; needed for the anchor. Its latent space becomes W.
    """

    def __init__(
        self, config: GANConfig, settings: GANSettings, images: Tensor, held_out: Tensor, vae: VAE | None = None
    ):
        self.config, self.settings = config, settings
        self.device = pick_device()
        self.images, self.held_out = images, held_out
        self.loss = get_loss(settings.loss)
        if settings.anchor <= 0 and (
            settings.pretrain > 0 or (settings.feature_critic <= 0 and settings.discriminator_every > 1)
        ):
            raise ValueError("In some steps the generator would have nothing to learn from. Give --anchor a weight.")
        self.quick_distance: Callable[[Tensor], float] | None = None
        torch.manual_seed(settings.seed)
        # Step 1 of 5: initialise both networks.
        self.generator, self.discriminator = self._place(Generator(config)), self._place(Discriminator(config))
        self.ema = Average(self.generator, self._place(Generator(config)))
        rate = {"lr": settings.rate, "betas": (0.0, 0.99), "eps": 1e-8}
        self.modules: dict[str, nn.Module] = {"generator": self.generator, "discriminator": self.discriminator}
        self.averaged = {"generator": self.ema.target}
        self.optimizers = {
            "generator": torch.optim.Adam(self.generator.parameters(), **rate),
            "discriminator": torch.optim.Adam(self.discriminator.parameters(), **rate),
        }
        self.balance = Balancer(
            {
                "edges": 0.05 * settings.anchor,
                "features": settings.anchor,
                "g_loss": settings.adversarial,
                "gc_loss": settings.adversarial * settings.feature_critic,
            }
        ).to(self.device)
        self.modules["balance"] = self.balance
        self.adaptive = None
        if settings.augment_target:
            self.adaptive = AdaptiveStrength(settings.augment, settings.augment_target).to(self.device)
            self.modules["adaptive"] = self.adaptive
        self.resolution = settings.resolution
        """Side of the present step."""
        self.vae = None
        if settings.anchor > 0:
            fits = vae is not None and (vae.config.latent, vae.config.resolution) == (config.latent, config.resolution)
            if not fits:
                raise ValueError("The anchor needs a VAE for pictures of this size. Train and publish one first.")
            self.vae = self._place(vae).requires_grad_(False).eval()
            self.distance = FeatureDistance(self.device)
            self.fit_prior()
        self.critic = None
        if settings.feature_critic > 0:
            from genai_demo.faces.critic import FeatureCritic

            self.critic = self._place(FeatureCritic())
            self.modules["critic"] = self.critic
            self.optimizers["critic"] = torch.optim.Adam(
                self.critic.heads.parameters(), lr=settings.critic_rate, betas=(0.0, 0.99)
            )
        self.rates = {name: optimizer.param_groups[0]["lr"] for name, optimizer in self.optimizers.items()}

    def _place(self, module: nn.Module) -> nn.Module:
        return module.to(self.device, memory_format=torch.channels_last)

    def start_from_published(self) -> None:
        """Take generator and discriminator; the rest starts afresh."""
        checkpoint.load_weights("faces-gan", self.generator).requires_grad_(True).train()
        checkpoint.load_weights("faces-discriminator", self.discriminator).requires_grad_(True).train()
        self.ema.target.load_state_dict(self.generator.state_dict())

    def start_from_run(self, state: dict[str, Any]) -> None:
        """Take all networks of another run. state: its ``state.pt``."""
        for name, module in self.modules.items():
            if name != "adaptive" or name in state["modules"]:  # a run of fixed strength has none
                module.load_state_dict(state["modules"][name])
        self.ema.target.load_state_dict(state["averaged"]["generator"])

    @torch.no_grad()
    def codes(self, pictures: Tensor) -> Tensor:
        """A code of the VAE for every picture. (B, 3, R, R) -> (B, Z)."""
        assert self.vae is not None
        with autocast(self.device):
            mean, log_variance = self.vae.encode(pictures)
        return draw(mean, log_variance)

    def fit_prior(self) -> None:
        """Draw styles as the codes of the training faces are distributed, from now on."""
        pictures = (self.images[i : i + 100].to(self.device) for i in range(0, len(self.images), 100))
        found = torch.cat([self.codes(x.float() / 127.5 - 1) for x in pictures])
        for network in (self.generator, self.ema.target):
            network.mapping.fit(found)

    # -- one step

    def step(self, step: int) -> dict[str, float | Tensor]:
        """Steps 2 to 4 of the textbook; step 5 is the loop that calls this again."""
        self.resolution = self.side_at(step)
        full = self.real_batches(step)
        real = [self.shrink(x) for x in full]
        figures: dict[str, float | Tensor] = {}
        since = step - self.settings.pretrain  # step of the contest
        if since >= 0:
            fake = self.generate_fakes(full)
            figures |= self.update_discriminator(step, real, fake)
        if since < 0 or since >= self.settings.adversaries_first:
            figures |= self.update_generator(step, full, real)
            self.ema.update(self.average_decay(step))
        return figures

    def side_at(self, step: int) -> int:
        """The first half of the pre-training works at half the side."""
        side = self.settings.resolution
        return side // 2 if step < self.settings.pretrain // 2 and side >= 16 else side

    def real_batches(self, step: int) -> list[Tensor]:
        """The step's real pictures, (b, 3, R, R) in [-1, 1] at full side, one a micro-batch."""
        settings = self.settings
        chosen = batch_indices(settings.seed, step, len(self.images), settings.batch)
        pictures = self.images[chosen.to(self.images.device)].to(self.device).float() / 127.5 - 1
        mirrored = torch.rand(len(pictures), 1, 1, 1, device=self.device) < 0.5
        pictures = torch.where(mirrored, pictures.flip(3), pictures)
        return list(pictures.contiguous(memory_format=torch.channels_last).chunk(settings.accumulate))

    def shrink(self, pictures: Tensor) -> Tensor:
        """Full side to the side of this part of the training."""
        ratio = pictures.shape[-1] // self.resolution
        return pictures if ratio == 1 else nn.functional.avg_pool2d(pictures, ratio)

    def latents(self, count: int) -> Tensor:
        return torch.randn(count, self.config.latent, device=self.device)

    @torch.no_grad()
    def generate_fakes(self, full: list[Tensor]) -> list[Tensor]:
        """Step 2: the generator makes pictures from noise."""
        with autocast(self.device):
            styles = [self.generator.mapping(self.latents(len(x))) for x in full]
            return [self.generator.synthesis(self.per_layer(w), "random", self.resolution) for w in styles]

    def per_layer(self, w: Tensor) -> Tensor:
        """(B, Z) to (B, L, Z)."""
        return w[:, None].expand(-1, self.generator.layers, -1)

    def update_discriminator(self, step: int, real: list[Tensor], fake: list[Tensor]) -> dict[str, float | Tensor]:
        """Step 3: the discriminator learns to tell real from fake."""
        figures: dict[str, float | Tensor] = {}

        def losses(network: nn.Module, name: str) -> Iterator[Tensor]:
            for x, y in zip(real, fake, strict=True):
                with autocast(self.device):
                    a, b = network(self.view(x)), network(self.view(y))
                figures[name + "_real"], figures[name + "_fake"] = a.detach().mean(), b.detach().mean()
                if network is self.critic:
                    self.critic.lead.copy_(all_mean(self.loss.generator(a, b).detach()))
                yield self.loss.discriminator(a, b)

        def penalised() -> Iterator[Tensor]:
            settings = self.settings
            weight = 0.5 * settings.penalty * (self.resolution / 128) ** 2
            for x, y in zip(real, fake, strict=True):
                with autocast(self.device):
                    r1 = zero_centred_gradient_penalty(self.discriminator, self.view(x))
                    r2 = zero_centred_gradient_penalty(self.discriminator, self.view(y))
                figures["r1"], figures["r2"] = r1.detach(), r2.detach()
                yield weight * settings.penalty_every * (r1 + r2)

        if step % self.settings.discriminator_every == 0:
            looking = self.adaptive is not None and step % (EVERY * self.settings.discriminator_every) == 0
            unseen = self.opinion_of_unseen(step) if looking else None
            figures["d_loss"] = update(self.optimizers["discriminator"], losses(self.discriminator, "d"))
            if self.adaptive is not None:
                if unseen is not None:
                    means = [torch.as_tensor(figures[name]).float() for name in ("d_real", "d_fake")]
                    seen, made = all_mean(torch.stack(means))
                    self.adaptive.observe(seen, unseen, made, EVERY * self.settings.batch)
                figures["gap"], figures["augment"] = self.adaptive.gap(), self.adaptive.strength.clone()
            if step % (self.settings.penalty_every * self.settings.discriminator_every) == 0:
                update(self.optimizers["discriminator"], penalised())
        if self.critic is not None and float(self.critic.lead) <= self.settings.critic_lead:
            figures["c_loss"] = update(self.optimizers["critic"], losses(self.critic, "c"))
        return figures

    def update_generator(self, step: int, full: list[Tensor], real: list[Tensor]) -> dict[str, float | Tensor]:
        """Step 4: the adversaries' feedback flows back into the generator."""
        figures: dict[str, float | Tensor] = {}
        settings = self.settings
        pretraining = step < settings.pretrain
        with_pixels = step % settings.discriminator_every == 0

        def losses() -> Iterator[Tensor]:
            for whole, x in zip(full, real, strict=True):
                # So many are reconstructions; the others come from the prior and face the adversaries.
                copies = 0 if self.vae is None else len(x) if pretraining else len(x) // 2
                with autocast(self.device):
                    w = self.generator.mapping(self.latents(len(x) - copies)).float()
                    if copies:
                        w = torch.cat([self.codes(whole[:copies]), w])
                    ws = self.mix(self.per_layer(w), settings.mixing)
                    y = self.generator.synthesis(ws, None if pretraining else "random", self.resolution)
                    picture = y.detach().requires_grad_(True)
                    found: dict[str, Tensor] = {}
                    if not pretraining and with_pixels:
                        found["g_loss"] = self.opinion(self.discriminator, x[copies:], picture[copies:])
                    if not pretraining and self.critic is not None:
                        found["gc_loss"] = self.opinion(self.critic, x[copies:], picture[copies:])
                    if copies:
                        found["edges"] = edge_loss(picture[:copies], x[:copies])
                        found["features"] = self.distance(picture[:copies], x[:copies])
                    figures.update(found)
                    gradient = self.balance(found, picture)
                yield (y * gradient).sum()

        with frozen(*(m for m in (self.discriminator, self.critic) if m is not None)):
            update(self.optimizers["generator"], losses())
        if self.critic is not None and "gc_loss" in figures:
            self.critic.lead.copy_(all_mean(torch.as_tensor(figures["gc_loss"]).detach().clone()))
        return {k: torch.as_tensor(v).detach() for k, v in figures.items()}

    def opinion(self, adversary: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
        """What the generator has to lose with an adversary."""
        return self.loss.generator(adversary(self.view(real)), adversary(self.view(fake)))

    def view(self, images: Tensor) -> Tensor:
        """A random view, as both adversaries see pictures."""
        return augment(images, self.settings.augment if self.adaptive is None else float(self.adaptive.strength))

    @torch.no_grad()
    def opinion_of_unseen(self, step: int) -> Tensor:
        """Mean logit of a batch of held-out faces, over all processes."""
        chosen = batch_indices(self.settings.seed, step, len(self.held_out), self.settings.batch)
        return all_mean(self.mean_logit(self.held_out[chosen]).clone())

    @torch.no_grad()
    def mean_logit(self, pictures: Tensor) -> Tensor:
        """What the discriminator thinks of views of pictures, (B, 3, R, R) uint8."""
        x = self.shrink(pictures.to(self.device).float() / 127.5 - 1)
        with autocast(self.device):
            return self.discriminator(self.view(x.contiguous(memory_format=torch.channels_last))).float().mean()

    def mix(self, ws: Tensor, probability: float) -> Tensor:
        """Style mixing (StyleGAN, section 3.1): some pictures take their late styles from another."""
        layers = ws.shape[1]
        cut = torch.randint(1, layers, (len(ws), 1, 1), device=ws.device)
        cut = torch.where(torch.rand_like(cut, dtype=torch.float32) < probability, cut, layers)
        late = torch.arange(layers, device=ws.device)[None, :, None] >= cut
        return torch.where(late, ws.roll(1, 0), ws)

    def average_decay(self, step: int) -> float:
        """Half-life grows with the pictures seen, up to ``average_pictures``."""
        half_life = min(self.settings.average_pictures, 0.05 * (step + 1) * self.settings.batch)
        return 0.5 ** (self.settings.batch / half_life)

    # -- looking at it

    def evaluate(self) -> dict[str, float]:
        """Frechet distance of 500 pictures at truncation 1 to the held-out faces.

        gap: how much more real than held-out faces the discriminator finds those it learns from, as a share of how
        much more real than generated ones (``adaptive.gap``): it overfits as this grows.
        """
        from genai_demo.faces.evaluate import QuickDistance, generate_images

        if self.quick_distance is None:
            self.quick_distance = QuickDistance(self.held_out)
        images = generate_images(self.ema.target, 500, resolution=self.resolution)
        distance = self.quick_distance(images)
        return {"score": distance, "frechet": distance, "gap": self.discriminator_gap()}

    def discriminator_gap(self) -> float:
        """``adaptive.gap`` of some hundred pictures of each kind."""
        count = min(PROBES, len(self.images), len(self.held_out))
        with torch.no_grad(), autocast(self.device):
            z = self.latents(count)
            fake = self.generator.synthesis(self.per_layer(self.generator.mapping(z)), "random", self.resolution)
            made = self.discriminator(self.view(fake)).float().mean()
        return float(gap(self.mean_logit(self.images[:count]), self.mean_logit(self.held_out[:count]), made))

    @torch.inference_mode()
    def sample_sheet(self, path: Path) -> None:
        """The same 16 seeds every time, 4 by 4, truncation 1."""
        source = torch.Generator().manual_seed(SHEET_SEEDS)
        z = torch.randn(SHEET_SEEDS, self.config.latent, generator=source).to(self.device)
        with autocast(self.device):
            images = self.ema.target(z, noise=None, resolution=self.resolution)
        save_rows(list(images.split(4)), path)


class Balancer(nn.Module):
    """Gives every loss a fixed share in the gradient that reaches the pictures.

    Each loss's gradient is divided by the running mean of its norm per picture and weighted, so
    that a critic which grows steeper does not grow louder (Défossez et al. 2022, EnCodec, section
    3.4). Without it the feature critic was twenty times as loud as the anchor and pulled all faces
    into one pose (docs/experiments.md).
    """

    def __init__(self, weights: dict[str, float], decay: float = 0.98):
        super().__init__()
        self.weights, self.decay = weights, decay
        self.register_buffer("norms", torch.zeros(len(weights)))

    def forward(self, losses: dict[str, Tensor], pictures: Tensor) -> Tensor:
        """The gradient for ``pictures`` (B, 3, R, R), a leaf that the losses were computed from."""
        total = torch.zeros_like(pictures)
        for i, (name, weight) in enumerate(self.weights.items()):
            if name not in losses:
                continue
            (gradient,) = torch.autograd.grad(losses[name], pictures, retain_graph=True)
            norms = gradient.float().flatten(1).norm(dim=1)
            norm = norms.sum() / (norms > 0).sum().clamp(min=1)
            self.norms[i] = torch.where(self.norms[i] > 0, self.norms[i].lerp(norm, 1 - self.decay), norm)
            total += weight * gradient / (self.norms[i] + 1e-12)
        return total / len(pictures)


class frozen:
    """Inside, these networks pass gradients on but collect none themselves."""

    def __init__(self, *networks: nn.Module):
        self.parameters = [p for network in networks for p in network.parameters() if p.requires_grad]

    def __enter__(self) -> None:
        for p in self.parameters:
            p.requires_grad_(False)

    def __exit__(self, *exception: object) -> None:
        for p in self.parameters:
            p.requires_grad_(True)
