"""Sampling, decoding with the cache, beams and loops, on small random models."""

import itertools
import random

import pytest
import torch

from genai_demo.core import decode, sampling
from genai_demo.core.sampling import Controls, draw, filtered
from genai_demo.core.transformer import Transformer
from tests.core.tiny_transformer import CONFIG, lively

EVERY = torch.ones(CONFIG.rows, dtype=torch.bool)
GREEDY = Controls(temperature=0)


@pytest.fixture(scope="module")
def model() -> Transformer:
    return lively()


# Controls

LOGITS = torch.tensor([[2.0, 1.0, 0.0, -1.0, -50.0]])


def test_temperature_flattens_and_zero_is_greedy():
    assert torch.equal(filtered(LOGITS, GREEDY), torch.tensor([[1.0, 0, 0, 0, 0]]))
    cold, warm = (filtered(LOGITS, Controls(temperature=t, top_p=1)) for t in (0.5, 2.0))
    torch.testing.assert_close(cold, (2 * LOGITS).softmax(1))
    torch.testing.assert_close(warm, (LOGITS / 2).softmax(1))


def test_top_k_top_p_and_min_p_keep_the_likeliest():
    def kept(**settings) -> list[int]:
        return filtered(LOGITS, Controls(**{"temperature": 1.0, "top_p": 1.0} | settings))[0].nonzero()[:, 0].tolist()

    p = LOGITS.softmax(1)[0]
    assert kept(top_k=2) == [0, 1]
    assert kept(top_p=float(p[0]) - 0.01) == [0]
    assert kept(top_p=float(p[0]) + 0.01) == [0, 1]
    assert kept(min_p=float(p[1] / p[0]) - 0.01) == [0, 1]
    assert kept(top_k=1, top_p=0.01, min_p=0.5) == [0]
    torch.testing.assert_close(filtered(LOGITS, Controls(top_k=3)).sum(1), torch.ones(1))


def test_the_repetition_penalty_lowers_what_was_there():
    before = torch.tensor([[0, 3]])
    plain = filtered(LOGITS, Controls(temperature=1, top_p=1))
    less = filtered(LOGITS, Controls(temperature=1, top_p=1, repetition_penalty=2.0), before)
    assert less[0, 0] < plain[0, 0] and less[0, 3] < plain[0, 3] and less[0, 1] > plain[0, 1]
    expected = torch.tensor([[1.0, 1.0, 0.0, -2.0, -50.0]]).softmax(1)
    torch.testing.assert_close(less, expected)


@pytest.mark.parametrize(
    "settings",
    [{"temperature": -1}, {"temperature": float("nan")}, {"top_p": 0}, {"top_k": -3}, {"repetition_penalty": 0.5}],
)
def test_senseless_controls_are_a_sentence(settings):
    with pytest.raises(ValueError, match="must be a number from"):
        Controls(**settings).check()


def test_rows_draw_from_their_own_generators():
    p, tokens = torch.full((3, 50), 0.02), torch.arange(50).expand(3, 50)
    whole = [draw(p, tokens, [torch.Generator().manual_seed(i) for i in (1, 2, 3)]) for _ in range(2)]
    alone = draw(p[:1], tokens[:1], [torch.Generator().manual_seed(2)])
    assert torch.equal(whole[0], whole[1])
    assert whole[0][1] == alone[0]


def test_tokens_are_drawn_as_often_as_they_are_likely():
    p = torch.tensor([[0.5, 0.0, 0.3, 0.2]])
    source = torch.Generator().manual_seed(0)
    counts = torch.bincount(torch.cat([draw(p, torch.tensor([[7, 1, 4, 2]]), [source]) for _ in range(4000)]))
    assert counts[1] == 0
    torch.testing.assert_close(counts[[7, 4, 2]] / 4000, torch.tensor([0.5, 0.3, 0.2]), atol=0.03, rtol=0)


