"""Fetches or reads texts, checks and cleans them, and writes them as token numbers with a data card.

Without --from: the packs in the folder that the variable GENAI_DATA names, else the public sources
of ``sources``, which are downloaded beside the prepared folder. A prepared folder holds

    tokens.npy      (T,) uint16: all documents one after the other, laid out by ``layout``
    documents.npz   start, length, bytes, task, language, split, source of every document
    card.json       counts by task, source, licence and split, what was dropped and why, the settings;
                    of public sources also the addresses and checksums, and what could not be had
"""

import argparse
import collections
import dataclasses
import hashlib
import itertools
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from genai_demo.text import written
from genai_demo.text.documents import LANGUAGES, TASKS, Document, from_record, read_own, read_packs
from genai_demo.text.fetch import Library, choose, read_public
from genai_demo.text.forms import FORMS
from genai_demo.text.mending import mend
from genai_demo.text.tokenizer import CONTROLS, Tokenizer, load_tokenizer
from genai_demo.text.variants import with_variants

LICENCES = ("all", "open")
SPLITS = ("train", "held_out")
HELD_OUT_PERCENT = 5
UNLABELLED_PERCENT = 10
"""Of the training documents, the form is left out, so that the model also writes without one."""
CHUNK = 2_000
"""Documents tokenised at a time."""


@dataclasses.dataclass
class Texts:
    """A prepared set. Arrays over documents have the same length; see the module for the files."""

    tokens: np.ndarray
    start: np.ndarray
    length: np.ndarray
    bytes: np.ndarray
    """UTF-8 bytes of the text that a document's tokens stand for, controls aside."""
    task: np.ndarray
    """Index into TASKS."""
    language: np.ndarray
    """Index into LANGUAGES."""
    split: np.ndarray
    """Index into SPLITS."""
    source: np.ndarray
    """Index into ``card["source_names"]``."""
    card: dict[str, Any]

    def document(self, index: int) -> np.ndarray:
        """The tokens of a document."""
        return self.tokens[self.start[index] : self.start[index] + self.length[index]]

    def form(self, index: int) -> str:
        """What a document is labelled as, "" where it has no label."""
        size, names = load_tokenizer().text_size, FORMS[TASKS[self.task[index]]]
        controls = [CONTROLS[token - size] for token in self.document(index)[:4].tolist() if token >= size]
        return next((name for name in controls if name in names), "")

    def forms(self) -> list[str]:
        """What the texts are labelled as, see ``text.forms``; in the order of the control tokens."""
        size, every = load_tokenizer().text_size, {form for names in FORMS.values() for form in names}
        found = np.unique(self.tokens[self.tokens >= size]) - size
        return [CONTROLS[number] for number in found if CONTROLS[number] in every]

    def chosen(self, split: str, task: str = "", language: str = "") -> np.ndarray:
        """Indices of the documents of a split, and of a task and language if asked for."""
        found = self.split == SPLITS.index(split)
        if task:
            found = found & (self.task == TASKS.index(task))
        if language:
            found = found & (self.language == LANGUAGES.index(language))
        return np.flatnonzero(found)


def default_folder() -> Path:
    """``data/text`` in the project, or in the folder of GENAI_HOME."""
    return Path(os.environ.get("GENAI_HOME") or Path(__file__).parents[2]) / "data" / "text"


def layout(document: Document, tokenizer: Tokenizer, pieces: list[list[int]]) -> list[int]:
    """A document as tokens. pieces: its encoded parts, in the order of ``parts``.

    prose      task language (form) (title ...) (prompt ...) body ... end
    translate  translate (form) en ... zh ... end
    chat       chat language (form) user ... reply ... user ... end
    code       code (form) body ... end
    """
    mark, rest = tokenizer.control, iter(pieces)
    form = [mark(document.form)] if document.form else []
    if document.task == "translate":
        return [mark("translate"), *form, mark("en"), *next(rest), mark("zh"), *next(rest), mark("end")]
    found = [mark(document.task)]
    if document.task == "chat":
        found += [mark(document.language), *form]
        for number, turn in enumerate(rest):
            found += [mark("reply" if number % 2 else "user"), *turn]
        return [*found, mark("end")]
    if document.task != "code":
        found.append(mark(document.language))
    found += form
    if document.title:
        found += [mark("title"), *next(rest)]
    if document.prompt:
        found += [mark("prompt"), *next(rest)]
    return [*found, mark("body"), *next(rest), mark("end")]


def parts(document: Document) -> list[str]:
    """The texts that ``layout`` puts between control tokens."""
    if document.task == "chat":
        return list(document.turns)
    if document.task == "translate":
        return [document.text, document.other]
    return [part for part in (document.title, document.prompt) if part] + [document.text]


