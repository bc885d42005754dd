"""Downloads that say how they were made: recipe and models as plain metadata, and a signed content credential."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from genai_demo.trust import credentials, metadata
from genai_demo.trust.credentials import ALGORITHM, COMPOSITE, ENHANCED, TRAINED
from genai_demo.ui.common import keep_file

__all__ = ["ALGORITHM", "COMPOSITE", "ENHANCED", "TRAINED", "keep_made", "signed"]


def signed(
    data: bytes, name: str, recipe: dict[str, Any] | None, models: Sequence[str], source: str = TRAINED
) -> bytes:
    """The file of a result as it is given away; see ``credentials.sign``.

    A PNG gets its recipe here; other formats bring it along in their tags.
    """
    if PurePath(name).suffix == ".png":
        data = metadata.add_to_png(data, recipe, models)
    return credentials.sign(data, name, recipe, models, source)


def keep_made(
    data: bytes, name: str, recipe: dict[str, Any] | None, models: Sequence[str], source: str = TRAINED
) -> str:
    """Put ``signed`` where the page can fetch it under ``name``; returns the path."""
    return keep_file(signed(data, name, recipe, models, source), name)
