"""Every package that runs with the app, pinned with the hash of its file: ``python -m benchmarks.lock``.

Writes requirements.lock from what is installed beside this Python, for its version and system. PyTorch is left out: its
file depends on the hardware. ``python -m benchmarks.lock --check`` compares the pins with requirements.txt.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).parents[1]
WANTED, LOCK = ROOT / "requirements.txt", ROOT / "requirements.lock"
ELSEWHERE = ("torch",)
PIN = re.compile(r"^([a-z0-9-]+)==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)
HEAD = """\
# Made by `python -m benchmarks.lock`: Python {version} on {system}.
# First install PyTorch {torch} for your hardware, then
#   pip install --require-hashes --no-deps -r requirements.lock
"""


def wanted(path: Path = WANTED) -> list[Requirement]:
    """What requirements.txt asks for on this Python."""
    lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    found = [Requirement(line) for line in lines if line]
    return [r for r in found if r.marker is None or r.marker.evaluate()]


def closure(requirements: list[Requirement]) -> dict[str, str]:
    """These and all that they need: name to the installed version. PackageNotFoundError where one is not installed."""
    found: dict[tuple[str, str], str] = {}
    waiting = list(requirements)
    while waiting:
        requirement = waiting.pop()
        name, extras = canonicalize_name(requirement.name), ["", *requirement.extras]
        key = (name, ",".join(sorted(requirement.extras)))
        if name in ELSEWHERE or key in found:
            continue
        package = metadata.distribution(name)
        found[key] = package.version
        needed = [Requirement(text) for text in package.requires or []]
        waiting += [r for r in needed if r.marker is None or any(r.marker.evaluate({"extra": e}) for e in extras)]
    return {name: version for (name, _), version in sorted(found.items())}


def hashes(folder: Path) -> dict[str, str]:
    """Name of each package whose wheel lies in a folder, and the SHA-256 of it."""
    return {
        parse_wheel_filename(path.name)[0]: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.glob("*.whl")
    }


def written(pins: dict[str, str], sums: dict[str, str], torch: str) -> str:
    """The lock. Raises KeyError for a package without a hash."""
    head = HEAD.format(version=f"{sys.version_info.major}.{sys.version_info.minor}", system=sys.platform, torch=torch)
    return head + "".join(f"{name}=={version} \\\n    --hash=sha256:{sums[name]}\n" for name, version in pins.items())


def locked(text: str) -> dict[str, str]:
    """Name to version of what a lock pins with a hash."""
    return {name: version for name, version, _ in PIN.findall(text)}


def stale(lock: str, requirements: list[Requirement]) -> list[str]:
    """What requirements.txt asks for and the lock does not hold."""
    held = locked(lock)
    return [
        str(r) for r in requirements
        if canonicalize_name(r.name) not in ELSEWHERE
        and not r.specifier.contains(held.get(canonicalize_name(r.name), "0"), prereleases=True)
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the lock is out of date")
    parser.add_argument("--wheels", type=Path, help="take the files from here in the place of downloading them")
    options = parser.parse_args()
    if options.check:
        missing = stale(LOCK.read_text(encoding="utf-8"), wanted())
        raise SystemExit(f"requirements.lock lacks {', '.join(missing)}" if missing else 0)
    pins = closure(wanted())
    torch = next(str(r.specifier) for r in wanted() if r.name == "torch").removeprefix("==")
    with tempfile.TemporaryDirectory() as name:
        folder = options.wheels or Path(name)
        if not options.wheels:
            exact = [f"{package}=={version}" for package, version in pins.items()]
            pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", name]
            subprocess.run([*pip, *exact], check=True)
        LOCK.write_text(written(pins, hashes(folder), torch), encoding="utf-8")
    print(f"{len(pins)} packages in {LOCK.name}")


if __name__ == "__main__":
    main()
