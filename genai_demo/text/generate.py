"""The text room's only door: words in, words out.

    from genai_demo.text import generate
    for piece in generate.stream("Once upon a time", kind="story", seed=7):
        print(piece, end="")

The model loads on first use and stays. Same seed, same settings, same machine: same text.
"""

import dataclasses
import functools
import math
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.core import checkpoint, chinese, decode, greenlist, lent, limits, sentences
from genai_demo.core.device import pick_device
from genai_demo.core.greenlist import STRENGTH
from genai_demo.core.quantise import load_writer
from genai_demo.core.sampling import Controls
from genai_demo.core.transformer import Transformer
from genai_demo.text import faithful, indents, scripts, verse
from genai_demo.text.documents import LANGUAGES
from genai_demo.text.syntax import cut_back, fitted, parses, unknown_names, without_echo
from genai_demo.text.tokenizer import load_tokenizer

NAME = "text"
KINDS = ("story", "news", "product", "poem", "prose")
FORMS = ("tang", "ci", "qu", "old")
BEAMS = 6
OTHER_WAY = 0.6
"""Weight of how likely a translation leads back to its source."""
FOLLOWING = 120
"""Characters after a gap that say how well a suggestion fits."""
LENGTH_PENALTY = 0.4
"""Translations compete by their log probability over their length to this power."""
LONGEST_SENTENCE = 200
"""Tokens of one sentence's translation, and ..."""
LONGER = 3
"""... so many times as many as the sentence has, with a few to spare."""
SCRIPTS = ("simplified", "traditional")
_loading = threading.RLock()


# --------------------------------------------------------------------------- the model


@functools.cache
def _load(name: str) -> Transformer:
    return load_writer(name)


def model() -> Transformer:
    """The trained model, or the one that is lent in its place; with eight-bit weights where the CPU computes in them.

    Raises ValueError where its checkpoint is missing or broken.
    """
    if own := lent.find(NAME):
        return own.network
    with _loading:
        return _load(NAME)


def warm_up() -> None:
    """Load the model and write a token, so that the first text does not wait for either."""
    for _ in write("Once", max_tokens=2):
        pass


def shape() -> tuple[int, int]:
    """Layers and heads of the model, by its card alone; (1, 1) where there is none."""
    config = checkpoint.read_card(NAME)["config"] if NAME in checkpoint.names() else {}
    return int(config.get("layers", 1)), int(config.get("heads", 1))


def encoded(text: str, what: str = "The text") -> list[int]:
    """Encoded user text. Raises ValueError where it is too long."""
    if not isinstance(text, str):
        raise ValueError(f"{what} must be words.")
    if len(text) > limits.MAX_PROMPT:
        raise ValueError(f"{what} is longer than {limits.MAX_PROMPT:,} characters. Shorten it.")
    return load_tokenizer().encode(text.replace("\r\n", "\n"))


def _choice(value: str, choices: Sequence[str], what: str) -> str:
    if value not in choices:
        raise ValueError(f"No {what} is called {value!r}. Choose one of {', '.join(choices)}.")
    return value


def head_of(kind: str, language: str, title: str = "", form: str = "") -> list[int]:
    """The control tokens that say what the text is, title included."""
    tokenizer = load_tokenizer()
    found = [tokenizer.control(_choice(kind, (*KINDS, "code"), "kind"))]
    if kind != "code":
        found.append(tokenizer.control(_choice(language, LANGUAGES, "language")))
    if kind == "poem" and form:
        found.append(tokenizer.control(_choice(form, FORMS, "form")))
    if title and kind != "code":
        found += [tokenizer.control("title"), *encoded(title[:100], "The title")]
    return [*found, tokenizer.control("body")]


def allowed(*controls: str) -> Tensor:
    """(rows,) bool: all text, and these control tokens."""
    tokenizer = load_tokenizer()
    found = torch.zeros(tokenizer.size, dtype=torch.bool)
    found[: tokenizer.text_size] = True
    found[[tokenizer.control(c) for c in controls]] = True
    return found


# --------------------------------------------------------------------------- writing


@dataclass(frozen=True)
class Writing:
    """Several continuations as they stand."""

    texts: list[str]
    """New text only."""
    done: list[bool]
    """Nothing more will come."""
    ended: list[bool]
    """It came to an end of its own, or to a stop string."""
    tokens: int
    """Drawn so far, all continuations together."""
    forgotten: int
    """Tokens at the start of the prompt that the model could not see any more."""


