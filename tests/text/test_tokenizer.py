"""The tokenizer that comes with the project: lossless, and its controls out of reach of any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai_demo.text.tokenizer import CONTROLS, load_tokenizer, train_bpe

TOKENIZER = load_tokenizer()


@given(st.text())
def test_every_unicode_text_survives(text):
    assert TOKENIZER.decode(TOKENIZER.encode(text)) == text


@given(st.text(max_size=40))
def test_streaming_gives_the_same_text(text):
    stream = TOKENIZER.stream()
    pieces = [stream.feed(token) for token in TOKENIZER.encode(text)]
    assert "".join(pieces) + stream.finish() == text


@pytest.mark.parametrize(
    "text",
    [
        "def add(a, b):\n    return a + b\n",
        "床前明月光，疑是地上霜。\n举头望明月，低头思故乡。",
        "שלום עולם مرحبا بالعالم",
        "👩‍👩‍👧‍👦 e\u0301 \u0000\u0007\ufeff",
        "x" * 5000,
        " \t \r\n \n\n  ",
    ],
)
def test_awkward_texts_survive(text):
    assert TOKENIZER.decode(TOKENIZER.encode(text)) == text
    assert TOKENIZER.encode_many([text, "b"])[0] == TOKENIZER.encode(text)


def test_lone_surrogates_become_replacement_characters():
    assert TOKENIZER.decode(TOKENIZER.encode("a\ud800b")) == "a\ufffd\ufffd\ufffdb"


@pytest.mark.parametrize("words", [f"<{name}>" for name in CONTROLS] + [f"<|{name}|>" for name in CONTROLS])
def test_no_text_spells_a_control_token(words):
    assert max(TOKENIZER.encode(words)) < TOKENIZER.text_size
    assert TOKENIZER.decode(TOKENIZER.encode(words)) == words


def test_controls_have_room_and_no_text():
    numbers = [TOKENIZER.control(name) for name in CONTROLS]
    assert len(set(numbers)) == len(CONTROLS)
    assert all(TOKENIZER.text_size <= n < TOKENIZER.size for n in numbers)
    assert TOKENIZER.decode(numbers) == ""
    with pytest.raises(ValueError):
        TOKENIZER.control("shout")


def test_it_is_compact_in_every_language():
    for text, most in (
        ("Once upon a time there was a little girl who lived in the forest.", 17),
        ("春天来了，花园里的花都开了，孩子们在草地上玩耍。", 20),
        ("for i in range(10):\n    print(i)\n", 16),
    ):
        assert len(TOKENIZER.encode(text)) <= most, text


def test_merges_are_learnt_and_stay_within_words():
    bpe = train_bpe(["the cat, the hat, 那只猫 那只猫"] * 50, size=300)
    tokens = bpe.encode("the cat那只猫").tokens
    assert bpe.get_vocab_size() <= 300
    assert len(tokens) == 3
