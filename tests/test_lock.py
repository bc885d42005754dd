"""The lock of packages holds what requirements.txt asks for, on every system, each file with a hash."""

import re
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmarks.platforms import LOCK_COMMAND, PYTHONS

ROOT = Path(__file__).parents[1]
ENTRY = re.compile(
    r"^(?P<pin>[A-Za-z0-9._-]+==[^\s;]+(?: ; [^\\\n]+)?) \\\n(?P<sums>(?:    --hash=\S+(?: \\)?\n)+)", re.M
)
SYSTEMS = {
    "Linux x86-64": ("linux", "Linux", "posix", "x86_64"),
    "Linux ARM": ("linux", "Linux", "posix", "aarch64"),
    "macOS": ("darwin", "Darwin", "posix", "arm64"),
    "Windows": ("win32", "Windows", "nt", "AMD64"),
}


def requirements(text: str) -> list[Requirement]:
    """What a requirements file asks for."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [Requirement(line) for line in lines if line]


def locked(text: str) -> list[Requirement]:
    """The entries of a lock."""
    return [Requirement(match["pin"]) for match in ENTRY.finditer(text)]


def held(entries: list[Requirement], python: str, system: str) -> dict[str, str]:
    """Name to version on a system. Raises AssertionError where a package is there twice."""
    platform, name, kind, machine = SYSTEMS[system]
    environment = default_environment() | {
        "python_version": python, "python_full_version": f"{python}.9", "sys_platform": platform,
        "platform_system": name, "os_name": kind, "platform_machine": machine,
    }  # fmt: skip
    found: dict[str, str] = {}
    for entry in entries:
        if entry.marker is None or entry.marker.evaluate(environment):
            package = canonicalize_name(entry.name)
            assert package not in found, f"{package} twice"
            found[package] = str(entry.specifier).removeprefix("==")
    return found


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_holds_what_is_asked_for(python: str, system: str) -> None:
    asked = held(requirements((ROOT / "requirements.txt").read_text(encoding="utf-8")), python, system)
    there = held(locked((ROOT / "requirements.lock").read_text(encoding="utf-8")), python, system)
    assert asked.items() <= there.items(), f"run {LOCK_COMMAND}"
    assert len(there) > 2 * len(asked)


def test_every_entry_has_a_hash_and_the_head_says_how_it_was_made() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    rest = ENTRY.sub("", text).splitlines()
    assert all(line.startswith("#") for line in rest)
    assert any(LOCK_COMMAND.removeprefix("python -m ") in line for line in rest)


def test_a_stale_lock_is_seen() -> None:
    entry = "gradio==6.30.0 ; python_version < '3.12' \\\n    --hash=sha256:" + "0" * 64 + "\n"
    assert held(locked(entry), "3.11", "Windows") == {"gradio": "6.30.0"}
    assert held(locked(entry), "3.12", "Windows") == {}
    with pytest.raises(AssertionError, match="gradio twice"):
        held(locked(entry * 2), "3.10", "macOS")
