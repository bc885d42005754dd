"""Zips of strangers: nothing leaves memory, nothing grows beyond the limits, everything left out has a reason."""

import io
import stat
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from genai_demo.core import archives, limits
from genai_demo.core.archives import members, read_files

TEXTS = (".txt", ".md")


def noise(length: int) -> bytes:
    """Bytes that cannot be packed more tightly."""
    return np.random.default_rng(0).bytes(length)


def packed(files: dict[str, bytes], **settings: int) -> bytes:
    """A zip of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", settings.get("compression", zipfile.ZIP_DEFLATED)) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def read(data: bytes) -> tuple[dict[str, bytes], dict[str, str]]:
    """What is kept of a zip, and why the rest is not."""
    dropped: archives.Dropped = []
    kept = dict(members(data, TEXTS, dropped))
    return kept, dict(dropped)


def special(name: str, mode: int, content: bytes = b"x") -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, mode << 16
    return entry


def test_files_and_folders_are_read_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    kept, dropped = read(packed({"a.txt": b"one", "folder/b.MD": b"two", "folder/c.exe": b"MZ", "empty.txt": b""}))
    assert kept == {"a.txt": b"one", "folder/b.MD": b"two"}
    assert dropped == {"folder/c.exe": "other kind of file", "empty.txt": "empty"}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["../out.txt", "a/../../out.txt", "/etc/out.txt", "C:/out.txt", "..\\out.txt", "\\\\host\\out.txt"]
)
def test_names_that_lead_out_are_refused(name: str) -> None:
    kept, dropped = read(packed({name: b"x", "good.txt": b"y"}))
    assert kept == {"good.txt": b"y"} and list(dropped.values()) == ["unsafe path"]


def test_links_and_devices_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(special("link.txt", stat.S_IFLNK | 0o777), "/etc/passwd")
        archive.writestr(special("pipe.txt", stat.S_IFIFO | 0o666), "x")
        archive.writestr(special("plain.txt", stat.S_IFREG | 0o644), "fine")
    kept, dropped = read(buffer.getvalue())
    assert kept == {"plain.txt": b"fine"} and dropped == {"link.txt": "link", "pipe.txt": "no plain file"}


def test_what_a_bomb_unpacks_to_is_never_held(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = packed({"bomb.txt": b"\0" * (64 * 2**20), "good.txt": b"fine"})
    assert len(bomb) < 2**17
    tracemalloc.start()
    kept, dropped = read(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert kept == {"good.txt": b"fine"} and dropped == {"bomb.txt": "suspicious compression"}
    assert peak < 2 * limits.MAX_ARCHIVE_FILE_BYTES


@pytest.mark.parametrize("stated", [3, 2**32 - 2])
def test_a_header_that_lies_about_the_size_gains_nothing(stated: int) -> None:
    data = bytearray(packed({"bomb.txt": b"\0" * (32 * 2**20)}))
    for signature, place in ((b"PK\x03\x04", 22), (archives.ENTRY, 24)):
        at = data.index(signature) + place
        data[at : at + 4] = struct.pack("<I", stated)
    kept, dropped = read(bytes(data))
    assert kept == {} and dropped["bomb.txt"] in ("damaged", "suspicious compression", "too large")


def test_all_files_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ARCHIVE_BYTES", 2_500)
    monkeypatch.setattr(limits, "MAX_ARCHIVE_FILE_BYTES", 1_200)
    kept, dropped = read(packed({f"{i}.txt": noise(1_000) for i in range(4)} | {"long.txt": noise(2_000)}))
    assert list(kept) == ["0.txt", "1.txt"]
    assert dropped["2.txt"] == "beyond the limit of all" and sum(map(len, kept.values())) <= 2_500


def test_a_single_file_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ARCHIVE_FILE_BYTES", 1_000)
    assert read(packed({"long.txt": noise(1_001), "good.txt": b"x"})) == (
        {"good.txt": b"x"}, {"long.txt": "too large"},
    )  # fmt: skip


def test_many_members_are_refused_before_the_directory_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed({f"{i}.txt": b"" for i in range(limits.MAX_ARCHIVE_MEMBERS + 1)})
    monkeypatch.setattr(zipfile, "ZipFile", lambda *a: pytest.fail("the directory was read"))
    with pytest.raises(ValueError, match="holds more than"):
        read(data)


def test_encrypted_members_are_refused() -> None:
    data = bytearray(packed({"secret.txt": b"x" * 20}))
    for signature, place in ((b"PK\x03\x04", 6), (archives.ENTRY, 8)):
        data[data.index(signature) + place] |= 1
    assert read(bytes(data)) == ({}, {"secret.txt": "encrypted"})


def test_archives_in_archives_and_hidden_files_are_left_alone() -> None:
    kept, dropped = read(packed({"in.zip": packed({"a.txt": b"x"}), "__MACOSX/a.txt": b"x", ".a.txt": b"x"}))
    assert kept == {}
    assert dropped == {"in.zip": "archive in the archive", "__MACOSX/a.txt": "hidden file", ".a.txt": "hidden file"}


def test_other_compressions_are_refused() -> None:
    assert read(packed({"a.txt": b"x" * 99}, compression=zipfile.ZIP_LZMA))[1] == {"a.txt": "unknown compression"}


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04" + b"\0" * 40, b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_zip_is_said_in_a_sentence(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"damaged\. Pack it again"):
        read(data)


def test_one_damaged_member_does_not_spoil_the_others() -> None:
    data = bytearray(packed({"bad.txt": noise(500), "good.txt": b"fine"}, compression=zipfile.ZIP_STORED))
    data[60] ^= 0xFF
    assert read(bytes(data)) == ({"good.txt": b"fine"}, {"bad.txt": "damaged"})


def test_cutting_a_zip_anywhere_raises_nothing_but_sentences() -> None:
    data, said = packed({"a.txt": b"some words " * 50, "b.txt": noise(300)}), set()
    for end in range(0, len(data), 7):
        with pytest.raises(ValueError) as caught:
            read(data[:end])
        said.add(str(caught.value))
    assert all(words.endswith(".") for words in said)


def test_single_files_and_zips_may_come_together(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one")
    (tmp_path / "b.png").write_bytes(b"two")
    (tmp_path / "c.ZIP").write_bytes(packed({"d.txt": b"three"}))
    (tmp_path / "e.txt").write_bytes(b"")
    dropped: archives.Dropped = []
    found = dict(read_files([tmp_path / n for n in ("a.txt", "b.png", "c.ZIP", "e.txt")], TEXTS, dropped))
    assert found == {"a.txt": b"one", "d.txt": b"three"}
    assert dropped == [("b.png", "other kind of file"), ("e.txt", "empty")]


def test_an_upload_has_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [tmp_path / f"{i}.txt" for i in range(3)]
    for path in paths:
        path.write_bytes(b"x" * 100)
    monkeypatch.setattr(limits, "MAX_UPLOAD_BYTES", 99)
    dropped: archives.Dropped = []
    assert list(read_files(paths, TEXTS, dropped)) == [] and {reason for _, reason in dropped} == {"too large"}
    monkeypatch.setattr(limits, "MAX_OWN_UPLOAD_BYTES", 299)
    with pytest.raises(ValueError, match="together"):
        list(read_files(paths, TEXTS, []))
    for missing in ([], [tmp_path / "none.txt"]):
        with pytest.raises(ValueError, match=r"Choose files|cannot be read"):
            list(read_files(missing, TEXTS, []))


def test_names_are_made_fit_for_a_report() -> None:
    assert archives.shown("a\x1b[31m\n.txt") == "a?[31m?.txt"
    assert len(archives.shown("x" * 500 + ".txt")) == archives.LONGEST_NAME


def test_what_a_damaged_member_took_to_unpack_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    size = 4 * archives.BLOCK
    monkeypatch.setattr(limits, "MAX_ARCHIVE_BYTES", 3 * size)
    data = bytearray(packed({f"{i}.txt": noise(size) for i in range(3)}))
    at = data.index(b"0.txt") + len("0.txt")
    data[at + size // 2] ^= 1  # its checksum is wrong, which shows at its end
    kept, dropped = read(bytes(data))
    assert list(kept) == ["1.txt", "2.txt"] and dropped == {"0.txt": "damaged"}
    monkeypatch.setattr(limits, "MAX_ARCHIVE_BYTES", 2 * size)
    kept, dropped = read(bytes(data))
    assert list(kept) == ["1.txt"] and dropped == {"0.txt": "damaged", "2.txt": "beyond the limit of all"}
