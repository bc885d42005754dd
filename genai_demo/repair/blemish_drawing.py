"""Blemishes of old prints, drawn by a program over pictures: what the network that finds them learns from.

Everything is drawn on a ``Plate`` and notes there what it covers, by kind. Lengths are pixels of the plate.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from genai_demo.repair.blemish_network import KINDS

SCRATCHES, DUST, STAINS = range(len(KINDS))
SCALE = 2
"""Lines are drawn at twice the size, for soft edges."""
SHIFT = 4
"""Binary digits after the point of the corners that OpenCV draws between."""
COVERED = 0.3
"""Share of a pixel that is covered for it to count."""
SEEN = 0.03
"""Change of lightness from which on a blemish is seen."""
STAINED = 0.07
"""Change of a channel from which on a place counts as stained: what is fainter nobody would call so."""


@dataclass
class Plate:
    """A picture that is being damaged."""

    picture: np.ndarray
    """(H, W, 3) float32 in [0, 1], changed in place."""
    cover: np.ndarray
    """(KINDS, H, W) float32 in 0..1: how far each kind covers every pixel."""
    rng: np.random.Generator

    @classmethod
    def of(cls, picture: np.ndarray, rng: np.random.Generator) -> "Plate":
        """A copy of a picture without blemishes."""
        return cls(picture.astype(np.float32), np.zeros((len(KINDS), *picture.shape[:2]), np.float32), rng)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.picture.shape[0], self.picture.shape[1]

    def lay(self, kind: int, alpha: np.ndarray, ink: np.ndarray | float) -> None:
        """Cover by an opacity (H, W) with a colour, or with colours (H, W, 3)."""
        self.picture += alpha[..., None] * (np.asarray(ink, np.float32) - self.picture)
        np.maximum(self.cover[kind], alpha, out=self.cover[kind])

    def between(self, low: float, high: float) -> float:
        """A number that is drawn evenly."""
        return float(self.rng.uniform(low, high))

    def chance(self, probability: float) -> bool:
        """Whether something of this probability happens."""
        return bool(self.rng.random() < probability)


def ink(plate: Plate, light: float = 0.7) -> np.ndarray:
    """The colour of a blemish (3,): near white or near black, hardly tinted. light: probability of white."""
    if plate.chance(0.06):  # the layers of a colour film show
        return plate.rng.uniform(0.05, 0.95, 3).astype(np.float32)
    level = plate.between(0.72, 1.0) if plate.chance(light) else plate.between(0.0, 0.28)
    return (level + plate.rng.normal(0, 0.02, 3)).clip(0, 1).astype(np.float32)


def patches(plate: Plate, cells: float, low: float = 0.0, high: float = 1.0) -> np.ndarray:
    """Values that come and go over about ``cells`` pixels: (H, W) float32 in low..high."""
    height, width = plate.size
    grid = plate.rng.random((max(2, round(height / cells)), max(2, round(width / cells))), np.float32)
    smooth = cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    return np.float32(low) + np.float32(high - low) * smooth


# --------------------------------------------------------------------------- lines


def wander(
    plate: Plate, length: float, bend: float, curl: float = 0.0, start: tuple[float, float, float] | None = None
) -> np.ndarray:
    """Corners (N, 2) of a line that begins anywhere; x and y.

    bend: standard deviation of its turns over a pixel to the power of a half; curl: of the turn that stays, a pixel.
    start: x, y and direction in place of any.
    """
    height, width = plate.size
    step = 4.0 if length > 40 else 1.5
    count = max(2, round(length / step))
    if start is None:
        start = plate.between(-0.1, 1.1) * width, plate.between(-0.1, 1.1) * height, plate.between(0, 2 * np.pi)
    turns = plate.rng.normal(0, bend * np.sqrt(step), count) + plate.rng.normal(0, 1) * curl * step
    angle = start[2] + np.cumsum(turns)
    moves = np.stack([np.cos(angle), np.sin(angle)], 1) * step
    return np.concatenate([[start[:2]], np.array(start[:2]) + np.cumsum(moves, 0)])


def drawn(plate: Plate, lines: list[tuple[np.ndarray, float]], taper: bool = False) -> np.ndarray:
    """Opacity (H, W) of lines, each of corners (N, 2) and a width. taper: whether the ends are thin."""
    height, width = plate.size
    layer = np.zeros((SCALE * height, SCALE * width), np.uint8)
    thinnest = 1.0
    for corners, thick in lines:
        points = np.round(corners * SCALE * 2**SHIFT).astype(np.int32)
        whole = max(1, round(SCALE * thick))
        thinnest = min(thinnest, SCALE * thick / whole)
        if taper and whole > 1 and len(points) > 6:
            third = max(2, len(points) // 4)
            cv2.polylines(layer, [points], False, 255, max(1, whole // 2), cv2.LINE_AA, SHIFT)
            cv2.polylines(layer, [points[third:-third]], False, 255, whole, cv2.LINE_AA, SHIFT)
        else:
            cv2.polylines(layer, [points], False, 255, whole, cv2.LINE_AA, SHIFT)
    small = cv2.resize(layer, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return small * np.float32(min(1.0, thinnest))


def broken(plate: Plate, alpha: np.ndarray) -> np.ndarray:
    """An opacity with gaps, and with parts that are fainter."""
    if plate.chance(0.4):
        return alpha
    gaps = patches(plate, plate.between(4, 24))
    return alpha * (plate.between(2, 6) * (gaps - plate.between(0.1, 0.45))).clip(0, 1)


def line_width(plate: Plate) -> float:
    """Pixels; most lines are thin."""
    return float(np.exp(plate.between(np.log(0.5), np.log(4.5))))


def scratch(plate: Plate) -> None:
    """A scratch of any curvature, light or dark, whole or broken, often with a rim of the other lightness."""
    side = max(plate.size)
    length = side * plate.between(0.08, 1.2)
    bend, curl = plate.between(0, 0.06) * plate.chance(0.7), plate.between(0, 0.02) * plate.chance(0.5)
    corners = wander(plate, length, bend, curl)
    thick = line_width(plate)
    alpha = broken(plate, drawn(plate, [(corners, thick)], plate.chance(0.5))) * plate.between(0.35, 1.0)
    colour = ink(plate)
    if plate.chance(0.15):
        rim = drawn(plate, [(corners, thick + 2.5)]) * plate.between(0.15, 0.5)
        plate.picture += rim[..., None] * ((1 - colour.round()) - plate.picture)
    plate.lay(SCRATCHES, alpha, colour)


def parallels(plate: Plate) -> None:
    """Scratches of a film's transport: nearly straight, side by side, from edge to edge."""
    height, width = plate.size
    upright = plate.chance(0.75)
    across, colour = (width if upright else height), ink(plate)
    middle, spread = plate.between(0, across), plate.between(2, 0.4 * across)
    lines = []
    for _ in range(plate.rng.integers(1, 9)):
        at = plate.rng.normal(middle, spread)
        start = (at, -5.0, np.pi / 2) if upright else (-5.0, at, 0.0)
        lines.append((wander(plate, 1.1 * max(height, width), 0.003, 0, start), plate.between(0.5, 1.8)))
    plate.lay(SCRATCHES, broken(plate, drawn(plate, lines)) * plate.between(0.2, 0.9), colour)


