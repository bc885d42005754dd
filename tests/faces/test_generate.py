"""The face room's door, with the weights that come with the project."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from genai_demo.core import checkpoint, limits
from genai_demo.faces import generate, latents, recipe
from genai_demo.faces.latents import EASINGS
from tests.faces.tiny import save_all


@pytest.fixture
def tiny_checkpoints(tmp_path, monkeypatch):
    """Random networks of 16 x 16 pixels in place of the trained ones."""
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    generate._load.cache_clear()
    generate._directions.cache_clear()
    save_all()
    yield tmp_path
    generate._load.cache_clear()
    generate._directions.cache_clear()


def pixels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture).astype(int)


def difference(first: Image.Image, second: Image.Image) -> float:
    """Mean over all values, in grey levels."""
    return float(np.abs(pixels(first) - pixels(second)).mean())


def almost_equal(first: Image.Image, second: Image.Image) -> bool:
    """Batches of different sizes may round differently: by little everywhere, by a few levels here and there."""
    apart = np.abs(pixels(first) - pixels(second))
    return float(apart.mean()) < 0.5 and int(apart.max()) <= 8


# Seeds


@settings(max_examples=6)
@given(
    seed=st.integers(0, limits.MAX_SEED),
    truncation=st.floats(0, limits.MAX_TRUNCATION),
    model=st.sampled_from(generate.MODELS),
    noise=st.booleans(),
)
def test_same_seed_same_bytes(seed, truncation, model, noise):
    first, second = (generate.sample(seed, 1, truncation, model, noise)[0] for _ in range(2))
    assert first.size == (128, 128)
    assert first.mode == "RGB"
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("model", generate.MODELS)
def test_a_face_does_not_depend_on_its_neighbours(model):
    assert almost_equal(generate.sample(seed=7, count=4, model=model)[1], generate.sample(seed=8, model=model)[0])


def test_faces_differ_and_truncation_draws_them_together():
    apart = [difference(*generate.sample(1, 2, psi, noise=False)) for psi in (1.0, 0.5, 0.0)]
    assert apart[0] > apart[1] > apart[2] == 0


def test_seeds_and_latents_say_the_same():
    assert almost_equal(generate.decode(generate.latent(3), 0.7), generate.sample(3)[0])
    point = generate.latent(3)
    np.testing.assert_allclose(generate.from_z(point.z).styles, point.styles)
    assert (point.origin, point.seed, point.model) == ("seed 3", 3, "gan")


# Paths


@pytest.mark.parametrize("space", ["w", "z", "vae"])
def test_paths_begin_and_end_at_the_key_faces(space):
    frames = generate.interpolate([5, 9], 4, space)
    keys = [generate.latent(seed, "vae" if space == "vae" else "gan") for seed in (5, 9)]
    keys[1] = dataclasses.replace(keys[1], seed=5)  # the noise is that of the first key, or it would flicker
    assert len(frames) == 4
    for frame, key in ((frames[0], keys[0]), (frames[-1], keys[1])):
        assert almost_equal(frame, generate.decode(key, 0.7))


@pytest.mark.parametrize("easing", EASINGS)
def test_paths_are_even_enough_to_look_at(easing):
    frames = generate.interpolate([5, 9], 8, "w", "slerp", easing)
    steps = generate.path_length(frames)
    assert len(steps) == 7
    assert all(0 < step < 2 for step in steps)


def test_a_path_is_as_long_in_parts_as_at_once(monkeypatch):
    frames = generate.interpolate([5, 9], 8)
    whole = generate.path_length(frames)
    monkeypatch.setattr(generate, "STEPS_AT_ONCE", 3)
    assert generate.path_length(frames) == pytest.approx(whole, rel=1e-4)


def test_a_blend_at_the_corners_is_the_corner():
    corners = [generate.latent(seed) for seed in (1, 2, 3, 4)]
    for i, (x, y) in enumerate([(0, 0), (1, 0), (0, 1), (1, 1)]):
        np.testing.assert_allclose(generate.blend(corners, x, y).styles, corners[i].styles, atol=1e-6)


# Directions and styles


@pytest.mark.parametrize("model", generate.MODELS)
def test_directions_change_the_picture_and_are_undone(model):
    point = generate.latent(11, model)
    found = generate.directions(model)
    assert len({d.name for d in found}) == len(found) >= 12
    for direction in (found[0], found[-1]):
        moved = generate.edit(point, {direction.name: 1.0})
        assert difference(generate.decode(moved), generate.decode(point)) > 0.5
        back = generate.edit(moved, {direction.name: -1.0})
        np.testing.assert_allclose(back.styles, point.styles, atol=1e-4)


def test_a_grid_mixes_rows_with_columns():
    grid = generate.mix_grid([1, 2], [3, 4, 5], "all")
    assert [len(row) for row in grid] == [3, 3]
    assert difference(grid[0][0], grid[1][0]) < difference(grid[0][0], grid[0][1])  # "all": the column decides


# Opinions


def test_opinions_are_probabilities():
    faces = [*generate.sample(3, 2), Image.new("RGB", (128, 128), "grey")]
    found = generate.judge(faces)
    assert len(found) == 3
    assert all(0 < p < 1 for p in found)
    assert found[0] == pytest.approx(generate.judge(faces[:1])[0], abs=0.02)
    assert generate.judge([]) == []


def test_cards_and_replay():
    for model in generate.MODELS:
        assert generate.card(model)["files"]
    moments = [count for count, _ in generate.replay()]
    assert moments == sorted(moments)


# Uploads


def upload(face: Image.Image) -> Image.Image:
    """A photograph around an aligned face: larger, with room on all sides."""
    picture = Image.new("RGB", (400, 400), face.getpixel((5, 5)))
    picture.paste(face.resize((320, 320), Image.Resampling.BICUBIC), (40, 40))
    return picture


@pytest.mark.parametrize("model", generate.MODELS)
def test_a_generated_face_is_found_again(model):
    picture = upload(generate.sample(7, truncation=0.5)[0])
    aligned = generate.align(picture)
    point = generate.project(picture, model)
    assert (point.model, point.origin, point.z) == (model, "upload", None)
    own = difference(generate.decode(point), aligned)
    others = [difference(other, aligned) for other in generate.sample(100, 4, model=model)]
    assert own < min(others)


@pytest.mark.parametrize("model", generate.MODELS)
def test_an_aligned_face_stands_for_its_photograph(model):
    picture = upload(generate.sample(7, truncation=0.5)[0])
    whole, face = generate.project(picture, model), generate.project(generate.align(picture), model, aligned=True)
    assert np.array_equal(whole.styles, face.styles)


def test_in_what_is_said_to_be_aligned_no_face_is_looked_for():
    assert generate.project(Image.new("RGB", (300, 300), "grey"), aligned=True).origin == "upload"


def test_refinement_comes_closer_step_by_step():
    picture = upload(generate.sample(7, truncation=0.5)[0])
    points = list(generate.project_steps(picture, steps=6))
    assert len(points) == 7
    aligned = generate.align(picture)
    first, last = (difference(generate.decode(p, noise=False), aligned) for p in (points[0], points[-1]))
    assert last < first


def test_what_is_hidden_of_a_face_is_imagined(monkeypatch):
    monkeypatch.setattr(limits, "FILL_STEPS", 8)
    face = generate.sample(11, truncation=0.6)[0]
    hidden = np.zeros((face.height, face.width), bool)
    hidden[60:100, 40:80] = True
    left = np.asarray(face).copy()
    left[hidden] = 128
    found = list(generate.fill_steps(Image.fromarray(left), hidden, 1))
    assert len(found) == 9 and all(f.size == face.size for f in found)
    known = [np.abs(np.asarray(f).astype(int) - np.asarray(face))[~hidden].mean() for f in found]
    assert known[-1] < known[0]
    *_, other = generate.fill_steps(Image.fromarray(left), hidden, 2)
    assert np.abs(np.asarray(other).astype(int) - np.asarray(found[-1]))[hidden].mean() > 1
    for wrong in (np.ones_like(hidden), hidden[:-1]):
        with pytest.raises(ValueError, match="shape of the face"):
            list(generate.fill_steps(face, wrong))


def test_a_picture_without_a_face_is_refused():
    with pytest.raises(ValueError, match=r"face.*\."):
        generate.project(Image.new("RGB", (300, 300), "grey"))


# What is refused


def sentence(error: pytest.ExceptionInfo) -> bool:
    text = str(error.value)
    return text[0].isupper() and text.endswith(".") and "\n" not in text


@pytest.mark.parametrize(
    "call",
    [
        lambda: generate.sample(-1),
        lambda: generate.sample(limits.MAX_SEED, 2),
        lambda: generate.sample(1.5),
        lambda: generate.sample(None),
        lambda: generate.sample("seven"),
        lambda: generate.sample(1, 0),
        lambda: generate.sample(1, limits.MAX_FACES + 1),
        lambda: generate.sample(1, truncation=-0.1),
        lambda: generate.sample(1, truncation=limits.MAX_TRUNCATION + 0.1),
        lambda: generate.sample(1, truncation=float("nan")),
        lambda: generate.sample(1, model="diffusion"),
        lambda: generate.directions("diffusion"),
        lambda: generate.card("diffusion"),
        lambda: generate.edit(generate.latent(1), {"wings": 1.0}),
        lambda: generate.edit(generate.latent(1), {"smile": limits.MAX_EDIT + 1}),
        lambda: generate.edit(generate.latent(1), {"smile": float("nan")}),
        lambda: generate.mix_grid([1], [2], "top"),
        lambda: generate.interpolate([1], 5),
        lambda: generate.interpolate([1] * (limits.MAX_KEYS + 1), 5),
        lambda: generate.interpolate([1, 2], limits.MIN_FRAMES - 1),
        lambda: generate.interpolate([1, 2], limits.MAX_FRAMES + 1),
        lambda: generate.interpolate([1, 2], 5, "y"),
        lambda: generate.interpolate([1, 2], 5, method="spline"),
        lambda: generate.interpolate([1, 2], 5, easing="bouncy"),
        lambda: generate.interpolate([generate.latent(1, "vae"), 2], 5),
        lambda: generate.interpolate([dataclasses.replace(generate.latent(1), z=None), 2], 5, "z"),
        lambda: generate.blend([generate.latent(1)] * 3, 0, 0),
        lambda: generate.blend([generate.latent(1)] * 4, float("nan"), 0),
        lambda: generate.blend([generate.latent(1)] * 3 + [generate.latent(1, "vae")], 0, 0),
        lambda: generate.decode_many([generate.latent(1), generate.latent(1, "vae")]),
        lambda: generate.project(Image.new("RGB", (300, 300)), steps=limits.MAX_REFINEMENT_STEPS + 1),
        lambda: generate.project(Image.new("RGB", (300, 300)), "diffusion"),
    ],
)
def test_bad_input_is_answered_in_a_sentence(call):
    with pytest.raises(ValueError) as error:
        call()
    assert sentence(error)


# Checkpoints


def test_a_missing_checkpoint_is_a_sentence(tiny_checkpoints):
    (tiny_checkpoints / "faces-gan.json").unlink()
    with pytest.raises(ValueError, match="no checkpoint called 'faces-gan'") as error:
        generate.sample(1)
    assert sentence(error)


def test_missing_weights_are_a_sentence(tiny_checkpoints):
    (tiny_checkpoints / "faces-gan.safetensors").unlink()
    with pytest.raises(ValueError, match="are missing") as error:
        generate.sample(1)
    assert sentence(error)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"resolution": 16, "wings": 2}, "do not fit this program"),
        ({"resolution": "large"}, "do not fit this program"),
        (None, "do not fit this program"),
        ({"resolution": 16}, "do not fit the settings"),
    ],
)
def test_a_foreign_card_is_a_sentence(tiny_checkpoints, config, words):
    card = checkpoint.read_card("faces-gan")
    checkpoint.write_card("faces-gan", {k: v for k, v in card.items() if k != "config"} | {"config": config})
    with pytest.raises(ValueError, match=words) as error:
        generate.sample(1)
    assert sentence(error)


def test_a_card_without_settings_is_a_sentence(tiny_checkpoints):
    checkpoint.write_card("faces-gan", {"files": {}})
    with pytest.raises(ValueError, match="do not fit this program"):
        generate.latent(1)


def test_networks_of_another_side_work_throughout(tiny_checkpoints, monkeypatch):
    monkeypatch.setattr(generate, "align", lambda image: image.resize((128, 128)))
    faces = generate.sample(1, 2)
    assert faces[0].size == (16, 16)
    assert len(generate.path_length(faces)) == 1
    for model in generate.MODELS:
        assert generate.decode(generate.project(faces[0], model)).size == (16, 16)
    assert len(list(generate.project_steps(faces[0], steps=2))) == 3


# Recipes


def test_styles_survive_a_recipe():
    styles = np.random.default_rng(0).normal(size=(12, 256)).astype(np.float32)
    assert np.array_equal(recipe.unpack_styles(recipe.pack_styles(styles)), latents.to_half(styles))
    for words in ("", "12x256:", "2x2:????", "1x1:AAAA", None):
        with pytest.raises(ValueError, match="damaged"):
            recipe.unpack_styles(words)


@pytest.mark.parametrize("model", generate.MODELS)
def test_a_recipe_makes_an_edited_upload_again(model):
    upload = generate.project(generate.sample(3, truncation=0.5)[0], model)
    name = generate.directions(model)[0].name
    image = generate.decode(generate.edit(upload, {name: 1.0}, "middle"))
    found = {"model": model, "origin": "upload", "noise_seed": 0, "truncation": 1.0, "noise": True}
    found |= {"sliders": {name: 1.0}, "layers": "middle", "styles": recipe.pack_styles(upload.styles)}
    assert generate.remake(found).tobytes() == image.tobytes()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": "toaster"}, "No model is called"),
        ({"noise_seed": -1}, "must be a number from 0 to 2147483647"),
        ({"styles": "1x2:AAAAAA=="}, "damaged|another GAN"),
        ({"sliders": 5}, "not that of a face"),
        ({"truncation": "much"}, "must be a number"),
    ],
)
def test_a_foreign_recipe_is_a_sentence(change, words):
    found = {"model": "gan", "noise_seed": 1, "truncation": 0.7} | change
    with pytest.raises(ValueError, match=words) as error:
        generate.remake(found)
    assert sentence(error)
    with pytest.raises(ValueError, match="not that of a face"):
        generate.remake({})
