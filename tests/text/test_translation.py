"""Translations of the published model: numbers and placeholders are those of the source."""

import random
import re

import pytest
import torch

from genai_demo.text import generate

ENGLISH = (
    ("There are {count} {things} in the room.", "count"),
    ("I bought {count} {things} yesterday.", "count"),
    ("He was born in {year}.", "year"),
    ("We moved to London in {year}.", "year"),
    ("It costs {price} dollars.", "price"),
    ("The train leaves at {time}.", "time"),
    ("Please come at {time}.", "time"),
    ("Call me at {phone}.", "phone"),
    ("The price rose by {share}%.", "share"),
    ("The room is {decimal} meters long.", "decimal"),
    ("She is {age} years old.", "age"),
    ("About {large} people live here.", "large"),
    ("In {year} there were {count} students.", "year count"),
    ("My room number is {room}.", "room"),
)
CHINESE = (
    ("房间里有{count}个人。", "count"),
    ("我昨天买了{count}本书。", "count"),
    ("他出生于{year}年。", "year"),
    ("我们{year}年搬到北京。", "year"),
    ("价格是{price}元。", "price"),
    ("火车{time}开。", "time"),
    ("请{time}来。", "time"),
    ("我的电话是{phone}。", "phone"),
    ("价格上涨了{share}%。", "share"),
    ("房间长{decimal}米。", "decimal"),
    ("她今年{age}岁。", "age"),
    ("大约有{large}人住在这里。", "large"),
    ("{year}年有{count}个学生。", "year count"),
    ("我的房间号是{room}。", "room"),
)
THINGS = ("books", "chairs", "students", "apples")


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Threads of a model so small only wait for each other on a busy machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def made(source: str, number: int) -> tuple[str, list[str]]:
    """A sentence with numbers, and these; the same for the same number."""
    draw = random.Random(1000 * number + len(source) + (source == "zh"))
    templates = ENGLISH if source == "en" else CHINESE
    template, names = templates[number % len(templates)]
    large = draw.randint(1000, 99_999)
    values = {
        "count": str(draw.randint(11, 99)), "year": str(draw.randint(1900, 2035)), "age": str(draw.randint(11, 99)),
        "price": f"{draw.randint(1, 99)}.{draw.randint(10, 99)}", "share": str(draw.randint(2, 98)),
        "time": f"{draw.randint(6, 12)}:{draw.randint(10, 59)}", "phone": f"555-{draw.randint(1000, 9999)}",
        "decimal": f"{draw.randint(2, 9)}.{draw.randint(1, 9)}", "room": str(draw.randint(101, 999)),
        "large": f"{large:,}" if source == "en" else str(large), "things": draw.choice(THINGS),
    }  # fmt: skip
    return template.format(**values), [values[name] for name in names.split()]


def digits_of(text: str) -> set[str]:
    """Every number of a text, the thousands without separators, a time in two."""
    return set(re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d{3})", "", text)))


def held(source: str, numbers: range) -> list[bool]:
    """Whether each translation holds its numbers; none may hold another."""
    found = []
    for number in numbers:
        sentence, wanted = made(source, number)
        translation = generate.translate(sentence, source, "zh" if source == "en" else "en")
        right = set().union(*map(digits_of, wanted))
        assert digits_of(translation) <= right, f"{sentence} -> {translation}"
        found.append(digits_of(translation) == right)
    return found


@pytest.mark.parametrize("source", ["en", "zh"])
def test_numbers_of_a_translation_are_those_of_its_source(source):
    assert sum(held(source, range(14))) >= 13


@pytest.mark.slow
@pytest.mark.parametrize("source", ["en", "zh"])
def test_numbers_of_many_translations_are_those_of_their_sources(source):
    found = held(source, range(14, 119))
    assert sum(found) >= 0.97 * len(found)


SIGNS = ("{user}", "{0}", "%d", "%s", "%(total)d", "${name}", "https://example.org/a?b=1", "jane.doe@example.com")


@pytest.mark.parametrize("sign", SIGNS)
def test_placeholders_of_a_translation_are_those_of_its_source(sign):
    for words, source, target in (("Please send it to {}.", "en", "zh"), ("请把它寄给{}。", "zh", "en")):
        translation = generate.translate(words.replace("{}", sign), source, target)
        assert translation.count(sign) == 1, translation
        assert not digits_of(translation.replace(sign, ""))


def test_tags_of_a_translation_are_those_of_its_source():
    for words, source, target in (("Please open <b>the door</b>.", "en", "zh"), ("请打开<b>门</b>。", "zh", "en")):
        translation = generate.translate(words, source, target)
        assert re.findall(r"</?\w+>", translation) == ["<b>", "</b>"], translation
        assert re.search(r"<b>.*\w.*</b>", translation)


@pytest.mark.parametrize(
    ("one", "other", "source"),
    [
        ("你們認識我嗎？", "你们认识我吗？", "zh"),
        ("這本書很難讀。", "这本书很难读。", "zh"),
        ("WHERE IS MY BOOK?", "Where is my book?", "en"),
        ("We walked to the lake\nand swam.", "We walked to the lake and swam.", "en"),
        ("他们昨天去了\n我们的学校。", "他们昨天去了我们的学校。", "zh"),
        ("It has forty-six pages.", "It has 46 pages.", "en"),
        ("这本书有四十六页。", "这本书有46页。", "zh"),
    ],
)
def test_the_same_text_written_otherwise_has_the_same_translation(one, other, source):
    target = "zh" if source == "en" else "en"
    assert generate.translate(one, source, target) == generate.translate(other, source, target)


def test_the_script_of_a_translation_is_a_choice():
    plain, traditional = (generate.translate("I love this country.", script=script) for script in generate.SCRIPTS)
    assert plain != traditional and len(plain) == len(traditional)
    with pytest.raises(ValueError, match="No script is called 'old'"):
        generate.translate("Hi.", script="old")


def test_the_heads_of_a_list_stay():
    lines = generate.translate("1. Open the door.\n2. Mr. Brown is here.").split("\n")
    assert [line[:3] for line in lines] == ["1. ", "2. "]
    assert [bool(re.search(r"[\u4e00-\u9fff]", line)) for line in lines] == [True, True]
