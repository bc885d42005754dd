"""The tab "Image repair" in a real browser."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageDraw
from playwright.sync_api import Browser, Locator, Page, Request, expect

from genai_demo.core import limits
from tests.browser.visits import PHONE, check_local, check_width, download, open_tab, settled, visit
from tests.repair import tiny

TAB = re.compile("Image repair|图像修复")
SIZE = (300, 200)
MAKE = ExifTags.Base.Make


def grainy(width: int, height: int) -> Image.Image:
    """A picture with grain, which nothing that fills a hole can guess to the last bit."""
    grain = np.random.default_rng(1).normal(0, 12, (height, width, 3))
    return Image.fromarray((tiny.picture(width, height=height) + grain).clip(0, 255).astype(np.uint8))


def visit_repair(browser: Browser, url: str, **settings) -> Page:
    """Open the page in a fresh profile and show the repair tab with its example."""
    page = visit(browser, url, **settings)
    open_tab(page, TAB)
    expect(page.locator("#repair-slider img").first).to_be_visible()
    wait_for_picture(page, 128)
    return page


@pytest.fixture(scope="module")
def page(browser: Browser, app_url: str) -> Iterator[Page]:
    """One visit in English, shared."""
    found = visit_repair(browser, app_url, accept_downloads=True)
    yield found
    found.context.close()


@pytest.fixture(scope="module")
def upload(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture that is no square."""
    path = tmp_path_factory.mktemp("upload") / "holiday.png"
    grainy(*SIZE).save(path)
    return path


@pytest.fixture(scope="module")
def photograph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A JPEG of a camera."""
    exif = Image.Exif()
    exif[MAKE] = "Camera"
    path = tmp_path_factory.mktemp("camera") / "holiday.jpg"
    grainy(1200, 900).save(path, quality=90, exif=exif)
    return path


def canvas_of(page: Page) -> Locator:
    """Where the picture is painted over."""
    return page.locator("#repair-editor canvas")


def wait_for_picture(page: Page, width: int) -> None:
    """Wait until the editor shows a picture of this width."""
    page.wait_for_selector(f"#repair-editor [data-width='{width}']")


def wait_for_strokes(page: Page, count: int) -> None:
    """Wait until the mask of so many strokes is ready to be sent."""
    page.wait_for_selector(f"#repair-editor [data-strokes='{count}']")


def put_in(page: Page, path: Path, width: int = SIZE[0]) -> None:
    """Upload a picture of this width."""
    page.locator("#repair-editor input[type=file]").set_input_files(path)
    wait_for_picture(page, width)


def middle_of(page: Page) -> tuple[float, float]:
    """Of the canvas, in pixels of the window."""
    canvas_of(page).scroll_into_view_if_needed()
    box = canvas_of(page).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """The mouse from here to there, with its button down."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=8)
    page.mouse.up()


def paint(page: Page, reach: float = 60) -> None:
    """Draw a stroke over the middle with the mouse."""
    x, y = middle_of(page)
    drag(page, (x - reach, y - reach / 3), (x + reach, y + reach / 2))
    wait_for_strokes(page, 1)


def painted(page: Page) -> float:
    """Share of the canvas, over a grey picture, that shows paint; once it has come to rest."""
    shot = settled(page, canvas_of(page).screenshot)
    colours = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"), int)
    return float((colours[..., 0] - colours[..., 1] > 40).mean())


def sent_by(page: Page) -> list[tuple[str, int]]:
    """A list that fills with the address and the size in bytes of whatever is sent, files measured by their header."""
    found: list[tuple[str, int]] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            size = int(request.all_headers().get("content-length", 0))
            found.append((request.url.partition("/gradio_api/")[2].partition("?")[0], size))

    page.on("requestfinished", note)
    return found


def repair(page: Page, words: str) -> None:
    """Press Repair and wait for a status with these words."""
    page.locator("#repair-go").click()
    expect(page.locator("#repair-status")).to_contain_text(words)


def pixels(page: Page) -> np.ndarray:
    """The pixels of the file."""
    path = download(page, "#repair-download")
    assert path.suffix == ".png"
    return np.asarray(Image.open(path).convert("RGB"))


def test_the_tab_opens_with_a_repaired_picture(page: Page) -> None:
    expect(page.locator("#repair-slider img")).to_have_count(2)
    expect(page.locator("#repair-status")).to_contain_text("PSNR")
    expect(page.locator("#repair-original img")).to_be_visible()
    expect(page.locator("#repair-measures tr")).to_have_count(6)
    check_local(page)


