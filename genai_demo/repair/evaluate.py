"""Measures of the restorer on held-out pictures, beside classical methods of OpenCV on the same ones.

Every task damages the same pictures with fixed seeds, medium to strong. PSNR (dB) and SSIM say how
close a repair is to the truth, ``features`` (distance of EfficientNet-Lite0 features, smaller is
better) how close it looks, and ``identity`` (distance of dlib's face embedding; 0.6 is another
person) whether it is still the same face, where the packages for it are installed.
"""

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from genai_demo.core import checkpoint
from genai_demo.core.device import describe, pick_device
from genai_demo.core.losses import FeatureDistance
from genai_demo.core.metrics import psnr, ssim
from genai_demo.core.options import COUNT
from genai_demo.core.rounding import rounded
from genai_demo.repair import blemishes, damage, generate, network
from genai_demo.repair.data import Pictures, load
from genai_demo.repair.identity import models
from genai_demo.repair.tiles import without_seam

PICTURES = 100
ONLY = ("fairness", "memorisation", "holes", "blemishes", "old")
HOLES = 20
"""Photographs for every kind of hole, of which there are about fifty."""
IDENTITIES = 25
"""Pictures of every kind whose identity is measured, which takes longest."""
PROBLEMS = ("hole", "blur", "motion", "shrink2", "shrink4", "noise", "blocks", "mixture")
TASK_OF = {
    "hole": "inpaint", "blur": "deblur", "motion": "deblur", "shrink2": "enlarge2", "shrink4": "enlarge4",
    "noise": "denoise", "blocks": "denoise", "mixture": "old",
}  # fmt: skip
Method = Callable[[damage.Damage], np.ndarray]
"""A damaged picture to a repaired one, (H, W, 3) in [0, 1]."""


# --------------------------------------------------------------------------- the methods


def ours(task: str, fidelity: float) -> Method:
    """The network, told the task."""

    def method(found: damage.Damage) -> np.ndarray:
        x = torch.from_numpy(found.picture * 2 - 1).permute(2, 0, 1)[None]
        mask = torch.from_numpy(found.mask)[None, None].float()
        y = network.run(x, mask, task, 0, fidelity)
        if found.mask.any():
            y = without_seam(x, y, mask)
        return (y[0].permute(1, 2, 0).numpy() + 1) / 2

    return method


def untouched(found: damage.Damage) -> np.ndarray:
    """The damaged picture itself."""
    return found.picture


def opencv() -> Any:
    """The module. Raises ValueError with the install command where it is absent."""
    try:
        import cv2
    except ImportError as error:
        raise ValueError("The classical methods need OpenCV: pip install -r requirements-dev.txt") from error
    return cv2


def _bytes(picture: np.ndarray) -> np.ndarray:
    return (picture.clip(0, 1) * 255).round().astype(np.uint8)


def inpainted(navier_stokes: bool) -> Method:
    """OpenCV's two methods: Telea 2004, and Bertalmio et al. 2001; radius 3."""
    cv2 = opencv()
    flag = cv2.INPAINT_NS if navier_stokes else cv2.INPAINT_TELEA

    def method(found: damage.Damage) -> np.ndarray:
        mask = np.where(found.mask, 255, 0).astype(np.uint8)
        return cv2.inpaint(_bytes(found.picture), mask, 3, flag).astype(np.float32) / 255

    return method


def sharpened(amount: float = 1.0, sigma: float = 1.5) -> Method:
    """Unsharp masking."""

    def method(found: damage.Damage) -> np.ndarray:
        return found.picture + amount * (found.picture - damage.gaussian(found.picture, sigma))

    return method


def averaged(strength: float) -> Method:
    """Non-local means (Buades et al. 2005), OpenCV's version for colour."""
    cv2 = opencv()

    def method(found: damage.Damage) -> np.ndarray:
        smooth = cv2.fastNlMeansDenoisingColored(_bytes(found.picture), None, strength, strength, 7, 21)
        return smooth.astype(np.float32) / 255

    return method


def methods(problem: str) -> dict[str, Method]:
    """Ours, doing nothing, and the classical ones for a kind of damage, each in its best of a few settings."""
    task = TASK_OF[problem]
    found: dict[str, Method] = {"ours": ours(task, 0.5), "ours, faithful": ours(task, 1.0), "as it is": untouched}
    if problem == "hole":
        return found | {"Telea": inpainted(False), "Navier-Stokes": inpainted(True)}
    if task in ("deblur", "enlarge2", "enlarge4"):
        return found | {"unsharp 0.5": sharpened(0.5), "unsharp 1": sharpened(1.0)}
    return found | {f"non-local means {h}": averaged(h) for h in (5, 10, 20)}


# --------------------------------------------------------------------------- the figures


def damaged(pictures: Pictures, problem: str, count: int) -> list[tuple[np.ndarray, damage.Damage]]:
    """Held-out pictures and their damage, always the same."""
    found = []
    for i in range(min(count, len(pictures))):
        rng = np.random.default_rng((PROBLEMS.index(problem), 7, i))
        truth = pictures[int(len(pictures) * (i + 0.5) / min(count, len(pictures)))].astype(np.float32) / 255
        found.append((truth, damage.damage(truth, problem, 0.3 + 0.5 * float(rng.random()), rng)))
    return found


