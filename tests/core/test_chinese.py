"""Traditional and simplified characters."""

import pytest

from genai_demo.core.chinese import is_traditional, simplified, simplified_characters, traditional


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("我愛你", "我爱你"),
        ("她去銀行還錢，然後聽音樂睡覺。", "她去银行还钱，然后听音乐睡觉。"),
        ("乾隆喜歡乾淨的房間", "乾隆喜欢干净的房间"),
        ("皇后後天看著名的頭髮", "皇后后天看著名的头发"),
        ("這個軟體", "这个软件"),
        ("他看著書，聽著歌，寫著名字，讀名著", "他看着书，听着歌，写着名字，读名著"),
    ],
)
def test_traditional_characters_become_simplified_by_their_words(given: str, wanted: str) -> None:
    assert is_traditional(given)
    assert simplified(given) == wanted


@pytest.mark.parametrize(
    "text", ["他看着著名的乾隆皇帝。", "雨打坏了渔网。", "我们后天去银行，干杯！", "Mr. Brown, 3.5 kg", "", "ひらがな"]
)
def test_what_is_not_traditional_stays(text: str) -> None:
    assert not is_traditional(text)
    assert simplified(text) == text


def test_there_and_back() -> None:
    text = "我们明天在银行门口见面，头发长长了。"
    assert traditional(text) != text
    assert simplified(traditional(text)) == text


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("這個軟體在計程車上", "这个软体在计程车上"),
        ("乾隆喜歡乾淨的房間", "乾隆喜欢干净的房间"),
        ("看著書等公車", "看着书等公车"),
        ("他看着著名的乾隆皇帝。", "他看着著名的乾隆皇帝。"),
        ("程式碼、網路和滑鼠", "程式码、网路和滑鼠"),
    ],
)
def test_characters_alone_keep_their_words_and_places(given: str, wanted: str) -> None:
    assert simplified_characters(given) == wanted
    assert len(wanted) == len(given)
