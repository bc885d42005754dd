"""Every option of every command: what it takes, and that the rest is one sentence."""

import argparse
import importlib
import math
from collections.abc import Iterator

import pytest

from genai_demo import __main__ as cli
from genai_demo.core import options
from genai_demo.core.schedule import rate_factor

VERBS = ("data", "train", "optimise", "evaluate", "generate")
MEDIA = ("faces", "repair", "text", "audio", "trust")
ODD = (
    "-1",
    "0",
    "-0.5",
    "1.5",
    "nan",
    "inf",
    "-inf",
    "1e400",
    "1" + "0" * 40,
    "",
    " ",
    "x",
    "七",
    "1,000",
    "--",
    "0x10",
)


def status(*arguments: str) -> int:
    """What the shell would see, whether argparse exits or ``main`` returns."""
    try:
        return cli.main(arguments)
    except SystemExit as leave:
        return leave.code


def commands() -> Iterator[tuple[str, ...]]:
    """Every pair, and where a command has models behind it, every model."""
    for verb, medium in cli.DOORS:
        door = importlib.import_module(cli.DOORS[verb, medium])
        yield (verb, medium)
        for model in getattr(door, "MODELS", ()) if hasattr(door, "chosen") else ():
            yield (verb, medium, "--model", model)


def parser(*command: str) -> argparse.ArgumentParser:
    """The parser of a command."""
    verb, medium, *rest = command
    door = importlib.import_module(cli.DOORS[verb, medium])
    return cli.door_parser(verb, medium, door.chosen(rest) if hasattr(door, "chosen") else door)


def numbers() -> Iterator[tuple[tuple[str, ...], str]]:
    """Every option of every command that takes a number."""
    for command in commands():
        for action in parser(*command)._actions:
            if isinstance(action.type, options.Whole | options.Number):
                yield command, action.option_strings[0]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("medium", MEDIA)
def test_every_pair_has_help_or_says_what_there_is(verb, medium, capsys):
    there = (verb, medium) in cli.DOORS
    assert status(verb, medium, "--help") == (0 if there else 2)
    said = capsys.readouterr()
    sentence = f"There is no `{verb} {medium}`. There is "
    assert (f"usage: python -m genai_demo {verb} {medium}" in said.out) == there
    assert (sentence in said.err and said.err.count("\n") == 1) != there
    assert "Traceback" not in said.out + said.err


@pytest.mark.parametrize("verb", VERBS)
def test_a_pair_that_is_not_there_is_a_sentence_without_options_too(verb, capsys, monkeypatch):
    monkeypatch.setattr(cli, "DOORS", {k: v for k, v in cli.DOORS.items() if k != (verb, "text")})
    assert status(verb, "text") == 2
    said = capsys.readouterr().err
    assert said.startswith(f"python -m genai_demo: There is no `{verb} text`. There is ")
    assert all(other in said for other in VERBS if other != verb)


def test_which_pairs_there_are_not():
    assert {(v, m) for v in VERBS for m in MEDIA} - set(cli.DOORS) == {
        ("data", "trust"), ("optimise", "trust"), ("generate", "trust"),
    }  # fmt: skip


@pytest.mark.parametrize("command", [c for c in commands() if len(c) > 2], ids=" ".join)
def test_every_model_has_help(command, capsys):
    assert status(*command, "--help") == 0
    assert "--model" in capsys.readouterr().out


@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_no_option_takes_any_number(command):
    free = [a.option_strings for a in parser(*command)._actions if a.type in (int, float) and not a.choices]
    assert free == []


