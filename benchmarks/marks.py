"""How much the invisible marks survive, at which rate of false alarms: ``python -m benchmarks.marks``.

    python -m benchmarks.marks pictures    against invisible-watermark, where it is installed
    python -m benchmarks.marks sounds
    python -m benchmarks.marks table       from the cards into docs/trust.md

    pip install --no-deps -r benchmarks/requirements.txt

Pictures are 256 pixels wide, four prepared faces and photographs (``data faces``) side by side; where there are none,
what the app itself makes. They are marked, saved, attacked as real files, and read. Every method's threshold is the one
that a share of 1e-3 of the unmarked pictures passes. Results go into the cards with --card.
"""

import argparse
import dataclasses
import io
import json
import math
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageFilter, ImageOps
from torch import Tensor

from genai_demo.core import checkpoint, picturemark, soundmark
from genai_demo.core.device import describe, pick_device

RATE_OF_ALARMS = 1e-3
DOCS = Path(__file__).parents[1] / "docs" / "trust.md"
BITS = 32
SIDE = 256


def coded(picture: Image.Image, form: str, quality: int) -> Image.Image:
    """Saved and read again."""
    buffer = io.BytesIO()
    picture.save(buffer, form, quality=quality)
    with Image.open(io.BytesIO(buffer.getvalue())) as found:
        return found.convert("RGB")


def noisy(picture: Image.Image, sigma: float) -> Image.Image:
    """With Gaussian noise of ``sigma`` steps."""
    pixels = np.asarray(picture, np.float32)
    added = np.random.default_rng(int(pixels.sum()) % 2**32).normal(0, sigma, pixels.shape)
    return Image.fromarray((pixels + added).round().clip(0, 255).astype(np.uint8))


def scaled(picture: Image.Image, factor: float) -> Image.Image:
    """Made smaller or larger, and left so."""
    width, height = (round(side * factor) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def cropped(picture: Image.Image, kept: float) -> Image.Image:
    """A part with this share of width and height, not in the middle."""
    width, height = (round(side * kept) for side in picture.size)
    left, top = round((picture.width - width) * 0.3), round((picture.height - height) * 0.6)
    return picture.crop((left, top, left + width, top + height))


ATTACKS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "none": lambda p: p,
    "JPEG 90": lambda p: coded(p, "JPEG", 90),
    "JPEG 75": lambda p: coded(p, "JPEG", 75),
    "JPEG 50": lambda p: coded(p, "JPEG", 50),
    "JPEG 30": lambda p: coded(p, "JPEG", 30),
    "WebP 80": lambda p: coded(p, "WEBP", 80),
    "WebP 50": lambda p: coded(p, "WEBP", 50),
    "resized to 75 %": lambda p: scaled(p, 0.75),
    "resized to 50 %": lambda p: scaled(p, 0.5),
    "resized to 137 %": lambda p: scaled(p, 1.37),
    "4 pixels cut off": lambda p: p.crop((4, 4, p.width, p.height)),
    "cropped to 80 %": lambda p: cropped(p, 0.8),
    "cropped to 50 %": lambda p: cropped(p, 0.5),
    "blurred by 1 pixel": lambda p: p.filter(ImageFilter.GaussianBlur(1)),
    "blurred by 2 pixels": lambda p: p.filter(ImageFilter.GaussianBlur(2)),
    "noise of 5": lambda p: noisy(p, 5),
    "noise of 15": lambda p: noisy(p, 15),
    "brighter by 20 %": lambda p: ImageEnhance.Brightness(p).enhance(1.2),
    "darker by 40 %": lambda p: ImageEnhance.Brightness(p).enhance(0.6),
    "contrast halved": lambda p: ImageEnhance.Contrast(p).enhance(0.5),
    "grey": lambda p: ImageOps.grayscale(p).convert("RGB"),
    "mirrored": ImageOps.mirror,
    "a screenshot": lambda p: coded(scaled(cropped(p, 0.85), 0.9), "JPEG", 80),
}  # fmt: skip


class Method(Protocol):
    """A way of marking pictures."""

    def mark(self, picture: Image.Image, bits: Tensor) -> Image.Image:
        """The picture with the bits in it."""

    def read(self, picture: Image.Image, bits: Tensor) -> tuple[float, float]:
        """How sure it is that there is a mark, and the share of bits that are right."""


class Ours:
    """The network of ``core.picturemark``, searched for as the tab does."""

    def mark(self, picture: Image.Image, bits: Tensor) -> Image.Image:
        return picturemark.embed(picture, bits)

    def read(self, picture: Image.Image, bits: Tensor) -> tuple[float, float]:
        found = picturemark.detect(picture)
        sure = -math.log10(max(found.p, 1e-300))
        return sure, float(np.mean(np.array(found.bits) == bits.numpy()))


