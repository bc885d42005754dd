"""Byte-level BPE for English, Chinese and Python together, and the control tokens around text.

Control tokens live beside the vocabulary of the BPE, not in it: no text can ever spell one, so
whatever a user types is text. Every Unicode string survives encoding and decoding.
"""

import codecs
import functools
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Regex, decoders, models, pre_tokenizers, trainers
from tokenizers import Tokenizer as BPE

FILE = Path(__file__).with_name("tokenizer.json")
VOCABULARY = 12_224
CONTROL_ROOM = 64
"""Rows of the embedding kept for control tokens; together with the vocabulary a multiple of 64."""

CONTROLS = (
    "end",
    *("story", "news", "product", "poem", "prose", "translate", "chat", "code"),
    *("en", "zh"),
    *("title", "body", "prompt"),
    *("user", "reply"),
    *("prefix", "suffix", "middle"),
    *("tang", "ci", "qu", "old"),
    *("child", "bedtime", "campfire", "scene", "short", "slice", "fairytale", "classic"),
    *("press", "report", "archive"),
    *("goods", "clothes", "review", "software"),
    *("article", "passage", "place", "work"),
    *("everyday", "caption", "word", "game"),
    *("daily", "answers", "topics", "booking"),
    *("function", "method", "file", "exercise"),
)
"""Names of the control tokens; the order is part of every checkpoint, so add at the end only."""

WORDS = "|".join(
    (
        r"'(?:[sdmt]|ll|ve|re)\b",
        r"\p{Han}+",
        r"[^\r\n\p{L}\p{N}]?(?:(?!\p{Han})[\p{L}\p{M}])+",
        r"\p{N}{1,2}",
        r" ?[^\s\p{L}\p{N}]+[\r\n]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    )
)
"""What is merged never crosses these bounds: words with their space, runs of Han, up to two digits,
punctuation with the line break after it, line breaks, indentation (after Radford et al. 2019)."""


def train_bpe(texts: Iterable[str], size: int = VOCABULARY) -> BPE:
    """Learn the merges from texts. ``size`` counts the 256 bytes too."""
    bpe = BPE(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=size, min_frequency=2, initial_alphabet=alphabet, show_progress=False)
    bpe.train_from_iterator(texts, trainer)
    return bpe


class Tokenizer:
    """Text to token numbers and back.

    ``size``: rows of the embedding, text and controls together.
    """

    def __init__(self, bpe: BPE):
        self.bpe = bpe
        self.text_size = bpe.get_vocab_size()
        self.size = self.text_size + CONTROL_ROOM
        self._bytes = token_bytes(bpe)

    def control(self, name: str) -> int:
        """The number of a control token. Raises ValueError for an unknown name."""
        return self.text_size + CONTROLS.index(name)

    def encode(self, text: str) -> list[int]:
        """Text to numbers below ``text_size``. Lone surrogates, which are no text, become U+FFFD."""
        return self.bpe.encode(text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")).ids

    def encode_many(self, texts: list[str]) -> list[list[int]]:
        """As ``encode``, on all cores."""
        return [found.ids for found in self.bpe.encode_batch_fast(texts)]

    def bytes_of(self, token: int) -> bytes:
        """The bytes that a token stands for; none for a control token."""
        return self._bytes[token] if token < self.text_size else b""

    def decode(self, tokens: Iterable[int]) -> str:
        """Numbers to text; control tokens are left out, broken characters become U+FFFD."""
        return b"".join(map(self.bytes_of, tokens)).decode("utf-8", "replace")

    def stream(self) -> "Stream":
        """A decoder for tokens that arrive one by one."""
        return Stream(self)


class Stream:
    """Decodes token by token: a character comes out as soon as its last byte is there."""

    def __init__(self, tokenizer: Tokenizer):
        self._tokenizer = tokenizer
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, token: int) -> str:
        """The text that this token completes; may be empty."""
        return self._decoder.decode(self._tokenizer.bytes_of(token))

    def finish(self) -> str:
        """What is left, U+FFFD for half a character."""
        return self._decoder.decode(b"", final=True)


def token_bytes(bpe: BPE) -> list[bytes]:
    """The bytes behind every number of the vocabulary.

    The library spells bytes as printable characters (Radford et al. 2019): printable Latin-1 stands
    for itself, the other bytes for the characters from U+0100 on.
    """
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [b for b in range(256) if b not in printable]
    spelled = {chr(b): b for b in printable} | {chr(0x100 + i): b for i, b in enumerate(others)}
    return [bytes(spelled[c] for c in bpe.id_to_token(i) or "") for i in range(bpe.get_vocab_size())]


@functools.cache
def load_tokenizer(path: Path = FILE) -> Tokenizer:
    """The tokenizer that comes with the project."""
    return Tokenizer(BPE.from_file(str(path)))
