"""The room "Your own data" through its API: check, train, stop, wait, use, download, delete; whose is whose."""

import contextlib
import json
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from gradio import networking
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from genai_demo.core import checkpoint, limits
from genai_demo.core.tuning import Point
from genai_demo.faces.own import Faces
from genai_demo.text import generate, own
from genai_demo.ui import lab_tab, own_actions, own_pictures, own_visits, text_tab
from genai_demo.ui.strings import translations
from tests.lab.tiny_own import packed, save_face_models, save_text_model, words
from tests.waiting import wait_for


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page with the lab and the text tab, over tiny networks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENAI_CHECKPOINTS", str(tmp_path_factory.mktemp("checkpoints")))
        patch.setenv("GENAI_DEVICE", "cpu")
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("files")))
        patch.setattr(own_actions, "FRAME", 0.2)
        patch.setattr(networking, "url_ok", lambda *_: True)  # a busy machine answers Gradio's own question too late
        save_text_model()
        save_face_models()
        with gr.Blocks(analytics_enabled=False) as demo, gr.Tabs() as tabs:
            with gr.Tab("Text") as tab:
                text_tab.build(demo, tabs, tab)
            with gr.Tab("Lab") as tab:
                lab_tab.build(tab)
        _, address, _ = demo.queue(default_concurrency_limit=4).launch(
            server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, i18n=translations(), ssr_mode=False,
            show_error=True, max_file_size=limits.MAX_UPLOAD_BYTES,
        )  # fmt: skip
        try:
            yield address
        finally:
            demo.close()
            generate.load_model.cache_clear()


@contextlib.contextmanager
def visitor(url: str, **settings: Any) -> Iterator[Client]:
    """One visit; at its end everything of it is deleted."""
    client = Client(url, verbose=False, **settings)
    try:
        yield client
    finally:
        client.predict(api_name="/delete_own")
        client.close()


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    """A zip with two good texts and two that are left out."""
    path = tmp_path / "texts.zip"
    files = {"a.txt": words(300).encode(), "b.txt": words(50).replace("Entry", "Note").encode()}
    path.write_bytes(packed(files | {"../evil.txt": b"out of here", "photo.png": b"\x89PNG"}))
    return path


def check(client: Client, *paths: Path, medium: str = "texts", pasted: str = "") -> tuple[Any, ...]:
    files = [handle_file(str(path)) for path in paths] or None
    return client.predict(medium=medium, files=files, pasted=pasted, api_name="/check_own")


def train(client: Client, seconds: float = 60) -> Any:
    return client.submit(seconds=seconds, kind="story", api_name="/train_own")


def step_of(job: Any) -> int:
    """How far a training has come."""
    found = [re.search(r"step (\d+)", str(update[0])) for update in job.outputs()]
    return max((int(match[1]) for match in found if match), default=-1)


def write(client: Client) -> str:
    return client.predict(
        words="Entry", cursor=-1, seed=1, language="en", kind="story", title="", form="", length=20, temperature=0.8,
        top_p=0.95, top_k=0, min_p=0, penalty=1.1, stops="", mark=0, api_name="/continue_text",
    )[0]  # fmt: skip


def own_folders() -> list[Path]:
    return [path for path in own_visits._root().iterdir() if path.is_dir()]


# --------------------------------------------------------------------------- the whole way


