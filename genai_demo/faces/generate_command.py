"""Make faces from seeds and write them as PNG files."""

import argparse
import io
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from genai_demo.core import limits
from genai_demo.core.options import SEED, Number, Whole, file_to_read, folder_to_write, naming


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``python -m genai_demo generate faces``."""
    parser.add_argument("--seed", type=SEED, default=0, help="seed of the first face; the next ones follow it")
    parser.add_argument("--count", type=Whole(1, limits.MAX_FACES), default=4, help="how many faces, 1 to 16")
    parser.add_argument(
        "--truncation",
        type=Number(0, limits.MAX_TRUNCATION),
        default=0.7,
        help="0 the average face, 1 the model as trained",
    )
    parser.add_argument("--model", choices=("gan", "vae"), default="gan", help="which model")
    parser.add_argument(
        "--set",
        dest="edits",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="move along a direction, in standard deviations, e.g. --set smile=1.5; may be repeated",
    )
    parser.add_argument(
        "--layers",
        choices=("all", "coarse", "middle", "fine"),
        default="all",
        help="the layers that --set acts on; all: the direction's own",
    )
    parser.add_argument(
        "--side", type=int, choices=(128, 256), help="pixels (default: 256 for the GAN, 128 for the VAE)"
    )
    parser.add_argument("--recipe", type=Path, metavar="PNG", help="make the face of a downloaded PNG again")
    parser.add_argument("--grid", action="store_true", help="one sheet instead of one file a face")
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for the pictures")


def run(args: argparse.Namespace) -> None:
    """Write the pictures and print their paths. Raises ValueError for bad options."""
    from genai_demo.core import cards
    from genai_demo.core.marks import mark_picture
    from genai_demo.faces import generate, recipe  # here, so that --help need not wait for torch

    if args.recipe is not None:
        remake(args.recipe, args.out)
        return
    amounts = parse_edits(args.edits)

    folder_to_write(args.out)
    points = [generate.latent(args.seed + i, args.model) for i in range(args.count)]
    if amounts:
        points = [generate.edit(point, amounts, args.layers) for point in points]
    side = args.side or generate.largest_side(args.model)
    images = generate.decode_many(points, args.truncation, side=side)
    args.out.mkdir(parents=True, exist_ok=True)

    if args.grid:
        found = [(args.seed, sheet(images), f"-{args.count}faces")]
    else:
        found = [(args.seed + i, image, "") for i, image in enumerate(images)]
    settings = {
        "model": args.model,
        "truncation": args.truncation,
        "sliders": amounts,
        "layers": args.layers,
        "side": side,
    }
    settings["weights"] = cards.fingerprint(f"faces-{args.model}")
    for seed, image, suffix in found:
        path = args.out / f"{args.model}-seed{seed}{suffix}.png"
        made = {"seed": seed, "noise_seed": seed, **settings}
        path.write_bytes(recipe.save_png(mark_picture(image, generate.models_of(args.model, side), made), made))
        print(path)


def remake(source: Path, folder: Path) -> None:
    """Write the face of ``source``'s recipe once more and say whether the pixels are the same."""
    from genai_demo.core.marks import mark_picture
    from genai_demo.faces import generate, recipe

    data = file_to_read(source).read_bytes()
    with naming(source):
        found = recipe.read_recipe(data)
    folder_to_write(folder)
    models = generate.models_of(found["model"], found.get("side", generate.SIDE))
    image = mark_picture(generate.remake(found), models, found)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{source.stem}-again.png"
    path.write_bytes(recipe.save_png(image, found))
    before, after = (np.asarray(i.convert("RGB"), int) for i in (Image.open(io.BytesIO(data)), image))
    apart = np.abs(before - after).max() if before.shape == after.shape else 255
    verdict = "the same pixels" if apart == 0 else f"pixels differ by up to {apart} of 255"
    print(f"{path} ({verdict})")


def parse_edits(edits: list[str]) -> dict[str, float]:
    """["smile=1.5"] to {"smile": 1.5}. Raises ValueError for anything else."""
    amounts = {}
    for edit in edits:
        name, _, value = edit.partition("=")
        try:
            amounts[name.strip()] = float(value)
        except ValueError as error:
            raise ValueError(f"--set {edit}: write a direction and a number, e.g. --set smile=1.5.") from error
    return amounts


def sheet(images: Sequence[Image.Image]) -> Image.Image:
    """Pictures of one size in a grid as square as can be."""
    columns = math.ceil(math.sqrt(len(images)))
    rows = math.ceil(len(images) / columns)
    width, height = images[0].size
    found = Image.new("RGB", (columns * width, rows * height))
    for i, image in enumerate(images):
        found.paste(image, (i % columns * width, i // columns * height))
    return found
