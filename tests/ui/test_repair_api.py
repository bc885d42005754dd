"""The tab "Image repair" through its HTTP API."""

from pathlib import Path

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from tests.repair import tiny

SETTINGS = {"task": "auto", "fidelity": 0.5, "seed": 3}
WAYS = {"telea": ("filled by Telea", "填补方式：Telea"), "patches": ("patches of the picture", "图中的相似块")}
ART = {"style": "ink", "own": None, "strength": 0.7, "keep_colour": False, "steps": 6, "seed": 0}
PLACED = {"x": 0.5, "y": 1, "scale": 0.8, "feather": 1, "match": 0.5, "shadow": 0, "mirror": False, "seam": False}
PAINTING = {
    "seed": 5, "side": "256", "symmetry": "mirror", "complexity": 0.5, "contrast": 0.5, "hue": 0, "palette": "auto",
    "zoom": 1, "moment": 0,
}  # fmt: skip


@pytest.fixture
def client(app_url: str) -> Client:
    """A new session of the app."""
    return Client(app_url, verbose=False)


@pytest.fixture(scope="module")
def pages(app_url: str) -> dict[str, Client]:
    """A page in each language."""
    return {
        code: Client(app_url, verbose=False, headers={"accept-language": code}) for code in ("en", "zh-CN,zh;q=0.9")
    }


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A picture, a mask over some of it, one over all of it, one of another shape, and no picture."""
    folder = tmp_path_factory.mktemp("repair")
    where = np.zeros((64, 96), np.uint8)
    where[10:30, 40:60] = 255
    made = {
        "picture": Image.fromarray(tiny.picture(96, height=64)),
        "mask": Image.fromarray(where),
        "everything": Image.new("L", (96, 64), 255),
        "square": Image.new("L", (64, 64), 255),
    }
    for name, image in made.items():
        image.save(folder / f"{name}.png")
    (folder / "letter.png").write_text("Dear network")
    return {name: folder / f"{name}.png" for name in (*made, "letter")}


def editor(picture: Path | str, *layers: Path | str) -> dict:
    """A picture and what is painted over it, as the editor sends them."""
    return {"background": handle_file(picture), "layers": [handle_file(p) for p in layers], "composite": None}


def again(value: dict) -> dict:
    """What came back from the editor, to be sent once more."""
    return editor(value["background"], *value["layers"])


def pixels(path: str | Path) -> np.ndarray:
    """RGB values."""
    return np.asarray(Image.open(path).convert("RGB"))


def test_outside_the_mask_nothing_changes_and_the_seed_repeats(client: Client, files: dict[str, Path]) -> None:
    runs = [
        client.predict(editor(files["picture"], files["mask"]), **SETTINGS, api_name="/repair_picture")
        for _ in range(2)
    ]
    (before, after), status, change, _, download, measures, *_ = runs[0]
    outside = pixels(files["mask"])[..., 0] == 0
    assert (pixels(after)[outside] == pixels(files["picture"])[outside]).all()
    assert (pixels(before) == pixels(files["picture"])).all()
    assert Path(after).read_bytes() == Path(runs[1][0][1]).read_bytes() == Path(download).read_bytes()
    assert Path(after).suffix == ".png" and "96 × 64" in status and "<table" in measures
    assert Image.open(change).size == (96, 64)


@pytest.mark.parametrize("way", WAYS)
def test_the_way_of_filling_can_be_chosen_and_is_said(
    pages: dict[str, Client], files: dict[str, Path], way: str
) -> None:
    value = editor(files["picture"], files["mask"])
    for client, words in zip(pages.values(), WAYS[way], strict=True):
        assert words in client.predict(value, **SETTINGS, way=way, api_name="/repair_picture")[1]
    one = pages["en"].predict(handle_file(files["picture"]), handle_file(files["mask"]), way=way, api_name="/repair")[0]
    assert way in str(Image.open(one).info)


def test_a_damaged_picture_is_compared_with_its_original(client: Client, files: dict[str, Path]) -> None:
    value = client.predict(editor(files["picture"]), "hole", 0.4, 2, api_name="/damage_picture")
    assert len(value["layers"]) == 1
    found = client.predict(again(value), **SETTINGS, api_name="/repair_picture")
    assert "PSNR" in found[1]
    assert (pixels(found[3]["value"]) == pixels(files["picture"])).all()
    once_more = client.predict(api_name="/use_result")
    assert (pixels(once_more["background"]) == pixels(found[0][1])).all()
    earlier = client.predict(1, api_name="/use_history")
    assert (pixels(earlier["background"]) == pixels(found[0][1])).all()


def test_four_fillings(client: Client, files: dict[str, Path]) -> None:
    job = client.submit(editor(files["picture"], files["mask"]), 3, api_name="/four_fillings")
    gallery, _ = job.result()
    assert len(gallery["value"]) == 4 and len(job.outputs()) >= 1
    taken = client.predict(2, api_name="/take_filling")
    assert "seed4" in taken[0][1]


def test_masks_without_a_mouse(client: Client, files: dict[str, Path]) -> None:
    value = client.predict(editor(files["picture"]), handle_file(files["mask"]), api_name="/upload_mask")
    value = client.predict(again(value), "border", 1, api_name="/add_mask")
    painted = np.asarray(Image.open(value["layers"][0]))[..., 3] > 0
    assert painted[20, 50] and painted[0].all() and not painted[40, 50]
    assert client.predict(again(value), api_name="/clear_mask")["layers"] == []


def test_a_generated_face_is_damaged(client: Client) -> None:
    value = client.predict(5, "noise", 0.5, 1, api_name="/damage_face")
    assert pixels(value["background"]).shape == (128, 128, 3)


@pytest.mark.parametrize(
    ("picture", "layers", "changes", "english", "chinese"),
    [
        ("picture", (), {"task": "inpaint"}, "Paint over what is missing", "请先涂抹"),
        ("picture", ("everything",), {}, "covers the whole picture", "盖住了整张"),
        ("picture", ("square",), {}, "Use a mask of the same shape", "形状相同"),
        ("picture", ("mask",), {"task": "enlarge4"}, "enlarged as a whole", "放大针对整张"),
        ("letter", (), {}, "not a picture", "不是图片"),
        ("picture", ("letter",), {}, "not a picture", "不是图片"),
        ("picture", (), {"fidelity": 2}, "from 0 to 1", "0 到 1 之间"),
        ("picture", (), {"seed": "seven"}, "must be a number", "之间的数"),
    ],
)
def test_bad_input_gets_a_sentence_in_the_language_of_the_page(
    pages: dict[str, Client],
    files: dict[str, Path],
    picture: str,
    layers: tuple,
    changes: dict,
    english: str,
    chinese: str,
) -> None:
    for client, words in zip(pages.values(), (english, chinese), strict=True):
        value = editor(files[picture], *(files[name] for name in layers))
        with pytest.raises(AppError, match=words):
            client.predict(value, **(SETTINGS | changes), api_name="/repair_picture")


def test_nothing_in_the_editor_gets_a_sentence(client: Client) -> None:
    for door, rest in (("/repair_picture", SETTINGS), ("/clear_mask", {})):
        with pytest.raises(AppError, match="Choose a picture first"):
            client.predict(None, **rest, api_name=door)
    with pytest.raises(AppError, match="no result yet"):
        client.predict(api_name="/use_result")


def test_a_photograph_is_stylised_step_by_step(client: Client, files: dict[str, Path]) -> None:
    path, status, file = client.predict(handle_file(files["picture"]), **ART, api_name="/stylise_picture")
    assert pixels(path).shape == (64, 96, 3) and "6" in status
    assert Path(file).name == "art-ink-seed0.png"
    with pytest.raises(AppError, match="Choose a picture first"):
        client.predict(handle_file(files["picture"]), **(ART | {"style": "own"}), api_name="/stylise_picture")


def test_a_painting_repeats_from_its_seed(client: Client) -> None:
    first, second = (client.predict(**PAINTING, api_name="/paint_picture")[0] for _ in range(2))
    assert pixels(first).shape == (256, 256, 3)
    assert Path(first).read_bytes() == Path(second).read_bytes()
    apart = pixels(first).astype(int) - pixels(first)[:, ::-1]
    assert np.sqrt(np.square(apart).mean()) < 5  # a mirror, but for the invisible mark
    with pytest.raises((AppError, ValueError)):
        client.predict(**(PAINTING | {"symmetry": "odd"}), api_name="/paint_picture")


def test_who_is_cut_out_already_is_put_into_a_scene(client: Client, files: dict[str, Path], tmp_path: Path) -> None:
    person = Image.open(files["picture"]).convert("RGBA")
    person.putalpha(Image.open(files["mask"]))
    person.save(tmp_path / "person.png")
    upload = handle_file(tmp_path / "person.png")
    assert Image.open(client.predict(upload, api_name="/cut_out_person")).mode == "RGBA"
    path, file = client.predict(upload, "own", handle_file(files["picture"]), 0, **PLACED, api_name="/compose_picture")
    assert Image.open(path).size == (96, 64) and Path(file).name == "compose-own.png"
    with pytest.raises(AppError, match="from 0 to 1"):
        client.predict(upload, "own", None, 0, **(PLACED | {"x": 3}), api_name="/compose_picture")


def test_the_quality_panel_opens(client: Client) -> None:
    assert "<" in client.predict(api_name="/repair_quality")
