"""How fast the published text model writes: this program beside another checkout of it, in turns.

    python -m benchmarks.decoding                        milliseconds a token, one text and four at once
    python -m benchmarks.decoding --beside ../before     beside the checkout in that folder, process about process
    python -m benchmarks.decoding --beside ../before --texts 50   how alike the texts of both are, and bits per byte

Every process measures the time that its CPUs worked, of which it takes the smallest of many: what else runs on the
machine stands in between much less than with a clock on the wall. With --threads 2 or more it is the clock's.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
BATCHES, PROMPT, STEPS = (1, 4), 40, 60


def measure(threads: int, rounds: int) -> dict[str, float]:
    """Milliseconds a step by batch size."""
    import torch

    from genai_demo.core.transformer import Cache
    from genai_demo.text import generate

    torch.set_num_threads(threads)
    model, clock = generate.model(), time.thread_time if threads == 1 else time.perf_counter
    best = {}
    for count in BATCHES:
        tokens = torch.randint(
            300, model.config.rows, (count, PROMPT + STEPS), generator=torch.Generator().manual_seed(0)
        )
        times = [math.inf] * STEPS
        with torch.inference_mode():
            for _ in range(rounds):
                cache = Cache(model.config, count, model.embedding.weight)
                model.hidden(tokens[:, :PROMPT], cache)
                for i in range(STEPS):
                    start = clock()
                    model.step(tokens[:, PROMPT + i], cache)
                    times[i] = min(times[i], clock() - start)
        best[str(count)] = 1000 * sum(times) / STEPS
    return best


def written(texts: int) -> dict[str, object]:
    """Texts of so many seeds, and bits per byte of a held-out sample read step by step."""
    import torch

    from genai_demo.core.transformer import Cache
    from genai_demo.text import generate
    from genai_demo.text.data import load
    from genai_demo.text.tokenizer import load_tokenizer

    prompts = (
        ("Once upon a time", "story", "en"),
        ("从前", "story", "zh"),
        ("The city", "news", "en"),
        ("", "poem", "zh"),
    )
    found = [
        "".join(generate.stream(prompt, kind, language, max_tokens=60, seed=seed))
        for seed in range(texts)
        for prompt, kind, language in [prompts[seed % len(prompts)]]
    ]
    data, tokenizer, model = load(), load_tokenizer(), generate.model()
    bits, size = 0.0, 0
    with torch.inference_mode():
        for index in data.chosen("held_out")[::97][: 2 * texts]:
            tokens = torch.from_numpy(data.document(index).astype("int64"))[: model.config.context]
            cache = Cache(model.config, 1, model.embedding.weight)
            logits = torch.cat([model.step(token[None], cache) for token in tokens[:-1]])
            spent = torch.nn.functional.cross_entropy(logits, tokens[1:], reduction="none") / math.log(2)
            plain = tokens[1:] < tokenizer.text_size
            bits += float(spent[plain].sum())
            size += len(tokenizer.decode(tokens[1:][plain].tolist()).encode())
    return {"texts": found, "bits_per_byte": bits / size, "bytes": size}


def ask(folder: Path, *arguments: str) -> dict:
    """What this script answers in a process of its own, with the program in that folder."""
    command = [sys.executable, str(Path(__file__).resolve()), "--answer", *arguments]
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise ValueError(done.stderr.strip() or f"{folder} gave no answer.")
    return json.loads(done.stdout.splitlines()[-1])


def alike(a: str, b: str) -> int:
    """Characters until two texts part."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def compare_texts(other: Path, texts: int) -> None:
    """How many of the texts are the same, how far they go together, and bits per byte of both."""
    ours, theirs = (ask(folder, "--texts", str(texts)) for folder in (HERE, other))
    pairs = list(zip(ours["texts"], theirs["texts"], strict=True))
    together = [alike(*pair) / max(1, max(map(len, pair))) for pair in pairs]
    print(
        f"{sum(a == b for a, b in pairs)} of {texts} texts alike; {100 * sum(together) / texts:.0f} % of a text alike"
    )
    print(f"bits per byte by steps, {ours['bytes']} bytes: {ours['bits_per_byte']:.4f} ({theirs['bits_per_byte']:.4f})")


def main() -> int:
    """Measure, print, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--beside", type=Path, help="folder of another checkout")
    parser.add_argument("--threads", type=int, default=1, help="of every process")
    parser.add_argument("--rounds", type=int, default=10, help="of every process, of which the fastest count")
    parser.add_argument("--turns", type=int, default=3, help="processes of each")
    parser.add_argument("--texts", type=int, default=0, help="compare so many texts in the place of the speed")
    parser.add_argument("--answer", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.answer:
        print(json.dumps(written(args.texts) if args.texts else measure(args.threads, args.rounds)))
        return 0
    try:
        folders = [HERE, *([args.beside.resolve()] if args.beside else [])]
        if args.texts:
            compare_texts(folders[-1], args.texts)  # beside itself where no other is named: all alike
            return 0
        answers: list[list[dict[str, float]]] = [[] for _ in folders]
        for _ in range(args.turns):
            for found, folder in zip(answers, folders, strict=True):
                found.append(ask(folder, "--threads", str(args.threads), "--rounds", str(args.rounds)))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    for count in map(str, BATCHES):
        best = [min(answer[count] for answer in found) for found in answers]
        ratio = f"; beside: {best[1]:.2f} ms, {best[1] / best[0]:.2f} times as long" if args.beside else ""
        print(f"{count} at once: {best[0]:.2f} ms a token{ratio}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
