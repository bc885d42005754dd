"""Memory that was freed goes back to the system."""

import sys
from pathlib import Path

import pytest

from genai_demo.core import memory


@pytest.mark.skipif(sys.platform != "linux" or memory._trim() is None, reason="reads /proc, with glibc")
def test_what_was_freed_between_things_that_stay_is_given_back():
    def resident() -> int:
        line = next(li for li in Path("/proc/self/status").read_text().splitlines() if li.startswith("VmRSS:"))
        return int(line.split()[1])

    blocks = [bytearray(60_000) for _ in range(2_000)]  # below the size that is mapped on its own
    kept = blocks[::50] + [blocks[-1]]
    full = resident()
    del blocks
    held = resident()
    memory.give_back()
    assert resident() < held - 50_000 or held < full - 50_000
    assert len(kept) == 41


def test_another_c_library_is_no_error(monkeypatch):
    monkeypatch.setattr(memory, "_trim", lambda: None)
    assert memory.give_back() is False


def test_pools_are_few_where_the_library_can():
    assert memory.few_pools() is (memory._trim() is not None)
