"""Every model that ``train`` offers learns a step on a device that is not the CPU, is measured, and goes on."""

import csv
import dataclasses
import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from genai_demo import __main__ as cli
from genai_demo.audio import clips
from genai_demo.audio import train as train_audio
from genai_demo.audio.effects import train as train_effects
from genai_demo.audio.effects import train_codec, train_flow
from genai_demo.audio.music import train as train_music
from genai_demo.audio.speech import features
from genai_demo.faces import (
    audits,
    data,
    directions,
    evaluate,
    train,
    train_encoders,
    train_finder,
    train_gan,
    train_upsampler,
)
from genai_demo.faces.train_encoders import LABELS
from genai_demo.repair import art, cutout_examples, cutout_labels, train_blemishes, train_cutout
from genai_demo.repair import train as train_repair
from genai_demo.text import train as train_text
from genai_demo.trust import train as train_trust
from genai_demo.trust import train_sound_mark
from genai_demo.trust.policy import train as train_policy
from tests.audio import tiny_effects, tiny_music, tiny_speech
from tests.core.device_run import on_the_other
from tests.core.tiny_networks import publish
from tests.faces.tiny import SHAPE, UPSAMPLER, image
from tests.faces.training import names
from tests.repair import test_cutout
from tests.repair import tiny as tiny_repair
from tests.text import tiny as tiny_text

RHYTHM = ["--log-every=1", "--evaluate-every=1", "--sample-every=2"]
Make = Callable[[Path, pytest.MonkeyPatch], list[str]]


