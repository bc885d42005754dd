"""The music room in a real browser, over a small network of random weights."""

import itertools
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mido
import pytest
from playwright.sync_api import Browser, Page, expect

from genai_demo.audio.music import generate
from genai_demo.audio.music.pieces import Piece
from tests.browser.visits import PHONE, check_local, check_width, download, open_tab, settled, visit
from tests.ui import music_page

PLAYER = "() => [...document.querySelectorAll('#music-audio #waveform div')].some((part) => part.shadowRoot)"
QUIET = 20_000
"""Milliseconds in which silence must come: a piece of 32 bars plays for longer."""
NOW = "() => Number(document.querySelector('#music-roll .music').dataset.now || 0)"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the room."""
    with music_page.music(tmp_path_factory.mktemp("music")), music_page.served() as address:
        yield address


def visit_music(browser: Browser, url: str, **settings) -> Page:
    """Open the audio tab in a fresh profile and wait for the opening example."""
    page = visit(browser, url, **settings)
    open_tab(page, re.compile("Audio|音频"))
    page.wait_for_function(PLAYER)
    expect(page.locator("#music-history input")).to_have_count(1)
    return page


@pytest.fixture(scope="module")
def page(browser: Browser, url: str) -> Iterator[Page]:
    """One visit in English, shared."""
    found = visit_music(browser, url, accept_downloads=True)
    yield found
    found.context.close()


def set_bars(page: Page, bars: int) -> None:
    """Type the number of bars."""
    box = page.locator("#music-bars input[type=number]")
    box.fill(str(bars))
    box.press("Enter")


def wait_for_pieces(page: Page, count: int) -> None:
    """Wait until so many pieces were finished in this visit."""
    expect(page.locator("#music-history input")).to_have_count(count)
    page.wait_for_function(PLAYER)


def check_silence(page: Page) -> None:
    """The play head comes to rest."""
    settled(page, lambda: page.evaluate(NOW), QUIET)


def test_it_opens_with_a_piece_that_waits(page: Page) -> None:
    expect(page.locator("#music-roll .note").nth(4)).to_be_attached()
    expect(page.locator("#music-roll .roll")).to_have_attribute("data-bars", "16")
    expect(page.locator("#music-close")).to_contain_text("training tune")
    expect(page.locator("#music-pictures img.day")).to_have_count(2)
    check_silence(page)


def test_the_play_head_follows_the_sound(page: Page) -> None:
    page.locator("#music-audio .play-pause-button").click()
    page.wait_for_function("() => Number(document.querySelector('#music-roll .music').dataset.now) > 0.3")
    page.locator("#music-roll .frame").focus()
    page.keyboard.press(" ")
    check_silence(page)
    page.keyboard.press("Home")
    page.wait_for_function("() => Number(document.querySelector('#music-roll .music').dataset.now) === 0")
    page.keyboard.press("ArrowRight")
    bar = page.evaluate("() => Number(document.querySelector('#music-roll .music').dataset.now)")
    page.wait_for_function("() => Number(document.querySelector('#music-roll .music').dataset.now) > 0.5")
    assert bar < 2


def test_composing_plays_and_stop_silences(page: Page) -> None:
    set_bars(page, 32)
    page.locator("#music-another").click()
    wait_for_pieces(page, 2)
    page.wait_for_function("() => Number(document.querySelector('#music-roll .music').dataset.now) > 0.1")
    page.locator("#music-stop").click()
    check_silence(page)


def test_stop_keeps_what_was_written(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = generate.compose_bars

    def held(**settings: Any) -> Iterator[Piece]:
        """Gets no further than the third bar: a small network would be done before a busy browser presses Stop."""
        for piece in itertools.islice(whole(**settings), 3):
            yield piece
        while not threading.Event().wait(0.1):
            yield piece

    monkeypatch.setattr(generate, "compose_bars", held)
    before = page.locator("#music-history input").count()
    set_bars(page, 64)
    page.locator("#music-go").click()
    expect(page.locator("#music-status")).to_contain_text(re.compile(r"Bar \d+ of 64"))
    page.locator("#music-stop").click()
    wait_for_pieces(page, before + 1)
    expect(page.locator("#music-status")).to_contain_text("Stopped after")
    assert int(str(page.locator("#music-roll .roll").get_attribute("data-bars"))) == 3
    set_bars(page, 4)


def test_sections_are_shown_and_one_plays_over_and_over(page: Page) -> None:
    before = page.locator("#music-history input").count()
    set_bars(page, 8)
    page.locator("#music-go").click()
    wait_for_pieces(page, before + 1)
    assert page.locator("#music-roll .letter").all_text_contents() == ["A", "A", "B", "B"]
    loop = page.locator("#music-roll .loop")
    expect(loop.locator("option")).to_have_text(
        ["Play all of it", "A: bars 1 to 2", "A: bars 3 to 4", "B: bars 5 to 6", "B: bars 7 to 8"]
    )
    loop.select_option("A: bars 3 to 4")
    begin, end = page.evaluate("() => { const w = document.querySelector('#music-roll .music'); "
                               "return [w.clientWidth / 4, w.clientWidth / 2]; }")  # fmt: skip
    place = "() => Number(document.querySelector('#music-roll .head').getAttribute('transform')?.match(/[0-9.]+/) || 0)"
    page.wait_for_function(f"() => ({place})() >= {begin - 2}")
    middle = (begin + end) / 2
    page.wait_for_function(f"""() => {{
        const now = ({place})(), button = document.querySelector('#music-audio .play-pause-button');
        window.rests = now === window.last ? (window.rests || 0) + 1 : 0;
        window.last = now;
        if (window.rests > 60 && button.getAttribute('aria-label') === 'Play') {{  // it was over, or has not begun
            window.rests = 0;
            button.click();
        }}
        window.most = Math.max(window.most || 0, now);
        return window.most > {middle} && now < {middle};
    }}""")
    assert page.evaluate("() => window.most") < end + (end - begin) / 2
    loop.select_option("Play all of it")
    page.locator("#music-stop").click()
    set_bars(page, 4)


def test_a_link_opens_the_same_piece(page: Page, browser: Browser, url: str) -> None:
    page.locator("#music-link").click()
    address = page.locator("#music-address textarea, #music-address input")
    expect(address).to_have_value(re.compile(r"#tab=audio&room=music&piece="))
    other = visit(browser, address.input_value().replace(address.input_value().split("#")[0], url.rstrip("/") + "/"))
    expect(other.locator("#music-history input")).not_to_have_count(0)
    title = "() => document.querySelector('#music-roll .title').textContent"
    wanted = page.evaluate(title)
    other.wait_for_function(f"(wanted) => ({title})() === wanted", arg=wanted)
    rolls = [p.locator("#music-roll .note").evaluate_all("all => all.map((n) => n.getAttribute('y'))")
             for p in (page, other)]  # fmt: skip
    assert rolls[0] == rolls[1]
    other.context.close()


def test_the_tune_above_is_varied(page: Page) -> None:
    before = page.locator("#music-history input").count()
    page.locator("#music-source input").nth(2).check()
    page.locator("#music-vary").click()
    wait_for_pieces(page, before + 1)
    expect(page.locator("#music-history label").first).to_contain_text("varied")
    page.locator("#music-source input").first.check()
    page.locator("#music-stop").click()


def test_all_files_download(page: Page) -> None:
    before = page.locator("#music-history input").count()
    page.locator("#music-another").click()
    wait_for_pieces(page, before + 1)
    files = {name: download(page, f"#music-{name}") for name in ("wav", "ogg", "mp3", "midi", "abc", "json")}
    assert {path.stem for path in files.values()} == {files["json"].stem}
    recipe = json.loads(files["json"].read_text())
    assert files["json"].name == f"jig-D-maj-compose-seed{recipe['seed']}.json" and recipe["bars"] == 4
    assert files["wav"].read_bytes()[:4] == b"RIFF" and files["ogg"].read_bytes()[:4] == b"OggS"
    assert files["midi"].read_bytes()[:4] == b"MThd" and files["abc"].read_text().startswith("X:1")


def test_a_melody_from_the_keyboard_is_accompanied_and_stays(page: Page) -> None:
    before = page.locator("#music-history input").count()
    page.locator("#music-melody .clear").click()
    page.locator("#music-melody .keys button[data-pitch='60']").click()
    page.locator("#music-melody .keys").focus()
    page.keyboard.press("c")  # E4
    page.get_by_role("button", name="half", exact=True).click()
    page.locator("#music-melody .keys").focus()
    page.keyboard.press("b")  # G4
    page.keyboard.press("q")  # C5, taken back
    page.keyboard.press("Backspace")
    page.locator("#music-melody .grid").click(position={"x": 9 * 18 + 4, "y": 16 + (84 - 72) * 13 + 6})  # C5
    expect(page.locator("#music-melody output")).to_contain_text("4 notes, 2 of 8 bars")
    page.locator("#music-accompany").click()
    wait_for_pieces(page, before + 1)
    file, found, now = mido.MidiFile(download(page, "#music-midi")), [], 0.0
    for message in next(track for track in file.tracks if track.name == "melody"):
        now += message.time / file.ticks_per_beat
        if message.type == "note_on":
            found.append((now, message.note))
    assert found == [(0, 60), (1, 64), (2, 67), (4.5, 72)]
    expect(page.locator("#music-roll .chord").first).to_be_visible()


def test_the_grid_works_without_a_mouse(page: Page) -> None:
    page.locator("#music-melody .clear").click()
    grid = page.locator("#music-melody .grid")
    grid.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#music-melody .own")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#music-melody .own")).to_have_count(0)
    page.locator("#music-accompany").click()
    expect(page.get_by_text("There are no notes")).to_be_visible()


def test_sixteenths_go_into_the_grid(page: Page) -> None:
    page.locator("#music-melody .clear").click()
    page.get_by_role("button", name="sixteenth", exact=True).click()
    grid = page.locator("#music-melody .grid")
    grid.click(position={"x": 3 * 9 + 4, "y": 16 + (84 - 72) * 13 + 6})
    assert page.locator("#music-melody .own").get_attribute("width") == "7"
    grid.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#music-melody .own")).to_have_count(2)
    expect(page.locator("#music-melody .own").nth(1)).to_have_attribute("x", str(4 * 9 + 1))
    page.get_by_role("button", name="quarter", exact=True).click()


def test_an_earlier_piece_plays_again(page: Page) -> None:
    page.locator("#music-history input").last.click()
    page.wait_for_function("() => document.querySelector('#music-roll .title').textContent.includes('16 bars')")
    page.wait_for_function("() => Number(document.querySelector('#music-roll .music').dataset.now) > 0.1")
    page.locator("#music-stop").click()


def test_a_broken_midi_file_gets_a_sentence(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "broken.mid"
    path.write_bytes(b"no music")
    page.locator("#music-file input[type=file]").set_input_files(path)
    expect(page.locator("#music-source input").nth(1)).to_be_checked()
    page.locator("#music-continue").click()
    expect(page.get_by_text("This is no MIDI file")).to_be_visible()


def test_nothing_leaves_the_machine(page: Page) -> None:
    check_local(page)


def test_a_phone_shows_it_without_sideways_scrolling(browser: Browser, url: str) -> None:
    page = visit_music(browser, url, **PHONE)
    expect(page.locator("#music-go")).to_have_text("作曲")
    page.locator("#music-melody .keys button[data-pitch='67']").tap()
    expect(page.locator("#music-melody output")).to_contain_text("16 个音")
    check_width(page)
    page.context.close()
