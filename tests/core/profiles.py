"""Colour profiles made by hand, and what they mean, by the textbook and not by the library that reads them."""

import struct

import numpy as np

D50 = np.array([0.9642, 1.0, 0.8249])
D65 = np.array([0.9505, 1.0, 1.089])
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])

SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
ADOBE = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
P3 = ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06))
EXCHANGED = (SRGB[1], SRGB[0], SRGB[2])
"""Red and green changed places: nobody can overlook whether it was applied."""


def matrix(primaries: tuple[tuple[float, float], ...]) -> np.ndarray:
    """(3, 3): linear red, green, blue under D65 to XYZ under D50, as profiles hold it."""
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in primaries]).T
    scaled = columns * np.linalg.solve(columns, D65)
    adapt = np.linalg.inv(BRADFORD) @ np.diag((BRADFORD @ D50) / (BRADFORD @ D65)) @ BRADFORD
    return adapt @ scaled


def _fixed(values: np.ndarray) -> bytes:
    return b"".join(struct.pack(">i", round(float(v) * 65536)) for v in values)


def _profile(space: bytes, tags: dict[bytes, bytes], kind: bytes = b"mntr", between: bytes = b"XYZ ") -> bytes:
    body, table, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data
    head = struct.pack(">I4sI4s4s4s12s4s", 0, b"\0" * 4, 0x02400000, kind, space, between, b"\0" * 12, b"acsp")
    head += bytes(28) + _fixed(D50) + bytes(48)
    assert len(head) == 128
    whole = head + struct.pack(">I", len(tags)) + table + body
    return struct.pack(">I", len(whole)) + whole[4:]


def _curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"


def rgb_profile(primaries: tuple[tuple[float, float], ...], gamma: float) -> bytes:
    """Three primaries and one curve."""
    columns = matrix(primaries).T
    tags = {b"wtpt": b"XYZ \0\0\0\0" + _fixed(D50)}
    tags |= {name: b"XYZ \0\0\0\0" + _fixed(c) for name, c in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)}
    tags |= {name: _curve(gamma) for name in (b"rTRC", b"gTRC", b"bTRC")}
    return _profile(b"RGB ", tags)


def grey_profile(gamma: float) -> bytes:
    """One curve."""
    return _profile(b"GRAY", {b"wtpt": b"XYZ \0\0\0\0" + _fixed(D50), b"kTRC": _curve(gamma)})


def ink_profile() -> bytes:
    """Inks that print in strange colours: cyan in red, magenta in green, yellow in blue, black in black."""
    line = bytes(range(256))
    paper, black = (255, 128, 128), (0, 128, 128)
    inks = {(1, 0, 0): (136, 208, 195), (0, 1, 0): (224, 42, 211), (0, 0, 1): (82, 207, 20)}
    grid = b""
    for corner in np.ndindex(2, 2, 2, 2):
        grid += bytes(black if corner[3] else paper if not any(corner) else inks.get(corner[:3], black))
    table = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + _fixed(np.eye(3).ravel()) + line * 4 + grid + line * 3
    return _profile(b"CMYK", {b"wtpt": b"XYZ \0\0\0\0" + _fixed(D50), b"A2B0": table}, b"prtr", b"Lab ")


def as_srgb(pixels: np.ndarray, primaries: tuple[tuple[float, float], ...], gamma: float) -> np.ndarray:
    """What pixels (..., 3) uint8 of a profile are in sRGB, 0..255."""
    linear = (pixels / 255.0) ** gamma @ (np.linalg.inv(matrix(SRGB)) @ matrix(primaries)).T
    linear = linear.clip(0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
