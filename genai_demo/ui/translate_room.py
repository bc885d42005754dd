"""The room "Translate" of the text tab."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from genai_demo.core import chinese
from genai_demo.text import generate, inside
from genai_demo.trust.policy import check
from genai_demo.ui import policy, presses
from genai_demo.ui.common import begin_in_chinese, choice, readable_errors
from genai_demo.ui.own_visits import with_own_weights
from genai_demo.ui.strings import language_of, say, text
from genai_demo.ui.text_common import STREAM_EVENT, presets

WAYS = ("en-zh", "zh-en")
MOST_ALIGNED = 12
"""Sentences whose words are connected; later ones are translated only."""
COLUMNS = ("sentence", "best", "second", "third")
"""Of the table of alternatives."""
PRESETS = [
    ("Hello", ["en-zh", "I am very happy to see you. Thank you for your help."]),
    ("At the station", ["en-zh", "Where is the station?\nI would like to buy two tickets.\nThe train is late."]),
    ("Weather", ["en-zh", "It is going to rain tomorrow. Don't forget your umbrella."]),
    ("你好", ["zh-en", "你好，我很高兴见到你。"]),
    ("吃饭", ["zh-en", "我们今天晚上去哪里吃饭？\n我想喝一杯茶。"]),
    ("学校", ["zh-en", "他每天早上去学校。我喜欢学习英语。"]),
]
CHINESE = ("zh-en", PRESETS[4][1][1])
"""How the room opens for who reads Chinese."""
ALIGN_HTML = '<div class="pairs" role="group"></div>'
ALIGN_CSS = """
.pairs {display: grid; gap: 10px}
.pair {display: grid; gap: 2px; line-height: 1.9}
.pair span {padding: 2px 1px; border-radius: 4px; white-space: pre-wrap; cursor: default}
.pair .to span:hover, .pair .to span:focus {outline: 2px solid var(--color-accent)}
.from {color: var(--body-text-color-subdued)}
"""


@readable_errors
@with_own_weights
def translate(words: str, way: str, script: str, request: gr.Request) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Sentence by sentence: the text so far, connected words as JSON, and all sentences with alternatives."""
    if way not in WAYS:
        raise ValueError(f"No direction is called {way!r}. Choose one of {', '.join(WAYS)}.")
    if not (words or "").strip():
        raise ValueError("Write something to translate first.")
    check.require(words)
    source, target = way.split("-")
    page, whole = language_of(request), ""
    rows: list[list[str]] = []
    pairs: list[dict[str, Any]] = []
    for piece, found in generate.rank_sentences(words, source, target, script=script):
        # what was asked for has passed; the classifier takes words that come again and again for worse
        shown = [policy.clean(f.text, page, private=False, learnt=False) for f in found]
        whole += shown[0] if found else piece
        if found:
            scored = [f"{words.strip()}\n({_scores(f, page)})" for words, f in zip(shown, found, strict=True)]
            rows.append([piece.strip(), *scored[:3]])
            if len(pairs) < MOST_ALIGNED and shown[0] == found[0].text:
                read, wrote = (chinese.simplified(t) for t in (piece, found[0].text))  # as the model has them
                given, said, shares = inside.align(read, wrote, source, target)
                if script == "traditional" and target == "zh":
                    said = [chinese.traditional(token) for token in said]
                pairs.append({"from": given, "to": said, "shares": [[round(v, 3) for v in r] for r in shares.tolist()]})
        table = {"headers": [say(f"translate.{name}", page) for name in COLUMNS], "data": rows}
        yield whole, json.dumps(pairs, ensure_ascii=False), table


def _scores(found: generate.Translation, language: str) -> str:
    """What a translation is ranked by, in words."""
    words = say("translate.scores", language, there=found.there, back=found.back, score=found.score)
    return words + (say("translate.by_clauses", language) if found.by_clauses else "")


def swap(way: str, words: str, result: str) -> tuple[Any, ...]:
    """The other direction, the two texts in each other's place; what explained the translation goes."""
    other = WAYS[way == WAYS[0]]
    return (other, result, words, "[]", []) if result else (other, words, "", "[]", [])


def build() -> None:
    """Lay out the room inside the open ``gr.Tab`` and connect its events."""
    with gr.Row():
        way = choice("translate.way", WAYS, WAYS[0], elem_id="translate-way")
        script = choice("translate.script", generate.SCRIPTS, generate.SCRIPTS[0], elem_id="translate-script")
    with gr.Row(equal_height=True):
        words = gr.Textbox(
            PRESETS[1][1][1],
            label=text("translate.text"),
            placeholder=text("translate.placeholder"),
            lines=7,
            max_lines=20,
            min_width=260,
            elem_id="translate-text",
        )
        result = gr.Textbox(
            label=text("translate.result"),
            lines=7,
            max_lines=20,
            min_width=260,
            buttons=["copy"],
            interactive=False,
            elem_id="translate-result",
        )
    with gr.Row(elem_classes="buttons"):
        go = gr.Button(text("translate.go"), variant="primary", min_width=110, elem_id="translate-go")
        stop = gr.Button(text("text.stop"), variant="stop", min_width=80)
        turn = gr.Button(text("translate.swap"), min_width=80)
    gr.Markdown(text("translate.words"), elem_classes="notice")
    aligned = gr.HTML(
        "[]",
        html_template=ALIGN_HTML,
        css_template=ALIGN_CSS,
        elem_id="aligned",
        apply_default_css=False,
        js_on_load=Path(__file__).with_name("aligned.js").read_text(encoding="utf-8"),
    )
    with gr.Accordion(text("translate.others"), open=False):
        others = gr.Dataframe(
            headers=[say(f"translate.{name}", "en") for name in COLUMNS],
            column_count=4,
            interactive=False,
            wrap=True,
            show_label=False,
            elem_id="translate-others",
        )
    presets([way, words], [row for _, row in PRESETS], [name for name, _ in PRESETS])
    begin_in_chinese((way, CHINESE[0]), (words, CHINESE[1]))
    running: Any = go.click(
        translate, [words, way, script], [result, aligned, others], api_name="translate_aligned", **STREAM_EVENT,
        **presses.PRESS,
    )  # fmt: skip
    turned = turn.click(
        swap, [way, words, result], [way, words, result, aligned, others], api_visibility="private",
        show_progress="hidden",
    )  # fmt: skip
    presses.replace_each_other([running, turned])
    presses.stop(stop, [running])
