"""A visitor's own faces: the checks, and fine-tuning a tiny GAN on them."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter

from genai_demo.core import cards, checkpoint, limits
from genai_demo.core.archives import Dropped, members
from genai_demo.core.lent import lending
from genai_demo.core.tuning import Tuning
from genai_demo.faces import generate, own
from genai_demo.faces.align import NO_FACE, NoFace
from tests.faces import tiny
from tests.lab.tiny_own import packed, png, portrait, save_face_models


@pytest.fixture(autouse=True)
def tiny_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    save_face_models()
    generate._load.cache_clear()
    yield
    generate._load.cache_clear()


@pytest.fixture
def every_picture_is_a_face(monkeypatch: pytest.MonkeyPatch) -> None:
    """The finder has tests of its own."""

    def align(picture: Image.Image) -> Image.Image:
        if picture.width > 300:
            raise NoFace(NO_FACE)
        return picture.resize((128, 128))

    monkeypatch.setattr(own, "align_face", align)


def faces(count: int = 18) -> own.Faces:
    return own.split([Image.fromarray(pixels) for pixels in _pixels(count)])


def _pixels(count: int) -> np.ndarray:
    return tiny.pictures(count, 16).permute(0, 2, 3, 1).numpy()


# --------------------------------------------------------------------------- checks


def test_pictures_of_a_zip_are_kept_or_dropped_with_a_reason(every_picture_is_a_face: None) -> None:
    good = {f"{i}.png": png(portrait(i)) for i in range(limits.MIN_OWN_PICTURES)}
    grey = portrait(99).convert("L").convert("RGB")
    bad = {
        "again.png": png(portrait(3)), "grey.png": png(grey), "dark.png": png(Image.new("RGB", (128, 128), "black")),
        "soft.png": png(portrait(98).filter(ImageFilter.GaussianBlur(4))), "small.png": png(portrait(97, 32)),
        "cut.png": png(portrait(96))[:200], "text.png": b"no picture", "notes.txt": b"no picture",
        "landscape.png": png(portrait(95, 512)),
    }  # fmt: skip
    dropped: Dropped = []
    found = own.check(members(packed(good | bad), own.SUFFIXES, dropped), dropped)
    assert len(found.all) == len(good) and all(face.size == (128, 128) for face in found.all)
    assert Counter(reason for _, reason in dropped) == {
        "duplicate": 1, "greyscale": 1, "too dark": 1, "blurred": 1, "too small": 1, "damaged": 1, "not a picture": 1,
        "other kind of file": 1, "no face found": 1,
    }  # fmt: skip


def test_too_few_faces_are_said(every_picture_is_a_face: None) -> None:
    with pytest.raises(ValueError, match="3 faces are left"):
        own.check(((f"{i}.png", png(portrait(i))) for i in range(3)), [])


def test_more_than_the_limit_is_left_out(every_picture_is_a_face: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_OWN_PICTURES", 17)
    dropped: Dropped = []
    found = own.check(((f"{i}.png", png(portrait(i))) for i in range(19)), dropped)
    assert len(found.all) == 17 and [reason for _, reason in dropped] == ["beyond the limit of all"] * 2


def test_every_eighth_is_held_out() -> None:
    found = faces(24)
    assert len(found.held_out) == 3 and len(found.learnt) == 21


def test_sharpness_falls_with_blur() -> None:
    sharp = portrait(0)
    soft = sharp.filter(ImageFilter.GaussianBlur(4))
    assert own.sharpness(np.asarray(sharp)) > own.BLURRED > own.sharpness(np.asarray(soft))


# --------------------------------------------------------------------------- tuning


def tuned(folder: Path, steps: int = 20) -> Tuning:
    tuning = Tuning(own.FacesSubject(faces()), folder)
    for _ in tuning.train(60):
        if tuning.step >= steps:
            break
    return tuning


def test_it_draws_held_out_faces_better(tmp_path: Path) -> None:
    tuning = tuned(tmp_path / "run")
    first, best = tuning.points[0], tuning.best_point()
    assert best.score < first.score and best.step > 0
    assert {"score", "psnr", "frechet"} == set(best.figures)


def test_a_training_that_goes_on_is_as_one_that_was_not_stopped(tmp_path: Path) -> None:
    whole = tuned(tmp_path / "whole", 12)
    tuned(tmp_path / "part", 5)
    part = Tuning(own.FacesSubject(faces()), tmp_path / "part")
    assert part.resume() and part.step == 5
    for _ in part.train(60):
        if part.step >= 12:
            break
    for a, b in zip(whole.subject.network.parameters(), part.subject.network.parameters(), strict=True):
        assert torch.equal(a, b)


def test_new_faces_come_from_where_the_visitor_s_lie(tmp_path: Path) -> None:
    subject = own.FacesSubject(faces())
    subject.step(0)
    centre = subject.places.mean((0, 1))
    assert torch.allclose(subject.network.mapping.centre, centre, atol=1e-3)


def test_the_download_is_a_checkpoint_that_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tuning = tuned(tmp_path / "run")
    tuning.rest()
    files = own.pack(tuning, faces())
    assert set(files) == {"faces-gan.safetensors", "faces-gan.json"}
    place = tmp_path / "checkpoints"
    before = generate.sample(1)[0].tobytes()
    with lending(own.lendable(files, tuning)):
        mine, name = generate.sample(1)[0].tobytes(), cards.fingerprint("faces-gan")
    assert mine != before == generate.sample(1)[0].tobytes()
    for file, data in files.items():
        (place / file).write_bytes(data)
    generate._load.cache_clear()
    assert cards.fingerprint("faces-gan") == name and checkpoint.read_card("faces-gan")["base"]["name"] == "faces-gan"
    theirs = np.asarray(generate.sample(1)[0]).astype(int)
    assert np.abs(theirs - np.frombuffer(mine, np.uint8).reshape(theirs.shape)).max() <= 6  # half precision


def test_what_is_lent_does_not_teach_the_next_training(tmp_path: Path) -> None:
    tuning = tuned(tmp_path / "run", 10)
    with lending(own.lendable(own.pack(tuning, faces()), tuning)):
        again = own.FacesSubject(faces())
        shipped = own.published_network()
    assert shipped is generate.network("faces-gan")
    assert again.measure() == tuning.points[0].figures
