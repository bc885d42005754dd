"""What NOTICE says of the works of others is true of this repository."""

import re
from pathlib import Path

from genai_demo.trust.policy import sealed
from genai_demo.trust.policy.words import SOURCES

ROOT = Path(__file__).parents[1]
NOTICE = (ROOT / "NOTICE").read_text(encoding="utf-8")
NAMED = [p for line in re.findall(r"^(?:genai_demo|checkpoints)/.*$", NOTICE, re.MULTILINE) for p in line.split(", ")]


def test_every_file_that_is_named_is_there() -> None:
    assert len(NAMED) == 5
    assert [path for path in NAMED if not any(ROOT.glob(path))] == []


def test_every_list_of_others_is_named() -> None:
    lists = {f"genai_demo/trust/policy/{name}.sealed" for names in SOURCES.values() for name in names}
    assert lists <= set(NAMED)
    assert all(sealed.open_sealed(Path(path).stem).strip() for path in lists)


def test_terms_that_must_come_along_do() -> None:
    """MIT and BSD ask for their text, CC BY for name and address, Llama 3.1 for its two sentences."""
    words = " ".join(NOTICE.split())
    for said in (
        "Copyright (C) 1993-2015 Carnegie Mellon University",
        "THIS SOFTWARE IS PROVIDED BY CARNEGIE MELLON UNIVERSITY",
        "Copyright (c) 2021 David Sojevic Permission is hereby granted",
        "https://creativecommons.org/licenses/by/4.0/",
        "Built with Llama",
        "Copyright (c) Meta Platforms, Inc. All Rights Reserved.",
    ):
        assert said in words
