"""Speed and memory of the faces on this machine, beside a public StyleGAN2 package.

    python -m benchmarks.faces            a table
    python -m benchmarks.faces --json     the same as JSON

Times are the fastest of several runs and end with finished pictures (PIL), not with tensors.
Linux and macOS. "x matmul" divides them by a 1024 x 1024 matrix product timed in the same process, see ``timing``.
"""

import argparse
import contextlib
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import torch

from benchmarks.browser import slider_milliseconds
from benchmarks.timing import fastest, reference_operations
from genai_demo.core.device import describe, has_fast_bfloat16, pick_device
from genai_demo.faces import generate

ROOT = Path(__file__).parents[1]
SLIDER_MOVES = 21
START_LIMIT = 120.0
"""Seconds to wait for the page before the app counts as broken."""


@contextlib.contextmanager
def precision(name: str) -> Iterator[None]:
    """Compute in "float32" or "bfloat16" for a while."""
    before = os.environ.get("GENAI_PRECISION")
    os.environ["GENAI_PRECISION"] = name
    try:
        yield
    finally:
        del os.environ["GENAI_PRECISION"]
        if before is not None:
            os.environ["GENAI_PRECISION"] = before


def measure_model(name: str, repeats: int) -> dict[str, float]:
    """Milliseconds for 1 face, 1 and 16 at 256 px, 16 faces, and 60 frames of a path, with the precision ``name``."""
    with precision(name):
        one = generate.latent(7)
        before = reference_operations(repeats)
        found = {
            "one": fastest(lambda: generate.decode(one), repeats),
            "large": fastest(lambda: generate.decode(one, side=2 * generate.SIDE), repeats),
            "sixteen_large": fastest(lambda: generate.sample(7, 16, side=2 * generate.SIDE), max(3, repeats // 2)),
            "sixteen": fastest(lambda: generate.sample(7, 16), max(3, repeats // 2)),
            "frames": fastest(lambda: generate.interpolate([7, 8], 60), max(2, repeats // 3), 1),
        }
        after = reference_operations(repeats)
    return found | {key: min(before[key], after[key]) for key in before}


def measure_app() -> dict[str, float | None]:
    """Start ``app.py`` and use it as a script would.

    Seconds until its page is served, milliseconds of the first 16 faces (weights load on the way)
    and of a slider's redraw (median) through the API and, with Chromium and Playwright there, in a
    browser, peak memory in MB at the end.
    Raises ValueError where the app does not come up.
    """
    from gradio_client import Client, utils

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    settings = {"GRADIO_SERVER_PORT": str(port), "GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_ANALYTICS_ENABLED": "False"}
    start = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers(address):
            if child.poll() is not None or time.perf_counter() - start > START_LIMIT:
                raise ValueError("app.py did not come up; run it by hand to see why.")
            time.sleep(0.02)
        seconds = time.perf_counter() - start
        utils.RAW_API_INFO_URL = utils.API_INFO_URL  # the sliders call what is not documented
        client = Client(address, verbose=False)
        first = _milliseconds(lambda: client.predict(seed=7, count=16, api_name="/generate_faces"))
        moves = [
            _milliseconds(partial(client.predict, truncation=0.5 + t / 100, api_name="/edit_selected"))
            for t in range(SLIDER_MOVES)
        ]
        browser = slider_milliseconds(address, SLIDER_MOVES)
    finally:
        child.terminate()
        _, _, usage = os.wait4(child.pid, 0)
        child.returncode = 0  # wait4 has taken the child already
    return {
        "seconds": seconds,
        "first": first,
        "slider": statistics.median(moves),
        "browser": browser,
        "memory": _megabytes(usage.ru_maxrss),
    }


def _milliseconds(work: Callable[[], object]) -> float:
    return fastest(work, repeats=1, warm_up=0)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as page:
            return page.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _megabytes(peak: int) -> float:
    """The system's measure of peak memory, bytes on macOS and KiB elsewhere, in MB."""
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def measure_peer(repeats: int) -> dict[str, Any] | str:
    """The public package's figures, from a process of its own; or why there are none."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.stylegan2_peer", f"--repeats={repeats}"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return json.loads(found.stdout) if found.returncode == 0 else found.stderr.strip().rpartition("\n")[2]


def measure(repeats: int, app: bool, peer: bool) -> dict[str, Any]:
    """Everything, in the units of the functions above."""
    fast = has_fast_bfloat16(pick_device())
    result: dict[str, Any] = {"machine": describe(pick_device()), "threads": torch.get_num_threads()}
    if app:
        result["app"] = measure_app()
    result["float32"] = measure_model("float32", repeats)
    if fast:
        result["bfloat16"] = measure_model("bfloat16", repeats)
    result["memory"] = _megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    if peer:
        result["stylegan2-pytorch"] = measure_peer(repeats)
    return result


def table(result: dict[str, Any]) -> str:
    """The result as Markdown."""
    lines = [
        f"{result['machine']}, {result['threads']} threads",
        "",
        "| what | " + " | ".join(f"{k} | x matmul" for k in ("float32", "bfloat16") if k in result) + " |",
    ]
    columns = [result[k] for k in ("float32", "bfloat16") if k in result]
    lines.append("|---|" + "---:|---:|" * len(columns))
    names = {
        "one": "one face",
        "large": "one face at 256 px",
        "sixteen_large": "16 faces at 256 px",
        "sixteen": "16 faces",
        "frames": "60 frames",
        "matmul": "reference: matmul",
        "convolution": "reference: convolution",
    }
    for key, name in names.items():
        cells = [f"{c[key]:.1f} ms | {c[key] / c['matmul']:.1f}" for c in columns]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    if "app" in result:
        app = result["app"]
        lines += [
            "",
            "| app.py | |",
            "|---|---:|",
            f"| start to page | {app['seconds']:.1f} s |",
            f"| first 16 faces through the API, weights loaded on the way | {app['first']:.0f} ms |",
            f"| slider to new face through the API, median of {SLIDER_MOVES} | {app['slider']:.0f} ms |",
            f"| peak memory | {app['memory']:.0f} MB |",
        ]
        if app["browser"] is not None:
            name = f"slider to new face in Chromium, median of {SLIDER_MOVES}"
            lines.insert(-1, f"| {name} | {app['browser']:.0f} ms |")
    lines += ["", f"peak memory of a script that makes faces: {result['memory']:.0f} MB"]
    peer = result.get("stylegan2-pytorch")
    if isinstance(peer, str):
        lines += ["", f"stylegan2-pytorch: {peer}"]
    elif peer:
        lines += ["", *peer_table(columns, peer)]
    return "\n".join(lines)


def peer_table(columns: list[dict[str, Any]], peer: dict[str, Any]) -> list[str]:
    """Images per second side by side; "times as fast" corrects for load by the reference operation."""
    lines = [
        f"| images per second | stylegan2-pytorch ({peer['parameters'] / 1e6:.1f} M parameters) | "
        + " | ".join(f"{n} | times as fast" for n in ("ours, float32", "ours, bfloat16")[: len(columns)])
        + " |",
        "|---|---:|" + "---:|---:|" * len(columns),
    ]
    for key, count in (("one", 1), ("sixteen", 16)):
        slow = peer[key] / peer["reference"]["matmul"]
        cells = [f"{1000 * count / c[key]:.0f} | {slow / (c[key] / c['matmul']):.1f}" for c in columns]
        lines.append(f"| {count} at a time | {1000 * count / peer[key]:.0f} | " + " | ".join(cells) + " |")
    return lines


def main() -> int:
    """Measure, print, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--repeats", type=int, default=7, help="runs of which the fastest counts (default: 7)")
    parser.add_argument("--no-app", action="store_true", help="do not start app.py")
    parser.add_argument("--no-peer", action="store_true", help="leave out stylegan2-pytorch")
    args = parser.parse_args()
    try:
        result = measure(max(1, args.repeats), not args.no_app, not args.no_peer)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(result, indent=2) if args.json else table(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
