"""What the rules hold against a sentence."""

import pytest

from genai_demo.text.coherence import broken, faults, said_before
from genai_demo.text.tokenizer import load_tokenizer

MIA = "Once upon a time there lived a girl named Mia."
TOM = f"{MIA} One day, Mia met Tom. He was kind."
HONG = "从前，有一个女孩名叫小红，住在海边。"


def found(text: str, sentence: str, language: str = "en"):
    encode = load_tokenizer().encode
    return faults(text, sentence, language, encode(text), encode(sentence))


@pytest.mark.parametrize(
    ("text", "sentence", "language", "contradictions"),
    [
        (MIA, " She loved her cat.", "en", 0),
        (MIA, " He loved his cat.", "en", 1),
        (MIA, " Mia took his hat.", "en", 1),
        (MIA, " Mia's name was Orion.", "en", 1),
        (MIA, " Her name was Anna.", "en", 1),
        (MIA, " Her name was Mia.", "en", 0),
        (MIA, ' "He is here!" Mia said.', "en", 0),
        (MIA, " Her brother lost his shoe.", "en", 0),
        (f"{MIA} Her dad was kind.", " He took Mia to the park.", "en", 0),
        (f"{MIA} One day, Mia met Tom.", " He was kind.", "en", 0),
        (TOM, " Mia liked his hat.", "en", 0),
        (f"{TOM} Mia went home.", " Mia liked his hat.", "en", 1),
        ("The sun rose.", " He woke up.", "en", 0),
        (HONG, "她喜欢猫。", "zh", 0),
        (HONG, "他喜欢猫。", "zh", 1),
        (HONG, "其他人来了。", "zh", 0),
        (HONG, "爸爸说他累了。", "zh", 0),
    ],
)
def test_pronouns_that_fit_nobody_and_second_names_contradict(text, sentence, language, contradictions):
    assert found(text, sentence, language).contradictions == contradictions


@pytest.mark.parametrize(
    ("text", "sentence", "language", "new"),
    [
        (MIA, " Mia was happy.", "en", 0),
        (MIA, " Then Mia saw Ben and Lily.", "en", 2),
        ("The sun rose.", " One day, Ben came.", "en", 0),
        (MIA, " On Monday they went to the Red Sea.", "en", 0),
        (HONG, "老王道：“来吧。”", "zh", 1),
        (HONG, "小红很高兴。", "zh", 0),
    ],
)
def test_new_names_count_once_somebody_has_one(text, sentence, language, new):
    assert found(text, sentence, language).new_names == new


@pytest.mark.parametrize(
    ("text", "sentence", "language", "count"),
    [
        ("", "All is well.", "en", 0),
        ("", 'She said, "All is well."', "en", 0),
        ("", 'She said, "All is well.', "en", 1),
        ('She said, "Come', ' in."', "en", 0),
        ("", "All is", "en", 1),
        ("", "All (is well.", "en", 1),
        ("", "All,, is well.", "en", 1),
        ("他说：“你好，", "再见。”", "zh", 0),
        ("", "他说：“你好。", "zh", 1),
        ("", "他说，。", "zh", 1),
        ("", "他走了", "zh", 1),
        ("“老段落\n", "新的一段。", "zh", 0),
    ],
)
def test_sentences_that_are_not_whole_are_broken(text, sentence, language, count):
    assert broken(text, sentence, language) == count


def test_runs_that_came_before_are_counted():
    assert said_before([], [1, 2, 3]) == 0
    assert said_before([1, 2, 3, 4, 5], [9, 8, 7, 6]) == 0
    assert said_before([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]) == pytest.approx(2 / 5)
    assert said_before([9], [1, 2, 3, 4] * 3) == pytest.approx(5 / 10)
