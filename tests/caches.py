"""What functions of the package remember, which tests with networks of their own have to drop."""

import sys

KEPT = ("english", "mandarin", "letters", "tokenizer", "words", "sealed")
"""Modules that remember nothing of networks, but what takes long to read."""


def forget() -> None:
    """Drop what functions of the package remember: networks among it, which lie on a device."""
    for name, module in list(sys.modules.items()):
        if name.startswith("genai_demo."):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear") and value.__module__.rpartition(".")[2] not in KEPT:
                    value.cache_clear()
