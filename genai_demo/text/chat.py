"""Conversation: the reply to what was said so far."""

from collections.abc import Iterator, Sequence

from genai_demo.core.greenlist import STRENGTH
from genai_demo.core.sampling import Controls
from genai_demo.text import scripts
from genai_demo.text.documents import LANGUAGES
from genai_demo.text.network import allowed, encoded, model, required_choice
from genai_demo.text.tokenizer import load_tokenizer
from genai_demo.text.write import continuations, pieces


def chat(
    turns: Sequence[str],
    language: str = "en",
    max_tokens: int = 120,
    controls: Controls | None = None,
    seed: int = 0,
    mark: float = STRENGTH,
) -> Iterator[str]:
    """The reply to a conversation, piece by piece. turns: user, reply, user ...; the last is the user's.

    Of a long conversation the newest turns are used. Raises ValueError for an empty one.
    """
    if len(turns) % 2 == 0 or not all(isinstance(t, str) and t.strip() for t in turns):
        raise ValueError("Write something first: a conversation is answered after a turn of yours.")
    control = load_tokenizer().control
    head = [control("chat"), control(required_choice(language, LANGUAGES, "language"))]
    said = [[control("reply" if i % 2 else "user"), *encoded(t.strip(), "Your turn")] for i, t in enumerate(turns)]
    room = model().config.context - len(head) - 2 - min(max_tokens, model().config.context // 3)
    while len(said) > 1 and sum(map(len, said)) > room:
        said = said[2:]
    prompt = [token for turn in said for token in turn] + [control("reply")]
    may_come = allowed("end", "user") & scripts.native(language, *turns)
    yield from pieces(continuations(head, prompt, may_come, 1, max_tokens, controls, seed, (), (), mark), ())
