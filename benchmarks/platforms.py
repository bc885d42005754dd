"""Whether every package has a wheel for every Python and system that is promised: ``python -m benchmarks.platforms``.

Resolves requirements.txt and requirements-dev.txt without installing anything, with source distributions forbidden, and
prints a table of how many packages there are; what fails, and why, comes after it. So it does with what a Hugging Face
Space installs beside them, and with requirements-teacher.txt, on the system and the Pythons of a Space. Needs the
network. With ``--lock`` it makes requirements.lock anew: the packages of the app for all of these, with the hash of
every file.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = ("requirements.txt", "requirements-dev.txt")
TEACHER = "requirements-teacher.txt"
"""What speech from a teacher needs; pocketsphinx has no wheels for every system."""
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
SYSTEMS = {
    "Linux x86-64": "x86_64-manylinux_2_28",
    "Linux ARM": "aarch64-manylinux_2_28",
    "macOS 14 ARM": "aarch64-apple-darwin",
    "Windows": "x86_64-pc-windows-msvc",
}
"""Names to what uv calls them."""
SPACE_PYTHONS, SPACE_SYSTEM = ("3.10", "3.12"), "Linux x86-64"
SPACE_PACKAGES = ("uvicorn>=0.14.0", "websockets>=10.4", "spaces")
"""What a Space installs besides requirements.txt and gradio[oauth,mcp], as logs of its builds show."""
OLDEST_MACOS = "14.0"
"""PyTorch and PyAV have no wheels for older ones."""
LOCK_COMMAND = (
    "python -m uv pip compile --universal --generate-hashes --no-annotate --only-binary :all: --python-version 3.10 "
    "requirements.txt -o requirements.lock"
)
"""Makes requirements.lock for every Python and system at once. What it holds stays where it fits."""
GRADIO = re.compile(r"^gradio(==\S+)$", re.MULTILINE)
PIN = re.compile(r"^([\w.-]+)==", re.MULTILINE)


def of_a_space() -> list[str]:
    """What a Space installs beside our pins."""
    (version,) = GRADIO.findall((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    return [f"gradio[oauth,mcp]{version}", *SPACE_PACKAGES]


def resolved(file: Path, python: str, system: str, besides: Sequence[str] = ()) -> tuple[list[str], str]:
    """The packages that a requirements file comes to, or why there are none in uv's words: (them, "") or ([], why).

    besides: further requirements.
    """
    command = [
        sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate",
        "--only-binary", ":all:", "--python-version", python, "--python-platform", SYSTEMS[system], str(file), "-",
    ]  # fmt: skip
    # Outside the folder: an output file that is there already would be held on to.
    with tempfile.TemporaryDirectory() as elsewhere:
        done = subprocess.run(
            command, cwd=elsewhere, env=os.environ | {"MACOSX_DEPLOYMENT_TARGET": OLDEST_MACOS}, capture_output=True,
            text=True, encoding="utf-8", check=False, input="\n".join(besides),
        )  # fmt: skip
    return (PIN.findall(done.stdout), "") if done.returncode == 0 else ([], " ".join(done.stderr.split()))


def table(found: dict[tuple[str, str, str], tuple[list[str], str]]) -> str:
    """Markdown: a row for every Python, a column for every system; packages of the app / with those of its tests."""
    lines = [f"| Python | {' | '.join(SYSTEMS)} |", "|---" * (1 + len(SYSTEMS)) + "|"]
    for python in PYTHONS:
        cells = [
            " / ".join(str(len(found[f, python, system][0]) or "no") for f in FILES if (f, python, system) in found)
            for system in SYSTEMS
        ]
        lines.append(f"| {python} | {' | '.join(cells)} |")
    return "\n".join(lines)


def lock(path: Path = ROOT / "requirements.lock") -> int:
    """Make the lock anew: versions that fit stay, their hashes are asked for again. The exit status of uv."""
    if path.is_file():
        pins = re.sub(r" \\\n    --hash=\S+", "", path.read_text(encoding="utf-8"))
        path.write_text(pins, encoding="utf-8", newline="\n")
    return subprocess.run([sys.executable, *LOCK_COMMAND.split()[1:], "--quiet"], cwd=ROOT, check=False).returncode


def main() -> None:
    """Resolve all of them, print, and fail where one does not resolve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=2, help="resolutions at a time")
    parser.add_argument("--lock", action="store_true", help="only write requirements.lock")
    options = parser.parse_args()
    if options.lock:
        raise SystemExit(lock())
    wanted = [(file, python, system) for file in FILES for python in PYTHONS for system in SYSTEMS]
    with ThreadPoolExecutor(options.jobs) as pool:
        results = pool.map(lambda one: resolved(ROOT / one[0], *one[1:]), wanted)
        found = dict(zip(wanted, results, strict=True))
    print(table(found))
    for python in SPACE_PYTHONS:
        space = resolved(ROOT / "requirements.txt", python, SPACE_SYSTEM, of_a_space())
        found["A Space", python, SPACE_SYSTEM] = space
        print(f"A Space with Python {python}: {len(space[0]) or 'no'}")
        found[TEACHER, python, SPACE_SYSTEM] = resolved(ROOT / TEACHER, python, SPACE_SYSTEM)
        print(f"{TEACHER} with Python {python}: {len(found[TEACHER, python, SPACE_SYSTEM][0]) or 'no'}")
    failed = {one: why for one, (_, why) in found.items() if why}
    for (file, python, system), why in failed.items():
        print(f"\n{file}, Python {python}, {system}: {why}")
    raise SystemExit(bool(failed))


if __name__ == "__main__":
    main()