@dataclasses.dataclass
class Package:
    """A method of invisible-watermark; it is as sure as bits agree with the ones that it looks for."""

    name: str

    def mark(self, picture: Image.Image, bits: Tensor) -> Image.Image:
        from imwatermark import WatermarkEncoder

        encoder = WatermarkEncoder()
        if self.name == "rivaGan":
            WatermarkEncoder.loadModel()
        encoder.set_watermark("bits", bits.tolist())
        found = encoder.encode(np.asarray(picture)[..., ::-1].copy(), self.name)
        return Image.fromarray(np.ascontiguousarray(found[..., ::-1]))

    def read(self, picture: Image.Image, bits: Tensor) -> tuple[float, float]:
        from imwatermark import WatermarkDecoder

        decoder = WatermarkDecoder("bits", BITS)
        if self.name == "rivaGan":
            WatermarkDecoder.loadModel()
        if picture.width * picture.height < SIDE * SIDE:  # it refuses smaller ones; enlarged they are not unfairly read
            picture = picture.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        found = decoder.decode(np.asarray(picture)[..., ::-1].copy(), self.name)
        right = float(np.mean(np.array(found).astype(int) == bits.numpy()))
        return right, right


def pictures(count: int, folders: list[Path], first: int = 0) -> Iterator[Image.Image]:
    """Pictures of 256 pixels: four prepared ones side by side, or, without data, what the app makes."""
    sets = [np.load(f / "images.npy", mmap_mode="r") for f in folders if (f / "images.npy").is_file()]
    if not sets:
        yield from made(count, first)
        return
    for number in range(first, first + count):
        random = np.random.default_rng(number)
        parts = []
        for _ in range(4):
            images = sets[int(random.integers(len(sets)))]
            parts.append(np.asarray(images[int(random.integers(len(images)))]))
        yield Image.fromarray(np.concatenate([np.concatenate(parts[:2], 1), np.concatenate(parts[2:], 1)], 0))


def made(count: int, first: int) -> Iterator[Image.Image]:
    """Paintings and enlarged faces of our own, by turns."""
    from genai_demo.faces import generate as faces
    from genai_demo.repair import art

    for number in range(first, first + count):
        if number % 2:
            yield art.paint(number, SIDE, SIDE)
        else:
            yield faces.sample(number, 1, 0.8)[0].resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def psnr(one: Image.Image, other: Image.Image) -> float:
    """dB."""
    error = np.square(np.asarray(one, np.float64) - np.asarray(other, np.float64)).mean()
    return 10 * math.log10(255**2 / max(error, 1e-9))


def measure_pictures(args: argparse.Namespace) -> dict[str, Any]:
    """For every method: PSNR, threshold, and for every attack the share of marks found and of bits that are right."""
    methods: dict[str, Method] = {"ours": Ours()}
    try:
        import imwatermark  # noqa: F401

        methods |= {"dwtDctSvd": Package("dwtDctSvd")}
        import onnxruntime  # noqa: F401

        methods |= {"rivaGan": Package("rivaGan")}
    except ImportError as error:
        print(f"{error.name} is missing: measured without it.", file=sys.stderr)
    if args.methods:
        methods = {name: method for name, method in methods.items() if name in args.methods}
    random = torch.Generator().manual_seed(0)
    found: dict[str, Any] = {"unmarked": args.unmarked, "marked": args.count, "methods": {}}
    for name, method in methods.items():
        start = time.perf_counter()
        chance = []
        for number, picture in enumerate(pictures(args.unmarked, args.data, first=10_000)):
            chance.append(method.read(picture, torch.randint(0, 2, (BITS,), generator=random))[0])
            if number % 100 == 99:
                passed = time.perf_counter() - start
                print(f"{name}: {number + 1} unmarked, {passed:.0f} s", file=sys.stderr, flush=True)
        threshold = threshold_of(chance)
        figures: dict[str, Any] = {"threshold": threshold, "highest unmarked": max(chance), "attacks": {}}
        quality: list[float] = []
        results: dict[str, tuple[list[bool], list[float]]] = {attack: ([], []) for attack in ATTACKS}
        for picture in pictures(args.count, args.data):
            bits = torch.randint(0, 2, (BITS,), generator=random)
            marked = coded(method.mark(picture, bits), "PNG", 0)
            quality.append(psnr(picture, marked))
            for attack, change in ATTACKS.items():
                sure, right = method.read(change(marked), bits)
                results[attack][0].append(sure > threshold)
                results[attack][1].append(right)
        figures["psnr"] = float(np.mean(quality))
        figures["psnr_lowest"] = float(np.min(quality))
        for attack, (hits, shares) in results.items():
            figures["attacks"][attack] = {"found": float(np.mean(hits)), "bits": float(np.mean(shares))}
        found["methods"][name] = figures
        print(json.dumps({name: figures}), file=sys.stderr, flush=True)
    return found


