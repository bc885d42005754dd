"""A page of its own for the tab "Trust"."""

import contextlib

from genai_demo.ui import trust_tab
from tests.ui.one_tab import serving


def served() -> contextlib.AbstractContextManager[str]:
    """As ``serving``."""
    return serving("tab.trust", trust_tab.build)
