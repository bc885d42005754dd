"""Reading the invisible marks: what they name, and whether they belong to the recipe beside them."""

import numpy as np
import pytest
import torch
from PIL import Image

from genai_demo.core import cards
from genai_demo.core import marks as writing
from genai_demo.faces import generate as faces
from genai_demo.repair import art
from genai_demo.trust import attacks, marks, metadata, sound_attacks, train_picture_mark, train_sound_mark
from genai_demo.trust.train_picture_mark import PictureMarkConfig, PictureMarkSettings, PictureMarkTask

RECIPE = {"seed": 7, "truncation": 0.7}


@pytest.fixture(scope="module")
def marked() -> Image.Image:
    picture = faces.sample(9, 1, 0.7)[0].resize((192, 192), Image.Resampling.BICUBIC)
    return writing.mark_picture(picture, ["faces-gan"], RECIPE)


def test_the_mark_names_models_and_recipe(marked):
    found = marks.find_in_picture(marked, metadata.Found(RECIPE, cards.software(["faces-gan"])))
    assert found.verdict == "marked" and found.own_recipe is True
    assert cards.software(["faces-gan"]) in found.makers


def test_a_foreign_recipe_is_told(marked):
    found = marks.find_in_picture(marked, metadata.Found({"seed": 8}, ""))
    assert found.own_recipe is False and cards.software(["faces-gan"]) in found.makers


def test_without_metadata_the_mark_still_names_the_models(marked):
    found = marks.find_in_picture(marked.crop((11, 5, 180, 190)))
    assert found.verdict == "marked" and found.own_recipe is None and found.makers


def test_nothing_is_read_into_an_unmarked_picture():
    found = marks.find_in_picture(art.paint(2, 150, 150), thorough=False)
    assert found.verdict == "none" and found.makers == () and found.own_recipe is None


# --------------------------------------------------------------------------- school


def test_attacks_keep_shape_and_range_and_pass_gradients():
    random = np.random.default_rng(0)
    pictures = torch.rand(2, 3, 40, 56, requires_grad=True)
    changes = [
        attacks.jpeg(pictures, 50), attacks.resize(pictures, 0.5), attacks.blur(pictures, 1.0),
        attacks.noise(pictures, 0.02), attacks.colour(pictures, random),
    ]  # fmt: skip
    for changed in changes:
        assert changed.shape == pictures.shape and changed.min() >= -0.01 and changed.max() <= 1.01
        gradient = torch.autograd.grad(changed.square().sum(), pictures, retain_graph=True)[0]
        assert gradient.isfinite().all() and gradient.abs().sum() > 0


def test_our_jpeg_is_close_to_the_real_one():
    import io

    picture = faces.sample(3, 1, 0.7)[0].convert("L").convert("RGB")
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=50, subsampling=0)
    real = np.asarray(Image.open(io.BytesIO(buffer.getvalue())), np.float32)
    tensor = torch.from_numpy(np.asarray(picture, np.float32) / 255).permute(2, 0, 1)[None]
    ours = attacks.jpeg(tensor, 50)[0].permute(1, 2, 0).numpy() * 255
    plain = np.asarray(picture, np.float32)
    assert np.abs(ours - real).mean() < 0.5 * np.abs(plain - real).mean()


def test_sound_attacks_keep_length_and_pass_gradients():
    wave = (0.1 * torch.randn(2, 9_000)).requires_grad_()
    for changed in (
        sound_attacks.noise(wave, 20),
        sound_attacks.low_pass(wave, 4_000),
        sound_attacks.coder(wave, 12, 8e3),
    ):
        assert changed.shape == wave.shape
        assert torch.autograd.grad(changed.square().sum(), wave, retain_graph=True)[0].abs().sum() > 0
    high = torch.sin(torch.arange(9_000) * 2 * torch.pi * 8_000 / 22_050)[None]
    assert sound_attacks.low_pass(high, 4_000).abs().mean() < 0.01


@pytest.fixture
def pictures(tmp_path):
    """A prepared set of paintings: 20 to learn from, 6 held out."""
    found = np.stack([np.asarray(art.paint(seed, 128, 128)) for seed in range(26)])
    np.save(tmp_path / "images.npy", found)
    rows = [f"{i},{'held_out' if i % 4 == 3 else 'train'},own" for i in range(26)]
    (tmp_path / "index.csv").write_text("\n".join(["file,split,licence", *rows]) + "\n")
    return tmp_path


def learnt(task, steps: int) -> list[float]:
    """Losses of the bits while the same batch is seen again and again: what is drawn depends on the step's number."""
    losses = []
    for _ in range(steps):
        torch.manual_seed(0)
        losses.append(float(task.step(60)["read"]))
    return losses


@pytest.mark.slow
def test_the_mark_is_learnt(pictures):
    task = PictureMarkTask(PictureMarkConfig(bits=16), PictureMarkSettings(batch=4, milder=1_000), [str(pictures)])
    losses = learnt(task, 20)
    assert losses[-1] < 0.5 * losses[0]
    assert task.licences == {"own": 20}
    assert task.evaluate()["psnr"] > 40


def test_sets_that_are_not_there_get_a_sentence(tmp_path):
    with pytest.raises(ValueError, match="data faces"):
        train_picture_mark.read_sets([str(tmp_path)], "train")
    with pytest.raises(ValueError, match="data audio"):
        train_sound_mark.Sounds([str(tmp_path)], "train", 5_000)


@pytest.mark.slow
def test_the_mark_in_sounds_is_learnt(tmp_path):
    import json

    random = np.random.default_rng(0)
    rows = [
        {
            "start": 30_000 * i,
            "length": 30_000,
            "split": "held_out" if i == 3 else "train",
            "licence": "own",
            "rms": 0.1,
        }
        for i in range(4)
    ]
    np.save(tmp_path / "samples.npy", (3_000 * random.standard_normal(120_000)).astype(np.int16))
    (tmp_path / "clips.json").write_text(json.dumps(rows))
    settings = train_sound_mark.SoundMarkSettings(batch=2, seconds=1.2, milder=1_000)
    config = train_sound_mark.SoundMarkConfig(tile=2_048, bits=16)
    task = train_sound_mark.SoundMarkTask(config, settings, [str(tmp_path)])
    losses = learnt(task, 20)
    assert losses[-1] < 0.9 * losses[0]
    task.sample_sheet(tmp_path / "sheet")
    assert (tmp_path / "sheet.wav").stat().st_size > 100_000
