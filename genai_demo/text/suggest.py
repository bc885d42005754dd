"""Code: what could go on after a piece of it, or fill a gap in it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from genai_demo.core import limits
from genai_demo.core.sampling import Controls
from genai_demo.text import doctests, indents
from genai_demo.text.coherence import said_before
from genai_demo.text.continuations import checked, continuations
from genai_demo.text.likelihood import log_probabilities
from genai_demo.text.network import allowed, encoded, form_mark, model
from genai_demo.text.syntax import cut_back, fitted, parses, unknown_names, without_echo
from genai_demo.text.tokenizer import load_tokenizer

DRAWN = 8
"""Suggestions that are drawn, of each way to ask for them."""
FOLLOWING = 120
"""Characters after a gap that say how well a suggestion fits."""
ALONE = 0.3
"""Weight of how likely a suggestion is wherever it stands: what fits anywhere says little."""
SAID_BEFORE = 1.0
"""What it costs, in nats a token, that all of a suggestion says again what the code has, or itself."""
WARMER = 0.3
"""By how much the temperature is higher for the second way to ask."""
BROKEN_ANYWAY = ("", "0", "pass", "x", ":", "x:\n    pass")
"""Where none of these makes the code around them parse, nothing will."""


@dataclass(frozen=True)
class Suggestion:
    """What may stand in a gap, or at the end."""

    text: str
    likelihood: float
    """Mean log probability of its tokens and of what follows, in nats."""
    passes: bool | None = None
    """Whether the examples in the docstrings come out as they say; None where there are none."""


def complete_code(prefix: str, suffix: str = "", count: int = 3, max_tokens: int = 96, seed: int = 0) -> list[str]:
    """Ways to go on after ``prefix`` (and before ``suffix``), the best first, without repetitions."""
    return [text for text, _ in rank_code(prefix, suffix, count, max_tokens, seed)]


def rank_code(
    prefix: str, suffix: str = "", count: int = 3, max_tokens: int = 96, seed: int = 0, temperature: float = 0.4
) -> list[tuple[str, float]]:
    """As ``complete_code``, each with its mean log probability per token; before a gap's end, that of what follows too.

    See ``suggestions``.
    """
    found = suggestions(prefix, suffix, count, max_tokens, seed, temperature)
    return [(suggestion.text, suggestion.likelihood) for suggestion in found]


def suggestions(
    prefix: str, suffix: str = "", count: int = 3, max_tokens: int = 96, seed: int = 0, temperature: float = 0.4
) -> list[Suggestion]:
    """Up to ``count`` ways to go on after ``prefix`` (and before ``suffix``), the best of ``DRAWN`` or twice as many.

    First stand those with which the examples of the docstrings come out right, then what parses in its place, then what
    knows its names, then what came to an end of its own; among equals what is likely here, before what follows, and
    less likely anywhere, and does not go round in circles. Where no suggestion parses there is none, unless the code
    around cannot be made to. One that broke off, or does not parse, ends with its last line that parses; one for a gap
    ends where it would repeat what follows, see ``syntax.fitted``. Tabs, other indents and line ends of the code are
    those of the suggestions too.
    """
    encoded(prefix, "The code"), encoded(suffix, "The code")
    checked(count, max_tokens, 0)
    layout = indents.layout_of(prefix + suffix)
    before, after = layout.read(prefix), layout.read(suffix)
    drawn = _drawn(before, after, max_tokens, seed, temperature)
    starts_line = before.endswith("\n") or not before
    best: dict[str, Suggestion] = {}
    for found in _ranked(before, after, drawn)[:count]:
        text = layout.written(found.text, starts_line)
        best.setdefault(text, Suggestion(text, found.likelihood, found.passes))
    return list(best.values())


def _drawn(before: str, after: str, max_tokens: int, seed: int, temperature: float) -> dict[str, bool]:
    """Suggestions between two pieces of code that are indented by four spaces, and whether each came to an end.

    For a gap, the model is asked twice: with what follows before its eyes, and as if nothing did, which it has learnt
    better.
    """
    tokenizer, net = load_tokenizer(), model()
    mark, encode = tokenizer.control, tokenizer.encode
    space = " " if before.endswith(" ") else ""  # the last space belongs to the word that follows
    read, gap = encode(before.removesuffix(" ")), bool(after.strip())
    code = [mark("code"), *form_mark("code")]
    ways = [([*code, mark("body")], read)]
    if gap:
        half = (net.config.context - max_tokens) // 2
        ahead = [mark("suffix"), *encode(after)[: half - 8], mark("middle")]
        ways.append((code, [mark("prefix"), *read[-half:], *ahead]))
    ended: dict[str, bool] = {}
    for number, (head, prompt) in enumerate(ways):
        controls = Controls(temperature=min(limits.MAX_TEMPERATURE, temperature + number * WARMER))
        *_, last = continuations(head, prompt, allowed("end"), DRAWN, max_tokens, controls, seed, ())
        for written, whole in zip(last.texts, last.ended, strict=True):
            suggestion = without_echo(written.removeprefix(space))
            if gap:
                suggestion = fitted(before, suggestion.lstrip(" ") if space else suggestion, after)
            elif not whole or not parses(before + suggestion):
                suggestion = cut_back(before, suggestion)
            in_line = gap and before.rpartition("\n")[2].strip()
            for text in dict.fromkeys((suggestion, suggestion.partition("\n")[0] if in_line else suggestion)):
                if text.strip():
                    ended[text] = whole or gap or ended.get(text, False)
    if not any(parses(before + text + after) for text in ended):  # then parts of their first lines
        cut = {fitted(before, text, after) for text in ended}
        ended |= {text: False for text in sorted(cut) if text.strip() and text not in ended}
    return ended


def _ranked(before: str, after: str, ended: dict[str, bool]) -> list[Suggestion]:
    """Suggestions, best first. ended: whether each came to an end of its own."""
    whole = {text: before + text + after for text in ended}
    right = {text: parses(whole[text]) for text in ended}
    if not any(right.values()) and any(parses(before + stand_in + after) for stand_in in BROKEN_ANYWAY):
        return []
    texts = list(ended)
    scores, likelihoods = _scores(before, after, texts) if texts else ({}, {})
    with ThreadPoolExecutor(2) as pool:
        tried = dict(zip(texts, pool.map(lambda text: doctests.holds(whole[text]), texts), strict=True))

    def place(text: str) -> tuple[bool, bool, int, bool, float]:
        return not right[text], not tried[text], unknown_names(whole[text]), not ended[text], -scores[text]

    return [Suggestion(text, likelihoods[text], tried[text]) for text in sorted(texts, key=place)]


def _scores(before: str, after: str, texts: list[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Of each suggestion what it is ranked by, and the mean log probability of its tokens and of what follows."""
    tokenizer, room = load_tokenizer(), model().config.context
    head = [tokenizer.control("code"), *form_mark("code"), tokenizer.control("body")]
    space = " " if before.endswith(" ") else ""
    read = tokenizer.encode(before.removesuffix(" "))
    following = after[:FOLLOWING] if after.strip() else ""
    news = [tokenizer.encode(space + text + following)[: room // 2] for text in texts]
    rows = [([*head, *read[-(room - len(head) - len(new)) :]], new) for new in news]
    given = log_probabilities(rows).tolist()
    alone = log_probabilities([(head, tokenizer.encode(text.strip())[: room // 2]) for text in texts]).tolist()
    sizes = [len(new) for new in news]
    # before a gap's end all stand for the same: the likeliest whole wins. At the end, a longer one is no worse for it.
    sums = {t: g - ALONE * a for t, g, a in zip(texts, given, alone, strict=True)}
    again = {t: SAID_BEFORE * said_before(read, new) for t, new in zip(texts, news, strict=True)}
    scores = sums if following else {t: sums[t] / n - again[t] for t, n in zip(texts, sizes, strict=True)}
    return scores, {t: g / n for t, g, n in zip(texts, given, sizes, strict=True)}
