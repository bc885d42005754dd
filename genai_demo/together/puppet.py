"""A face that moves: its picture is bent around 68 landmarks, and an open mouth gets an inside.

Nothing is learnt here. Every pixel of a frame is read from a moved place of the portrait (backward warping): the lower
lip and the jaw go down, the corners of the mouth go in and out, the upper lids come down, the head turns a little.
Positions are pixels of the portrait, x to the right and y down. Around the mouth and the eyes they are counted along
and across the feature, in half its width, so that one set of numbers suits every face.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

WIDEST = 0.55
"""How far the lower lip of a wide open mouth goes down, in half the mouth's width."""
LIFT = 0.08
"""How far the upper lip goes up, likewise."""
JAW = 2.4
"""Down to here, likewise, skin follows the lower lip."""
ROUND, WIDE = 0.30, 0.08
"""How much narrower the mouth becomes for "oo", and how much wider for "ee"."""
TEETH = 0.16
"""How far upper teeth show below the lip, likewise."""
DARK, BRIGHT = np.array([62, 24, 26], np.float32), np.array([214, 204, 192], np.float32)
"""Colours of the inside of a mouth and of teeth in a face of mean brightness ``LIGHT``."""
LIGHT = 150.0
SHOWN = 0.12
"""A gap between the lips from here on shows teeth of the portrait's own."""
LID = 0.9
"""Down to here above an eye, in half its width, skin follows the upper lid."""
ABOVE, LASHES, DARKER = 0.14, 0.08, 0.5
"""Where the skin of the lid begins above the eye; how far below the lower lid closed lashes lie, likewise; and how
dark they are."""
SWAY, TURN, BROW = 0.010, 0.016, 0.014
"""Of the picture's side: the largest motion of the head, of the nose against the ears, and of the brows."""
EDGE = 1.0
"""Pixels over which drawn edges are soft."""


@dataclass(frozen=True)
class Pose:
    """How a face is held in one frame."""

    opening: float = 0.0
    """Of the mouth: -1 pressed together, 0 as in the portrait, 1 wide open."""
    rounding: float = 0.0
    """1 pursed as for "oo", -1 drawn wide as for "ee"."""
    lids: float = 0.0
    """0 as in the portrait, 1 closed."""
    brows: float = 0.0
    """0 as in the portrait, 1 raised."""
    sway: tuple[float, float] = (0.0, 0.0)
    """Of the head, to the right and down, each from -1 to 1."""
    turn: float = 0.0
    """Of the head to a side of the picture, from -1 to 1."""
    tilt: float = 0.0
    """Radians, clockwise."""


