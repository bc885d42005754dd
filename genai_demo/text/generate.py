"""The text room's only door: words in, words out.

    from genai_demo.text import generate
    for piece in generate.stream("Once upon a time", kind="story", seed=7):
        print(piece, end="")

The model loads on first use and stays. Same seed, same settings, same machine: same text.
"""

from genai_demo.text.chat import chat
from genai_demo.text.documents import LANGUAGES
from genai_demo.text.likelihood import score
from genai_demo.text.network import FORMS, KINDS, NAME, allowed, encoded, head_of, load_model, model, shape
from genai_demo.text.suggest import complete_code, rank_code
from genai_demo.text.translate import SCRIPTS, translate, translate_sentences
from genai_demo.text.write import Writing, stream, write

__all__ = (
    "FORMS", "KINDS", "LANGUAGES", "NAME", "SCRIPTS", "Writing", "allowed", "chat", "complete_code", "encoded",
    "head_of", "load_model", "model", "rank_code", "score", "shape", "stream", "translate", "translate_sentences",
    "warm_up", "write",
)  # fmt: skip


def warm_up() -> None:
    """Load the model and write a token, so that the first text does not wait for either."""
    for _ in write("Once", max_tokens=2):
        pass
