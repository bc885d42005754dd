"""The Transformer: causal, and the same with and without its cache."""

import dataclasses

import pytest
import torch

from genai_demo.core.transformer import Cache, Shift, Transformer, turns
from tests.text.tiny import CONFIG


@pytest.fixture
def model() -> Transformer:
    torch.manual_seed(0)
    model = Transformer(CONFIG).eval()
    with torch.no_grad():
        for p in model.parameters():
            if not p.any():
                p.normal_(std=0.1)
    return model


@pytest.fixture
def tokens() -> torch.Tensor:
    return torch.randint(0, CONFIG.rows, (3, 40), generator=torch.Generator().manual_seed(1))


def test_a_new_model_knows_nothing(tokens):
    model = Transformer(CONFIG)
    hidden = model.hidden(tokens)
    alone = torch.nn.functional.rms_norm(model.embedding(tokens), (CONFIG.width,))
    torch.testing.assert_close(hidden, alone, rtol=1e-2, atol=1e-3)
    loss = torch.nn.functional.cross_entropy(model(tokens)[:, :-1].flatten(0, 1), tokens[:, 1:].flatten())
    assert loss.item() == pytest.approx(torch.tensor(CONFIG.rows).log().item(), rel=0.02)


def test_the_future_is_not_seen(model, tokens):
    changed = tokens.clone()
    changed[:, 25:] = 7
    before, after = model(tokens), model(changed)
    torch.testing.assert_close(before[:, :25], after[:, :25])
    assert not torch.allclose(before[:, 25:], after[:, 25:])


@pytest.mark.parametrize("pieces", [[40], [1] * 40, [10, 1, 1, 20, 8]])
def test_the_cache_changes_nothing(model, tokens, pieces):
    with torch.no_grad():
        whole = model(tokens)
        cache = Cache(CONFIG, 3, model.embedding.weight)
        parts = [model(part, cache) for part in tokens.split(pieces, 1)]
    torch.testing.assert_close(torch.cat(parts, 1), whole, rtol=1e-4, atol=1e-4)
    assert cache.length == 40


def test_a_cache_can_be_repeated_and_picked_from(model, tokens):
    with torch.no_grad():
        cache = Cache(CONFIG, 1, model.embedding.weight)
        model(tokens[:1, :20], cache)
        cache.repeat(3)
        expected = model(torch.cat([tokens[:1, :20].expand(3, -1), tokens[:, 20:21]], 1))[:, -1]
        torch.testing.assert_close(model(tokens[:, 20:21], cache)[:, -1], expected, rtol=1e-4, atol=1e-4)
        cache.pick(torch.tensor([2, 2]))
        again = model(tokens[2:3, 21:22].expand(2, -1), cache)[:, -1]
        alone = model(torch.cat([tokens[:1, :20], tokens[2:3, 20:22]], 1))[:, -1]
    torch.testing.assert_close(again, alone.expand(2, -1), rtol=1e-4, atol=1e-4)


def test_attention_that_is_shown_is_the_one_that_is_used(model, tokens):
    seen: list[torch.Tensor] = []
    with torch.no_grad():
        model.hidden(tokens, seen=seen)
        attention = model.blocks[0].attention
        x = torch.nn.functional.rms_norm(model.embedding(tokens), (CONFIG.width,))
        x = model.blocks[0].shift(torch.nn.functional.rms_norm(x, (CONFIG.width,)), None)
        values = attention.to_qkv(x).unflatten(-1, (3, CONFIG.heads, -1))[:, :, 2].transpose(1, 2)
        mixed = attention.project((seen[0] @ values).transpose(1, 2).flatten(2))
        turn = turns(0, 40, model.speeds, x.dtype)
        torch.testing.assert_close(mixed, attention(x, turn, None, None), rtol=1e-4, atol=1e-4)
    assert [s.shape for s in seen] == [(3, CONFIG.heads, 40, 40)] * CONFIG.layers
    torch.testing.assert_close(seen[1].sum(-1), torch.ones(3, CONFIG.heads, 40))
    assert not seen[0].triu(1).any()


def test_logits_are_capped(model, tokens):
    with torch.no_grad():
        model.embedding.weight.mul_(1000)
        assert model(tokens).abs().max() <= CONFIG.softcap
    free = Transformer(dataclasses.replace(CONFIG, softcap=0.0))
    with torch.no_grad():
        free.embedding.weight.mul_(1000)
        assert free(tokens).abs().max() > CONFIG.softcap


def test_more_than_the_context_is_refused(model):
    with pytest.raises(ValueError, match="sees 64 tokens"):
        model(torch.zeros(1, 65, dtype=torch.long))
    cache = Cache(CONFIG, 1, model.embedding.weight)
    model(torch.zeros(1, 60, dtype=torch.long), cache)
    with pytest.raises(ValueError, match="not 65"):
        model(torch.zeros(1, 5, dtype=torch.long), cache)


def test_matrices_are_all_linear_layers(model):
    assert len(model.matrices()) == 4 * CONFIG.layers
    assert {id(p) for p in model.parameters()} == {id(p) for p in [*model.matrices(), *model.vectors()]}
    assert sum(p.numel() for p in model.vectors()) == (CONFIG.rows + CONFIG.layers * CONFIG.reach) * CONFIG.width


def test_every_block_sees_the_tokens_just_before(tokens):
    shift = Shift(CONFIG, 0)
    x = torch.randn(2, 10, CONFIG.width)
    assert torch.equal(shift(x, None), x)
    torch.nn.init.normal_(shift.weight)
    y = shift(x, None)
    torch.testing.assert_close(y[:, 0], x[:, 0])
    expected = x[:, 5] + sum(shift.weight[i] * x[:, 5 - CONFIG.reach + i] for i in range(CONFIG.reach))
    torch.testing.assert_close(y[:, 5], expected)
    without = Shift(dataclasses.replace(CONFIG, reach=0), 0)
    assert torch.equal(without(x, None), x)
