"""Conversation: of several replies to what was said the one that follows from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from genai_demo.core import greenlist, limits
from genai_demo.core.branches import Branches
from genai_demo.core.device import pick_device
from genai_demo.core.greenlist import STRENGTH
from genai_demo.core.sampling import Controls
from genai_demo.text import answers, scripts
from genai_demo.text.coherence import broken, said_before
from genai_demo.text.continuations import checked, continuations, pieces
from genai_demo.text.documents import LANGUAGES
from genai_demo.text.likelihood import log_probabilities
from genai_demo.text.network import allowed, checked_candidates, encoded, form_mark, model, required_choice
from genai_demo.text.tokenizer import load_tokenizer
from genai_demo.text.write import usual

CANDIDATES = 8
"""Replies that are drawn at once."""
ALONE = 0.5
"""Weight of how likely a reply is without the question: what answers anything answers nothing."""
BROKEN, SAID_BEFORE = 0.3, 1.0
"""What a reply that is not whole, or says again what was said, costs in nats a token."""
LEAST = -0.5
"""Score of the worst reply that is given, in nats a token: below it the model says that it has none."""
UNKNOWN = {
    "en": "I don't know. I am a very small model, and there is little that I know.",
    "zh": "我不知道。我是一个很小的模型，知道的事情很少。",
}
SPEECHLESS = {
    "en": "I don't know what to say to that. I am a very small model.",
    "zh": "我不知道该怎么回答。我是一个很小的模型。",
}


@dataclass(frozen=True)
class Reply:
    """A reply that was drawn, and what it was judged by."""

    text: str
    score: float
    """In nats a token."""


def chat(
    turns: Sequence[str],
    language: str = "en",
    max_tokens: int = 120,
    controls: Controls | None = None,
    seed: int = 0,
    mark: float = STRENGTH,
    candidates: int = CANDIDATES,
) -> Iterator[str]:
    """The reply to a conversation, piece by piece. turns: user, reply, user ...; the last is the user's.

    candidates: replies of which the best is chosen, see ``replies``; it comes in one piece. Where even that hardly
    follows from what was said, or is a guess about the world (see ``answers``), the reply says so. 1: plain sampling,
    token by token.
    Of a long conversation the newest turns are used. Raises ValueError for an empty one.
    """
    if checked_candidates(candidates) == 1 or (controls and controls.temperature == 0):
        head, prompt = _prompt(turns, language, max_tokens)
        checked(1, max_tokens, mark)
        may_come = allowed("end", "user") & scripts.native(language, *turns)
        controls = controls or usual("chat", language)
        yield from pieces(continuations(head, prompt, may_come, 1, max_tokens, controls, seed, (), (), mark), ())
        return
    found = replies(turns, language, max_tokens, controls, seed, mark, candidates)
    yield answer(turns[-1], found, language)


def answer(turn: str, found: Sequence[Reply], language: str) -> str:
    """The best of the replies to a turn, or that there is none. found: the best first."""
    if answers.asks_for_a_fact(turn, language) and not answers.is_known(turn, [r.text for r in found], language):
        return UNKNOWN[language]
    return found[0].text if found[0].score >= LEAST else SPEECHLESS[language]


def replies(
    turns: Sequence[str],
    language: str = "en",
    max_tokens: int = 120,
    controls: Controls | None = None,
    seed: int = 0,
    mark: float = STRENGTH,
    candidates: int = CANDIDATES,
) -> list[Reply]:
    """Several replies, ranked by maximum mutual information with what was said (Li et al. 2016), the best first."""
    head, prompt = _prompt(turns, language, max_tokens)
    checked(1, max_tokens, mark)
    tokenizer, net = load_tokenizer(), model()
    ends = {tokenizer.control("end"), tokenizer.control("user")}
    may_come = (allowed("end", "user") & scripts.native(language, *turns)).to(pick_device())
    marking = greenlist.Mark(greenlist.key(), mark) if mark else None
    controls = (controls or usual("chat", language)).check()
    branches = Branches(net, head + prompt, len(head), may_come, ends, controls, seed, candidates, marking)
    drawn = branches.grow(lambda *_: False, max_tokens, going=True)
    bare = [([*head, tokenizer.control("reply")], branch.tokens) for branch in drawn]
    found = []
    for branch, alone in zip(drawn, log_probabilities(bare).tolist(), strict=True):
        text, size = tokenizer.decode(branch.tokens).replace("\ufffd", "").strip(), len(branch.tokens)
        against = BROKEN * broken("", text, language) + SAID_BEFORE * said_before(prompt, branch.tokens)
        points = (branch.log_probability - ALONE * alone) / size - against
        found.append(Reply(text, points))
    return sorted(found, key=lambda reply: -reply.score)


def _prompt(turns: Sequence[str], language: str, max_tokens: int) -> tuple[list[int], list[int]]:
    """The control tokens of a conversation, and its newest turns."""
    if len(turns) % 2 == 0 or not all(isinstance(t, str) and t.strip() for t in turns):
        raise ValueError("Write something first: a conversation is answered after a turn of yours.")
    control = load_tokenizer().control
    head = [control("chat"), control(required_choice(language, LANGUAGES, "language")), *form_mark("chat", language)]
    prompt = [control("user"), *encoded(turns[-1].strip(), "Your turn"), control("reply")]
    room = model().config.context - len(head) - 1 - min(max_tokens, model().config.context // 3)
    for user, reply in zip(turns[-3::-2], turns[-2::-2], strict=True):  # the newest first
        if len(user) + len(reply) > limits.MAX_PROMPT:
            break
        earlier = [control("user"), *encoded(user.strip()), control("reply"), *encoded(reply.strip())]
        if len(earlier) + len(prompt) > room:
            break
        prompt = earlier + prompt
    return head, prompt