@pytest.mark.parametrize("controls", [Controls(1.2, 0.7), Controls(1.0, 1.5, top_p=0.999), Controls(1.0, 2.0, 0, 1.0)])
@pytest.mark.parametrize("flat", [0.1, 3.0])
def test_looking_at_the_likeliest_only_changes_nothing(monkeypatch, controls, flat):
    logits = flat * torch.randn(3, 2000, generator=torch.Generator().manual_seed(1))
    logits[0, 100:] = -torch.inf
    few = filtered(logits, controls, torch.tensor([[3], [5], [7]]))
    monkeypatch.setattr(sampling, "LIKELIEST", 2000)
    torch.testing.assert_close(few, filtered(logits, controls, torch.tensor([[3], [5], [7]])))


# Decoding


def tokens_of(steps) -> list[list[int]]:
    return [list(column) for column in zip(*steps, strict=True)]


def run(model, prompt, controls=GREEDY, count=1, most=30, ends=frozenset(), seed=0, kept=1):
    steps = decode.continuations(model, prompt, kept, EVERY, set(ends), controls, seed, count, most)
    return tokens_of(steps)


def test_with_and_without_cache_the_same_tokens(model):
    prompt = [5, 9, 1]
    found = run(model, prompt)[0]
    sequence = list(prompt)
    for token in found:
        expected = int(model(torch.tensor([sequence]))[0, -1].argmax())
        assert token == expected
        sequence.append(token)
    assert len(set(found)) > 3


def test_continuations_do_not_depend_on_their_number(model):
    controls = Controls(temperature=1.2, top_p=0.9)
    several = run(model, [3, 4], controls, count=4, seed=10)
    for i, tokens in enumerate(several):
        assert tokens == run(model, [3, 4], controls, seed=10 + i)[0]
    assert len({tuple(t) for t in several}) == 4


def test_an_end_ends_one_continuation_and_not_the_others(model):
    controls = Controls(temperature=1.5, top_p=1.0)
    free = run(model, [3, 4], controls, count=3, most=40)
    end = free[0][5]
    found = run(model, [3, 4], controls, count=3, most=40, ends={end})
    for before, after in zip(free, found, strict=True):
        length = before.index(end) if end in before else len(before)
        assert after[:length] == before[: len(after)][:length]
        assert all(t is None for t in after[length:])


def test_what_is_not_allowed_never_comes(model):
    allowed = torch.zeros(CONFIG.rows, dtype=torch.bool)
    allowed[40:44] = True
    steps = decode.continuations(model, [1], 1, allowed, set(), Controls(temperature=2), 0, 2, 50)
    assert {t for row in tokens_of(steps) for t in row} <= {40, 41, 42, 43}


def test_a_full_context_forgets_the_oldest_half_and_keeps_the_head(model):
    session = decode.Session(model, [7, 8, *range(20, 60)], kept=2)
    for token in range(60):
        session.add(torch.tensor([token]))
        sequence = session.tokens[0].tolist()
        assert sequence[:2] == [7, 8] and sequence[-1] == token
        assert len(sequence) <= CONFIG.context
        expected = model(session.tokens)[:, -1]
        torch.testing.assert_close(session.logits, expected, rtol=1e-3, atol=1e-3)


def test_a_long_prompt_is_cut_to_its_newest_tokens(model):
    session = decode.Session(model, [7, 8, *range(100)], kept=2)
    assert session.tokens[0].tolist() == [7, 8, *range(39, 100)]


# Beams


def brute_force(model, prompt, end, most, penalty):
    """The best of all sequences over a small alphabet."""
    best = (float("-inf"), [])

    def walk(path, total):
        nonlocal best
        if len(path) == most:
            return
        logits = model(torch.tensor([prompt + path]))[0, -1].masked_fill(~ALPHABET, -torch.inf).log_softmax(-1)
        for token in ALPHABET.nonzero()[:, 0].tolist():
            value = total + float(logits[token])
            if token == end:
                best = max(best, (value / (len(path) + 1) ** penalty, path))
            else:
                walk([*path, token], value)

    walk([], 0.0)
    return best


ALPHABET = torch.zeros(CONFIG.rows, dtype=torch.bool)
ALPHABET[:4] = True


