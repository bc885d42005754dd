"""A GPT-2 of the ``transformers`` library beside our text model: same size, same data, same number of tokens.

    python -m benchmarks.gpt2_peer                        speed of both, no data needed
    python -m benchmarks.gpt2_peer --tokens 400000        both learn from so many tokens first, then bits per byte
    python -m benchmarks.gpt2_peer --tokens 400000 --card the same, into the text model's card, for README

Both learn from the same rows in the same order: ours as ``train text`` does, GPT-2 as is usual for
it (AdamW, rate 1e-3, betas 0.9 and 0.95, weight decay 0.1, warm-up, then down to zero in a line).
Needs benchmarks/requirements.txt; learning needs the prepared data too.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.timing import reference_operations
from genai_demo.core import checkpoint, decode
from genai_demo.core.device import autocast, describe, pick_device
from genai_demo.core.quantise import FasterStep, can_quantise
from genai_demo.core.rounding import significant
from genai_demo.core.sampling import Controls
from genai_demo.core.transformer import Transformer, TransformerConfig
from genai_demo.text import generate
from genai_demo.text.batches import Batches
from genai_demo.text.data import Texts, load
from genai_demo.text.evaluate import DOCUMENTS
from genai_demo.text.tokenizer import load_tokenizer
from genai_demo.text.train import TextSettings, TextTask, bits_per_byte, measured_tasks

WRITTEN = 128
"""Tokens that both write for the speed."""
RATE, WARM_UP = 1e-3, 50


class Gpt2(nn.Module):
    """GPT-2 with the shape of our model, seen through our interface: (B, T) -> (B, T, rows)."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        try:
            from transformers import GPT2Config, GPT2LMHeadModel
        except ImportError as error:
            raise ValueError("Install the peer first: pip install -r benchmarks/requirements.txt") from error
        self.config = config
        self.inner = GPT2LMHeadModel(
            GPT2Config(
                vocab_size=config.rows, n_positions=config.context, n_embd=config.width, n_layer=config.layers,
                n_head=config.heads, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=0, eos_token_id=0,
            )
        )  # fmt: skip

    def forward(self, tokens: Tensor) -> Tensor:
        return self.inner(tokens).logits.float()

    def write(self, tokens: list[int], count: int) -> None:
        """So many tokens after these, the likeliest ones, by the library's own loop with its cache."""
        self.inner.generate(
            torch.tensor([tokens]), max_new_tokens=count, min_new_tokens=count, do_sample=False, pad_token_id=0
        )


def learn(model: Gpt2, batches: Batches, settings: TextSettings) -> None:
    """The usual recipe for a GPT-2 on the rows that ours learns from."""
    decayed = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() < 2]
    groups: list[dict[str, Any]] = [
        {"params": decayed, "weight_decay": 0.1},
        {"params": others, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.95))
    device = next(model.parameters()).device
    for step in range(settings.steps):
        rate = RATE * min(1.0, (step + 1) / WARM_UP, (settings.steps - step) / settings.steps)
        for group in optimizer.param_groups:
            group["lr"] = rate
        rows, mask = (torch.from_numpy(a).to(device) for a in batches.rows(step * settings.batch, settings.batch))
        with autocast(device):
            logits = model(rows[:, :-1])
            loss = F.cross_entropy(logits.flatten(0, 1), rows[:, 1:].masked_fill(~mask[:, 1:], -100).flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()


def quality(texts: Texts, config: TransformerConfig, tokens: int, rate: float, documents: int) -> dict[str, Any]:
    """Bits per byte of both after so many tokens, and how long each took to learn."""
    tokenizer = load_tokenizer()
    batch = 8
    steps = tokens // (batch * config.context)
    if steps < 1:
        raise ValueError(f"A step takes {batch * config.context:,} tokens; ask for more.")
    settings = TextSettings(batch=batch, matrix_rate=rate, embedding_rate=rate / 5, steps=steps, cool_down=0.8)
    task = TextTask(config, settings, texts, tokenizer)
    start = time.perf_counter()
    for step in range(steps):
        task.step(step)
    middle = time.perf_counter()
    torch.manual_seed(0)
    peer = Gpt2(config).to(pick_device())
    learn(peer, task.batches, settings)
    found: dict[str, Any] = {"tokens": steps * batch * config.context, "seconds_ours": significant(middle - start)}
    found["seconds_gpt2"] = significant(time.perf_counter() - middle)
    rows = {}
    for task_name, language in measured_tasks(texts):
        chosen = texts.chosen("held_out", task_name, language)[:documents]
        rows[f"{task_name}_{language}"] = {
            "ours": significant(bits_per_byte(task.ema.target, texts, chosen, tokenizer)),
            "gpt2": significant(bits_per_byte(peer.eval(), texts, chosen, tokenizer)),  # type: ignore[arg-type]
        }
    return found | {"bits_per_byte": rows}


def write(model: Transformer, tokens: list[int], count: int) -> None:
    """So many tokens after these, the likeliest ones."""
    every = torch.ones(model.config.rows, dtype=torch.bool)
    for _ in decode.continuations(model, tokens, 1, every, set(), Controls(temperature=0), 0, 1, count):
        pass


def rate_of(work: Callable[[], object], tokens: int) -> float:
    """Tokens a second of the fastest of five runs."""
    work()
    found = []
    for _ in range(5):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return tokens / min(found)


def speed(config: TransformerConfig) -> dict[str, float]:
    """Tokens a second that both write after a prompt of 16, with random weights; parameters of both."""
    torch.manual_seed(0)
    ours, peer = Transformer(config).eval(), Gpt2(config).eval()
    tokens = list(range(1, 17))
    found = {"parameters_ours": sum(p.numel() for p in ours.parameters())}
    found["parameters_gpt2"] = sum(p.numel() for p in peer.parameters())
    found["matmul_milliseconds"] = significant(reference_operations()["matmul"])
    rates = {"tokens_per_second_gpt2": rate_of(lambda: peer.write(tokens, WRITTEN), WRITTEN)}
    rates["tokens_per_second_ours_32_bit"] = rate_of(lambda: write(ours, tokens, WRITTEN), WRITTEN)
    if can_quantise(ours.config):
        ours.faster = FasterStep(ours)
    rates["tokens_per_second_ours"] = rate_of(lambda: write(ours, tokens, WRITTEN), WRITTEN)
    return found | {k: significant(v) for k, v in rates.items()}


def main() -> int:
    """Measure, print one JSON object, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=0, help="learn from so many tokens first; 0 for speed alone")
    parser.add_argument("--data", help="prepared data (default: data/text)")
    parser.add_argument("--rate", type=float, default=0.01, help="learning rate of our matrices")
    parser.add_argument("--documents", type=int, default=DOCUMENTS, help="held-out documents of each task")
    parser.add_argument("--card", action="store_true", help="write the figures into the text model's card")
    for name in ("layers", "width", "heads"):
        parser.add_argument(f"--{name}", type=int, help="shape of both (default: that of the published model)")
    args = parser.parse_args()
    try:
        base = generate.model().config
        config = TransformerConfig(
            base.rows, args.layers or base.layers, args.width or base.width, args.heads or base.heads
        )
        found = speed(config)
        if args.tokens:
            found |= quality(load(args.data), config, args.tokens, args.rate, args.documents)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if args.card:
        card = checkpoint.read_card(generate.NAME)
        # speeds alone leave what was learnt before as it is
        card["gpt2_peer"] = card.get("gpt2_peer", {}) | found | {"hardware": describe(pick_device())}
        checkpoint.write_card(generate.NAME, card)
    print(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
