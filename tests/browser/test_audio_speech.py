"""The room "Speech" in a real browser: speak, stop, download, bend."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from genai_demo.audio import sounds
from tests.browser.visits import PHONE, check_local, check_width, download, open_tab, settled, visit
from tests.core.test_soundfiles import packed
from tests.ui.speech_page import TAUGHT, served, voices

TAB = re.compile("Speech|语音")
SPEAKER = "#speech-live .speaker"
BAR = "#speech-phones .phone:not(.flat)"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The room with small networks, served."""
    with voices(tmp_path_factory.mktemp("speech")), served() as found:
        yield found


def visit_speech(browser: Browser, url: str, **settings) -> Page:
    """Open the room in a fresh profile and wait for its example."""
    page = visit(browser, url, **settings)
    open_tab(page, TAB)
    expect(page.locator("#speech-phones .phone").first).to_be_visible()
    return page


@pytest.fixture(scope="module")
def page(browser: Browser, url: str) -> Iterator[Page]:
    """One visit in English, shared."""
    found = visit_speech(browser, url, accept_downloads=True)
    yield found
    found.context.close()


def playing(page: Page, wanted: bool) -> None:
    """Wait until the player plays, or is silent; looks at every frame, as a sentence may be short."""
    look = "([s, w]) => document.querySelector(s).dataset.playing === w"
    page.wait_for_function(look, arg=[SPEAKER, str(wanted).lower()])


def samples(page: Page, form: str) -> np.ndarray:
    """The samples of a file."""
    path = download(page, f"#speech-{form}")
    assert path.name.endswith(f"seed0.{form}")
    return sounds.read(path)


def finished(page: Page) -> None:
    """Wait until the status speaks of the whole."""
    expect(page.locator("#speech-status")).to_contain_text("first sound")


def test_it_opens_with_an_example_that_is_not_played(page: Page) -> None:
    expect(page.locator("#speech-status")).to_contain_text("An example")
    expect(page.locator("#speech-pictures img.day")).to_have_count(2)
    expect(page.locator("#speech-result audio")).to_be_visible()
    playing(page, False)
    check_local(page)


def test_a_text_is_counted_spoken_and_downloaded(page: Page) -> None:
    page.locator("#speech-text textarea").fill("Hi! 你好。 🙂")
    expect(page.locator("#speech-count")).to_contain_text("9 of 3,000")
    page.locator("#speech-go").click()
    playing(page, True)
    expect(page.locator("#speech-status")).to_contain_text("🙂")
    expect(page.locator(SPEAKER)).to_have_attribute("data-pieces", "2")
    playing(page, False)  # by itself, when it is over
    wav, ogg = samples(page, "wav"), samples(page, "ogg")
    assert len(wav) > sounds.RATE / 2 and len(ogg) == pytest.approx(len(wav), abs=2_000)


def test_stop_stops_sound_and_work(page: Page) -> None:
    page.locator("#speech-text textarea").fill("One fine day we went to the sea. " * 80)
    page.locator("#speech-go").click()
    playing(page, True)
    page.locator("#speech-stop").click()
    playing(page, False)
    words = settled(page, lambda: page.locator("#speech-status").inner_text())
    assert "first sound" not in words
    playing(page, False)


def test_an_example_speaks_at_one_click_and_stops_what_plays(page: Page) -> None:
    page.get_by_role("button", name="雨停了", exact=False).click()
    playing(page, True)
    finished(page)
    expect(page.locator("#speech-text textarea")).to_have_value(re.compile("^雨停了"))
    expect(page.locator("#speech-phones label").filter(has_text="雨")).to_be_visible()
    page.locator("#speech-stop").click()