def fold(plate: Plate) -> None:
    """A fold from edge to edge: paper shows where the surface broke, and light falls otherwise on both sides."""
    height, width = plate.size
    diagonal = float(np.hypot(height, width))
    angle = plate.between(0, np.pi)
    if plate.chance(0.6):
        angle = float(plate.rng.choice([0.0, np.pi / 2]) + plate.rng.normal(0, 0.05))
    middle = np.array([plate.between(0.1, 0.9) * width, plate.between(0.1, 0.9) * height])
    along = np.array([np.cos(angle), np.sin(angle)])
    first = middle - along * diagonal
    corners = wander(plate, 2 * diagonal, plate.between(0, 0.006), 0, (first[0], first[1], angle))
    corners = corners + plate.rng.normal(0, plate.between(0, 0.8), corners.shape)
    thick = plate.between(0.8, 4.5)
    soft = cv2.GaussianBlur(drawn(plate, [(corners, thick)]), (0, 0), plate.between(2, 9))
    plate.picture += soft[..., None] * np.float32(plate.between(-0.5, 0.5))
    core = drawn(plate, [(corners, thick)])
    rough = patches(plate, plate.between(2, 8))
    core = core * ((rough - plate.between(0, 0.5)) * 6).clip(0, 1) if plate.chance(0.6) else core
    plate.lay(SCRATCHES, core * plate.between(0.3, 1.0), ink(plate, 0.85))


