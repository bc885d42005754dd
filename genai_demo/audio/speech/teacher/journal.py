"""What the teacher has said so far: sound and notes, one sentence after the other, so that the work can stop anywhere.

    samples.raw    int16 at sounds.RATE: all sentences one after the other
    notes.jsonl    one ``Note`` a line, in the order of the script

A line is written after its samples; what a stop has left half done is cut off when the journal is opened.
"""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech.phonemes import Phone, Utterance
from genai_demo.audio.speech.teacher.scripts import Line


@dataclasses.dataclass
class Note:
    """One sentence. Times are in frames of the teacher (kokoro.FRAME samples of kokoro.RATE)."""

    voice: str
    language: str
    text: str
    normalised: str = ""
    problem: str = ""
    """Why it was not spoken; then the rest is empty."""
    start: int = 0
    length: int = 0
    """Samples at sounds.RATE."""
    symbols: list[str] = dataclasses.field(default_factory=list)
    marks: list[str] = dataclasses.field(default_factory=list)
    languages: list[str] = dataclasses.field(default_factory=list)
    frames: list[int] = dataclasses.field(default_factory=list)
    gaps: list[int] = dataclasses.field(default_factory=list)
    hertz: list[float] = dataclasses.field(default_factory=list)
    """Two a frame, 0 where there is no pitch."""
    words: int = 0
    wrong: int = 0
    """English words, and how many of them the recogniser heard otherwise."""
    tones: float | None = None
    """How well the pitch follows the tones (``tones.likeness``); None where that cannot be told."""

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return self.length / RATE

    @property
    def phones(self) -> list[Phone]:
        """Of the utterance."""
        return [Phone(*parts) for parts in zip(self.symbols, self.marks, self.languages, strict=True)]


def note_of(line: Line, utterance: Utterance) -> Note:
    """A note before the sound is there."""
    return Note(
        line.voice, line.language, line.text, utterance.text,
        symbols=[p.symbol for p in utterance.phones], marks=[p.mark for p in utterance.phones],
        languages=[p.language for p in utterance.phones],
    )  # fmt: skip


class Journal:
    """The notes of a folder, and their sound. Made where there is none yet."""

    def __init__(self, folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        self.sound, self.book = folder / "samples.raw", folder / "notes.jsonl"
        self.sound.touch()
        self.notes, end, size = [], 0, 0
        there = self.sound.stat().st_size // 2
        for line in self.book.read_bytes().splitlines(keepends=True) if self.book.exists() else ():
            try:
                note = Note(**json.loads(line))
            except (ValueError, TypeError):
                break
            if not line.endswith(b"\n") or note.start + note.length > there:
                break
            self.notes.append(note)
            size, end = size + len(line), max(end, note.start + note.length)
        with self.book.open("ab") as file:
            file.truncate(size)
        with self.sound.open("ab") as file:
            file.truncate(2 * end)
        self.end = end

    def add(self, note: Note, samples: np.ndarray) -> None:
        """Write a sentence. samples: (S,) float32 at RATE; fills in ``start`` and ``length``."""
        note.start, note.length = self.end, len(samples)
        whole = (samples * 32_768).round().clip(-32_768, 32_767).astype("<i2")
        with self.sound.open("ab") as file:
            file.write(whole.tobytes())
        with self.book.open("a", encoding="utf-8") as file:
            file.write(json.dumps(dataclasses.asdict(note), ensure_ascii=False) + "\n")
        self.notes.append(note)
        self.end += len(whole)

    def spoken(self) -> Iterator[tuple[Note, np.ndarray]]:
        """Notes and their samples, (S,) float32."""
        whole = np.memmap(self.sound, "<i2", "r") if self.end else np.empty(0, np.int16)
        for note in self.notes:
            yield note, whole[note.start : note.start + note.length].astype(np.float32) / 32_768
