"""Is this text marked? Counts green tokens and says how unlikely the count would be in a text without a mark.

    from genai_demo.trust import text
    text.detect("Once upon a time ...")

The mark is explained in ``core.greenlist``. The vocabulary is the text model's own, read from its file.
"""

import functools
import math
from dataclasses import dataclass
from pathlib import Path

from genai_demo.core import greenlist, limits

VOCABULARY = Path(__file__).parents[1] / "text" / "tokenizer.json"
FEWEST = 25
"""Different pairs of tokens below which nothing can be said."""
POWERFUL = 150
"""Different pairs of tokens from which on a marked text hardly ever looks like one without a mark: only then is
"none" said. Measured: ``benchmarks.trust``."""
CERTAIN, LIKELY = 1e-4, 1e-2
"""p-values from which on a text counts as marked, or as perhaps marked."""
SPREAD = 1.0
"""Standard deviation of z over unmarked texts; 1 if all pairs were independent. Measured: ``benchmarks.trust``."""


@dataclass(frozen=True)
class Detection:
    """What was found in a text."""

    z: float
    """Standard deviations of green tokens above chance."""
    p: float
    """Probability that a text without a mark looks as green as this, or greener."""
    tokens: int
    """Different pairs of tokens that were counted."""
    green: int

    @property
    def verdict(self) -> str:
        """ "marked", "perhaps", "none", or "short" where there is too little text to say."""
        if self.tokens >= FEWEST and self.p < LIKELY:
            return "marked" if self.p < CERTAIN else "perhaps"
        return "none" if self.tokens >= POWERFUL else "short"


@functools.cache
def _vocabulary():  # type: ignore[no-untyped-def]
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(VOCABULARY))


def detect(text: str, key: int | None = None) -> Detection:
    """Look for the mark in a text. key: of the writer; None for that of this installation.

    Raises ValueError for what is no text, or too much of it.
    """
    if not isinstance(text, str) or not text.strip():
        raise ValueError("Write or paste a text first.")
    limits.require_length(text)
    text = text.replace("\r\n", "\n").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    found = greenlist.count(_vocabulary().encode(text).ids, greenlist.key() if key is None else key)
    return Detection(found.z, p_value(found.z), found.tokens, found.green)


def p_value(z: float) -> float:
    """Share of unmarked texts that are as green: the upper tail of a normal distribution as wide as was measured."""
    return 0.5 * math.erfc(z / SPREAD / math.sqrt(2))
