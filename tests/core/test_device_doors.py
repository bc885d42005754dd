"""Every function of every ``generate`` door on a device that is not the CPU: the same result, and nothing mixed."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from genai_demo.audio.effects import generate as effects
from genai_demo.audio.music import generate as music
from genai_demo.audio.speech import generate as speech
from genai_demo.audio.speech.cast import Mixture
from genai_demo.audio.speech.phonemes import SYMBOLS
from genai_demo.core import limits, quantise
from genai_demo.faces import generate as faces
from genai_demo.repair import art, blemishes, compose
from genai_demo.repair import generate as repair
from genai_demo.repair import network as repair_network
from genai_demo.text import generate as text
from genai_demo.text import inside
from tests.core.device_run import assert_alike, on_the_cpu, on_the_other
from tests.core.tiny_networks import publish

Z = np.random.default_rng(0).standard_normal(16).astype(np.float32)
PICTURE = art.paint(5, 96, 80)
LARGE = art.paint(6, 400, 300)
SCRATCHED = repair.damage(LARGE, "scratches", 0.6, 2)[0]
FACE = Image.open(faces.replay()[-1][1]).convert("RGB").crop((0, 0, 128, 128))
HOLE = np.zeros((80, 96), bool)
HOLE[20:50, 30:60] = True
LARGE_HOLE = np.zeros((300, 400), bool)
LARGE_HOLE[100:180, 150:250] = True
HIDDEN = np.zeros((128, 128), bool)
HIDDEN[40:90, 40:90] = True
CUT = PICTURE.copy()
CUT.putalpha(Image.fromarray(HOLE.astype(np.uint8) * 255))
SQUARE = np.array([[10, 10], [10, 70], [70, 70], [70, 10]], np.float64)
MELODY = [(0.0, 0.5, 62), (0.5, 1.0, 64), (1.0, 1.5, 66), (1.5, 2.0, 67)]
RAIN = {"seconds": 0.6, "seed": 3, "steps": 2}


def piece() -> Any:
    return music.compose("reel", "D maj", bars=1, seed=1)


def imagined(face: Image.Image, hidden: np.ndarray, seed: int) -> Iterator[Image.Image]:
    return faces.fill_steps(face, hidden, seed)


CALLS: dict[ModuleType, dict[str, Callable[[], Any]]] = {
    faces: {
        "network": lambda: faces.network("faces-vae"),
        "latent": lambda: [faces.latent(3), faces.latent(3, "vae")],
        "from_z": lambda: faces.from_z(Z),
        "largest_side": lambda: [faces.largest_side(), faces.largest_side("vae")],
        "models_of": lambda: faces.models_of("gan", 256),
        "sample": lambda: [faces.sample(3, 2), faces.sample(3, model="vae"), faces.sample(3, side=256)],
        "decode": lambda: faces.decode(faces.latent(4), 0.8),
        "decode_many": lambda: faces.decode_many([faces.latent(4), faces.latent(5)], noise=False),
        "to_tensor": lambda: faces.to_tensor([FACE], 16).cpu(),
        "directions": lambda: faces.directions(),
        "edit": lambda: faces.decode(faces.edit(faces.latent(4), {"smile": 1.5})),
        "real_faces": lambda: faces.real_faces().as_json(),
        "strangeness": lambda: [faces.strangeness(faces.latent(4)), faces.strangeness(faces.latent(4, "vae"))],
        "breed": lambda: faces.decode_many(faces.breed([faces.latent(4), faces.latent(5)], [1, 2], 2, 3)),
        "mix_grid": lambda: faces.mix_grid([1, 2], [3]),
        "align": lambda: faces.align(FACE),
        "project": lambda: [faces.project(FACE), faces.project(FACE, "vae")],
        "project_steps": lambda: list(faces.project_steps(FACE, steps=2)),
        "fill_steps": lambda: list(faces.fill_steps(FACE, HIDDEN, 3)),
        "interpolate": lambda: [faces.interpolate([1, 2], 3, space=space) for space in ("w", "z", "vae")],
        "interpolate_latents": lambda: faces.interpolate_latents([1, 2], 3, method="slerp"),
        "blend": lambda: faces.blend([faces.latent(i) for i in range(4)], 0.3, 0.6),
        "path_length": lambda: faces.path_length(faces.sample(1, 3)),
        "judge": lambda: faces.judge(faces.sample(1, 2)),
        "remake": lambda: faces.remake({"model": "gan", "noise_seed": 3, "truncation": 0.7, "sliders": {"smile": 1}}),
        "card": lambda: faces.card(),
        "replay": lambda: faces.replay(),
    },
    repair: {
        "network": lambda: repair.network(),
        "restore": lambda: [
            repair.restore(PICTURE, None, "deblur"), repair.restore(PICTURE, HOLE, "denoise"),
            repair.restore(PICTURE, None, "enlarge2"), repair.restore(LARGE, LARGE_HOLE, "inpaint"),
            repair.restore(PICTURE, None, "old", find_faces=lambda picture: [SQUARE]),
            repair.restore(LARGE, None, "old", revive=0.6), repair.restore(PICTURE, HOLE, "old", keep_grain=True),
        ],
        "restore_steps": lambda: list(repair.restore_steps(
            PICTURE, HOLE, "inpaint", find_faces=lambda picture: [SQUARE], imagine=imagined)),
        "variants": lambda: list(repair.variants(PICTURE, HOLE, (1, 2))),
        "estimate": lambda: repair.estimate(PICTURE),
        "damage": lambda: repair.damage(PICTURE, "noise"),
        "difference": lambda: repair.difference(PICTURE, PICTURE.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
        "quality": lambda: repair.quality(PICTURE, PICTURE.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
        "card": lambda: repair.card(),
    },
    blemishes: {
        "network": lambda: blemishes.network(),
        "likelihoods": lambda: blemishes.likelihoods(LARGE),
        "marked": lambda: blemishes.marked(blemishes.likelihoods(SCRATCHED)[0], "scratches", 0.4),
        "find_each": lambda: list(blemishes.find_each(SCRATCHED).values()),
        "find": lambda: blemishes.find(SCRATCHED, blemishes.KINDS, 0.3),
        "card": lambda: blemishes.card(),
    },
    repair_network: {
        "as_tensor": lambda: repair_network.as_tensor(PICTURE),
        "as_picture": lambda: repair_network.as_picture(torch.zeros(1, 3, 4, 4)),
        "network": lambda: repair_network.network(),
        "run": lambda: repair_network.run(torch.rand(1, 3, 64, 48, generator=torch.Generator().manual_seed(1)),
                                          torch.zeros(1, 1, 64, 48), "denoise", 1, 0.5),
        "everywhere": lambda: [x for _, x in repair_network.everywhere(
            torch.zeros(1, 3, 64, 48), torch.zeros(1, 1, 64, 48), "auto", 1, 0.5)],
    },
    compose: {
        "network": lambda: compose.network(),
        "coarse_mask": lambda: compose.coarse_mask(compose.network(), torch.rand(
            1, 3, 96, 80, generator=torch.Generator().manual_seed(2))),
        "connected": lambda: compose.connected(torch.from_numpy(HOLE)[None, None], torch.from_numpy(HOLE)[None, None]),
        "rounded_top": lambda: compose.rounded_top(torch.from_numpy(HOLE)[None, None].float()),
        "without_ground": lambda: compose.without_ground(torch.rand(
            1, 3, 80, 96, generator=torch.Generator().manual_seed(2)), torch.from_numpy(HOLE)[None, None].float()),
        "cut_out": lambda: compose.cut_out(FACE),
        "place": lambda: compose.place(CUT, LARGE),
        "scene": lambda: compose.scene(compose.SCENES[0], 96, 64),
        "compose": lambda: compose.compose(CUT, LARGE),
    },
    text: {
        "model": lambda: text.model(),
        "warm_up": lambda: text.warm_up(),
        "shape": lambda: text.shape(),
        "encoded": lambda: text.encoded("A lamp."),
        "head_of": lambda: text.head_of("story", "en", "A title"),
        "allowed": lambda: text.allowed("end"),
        "known_forms": lambda: text.known_forms("poem", "zh"),
        "form_mark": lambda: text.form_mark("poem", "zh", "tang"),
        "write": lambda: [list(text.write("Once", count=2, max_tokens=5, seed=2)),
                          list(text.write("床前", "poem", "zh", max_tokens=8, line_length=5, title="月")),
                          list(text.write("Once upon a time " * 12, max_tokens=20, seed=4))[-1]],
        "stream": lambda: list(text.stream("Once", max_tokens=6, seed=2, top_k=20, min_p=0.01, stop=["."])),
        "chat": lambda: list(text.chat(["Hello.", "Hello!", "How are you?"], max_tokens=6)),
        "translate": lambda: [text.translate("I have 37 cats, {name}."), text.translate("我有猫。", "zh", "en")],
        "translate_sentences": lambda: list(text.translate_sentences("A cat. A dog.", beams=2)),
        "rank_sentences": lambda: [(s, [t.text for t in found]) for s, found in text.rank_sentences("A cat. A dog.")],
        "usual": lambda: text.usual("poem", "zh"),
        "suggestions": lambda: [s.text for s in text.suggestions("def f(x):\n    return ", max_tokens=8)],
        "complete_code": lambda: text.complete_code("def f(x):\n    return ", max_tokens=8, count=2),
        "rank_code": lambda: text.rank_code("def f(x):\n    y = ", "\n    return y\n", max_tokens=8, count=2),
        "score": lambda: text.score("A lamp was lit. " * 12),
    },
    inside: {
        "inspect": lambda: inside.inspect("A lamp was lit."),
        "attention": lambda: inside.attention("A lamp was lit."),
        "align": lambda: inside.align("A lamp.", "一盏灯。"),
        "next_tokens": lambda: inside.next_tokens("A lamp"),
    },
    speech: {
        "model": lambda: speech.model(),
        "warm_up": lambda: speech.warm_up(),
        "voices": lambda: speech.voices(),
        "cast": lambda: list(speech.cast().voices),
        "plan": lambda: speech.plan("Two keys. 是。"),
        "inputs": lambda: [x.cpu() for x in vars(speech.inputs([(SYMBOLS[5], "", "en")], Mixture("kathleen"))).values()
                           if x is not None],
        "pieces": lambda: list(speech.pieces("Two keys.", seed=3, speed=1.2, pitch=1.0, energy=2.0)),
        "render": lambda: speech.render(speech.plan("Two keys.").phones, Mixture("kathleen"), 3),
        "noise_for": lambda: speech.noise_for(torch.tensor([2, 3]), 4, 7),
        "stream": lambda: list(speech.stream("Two keys. 是。", "yue_tan")),
        "speak": lambda: speech.speak("Two keys."),
        "spectrogram": lambda: speech.spectrogram(list(speech.pieces("Two keys."))),
    },
    music: {
        "model": lambda: music.model(),
        "styles": lambda: music.styles(),
        "metres": lambda: music.metres("reel"),
        "tempo": lambda: music.tempo("reel", "4/4"),
        "compose_bars": lambda: list(music.compose_bars("jig", "G maj", bars=2, seed=2)),
        "compose": lambda: music.compose("chorale", "D maj", bars=1, seed=2),
        "accompany_bars": lambda: list(music.accompany_bars(MELODY, "reel", 2)),
        "accompany": lambda: music.accompany(MELODY, "chorale", 2),
        "carry_on_bars": lambda: list(music.carry_on_bars(piece(), 1, 2)),
        "carry_on": lambda: music.carry_on(piece(), 1, 3),
        "voice_bars_of": lambda: music.voice_bars_of(piece().lead, piece().bar, 1, True),
        "piano_roll": lambda: music.piano_roll(piece()),
        "render": lambda: music.render(piece()),
        "vary_bars": lambda: list(music.vary_bars(piece(), 0.5, 3)),
        "vary": lambda: music.vary(piece(), 0.5, 3),
    },
    effects: {
        "make": lambda: effects.make("rain", **RAIN),
        "morph": lambda: effects.morph("rain", "dogs", 0.4, 0.6, 2),
        "vary": lambda: effects.vary(effects.Recipe("rain", **RAIN), 0.5, 1),
        "design": lambda: effects.design(effects.Recipe("dogs", density=0.5, loop=True, **RAIN)),
        "card": lambda: effects.card(),
        "networks": lambda: list(effects.networks()),
    },
}  # fmt: skip
SLOW = {"translate", "rank_sentences", "suggestions", "write"}
"""Functions whose trial takes seconds."""


def public_functions(door: ModuleType) -> set[str]:
    """Functions of a door that others may call: those that it defines, and those that it names of others."""
    named = getattr(door, "__all__", ())
    return {
        name for name, value in vars(door).items()
        if inspect.isfunction(value) and not name.startswith("_")
        and (name in named or value.__module__ == door.__name__)
    }  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def small_networks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("networks") / "checkpoints"
    with pytest.MonkeyPatch.context() as patch:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        patch.setenv("GENAI_CHECKPOINTS", str(folder))
        patch.setenv("GENAI_PRECISION", "float32")
        patch.setattr(quantise, "has_kernels", lambda: False)  # a card computes in the weights as they are
        patch.setattr(limits, "FILL_STEPS", 3)
        publish(folder)
        yield folder
        torch.set_num_threads(threads)


@pytest.mark.parametrize("door", CALLS, ids=lambda door: door.__name__)
def test_every_public_function_is_tried(door: ModuleType) -> None:
    assert public_functions(door) == set(CALLS[door])


@pytest.mark.parametrize(
    ("door", "name"),
    [
        pytest.param(d, n, id=f"{d.__name__.removeprefix('genai_demo.')}.{n}", marks=[pytest.mark.slow] * (n in SLOW))
        for d, calls in CALLS.items()
        for n in calls
    ],
)
def test_the_other_device_gives_what_the_cpu_gives(door: ModuleType, name: str) -> None:
    call = CALLS[door][name]
    assert_alike(on_the_cpu(call), on_the_other(call))