def cracks(plate: Plate) -> None:
    """A crack with branches."""
    thick = plate.between(0.5, 2.2)
    lines, length = [], max(plate.size) * plate.between(0.15, 0.7)
    trunk = wander(plate, length, plate.between(0.08, 0.25))
    lines.append((trunk, thick))
    for _ in range(plate.rng.integers(1, 8)):
        i = int(plate.rng.integers(1, len(trunk)))
        ahead = trunk[i] - trunk[i - 1]
        angle = float(np.arctan2(ahead[1], ahead[0]) + plate.rng.choice([-1, 1]) * plate.between(0.4, 1.4))
        branch = wander(plate, length * plate.between(0.1, 0.5), 0.2, 0, (trunk[i][0], trunk[i][1], angle))
        lines.append((branch, max(0.5, thick * plate.between(0.5, 1))))
    plate.lay(SCRATCHES, drawn(plate, lines) * plate.between(0.4, 1.0), ink(plate, 0.6))


def hair(plate: Plate) -> None:
    """A hair or a fibre that lay on the print or on the scanner: thin, curled, crisp."""
    length = max(plate.size) * plate.between(0.08, 0.5)
    corners = wander(plate, length, plate.between(0.02, 0.12), plate.between(0.01, 0.08))
    alpha = drawn(plate, [(corners, plate.between(0.5, 1.8))], True) * plate.between(0.4, 1.0)
    plate.lay(SCRATCHES, alpha, ink(plate, 0.5))


def film(plate: Plate) -> None:
    """Scratches of one lightness, all alike."""
    colour, thin = ink(plate, 0.75), max(plate.size) / 128 * plate.between(0.6, 1.5)
    alpha = np.zeros(plate.size, np.float32)
    for _ in range(plate.rng.integers(1, 9)):
        corners = wander(plate, max(plate.size) * plate.between(0.2, 1.2), 0.03)
        one = drawn(plate, [(corners, thin * plate.between(0.5, 1.6))]) * np.float32(plate.between(0.45, 1))
        np.maximum(alpha, one, out=alpha)
    plate.lay(SCRATCHES, alpha, colour)
    specks(plate, colour, thin)


# --------------------------------------------------------------------------- dust


