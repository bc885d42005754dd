"""The loss in chunks against the plain formula."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.core import next_token
from genai_demo.core.next_token import next_token_loss
from genai_demo.core.transformer import Transformer, TransformerConfig

ROWS, WIDTH, VOCABULARY, CAP = 150, 12, 40, 6.0


def given(seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    hidden = torch.randn(ROWS, WIDTH, generator=generator).requires_grad_()
    weight = torch.randn(VOCABULARY, WIDTH, generator=generator).requires_grad_()
    targets = torch.randint(0, VOCABULARY, (ROWS,), generator=generator)
    return hidden, weight, targets.masked_fill(torch.rand(ROWS, generator=generator) < 0.3, -100)


def plain(hidden: Tensor, weight: Tensor, targets: Tensor, cap: float) -> Tensor:
    return F.cross_entropy(cap * torch.tanh(hidden @ weight.T / cap), targets)


@pytest.mark.parametrize("chunk", [1, 70 * VOCABULARY, 10_000 * VOCABULARY])
def test_loss_and_gradients_are_those_of_the_formula(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(next_token, "CHUNK", chunk)
    hidden, weight, targets = given()
    ours, theirs = next_token_loss(hidden, weight, targets, CAP), plain(hidden, weight, targets, CAP)
    torch.testing.assert_close(ours, theirs)
    for one, other in zip(
        torch.autograd.grad(3 * ours, (hidden, weight)), torch.autograd.grad(3 * theirs, (hidden, weight)), strict=True
    ):
        torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-4)
    assert not torch.autograd.grad(next_token_loss(hidden, weight, targets, CAP), hidden)[0][targets < 0].any()


def test_under_autocast_it_is_near() -> None:
    hidden, weight, targets = given(1)
    right = plain(hidden, weight, targets, CAP)
    with torch.autocast("cpu", torch.bfloat16):
        ours = next_token_loss(hidden, weight, targets, CAP)
    assert ours.dtype == torch.float32 and abs((ours - right).item()) < 0.02 * right.item()


def test_nothing_to_learn_costs_nothing() -> None:
    hidden, weight, targets = given()
    loss = next_token_loss(hidden, weight, torch.full_like(targets, -100), CAP)
    assert loss.item() == 0 and not any(g.any() for g in torch.autograd.grad(loss, (hidden, weight)))


def test_the_largest_logits_do_not_overflow() -> None:
    hidden, weight, targets = given()
    loss = next_token_loss(1e4 * hidden, weight, targets, CAP)
    assert torch.isfinite(loss) and 0 < loss.item() <= 2 * CAP + torch.tensor(VOCABULARY).log()


@pytest.mark.parametrize("softcap", [0.0, 20.0])
def test_the_transformers_loss_is_that_of_its_logits(softcap: float) -> None:
    torch.manual_seed(0)
    model = Transformer(TransformerConfig(VOCABULARY, 2, 16, 2, 32, softcap=softcap))
    tokens = torch.randint(0, VOCABULARY, (3, 20))
    targets = torch.randint(0, VOCABULARY, (3, 20)).masked_fill(torch.rand(3, 20) < 0.4, -100)
    loss = model.loss(model.hidden(tokens), targets)
    torch.testing.assert_close(loss, F.cross_entropy(model(tokens).flatten(0, 1), targets.flatten()))
    loss.backward()
    assert model.embedding.weight.grad.any()


def test_sizes_are_as_announced() -> None:
    """torch.compile plans with the announced sizes."""
    hidden, weight, targets = (t.detach() for t in given())
    wanted = (hidden, weight, targets.clamp(min=0), CAP, False)
    torch.library.opcheck(next_token._loss, wanted, test_utils=("test_schema", "test_faketensor"))
