"""Directions in spaces whose truth is planted."""

import dataclasses

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from genai_demo.core import checkpoint
from genai_demo.faces import directions, generate, train
from genai_demo.faces.data import Faces
from genai_demo.faces.directions import (
    LABELS,
    PROBES,
    Space,
    gan_space,
    learned,
    name_by_effect,
    principal,
    probe,
    summarise,
    vae_space,
)
from genai_demo.faces.encoders import ATTRIBUTES, VAE
from genai_demo.faces.model import Generator
from tests.caches import forget
from tests.faces.tiny import GAN, VARIATIONAL, awake, save_all

SIZE = 16


def cosine(a: torch.Tensor, b: torch.Tensor) -> float:
    return float(torch.nn.functional.cosine_similarity(a.double(), b.double(), dim=0))


@pytest.fixture
def planted():
    """Latents that are not round, and scores that are linear in them: (w, weights (A, Z), scores)."""
    torch.manual_seed(0)
    spread = torch.diag(torch.linspace(0.5, 2, SIZE))
    w = torch.randn(6000, SIZE) @ spread
    weights = torch.linalg.qr(torch.randn(SIZE, SIZE))[0][: len(ATTRIBUTES)]
    weights[1] = 0.8 * weights[0] + 0.6 * weights[1]  # age goes together with smile
    return w, weights, w @ weights.T + 0.1 * torch.randn(6000, len(ATTRIBUTES))


def vectors(found: list) -> torch.Tensor:
    return torch.tensor([entry["vector"] for entry in found])


def test_learned_directions_raise_their_attribute_most(planted):
    w, weights, scores = planted
    found = learned(w, scores)
    assert [entry["name"] for entry in found] == list(ATTRIBUTES)
    effect = vectors(found) @ weights.T  # [i, j]: change of attribute j along direction i
    assert (effect.diagonal() > 0).all()
    assert (effect.abs().argmax(1) == torch.arange(len(ATTRIBUTES))).all()


def test_learned_directions_are_decoupled(planted, monkeypatch):
    w, weights, scores = planted

    def leak(decoupling: float) -> float:
        monkeypatch.setattr(directions, "DECOUPLING", decoupling)
        effect = vectors(learned(w, scores)) @ weights.T
        return float(abs(effect[0, 1] / effect[0, 0]))

    assert leak(1e-4) < 0.02
    assert leak(1e-4) < leak(0.05) < leak(1e3)
    assert leak(1e3) > 0.5  # the plain covariance direction drags age along


def test_one_unit_is_its_standard_deviations(planted):
    w, _, scores = planted
    covariance = torch.cov(w.T.double())
    for vector in vectors(learned(w, scores)).double():
        assert float(vector @ torch.linalg.inv(covariance) @ vector) ** 0.5 == pytest.approx(
            directions.UNITS["learned"], rel=0.02
        )


def test_principal_components_are_orthogonal_and_measured_in_deviations():
    torch.manual_seed(0)
    w = torch.randn(4000, SIZE) @ torch.diag(torch.linspace(3, 0.2, SIZE)) + 5
    space = Space("vae", 1, lambda count, seed: w, lambda ws: ws)
    found = vectors(principal(space, w, 5))
    gram = found @ found.T
    assert (gram - gram.diagonal().diag()).abs().max() < 1e-2
    assert abs(cosine(found[0], torch.eye(SIZE)[0])) > 0.99
    for vector in found:
        along = (w - w.mean(0)) @ (vector / vector.norm())
        assert directions.UNITS["discovered"] * float(along.std()) == pytest.approx(float(vector.norm()), rel=1e-2)


def test_components_of_the_gan_are_dealt_over_the_layers():
    w = torch.randn(100, SIZE)
    space = Space("gan", 12, lambda count, seed: w, lambda ws: ws)
    found = principal(space, w, 6)
    assert [entry["layers"] for entry in found] == [(0, 4), (4, 8), (8, 12)] * 2
    assert found[0]["vector"] == found[1]["vector"] != found[3]["vector"]


effects = st.fixed_dictionaries({k: st.floats(-5, 5) for k in [*LABELS, *PROBES]})


@given(st.lists(effects, min_size=8, max_size=8))
def test_names_never_repeat(measured):
    taken = set(ATTRIBUTES)
    for effect in measured:
        name, labels, sign = name_by_effect(effect, taken)
        own = name.removeprefix("discovered_")
        assert name not in taken
        assert own not in taken
        assert set(labels) == {"en", "zh"}
        assert sign * effect[own] >= 0
        taken.add(name)


def test_a_summary_tells_the_largest_side_effects():
    effect = dict.fromkeys([*LABELS, *PROBES], 0.0) | {"smile": 1.234, "age": -0.5, "beard": 0.3, "identity": 0.9}
    assert summarise("smile", effect) == {"own": 1.23, "identity": 0.9, "side_effects": {"age": -0.5, "beard": 0.3}}


def test_probes_see_what_they_are_named_after():
    base = torch.zeros(1, 3, 128, 128)
    right = base.clone()
    right[:, :, :, 64:] = 0.5
    red = base.clone()
    red[:, 0] = 0.5
    order = list(PROBES)
    dark, light, lit, warm = probe(torch.cat([base, base + 0.5, right, red]))
    assert light[order.index("brightness")] - dark[order.index("brightness")] == pytest.approx(0.5)
    assert lit[order.index("sides")] > 0.4
    assert warm[order.index("warmth")] == pytest.approx(0.5)
    assert warm[order.index("saturation")] == pytest.approx(0.5)
    assert lit[order.index("contrast")] > light[order.index("contrast")] == 0


def test_spaces_draw_from_seeds_and_decode():
    for space in (gan_space(awake(Generator(GAN))), vae_space(VAE(VARIATIONAL))):
        with torch.no_grad():
            w = space.draw(3, 5)
            images = space.decode(w[:, None].expand(-1, space.layers, -1))
        assert torch.equal(w, space.draw(3, 5))
        assert images.shape == (3, 3, 16, 16)
        assert images.abs().max() <= 1


@pytest.fixture
def tiny_checkpoints(tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    forget()
    save_all()
    yield
    forget()


def test_directions_are_found_measured_and_published(tiny_checkpoints, monkeypatch):
    monkeypatch.setattr(directions, "SAMPLES", 60)
    monkeypatch.setattr(directions, "MEASURED", 6)
    pictures = torch.randint(0, 256, (40, 3, GAN.resolution, GAN.resolution), dtype=torch.uint8)
    prepared = Faces(pictures, {}, [str(i) for i in range(40)], None)
    monkeypatch.setattr(train, "load", lambda *_: prepared)
    train.publish_directions()
    for model, size in (("gan", GAN.latent), ("vae", VARIATIONAL.latent)):
        entries = checkpoint.read_card(f"faces-{model}")["directions"]
        names = [entry["name"] for entry in entries]
        assert len(set(names)) == len(names) == len(ATTRIBUTES) + 8
        assert all(len(entry["vector"]) == size for entry in entries)
        found = generate.directions(model)
        assert [d.name for d in found] == names
        for d in found:
            assert {"own", "identity", "side_effects"} <= set(dataclasses.asdict(d)["effect"])
            if d.group == "discovered":
                assert d.effect["own"] >= 0
        assert generate.real_faces(model) is not None
    point = generate.latent(3)
    edited = generate.edit(point, {"smile": 1.5, generate.directions()[-1].name: -1.0})
    assert generate.decode(edited).tobytes() != generate.decode(point).tobytes()
