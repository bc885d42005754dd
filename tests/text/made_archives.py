"""Tiny archives in the formats of the real ones."""

import io
import json
import struct
import tarfile
import zipfile


def tarball(files: dict[str, str | bytes], kind: str = "gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{kind}") as archive:
        for name, content in files.items():
            content = content.encode() if isinstance(content, str) else content
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def zipped(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def debian(files: dict[str, str | bytes]) -> bytes:
    """A .deb: an ar archive of the format's version, the control files and the files themselves."""
    found = b"!<arch>\n"
    for name, content in (
        ("debian-binary", b"2.0\n"),
        ("control.tar.xz", tarball({"./control": "Package: made\n"}, "xz")),
        ("data.tar.xz", tarball({f"./{name}": content for name, content in files.items()}, "xz")),
    ):
        found += f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode() + content
        found += b"\n" * (len(content) % 2)
    return found


def catalogue(messages: dict[str, str]) -> bytes:
    """A compiled message catalogue (.mo)."""
    sides = [[text.encode() for text in side] for side in (messages, messages.values())]
    start, tables, texts = 28 + 16 * len(messages), b"", b""
    for side in sides:
        for text in side:
            tables += struct.pack("<2I", len(text), start + len(texts))
            texts += text + b"\0"
    return struct.pack("<7I", 0x950412DE, 0, len(messages), 28, 28 + 8 * len(messages), 0, 0) + tables + texts


def lines(*found: object) -> str:
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in found) + "\n"
