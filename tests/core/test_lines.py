"""Line breaks that only keep a column go, those that mean something stay."""

import pytest

from genai_demo.core.lines import join_wrapped


@pytest.mark.parametrize(
    ("pasted", "joined"),
    [
        ("We walked along the\nriver until dark.", "We walked along the river until dark."),
        ("She said that\r\nit would rain.", "She said that it would rain."),
        ("He asked Mr.\nPeters to come.", "He asked Mr. Peters to come."),
        ("They came from Paris, Rome,\nVienna and Prague.", "They came from Paris, Rome, Vienna and Prague."),
        ("I have never been to the\nNetherlands.", "I have never been to the Netherlands."),
        (
            "The committee will meet again on the first\nMonday of the month, in the hall of\nthe old school.",
            "The committee will meet again on the first Monday of the month, in the hall of the old school.",
        ),
        ("A well-\nknown writer.", "A well-known writer."),
        ("今天下午我们一起去公园散步，\n后来下雨了。", "今天下午我们一起去公园散步，后来下雨了。"),
        ("这个软件可以把一段文字变成声\n音，也可以变成图片。", "这个软件可以把一段文字变成声音，也可以变成图片。"),
        ("one\u2028two three four", "one two three four"),
    ],
)
def test_a_line_goes_on_in_the_next(pasted: str, joined: str) -> None:
    assert join_wrapped(pasted) == joined


@pytest.mark.parametrize(
    "text",
    [
        "One sentence.\nAnother one.",
        "First paragraph\n\nsecond paragraph",
        "- milk\n- bread\n- two eggs from the farm",
        "1. Open the box.\n2. Take out the parts",
        "milk\neggs\nbread",
        "Shopping\nI need milk and bread.",
        "Dear Anna,\n\nthank you.",
        "Is it late?\nyes",
        "Anna Berg\n12 High Street\nOxford",
        "床前明月光\n疑是地上霜",
        "苹果\n香蕉",
        "第一章\n这是一个很长的故事，从前有一个人。",
        "我说：\n好。",
        "no break",
        "",
        "\n",
    ],
)
def test_other_breaks_stay(text: str) -> None:
    assert join_wrapped(text) == text


def test_a_divided_word_loses_its_hyphen_where_the_whole_exists() -> None:
    words = {"example", "information"}
    assert join_wrapped("This is an exam-\nple of infor-\nmation.", words.__contains__) == (
        "This is an example of information."
    )
    assert join_wrapped("A self-\nmade man.", words.__contains__) == "A self-made man."
