"""A picture heard, a sound seen: what is measured on one decides the settings of the model that makes the other.

Every result comes with its ``Cause``s. The rules are ours, and said as such: nothing in a picture has a key. Same
file, same result.
"""

import zlib
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from PIL import Image

from genai_demo.audio import mel
from genai_demo.audio.sounds import RATE
from genai_demo.core.colours import flattened
from genai_demo.faces import align
from genai_demo.faces import generate as faces
from genai_demo.faces.encoders import ATTRIBUTES

FIFTHS = ("C", "G", "D", "A", "E", "B", "F#", "C#", "Ab", "Eb", "Bb", "F")
"""Neighbouring colours get keys that share most of their notes, as in Scriabin's keyboard of lights."""
LOOKED_AT = 128
"""Longer side in pixels at which a picture is measured."""
GREY = 0.06
"""Chroma below which a picture has no colour."""
RESTLESS = 10.0
"""Mean gradient of the lightness, in units of 0 to 100 a pixel, of a picture that counts as wholly restless."""
WARM = 40.0
"""Degrees on the colour circle of CIELAB where colours are warmest; opposite they are coldest."""
QUIET, LOUD = -60.0, -12.0
"""Decibels of a sound that counts as wholly quiet, and as wholly loud."""
ATTACKS = 8.0
"""Beginnings a second of a sound that counts as wholly busy."""
LOWEST_MIDDLE, HIGHEST_MIDDLE = 0.02, 0.65
"""Where the middle of the spectrum lies on the mel scale, from 0 to 1, of a sound that counts as wholly low or high."""
ROUND = 5.0
"""Seconds of a loud sound in which a painting that moves with it comes round once."""
PALETTE_BY_PITCH = ("ink", "dusk", "ember", "copper", "meadow", "orchid", "ocean", "aurora", "porcelain", "candy")
"""From dark sounds to bright ones."""


@dataclass(frozen=True)
class Cause:
    """One thing that was measured, and the setting that it decided."""

    measured: str
    """Key of its name: "lightness", "hue" ..."""
    value: float
    """From 0 to 1, or from -1 to 1 for warmth and mood; of a hue degrees."""
    setting: str
    """Name of the setting."""
    chosen: Any