def split_of(document: Document) -> str:
    """ "held_out" for 5 % of the groups, the same ones on every machine."""
    digest = hashlib.sha256((document.group or document.key()).encode("utf-8", "replace")).digest()
    return "held_out" if int.from_bytes(digest[:4], "big") % 100 < HELD_OUT_PERCENT else "train"


def _labelled(document: Document) -> Document:
    """The document, without its form where it is one of the few that learn without."""
    if split_of(document) == "held_out" or int(document.key()[:8], 16) % 100 >= UNLABELLED_PERCENT:
        return document
    return dataclasses.replace(document, form="")


def read_documents(
    source: str | Path | None,
    licence: str,
    dropped: collections.Counter[str],
    public: Iterable[tuple[dict[str, Any], str]] | None = None,
) -> Iterator[Document]:
    """Clean documents without duplicates; counts in ``dropped`` what was left out, by reason.

    source: other people's texts; None for the packs in the folder that GENAI_DATA names.
    licence: "all", or "open" for documents under free licences only.
    public: records with the names of their packs, to be read instead.
    """
    if licence not in LICENCES:
        raise ValueError(f"{licence!r} is no choice of licences; use 'all' or 'open'.")
    if public is not None:
        records = iter(public)
    elif source is not None:
        records = read_own(Path(source))
    else:
        folder = os.environ.get("GENAI_DATA")
        if not folder:
            raise ValueError("Name a file or folder of texts with --from, or the folder of the packs in GENAI_DATA.")
        records = itertools.chain(read_packs(Path(folder)), written.records())
    seen: set[str] = set()
    for record, pack in records:
        try:
            document = from_record(record, pack)
        except (ValueError, KeyError, TypeError) as error:
            dropped[f"missing field {error}" if isinstance(error, KeyError) else str(error)] += 1
            continue
        if licence == "open" and document.licence not in ("open", "own"):
            dropped["licence not open"] += 1
            continue
        key = document.key()
        if key in seen:
            dropped["duplicate"] += 1
            continue
        seen.add(key)
        try:
            yield document if source is not None else mend(document)  # what somebody chose is learnt as it is
        except ValueError as error:
            dropped[str(error)] += 1