def test_outside_the_strokes_the_download_is_the_upload(page: Page, upload: Path) -> None:
    put_in(page, upload)
    paint(page)
    repair(page, f"{SIZE[0]} × {SIZE[1]}")
    before, after = np.asarray(Image.open(upload)), pixels(page)
    assert after.shape == before.shape
    changed = (before != after).any(2)
    assert 0.003 < changed.mean() < 0.4
    rows, columns = np.nonzero(changed)
    middle = rows.mean() / SIZE[1], columns.mean() / SIZE[0]
    assert all(0.3 < m < 0.7 for m in middle)  # where the stroke went
    assert not changed[:15].any() and not changed[-15:].any()


def test_what_fills_a_hole_is_said_and_can_be_chosen(page: Page, upload: Path) -> None:
    put_in(page, upload)
    paint(page)
    made = {}
    for way, words in (("auto", "filled by"), ("smooth", "filled by a smooth surface"), ("telea", "filled by Telea")):
        page.locator(f"#repair-way input[value='{way}']").check()
        repair(page, words)
        made[way] = pixels(page)
    page.locator("#repair-way input[value='auto']").check()
    assert (made["smooth"] != made["telea"]).any()


def test_scratches_are_found_shown_and_filled(page: Page, tmp_path: Path) -> None:
    old = Image.new("RGB", (400, 300), (120, 120, 120))
    ImageDraw.Draw(old).line((60, 60, 340, 220), "white", width=3)
    old.save(tmp_path / "old.png")
    put_in(page, tmp_path / "old.png", 400)
    page.locator("#mask-panel").get_by_role("button").first.click()
    page.locator("#mask-find").click()
    settled(page, lambda: painted(page))
    assert 0.002 < painted(page) < 0.05
    repair(page, "400 × 300")
    after = pixels(page).astype(int)
    left = (np.abs(after - 120) > 12).any(2).mean()
    assert left < 0.002, "the line was 0.8 % of the picture; its very ends may stay"


def test_a_jpeg_is_sent_once_and_its_strokes_come_with_the_call(page: Page, photograph: Path) -> None:
    sent = sent_by(page)
    settled(page, lambda: len(sent))
    sent.clear()  # what an earlier test on this page had still to say
    put_in(page, photograph, 1200)
    paint(page)
    repair(page, "1200 × 900")
    uploads = [size for address, size in sent if address == "upload"]
    assert len(uploads) == 1 and uploads[0] < photograph.stat().st_size + 1_000
    calls = [size for address, size in sent if address != "upload"]
    assert len(calls) == 2 and sum(calls) < 20_000  # a look at the file, and the repair with its mask
    file, exact = (download(page, f"#repair-{name}") for name in ("download", "exact"))
    assert (file.suffix, exact.suffix) == (".jpg", ".png")
    with Image.open(file) as found, Image.open(exact) as whole, Image.open(photograph) as start:
        assert found.quantization == start.quantization and found.getexif()[MAKE] == "Camera"
        changed = (np.asarray(whole) != np.asarray(start)).any(2)
    assert 0.003 < changed.mean() < 0.1 and not changed[:200].any() and not changed[:, :200].any()


