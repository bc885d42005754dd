"""What the public sources look like: a reader for each, from the files in its archives to records.

A reader takes the names and contents of files and yields records with the fields of the packs
(``text`` or ``src`` and ``tgt`` or ``turns``, ``kind``, ``title`` ...), without source and licence,
which ``sources`` knows. Cleaning, duplicates and splits come later and are the same for all texts.
The conversations and translations are in ``dialogues``.

No reader judges content: the word lists (profanity, violence, drugs) that the packs had been through
are not applied here. What is left out is left out by form: too short, markup, not in the language.
"""

import ast
import csv
import html
import io
import json
import re
import textwrap
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from genai_demo.text.archives import Member

Record = dict[str, Any]
Reader = Callable[[Iterator[Member]], Iterator[Record]]

STORY, PASSAGE = 2_400, 900
"""Characters of a piece of a longer text, English and Chinese."""


def decode(data: bytes) -> str:
    """UTF-8, with or without a mark in front; what is no UTF-8 becomes U+FFFD."""
    return data.decode("utf-8-sig", "replace").replace("\r\n", "\n")


def has_han(text: str) -> bool:
    """Is there a Chinese character in it?"""
    return re.search("[\u4e00-\u9fff]", text) is not None


def pieces(paragraphs: Iterable[str], size: int) -> Iterator[str]:
    """Consecutive paragraphs, a line each, joined as long as they stay below ``size`` characters."""
    held: list[str] = []
    for paragraph in filter(None, (p.strip(" \t\n\u3000\xa0") for p in paragraphs)):
        if held and sum(map(len, held)) + len(paragraph) > size:
            yield "\n".join(held)
            held = []
        held.append(paragraph)
    if held:
        yield "\n".join(held)


# English prose

SNAKES = {
    "bedtime": "bedtime", "campfire": "campfire", "child": "child", "scenes": "scene", "stories": "short",
    "slice-of-life": "slice",
}  # fmt: skip


def requested_stories(members: Iterator[Member]) -> Iterator[Record]:
    """Files named by their kind, of ``request<start>story<end>``; the request gives a title in backquotes or not."""
    for name, data in members:
        kind = next(kind for part, kind in SNAKES.items() if f"-{part}-" in name)
        for request, _, text in (part.partition("<start>") for part in decode(data).split("<end>")):
            if not text.strip():
                continue
            request, title = request.strip().strip('"'), re.search("`([^`]+)`", request)
            lines = [re.sub(r"^#+ |\*\*|__", "", line).strip() for line in text.split("\n")]
            lines = [line for line in lines if line and (not title or line.strip('"') != title[1])]
            yield {
                "text": "\n".join(lines), "kind": kind, **({"title": title[1]} if title else {"prompt": request})
            }  # fmt: skip


def fairy_tales(members: Iterator[Member]) -> Iterator[Record]:
    """A CSV file a tale (section, text); the lines of a paragraph are broken as in the book."""
    for name, data in members:
        title = re.sub("-story.csv$", "", name.rpartition("/")[2]).replace("-", " ").title()
        rows = csv.DictReader(io.StringIO(decode(data)))
        paragraphs = (" ".join(p.split()) for row in rows for p in row["text"].split("\n\n"))
        for text in pieces(paragraphs, 4_000):
            yield {"text": text, "kind": "fairytale", "title": title}


def markdown_books(members: Iterator[Member]) -> Iterator[Record]:
    """A file a book, ``Author/Title.md``: headings and paragraphs; a piece never runs over a heading."""
    for name, data in members:
        author, _, title = name.removesuffix(".md").rpartition("/")
        for chapter in re.split(r"^#+ .*$", decode(data), flags=re.MULTILINE):
            paragraphs = [" ".join(p.split()) for p in chapter.split("\n\n")]
            prose = (re.sub(r"[*_]+(\w[^*_]*)[*_]+", r"\1", p) for p in paragraphs if not p.startswith(("!", "|", ">")))
            for text in pieces((p for p in prose if re.search("[a-z]", p)), STORY):
                yield {"text": text, "kind": "classic", "title": title.strip(), "author": author.rpartition("/")[2]}