def write(
    prompt: str,
    kind: str = "story",
    language: str = "en",
    count: int = 1,
    max_tokens: int = 200,
    controls: Controls | None = None,
    seed: int = 0,
    stop: Sequence[str] = (),
    title: str = "",
    form: str = "",
    line_length: int = 0,
    mark: float = STRENGTH,
) -> Iterator[Writing]:
    """Continue a text in ``count`` ways at once, yielding after every token; one comes at least, unless a poem is full.

    stop: a continuation ends before the first of these strings. The prompt may be empty.
    line_length: 5 or 7 makes every line of a poem so long; 0 leaves it to the model.
    No run of tokens comes three times in a row (``decode.NoLoops``).
    mark: strength of the mark in the choice of words (``core.greenlist``), 0 for none; at temperature 0 there is none.
    Raises ValueError for bad input.
    """
    head = head_of(kind, language, title, form)
    # A word brings its space along: after a space of its own the model would expect a number.
    spaced = kind != "code" and isinstance(prompt, str) and prompt.endswith(" ")
    tokens = encoded(prompt.rstrip(" ") if spaced else prompt, "The prompt")
    if line_length and (kind != "poem" or line_length not in verse.LINE_LENGTHS):
        raise ValueError("Only poems have lines of one length: 5 or 7 characters.")
    rules = [verse.Meter(line_length, prompt) for _ in range(count)] if line_length and isinstance(count, int) else []
    may_come = allowed("end") & scripts.native("" if kind == "code" else language, prompt, title)
    for state in _write(head, tokens, may_come, count, max_tokens, controls, seed, stop, rules, mark):
        yield dataclasses.replace(state, texts=[t.removeprefix(" ") for t in state.texts]) if spaced else state


def _write(
    head: list[int],
    prompt: list[int],
    may_come: Tensor,
    count: int,
    max_tokens: int,
    controls: Controls | None,
    seed: int,
    stop: Sequence[str],
    rules: Sequence[decode.Rule] = (),
    mark: float = 0.0,
) -> Iterator[Writing]:
    tokenizer, net = load_tokenizer(), model()
    for number, high, what in (
        (count, limits.MAX_CONTINUATIONS, "number of continuations"),
        (max_tokens, limits.MAX_NEW_TOKENS, "number of tokens"),
    ):
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= high:
            raise ValueError(f"The {what} must be a whole number from 1 to {high:,}.")
    if isinstance(mark, bool) or not isinstance(mark, (int, float)) or not 0 <= mark <= limits.MAX_MARK:
        raise ValueError(f"mark must be a number from 0 to {limits.MAX_MARK:g}.")
    controls = (controls or Controls(repetition_penalty=1.1)).check()
    forgotten = max(0, len(head) + len(prompt) - (net.config.context - 1))
    ends = set(may_come.nonzero()[:, 0].tolist()) - set(range(tokenizer.text_size))
    rules = rules or [decode.NoLoops(net.config.rows) for _ in range(count)]
    streams = [tokenizer.stream() for _ in range(count)]
    texts, done = [""] * count, [False] * count
    drawn = taken = 0
    steps = decode.continuations(
        net, head + prompt, len(head), may_come.to(pick_device()), ends, controls, seed, count, max_tokens, rules,
        greenlist.Mark(greenlist.key(), mark) if mark else None, at_least=1,
    )  # fmt: skip
    for taken, tokens in enumerate(steps, 1):  # noqa: B007
        for i, token in enumerate(tokens):
            if done[i] or token is None:
                done[i] = True
                continue
            drawn += 1
            texts[i] += streams[i].feed(token)
            if cut := _first_of(texts[i], stop):
                texts[i], done[i] = texts[i][: cut - 1], True
        yield Writing(list(texts), list(done), list(done), drawn, forgotten)
        if all(done):
            return
    ended = done if taken == max_tokens else [True] * count
    texts = [text if ended else text + s.finish() for text, ended, s in zip(texts, done, streams, strict=True)]
    yield Writing(texts, [True] * count, ended, drawn, forgotten)


def _first_of(text: str, stop: Sequence[str]) -> int:
    """Place of the first stop string in the text, counted from 1; 0 where there is none."""
    places = [text.find(s) for s in stop if s]
    return min((p for p in places if p >= 0), default=-1) + 1


