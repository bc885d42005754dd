"""The page under its content security policy, in a real browser: nothing that it needs is blocked."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.visits import DESKTOP, STILL, WAIT, open_tab

LISTEN = """
window.blocked = [];
document.addEventListener('securitypolicyviolation',
  (e) => window.blocked.push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}`));
"""


def test_no_tab_is_hindered_by_the_policy(browser: Browser, app_url: str, portrait: Path) -> None:
    page = browser.new_context(**(DESKTOP | {"locale": "en-GB"})).new_page()
    page.set_default_timeout(WAIT)
    page.add_init_script(LISTEN)
    problems: list[str] = []
    page.on("console", lambda m: problems.append(m.text) if "Content Security Policy" in m.text else None)
    # Gradio's player complains about itself when it is left while it loads
    page.on("pageerror", lambda e: None if "currentTime" in str(e) else problems.append(str(e)))
    reply = page.goto(app_url)
    assert reply is not None and "script-src 'self'" in reply.headers["content-security-policy"]
    page.wait_for_selector("#verdict :text('%')")
    opened = open_tabs(page)
    assert len(opened) > 15, opened
    upload_and_listen(page, portrait)
    assert page.evaluate("window.blocked") == []
    assert not problems
    page.evaluate("fetch('http://127.0.0.1:9/').catch(() => 0)")  # what is forbidden is noticed
    page.wait_for_function("window.blocked.length > 0")
    page.context.close()


def open_tabs(page: Page) -> list[str]:
    """Click every tab, and within it every room."""
    opened: list[str] = []

    def show(name: str) -> None:
        tab = page.get_by_role("tab", name=name, exact=True).first
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        opened.append(name)

    tabs = page.locator("#root-tabs, .tabs").first.locator("[role=tab]:visible").all_inner_texts()
    for name in tabs:
        show(name)
        for room in page.locator("[role=tab]:visible").all_inner_texts():
            if room not in [*tabs, *opened]:
                show(room)
    return opened


def upload_and_listen(page: Page, portrait: Path) -> None:
    """A picture into the editor, and a sound that plays."""
    open_tab(page, "Image repair")
    open_tab(page, "^Repair$")
    expect(page.locator("#repair-slider img").first).to_be_visible()
    page.locator("#repair-editor input[type=file]").set_input_files(portrait)
    page.wait_for_selector("#repair-editor [data-width='400']")
    page.get_by_role("tab", name="Audio synthesis").first.click()
    page.get_by_role("tab", name="Sound effects").first.click()
    expect(page.locator("#effects-player article")).to_have_count(1)
    page.locator("#effect-rain").click()
    page.wait_for_function("() => document.querySelector('#effects-player [data-playing]')")
    page.wait_for_timeout(STILL)  # for what is blocked only now
