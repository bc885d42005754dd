"""Made-up speech: every phone is a sound of its own, so that its boundaries and its pitch are known."""

import json
from pathlib import Path

import numpy as np

from genai_demo.audio import clips
from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech.model import SpeechConfig
from genai_demo.audio.speech.phonemes import EDGE, MARKS, SYMBOLS

CONFIG = SpeechConfig(len(SYMBOLS), len(MARKS), width=32, heads=2, encoder_layers=1, decoder_layers=2,
                      refiner_layers=1, dropout=0.0)  # fmt: skip
HISSES = frozenset(("S", "T", "K", "HH", "sh", "x", "h", "t", "d"))
SENTENCES = (("see", "S IY"), ("two", "T UW"), ("who", "HH UW"), ("key", "K IY"), ("sue", "S UW"), ("tea", "T IY"))
SYLLABLES = (("shi4", "sh iii"), ("xi1", "x i"), ("ha3", "h a"), ("ta1", "t a"), ("da4", "d a"))


def sound(symbol: str, seconds: float, hertz: float, rng: np.random.Generator) -> np.ndarray:
    """Silence at the edges, filtered noise for consonants, harmonics with two formants for vowels."""
    time = np.arange(round(seconds * RATE)) / RATE
    number = SYMBOLS.index(symbol)
    if symbol == EDGE:
        return 0.001 * rng.standard_normal(len(time))
    if symbol in HISSES:
        return 0.1 * np.sin(2 * np.pi * (3000 + 180 * (number % 30)) * time) * rng.standard_normal(len(time))
    first, second = 300 + 25 * (number % 20), 1000 + 60 * (number % 23)
    wave = np.zeros(len(time))
    for k in range(1, 16):
        near = np.exp(-(((k * hertz - first) / 150) ** 2)) + 0.5 * np.exp(-(((k * hertz - second) / 200) ** 2))
        wave += (0.15 / k + 0.3 * near) * np.sin(2 * np.pi * k * hertz * time)
    return 0.5 * wave


def clip(symbols: list[str], hertz: float, rng: np.random.Generator) -> tuple[np.ndarray, list[float]]:
    """Samples in [-1, 1] and the seconds at which each phone ends. Durations differ."""
    parts, ends = [], []
    for symbol in symbols:
        parts.append(sound(symbol, 0.08 if symbol == EDGE else rng.uniform(0.07, 0.16), hertz, rng))
        ends.append((ends[-1] if ends else 0.0) + len(parts[-1]) / RATE)
    return np.concatenate(parts).clip(-1, 1).astype(np.float32), ends


def english(rng: np.random.Generator, number: int):
    """A clip of three words with its row and alignment."""
    words = [SENTENCES[i] for i in rng.permutation(len(SENTENCES))[:3]]
    symbols = [EDGE, *" ".join(said for _, said in words).split(" "), EDGE]
    samples, ends = clip(symbols, 190 + 20 * rng.random(), rng)
    times = list(zip(symbols, [0.0, *ends], ends, strict=False))

    def timed(part):
        return [["SIL" if s == EDGE else s, start, end - start] for s, start, end in part]

    alignment, place = [["<sil>", 0.0, ends[0], timed(times[:1])]], 1
    for word, said in words:
        size = len(said.split(" "))
        part = times[place : place + size]
        alignment.append([word, part[0][1], part[-1][2] - part[0][1], timed(part)])
        place += size
    alignment.append(["<sil>", times[-1][1], ends[-1] - times[-1][1], timed(times[-1:])])
    text = " ".join(word for word, _ in words) + "."
    return samples, row(f"e{number}", "kathleen", "en", text), alignment


def row(name: str, speaker: str, language: str, text: str, pinyin: str = "") -> dict[str, str]:
    return {"id": name, "speaker": speaker, "language": language, "text": text, "normalised": text, "pinyin": pinyin,
            "pinyin_sandhi": pinyin, "source": "made", "licence": "CC0"}  # fmt: skip


def write_set(home: Path, sentences: int = 16, words: int = 24) -> dict[str, list[float]]:
    """A prepared set in ``home``/data/speech. Returns the true ends of the Mandarin clips' phones."""
    rng = np.random.default_rng(5)
    found, alignments, truth = [], {}, {}
    for number in range(sentences):
        samples, about, alignments[f"e{number}"] = english(rng, number)
        found.append((samples, about))
    for number in range(words):
        chosen = [SYLLABLES[i] for i in rng.permutation(len(SYLLABLES))[: 1 + number % 3]]
        symbols = [EDGE, *" ".join(said for _, said in chosen).split(" "), EDGE]
        samples, truth[f"z{number}"] = clip(symbols, 240 + 20 * rng.random(), rng)
        pinyin = " ".join(spelled for spelled, _ in chosen)
        found.append((samples, row(f"z{number}", "chen_wang" if number % 4 == 3 else "yue_tan", "zh", pinyin, pinyin)))

    def split(rows):
        for place, about in enumerate(rows):
            about["split"] = clips.SPLITS[place % 6 == 0]

    def extra(building, rows):
        (building / "align.json").write_text(json.dumps(alignments), encoding="utf-8")
        return {}

    target = home / "data" / "speech"
    target.parent.mkdir(parents=True, exist_ok=True)
    clips.store(iter(found), target, clips.Checks(), split, "speaker", extra=extra)
    return truth
