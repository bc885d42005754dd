"""Repair pictures and write the results as PNG files.

With ``--find`` scratches or dust are looked for first and filled, and the mask is written beside the result;
then the task is done, if it is another one.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from genai_demo.core.options import SEED, SHARE, file_to_read, folder_to_write, naming

if TYPE_CHECKING:
    from PIL import Image

TASKS = ("auto", "inpaint", "deblur", "enlarge2", "enlarge4", "denoise", "old")
FILLING = ("auto", "inpaint")
KINDS = ("scratches", "dust")
WAYS = ("auto", "telea", "navier-stokes", "smooth", "patches", "network")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``python -m genai_demo generate repair``."""
    parser.add_argument("pictures", nargs="+", type=Path, help="damaged pictures")
    parser.add_argument("--task", choices=TASKS, default="auto", help="what to do")
    parser.add_argument("--mask", type=Path, help="picture of the same shape, white where something is missing")
    parser.add_argument("--way", choices=WAYS, default="auto", help="what fills a hole; auto tries each beside it")
    parser.add_argument("--find", nargs="+", choices=KINDS, metavar="KIND", help=f"find and fill: {', '.join(KINDS)}")
    parser.add_argument("--care", type=SHARE, default=0.5, help="of --find: 0 finds faint things, 1 only the plainest")
    parser.add_argument("--revive", type=SHARE, default=1.0, help="of the task old: how far fading is taken back")
    parser.add_argument("--keep-grain", action="store_true", help="of the task old: change levels and colours only")
    parser.add_argument("--seed", type=SEED, default=0, help="of what is invented")
    parser.add_argument("--fidelity", type=SHARE, default=0.5, help="1: only what can be known, 0: all the detail")
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for the results")


def run(args: argparse.Namespace) -> None:
    """Write the results and print their paths. Raises ValueError for bad input."""
    from genai_demo.core.uploads import open_layer, open_upload

    masks = [args.mask] if args.mask else []
    for path in [*args.pictures, *masks]:  # what is no picture is told before the work
        file_to_read(path)
        with naming(path):
            open_layer(path, least=1) if path in masks else open_upload(path)
    folder_to_write(args.out)
    for path in args.pictures:
        with naming(path):
            made, mask = repaired(path, args)
        args.out.mkdir(parents=True, exist_ok=True)
        for picture, name in ((mask, "mask"), (made, args.task)):
            if picture is not None:
                picture.save(args.out / f"{path.stem}-{name}.png")
                print(args.out / f"{path.stem}-{name}.png")


def repaired(path: Path, args: argparse.Namespace) -> "tuple[Image.Image, Image.Image | None]":
    """The result, with its mark, and the mask of what was found, if anything was looked for."""
    import numpy as np
    from PIL import Image

    from genai_demo.core.marks import changed, mark_picture
    from genai_demo.core.uploads import open_upload
    from genai_demo.repair import blemishes, generate
    from genai_demo.repair.masks import read_mask

    picture, where, task, found = open_upload(path), args.mask, args.task, None
    before = picture
    recipe = {"task": task, "seed": args.seed, "fidelity": args.fidelity, "way": args.way}
    if args.find:
        covered = blemishes.find(picture, args.find, args.care)
        found = Image.fromarray(np.where(covered, 255, 0).astype(np.uint8))
        recipe |= {"find": args.find, "care": args.care}
        if args.mask:
            covered |= read_mask(args.mask, picture.size)
        if task in FILLING:
            where = covered if covered.any() else None
        elif covered.any():
            picture = generate.restore(picture, covered, "inpaint", args.seed, args.fidelity, way=args.way)
            where = None
    if task == "inpaint" and args.find and where is None:
        raise ValueError("No blemishes were found. Look for fainter ones, or paint over them.")
    if task == "old":
        recipe |= {"revive": args.revive, "keep_grain": args.keep_grain}
    made = generate.restore(
        picture, where, task, args.seed, args.fidelity, way=args.way, revive=args.revive, keep_grain=args.keep_grain
    )
    return mark_picture(made, ["repair"], recipe, changed(before, made)), found
