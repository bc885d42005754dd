"""What people write, and how it is read aloud."""

import pytest

from genai_demo.audio.speech.english_numbers import cardinal, ordinal, year
from genai_demo.audio.speech.normalise import normalise
from genai_demo.audio.speech.read_chinese import amount
from genai_demo.core import limits

ENGLISH = {
    "I have 3 apples.": "I have three apples.",
    "1,234,567 pears": "one million two hundred and thirty four thousand five hundred and sixty seven pears",
    "-7.25 degrees": "minus seven point two five degrees",
    "the 21st, 3rd and 100th": "the twenty first, third and one hundredth",
    "in 1984, 1905 and 2026": "in nineteen eighty four, nineteen oh five and twenty twenty six",
    "the 1900s and the 90s": "the nineteen hundreds and the nineties",
    "1990-1995": "nineteen ninety to nineteen ninety five",
    "10-20 people": "ten to twenty people",
    "007": "zero zero seven",
    "pi is 3.14159": "pi is three point one four one five nine",
    "version 3.14.1": "version three point fourteen point one",
    "$3.50": "three dollars and fifty cents",
    "$1 or £2.01": "one dollar or two pounds and one penny",
    "€0.99": "ninety nine cents",
    "$1.5 million": "one point five million dollars",
    "it costs 20€": "it costs twenty euros",
    "12.5%": "twelve point five percent",
    "10-20%": "ten to twenty percent",
    "on 2026-11-24": "on November twenty fourth, twenty twenty six",
    "on 11/24/2026": "on November twenty fourth, twenty twenty six",
    "Nov. 24th, 2026": "November twenty fourth, twenty twenty six",
    "24 November 2026": "November twenty fourth, twenty twenty six",
    "May I come in May 2026?": "May I come in May twenty twenty six?",
    "at 3:05 pm": "at three oh five P M",
    "9 a.m. or 17:30 or 12:00": "nine A M or seventeen thirty or twelve o'clock",
    "100 km/h": "one hundred kilometers per hour",
    "1 kg, 5kg, 6 ft": "one kilogram, five kilograms, six feet",
    "37°C, 20 m²": "thirty seven degrees Celsius, twenty square meters",
    "512 MB": "five hundred and twelve megabytes",
    "1/2, 3/4, 2 1/2, ½": "one half, three quarters, two and a half, one half",
    "24/7": "twenty four seven",
    "call (415) 555-2671": "call four one five, five five five, two six seven one",
    "Dr. Smith and Mr. Jones": "Doctor Smith and Mister Jones",
    "St. Paul on Main St., etc.": "Saint Paul on Main Street, et cetera.",
    "e.g. this, i.e. that": "for example, this, that is, that",
    "No. 5, pp. 10-12": "number five, pages ten to twelve",
    "J. R. R. Tolkien of the U.S. Army": "J R R Tolkien of the US Army",
    "Henry VIII read Chapter IV": "Henry the eighth read Chapter four",
    "see https://www.example.com/a": "see example dot com slash a",
    "mail bob.smith@mail.org": "mail bob dot smith at mail dot org",
    "Tom & Jerry @ home #1": "Tom and Jerry at home number one",
    "2 + 2 = 4": "two plus two equals four",
    "COVID-19, MP3, iPhone 15": "COVID nineteen, MP three, iPhone fifteen",
    "a naïve café": "a naive cafe",
    "wait... (aside) — end": "wait. aside, end",
    "It’s the boys’ “car”": "It's the boys car",
}

CHINESE = {
    "今天是2026年11月24日，星期二。": "今天是二零二六年十一月二十四日, 星期二.",
    "日期2026-11-24": "日期二零二六年十一月二十四日",
    "1998-2001年": "一九九八到二零零一年",
    "90年代": "九十年代",
    "下午3:05，17:30:09，2:00": "下午三点零五分, 十七点三十分零九秒, 两点整",
    "2个苹果、12个梨和222本书": "两个苹果, 十二个梨和二百二十二本书",
    "2年，第2名，2月2日": "两年, 第二名, 二月二日",
    "共105.5元": "共一百零五点五元",
    "占50%，-3.5%，10%-20%": "占百分之五十, 负百分之三点五, 百分之十到百分之二十",
    "分数1/2和3/4": "分数二分之一和四分之三",
    "气温-5℃": "气温零下五度",
    "价格¥12.5，$100，3万元，¥3万": "价格十二点五元, 一百美元, 三万元, 三万元",
    "电话13812345678": "电话幺三八, 幺二三四, 五六七八",
    "号码是110": "号码是幺幺零",
    "时速120km/h，100公里/小时": "时速一百二十公里每小时, 一百公里每小时",
    "体重70kg，身高1.75m": "体重七十公斤, 身高一点七五米",
    "10~20个人，3:2获胜": "十到二十个人, 三比二获胜",
    "全角１２３４！": "全角一千二百三十四!",
    "10000人，10020人，200000人": "一万人, 一万零二十人, 二十万人",
    "他说：“你好！”——走了……": "他说, 你好! 走了.",
}

MIXED = {
    "I bought 3 books. 我买了3本书。": "I bought three books. 我买了三本书.",
    "我用iPhone15拍照，GDP增长5%": "我用iPhone十五拍照, GDP增长百分之五",
    "看3D电影": "看三D电影",
    "你好(hello)": "你好, hello,",
}


@pytest.mark.parametrize(("written", "read"), [*ENGLISH.items(), *CHINESE.items(), *MIXED.items()])
def test_reading(written: str, read: str) -> None:
    found = normalise(written)
    assert found.text.replace(" ", "") == read.replace(" ", "") if written in MIXED else found.text == read
    assert found.dropped == ()


def test_number_words() -> None:
    assert [cardinal(n) for n in (0, 13, 40, 101, 10**6)] == [
        "zero",
        "thirteen",
        "forty",
        "one hundred and one",
        "one million",
    ]
    assert [ordinal(n) for n in (1, 5, 12, 20, 43)] == ["first", "fifth", "twelfth", "twentieth", "forty third"]
    assert [year(n) for n in (1800, 2000, 2010)] == ["eighteen hundred", "two thousand", "twenty ten"]
    assert [amount(n) for n in (10, 110, 1001, 2200, 20000)] == ["十", "一百一十", "一千零一", "两千二百", "两万"]
    assert [amount(n) for n in (100_000, 10_000_000, 100_010_000)] == ["十万", "一千万", "一亿零一万"]


@pytest.mark.parametrize(
    ("written", "read", "dropped"),
    [
        ("Hello 😀 world", "Hello world", ("😀",)),
        ("Привет, world", "world", ("Привет",)),
        ('<speak>Hi <break time="1s"/>there</speak>', "Hi there", ("<speak>", '<break time="1s"/>', "</speak>")),
        ("世界 안녕", "世界", ("안녕",)),
    ],
)
def test_what_cannot_be_spoken_is_reported(written: str, read: str, dropped: tuple[str, ...]) -> None:
    found = normalise(written)
    assert found.text == read
    assert found.dropped == dropped


@pytest.mark.parametrize("text", ["", "  \n", "😀😀", "...", "<b></b>", "Привет"])
def test_nothing_to_speak(text: str) -> None:
    with pytest.raises(ValueError, match=r"spoken"):
        normalise(text)


def test_too_long() -> None:
    assert normalise("a " * (limits.MAX_SPEECH_CHARACTERS // 2)).text
    with pytest.raises(ValueError, match="3,000"):
        normalise("a" * (limits.MAX_SPEECH_CHARACTERS + 1))
