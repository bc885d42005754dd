"""Learns the tokenizer from a balanced mix of the texts: ``train text --model tokenizer``."""

import collections
from collections.abc import Iterator
from pathlib import Path

from genai_demo.text.data import read_documents, split_of
from genai_demo.text.documents import Document
from genai_demo.text.tokenizer import FILE, VOCABULARY, train_bpe

SHARES = {"en": 0.4, "zh": 0.4, "code": 0.2}
"""Of the bytes that the merges are learnt from."""
BUDGET = 60_000_000
"""Bytes in all; more changes few merges."""


def mixed_texts(source: str | Path | None, licence: str, budget: int = BUDGET) -> Iterator[str]:
    """Training texts until every share of ``budget`` bytes is used up or there are no more."""
    room = {group: share * budget for group, share in SHARES.items()}
    documents = [d for d in read_documents(source, licence, collections.Counter()) if split_of(d) == "train"]
    for document in sorted(documents, key=Document.key):  # a random order, the same every time
        group = "code" if document.task == "code" else document.language
        halves = [(group, document.whole())]
        if document.task == "translate":
            halves = [("en", document.text), ("zh", document.other)]
        for name, text in halves:
            if room[name] > 0:
                room[name] -= len(text.encode())
                yield text


def run(source: str | Path | None, licence: str, out: Path = FILE, size: int = VOCABULARY) -> None:
    """Learn and save the tokenizer."""
    bpe = train_bpe(mixed_texts(source, licence), size)
    bpe.save(str(out), pretty=False)
    print(f"{bpe.get_vocab_size()} tokens in {out}")