@pytest.mark.slow
def test_from_a_zip_to_the_text_tab_of_this_visit_alone(url: str, upload: Path) -> None:
    with visitor(url) as mine, visitor(url) as other:
        before = write(other)
        report, status, files = check(mine, upload)
        assert "held out" in report and "leads out of the archive" in report and "another kind of file" in report
        assert "Press Train" in status and not files
        job = train(mine)
        wait_for(lambda: step_of(job) >= 20, "it does not train")
        mine.predict(api_name="/stop_own")
        last = job.result(timeout=60)
        assert "Stopped after step" in last[0] and "nothing is lost" in last[0]
        shipped, tuned = map(float, re.findall(r"<td[^>]*>([\d.]+)</td>", last[3])[:2])
        assert tuned < shipped and 'class="better"' in last[3]
        samples = [update[2] for update in job.outputs() if isinstance(update[2], str) and update[2]]
        assert samples and "<blockquote>" in samples[0]

        assert "in use in this visit" in mine.predict(on=True, api_name="/use_own")
        changed = write(mine)
        assert changed != before == write(other)
        assert mine.predict(on=False, api_name="/use_own") and write(mine) == before

        download = mine.predict(api_name="/pack_own")
        with zipfile.ZipFile(download["value"] if isinstance(download, dict) else download) as archive:
            contents = {name: archive.read(name) for name in archive.namelist()}
        assert set(contents) == {"text.safetensors", "text.json"}
        card = json.loads(contents["text.json"])
        assert card["metrics"]["bits_per_byte"] < card["metrics_of_base"]["bits_per_byte"]
        place = upload.parent / "loaded"
        place.mkdir()
        for name, data in contents.items():
            (place / name).write_bytes(data)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GENAI_CHECKPOINTS", str(place))
            checkpoint.load_weights("text", own.new_network())


def test_training_goes_on_where_it_was(url: str, upload: Path) -> None:
    with visitor(url) as client:
        check(client, upload)
        for least in (3, 6):
            job = train(client)
            wait_for(lambda job=job, least=least: step_of(job) >= least, "it does not go on")
            client.predict(api_name="/stop_own")
            stopped_at = int(re.search(r"step (\d+)", job.result(timeout=60)[0])[1])
            assert stopped_at >= least
        steps = [re.search(r"step (\d+)", str(update[0])) for update in job.outputs()]
        assert min(int(match[1]) for match in steps if match) >= 3, "it began anew"


def test_stop_ends_the_step_that_is_under_way(url: str, upload: Path) -> None:
    """Counted in steps, so that a busy machine changes nothing."""
    with visitor(url) as client:
        check(client, upload)
        job = train(client)
        wait_for(lambda: step_of(job) >= 1, "it does not train")
        (visit,) = own_visits._sessions.values()
        own_actions.brake(visit)  # what the button calls; the way to it is not counted
        begun = visit.tuning.step
        wait_for(lambda: not own_visits.line._visits, "it goes on")
        assert visit.tuning.step <= begun + 1, "one may have been at its end"
        assert "Stopped" in job.result(timeout=60)[0]


def test_a_second_visitor_waits_and_is_told_his_place(url: str, upload: Path) -> None:
    with visitor(url) as first, visitor(url) as second:
        check(first, upload)
        check(second, pasted=words(300))
        running = train(first)
        wait_for(lambda: step_of(running) >= 1, "the first does not train")
        assert "number 2 in the line" in second.predict(api_name="/join_own")[0]
        waiting = train(second)
        wait_for(lambda: "Waiting behind you: 1" in str(running.outputs()[-1][0]), "the first is not told")
        wait_for(lambda: waiting.status().rank == 0, "the queue does not tell his place")
        assert step_of(waiting) == -1
        first.predict(api_name="/stop_own")
        wait_for(lambda: step_of(waiting) >= 1, "the second is not let in")
        second.predict(api_name="/stop_own")
        assert "Stopped" in waiting.result(timeout=60)[0]


# --------------------------------------------------------------------------- what is theirs alone


def test_nothing_is_left_of_a_visit(url: str, upload: Path) -> None:
    files = Path(os.environ["GRADIO_TEMP_DIR"])
    with visitor(url) as client:
        check(client, upload)
        assert not list(files.rglob("texts.zip")), "the upload is still there"
        job = train(client)
        wait_for(lambda: step_of(job) >= 2, "it does not train")
        client.predict(api_name="/stop_own")
        job.result(timeout=60)
        client.predict(on=True, api_name="/use_own")
        client.predict(api_name="/pack_own")
        assert own_folders() and list(files.rglob("own-texts-*.zip"))
        client.predict(api_name="/delete_own")
        assert not own_folders() and not list(files.rglob("own-texts-*.zip")) and not own_visits._sessions
        with pytest.raises(AppError, match="no data in this visit yet"):
            client.predict(api_name="/join_own")