def test_twelve_megapixels_come_back_whole(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "phone.jpg"
    grainy(400, 300).resize((4000, 3000), Image.Resampling.BICUBIC).save(path, quality=95)
    put_in(page, path, 4000)
    paint(page, reach=12)
    repair(page, "4000 × 3000")
    with Image.open(download(page, "#repair-exact")) as whole, Image.open(path) as start:
        changed = (np.asarray(whole) != np.asarray(start)).any(2)
    assert 0.0003 < changed.mean() < 0.01
    assert np.abs(np.argwhere(changed).mean(0) - (1500, 2000)).max() < 200


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_wrong_file_is_a_sentence_and_the_picture_stays(
    browser: Browser, app_url: str, tmp_path: Path, upload: Path, language: str
) -> None:
    page = visit_repair(browser, app_url, locale=language)
    put_in(page, upload)
    sentences = {
        "letter.jpg": (b"Dear network", "not a picture|不是图片"),
        "cut.png": (upload.read_bytes()[:2_000], "damaged|已损坏"),
        "page.pdf": (b"%PDF-1.7 and more", "PDF"),
        "large.jpg": (bytes(limits.MAX_UPLOAD_BYTES + 1), "larger than 8 MB|超过 8 MB"),
    }
    for name, (data, words) in sentences.items():
        (tmp_path / name).write_bytes(data)
        page.locator("#repair-editor input[type=file]").set_input_files(tmp_path / name)
        wrong = page.locator("#repair-editor [role=alert]")
        expect(wrong).to_have_text(re.compile(words))
        assert bool(re.search("[一-鿿]", wrong.inner_text())) == (language != "en")
    paint(page)
    repair(page, f"{SIZE[0]} × {SIZE[1]}")
    page.context.close()


def test_tools_keys_and_history_of_the_editor(page: Page, tmp_path: Path) -> None:
    Image.new("RGB", (400, 300), (120, 120, 120)).save(tmp_path / "grey.png")
    put_in(page, tmp_path / "grey.png", 400)
    assert painted(page) == 0
    paint(page)
    one = painted(page)
    assert one > 0.001
    x, y = middle_of(page)
    canvas_of(page).press("r")
    drag(page, (x - 90, y + 60), (x - 30, y + 100))
    canvas_of(page).press("p")
    for across, downward in ((40, 60), (100, 60), (100, 110)):
        page.mouse.click(x + across, y + downward)
    canvas_of(page).press("Enter")
    wait_for_strokes(page, 3)
    three = painted(page)
    assert three > one + 0.012
    page.locator("#repair-editor [data-do=original]").dispatch_event("pointerdown")
    assert painted(page) == 0
    page.locator("#repair-editor [data-do=original]").dispatch_event("pointerup")
    assert painted(page) == pytest.approx(three, abs=0.002)
    for key, count in (("Control+z", 2), ("Control+z", 1)):
        canvas_of(page).press(key)
        wait_for_strokes(page, count)
    assert painted(page) == pytest.approx(one, abs=0.002)
    for count in (2, 3):
        canvas_of(page).press("Control+y")
        wait_for_strokes(page, count)
    assert painted(page) == pytest.approx(three, abs=0.002)
    canvas_of(page).press("e")  # the eraser over the first stroke
    canvas_of(page).press("]")
    drag(page, (x - 70, y - 24), (x + 70, y + 34))
    wait_for_strokes(page, 4)
    assert painted(page) < three - one / 2
    canvas_of(page).press("Delete")
    wait_for_strokes(page, 5)
    assert painted(page) == 0
    for key in ("b", *["ArrowLeft"] * 5, "Space", *["ArrowRight"] * 10, "Space"):
        canvas_of(page).press(key)
    wait_for_strokes(page, 6)
    near = painted(page)
    assert near > 0.001
    canvas_of(page).press("+")
    assert painted(page) > near


def test_a_finger_paints_and_two_zoom(browser: Browser, app_url: str) -> None:
    page = visit_repair(browser, app_url, **PHONE)
    sent = sent_by(page)
    page.reload()
    open_tab(page, TAB)
    wait_for_picture(page, 128)
    assert sent and not {"upload", "component_server"} & {address for address, _ in sent}  # of which few are allowed
    x, y = middle_of(page)
    touch = page.context.new_cdp_session(page)

    def put(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x + across, "y": y + down, "id": number} for number, (across, down) in enumerate(places)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    put("touchStart", (-40, 0))
    put("touchMove", (0, 5))
    put("touchMove", (40, 10))
    put("touchEnd")
    wait_for_strokes(page, 1)
    said = page.locator("#repair-editor output")
    before = re.search(r"(\d+)%", said.inner_text())
    put("touchStart", (-20, 0))
    put("touchStart", (-20, 0), (20, 0))
    put("touchMove", (-60, 0), (60, 0))
    put("touchEnd")
    canvas_of(page).press("ArrowUp")  # which says anew how near it is
    after = re.search(r"(\d+)%", said.inner_text())
    assert before is not None and after is not None and int(after[1]) > 2 * int(before[1])
    wait_for_strokes(page, 1)
    page.context.close()


def test_a_damaged_face_comes_with_its_mask_and_its_original(page: Page) -> None:
    page.locator("#damage-kind input").click()
    page.get_by_role("option", name="holes").click()
    page.locator("#damage-face").click()
    wait_for_picture(page, 128)
    repair(page, "PSNR")
    expect(page.locator("#repair-history .thumbnail-item").first).to_be_visible()
    after = pixels(page)
    assert after.shape == (128, 128, 3)


def test_one_of_four_fillings_becomes_the_result(page: Page) -> None:
    page.locator("#repair-four").click()
    fillings = page.locator("#repair-fillings .thumbnail-item")
    expect(fillings).to_have_count(4)
    fillings.nth(2).click()
    expect(page.locator("#repair-status")).to_contain_text("seed 2")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_every_room_without_sideways_scrolling(
    browser: Browser,
    app_url: str,
    scheme: str,
) -> None:
    page = visit_repair(browser, app_url, color_scheme=scheme, **PHONE)
    expect(page.locator("#repair-go")).to_have_text("修复")
    for name in ("修复", "合成", "艺术"):
        page.get_by_role("tab", name=name, exact=True).click()
        settled(page, lambda: page.locator("body").bounding_box())
        check_width(page)
    page.context.close()
