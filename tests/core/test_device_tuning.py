"""What learns while the page is open, and what guards it, on a device that is not the CPU."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from genai_demo.audio.effects import own as own_sounds
from genai_demo.core import limits, marks, tuning
from genai_demo.faces import own as own_faces
from genai_demo.lab import characters, distributions, gan, search, vae
from genai_demo.repair import art
from genai_demo.text import own as own_text
from genai_demo.trust import marks as reading
from genai_demo.trust.policy import check
from tests.audio import tiny_effects
from tests.core.device_run import assert_alike, on_the_cpu, on_the_other
from tests.core.tiny_networks import publish
from tests.lab import tiny_own


@pytest.fixture(scope="module", autouse=True)
def small_networks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder, threads = tmp_path_factory.mktemp("networks") / "checkpoints", torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENAI_CHECKPOINTS", str(folder))
        patch.setenv("GENAI_PRECISION", "float32")
        patch.setattr(own_faces, "USUAL", 8)
        patch.setattr(own_faces, "COMPARED", 24)
        publish(folder)
        yield
    torch.set_num_threads(threads)


def faces() -> tuple[Any, Any]:
    pictures = [tiny_own.portrait(i) for i in range(16)]
    material = own_faces.Faces(pictures[:8], pictures[8:])
    return own_faces.FacesSubject(material), lambda run: own_faces.pack(run, material)


def text() -> tuple[Any, Any]:
    material = own_text.check([("words.txt", tiny_own.words().encode())], [])
    return own_text.TextSubject(material), lambda run: own_text.pack(run, material)


def sounds() -> tuple[Any, Any]:
    waves = [tiny_effects.sound("game_coin", seed) for seed in range(12)]
    material = own_sounds.Sounds(waves[:8], waves[8:])
    return own_sounds.SoundsSubject(material), lambda run: own_sounds.pack(run, material)


@pytest.mark.parametrize("make", [faces, text, sounds], ids=lambda make: make.__name__)
def test_own_data_is_learnt_kept_taken_up_again_and_packed(make: Callable[[], tuple[Any, Any]], tmp_path: Path) -> None:
    def tuned(folder: Path) -> dict[str, float]:
        """Two steps, a third after resuming, a sample and the weights as files; returns what was measured at first."""
        for steps in (2, 3):
            subject, pack = make()
            run = tuning.Tuning(subject, folder)
            assert run.resume() is (steps == 3)
            for _ in run.train(limits.MAX_OWN_SECONDS):
                if run.step >= steps:
                    break
        if make is faces:
            assert len(subject.drawn_again(subject.network, 2) + subject.new_faces(subject.network, 2)) == 4
        else:
            assert subject.sample(subject.network)
        files = pack(run)
        assert {Path(name).suffix for name in files} == {".json", ".safetensors"}
        return run.points[0].figures

    first = on_the_cpu(lambda: tuned(tmp_path / "cpu"))
    assert_alike(first, on_the_other(lambda: tuned(tmp_path / "other")))


def plane_gan() -> list[float]:
    game = gan.PlaneGan(distributions.named("ring"), seed=1)
    game.step()
    return game.view().fake.flatten().tolist()


def letters() -> float:
    model = characters.CharacterModel("the cat sat on the mat. " * 40, seed=1)
    model.step()
    return model.measure()


def plane_vae() -> list[float]:
    training = vae.Training(torch.rand(80, 3, 32, 32, generator=torch.Generator().manual_seed(1)), seed=1)
    training.step()
    return training.manifold(2).flatten().tolist()


def searched() -> float:
    found = search.LabSearch("the cat sat on the mat. " * 40)
    found.advance()
    return found.sample(4)


def marked_picture() -> bool:
    picture = marks.mark_picture(art.paint(3, 160, 160), ["faces-gan"], {"seed": 1})
    return reading.find_in_picture(picture).verdict == "marked"


def marked_sound() -> np.ndarray:
    noise = np.random.default_rng(0).standard_normal(22_050).astype(np.float32)
    return marks.mark_sound(0.1 * noise, 22_050, ["audio-speech"], {"seed": 1})


LIVE: dict[str, Callable[[], Any]] = {
    "gan": plane_gan,
    "characters": letters,
    "vae": plane_vae,
    "search": searched,
    "mark in a picture": marked_picture,
    "mark in a sound": marked_sound,
    "policy": lambda: [check.look("How do I bake a cake?"), check.look("一只猫坐在窗边。")],
}


@pytest.mark.parametrize("name", LIVE)
def test_what_runs_live_gives_the_same(name: str) -> None:
    """Some of it stays on the CPU wherever the rest computes: it is too small to gain."""
    assert_alike(on_the_cpu(LIVE[name]), on_the_other(LIVE[name]))
