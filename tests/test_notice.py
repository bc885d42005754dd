"""What NOTICE says of the works of others is true of this repository."""

import re
from pathlib import Path

from genai_demo.core.checkpoint import read_card
from genai_demo.text.sources import PROSE
from genai_demo.text.train import TITLE
from genai_demo.trust.policy import sealed
from genai_demo.trust.policy.words import SOURCES
from genai_demo.ui.strings import add_texts, say
from genai_demo.ui.texts_text import TEXT
from genai_demo.ui.texts_trust import TRUST
from genai_demo.ui.trust_cards import card_html

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


def test_what_learnt_from_llama_is_named_after_it_wherever_it_is_shown() -> None:
    add_texts(TEXT | TRUST)
    assert any(source.licence == "open-llama" for source in PROSE) and TITLE.startswith("Llama")
    assert read_card("text")["title"] == TITLE and f"<summary><b>{TITLE}</b>" in card_html("text", "en")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(TITLE in words for words in (say("text.note", "en"), say("text.note", "zh"), NOTICE, readme))
