"""The lock of packages holds what requirements.txt asks for, each with a hash."""

import re

from packaging.requirements import Requirement

from benchmarks import lock


def test_the_lock_is_up_to_date() -> None:
    text = lock.LOCK.read_text(encoding="utf-8")
    # Pins for another Python than the lock's are not in it.
    python = re.search(r"Python (3\.\d+)", text)
    assert python
    lines = [line.partition("#")[0].strip() for line in lock.WANTED.read_text(encoding="utf-8").splitlines()]
    found = [Requirement(line) for line in lines if line]
    asked = [r for r in found if r.marker is None or r.marker.evaluate({"python_version": python.group(1)})]
    assert lock.stale(text, asked) == [], "run python -m benchmarks.lock"


def test_every_line_has_a_hash() -> None:
    body = [line for line in lock.LOCK.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    held = lock.locked(lock.LOCK.read_text(encoding="utf-8"))
    assert len(held) > 40 and len(body) == 2 * len(held)
    assert "gradio" in held and "torch" not in held


def test_a_stale_lock_is_seen() -> None:
    text = "gradio==6.30.0 \\\n    --hash=sha256:" + "0" * 64 + "\n"
    assert lock.locked(text) == {"gradio": "6.30.0"}
    assert lock.stale(text, [Requirement("gradio==6.31.0"), Requirement("torch==1")]) == ["gradio==6.31.0"]
    assert lock.stale(text, [Requirement("gradio==6.30.0")]) == []
