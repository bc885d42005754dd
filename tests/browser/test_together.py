"""The tab "Together" in a real browser: a portrait speaks, in both languages, wide and on a phone."""

import re
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.visits import PHONE, check_clean, check_local, check_width, download, open_tab, visit

TAB = re.compile("Together|多模型联合")
READY = re.compile("Nobody said this|并没有人说过")


@pytest.fixture(scope="module")
def page(browser: Browser, app_url: str) -> Iterator[Page]:
    """One visit in English, shared: the room with its example."""
    found = visit(browser, app_url, accept_downloads=True)
    open_tab(found, TAB)
    expect(found.locator("#portrait-status")).to_have_text(READY)
    yield found
    found.context.close()


def face_of(page: Page) -> str | None:
    """Address of the face that is shown."""
    return page.locator("#portrait-face img").get_attribute("src")


def test_the_room_opens_with_a_face_and_its_film(page: Page) -> None:
    expect(page.locator("#portrait-face img")).to_be_visible()
    page.wait_for_function("document.querySelector('#portrait-film video').readyState > 0")
    seconds, width = page.locator("#portrait-film video").evaluate("v => [v.duration, v.videoWidth]")
    assert 3 < seconds < 20 and width == 256
    check_local(page)


def test_another_face_says_another_text(page: Page) -> None:
    before = face_of(page)
    page.locator("#portrait-dice").click()
    page.wait_for_function("b => document.querySelector('#portrait-face img').src !== b", arg=before)
    seed = page.locator("#portrait-seed input").input_value()
    page.locator("#portrait-text textarea").fill("Good morning, dear reader.")
    page.locator("#portrait-go").click()
    expect(page.locator("#portrait-status")).to_contain_text("made in")
    path = download(page, "#portrait-mp4")
    assert path.name == f"portrait-seed{seed}.mp4"
    with av.open(str(path)) as container:
        assert len(container.streams) == 2 and "Good morning, dear reader." in container.metadata["comment"]
    assert "Good morning, dear reader." in download(page, "#portrait-srt").read_text(encoding="utf-8")


def test_the_face_of_the_first_tab_is_taken_over_with_its_sliders(page: Page) -> None:
    page.locator("#portrait-take").click()
    expect(page.locator("#portrait-status")).to_contain_text("0 sliders moved")
    before = face_of(page)
    open_tab(page, "Face generation")
    page.locator("#direction-gan-age input[type=number]").fill("3")
    page.locator("#direction-gan-age input[type=number]").press("Enter")
    open_tab(page, TAB)
    page.locator("#portrait-take").click()
    expect(page.locator("#portrait-status")).to_contain_text("1 sliders moved")
    page.wait_for_function("b => document.querySelector('#portrait-face img').src !== b", arg=before)


def test_stop_ends_the_film_and_nothing_is_called_half_done(page: Page) -> None:
    page.locator("#portrait-text textarea").fill("This sentence goes on and on. " * 12)
    page.locator("#portrait-go").click()
    expect(page.locator("#portrait-status")).to_contain_text("Making the film")
    page.locator("#portrait-stop").click()
    expect(page.locator("#portrait-status")).to_be_empty()
    page.locator("#portrait-text textarea").fill("Short.")
    page.locator("#portrait-go").click()
    expect(page.locator("#portrait-status")).to_contain_text("made in")


def test_what_must_not_be_said_is_a_sentence(page: Page) -> None:
    page.locator("#portrait-text textarea").fill("")
    page.locator("#portrait-go").click()
    expect(page.get_by_test_id("toast-body")).to_contain_text("Write something to be spoken first.")


def test_a_phone_in_chinese(browser: Browser, app_url: str) -> None:
    page = visit(browser, app_url, **PHONE)
    open_tab(page, TAB)
    expect(page.locator("#portrait-go")).to_have_text("说话")
    expect(page.locator("#portrait-voice input:checked")).to_have_value(re.compile("^z"))
    expect(page.locator("#portrait-status")).to_have_text(READY)
    check_width(page)
    page.context.close()


def open_cross(page: Page) -> None:
    """Show the room "Sound and picture" with what it begins with."""
    page.get_by_role("tab", name=re.compile("Sound and picture|声音与图像")).click()
    expect(page.locator("#cross-picture img")).to_be_visible()
    expect(page.locator("#cross-sound audio, #cross-sound #waveform").first).to_be_attached()


def test_a_picture_is_heard_and_says_why(page: Page, tmp_path: Path) -> None:
    open_cross(page)
    page.locator("#cross-hear").click()
    expect(page.locator("#cross-hear-status")).to_contain_text("made in")
    first = page.locator("#cross-hear-causes").inner_text()
    assert "mode: major" in first
    expect(page.locator("#cross-hear-causes tbody tr")).to_have_count(6)
    Image.new("RGB", (90, 60), "#101840").save(tmp_path / "night.png")
    page.locator("#cross-picture").get_by_role("button", name=re.compile("Clear|Remove")).first.click()
    page.locator("#cross-picture input[type=file]").set_input_files(tmp_path / "night.png")
    expect(page.locator("#cross-picture img")).to_be_visible()
    page.locator("#cross-hear").click()
    expect(page.locator("#cross-hear-status")).to_contain_text("minor")
    assert page.locator("#cross-hear-causes").inner_text() != first
    assert download(page, "#cross-mid").read_bytes()[:4] == b"MThd"
    with soundfile.SoundFile(str(download(page, "#cross-wav"))) as heard:
        assert heard.frames / heard.samplerate > 5


def test_a_sound_is_seen_and_moves(page: Page, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "tone.wav", 0.4 * np.sin(np.arange(22050) * 0.2), 22050)
    page.locator("#cross-sound-file input[type=file]").set_input_files(tmp_path / "tone.wav")
    expect(page.locator("#cross-sound-file input[type=file]")).to_be_attached()
    page.locator("#cross-see").click()
    expect(page.locator("#cross-see-status")).to_contain_text("Painting")
    expect(page.locator("#cross-see-causes tbody tr")).to_have_count(5)
    with Image.open(download(page, "#cross-png")) as painting:
        assert painting.size == (512, 512) and "sound" in painting.text["recipe"]
    page.locator("#cross-move").click()
    expect(page.locator("#cross-see-status")).to_contain_text("s of film")
    with av.open(str(download(page, "#cross-mp4"))) as container:
        assert {stream.type for stream in container.streams} == {"video", "audio"}
    check_clean(page)
