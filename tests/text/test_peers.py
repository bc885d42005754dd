"""The peers that the text model is compared with are real ones."""

import collections

import numpy as np
import pytest
import torch

from benchmarks.ablations import VARIANTS, build, measure
from benchmarks.kneser_ney import KneserNey
from tests.text.tiny import CONFIG, TOKENIZER, prepare

VOCABULARY = 6


@pytest.fixture(scope="module")
def stream() -> np.ndarray:
    rng = np.random.default_rng(0)
    tokens = [0, 1]
    for _ in range(400):
        tokens.append(int((tokens[-1] + tokens[-2] + (rng.random() < 0.3)) % VOCABULARY))
    return np.array(tokens, np.uint16)


def by_hand(stream: list[int], order: int, context: tuple[int, ...], token: int) -> float:
    """The textbook's recursion, with dictionaries."""
    runs = {n: [tuple(stream[i : i + n]) for i in range(len(stream) - n + 1)] for n in range(1, order + 1)}
    counts: dict[int, collections.Counter] = {order: collections.Counter(runs[order])}
    for n in range(order - 1, 0, -1):
        counts[n] = collections.Counter(run[1:] for run in counts[n + 1])

    def probability(n: int, context: tuple[int, ...]) -> float:
        if n == 0:
            return 1 / VOCABULARY
        ones, twos = (sum(c == k for c in counts[n].values()) for k in (1, 2))
        discount = ones / max(1, ones + 2 * twos) or 0.5
        lower = probability(n - 1, context[1:])
        following = {run: c for run, c in counts[n].items() if run[:-1] == context}
        total = sum(following.values())
        if not total:
            return lower
        here = following.get((*context, token), 0)
        return max(here - discount, 0) / total + discount * len(following) / total * lower

    return probability(order, context)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_kneser_ney_is_the_textbooks(stream, order):
    model = KneserNey(stream, VOCABULARY, order)
    text = np.array([3, 1, 4, 1, 5, 2, 0, 0, 2], np.uint16)
    found = model.probabilities(text)
    for i in range(order - 1, len(text)):
        context = tuple(int(t) for t in text[i - order + 1 : i])
        assert found[i] == pytest.approx(by_hand(stream.tolist(), order, context, int(text[i])), rel=1e-9)


def test_its_probabilities_add_up_to_one(stream):
    model = KneserNey(stream, VOCABULARY, 3)
    total = sum(model.probabilities(np.array([4, 1, token], np.uint16))[-1] for token in range(VOCABULARY))
    assert total == pytest.approx(1)


def test_it_predicts_its_own_language_better_than_chance(stream):
    model = KneserNey(stream[:300], VOCABULARY, 4)
    cost = -np.log2(model.probabilities(stream[300:])).mean()
    assert cost < 0.7 * np.log2(VOCABULARY)


@pytest.fixture(scope="module")
def models() -> dict[str, torch.nn.Module]:
    return {name: build(variant, CONFIG, seed=1).eval() for name, variant in VARIANTS.items()}


def test_an_ablation_changes_one_choice_and_no_sizes(models):
    sizes = {name: sum(p.numel() for p in model.parameters()) for name, model in models.items()}
    assert all(abs(size / sizes["ours"] - 1) < 0.01 for size in sizes.values())
    assert type(models["ours"].blocks[0]).__name__ == "Block"
    matrix = models["ours"].blocks[0].attention.to_qkv.weight
    others = [name for name in VARIANTS if name != "swiglu"]
    assert all(torch.equal(models[name].blocks[0].attention.to_qkv.weight, matrix) for name in others)


def test_every_ablation_computes_something_else(models):
    tokens = torch.arange(20)[None]
    found = {}
    for name, model in models.items():
        torch.nn.init.normal_(model.embedding.weight, generator=torch.Generator().manual_seed(3))
        for block in model.blocks:  # the zeros that a new model begins with hide what comes before them
            for matrix in (block.attention.project, block.project):
                torch.nn.init.normal_(matrix.weight, std=0.1, generator=torch.Generator().manual_seed(2))
        with torch.inference_mode():
            found[name] = model(tokens)
    for name in ("relu", "gelu", "swiglu", "no-qk-norm", "no-softcap"):
        assert not torch.allclose(found[name], found["ours"], atol=1e-3), name


@pytest.mark.slow
def test_ablations_are_trained_and_measured(tmp_path):
    texts = prepare(tmp_path)
    rows = list(measure(texts, TOKENIZER, list(VARIANTS), [0], CONFIG, 12, 4, 0.01, 4))
    assert [row["variant"] for row in rows] == list(VARIANTS)
    longer = list(measure(texts, TOKENIZER, ["ours"], [0], CONFIG, 40, 4, 0.01, 4))
    assert longer[0]["bits_per_byte"] < rows[0]["bits_per_byte"] - 0.2
