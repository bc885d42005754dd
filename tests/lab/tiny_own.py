"""Tiny networks in the place of the published ones, and data of a visitor, for the tests of fine-tuning."""

import dataclasses
import io
import zipfile

import numpy as np
import torch
from PIL import Image

from genai_demo.core import checkpoint
from genai_demo.core.transformer import Transformer, TransformerConfig
from genai_demo.text import generate
from genai_demo.text.tokenizer import load_tokenizer
from tests.faces import tiny

CONFIG = TransformerConfig(load_tokenizer().size, layers=2, width=32, heads=2, context=64)


def save_text_model() -> None:
    """A random text model, into the folder that GENAI_CHECKPOINTS names."""
    torch.manual_seed(0)
    checkpoint.save_checkpoint("text", Transformer(CONFIG), {"config": dataclasses.asdict(CONFIG)})
    generate.load_model.cache_clear()


def save_face_models() -> None:
    """Random face networks, likewise."""
    tiny.save_all()


def words(count: int = 120) -> str:
    """A text with a simple form, easily learnt."""
    return "\n\n".join(f"Entry {i}. The lamp was lit at {i % 12}, and the cat sat by it." for i in range(count))


def packed(files: dict[str, bytes]) -> bytes:
    """A zip of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def portrait(seed: int, side: int = 128) -> Image.Image:
    """Noise in colours, different for every seed."""
    pixels = np.random.default_rng(seed).integers(0, 256, (side // 4, side // 4, 3), dtype=np.uint8)
    return Image.fromarray(pixels).resize((side, side), Image.Resampling.NEAREST)


def png(picture: Image.Image) -> bytes:
    """The bytes of a PNG."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
