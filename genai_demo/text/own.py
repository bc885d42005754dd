"""A visitor's own texts: what is kept of them and why the rest is not, and the tuning of the text model on them."""

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.core import cards, checkpoint, lent, limits
from genai_demo.core.archives import Dropped, shown
from genai_demo.core.decode import continuations
from genai_demo.core.device import autocast, describe, pick_device
from genai_demo.core.loop import batch_indices
from genai_demo.core.quantise import made_faster
from genai_demo.core.rounding import significant
from genai_demo.core.sampling import Controls
from genai_demo.core.transformer import Transformer, TransformerConfig
from genai_demo.core.tuning import Brake, Tuning
from genai_demo.text import generate
from genai_demo.text.documents import SHORTEST, Document, _is_chinese, clean
from genai_demo.text.formats import pieces
from genai_demo.text.tokenizer import load_tokenizer

SUFFIXES = (".txt", ".md", ".json", ".jsonl")
PIECE = 1_000
"""Characters of a piece: what is held out, and what is compared with all others."""
HELD_OUT_EVERY = 10
"""Every tenth piece is never learnt from."""
MOST_HELD_OUT = 24
"""Rows of the held-out part that a measurement reads."""
WINDOW, OVERLAP = 256, 32
"""Tokens of a row, and how many of them a row repeats of the one before it, to read only."""
ROWS = 2
READ_AT_ONCE = 50
"""Pieces that are cut into tokens without a look at the brake."""
RATE, WARM_UP = 1e-3, 10
SAMPLED = 48
"""Tokens of a sample."""


# --------------------------------------------------------------------------- checks


@dataclass(frozen=True)
class Texts:
    """What is left of a visitor's texts after the checks."""

    learnt: list[str]
    held_out: list[str]
    language: str

    @property
    def characters(self) -> int:
        """Of both parts."""
        return sum(map(len, self.learnt + self.held_out))


def check(files: Iterable[tuple[str, bytes]], dropped: Dropped) -> Texts:
    """Clean pieces of texts without duplicates; names and reasons of what is left out go to ``dropped``.

    files: names and contents. A JSON file is a list or lines; of an object its field "text" counts.
    Raises ValueError where too little is left.
    """
    seen: set[str] = set()
    found: list[str] = []
    room = limits.MAX_OWN_TEXT
    for name, data in files:
        try:
            texts = _texts(name, data)
        except ValueError as error:
            dropped.append((name, str(error)))
            continue
        for text in texts:
            for piece in _pieces(text):
                key = Document("prose", "en", piece).key()
                reason = "too short" if len(piece) < SHORTEST else "duplicate" if key in seen else ""
                reason = reason or ("beyond the limit of all" if len(piece) > room else "")
                if reason:
                    dropped.append((f"{name}: {shown(piece[:40])}", reason))
                    continue
                seen.add(key)
                found.append(piece)
                room -= len(piece)
    total = sum(map(len, found))
    if total < limits.MIN_OWN_TEXT:
        raise ValueError(
            f"After the checks {total:,} characters of text are left; {limits.MIN_OWN_TEXT:,} or more are needed."
        )
    held_out = found[HELD_OUT_EVERY // 2 :: HELD_OUT_EVERY] or found[-1:]
    learnt = [piece for piece in found if piece not in set(held_out)]
    return Texts(learnt, held_out, "zh" if _is_chinese("".join(found)) else "en")


def _texts(name: str, data: bytes) -> list[str]:
    """The clean texts of a file. Raises ValueError with a reason in a few words."""
    words = _decode(data)
    if not name.lower().endswith((".json", ".jsonl")):
        return [clean(words)]
    try:
        if name.lower().endswith(".json"):
            values = json.loads(words)
            values = values if isinstance(values, list) else [values]
        else:
            values = [json.loads(line) for line in words.split("\n") if line.strip()]
    except (ValueError, RecursionError) as error:
        raise ValueError("no JSON") from error
    texts = [value.get("text") if isinstance(value, dict) else value for value in values]
    found = [clean(text) for text in texts if isinstance(text, str)]
    if not found:
        raise ValueError("no text in it")
    return found


def _decode(data: bytes) -> str:
    """Text in UTF-8, UTF-16 with its mark, or GB 18030. Raises ValueError for anything else."""
    codings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for coding in codings:
        try:
            return data.decode(coding)
        except UnicodeDecodeError:
            continue
    raise ValueError("no text")


def _pieces(text: str) -> list[str]:
    """Paragraphs together, about PIECE characters; a longer one is cut."""
    paragraphs = (line[i : i + PIECE] for line in text.split("\n") for i in range(0, max(1, len(line)), PIECE))
    return list(pieces(paragraphs, PIECE))


# --------------------------------------------------------------------------- tuning


class TextSubject:
    """The published text model, and a visitor's texts as rows of tokens.

    kind: what the texts count as, one of ``generate.KINDS``; the model writes like them where this kind is asked for.
    Raises ValueError for another kind, or where the model is missing.
    """

    every = 10

    def __init__(self, texts: Texts, kind: str = "story", seed: int = 0, brake: Brake | None = None):
        self.seed, self.device, self.brake = seed, pick_device(), brake or Brake()
        self.head = generate.head_of(kind, texts.language, form=None)
        self.end = load_tokenizer().control("end")
        self.network = checkpoint.load_weights(generate.NAME, new_network()).to(self.device)
        self.brake.check()
        self.network.requires_grad_(True)
        self.brake.watch(self.network)
        self.networks: dict[str, nn.Module] = {generate.NAME: self.network}
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=RATE, betas=(0.9, 0.95), weight_decay=0.01)
        self.window = min(WINDOW, self.network.config.context)
        self.rows = self._rows(texts.learnt)
        self.held_out = self._rows(texts.held_out)
        chosen = range(0, len(self.held_out), max(1, math.ceil(len(self.held_out) / MOST_HELD_OUT)))
        self.held_out = [self.held_out[i] for i in chosen]
        self.bytes = sum(len(load_tokenizer().decode(row[new:]).encode()) for row, new in self.held_out) or 1
        self.start = load_tokenizer().decode(self.held_out[0][0][len(self.head) :][:8])

    def _rows(self, texts: list[str]) -> list[tuple[list[int], int]]:
        """Tokens of up to a window each, and from which place on they are learnt."""
        found = []
        head, step = self.head, self.window - len(self.head)
        for tokens in self._tokens(texts):
            body, place = [*tokens, self.end], 0
            while place < len(body):
                before = min(place, OVERLAP)
                found.append(([*head, *body[place - before : place - before + step]], len(head) + before))
                place += step - before
        return found

    def _tokens(self, texts: list[str]) -> Iterator[list[int]]:
        """Of each text. Looks at the brake between READ_AT_ONCE of them."""
        for i in range(0, len(texts), READ_AT_ONCE):
            self.brake.check()
            yield from load_tokenizer().encode_many(texts[i : i + READ_AT_ONCE])

    def _loss(self, rows: list[tuple[list[int], int]], reduction: str) -> Tensor:
        """Cross-entropy in nats of the tokens that are learnt."""
        size = max(len(tokens) for tokens, _ in rows)
        tokens = torch.full((len(rows), size), self.end)
        targets = torch.full((len(rows), size), -100)
        for i, (row, new) in enumerate(rows):
            tokens[i, : len(row)] = targets[i, : len(row)] = torch.tensor(row)
            targets[i, :new] = -100
        with autocast(self.device):
            logits = self.network(tokens[:, :-1].to(self.device))
        self.brake.watch_tensor(logits)  # the last product is the largest, and no layer of its own
        return F.cross_entropy(logits.flatten(0, 1), targets[:, 1:].to(self.device).flatten(), reduction=reduction)

    def step(self, step: int) -> float:
        """AdamW on ROWS rows; returns nats a token."""
        self.network.train()
        for group in self.optimizer.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / WARM_UP)
        chosen = batch_indices(self.seed, step, len(self.rows), ROWS).tolist()
        self.optimizer.zero_grad(set_to_none=True)
        loss = self._loss([self.rows[i] for i in chosen], "mean")
        loss.backward()
        self.optimizer.step()
        return loss.item()

    @torch.inference_mode()
    def measure(self) -> dict[str, float]:
        """Bits per UTF-8 byte of the held-out pieces (``score``), and nats a token, as the training counts."""
        self.network.eval()
        nats = [float(self._loss([row], "sum")) for row in self.held_out]
        tokens = sum(len(row) - new for row, new in self.held_out)
        return {"score": sum(nats) / math.log(2) / self.bytes, "nats": sum(nats) / tokens}

    def sample(self, network: Transformer, seed: int = 1, length: int = SAMPLED) -> str:
        """How a network goes on after the first words of a held-out piece, these included.

        Raises Stopped where the brake is pulled.
        """
        network.eval()
        tokenizer = load_tokenizer()
        prompt = self.head + tokenizer.encode(self.start)
        may_come = generate.allowed("end").to(self.device)
        controls = Controls(repetition_penalty=1.1, temperature=0.7)
        drawn = continuations(network, prompt, len(self.head), may_come, {self.end}, controls, seed, 1, length)
        written = []
        for (token,) in drawn:
            self.brake.check()
            written += [] if token is None else [token]
        return self.start + tokenizer.decode(written)


