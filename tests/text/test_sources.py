"""The public texts: a server on this machine holds tiny archives in the formats of the real ones."""

import collections
import dataclasses
import hashlib
import http.server
import re
import threading
import urllib.parse

import pytest

from genai_demo import __main__ as cli
from genai_demo.core import download
from genai_demo.text import data, fetch
from genai_demo.text.archives import DamagedError, members
from genai_demo.text.documents import from_record
from genai_demo.text.formats import simplified
from genai_demo.text.sources import SOURCES, Source
from tests.text.made_archives import debian
from tests.text.made_sources import CONTENT

# The server


class Server(http.server.ThreadingHTTPServer):
    """Serves ``files`` by their path, or from a byte on. ``codes``: an error for some; ``cut``: bytes sent of some."""

    files: dict[str, bytes]
    codes: dict[str, int]
    cut: dict[str, int]
    ranges = True
    asked: list[tuple[str, str]]


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        path = urllib.parse.unquote(self.path)
        wish = self.headers.get("Range", "")
        self.server.asked.append((path, wish))
        content = self.server.files.get(path)
        if content is None or path in self.server.codes:
            self.send_error(self.server.codes.get(path, 404))
            return
        start = int(wish.removeprefix("bytes=").rstrip("-")) if wish and self.server.ranges else 0
        if start and start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start : self.server.cut.pop(path, len(content))])

    def log_message(self, *_: object) -> None:
        """Quiet."""


def place(address: str) -> str:
    """Where the mirror has an address."""
    return "/" + urllib.parse.unquote(address).removeprefix("https://")


@pytest.fixture
def server(monkeypatch):
    """Holds the made archives at the addresses of the real ones, whose checksums become those of the made ones."""
    contents = {end: content for files, _ in CONTENT.values() for end, content in files.items()}
    with Server(("127.0.0.1", 0), Handler) as running:
        running.files, running.codes, running.cut, running.asked = {}, {}, {}, []
        sources = []
        for source in SOURCES:
            files = []
            for file in source.files:
                found = [c for end, c in contents.items() if place(file.addresses[0]).endswith(end)]
                if not found and source.name == "chinese-poetry":
                    continue  # Of its 92 files, one of a kind is enough.
                (content,) = found
                content = content.encode() if isinstance(content, str) else content
                running.files[place(file.addresses[0])] = content
                known = hashlib.sha256(content).hexdigest() if file.sha256 else ""
                files.append(dataclasses.replace(file, sha256=known))
            sources.append(dataclasses.replace(source, files=tuple(files)))
        monkeypatch.setattr(fetch, "SOURCES", sources)
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def library(server, tmp_path):
    return fetch.Library(tmp_path / "files", f"http://127.0.0.1:{server.server_port}", progress=False, pause=0)


def read(library: fetch.Library, *names: str) -> tuple[list[tuple[dict, str]], list[dict]]:
    report: list[dict] = []
    return list(fetch.read_public(fetch.choose(names), library, report)), report


def path_of(name: str, number: int = 0) -> str:
    return place(next(s for s in SOURCES if s.name == name).files[number].addresses[0])


# Readers


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: f"{s.name}-{s.pack}")
def test_every_reader(source: Source, library):
    report: list[dict] = []
    served = next(s for s in fetch.SOURCES if (s.name, s.pack) == (source.name, source.pack))
    found = list(fetch.read_public([served], library, report))
    owner = "source" if source.pack == "translation" else "src"
    assert [record for record, _ in found] == [
        record | {owner: source.name, "lic": source.licence} for record in CONTENT[source.name, source.pack][1]
    ]
    assert report[0]["problems"] == [] and report[0]["documents"] == len(found)
    for record, pack in found:
        document = from_record(record, pack)
        assert document.source == source.name and document.licence == source.licence
        assert document.language == ("zh" if source.pack == "zh" else record.get("lang", "en"))


def test_the_table_is_sound():
    assert len({(s.name, s.pack) for s in SOURCES}) == len(SOURCES)
    assert {s.pack for s in SOURCES} == {"stories-en", "news-ads-en", "zh", "translation", "dialogue", "code"}
    for source in SOURCES:
        assert source.licence in ("open", "open-llama", "nc", "unk") and source.terms
        for file in source.files:
            assert all(address.startswith("https://") for address in file.addresses)
            commit = re.search(r"[/-][0-9a-f]{40}[/.]", file.addresses[0])
            assert commit or re.fullmatch("[0-9a-f]{64}", file.sha256) or "gh-pages" in file.addresses[0]


