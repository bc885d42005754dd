"""What picture, film or document a file is, by its first bytes alone: names are whatever somebody called it.

Sounds are told apart by ``core.containers``.
"""

PNG = b"\x89PNG\r\n\x1a\n"

STARTS: tuple[tuple[bytes, str], ...] = (
    (PNG, "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
    (b"\0\0\0\x0cjP  ", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/jp2"),
    (b"\0\0\0\x0cJXL ", "image/jxl"),
    (b"\xff\x0a", "image/jxl"),
    (b"\0\0\1\0", "image/x-icon"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"%PDF-", "application/pdf"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
)
RIFF = {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo"}

AVIF = frozenset((b"avif", b"avis"))
HEVC = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"))
HEIF = frozenset((b"mif1", b"mif2", b"msf1", b"miaf"))
"""Brands of pictures in ISO boxes: by AV1, by HEVC, and those that leave open by what."""


def kind_of(data: bytes) -> str:
    """MIME type by the first bytes; empty for other kinds of files, such as texts and sounds."""
    for start, kind in STARTS:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF":
        return RIFF.get(data[8:12], "")
    if data[4:8] == b"ftyp":
        return _kind_of_boxes(data)
    if data[:2] == b"BM" and data[14:18] in _BMP_HEADERS:
        return "image/bmp"
    return ""


_BMP_HEADERS = frozenset(n.to_bytes(4, "little") for n in (12, 16, 40, 52, 56, 64, 108, 124))
"""Sizes of the header that follows; two letters alone begin many a text."""


def brands(data: bytes) -> list[bytes]:
    """The brands of a file of ISO boxes, the major one first."""
    end = min(max(int.from_bytes(data[:4], "big"), 16), 512)
    return [data[8:12], *(data[at : at + 4] for at in range(16, min(end, len(data) - 3), 4))]


def _kind_of_boxes(data: bytes) -> str:
    said = brands(data)
    if data[8:12] in AVIF or (AVIF & set(said) and data[8:12] not in HEVC):
        return "image/avif"
    if HEVC & set(said):
        return "image/heic"
    if data[8:12] in HEIF:  # the kinds of the items inside tell
        return "image/avif" if b"av01" in data[:65536] else "image/heic"
    return "" if data[8:11] in (b"M4A", b"M4B") else "video/mp4"
