"""Plain metadata and content credentials: what is written is found, and what was changed is noticed."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from genai_demo.audio import sounds
from genai_demo.core import animate, cards
from genai_demo.trust import certificates, credentials, metadata

RECIPE = {"seed": 7, "truncation": 0.7, "word": "雨", "long": "y" * 9_000}
MODELS = ("faces-gan",)
FRAMES = [Image.new("RGB", (64, 64), (40 * i, 90, 200 - 30 * i)) for i in range(3)]
TONE = 0.5 * np.sin(np.arange(4_000, dtype=np.float32) / 20)


def encoded(form: str, **settings) -> bytes:
    buffer = io.BytesIO()
    FRAMES[0].save(buffer, form, **settings)
    return buffer.getvalue()


def made(kind: str) -> bytes:
    """A file of this kind that says how it was made, not signed."""
    if kind == "png":
        return metadata.add_to_png(encoded("PNG"), RECIPE, MODELS)
    if kind in ("wav", "ogg"):
        tags = {"comment": metadata.as_text(RECIPE), "software": metadata.software(MODELS)}
        return sounds.wave_bytes(TONE, kind, tags)
    if kind == "jpg":
        exif = Image.Exif()
        exif[metadata.DESCRIPTION], exif[metadata.SOFTWARE] = metadata.as_text(RECIPE), metadata.software(MODELS)
        return encoded("JPEG", exif=exif)
    encode = {"webp": animate.to_webp, "gif": animate.to_gif, "mp4": animate.to_mp4}[kind]
    return encode(FRAMES, 10, metadata.comment(RECIPE, MODELS))


KINDS = ("png", "jpg", "webp", "gif", "wav", "mp4")


@pytest.mark.parametrize("kind", [*KINDS, "ogg"])
def test_plain_metadata_survive_the_signature(kind: str) -> None:
    data = made(kind)
    for file in (data, credentials.sign(data, f"x.{kind}", RECIPE, MODELS)):
        found = metadata.read(file)
        assert found.recipe is not None and RECIPE.items() <= found.recipe.items()
        assert found.models == {"faces-gan": cards.fingerprint("faces-gan")}


@pytest.mark.parametrize("kind", KINDS)
def test_a_credential_says_who_made_it_and_from_what(kind: str) -> None:
    signed = credentials.sign(made(kind), f"x.{kind}", RECIPE, MODELS)
    found = credentials.read(signed)
    assert found.state == "own" and found.reasons == () and "genai_demo" in found.signer
    assert found.source == credentials.TRAINED and found.recipe == RECIPE
    assert found.models == {"faces-gan": cards.fingerprint("faces-gan")}
    assert credentials.read(made(kind)).state == "none"


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_of_one_bit_breaks_it(kind: str) -> None:
    signed = credentials.sign(made(kind), f"x.{kind}", RECIPE, MODELS)
    rng = np.random.default_rng(0)
    start = signed.find(b"c2pa") if kind == "wav" else 0  # anywhere, also within the statement itself
    for place in rng.integers(start or len(signed) // 4, len(signed), 12):
        changed = bytearray(signed)
        changed[place] ^= 1
        assert credentials.read(bytes(changed)).state != "own" or bytes(changed) == signed


def test_another_recipe_in_the_statement_is_noticed() -> None:
    signed = credentials.sign(made("png"), "x.png", {"seed": 1111}, MODELS)
    forged = signed.replace(b'"seed":1111', b'"seed":2222')
    assert forged != signed and credentials.read(forged).state == "broken"


@pytest.mark.parametrize("kind", ["png", "wav", "webp"])
def test_without_its_credential_a_file_is_what_it_was(kind: str) -> None:
    data = made(kind)
    assert credentials.without(credentials.sign(data, f"x.{kind}", RECIPE, MODELS)) == data
    assert credentials.without(data) == data


def test_the_same_download_twice_is_the_same() -> None:
    data = made("png")
    assert credentials.sign(data, "x.png", RECIPE, MODELS) == credentials.sign(data, "x.png", RECIPE, MODELS)
    assert credentials.sign(data, "x.png", {"seed": 8}, MODELS) != credentials.sign(data, "x.png", RECIPE, MODELS)


def test_one_switch_turns_signing_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENAI_CREDENTIALS", "off")
    data = made("png")
    assert not credentials.switched_on() and credentials.sign(data, "off.png", RECIPE, MODELS) == data


def test_a_download_never_fails_for_its_signature(monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    monkeypatch.setattr(credentials, "_sign", lambda *_: 1 / 0)
    data = made("png")
    assert credentials.sign(data, "fails.png", RECIPE, MODELS) == data and "could not be signed" in caplog.text


STRANGE = [
    b"",
    b"hello",
    metadata.PNG,
    b"RIFF\xff\xff\xff\xffWAVE",
    b"GIF89a" + b"\0" * 40,
    b"\xff\xd8\xff" + b"c2pa" * 9,
    b"OggS" + b"\xff" * 90,
    b"\0\0\0\x18ftypmp42" + b"\xff" * 90,
]


@pytest.mark.parametrize("data", STRANGE)
def test_strange_files_are_no_error(data: bytes) -> None:
    assert metadata.read(data) == metadata.Found()
    assert credentials.read(data).state in ("none", "broken")
    assert isinstance(credentials.without(data), bytes)


@pytest.mark.parametrize("recipe", ["[1, 2]", "{", "nul", "[" * 100_000, '"text"'])
def test_a_recipe_that_is_none_is_passed_over(recipe: str) -> None:
    data = sounds.wave_bytes(TONE, tags={"comment": recipe, "software": "someone"})
    assert metadata.read(data) == metadata.Found(None, "someone")
    assert metadata.read(data).models == {}


def test_a_png_keeps_its_own_recipe_and_its_pixels() -> None:
    data = metadata.add_to_png(metadata.add_to_png(encoded("PNG"), {"seed": 1}, ()), {"seed": 2}, MODELS)
    assert metadata.read(data).recipe == {"seed": 1}
    assert Image.open(io.BytesIO(data)).tobytes() == FRAMES[0].tobytes()
    assert json.loads(Image.open(io.BytesIO(data)).text["recipe"]) == {"seed": 1}  # any reader of PNG finds it


def test_the_certificate_is_made_once_and_kept_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENAI_PRIVATE", str(tmp_path / "private"))
    first = certificates.identity()
    certificates._identity.cache_clear()
    assert certificates.identity() == first and first.own and first.algorithm == "ed25519"
    file = tmp_path / "private" / certificates.FILE
    assert file.stat().st_mode & 0o077 == 0 and file.parent.stat().st_mode & 0o077 == 0


def test_where_nothing_can_be_kept_a_certificate_lasts_for_now(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("GENAI_PRIVATE", str(tmp_path / "file"))
    assert certificates.identity().own


def test_a_certificate_of_ones_own_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made_here = certificates._make()
    place = made_here.index(b"-----BEGIN PRIVATE")
    (tmp_path / "chain.pem").write_bytes(made_here[:place])
    (tmp_path / "key.pem").write_bytes(made_here[place:])
    data = credentials.sign(made("wav"), "other.wav", RECIPE, MODELS)
    monkeypatch.setenv("GENAI_CERTIFICATE", str(tmp_path / "chain.pem"))
    with pytest.raises(ValueError, match="Name both"):
        certificates.identity()
    monkeypatch.setenv("GENAI_CERTIFICATE_KEY", str(tmp_path / "key.pem"))
    assert not certificates.identity().own
    assert credentials.read(data).state == "valid"  # intact, but by a signer that is not known here
    (tmp_path / "key.pem").write_bytes(certificates._make()[place:])
    certificates._identity.cache_clear()
    with pytest.raises(ValueError, match="belong together"):
        certificates.identity()
