"""Error sentences in the language of the page."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from genai_demo.core import limits
from genai_demo.core.uploads import DAMAGED, HEIC, OTHERS, RAW, _too_many_pixels
from genai_demo.faces.align import NO_FACE
from genai_demo.ui.errors import SENTENCES, localise
from tests.source_code import PACKAGE, ROOT, imported, parsed

OF_COMMANDS = {
    "audio.clips", "audio.effects.data", "audio.effects.spectrograms", "audio.speech.aligner", "audio.speech.data",
    "audio.speech.features", "audio.speech.labels", "core.efficientnet", "core.frechet", "core.halving", "core.loop",
    "core.environment", "core.muon", "core.options", "core.picturefiles", "text.archives", "text.documents",
    "trust.certificates", "ui.start",
}  # fmt: skip
"""Modules that the page imports for other things: what they refuse is a training's, a data set's or a start's."""
NEVER_IN_THE_PAGE = (
    "half precision cannot",
    "Programs are tried within limits",
    "{what} is longer than",  # every word that stands there has a sentence of its own
    "These landmarks are no face",
    "Give a picture as a file",
    "No sounds are written as",
    "No tag is called",
    "A sound is an array",
    "This sound holds values",
)


def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def reachable(known: dict[str, Path]) -> list[str]:
    """Modules that the interface imports, directly or through others, wherever the line stands."""
    found = {name for name in known if name.startswith("genai_demo.ui")}
    waiting = list(found)
    while waiting:
        new = (imported(known[waiting.pop()]) & known.keys()) - found
        found |= new
        waiting += new
    return sorted(found)


def sentences(path: Path) -> list[str]:
    """The error sentences that a module raises, code in braces for what varies; reasons in lists are no sentences."""
    found = []
    tree = parsed(path)
    own = {n.name for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and "ValueError" in map(ast.unparse, n.bases)}
    for node in ast.walk(tree):
        name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        if name not in {"ValueError", "SoundError", "Error", *own} or not node.args:
            continue
        words = node.args[0]
        if isinstance(words, ast.Constant):
            found.append(words.value)
        elif isinstance(words, ast.JoinedStr):
            parts = [p.value if isinstance(p, ast.Constant) else f"{{{ast.unparse(p.value)}}}" for p in words.values]
            found.append("".join(parts))
    return [words for words in found if re.match(r"[A-Z{]", words)]


KNOWN = modules()
REACHABLE = reachable(KNOWN)
SHOWN = [name for name in REACHABLE if name.removeprefix("genai_demo.") not in OF_COMMANDS]


def untranslated(names: Iterable[str]) -> list[str]:
    """Sentences of these modules that a Chinese page would show in English."""
    found = [words for name in names for words in sentences(KNOWN[name])]
    return [w for w in found if localise(w, "zh") == w and not any(words in w for words in NEVER_IN_THE_PAGE)]


def test_every_sentence_that_can_reach_the_page_has_a_translation() -> None:
    assert untranslated(SHOWN) == []


@pytest.mark.parametrize("name", sorted(OF_COMMANDS))
def test_what_is_left_out_is_there_and_needs_it(name: str) -> None:
    assert f"genai_demo.{name}" in REACHABLE and untranslated([f"genai_demo.{name}"])


def test_the_scan_finds_sentences() -> None:
    found = [sentence for name in SHOWN for sentence in sentences(KNOWN[name])]
    assert len(SHOWN) > 150 and len(found) > 250
    assert "There are no faces yet. Generate some first." in found


def test_sentences_that_are_built_elsewhere() -> None:
    for sentence in (NO_FACE, _too_many_pixels(), DAMAGED, HEIC, RAW, *OTHERS.values()):
        assert localise(sentence, "zh") != sentence


@pytest.mark.parametrize(("english", "chinese"), SENTENCES)
def test_both_languages_fill_in_the_same(english: str, chinese: str) -> None:
    values = [f"value{i}" for i in range(english.count("{"))]
    filled = localise(english.format(*values), "zh")
    assert filled == chinese.format(*values)
    assert all(value in filled for value in values)
    assert localise(english, "en") == english


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-CN,zh;q=0.9", "没有找到人脸"), ("de", "No face was found"), ("en", "No face was found")],
)
def test_the_page_speaks_the_language_of_the_browser(app_url: str, tmp_path: Path, language: str, words: str) -> None:
    from gradio_client import handle_file
    from PIL import Image

    path = tmp_path / "grey.png"
    Image.new("RGB", (200, 200), "grey").save(path)
    client = Client(app_url, verbose=False, headers={"accept-language": language})
    with pytest.raises(AppError, match=words):
        client.predict(upload=handle_file(path), model="gan", api_name="/project_face")


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-CN", f"“数量”须为 1 到 {limits.MAX_FACES} 之间的数。"),
     ("en", f"How many must be a number from 1 to {limits.MAX_FACES}.")],
)  # fmt: skip
def test_a_number_out_of_range_is_said_in_one_language(app_url: str, language: str, words: str) -> None:
    client = Client(app_url, verbose=False, headers={"accept-language": language})
    with pytest.raises(AppError) as caught:
        client.predict(seed=1, count=99, truncation=0.7, model="gan", noise=True, api_name="/generate_faces")
    assert str(caught.value) == words
