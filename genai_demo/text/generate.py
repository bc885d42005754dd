"""The text room's only door: words in, words out.

    from genai_demo.text import generate
    for piece in generate.stream("Once upon a time", kind="story", seed=7):
        print(piece, end="")

The model loads on first use and stays. Same seed, same settings, same machine: same text.
"""

import dataclasses
import functools
import math
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.core import checkpoint, limits
from genai_demo.core.device import pick_device
from genai_demo.text import decode, verse
from genai_demo.text.documents import LANGUAGES
from genai_demo.text.model import TextConfig, TextModel
from genai_demo.text.quantise import can_quantise, quantised
from genai_demo.text.sampling import Controls, filtered
from genai_demo.text.tokenizer import Tokenizer, load_tokenizer

NAME = "text"
KINDS = ("story", "news", "product", "poem", "prose")
FORMS = ("tang", "ci", "qu", "old")
BEAMS = 4
LONGEST_SENTENCE = 200
"""Tokens of one sentence's translation."""
SENTENCE = re.compile(r"""[^.!?。！？…\n]*[.!?。！？…]+["'”’」』)）]*[^\S\n]*|[^.!?。！？…\n]+|\n+""")
END = "⏹"
"""How the token is shown that ends a text."""
_loading = threading.RLock()


# --------------------------------------------------------------------------- the model


@functools.cache
def _load(name: str, eight_bit: bool) -> TextModel:
    if eight_bit:
        return quantised(model(eight_bit=False))
    try:
        config = TextConfig(**checkpoint.read_card(name).get("config", {}))
    except TypeError as error:
        raise ValueError(f"The settings on the card of {name!r} do not fit this program. Fetch it again.") from error
    found = checkpoint.load_weights(name, TextModel(config)).to(pick_device())
    assert isinstance(found, TextModel)
    return found


def model(eight_bit: bool | None = None) -> TextModel:
    """The trained model; with eight-bit weights where the CPU computes in them, unless said otherwise.

    Raises ValueError where its checkpoint is missing or broken.
    """
    if eight_bit is None:
        eight_bit = pick_device().type == "cpu" and can_quantise()
    with _loading:
        return _load(NAME, eight_bit)


def shape() -> tuple[int, int]:
    """Layers and heads of the model, by its card alone; (1, 1) where there is none."""
    config = checkpoint.read_card(NAME)["config"] if NAME in checkpoint.names() else {}
    return int(config.get("layers", 1)), int(config.get("heads", 1))


def _tokens(text: str, what: str = "The text") -> list[int]:
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
        found += [tokenizer.control("title"), *_tokens(title[:100], "The title")]
    return [*found, tokenizer.control("body")]


def _allowed(*controls: str) -> Tensor:
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
) -> Iterator[Writing]:
    """Continue a text in ``count`` ways at once, yielding after every token.

    stop: a continuation ends before the first of these strings. The prompt may be empty.
    line_length: 5 or 7 makes every line of a poem so long; 0 leaves it to the model.
    Raises ValueError for bad input.
    """
    head = head_of(kind, language, title, form)
    # A word brings its space along: after a space of its own the model would expect a number.
    spaced = kind != "code" and isinstance(prompt, str) and prompt.endswith(" ")
    tokens = _tokens(prompt.rstrip(" ") if spaced else prompt, "The prompt")
    if line_length and (kind != "poem" or line_length not in verse.LINE_LENGTHS):
        raise ValueError("Only poems have lines of one length: 5 or 7 characters.")
    rules = [verse.Meter(line_length, prompt) for _ in range(count)] if line_length and isinstance(count, int) else []
    for state in _write(head, tokens, ("end",), count, max_tokens, controls, seed, stop, rules):
        yield dataclasses.replace(state, texts=[t.removeprefix(" ") for t in state.texts]) if spaced else state


