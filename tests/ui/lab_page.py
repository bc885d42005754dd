"""A page of its own for the lab tab."""

import contextlib
from collections.abc import Iterator

import torch

from genai_demo.ui import lab_tab
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
