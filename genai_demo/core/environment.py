"""The variables that the program reads: whether each holds what it may hold, told at the start and not later.

Which there are, and what they mean: README.md, docs/trust.md, docs/scaling-out.md.
"""

import os
import re
from pathlib import Path

OFF, ON = ("off", "0", "no", "false"), ("", "on", "1", "yes", "true")
SWITCHES = ("GENAI_POLICY", "GENAI_CREDENTIALS", "GENAI_MARKS")
ADDRESSES = ("GENAI_FACES_URL", "GENAI_TEXT_URL")
FILES = ("GENAI_CERTIFICATE", "GENAI_CERTIFICATE_KEY", "GENAI_SOUNDFONT")
HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.?|[0-9a-f:]*:[0-9a-f:.]*")
"""A name of a host, or an address of version 6 without brackets."""


def value(name: str) -> str:
    """What a variable holds, without blanks around it; "" where it is not set."""
    return os.environ.get(name, "").strip()


def switched_on(name: str) -> bool:
    """Whether a switch is on: unless the variable says "off"."""
    return value(name).lower() not in OFF


def check(writes_checkpoints: bool = False) -> None:
    """Look at all variables but the one of the device, which only PyTorch knows.

    writes_checkpoints: whether the folder of the weights may be missing still.
    Raises ValueError with one sentence that names the variable and what it holds.
    """
    for name in SWITCHES:
        if value(name).lower() not in (*OFF, *ON):
            _refuse(name, "Write on or off")
    if value("GENAI_PRECISION") not in ("", "float32", "bfloat16"):
        _refuse("GENAI_PRECISION", "Write float32 or bfloat16")
    for name in ADDRESSES:
        if value(name) and not value(name).startswith(("https://", "http://")):
            _refuse(name, "Write the address of a web server, which begins with https://")
    if value("GENAI_DATA") and not Path(value("GENAI_DATA")).exists():
        _refuse("GENAI_DATA", "There is no such folder")
    for name in FILES:
        if value(name) and not Path(value(name)).is_file():
            _refuse(name, "There is no such file")
    for name in ("GENAI_CHECKPOINTS", "GENAI_PRIVATE", "GENAI_HOME"):
        place = Path(value(name) or ".")
        if any(p.exists() and not p.is_dir() for p in (place, *place.parents)):
            _refuse(name, "There is a file. Name a folder")
    if not writes_checkpoints and not Path(value("GENAI_CHECKPOINTS") or ".").is_dir():
        _refuse("GENAI_CHECKPOINTS", "There is no such folder")
    proxies()
    text_key()
    for host in hosts():
        if not HOST.fullmatch(host):
            _refuse("GENAI_HOSTS", "Write names of hosts with commas between them, without https:// and port")


def _refuse(name: str, what: str) -> None:
    raise ValueError(f"{name} cannot be {value(name)!r}. {what}, or unset it.")


def proxies() -> int:
    """How many proxies stand in front of the app. Raises ValueError for a strange number."""
    words = value("GENAI_PROXIES") or "0"
    if not words.isascii() or not words.isdigit() or int(words) > 9:
        raise ValueError(f"GENAI_PROXIES must be a whole number from 0 to 9, not {words!r}.")
    return int(words)


def text_key() -> int | None:
    """The key of the mark in texts; None where none is named. Raises ValueError where it is no whole number."""
    try:
        return int(value("GENAI_TEXT_KEY")) if value("GENAI_TEXT_KEY") else None
    except ValueError:  # which would repeat it, and it is a secret
        raise ValueError("GENAI_TEXT_KEY must be a whole number.") from None


def hosts() -> tuple[str, ...]:
    """The names that the app answers to, in small letters."""
    return tuple(h.strip().lower() for h in value("GENAI_HOSTS").split(",") if h.strip())


def check_device() -> None:
    """Whether there is the device that GENAI_DEVICE names. Loads PyTorch. Raises ValueError where there is not."""
    from genai_demo.core.device import pick_device

    if not os.environ.get("GENAI_DEVICE"):
        return
    try:
        pick_device()
    except ValueError as error:
        raise ValueError(f"GENAI_DEVICE cannot be {value('GENAI_DEVICE')!r}. {error}") from error