@pytest.mark.slow
def test_closing_the_page_deletes_and_stops(url: str, upload: Path) -> None:
    client = Client(url, verbose=False)
    check(client, upload)
    job = train(client)
    wait_for(lambda: step_of(job) >= 1, "it does not train")
    assert own_visits._sessions
    client.close()
    wait_for(lambda: not own_visits._sessions and not own_visits.line._visits, "the visit is still there")
    wait_for(lambda: not own_folders(), "its folder is still there")


def test_the_folders_of_visits_are_private(url: str, upload: Path) -> None:
    assert own_visits._root().stat().st_mode & 0o077 == 0
    assert len(own_visits.Visit().folder.name) == 32


def test_there_is_room_for_so_many_visitors(url: str, upload: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_OWN_VISITS", 1)
    with visitor(url) as first, visitor(url, headers={"accept-language": "zh-CN"}) as second:
        check(first, upload)
        with pytest.raises(AppError, match="已达上限"):
            check(second, pasted=words(300))


# --------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("settings", "words_of_error"),
    [
        ({"medium": "videos"}, "No kind of data|choices"),
        ({}, "Choose files first"),
        ({"pasted": "too little"}, "characters of text are left"),
    ],
)
def test_bad_data_is_answered_with_a_sentence(url: str, settings: dict[str, str], words_of_error: str) -> None:
    client = Client(url, verbose=False)
    with pytest.raises(AppError, match=words_of_error):
        check(client, **settings)
    with pytest.raises(AppError, match="no data in this visit yet"):
        client.predict(seconds=30, kind="story", api_name="/train_own")
    client.close()


def test_a_failed_check_says_what_was_left_out_and_gives_up_its_files() -> None:
    visit = own_visits.Visit()
    found = own_actions._check(visit, "texts", [("a.txt", b""), ("b.txt", b"hi")], [], "en", gr.Request())
    _, report, status, files = next(found)
    assert "b.txt" in report and "too short" in report and "check failed" in status and files is None
    with pytest.raises(ValueError, match="characters of text are left"):
        next(found)
    assert visit.material is None


def measured(*figures: dict[str, float]) -> Any:
    """A training whose best measurement is the last."""
    points = [Point(10 * i, 0.0, 0.0, one) for i, one in enumerate(figures)]
    return SimpleNamespace(points=points, best_point=lambda: points[-1])


def test_what_became_worse_is_said() -> None:
    before = {"psnr": 20.0, "score": 0.3, "frechet": 25.1}
    assert "Train longer" in own_pictures.verdict(measured(before), "en")
    assert own_pictures.verdict(measured(before, {"psnr": 21.0, "score": 0.2, "frechet": 24.0}), "en") == ""
    worse = measured(before, {"psnr": 19.0, "score": 0.2, "frechet": 26.6})
    assert "Worse than" in own_pictures.verdict(worse, "en") and "distance (less" not in own_pictures.verdict(
        worse, "zh"
    )
    shown = own_pictures.figures(worse, "en")
    assert "PSNR" in shown.partition("Worse")[2] and "Frechet" in shown.partition("Worse")[2]
    assert shown.count('class="better"') == 1


@pytest.mark.parametrize(("count", "warned"), [(16, True), (own_pictures.FEW_PICTURES, False)])
def test_few_pictures_are_warned_of(count: int, warned: bool) -> None:
    faces = [Image.new("RGB", (8, 8))] * count
    assert ("That is few" in own_pictures.report("pictures", Faces(faces[2:], faces[:2]), [], "en")) == warned


def test_a_zip_that_is_none_is_answered_with_a_sentence(url: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.zip"
    path.write_bytes(b"PK no zip")
    client = Client(url, verbose=False)
    with pytest.raises(AppError, match="zip file is damaged"):
        check(client, path)
    client.close()


@pytest.mark.parametrize("seconds", [limits.MIN_OWN_SECONDS - 1, limits.MAX_OWN_SECONDS + 1])
def test_time_is_limited(url: str, upload: Path, seconds: float) -> None:
    with visitor(url) as client:
        check(client, upload)
        with pytest.raises(AppError, match="must be a number"):
            train(client, seconds).result(timeout=60)
