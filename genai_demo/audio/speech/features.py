"""From prepared clips to what the acoustic model learns: mels, and a few numbers for every phone.

``prepare`` writes, beside the clips in data/speech,

    features/mel.npy      (F, 100) float16: log-mels of all clips one after the other
    features/phones.npz   the arrays of ``Features``
    features/card.json    statistics, the symbols, how the boundaries were found

English phones and their times are those of the pack's alignment: what was said, not what a dictionary
expects; the dictionary tells only which vowel is stressed. Mandarin clips come with syllables and no
times; ``aligner`` finds them. Speech by a teacher comes with all of it, exact: phones in both languages, their
times, and their pitch.
"""

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch

from genai_demo.audio import mel
from genai_demo.audio.clips import SPLITS, Clips
from genai_demo.audio.speech import aligner, data, labels, pitch
from genai_demo.audio.speech.labels import Said
from genai_demo.audio.speech.phonemes import MARKS, SYMBOLS

SPEAKERS = ("kathleen", "yue_tan", "chen_wang")
"""Of the recordings; a set by a teacher has its own."""
LANGUAGES = ("en", "zh")
SPOKEN_IN = {"kathleen": "en", "yue_tan": "zh", "chen_wang": "zh"}
BOUNDARIES = "English: the pack's alignment; Mandarin: hidden Markov model (aligner.py)"
CLIP = 4.0
"""Standardised numbers stay within this many deviations."""


@dataclasses.dataclass
class Features:
    """All clips. Arrays over phones and arrays over clips; ``mel`` is mapped, not loaded."""

    mel: np.ndarray
    symbol: np.ndarray
    """(P,) index into SYMBOLS."""
    mark: np.ndarray
    """(P,) index into MARKS."""
    language: np.ndarray
    """(P,) index into LANGUAGES."""
    place: np.ndarray
    """(P,) see ``labels.places``."""
    frames: np.ndarray
    """(P,) duration; those of a clip add up to its frames."""
    pitch: np.ndarray
    """(P,) median of log F0 over the voiced frames, standardised by speaker; between its neighbours where voiceless."""
    melody: np.ndarray
    """(P, 3) how the pitch moves within the phone (labels.melody), in the same units as ``pitch``."""
    voiced: np.ndarray
    """(P,) bool: whether the pitch was measured."""
    energy: np.ndarray
    """(P,) mean log amplitude, standardised by speaker."""
    first_phone: np.ndarray
    """(C + 1,) where the phones of each clip begin; the last is P."""
    first_frame: np.ndarray
    """(C + 1,) where its frames begin; the last is F."""
    speaker: np.ndarray
    """(C,) index into ``speakers``."""
    split: np.ndarray
    """(C,) index into clips.SPLITS."""
    card: dict[str, Any]

    @property
    def speakers(self) -> list[str]:
        """Their names, in the order of their numbers."""
        return self.card["speakers"]

    def chosen(self, split: str, speaker: str) -> np.ndarray:
        """Indices of clips."""
        found = (self.split == SPLITS.index(split)) & (self.speaker == self.speakers.index(speaker))
        return np.flatnonzero(found)


def _standardised(
    values: np.ndarray, groups: np.ndarray, counted: np.ndarray, count: int
) -> tuple[np.ndarray, list, list]:
    """Every one of ``count`` groups' values with mean 0 and deviation 1 over those that count; means and deviations."""
    found = np.zeros(len(values), np.float32)
    means, scales = [], []
    for group in range(count):
        mine = groups == group
        part = values[mine & counted]
        means.append(float(part.mean()) if len(part) else 0.0)
        scales.append(max(float(part.std()), 1e-3) if len(part) else 1.0)
        found[mine] = np.nan_to_num((values[mine] - means[-1]) / scales[-1]).clip(-CLIP, CLIP)
    return found, means, scales


# --------------------------------------------------------------------------- the set


def folder_of(folder: str | Path | None = None) -> Path:
    """Where the features of the prepared speech lie."""
    return (Path(folder) if folder is not None else data.default_folder()) / "features"


