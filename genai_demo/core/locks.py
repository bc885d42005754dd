"""Locks on files: who holds one knows that no other process does."""

import sys
from typing import BinaryIO


def lock(file: BinaryIO) -> bool:
    """Lock a file until it is closed or the process ends; False where another process, or another opening, has it.

    On Windows the first byte is locked, which need not exist.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