def threshold_of(chance: list[float]) -> float:
    """What at most a share of RATE_OF_ALARMS of these passes."""
    allowed = math.floor(RATE_OF_ALARMS * len(chance))
    return sorted(chance, reverse=True)[allowed]


# --------------------------------------------------------------------------- sounds


def lossy(samples: np.ndarray, form: str, level: float) -> np.ndarray:
    """Saved as MP3 or OGG and read again. level: 0 for the largest files, 1 for the smallest."""
    import soundfile

    buffer = io.BytesIO()
    coding = {"MP3": "MPEG_LAYER_III", "OGG": "VORBIS"}[form]
    with soundfile.SoundFile(buffer, "w", soundmark.RATE, 1, coding, format=form, compression_level=level) as file:
        file.write(samples)
    buffer.seek(0)
    found, _ = soundfile.read(buffer, dtype="float32")
    return found


def resampled(samples: np.ndarray, rate: int) -> np.ndarray:
    """At another rate, and back."""
    import soxr

    return soxr.resample(soxr.resample(samples, soundmark.RATE, rate), rate, soundmark.RATE).astype(np.float32)


def with_noise(samples: np.ndarray, snr: float) -> np.ndarray:
    """With white noise so many dB quieter."""
    level = float(np.sqrt(np.square(samples).mean())) * 10 ** (-snr / 20)
    random = np.random.default_rng(len(samples))
    return samples + random.normal(0, level, samples.shape).astype(np.float32)


