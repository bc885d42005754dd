"""Code: what could go on after a piece of it, or fill a gap in it."""

from genai_demo.core import limits
from genai_demo.core.sampling import Controls
from genai_demo.text import indents
from genai_demo.text.likelihood import mean_log_probability
from genai_demo.text.network import allowed, encoded, model
from genai_demo.text.syntax import cut_back, fitted, parses, unknown_names, without_echo
from genai_demo.text.tokenizer import load_tokenizer
from genai_demo.text.write import continuations

FOLLOWING = 120
"""Characters after a gap that say how well a suggestion fits."""


def complete_code(prefix: str, suffix: str = "", count: int = 3, max_tokens: int = 96, seed: int = 0) -> list[str]:
    """Ways to go on after ``prefix`` (and before ``suffix``), the likeliest first, without repetitions."""
    return [text for text, _ in rank_code(prefix, suffix, count, max_tokens, seed)]


def rank_code(
    prefix: str, suffix: str = "", count: int = 3, max_tokens: int = 96, seed: int = 0, temperature: float = 0.4
) -> list[tuple[str, float]]:
    """As ``complete_code``, each with its mean log probability per token; before a gap's end, that of what follows too.

    What parses in its place stands before what does not, then what knows its names, then what came to an end of its
    own; of ``limits.MAX_CONTINUATIONS`` that are drawn these are the best. A suggestion that broke
    off, or does not parse, ends with its last line that parses; one for a gap ends where it would repeat what follows,
    see ``syntax.fitted``. Tabs, other indents and line ends of the code are those of the suggestions too.
    """
    encoded(prefix, "The code"), encoded(suffix, "The code")
    layout = indents.layout_of(prefix + suffix)
    before, after = layout.read(prefix), layout.read(suffix)
    found = _rank_code(before, after, count, max_tokens, seed, temperature)
    starts_line = before.endswith("\n") or not before
    return list({layout.written(text, starts_line): score for text, score in found}.items())


def _rank_code(
    before: str, after: str, count: int, max_tokens: int, seed: int, temperature: float
) -> list[tuple[str, float]]:
    """Suggestions between two pieces of code that are indented by four spaces, best first.

    For a gap, the model is asked twice: with what follows before its eyes, and as if nothing did, which it has learnt
    better. Those suggestions stand in front after which the code that follows is likely.
    """
    tokenizer, net = load_tokenizer(), model()
    mark, encode = tokenizer.control, tokenizer.encode
    space = " " if before.endswith(" ") else ""  # the last space belongs to the word that follows
    read, gap = encode(before.removesuffix(" ")), bool(after.strip())
    ways = [([mark("code"), mark("body")], read)]
    if gap:
        half = (net.config.context - max_tokens) // 2
        ahead = [mark("suffix"), *encode(after)[: half - 8], mark("middle")]
        ways.append(([mark("code")], [mark("prefix"), *read[-half:], *ahead]))
    ended: dict[str, bool] = {}
    controls, drawn = Controls(temperature=temperature), limits.MAX_CONTINUATIONS if count in range(1, 5) else count
    for head, prompt in ways:
        *_, last = continuations(head, prompt, allowed("end"), drawn, max_tokens, controls, seed, ())
        for written, whole in zip(last.texts, last.ended, strict=True):
            suggestion = without_echo(written.removeprefix(space))
            if gap:
                suggestion = fitted(before, suggestion.lstrip(" ") if space else suggestion, after)
            elif not whole or not parses(before + suggestion):
                suggestion = cut_back(before, suggestion)
            ended[suggestion] = whole or gap or ended.get(suggestion, False)
    start, following = [*ways[0][0], *read], after[:FOLLOWING] if gap else ""
    scored = {t: mean_log_probability(start, encode(space + t + following)) for t in ended if t.strip()}

    def place(suggestion: str) -> tuple[bool, int, bool, float]:
        whole = before + suggestion + after
        return not parses(whole), unknown_names(whole), not ended[suggestion], -scored[suggestion]

    return [(t, scored[t]) for t in sorted(scored, key=place)[:count]]
