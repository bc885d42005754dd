"""Measures of voices that a teacher taught, beside the teacher: words, tones, lengths, pauses, questions.

The teacher's phones, their times and their pitch are known exactly, so what the model plans can be compared phone by
phone. English words are counted by a recogniser, on the teacher's held-out sentences and, where the recordings of
``data/speech`` are prepared, on the held-out sentences of these too.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from genai_demo.audio import vocoder
from genai_demo.audio.clips import Clips
from genai_demo.audio.mel import HOP, analyse
from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech import data, evaluate, generate
from genai_demo.audio.speech.evaluate import Ear, copies, mel_cepstral_distortion, one_take, word_error_rate
from genai_demo.audio.speech.labels import SILENT
from genai_demo.audio.speech.phonemes import EDGE
from genai_demo.audio.speech.plans import PlannedPhone
from genai_demo.audio.speech.teacher.prepare import default_folder

FINAL = 2
"""Syllables at the end of a question whose contour is compared."""
SAME = 0.5
"""Semitones up to which a contour counts as level."""
Taught = list[list[Any]]
"""Symbol, mark, language and end in seconds of every phone of a clip."""


def evaluate_voices(folder: Path | None = None, quick: bool = False) -> dict[str, Any]:
    """All figures, a voice each, and the speed. quick: on a few clips. Raises ValueError where nothing is prepared."""
    folder = folder or default_folder()
    everything = data.load(folder)
    phones = data.load_phones(folder)
    pitch = np.load(folder / "pitch.npy")
    first = np.cumsum([0, *(1 + row["length"] // HOP for row in everything.rows)])
    hertz = {row["id"]: pitch[a:b] for row, a, b in zip(everything.rows, first, first[1:], strict=False)}
    held_out = everything.chosen(split="held_out")
    texts = _english_texts(held_out, 4 if quick else evaluate.SENTENCES)
    ear = Ear()
    found: dict[str, Any] = {"sentences": len(texts), "voices": {}}
    for voice, language in generate.voices().items():
        clips = held_out.chosen(speaker=voice)
        if quick:
            clips.rows = clips.rows[:4]
        about = {"clips": len(clips), "copies": copies(clips, range(len(clips)))["vocoder"]}
        about |= closeness(clips, voice) | prosody(clips, voice, phones, hertz)
        if language == "en":
            about["word_error_rate"] = intelligibility(ear, clips, texts, voice)
        found["voices"][voice] = about
    return found | evaluate.speed(1 if quick else 5)


def _english_texts(held_out: Clips, most: int) -> list[str]:
    """English sentences that no training text was: those of the recordings where they are prepared."""
    try:
        clips = data.load().chosen(split="held_out", speaker="kathleen")
    except ValueError:
        clips = held_out.chosen(language="en")
    return [clips.rows[i]["normalised"] for i in one_take(clips, most)]


def intelligibility(ear: Any, clips: Clips, texts: Sequence[str], voice: str) -> dict[str, float]:
    """Share of English words heard wrong: on ``texts``, and by who says them on the teacher's own sentences."""
    mine = [i for i, row in enumerate(clips.rows) if row["language"] == "en"]
    said = [clips.rows[i]["normalised"] for i in mine]
    rates = {"synthesised": word_error_rate(ear, texts, lambda i: generate.speak(texts[i], voice)[1])}
    if said:
        rates["teacher"] = word_error_rate(ear, said, lambda i: clips[mine[i]])
        rates["teacher_copy"] = word_error_rate(ear, said, lambda i: vocoder.vocode(analyse(clips[mine[i]])))
        rates["synthesised_same"] = word_error_rate(ear, said, lambda i: generate.speak(said[i], voice)[1])
    return rates


def closeness(clips: Clips, voice: str) -> dict[str, float]:
    """Distance of the whole chain from the teacher's sound after warping (dB), and how much longer it lasts."""
    distortion, length = [], []
    for i, row in enumerate(clips.rows):
        made = generate.speak(row["text"], voice)[1]
        distortion.append(mel_cepstral_distortion(clips[i], made, warp=True))
        length.append(len(made) / len(clips[i]))
    return {
        "mel_cepstral_distortion_db": float(np.mean(distortion)) if distortion else 0.0,
        "length_ratio": float(np.median(length)) if length else 0.0,
    }


