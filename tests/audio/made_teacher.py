"""A teacher that sings: every phone has a length and a pitch that are known, silences are silent."""

import numpy as np

from genai_demo.audio.speech.phonemes import EDGE, PAUSES, SYMBOLS, Utterance
from genai_demo.audio.speech.plans import has_pitch
from genai_demo.audio.speech.teacher.kokoro import FRAME, HALF, RATE, Speech
from genai_demo.audio.speech.teacher.tones import LEVELS, NEUTRAL

TAIL = 3
"""Frames of silence that are counted to the phone before a pause, as the teacher does."""
BREATH = 8
"""Frames of silence before "and"."""
TEXTS = [
    "### chat | a\n"
    "U: Where is the small red house?\n"
    "A: It stands by the old mill, and the river is near.\n"
    "We walk to school on Monday.\t我们星期一走路去学校。\n"
    "They sing a song about rain!\t他们唱一首关于下雨的歌！\n"
    "Did you see my brother at the market?\t你在市场看见我哥哥了吗？\n"
    "A very long sentence about cats, dogs, birds, fish and horses that runs along the road.\t桌子上有三本书。\n"
    "The tea is hot and sweet.\t他跑得很快，可是没有赶上火车，只好等明天早上的车。\n",
    "小猫坐在门口等妈妈回家。\n天气真好啊！\n谁知道答案？\nThe cat sat.\nNo English 中文 here.\nToo short.",
]


def pitch(mark: str, before: str, steps: int) -> np.ndarray:
    """Hertz of a syllable: Chao's levels, two semitones each, from 150 Hz up; 200 Hz for English."""
    if not mark.startswith("zh"):
        return np.full(steps, 200.0)
    levels = LEVELS.get(mark, (NEUTRAL[before],) * 3)
    return 150 * 2 ** (np.interp(np.linspace(0, 2, steps), [0, 1, 2], levels) / 6)


class Singer:
    """Speaks as ``kokoro.Speaker`` does. gain: 0 is silent, 5 clips; flat: no tones."""

    def __init__(self, gain: float = 1.0, flat: bool = False):
        self.gain, self.flat = gain, flat

    def speak(self, utterance: Utterance) -> Speech:
        if "harbour" in utterance.text:
            raise ValueError("too many signs")
        symbols = [phone.symbol for phone in utterance.phones]
        frames, gaps = np.full(len(symbols), 4), np.zeros(len(symbols), np.int64)
        parts, hertz, before = [], [], ""
        words = {word.first: word.text for word in utterance.words}
        for i, phone in enumerate(utterance.phones):
            sounding = phone.symbol != EDGE and phone.symbol not in PAUSES
            if sounding and i + 1 in words and symbols[i + 1] not in (EDGE, *PAUSES):
                gaps[i] = BREATH if words[i + 1] == "and" else 1
            tail = TAIL if sounding and symbols[i + 1] in PAUSES else 0
            frames[i] += tail
            steps = 2 * 4
            track = pitch(phone.mark, before, steps) if sounding and has_pitch(phone.symbol) else np.zeros(steps)
            track = np.where(track > 0, 200.0, 0.0) if self.flat else track
            before = phone.mark if phone.mark in LEVELS else before
            wave = np.sin(2 * np.pi * np.cumsum(np.repeat(track, HALF)) / RATE)
            wave = 0.3 * np.sign(np.sin(2 * np.pi * 2500 * np.arange(steps * HALF) / RATE)) if not track.any() else wave
            silence = 2 * (tail + gaps[i]) if gaps[i] != 1 else 2 * tail
            loud = 0.5 - 0.004 * SYMBOLS.index(phone.symbol)  # so that no two phones are the same
            parts.append(loud * self.gain * wave * sounding)
            parts.append(np.zeros(silence * HALF))
            hertz += [track, np.zeros(silence)]
            if gaps[i] == 1:
                parts.append(0.1 * self.gain * np.ones(2 * HALF))
                hertz.append(np.zeros(2))
        samples = np.concatenate(parts).clip(-1, 1).astype(np.float32)
        assert len(samples) == FRAME * (frames.sum() + gaps.sum())
        return Speech(samples, frames, gaps, np.concatenate(hertz).astype(np.float32))