def prepare(
    source: str | Path | None = None,
    out: str | Path | None = None,
    licence: str = "all",
    progress: bool = True,
    tokenizer: Tokenizer | None = None,
    sources: Sequence[str] = (),
    base_url: str | None = None,
) -> dict[str, Any]:
    """Write the data set into ``out`` and return its card. The folder appears whole or not at all.

    ``source``: a file or folder of texts; without it see the module. ``sources``: names of public
    sources, which are then fetched whatever GENAI_DATA says. ``base_url``: a mirror, see ``Library``.
    Raises ValueError where the source cannot be used or nothing is left of it.
    """
    if sources and source is not None:
        raise ValueError("--sources chooses among the public texts; leave out --from.")
    target = Path(out) if out is not None else default_folder()
    if target.exists() and not (target / "card.json").exists():
        raise ValueError(f"{target} holds something else than a prepared set; choose another folder with --out.")
    tokenizer = tokenizer or load_tokenizer()
    dropped: collections.Counter[str] = collections.Counter()
    public, origin = None, "own texts" if source is not None else "packs"
    report: list[dict[str, Any]] = []
    if source is None and (sources or not os.environ.get("GENAI_DATA")):
        chosen, origin = choose(sources, licence), "public sources"
        library = Library(target.with_name(target.name + "-download"), base_url, progress)
        public = itertools.chain(read_public(chosen, library, report), () if sources else written.records())
    clean = read_documents(source, licence, dropped, public)
    if source is None:
        clean = with_variants(clean, learnt=lambda document: split_of(document) == "train")
    documents = tqdm(clean, unit="document", disable=not progress)
    tokens, columns, names = _tokenise(documents, tokenizer)
    if not columns["start"]:
        raise ValueError("No document is left. See what --licence and the cleaning leave out.")
    arrays = {k: np.array(v, np.int64 if k == "start" else np.int32) for k, v in columns.items()}
    card = _card(arrays, names, dropped, licence, origin) | ({"public": report} if report else {})
    building = target.with_name(f".{target.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    np.save(building / "tokens.npy", np.concatenate(tokens))
    np.savez(building / "documents.npz", **arrays)  # type: ignore[arg-type]
    (building / "card.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    building.replace(target)
    return card


def _tokenise(
    documents: Iterable[Document], tokenizer: Tokenizer
) -> tuple[list[np.ndarray], dict[str, list[int]], list[str]]:
    """Tokens in pieces, a column of numbers for every field of ``documents.npz``, names of the sources."""
    tokens: list[np.ndarray] = []
    columns: dict[str, list[int]] = collections.defaultdict(list)
    names: dict[str, int] = {}
    waiting: list[Document] = []
    position = 0

    def flush() -> None:
        nonlocal position
        texts = [parts(document) for document in waiting]
        encoded = iter(tokenizer.encode_many([text for document in texts for text in document]))
        for document, mine in zip(map(_labelled, waiting), texts, strict=True):
            found = layout(document, tokenizer, [next(encoded) for _ in mine])
            tokens.append(np.array(found, np.uint16))
            source = f"{document.source} ({document.licence})"
            columns["start"].append(position)
            columns["length"].append(len(found))
            columns["bytes"].append(sum(len(text.encode()) for text in mine))
            columns["task"].append(TASKS.index(document.task))
            columns["language"].append(LANGUAGES.index(document.language))
            columns["split"].append(SPLITS.index(split_of(document)))
            columns["source"].append(names.setdefault(source, len(names)))
            position += len(found)
        waiting.clear()

    for document in documents:
        waiting.append(document)
        if len(waiting) == CHUNK:
            flush()
    flush()
    return tokens, columns, list(names)


def _card(
    arrays: dict[str, np.ndarray], names: list[str], dropped: collections.Counter[str], licence: str, origin: str
) -> dict[str, Any]:
    def amounts(chosen: np.ndarray) -> dict[str, int]:
        return {
            "documents": int(chosen.sum()),
            "tokens": int(arrays["length"][chosen].sum()),
            "bytes": int(arrays["bytes"][chosen].sum()),
        }

    by_task = {}
    for i, task in enumerate(TASKS):
        for j, language in enumerate(LANGUAGES):
            chosen = (arrays["task"] == i) & (arrays["language"] == j)
            if chosen.any():
                found = amounts(chosen)
                found["bytes_per_token"] = round(found["bytes"] / found["tokens"], 3)  # type: ignore[assignment]
                by_task[f"{task} {language}" if task not in ("translate", "code") else task] = found
    return {
        "origin": origin,
        "licence": licence,
        "everything": amounts(np.ones(len(arrays["start"]), bool)),
        "splits": {name: amounts(arrays["split"] == i) for i, name in enumerate(SPLITS)},
        "tasks": by_task,
        "sources": {name: amounts(arrays["source"] == i) for i, name in enumerate(names)},
        "source_names": names,
        "dropped": dict(dropped),
    }


def load(folder: str | Path | None = None) -> Texts:
    """A prepared set, its tokens mapped into memory. Raises ValueError where there is none."""
    place = Path(folder) if folder is not None else default_folder()
    try:
        card = json.loads((place / "card.json").read_text(encoding="utf-8"))
        tokens = np.load(place / "tokens.npy", mmap_mode="r")
        with np.load(place / "documents.npz") as arrays:
            return Texts(tokens, **{name: arrays[name] for name in arrays.files}, card=card)
    except (OSError, ValueError, TypeError) as error:
        raise ValueError(f"There is no prepared set in {place}; run `python -m genai_demo data text` first.") from error


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``python -m genai_demo data text``."""
    parser.add_argument("--from", dest="source", metavar="PATH", help="your own texts: a file or a folder")
    parser.add_argument("--out", metavar="FOLDER", help="where to write; else data/text")
    parser.add_argument("--licence", choices=LICENCES, default="all", help="open: only documents under free licences")
    parser.add_argument("--sources", metavar="NAMES", default="", help="some of the public sources: snakes,SGD,...")
    parser.add_argument("--quiet", action="store_true", help="no progress bar, no summary")


def run(args: argparse.Namespace) -> None:
    """Prepare the set that the options describe and print what came of it."""
    sources = [name for name in args.sources.split(",") if name.strip()]
    card = prepare(args.source, args.out, args.licence, not args.quiet, sources=sources)
    if args.quiet:
        return
    everything = card["everything"]
    print(f"{everything['documents']:,} documents, {everything['tokens']:,} tokens in {args.out or default_folder()}")
    for task, found in card["tasks"].items():
        print(f"  {found['tokens']:>12,} tokens  {found['bytes_per_token']:.2f} bytes/token  {task}")
    for reason, count in card["dropped"].items():
        print(f"  {count:>12,} dropped: {reason}")
    for entry in card.get("public", []):
        if entry["problems"]:
            more = f" (and {len(entry['problems']) - 1} more)" if len(entry["problems"]) > 1 else ""
            print(f"  not all of {entry['name']}: {entry['problems'][0]}{more}")
    print("Details: card.json beside them.")
