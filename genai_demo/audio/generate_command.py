"""Speak, compose or make a sound, and write it as files."""

import argparse
import re
from pathlib import Path

import numpy as np

from genai_demo.core import limits
from genai_demo.core.options import COUNT, SEED, Number, folder_to_write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``python -m genai_demo generate audio``."""
    parser.add_argument("room", choices=("speech", "music", "effects"), help="what to make")
    parser.add_argument("words", nargs="?", default="", help="speech: the text; effects: the kind, such as rain")
    parser.add_argument("--seed", type=SEED, default=0, help="same seed, same result")
    parser.add_argument("--voice", help="speech: who speaks; else the usual voice")
    parser.add_argument(
        "--speed", type=Number(limits.MIN_SPEED, limits.MAX_SPEED), default=1.0, help="speech: 2 is twice as fast"
    )
    parser.add_argument("--style", default="reel", help="music: reel, jig, chorale ...")
    parser.add_argument("--key", default="D maj", help="music: tonic and mode")
    parser.add_argument("--bars", type=COUNT, default=16, help="music: length")
    parser.add_argument("--pattern", default="", help="music: of the chords, dance, waltz, alberti, arpeggio or block")
    parser.add_argument("--drum", action="store_true", help="music: with a drum")
    parser.add_argument("--form", default="free", help="music: AABB, AABA, ABAC, ABAB, ABA or free")
    parser.add_argument(
        "--seconds",
        type=Number(limits.MIN_EFFECT_SECONDS, limits.MAX_EFFECT_SECONDS),
        default=3.0,
        help="effects: length",
    )
    parser.add_argument("--format", choices=("wav", "ogg", "mp3"), default="wav", help="of the sound")
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for the results")


def run(args: argparse.Namespace) -> None:
    """Write the files and print their paths. Raises ValueError for bad input."""
    make = {"speech": speech, "music": music, "effects": effects}[args.room]
    folder_to_write(args.out)
    files = make(args)
    args.out.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (args.out / name).write_bytes(data)
        print(args.out / name)


MODELS = {
    "speech": ("audio-speech", "audio-letters", "audio-vocoder"),
    "music": ("audio-music",),
    "effects": ("audio-effects", "audio-effects-codec", "audio-vocoder"),
}
"""What makes the sounds of a room."""


def encoded(sound: tuple[int, np.ndarray], args: argparse.Namespace, title: str) -> bytes:
    """The bytes of the file, with its mark, its title inside."""
    from genai_demo.audio import sounds
    from genai_demo.core.marks import mark_sound

    rate, samples = sound
    samples = mark_sound(samples, rate, MODELS[args.room], None)
    return sounds.wave_bytes(samples, args.format, {"title": title}, rate)


def speech(args: argparse.Namespace) -> dict[str, bytes]:
    """The spoken text."""
    from genai_demo.audio.speech import generate

    found = generate.speak(args.words, args.voice, args.seed, args.speed)
    name = "-".join(re.findall(r"\w+", args.words)[:5]).lower() or "speech"
    return {f"{name[:60]}.{args.format}": encoded(found, args, args.words)}


def music(args: argparse.Namespace) -> dict[str, bytes]:
    """A new piece as sound, MIDI and ABC."""
    from genai_demo.audio.music import generate, notation

    piece = generate.compose(args.style, args.key, args.bars, args.seed, form=args.form)
    sound = generate.render(piece, "", args.pattern, args.drum, True, args.seed, stereo=True)
    title = f"{args.style.replace(' ', '-')}-{args.key.replace(' ', '')}-seed{args.seed}"
    return {
        f"{title}.{args.format}": encoded(sound, args, title),
        f"{title}.mid": notation.write_midi(piece, args.pattern, args.drum),
        f"{title}.abc": notation.write_abc(piece).encode(),
    }


def effects(args: argparse.Namespace) -> dict[str, bytes]:
    """A sound of one kind."""
    from genai_demo.audio.effects import generate

    title = f"{args.words}-seed{args.seed}"
    return {f"{title}.{args.format}": encoded(generate.make(args.words, args.seconds, args.seed), args, title)}