def new_network() -> Transformer:
    """A network of the published shape, without its weights. Raises ValueError where its card is missing or broken."""
    return Transformer(TransformerConfig(**checkpoint.read_card(generate.NAME)["config"]))


def published_network() -> Transformer:
    """The model that everyone uses."""
    with lent.lending({}):
        return generate.model()


def best_network(tuning: Tuning) -> Transformer:
    """The best weights so far in a network of their own. Raises ValueError before there are any."""
    tuning.best_point()
    network = new_network()
    network.load_state_dict(tuning.best[generate.NAME])
    return network.to(pick_device()).requires_grad_(False).eval()


def pack(tuning: Tuning, texts: Texts) -> dict[str, bytes]:
    """Weights and card of the best network, files by name, to be put into ``checkpoints/``."""
    best, first, base = tuning.best_point(), tuning.points[0], checkpoint.read_card(generate.NAME)
    card = {
        "title": f"{base.get('title', generate.NAME)}-own",
        "purpose": "The text model, fine-tuned on texts of a visitor.",
        "config": base["config"],
        "licence": base.get("licence", ""),
        "terms": base.get("terms", ""),
        "base": {"name": generate.NAME, "files": base.get("files", {})},
        "data": {
            "origin": "texts of a visitor",
            "language": texts.language,
            "learnt": len(texts.learnt),
            "held_out": len(texts.held_out),
            "characters": texts.characters,
        },
        "training": tuning.record() | {"rate": RATE, "rows": ROWS, "hardware": describe(pick_device())},
        "metrics": {"bits_per_byte": significant(best.score)},
        "metrics_of_base": {"bits_per_byte": significant(first.score)},
    }
    return checkpoint.pack_checkpoint(generate.NAME, best_network(tuning), card, eight_bit=True)


def lendable(files: dict[str, bytes], tuning: Tuning) -> dict[str, lent.Lent]:
    """The best network, ready to write in the place of the published one. files: what ``pack`` made of it."""
    network = made_faster(best_network(tuning))
    return {generate.NAME: lent.Lent(network, cards.fingerprint_of(files))}
