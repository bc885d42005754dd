"""Faded prints get their blacks, whites and colours back: every channel is stretched to where it most likely reached.

What is darkest and lightest in a photograph is nearly grey: where red, green and blue end at different levels, the
print or its paper is tinted. The levels are looked for in a small copy, in which grain and dust average out.
"""

import cv2
import numpy as np

from genai_demo.repair.tone import LUMA

SIDE = 256
"""Longer side of the copy in which the levels are looked for."""
TAIL = 0.001
"""Share of the pixels that may lie below the darkest level, and above the lightest."""
DARK, LIGHT = 0.02, 0.98
"""Where the levels are brought to, unless they lie beyond."""
TINT = 0.85
"""How much of the difference between the channels is taken for a tint."""
COLOUR = 0.8
"""How far colours follow the contrast: dyes fade together."""
LEAST_RANGE, MOST_GAIN = 0.15, 2.5
"""Of a channel: a smaller range is not stretched to the full, it may be fog."""


def revived(picture: np.ndarray, strength: float = 1.0) -> np.ndarray:
    """A picture (H, W, 3) float32 in [0, 1] with contrast and colours of a fresh print, likewise.

    strength: 0 changes nothing, 1 all that is believed. A picture that uses all levels in all channels hardly changes.
    """
    height, width = picture.shape[:2]
    factor = min(1.0, SIDE / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).reshape(-1, 3)
    dark, light = np.quantile(small, [TAIL, 1 - TAIL], axis=0).astype(np.float32)
    darkness, lightness = (float(v) for v in np.quantile(small @ LUMA, [TAIL, 1 - TAIL]))
    low, high = min(DARK, darkness), max(LIGHT, lightness)
    dark, light = darkness + TINT * (dark - darkness), lightness + TINT * (light - lightness)
    gain = np.minimum((high - low) / np.maximum(light - dark, LEAST_RANGE), MOST_GAIN)
    common = min((high - low) / max(lightness - darkness, LEAST_RANGE), MOST_GAIN)
    stretched = (picture - dark) * gain.astype(np.float32) + np.float32(low)
    grey = (stretched @ LUMA)[..., None]
    coloured = grey + np.float32(1 + COLOUR * max(0.0, common - 1)) * (stretched - grey)
    return (picture + np.float32(strength) * (coloured - picture)).clip(0, 1).astype(np.float32)
