"""Endpoints of words: texts that go on, translations, and what a file or a text says of where it comes from."""

from pathlib import Path
from typing import Annotated, Any

from genai_demo.core import limits
from genai_demo.core.greenlist import STRENGTH
from genai_demo.core.sampling import Controls
from genai_demo.text import generate
from genai_demo.trust.policy import check
from genai_demo.ui import policy
from genai_demo.ui.api import findings
from genai_demo.ui.api.values import File, Flag, Found, Number, OneOf, Whole, Words
from genai_demo.ui.common import page_language
from genai_demo.ui.write_links import FORMS, LINES

LANGUAGE = OneOf(generate.LANGUAGES)
TITLE = Words(100)


def write(
    prompt: Annotated[str, Words(limits.MAX_PROMPT), "what the text begins with"],
    kind: Annotated[str, OneOf(generate.KINDS), "the kind of text"] = "story",
    language: Annotated[str, LANGUAGE, "of the text; classical poems are Chinese"] = "en",
    title: Annotated[str, TITLE, "what it is called"] = "",
    form: Annotated[str, OneOf(FORMS), "the kind more exactly"] = "",
    max_tokens: Annotated[int, Whole(1, limits.MAX_NEW_TOKENS), "the longest that may come"] = 150,
    seed: Annotated[int, Whole(0, limits.MAX_SEED), "the same seed and settings give the same text"] = 1,
    temperature: Annotated[float, Number(0, limits.MAX_TEMPERATURE), "0 the likeliest words, more is bolder"] = 0.6,
    plain: Annotated[bool, Flag(), "sample word by word in place of choosing among sentences"] = False,
    mark: Annotated[float, Number(0, limits.MAX_MARK), "strength of the invisible mark, 0 none"] = STRENGTH,
) -> tuple[
    Annotated[str, Words(limits.MAX_PROMPT), "what was written after the prompt"],
    Annotated[dict[str, Any], Found(), "tokens drawn, whether it ended, and what stopped it"],
]:
    """Go on with a text in its language and kind."""
    check.require(prompt, title)
    language = "zh" if kind == "poem" else language
    controls = Controls(generate.usual(kind, language).repetition_penalty, temperature)
    known = "tang" if form in LINES else form if form in generate.known_forms(kind, language) else ""
    length, count = LINES.get(form, 0) if kind == "poem" else 0, 1 if plain else generate.CANDIDATES
    guard, new, state = check.Guard(prompt), "", None
    for state in generate.write(
        prompt, kind, language, 1, max_tokens, controls, seed, (), title, known, length, mark, count
    ):
        new = guard.shown(state.texts[0], state.done[0])
        if guard.found:
            break
    ended = bool(state and state.ended[0]) and not guard.found
    stopped = guard.found.kind if guard.found else None
    return new, {"tokens": state.tokens if state else 0, "ended": ended, "stopped": stopped}


def translate(
    words: Annotated[str, Words(limits.MAX_PROMPT), "what is to be translated"],
    source: Annotated[str, LANGUAGE, "its language"] = "en",
    target: Annotated[str, LANGUAGE, "the other language"] = "zh",
    script: Annotated[str, OneOf(generate.SCRIPTS), "of Chinese that comes out"] = "simplified",
) -> tuple[
    Annotated[str, Words(limits.MAX_PROMPT), "the translation"],
    Annotated[list[dict[str, Any]], Found(), "every sentence and its translations, the best first"],
]:
    """Translate sentence by sentence; line breaks stay."""
    if not words.strip():
        raise ValueError("Write something to translate first.")
    if source == target:
        raise ValueError("Choose two different languages.")
    check.require(words)
    whole, sentences, page = "", [], page_language()
    for piece, found in generate.rank_sentences(words, source, target, script=script):
        shown = [policy.clean(f.text, page, private=False, learnt=False) for f in found]
        whole += shown[0] if found else piece
        if found:
            scores = [round(f.score, 3) for f in found]
            ranked = [{"text": t.strip(), "score": s} for t, s in zip(shown, scores, strict=True)]
            sentences.append({"source": piece.strip(), "translations": ranked})
    return whole, sentences


def inspect(
    file: Annotated[str | None, File(), "a picture, sound, film or text file"] = None,
    words: Annotated[str, Words(limits.MAX_PROMPT), "a text, in place of a file"] = "",
) -> Annotated[dict[str, Any], Found(), "kind, credential, recipe, and the invisible mark with its odds"]:
    """What a file or a text says of where it comes from."""
    if file is None:
        return findings.of_text(words)
    path = Path(file)
    if path.stat().st_size > limits.MAX_UPLOAD_BYTES:
        most = limits.MAX_UPLOAD_BYTES // limits.MEGABYTE
        raise ValueError(f"This file is larger than {most} MB. Upload a smaller one.")
    return findings.of_file(path.read_bytes())
