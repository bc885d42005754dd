"""Finding the mark: texts are made straight from the key, no network is needed."""

import numpy as np
import pytest

from genai_demo.core import greenlist, limits
from genai_demo.text.tokenizer import load_tokenizer
from genai_demo.trust import text as marks

HUMAN = (
    "The harbour was quiet that morning. Two men mended nets on the quay, and neither of them looked up when the small "
    "boat came in. It had been away for nine days. Its paint was gone on one side, and somebody had tied a red scarf "
    "round the broken mast. A girl ran down the steps, stopped at the edge of the water, and counted the people on "
    "board with one finger in the air. Then she counted them again, more slowly, and sat down on the wet stones."
)
LONG_HUMAN = HUMAN + (
    " Nobody spoke for a while. An old woman came out of the customs house with a lantern, although it was already "
    "light, and held it up to every face as it passed. She knew all their mothers. When the last man had climbed up "
    "the ladder she blew the flame out, put her free hand on the girl's hair, and said that soup was ready and that "
    "there would be a bowl too many. Later the mayor wrote down what the sailors told him: a calm, then a wind out of "
    "nowhere, then a noise under the keel like a cart on cobbles. He read it back to them twice and left out the cart."
)


def green_text(tokens: int, share: float = 1.0, seed: int = 0) -> str:
    """Words drawn at random, of which about this share is green behind the word before."""
    rng, tokenizer = np.random.default_rng(seed), load_tokenizer()
    spelt = [tokenizer.bytes_of(i) for i in range(tokenizer.text_size)]
    words = [i for i, spelling in enumerate(spelt) if spelling[:1] == b" " and spelling[1:].isalpha()]
    found = [words[0]]
    for _ in range(tokens):
        wanted = rng.random() < share
        some = rng.choice(words, 64)
        green = greenlist.is_green(greenlist.KEY, np.array([found[-1]]), some)
        found.append(int(some[green == wanted][0]))
    return tokenizer.decode(found)


def test_the_vocabulary_is_that_of_the_writer() -> None:
    for words in (HUMAN, "从前，有一只小兔子。", "x = 1\n    y\n", "\ud800 \u0000"):
        text = words.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        assert marks._vocabulary().encode(text).ids == load_tokenizer().encode(words)


def test_green_text_is_marked_and_a_human_one_is_not() -> None:
    found = marks.detect(green_text(120, 0.9))
    assert found.verdict == "marked" and found.z > 5 and found.p < 1e-6 and 90 < found.tokens <= 121
    human = marks.detect(LONG_HUMAN)
    assert human.verdict == "none" and abs(human.z) < 2.5 and human.tokens > marks.POWERFUL


def test_another_key_finds_nothing() -> None:
    assert abs(marks.detect(green_text(200, 1.0), key=99).z) < 4


def test_editing_wears_the_mark_out() -> None:
    words = green_text(200, 1.0).split(" ")
    whole = marks.detect(" ".join(words)).z
    edited = marks.detect(" ".join(w for i, w in enumerate(words) if i % 3)).z
    assert whole > edited > 3


def test_under_many_keys_p_values_are_even() -> None:
    """Under keys that wrote nothing, p below 0.05 comes about once in twenty."""
    texts = [HUMAN, green_text(150, 0.5, 1)]
    found = np.array([marks.detect(t, key).p for t in texts for key in range(300)])
    assert abs((found < 0.05).mean() - 0.05) < 0.03 and abs(found.mean() - 0.5) < 0.06


def test_a_short_text_says_nothing() -> None:
    assert marks.detect("Once upon a time.").verdict == "short"
    assert marks.detect("the the the " * 200).verdict == "short"  # the same pair again and again is one pair


def test_of_a_short_text_that_looks_unmarked_nothing_is_said() -> None:
    """A marked text of that length can look so, too; one that looks marked is told at any length."""
    human, weak = marks.detect(HUMAN), marks.detect(green_text(80, 0.55))
    assert marks.FEWEST < human.tokens < marks.POWERFUL and human.verdict == "short"
    assert weak.p > marks.LIKELY and weak.verdict == "short"
    assert marks.detect(green_text(60, 0.95)).verdict == "marked"


@pytest.mark.parametrize("words", ["", "  \n", None, 7])
def test_no_text_gets_a_sentence(words) -> None:
    with pytest.raises(ValueError, match="paste a text first"):
        marks.detect(words)


def test_too_long_a_text_gets_a_sentence() -> None:
    with pytest.raises(ValueError, match="Shorten it"):
        marks.detect("a" * (limits.MAX_PROMPT + 1))