def look_at(picture: Image.Image) -> dict[str, float]:
    """What a picture is like: lightness, chroma, contrast, unrest from 0 to 1, warmth from -1 to 1, hue in degrees of
    CIELAB, and, where a face is seen, how much it smiles from 0 to 1."""
    small = flattened(picture).convert("RGB")
    small.thumbnail((LOOKED_AT, LOOKED_AT), Image.Resampling.BOX)
    lab = cv2.cvtColor(np.asarray(small).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lightness, a, b = lab[..., 0], lab[..., 1], lab[..., 2]
    chroma = np.hypot(a, b)
    down, across = np.gradient(lightness) if min(lightness.shape) > 1 else (lightness * 0, lightness * 0)
    found = {
        "lightness": float(lightness.mean() / 100),
        "chroma": float(min(1.0, chroma.mean() / 60)),
        "contrast": float(min(1.0, lightness.std() / 35)),
        "unrest": float(min(1.0, np.hypot(down, across).mean() / RESTLESS)),
        "hue": float(np.degrees(np.arctan2(b.mean(), a.mean())) % 360),
        "warmth": float(
            (chroma * np.cos(np.arctan2(b, a) - np.radians(WARM))).sum() / max(float(chroma.sum()), 1e-6)
        ) * min(1.0, float(chroma.mean()) / 20),
    }  # fmt: skip
    smile = smile_in(picture)
    return found if smile is None else found | {"smile": smile}


@torch.inference_mode()
def smile_in(picture: Image.Image) -> float | None:
    """How much the largest face of a picture smiles, a guess from 0 to 1; None where no face or no weights are."""
    try:
        face = align.align_face(flattened(picture).convert("RGB"))
        classifier = faces.network("faces-classifier")
    except ValueError:
        return None
    pixels = faces.to_tensor([face], classifier.config.resolution)
    return float(classifier(pixels)[0, list(ATTRIBUTES).index("smile")].float().sigmoid())


def tune_of(picture: Image.Image, styles: list[str]) -> tuple[dict[str, Any], list[Cause]]:
    """Settings for ``audio.music.generate.compose`` and the sound of its instruments, and what led to them.

    styles: those that the model knows. The settings: style, key, tempo (1 as usual), sound, seed.
    """
    seen = look_at(picture)
    energy = 0.5 * (seen["unrest"] + seen["contrast"])
    joy = 1.4 * (seen["lightness"] - 0.5) + 0.5 * seen["warmth"] + 0.8 * (seen.get("smile", 0.5) - 0.5)
    grey = seen["chroma"] < GREY
    tonic = FIFTHS[0 if grey else round(seen["hue"] / 30) % 12]
    mode = "maj" if joy > 0.15 else "mix" if joy > 0 else "dor" if joy > -0.2 else "min"
    wanted = "chorale" if grey else next(
        name for name, below in (("air", 0.2), ("waltz", 0.32), ("hornpipe", 0.45), ("jig", 0.6), ("reel", 9.0))
        if energy < below
    )  # fmt: skip
    style = wanted if wanted in styles else styles[0]
    tempo = round(0.8 + 0.4 * energy, 2)
    bright, vivid = seen["lightness"] > 0.5, seen["chroma"] > 0.25
    sound = ("whistle" if vivid else "flute") if bright else ("concertina" if vivid else "guitar")
    causes = [
        Cause("chroma" if grey else "hue", seen["chroma"] if grey else seen["hue"], "tonic", tonic),
        Cause("lightness", seen["lightness"], "mode", mode),
        Cause("warmth", seen["warmth"], "mode", mode),
        *([Cause("smile", seen["smile"], "mode", mode)] if "smile" in seen else []),
        Cause("unrest", seen["unrest"], "style", style),
        Cause("contrast", seen["contrast"], "tempo", tempo),
        Cause("chroma", seen["chroma"], "sound", sound),
    ]
    return {
        "style": style, "key": f"{tonic} {mode}", "tempo": tempo, "sound": sound, "seed": _seed_of_picture(picture),
    }, causes  # fmt: skip


def _seed_of_picture(picture: Image.Image) -> int:
    """A number that small changes, such as another size or format, leave mostly as it is."""
    tiny = np.asarray(flattened(picture).convert("L").resize((8, 8), Image.Resampling.BOX)) // 32
    return zlib.crc32(tiny.tobytes()) % 100_000


def listen_to(samples: np.ndarray) -> dict[str, float]:
    """What a sound (S,) at RATE is like, each from 0 to 1.

    Pitch: how high its spectrum lies. Noise: how evenly that is filled. Loudness. Range: between its loud and its quiet
    parts. Attacks: beginnings a second. Length: 1 from ten seconds on.
    """
    log_mel = mel.analyse(np.pad(samples.astype(np.float32), (0, max(0, 2048 - len(samples)))))
    power, bands = np.exp(2 * log_mel), np.exp(log_mel).mean(1)
    levels = 10 * np.log10(power.sum(0) + 1e-10)
    rms = 20 * np.log10(float(np.sqrt((samples.astype(np.float64) ** 2).mean())) + 1e-10)
    flat = float(np.exp(np.log(bands + 1e-10).mean()) / (bands.mean() + 1e-10))
    middle = float((bands * np.arange(len(bands))).sum() / (bands.sum() + 1e-10) / len(bands))
    heard = levels > levels.max() - 40
    rises = np.maximum(np.diff(log_mel, axis=1), 0).mean(0) if log_mel.shape[1] > 1 else np.zeros(1)
    loud = rises > max(0.15, rises.mean() + 1.5 * rises.std())
    begun = int((loud[1:] & ~loud[:-1]).sum() + loud[:1].sum())
    seconds = len(samples) / RATE
    spread = float(np.percentile(levels[heard], 95) - np.percentile(levels[heard], 10))
    return {
        "pitch": float(np.clip((middle - LOWEST_MIDDLE) / (HIGHEST_MIDDLE - LOWEST_MIDDLE), 0, 1) ** 0.6),
        "noise": float(np.clip(flat, 0, 1)),
        "loudness": float(np.clip((rms - QUIET) / (LOUD - QUIET), 0, 1)),
        "range": float(np.clip(spread / 30, 0, 1)),
        "attacks": float(np.clip(begun / max(seconds, 0.2) / ATTACKS, 0, 1)),
        "length": float(np.clip(seconds / 10, 0, 1)),
    }


def painting_of(samples: np.ndarray) -> tuple[dict[str, Any], list[Cause]]:
    """Settings for ``repair.art.paint``, and what led to them: palette, hue, symmetry, complexity, contrast, zoom,
    seed."""
    heard = listen_to(samples)
    palette = PALETTE_BY_PITCH[min(len(PALETTE_BY_PITCH) - 1, int(heard["pitch"] * len(PALETTE_BY_PITCH)))]
    symmetry = "kaleidoscope" if heard["noise"] < 0.12 else "mirror" if heard["noise"] < 0.3 else "none"
    complexity = round(0.15 + 0.8 * heard["attacks"], 2)
    contrast = round(0.25 + 0.7 * heard["range"], 2)
    zoom = round(0.7 + 0.9 * heard["loudness"], 2)
    profile = mel.analyse(np.pad(samples.astype(np.float32), (0, max(0, 2048 - len(samples))))).mean(1)
    seed = zlib.crc32((profile[: len(profile) // 8 * 8].reshape(8, -1).mean(1) * 2).round().astype(np.int8).tobytes())
    causes = [
        Cause("pitch", heard["pitch"], "palette", palette),
        Cause("noise", heard["noise"], "symmetry", symmetry),
        Cause("attacks", heard["attacks"], "complexity", complexity),
        Cause("range", heard["range"], "contrast", contrast),
        Cause("loudness", heard["loudness"], "zoom", zoom),
    ]
    return {
        "palette": palette, "symmetry": symmetry, "complexity": complexity, "contrast": contrast, "zoom": zoom,
        "seed": seed % 100_000,
    }, causes  # fmt: skip


def moments_of(samples: np.ndarray, fps: float) -> np.ndarray:
    """Moments (N,) of a painting that moves with a sound: it goes on faster where the sound is loud, and rests where
    it is silent; ``ROUND`` loud seconds bring it round once."""
    count = max(1, int(np.ceil(len(samples) / RATE * fps)))
    parts = np.array_split(samples.astype(np.float64), count)
    level = np.array([float(np.sqrt((part**2).mean())) if len(part) else 0.0 for part in parts])
    pace = level / max(float(np.percentile(level, 90)), 1e-6)
    return np.cumsum(np.clip(pace, 0, 1.5)) / (ROUND * fps)
