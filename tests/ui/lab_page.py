"""A page of its own for the lab tab."""

import contextlib
from collections.abc import Iterator

import pytest
import torch
from PIL import Image

from genai_demo.faces import generate
from genai_demo.ui import lab_tab, vae_lab_actions
from tests.ui.one_tab import serving


@contextlib.contextmanager
def served() -> Iterator[str]:
    """As ``serving``. One thread: several wait for each other on a busy machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with serving("tab.lab", lab_tab.build) as url:
            yield url
    finally:
        torch.set_num_threads(threads)


@contextlib.contextmanager
def plain_faces() -> Iterator[None]:
    """Plain pictures in the place of the faces that the VAE's room learns: what draws faces is not looked at."""

    def plain(seed: int, count: int, truncation: float) -> list[Image.Image]:
        return [Image.new("RGB", (64, 64), ((37 * i) % 256, 90, (11 * i) % 256)) for i in range(seed, seed + count)]

    def forget() -> None:
        vae_lab_actions._some_faces.cache_clear()
        vae_lab_actions._faces.cache_clear()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generate, "sample", plain)
        forget()
        yield
    forget()
