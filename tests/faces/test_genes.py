"""Children of faces."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genai_demo.faces.genes import MOST_GENERATIONS, MOST_PARENTS, Family, breed
from genai_demo.faces.latents import Latent
from genai_demo.faces.plausible import Ellipsoid

SIZE, LAYERS = 6, 12
FACES = Ellipsoid(np.zeros(SIZE, np.float32), np.eye(SIZE, dtype=np.float32), 1.5)


def parent(number: int, model: str = "gan") -> Latent:
    styles = np.random.default_rng(number).normal(size=(LAYERS if model == "gan" else 1, SIZE))
    return Latent(model, styles.astype(np.float32), number, None, f"seed {number}")


def test_same_seed_same_children_other_seed_others():
    parents = [parent(1), parent(2)]
    first, again, other = (breed(parents, [1, 1], 4, seed, faces=FACES) for seed in (5, 5, 6))
    assert all(np.array_equal(a.styles, b.styles) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0].styles, other[0].styles)
    assert len({child.styles.tobytes() for child in first}) == 4


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), weight=st.floats(0.1, 10))
def test_without_mutation_children_lie_between_their_parents(seed, weight):
    parents = [parent(1), parent(2), parent(3)]
    for child in breed(parents, [1, weight, 2], 3, seed, mutation=0):
        stack = np.stack([p.styles for p in parents])
        assert (child.styles <= stack.max(0) + 1e-2).all() and (child.styles >= stack.min(0) - 1e-2).all()


def test_a_parent_without_weight_gives_nothing():
    parents = [parent(1), parent(2)]
    for child in breed(parents, [0, 1], 4, 1, mutation=0):
        np.testing.assert_allclose(child.styles, parents[1].styles, atol=5e-3)


def test_crossing_takes_whole_ranges_of_layers():
    parents = [parent(1), parent(2)]
    for child in breed(parents, [1, 1], 6, 2, mutation=0, crossing=1):
        for where in (slice(0, 4), slice(4, 8), slice(8, 12)):
            assert any(np.allclose(child.styles[where], p.styles[where], atol=5e-3) for p in parents)


def test_mutations_are_as_large_as_asked_and_held_among_real_faces():
    twins = [parent(1), parent(1)]
    start = twins[0].styles
    small = breed(twins, [1, 1], 60, 3, mutation=0.1, faces=FACES)
    steps = np.stack([child.styles[0] - start[0] for child in small])
    assert steps.std() == pytest.approx(0.1, rel=0.2)
    limit = max(FACES.edge, FACES.distance(start))
    assert all(FACES.distance(child.styles) <= limit + 0.01 for child in breed(twins, [1, 1], 60, 4, 50.0, 0.5, FACES))


def test_the_vae_has_one_layer_and_children_all_the_same():
    (child,) = breed([parent(1, "vae"), parent(2, "vae")], [1, 1], 1, 0, faces=FACES)
    assert child.model == "vae" and child.styles.shape == (1, SIZE)


@pytest.mark.parametrize(
    ("numbers", "weights", "words"),
    [
        ([1], [1], "two parents"), ([], [], "two parents"), ([1, 2], [0, 0], "weight above zero"),
        ([1, 2], [1], "weight above zero"), ([1, 2], [1, -1], "weight above zero"),
        ([1, 2], [1, float("nan")], "weight above zero"),
    ],
)  # fmt: skip
def test_what_cannot_be_bred_is_a_sentence(numbers, weights, words):
    with pytest.raises(ValueError, match=words):
        breed([parent(n) for n in numbers], weights, 2, 0)


# Families


def test_parents_come_one_by_one_and_a_child_begins_the_next_generation():
    family = Family().with_parent(parent(1)).with_parent(parent(2))
    family = family.with_children(breed(family.parents, [1, 1], 3, 0))
    older, family = family, family.with_parent(family.children[1])
    assert len(family.generations) == 2
    assert [p.origin for p in family.parents] == ["seed 2", "child 2"]
    assert family.children == ()
    assert family.undone() == older
    assert older.undone().children == () and len(older.undone().parents) == 2


def test_undo_ends_at_the_beginning():
    family = Family().with_parent(parent(1))
    assert family.undone().undone().parents == ()


def test_there_is_room_for_so_many_parents_of_one_model():
    family = Family()
    for number in range(MOST_PARENTS):
        family = family.with_parent(parent(number))
    with pytest.raises(ValueError, match="room for 4 parents"):
        family.with_parent(parent(9))
    with pytest.raises(ValueError, match="one model"):
        Family().with_parent(parent(1)).with_parent(parent(2, "vae"))


def test_old_generations_are_forgotten():
    family = Family().with_parent(parent(1)).with_parent(parent(2))
    for number in range(3 * MOST_GENERATIONS):
        family = family.with_children(breed(family.parents, [1, 1], 1, number)).with_parent(parent(number))
    assert len(family.generations) <= MOST_GENERATIONS
    steps = 0
    while family.before is not None:
        family, steps = family.before, steps + 1
    assert steps <= 2 * MOST_GENERATIONS