def test_simplified_characters_are_told_from_traditional_ones():
    assert simplified("我们在这里，well。") and not simplified("我們在這裡")


# Fetching


def test_the_command_fetches_everything_once(server, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GENAI_HOME", str(tmp_path))
    monkeypatch.setenv("GENAI_TEXT_URL", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.delenv("GENAI_DATA", raising=False)
    assert cli.main(["data", "text"]) == 0
    printed = capsys.readouterr().out
    assert "not all of" not in printed
    card = data.load().card
    assert card["origin"] == "public sources" and card["licence"] == "all"
    assert set(card["tasks"]) >= {
        "story en",
        "news en",
        "product en",
        "poem zh",
        "story zh",
        "translate",
        "chat zh",
        "code",
    }
    listed = {(entry["name"], entry["pack"]): entry for entry in card["public"]}
    assert list(listed) == [(s.name, s.pack) for s in SOURCES]
    (file,) = listed["snakes", "stories-en"]["files"]
    content = server.files[path_of("snakes")]
    assert file == {
        "address": "https://github.com/erikhyrkas/snakes/archive/a11511c05f18b01f27f1d9c6faf0c9293da012a1.tar.gz",
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
    }
    assert all(count == 1 for count in collections.Counter(server.asked).values())  # Also what two sources share.
    before = len(server.asked)
    assert cli.main(["data", "text", "--quiet"]) == 0
    assert len(server.asked) == before and data.load().card == card


def test_an_unreachable_source_is_passed_over_and_named(server, library, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(download, "TRIES", 2)
    server.codes[path_of("BBC")] = 503
    del server.files[path_of("DREAM", 1)]
    found, report = read(library, "BBC", "DREAM", "chatterbot")
    assert [entry["documents"] for entry in report] == [0, 2, 2] and len(found) == 4
    assert "github.com did not give it (Service Unavailable)" in report[0]["problems"][0] and report[1]["problems"] == [
        "dev.json: gone at the source"
    ]
    assert [path for path, _ in server.asked].count(path_of("BBC")) == 2
    assert [path for path, _ in server.asked].count(path_of("DREAM", 1)) == 1
    monkeypatch.setenv("GENAI_TEXT_URL", f"http://127.0.0.1:{server.server_port}")
    assert cli.main(["data", "text", f"--out={tmp_path / 'set'}", "--sources=DREAM, chatterbot"]) == 0
    assert "not all of DREAM: dev.json: gone at the source\n" in capsys.readouterr().out


def test_a_host_out_of_reach_is_not_asked_for_ever(server, library, monkeypatch):
    monkeypatch.setattr(download, "TRIES", 1)
    for path in server.files:
        if path.startswith("/raw."):
            server.codes[path] = 503
    _, report = read(library, "C3-m", "3AM", "chatterbot")
    assert len(server.asked) == fetch.PATIENCE + 1
    assert report[1]["problems"] == [f"{name}: raw.githubusercontent.com is out of reach" for name in
                                     ("train.en", "train.zh", "val.en", "val.zh")]  # fmt: skip
    assert report[2]["documents"] == 2


def test_a_damaged_archive_is_fetched_again_next_time(server, library):
    path = path_of("books")
    whole = server.files[path]
    server.files[path] = whole[: len(whole) // 2]  # All of it came, but it was broken at the source.
    _, report = read(library, "books", "BBC")
    assert "is damaged" in report[0]["problems"][0] and report[0]["problems"][0].endswith(
        "the next run fetches it again"
    )
    assert report[1]["documents"] == 1 and not list(library.folder.glob("*f9edc0ac*"))
    server.files[path] = whole
    assert read(library, "books")[1][0]["problems"] == []


@pytest.mark.parametrize("name", ["BBC", "cpython", "chatterbot", "Debian", "Debian-DDTP", "DREAM", "cc-cedict"])
def test_no_kind_of_damage_gets_further(name, server, library):
    for file in next(s for s in SOURCES if s.name == name).files:
        path = place(file.addresses[0])
        server.files[path] = b"<html>Please log in</html>"
    monkey = [
        dataclasses.replace(s, files=tuple(dataclasses.replace(f, sha256="") for f in s.files)) for s in fetch.SOURCES
    ]
    report: list[dict] = []
    with pytest.raises(ValueError, match="None of the 1 sources"):
        list(fetch.read_public([s for s in monkey if s.name == name], library, report))
    assert len(report[0]["problems"]) == 1


def test_packages_that_are_none(tmp_path):
    path = tmp_path / "x.deb"
    whole = debian({"a.mo": "no catalogue"})
    for size in (0, 7, 100, len(whole) - 100):
        path.write_bytes(whole[:size])
        with pytest.raises(DamagedError):
            list(members(path, "mo$"))
    path.write_bytes(whole)
    with pytest.raises(ValueError, match="no message catalogue"):
        list(next(s for s in SOURCES if s.name == "gimp-data").read(members(path, "mo$")))


@pytest.mark.parametrize("ranges", [True, False])
def test_a_download_goes_on_where_it_stopped(server, library, monkeypatch, ranges):
    monkeypatch.setattr(download, "TRIES", 1)
    path, server.ranges = path_of("snakes"), ranges
    half = len(server.files[path]) // 2
    server.cut[path] = half
    _, report = read(library, "snakes", "chatterbot")
    assert "cut short" in report[0]["problems"][0]
    (part,) = library.folder.glob("*.part")
    assert part.stat().st_size == half
    found, report = read(library, "snakes")
    assert report[0]["problems"] == [] and len(found) == 2
    assert server.asked[-1] == (path, f"bytes={half}-") and not list(library.folder.glob("*.part"))
    assert report[0]["files"][0]["sha256"] == hashlib.sha256(server.files[path]).hexdigest()


def test_a_remainder_of_something_else_is_thrown_away(server, library):
    path = path_of("snakes")
    file = fetch.choose(["snakes"])[0].files[0]
    part = library.path(file).with_name(library.path(file).name + ".part")
    part.write_bytes(b"x" * (len(server.files[path]) + 1))
    assert read(library, "snakes")[1][0]["problems"] == []


def test_a_wrong_checksum_sends_to_the_second_address(server, library):
    first, second = (place(a) for a in fetch.choose(["gimp-data"])[0].files[0].addresses)
    assert second.startswith("/snapshot.debian.org/archive/debian/2026")
    server.files[second], server.files[first] = server.files[first], b"another version"
    found, report = read(library, "gimp-data")
    assert len(found) == 2 and report[0]["problems"] == []
    assert [path for path, _ in server.asked] == [first, second]
    del server.files[second]
    library.path(fetch.choose(["gimp-data"])[0].files[0]).write_bytes(b"spoilt on this disk")
    with pytest.raises(ValueError, match="checksum differs"):
        read(library, "gimp-data")


def test_free_texts_alone_ask_for_nothing_else(server, tmp_path, monkeypatch):
    base = f"http://127.0.0.1:{server.server_port}"
    card = data.prepare(out=tmp_path / "set", licence="open", progress=False, base_url=base)
    assert {entry["licence"] for entry in card["public"]} == {"open"}
    closed = {place(f.addresses[0]) for s in SOURCES if s.licence != "open" for f in s.files}
    assert not closed & {path for path, _ in server.asked}
    assert all(name.endswith("(open)") for name in card["source_names"]) and "licence not open" not in card["dropped"]


def test_some_sources_only(server, tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_DATA", str(tmp_path / "packs that are not there"))
    base = f"http://127.0.0.1:{server.server_port}"
    card = data.prepare(out=tmp_path / "set", progress=False, base_url=base, sources=["bbc", "XDailyDialog"])
    assert [(entry["name"], entry["pack"]) for entry in card["public"]] == [
        ("BBC", "news-ads-en"), ("XDailyDialog", "translation"), ("XDailyDialog", "dialogue"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--sources=BBC,CNN"], "There is no source cnn; there are snakes, FairytaleQA"),
        (["--sources=BBC", "--licence=open"], "None of these sources is under a free licence"),
        (["--sources=BBC", "--from=."], "leave out --from"),
        (["--sources=BBC"], "None of the 1 sources could be fetched"),
    ],
)
def test_errors_say_what_to_do(options, words, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(download, "TRIES", 1)
    monkeypatch.setenv("GENAI_TEXT_URL", "http://127.0.0.1:9")
    assert cli.main(["data", "text", "--quiet", f"--out={tmp_path / 'set'}", *options]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "set").exists()
