"""Texts that were written for this project: what visitors ask for and the public sources hardly have.

Small talk, descriptions of goods, modern Chinese stories, short functions with examples, longer sentence pairs. Most
were written by a large language model to our order and are published here under the project's licence; the folder
``written`` holds them as plain text:

    *.txt     ``### kind | title`` and the text, the language by the file's name
    *chat*    lines ``U: ...`` and ``A: ...`` by turns, an empty line between conversations
    *.py.txt  ``### name`` and a function
    *.tsv     an English sentence, a tab, its Chinese translation
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("written")
SOURCE, LICENCE = "written", "open"


def records(folder: Path = FOLDER) -> Iterator[tuple[dict[str, Any], str]]:
    """All of them as lines of packs, with the name of the pack. Raises ValueError where a file is malformed."""
    for path in sorted(folder.iterdir()):
        text = path.read_text(encoding="utf-8")
        language = "zh" if path.name.startswith("zh") else "en"
        if path.name.endswith(".py.txt"):
            found, pack = _functions(text), "code"
        elif path.suffix == ".tsv":
            found, pack = _pairs(text, path.name), "translation"
        elif "chat" in path.name:
            found, pack = _chats(text, path.name, language), "dialogue"
        else:
            found, pack = _prose(text, path.name), "zh" if language == "zh" else "written-en"
        for record in found:
            source = "source" if pack == "translation" else "src"
            yield {**record, source: SOURCE, "lic": LICENCE}, pack


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Heading and body of every part that begins with ###."""
    for part in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        yield heading.strip(), body.strip("\n")


def _prose(text: str, name: str) -> Iterator[dict[str, Any]]:
    kinds = {"story": "short", "product": "goods", "news": "news", "article": "article"}
    for heading, body in _parts(text):
        kind, _, title = (part.strip() for part in heading.partition("|"))
        if kind not in kinds or not body.strip():
            raise ValueError(f"{name}: {heading!r} is no text of a known kind.")
        yield {"text": body, "title": title, "kind": kinds[kind]}


def _chats(text: str, name: str, language: str) -> Iterator[dict[str, Any]]:
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.split("\n")
        speakers = [line[:2] for line in lines]
        if speakers != ["U:", "A:"] * (len(lines) // 2):
            raise ValueError(f"{name}: {block[:60]!r} does not alternate between U: and A:.")
        yield {"turns": [line[2:].strip() for line in lines], "lang": language, "kind": "chat"}


def _functions(text: str) -> Iterator[dict[str, Any]]:
    return ({"text": body, "kind": "problem"} for _, body in _parts(text))


def _pairs(text: str, name: str) -> Iterator[dict[str, Any]]:
    for line in text.strip().split("\n"):
        english, tab, chinese = line.partition("\t")
        if not tab or not english.strip() or not chinese.strip() or "\t" in chinese:
            raise ValueError(f"{name}: {line[:60]!r} is no pair of sentences.")
        yield {"src": english.strip(), "tgt": chinese.strip(), "kind": "everyday"}
