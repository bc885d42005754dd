"""What the mark in generated text costs and how surely it is found; what a content credential costs in time.

    python -m benchmarks.trust                    the table of docs/trust.md
    python -m benchmarks.trust --texts FILE       also: how green texts are that people wrote
    python -m benchmarks.trust --language zh      Chinese stories
    python -m benchmarks.trust --rounds 3         60 stories in the place of 20
    python -m benchmarks.trust --power            how surely a text is found by its length
    python -m benchmarks.trust --json             the same as JSON

FILE: one text a line as JSON with "text" (.jsonl, .jsonl.xz), or a plain text with empty lines between its parts.
"""

import argparse
import json
import lzma
import math
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.timing import fastest
from genai_demo.core import greenlist
from genai_demo.text import generate
from genai_demo.trust import text as marks

STARTS = {
    "en": (
        "Once upon a time, in a house by the sea, there lived a girl named Mia. ",
        "The old dog looked at the moon. ",
        "Tom and his sister wanted to build a boat. ",
        "One day, a little bird fell from its nest. ",
        "It was raining, and the teacher had an idea. ",
    ),
    "zh": (
        "从前，有一只小兔子，",
        "老爷爷坐在门口，",
        "小明今天起得很早，",
        "森林里住着一只小熊，",
        "下雨了，妈妈说：",
    ),
}
TOGETHER = 4
"""Stories from each beginning: 20 in all."""
STRENGTHS = (0.0, 0.5, 1.0, 1.5, 2.0)
LENGTHS = (50, 100, 200)
"""Tokens that the detector sees."""
PAIRS = (25, 50, 75, 100, 125, 150, 175, 200)
"""Different pairs of tokens at which the power of the test is measured."""
OTHER_KEYS = 50
"""Keys that no text was marked with, so every text counts as unmarked under them."""


def stories(mark: float, tokens: int, language: str, rounds: int) -> list[tuple[str, str]]:
    """(beginning, continuation) of 20 stories a round."""
    found = []
    for number, start in enumerate(STARTS[language] * rounds):
        last = None
        first = TOGETHER * number
        for last in generate.write(start, "story", language, TOGETHER, tokens, seed=first, mark=mark, candidates=1):  # noqa: B007
            pass
        assert last is not None
        found += [(start, words) for words in last.texts if words.strip()]
    return found


def cost(pairs: list[tuple[str, str]], language: str) -> tuple[float, float]:
    """Bits per byte that the model without a mark pays for the continuations, given their beginnings.

    With the standard error: over stories, which are about equally long.
    """
    bits, sizes = [], []
    for start, words in pairs:
        whole, alone = generate.score(start + words, "story", language), generate.score(start, "story", language)
        sizes.append(len(words.encode()))
        bits.append(whole["bits_per_byte"] * (len(start.encode()) + sizes[-1]))
        bits[-1] -= alone["bits_per_byte"] * len(start.encode())
    mean = sum(bits) / sum(sizes)
    apart = [(b - mean * s) / statistics.fmean(sizes) for b, s in zip(bits, sizes, strict=True)]
    return mean, statistics.stdev(apart) / math.sqrt(len(apart))


def seen(words: str, tokens: int) -> str:
    """The beginning of a text, that many tokens long."""
    from genai_demo.text.tokenizer import load_tokenizer

    tokenizer = load_tokenizer()
    return tokenizer.decode(tokenizer.encode(words)[:tokens])


def rows(language: str, rounds: int) -> Iterator[dict[str, Any]]:
    """One for every strength."""
    for strength in STRENGTHS:
        pairs = stories(strength, max(LENGTHS) + 20, language, rounds)
        mean, error = cost(pairs, language)
        row: dict[str, Any] = {"strength": strength, "bits_per_byte": mean, "error": error}
        for length in LENGTHS:
            found = [marks.detect(seen(words, length)) for _, words in pairs]
            row[f"z_{length}"] = statistics.median(f.z for f in found)
            row[f"found_{length}"] = statistics.mean(f.verdict == "marked" for f in found)
        yield row


def power(language: str, rounds: int) -> dict[int, float]:
    """Share of texts of the usual strength that do not look unmarked, by how many different pairs are counted."""
    pairs = stories(greenlist.STRENGTH, 2 * max(PAIRS), language, rounds)
    found: dict[int, list[bool]] = {count: [] for count in PAIRS}
    for _, words in pairs:
        cuts = [marks.detect(seen(words, tokens)) for tokens in range(10, 2 * max(PAIRS), 10)]
        for count, hits in found.items():
            enough = next((cut for cut in cuts if cut.tokens >= count), None)
            if enough is not None:
                hits.append(enough.p < marks.LIKELY)
    return {count: statistics.fmean(hits) for count, hits in found.items() if hits}