def prepare(folder: str | Path | None = None, progress: bool = True) -> dict[str, Any]:
    """Write the features of the prepared speech in ``folder`` and return their card.

    Clips that have fewer frames than their phones need are left out and counted. The folder appears
    whole or not at all. Raises ValueError where there is no prepared speech.
    """
    clips = data.load(folder)
    hertz_of = _exact_pitch(clips, folder)
    said = _said(clips, folder)
    kept = [i for i, s in enumerate(said) if 1 + clips.rows[i]["length"] // mel.HOP >= 2 * len(s.symbols)]
    left_out = len(said) - len(kept)
    clips.rows, said = [clips.rows[i] for i in kept], [said[i] for i in kept]
    if not clips.rows:
        raise ValueError("None of the prepared clips can be used: they need an alignment or pinyin.")
    target = folder_of(folder)
    building = target.with_name(f".{target.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    first_frame = np.concatenate([[0], np.cumsum([1 + row["length"] // mel.HOP for row in clips.rows])])
    mels, hertz = _analysed(clips, first_frame, building / "mel.npy", hertz_of, progress)
    frames = _durations(clips, said, mels, first_frame)
    arrays, card = _phone_arrays(clips, said, mels, hertz, frames, first_frame)
    card |= {"left_out": left_out, "samples": len(clips.samples)}
    np.savez(building / "phones.npz", **arrays)  # type: ignore[arg-type]
    (building / "card.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    building.replace(target)
    return card


def _said(clips: Clips, folder: str | Path | None) -> list[Said]:
    """What was said in the clips; those of which it is not known are taken out of ``clips``."""
    if phones := data.load_phones(folder):
        clips.rows = [row for row in clips.rows if row["id"] in phones]
        columns = (zip(*phones[row["id"]], strict=True) for row in clips.rows)
        return [Said(*map(list, (s, marks, ends, languages))) for s, marks, languages, ends in columns]
    alignments = data.load_alignments(folder)
    clips.rows = [r for r in clips.rows if r["speaker"] in SPEAKERS and (r["pinyin"] or r["id"] in alignments)]
    return [
        labels.mandarin_phones(row["pinyin_sandhi"])
        if row["pinyin"]
        else labels.english_phones(alignments[row["id"]], row["text"])
        for row in clips.rows
    ]


def _exact_pitch(clips: Clips, folder: str | Path | None) -> dict[str, np.ndarray]:
    """Hertz at every frame of every clip, voiceless ones too, as the teacher knows them; {} for recordings.

    Raises ValueError where there are not as many as frames.
    """
    path = folder_of(folder).with_name("pitch.npy")
    if not path.exists():
        return {}
    whole = np.load(path)
    ends = np.cumsum([1 + row["length"] // mel.HOP for row in clips.rows])
    if ends[-1] != len(whole):
        raise ValueError(f"{path} does not fit the clips beside it; make the set anew.")
    return {row["id"]: part for row, part in zip(clips.rows, np.split(whole, ends[:-1]), strict=True)}


def _analysed(
    clips: Clips, first_frame: np.ndarray, path: Path, hertz_of: dict[str, np.ndarray], progress: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Log-mels (F, 100) float16, written to ``path`` and mapped; pitch (F,) in Hz.

    hertz_of: the pitch that is known. What is voiced the sound tells: a teacher has a pitch for voiceless phones too.
    """
    from tqdm import tqdm

    mels = np.lib.format.open_memmap(path, "w+", np.float16, (int(first_frame[-1]), mel.MELS))
    hertz = np.zeros(len(mels), np.float32)
    for i in tqdm(range(len(clips)), unit="clip", disable=not progress):
        wave = torch.from_numpy(clips[i])
        place = slice(first_frame[i], first_frame[i + 1])
        mels[place] = mel.mel(wave).T.numpy()
        tracked = pitch.track(wave).numpy()
        known = hertz_of.get(clips.rows[i]["id"], tracked)
        hertz[place] = np.where(tracked > 0, known, 0)
    mels.flush()
    return mels, hertz


def _durations(clips: Clips, said: list[Said], mels: np.ndarray, first_frame: np.ndarray) -> list[np.ndarray]:
    """Frames of every phone of every clip; where they had to be found, ``said`` gets its closing pause."""
    found = [np.empty(0, np.int64)] * len(said)
    unknown = [i for i, s in enumerate(said) if not s.ends]
    for i, s in enumerate(said):
        if s.ends:
            found[i] = labels.frames_until(s.ends, int(first_frame[i + 1] - first_frame[i]))
    if unknown:
        numbers = [np.array([SYMBOLS.index(symbol) for symbol in said[i].symbols]) for i in unknown]
        cepstra = [aligner.cepstra(mels[first_frame[i] : first_frame[i + 1]]) for i in unknown]
        speakers = np.array([clips.rows[i]["speaker"] for i in unknown])
        for speaker in set(speakers):  # voices and microphones differ; phones should not
            mine = np.flatnonzero(speakers == speaker)
            mean = np.concatenate([cepstra[i] for i in mine]).mean(0)
            for row in mine:
                cepstra[row] = cepstra[row] - mean
        for i, durations in zip(unknown, aligner.align(cepstra, numbers, len(SYMBOLS)), strict=True):
            said[i], found[i] = labels.with_closing_pause(said[i], durations)
    return found


def _speakers(clips: Clips) -> list[str]:
    """All recorded speakers, or the teacher's voices."""
    names = {row["speaker"] for row in clips.rows}
    return list(SPEAKERS) if names <= set(SPEAKERS) else sorted(names)


def _phone_arrays(
    clips: Clips, said: list[Said], mels: np.ndarray, hertz: np.ndarray, frames: list[np.ndarray],
    first_frame: np.ndarray,
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:  # fmt: skip
    """The arrays of ``Features`` but the mel, and their card."""
    speakers = _speakers(clips)
    symbols, marks, languages, place, prosody, melodies = [], [], [], [], [], []
    for i, s in enumerate(said):
        spoken_in = s.languages or [SPOKEN_IN[clips.rows[i]["speaker"]]] * len(s.symbols)
        languages.append(np.array([LANGUAGES.index(language) for language in spoken_in], np.uint8))
        part = slice(first_frame[i], first_frame[i + 1])
        symbols.append(np.array([SYMBOLS.index(symbol) for symbol in s.symbols], np.uint8))
        marks.append(np.array([MARKS.index(mark) for mark in s.marks], np.uint8))
        place.append(labels.places(s.marks, s.symbols))
        prosody.append(labels.by_phone(hertz[part], labels.loudness(mels[part]), frames[i]))
        melodies.append(labels.melody(hertz[part], prosody[-1][0], frames[i]))
    symbol = np.concatenate(symbols)
    speaker = np.array([speakers.index(row["speaker"]) for row in clips.rows], np.uint8)
    owner = np.repeat(speaker, [len(s) for s in symbols])
    pitches, voiced, level = (np.concatenate(column) for column in zip(*prosody, strict=True))
    speech = ~np.isin(symbol, [SYMBOLS.index(x) for x in labels.SILENT])
    voiced &= speech
    pitches, pitch_mean, pitch_scale = _standardised(pitches, owner, voiced, len(speakers))
    energy, energy_mean, energy_scale = _standardised(level, owner, speech, len(speakers))
    melody = np.nan_to_num(np.concatenate(melodies)) / np.array(pitch_scale)[owner, None]
    arrays = {
        "melody": melody.clip(-CLIP, CLIP).astype(np.float32),
        "symbol": symbol, "mark": np.concatenate(marks),
        "language": np.concatenate(languages), "place": np.concatenate(place),
        "frames": np.concatenate(frames).astype(np.int16), "pitch": pitches, "voiced": voiced, "energy": energy,
        "first_phone": np.concatenate([[0], np.cumsum([len(s) for s in symbols])]), "first_frame": first_frame,
        "speaker": speaker, "split": np.array([SPLITS.index(row["split"]) for row in clips.rows], np.uint8),
    }  # fmt: skip
    every = np.asarray(mels[:: max(1, len(mels) // 100_000)], np.float32)
    card = {
        "symbols": list(SYMBOLS), "marks": list(MARKS), "speakers": speakers, "clips": len(said),
        "frames": len(mels), "phones": len(symbol), "licences": clips.licences(),
        "kinds": {k: v for k, v in clips.card["kinds"].items() if k in speakers},
        "boundaries": "exact, by the teacher" if said[0].languages else BOUNDARIES,
        "made_by": clips.card.get("made_by", ""),
        "mel_mean": every.mean(0).tolist(), "mel_scale": every.std(0).clip(1e-2).tolist(),
        "pitch_mean": pitch_mean, "pitch_scale": pitch_scale, "energy_mean": energy_mean, "energy_scale": energy_scale,
    }  # fmt: skip
    return arrays, card


def load(folder: str | Path | None = None) -> Features:
    """The features of the prepared speech. Raises ValueError where there are none, or of other phones."""
    place = folder_of(folder)
    try:
        card = json.loads((place / "card.json").read_text(encoding="utf-8"))
        mels = np.load(place / "mel.npy", mmap_mode="r")
        with np.load(place / "phones.npz") as arrays:
            found = Features(mels, **{name: arrays[name] for name in arrays.files}, card=card)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ValueError(f"There are no features in {place}. Prepare the speech first.") from error
    if card["symbols"] != list(SYMBOLS) or card["marks"] != list(MARKS):
        raise ValueError(f"The features in {place} are of other phones. Training makes them anew.")
    return found
