"""The prepared texts as the policy needs them: documents of a split, task and language, and their words.

Reads the files that ``data text`` writes (see ``text.data``), through the vocabulary that lies beside them in the
project: trust stands beside the media and imports none.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

VOCABULARY = Path(__file__).parents[2] / "text" / "tokenizer.json"
TASKS = ("story", "news", "product", "poem", "prose", "translate", "chat", "code")
LANGUAGES, SPLITS = ("en", "zh"), ("train", "held_out")
"""What the numbers in the files stand for, in this order."""


@dataclass
class Texts:
    """A prepared set."""

    tokens: np.ndarray
    documents: dict[str, np.ndarray]
    vocabulary: Tokenizer

    def chosen(self, split: str, task: str, language: str) -> np.ndarray:
        """Numbers of the documents of a split, task and language."""
        wanted = (("split", SPLITS, split), ("task", TASKS, task), ("language", LANGUAGES, language))
        return np.flatnonzero(
            np.logical_and.reduce([self.documents[name] == names.index(value) for name, names, value in wanted])
        )

    def parts(self, number: int) -> list[str]:
        """The texts of a document: what stands between its control tokens."""
        start, size = (int(self.documents[name][number]) for name in ("start", "length"))
        tokens, limit = self.tokens[start : start + size], self.vocabulary.get_vocab_size()
        pieces = np.split(tokens, np.flatnonzero(tokens >= limit))
        found = (self.vocabulary.decode(piece[piece < limit].tolist()) for piece in pieces)
        return [words for words in found if words]


def load(folder: str | Path | None = None) -> Texts:
    """A prepared set, its tokens mapped into memory. Raises ValueError where there is none."""
    home = Path(os.environ.get("GENAI_HOME") or Path(__file__).parents[3])
    place = Path(folder) if folder is not None else home / "data" / "text"
    try:
        with np.load(place / "documents.npz") as arrays:
            documents = {name: arrays[name] for name in arrays.files}
        return Texts(np.load(place / "tokens.npy", mmap_mode="r"), documents, Tokenizer.from_file(str(VOCABULARY)))
    except (OSError, ValueError, KeyError) as error:
        raise ValueError(f"There is no prepared set in {place}; run `python -m genai_demo data text` first.") from error
