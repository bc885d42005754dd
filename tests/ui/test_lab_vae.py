"""The room "VAE on a plane": its functions and its API."""

import re
from collections.abc import Iterator
from types import SimpleNamespace

import gradio as gr
import pytest
import torch
from gradio_client import Client
from PIL import Image

from genai_demo.core import limits
from genai_demo.faces import generate
from genai_demo.lab.vae import Training
from genai_demo.ui import vae_lab_actions as actions
from tests.ui import lab_page
from tests.waiting import wait_for

ENGLISH = SimpleNamespace(headers={})


def faces(seed: int, count: int, truncation: float) -> list[Image.Image]:
    """In the place of the GAN's: plain pictures."""
    return [Image.new("RGB", (128, 128), ((37 * (seed + i)) % 256, 90, (11 * (seed + i)) % 256)) for i in range(count)]


@pytest.fixture(scope="module", autouse=True)
def plain_faces() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generate, "sample", faces)
        actions._some_faces.cache_clear()
        actions._faces.cache_clear()
        yield
    actions._some_faces.cache_clear()
    actions._faces.cache_clear()


def start(atelier: actions.Atelier, pictures: int = 2, **changes: float) -> list[tuple]:
    """The first updates of a training that show what it has learnt."""
    running, found = actions.train_vae(atelier, changes.get("beta", 1), changes.get("seed", 0), ENGLISH), []
    while len(found) < pictures:
        update = next(running)
        if isinstance(update[2], str):
            found.append(update)
    running.close()
    return found


def test_faces_are_small_and_between_minus_one_and_one() -> None:
    found = actions._some_faces(0)
    assert found.shape == (actions.AT_ONCE, 3, 32, 32) and -1 <= found.min() <= found.max() <= 1


def test_it_opens_with_what_an_untrained_network_draws_and_then_the_faces() -> None:
    atelier = actions.Atelier()
    first = actions.show_untrained(atelier, False, 3, ENGLISH)
    fresh = Training(torch.cat([actions._some_faces(0)] * 4), 3)
    assert actions._picture(fresh.manifold(actions.SHEET), actions.SHEET) in first
    assert "before anything is learnt" in first and first.count("<img") == 1
    opened = actions.open_vae(atelier, False, 1, 3, ENGLISH)
    page = next(opened)[1]
    assert page.startswith(first) and actions._picture(actions._some_faces(0), actions.PAIRS) in page
    *_, last = opened
    assert last[1].count("<img") == 2 and "<circle cx" in last[1]
    assert isinstance(actions.show_untrained(atelier, False, 3, ENGLISH), dict), "opened again, it shows what there is"


def test_stop_ends_the_drawing_of_faces() -> None:
    atelier = actions.Atelier()
    opened = actions.open_vae(atelier, False, 1, 0, ENGLISH)
    next(opened)
    actions.halt(atelier)
    assert [update[3] for update in opened] == ["Paused at step 0."] and atelier.training is None
    start(atelier, 1)
    assert atelier.training is not None


def test_it_shows_sheet_places_pairs_and_curves() -> None:
    atelier = actions.Atelier()
    _, page, lines, status = start(atelier)[-1]
    assert page.count("data:image/webp") == 2 and page.count("<circle cx") == actions.CODES
    assert "<polyline" in lines and "Training: step" in status
    assert "Paused at step" in actions.pause_vae(atelier, ENGLISH)


def test_it_goes_on_and_another_seed_starts_over() -> None:
    atelier = actions.Atelier()
    start(atelier)
    before = atelier.training
    start(atelier, 1)
    assert atelier.training is before and before is not None and before.step_count > 0
    start(atelier, 1, seed=5)
    assert atelier.training is not before
    *_, last = actions.restart_vae(atelier, 1, 5, ENGLISH)
    assert "nothing learnt yet" in last[3] and atelier.training.step_count == 0
    assert list(actions.open_vae(atelier, False, 1, 5, ENGLISH)) == [gr.skip()]


def test_beta_reaches_a_training_under_way() -> None:
    atelier = actions.Atelier()
    running = actions.train_vae(atelier, 1, 0, ENGLISH)
    while not isinstance(next(running)[2], str):
        pass
    actions.set_beta(atelier, 7)
    next(running)
    assert atelier.training is not None and atelier.training.beta == 7


def test_a_wrong_beta_gets_a_sentence() -> None:
    with pytest.raises(gr.Error, match="beta must be"):
        list(actions.train_vae(actions.Atelier(), 99, 0, ENGLISH))


@pytest.mark.slow
def test_the_loss_goes_down_through_the_api_and_cancel_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_LAB_SECONDS", 3_600)
    with lab_page.served() as url:
        client = Client(url, verbose=False)
        job = client.submit(beta=1, seed=0, api_name="/train_vae")

        def errors() -> list[float]:
            return [float(v) for o in job.outputs() for v in re.findall(r"error × 10 ([\d.]+)", str(o[1]))]

        wait_for(lambda: len(errors()) > 3 and errors()[-1] < errors()[0], "the loss does not go down")
        job.cancel()
        second = client.submit(beta=1, seed=0, api_name="/train_vae")
        wait_for(lambda: bool(second.outputs()), "the one before still holds its place")
        assert not second.done()
        second.cancel()
