"""``python app.py``: its options, and what is looked at before anything is loaded or served."""

import argparse
import os
import socket
import sys
from collections.abc import Sequence

from genai_demo.core import environment
from genai_demo.core.options import Whole

FIRST_PORT = 7860
PORT = Whole(1, 65_535)
BAD_INPUT, FAILED, INTERRUPTED = 2, 1, 130


def parser() -> argparse.ArgumentParser:
    """The options of ``app.py``."""
    found = argparse.ArgumentParser(
        prog="app.py",
        usage="python app.py [--host NAME] [--port NUMBER]",
        description="Serve the demo until Ctrl-C; the address is printed.",
        allow_abbrev=False,
    )
    found.add_argument(
        "--host", help="address to serve at (default: GRADIO_SERVER_NAME, else 127.0.0.1: for this machine alone)"
    )
    found.add_argument(
        "--port",
        type=PORT,
        help=f"port to serve at (default: the first free one from GRADIO_SERVER_PORT, else {FIRST_PORT})",
    )
    return found


def check_address(host: str, port: int | None) -> None:
    """Raises ValueError where this machine cannot serve at that address."""
    name = host[1:-1] if host.startswith("[") else host
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(name, port or 0, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name != "nt":  # where it would take a port from its owner
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((place[0], 0))
    except (OSError, UnicodeError) as error:
        raise ValueError(
            f"{host!r} is no address of this machine. Use --host 127.0.0.1, or 0.0.0.0 for all of its addresses."
        ) from error
    if port is None:
        return
    try:
        with socket.socket(family, kind, protocol) as probe:
            if os.name != "nt":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except PermissionError as error:
        raise ValueError(f"Port {port} may not be used by this user. Choose one from 1024 with --port.") from error
    except OSError as error:
        raise ValueError(
            f"Port {port} is in use. Choose another with --port, or leave it out for the next free one."
        ) from error


def check_port_variable() -> None:
    """Raises ValueError where GRADIO_SERVER_PORT names no port; Gradio would fail on it with a traceback."""
    try:
        PORT(environment.value("GRADIO_SERVER_PORT") or str(FIRST_PORT))
    except argparse.ArgumentTypeError as error:
        raise ValueError(f"GRADIO_SERVER_PORT: {error}.") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve. Returns the exit status; what cannot be is one sentence on stderr, status 2."""
    args = parser().parse_args(arguments)
    try:
        check_port_variable()
        check_address(args.host or environment.value("GRADIO_SERVER_NAME") or "127.0.0.1", args.port)
        environment.check()
        environment.check_device()
        from genai_demo.ui.app import launch  # takes seconds: not before all is well

        launch(args.host, args.port)
    except ValueError as error:
        print(f"app.py: {error}", file=sys.stderr)
        return BAD_INPUT
    except OSError as error:  # no port was free, or the disk is full
        print(f"app.py: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return INTERRUPTED
    return 0
