"""What a document is, and how the packs and other people's files become documents."""

import hashlib
import json
import lzma
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genai_demo.text import forms

TASKS = ("story", "news", "product", "poem", "prose", "translate", "chat", "code")
LANGUAGES = ("en", "zh")

SHORTEST = 8
"""Characters; anything shorter teaches nothing (translations excepted)."""
PACKS = ("stories-en", "news-ads-en", "zh", "translation", "dialogue", "code")


@dataclass(frozen=True)
class Document:
    """One example. ``text`` is empty for a chat, whose ``turns`` alternate between user and reply."""

    task: str
    language: str
    """Of ``text``; of the source side for a translation."""
    text: str
    other: str = ""
    """The Chinese side of a translation."""
    turns: tuple[str, ...] = ()
    title: str = ""
    prompt: str = ""
    """What was asked for, where the text is an answer."""
    form: str = ""
    """What it is, more exactly than its task: one of ``forms.FORMS[task]``, or nothing."""
    kind: str = ""
    source: str = ""
    licence: str = "unk"
    group: str = ""
    """Documents of one group (chapters of a book) fall into the same split."""

    def whole(self) -> str:
        """All its text in one string."""
        return "\n".join(part for part in (self.title, self.prompt, self.text, self.other, *self.turns) if part)

    def key(self) -> str:
        """The same for documents that differ in spacing and case only."""
        return hashlib.sha256("".join(self.whole().lower().split()).encode("utf-8", "replace")).hexdigest()[:24]


def clean(text: str) -> str:
    """NFC, line feeds only, no trailing spaces, at most one empty line in a row. Raises ValueError for binary data."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n"))
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
        raise ValueError("control characters")
    lines: list[str] = []
    for line in (line.rstrip() for line in text.strip("\n").split("\n")):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines)


def from_record(record: dict[str, Any], pack: str) -> Document:
    """A line of a pack as a document. Raises ValueError (a reason in a few words) where it is none."""
    kind = str(record.get("kind", ""))
    licence = str(record.get("lic", "unk"))
    if "turns" in record:
        turns = tuple(clean(str(turn)) for turn in record["turns"])
        if len(turns) < 2 or not all(turns):
            raise ValueError("empty turn")
        language = str(record.get("lang", "en"))
        source = str(record["src"])
        form = forms.of_chat(kind, source)
        return Document("chat", language, "", turns=turns, form=form, kind=kind, source=source, licence=licence)
    if "tgt" in record:
        english, chinese = clean(str(record["src"])), clean(str(record["tgt"]))
        if not english or not chinese:
            raise ValueError("empty side")
        source = str(record["source"])
        return Document(
            "translate", "en", english, chinese, form=forms.of_translation(source), kind=kind, source=source,
            licence=licence, group=english.lower(),
        )  # fmt: skip
    text = str(record["text"]).expandtabs(4) if pack == "code" else str(record["text"])
    text, title = clean(text), clean(str(record.get("title", "")))
    if len(text) < SHORTEST:
        raise ValueError("too short")
    author, source = str(record.get("author", "")), str(record.get("src", ""))
    prompt = clean(str(record.get("prompt", "")))
    task, form = forms.of_prose(kind, source, text, prompt)
    if pack == "code":
        task, form = "code", form if task == "code" else ""
    chapters = kind in ("classic", "novel", "fairytale")  # of one work: held out together
    return Document(
        task,
        "zh" if pack == "zh" else "en",
        text,
        title="" if chapters else title,
        prompt=prompt,
        form=form,
        kind=kind,
        source=source,
        licence=licence,
        group=f"{author} {title.split(' - ')[0]}" if chapters and title else "",
    )


def read_packs(folder: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """The lines of all packs text-*.jsonl.xz in a folder, with the name of their pack.

    Raises ValueError where a pack is missing or damaged.
    """
    for pack in PACKS:
        path = folder / f"text-{pack}.jsonl.xz"
        if not path.is_file():
            raise ValueError(f"There is no {path.name} in {folder}.")
        for record in read_lines(path):
            yield record, pack


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file, packed by xz or plain. Raises ValueError for anything else."""
    opener = lzma.open if path.suffix == ".xz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                record = json.loads(line)
                if not isinstance(record, dict):
                    raise ValueError(f"{path}, line {number}: not an object.")
                yield record
    except (lzma.LZMAError, UnicodeDecodeError, json.JSONDecodeError, EOFError) as error:
        raise ValueError(f"{path} is damaged: {error}") from error


def read_own(place: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Other people's texts: a .txt, .py, .md or .jsonl(.xz) file, or a folder of them.

    A text file is one document, code where its name ends in .py; a JSON line needs ``text``,
    ``src`` and ``tgt``, or ``turns``, and may have the other fields of the packs.
    """
    files = sorted(p for p in place.rglob("*") if p.is_file()) if place.is_dir() else [place]
    if not place.exists():
        raise ValueError(f"There is no {place}.")
    found = False
    for path in files:
        if path.name.endswith((".jsonl", ".jsonl.xz")):
            found = True
            for record in read_lines(path):
                chinese = _is_chinese(str(record.get("text", "")))
                yield record, "zh" if chinese else "own"
        elif path.suffix in (".txt", ".md", ".py"):
            found = True
            text = path.read_bytes().decode("utf-8-sig", "replace")
            pack = "code" if path.suffix == ".py" else "zh" if _is_chinese(text) else "own"
            yield {"text": text, "kind": "own", "src": path.name, "title": "", "lic": "own"}, pack
    if not found:
        raise ValueError(f"{place} holds no .txt, .md, .py or .jsonl file.")


def _is_chinese(text: str) -> bool:
    """More than a fifth of its letters are Han characters."""
    letters = [c for c in text[:5000] if c.isalpha()]
    return sum("\u4e00" <= c <= "\u9fff" for c in letters) > len(letters) / 5
