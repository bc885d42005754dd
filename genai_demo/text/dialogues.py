"""Readers of the public conversations and translations; see ``formats``."""

import html
import json
import re
import struct
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from genai_demo.text.archives import Member
from genai_demo.text.formats import Reader, Record, decode, has_han, packages, simplified

# Conversations


def alternate(said: Iterable[tuple[Any, str]]) -> list[str]:
    """Turns from (speaker, line): what one says without being answered is one turn."""
    turns: list[str] = []
    last: object = object()
    for speaker, line in said:
        if speaker == last:
            turns[-1] += " " + line.strip()
        else:
            turns.append(line.strip())
        last = speaker
    return turns


def _chats(
    members: Iterator[Member], kind: str, language: str, talks: Callable[[Any], Iterable[Iterable[tuple[Any, str]]]]
) -> Iterator[Record]:
    for _, data in members:
        for said in talks(json.loads(data)):
            turns = alternate(said)
            if len(turns) > 1:
                yield {"turns": turns, "lang": language, "kind": kind}


def _exam(found: Any) -> Iterator[list[tuple[Any, str]]]:
    for lines, *_ in found:
        said = [
            (line[: mark.end()], line[mark.end() :]) for line in lines if (mark := re.match(r"\w{1,12} ?[:：]", line))
        ]
        if len(said) == len(lines):  # Else narration is mixed in.
            yield said


task_chats: Reader = partial(  # Schema-Guided Dialogue
    _chats, kind="task", language="en",
    talks=lambda found: ([(t["speaker"], t["utterance"]) for t in talk["turns"]] for talk in found),
)  # fmt: skip
topical_chats: Reader = partial(
    _chats, kind="chat", language="en",
    talks=lambda found: ([(t["agent"], t["message"]) for t in talk["content"]] for talk in found.values()),
)  # fmt: skip
crosswoz: Reader = partial(
    _chats, kind="task", language="zh",
    talks=lambda found: ([(t["role"], t["content"]) for t in talk["messages"]] for talk in found.values()),
)  # fmt: skip
kdconv: Reader = partial(
    _chats, kind="chat", language="zh",
    talks=lambda found: ([(i % 2, t["message"]) for i, t in enumerate(talk["messages"])] for talk in found),
)  # fmt: skip
english_exam_chats: Reader = partial(_chats, kind="chat", language="en", talks=_exam)
chinese_exam_chats: Reader = partial(_chats, kind="chat", language="zh", talks=_exam)


def small_talk(members: Iterator[Member]) -> Iterator[Record]:
    """ChatterBot's YAML files, ``language/topic.yml``: lists of a sentence and its answers."""
    import yaml

    for name, data in members:
        try:
            talks = yaml.safe_load(data)["conversations"]
        except yaml.YAMLError as error:
            raise ValueError(f"{name} is no YAML") from error
        for turns in talks:
            if len(turns) > 1 and all(isinstance(turn, str) for turn in turns):
                yield {"turns": turns, "lang": "zh" if "/chinese/" in name else "en", "kind": "chat"}


def instructions(members: Iterator[Member]) -> Iterator[Record]:
    """Alpaca: instruction, input and output."""
    for _, data in members:
        for found in json.loads(data):
            asked = "\n".join(html.unescape(found[key]).strip() for key in ("instruction", "input") if found[key])
            yield {"turns": [asked, html.unescape(found["output"]).strip()], "lang": "zh", "kind": "instruct"}


def daily_chats(members: Iterator[Member]) -> Iterator[Record]:
    """XDailyDialog: a conversation a line, its turns ended by __eou__."""
    for name, data in members:
        language = "zh" if re.search("zh", name, re.IGNORECASE) else "en"
        for turns in map(_turns, decode(data).split("\n")):
            if len(turns) > 1:
                yield {"turns": turns, "lang": language, "kind": "chat"}


def _turns(line: str) -> list[str]:
    return [turn.strip() for turn in line.split("\t")[0].split("__eou__") if turn.strip()]


# Translations


def daily_pairs(members: Iterator[Member]) -> Iterator[Record]:
    """XDailyDialog's turns in two languages; the files of a pair of languages have the same lines."""
    waiting: list[str] = []
    for _, data in members:
        lines = decode(data).rstrip("\n").split("\n")
        if len(waiting) != len(lines):
            waiting = lines
            continue
        for english, chinese in zip(map(_turns, waiting), map(_turns, lines), strict=True):
            if len(english) == len(chinese):
                yield from ({"src": e, "tgt": c, "kind": "dialogue"} for e, c in zip(english, chinese, strict=True))
        waiting = []


def sentence_pairs(members: Iterator[Member]) -> Iterator[Record]:
    """Tatoeba's cmn.txt: English, Chinese, perhaps the authors, between tabs; without traditional characters."""
    for _, data in members:
        for line in decode(data).split("\n"):
            english, chinese, *_ = *line.split("\t"), "", ""
            if has_han(chinese) and simplified(chinese):
                yield {"src": english, "tgt": chinese, "kind": "everyday"}


