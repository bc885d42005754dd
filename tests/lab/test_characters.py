"""The character model of the lab: what it takes, that it learns, that it overfits."""

import pytest
import torch

from genai_demo.core import limits
from genai_demo.lab.characters import BATCH, EVERY, HEADS, UNKNOWN, CharacterModel, Point, Settings, clean

TEXT = "the cat sat on the mat. the dog sat on the log.\n" * 12
SMALL = Settings(layers=1, width=32, context=16)


def trained(steps: int, seed: int = 0, text: str = TEXT) -> CharacterModel:
    model = CharacterModel(text, SMALL, seed)
    for _ in range(steps):
        model.step()
    return model


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "0 characters"), ("short", "5 characters"), (" " * 900, "0 characters"), ("a" * 900, "over and over"),
     ("ab" * limits.MAX_LAB_TEXT, "Shorten it"), (None, "0 characters")],
)  # fmt: skip
def test_a_text_that_cannot_be_learnt_gets_a_sentence(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        clean(text)


@pytest.mark.parametrize("wrong", [{"layers": 0}, {"layers": 99}, {"width": 33}, {"width": 9_999}, {"context": 1}])
def test_a_shape_that_makes_no_sense_gets_a_sentence(wrong: dict) -> None:
    with pytest.raises(ValueError, match="must be"):
        CharacterModel(TEXT, Settings(**wrong))


def test_line_ends_are_plain_and_rare_characters_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert clean("a\r\nb\rc" * 100).count("\r") == 0
    monkeypatch.setattr(limits, "MAX_LAB_CHARACTERS", 3)
    model = CharacterModel("aaabbbccz" * 40, SMALL)
    assert model.characters == [UNKNOWN, "a", "b", "c"] and model.encode("az") == [1, 0]


def test_the_end_of_the_text_is_held_out() -> None:
    model = CharacterModel("a" * 300 + "b" * 100, SMALL)
    assert len(model.held_out) == 40 and set(model.held_out.tolist()) == {model.rows["b"]}
    assert len(model.learnt) == 360


def test_the_loss_goes_down_and_it_writes_what_it_read() -> None:
    model = trained(60)
    first, last = model.points[0], model.points[-1]
    assert last.step == 60 and len(model.points) == 60 // EVERY
    assert last.learnt < 0.5 * first.learnt and last.held_out < 0.6 * first.held_out
    written = model.sample("the ", 40, temperature=0.3)
    assert written.startswith("the ") and len(written) == 44
    assert written[4:7] in TEXT


def test_the_same_seed_gives_the_same_model() -> None:
    first, again, other = trained(5, 1), trained(5, 1), trained(5, 2)
    assert first.points == again.points != other.points
    assert first.sample("t", 20, seed=3) == again.sample("t", 20, seed=3) != again.sample("t", 20, seed=4)


def test_looking_changes_nothing() -> None:
    seen, unseen = CharacterModel(TEXT, SMALL), trained(4)
    for _ in range(4):
        seen.step()
        seen.sample("a", 5), seen.attention("the cat"), seen.measure()
    assert torch.equal(seen.network.embedding.weight, unseen.network.embedding.weight)


def test_attention_rows_add_up_to_one_and_see_no_future() -> None:
    names, shares = trained(2).attention("the cat sat on the mat")
    assert names == list("the cat sat on t") and shares.shape == (1, HEADS, 16, 16)
    assert torch.allclose(shares.sum(-1), torch.ones(1, HEADS, 16)) and not shares.triu(1).any()


def test_the_next_characters_are_the_likeliest_and_learnt() -> None:
    model = trained(60)
    found = model.next_characters("the ca", 5)
    assert found[0][0] == "t" and found[0][1] > 0.5
    assert [p for _, p in found] == sorted((p for _, p in found), reverse=True)
    every = model.next_characters("the ca", 999)
    assert sum(p for _, p in every) == pytest.approx(1) and {c for c, _ in every} == set(TEXT)
    assert len(model.next_characters("", 3)) == 3
    assert model.next_characters("x" * 40 + "the cat sat on t", 2) == model.next_characters("the cat sat on t", 2)


def test_a_step_says_its_loss() -> None:
    model = CharacterModel(TEXT, SMALL)
    losses = [model.step() for _ in range(EVERY)]
    assert model.points[-1].learnt == pytest.approx(sum(losses) / EVERY)


def test_overfitting_is_noticed() -> None:
    model = CharacterModel(TEXT, SMALL)
    model.points = [Point(i, 3 - 0.1 * i, 3 - 0.1 * i) for i in range(12)]
    assert not model.overfits()
    model.points += [Point(i, 1, 2 + 0.02 * i) for i in range(12, 20)]
    assert model.overfits()


def test_a_short_text_is_enough() -> None:
    model = CharacterModel("word " * 41, Settings(layers=1, width=32, context=limits.MAX_LAB_CONTEXT))
    for _ in range(EVERY):
        model.step()
    assert model.points and BATCH > 1


def test_dropout_can_be_changed_on_the_way() -> None:
    model = trained(2)
    model.set_dropout(0.5)
    model.step()
    assert (
        all(block.dropout == 0.5 for block in model.network.blocks)
        and torch.isfinite(model.network.embedding.weight).all()
    )
