"""The small restorer for the tests of what repairs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repair import tiny


@pytest.fixture
def restorer(tmp_path: Path) -> Iterator[None]:
    """``tiny.published``."""
    with tiny.published(tmp_path):
        yield
