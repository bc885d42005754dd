"""What is painted over a picture in the repair tab, without a server."""

import base64
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from gradio.data_classes import FileData
from PIL import Image

from genai_demo.core import limits
from genai_demo.ui import repair_actions as actions
from genai_demo.ui import repair_damage as damages
from genai_demo.ui import repair_masks as masks
from genai_demo.ui.mask_editor.component import Painting, mask_editor
from genai_demo.ui.repair_masks import Painted
from tests.core import profiles
from tests.ui.repair_made import PICTURE, encoded, layer, painted, pixels, square

pytestmark = pytest.mark.usefixtures("kept_files")


# --------------------------------------------------------------------------- from the editor


def test_strokes_are_the_mask_however_thin_the_paint() -> None:
    for alpha in (255, 40, 1):
        found = masks.mask_of(Painted(encoded(PICTURE), (layer(square(), alpha),)), PICTURE.size)
        assert found is not None and (found == square()).all()


@pytest.mark.parametrize("layers", [(), (layer(np.zeros((64, 96), bool)),)])
def test_nothing_painted_is_no_mask(layers: tuple) -> None:
    assert masks.mask_of(Painted(encoded(PICTURE), layers), PICTURE.size) is None
    assert masks.mask_of(None, PICTURE.size) is None


def test_two_layers_add_up() -> None:
    other = np.roll(square(), 20, 0)
    found = masks.mask_of(Painted(encoded(PICTURE), (layer(square()), layer(other))), PICTURE.size)
    assert found is not None and (found == (square() | other)).all()


def test_a_mask_of_the_same_shape_is_stretched_and_another_refused() -> None:
    double = square().repeat(2, 0).repeat(2, 1)
    found = masks.mask_of(Painted(encoded(PICTURE), (layer(double),)), PICTURE.size)
    assert found is not None and (found == square()).mean() > 0.99
    with pytest.raises(ValueError, match="same shape"):
        masks.mask_of(Painted(encoded(PICTURE), (layer(square(64, 64)),)), PICTURE.size)


def test_masks_of_files_are_read_by_the_rule_of_the_repair(tmp_path: Path) -> None:
    black = np.zeros((64, 96, 4), np.uint8)
    black[square(), 3] = 255
    Image.fromarray(black).save(tmp_path / "clear.png")
    Image.fromarray(np.where(square(), 0, 255).astype(np.uint8)).save(tmp_path / "white.png")
    for name in ("clear.png", "white.png"):
        assert (masks.uploaded_mask(str(tmp_path / name), PICTURE.size) == square()).all()


def test_soft_transparency_and_the_profile_come_through_the_editor() -> None:
    soft = PICTURE.convert("RGBA")
    soft.putalpha(Image.linear_gradient("L").resize(PICTURE.size))
    profile = profiles.rgb_profile(profiles.EXCHANGED, 2.2)
    found = masks.picture_of(Painted(encoded(soft, icc_profile=profile)))
    assert (np.asarray(found)[..., 3] == np.asarray(soft)[..., 3]).all()
    wanted = profiles.as_srgb(pixels(PICTURE), profiles.EXCHANGED, 2.2)
    assert np.abs(np.asarray(found, float)[..., :3] - wanted).mean() < 2 and found.info == {}


def test_a_mask_without_transparency_is_white_where_something_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    Image.fromarray(np.where(square(), 255, 0).astype(np.uint8)).save(path)
    assert (masks.uploaded_mask(str(path), PICTURE.size) == square()).all()
    with pytest.raises(ValueError, match="Choose a picture"):
        masks.uploaded_mask(None, PICTURE.size)


def test_an_empty_editor_gets_a_sentence() -> None:
    for nothing in (None, Painted(None)):
        with pytest.raises(ValueError, match="Choose a picture"):
            masks.picture_of(nothing)


def test_a_photograph_stays_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6  # turned by a quarter
    path = tmp_path / "phone.jpg"
    PICTURE.save(path, exif=exif, quality=95)
    assert masks.picture_of(Painted(str(path))).size == (64, 96)
    assert masks.picture_of(Painted(path.read_bytes())).size == (64, 96)


def test_an_opaque_picture_is_taken_bit_for_bit() -> None:
    found = masks.picture_of(Painted(encoded(PICTURE.convert("RGBA"))))
    assert found.mode == "RGB" and (pixels(found) == pixels(PICTURE)).all()


def test_transparent_places_stay_transparent() -> None:
    clear = PICTURE.convert("RGBA")
    clear.putalpha(Image.fromarray(np.where(square(), 0, 255).astype(np.uint8)))
    found = masks.picture_of(Painted(encoded(clear)))
    assert found.mode == "RGBA" and ((np.asarray(found)[..., 3] == 0) == square()).all()