def captions(members: Iterator[Member]) -> Iterator[Record]:
    """3AM: files NAME.en and NAME.zh of as many lines."""
    sides: dict[str, list[str]] = {}
    for name, data in members:
        sides[name] = decode(data).rstrip("\n").split("\n")
        other = name.removesuffix(".zh") + ".en"
        if name.endswith(".zh") and other in sides:
            if len(sides[other]) != len(sides[name]):
                raise ValueError(f"{name} and {other} have different numbers of lines")
            for english, chinese in zip(sides[other], sides[name], strict=True):
                yield {"src": english.strip(), "tgt": chinese.strip(), "kind": "caption"}


def dictionary(members: Iterator[Member]) -> Iterator[Record]:
    """CC-CEDICT: ``traditional simplified [sound] /meaning/meaning/``; words of more than one character.

    The meaning is the first one that is neither a remark nor a reference to another word.
    """
    for _, data in members:
        for word, meanings in re.findall(r"^[^#\s]\S* (\S{2,}) \[[^\]]*\] /(.+)/", decode(data), re.MULTILINE):
            plain = [m for m in meanings.split("/") if not re.search(r"[\[\](:|]|variant|surname|\bsee\b", m)]
            if plain and has_han(word):
                yield {"src": plain[0], "tgt": word, "kind": "word"}


def description_pairs(members: Iterator[Member]) -> Iterator[Record]:
    """Debian's Translation-zh_CN, then Translation-en: short descriptions and paragraphs of the same text."""
    chinese: dict[str, Record] = {}
    for name, data in members:
        for package in packages(decode(data)):
            if "zh" in name:
                chinese[package["md5"]] = package
            elif package["md5"] in chinese:
                other = chinese.pop(package["md5"])
                sides = [(package["short"], other["short"])]
                if len(package["paragraphs"]) == len(other["paragraphs"]):
                    sides += zip(package["paragraphs"], other["paragraphs"], strict=True)
                for english, text in sides:
                    if has_han(text) and english != text:
                        yield {"src": english, "tgt": text, "kind": "docs"}


MARKUP = re.compile(r"<[a-zA-Z/]|%[-0-9.]*[a-zA-Z(]|[{}\\|]|\$[A-Za-z(]|https?:|&\w+;|^_:")
ACCELERATOR = re.compile(r"\s*[(（]([&_~])[A-Za-z0-9][)）]")
"""How Chinese interfaces name the key of a menu entry: 打开(&O)."""


def _message_pairs(messages: Iterable[tuple[str, str]], kind: str) -> Iterator[Record]:
    """Messages without markup or places for values; a mark of the key in them is taken out."""
    for english, chinese in messages:
        if key := ACCELERATOR.search(chinese):
            chinese, english = ACCELERATOR.sub("", chinese), english.replace(key[1], "")
        good = 2 <= len(english) <= 500 and re.search("[a-z]{2}", english) and has_han(chinese)
        if good and not MARKUP.search(english) and not MARKUP.search(chinese):
            yield {"src": " ".join(english.split()), "tgt": " ".join(chinese.split()), "kind": kind}


def _compiled(members: Iterator[Member], kind: str) -> Iterator[Record]:
    for name, data in members:
        if data[:4] not in (b"\xde\x12\x04\x95", b"\x95\x04\x12\xde"):
            raise ValueError(f"{name} is no message catalogue")
        order = "<" if data[0] == 0xDE else ">"
        yield from _message_pairs(_compiled_messages(data, order), kind)


def _compiled_messages(data: bytes, order: str) -> Iterator[tuple[str, str]]:
    count, *tables = struct.unpack(order + "3I", data[8:20])
    for i in range(count):
        sides = []
        for table in tables:
            length, start = struct.unpack_from(order + "2I", data, table + 8 * i)
            sides.append(data[start : start + length].decode("utf-8", "replace").split("\0")[0])
        yield sides[0].rpartition("\4")[2], sides[1]


game_messages: Reader = partial(_compiled, kind="game")
interface_messages: Reader = partial(_compiled, kind="ui")


def documentation(members: Iterator[Member]) -> Iterator[Record]:
    """Catalogues in source form (.po) of documentation in reStructuredText, whose roles become plain words."""
    for _, data in members:
        plain = ((_plain(english), _plain(chinese)) for english, chinese in _messages(decode(data)))
        yield from _message_pairs(plain, "docs")


def _plain(text: str) -> str:
    text = re.sub(r":[\w:+-]+:`[!~]?([^`<]+?)(?: <[^`]*>)?`", r"\1", text)
    return re.sub(r"`{1,2}([^`<]+?)(?: <[^`]*>)?`{1,2}_{0,2}", r"\1", text).replace("**", "")


def _messages(text: str) -> Iterator[tuple[str, str]]:
    """(msgid, msgstr) of a .po file; neither doubtful ("fuzzy") nor plural ones."""
    for entry in re.split(r"\n\s*\n", text):
        if re.search(r"^#,.*fuzzy|^msgid_plural|^#~", entry, re.MULTILINE):
            continue
        found = re.search(r'^msgid ((?:".*"\s*)+)^msgstr ((?:".*"\s*)+)', entry, re.MULTILINE)
        if found:
            sides = ["".join(json.loads(line) for line in side.strip().split("\n")) for side in found.groups()]
            if all(sides):
                yield sides[0], sides[1]
