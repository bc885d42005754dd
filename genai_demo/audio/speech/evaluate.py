"""Measures of speech on held-out recordings: is it understood, how far is it from the recording, how fast does it come.

Words are counted by pocketsphinx, which brings its own model and knows nothing of ours (``pip install
pocketsphinx``). Griffin-Lim copies (librosa), flite and espeak-ng are judged beside ours where they are installed.
"""

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from genai_demo.audio import sounds, vocoder
from genai_demo.audio.clips import Clips
from genai_demo.audio.mel import FFT, HOP, RATE, analyse, filters
from genai_demo.audio.speech import data, generate
from genai_demo.audio.speech.pitch import track

SENTENCES = 60
"""Held-out English sentences, one take of each."""
WORDS = 60
"""Held-out Mandarin words."""
CEPSTRA = 13
LONG_TEXT = "The rain had stopped by the time we reached the harbour, and the boats lay still. " * 12
EAR_RATE = 16_000
"""Samples a second that the recogniser wants."""
PEERS = {
    "flite": ["flite", "-voice", "slt", "-f", "{text}", "{wav}"],
    "espeak-ng": ["espeak-ng", "-f", "{text}", "-w", "{wav}"],
}


# --------------------------------------------------------------------------- words


def words_of(text: str) -> list[str]:
    """Lower-case words without punctuation."""
    return re.findall(r"[a-z']+", text.lower().replace("’", "'"))


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Fewest substitutions, insertions and deletions between two lists of words (Levenshtein 1966)."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != other))
    return row[-1]