def prosody(clips: Clips, voice: str, phones: dict[str, Taught], hertz: dict[str, np.ndarray]) -> dict[str, Any]:
    """What is planned from the text beside what the teacher did: pitch, lengths, pauses, ends of questions."""
    pitch, lengths, questions = [], [], []
    pauses: dict[str, list[tuple[float, float]]] = {"comma": [], "stop": []}
    for row in clips.rows:
        planned = generate.plan(row["text"], voice).phones
        pairs = matched(planned, phones[row["id"]])
        pitch += contours(pairs, hertz[row["id"]], row["language"])
        lengths += syllables(pairs)
        for ours, start, end in pairs:
            if ours.silent and ours.symbol != EDGE:
                kind = "comma" if ours.symbol == "," else "stop"
                if ours is not planned[-2]:  # the last one runs into the silence at the end
                    pauses[kind].append((ours.milliseconds / 1000, end - start))
        if row["text"].rstrip("\"'”’").endswith(("?", "？")):
            questions.append(question(pairs, hertz[row["id"]]))
    found: dict[str, Any] = {
        "pitch_contour_correlation": float(np.mean(pitch)) if pitch else None,
        "syllable_length_correlation": _correlation(lengths),
        "pause_ratio": {
            k: float(np.sum([a for a, _ in v]) / np.sum([b for _, b in v])) for k, v in pauses.items() if v
        },
        "questions": len(questions),
        "questions_end_alike": sum(questions),
    }
    return found


def matched(planned: Sequence[PlannedPhone], taught: Taught) -> list[tuple[PlannedPhone, float, float]]:
    """Planned phones with the seconds at which the teacher's begin and end; what only one of them has is left out."""
    found, place, start = [], 0, 0.0
    for symbol, _, _, end in taught:
        if symbol in SILENT:
            if place < len(planned) and planned[place].symbol == symbol:
                found.append((planned[place], start, end))
                place += 1
        else:
            while place < len(planned) and planned[place].silent:
                place += 1
            if place == len(planned) or planned[place].symbol != symbol:
                break  # the text is read otherwise today
            found.append((planned[place], start, end))
            place += 1
        start = end
    return found


def contours(pairs: Sequence[tuple[PlannedPhone, float, float]], hertz: np.ndarray, language: str) -> list[float]:
    """Correlation of planned and taught log pitch over the syllables of a sentence, three points each; [] without."""
    ours, theirs = [], []
    for phone, start, end in pairs:
        if phone.mark and phone.hertz:
            taught = thirds(hertz, start, end)
            if taught is not None:
                ours += [12 * np.log2(phone.hertz) + x for x in phone.melody]
                theirs += taught
    both = _correlation(list(zip(ours, theirs, strict=True)))
    return [both] if both is not None and language != "en" else []


def thirds(hertz: np.ndarray, start: float, end: float) -> list[float] | None:
    """Semitones at the start, middle and end of a syllable; None where too little of it has a pitch."""
    part = hertz[round(start * RATE / HOP) : round(end * RATE / HOP)]
    voiced = part[part > 0]
    if len(voiced) < 3:
        return None
    return [float(12 * np.log2(third).mean()) for third in np.array_split(voiced, 3)]


def syllables(pairs: Sequence[tuple[PlannedPhone, float, float]]) -> list[tuple[float, float]]:
    """Seconds of the vowels and finals: planned, taught."""
    return [(phone.milliseconds / 1000, end - start) for phone, start, end in pairs if phone.mark]


def question(pairs: Sequence[tuple[PlannedPhone, float, float]], hertz: np.ndarray) -> bool:
    """Whether the last syllables of a sentence go the way that the teacher's go: up, down or level."""
    last = [pair for pair in pairs if pair[0].mark and pair[0].hertz][-FINAL:]
    ours = [12 * np.log2(phone.hertz) + x for phone, _, _ in last for x in phone.melody]
    theirs = [x for _, start, end in last for x in thirds(hertz, start, end) or ()]
    return bool(ours and theirs) and _way(ours) == _way(theirs)


def _way(semitones: Sequence[float]) -> int:
    """1 where the last third lies above the first, -1 below, 0 level."""
    count = max(1, len(semitones) // 3)
    change = float(np.mean(semitones[-count:]) - np.mean(semitones[:count]))
    return 0 if abs(change) < SAME else int(np.sign(change))


def _correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Pearson's; None for fewer than three pairs or no spread."""
    if len(pairs) < 3:
        return None
    a, b = np.array(pairs).T
    return float(np.corrcoef(a, b)[0, 1]) if min(a.std(), b.std()) > 1e-6 else None
