"""Translations made from others: names and numbers stay in step on both sides."""

import random
import re

from genai_demo.text.documents import Document
from genai_demo.text.variants import MEN, WOMEN, renamed, renumbered, with_variants


def pair(english, chinese, source="tatoeba"):
    return Document("translate", "en", english, chinese, form="everyday", source=source)


def test_names_change_on_both_sides_to_others_of_the_same_sex():
    names = dict((*MEN, *WOMEN))
    for seed in range(20):
        found = renamed(pair("Tom told Mary that Tom's dog ran.", "汤姆告诉玛丽汤姆的狗跑了。"), random.Random(seed))
        man, woman, again = re.fullmatch(r"(\w+) told (\w+) that (\w+)'s dog ran.", found.text).groups()
        assert man == again != "Tom" and woman != "Mary" and man in dict(MEN) and woman in dict(WOMEN)
        assert found.other == f"{names[man]}告诉{names[woman]}{names[man]}的狗跑了。"


def test_a_name_that_only_one_side_has_stays():
    rng = random.Random(0)
    assert renamed(pair("Tom came.", "他来了。"), rng) is None
    assert renamed(pair("Tomorrow is Sunday.", "明天是星期日。"), rng) is None


def test_numbers_change_in_step_and_keep_their_length():
    rng = random.Random(1)
    for english, chinese in (("I paid 25 euros.", "我付了25欧元。"), ("Page 7 of 350.", "共350页，第7页。")):
        found = renumbered(pair(english, chinese), rng)
        numbers = re.findall(r"\d+", found.text)
        assert sorted(numbers) == sorted(re.findall(r"\d+", found.other))
        assert [len(n) for n in numbers] == [len(n) for n in re.findall(r"\d+", english)]


def test_dates_times_and_other_numbers_stay():
    rng = random.Random(2)
    for english, chinese in (
        ("At 3:30.", "在3:30。"), ("The 2nd time.", "第2次。"), ("1 apple.", "1个苹果。"),
        ("It costs 2.50.", "价格是2.50。"),
        ("I have 3 cats.", "我有4只猫。"), ("I have cats.", "我有猫。"),
    ):  # fmt: skip
        assert renumbered(pair(english, chinese), rng) is None, english


def test_passages_join_whole_sentences_of_one_source_in_order():
    given = [pair(f"Tom reads book {n}.", f"汤姆读第{n}本书。") for n in range(2, 120)]
    made = [d for d in with_variants(given, learnt=lambda d: True) if d not in given]
    passages = [d for d in made if d.text.count(".") > 1]
    assert len(passages) > 10
    for passage in passages:
        numbers = re.findall(r"\d+", passage.text)
        assert numbers == re.findall(r"\d+", passage.other) and 2 <= len(numbers) <= 4
        assert [int(n) for n in numbers] == list(range(int(numbers[0]), int(numbers[0]) + len(numbers)))


def test_held_out_and_other_texts_are_left_alone():
    given = [pair(f"Tom reads book {n}.", f"汤姆读第{n}本书。") for n in range(2, 60)]
    assert list(with_variants(given, learnt=lambda d: False)) == given
    others = [pair(d.text, d.other, source="gimp-data") for d in given]
    assert list(with_variants(others, learnt=lambda d: True)) == others
