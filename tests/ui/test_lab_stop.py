"""Stop in every room of the lab: nothing more is begun."""

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from gradio_client import Client
from torch.nn.modules.module import register_module_forward_pre_hook

from genai_demo.core.tuning import Brake, Stopped
from genai_demo.faces import own as own_faces
from genai_demo.lab.characters import CharacterModel
from genai_demo.lab.gan import PlaneGan
from genai_demo.lab.vae import Training
from genai_demo.ui import own_actions, own_visits
from genai_demo.ui.characters_texts import JABBERWOCKY
from tests.lab.tiny_own import portrait
from tests.ui import lab_page
from tests.waiting import wait_for

REQUEST = SimpleNamespace(headers={}, session_hash="stop")
SEARCH = {"trials": 8, "steps": 60, "reduction": 3, "stopping": False, "patience": 5, "seed": 0}
PLANE = {
    "target": "ring", "loss": "hinge", "pace": "full", "generator_rate": 0.001, "discriminator_rate": 0.001,
    "penalty": 0.1, "batch": 64, "width": 32, "seed": 0, "drawing": "[]",
}  # fmt: skip
ROOMS: dict[str, tuple[type, dict[str, Any]]] = {
    "train_gan, stop_gan": (PlaneGan, PLANE),
    "train_vae, stop_vae": (Training, {"beta": 1, "seed": 0}),
    "train_characters, stop_characters": (CharacterModel, {"words": JABBERWOCKY, "sentence": "", "temperature": 0.8}),
    "search_settings, stop_search": (CharacterModel, {"words": JABBERWOCKY, **SEARCH}),
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A lab whose VAE learns plain pictures: what draws faces is not what is looked at."""

    with lab_page.plain_faces(), lab_page.served() as address:
        yield address


@pytest.mark.parametrize("names", ROOMS)
def test_no_step_is_begun_after_stop(url: str, names: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in steps, so that a busy machine changes nothing."""
    (train, stop), (model, settings) = names.split(", "), ROOMS[names]
    steps, step = [], model.step

    def counted(self: Any) -> None:
        steps.append(1)
        step(self)

    monkeypatch.setattr(model, "step", counted)
    client = Client(url, verbose=False)
    job = client.submit(**settings, api_name=f"/{train}")
    wait_for(lambda: len(steps) > 3, "it does not train")
    client.predict(api_name=f"/{stop}")
    begun = len(steps)
    wait_for(job.done, "it has not ended")
    assert len(steps) <= begun + 1, "one may have been about to begin"
    client.close()


def test_a_stopped_training_can_go_on(url: str) -> None:
    client = Client(url, verbose=False)
    for _ in range(2):
        job = client.submit(**PLANE, api_name="/train_gan")
        wait_for(lambda job=job: len(job.outputs()) > 2 or job.done(), "it does not begin")
        assert not job.done()
        client.predict(api_name="/stop_gan")
        wait_for(job.done, "it has not ended")
    client.close()


def test_a_sample_ends_with_the_character_that_is_being_drawn() -> None:
    model, left = CharacterModel(JABBERWOCKY), iter(range(6))
    assert len(model.sample("", 100, going=lambda: next(left) < 5)) == 5


# --------------------------------------------------------------------------- own data


@pytest.mark.parametrize("medium", ["texts", "sounds"])
def test_what_comes_before_the_first_step_looks_at_the_brake(medium: str) -> None:
    own = own_actions.MEDIA[medium]
    files = [("a.txt", own_actions.logbook("en").encode())] if medium == "texts" else own.example(12).items()
    material, brake = own.check(files, []), Brake()
    subject = own.TextSubject(material, brake=brake) if medium == "texts" else own.SoundsSubject(material, brake=brake)
    brake.pull()
    for begin in (lambda: type(subject)(material, brake=brake), lambda: subject.sample(own.published_network())):
        with pytest.raises(Stopped):
            begin()


class Slow(torch.nn.Module):
    """A network that others use too: hooks on it would stop theirs."""

    def forward(self, brake: Brake) -> int:
        brake.pull()
        return 1


def test_a_shared_network_gets_no_hooks() -> None:
    brake, network = Brake(), Slow()
    braked = brake.behind(network)
    assert braked(brake) == 1 and braked.forward == network.forward
    with pytest.raises(Stopped):
        braked(brake)
    assert network(brake) == 1 and not network._forward_hooks


@pytest.mark.parametrize("at", ["preparation", "training"])
def test_with_the_real_weights_little_is_done_after_stop(at: str) -> None:
    """Portraits, as many as are allowed: of all trainings the one that does most before its first step.

    Counted in layers, so that a busy machine changes nothing: the brake is pulled in one of them.
    """
    visit = own_visits.Visit()
    pictures = [portrait(i % 8) for i in range(192 if at == "preparation" else 24)]
    visit.start_afresh("pictures", own_faces.Faces(pictures[8:], pictures[:8]), [])
    seen: list[str] = []
    ended, pulled = threading.Event(), threading.Event()
    layers = {False: 0, True: 0}  # begun before and after

    def count(*_: Any) -> None:
        layers[pulled.is_set()] += 1
        begun = layers[False] == 300 if at == "preparation" else any("step" in words for words in seen)
        if begun and not pulled.is_set():
            pulled.set()
            own_actions.brake(visit)

    def train() -> None:
        for update in own_actions.train_own.__wrapped__(visit, 60, "story", "game_coin", REQUEST):
            seen.append(str(update[1]))
        ended.set()

    hook = register_module_forward_pre_hook(count)
    try:
        threading.Thread(target=train, daemon=True).start()
        wait_for(ended.is_set, "it goes on")
    finally:
        hook.remove()
    assert pulled.is_set() and layers[True] < 40, layers
    assert ("Stopped" in seen[-1] or "Nothing is trained" in seen[-1]) and own_visits.line.place(visit) is None
    visit.delete()
