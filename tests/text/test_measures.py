"""What the evaluation counts: copies, verses, variety, code."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from genai_demo.text import evaluate, verse
from genai_demo.text.overlap import LENGTHS, longest_shared, run_hashes
from tests.text.tiny import POEM, TOKENIZER


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.integers(1, 20))
def test_equal_runs_and_only_they_have_equal_hashes(tokens, length):
    tokens = np.array(tokens, np.uint16)
    hashes = run_hashes(tokens, length)
    runs = [tuple(tokens[i : i + length]) for i in range(len(tokens) - length + 1)]
    assert len(hashes) == len(runs)
    assert len(set(hashes.tolist())) == len(set(runs))
    for (a, x), (b, y) in zip(zip(runs, hashes, strict=True), zip(runs[::-1], hashes[::-1], strict=True), strict=True):
        assert (a == b) == (x == y)


@pytest.mark.parametrize(("copied", "expected"), [(3, 0), (4, 4), (11, 8), (40, 32), (200, 128)])
def test_the_longest_copy_is_found_wherever_it_is(copied, expected):
    rng = np.random.default_rng(0)
    training = rng.integers(0, 5000, 20_000).astype(np.uint16)
    text = rng.integers(5000, 9000, 300).astype(np.uint16)
    text[60 : 60 + copied] = training[777 : 777 + copied]
    assert longest_shared(training, [text, text[:1], text]) == [expected, 0, expected]
    assert expected in (0, *LENGTHS)


def test_verses_are_counted():
    regular = "床前明月光，疑是地上霜。\n举头望明月，低头思故乡。"
    assert verse.lines(regular) == ["床前明月光", "疑是地上霜", "举头望明月", "低头思故乡"]
    assert verse.has_regular_lines(regular)
    assert not verse.has_regular_lines(POEM["text"])
    assert not verse.has_regular_lines(regular.replace("明月", "月"))
    assert verse.has_regular_lines("两个黄鹂鸣翠柳，一行白鹭上青天。窗含西岭千秋雪，门泊东吴万里船。")


def test_rhymes_are_heard():
    assert verse.rhyme("光") == verse.rhyme("霜") == verse.rhyme("乡")
    assert verse.rhyme("天") == verse.rhyme("船") != verse.rhyme("光")
    assert verse.rhyme_share("床前明月光，疑是地上霜。举头望明月，低头思故乡。") == 1.0
    assert verse.rhyme_share("床前明月光，疑是地上霜。举头望明月，低头思故里。") == 0.5
    assert verse.rhyme_share("一句，") == 0.0


def test_variety_is_one_without_and_low_with_repetition():
    assert evaluate.distinct(["a b c d e f g"], 2, TOKENIZER) == 1.0
    assert evaluate.distinct(["the bear saw the bear " * 20], 3, TOKENIZER) < 0.2
    assert evaluate.distinct([], 2, TOKENIZER) == 0.0


@pytest.mark.parametrize("length", [5, 7])
def test_the_meter_lets_only_regular_poems_grow(length):
    torch.manual_seed(length)
    for _ in range(5):
        meter, tokens = verse.Meter(length), []
        for _ in range(200):
            token = int(torch.multinomial(meter.mask().float(), 1))
            if token == TOKENIZER.control("end"):
                break
            tokens.append(token)
            meter.push(token)
        poem = TOKENIZER.decode(tokens)
        assert verse.has_regular_lines(poem)
        assert {len(line) for line in verse.lines(poem)} == {length}
        assert len(verse.lines(poem)) <= 8


def test_the_meter_goes_on_where_the_poem_stands():
    meter = verse.Meter(5, "床前明月光，疑是")
    allowed = {TOKENIZER.decode([t]) for t in meter.mask().nonzero()[:, 0].tolist()}
    assert "地" in allowed
    assert not any(e in text[:1] for text in allowed if text for e in "，。")
    with pytest.raises(ValueError, match="longer than 5"):
        verse.Meter(5, "春眠不觉晓，处处闻啼鸟啊")
