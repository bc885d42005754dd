"""Locks on files, on this system and as Windows makes them."""

import subprocess
import sys
import types
from pathlib import Path

import pytest

from genai_demo.core import locks
from genai_demo.core.locks import lock

HOLD = """
import sys
from genai_demo.core.locks import lock
file = open(sys.argv[1], "ab")
print(lock(file), flush=True)
sys.stdin.read()
"""
ROOT = Path(__file__).parents[2]


def test_one_process_holds_it_until_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "True\n"
        with path.open("ab") as file:
            assert not lock(file)
        other.communicate("")
    with path.open("ab") as file, path.open("r+b") as again:
        assert lock(file) and not lock(again)
    with path.open("ab") as file:
        assert lock(file)


@pytest.mark.parametrize("taken", [False, True])
def test_windows_locks_the_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: bool) -> None:
    asked = []

    def locking(handle: int, mode: int, count: int) -> None:
        asked.append((handle, mode, count))
        if taken:
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(locks.sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "msvcrt", types.SimpleNamespace(locking=locking, LK_NBLCK=2))
    with (tmp_path / "lock").open("ab") as file:
        assert lock(file) is not taken
        assert asked == [(file.fileno(), 2, 1)]
