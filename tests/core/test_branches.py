"""Branches of a sequence: what is kept goes on as if nothing else had been drawn."""

import pytest
import torch

from genai_demo.core.branches import PATIENCE, ROOM, Branches
from genai_demo.core.decode import Session
from genai_demo.core.greenlist import Mark
from genai_demo.core.quantise import made_faster
from genai_demo.core.sampling import Controls
from genai_demo.core.transformer import Transformer, TransformerConfig

CONFIG = TransformerConfig(rows=40, layers=2, width=16, heads=2, context=64)
END = 39
STOP = 7
"""A token before which a branch of these tests is over."""


@pytest.fixture(params=[False, True], ids=["plain", "eight-bit"])
def model(request, monkeypatch) -> Transformer:
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    torch.manual_seed(0)
    found = Transformer(CONFIG)
    with torch.no_grad():
        for p in found.parameters():
            p.copy_(torch.randn(p.shape) * 0.4)
    found.requires_grad_(False)
    return made_faster(found) if request.param else found


def branches(model: Transformer, count: int = 4, tokens: tuple[int, ...] = (1, 2, 3), **settings) -> Branches:
    allowed = torch.ones(CONFIG.rows, dtype=torch.bool)
    controls = settings.pop("controls", Controls(1.0, 1.0, 0, 1.0))
    return Branches(model, list(tokens), 1, allowed, {END}, controls, settings.pop("seed", 3), count, **settings)


def stops(_, following: int) -> bool:
    return following == STOP


def test_branches_end_where_they_should(model):
    drawn = branches(model, 8).grow(stops, 20)
    assert [branch.row for branch in drawn] == list(range(8))
    for branch in drawn:
        assert len(branch.tokens) <= 20
        assert STOP not in branch.tokens[1:] and END not in branch.tokens
        assert branch.whole or not branch.last
    assert len({tuple(branch.tokens) for branch in drawn}) > 1
    assert any(branch.whole for branch in drawn)


def test_log_probabilities_are_those_of_the_model(model):
    for branch in branches(model).grow(stops, 12):
        whole = torch.tensor([[1, 2, 3, *branch.tokens]])
        steps = model(whole[:, :-1])[0].log_softmax(-1)[2:]
        wanted = float(steps.gather(1, whole[0, 3:, None]).sum())
        assert branch.log_probability == pytest.approx(wanted, abs=0.05 * len(branch.tokens) + 1e-3)


def test_what_is_kept_goes_on_as_if_nothing_else_had_been_drawn(model):
    grown = branches(model)
    kept: list[int] = []
    for round_ in range(3):
        drawn = grown.grow(stops, 8)
        branch = next(b for b in drawn[round_:] + drawn if b.tokens)
        grown.keep(branch)
        kept += branch.tokens
        alone = Session(model, [1, 2, 3, *kept], 1)
        assert grown.session.tokens.tolist() == [[1, 2, 3, *kept]] * 4
        tolerance = 1e-4 if model.faster is None else 0.4
        torch.testing.assert_close(grown.session.logits[0], alone.logits[0], rtol=0, atol=tolerance)
        assert (grown.session.logits == grown.session.logits[:1]).all()


def test_the_same_seed_draws_the_same(model):
    def tokens(seed: int) -> list[list[int]]:
        return [branch.tokens for branch in branches(model, seed=seed, mark=Mark(5, 2.0)).grow(stops, 10)]

    assert tokens(3) == tokens(3) != tokens(4)


def test_a_branch_of_its_own_is_drawn_as_among_others(model):
    alone, among = branches(model, 1).grow(stops, 10), branches(model, 4).grow(stops, 10)
    size = min(len(alone[0].tokens), len(among[0].tokens))
    assert size and alone[0].tokens[:size] == among[0].tokens[:size]


def test_a_text_that_must_go_on_does_not_end_at_once(model):
    def starts(going: bool) -> list[bool]:
        found = branches(model, 4, controls=Controls(1.0, 1.0, 0, 1.0))
        found.session.logits = found.session.logits.clone()
        found.session.logits[:, END] = 50.0
        return [bool(branch.tokens) for branch in found.grow(stops, 5, going)]

    assert starts(False) == [False] * 4
    assert starts(True) == [True] * 4


def test_a_long_text_forgets_its_middle_and_goes_on(model):
    grown = branches(model, 3, tuple(range(1, 36)))
    for _ in range(12):
        drawn = grown.grow(stops, 12)
        grown.keep(max(drawn, key=lambda branch: len(branch.tokens)))
        assert grown.session.tokens.shape[1] <= CONFIG.context
        assert grown.session.tokens[0, 0] == 1


def test_stragglers_are_not_waited_for(model):
    drawn = branches(model, 4).grow(lambda tokens, _: tokens[0] % 2 == 0, 60)
    short = [len(branch.tokens) for branch in drawn if branch.whole]
    waited = 60 if 2 * len(short) < len(drawn) else max(PATIENCE * max(short), max(short) + ROOM)
    assert all(len(branch.tokens) <= waited for branch in drawn)
