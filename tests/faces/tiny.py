"""Networks and pictures small enough to train in milliseconds."""

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from genai_demo.core import checkpoint
from genai_demo.faces.encoders import VAE, Classifier, Encoder, EncoderConfig, VAEConfig
from genai_demo.faces.model import Discriminator, GANConfig, Generator
from genai_demo.faces.upsampler import Upsampler, UpsamplerConfig

SHAPE = {"resolution": 16, "base_channels": 128, "max_channels": 16}
GAN = GANConfig(**SHAPE, latent=16)
VARIATIONAL = VAEConfig(**SHAPE, latent=16)
ENCODER = EncoderConfig(**SHAPE, latent=16)
UPSAMPLER = UpsamplerConfig(resolution=16, channels=4, blocks=1)


def pictures(count: int, side: int = 16, seed: int = 0) -> Tensor:
    """Smooth coloured blobs, each different: uint8 (count, 3, side, side)."""
    source = torch.Generator().manual_seed(seed)
    coarse = torch.rand(count, 3, 5, 5, generator=source)
    smooth = nn.functional.interpolate(coarse, size=(side, side), mode="bicubic", align_corners=True)
    return (smooth.clamp(0, 1) * 255).round().to(torch.uint8)


def image(seed: int, side: int = 16) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(pictures(1, side, seed)[0].permute(1, 2, 0).numpy()))


def awake(network: nn.Module, seed: int = 0) -> nn.Module:
    """The network with random numbers in place of every weight that starts at zero."""
    source = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if "bias" not in name and not parameter.any():
                parameter.copy_(torch.randn(parameter.shape, generator=source))
    return network


def save_all() -> None:
    """One random checkpoint of every kind, into the folder that GENAI_CHECKPOINTS names."""
    torch.manual_seed(0)
    networks = {
        "faces-gan": (Generator(GAN), GAN),
        "faces-discriminator": (Discriminator(GAN), GAN),
        "faces-vae": (VAE(VARIATIONAL), VARIATIONAL),
        "faces-encoder": (Encoder(ENCODER), ENCODER),
        "faces-classifier": (Classifier(ENCODER), ENCODER),
        "faces-upsampler": (Upsampler(UPSAMPLER), UPSAMPLER),
    }
    for name, (network, config) in networks.items():
        checkpoint.save_checkpoint(name, awake(network), {"config": vars(config)})
