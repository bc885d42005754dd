"""Error sentences in the language of the page."""

import ast
from pathlib import Path

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from genai_demo.core import limits
from genai_demo.core.uploads import DAMAGED, HEIC, OTHERS, RAW, _too_many_pixels
from genai_demo.faces.align import NO_FACE
from genai_demo.ui.errors import SENTENCES, localise

PACKAGE = Path(__file__).parents[2] / "genai_demo"
SHOWN = [*sorted((PACKAGE / "ui").glob("*.py"))]
SHOWN += [PACKAGE / "core" / f"{name}.py" for name in ("uploads", "checkpoint", "sampling")]
SHOWN += [PACKAGE / "text" / f"{name}.py" for name in ("generate",)]
SHOWN += [*sorted((PACKAGE / "lab").glob("*.py"))]
SHOWN += [
    PACKAGE / "repair" / f"{name}.py" for name in ("generate", "masks", "damage", "art", "styles", "compose", "scenes")
]
SHOWN += [PACKAGE / "faces" / f"{name}.py" for name in ("generate", "latents", "align", "networks")]
SHOWN += [PACKAGE / "audio" / "effects" / f"{name}.py" for name in ("generate", "kinds")]
SHOWN += [
    PACKAGE / "audio" / "music" / f"{name}.py"
    for name in ("generate", "midi_melody", "midi_notes", "listening", "synth")
]
SHOWN += [PACKAGE / "audio" / f"{name}.py" for name in ("decoding", "sounds")]
NEVER_IN_THE_PAGE = (
    "half precision cannot",
    "These landmarks are no face",
    "Give a picture as a file",
    "{sentences[0]}",
    "No sounds are written as",
    "No tag is called",
    "A sound is an array",
    "This sound holds values",
)


def sentences(path: Path) -> list[str]:
    """The error sentences that a module raises, code in braces for what varies."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        if name not in ("ValueError", "SoundError", "Error") or not node.args:
            continue
        words = node.args[0]
        if isinstance(words, ast.Constant):
            found.append(words.value)
        elif isinstance(words, ast.JoinedStr):
            parts = [p.value if isinstance(p, ast.Constant) else f"{{{ast.unparse(p.value)}}}" for p in words.values]
            found.append("".join(parts))
    return found


@pytest.mark.parametrize("path", SHOWN, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_every_sentence_has_a_translation(path: Path) -> None:
    for sentence in sentences(path):
        if not any(words in sentence for words in NEVER_IN_THE_PAGE):
            assert localise(sentence, "zh") != sentence, sentence


def test_the_scan_finds_sentences() -> None:
    found = [sentence for path in SHOWN for sentence in sentences(path)]
    assert len(found) > 40
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


def test_a_number_out_of_range_is_said_in_both_languages(app_url: str) -> None:
    client = Client(app_url, verbose=False)
    with pytest.raises(AppError, match=rf"from 1 to {limits.MAX_FACES}.*“数量”须为 1 到 {limits.MAX_FACES}"):
        client.predict(seed=1, count=99, truncation=0.7, model="gan", noise=True, api_name="/generate_faces")
