"""A small pack of made-up tunes and chorales, and a model of a few thousand weights."""

import csv
import json
from pathlib import Path

import numpy as np

from genai_demo.audio.music.pieces import in_key

SMALL = ("--layers=1", "--width=32", "--heads=2", "--context=512", "--batch=4", "--log-every=1", "--dropout=0")
KEYS = (("D:maj", 2, "maj"), ("G:maj", 7, "maj"), ("A:min", 9, "min"))


def walk(rng: np.random.Generator, low: int, high: int, scale: set[int], count: int) -> list[int]:
    """Pitches of the scale by steps."""
    pitches = [p for p in range(low, high + 1) if p % 12 in scale]
    place, found = len(pitches) // 2, []
    for _ in range(count):
        place = int(np.clip(place + rng.integers(-2, 3), 0, len(pitches) - 1))
        found.append(pitches[place])
    return found


def tune(rng: np.random.Generator, number: int, pickup: bool, chords: bool) -> dict:
    """Eight bars of 4/4 in eighths with a long note at the end; ``pickup``: it begins with one, at tick 0."""
    key, tonic, mode = KEYS[number % len(KEYS)]
    pitches = walk(rng, 62, 81, in_key(tonic, mode), 60)
    melody, now = [], 0
    if pickup:
        melody, now = [[0, 12, pitches[0], 80]], 12
    for bar in range(8):
        lengths = [24, 12, 12, 24, 12, 12] if bar < 7 else [24, 24, 36 if pickup else 48]
        for length in lengths:
            melody.append([now, length, pitches[len(melody) % 60], 80])
            now += length
    record = {
        "id": f"t_{number}",
        "style": "reel",
        "key": key,
        "metre": "4/4",
        "bpm": 120,
        "tracks": {"melody": melody},
    }
    if chords:
        record["tracks"]["chords"] = [
            [bar * 96, 96, 48 + (tonic + step) % 12, 60] for bar in range(8) for step in (0, 4, 7)
        ]
    return record


def chorale(rng: np.random.Generator, number: int) -> dict:
    """Four bars for four voices in quarters."""
    key, tonic, mode = KEYS[number % len(KEYS)]
    ranges = {"soprano": (62, 77), "alto": (57, 70), "tenor": (50, 65), "bass": (40, 58)}
    tracks = {
        voice: [[24 * i, 24, p, 80] for i, p in enumerate(walk(rng, low, high, in_key(tonic, mode), 16))]
        for voice, (low, high) in ranges.items()
    }
    return {"id": f"bach_bwv{number}", "style": "chorale", "key": key, "metre": "4/4", "bpm": 72, "tracks": tracks}


def write_pack(folder: Path) -> Path:
    """A pack in the form of the real one."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    sets = {
        "bach_chorales": [chorale(rng, n) for n in range(40)],
        "nottingham": [tune(rng, n, False, True) for n in range(100, 160)],
        "ryans_mammoth": [tune(rng, n, n % 2 == 0, False) for n in range(200, 260)],
    }
    titles = []
    for name, records in sets.items():
        lines = [json.dumps(record) for record in records]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        titles += [{"id": r["id"], "title": "" if name == "bach_chorales" else f"Tune {r['id']}"} for r in records]
    with (folder / "index.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["id", "title"])
        writer.writeheader()
        writer.writerows(titles)
    return folder
