"""Search settings of an audio model by successive halving, and train the winner longer."""

import argparse
import functools
from collections.abc import Callable

from genai_demo.core import optimise
from genai_demo.core.halving import Knob
from genai_demo.core.optimise import Space

MODELS = ["music", "vocoder", "effects"]


def spaces() -> dict[str, Space]:
    """By model; the scores are bits an event and distances, which no knob enters."""
    from genai_demo.audio import train_vocoder
    from genai_demo.audio.effects import spectrograms
    from genai_demo.audio.effects import train as train_effects
    from genai_demo.audio.music import train as train_music

    def parser(add: Callable[[argparse.ArgumentParser], None]) -> functools.partial[argparse.ArgumentParser]:
        def with_model(found: argparse.ArgumentParser) -> None:
            found.add_argument("--model")
            add(found)

        return functools.partial(optimise.train_parser, "audio", with_model)

    def effects_task(args: argparse.Namespace) -> train_effects.AnyTask:
        clips, held_out = (spectrograms.load(split, args.data) for split in ("train", "held_out"))
        return train_effects.make_task(args, clips, held_out)

    music = [
        Knob("rate", 1e-3, 4e-2, 0.01, log=True),
        Knob("embedding_rate", 3e-4, 1e-2, 0.002, log=True),
        Knob("decay", 0.01, 0.5, 0.1, log=True),
        Knob("dropout", 0.0, 0.4, 0.1),
    ]
    vocoder = [Knob("rate", 2e-4, 4e-3, 0.001, log=True), Knob("width", 128, 384, 256, step=64)]
    effects = [Knob("rate", 2e-4, 5e-3, 0.001, log=True), Knob("batch", 16, 64, 32, step=16)]
    return {
        "music": Space(music, parser(train_music.add_arguments), train_music.make_task, fixed=["--model=music"]),
        "vocoder": Space(
            vocoder, parser(train_vocoder.add_arguments), train_vocoder.make_task, fixed=["--model=vocoder"]
        ),
        "effects": Space(effects, parser(train_effects.add_arguments), effects_task, fixed=["--model=effects"]),
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the search."""
    optimise.add_arguments(parser, "audio", MODELS)


def run(args: argparse.Namespace) -> None:
    """Search as the options say. Raises ValueError as ``core.optimise.run``."""
    optimise.run(args, "audio", spaces())
