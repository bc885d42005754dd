"""The GAN of the face room, a style-based generator and its discriminator, and the layers of all networks.

Notable choices
- Style modulation scales the activations, not the weights: ``conv(x * s) * d`` equals the
  weight-modulated convolution of StyleGAN2 (Karras et al. 2020, eq. 1-3) and needs no grouped
  convolution, which CPUs run slowly.
- Both adversaries carry an RGB skip at every resolution, and skips start at zero. A network
  that trains at 32 px and moves on to 64 px therefore continues exactly where it stood
  (progressive growing, Karras et al. 2018, without a fade-in).
- Equalised learning rate everywhere: weights are N(0, 1), scaled at run time by fan-in.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class Pyramid:
    """Sides and channels of a network that halves or doubles the picture."""

    resolution: int = 128
    base_channels: int = 2048
    """Channels times side, before the cap: at 4096, 32 channels at 128 px, 64 at 64 px ..."""
    max_channels: int = 256

    def channels(self, resolution: int) -> int:
        return min(self.max_channels, self.base_channels // resolution)

    def resolutions(self) -> list[int]:
        """4, 8, ... up to the full side."""
        return [4 * 2**i for i in range(int(math.log2(self.resolution // 4)) + 1)]


@dataclass(frozen=True)
class GANConfig(Pyramid):
    """Shape of generator and discriminator; stored in the card, rebuilds both."""

    latent: int = 128
    """Size of z and of every style; that of the VAE's code."""
    mapping_layers: int = 2


# --------------------------------------------------------------------------- layers


class Linear(nn.Module):
    """Fully connected layer, equalised learning rate. (B, I) -> (B, O)."""

    def __init__(self, inputs: int, outputs: int, *, bias: float = 0.0, rate: float = 1.0, gain: float = 1.0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter(torch.full((outputs,), bias / rate))
        self.scale, self.rate = gain * rate / math.sqrt(inputs), rate

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight * self.scale, self.bias * self.rate)


class Conv(nn.Module):
    """Square convolution with 'same' padding, equalised rate. (B, I, H, W) -> (B, O, H, W)."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, *, bias: bool = True, zero: bool = False, gain: float = 1.0
    ):
        super().__init__()
        shape = (outputs, inputs, kernel, kernel)
        self.weight = nn.Parameter(torch.zeros(shape) if zero else torch.randn(shape))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None
        self.scale, self.padding = gain / math.sqrt(inputs * kernel**2), kernel // 2

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.weight * self.scale, self.bias, padding=self.padding)


class ModulatedConv(nn.Module):
    """Convolution whose input channels are scaled by a style. (B, I, H, W), (B, W) -> (B, O, H, W).

    With ``demodulate`` every output channel is divided by the norm of its modulated kernel
    (StyleGAN2, eq. 3) and prepared for the activation that follows.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, style: int, *, demodulate: bool = True):
        super().__init__()
        zero = not demodulate  # the RGB heads: see the module docstring
        self.conv = Conv(inputs, outputs, kernel, bias=False, zero=zero)
        self.affine = Linear(style, inputs, bias=1.0)
        self.demodulate = demodulate

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        s = self.affine(w)
        y = self.conv(x * s[:, :, None, None].to(x.dtype))
        if not self.demodulate:
            return y
        power = (self.conv.weight * self.conv.scale).square().sum((2, 3))  # (O, I)
        d = torch.rsqrt(s.float().square() @ power.t() + 1e-8)
        return y * (ACTIVATION_GAIN * d)[:, :, None, None].to(y.dtype)


ACTIVATION_GAIN = math.sqrt(2)
"""A leaky ReLU halves the power of its input. The layer before makes up for it in its weights,
which saves one pass over every activation."""


def activate(x: Tensor) -> Tensor:
    return F.leaky_relu(x, 0.2)


