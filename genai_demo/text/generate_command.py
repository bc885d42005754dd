"""Write, translate, answer or complete code, and print it as it comes."""

import argparse
import sys

from genai_demo.core import limits
from genai_demo.core.options import SEED, SHARE, Number, Whole


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``python -m genai_demo generate text``."""
    parser.add_argument("prompt", nargs="?", default="", help="the words to go on from; - reads standard input")
    parser.add_argument(
        "--kind",
        choices=("story", "news", "product", "poem", "prose", "chat", "code", "translate"),
        default="story",
        help="what to do with them",
    )
    parser.add_argument("--language", choices=("en", "zh"), default="en", help="of the text; translate: from this")
    parser.add_argument("--title", default="", help="of a poem, news or product text")
    parser.add_argument(
        "--form", default="", help="what it is more exactly: bedtime, fairytale, press, goods, tang ..."
    )
    parser.add_argument("--tokens", type=Whole(1, limits.MAX_NEW_TOKENS), default=200, help="how much to write")
    parser.add_argument(
        "--temperature",
        type=Number(0, limits.MAX_TEMPERATURE),
        default=None,
        help="0 always takes the likeliest token (default: what is good for this kind)",
    )
    parser.add_argument("--top-p", type=SHARE, default=0.95, help="only the likeliest tokens up to this share")
    parser.add_argument("--plain", action="store_true", help="plain sampling: do not choose among several sentences")
    parser.add_argument("--seed", type=SEED, default=0, help="another seed, another text")


def run(args: argparse.Namespace) -> None:
    """Print the text. Raises ValueError for bad options."""
    from genai_demo.core.sampling import Controls
    from genai_demo.text import generate  # here, so that --help need not wait for torch

    prompt = sys.stdin.read() if args.prompt == "-" else args.prompt
    if args.kind == "translate":
        print(generate.translate(prompt, args.language, "zh" if args.language == "en" else "en"))
        return
    if args.kind == "code":
        for number, text in enumerate(generate.complete_code(prompt, max_tokens=args.tokens, seed=args.seed), 1):
            print(f"# {number}\n{prompt}{text}\n")
        return
    if args.kind == "chat":
        good = generate.usual("chat", args.language)
        temperature = good.temperature if args.temperature is None else args.temperature
        controls = Controls(good.repetition_penalty, temperature, 0, args.top_p)
        pieces = generate.chat(
            [prompt], args.language, args.tokens, controls, args.seed, **({"candidates": 1} if args.plain else {})
        )
    else:
        print(prompt, end="")
        pieces = generate.stream(
            prompt, args.kind, args.language, args.tokens, args.temperature, args.top_p, args.seed,
            title=args.title, form=args.form, candidates=1 if args.plain else generate.CANDIDATES,
        )  # fmt: skip
    for piece in pieces:
        print(piece, end="", flush=True)
    print()