def unmarked(texts: list[str]) -> dict[str, float]:
    """How z lies over texts without a mark: over many keys, and under ours alone."""
    ours = [marks.detect(t).z for t in texts]
    keys = [greenlist.KEY + 1 + i for i in range(OTHER_KEYS)]
    many = [marks.detect(t, key).z for t in texts for key in keys]
    beyond = [z for z in many if marks.p_value(z) < marks.CERTAIN]
    return {
        "texts": len(texts),
        "mean_ours": statistics.fmean(ours), "spread_ours": statistics.pstdev(ours), "largest_ours": max(ours),
        "mean": statistics.fmean(many), "spread": math.sqrt(statistics.fmean(z * z for z in many)),
        "false_alarms": len(beyond) / len(many), "p_01": statistics.fmean(marks.p_value(z) < 0.01 for z in many),
    }  # fmt: skip


def read_texts(path: Path, most: int = 400) -> list[str]:
    """Texts of a file, each cut to the longest of LENGTHS."""
    data = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
    words = data.decode("utf-8", "replace")
    parts = (
        (json.loads(line).get("text", "") for line in words.splitlines() if line.strip())
        if ".jsonl" in path.name
        else iter(words.split("\n\n"))
    )
    found = []
    for part in parts:
        cut = seen(str(part)[:4_000], max(LENGTHS))
        if marks.detect(cut or " .").tokens >= marks.FEWEST:
            found.append(cut)
        if len(found) == most:
            break
    return found


def credentials() -> dict[str, float]:
    """Milliseconds that a signature adds to a picture of 128 pixels and to 5 s of sound."""
    import io

    import numpy as np
    from PIL import Image

    from genai_demo.audio import sounds
    from genai_demo.trust import credentials as signing
    from genai_demo.trust import metadata

    buffer = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 255, (16, 16, 3), np.uint8)
    Image.fromarray(noise).resize((128, 128)).save(buffer, "PNG")
    numbers = iter(range(1_000_000))  # a new recipe every time: nothing is remembered

    def picture() -> None:
        recipe = {"seed": next(numbers)}
        signing.sign(metadata.add_to_png(buffer.getvalue(), recipe, ["faces-gan"]), "x.png", recipe, ["faces-gan"])

    sound = sounds.wave_bytes(np.sin(np.arange(5 * sounds.RATE, dtype=np.float32) / 20))
    return {
        "picture": fastest(picture, 30),
        "sound": fastest(lambda: signing.sign(sound, "x.wav", {"seed": next(numbers)}, ["audio-music"]), 30),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, action="append", default=[], help="texts that people wrote")
    parser.add_argument("--language", choices=tuple(STARTS), default="en")
    parser.add_argument("--rounds", type=int, default=1, help="of 20 stories")
    parser.add_argument("--power", action="store_true", help="only: the share found by the length of a text")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if args.power:
        print("| pairs | p < 0.01 |\n|---:|---:|")
        for pairs, share in power(args.language, args.rounds).items():
            print(f"| {pairs} | {share:.0%} |")
        return
    found: dict[str, Any] = {"milliseconds": credentials(), "unmarked": {}}
    for path in args.texts:
        found["unmarked"][path.name] = unmarked(read_texts(path))
    found["rows"] = list(rows(args.language, args.rounds))
    if args.json:
        print(json.dumps(found, indent=2))
        return
    print(
        "A signature takes {picture:.1f} ms (picture), {sound:.1f} ms (5 s of sound).".format(**found["milliseconds"])
    )
    for name, figures in found["unmarked"].items():
        print(name, ", ".join(f"{key} {value:.4g}" for key, value in figures.items()))
    print("| strength | bits per byte | " + " | ".join(f"z at {n} | found" for n in LENGTHS) + " |")
    print("|---:|---:|" + "---:|" * 2 * len(LENGTHS))
    for row in found["rows"]:
        cells = [f"{row[f'z_{n}']:.1f} | {row[f'found_{n}']:.0%}" for n in LENGTHS]
        print(f"| {row['strength']:g} | {row['bits_per_byte']:.3f} ± {row['error']:.3f} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