def specks(plate: Plate, colour: np.ndarray | None = None, unit: float | None = None) -> None:
    """Round and ragged specks, everywhere or in a cloud, of one colour or each of its own."""
    height, width = plate.size
    count = int(np.exp(plate.between(np.log(3), np.log(70))))
    unit = unit or float(np.exp(plate.between(np.log(0.5), np.log(3.0))))
    light, cloud = plate.between(0.1, 0.95), plate.chance(0.3)
    middle = plate.rng.uniform(0, 1, 2) * (width, height)
    one = colour if colour is not None else (ink(plate, light) if plate.chance(0.6) else None)
    layers = [np.zeros((SCALE * height, SCALE * width), np.uint8) for _ in range(1 if one is not None else 2)]
    for _ in range(count):
        spot = plate.rng.uniform(0, 1, 2) * (width, height)
        if cloud:
            spot = plate.rng.normal(middle, 0.15 * max(height, width))
        radius = unit * plate.between(0.5, 1.5) * (plate.between(1, 2.5) if plate.chance(0.1) else 1)
        corners = _ragged(plate, spot, radius) if radius > 1 and plate.chance(0.5) else _oval(plate, spot, radius)
        if plate.chance(0.12):
            corners = wander(plate, plate.between(4, 11), 0.2, 0.1, (*spot, plate.between(0, 2 * np.pi)))
            points = np.round(corners * SCALE * 2**SHIFT).astype(np.int32)
            cv2.polylines(layers[0], [points], False, 255, 2, cv2.LINE_AA, SHIFT)
            continue
        points = np.round(corners * SCALE * 2**SHIFT).astype(np.int32)
        target = layers[int(plate.rng.integers(len(layers)))]
        cv2.fillPoly(target, [points], int(plate.rng.integers(120, 256)), cv2.LINE_AA, SHIFT)
    opacity = plate.between(0.6, 1.0)
    for i, layer in enumerate(layers):
        alpha: np.ndarray = cv2.resize(layer, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        if plate.chance(0.2):
            alpha = cv2.GaussianBlur(alpha, (0, 0), plate.between(0.4, 1.0))
        plate.lay(DUST, alpha * np.float32(opacity), one if one is not None else ink(plate, float(i)))


def _oval(plate: Plate, middle: np.ndarray, radius: float) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    long, turn = radius * plate.between(1, 1.8), plate.between(0, np.pi)
    x, y = long * np.cos(angle), radius * np.sin(angle)
    return middle + np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], 1)


def _ragged(plate: Plate, middle: np.ndarray, radius: float, corners: int = 14, rough: float = 0.35) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    reach = radius * (1 + rough * plate.rng.uniform(-1, 1, corners))
    for waves in (2, 3):
        reach += radius * rough * plate.between(-0.6, 0.6) * np.cos(waves * angle + plate.between(0, 2 * np.pi))
    return middle + reach[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)


# --------------------------------------------------------------------------- stains and what is missing


def area(plate: Plate, radius: float, middle: np.ndarray | None = None) -> np.ndarray:
    """Distance in pixels inward from the uneven edge of an area, negative outside: (H, W) float32."""
    height, width = plate.size
    if middle is None:
        middle = plate.rng.uniform(-0.05, 1.05, 2) * (width, height)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    angle = np.arctan2(y - middle[1], x - middle[0])
    edge = np.full((height, width), radius, np.float32)
    for waves in (1, 2, 3, 5, 8):
        edge += np.float32(radius * plate.between(0, 0.3) / waves**0.5) * np.cos(
            waves * angle + np.float32(plate.between(0, 2 * np.pi))
        )
    ragged = patches(plate, max(3.0, 0.15 * radius), -0.12, 0.12) * np.float32(radius)
    return edge + ragged - np.hypot(x - middle[0], y - middle[1])


def stain(plate: Plate) -> None:
    """Water dried here: a tint inside, and a dark rim where the dirt was left."""
    inward = area(plate, max(plate.size) * plate.between(0.05, 0.3))
    inside = 1 / (1 + np.exp(-(inward / plate.between(0.6, 3)).clip(-30, 30)))
    tint = np.array([1, plate.between(0.8, 0.98), plate.between(0.55, 0.95)], np.float32) * plate.between(0.45, 0.95)
    if plate.chance(0.25):  # bleached rather than darkened
        tint = np.float32(1.0) + plate.rng.uniform(0.05, 0.4) * np.array([1, 1, plate.between(0.6, 1)], np.float32)
    body = inside * plate.between(0.1, 1.0) * patches(plate, 40, 0.6, 1)
    rim = (
        np.exp(-np.square((inward - 1) / plate.between(0.8, 3))) * plate.between(0.2, 0.9) * patches(plate, 30, 0.2, 1)
    )
    _changed(plate, body, plate.picture * tint)
    dark = plate.picture * np.array([0.62, 0.5, 0.36], np.float32) * plate.between(0.7, 1.3)
    if plate.chance(0.8):
        _changed(plate, rim, dark)


