"""Numbers in digits and words, capitals, placeholders: what a sentence holds."""

import pytest

from genai_demo.text import faithful, numbers, placeholders
from genai_demo.text.tokenizer import load_tokenizer


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("十", 10), ("十二", 12), ("二十", 20), ("四十六", 46), ("一百", 100), ("一百零五", 105), ("两百五十", 250),
        ("三千五百万", 35_000_000), ("一万两千", 12_000), ("二亿三千万", 230_000_000), ("一九六四", 1964),
        ("二〇二四", 2024), ("三四十", None), ("七", 7),
    ],
)  # fmt: skip
def test_chinese_numerals_have_their_value(numeral, value):
    assert numbers.han_value(numeral) == value


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("forty-six", 46), ("one hundred and five", 105), ("two thousand and twelve", 2012), ("Two Hundred", 200),
        ("three hundred thousand", 300_000), ("one million two hundred", 1_000_200), ("seven eight", None),
        ("five and six", None),
    ],
)  # fmt: skip
def test_english_numerals_have_their_value(words, value):
    assert numbers.english_value(words) == value


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("forty-six boys and one girl", "en", "46 boys and one girl"),
        ("seven or eight", "en", "seven or eight"),
        ("一共一百二十人", "zh", "一共120人"),
        ("四十六个", "zh", "46个"),
        ("出生于一九六四年", "zh", "出生于1964年"),
        ("万一下雨，千万别去，十分危险", "zh", "万一下雨，千万别去，十分危险"),
        ("数百人，三四十个，几十年", "zh", "数百人，三四十个，几十年"),
        ("星期三吃三明治", "zh", "星期三吃三明治"),
        ("百分之四十六", "zh", "46%"),
        ("１２：３０，４６％", "zh", "12:30，46%"),
    ],
)
def test_longer_numerals_are_put_in_digits(text, language, wanted):
    assert numbers.in_digits(text, language) == wanted


def test_all_words_are_put_in_digits_where_asked():
    assert numbers.in_digits("nine cats and one dog", "en", True) == "9 cats and one dog"
    assert numbers.in_digits("九只猫，星期三", "zh", True) == "9只猫，星期三"


@pytest.mark.parametrize(
    ("text", "target", "spellings"),
    [
        ("I have 46 hens.", "zh", [("46",)]),
        ("It has 1,250 pages.", "zh", [("1,250", "1250")]),
        ("有25000人", "en", [("25000", "25,000")]),
        ("在1964年", "en", [("1964",)]),
        ("It is 2.75 m.", "zh", [("2.75",)]),
        ("In 1999.", "zh", [("1999",)]),
        ("up 4.5%", "zh", [("4.5%", "百分之4.5")]),
        ("At 7:45 and 9:00", "zh", [("7:45", "7点45分"), ("9:00", "9点")]),
        ("8点15分", "en", [("8:15",)]),
        ("on May 4, 1999", "zh", [("1999年5月4日",)]),
        ("on 4th of May", "zh", [("5月4日",)]),
        ("1999年5月4日", "en", [("May 4, 1999", " May 4, 1999")]),
        ("5月", "en", [("May", " May")]),
        ("on 2024-11-29", "zh", [("2024年11月29日", "2024-11-29")]),
        ("the 3rd of 4", "zh", [("第3",), ("4",)]),
        ("第22", "en", [("22nd", "22")]),
        ("3万", "en", [("30,000", "30000")]),
        ("2 million", "zh", [("200万", "2000000")]),
        ("call 555-0199", "zh", [("555-0199",)]),
        ("version 1.2.3", "zh", [("1.2.3",)]),
        ("1,2,3", "zh", [("1,2,3",)]),
        ("room B12", "zh", [("B12", " B12")]),
        ("45月", "en", [("45",)]),
    ],
)  # fmt: skip
def test_a_number_may_be_written_as_the_other_language_does(text, target, spellings):
    source = "zh" if target == "en" else "en"
    found = numbers.numbers_of(text, source, target)
    assert [number.spellings for number in found] == spellings
    assert all(number.required for number in found)


