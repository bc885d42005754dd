"""Speed of the generator of ``stylegan2-pytorch`` (PyPI) at 128 px, random weights, on this CPU.

    python -m benchmarks.stylegan2_peer        prints one JSON object

The package asserts CUDA and imports training tools when it is imported; its generator needs
neither. Only here, in a process of its own, CUDA is declared present and the tools are empty
modules. ``filter2d``, the blur of its RGB path, is written out with the same arithmetic.
"""

import argparse
import importlib
import json
import sys
from types import ModuleType
from typing import Any
from unittest import mock

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.timing import fastest, reference_operations

SIDE, LATENT, MAPPING_LAYERS = 128, 512, 8
"""The package's own defaults, at our resolution."""
UNUSED = ("fire", "kornia", "kornia.filters", "torchvision", "torchvision.transforms", "vector_quantize_pytorch", "aim")


def filter2d(image: Tensor, kernel: Tensor, normalized: bool = False) -> Tensor:
    """Depthwise filter with reflected borders. image (B, C, H, W), kernel (1, K, K)."""
    weight = kernel / kernel.abs().sum() if normalized else kernel
    weight = weight.to(image)[:, None].expand(image.shape[1], 1, -1, -1)
    margin = kernel.shape[-1] // 2
    return F.conv2d(F.pad(image, [margin] * 4, mode="reflect"), weight, groups=image.shape[1])


def load_package() -> Any:
    """The package's module. Raises ValueError with the install command where it is absent."""
    empty = {name: ModuleType(name) for name in UNUSED}
    empty["kornia.filters"].filter2d = filter2d  # type: ignore[attr-defined]
    empty["torchvision"].transforms = empty["torchvision.transforms"]  # type: ignore[attr-defined]
    empty["vector_quantize_pytorch"].VectorQuantize = object  # type: ignore[attr-defined]
    with mock.patch.dict(sys.modules, empty), mock.patch("torch.cuda.is_available", lambda: True):
        try:
            return importlib.import_module("stylegan2_pytorch.stylegan2_pytorch")
        except ModuleNotFoundError as error:
            raise ValueError(
                f"{error.name} is not installed: pip install --no-deps -r benchmarks/requirements.txt"
            ) from error


@torch.inference_mode()
def measure(repeats: int) -> dict[str, Any]:
    """Milliseconds for 1 and for 16 pictures, from latent to tensor, and of the reference operations."""
    package = load_package()
    torch.manual_seed(0)
    mapping = package.StyleVectorizer(LATENT, MAPPING_LAYERS).eval()
    generator = package.Generator(SIDE, LATENT).eval()

    def pictures(count: int) -> Tensor:
        styles = mapping(torch.randn(count, LATENT))[:, None].expand(-1, generator.num_layers, -1)
        return generator(styles, torch.rand(count, SIDE, SIDE, 1))

    assert pictures(2).shape == (2, 3, SIDE, SIDE)
    return {
        "parameters": sum(p.numel() for m in (mapping, generator) for p in m.parameters()),
        "reference": reference_operations(repeats),
        "one": fastest(lambda: pictures(1), repeats),
        "sixteen": fastest(lambda: pictures(16), max(3, repeats // 2)),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=7)
    try:
        print(json.dumps(measure(parser.parse_args().repeats)))
    except ValueError as problem:
        sys.exit(str(problem))
