"""Holes in faces: the restoration network alone, and with the face GAN where a hole is wide.

    python -m benchmarks.holes             a table
    python -m benchmarks.holes --card      the same, into the restorer's card, for README

Held-out faces with holes of their own kind: one to three blots or rectangles, a fifth to a half of the picture.
Besides the measures of ``evaluate repair`` a row says how long a filling takes and how far four of them, from four
seeds, lie apart (mean difference inside the hole, of 255).
"""

import argparse
import json
import sys
import time
from typing import Any

import numpy as np
import torch

from genai_demo.core import checkpoint
from genai_demo.core.device import describe, pick_device
from genai_demo.core.losses import FeatureDistance
from genai_demo.core.metrics import psnr, ssim
from genai_demo.core.rounding import rounded
from genai_demo.repair import damage, generate
from genai_demo.repair.data import Pictures, load
from genai_demo.repair.evaluate import identity
from genai_demo.repair.faces import wide_part
from genai_demo.ui.repair_actions import face_squares, imagined_face

PICTURES = 40
SEEDS = 4
VARIED = 10
"""Pictures that are filled from all seeds."""


def cases(pictures: Pictures, count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Faces (H, W, 3) uint8 and their holes (H, W) bool, always the same."""
    found = []
    for i in range(count):
        truth = pictures[int(len(pictures) * (i + 0.5) / count)]
        rng = np.random.default_rng((8, i))
        for _ in range(100):
            mask = damage.damage(truth.astype(np.float32) / 255, "hole", float(rng.random()), rng).mask
            wide = wide_part(torch.from_numpy(mask)[None, None].float())
            if 0.2 <= mask.mean() <= 0.5 and wide.mean() > 0.15:
                found.append((truth, mask))
                break
    return found


def filled(truth: np.ndarray, mask: np.ndarray, seed: int, with_gan: bool, fidelity: float) -> np.ndarray:
    """The face with its hole filled, (H, W, 3) uint8."""
    from PIL import Image

    picture = Image.fromarray(np.where(mask[..., None], 128, truth).astype(np.uint8))
    find, imagine = (face_squares, imagined_face) if with_gan else (None, None)
    return np.asarray(generate.restore(picture, mask, "inpaint", seed, fidelity, find, imagine, "network"))


def measure(data: list[str] | None, count: int) -> dict[str, Any]:
    """Figures of both ways on the same holes."""
    found = cases(load("held_out", data), count)
    judge = FeatureDistance(pick_device())
    rows: dict[str, Any] = {"pictures": len(found), "hidden": float(np.mean([mask.mean() for _, mask in found]))}
    for name, with_gan in (("network", False), ("network and face GAN", True)):
        start = time.perf_counter()
        made = [filled(truth, mask, 0, with_gan, 0.5) for truth, mask in found]
        seconds = (time.perf_counter() - start) / len(found)
        a, b = (torch.from_numpy(np.stack(x)).permute(0, 3, 1, 2).float() / 127.5 - 1
                for x in (made, [truth for truth, _ in found]))  # fmt: skip
        with torch.inference_mode():
            row = {"psnr": float(psnr(a, b).mean()), "ssim": float(ssim(a, b).mean())}
            row["features"] = float(judge(a.to(pick_device()), b.to(pick_device())))
        row |= identity([truth / 255 for truth, _ in found], [m.astype(np.float32) / 255 for m in made])
        apart = []
        for truth, mask in found[:VARIED]:
            several = [filled(truth, mask, seed, with_gan, 0.0)[mask].astype(float) for seed in range(SEEDS)]
            apart += [np.abs(several[i] - several[j]).mean() for i in range(SEEDS) for j in range(i)]
        rows[name] = row | {"apart": float(np.mean(apart)), "seconds": seconds}
    return rows


def main() -> int:
    """Measure, print, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", help="prepared sets (default: those of faces and of data/repair)")
    parser.add_argument("--pictures", type=int, default=PICTURES, help="faces with a hole each")
    parser.add_argument("--card", action="store_true", help="write the figures into the restorer's card")
    args = parser.parse_args()
    try:
        found = rounded(measure(args.data, args.pictures))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if args.card:
        card = checkpoint.read_card(generate.NAME)
        card["wide_holes"] = {
            "command": "python -m benchmarks.holes --card", "hardware": describe(pick_device()), **found
        }  # fmt: skip
        checkpoint.write_card(generate.NAME, card)
    print(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
