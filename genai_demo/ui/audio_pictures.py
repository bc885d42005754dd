"""Pictures of a sound for the page: its waveform over its mel-spectrogram, for light and for dark pages."""

import base64
import html
import io

import numpy as np
from PIL import Image

from genai_demo.audio import mel as spectrograms
from genai_demo.ui.strings import say

WIDTHS = (480, 1600)
"""Pixels: shorter sounds are stretched, longer ones squeezed."""
WAVE_HEIGHT, MEL_HEIGHT = 90, 200

PICTURES_CSS = """
figure {margin: 0; display: grid; gap: 4px}
img {width: 100%; height: 90px; display: block; border-radius: 6px}
img.mel {height: 180px}
img.night, img.day:is(.dark *) {display: none}
img.night:is(.dark *) {display: block}
"""
"""For the ``gr.HTML`` that shows them."""


def pictures(samples: np.ndarray, mel: np.ndarray, language: str) -> str:
    """HTML of both pictures of samples (S,) and their log-mel (100, T), same time scale."""
    width = min(max(2 * mel.shape[1], WIDTHS[0]), WIDTHS[1])
    found = []
    for colours, look in ((spectrograms.LIGHT, "day"), (spectrograms.DARK, "night")):
        wave = spectrograms.wave_picture(samples, (width, WAVE_HEIGHT), ground=colours[0])
        bands = spectrograms.picture(mel, (width, MEL_HEIGHT), colours)
        for kind, picture in (("wave", wave), ("mel", bands)):
            name = html.escape(say(f"speech.{kind}", language))
            found.append(f'<img class="{kind} {look}" alt="{name}" title="{name}" src="{_address(picture)}">')
    return f"<figure>{found[0]}{found[2]}{found[1]}{found[3]}</figure>"


def _address(picture: Image.Image) -> str:
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=80, method=2)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()