def upsample(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


# --------------------------------------------------------------------------- generator


KNOTS, REACH = 25, 3.0
"""The prior's marginals are stored at so many places from -REACH to REACH standard deviations."""


class Mapping(nn.Module):
    """Latent z to style w. (B, Z) -> (B, Z); z is first scaled to unit mean square.

    w = prior(z) + correction(z). The prior is no parameter: training sets it to the distribution of
    the codes that a VAE gives to real faces, their mean, their principal axes and the quantiles
    along each, so new faces fall where the generator has learnt to draw (after Ghosh et
    al. 2020, "From variational to deterministic autoencoders", section 4). The correction starts
    at zero.
    """

    def __init__(self, config: GANConfig):
        super().__init__()
        size = config.latent
        self.layers = nn.ModuleList(
            Linear(size, size, rate=0.01, gain=ACTIVATION_GAIN) for _ in range(config.mapping_layers)
        )
        nn.init.zeros_(self.layers[-1].weight)
        self.register_buffer("centre", torch.zeros(size))
        self.register_buffer("axes", torch.eye(size))
        self.register_buffer("quantiles", torch.linspace(-REACH, REACH, KNOTS).repeat(size, 1))
        self.register_buffer("mean", torch.zeros(size))

    def prior(self, z: Tensor) -> Tensor:
        """Standard Gaussian (B, Z) to styles, axis by axis through the quantiles."""
        with torch.autocast(z.device.type, enabled=False):
            place = ((z @ self.axes) / REACH + 1) * (KNOTS - 1) / 2
            place = place.clamp(0, KNOTS - 1)
            low = place.floor().clamp(max=KNOTS - 2).long()
            columns = torch.arange(z.shape[1], device=z.device)
            below, above = self.quantiles[columns, low], self.quantiles[columns, low + 1]
            return self.centre + torch.lerp(below, above, place - low) @ self.axes.T

    @torch.no_grad()
    def fit(self, styles: Tensor) -> None:
        """A prior with mean, principal axes and quantiles of styles (N, Z)."""
        self.centre.copy_(styles.mean(0))
        self.axes.copy_(torch.linalg.eigh(torch.cov(styles.T))[1])
        shares = torch.distributions.Normal(0.0, 1.0).cdf(torch.linspace(-REACH, REACH, KNOTS)).to(styles.device)
        self.quantiles.copy_(torch.quantile((styles - self.centre) @ self.axes, shares, dim=0).T)

    def forward(self, z: Tensor) -> Tensor:
        z = z.float() * torch.rsqrt(z.float().square().mean(1, keepdim=True) + 1e-8)
        x = z
        for layer in self.layers[:-1]:
            x = activate(layer(x))
        return self.prior(z) + self.layers[-1](x)

    @torch.no_grad()
    def measure_mean(self, count: int = 10_000) -> None:
        """Set ``mean``, the style that truncation pulls towards, from ``count`` fresh latents."""
        z = torch.randn(count, self.mean.numel(), generator=torch.Generator().manual_seed(0))
        self.mean.copy_(self(z.to(self.mean.device)).mean(0))


class StyledConv(nn.Module):
    """Modulated convolution, optional doubling, noise, bias, activation."""

    def __init__(self, inputs: int, outputs: int, style: int, *, up: bool = False):
        super().__init__()
        self.conv = ModulatedConv(inputs, outputs, 3, style)
        self.strength = nn.Parameter(torch.zeros(()))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.up = up

    def forward(self, x: Tensor, w: Tensor, noise: Tensor | None) -> Tensor:
        x = self.conv(x, w)
        if self.up:
            x = upsample(x)
        if noise is not None:
            x = x + (self.strength * noise).to(x.dtype)
        return activate(x + self.bias[:, None, None].to(x.dtype))


class SynthesisBlock(nn.Module):
    """One resolution: two styled convolutions and an RGB head, three styles."""

    def __init__(self, inputs: int, outputs: int, style: int):
        super().__init__()
        self.conv0 = StyledConv(inputs, outputs, style, up=True)
        self.conv1 = StyledConv(outputs, outputs, style)
        self.to_rgb = ModulatedConv(outputs, 3, 1, style, demodulate=False)

    def forward(self, x: Tensor, rgb: Tensor, ws: Tensor, noises) -> tuple[Tensor, Tensor]:
        x = self.conv0(x, ws[:, 0], noises[0])
        x = self.conv1(x, ws[:, 1], noises[1])
        return x, upsample(rgb) + self.to_rgb(x, ws[:, 2]).float()


class Generator(nn.Module):
    """Style-based generator with skip-RGB (StyleGAN2). Output (B, 3, R, R) in about [-1, 1].

    Styles are given per layer: ``ws`` is (B, L, Z) with L = ``layers``, two a resolution (one
    at 4 px); an RGB head shares the style of the convolution that follows it.
    """

    def __init__(self, config: GANConfig):
        super().__init__()
        self.config = config
        self.mapping = Mapping(config)
        first, *rest = config.resolutions()
        channels = config.channels(first)
        self.constant = nn.Parameter(torch.randn(1, channels, first, first))
        self.conv = StyledConv(channels, channels, config.latent)
        self.to_rgb = ModulatedConv(channels, 3, 1, config.latent, demodulate=False)
        self.blocks = nn.ModuleList(
            SynthesisBlock(config.channels(r // 2), config.channels(r), config.latent) for r in rest
        )

    @property
    def layers(self) -> int:
        """Number of styles: 4 px has one convolution, every further resolution two, plus one RGB."""
        return 2 * len(self.blocks) + 2

    def noise_shapes(self) -> list[tuple[int, int]]:
        sides = [4] + [r for r in self.config.resolutions()[1:] for _ in range(2)]
        return [(side, side) for side in sides]

    def make_noise(self, seeds: list[int], device: torch.device | str = "cpu") -> list[Tensor]:
        """Per-layer noise of each seed, one (B, 1, H, W) a layer; the same on every device."""
        per_seed = []
        for seed in seeds:
            source = torch.Generator().manual_seed(seed)
            per_seed.append([torch.randn(1, 1, *s, generator=source) for s in self.noise_shapes()])
        return [torch.cat(layer).to(device) for layer in zip(*per_seed, strict=True)]

    def synthesis(self, ws: Tensor, noise: list[Tensor] | str | None = None, resolution: int | None = None) -> Tensor:
        """Styles (B, L, Z) to pictures.

        noise: None for none (the mean picture of a style), ``"random"``, or ``make_noise``'s list.
        resolution: stop at this side, 8 .. config.resolution (progressive training).
        """
        batch, resolution = len(ws), resolution or self.config.resolution
        if noise == "random":
            noise = [torch.randn(batch, 1, *s, device=ws.device) for s in self.noise_shapes() if s[0] <= resolution]
        elif noise is None:
            noise = [None] * len(self.noise_shapes())
        x = self.constant.expand(batch, -1, -1, -1)
        x = self.conv(x, ws[:, 0], noise[0])
        rgb = self.to_rgb(x, ws[:, 1]).float()
        for i, block in enumerate(self.blocks):
            if 8 * 2**i > resolution:
                break
            first = 2 * i + 1
            x, rgb = block(x, rgb, ws[:, first : first + 3], noise[first : first + 2])
        return rgb

    def forward(self, z: Tensor, noise: list[Tensor] | str | None = "random", resolution: int | None = None) -> Tensor:
        ws = self.mapping(z)[:, None].expand(-1, self.layers, -1)
        return self.synthesis(ws, noise, resolution)

    def truncate(self, w: Tensor, psi: float) -> Tensor:
        """Pull w towards the mean style: mean + psi (w - mean) (StyleGAN, section on truncation)."""
        return self.mapping.mean + psi * (w - self.mapping.mean)


# --------------------------------------------------------------------------- discriminator


def minibatch_deviation(x: Tensor, group: int = 4) -> Tensor:
    """Mean standard deviation over groups of the batch, as one more channel. -> (B, 1, H, W)."""
    batch, channels, height, width = x.shape
    group = next(g for g in range(min(group, batch), 0, -1) if batch % g == 0)
    y = x.float().reshape(group, batch // group, channels, height, width)
    y = (y.var(0, unbiased=False) + 1e-8).sqrt().mean((1, 2, 3))
    return y.repeat(group)[:, None, None, None].expand(-1, 1, height, width).to(x.dtype)


class DiscriminatorBlock(nn.Module):
    """Residual block that halves the side. (B, I, H, W) -> (B, O, H/2, W/2)."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        half = math.sqrt(0.5)  # the two branches add up to unit variance
        self.conv0 = Conv(inputs, inputs, 3, gain=ACTIVATION_GAIN)
        self.conv1 = Conv(inputs, outputs, 3, gain=ACTIVATION_GAIN * half)
        self.skip = Conv(inputs, outputs, 1, bias=False, gain=half)

    def forward(self, x: Tensor) -> Tensor:
        y = F.avg_pool2d(activate(self.conv0(x)), 2)
        return activate(self.conv1(y)) + self.skip(F.avg_pool2d(x, 2))


class Discriminator(nn.Module):
    """Residual discriminator with RGB skips at every resolution. (B, 3, R, R) -> (B,) logits.

    Any input side of 8 .. config.resolution that is a power of two works: blocks above it are
    left out. A minibatch standard deviation channel lets it see variety (Karras et al. 2018).
    """

    def __init__(self, config: GANConfig):
        super().__init__()
        self.config = config
        descending = config.resolutions()[:0:-1]  # 128, 64, ..., 8
        self.from_rgb = nn.ModuleDict({str(r): Conv(3, config.channels(r), 1, zero=True) for r in config.resolutions()})
        self.blocks = nn.ModuleDict(
            {str(r): DiscriminatorBlock(config.channels(r), config.channels(r // 2)) for r in descending}
        )
        top = config.channels(4)
        nn.init.normal_(self.from_rgb["8"].weight)  # the lowest level is never "silent"
        self.conv = Conv(top + 1, top, 3, gain=ACTIVATION_GAIN)
        self.dense = Linear(top * 16, top, gain=ACTIVATION_GAIN)
        self.head = Linear(top, 1)

    def features(self, image: Tensor) -> list[Tensor]:
        """Activations after every block, highest resolution first."""
        x, found = 0, []
        side = image.shape[-1]
        while side >= 8:
            x = x + self.from_rgb[str(side)](image)
            x = self.blocks[str(side)](x)
            found.append(x)
            image, side = F.avg_pool2d(image, 2), side // 2
        found[-1] = found[-1] + self.from_rgb["4"](image)
        return found

    def forward(self, image: Tensor) -> Tensor:
        return self.opinion(self.features(image))

    def opinion(self, features: list[Tensor]) -> Tensor:
        """The logits that follow from ``features``, (B,)."""
        x = features[-1]
        x = activate(self.conv(torch.cat([x, minibatch_deviation(x)], 1)))
        return self.head(activate(self.dense(x.flatten(1))))[:, 0].float()