def test_phones_are_bent_with_keys_and_mouse_and_spoken_so(page: Page) -> None:
    bar = page.locator(BAR).first
    before = bar.get_attribute("aria-valuetext")
    bar.focus()
    for key in ("ArrowUp", "ArrowRight"):
        page.keyboard.press(key)
    after = bar.get_attribute("aria-valuetext")
    length, pitch = ([float(n) for n in re.findall(r"\d+", words or "")] for words in (before, after))
    assert pitch[0] == length[0] + 12 and pitch[1] > length[1]
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + box["height"] - 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 105, box["y"] + box["height"] - 40, steps=5)
    page.mouse.up()
    stretched = float(re.findall(r"\d+", bar.get_attribute("aria-valuetext") or "")[0])
    assert stretched > pitch[0] + 200
    page.locator("#speech-so").click()
    playing(page, True)
    finished(page)
    recipe = json.loads(sounds.read_tags(download(page, "#speech-wav"))["comment"])
    assert max(p["milliseconds"] for p in recipe["plan"]["phones"] if p["hertz"]) == pytest.approx(stretched, abs=1)
    page.locator("#speech-phones").get_by_role("button", name="Reset").click()
    expect(page.locator(BAR).first).to_have_attribute("aria-valuetext", str(before))


def test_a_recording_stands_beside_its_copy(page: Page, tmp_path: Path) -> None:
    """Also one that the browser takes for a film, and one that it cannot play itself."""
    page.get_by_text("side by side").click()
    for name, data in (
        ("memo.webm", packed("webm", "libopus")),
        ("memo.amr", packed("amr", "libopencore_amrnb", 8_000)),
    ):
        (tmp_path / name).write_bytes(data)
        page.locator("#speech-recording-file input[type=file]").set_input_files(tmp_path / name)
        expect(page.locator("#speech-recording #waveform")).to_be_visible()
        page.locator("#speech-compare-go").click()
        for column in ("original", "copy", "synthesised"):
            expect(page.locator(f"#speech-{column} audio")).to_be_visible()
        expect(page.locator("#speech-compare-status")).to_contain_text("differs")
        page.locator("#speech-recording").get_by_role("button", name="Clear").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_the_room_without_sideways_scrolling(browser: Browser, url: str, scheme: str) -> None:
    page = visit_speech(browser, url, color_scheme=scheme, **PHONE)
    expect(page.locator("#speech-go")).to_contain_text("朗读")
    expect(page.locator("#speech-count")).to_contain_text("50 / 3,000")
    shown = {"light": "day", "dark": "night"}[scheme]
    expect(page.locator(f"#speech-pictures img.mel.{shown}")).to_be_visible()
    expect(page.locator("#speech-pictures img:visible")).to_have_count(2)
    check_width(page)
    page.context.close()


def test_a_chinese_visitor_begins_with_the_mandarin_voice_and_is_heard(browser: Browser, url: str) -> None:
    page = visit_speech(browser, url, locale="zh-CN")
    expect(page.locator("#speech-voice input[value=yue_tan]")).to_be_checked()
    page.locator("#speech-go").click()
    expect(page.locator("#speech-status")).to_contain_text("首个声音")
    page.context.close()


def test_subtitles_are_downloaded_and_readings_stand_under_the_words(browser: Browser, url: str) -> None:
    page = visit_speech(browser, url, accept_downloads=True)
    page.locator("#speech-text textarea").fill("Say *hello*. 你好。")
    page.locator("#speech-go").click()
    finished(page)
    path = download(page, "#speech-srt")
    assert path.name == "speech-kathleen-seed0.srt" and "Say hello." in path.read_text(encoding="utf-8")
    words = json.loads(download(page, "#speech-json").read_text(encoding="utf-8"))
    assert [word["reading"] for word in words] == ["seɪ", "həˈloʊ", ".", "ní", "hǎo", "."]
    shown = page.locator("#speech-phones .word small")
    assert [line for line in shown.all_text_contents() if line] == ["seɪ", "həˈloʊ"]
    page.context.close()


def test_two_taught_voices_are_mixed(browser: Browser, tmp_path: Path) -> None:
    with voices(tmp_path, TAUGHT), served() as url:
        page = visit_speech(browser, url, accept_downloads=True)
        page.locator("#speech-second input").click()
        page.get_by_role("option", name="Michael").click()
        page.locator("#speech-sample").click()
        finished(page)
        path = download(page, "#speech-wav")
        assert path.name == "speech-af_heart-am_michael-0.5-seed0.wav"
        assert json.loads(sounds.read_tags(path)["comment"])["text"].startswith("This is how I sound")
        page.context.close()