def titled_articles(members: Iterator[Member]) -> Iterator[Record]:
    """A file an article: title, empty line, paragraphs; the folder names the topic."""
    for name, data in members:
        title, _, body = decode(data).strip().partition("\n")
        text = "\n".join(line.strip() for line in body.split("\n") if line.strip())
        yield {"text": text, "kind": "news", "title": title.strip(), "topic": name.split("/")[-2]}


def plain_articles(members: Iterator[Member]) -> Iterator[Record]:
    """A file of paragraphs, a line each, without a mark between the articles."""
    for name, data in members:
        for text in pieces(data.decode("latin-1").split("\n"), 1_000):
            yield {"text": text, "kind": "news", "topic": name.rpartition("/")[2].removesuffix(".txt")}


PARTS = re.compile(r"^(lib|python3?-|golang-|node-|ruby-|r-|fonts-)|-(dev|doc|dbg|data|common|perl|i18n|l10n)\b")
"""Names of packages that are parts of others, whose descriptions say little."""


def package_descriptions(members: Iterator[Member]) -> Iterator[Record]:
    """Debian's Translation-en: what a package is and does."""
    for _, data in members:
        for package in packages(decode(data)):
            text = "\n".join(package["paragraphs"])
            if len(text) >= 150 and not PARTS.search(package["name"]):
                yield {"text": text, "kind": "product", "title": f"{package['name']}: {package['short']}"}


def packages(text: str) -> Iterator[Record]:
    """The entries of Debian's Translation-*: name, md5, short description, paragraphs."""
    for entry in text.split("\n\n"):
        found = re.match(r"Package: (\S+)\nDescription-md5: (\w+)\nDescription-\w+: *([^\n]*)\n?(.*)", entry, re.DOTALL)
        if found:
            name, md5, short, lines = found.groups()
            paragraphs = list(_unwrap(line[1:] for line in lines.split("\n")))
            yield {"name": name, "md5": md5, "short": short.strip(), "paragraphs": paragraphs}


def _unwrap(lines: Iterable[str]) -> Iterator[str]:
    """Paragraphs from the lines of a description: a dot ends one, a line that is set in or a bullet begins one."""
    held = ""
    for line in [*lines, "."]:
        begins = line.startswith((" ", "* ", "- ")) or line.strip() in ("", ".")
        if held and begins:
            yield held
            held = ""
        line = line.strip().removesuffix(".") if line.strip() == "." else line.strip()
        chinese = has_han(held[-1:] + line[:1])
        held = held + ("" if chinese or not held else " ") + line


# Chinese prose and poems


def simplified(text: str) -> bool:
    """Is every Chinese character of it in GB 2312, the 6,763 simplified characters in daily use?"""
    try:
        "".join(re.findall("[\u4e00-\u9fff]", text)).encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


POEMS = {
    "poet.tang": ("poem-tang", "唐"), "poet.song": ("poem-shi-song", "宋"), "ci.song": ("poem-ci", "宋"),
    "yuanqu": ("poem-qu", "元"), "shijing": ("poem-old", "先秦"), "caocao": ("poem-old", "汉"),
}  # fmt: skip


def poems(members: Iterator[Member]) -> Iterator[Record]:
    """Lists of poems in JSON; what a field is called depends on the collection."""
    for name, data in members:
        kind, dynasty = next(found for part, found in POEMS.items() if part in name)
        for poem in json.loads(data):
            text = "\n".join(poem.get("paragraphs") or poem.get("content") or [])
            title, author = poem.get("title") or poem.get("rhythmic", ""), poem.get("author", "")
            if "□" not in text:  # A character that the sources have lost.
                yield {"text": text, "kind": kind, "title": title, "author": author, "dynasty": dynasty}


def novels(members: Iterator[Member]) -> Iterator[Record]:
    """``novel/number.html``, a page a chapter: paragraphs between line breaks, then scripts and links."""
    for name, data in members:
        body = re.split("<script|<div", decode(data))[0]
        paragraphs = re.split(r"(?:<br\s*/?>)+|\n", body)
        for text in pieces((html.unescape(re.sub("<[^>]+>", "", p)) for p in paragraphs), PASSAGE):
            yield {"text": text, "kind": "novel", "title": name.split("/")[-2]}


