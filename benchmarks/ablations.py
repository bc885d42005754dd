"""What each choice in the Transformer brings: the same short training again and again, with one choice undone.

    python -m benchmarks.ablations                        every variant, 200 steps each
    python -m benchmarks.ablations --only ours gelu --seeds 0 1 2

Every variant sees the same rows in the same order and has the same number of weights, but for those of the
choice itself. Prints a JSON object a variant and seed: bits per byte of held-out text, mean over its kinds. Two
seeds of the same variant show how much of a difference is chance. Needs the prepared data (`data text`).
"""

import argparse
import dataclasses
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.core.device import autocast, pick_device
from genai_demo.core.rounding import significant
from genai_demo.core.schedule import Optimisers, rate_factor
from genai_demo.core.transformer import Attention, Block, Transformer, TransformerConfig, rotate
from genai_demo.text.batches import Batches
from genai_demo.text.data import Texts, load
from genai_demo.text.tokenizer import Tokenizer, load_tokenizer
from genai_demo.text.train import bits_per_byte, measured_tasks


class OtherActivation(Block):
    """The block with another function between its two layers."""

    activation: Callable[[Tensor], Tensor]

    def forward(self, x, turn, cache, seen):  # type: ignore[no-untyped-def]
        x = x + self.attention(self.shift(F.rms_norm(x, x.shape[-1:]), cache), turn, cache, seen)
        return x + self.project(type(self).activation(self.expand(F.rms_norm(x, x.shape[-1:]))))


class ReluBlock(OtherActivation):
    activation = staticmethod(F.relu)


class GeluBlock(OtherActivation):
    activation = staticmethod(F.gelu)


class SwigluBlock(OtherActivation):
    """Two thirds of the inner width and a gate for each (Shazeer 2020): the same number of weights."""

    activation = staticmethod(lambda x: F.silu(x.chunk(2, -1)[0]) * x.chunk(2, -1)[1])


class PlainAttention(Attention):
    """Queries and keys as they come, not normalised."""

    def forward(self, x, turn, cache, seen):  # type: ignore[no-untyped-def]
        q, k, v = self.to_qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(rotate(q, turn), rotate(k, turn), v, is_causal=True)
        return self.project(y.transpose(1, 2).flatten(2))


@dataclass(frozen=True)
class Variant:
    """A choice undone."""

    block: type[Block] = Block
    attention: type[Attention] = Attention
    reach: int = 3
    softcap: float = 20.0
    zero_projections: bool = True
    muon: bool = True


VARIANTS = {
    "ours": Variant(),
    "relu": Variant(block=ReluBlock),
    "gelu": Variant(block=GeluBlock),
    "swiglu": Variant(block=SwigluBlock),
    "no-qk-norm": Variant(attention=PlainAttention),
    "no-shift": Variant(reach=0),
    "no-softcap": Variant(softcap=0.0),
    "random-projections": Variant(zero_projections=False),
    "adamw": Variant(muon=False),
}
ADAMW_RATE = 1e-3
"""Of the matrices where AdamW moves them; with betas 0.9 and 0.95, decay 0.1."""


def build(variant: Variant, shape: TransformerConfig, seed: int) -> Transformer:
    """A new model of this variant, from the same random numbers as the others of that seed where shapes agree."""
    torch.manual_seed(seed)
    model = Transformer(dataclasses.replace(shape, reach=variant.reach, softcap=variant.softcap))
    for block in model.blocks:
        block.__class__, block.attention.__class__ = variant.block, variant.attention
        if variant.block is SwigluBlock:
            inner = 8 * shape.width // 3
            block.expand = nn.Linear(shape.width, 2 * inner, bias=False)
            block.project = nn.Linear(inner, shape.width, bias=False)
    if variant.block is SwigluBlock:
        model.initialise(torch.Generator().manual_seed(seed))
    if not variant.zero_projections:  # as GPT-2: small, and smaller the more blocks add to the stream
        for block in model.blocks:
            for matrix in (block.attention.project, block.project):
                nn.init.normal_(matrix.weight, std=0.02 / (2 * shape.layers) ** 0.5)
    return model.to(pick_device())


def optimisers(model: Transformer, variant: Variant, rate: float) -> Optimisers:
    """Muon and AdamW as ours are trained, or AdamW for everything."""
    found = Optimisers(model, rate, rate / 5, 0.02)
    if not variant.muon:
        found.by_name["matrices"] = torch.optim.AdamW(
            model.matrices(), lr=ADAMW_RATE, betas=(0.9, 0.95), weight_decay=0.1
        )
        found.rates["matrices"] = ADAMW_RATE
    return found


def learn(model: Transformer, course: Optimisers, batches: Batches, steps: int, batch: int) -> float:
    """Train; returns the seconds it took."""
    device, start = pick_device(), time.perf_counter()
    for step in range(steps):
        course.set_rates(rate_factor(step, steps, min(50, steps // 4), 0.8))
        rows, mask = (torch.from_numpy(a).to(device) for a in batches.rows(step * batch, batch))
        with autocast(device):
            hidden = model.hidden(rows[:, :-1])[mask[:, 1:]]
            loss = F.cross_entropy(model.logits(hidden), rows[:, 1:][mask[:, 1:]])
        loss.backward()
        for optimizer in course.by_name.values():
            optimizer.step()
            optimizer.zero_grad()
    return time.perf_counter() - start


def measure(
    texts: Texts, tokenizer: Tokenizer, names: list[str], seeds: list[int], shape: TransformerConfig, steps: int,
    batch: int, rate: float, documents: int,
) -> Iterator[dict[str, float | str]]:  # fmt: skip
    """A row for each variant and seed."""
    kinds = [(k, texts.chosen("held_out", *k)[:documents]) for k in measured_tasks(texts)]
    for seed in seeds:
        batches = Batches(texts, tokenizer, seed, shape.context)
        for name in names:
            variant = VARIANTS[name]
            model = build(variant, shape, seed)
            seconds = learn(model, optimisers(model, variant, rate), batches, steps, batch)
            bits = [bits_per_byte(model.eval(), texts, chosen, tokenizer) for _, chosen in kinds]
            yield {
                "variant": name, "seed": seed, "bits_per_byte": significant(float(np.mean(bits))),
                "parameters": sum(p.numel() for p in model.parameters()), "seconds": significant(seconds),
            }  # fmt: skip


def main() -> int:
    """Measure, print one JSON object a line, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(VARIANTS), default=list(VARIANTS), help="these variants")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0], help="every variant once with each")
    parser.add_argument("--data", help="prepared data (default: data/text)")
    parser.add_argument("--documents", type=int, default=24, help="held-out documents of each task")
    for name, value, words in (
        ("layers", 4, "blocks"), ("width", 192, "width of the stream"), ("heads", 3, "attention heads"),
        ("context", 256, "tokens seen at once"), ("batch", 8, "rows a step"), ("steps", 200, "of each training"),
    ):  # fmt: skip
        parser.add_argument(f"--{name}", type=int, default=value, help=words)
    parser.add_argument("--rate", type=float, default=0.01, help="Muon's learning rate; the embedding's is a fifth")
    args = parser.parse_args()
    try:
        texts, tokenizer = load(args.data), load_tokenizer()
        shape = TransformerConfig(tokenizer.size, args.layers, args.width, args.heads, args.context)
        for row in measure(texts, tokenizer, args.only, args.seeds, shape, args.steps, args.batch, args.rate,
                           args.documents):  # fmt: skip
            print(json.dumps(row), flush=True)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
