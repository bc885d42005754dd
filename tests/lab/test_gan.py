"""The GAN on a plane: its distributions, its step in five parts, and that it learns."""

import dataclasses
import itertools

import pytest
import torch

from genai_demo.core.losses import LOSSES
from genai_demo.lab import distributions
from genai_demo.lab.gan import ARROWS, FIELD, LOOK_EVERY, PARTS, SHOWN, TUNED, UPDATES, History, PlaneGan, Settings

RING = distributions.named("ring")
SMALL = Settings(batch=16, width=8)


def source(seed: int = 0) -> torch.Generator:
    """Random numbers of a test."""
    return torch.Generator().manual_seed(seed)


def weights(gan: PlaneGan) -> torch.Tensor:
    """All of both networks in a row."""
    return torch.cat([p.detach().flatten() for part in (gan.generator, gan.discriminator) for p in part.parameters()])


@pytest.mark.parametrize("name", distributions.NAMES)
def test_a_distribution_covers_itself(name: str) -> None:
    found = distributions.named(name)
    covered, near = found.coverage(found.sample(600, source()))
    assert all(covered) and near > 0.95
    assert len(found.modes) == {"ring": 8, "grid": 16, "spirals": distributions.MARKS}[name]


def test_what_lies_elsewhere_covers_nothing() -> None:
    covered, near = RING.coverage(torch.zeros(100, 2))
    assert not any(covered) and near == 0
    covered, near = RING.coverage(RING.centres[:1].expand(100, 2))
    assert sum(covered) == 1 and near == 1


def test_a_drawing_is_a_distribution() -> None:
    line = distributions.drawn([[i / 50 - 0.5, 0.2] for i in range(50)])
    points = line.sample(200, source())
    assert points[:, 1].sub(0.2).abs().max() < 0.1 and points[:, 0].min() < -0.4 < 0.4 < points[:, 0].max()
    assert all(line.coverage(points)[0]) and 3 < len(line.modes) <= distributions.MARKS


