"""The JavaScript example of docs/api.md runs in a page of the app."""

from playwright.sync_api import Browser

from tests.ui.api.test_docs import examples


def test_javascript(app_url: str, browser: Browser) -> None:
    (code,) = examples("javascript", app_url)
    page = browser.new_page()
    page.goto(app_url)
    sound, notes, abc = page.evaluate(f"async () => {{ {code}; return [sound, notes, abc]; }}")
    page.close()
    assert sound["url"].endswith(".wav") and notes["url"].endswith(".mid") and abc.startswith("X:1")
