"""A page of its own for the lab tab."""

import contextlib
from collections.abc import Iterator

import pytest
from PIL import Image

from genai_demo.faces import generate
from genai_demo.ui import lab_tab, vae_lab_actions
from tests.ui.one_tab import serving


def served() -> contextlib.AbstractContextManager[str]:
    """As ``serving``."""
    return serving("tab.lab", lab_tab.build)


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
