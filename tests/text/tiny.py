"""A small set of texts and a model of a few thousand weights."""

import dataclasses
import json
from pathlib import Path

import torch

from genai_demo.core import checkpoint
from genai_demo.core.transformer import Transformer, TransformerConfig
from genai_demo.text import data
from genai_demo.text.tokenizer import load_tokenizer

TOKENIZER = load_tokenizer()
CONFIG = TransformerConfig(TOKENIZER.size, layers=2, width=32, heads=2, context=64)

RECORDS = [
    *({"text": f"Once there were {n} bears. They ate porridge.", "kind": "child", "lic": "open-llama", "src": "s"}
      for n in range(120)),
    *({"src": f"I have {n} cats.", "tgt": f"我有{n}只猫。", "kind": "everyday", "source": "t", "lic": "open"}
      for n in range(60)),
    *({"turns": [f"What is {n} plus one?", f"It is {n + 1}.", "Thanks."], "lang": "en", "kind": "chat", "src": "c",
       "lic": "nc"} for n in range(60)),
]  # fmt: skip
CODE = "def add_{n}(x):\n    total = x + {n}\n    return total\n"
POEM = {
    "text": "床前明月光，疑是地上霜。",
    "title": "静夜思",
    "author": "李白",
    "kind": "poem-tang",
    "src": "p",
    "lic": "open",
}


def random_model(seed: int = 0) -> Transformer:
    """A model whose random weights are large enough to prefer some tokens to others."""
    torch.manual_seed(seed)
    model = Transformer(CONFIG)
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.randn(p.shape) * (0.3 if len(p) == CONFIG.rows else p.shape[1] ** -0.5))
    return model


def save_random_model() -> None:
    """Such a model as the published one of the folder that GENAI_CHECKPOINTS names."""
    checkpoint.save_checkpoint("text", random_model(), {"config": dataclasses.asdict(CONFIG)})


def write_texts(folder: Path) -> Path:
    """A folder of other people's texts: JSON lines, Python files, a text file."""
    folder.mkdir()
    with (folder / "mixed.jsonl").open("w", encoding="utf-8") as file:
        for record in [*RECORDS, POEM]:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    for n in range(40):
        (folder / f"code{n:02d}.py").write_text(CODE.format(n=n), encoding="utf-8")
    (folder / "novel.txt").write_text("话说天下大势，分久必合，合久必分。" * 20, encoding="utf-8")
    return folder


def prepare(folder: Path) -> data.Texts:
    """The prepared set of ``write_texts``, in ``folder``."""
    data.prepare(write_texts(folder / "source"), folder / "set", progress=False)
    return data.load(folder / "set")
