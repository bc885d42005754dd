"""The room "Sound effects" in a real browser."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from genai_demo.audio import sounds
from genai_demo.audio.effects.kinds import KINDS
from tests.browser.visits import PHONE, check_local, check_width, download, visit
from tests.ui import effects_page

PLAYING = "[data-playing]"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the room, over small networks."""
    with effects_page.networks(tmp_path_factory.mktemp("effects")), effects_page.served() as found:
        yield found


def visit_effects(browser: Browser, url: str, **settings) -> Page:
    """Open the room in a fresh profile and wait for its first sound."""
    page = visit(browser, url, **settings)
    page.get_by_role("tab").nth(1).click()
    expect(page.locator("#effects-player article")).to_have_count(1)
    return page


@pytest.fixture(scope="module")
def page(browser: Browser, url: str) -> Iterator[Page]:
    """One visit in English, shared."""
    found = visit_effects(browser, url, accept_downloads=True)
    yield found
    found.context.close()


def press(page: Page, kind: str) -> None:
    """Press a button of the board and wait until its sound plays."""
    page.locator(f"#effect-{kind}").click()
    wait_for_play(page, KINDS[kind].english)


def wait_for_play(page: Page, title: str, where: str = "#effects-player") -> None:
    """Wait until a sound of that title plays. Looks at every frame: a drum is over before ``expect`` looks twice."""
    page.wait_for_function(
        "([where, title]) => document.querySelector(where + ' [data-playing]')?.textContent.includes(title)",
        arg=[where, title],
    )


def test_the_room_opens_with_a_silent_sound_and_its_pictures(page: Page) -> None:
    expect(page.locator("#effects-player .play")).to_have_text("▶ Rain")
    for picture in ("wave", "mel"):
        image = page.locator(f"#effects-player img.{picture}.light")
        expect(image).to_be_visible()
        page.wait_for_function("i => i.complete && i.naturalWidth > 100", arg=image.element_handle())
        expect(page.locator(f"#effects-player img.{picture}.dark")).to_be_hidden()
    expect(page.locator(PLAYING)).to_have_count(0)
    expect(page.locator("#effect-rain")).to_have_attribute("aria-pressed", "true")
    check_local(page)


def test_a_press_plays_a_loop_to_the_sample_and_the_next_press_ends_it(page: Page) -> None:
    press(page, "wind")
    source = "(s => [s.buffer.length, s.buffer.sampleRate, s.loop])(window.soundPlayer.source)"
    assert page.evaluate(source) == [round(KINDS["wind"].usual * sounds.RATE), sounds.RATE, True]
    expect(page.locator("#effects-loop input")).to_be_checked()
    press(page, "thunder")
    expect(page.locator(PLAYING)).to_have_count(1)
    assert page.evaluate(source)[2] is False
    page.locator("#effects-stop").click()
    expect(page.locator(PLAYING)).to_have_count(0)
    assert page.evaluate("window.soundPlayer.source") is None


def test_a_sound_without_a_loop_ends_by_itself_and_can_be_played_again(page: Page) -> None:
    press(page, "drum_kick")
    expect(page.locator(PLAYING)).to_have_count(0)
    page.locator("#effects-player .play").click()
    wait_for_play(page, "■ Kick drum")
    expect(page.locator(PLAYING)).to_have_count(0)


def test_the_board_and_the_player_need_no_mouse(page: Page) -> None:
    press(page, "stream")
    page.locator("#effect-fire").focus()
    page.keyboard.press("Enter")
    wait_for_play(page, "Fire")
    page.locator("#effects-player .play").focus()
    page.keyboard.press("Space")
    expect(page.locator(PLAYING)).to_have_count(0)


def test_another_one_and_its_download(page: Page) -> None:
    press(page, "game_coin")
    page.locator("#effects-another").click()
    expect(page.locator("#effects-status")).to_contain_text("seed 1")
    expect(page.locator("#effects-seed input")).to_have_value("1")
    for suffix in ("wav", "ogg"):
        path = download(page, f"#effects-{suffix}")
        assert path.name == f"effect-game_coin-seed1.{suffix}"
        recipe = json.loads(sounds.read_tags(path)["comment"])
        assert recipe["kind"] == "game_coin" and recipe["seed"] == 1


def test_a_morph_and_a_variation_are_taken_over(page: Page) -> None:
    press(page, "drum_tom")
    page.locator("#effects-five").click()
    expect(page.locator("#effects-between article")).to_have_count(5)
    page.locator("#effects-between .play").nth(3).click()
    wait_for_play(page, "Tom 25% + Fire 75%", "#effects-between")
    page.locator("#effects-between .use").nth(1).click()
    expect(page.locator("#effects-player .play")).to_contain_text("Tom 75% + Fire 25%")
    expect(page.locator("#effects-share input[type=number]")).to_have_value("0.25")
    page.locator("#effects-four").click()
    expect(page.locator("#effects-ways article")).to_have_count(4)
    page.locator("#effects-ways .use").nth(2).click()
    expect(page.locator("#effects-player small")).to_contain_text("variation 3")


def test_an_earlier_sound_comes_back(page: Page) -> None:
    press(page, "drum_snare")
    press(page, "drum_clap")
    expect(page.locator("#effects-history .play").nth(1)).to_contain_text("Snare drum")
    page.locator("#effects-history .use").nth(1).click()
    expect(page.locator("#effects-player .play")).to_contain_text("Snare drum")
    expect(page.locator("#effects-history article").first).to_contain_text("Snare drum")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_the_room_without_sideways_scrolling(
    browser: Browser,
    url: str,
    scheme: str,
) -> None:
    page = visit_effects(browser, url, color_scheme=scheme, **PHONE)
    expect(page.locator("#effects-player .play")).to_have_text("▶ 雨声")
    expect(page.locator(f"#effects-player img.mel.{scheme}")).to_be_visible()
    page.locator("#effect-dogs").tap()
    expect(page.locator("#effects-status")).to_contain_text("狗叫")
    check_width(page)
    page.context.close()
