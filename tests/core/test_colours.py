"""Pictures of any profile and mode come out in sRGB; what is broken is ignored and costs nobody the picture."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from genai_demo.core.colours import from_srgb, to_srgb
from genai_demo.core.uploads import open_layer, open_upload
from tests.core import profiles

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def colours(size: int = 64) -> np.ndarray:
    """Smooth, none at the ends of the range: (size, size, 3)."""
    y, x = np.mgrid[:size, :size] / (size - 1)
    return (np.stack([x, y, 1 - (x + y) / 2], -1) * 150 + 50).round().astype(np.uint8)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


LOSSLESS = {"PNG": {}, "TIFF": {}, "WEBP": {"lossless": True}, "JPEG": {"quality": 100, "subsampling": 0},
            "AVIF": {"quality": 100, "subsampling": "4:4:4"}}  # fmt: skip
SPACES = {
    "Adobe RGB": (profiles.ADOBE, 2.2),
    "Display P3": (profiles.P3, 2.2),
    "exchanged": (profiles.EXCHANGED, 2.2),
    "linear": (profiles.SRGB, 1.0),
}


@pytest.mark.parametrize("kind", LOSSLESS)
@pytest.mark.parametrize("space", SPACES)
def test_a_profile_is_applied_once_and_dropped(kind: str, space: str) -> None:
    primaries, gamma = SPACES[space]
    pixels, profile = colours(), profiles.rgb_profile(primaries, gamma)
    data = encoded(Image.fromarray(pixels), kind, icc_profile=profile, **LOSSLESS[kind])
    opened = open_upload(data)
    wanted = profiles.as_srgb(pixels, primaries, gamma)
    assert np.abs(np.asarray(opened) - wanted).mean() < 1.5
    assert "icc_profile" not in opened.info
    again = open_upload(encoded(opened, "PNG"))
    assert np.array_equal(np.asarray(again), np.asarray(opened))


@pytest.mark.parametrize("source", ["path", "bytes", "picture"])
def test_every_way_in_applies_it(source: str, tmp_path) -> None:
    data = encoded(Image.fromarray(colours()), "PNG", icc_profile=profiles.rgb_profile(profiles.EXCHANGED, 2.2))
    path = tmp_path / "x.bin"
    path.write_bytes(data)
    given = {"path": path, "bytes": data, "picture": Image.open(io.BytesIO(data))}[source]
    wanted = profiles.as_srgb(colours(), profiles.EXCHANGED, 2.2)
    assert np.abs(np.asarray(open_upload(given)) - wanted).mean() < 1.5


def test_under_transparency_too() -> None:
    layer = Image.fromarray(colours())
    layer.putalpha(Image.linear_gradient("L").resize((64, 64)))
    data = encoded(layer, "PNG", icc_profile=profiles.rgb_profile(profiles.EXCHANGED, 2.2))
    opened = open_layer(data)
    assert opened.mode == "RGBA" and np.array_equal(np.asarray(opened)[..., 3], np.asarray(layer)[..., 3])
    wanted = profiles.as_srgb(colours(), profiles.EXCHANGED, 2.2)
    assert np.abs(np.asarray(opened)[..., :3] - wanted).mean() < 1.5


def test_a_palette_has_a_profile_too() -> None:
    flat = Image.fromarray(colours()).quantize(16)
    data = encoded(flat, "PNG", icc_profile=profiles.rgb_profile(profiles.EXCHANGED, 2.2))
    wanted = profiles.as_srgb(np.asarray(flat.convert("RGB")), profiles.EXCHANGED, 2.2)
    assert np.abs(np.asarray(open_upload(data)) - wanted).mean() < 1.5


@pytest.mark.parametrize("options", [{"icc_profile": SRGB}, {}])
def test_srgb_stays_bit_for_bit(options: dict) -> None:
    assert np.array_equal(np.asarray(open_upload(encoded(Image.fromarray(colours()), "PNG", **options))), colours())


BROKEN = {
    "noise": bytes(range(256)) * 3,
    "cut": profiles.rgb_profile(profiles.ADOBE, 2.2)[:200],
    "a header alone": profiles.rgb_profile(profiles.ADOBE, 2.2)[:128],
    "of inks": profiles.ink_profile(),
    "of grey": profiles.grey_profile(1.0),
}


@pytest.mark.parametrize("kind", LOSSLESS)
@pytest.mark.parametrize("name", BROKEN)
def test_a_profile_that_is_broken_or_of_another_space_is_ignored(kind: str, name: str) -> None:
    data = encoded(Image.fromarray(colours()), kind, icc_profile=BROKEN[name], **LOSSLESS[kind])
    opened = open_upload(data)
    assert np.abs(np.asarray(opened, float) - colours()).mean() < 1.5 and opened.info == {}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
@pytest.mark.parametrize("profile", [profiles.grey_profile(1.0), profiles.rgb_profile(profiles.ADOBE, 1.0)])
def test_grey_profiles_change_the_curve_and_leave_grey(kind: str, profile: bytes) -> None:
    line = np.linspace(0, 255, 64).round().astype(np.uint8)
    data = encoded(Image.fromarray(np.repeat(line[None], 64, 0)), kind, icc_profile=profile)
    found = np.asarray(open_upload(data), int)
    assert np.array_equal(found[..., 0], found[..., 1]) and np.array_equal(found[..., 0], found[..., 2])
    wanted = profiles.as_srgb(np.repeat(line[None, :, None], 3, 2), profiles.SRGB, 1.0)[..., 0]
    assert np.abs(found[..., 0] - wanted).mean() < 3


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_inks_go_through_their_profile(kind: str) -> None:
    inks = np.zeros((64, 64, 4), np.uint8)
    inks[:, 16:32, 0] = inks[:, 32:48, 1] = inks[:, 48:, 2] = 255
    data = encoded(Image.fromarray(inks, "CMYK"), kind, icc_profile=profiles.ink_profile())
    found = np.asarray(open_upload(data), int)
    paper, red, green, blue = (found[20:40, x : x + 4].mean((0, 1)) for x in (6, 22, 38, 54))
    assert paper.min() > 245
    assert [int(c.argmax()) for c in (red, green, blue)] == [0, 1, 2]
    plain = np.asarray(open_upload(encoded(Image.fromarray(inks, "CMYK"), kind)), int)
    assert plain[30, 24, 0] < 40 and plain[30, 24, 1:].min() > 200  # without one, cyan is cyan


def test_lab_becomes_colours() -> None:
    lab = ImageCms.profileToProfile(
        Image.fromarray(colours()),
        ImageCms.ImageCmsProfile(io.BytesIO(SRGB)),
        ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")),
        outputMode="LAB",
    )
    assert np.abs(np.asarray(open_upload(encoded(lab, "TIFF")), float) - colours()).mean() < 3


def test_the_callers_picture_keeps_its_profile() -> None:
    image = Image.fromarray(colours())
    image.info["icc_profile"] = profiles.rgb_profile(profiles.ADOBE, 2.2)
    open_upload(image)
    assert "icc_profile" in image.info and np.array_equal(np.asarray(image), colours())


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_the_way_back_leads_to_the_same_colours(mode: str) -> None:
    profile = profiles.rgb_profile(profiles.ADOBE, 2.2) if mode == "RGB" else profiles.grey_profile(1.8)
    start = Image.fromarray(np.random.default_rng(0).integers(100, 150, (40, 50, 3), dtype=np.uint8)).convert(mode)
    start.info["icc_profile"] = profile
    back = from_srgb(to_srgb(start), start)
    assert back is not None and back.mode == mode
    assert np.abs(np.asarray(back, int) - np.asarray(start, int)).max() <= 3
    assert np.abs(np.asarray(to_srgb(start), int)[..., 0] - np.asarray(start.convert("RGB"), int)[..., 0]).max() > 3


def test_there_is_no_way_back_into_other_modes_or_with_other_profiles() -> None:
    start = Image.new("RGB", (40, 50), (10, 200, 30))
    for mode in ("CMYK", "P", "RGBA", "I;16"):
        assert from_srgb(start, Image.new(mode, (40, 50))) is None
    wrong = Image.new("L", (40, 50))
    wrong.info["icc_profile"] = profiles.rgb_profile(profiles.ADOBE, 2.2)
    assert from_srgb(start, wrong) is None
    assert from_srgb(start, Image.new("RGB", (40, 50))).tobytes() == start.tobytes()
