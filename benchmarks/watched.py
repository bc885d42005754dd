"""The app, with a note of every file that it opens, connection it makes and program it starts.

``python -m benchmarks.watched FILE`` serves the app as ``app.py`` does and appends one line an event to FILE:
"write PATH", "read PATH", "connect ADDRESS", "lookup HOST" or "start PROGRAM". Python's audit hooks (PEP 578) see
what Python code does, not what happens inside of compiled libraries.
"""

import contextlib
import os
import sys
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND
STARTING = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty")
CHANGING = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod", "os.link", "os.symlink", "os.truncate")


def line_of(event: str, arguments: tuple[Any, ...]) -> str | None:
    """What to note of an audit event; None where nothing."""
    if event == "open":
        path, mode, flags = arguments
        if not isinstance(path, (str, bytes, os.PathLike)):
            return None
        writes = any(c in mode for c in "wxa+") if isinstance(mode, str) else bool((flags or 0) & WRITING)
        return f"{'write' if writes else 'read'} {os.path.abspath(os.fsdecode(path))}"
    if event in CHANGING:
        return f"write {os.path.abspath(os.fsdecode(arguments[0]))}" if isinstance(arguments[0], str | bytes) else None
    if event == "socket.connect":
        return f"connect {arguments[1]}"
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        return f"lookup {arguments[0]}"
    return f"start {arguments[:1]}" if event in STARTING else None


def watch(file: str) -> None:
    """Note events for the rest of the process's life; there is no way to take a hook off again."""
    out = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        try:
            line = line_of(event, arguments)
        except (TypeError, ValueError, OSError):
            line = f"strange {event}"
        if line:
            with contextlib.suppress(OSError):  # a full disk is the app's to tell, not ours
                os.write(out, (line.replace("\n", "\\n") + "\n").encode("utf-8", "backslashreplace"))

    sys.addaudithook(hook)


if __name__ == "__main__":
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from genai_demo.ui.app import launch

    watch(sys.argv[1])
    launch()
