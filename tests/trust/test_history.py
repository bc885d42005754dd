"""What a file was made from is followed, however often it was edited, and bad reports are no error."""

import io
import json
from types import SimpleNamespace

import c2pa
import numpy as np
import pytest
from PIL import Image

from genai_demo.trust import certificates, credentials, metadata
from genai_demo.trust.history import DEEPEST, MOST, Statement, statements
from genai_demo.ui import trust_tab
from genai_demo.ui.strings import TEXTS
from genai_demo.ui.trust_actions import inspect_file

assert trust_tab.build, "its texts are there once it is imported"
RECIPE = {"seed": 7, "model": "gan"}


def picture(seed: int = 0) -> bytes:
    buffer = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (64, 64, 3), np.uint8)
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def own(seed: int = 0, source: str = credentials.TRAINED) -> bytes:
    return credentials.sign(picture(seed), "own.png", RECIPE | {"seed": seed}, ["faces-gan"], source)


def edited(
    parts: list[tuple[str, bytes]], tool: str = "Some editor", actions: list[dict] | None = None, seed: int = 9
) -> bytes:
    """A picture that an editor made of others, signed by somebody else. parts: relationship and file."""
    made = certificates._make()
    place = made.index(b"-----BEGIN PRIVATE")
    signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo("ed25519", made[:place], made[place:], None))
    opened = [f"i{n}" for n, (role, _) in enumerate(parts) if role == "parentOf"]
    placed = [f"i{n}" for n, (role, _) in enumerate(parts) if role == "componentOf"]
    if opened:
        begun: list[dict] = [{"action": "c2pa.opened", "parameters": {"ingredientIds": opened}}]
    else:
        begun = [{"action": "c2pa.created", "digitalSourceType": credentials.SOURCE + "digitalCapture"}]
    if placed:
        begun.append({"action": "c2pa.placed", "parameters": {"ingredientIds": placed}})
    manifest = {
        "claim_generator_info": [{"name": tool}],
        "title": "edited.png",
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [*begun, *(actions or [])]}}],
    }
    out = io.BytesIO()
    settings = {"builder": {"thumbnail": {"enabled": False}}, "verify": {"verify_after_sign": False}}
    with c2pa.Builder(manifest, context=c2pa.Context(c2pa.Settings.from_json(json.dumps(settings)))) as builder:
        for number, (role, data) in enumerate(parts):
            described = {
                "title": "before.png",
                "relationship": role,
                "instance_id": f"i{number}",
                "label": f"i{number}",
            }
            builder.add_ingredient(json.dumps(described), "image/png", io.BytesIO(data))
        builder.sign(signer, "image/png", io.BytesIO(picture(seed)), out)
    return out.getvalue()


def looked_at(data: bytes, folder, language: str = "en") -> str:
    (folder / "x.png").write_bytes(data)
    headers = {"accept-language": language}
    return inspect_file(str(folder / "x.png"), SimpleNamespace(headers=headers, session_hash=""))


def test_a_picture_of_ours_that_was_edited_elsewhere_says_so(tmp_path) -> None:
    data = edited([("parentOf", own())], actions=[{"action": "c2pa.color_adjustments"}])
    found = credentials.read(data)
    assert found.state == "valid" and found.source == "" and found.recipe is None
    above, below = found.history
    assert above.tool == "Some editor" and not above.is_trained
    assert below.role == "parentOf" and below.depth == 1 and below.is_trained and below.tool == metadata.PROGRAM
    assert below.recipe == RECIPE | {"seed": 0} and below.models is not None and "faces-gan" in below.models
    assert below.reasons == ()
    words = looked_at(data, tmp_path)
    assert "Intact, and edited: a trained model had a part in what it began as" in words
    assert (
        "Edited with Some editor" in words and "made by a trained model" in words and "recipe of this program" in words
    )
    chinese = looked_at(data, tmp_path, "zh-CN")
    assert "经过编辑" in chinese and "由训练所得的模型生成" in chinese and "Some editor" in chinese


@pytest.mark.parametrize("times", [2, 4])
def test_edited_again_and_again(times: int, tmp_path) -> None:
    data = own()
    for number in range(times):
        data = edited([("parentOf", data)], f"Editor {number}", seed=number)
    history = credentials.read(data).history
    assert [s.depth for s in history] == list(range(times + 1)) and history[-1].is_trained
    assert [s.tool for s in history[:-1]] == [f"Editor {n}" for n in reversed(range(times))]
    words = looked_at(data, tmp_path)
    assert "edited: a trained model" in words and all(f"Edited with Editor {n}" in words for n in range(times))


@pytest.mark.parametrize(
    ("role", "verdict"),
    [
        ("parentOf", "edited: a trained model"),
        ("componentOf", "with parts in which"),
        ("inputTo", "with parts in which"),
    ],
)
def test_the_part_that_it_had_is_named(role: str, verdict: str, tmp_path) -> None:
    words = looked_at(edited([(role, own())]), tmp_path)
    assert verdict in words and TEXTS[f"trust.role.{role}"][0].format(tool="Some editor") in words


