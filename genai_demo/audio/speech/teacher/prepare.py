"""Speech by a teacher: sentences with exact times and pitch, made from text alone.

``speak`` lets the voices read by turns and writes what they say into a journal, which can be stopped at any time and
goes on where it stopped. ``assemble`` checks what is there and writes a prepared set as ``audio.clips`` describes,
with two files more:

    phones.json    {id: [[symbol, mark, language, end in seconds], ...]}: every phone, pauses and edges too
    pitch.npy      (F,) float32: hertz at every frame of the clips' mel-spectrograms, 0 in pauses; the teacher has a
                   pitch for voiceless phones too
"""

import argparse
import collections
import dataclasses
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from genai_demo.audio import clips, sounds
from genai_demo.audio.clips import Checks, Row
from genai_demo.audio.data import summary
from genai_demo.audio.mel import HOP
from genai_demo.audio.speech.evaluate import Ear, word_errors, words_of
from genai_demo.audio.speech.phonemes import Utterance
from genai_demo.audio.speech.teacher import kokoro, scripts, sources, timing, tones
from genai_demo.audio.speech.teacher.journal import Journal, Note, note_of
from genai_demo.audio.speech.teacher.kokoro import Speech
from genai_demo.audio.speech.teacher.scripts import Line

VOICES = {"zf_xiaoxiao": "zh", "af_heart": "en", "zm_yunxi": "zh", "am_michael": "en"}
"""Voices in the order of their turns, and the language that each was made from."""
GUESTS = {"zf_xiaoxiao": "af_heart", "af_heart": "zf_xiaoxiao", "zm_yunxi": "am_michael", "am_michael": "zm_yunxi"}
"""Whose style helps each voice with the other language (``kokoro.Speaker``)."""
CHECKS = Checks(min_seconds=0.5, max_seconds=25, max_clipped=0.0001)
MOST_WRONG = 0.5
"""Share of the words of an English sentence that the recogniser may hear otherwise."""
LEAST_TONES = 0.25
"""Least likeness of pitch and tones."""
MINUTES = 75.0


class Voice(Protocol):
    """Whoever speaks: the teacher, or in tests something simpler."""

    def speak(self, utterance: Utterance) -> Speech: ...


class Listener(Protocol):
    """Whoever writes down what it hears: pocketsphinx, or in tests something simpler."""

    def words(self, samples: np.ndarray) -> list[str]: ...


def default_folder() -> Path:
    """``data/speech-teacher`` in the project, or in the folder of GENAI_HOME."""
    return clips.home() / "speech-teacher"


def journal_of(target: Path) -> Path:
    """The folder of the journal of a prepared set: beside it."""
    return target.with_name(f"{target.name}-spoken")


# --------------------------------------------------------------------------- speaking


def misread(note: Note) -> str:
    """What the listener or the tones say against a sentence, "" where nothing."""
    if note.words and note.wrong > MOST_WRONG * note.words:
        return "English misread"
    return "tones missed" if note.tones is not None and note.tones < LEAST_TONES else ""


def speak(
    journal: Journal,
    lines: Sequence[Line],
    voices: dict[str, Voice],
    listener: Listener,
    minutes: float,
    watch: Callable[[Note], None] = lambda note: None,
) -> None:
    """Let the voices read their lines until each has said so many minutes that pass ``misread``.

    lines: of all voices by turns, the same in every run: the journal is taken to hold the first of them. A voice
    that has enough is passed over. watch: hears of every sentence.
    Raises ValueError where the journal is of other lines.
    """
    seconds: collections.defaultdict[str, float] = collections.defaultdict(float)
    done = collections.Counter[str]()
    for note in journal.notes:
        done[note.voice] += 1
        seconds[note.voice] += 0 if note.problem or misread(note) else note.seconds
    for line in lines:
        if done[line.voice]:  # said in an earlier run
            done[line.voice] -= 1
            continue
        if seconds[line.voice] >= 60 * minutes:
            continue
        note = say(journal, line, voices[line.voice], listener)
        seconds[note.voice] += 0 if note.problem or misread(note) else note.seconds
        watch(note)