@pytest.mark.parametrize(("command", "option"), list(numbers()), ids=lambda v: v if isinstance(v, str) else " ".join(v))
def test_odd_numbers_are_refused_in_a_sentence_or_in_range(command, option, capsys):
    found = parser(*command)
    action = next(a for a in found._actions if option in a.option_strings)
    for words in ODD:
        try:
            value = action.type(words)
        except argparse.ArgumentTypeError as error:
            assert str(error).startswith("give a ") and repr(words)[:10] in str(error)
        else:
            assert math.isfinite(value) and action.type.least <= value <= action.type.most
    assert status(*command, f"{option}=nan") == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1
    assert f"{option}: give a " in said.err


@pytest.mark.parametrize("kind", [options.Whole(2, 9), options.Number(2, 9)])
def test_the_ends_of_a_range_belong_to_it(kind):
    assert [kind(words) for words in ("2", "9")] == [2, 9]
    for words in ("1", "10"):
        with pytest.raises(argparse.ArgumentTypeError, match=f"from 2 to 9, not '{words}'"):
            kind(words)


def test_a_rate_of_zero_is_none():
    assert options.LEARNING_RATE("1e-9") == 1e-9
    with pytest.raises(argparse.ArgumentTypeError, match="above 0 and up to 10"):
        options.LEARNING_RATE("0")


def test_long_nonsense_is_not_repeated_in_full():
    with pytest.raises(argparse.ArgumentTypeError) as caught:
        options.COUNT("9" * 5000)
    assert len(str(caught.value)) < 120


def trainers() -> list[tuple[str, ...]]:
    """Commands with a share of the run in which the rates fall."""
    return [c for c, option in numbers() if option == "--cool-down"]


def test_there_are_trainers_that_cool_down():
    assert {c[1] for c in trainers()} >= {"repair", "text", "audio"}


@pytest.mark.parametrize("command", trainers(), ids=" ".join)
@pytest.mark.parametrize("share", ["0", "0.0", "1", "0.5"])
def test_the_share_that_cools_down_goes_from_none_to_all(command, share):
    args = parser(*command).parse_args([*command[2:], f"--cool-down={share}", "--steps=10"])
    factors = [rate_factor(step, args.steps, 0, args.cool_down) for step in range(11)]
    assert factors == sorted(factors, reverse=True) and factors[0] == 1
    assert factors[-1] == (0 if args.cool_down else 1)


@pytest.mark.parametrize("command", trainers(), ids=" ".join)
@pytest.mark.parametrize("share", ["-0.1", "1.1", "nan", "inf", "half"])
def test_other_shares_are_refused(command, share, capsys):
    assert status(*command, f"--cool-down={share}") == 2
    assert f"--cool-down: give a number from 0 to 1, not '{share}'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("module", "settings"),
    [
        ("genai_demo.repair.train", "RepairSettings"),
        ("genai_demo.repair.train_cutout", "CutoutSettings"),
        ("genai_demo.repair.train_blemishes", "BlemishSettings"),
        ("genai_demo.audio.train_vocoder", "VocoderSettings"),
        ("genai_demo.audio.speech.train", "SpeechSettings"),
        ("genai_demo.text.train", "TextSettings"),
    ],
)
@pytest.mark.parametrize("share", [0.0, 1.0])
def test_trainers_without_a_cool_down_and_with_nothing_else(module, settings, share):
    door = importlib.import_module(module)
    task = next(v for v in vars(door).values() if isinstance(v, type) and "rate_factor" in vars(v))
    shell = object.__new__(task)
    shell.settings = getattr(door, settings)(steps=1000, cool_down=share)
    assert shell.rate_factor(500) == pytest.approx(1 - 0.5 * share)
    assert shell.rate_factor(1000) == 1 - share


@pytest.mark.parametrize(("width", "heads"), [(64, 3), (7, 1), (1, 1), (64, 64), (2, 4)])
def test_shapes_that_cannot_be_are_a_sentence(width, heads):
    from genai_demo.core.transformer import TransformerConfig

    with pytest.raises(ValueError, match=f"The width {width} cannot be shared by {heads} heads"):
        TransformerConfig(rows=16, layers=1, width=width, heads=heads, context=8)
