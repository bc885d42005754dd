"""Measures of the music model on held-out pieces and on what it writes; ``figures`` returns them.

Every figure about written music stands beside the same figure of held-out music.
"""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from genai_demo.audio.music import generate, leading, listening, tunes
from genai_demo.audio.music.data import Music
from genai_demo.audio.music.events import MAX_BARS, decode
from genai_demo.audio.music.form_figures import form_figures
from genai_demo.audio.music.pieces import TONICS, Piece, in_key
from genai_demo.audio.music.train import bits_per_event

PROBES = 200
"""Held-out pieces of each layout for bits per event."""
WRITTEN = 24
"""Pieces of each style that are written and compared, and of each that are written in the form AABB."""
PARTS = 32
"""Bars of those: two parts of eight, each with its repeat."""


def pitch_classes(pieces: Sequence[Piece]) -> np.ndarray:
    """Share of time of each step above the tonic: (12,)."""
    found = np.zeros(12)
    for piece in pieces:
        for note in piece.lead:
            found[(note.pitch - piece.tonic) % 12] += note.length
    return found / max(1.0, found.sum())


def rhythms(pieces: Sequence[Piece]) -> Counter:
    """Share of each (position in the bar, length) of the leading voice, by metre."""
    counts = Counter((p.metre, note.start % p.bar, note.length) for p in pieces for note in p.lead)
    total = max(1, sum(counts.values()))
    return Counter({key: count / total for key, count in counts.items()})


def distance(a: Any, b: Any) -> float:
    """Half the sum of differences of two histograms, arrays or counters: 0 is the same, 1 nothing in common."""
    if isinstance(a, Counter):
        return 0.5 * sum(abs(a[key] - b[key]) for key in a.keys() | b.keys())
    return 0.5 * float(np.abs(np.asarray(a) - np.asarray(b)).sum())


def written_like(piece: Piece, seed: int) -> Piece:
    """A new piece of the same style, key, metre and length."""
    chords = piece.layout == "melody and chords"
    key = f"{TONICS[piece.tonic]} {piece.mode}"
    return generate.compose(piece.style, key, min(MAX_BARS, piece.bars), seed, piece.metre, chords=chords)


def chord_fit(piece: Piece) -> float:
    """Share of the time under chords in which the melody's note belongs to the chord."""
    inside = total = 0
    for chord in piece.chords:
        classes = {pitch % 12 for pitch in chord.pitches()}
        for note in piece.lead:
            shared = min(note.end, chord.end) - max(note.start, chord.start)
            if shared > 0:
                total += shared
                inside += shared * (note.pitch % 12 in classes)
    return inside / max(1, total)


def same_chords(a: Piece, b: Piece) -> float:
    """Share of the beats of ``a`` with chords at which both have the same root."""
    roots = [{t: c.root for c in p.chords for t in range(c.start, c.end, 12)} for p in (a, b)]
    return float(np.mean([roots[1].get(t) == root for t, root in roots[0].items()])) if roots[0] else 0.0


def compared(real: Sequence[Piece], written: Sequence[Piece]) -> dict[str, float]:
    """Histogram distances, notes outside the key, whether the key is heard as meant, and copies."""
    half = len(real) // 2
    index = tunes.index()
    found = {
        "pitch_class_distance": distance(pitch_classes(written), pitch_classes(real)),
        "pitch_class_distance_real": distance(pitch_classes(real[:half]), pitch_classes(real[half:])),
        "rhythm_distance": distance(rhythms(written), rhythms(real)),
        "rhythm_distance_real": distance(rhythms(real[:half]), rhythms(real[half:])),
    }
    for name, pieces in (("", written), ("_real", real)):
        runs = [index.longest_shared(piece.lead).notes for piece in pieces]
        found |= {
            f"out_of_key{name}": float(np.mean([piece.out_of_key() for piece in pieces])),
            f"key_heard_as_meant{name}": float(np.mean([heard_as_meant(piece) for piece in pieces])),
            f"longest_copy{name}": float(np.median(runs)),
            f"longest_copy_worst{name}": float(max(runs)),
            f"last_note_is_tonic{name}": float(np.mean([(p.lead[-1].pitch - p.tonic) % 12 == 0 for p in pieces])),
        }
    return found


def heard_as_meant(piece: Piece) -> bool:
    """Whether the key finder hears the scale that the piece was asked for."""
    tonic, mode = listening.find_key(piece.lead)
    natural = in_key(tonic, mode) if mode == "maj" else in_key((tonic + 3) % 12, "maj")
    meant = in_key(piece.tonic, piece.mode) if piece.mode != "min" else in_key((piece.tonic + 3) % 12, "maj")
    return natural == meant


def faults(pieces: Sequence[Piece]) -> dict[str, float]:
    """Faults of voice leading in 16 bars of chorales, by kind."""
    found, bars = sum((leading.count(piece) for piece in pieces), Counter()), sum(piece.bars for piece in pieces)
    return {name.replace(" ", "_"): 16 * found[name] / max(1, bars) for name in leading.FAULTS}


def speed(tries: int = 3) -> dict[str, float]:
    """Seconds for 16 bars of a tune with chords and of a chorale, and for rendering 30 s of it; medians."""
    times: dict[str, list[float]] = {}
    for seed in range(tries):
        for name, style in (("tune", "reel"), ("chorale", "chorale")):
            start = time.perf_counter()
            piece = generate.compose(style, "D maj", 16, seed)
            written = time.perf_counter()
            generate.render(piece)
            rendered = time.perf_counter()
            times.setdefault(f"seconds_16_bars_{name}", []).append(written - start)
            times.setdefault(f"seconds_render_30_s_{name}", []).append((rendered - written) * 30 / piece.seconds)
    return {name: float(np.median(values)) for name, values in times.items()}


def figures(music: Music, quick: bool = False) -> dict[str, Any]:
    """All measures; ``quick``: on few pieces, to see that it works."""
    part = 8 if quick else 1
    found: dict[str, Any] = {"bits_per_event": bits_per_event(generate.model(), music, PROBES // part)}
    for style in generate.styles():
        chosen = music.chosen("held_out", style)[: WRITTEN // part]
        real = [decode(music.piece(i).tolist()) for i in chosen]
        if len(real) < 2:
            continue
        written = [written_like(piece, i) for i, piece in enumerate(real)]
        found[style.replace(" ", "_")] = compared(real, written)
        if style != "chorale":
            asked = [generate.compose(p.style, p.key, PARTS, i, form="AABB") for i, p in enumerate(real)]
            usual = [decode(music.piece(i).tolist()) for i in music.chosen("train", style)]
            found[style.replace(" ", "_")] |= form_figures(usual, asked)
        if style == "chorale":
            found["faults_in_16_bars"], found["faults_in_16_bars_real"] = faults(written), faults(real)
    with_chords = music.chosen("held_out", "", "melody and chords")[: WRITTEN // part]
    real = [decode(music.piece(i).tolist()) for i in with_chords]
    mine = [generate.accompany(piece, piece.style, seed=i) for i, piece in enumerate(real)]
    if real:
        found["chords_fit"] = float(np.mean([chord_fit(piece) for piece in mine]))
        found["chords_fit_real"] = float(np.mean([chord_fit(piece) for piece in real]))
        found["chords_as_in_the_source"] = float(np.mean([same_chords(a, b) for a, b in zip(real, mine, strict=True)]))
    return found | speed(1 if quick else 3)
