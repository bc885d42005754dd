"""Which class and which settings stand behind each checkpoint of the face room."""

from typing import Any

from torch import nn

from genai_demo.faces.encoders import VAE, Classifier, Encoder, EncoderConfig, VAEConfig
from genai_demo.faces.model import Discriminator, GANConfig, Generator
from genai_demo.faces.upsampler import Upsampler, UpsamplerConfig

NETWORKS: dict[str, tuple[type[nn.Module], type]] = {
    "faces-gan": (Generator, GANConfig),
    "faces-discriminator": (Discriminator, GANConfig),
    "faces-vae": (VAE, VAEConfig),
    "faces-encoder": (Encoder, EncoderConfig),
    "faces-classifier": (Classifier, EncoderConfig),
    "faces-upsampler": (Upsampler, UpsamplerConfig),
}


def build(name: str, settings: dict[str, Any] | None) -> nn.Module:
    """An untrained network of that name. settings: the fields of its config, as stored on its card.

    Raises ValueError where they do not fit.
    """
    network, config = NETWORKS[name]
    try:
        return network(config(**(settings or {"settings": None})))
    except TypeError as error:
        raise ValueError(f"The settings on the card of {name!r} do not fit this program. Fetch it again.") from error
