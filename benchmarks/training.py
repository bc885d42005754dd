"""Where a training step of the text model goes, and how much its own attention and loss save, in one run.

    python -m benchmarks.training --layers 6 --width 320 --heads 5 --batch 8 --threads 2

Each part is measured by turns in both ways and the least of several rounds is taken: *plain* is PyTorch's fused
attention and cross-entropy over all logits at once, compiled as one graph; *ours* is what ``train text --compile``
does. Tokens are random: their values change nothing about the time. Seconds of the processor, added up over its
threads, so that other programs disturb them little.
"""

import argparse
import json
import time
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.core import transformer
from genai_demo.core.device import autocast, describe
from genai_demo.core.loop import Average
from genai_demo.core.schedule import Optimisers
from genai_demo.core.transformer import Transformer, TransformerConfig

UNLEARNT = 0.08
"""Share of the tokens that are given and not learnt, as in the prepared texts."""


def _plain_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return F.scaled_dot_product_attention(q, k, v, is_causal=True)


class Step:
    """The parts of a step as functions without arguments."""

    def __init__(self, config: TransformerConfig, batch: int):
        generator = torch.Generator().manual_seed(0)
        self.model = Transformer(config)
        self.model.initialise(generator)
        for block in self.model.blocks:  # they begin at zero, and zeros may be quicker
            for matrix in (block.attention.project, block.project):
                torch.nn.init.normal_(matrix.weight, std=0.02, generator=generator)
        self.tokens = torch.randint(0, config.rows, (batch, config.context), generator=generator)
        targets = torch.randint(0, config.rows, (batch, config.context), generator=generator)
        self.targets = targets.masked_fill(torch.rand(targets.shape, generator=generator) < UNLEARNT, -100)
        self.average = Average(self.model, Transformer(config))
        self.optimisers = Optimisers(self.model, 0.01, 0.003, 0.02).by_name
        self.hidden = torch.compile(self.model.hidden)
        self.whole_loss = torch.compile(self._whole_loss)

    def _whole_loss(self, tokens: Tensor, targets: Tensor) -> Tensor:
        return F.cross_entropy(self.model.logits(self.model.hidden(tokens)).flatten(0, 1), targets.flatten())

    def _pass(self, loss: Callable[[], Tensor]) -> None:
        self.model.zero_grad()
        with autocast(torch.device("cpu")):
            value = loss()
        value.backward()

    def parts(self) -> dict[str, Callable[[], None]]:
        ours = lambda: self.model.loss(self.hidden(self.tokens), self.targets, fused=True)  # noqa: E731
        return {
            "pass, ours": lambda: self._pass(ours),
            "of it the blocks": lambda: self._pass(lambda: self.hidden(self.tokens).float().square().mean()),
            "pass, plain": lambda: self._pass(lambda: self.whole_loss(self.tokens, self.targets)),
            "Muon": self.optimisers["matrices"].step,
            "AdamW": self.optimisers["embedding"].step,
            "weight average": lambda: self.average.update(0.9),
        }


def measure(config: TransformerConfig, batch: int, rounds: int) -> dict[str, float]:
    """Least seconds of every part over the rounds, which take all parts in turn."""
    step, attention = Step(config, batch), transformer.causal_attention
    best: dict[str, float] = {}
    for round_ in range(rounds + 1):  # the first compiles and is not counted
        for name, part in step.parts().items():
            transformer.causal_attention = _plain_attention if name == "pass, plain" else attention
            start = time.process_time()
            part()
            if round_:
                best[name] = min(best.get(name, torch.inf), time.process_time() - start)
    transformer.causal_attention = attention
    return best


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training", description=__doc__.partition("\n")[0])
    for name, default in (("layers", 6), ("width", 320), ("heads", 5), ("batch", 8), ("context", 512), ("rounds", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    config = TransformerConfig(layers=args.layers, width=args.width, heads=args.heads, context=args.context)
    parts = measure(config, args.batch, args.rounds)
    rest = sum(parts[name] for name in ("Muon", "AdamW", "weight average"))
    ours, plain = parts["pass, ours"] + rest, parts["pass, plain"] + rest
    figures = {name: round(seconds, 4) for name, seconds in parts.items()}
    tokens = args.batch * args.context
    print(json.dumps({
        "hardware": describe(torch.device("cpu")), "threads": args.threads, "shape": f"{args.layers} x {args.width}",
        "tokens a step": f"{args.batch} x {args.context}", "seconds of the processor": figures,
        "tokens a second of the processor": {"ours": round(tokens / ours), "plain": round(tokens / plain)},
        "ratio": round(plain / ours, 3),
    }, indent=2))  # fmt: skip


if __name__ == "__main__":
    main()
