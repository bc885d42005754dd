"""Sentences chosen among several, beside plain sampling: speed, repetition, contradictions, relation to the prompt.

    python -m benchmarks.choosing                      a table, from 20 prompts a kind that nothing was tuned on
    python -m benchmarks.choosing --prompts tuning     from those that it was tuned on
    python -m benchmarks.choosing --texts texts.jsonl  the texts as well, to be read

Prompts: choosing_prompts.json. Every text is written twice from the same seed. Seconds are those of the processor, so
that what else runs on the machine counts little; on an idle one they are the seconds of the clock.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from genai_demo.core import greenlist
from genai_demo.text import coherence, evaluate, generate
from genai_demo.text.likelihood import log_probabilities
from genai_demo.text.tokenizer import load_tokenizer

PROMPTS = Path(__file__).with_name("choosing_prompts.json")
WAYS = {"plain": 1, "chosen": generate.CANDIDATES}


def written(prompt: str, kind: str, language: str, candidates: int, tokens: int, seed: int) -> dict[str, Any]:
    """One text and its figures."""
    start = time.process_time()
    *_, last = generate.write(prompt, kind, language, 1, tokens, seed=seed, candidates=candidates)
    seconds, text = time.process_time() - start, last.texts[0]
    encode = load_tokenizer().encode
    people = coherence.People(language)
    people.read(prompt)
    contradictions, new_names = people.read(text)
    head, begun, mine = generate.head_of(kind, language), encode(prompt), encode(text)[:200] or encode(".")
    given, alone = log_probabilities([(head + begun, mine), (head, mine)]).tolist()
    return {
        "text": text, "tokens": last.tokens, "seconds": seconds, "contradictions": contradictions,
        "new_names": new_names, "said_before": coherence.said_before([], mine),
        "distinct_3": evaluate.distinct([text], 3, load_tokenizer()), "related": (given - alone) / len(mine),
        "z": greenlist.count(mine, greenlist.key()).z, "marked_tokens": greenlist.count(mine, greenlist.key()).tokens,
    }  # fmt: skip


def main() -> int:
    """Write, measure, print, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prompts", choices=("tuning", "reading"), default="reading")
    parser.add_argument("--count", type=int, default=20, help="prompts of each kind")
    parser.add_argument("--tokens", type=int, default=120, help="length of the texts")
    parser.add_argument("--kinds", nargs="*", help="as in the file, such as 'story en' (default: all)")
    parser.add_argument("--texts", type=Path, help="write every text and its figures to this file, as JSON lines")
    args = parser.parse_args()
    kinds = json.loads(PROMPTS.read_text(encoding="utf-8"))[args.prompts]
    generate.warm_up()
    rows: list[dict[str, Any]] = []
    for name in args.kinds or [name for name in kinds if not name.startswith("chat")]:
        kind, language = name.split()
        for seed, prompt in enumerate(kinds[name][: args.count]):
            for way, candidates in WAYS.items():
                row = {"kind": name, "way": way, "prompt": prompt}
                rows.append(row | written(prompt, kind, language, candidates, args.tokens, seed))
                if args.texts:
                    with args.texts.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(rows[-1], ensure_ascii=False) + "\n")
    print(
        "| kind | way | texts | tokens a second | contradictions | new names | said before | distinct 3 | related | z |"
    )
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name in dict.fromkeys(row["kind"] for row in rows):
        for way in WAYS:
            mine = [row for row in rows if row["kind"] == name and row["way"] == way]
            mean = {key: statistics.fmean(row[key] for row in mine) for key in ("said_before", "distinct_3", "related")}
            rate = sum(row["tokens"] for row in mine) / sum(row["seconds"] for row in mine)
            names = f"{sum(row['contradictions'] for row in mine)} | {sum(row['new_names'] for row in mine)}"
            shares = f"{mean['said_before']:.3f} | {mean['distinct_3']:.3f} | {mean['related']:.2f}"
            z = statistics.median(row["z"] for row in mine)
            print(f"| {name} | {way} | {len(mine)} | {rate:.0f} | {names} | {shares} | {z:.1f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
