"""The mark in generated text: reproducible, near half of the vocabulary, and found where it was put."""

import numpy as np
import pytest
import torch

from genai_demo.core import decode, greenlist
from genai_demo.core.sampling import Controls, candidates
from genai_demo.core.transformer import Transformer, TransformerConfig

SIZE = 64
KEY = 7
FIRST_ROW = "0001110001010110100111010100010100110111000001011000110110001011"


def model() -> Transformer:
    """A random model that is certain of little."""
    torch.manual_seed(0)
    found = Transformer(TransformerConfig(rows=SIZE, layers=1, width=32, heads=2, context=64)).eval()
    for p in found.requires_grad_(False).parameters():
        p.copy_(torch.randn(p.shape) / p.shape[-1] ** 0.5)
    return found


def written(mark: greenlist.Mark | None, temperature: float = 1.0, count: int = 1, seed: int = 0) -> list[list[int]]:
    every = torch.ones(SIZE, dtype=torch.bool)
    controls = Controls(temperature=temperature, top_p=1.0)
    steps = decode.continuations(model(), [1, 2], 1, every, set(), controls, seed, count, 60, (), mark)
    return [list(row) for row in zip(*steps, strict=True)]


def test_half_of_every_row_is_green_and_the_key_decides_which() -> None:
    rows = greenlist.is_green(KEY, np.arange(200)[:, None], np.arange(2_000)[None])
    assert abs(rows.mean() - 0.5) < 0.005 and np.abs(rows.mean(1) - 0.5).max() < 0.06
    other = greenlist.is_green(KEY + 1, np.arange(200)[:, None], np.arange(2_000)[None])
    assert abs((rows == other).mean() - 0.5) < 0.005  # a neighbouring key knows nothing
    assert abs((rows[0] == rows[1]).mean() - 0.5) < 0.06


def test_the_split_never_changes() -> None:
    """Texts of yesterday are to be found tomorrow: the first green tokens, written down."""
    row = greenlist.is_green(greenlist.KEY, np.array([5]), np.arange(64))
    assert "".join("01"[int(g)] for g in row) == FIRST_ROW


def test_marked_text_is_green_and_unmarked_is_not() -> None:
    plain, marked = written(None), written(greenlist.Mark(KEY, 4.0))
    assert greenlist.count(marked[0], KEY).z > 5 > 3 > abs(greenlist.count(plain[0], KEY).z)
    assert abs(greenlist.count(marked[0], KEY + 1).z) < 3


def test_same_seed_same_text_and_company_does_not_matter() -> None:
    mark = greenlist.Mark(KEY, 1.0)
    assert written(mark) == written(mark)
    assert written(mark, count=3)[1] == written(mark, seed=1)[0]


def test_at_temperature_zero_there_is_no_mark() -> None:
    assert written(greenlist.Mark(KEY, 5.0), temperature=0) == written(None, temperature=0)


def test_the_bonus_weighs_the_same_at_every_temperature() -> None:
    logits, bonus = torch.zeros(1, SIZE), greenlist.Mark(KEY, 1.0).bonus(torch.tensor([3]), SIZE)
    shares = [candidates(logits, Controls(temperature=t, top_p=1.0), None, bonus)[0] for t in (0.5, 2.0)]
    assert torch.allclose(*shares)
    assert shares[0].max() / shares[0].min() == pytest.approx(np.e, rel=1e-4)


def test_the_bonus_is_of_the_green_tokens_though_they_are_kept_as_bits() -> None:
    bonus = greenlist.Mark(KEY, 2.5).bonus(torch.tensor([3, 8]), SIZE)
    green = greenlist.is_green(KEY, np.array([[3], [8]]), np.arange(SIZE))
    assert bonus.tolist() == (2.5 * green).tolist() and 0 < green.sum() < green.size
    assert greenlist._green_row(KEY, 3, SIZE).nbytes == -(-SIZE // 8)


@pytest.mark.parametrize(("tokens", "wanted"), [([], 0), ([3], 0), ([3, 4], 1), ([3, 4, 3, 4, 3, 4], 2)])
def test_a_pair_counts_once(tokens: list[int], wanted: int) -> None:
    assert greenlist.count(tokens, KEY).tokens == wanted


def test_the_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENAI_TEXT_KEY", "99")
    assert greenlist.key() == 99
    monkeypatch.setenv("GENAI_TEXT_KEY", "secret")
    with pytest.raises(ValueError, match="whole number"):
        greenlist.key()
