"""Texts that nobody should meet by accident, packed so that they can be read on purpose, and edited.

python -m genai_demo.trust.policy.sealed open words > words.txt
python -m genai_demo.trust.policy.sealed close words words.txt
"""

import base64
import functools
import sys
import textwrap
import zlib
from pathlib import Path

NAMES = (
    "words", "examples", "tuning", "probes", "harmless_tuning", "harmless_probes", "ages_tuning", "ages_probes",
    "ldnoobw_en", "ldnoobw_zh", "dsojevic_en",
)  # fmt: skip
HERE = Path(__file__).parent


def _path(name: str) -> Path:
    if name not in NAMES:
        raise ValueError(f"No sealed file is called {name!r}. Choose one of {', '.join(NAMES)}.")
    return HERE / f"{name}.sealed"


@functools.cache
def open_sealed(name: str) -> str:
    """The text. Raises ValueError for an unknown name or a damaged file."""
    try:
        return zlib.decompress(base64.b64decode(_path(name).read_text(encoding="ascii"))).decode("utf-8")
    except (OSError, zlib.error) as error:
        raise ValueError(f"The file {_path(name)} is damaged. Fetch it again.") from error


def close_sealed(name: str, text: str) -> None:
    """Write the text: compressed, in base 64, 100 characters a line."""
    packed = base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")
    _path(name).write_text("\n".join(textwrap.wrap(packed, 100)) + "\n", encoding="ascii")
    open_sealed.cache_clear()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["open", which]:
            sys.stdout.write(open_sealed(which))
        case ["close", which, file]:
            close_sealed(which, Path(file).read_text(encoding="utf-8"))
        case _:
            sys.exit(__doc__)