def say(journal: Journal, line: Line, voice: Voice, listener: Listener) -> Note:
    """Speak one line, measure it and write it down."""
    utterance = kokoro.utterance_of(line.text)
    if utterance is None:
        raise ValueError(
            f"{line.text!r} in the script cannot be spoken as one sentence; begin anew with another --out."
        )
    note = note_of(line, utterance)
    try:
        speech = voice.speak(utterance)
    except ValueError as error:
        note = Note(line.voice, line.language, line.text, problem=str(error))
        journal.add(note, np.empty(0, np.float32))
        return note
    samples = sounds.resample(speech.samples, kokoro.RATE)
    note.frames, note.gaps = speech.frames.tolist(), speech.gaps.tolist()
    note.hertz = [round(float(hertz), 1) for hertz in speech.hertz]
    if line.language == "en":
        said = words_of(note.normalised)
        note.words, note.wrong = len(said), word_errors(said, listener.words(samples))
    else:
        try:
            note.tones = tones.likeness(*_pitch(note, samples)[:2])
        except ValueError as error:
            note.problem = str(error)
    journal.add(note, samples)
    return note


def _pitch(note: Note, samples: np.ndarray) -> tuple[timing.Said, np.ndarray, timing.Timed]:
    """Phones with their times, the pitch from the first kept sample on, and what is kept."""
    times = timing.timed(note, samples)
    return times.said, np.array(note.hertz, np.float32)[round(times.first / sounds.RATE / timing.STEP) :], times


# --------------------------------------------------------------------------- the set


