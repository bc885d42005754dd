"""Repair pictures and write the results as PNG files."""

import argparse
from pathlib import Path

from genai_demo.core.options import SEED, SHARE, file_to_read, folder_to_write, naming

TASKS = ("auto", "inpaint", "deblur", "enlarge2", "enlarge4", "denoise", "old")
WAYS = ("auto", "telea", "navier-stokes", "smooth", "patches", "network")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``python -m genai_demo generate repair``."""
    parser.add_argument("pictures", nargs="+", type=Path, help="damaged pictures")
    parser.add_argument("--task", choices=TASKS, default="auto", help="what to do")
    parser.add_argument("--mask", type=Path, help="picture of the same shape, white where something is missing")
    parser.add_argument("--way", choices=WAYS, default="auto", help="what fills a hole; auto tries each beside it")
    parser.add_argument("--seed", type=SEED, default=0, help="of what is invented")
    parser.add_argument("--fidelity", type=SHARE, default=0.5, help="1: only what can be known, 0: all the detail")
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for the results")


def run(args: argparse.Namespace) -> None:
    """Write the results and print their paths. Raises ValueError for bad input."""
    from genai_demo.core.marks import changed, mark_picture
    from genai_demo.core.uploads import open_layer, open_upload
    from genai_demo.repair import generate

    masks = [args.mask] if args.mask else []
    for path in [*args.pictures, *masks]:  # what is no picture is told before the work
        file_to_read(path)
        with naming(path):
            open_layer(path, least=1) if path in masks else open_upload(path)
    folder_to_write(args.out)
    for path in args.pictures:
        target = args.out / f"{path.stem}-{args.task}.png"
        recipe = {"task": args.task, "seed": args.seed, "fidelity": args.fidelity, "way": args.way}
        with naming(path):
            repaired = generate.restore(path, args.mask, args.task, args.seed, args.fidelity, way=args.way)
            made = mark_picture(repaired, ["repair"], recipe, changed(open_upload(path), repaired))
        args.out.mkdir(parents=True, exist_ok=True)
        made.save(target)
        print(target)