SOUND_ATTACKS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "none": lambda s: s,
    "MP3, middle": lambda s: lossy(s, "MP3", 0.5),
    "MP3, smallest": lambda s: lossy(s, "MP3", 0.99),
    "OGG, middle": lambda s: lossy(s, "OGG", 0.5),
    "OGG, smallest": lambda s: lossy(s, "OGG", 0.99),
    "16,000 samples a second": lambda s: resampled(s, 16_000),
    "8,000 samples a second": lambda s: resampled(s, 8_000),
    "44,100 samples a second": lambda s: resampled(s, 44_100),
    "noise of -30 dB": lambda s: with_noise(s, 30),
    "noise of -20 dB": lambda s: with_noise(s, 20),
    "noise of -10 dB": lambda s: with_noise(s, 10),
    "quieter by 12 dB": lambda s: (s * 0.25 * 32_767).round().astype(np.float32) / 32_767,
    "louder by 6 dB, clipped": lambda s: np.clip(2 * s, -1, 1),
    "half cut off": lambda s: s[3_001 : 3_001 + len(s) // 2],
    "three quarters cut off": lambda s: s[9_001 : 9_001 + len(s) // 4],
}


def sounds(count: int, folders: list[Path], seconds: float, first: int = 0) -> Iterator[np.ndarray]:
    """Sounds of a length: from the held-out parts of prepared sets, or, without data, what the app makes."""
    from genai_demo.trust.train_sound_mark import Sounds

    length = round(seconds * soundmark.RATE)
    try:
        clips = Sounds([str(f) for f in folders], "held_out", length)
    except ValueError:
        from genai_demo.audio.effects import generate

        kinds = generate.NAMES
        for number in range(first, first + count):
            yield generate.make(kinds[number % len(kinds)], seconds, number)[1]
        return
    for number in range(first, first + count):
        yield clips.drawn(np.random.default_rng(number))


def measure_sounds(args: argparse.Namespace) -> dict[str, Any]:
    """Threshold, and for every attack and length the share of marks found and of bits that are right."""
    found: dict[str, Any] = {"unmarked": args.unmarked, "marked": args.count, "seconds": {}}
    random = torch.Generator().manual_seed(0)
    for seconds in (3.0, 10.0):
        chance = []
        for sound in sounds(args.unmarked, args.data, seconds, first=10_000):
            chance.append(-math.log10(max(soundmark.detect(sound).p, 1e-300)))
        threshold = threshold_of(chance)
        figures: dict[str, Any] = {"threshold": threshold, "highest unmarked": max(chance), "attacks": {}}
        results: dict[str, tuple[list[bool], list[float]]] = {attack: ([], []) for attack in SOUND_ATTACKS}
        ratios = []
        for sound in sounds(args.count, args.data, seconds):
            bits = torch.randint(0, 2, (BITS,), generator=random)
            marked = (soundmark.embed(sound, bits) * 32_767).round() / 32_767
            ratios.append(10 * math.log10(np.square(sound).sum() / max(np.square(marked - sound).sum(), 1e-12)))
            for attack, change in SOUND_ATTACKS.items():
                reading = soundmark.detect(change(marked.astype(np.float32)))
                results[attack][0].append(-math.log10(max(reading.p, 1e-300)) > threshold)
                results[attack][1].append(float(np.mean(np.array(reading.bits) == bits.numpy())))
        figures["snr"] = float(np.mean(ratios))
        for attack, (hits, right) in results.items():
            figures["attacks"][attack] = {"found": float(np.mean(hits)), "bits": float(np.mean(right))}
        found["seconds"][f"{seconds:g}"] = figures
        print(json.dumps({f"{seconds:g} s": figures}), file=sys.stderr, flush=True)
    return found


# --------------------------------------------------------------------------- tables


def picture_table() -> str:
    """What is on the card, as Markdown."""
    figures = checkpoint.read_card(picturemark.NAME)["metrics"]
    methods = figures["methods"]
    lines = [
        "| what happened to the picture | " + " | ".join(f"{name}: found | bits right" for name in methods) + " |",
        "|---|" + "---:|---:|" * len(methods),
    ]
    for attack in ATTACKS:
        cells = [f"{m['attacks'][attack]['found']:.0%} | {m['attacks'][attack]['bits']:.3f}" for m in methods.values()]
        lines.append(f"| {attack} | {' | '.join(cells)} |")
    quality = ", ".join(f"{name} {m['psnr']:.1f} dB" for name, m in methods.items())
    lines += [
        "",
        f"{figures['marked']} marked pictures of {SIDE} pixels; each method's threshold is passed by one in 1,000 of "
        f"{figures['unmarked']:,} unmarked ones. PSNR of the marked pictures: {quality}.",
    ]
    return "\n".join(lines)


def sound_table() -> str:
    """What is on the card, as Markdown."""
    figures = checkpoint.read_card(soundmark.NAME)["metrics"]
    lengths = figures["seconds"]
    lines = [
        "| what happened to the sound | " + " | ".join(f"{s} s: found | bits right" for s in lengths) + " |",
        "|---|" + "---:|---:|" * len(lengths),
    ]
    for attack in SOUND_ATTACKS:
        cells = [f"{m['attacks'][attack]['found']:.0%} | {m['attacks'][attack]['bits']:.3f}" for m in lengths.values()]
        lines.append(f"| {attack} | {' | '.join(cells)} |")
    lines += [
        "",
        f"{figures['marked']} marked sounds of each length; the threshold is passed by one in 1,000 of "
        f"{figures['unmarked']:,} unmarked ones. The mark is {lengths['3']['snr']:.0f} dB quieter than the sound.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write into the cards."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("pictures", "sounds", "table"))
    parser.add_argument("--count", type=int, default=100, help="marked ones")
    parser.add_argument("--unmarked", type=int, default=2_000, help="unmarked ones")
    parser.add_argument("--data", type=Path, nargs="+", help="prepared sets")
    parser.add_argument("--methods", nargs="+", help="of pictures: only these; the others stay on the card")
    parser.add_argument("--card", action="store_true", help="write the figures into the card")
    args = parser.parse_args()
    if args.what == "table":
        words = DOCS.read_text(encoding="utf-8")
        before, after = words.split("<!-- marks:begin -->")[0], words.split("<!-- marks:end -->")[1]
        tables = f"{picture_table()}\n\n{sound_table()}"
        DOCS.write_text(f"{before}<!-- marks:begin -->\n{tables}\n<!-- marks:end -->{after}", encoding="utf-8")
        return
    usual = ("data/faces", "data/faces-photographs") if args.what == "pictures" else ("data/effects", "data/speech")
    args.data = args.data or [Path(p) for p in usual]
    name = picturemark.NAME if args.what == "pictures" else soundmark.NAME
    found = measure_pictures(args) if args.what == "pictures" else measure_sounds(args)
    print(json.dumps(found, indent=2))
    if args.card and args.methods:
        found["methods"] = checkpoint.read_card(name)["metrics"]["methods"] | found["methods"]
    if args.card:
        command = f"python -m benchmarks.marks {args.what} --card"
        measured = {"metrics": found, "metrics_command": command, "metrics_hardware": describe(pick_device())}
        checkpoint.write_card(name, checkpoint.read_card(name) | measured)


if __name__ == "__main__":
    main()
