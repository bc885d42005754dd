"""The text room's only door: words in, words out.

    from genai_demo.text import generate
    for piece in generate.stream("Once upon a time", kind="story", seed=7):
        print(piece, end="")

The model loads on first use and stays. Same seed, same settings, same machine: same text.
"""

from genai_demo.text.chat import chat
from genai_demo.text.choose import CANDIDATES
from genai_demo.text.continuations import Candidate, Writing
from genai_demo.text.documents import LANGUAGES
from genai_demo.text.likelihood import score
from genai_demo.text.network import (
    FORMS,
    KINDS,
    NAME,
    allowed,
    encoded,
    form_mark,
    head_of,
    known_forms,
    load_model,
    model,
    shape,
)  # fmt: skip
from genai_demo.text.suggest import Suggestion, complete_code, rank_code, suggestions
from genai_demo.text.translate import SCRIPTS, Translation, rank_sentences, translate, translate_sentences
from genai_demo.text.write import CHOSEN, stream, usual, write

__all__ = (
    "CANDIDATES",
    "CHOSEN",
    "FORMS",
    "KINDS",
    "LANGUAGES",
    "NAME",
    "SCRIPTS",
    "Candidate",
    "Suggestion",
    "Translation",
    "Writing",
    "allowed",
    "chat",
    "complete_code",
    "encoded",
    "form_mark",
    "head_of",
    "known_forms",
    "load_model",
    "model",
    "rank_code",
    "rank_sentences",
    "score",
    "shape",
    "stream",
    "suggestions",
    "translate",
    "translate_sentences",
    "usual",
    "warm_up",
    "write",
)  # fmt: skip


def warm_up() -> None:
    """Load the model and write a token, so that the first text does not wait for either."""
    for _ in write("Once", max_tokens=2, candidates=1):
        pass
