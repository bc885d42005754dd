"""What counts as a question for a fact, and as knowing it; what a conversation then says."""

import pytest

from genai_demo.text import answers
from genai_demo.text.chat import LEAST, SPEECHLESS, UNKNOWN, Reply, answer


@pytest.mark.parametrize(
    ("turn", "language", "fact"),
    [
        ("What is the capital of China?", "en", True),
        ("who wrote hamlet", "en", True),
        ("How far is the moon?", "en", True),
        ("What is your name?", "en", False),
        ("What should I cook tonight?", "en", False),
        ("Do you like music?", "en", False),
        ("I know what happened.", "en", False),
        ("中国的首都是哪里？", "zh", True),
        ("二加二等于几？", "zh", True),
        ("你叫什么名字？", "zh", False),
        ("周末有什么好玩的地方推荐吗？", "zh", False),
        ("今天下雨了。", "zh", False),
    ],
)
def test_what_asks_for_a_fact(turn, language, fact):
    assert answers.asks_for_a_fact(turn, language) is fact


@pytest.mark.parametrize(
    ("turn", "replies", "language", "known"),
    [
        ("What is the capital of China?", ["It is Beijing.", "Beijing.", "Beijing, of course.", "London."], "en", True),
        ("What is the capital of China?", ["It is London.", "Beijing.", "Paris.", "It is big."], "en", False),
        ("What is the capital of China?", ["The capital of China is the capital."] * 4, "en", False),
        ("牛吃什么？", ["牛吃草。", "吃草。", "草。"], "zh", True),
        ("牛吃什么？", ["牛吃什么？", "牛吃什么？"], "zh", False),
    ],
)
def test_known_is_what_is_said_again_and_again(turn, replies, language, known):
    assert answers.is_known(turn, replies, language) is known


def test_who_does_not_know_says_so_in_the_language_of_the_visitor():
    guesses = [Reply(f"It is {place}.", -0.1) for place in ("London", "Paris", "Rome")]
    assert answer("What is the capital of China?", guesses, "en") == UNKNOWN["en"]
    guesses = [Reply(f"首都是{place}。", -0.1) for place in ("伦敦", "巴黎", "罗马")]
    assert answer("中国的首都是哪里？", guesses, "zh") == UNKNOWN["zh"]
    assert answer("Do you like dogs?", [Reply("I like dogs.", 0.6)], "en") == "I like dogs."
    assert answer("I lost my keys.", [Reply("Sick Jeff?", LEAST - 0.1)], "en") == SPEECHLESS["en"]