@pytest.mark.parametrize("seed", range(4))
def test_wide_beams_find_the_best_sequence(seed):
    model = lively(seed=seed)
    value, path = brute_force(model, [9, 5], end=0, most=4, penalty=0.8)
    found = decode.beam_search(model, [9, 5], ALPHABET, 0, beams=64, most=4)
    finished = [(tokens, score) for tokens, score in found if abs(score - value) < 1e-3]
    assert finished and finished[0][0] == path


def test_one_beam_is_greedy(model):
    found = decode.beam_search(model, [9, 5], EVERY, end=127, beams=1, most=10)[0][0]
    greedy = run(model, [9, 5], most=10, ends={127})[0]
    assert found[: len(greedy)] == greedy[: len(found)]


def test_beams_are_different_and_in_order(model):
    found = decode.beam_search(model, [9, 5], EVERY, end=0, beams=4, most=12)
    assert len(found) == 4 and len({tuple(t) for t, _ in found}) == 4
    assert [s for _, s in found] == sorted((s for _, s in found), reverse=True)


def test_what_came_to_an_end_stands_before_what_did_not(monkeypatch):
    model = lively(seed=1)
    ended = decode.beam_search(model, [9, 5], ALPHABET, 0, beams=8, most=2)
    unfinished = [len(tokens) == 2 for tokens, _ in ended]  # two tokens without the end
    assert unfinished == sorted(unfinished) and any(unfinished) and not all(unfinished)
    scores = [score for tokens, score in ended if len(tokens) < 2]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("length", [2, 3])
def test_no_run_comes_twice_and_no_token_three_times_in_a_row(length):
    for seed in range(4):
        model = lively(seed=seed)
        free = [tokens for tokens, _ in decode.beam_search(model, [9, 5], ALPHABET, 0, beams=4, most=14)]
        for tokens, _ in decode.beam_search(model, [9, 5], ALPHABET, 0, beams=4, most=14, no_repeat=length):
            runs = [tuple(tokens[i : i + length]) for i in range(len(tokens) - length + 1)]
            assert len(runs) == len(set(runs))
            assert not any(a == b == c for a, b, c in zip(tokens, tokens[1:], tokens[2:], strict=False))
        assert all(len(tokens) <= 14 for tokens in free)


def test_a_search_ends_where_nothing_more_may_come():
    one = torch.zeros(CONFIG.rows, dtype=torch.bool)
    one[3] = True  # only this token, and never the end
    found = decode.beam_search(lively(), [9, 5], one, 0, beams=4, most=14, no_repeat=3)
    assert found[0][0] == [3, 3]


# Loops


def test_a_sequence_does_not_go_round_in_circles():
    rule = decode.NoLoops(10, longest=4)

    def forbidden() -> list[int]:
        return (~rule.mask()).nonzero()[:, 0].tolist()

    for token in (1, 1, 1, 1):
        assert forbidden() == []
        rule.push(token)
    assert forbidden() == [1]  # a fifth time
    for token in (2, 3, 2, 3, 2):
        rule.push(token)
    assert forbidden() == [3]  # a third time on end
    for token in (4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6):
        rule.push(token)
    assert forbidden() == [7]
    for token in (0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3):
        rule.push(token)
    assert forbidden() == []  # longer than what is looked for


@pytest.mark.parametrize("seed", range(3))
def test_without_loops_no_run_stands_three_times_in_a_row(seed):
    source, rule, rows = random.Random(seed), decode.NoLoops(4, longest=12), []
    for _ in range(300):  # of four tokens, so that loops come up all the time
        rows.append(source.choice(rule.mask().nonzero()[:, 0].tolist()))
        rule.push(rows[-1])
    for length in range(2, 13):
        for i in range(len(rows) - 3 * length + 1):
            a, b, c = (rows[i + k * length : i + (k + 1) * length] for k in range(3))
            assert not a == b == c or len(set(a)) == 1
    assert max(len(list(group)) for _, group in itertools.groupby(rows)) <= 4