def faces_set(home: Path, patch: pytest.MonkeyPatch) -> None:
    """A prepared set with labels, and narrow networks."""
    source = home / "source"
    source.mkdir()
    with (source / "index.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(["file", "source", "licence", "synthetic", *LABELS.values()])
        for i, name in enumerate(names("train", 12) + names("held_out", 6)):
            image(i).save(source / name)
            writer.writerow([name, "made up", "CC0", "yes", *(f"{(i * (k + 3)) % 7}" for k in range(len(LABELS)))])
    data.prepare(source, size=16, progress=False)
    small = {k: v for k, v in SHAPE.items() if k != "resolution"} | {"latent": 16}
    for name in ("GANConfig", "VAEConfig", "EncoderConfig"):
        narrow = functools.partial(getattr(train, name), **small)
        for module in (train, train_gan, train_encoders):
            patch.setattr(module, name, narrow, raising=False)
    few = evaluate.generate_images
    patch.setattr(evaluate, "generate_images", lambda network, count, **rest: few(network, 4, **rest))
    patch.setattr(train, "__file__", str(home / "train.py"))  # the replay goes there


def gan(home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    faces_set(home, patch)
    return ["faces", "--batch=4", "--anchor=0", "--feature-critic=0", "--augment-target=0.5"]


def anchored_gan(home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    faces_set(home, patch)
    patch.setattr(train, "GANConfig", functools.partial(train.GANConfig.func, **{
        k: v for k, v in train.GANConfig.keywords.items() if k != "latent"}))  # fmt: skip
    return ["faces", "--batch=4", "--pretrain=1"]


def vae(home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    faces_set(home, patch)
    return ["faces", "--model=vae", "--batch=4"]


def classifier(home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    return [*vae(home, patch)[:1], "--model=classifier", "--batch=4"]


def encoder(home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    return [*vae(home, patch)[:1], "--model=encoder", "--batch=4"]


def upsampler(home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    source = home / "source"
    source.mkdir()
    for i, name in enumerate(names("train", 6) + names("held_out", 4)):
        image(i, 32).save(source / name)
    data.prepare(source, size=32, progress=False)
    patch.setattr(train_upsampler, "PROBES", 4)
    patch.setattr(train_upsampler, "UpsamplerConfig", lambda resolution: UPSAMPLER)
    return ["faces", "--model=upsampler", "--batch=4", "--pretrain=0"]


def finder(home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    pack = home / "pack"
    pack.mkdir()
    files = names("train", 4) + names("held_out", 2)
    for i, name in enumerate(files):
        image(i, 128).save(pack / name)
    (pack / "index.csv").write_text("\n".join(["file", *files]), encoding="utf-8")
    points = np.random.default_rng(0).uniform(0.3, 0.7, (len(files), 68, 2)).astype(np.float32)
    np.savez(pack / "landmarks68.npz", names=np.array(files), lm=points)
    config = train_finder.FinderConfig
    patch.setattr(
        train_finder, "FinderConfig", lambda: config(detector_widths=(4, 4, 8, 8), landmarker_widths=(4, 4, 8, 8))
    )
    return ["faces", "--model=finder", f"--data={pack}"]


def restorer(home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    tiny_repair.write_set(home, 10)
    patch.setattr(train_repair, "PROBES", 2)
    return [
        "repair",
        "--channels=8",
        "--batch=2",
        "--perceptual=1",
        "--adversarial=0.1",
        "--matching=1",
        "--variety=0.1",
    ]


def cutout(home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    test_cutout.write_set(home)
    cutout_labels._set.cache_clear()
    patch.setattr(cutout_examples, "SCENE_SIDE", 64)
    for name, value in (("TRAINING_SEEDS", range(1)), ("HELD_OUT_SEEDS", range(1)), ("PROBES", 2),
                        ("SHAPES", ((48, 48),)), ("SMALL_SHAPES", ((32, 32),))):  # fmt: skip
        patch.setattr(train_cutout, name, value)
    return ["repair", "--model=cutout", "--batch=2"]


def blemishes(home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    tiny_repair.write_set(home, 10)
    small = functools.partial(train_blemishes.BlemishConfig, widths=(4, 4, 8, 8), depths=(1, 1, 1, 1))
    for name, value in (("SIDE", 48), ("SMALL_SIDE", 32), ("PROBES", 4), ("BlemishConfig", small)):
        patch.setattr(train_blemishes, name, value)
    return ["repair", "--model=blemishes", "--batch=2"]


def text(home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    tiny_text.prepare(home)
    patch.setattr(train_text, "PROBES", 1)
    patch.setattr(train_text, "LEARNT", 1)
    small = ["--layers=1", "--width=32", "--heads=2", "--context=64", "--batch=2"]
    return ["text", f"--data={home / 'set'}", *small]


def music(home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    from genai_demo.audio.music import data as data_music

    data_music.prepare(tiny_music.write_pack(home / "pack"), home / "set", progress=False)
    patch.setattr(train_music, "PROBES", 1)
    small = [o for o in tiny_music.SMALL if not o.startswith(("--log", "--batch"))]
    return ["audio", "--model=music", f"--data={home / 'set'}", "--batch=2", *small]


def vocoder(home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    tiny_effects.write_set(home, 4)
    small = ["--width=32", "--blocks=3", "--batch=2", "--segment=4096", "--adversarial=1", "--matching=1"]
    return ["audio", "--model=vocoder", f"--data={home / 'data' / 'effects'}", *small]


def speech(home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    tiny_speech.write_set(home, 6, 9)
    features.prepare(home / "data" / "speech", progress=False)
    return ["audio", "--model=speech", "--width=32", "--batch=2", "--judge-from=1"]


def effects_set(home: Path, patch: pytest.MonkeyPatch) -> None:
    tiny_effects.write_set(home, 4)
    patch.setattr(train_codec, "PROBES", 8)
    patch.setattr(train_flow, "PROBES", 8)
    patch.setattr(
        train_effects,
        "CodecConfig",
        lambda **given: type(tiny_effects.CODEC)(**given or dataclasses.asdict(tiny_effects.CODEC)),
    )
    patch.setattr(train_effects, "ClassifierConfig", lambda kinds: tiny_effects.CLASSIFIER)
    patch.setattr(train_effects, "EffectsConfig", lambda kinds, latent: tiny_effects.EFFECTS)


def effects_codec(home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    effects_set(home, patch)
    return ["audio", "--model=effects-codec", "--batch=2", "--adversarial=1", "--matching=1"]


def effects(home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    effects_set(home, patch)
    return ["audio", "--model=effects", "--batch=4"]


def effects_classifier(home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    effects_set(home, patch)
    return ["audio", "--model=effects-classifier", "--batch=4"]


def policy(home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    tiny_text.prepare(home)
    for name, value in (("COMPOSED", 120), ("HARMLESS", 30), ("HELD_OUT", 30)):
        patch.setattr(train_policy, name, value)
    return ["trust", "--model=policy", f"--data={home / 'set'}", "--batch=8"]


def picture_mark(home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    place = home / "pictures"
    place.mkdir()
    np.save(place / "images.npy", np.stack([np.asarray(art.paint(seed, 128, 128)) for seed in range(8)]))
    rows = [f"{i},{'held_out' if i % 4 == 3 else 'train'},own" for i in range(8)]
    (place / "index.csv").write_text("\n".join(["file,split,licence", *rows]) + "\n", encoding="utf-8")
    return ["trust", "--model=picture-mark", f"--data={place}", "--batch=2"]


def sound_mark(home: Path, patch: pytest.MonkeyPatch) -> list[str]:
    place, random = home / "sounds", np.random.default_rng(0)
    place.mkdir()
    rows = [
        {"start": 30_000 * i, "length": 30_000, "split": clips.SPLITS[i == 3], "licence": "own", "rms": 0.1}
        for i in range(4)
    ]
    patch.setattr(train_sound_mark, "EXAMS", dict(list(train_sound_mark.EXAMS.items())[:2]))
    np.save(place / "samples.npy", (3_000 * random.standard_normal(120_000)).astype(np.int16))
    (place / "clips.json").write_text(json.dumps(rows), encoding="utf-8")
    return ["trust", "--model=sound-mark", f"--data={place}", "--batch=2", "--seconds=1.2"]


TRAININGS: dict[tuple[str, str], list[Make]] = {
    ("faces", "gan"): [gan, anchored_gan],
    ("faces", "vae"): [vae],
    ("faces", "classifier"): [classifier],
    ("faces", "encoder"): [encoder],
    ("faces", "finder"): [finder],
    ("faces", "upsampler"): [upsampler],
    ("repair", "restorer"): [restorer],
    ("repair", "cutout"): [cutout],
    ("repair", "blemishes"): [blemishes],
    ("text", "text"): [text],
    ("audio", "vocoder"): [vocoder],
    ("audio", "speech"): [speech],
    ("audio", "music"): [music],
    ("audio", "effects-codec"): [effects_codec],
    ("audio", "effects"): [effects],
    ("audio", "effects-classifier"): [effects_classifier],
    ("trust", "policy"): [policy],
    ("trust", "picture-mark"): [picture_mark],
    ("trust", "sound-mark"): [sound_mark],
}
"""Models to what writes their data, makes their networks small, and returns the options of the command."""
ELSEWHERE = {("faces", "directions"), ("text", "tokenizer"), ("audio", "letters")}
"""The first is no training, and has a test below; the others learn no tensors."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place for data and checkpoints, with published networks to begin with."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setenv("GENAI_HOME", str(tmp_path))
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("GENAI_PRECISION", "float32")
    monkeypatch.delenv("GENAI_DATA", raising=False)
    publish(tmp_path / "checkpoints")
    yield tmp_path
    torch.set_num_threads(threads)


def offered(medium: str) -> set[str]:
    """Models that ``train MEDIUM --model`` names."""
    door = {"faces": train, "repair": train_repair, "text": train_text, "audio": train_audio, "trust": train_trust}
    actions = cli.door_parser("train", medium, door[medium])._actions
    return {name for action in actions if "--model" in action.option_strings for name in action.choices or ()}


def test_every_model_is_tried() -> None:
    media = {medium for verb, medium in cli.DOORS if verb == "train"}
    assert {(medium, name) for medium in media for name in offered(medium)} == set(TRAININGS) | ELSEWHERE


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(make, id=make.__name__, marks=[pytest.mark.slow] * (make is anchored_gan))
        for makes in TRAININGS.values() for make in makes
    ],
)  # fmt: skip
def test_a_step_an_evaluation_and_going_on(make: Make, home: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    run = home / "run"
    command = ["train", *make(home, monkeypatch), *RHYTHM, f"--run={run}"]

    def trained(steps: int) -> int:
        return cli.main([*command, f"--steps={steps}"])

    for steps in (1, 2):
        assert on_the_other(lambda: trained(steps)) == 0, capsys.readouterr().err  # noqa: B023
        assert torch.load(run / "state.pt", weights_only=True)["step"] == steps
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["step"] for line in lines if "score" in line] == [1, 2]


def test_directions_are_found(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faces_set(home, monkeypatch)
    for module in (directions, audits):
        for name in ("SAMPLES", "COUNT"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, 40)
    assert on_the_other(lambda: cli.main(["train", "faces", "--model=directions"])) == 0


@pytest.mark.parametrize("make", [policy, picture_mark, sound_mark], ids=lambda make: make.__name__)
def test_what_trains_on_the_cpu_only_says_so(make: Make, home: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    command = ["train", *make(home, monkeypatch), f"--run={home / 'run'}", "--steps=1", "--device=meta"]
    assert cli.main(command) == 2
    assert "trains on the CPU only" in capsys.readouterr().err
    assert not (home / "run").exists()
