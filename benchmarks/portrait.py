"""A portrait that speaks, measured: ``python -m benchmarks.portrait``.

How well the lips follow the loudness of the vowels (correlation of how wide the mouth opens in a vowel with how loud
that is beside the others of the voice, over all of them), whether they close for every P, B and M, and seconds of work
for a second of film by part.
JSON on the output.
"""

import json
import time

import numpy as np

from genai_demo.audio.sounds import RATE
from genai_demo.audio.speech import generate as speech
from genai_demo.core.rounding import significant
from genai_demo.faces import align
from genai_demo.together import generate, motion
from genai_demo.together.puppet import Puppet

TEXTS = {
    "en": (
        "The rain has stopped, and the birds are singing again. Did you read the letter that Doctor Smith read "
        "yesterday? I said you should go, not your sister. My baby moved to Boston with people from Paris, and we all "
        "were very happy."
    ),
    "zh": (
        "雨停了，鸟儿又唱起歌来。今天天气很好，我们一起去公园散步吧。大家好，我用一个小小的神经网络说话，"
        "你觉得我说得怎么样？"
    ),
}
"""Said by every voice of the language."""
REACH = 0.02
"""Seconds before and after a vowel that still count as its own."""
CLOSED = -0.3
"""Of a pose's opening, below which lips count as closed."""
SEED = 101


def measure(voice: str, text: str) -> tuple[list[tuple[float, float]], list[float], dict[str, float]]:
    """Of a film: opening and loudness of its vowels, the least opening of its closures, and seconds by part."""
    start = time.perf_counter()
    pieces = list(speech.pieces(text, voice))
    samples, phones = np.concatenate([piece.samples for piece in pieces]), [piece.phones for piece in pieces]
    seconds = {"film": len(samples) / RATE, "voice": time.perf_counter() - start}
    start = time.perf_counter()
    portrait = generate.portrait(SEED)
    puppet = Puppet(portrait, align.find_face(portrait).landmarks)
    seconds["face"] = time.perf_counter() - start
    start = time.perf_counter()
    poses = motion.poses(phones, samples, generate.FPS)
    frames = tuple(puppet.draw(pose) for pose in poses)
    seconds["frames"] = time.perf_counter() - start
    start = time.perf_counter()
    film = generate.Film(portrait, tuple(poses), samples, tuple(phones), {}, ("faces-gan",), frames)
    film.mp4()
    seconds["file"] = time.perf_counter() - start
    opening, times = np.array([pose.opening for pose in poses]), (np.arange(len(poses)) + 0.5) / generate.FPS
    vowels, closures = [], []
    for phone, first, last in motion.timed(phones):
        near = (times >= first - REACH) & (times < last + REACH)
        if motion.is_vowel(phone.symbol) and near.any():
            power = (samples[int(first * RATE) : int(last * RATE)].astype(float) ** 2).mean()
            vowels.append((float(opening[near].max()), float(power) ** (motion.LOUDNESS / 2)))
        elif phone.symbol in motion.CLOSED and near.any():
            closures.append(float(opening[near].min()))
    usual = float(np.mean([loud for _, loud in vowels]))
    return [(wide, loud / usual) for wide, loud in vowels], closures, seconds


def main() -> None:
    """Measure every voice on the text of its language."""
    vowels, closures, seconds = [], [], []
    for voice, language in generate.voices().items():
        found = measure(voice, TEXTS[language])
        vowels += found[0]
        closures += found[1]
        seconds.append(found[2])
    total = {part: sum(each[part] for each in seconds) for part in seconds[0]}
    film = total.pop("film")
    print(
        json.dumps(
            {
                "vowels": len(vowels),
                "correlation_of_opening_and_loudness": significant(float(np.corrcoef(np.transpose(vowels))[0, 1]), 2),
                "closures": len(closures),
                "closures_with_closed_lips": significant(float(np.mean(np.array(closures) < CLOSED)), 2),
                "seconds_of_film": significant(film, 3),
                "seconds_of_work_a_second_of_film": {part: significant(s / film, 2) for part, s in total.items()},
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