def measured(method: Method, cases: list[tuple[np.ndarray, damage.Damage]], judge: FeatureDistance) -> dict[str, float]:
    """Means over the cases."""
    truths, made = [], []
    for truth, found in cases:
        truths.append(truth)
        made.append(method(found).clip(0, 1).astype(np.float32))
    a, b = (torch.from_numpy(np.stack(x)).permute(0, 3, 1, 2) * 2 - 1 for x in (made, truths))
    with torch.inference_mode():
        parts = zip(a.split(20), b.split(20), strict=True)
        features = [float(judge(x.to(pick_device()), y.to(pick_device()))) * len(x) for x, y in parts]
        figures = {"psnr": float(psnr(a, b).mean()), "ssim": float(ssim(a, b).mean())}
    figures["features"] = sum(features) / len(a)
    return figures | identity(truths[:IDENTITIES], made[:IDENTITIES])


def identity(truths: list[np.ndarray], made: list[np.ndarray]) -> dict[str, float]:
    """Mean distance of dlib's face embedding between truth and repair, where the packages are installed."""
    try:
        folder = models()
    except ValueError:
        return {}
    import dlib

    points = dlib.shape_predictor(str(folder / "shape_predictor_68_face_landmarks.dat"))
    network = dlib.face_recognition_model_v1(str(folder / "dlib_face_recognition_resnet_model_v1.dat"))

    def embed(picture: np.ndarray) -> np.ndarray:
        pixels = np.ascontiguousarray(_bytes(picture))
        side = pixels.shape[0]
        box = dlib.rectangle(round(0.2 * side), round(0.25 * side), round(0.8 * side), round(0.95 * side))
        return np.array(network.compute_face_descriptor(pixels, points(pixels, box)))

    distances = [np.linalg.norm(embed(a) - embed(b)) for a, b in zip(truths, made, strict=True)]
    return {"identity": float(np.mean(distances))}


def estimates(pictures: Pictures, count: int) -> dict[str, float]:
    """Correlation of the estimated with the true amount of every kind of damage, on mixtures."""
    wanted, found = [], []
    for i in range(min(count, len(pictures))):
        rng = np.random.default_rng((99, i))
        case = damage.mixture(pictures[i].astype(np.float32) / 255, float(rng.random()), rng)
        guess = generate.estimate(damage.as_picture(case.picture))
        wanted.append([case.amounts.get(name, 0.0) for name in damage.MEASURES])
        found.append([guess[name] for name in damage.MEASURES])
    a, b = np.array(wanted), np.array(found)
    return {name: float(np.corrcoef(a[:, i], b[:, i])[0, 1]) for i, name in enumerate(damage.MEASURES)}


def speed() -> dict[str, float]:
    """Milliseconds for pictures of 128 and 512 pixels, the faster of three."""
    figures = {}
    for side in (128, 512):
        x, mask = torch.zeros(1, 3, side, side), torch.zeros(1, 1, side, side)
        taken = []
        for _ in range(4):
            start = time.perf_counter()
            for _, _values in network.everywhere(x, mask, "deblur", 0, 0.5):
                pass
            taken.append(time.perf_counter() - start)
        figures[f"milliseconds_{side}"] = 1000 * min(taken)
    return figures


def evaluate(data: list[str] | None = None, count: int = PICTURES, write: bool = True) -> dict[str, Any]:
    """Every figure of the restorer; written into its card if ``write``."""
    pictures = load("held_out", data)
    judge = FeatureDistance(pick_device())
    figures: dict[str, Any] = {}
    for problem in PROBLEMS:
        cases = damaged(pictures, problem, count)
        figures[problem] = {name: measured(method, cases, judge) for name, method in methods(problem).items()}
    figures["estimate_correlation"] = estimates(pictures, 2 * count)
    figures |= speed()
    figures = rounded(figures)
    if write:
        card = checkpoint.read_card(generate.NAME)
        card["metrics"] = figures
        card["metrics_command"] = "python -m genai_demo evaluate repair"
        card["metrics_hardware"] = describe(pick_device())
        checkpoint.write_card(generate.NAME, card)
    return figures


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", nargs="+", help="prepared sets (default: those of faces and of data/repair)")
    parser.add_argument("--pictures", type=COUNT, default=PICTURES, help="held-out pictures of every kind of damage")
    parser.add_argument("--only", choices=ONLY, help="only this: on prepared faces, or on photographs")
    parser.add_argument("--no-card", action="store_true", help="only print, leave the card alone")


def run(args: argparse.Namespace) -> None:
    if args.only:
        found = compared(args.only, args.pictures, args.data[0] if args.data else None, not args.no_card)
    else:
        found = evaluate(args.data, args.pictures, not args.no_card)
    print(json.dumps(found, indent=2))


def compared(what: str, count: int, data: str | None = None, write: bool = True) -> dict[str, Any]:
    """One of ONLY, see ``fairness`` and ``evaluate_holes``, ``_blemishes``, ``_old``; into the card if ``write``."""
    from genai_demo.repair import evaluate_blemishes, evaluate_holes, evaluate_old, fairness

    count = fairness.PICTURES if count == PICTURES else count
    if what == "holes":
        found = evaluate_holes.evaluate(min(count, HOLES))
    elif what == "blemishes":
        found = evaluate_blemishes.evaluate(min(count, HOLES))
    elif what == "old":
        found = evaluate_old.evaluate(min(count, HOLES), data)
    else:
        found = fairness.by_group(count, data) if what == "fairness" else fairness.memorised(count, data)
    if write:
        name = blemishes.NAME if what == "blemishes" else generate.NAME
        card = checkpoint.read_card(name)
        card[what] = {"command": f"python -m genai_demo evaluate repair --only {what}", **found}
        checkpoint.write_card(name, card)
    return found
