"""Reads the packs of speech, checks them, and stores them as one array of samples with an index.

``prepare`` writes data/speech as ``genai_demo.audio.clips`` describes. A row of the index has

    id              "kathleen_a0001_1592748574", "w_资本", "s_zai4"
    speaker         "kathleen" (English sentences), "yue_tan" (Mandarin words), "chen_wang" (toned syllables)
    language        "en" or "zh"
    text            as written; of the syllables the pinyin
    normalised      English: numbers and abbreviations in words; Mandarin: the text
    pinyin          Mandarin: syllables with the number of their tone, "xue2 fei4"; English: ""
    pinyin_sandhi   the same as it is spoken
    source          pack, and file within it
    licence, start, length, split, peak, rms    see clips

and beside it lies ``align.json``, for the clips that the pack has aligned (the English ones):

    {id: [[word, start, seconds, [[phone, start, seconds], ...]], ...]}

with times in seconds from the start of the clip, at a step of 0.01 s, the 39 phones of CMU without
stress marks and SIL and +NSN+; pauses are words called "<sil>". Several takes of a sentence always
fall on the same side of the split.
"""

import collections
import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from genai_demo.audio import clips, sounds
from genai_demo.audio.clips import Checks, Clips, Row
from genai_demo.audio.sounds import RATE

PACKS = {"en": "speech-en.zip", "zh": "speech-zh.zip"}
LICENCES = {
    "kathleen": "CC0 1.0 (rhasspy/dataset-voice-kathleen)",
    "ljspeech": "public domain (LJ Speech 1.1, LibriVox, Linda Johnson)",
    "yue_tan": "CC BY-SA 3.0 US (Shtooka cmn-caen-tan, Yue Tan)",
    "chen_wang": "CC BY-SA (audio-cmn, Chen Wang)",
}
CHECKS = Checks(min_seconds=0.15, max_seconds=20, max_clipped=0.001)
LONGEST_FILE = 600.0
"""Seconds of a file that holds many clips."""
Alignment = list[list[Any]]
"""Words of a clip: [word, start, seconds, [[phone, start, seconds], ...]]."""


def default_folder() -> Path:
    """``data/speech`` in the project, or in the folder of GENAI_HOME."""
    return clips.home() / "speech"


def read_pack(path: Path, language: str, dropped: collections.Counter[str]) -> Iterator[tuple[np.ndarray, Row]]:
    """The clips of a pack and their rows, file after file; what cannot be read is counted in ``dropped``.

    metadata.csv has a header and | between its columns, no quotes; a clip lies in ``file`` from
    ``start`` for ``seconds``, or is wavs/ID.ogg as a whole. Raises ValueError where ``path`` is no such pack.
    """
    try:
        with zipfile.ZipFile(path) as pack:
            with pack.open("metadata.csv") as handle:
                text = io.TextIOWrapper(handle, "utf-8", newline="")
                entries = list(csv.DictReader(text, delimiter="|", quoting=csv.QUOTE_NONE))
            files: dict[str, list[dict[str, str]]] = collections.defaultdict(list)
            for entry in entries:
                files[entry.get("file") or f"wavs/{entry['id']}.ogg"].append(entry)
            for name, mine in files.items():
                try:
                    samples = sounds.read(pack.read(name), LONGEST_FILE)
                except (ValueError, KeyError, zipfile.BadZipFile) as error:
                    dropped["missing" if isinstance(error, KeyError) else str(error)] += len(mine)
                    continue
                for entry in mine:
                    yield _cut(samples, entry), _row(entry, language, f"{path.stem}/{name}")
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is no pack of speech: a zip with sounds and a metadata.csv.") from error


def _cut(samples: np.ndarray, entry: dict[str, str]) -> np.ndarray:
    if not entry.get("file"):
        return samples
    start = round(float(entry["start"]) * RATE)
    return samples[start : start + round(float(entry["seconds"]) * RATE)]


def _row(entry: dict[str, str], language: str, source: str) -> Row:
    return {
        "id": entry["id"],
        "speaker": entry["speaker"],
        "language": language,
        "text": entry["text"],
        "normalised": entry.get("normalised") or entry["text"],
        "pinyin": entry.get("pinyin") or "",
        "pinyin_sandhi": entry.get("pinyin_sandhi") or entry.get("pinyin") or "",
        "source": source,
        "licence": LICENCES.get(entry["speaker"], "not stated"),
    }


def read_alignments(path: Path) -> dict[str, Alignment]:
    """What the pack's align.jsonl says, by clip; nothing where there is none."""
    found: dict[str, Alignment] = {}
    with zipfile.ZipFile(path) as pack:
        if "align.jsonl" in pack.namelist():
            for line in pack.read("align.jsonl").decode("utf-8").splitlines():
                if line.strip():
                    entry = json.loads(line)
                    found[entry["id"]] = entry["words"]
    return found


def prepare(source: Path | None = None, target: Path | None = None, progress: bool = True) -> dict[str, Any]:
    """Write the prepared set and return its card.

    source: the folder of the packs (default: GENAI_DATA); of the languages those that are there are read.
    target: default ``data/speech``. Raises ValueError where there is no pack or nothing of it can be used.
    """
    from tqdm import tqdm

    folder = Path(source) if source is not None else clips.packs()
    there = {language: folder / name for language, name in PACKS.items() if (folder / name).is_file()}
    if not there:
        raise ValueError(f"There is none of {', '.join(PACKS.values())} in {folder}.")
    dropped: collections.Counter[str] = collections.Counter()
    found = (pair for language, path in there.items() for pair in read_pack(path, language, dropped))

    def alignments(building: Path, rows: list[Row]) -> dict[str, Any]:
        known = {k: v for path in there.values() for k, v in read_alignments(path).items()}
        kept = {row["id"]: known[row["id"]] for row in rows if row["id"] in known}
        (building / "align.json").write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        return {"aligned": len(kept)}

    return clips.store(
        tqdm(found, unit="clip", disable=not progress),
        Path(target) if target is not None else default_folder(),
        CHECKS,
        lambda rows: clips.split_by_source(rows, "normalised", "speaker"),
        "speaker",
        dropped,
        alignments,
    )


def load(folder: str | Path | None = None) -> Clips:
    """The prepared speech. Raises ValueError where there is none."""
    return clips.load(Path(folder) if folder is not None else default_folder())


def load_phones(folder: str | Path | None = None) -> dict[str, list[list[Any]]]:
    """``phones.json`` of speech by a teacher: {id: [[symbol, mark, language, end in seconds], ...]}; {} for recordings.

    Raises ValueError where it is damaged.
    """
    path = (Path(folder) if folder is not None else default_folder()) / "phones.json"
    try:
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} is damaged; make the set anew.") from error


def load_alignments(folder: str | Path | None = None) -> dict[str, Alignment]:
    """``align.json`` of the prepared speech. Raises ValueError where there is none."""
    path = (Path(folder) if folder is not None else default_folder()) / "align.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"There is no {path}; run `python -m genai_demo data audio --only speech` first.") from error
