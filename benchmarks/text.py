"""The text model's bits per byte beside those of classical peers on the same data.

    python -m benchmarks.text             a table
    python -m benchmarks.text --json      the same as JSON
    python -m benchmarks.text --card      the peers' figures into the model's card, for README

Peers: PPMd (pyppmd), fed all training text of a task before the held-out text; a 5-gram model with
Kneser-Ney smoothing over our tokens. Needs the prepared data and benchmarks/requirements.txt.
"""

import argparse
import json
import sys
from collections.abc import Iterator

import numpy as np

from benchmarks.kneser_ney import KneserNey
from genai_demo.core import checkpoint
from genai_demo.core.rounding import significant
from genai_demo.text import generate
from genai_demo.text.data import Texts, load
from genai_demo.text.evaluate import DOCUMENTS
from genai_demo.text.tokenizer import Tokenizer, load_tokenizer
from genai_demo.text.train import bits_per_byte, measured_tasks

PPMD_ORDER, PPMD_BYTES = 8, 1 << 29


def ppmd(training: bytes, held_out: bytes) -> float:
    """Bits per byte of PPMd on ``held_out`` after it has read ``training``."""
    import pyppmd

    encoder = pyppmd.Ppmd7Encoder(PPMD_ORDER, PPMD_BYTES)
    before = sum(len(encoder.encode(training[i : i + 2**20])) for i in range(0, len(training), 2**20))
    after = len(encoder.encode(held_out)) + len(encoder.flush())
    del before  # what came out while reading; only what follows counts
    return 8 * after / len(held_out)


def plain(texts: Texts, chosen: np.ndarray, tokenizer: Tokenizer) -> bytes:
    """The text of documents, one after the other."""
    return b"\n".join(tokenizer.decode(texts.document(i).tolist()).encode() for i in chosen)


def n_gram(model: KneserNey, texts: Texts, chosen: np.ndarray, tokenizer: Tokenizer) -> float:
    """Bits per byte of the n-gram model; it is charged for the same tokens as ours."""
    bits = 0.0
    for index in chosen:
        tokens = texts.document(index)
        charged = tokens < tokenizer.text_size
        charged[-1] = True
        bits -= float(np.log2(model.probabilities(tokens))[charged].sum())
    return bits / int(texts.bytes[chosen].sum())


def measure(data: str | None, count: int, ours: bool) -> Iterator[dict[str, float | str]]:
    """A row for every task and language."""
    texts, tokenizer = load(data), load_tokenizer()
    grams = KneserNey(np.concatenate([texts.document(i) for i in texts.chosen("train")]), tokenizer.size)
    for task, language in measured_tasks(texts):
        held_out = texts.chosen("held_out", task, language)[:count]
        training = plain(texts, texts.chosen("train", task, language), tokenizer)
        row: dict[str, float | str] = {"task": f"{task}_{language}" if task not in ("code", "translate") else task}
        row["ppmd"] = ppmd(training, plain(texts, held_out, tokenizer))
        row["kneser_ney"] = n_gram(grams, texts, held_out, tokenizer)
        if ours:
            row["ours"] = bits_per_byte(generate.model(), texts, held_out, tokenizer)
        yield row


def main() -> int:
    """Measure, print, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--data", help="prepared data (default: data/text)")
    parser.add_argument("--documents", type=int, default=DOCUMENTS, help="held-out documents of each task")
    parser.add_argument("--peers-only", action="store_true", help="leave our model out")
    parser.add_argument("--card", action="store_true", help="write the peers' figures into the model's card")
    args = parser.parse_args()
    try:
        rows = list(measure(args.data, args.documents, not args.peers_only))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if args.card:
        card = checkpoint.read_card(generate.NAME)
        card["peers"] = {row["task"]: {k: significant(float(row[k])) for k in ("ppmd", "kneser_ney")} for row in rows}
        card["peers_command"] = "python -m benchmarks.text --card"
        checkpoint.write_card(generate.NAME, card)
    if args.json:
        print(json.dumps(rows, indent=2))
        return 0
    names = [name for name in ("ppmd", "kneser_ney", "ours") if name in rows[0]]
    print(f"| bits per byte | {' | '.join(names)} |\n|---|{'---:|' * len(names)}")
    for row in rows:
        print(f"| {row['task']} | {' | '.join(f'{row[name]:.3f}' for name in names)} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