@pytest.mark.parametrize("data", [b"", b"no picture", encoded(PICTURE)[:300]])
def test_a_broken_file_gets_a_sentence(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(data)
    for source in (data, str(path)):
        with pytest.raises(ValueError, match=r"file|picture"):
            masks.picture_of(Painted(source))
        with pytest.raises(ValueError, match=r"file|picture"):
            masks.mask_of(Painted(encoded(PICTURE), (source,)), PICTURE.size)


def test_what_the_browser_sends_may_be_larger_than_an_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genai_demo.core.limits.MAX_UPLOAD_BYTES", 1000)
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8))
    assert masks.picture_of(Painted(encoded(noise))).size == (64, 64)


def test_the_editor_hands_on_what_it_got(tmp_path: Path) -> None:
    editor = mask_editor()
    assert editor.preprocess(None) is None
    assert editor.preprocess(Painting()) is None
    files = [FileData(path=str(tmp_path / name)) for name in ("a.png", "b.png")]
    for composite in (None, files[0]):
        found = editor.preprocess(Painting(background=files[0], layers=[files[1]], composite=composite))
        assert found == Painted(files[0].path, (files[1].path,))
    strokes = base64.b64encode(b"strokes").decode()
    assert editor.preprocess(Painting(background=files[0], mask=strokes)) == Painted(files[0].path, (b"strokes",))
    many = [files[1]] * (limits.MAX_LAYERS + 1)
    for wrong in ({"mask": "no base64!"}, {"layers": many}):
        with pytest.raises(gr.Error, match="cannot be understood"):
            editor.preprocess(Painting(background=files[0], **wrong))


def test_what_is_shown_of_a_large_picture_is_small_and_its_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    PICTURE.resize((3000, 2000)).save(path)
    start = Painted(str(path))
    value = damages.add_mask(start, "box", 1)
    assert value["background"] == str(path) and (value["width"], value["height"]) == (3000, 2000)
    with Image.open(value["shown"]) as shown:
        assert shown.size == (2048, 1365) and shown.format == "JPEG"
    sent = mask_editor().postprocess(value)
    assert sent.background.path == str(path) and sent.shown.path == value["shown"] and len(sent.layers) == 1
    assert mask_editor().postprocess(None) is None


def test_strokes_of_the_browser_count_whatever_share_they_cover() -> None:
    where = np.ones((64, 96), bool)
    where[:4] = False
    strokes = Image.fromarray(where.astype(np.uint8), "P")
    strokes.putpalette([0, 0, 0, *masks.PAINT])
    data = encoded(strokes, transparency=0, bits=1)
    for size in (PICTURE.size, (192, 128)):
        found = masks.mask_of(Painted(encoded(PICTURE), (data,)), size)
        assert found is not None and found.mean() == where.mean()


@pytest.mark.parametrize(("language", "words"), [("en", "not a picture"), ("zh-CN", "不是图片")])
def test_a_wrong_file_is_looked_at_at_once(tmp_path: Path, language: str, words: str) -> None:
    (tmp_path / "letter.jpg").write_text("Dear network")
    request = SimpleNamespace(headers={"accept-language": language})
    value = actions.take_picture(Painted(str(tmp_path / "letter.jpg")), request)
    assert words in mask_editor().postprocess(value).error
    value = actions.take_picture(Painted(encoded(PICTURE)), request)
    assert (pixels(value["shown"]) == pixels(PICTURE)).all() and "error" not in value


# --------------------------------------------------------------------------- masks without a mouse


@pytest.mark.parametrize("shape", masks.SHAPES)
def test_every_shape_leaves_most_of_the_picture(shape: str) -> None:
    for size in ((96, 64), (64, 96), (400, 300)):
        found = masks.shape_mask(shape, size, 3)
        assert found.shape == (size[1], size[0]) and 0.005 < found.mean() < 0.6, (shape, size)
        assert (found == masks.shape_mask(shape, size, 3)).all()


def test_shapes_add_to_what_is_painted_and_can_be_cleared() -> None:
    start = Painted(encoded(PICTURE), (layer(square()),))
    value = damages.add_mask(start, "border", 1)
    both = masks.mask_of(painted(value), PICTURE.size)
    assert both is not None and both[square()].all() and both[0].all()
    assert (pixels(value["background"]) == pixels(PICTURE)).all()
    assert damages.clear_mask(painted(value))["layers"] == []
    with pytest.raises(gr.Error, match="No mask is called"):
        damages.add_mask(start, "star", 1)