@dataclass(frozen=True)
class Feature:
    """A mouth or an eye: its axes, and two parabolas, the upper and the lower edge of its opening."""

    centre: np.ndarray
    half: float
    """Half its width in pixels."""
    along: np.ndarray
    """Unit vector (2,) from its left to its right corner in the picture."""
    upper: np.ndarray
    lower: np.ndarray
    """Coefficients (3,) of across as a function of along, for numpy's polyval."""

    @classmethod
    def of(cls, corners: np.ndarray, upper: np.ndarray, lower: np.ndarray) -> "Feature":
        """From its corners (2, 2) and the landmarks (N, 2) of its two edges, corners included."""
        across = corners[1] - corners[0]
        half = max(float(np.hypot(*across)) / 2, 1.0)
        bare = cls(corners.mean(0), half, across / (2 * half), np.zeros(3), np.zeros(3))
        edges = [np.polyfit(*bare.own(edge[:, 0], edge[:, 1]), 2) for edge in (upper, lower)]
        return cls(bare.centre, bare.half, bare.along, *edges)

    def own(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pixels to along and across, in half its width."""
        x, y = (x - self.centre[0]) / self.half, (y - self.centre[1]) / self.half
        return x * self.along[0] + y * self.along[1], y * self.along[0] - x * self.along[1]

    def pixels(self, u: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The way back."""
        x, y = u * self.along[0] - v * self.along[1], u * self.along[1] + v * self.along[0]
        return x * self.half + self.centre[0], y * self.half + self.centre[1]

    def edges(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Its upper and its lower edge at these places along it; beyond its corners they meet."""
        inside = np.clip(u, -1, 1)
        upper, lower = np.polyval(self.upper, inside), np.polyval(self.lower, inside)
        return upper, np.maximum(lower, upper)


class Around:
    """The part of a picture around a feature, and where its pixels lie along and across it."""

    def __init__(self, feature: Feature, shape: tuple[int, int], wide: float, up: float, down: float):
        self.feature = feature
        x, y = feature.pixels(np.array([-wide, wide, wide, -wide]), np.array([-up, -up, down, down]))
        left, right = np.clip([int(x.min()), int(x.max()) + 2], 0, shape[1])
        top, bottom = np.clip([int(y.min()), int(y.max()) + 2], 0, shape[0])
        self.box = np.s_[top:bottom, left:right]
        rows, columns = np.mgrid[self.box].astype(np.float32)
        self.u, self.v = (part.astype(np.float32) for part in feature.own(columns, rows))


def smooth(x: np.ndarray) -> np.ndarray:
    """0 up to 0, 1 from 1, and no corner between."""
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)


class Puppet:
    """A portrait (H, W) with its landmarks (68, 2) in the order of iBUG 300-W. Raises ValueError for others."""

    def __init__(self, portrait: Image.Image, landmarks: np.ndarray):
        if landmarks.shape != (68, 2) or not np.isfinite(landmarks).all():
            raise ValueError(f"A face has 68 landmarks of two numbers, not {landmarks.shape}.")
        self.pixels = np.asarray(portrait.convert("RGB")).astype(np.float32)
        self.side = self.pixels.shape[1]
        self.y, self.x = np.mgrid[: self.pixels.shape[0], : self.side].astype(np.float32)
        points = landmarks.astype(np.float32)
        mouth = Feature.of(points[[48, 54]], points[60:65], points[[60, 67, 66, 65, 64]])
        eyes = (Feature.of(points[[36, 39]], points[36:40], points[[36, 41, 40, 39]]),
                Feature.of(points[[42, 45]], points[42:46], points[[42, 47, 46, 45]]))  # fmt: skip
        self.mouth = Around(mouth, self.x.shape, 2.6, 1.8, JAW)
        self.eyes = [Around(eye, self.x.shape, 1.2, LID + 0.6, 0.8) for eye in eyes]
        self.brows = [points[17:22].mean(0), points[22:27].mean(0)]
        near = np.hypot(self.mouth.u, self.mouth.v) < 1.5
        self.light = float(self.pixels[self.mouth.box][near].mean()) / LIGHT
        self._measure_head(points)

    def _measure_head(self, points: np.ndarray) -> None:
        """How far each pixel follows the head, and how near to the viewer it is: 0 to 1."""
        self.middle = points[27:36].mean(0)
        wide = float(np.hypot(*(points[16] - points[0]))) / 2
        tall = float(np.hypot(*(points[8] - self.middle)))
        radius = np.hypot((self.x - self.middle[0]) / (1.3 * wide), (self.y - self.middle[1]) / (1.5 * tall))
        height, width = self.x.shape
        border = np.minimum.reduce([self.x, self.y, width - 1 - self.x, height - 1 - self.y]) / width
        self.head = (1 - smooth((radius - 0.6) / 0.9)) * smooth(border / 0.08)
        self.near = np.sqrt(np.clip(1 - radius**2, 0, 1))

    def draw(self, pose: Pose) -> Image.Image:
        """The portrait in this pose."""
        frame = self._open_mouth(self._close_lids(self.pixels, pose.lids), pose)
        frame = self._read(frame, *self._head_from(pose))
        return Image.fromarray(frame.round().clip(0, 255).astype(np.uint8))

    @staticmethod
    def _read(picture: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """A picture at these places; beyond its edge it goes on as there."""
        x, y = x.astype(np.float32), y.astype(np.float32)
        return cv2.remap(picture, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)

    def _head_from(self, pose: Pose) -> tuple[np.ndarray, np.ndarray]:
        """Where each pixel of a frame with a moved head comes from; brows move with it."""
        rest_x, rest_y = self.x - self.middle[0], self.y - self.middle[1]
        right = self.side * (SWAY * pose.sway[0] + TURN * pose.turn * self.near) - pose.tilt * rest_y
        down = self.side * SWAY * pose.sway[1] + pose.tilt * rest_x
        x, y = self.x - self.head * right, self.y - self.head * down
        for brow in self.brows:
            near = np.exp(-(((self.x - brow[0]) / 0.13) ** 2 + ((self.y - brow[1]) / 0.07) ** 2) / self.side**2)
            y = y + BROW * self.side * pose.brows * near
        return x, y

    def _close_lids(self, picture: np.ndarray, amount: float) -> np.ndarray:
        """The skin above the eyes drawn down over them."""
        if amount <= 0:
            return picture
        closed = picture.copy()
        for eye in self.eyes:
            upper, lower = eye.feature.edges(eye.u)
            lid = upper + amount * (lower - upper + LASHES)
            top = upper - LID
            stretched = top + (eye.v - top) * (upper - ABOVE - top) / (lid - top)
            drawn = self._read(picture, *eye.feature.pixels(eye.u, np.where(eye.v > top, stretched, eye.v)))
            line = np.exp(-(((lid - eye.v) / (2 * LASHES)) ** 2)) * amount
            drawn = drawn * (1 - DARKER * line)[..., None]
            soft = EDGE / eye.feature.half
            over = smooth((lid - eye.v) / soft) * (1 - smooth((np.abs(eye.u) - 1) / 0.15)) * (eye.v > top)
            closed[eye.box] += over[..., None] * (drawn - closed[eye.box])
        return closed

    def _open_mouth(self, picture: np.ndarray, pose: Pose) -> np.ndarray:
        """The lips moved apart or together, rounded or drawn wide; between them the inside of the mouth."""
        mouth, opened, pressed = self.mouth.feature, max(pose.opening, 0.0), max(-pose.opening, 0.0)
        v = self.mouth.v
        near = np.exp(-(self.mouth.u**2) / 2.2 - (v**2) / 1.5)
        narrower = ROUND * max(pose.rounding, 0.0) - WIDE * max(-pose.rounding, 0.0)
        u = self.mouth.u / (1 - narrower * near)
        upper, lower = mouth.edges(u)
        gap = lower - upper
        lens = np.clip(1 - u**2, 0, 1)
        lip, edge = upper - LIFT * opened * lens, lower + WIDEST * opened * lens - pressed * gap
        depth = np.clip((v - edge) / (JAW - edge), 0, 1)
        wider = np.clip(1 - (u / (1 + 1.2 * depth)) ** 2, 0, 1)
        follow = 1 - smooth(depth)
        below = v - (WIDEST * opened * wider - pressed * gap) * follow
        above = v + LIFT * opened * lens * (1 - smooth((lip - v) / 0.9))
        moved = self._read(picture, *mouth.pixels(u, np.where(v >= edge, below, above)))
        frame = picture.copy()
        frame[self.mouth.box] = moved
        if not opened:
            return frame
        soft = EDGE / mouth.half
        inside = smooth((v - lip - gap) / soft) * smooth((edge - v) / soft) * (np.abs(u) < 1)
        frame[self.mouth.box] += inside[..., None] * (self._inside(v - lip - gap, lens * opened, gap) - moved)
        return frame

    def _inside(self, under: np.ndarray, room: np.ndarray, gap: np.ndarray) -> np.ndarray:
        """Colours (H, W, 3) of the inside of the mouth: under: how far below the upper lip; room: how open it is."""
        shade = DARK * self.light * (1 - 0.5 * smooth(under / 0.3))[..., None]
        if float(gap.max()) > SHOWN:  # the portrait shows teeth of its own
            return shade
        teeth = (1 - smooth((under - TEETH * np.sqrt(room)) / 0.06 + 0.5)) * smooth(room / 0.25)
        bright = np.minimum(BRIGHT * self.light, 232) * (0.72 + 0.28 * smooth(under / 0.1))[..., None]
        return shade + teeth[..., None] * (bright - shade)