def test_numbers_in_words_may_come_in_digits():
    (number,) = numbers.numbers_of("seven cats", "en", "zh")
    assert number == numbers.Number(("7",), False)
    assert numbers.values_in_words("nine cats, 3 million dogs", "en") == {9}
    assert numbers.values_in_words("九只猫，星期三，三明治", "zh") == {9}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("WHERE IS MY BOOK?", "Where is my book?"),
        ("I AM HERE. I'M OLD.", "I am here. I'm old."),
        ("SEE YOU ON MONDAY IN MARCH.", "See you on Monday in march."),
        ("GOODBYE", "Goodbye"),
        ("NASA IS IN THE USA.", "NASA is in the USA."),
        ("She works for NASA and IBM.", "She works for NASA and IBM."),
        ("This is VERY good.", "This is very good."),
        ("NASA", "NASA"),
        ("I", "I"),
        ("DON'T GO!", "Don't go!"),
        ("We live in the US.", "We live in the US."),
    ],
)
def test_capitals_are_read_as_small_letters(given, wanted):
    assert faithful.read(given, "en", "zh").words == wanted


PLACEHOLDERS = [
    "{user}", "{0}", "{}", "%s", "%d", "%(total)d", "%(who)s", "${price}", "{{name}}", "<b>", "</a>", "<br/>",
    "https://example.org/a?b=1.5", "www.example.org", "jane.doe@example.com", "%1$s", "&nbsp;", "example.com/help",
]  # fmt: skip


@pytest.mark.parametrize("sign", PLACEHOLDERS)
def test_a_placeholder_is_known(sign):
    found = [m.group() for m in placeholders.PLACEHOLDER.finditer(f"Take {sign}, please.")]
    assert found == [sign]
    words, stand_ins = placeholders.with_stand_ins(f"Take {sign}, please.", "en")
    assert [s.text for s in stand_ins] == [sign]
    assert stand_ins[0].spellings[0] in words


@pytest.mark.parametrize("text", ["50% discount", "a < b and c > d", "5 % of it", "What?He left.", "e.g. this", "3.5"])
def test_other_signs_are_none(text):
    assert placeholders.PLACEHOLDER.search(text) is None


def test_what_stands_in_is_not_in_the_text_already():
    words, (first, second) = placeholders.with_stand_ins("Tom and {a} and {b} and Mary", "en")
    names = [name for pair in placeholders.NAMES for name in pair]
    assert first.spellings != second.spellings
    assert all(words.count(name) <= 1 for name in names)
    many = "".join(f"{{{c}}} " for c in "abcdefghij")
    assert [s.text for s in placeholders.with_stand_ins(many, "en")[1]] == many.split()


def test_a_sentence_is_read_with_its_units():
    read = faithful.read("<p>ASK {name} FOR 46 APPLES.</p>", "en", "zh")
    assert read.words == "Ask Tom for 46 apples." and read.around == ("<p>", "</p>")
    assert [unit.text for unit in read.copies.units] == ["", "{name}"]
    assert read.text(load_tokenizer().encode("向汤姆要 46 个苹果。")) == "<p>向{name}要46个苹果。</p>"
    assert faithful.read("他有二十三隻貓。", "zh", "en").words == "他有23只猫。"


def test_a_number_in_words_that_is_not_of_the_source_is_seen():
    read = faithful.read("她有七只猫。", "zh", "en")
    assert read.is_true("She has seven cats.") and read.is_true("She has a cat.")
    assert not read.is_true("She has nine cats.")
    assert faithful.read("Nine cats.", "en", "zh").is_true("九只猫。")
    assert not faithful.read("Nine cats.", "en", "zh").is_true("七只猫。")
    assert faithful.read("At half past seven.", "en", "zh").is_true("七点三十分。")


@pytest.mark.parametrize(
    ("text", "words"), [("12.5", False), ("{name}", False), ("...", False), ("Hi", True), ("人", True)]
)
def test_whether_there_is_anything_to_translate(text, words):
    assert faithful.has_words(text) is words