def test_an_ingredient_that_did_not_hold_is_followed_and_said(tmp_path) -> None:
    changed = bytearray(own())
    changed[-40] ^= 1  # in the pixels
    data = edited([("parentOf", bytes(changed))])
    below = credentials.read(data).history[1]
    assert below.is_trained and "assertion.dataHash.mismatch" in below.reasons
    words = looked_at(data, tmp_path)
    assert "did not hold" in words and "edited: a trained model" in words


def test_a_photograph_edited_by_a_model_is_no_work_of_it_alone(tmp_path) -> None:
    source = {"action": "c2pa.edited", "digitalSourceType": credentials.SOURCE + credentials.COMPOSITE}
    data = edited([("parentOf", edited([], "A camera"))], "A painter", [source])
    above, below = credentials.read(data).history
    assert above.is_trained and below.sources == ("digitalCapture",)
    words = looked_at(data, tmp_path)
    assert "partly made by a trained model" in words and "photograph or recording" in words
    assert "Intact, and edited from another file" in words


def test_what_was_never_edited_says_no_more_than_before(tmp_path) -> None:
    words = looked_at(own(), tmp_path)
    assert "Intact, signed here" in words and "↳" not in words and len(credentials.read(own()).history) == 1
    words = looked_at(edited([], "A camera"), tmp_path)
    assert "Intact, signed elsewhere" in words and "trained" not in words


SOURCES = [
    "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "algorithmicMedia", "algorithmicallyEnhanced",
    "digitalCapture", "computationalCapture", "negativeFilm", "positiveFilm", "print", "humanEdits", "composite",
    "compositeCapture", "compositeSynthetic", "dataDrivenMedia", "digitalCreation", "virtualRecording", "screenCapture",
    "minorHumanEdits", "softwareImage", "digitalArt",
]  # fmt: skip


@pytest.mark.parametrize("source", SOURCES)
def test_every_kind_of_source_has_its_words(source: str, tmp_path) -> None:
    report = {"active_manifest": "a", "manifests": {"a": {"assertions": [
        {"label": "c2pa.actions", "data": {"actions": [{"digitalSourceType": f"https://cv.iptc.org/x/{source}/"}]}},
    ]}}}  # fmt: skip
    assert statements(report)[0].sources == (source,)
    english, chinese = TEXTS[f"trust.source.{source}"]
    assert english.startswith("It says: ") and chinese.startswith("声明：") and english[9:] not in chinese


def test_photographs_say_it_in_their_metadata() -> None:
    data = {"Iptc4xmpExt:DigitalSourceType": credentials.SOURCE + "trainedAlgorithmicMedia", "dc:title": "x"}
    report = {"active_manifest": "a", "manifests": {"a": {"assertions": [{"label": "cawg.metadata", "data": data}]}}}
    assert statements(report)[0].is_trained


def _chain(length: int, back: bool = False) -> dict:
    names = [str(n) for n in range(length)]
    below = [*names[1:], names[0] if back else "nowhere"]
    ingredients = ([{"active_manifest": name, "relationship": "parentOf"}] for name in below)
    return {
        "active_manifest": "0",
        "manifests": {n: {"ingredients": i} for n, i in zip(names, ingredients, strict=True)},
    }


def test_chains_have_an_end() -> None:
    assert len(statements(_chain(3))) == 3
    assert len(statements(_chain(3, back=True))) == 3  # each is looked at once
    assert len(statements(_chain(5_000))) == DEEPEST + 1
    wide = {str(n): {} for n in range(1, 500)}
    wide["0"] = {"ingredients": [{"active_manifest": str(n)} for n in range(1, 500)]}
    assert len(statements({"active_manifest": "0", "manifests": wide})) == MOST


STRANGE = [None, [], {}, "x", 7, {"label": 3}, [{"code": 5}], [None, [[]]], {"a": {"a": {"a": None}}}, float("nan")]


@pytest.mark.parametrize("seed", range(40))
def test_reports_of_anything_are_no_error(seed: int) -> None:
    rng = np.random.default_rng(seed)
    report = json.loads(json.dumps(_chain(3)))
    report["manifests"]["0"]["assertions"] = [{"label": "c2pa.actions", "data": {"actions": [{}]}}]
    report["manifests"]["1"]["signature_info"] = {"common_name": "x"}
    for _ in range(4):  # something somewhere becomes something else
        place = report
        while True:
            keys = list(place) if isinstance(place, dict) else range(len(place))
            if not keys:
                break
            key = keys[int(rng.integers(len(keys)))]
            if rng.random() < 0.3 or not isinstance(place[key], dict | list):
                place[key] = STRANGE[int(rng.integers(len(STRANGE)))]
                break
            place = place[key]
    assert all(isinstance(s, Statement) for s in statements(report))