def _changed(plate: Plate, alpha: np.ndarray, colours: np.ndarray) -> None:
    """Lay colours; what changes visibly is stained, and what a rim encloses but leaves as it was is not."""
    before = plate.picture.copy()
    plate.picture += alpha[..., None].astype(np.float32) * (colours - plate.picture)
    change = np.abs(plate.picture - before).max(2)
    share = cv2.GaussianBlur(change, (0, 0), 1.0) / STAINED * COVERED
    seen = np.minimum(share, 1) * (alpha > 0.02)
    np.maximum(plate.cover[STAINS], seen.astype(np.float32), out=plate.cover[STAINS])


def foxing(plate: Plate) -> None:
    """Brown spots with soft edges, in clusters."""
    height, width = plate.size
    middle = plate.rng.uniform(0, 1, 2) * (width, height)
    layer = np.zeros((height, width), np.uint8)
    for _ in range(plate.rng.integers(2, 16)):
        spot = plate.rng.normal(middle, 0.25 * max(height, width))
        corners = _ragged(plate, spot, plate.between(2.5, 9))
        points = np.round(corners * 2**SHIFT).astype(np.int32)
        cv2.fillPoly(layer, [points], int(plate.rng.integers(64, 206)), cv2.LINE_AA, SHIFT)
    alpha = cv2.GaussianBlur(layer.astype(np.float32) / 255, (0, 0), plate.between(0.6, 2))
    brown = np.array([0.55, 0.38, 0.2], np.float32) * np.float32(plate.between(0.6, 1.3))
    _changed(plate, alpha, plate.picture * brown + np.float32(0.15) * brown)


def lost(plate: Plate) -> None:
    """The surface came off: white paper, or whatever lies below, with a ragged edge."""
    inward = area(plate, max(plate.size) * plate.between(0.02, 0.1))
    alpha = (inward / plate.between(0.5, 1.5) + 0.5).clip(0, 1)
    plate.lay(STAINS, alpha * plate.between(0.8, 1.0), _paper(plate))


def torn(plate: Plate) -> None:
    """A corner or a piece of an edge is missing."""
    height, width = plate.size
    corner = np.array([plate.chance(0.5) * width, plate.chance(0.5) * height], np.float32)
    if plate.chance(0.3):
        corner[int(plate.rng.integers(2))] = plate.between(0.2, 0.8) * min(width, height)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    slope = plate.between(0.4, 2.5)
    reach = max(height, width) * plate.between(0.08, 0.35)
    inward = reach - (np.abs(x - corner[0]) * slope**0.5 + np.abs(y - corner[1]) / slope**0.5)
    inward += patches(plate, plate.between(6, 30), -1, 1) * 0.12 * reach + patches(plate, 4, -1.2, 1.2)
    paper = _paper(plate)
    if plate.chance(0.5):  # the fibres of the paper show along the tear
        rim = ((inward + plate.between(1.5, 5)) / 1.0).clip(0, 1)
        plate.lay(STAINS, rim * plate.between(0.6, 1), np.float32(plate.between(0.85, 1)))
    plate.lay(STAINS, inward.clip(0, 1), paper)


def _paper(plate: Plate) -> np.ndarray:
    """White, cream, grey or black, even or grained: (H, W, 3)."""
    levels = [plate.between(0.85, 1), plate.between(0.4, 0.85), plate.between(0, 0.15)]
    level = plate.rng.choice(levels, p=[0.65, 0.15, 0.2])
    colour = level * np.array([1, plate.between(0.93, 1), plate.between(0.8, 1)], np.float32)
    grain = plate.rng.standard_normal((*plate.size, 1), np.float32) * np.float32(plate.between(0, 0.04))
    return (colour + grain + patches(plate, 20, -0.03, 0.03)[..., None]).clip(0, 1).astype(np.float32)
