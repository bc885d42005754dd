"""Networks of the face room that read pictures: VAE, encoders into the GAN, attribute classifier."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.faces.model import ACTIVATION_GAIN, Conv, DiscriminatorBlock, Linear, Pyramid, activate, upsample


@dataclass(frozen=True)
class VAEConfig(Pyramid):
    """Shape of the variational autoencoder."""

    latent: int = 128


@dataclass(frozen=True)
class EncoderConfig(Pyramid):
    """Shape of the attribute classifier and of the encoder into W+."""

    latent: int = 256
    """Size of the generator's styles."""


class Trunk(nn.Module):
    """Pictures to a feature vector: the discriminator's blocks without its head.

    (B, 3, R, R) -> (B, channels(4), 4, 4).
    """

    def __init__(self, config: Pyramid):
        super().__init__()
        sides = config.resolutions()[:0:-1]
        self.from_rgb = Conv(3, config.channels(sides[0]), 1)
        self.blocks = nn.Sequential(*(DiscriminatorBlock(config.channels(r), config.channels(r // 2)) for r in sides))

    def forward(self, image: Tensor) -> Tensor:
        return self.blocks(activate(self.from_rgb(image)))

    @torch.no_grad()
    def to_unit_scale(self, image: Tensor) -> float:
        """Rescale every layer so that its output on ``image`` has mean square one.

        Leaky ReLUs keep proportions, so what comes out is as before but for one factor: returned.
        """

        def quieten(loud: Tensor, *parameters: Tensor) -> float:
            factor = float(loud.float().square().mean().sqrt()) or 1.0
            for parameter in parameters:
                parameter.div_(factor)
            return factor

        factor = quieten(activate(self.from_rgb(image)), self.from_rgb.weight, self.from_rgb.bias)
        x = activate(self.from_rgb(image))
        for block in self.blocks:
            block.conv0.weight.mul_(factor)
            block.skip.weight.mul_(factor)
            inner = quieten(activate(block.conv0(x)), block.conv0.weight, block.conv0.bias)
            block.conv1.weight.mul_(inner)
            factor = quieten(block(x), block.conv1.weight, block.conv1.bias, block.skip.weight)
            x = block(x)
        return factor


class Posterior(nn.Module):
    """q(z|x) of a variational autoencoder. (B, 3, R, R) -> mean and log variance, each (B, Z)."""

    def __init__(self, config: VAEConfig | EncoderConfig):
        super().__init__()
        self.trunk = Trunk(config)
        self.to_latent = Linear(config.channels(4) * 16, 2 * config.latent)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance = self.to_latent(self.trunk(image).flatten(1)).float().chunk(2, 1)
        return mean, log_variance.clamp(-12, 4)


def draw(mean: Tensor, log_variance: Tensor) -> Tensor:
    """A sample of the Gaussian, by the reparametrisation trick (Kingma & Welling 2014, section 2.4)."""
    return mean + torch.randn_like(mean) * (0.5 * log_variance).exp()


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(q || N(0, I)) in nats per picture, averaged over the batch (2014, appendix B)."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1).mean()


class VAEDecoderBlock(nn.Module):
    """Residual block that doubles the side. (B, I, H, W) -> (B, O, 2H, 2W)."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        half = math.sqrt(0.5)
        self.conv0 = Conv(inputs, outputs, 3, gain=ACTIVATION_GAIN)
        self.conv1 = Conv(outputs, outputs, 3, gain=ACTIVATION_GAIN * half)
        self.skip = Conv(inputs, outputs, 1, bias=False, gain=half)

    def forward(self, x: Tensor) -> Tensor:
        y = upsample(activate(self.conv0(x)))
        return activate(self.conv1(y)) + upsample(self.skip(x))


class VAE(nn.Module):
    """Variational autoencoder with one Gaussian latent vector (Kingma & Welling 2014).

    Its codes of real faces fill only a part of the prior that they were pulled towards, and
    outside it the decoder was never trained. New faces are therefore drawn from a Gaussian
    fitted to those codes afterwards: z = centre + spread e with e ~ N(0, I) (Ghosh et al. 2020).
    """

    def __init__(self, config: VAEConfig):
        super().__init__()
        self.config = config
        top = config.channels(4)
        self.posterior = Posterior(config)
        self.from_latent = Linear(config.latent, top * 16, gain=ACTIVATION_GAIN)
        self.blocks = nn.Sequential(
            *(VAEDecoderBlock(config.channels(r // 2), config.channels(r)) for r in config.resolutions()[1:])
        )
        self.to_rgb = Conv(config.channels(config.resolution), 3, 1)
        self.register_buffer("centre", torch.zeros(config.latent))
        self.register_buffer("spread", torch.eye(config.latent))

    def from_noise(self, noise: Tensor) -> Tensor:
        """Standard Gaussian (B, Z) to codes (B, Z) like those of faces."""
        return self.centre + noise @ self.spread

    def truncate(self, z: Tensor, psi: float) -> Tensor:
        """Pull codes towards that of the average face."""
        return self.centre + psi * (z - self.centre)

    def encode(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """(B, 3, R, R) to mean and log variance of q(z|x), each (B, Z)."""
        return self.posterior(image)

    def decode(self, z: Tensor) -> Tensor:
        """(B, Z) to (B, 3, R, R)."""
        x = activate(self.from_latent(z)).unflatten(1, (-1, 4, 4))
        return self.to_rgb(self.blocks(x)).float()

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Picture, mean, log variance."""
        mean, log_variance = self.encode(image)
        return self.decode(draw(mean, log_variance)), mean, log_variance


class Encoder(nn.Module):
    """Picture to the generator's styles. (B, 3, R, R) -> (B, L, Z).

    One style for the face plus a bounded offset per layer: close to W, where edits behave
    (Tov et al. 2021, e4e).
    """

    def __init__(self, config: EncoderConfig):
        super().__init__()
        self.config = config
        size = config.channels(4) * 16
        self.layers = 2 * len(config.resolutions())
        self.trunk = Trunk(config)
        self.to_style = Linear(size, config.latent)
        self.dense = Linear(size, config.max_channels, gain=ACTIVATION_GAIN)
        self.to_offsets = Linear(config.max_channels, self.layers * config.latent)
        nn.init.zeros_(self.to_offsets.weight)

    def forward(self, image: Tensor) -> Tensor:
        x = self.trunk(image).flatten(1)
        offsets = self.to_offsets(activate(self.dense(x))).float().unflatten(1, (self.layers, -1))
        return self.to_style(x).float()[:, None] + offsets

    @torch.no_grad()
    def start_from(self, vae: VAE, images: Tensor) -> None:
        """Begin as the VAE whose latent space is W: the mean of q(z|x), no offsets.

        A trained trunk has any scale inside; here every layer is brought to unit scale on
        ``images`` (B, 3, R, R), so that all learn at their rate.
        """
        self.trunk.load_state_dict(vae.posterior.trunk.state_dict())
        loudness = self.trunk.to_unit_scale(images)
        size = vae.config.latent
        self.to_style.weight.copy_(vae.posterior.to_latent.weight[:size] * loudness)
        self.to_style.bias.copy_(vae.posterior.to_latent.bias[:size])


ATTRIBUTES = (
    "smile", "age", "gender", "yaw", "mouth_open", "eyes_open",
    "long_hair", "light_hair", "light_skin", "glasses", "beard", "outdoors",
)  # fmt: skip
IDENTITY_FEATURES = 64


class Classifier(nn.Module):
    """Picture to standardised attribute scores, and to a feature vector for identity.

    (B, 3, R, R) -> (B, len(ATTRIBUTES)); ``embed`` gives (B, 64) unit vectors.
    """

    def __init__(self, config: EncoderConfig):
        super().__init__()
        self.config = config
        self.trunk = Trunk(config)
        self.dense = Linear(config.channels(4) * 16, IDENTITY_FEATURES, gain=ACTIVATION_GAIN)
        self.head = Linear(IDENTITY_FEATURES, len(ATTRIBUTES))

    def features(self, image: Tensor) -> Tensor:
        return activate(self.dense(self.trunk(image).flatten(1)))

    def forward(self, image: Tensor) -> Tensor:
        return self.head(self.features(image)).float()

    def embed(self, image: Tensor) -> Tensor:
        return F.normalize(self.features(image).float(), dim=1)