def frames_of(hertz: np.ndarray, samples: int) -> np.ndarray:
    """Pitch every ``timing.STEP`` seconds to pitch at the mel frames of so many samples: (1 + samples // HOP,)."""
    places = np.arange(1 + samples // HOP) * HOP / sounds.RATE / timing.STEP
    return hertz[np.minimum(places.astype(int), len(hertz) - 1)].astype(np.float32)


def assemble(journal: Journal, target: Path) -> dict[str, Any]:
    """Write the prepared set of a journal and return its card. Raises ValueError where nothing of it can be used."""
    dropped: collections.Counter[str] = collections.Counter()
    pitch: dict[str, np.ndarray] = {}
    phones: dict[str, list[list[Any]]] = {}

    def found() -> Iterator[tuple[np.ndarray, Row]]:
        for number, (note, samples) in enumerate(journal.spoken()):
            problem = note.problem or misread(note) or CHECKS.problem(samples)
            if not problem:
                try:
                    said, hertz, times = _pitch(note, samples)
                except ValueError as error:
                    problem = str(error)
            if problem:
                dropped[f"{note.voice}: {problem}"] += 1
                continue
            name = f"{note.voice}_{number:05}"
            kept = samples[times.first : times.last]
            pitch[name] = frames_of(hertz, len(kept))
            ends = (round(end, 5) for end in said.ends)
            phones[name] = [list(x) for x in zip(said.symbols, said.marks, said.languages, ends, strict=True)]
            yield kept, _row(name, note)

    def extra(building: Path, rows: list[Row]) -> dict[str, Any]:
        kept = {row["id"]: phones[row["id"]] for row in rows}
        (building / "phones.json").write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        np.save(building / "pitch.npy", np.concatenate([pitch[row["id"]] for row in rows]))
        return {"made_by": sources.NAME, "terms": sources.TERMS, "packages": sources.packages(), **_measured(journal)}

    def split(rows: list[Row]) -> None:
        clips.split_by_source(rows, "normalised", "speaker")

    return clips.store(found(), target, CHECKS, split, "speaker", dropped, extra)


def _row(name: str, note: Note) -> Row:
    return {
        "id": name, "speaker": note.voice, "language": note.language, "text": note.text, "normalised": note.normalised,
        "pinyin": "", "pinyin_sandhi": "", "source": sources.NAME, "licence": sources.TERMS,
    }  # fmt: skip


def _measured(journal: Journal) -> dict[str, Any]:
    """Word errors and tones of every voice, over all that was said."""
    found: dict[str, dict[str, float]] = {}
    for voice in dict.fromkeys(note.voice for note in journal.notes):
        mine = [note for note in journal.notes if note.voice == voice]
        words, known = sum(note.words for note in mine), [note.tones for note in mine if note.tones is not None]
        found[voice] = {"sentences": len(mine)}
        if words:
            found[voice]["word_error_rate"] = round(sum(note.wrong for note in mine) / words, 4)
        if known:
            found[voice]["tone_likeness"] = round(float(np.mean(known)), 4)
    return {"spoken": found}


# --------------------------------------------------------------------------- the command


def script(path: Path, folder: Path | None, voices: dict[str, str], seed: int, progress: bool) -> list[Line]:
    """The lines of all voices: read from ``path``, or chosen from the texts in ``folder`` and written there.

    Raises ValueError where there are neither, or the script in ``path`` is for other voices.
    """
    if path.exists():
        lines = [Line(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
        if {line.voice for line in lines} != set(voices):
            raise ValueError(f"The script in {path.parent} is for other voices; choose another folder with --out.")
        return lines
    if folder is None:
        raise ValueError("Name a folder of texts in both languages with --texts, such as genai_demo/text/written.")
    lines = list(scripts.lines(scripts.pools(scripts.read_texts(folder), list(voices), seed, progress), voices, seed))
    path.parent.mkdir(parents=True, exist_ok=True)
    building = path.with_name(f".{path.name}")
    written = "".join(json.dumps(dataclasses.asdict(line), ensure_ascii=False) + "\n" for line in lines)
    building.write_text(written, encoding="utf-8")
    building.replace(path)
    return lines


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``python -m genai_demo data audio speech --teacher``."""
    parser.add_argument("room", nargs="?", choices=("speech",), default="speech", help="what the teacher makes")
    parser.add_argument("--teacher", action="store_true", required=True, help="sentences spoken by Kokoro-82M")
    parser.add_argument("--texts", type=Path, metavar="FOLDER", help="texts to choose sentences from, *.txt and *.tsv")
    parser.add_argument("--voices", nargs="+", choices=VOICES, default=list(VOICES), metavar="VOICE", help="who speaks")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="of each voice; 0: only check what is spoken")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="the prepared set; else data/speech-teacher")
    parser.add_argument("--packages", type=Path, metavar="FOLDER", help="the teacher; else data/kokoro")
    parser.add_argument("--seed", type=int, default=0, help="of the script")
    parser.add_argument("--quiet", action="store_true", help="no progress bar, no summary")


def run(args: argparse.Namespace) -> None:
    """Speak what is missing and write the prepared set."""
    from tqdm import tqdm

    if not 0 <= args.minutes <= 600:
        raise ValueError("--minutes is a number from 0 to 600.")
    target = args.out or default_folder()
    journal = Journal(journal_of(target))
    if args.minutes:
        languages = {voice: VOICES[voice] for voice in args.voices}
        lines = script(journal_of(target) / "script.jsonl", args.texts, languages, args.seed, not args.quiet)
        folder = args.packages or clips.home() / "kokoro"
        sources.install(folder, list(VOICES))
        session = kokoro.open_session(folder / sources.NETWORK)
        voices: dict[str, Voice] = {
            voice: kokoro.Speaker(folder, voice, VOICES[voice], GUESTS[voice], session) for voice in args.voices
        }
        with tqdm(unit="s", desc="spoken", disable=args.quiet, mininterval=10) as bar:
            speak(journal, lines, voices, Ear(), args.minutes, lambda note: bar.update(round(note.seconds, 1)))
    card = assemble(journal, target)
    if not args.quiet:
        print("\n".join(["speech by a teacher:", *summary(card)]))
