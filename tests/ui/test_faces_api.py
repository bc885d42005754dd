"""The tab "Face generation" through its HTTP API."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from genai_demo.faces import generate
from genai_demo.faces.recipe import read_recipe
from genai_demo.ui import faces_actions as actions
from genai_demo.ui.app import build
from genai_demo.ui.faces_actions import Selected

SETTINGS = {"seed": 7, "count": 3, "truncation": 0.7, "model": "gan", "noise": True}


@pytest.fixture
def client(app_url: str) -> Client:
    """A new session of the app."""
    return Client(app_url, verbose=False)


def make(client: Client, **changes):
    """Generate faces; returns the gallery and the path of the zip."""
    return client.predict(**(SETTINGS | changes), api_name="/generate_faces")


def pixels(path: str) -> np.ndarray:
    """The picture at ``path``."""
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


@pytest.mark.parametrize("model", ["gan", "vae"])
def test_the_same_seed_gives_the_same_bytes(client: Client, model: str) -> None:
    first, again = (make(client, model=model)[0] for _ in range(2))
    assert len(first) == 3
    for a, b in zip(first, again, strict=True):
        assert Path(a["image"]).read_bytes() == Path(b["image"]).read_bytes()


def test_a_face_does_not_depend_on_its_company(client: Client) -> None:
    alone = make(client, seed=8, count=1)[0][0]["image"]
    second = make(client, seed=7, count=3)[0][1]["image"]
    assert Path(alone).name == Path(second).name == "faces-gan-seed8-psi0.70.png"
    assert np.abs(pixels(alone) - pixels(second)).mean() < 1


def test_pictures_carry_name_recipe_and_opinion(client: Client) -> None:
    gallery, archive = make(client)
    recipe = read_recipe(Path(gallery[0]["image"]).read_bytes())
    assert recipe["seed"] == 7 and recipe["truncation"] == 0.7 and recipe["model"] == "gan"
    assert "%" in gallery[0]["caption"]
    with zipfile.ZipFile(archive) as packed:
        assert packed.namelist()[0] == "faces-gan-seed7-psi0.70.png"
        assert read_recipe(packed.read(packed.namelist()[2]))["seed"] == 9
        assert Image.open(io.BytesIO(packed.read(packed.namelist()[0]))).size == (256, 256)


@pytest.mark.parametrize(
    "wrong",
    [
        {"seed": -1},
        {"seed": 2**31},
        {"seed": "seven"},
        {"seed": None},
        {"count": 0},
        {"count": 17},
        {"count": "many"},
        {"count": 2.5},
        {"truncation": 9},
        {"truncation": -0.1},
        {"truncation": "high"},
        {"truncation": None},
        {"model": "diffusion"},
    ],
)
def test_wrong_settings_get_a_sentence_and_the_app_goes_on(client: Client, wrong: dict) -> None:
    with pytest.raises((AppError, ValueError)) as caught:
        make(client, **wrong)
    assert "Traceback" not in str(caught.value) and len(str(caught.value)) > 15
    assert len(make(client, count=1)[0]) == 1


def test_a_slider_changes_the_selected_face(client: Client) -> None:
    make(client)
    client.predict(2, api_name="/select_face")
    plain = client.predict(api_name="/edit_selected")[0]
    name = generate.directions("gan")[0].name
    moved = client.predict(**{f"gan_{name}": 2.5}, api_name="/edit_selected")[0]
    assert np.abs(pixels(plain) - pixels(moved)).mean() > 1
    recipe = read_recipe(Path(moved).read_bytes())
    assert recipe["sliders"] == {name: 2.5} and recipe["seed"] == 8
    assert "%" in client.predict(**{f"gan_{name}": 2.5}, api_name="/judge_face")


@pytest.mark.parametrize("amount", [99, "far", None, [1]])
def test_a_wrong_slider_gets_a_sentence(client: Client, amount) -> None:
    name = generate.directions("gan")[0].name
    with pytest.raises(AppError, match="must be a number from -4 to 4"):
        client.predict(**{f"gan_{name}": amount}, api_name="/edit_selected")


def test_not_a_number_gets_a_sentence(client: Client, app_url: str) -> None:
    name = generate.directions("gan")[0].name
    with pytest.raises((AppError, ValueError)):
        client.predict(**{f"gan_{name}": float("nan")}, api_name="/edit_selected")
    make(client, count=1)
    assert client.predict(api_name="/edit_selected")


def test_every_direction_of_every_model_has_a_slider(client: Client) -> None:
    endpoint = client.view_api(return_format="dict", print_info=False)["named_endpoints"]["/edit_selected"]
    names = {p["parameter_name"] for p in endpoint["parameters"]}
    assert {f"{m}_{d.name}" for m in generate.MODELS for d in generate.directions(m)} <= names


def test_no_slider_leaves_the_region_of_real_faces(client: Client) -> None:
    make(client, count=1)
    _, _, words = client.predict(api_name="/edit_selected")
    assert "of the way from the average face" in words and "meter" in words
    far, _, words = client.predict(gan_yaw=-4, gan_age=4, api_name="/edit_selected")
    assert "At the edge" in words and 'aria-valuenow="100"' in words
    recipe = read_recipe(Path(far).read_bytes())
    assert recipe["held"] and recipe["sliders"] == {"yaw": -4, "age": 4}
    again = generate.remake(recipe)
    assert np.abs(np.asarray(again, int) - pixels(far)).mean() < 1.5, "the mark alone is between them"
    assert np.abs(np.asarray(generate.remake(recipe | {"held": False}), int) - pixels(far)).mean() > 3


def test_selecting_what_is_not_there(client: Client) -> None:
    with pytest.raises(AppError, match="Generate some first"):
        client.predict(1, api_name="/select_face")
    make(client)
    with pytest.raises(AppError, match="from 1 to 3"):
        client.predict(4, api_name="/select_face")


def test_dice_and_lock(client: Client) -> None:
    assert client.predict(seed=5, lock=True, api_name="/next_seed") == 5
    assert len({client.predict(api_name="/roll_seed") for _ in range(4)}) > 1


def test_surprise_moves_only_sliders_of_the_model(client: Client) -> None:
    amounts = client.predict("vae", api_name="/surprise_me")
    of_gan = len(generate.directions("gan"))
    assert not any(amounts[:of_gan]) and any(amounts[of_gan:])
    assert not any(client.predict(api_name="/reset_sliders"))


def test_style_mixing_makes_a_grid_with_parents(client: Client) -> None:
    sheet = client.predict("1, 2", "3 4 5", "fine", 0.7, api_name="/mix_styles")
    assert Image.open(sheet).size == (4 * 128 + 12, 3 * 128 + 12)
    for rows in ("", "a, b", "1,2,3,4,5,6,7"):
        with pytest.raises(AppError, match="seeds"):
            client.predict(rows, "3", "fine", 0.7, api_name="/mix_styles")


def test_the_quality_panel_names_both_models(client: Client) -> None:
    assert "<" in client.predict(api_name="/show_quality")


def test_an_uploaded_face_gets_a_latent_and_sliders(client: Client, portrait: Path) -> None:
    compare, words, own = client.predict(handle_file(portrait), "gan", api_name="/project_face")
    assert len(compare) == 2 and "%" in words and len(own) == 1
    drawn = client.predict(api_name="/edit_selected")[0]
    assert "upload" in Path(drawn).name
    name = generate.directions("gan")[0].name
    moved = client.predict(**{f"gan_{name}": 3}, api_name="/edit_selected")[0]
    assert np.abs(pixels(drawn) - pixels(moved)).mean() > 1


def test_refinement_streams_and_can_be_stopped(client: Client, portrait: Path) -> None:
    compare, words = client.predict(handle_file(portrait), 3, api_name="/refine_face")
    assert len(compare) == 2 and "%" in words
    job = client.submit(handle_file(portrait), 100, api_name="/refine_face")
    job.cancel()
    assert client.predict(api_name="/edit_selected")


def test_the_first_face_is_the_first_of_the_gallery_and_comes_before_it() -> None:
    picture, download, _ = actions.first_face(7, 0.7, "gan", True, "all")
    again, *_ = actions.edit_face(Selected(generate.latent(7, "gan")), "all", 0.7, True)
    assert Path(picture).read_bytes() == Path(again).read_bytes() and picture == download
    page = build()
    loads = [fn for fn in page.fns.values() if (page._id, "load") in fn.targets]
    assert next(fn.fn.__name__ for fn in loads if fn.concurrency_id == "model") == "first_face"


def test_faces_are_bred_over_generations(client: Client) -> None:
    make(client, seed=7, count=2)
    with pytest.raises(AppError, match="two parents or more"):
        client.predict(weights="", mutation=0.3, crossing=0.5, seed=1, api_name="/breed_faces")
    client.predict(api_name="/add_parent")
    client.predict(2, api_name="/select_face")
    tree, children = client.predict(gan_age=1.5, api_name="/add_parent")
    assert tree.count("<img") == 2 and not children
    settings = {"mutation": 0.3, "crossing": 0.5, "seed": 1, "api_name": "/breed_faces"}
    tree, children = client.predict(weights="2, 1", **settings)
    assert tree.count("<img") == 2 + 8 and len(children) == 8
    files = [child["image"] for child in children]
    assert len({Path(path).read_bytes() for path in files}) == 8
    again = generate.remake(read_recipe(Path(files[3]).read_bytes()))
    assert np.abs(np.asarray(again, int) - pixels(files[3])).mean() < 1.5, "the mark alone is between them"
    with pytest.raises(AppError, match="2 parents, and 3 weights"):
        client.predict(weights="1, 1, 1", **settings)
    tree, children = client.predict(api_name="/add_parent")
    assert "Generation 2" in tree and not children
    tree, children = client.predict(api_name="/undo_breeding")
    assert "Generation 2" not in tree and len(children) == 8