@pytest.mark.parametrize(
    ("points", "words"),
    [([], "Draw something"), ([[0, 0]] * 4, "Draw something"), ([[0, 9]] * 9, "cannot be read"),
     ([["a", 0]] * 9, "cannot be read"), ([[0]] * 9, "cannot be read"), (7, "cannot be read"),
     ([[0, float("nan")]] * 9, "cannot be read"), ([[0, 0]] * 9_000, "cannot be read")],
)  # fmt: skip
def test_a_bad_drawing_gets_a_sentence(points, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        distributions.drawn(points)


@pytest.mark.parametrize(
    "wrong", [{"loss": "none"}, {"batch": 0}, {"width": 10_000}, {"penalty": -1}, {"generator_rate": 5}]
)
def test_bad_settings_get_a_sentence(wrong: dict) -> None:
    with pytest.raises(ValueError, match=r"must be a number|Choose one of"):
        dataclasses.replace(SMALL, **wrong).check()


def test_a_step_has_its_five_parts_in_order() -> None:
    gan = PlaneGan(RING, SMALL)
    states, seen = [weights(gan)], []
    for part in gan.parts():
        seen.append(part)
        states.append(weights(gan))
    assert tuple(seen) == PARTS and gan.step_count == 1
    changed = [not torch.equal(a, b) for a, b in itertools.pairwise(states)]
    assert changed == [False, False, False, True, True]


@pytest.mark.parametrize("network", UPDATES)
def test_a_network_can_learn_alone(network: str) -> None:
    gan = PlaneGan(RING, SMALL)
    before = [[p.clone() for p in part.parameters()] for part in (gan.generator, gan.discriminator)]
    gan.step((network,))
    changed = [
        any(not torch.equal(old, new) for old, new in zip(those, part.parameters(), strict=True))
        for those, part in zip(before, (gan.generator, gan.discriminator), strict=True)
    ]
    assert changed == [network == "generator", network == "discriminator"] and gan.step_count == 1


def test_the_divergence_is_nothing_among_likes_and_one_bit_among_strangers() -> None:
    one, other = RING.sample(1_000, source()), RING.sample(1_000, source(1))
    far = torch.zeros(1_000, 2)
    assert distributions.jensen_shannon(one, one) == pytest.approx(0, abs=1e-6)
    assert 0 < distributions.jensen_shannon(one, other) < 0.1
    assert distributions.jensen_shannon(one, far) == pytest.approx(1)
    assert distributions.jensen_shannon(one, torch.cat([other, far])) == pytest.approx(0.35, abs=0.1)


def test_it_learns_as_long_as_it_comes_nearer() -> None:
    gan = PlaneGan(RING, SMALL)
    assert not gan.learning
    gan.step_count = 900
    for apart, modes, learning in ((0.5, 3, False), (0.49, 3, False), (0.5, 4, True), (0.4, 3, True)):
        gan.progress = History()
        gan.progress.add(600, 0.5, 3)
        gan.progress.add(900, apart, modes)
        assert gan.learning == learning
    gan.retarget(distributions.named("grid"))
    assert gan.learning and gan.progress.points == []  # another task, begun just now


def test_progress_is_looked_at_every_few_steps() -> None:
    gan = PlaneGan(RING, SMALL)
    for _ in range(2 * LOOK_EVERY):
        gan.step()
    view = gan.view()
    assert [step for step, _, _ in view.progress] == [LOOK_EVERY, 2 * LOOK_EVERY]
    assert view.divergence == view.progress[-1][1] and 0 < view.divergence <= 1 and view.learning


def test_the_same_seed_gives_the_same_training() -> None:
    first, again, other = (PlaneGan(RING, SMALL, seed) for seed in (3, 3, 4))
    for gan in (first, again, other):
        for _ in range(5):
            gan.step()
            if gan is again:
                gan.view()  # looking changes nothing
    assert torch.equal(weights(first), weights(again)) and not torch.equal(weights(first), weights(other))


@pytest.mark.parametrize("loss", LOSSES)
def test_settings_change_on_the_way(loss: str) -> None:
    gan = PlaneGan(RING, SMALL)
    gan.step()
    before = weights(gan)
    gan.change(Settings(loss=loss, generator_rate=0.002, batch=32, width=99, penalty=0))
    gan.retarget(distributions.named("grid"))
    gan.step()
    assert gan.step_count == 2 and gan.settings.width == SMALL.width and len(weights(gan)) == len(before)
    assert torch.isfinite(weights(gan)).all() and len(gan.view().covered) == 16


def test_a_view_shows_all() -> None:
    gan = PlaneGan(RING, SMALL)
    for _ in range(3):
        gan.step()
    view = gan.view()
    assert view.fake.shape == view.real.shape == (SHOWN, 2) and view.arrows.shape == (ARROWS, 2)
    assert view.field.shape == (FIELD, FIELD) and 0 <= view.field.min() <= view.field.max() <= 1
    assert [step for step, _, _ in view.losses] == [1, 2, 3] and view.step == 3
    assert len(gan.view(fresh=True).fake) == SMALL.batch


def test_arrows_point_to_where_the_discriminator_believes() -> None:
    gan = PlaneGan(RING, SMALL)
    view = gan.view()
    with torch.no_grad():
        here = gan.discriminator(view.fake[:ARROWS])
        there = gan.discriminator(view.fake[:ARROWS] + 1e-3 * view.arrows / view.arrows.norm(dim=1, keepdim=True))
    assert (there > here).all()


def test_a_discriminator_alone_learns_to_tell_them_apart() -> None:
    gan = PlaneGan(RING, Settings(generator_rate=1e-4, discriminator_rate=0.01, penalty=0, width=32))
    for _ in range(200):
        gan.step()
    losses = [d for _, d, _ in gan.view().losses]
    assert sum(losses[-10:]) < 0.8 * sum(losses[:10]) and gan.balance > 0.8


@pytest.mark.slow
def test_the_modes_of_the_ring_are_found() -> None:
    gan = PlaneGan(RING, Settings(loss="relativistic", batch=64))
    for _ in range(1500):
        gan.step()
    view = gan.view()
    assert sum(view.covered) >= 7 and view.quality > 0.5


@pytest.mark.slow
def test_the_grid_is_found_at_its_rate() -> None:
    rate = TUNED["grid"]
    gan = PlaneGan(distributions.named("grid"), Settings(generator_rate=rate, discriminator_rate=rate))
    most = 0
    while most < 15 and gan.step_count < 3_000:
        gan.step()
        if gan.step_count % 50 == 0:
            most = max(most, sum(gan.view().covered))
    assert most >= 15


def test_the_history_stays_short_and_keeps_the_means() -> None:
    history = History()
    for step in range(1, 2001):
        history.add(step, 1.0, float(step))
    points = history.thinned()
    assert len(points) < History.MOST and points[-1][0] > 1900
    assert all(d == 1 and abs(g - step) <= history.every for step, d, g in points)