def stream(
    prompt: str,
    kind: str = "story",
    language: str = "en",
    max_tokens: int = 200,
    temperature: float = 0.8,
    top_p: float = 0.95,
    seed: int = 0,
    top_k: int = 0,
    min_p: float = 0.0,
    repetition_penalty: float = 1.1,
    stop: Sequence[str] = (),
    title: str = "",
    form: str = "",
    mark: float = STRENGTH,
) -> Iterator[str]:
    """The continuation of a text, piece by piece (new text only)."""
    controls = Controls(repetition_penalty, temperature, top_k, top_p, min_p)
    yield from _pieces(write(prompt, kind, language, 1, max_tokens, controls, seed, stop, title, form, 0, mark), stop)


def _pieces(writings: Iterator[Writing], stop: Sequence[str]) -> Iterator[str]:
    """What is new in every step, holding back what may become a stop string."""
    said = 0
    for state in writings:
        text = state.texts[0]
        held = (
            0 if state.done[0] else max((n for s in stop for n in range(1, len(s)) if text.endswith(s[:n])), default=0)
        )
        if len(text) - held > said:
            yield text[said : len(text) - held]
            said = len(text) - held


# --------------------------------------------------------------------------- conversation


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
    head = [control("chat"), control(_choice(language, LANGUAGES, "language"))]
    said = [[control("reply" if i % 2 else "user"), *encoded(t.strip(), "Your turn")] for i, t in enumerate(turns)]
    room = model().config.context - len(head) - 2 - min(max_tokens, model().config.context // 3)
    while len(said) > 1 and sum(map(len, said)) > room:
        said = said[2:]
    prompt = [token for turn in said for token in turn] + [control("reply")]
    may_come = allowed("end", "user") & scripts.native(language, *turns)
    yield from _pieces(_write(head, prompt, may_come, 1, max_tokens, controls, seed, (), (), mark), ())


# --------------------------------------------------------------------------- translation


def translate(text: str, source: str = "en", target: str = "zh", script: str = "simplified") -> str:
    """Translate sentence by sentence; line breaks stay where they are, but for those in mid-sentence.

    script: of the Chinese that comes out, one of ``SCRIPTS``.
    """
    pieces = translate_sentences(text, source, target, script=script)
    return "".join(best[0] if best else piece for piece, best in pieces)


def translate_sentences(
    text: str, source: str = "en", target: str = "zh", beams: int = BEAMS, script: str = "simplified"
) -> Iterator[tuple[str, list[str]]]:
    """Every sentence with its translations, best first; what is only space, or the head of an item, comes with none.

    The beams are ranked by how likely both ways find them, see ``_both_ways``. Numbers and placeholders are those of
    the source, see ``faithful``. script: as for ``translate``.
    """
    _choice(source, LANGUAGES, "language"), _choice(target, LANGUAGES, "language"), _choice(script, SCRIPTS, "script")
    if source == target:
        raise ValueError("Choose two different languages.")
    encoded(text)
    pieces = sentences.split_sentences(sentences.unwrap(text), source)
    for piece, following in zip(pieces, [*pieces[1:], "\n"], strict=True):
        words = piece.strip()
        if not words or sentences.is_head(piece) or not faithful.has_words(words):
            yield piece, []
            continue
        space = piece[len(piece.rstrip()) :]
        if target == "zh":
            space = space if "\n" in space else ""
        elif not following.startswith("\n"):
            space = space or " "
        found = _translations(words, source, target, beams)
        found = list(dict.fromkeys(map(chinese.traditional, found))) if script == "traditional" else found
        yield piece, [translation + space for translation in found]


def _translations(sentence: str, source: str, target: str, beams: int) -> list[str]:
    """Of one sentence, best first; those with other numbers in words than the source behind all others.

    Where all have such, the sentence is translated once more with all its numbers in digits.
    """
    for all_words in (False, True):
        read = faithful.read(sentence, source, target, all_words)
        found = list(dict.fromkeys(_translated(read, source, target, beams)))
        true = [translation for translation in found if read.is_true(translation)]
        if true:
            break
    return true + [translation for translation in found if translation not in true]


def _translated(read: faithful.Source, source: str, target: str, beams: int) -> list[str]:
    """Translations of a sentence as the model reads it, best first."""
    tokenizer, net = load_tokenizer(), model()
    mark = tokenizer.control
    prompt = [mark("translate"), mark(source), *tokenizer.encode(read.words), mark(target)]
    prompt = prompt[: net.config.context // 2 - 1] + ([mark(target)] if len(prompt) >= net.config.context // 2 else [])
    most = min(LONGEST_SENTENCE, LONGER * len(prompt) + 8, net.config.context - len(prompt) - 1)
    may_come = (allowed("end") & scripts.translated(read.words, target)).to(pick_device())
    beam = decode.beam_search(net, prompt, may_come, mark("end"), beams, most, 0.8, 3, read.copies)
    found = [tokens for tokens, _ in beam]
    return [read.text(tokens) for tokens in _both_ways(prompt, [t for t in found if read.copies.holds(t)] or found)]


@torch.inference_mode()
def _both_ways(prompt: list[int], translations: list[list[int]]) -> list[list[int]]:
    """Translations, best first: likely to come from the source, and likely to lead back to it.

    The network translates in both directions, so it is asked twice (Yee et al. 2019, "Simple and Effective Noisy
    Channel Modeling", there with several networks; here without a language model).
    prompt: the task, the language, the source's tokens, the other language.
    """
    end = load_tokenizer().control("end")
    task, source, *words, target = prompt
    there = _log_probabilities([(prompt, [*tokens, end]) for tokens in translations])
    back = _log_probabilities([([task, target, *tokens, source], [*words, end]) for tokens in translations])
    lengths = torch.tensor([len(tokens) + 1.0 for tokens in translations])
    score = (there + OTHER_WAY * back) / lengths**LENGTH_PENALTY
    return [translations[i] for i in score.argsort(descending=True).tolist()]


def _log_probabilities(rows: list[tuple[list[int], list[int]]]) -> Tensor:
    """Of what comes after, given what comes before it, in nats. rows: before and after, N times; result: (N,)."""
    size = max(len(before) + len(after) for before, after in rows)
    batch = torch.zeros(len(rows), size, dtype=torch.long)
    counts = torch.zeros(len(rows), size - 1, dtype=torch.bool)
    for i, (before, after) in enumerate(rows):
        batch[i, : len(before) + len(after)] = torch.tensor([*before, *after])
        counts[i, len(before) - 1 : len(before) + len(after) - 1] = True
    batch = batch.to(pick_device())
    found = model()(batch[:, :-1]).log_softmax(-1).gather(-1, batch[:, 1:, None])[..., 0]
    return found.cpu().masked_fill(~counts, 0).sum(1)


# --------------------------------------------------------------------------- code


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
        *_, last = _write(head, prompt, allowed("end"), drawn, max_tokens, controls, seed, ())
        for written, whole in zip(last.texts, last.ended, strict=True):
            suggestion = without_echo(written.removeprefix(space))
            if gap:
                suggestion = fitted(before, suggestion.lstrip(" ") if space else suggestion, after)
            elif not whole or not parses(before + suggestion):
                suggestion = cut_back(before, suggestion)
            ended[suggestion] = whole or gap or ended.get(suggestion, False)
    start, following = [*ways[0][0], *read], after[:FOLLOWING] if gap else ""
    scored = {t: _mean_log_probability(start, encode(space + t + following)) for t in ended if t.strip()}

    def place(suggestion: str) -> tuple[bool, int, bool, float]:
        whole = before + suggestion + after
        return not parses(whole), unknown_names(whole), not ended[suggestion], -scored[suggestion]

    return [(t, scored[t]) for t in sorted(scored, key=place)[:count]]


@torch.inference_mode()
def _mean_log_probability(before: list[int], tokens: list[int]) -> float:
    net = model()
    whole = torch.tensor([(before + tokens)[-net.config.context :]], device=pick_device())
    new = min(len(tokens), whole.shape[1] - 1)
    logits = net(whole[:, :-1])[0, -new:]
    return -float(F.cross_entropy(logits, whole[0, -new:]))


@torch.inference_mode()
def score(text: str, kind: str = "story", language: str = "en") -> dict[str, Any]:
    """Bits per UTF-8 byte that the text costs the model, and its tokens. The start of a long text is read first."""
    tokens = encoded(text)
    if not tokens:
        raise ValueError("Write some text first.")
    net, head = model(), head_of(kind, language)
    context, nats = net.config.context, 0.0
    sequence = head + tokens
    stop = len(head) - 1
    while stop < len(sequence) - 1:
        first = max(0, stop - context // 2)
        end = min(first + context, len(sequence) - 1)
        window = torch.tensor([sequence[first : end + 1]], device=pick_device())
        logits = net(window[:, :-1])[0, stop - first :]
        nats += float(F.cross_entropy(logits, window[0, 1 + stop - first :], reduction="sum"))
        stop = end
    return {"bits_per_byte": nats / math.log(2) / len(text.encode("utf-8", "replace")), "tokens": len(tokens)}