class Ear:
    """pocketsphinx with its general English model. Raises ValueError where it is not installed."""

    def __init__(self) -> None:
        try:
            from pocketsphinx import Decoder
        except ImportError as error:
            raise ValueError("Word error rates need `pip install pocketsphinx`.") from error
        self.decoder = Decoder(samprate=EAR_RATE, loglevel="FATAL")

    def words(self, samples: np.ndarray) -> list[str]:
        """What it hears in (S,) samples at RATE. Levels are made equal first, so that none is favoured."""
        loud = sounds.normalise(samples)
        quiet = np.zeros(RATE // 4, np.float32)
        wave = sounds.resample(np.concatenate([quiet, loud, quiet]), RATE, EAR_RATE)
        self.decoder.start_utt()
        self.decoder.process_raw((wave.clip(-1, 1) * 32767).astype("<i2").tobytes(), full_utt=True)
        self.decoder.end_utt()
        found = self.decoder.hyp()
        return words_of(found.hypstr) if found else []


def word_error_rate(ear: Any, texts: Sequence[str], speak: Callable[[int], np.ndarray]) -> float:
    """Errors over words of all texts; ``speak`` gives the samples of text i."""
    errors = total = 0
    for i, text in enumerate(texts):
        said = words_of(text)
        errors += word_errors(said, ear.words(speak(i)))
        total += len(said)
    return errors / max(1, total)


def peer(name: str, text: str) -> np.ndarray:
    """Another program's voice, (S,) at RATE."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "text"), Path(folder, "out.wav")
        source.write_text(text, encoding="utf-8")
        subprocess.run([x.format(text=source, wav=target) for x in PEERS[name]], check=True, capture_output=True)
        return sounds.read(target)


def griffin_lim(mel: np.ndarray) -> np.ndarray:
    """The same spectrogram (100, T) by 32 rounds of Griffin & Lim 1984 (librosa's), as a bar to clear."""
    import librosa

    bank = filters(FFT, len(mel), torch.device("cpu")).numpy()
    magnitude = np.maximum(np.linalg.pinv(bank) @ np.exp(mel), 1e-8)
    return librosa.griffinlim(magnitude, n_iter=32, hop_length=HOP, n_fft=FFT, random_state=0).astype(np.float32)


# --------------------------------------------------------------------------- distances


def cepstra(samples: np.ndarray) -> np.ndarray:
    """(S,) to (T, 13): cosine transform of the log-mel without its mean.

    Scaled so that the distance of two frames is the root mean square difference of their smoothed spectra in dB.
    """
    mel = analyse(samples) * 20 / np.log(10)
    bands = np.arange(len(mel))
    basis = np.cos(np.pi * np.arange(1, CEPSTRA + 1)[:, None] * (bands + 0.5) / len(mel))
    return (basis @ mel).T * np.sqrt(2) / len(mel)


def aligned(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Indices into (T, D) and (U, D) along the cheapest way through both (dynamic time warping)."""
    cost = np.sqrt(((first[:, None] - second[None]) ** 2).sum(-1))
    total = np.full((len(first) + 1, len(second) + 1), np.inf)
    total[0, 0] = 0
    for i in range(len(first)):
        for j in range(len(second)):
            total[i + 1, j + 1] = cost[i, j] + min(total[i, j], total[i, j + 1], total[i + 1, j])
    i, j = len(first), len(second)
    path = []
    while i and j:
        path.append((i - 1, j - 1))
        i, j = min(((i - 1, j - 1), (i - 1, j), (i, j - 1)), key=lambda place: total[place])
    rows, columns = np.array(path[::-1]).T
    return rows, columns


def mel_cepstral_distortion(first: np.ndarray, second: np.ndarray, warp: bool = False) -> float:
    """Mean distance of ``cepstra`` in dB (Kubichek 1993; the 13 coefficients are taken from mel bands).

    warp: bring two sounds of different timing together first; else frame t is compared with frame t.
    """
    a, b = cepstra(first), cepstra(second)
    if warp:
        rows, columns = aligned(a, b)
        a, b = a[rows], b[columns]
    size = min(len(a), len(b))
    return float(np.sqrt(((a[:size] - b[:size]) ** 2).sum(1)).mean())


def pitch_errors(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Root of the mean squared difference in cents where both have a pitch; share of frames where one has none."""
    a, b = (track(torch.from_numpy(np.ascontiguousarray(x, np.float32))).numpy() for x in (first, second))
    size = min(len(a), len(b))
    a, b = a[:size], b[:size]
    both = (a > 0) & (b > 0)
    cents = 1200 * np.log2(a[both] / b[both])
    return float(np.sqrt((cents**2).mean())) if len(cents) else 0.0, float(((a > 0) != (b > 0)).mean())


def tone_likeness(first: np.ndarray, second: np.ndarray) -> float | None:
    """Correlation of the pitch contours of two words after warping; None where too little of them has a pitch."""
    rows, columns = aligned(cepstra(first), cepstra(second))
    a, b = (track(torch.from_numpy(np.ascontiguousarray(x, np.float32))).numpy() for x in (first, second))
    keep = (rows < len(a)) & (columns < len(b))
    a, b = a[rows[keep]], b[columns[keep]]
    both = (a > 0) & (b > 0)
    if both.sum() < 8:
        return None
    a, b = np.log(a[both]), np.log(b[both])
    return float(np.corrcoef(a, b)[0, 1]) if min(a.std(), b.std()) > 1e-3 else None


# --------------------------------------------------------------------------- all together


def one_take(clips: Clips, most: int) -> list[int]:
    """The first clip of each text, at most so many, spread over the set."""
    seen: dict[str, int] = {}
    for i, row in enumerate(clips.rows):
        seen.setdefault(row["normalised"], i)
    found = list(seen.values())
    return found[:: max(1, len(found) // most)][:most]


def copies(clips: Clips, chosen: Sequence[int]) -> dict[str, Any]:
    """Vocoder and Griffin-Lim copies beside the recordings: distortion in dB, pitch in cents, voicing."""
    found: dict[str, list[tuple[float, float, float]]] = {"vocoder": [], "griffin_lim": []}
    for i in chosen:
        wave, mel = clips[i], analyse(clips[i])
        for name, copy in (("vocoder", vocoder.vocode), ("griffin_lim", griffin_lim)):
            made = copy(mel)
            found[name].append((mel_cepstral_distortion(wave, made), *pitch_errors(wave, made)))
    names = ("mel_cepstral_distortion_db", "pitch_rmse_cents", "voicing_errors")
    return {who: dict(zip(names, np.mean(rows, 0).tolist(), strict=True)) for who, rows in found.items()}


def intelligibility(clips: Clips, chosen: Sequence[int]) -> dict[str, float]:
    """Word error rates of the recordings, their copies, our voice and others', on the same sentences."""
    ear, texts = Ear(), [clips.rows[i]["normalised"] for i in chosen]
    mels = [analyse(clips[i]) for i in chosen]
    voices: dict[str, Callable[[int], np.ndarray]] = {
        "recorded": lambda i: clips[chosen[i]],
        "griffin_lim_copy": lambda i: griffin_lim(mels[i]),
        "vocoder_copy": lambda i: vocoder.vocode(mels[i]),
        "synthesised": lambda i: generate.speak(texts[i])[1],
    }
    for name in PEERS:
        if shutil.which(name):
            voices[name] = lambda i, name=name: peer(name, texts[i])  # type: ignore[misc]
    return {name: word_error_rate(ear, texts, speak) for name, speak in voices.items()}


def closeness(clips: Clips, chosen: Sequence[int], voice: str) -> dict[str, float]:
    """Whole sentences or words from their text beside the recordings: distortion after warping, length, tones."""
    distortion, length, tones = [], [], []
    for i in chosen:
        try:
            _, made = generate.speak(clips.rows[i]["text"], voice)
        except ValueError:
            continue
        wave = clips[i]
        distortion.append(mel_cepstral_distortion(wave, made, warp=True))
        length.append(len(made) / len(wave))
        tones.append(tone_likeness(wave, made))
    known = [x for x in tones if x is not None]
    return {
        "items": float(len(distortion)),
        "mel_cepstral_distortion_db": float(np.mean(distortion)),
        "length_ratio": float(np.median(length)),
        "pitch_contour_correlation": float(np.mean(known)) if known else 0.0,
    }


def speed(tries: int = 5) -> dict[str, float]:
    """Computing time: of the vocoder and of the whole chain by second of sound, and until the first sound."""
    generate.warm_up()
    _, samples = generate.speak(LONG_TEXT[:400])
    mel = analyse(samples)
    times: dict[str, list[float]] = {"vocoder_real_time_factor": [], "speech_real_time_factor": []}
    times |= {"first_sound_short_text": [], "first_sound_long_text": []}
    for _ in range(tries):
        start = time.perf_counter()
        vocoder.vocode(mel)
        middle = time.perf_counter()
        _, made = generate.speak(LONG_TEXT[:400])
        end = time.perf_counter()
        times["vocoder_real_time_factor"].append((middle - start) * RATE / len(samples))
        times["speech_real_time_factor"].append((end - middle) * RATE / len(made))
        for name, text in (("short", "Hello there."), ("long", LONG_TEXT)):
            start = time.perf_counter()
            next(generate.stream(text))
            times[f"first_sound_{name}_text"].append(time.perf_counter() - start)
    return {name: float(np.median(values)) for name, values in times.items()}


def evaluate(folder: str | None = None, quick: bool = False) -> dict[str, Any]:
    """All figures; ``quick``: on few clips, to see that it works."""
    held_out, part = data.load(folder), 10 if quick else 1
    english, mandarin = (held_out.chosen(split="held_out", speaker=who) for who in ("kathleen", "yue_tan"))
    sentences, words = one_take(english, SENTENCES // part), one_take(mandarin, WORDS // part)
    found: dict[str, Any] = {"sentences": len(sentences), "words": len(words)}
    if sentences:
        found["word_error_rate"] = intelligibility(english, sentences)
        found["copies_english"] = copies(english, sentences)
        found["english"] = closeness(english, sentences, "kathleen")
    if words:
        found["copies_mandarin"] = copies(mandarin, words)
        found["mandarin"] = closeness(mandarin, words, "yue_tan")
    return found | speed(1 if quick else 5)
