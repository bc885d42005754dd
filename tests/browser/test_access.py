"""Every tab and room as axe-core sees it, whether its words have room, and what the keyboard reaches."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.visits import open_tab, settled, visit

STANDARD = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
"""What WCAG 2.2 AA holds, in the names of axe-core."""
OPTIONS = {
    "runOnly": {"type": "tag", "values": STANDARD},
    "rules": {"image-redundant-alt": {"enabled": True}},
    "resultTypes": ["violations"],
}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
"""The only rule of those whose answer the scheme changes."""
KEEPS_ITS_COLOURS = ".cm-editor"
"""What stays in the scheme in which it was opened."""
PANEL = "() => [...document.querySelectorAll('[role=tabpanel]')].find((panel) => panel.checkVisibility())"
"""The outermost panel that is shown: what a room does not share with the others."""
SQUEEZED = (Path(__file__).parent / "squeezed.js").read_text(encoding="utf-8")
WIDTHS = (1400, 390)
OPEN_ALL = "() => document.querySelectorAll('button.label-wrap:not(.open)').forEach((b) => b.offsetParent && b.click())"


def visit_calmly(browser: Browser, url: str, **settings: str) -> Page:
    """Open the page without what moves by itself: half a transition has a colour that nobody reads."""
    page = visit(browser, url, reduced_motion="reduce", **settings)
    page.add_style_tag(content="* {transition: none !important; animation: none !important}")
    expect(page.locator("#gallery .thumbnail-item img")).to_have_count(8)
    return page


def rows(page: Page) -> Locator:
    """The rows of tabs that are shown: the outer one, and that of the rooms."""
    return page.locator("[role=tablist]").filter(visible=True)


def names(row: Locator) -> list[str]:
    """Of all tabs of a row, those behind its menu too."""
    return row.locator("xpath=..").locator("[role=tab], .overflow-dropdown button").all_text_contents()


def rooms(page: Page) -> Iterator[str]:
    """Open every room of every tab, with all that folds unfolded; gives its name once it has come to rest."""
    for name in names(rows(page).first):
        open_tab(page, f"^{re.escape(name)}$")
        for inner in names(rows(page).nth(1)) if rows(page).count() > 1 else [""]:
            if inner:
                open_tab(page, f"^{re.escape(inner)}$")
            page.evaluate(OPEN_ALL)
            settled(page, lambda: page.evaluate("() => document.body.innerHTML.length"))
            yield f"{name} {inner}".strip()


def violations(
    page: Page, where: str = "() => document", options: dict[str, object] = OPTIONS, but: str = "template"
) -> list[str]:
    """What axe-core finds: rule, element, and why.

    where: a function in JavaScript that gives the element to look at. but: a selector of what is left out.
    """
    look = f"([options, but]) => axe.run({{include: [({where})()], exclude: [[but]]}}, options)"
    found = page.evaluate(look, [options, but])["violations"]
    return [f"{v['id']}: {n['html'][:160]} {n['failureSummary']}" for v in found for n in v["nodes"]]


def narrow(page: Page) -> list[str]:
    """Labels and help without room for their words, on a wide screen and on a phone, once they have come to rest."""
    found: list[str] = []
    for width in reversed(WIDTHS):
        page.set_viewport_size({"width": width, "height": 900})
        there = page.evaluate(SQUEEZED) and settled(page, lambda: page.evaluate(SQUEEZED))
        found += [f"{width} px, {what}" for what in there]
    return found


def change_scheme(page: Page, scheme: str) -> None:
    """Show the page in "light" or "dark"."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function("dark => document.body.classList.contains('dark') === dark", arg=scheme == "dark")


@pytest.mark.slow
@pytest.mark.parametrize(("locale", "schemes"), [("en-US", ("light", "dark")), ("zh-CN", ("dark", "light"))])
def test_every_room_holds_wcag_in_both_schemes_and_has_room_for_its_words(
    browser: Browser, app_url: str, locale: str, schemes: tuple[str, str]
) -> None:
    """One visit a language: each room in both schemes, wide and on a phone. schemes: the one it is opened in first."""
    page = visit_calmly(browser, app_url, locale=locale, color_scheme=schemes[0])
    page.evaluate(AXE_SCRIPT)
    where, found = "() => document", dict[str, list[str]]()
    for room in rooms(page):
        found[room] = violations(page, where)
        change_scheme(page, schemes[1])
        found[room] += [f"{schemes[1]}, {what}" for what in violations(page, where, COLOURS, KEEPS_ITS_COLOURS)]
        change_scheme(page, schemes[0])
        found[room] += narrow(page)
        where = PANEL  # what stands around it has been looked at
    assert len(found) > 15
    assert {room: those for room, those in found.items() if those} == {}
    page.context.close()


def test_narrow_texts_are_seen(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(
        "<style>label {display: block}</style><label style='width:4em'>越高越好的特征</label><p>no control</p>"
        "<label style='width:5em;overflow:hidden;white-space:nowrap'>longer words</label><label>room enough</label>"
        "<label style='width:2em;overflow-wrap:anywhere'>broken</label><label style='width:4em'>two words</label>"
        "<label style='width:5em;overflow:auto;white-space:nowrap'>a row to scroll</label>"
        "<label style='position:absolute;left:1390px;white-space:nowrap'>beyond the page</label>"
    )
    found = {what.removeprefix("1400 px, ") for what in narrow(page) if what.startswith("1400")}
    assert found == {
        "squeezed: 越高越好的特征",
        "squeezed: broken",
        "cut off: longer words",
        "cut off: beyond the page",
    }
    page.close()


def test_axe_finds_what_is_wrong(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<html lang=en><title>x</title><p style='color:#94a3b8'>faint</p><button></button></html>")
    page.evaluate(AXE_SCRIPT)
    assert {words.partition(":")[0] for words in violations(page)} == {"button-name", "color-contrast"}
    page.close()


@pytest.fixture(scope="module")
def page(browser: Browser, app_url: str) -> Iterator[Page]:
    """One visit in English, shared."""
    found = visit_calmly(browser, app_url)
    yield found
    found.context.close()


def test_arrows_move_between_tabs_and_enter_opens(page: Page) -> None:
    row = rows(page).first
    row.get_by_role("tab").first.focus()
    for key, name in [("ArrowRight", "Latent"), ("ArrowLeft", "Face"), ("ArrowLeft", "Trust"), ("Home", "Face")]:
        page.keyboard.press(key)
        expect(row.locator("[role=tab]:focus")).to_contain_text(name)
        expect(row.locator("[aria-selected=true]")).to_have_text("Face generation")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(row.locator("[aria-selected=true]")).to_have_text("Trust")
    expect(row.locator("[tabindex='0']")).to_have_text("Trust")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.locator("#face img")).to_be_visible()


def test_options_are_one_group_with_arrow_keys(page: Page) -> None:
    group = page.get_by_role("radiogroup", name="Model")
    group.get_by_role("radio", name="GAN").focus()
    page.keyboard.press("ArrowRight")
    expect(group.get_by_role("radio", name="VAE")).to_be_checked()
    expect(page.locator("#face img")).to_have_attribute("src", re.compile("faces-vae"))
    page.keyboard.press("ArrowLeft")
    expect(group.get_by_role("radio", name="GAN")).to_be_checked()
    expect(page.locator("#face img")).to_have_attribute("src", re.compile("faces-gan"))


def test_a_face_in_the_gallery_is_named_by_the_words_below_it(page: Page) -> None:
    face = page.get_by_role("button", name=re.compile(r"^seed \d+ · \d+% real$")).first
    expect(face.locator("img")).to_have_attribute("alt", "")