def exam_passages(members: Iterator[Member]) -> Iterator[Record]:
    """C3-m: a list of passages, each with its questions, which are left out."""
    for _, data in members:
        for passage, *_ in json.loads(data):
            yield {"text": "\n".join(passage), "kind": "passage"}


def news_pages(members: Iterator[Member]) -> Iterator[Record]:
    """One news item in XML a file; the last line names the editor."""
    for _, data in members:
        found = re.search("<title>(.*?)</title>.*<body>(.*?)</body>", decode(data), re.DOTALL)
        if found:
            title, body = map(html.unescape, found.groups())
            text = "\n".join(line.strip() for line in body.split("\n") if line.strip() and "【编辑" not in line)
            yield {"text": text, "kind": "news", "title": title.strip()}


def advertisements(members: Iterator[Member]) -> Iterator[Record]:
    """JSON lines: an advertisement and the properties that it praises, ``name#value*name#value``."""
    for _, data in members:
        for line in filter(None, decode(data).split("\n")):
            found = json.loads(line)
            yield {
                "text": found["summary"],
                "kind": "ad",
                "prompt": found["content"].replace("#", "：").replace("*", "，"),
            }


def reviews(members: Iterator[Member]) -> Iterator[Record]:
    """CSV (cat, label, review); only the praising ones, label 1."""
    for _, data in members:
        for row in csv.DictReader(io.StringIO(decode(data))):
            if row["label"] == "1" and len(row["review"]) >= 20:
                yield {"text": row["review"], "kind": "review", "title": row["cat"]}


def knowledge(members: Iterator[Member]) -> Iterator[Record]:
    """KdConv's knowledge, ``kb_film.json``: triples by subject; the one called Information is a description."""
    for name, data in members:
        kind = "describe-" + re.sub(r".*kb_|\.json$", "", name)
        for subject, triples in json.loads(data).items():
            for _, relation, value in triples:
                if relation == "Information":
                    yield {"text": value, "kind": kind, "title": subject}


def software_descriptions(members: Iterator[Member]) -> Iterator[Record]:
    """Debian's Translation-zh_CN; entries that were left in English are left out."""
    for _, data in members:
        for package in packages(decode(data)):
            text = "\n\n".join(p for p in package["paragraphs"] if has_han(p))
            if len(text) >= 40 and has_han(package["short"]):
                yield {"text": text, "kind": "software", "title": package["short"]}


# Code


def python_functions(members: Iterator[Member]) -> Iterator[Record]:
    """Functions and methods that have a docstring, without their decorators; 150 to 3,000 characters."""
    for name, data in members:
        if re.search(r"(^|/)(tests?|testing|idlelib|lib2to3)/|/test_\w+\.py$", name):
            continue
        text = decode(data).expandtabs(8)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Old escapes in other people's strings.
            try:
                tree = ast.parse(text)
            except (SyntaxError, ValueError, RecursionError):
                continue  # Templates, code for other versions.
        lines = text.split("\n")
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        for kind, nodes in [("function", tree.body), *(("method", found.body) for found in classes)]:
            for node in nodes:
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and ast.get_docstring(node):
                    code = textwrap.dedent("\n".join(lines[node.lineno - 1 : node.end_lineno]))
                    # One that stays set in has a string that begins further left.
                    if 150 <= len(code) <= 3_000 and not code.startswith(" "):
                        yield {"text": code, "kind": kind}


def python_files(members: Iterator[Member]) -> Iterator[Record]:
    """Whole files of up to 6,000 characters."""
    for _, data in members:
        text = decode(data)
        if 150 <= len(text) <= 6_000:
            yield {"text": text, "kind": "file"}


def short_problems(members: Iterator[Member]) -> Iterator[Record]:
    """MBPP, JSON lines: the task and one test as a docstring, then the program; never the test part (11 to 510)."""
    for _, data in members:
        for line in filter(None, decode(data).split("\n")):
            found = json.loads(line)
            if not 11 <= found["task_id"] <= 510:
                code = found["code"].replace("\r\n", "\n").strip("\n")
                yield {"text": f'"""{found["text"]}\n{found["test_list"][0]}\n"""\n{code}', "kind": "mbpp"}