def _write(
    head: list[int],
    prompt: list[int],
    ends: tuple[str, ...],
    count: int,
    max_tokens: int,
    controls: Controls | None,
    seed: int,
    stop: Sequence[str],
    rules: Sequence[decode.Rule] = (),
) -> Iterator[Writing]:
    tokenizer, net = load_tokenizer(), model()
    for number, high, what in (
        (count, limits.MAX_CONTINUATIONS, "number of continuations"),
        (max_tokens, limits.MAX_NEW_TOKENS, "number of tokens"),
    ):
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= high:
            raise ValueError(f"The {what} must be a whole number from 1 to {high:,}.")
    controls = (controls or Controls(repetition_penalty=1.1)).check()
    forgotten = max(0, len(head) + len(prompt) - (net.config.context - 1))
    streams = [tokenizer.stream() for _ in range(count)]
    texts, done = [""] * count, [False] * count
    drawn = 0
    steps = decode.continuations(
        net, head + prompt, len(head), _allowed(*ends).to(pick_device()), {tokenizer.control(e) for e in ends},
        controls, seed, count, max_tokens, rules,
    )  # fmt: skip
    for tokens in steps:
        for i, token in enumerate(tokens):
            if done[i] or token is None:
                done[i] = True
                continue
            drawn += 1
            texts[i] += streams[i].feed(token)
            if cut := _first_of(texts[i], stop):
                texts[i], done[i] = texts[i][: cut - 1], True
        yield Writing(list(texts), list(done), drawn, forgotten)
        if all(done):
            return
    texts = [text if ended else text + s.finish() for text, ended, s in zip(texts, done, streams, strict=True)]
    yield Writing(texts, [True] * count, drawn, forgotten)


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
) -> Iterator[str]:
    """The continuation of a text, piece by piece (new text only)."""
    controls = Controls(repetition_penalty, temperature, top_k, top_p, min_p)
    yield from _pieces(write(prompt, kind, language, 1, max_tokens, controls, seed, stop, title, form), stop)


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
) -> Iterator[str]:
    """The reply to a conversation, piece by piece. turns: user, reply, user ...; the last is the user's.

    Of a long conversation the newest turns are used. Raises ValueError for an empty one.
    """
    if len(turns) % 2 == 0 or not all(isinstance(t, str) and t.strip() for t in turns):
        raise ValueError("Write something first: a conversation is answered after a turn of yours.")
    tokenizer = load_tokenizer()
    mark = tokenizer.control
    head = [mark("chat"), mark(_choice(language, LANGUAGES, "language"))]
    said = [[mark("reply" if i % 2 else "user"), *_tokens(t.strip(), "Your turn")] for i, t in enumerate(turns)]
    room = model().config.context - len(head) - 2 - min(max_tokens, model().config.context // 3)
    while len(said) > 1 and sum(map(len, said)) > room:
        said = said[2:]
    prompt = [token for turn in said for token in turn] + [mark("reply")]
    yield from _pieces(_write(head, prompt, ("end", "user"), 1, max_tokens, controls, seed, ()), ())


# --------------------------------------------------------------------------- translation


def translate(text: str, source: str = "en", target: str = "zh") -> str:
    """Translate sentence by sentence; line breaks stay where they are."""
    return "".join(best[0] if best else piece for piece, best in translate_sentences(text, source, target))


def translate_sentences(
    text: str, source: str = "en", target: str = "zh", beams: int = BEAMS
) -> Iterator[tuple[str, list[str]]]:
    """Every sentence with its translations, best first; what is only space comes with none."""
    _choice(source, LANGUAGES, "language"), _choice(target, LANGUAGES, "language")
    if source == target:
        raise ValueError("Choose two different languages.")
    _tokens(text)
    tokenizer, net = load_tokenizer(), model()
    mark = tokenizer.control
    for piece in SENTENCE.findall(text):
        words = piece.strip()
        if not words:
            yield piece, []
            continue
        prompt = [mark("translate"), mark(source), *tokenizer.encode(words), mark(target)]
        prompt = prompt[: net.config.context // 2 - 1] + (
            [mark(target)] if len(prompt) >= net.config.context // 2 else []
        )
        most = min(LONGEST_SENTENCE, net.config.context - len(prompt) - 1)
        found = decode.beam_search(net, prompt, _allowed("end").to(pick_device()), mark("end"), beams, most)
        space = piece[len(piece.rstrip()) :]
        space = "" if target == "zh" and "\n" not in space else space or (" " if target == "en" else "")
        yield piece, [tokenizer.decode(tokens).strip() + space for tokens, _ in found]


# --------------------------------------------------------------------------- code


def complete_code(prefix: str, suffix: str = "", count: int = 3, max_tokens: int = 96, seed: int = 0) -> list[str]:
    """Ways to go on after ``prefix`` (and before ``suffix``), the likeliest first, without repetitions."""
    return [text for text, _ in rank_code(prefix, suffix, count, max_tokens, seed)]


def rank_code(
    prefix: str, suffix: str = "", count: int = 3, max_tokens: int = 96, seed: int = 0, temperature: float = 0.4
) -> list[tuple[str, float]]:
    """As ``complete_code``, each with its mean log probability per token."""
    tokenizer, net = load_tokenizer(), model()
    mark = tokenizer.control
    if suffix.strip():
        half = (net.config.context - max_tokens) // 2
        before, after = _tokens(prefix, "The code")[-half:], _tokens(suffix, "The code")[: half - 8]
        head, prompt = [mark("code")], [mark("prefix"), *before, mark("suffix"), *after, mark("middle")]
    else:
        head, prompt = [mark("code"), mark("body")], _tokens(prefix, "The code")
    last = None
    for last in _write(head, prompt, ("end",), count, max_tokens, Controls(temperature=temperature), seed, ()):  # noqa: B007
        pass
    texts = list(dict.fromkeys(last.texts)) if last is not None else []
    scored = [(text, _mean_log_probability([*head, *prompt], tokenizer.encode(text))) for text in texts if text.strip()]
    return sorted(scored, key=lambda pair: -pair[1])


@torch.inference_mode()
def _mean_log_probability(before: list[int], tokens: list[int]) -> float:
    net = model()
    whole = torch.tensor([(before + tokens)[-net.config.context :]])
    new = min(len(tokens), whole.shape[1] - 1)
    logits = net(whole[:, :-1])[0, -new:]
    return -float(F.cross_entropy(logits, whole[0, -new:]))


# --------------------------------------------------------------------------- looking inside


@dataclass(frozen=True)
class TokenView:
    """One token of a text as the model sees it."""

    text: str
    probability: float
    rank: int
    """0: it was the likeliest."""
    alternatives: list[tuple[str, float]]
    """The likeliest tokens at this place."""


@torch.inference_mode()
def inspect(text: str, kind: str = "story", language: str = "en", alternatives: int = 8) -> list[TokenView]:
    """Every token of a text with its probability and what else could have come. Long texts: the newest part."""
    tokenizer, net = load_tokenizer(), model(eight_bit=False)
    head, tokens = head_of(kind, language), _tokens(text)
    tokens = tokens[-(net.config.context - len(head)) :]
    whole = torch.tensor([head + tokens], device=pick_device())
    logits = net(whole[:, :-1])[0, len(head) - 1 :, : tokenizer.text_size].cpu()
    probabilities = logits.softmax(-1)
    found = []
    for token, row in zip(tokens, probabilities, strict=True):
        values, places = row.topk(alternatives)
        likely = [(_show(tokenizer, int(p)), float(v)) for p, v in zip(places, values, strict=True)]
        found.append(TokenView(_show(tokenizer, token), float(row[token]), int((row > row[token]).sum()), likely))
    return found


def _show(tokenizer: Tokenizer, token: int) -> str:
    return tokenizer.bytes_of(token).decode("utf-8", "replace")


@torch.inference_mode()
def attention(text: str, kind: str = "story", language: str = "en") -> tuple[list[str], Tensor]:
    """Tokens of a text (control tokens first, in angle brackets) and (layers, heads, T, T) attention."""
    from genai_demo.text.tokenizer import CONTROLS

    tokenizer, net = load_tokenizer(), model(eight_bit=False)
    tokens = (head_of(kind, language) + _tokens(text))[: limits.MAX_ATTENTION_TOKENS]
    seen: list[Tensor] = []
    net.hidden(torch.tensor([tokens], device=pick_device()), seen=seen)
    names = [
        f"<{CONTROLS[t - tokenizer.text_size]}>" if t >= tokenizer.text_size else _show(tokenizer, t) for t in tokens
    ]
    return names, torch.cat(seen).cpu()


@torch.inference_mode()
def align(text: str, translation: str, source: str = "en", target: str = "zh") -> tuple[list[str], list[str], Tensor]:
    """Which words of a sentence a translation looked at.

    Returns the tokens of both sides and (target tokens, source tokens) shares, rows add up to one:
    the attention at the moment when each token was predicted, averaged over the layers of the
    upper half and their heads, beside what every token of the source gets on average.
    """
    tokenizer, net = load_tokenizer(), model(eight_bit=False)
    given, found = tokenizer.encode(text.strip()), tokenizer.encode(translation.strip())
    half = net.config.context // 2 - 2
    given, found = given[:half], found[:half]
    if not given or not found:
        return [], [], torch.zeros(0, 0)
    mark = tokenizer.control
    tokens = [mark("translate"), mark(source), *given, mark(target), *found]
    seen: list[Tensor] = []
    net.hidden(torch.tensor([tokens], device=pick_device()), seen=seen)
    upper = torch.cat(seen[net.config.layers // 2 :]).mean((0, 1)).cpu()
    first = len(given) + 2  # the place that predicts the first token of the translation
    shares = upper[first : first + len(found), 2 : 2 + len(given)]
    shares = shares / (shares.mean(0, keepdim=True) + 1e-6)
    return _shown(given), _shown(found), shares / shares.sum(1, keepdim=True)


def _shown(tokens: Sequence[int]) -> list[str]:
    """Tokens as text; the parts of a character that fell apart are shown with the last of them."""
    stream = load_tokenizer().stream()
    return [stream.feed(token) for token in tokens]


@torch.inference_mode()
def next_tokens(
    text: str, kind: str = "story", language: str = "en", controls: Controls | None = None, count: int = 16
) -> list[tuple[str, float, float]]:
    """The likeliest next tokens: each with its probability, and the one after the sampling controls."""
    tokenizer, net = load_tokenizer(), model(eight_bit=False)
    head, tokens = head_of(kind, language), _tokens(text)
    controls = (controls or Controls()).check()
    tokens = tokens[-(net.config.context - len(head)) :]
    whole = torch.tensor([head + tokens], device=pick_device())
    logits = net(whole)[:, -1].cpu()
    logits[:, ~_allowed("end")] = -math.inf
    before = logits.softmax(1)[0]
    after = filtered(logits, controls, torch.tensor([tokens], dtype=torch.long) if tokens else None)[0]
    values, places = before.topk(count)
    names = [_show(tokenizer, int(p)) if p < tokenizer.text_size else END for p in places]
    return [(name, float(v), float(after[p])) for name, v, p in zip(names, values, places, strict=True)]


@torch.inference_mode()
def score(text: str, kind: str = "story", language: str = "en") -> dict[str, Any]:
    """Bits per UTF-8 byte that the text costs the model, and its tokens. The start of a long text is read first."""
    tokens = _tokens(text)
    if not tokens:
        raise ValueError("Write some text first.")
    net, head = model(eight_bit=False), head_of(kind, language)
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
