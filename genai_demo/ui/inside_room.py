"""The room "Look inside" of the text tab: probabilities, sampling and attention as pictures."""

import html
import json
import math
import time
from pathlib import Path

import gradio as gr

from genai_demo.text import generate, inside
from genai_demo.trust.policy import check
from genai_demo.ui.common import LIVE_EVENT, MODEL_EVENT, choice, moving, readable_errors, slider
from genai_demo.ui.own_visits import with_own_weights
from genai_demo.ui.strings import language_of, say, text
from genai_demo.ui.text_common import controls_of, language_for, presets, sampling_controls

HERE = Path(__file__).parent
KINDS = (*generate.KINDS, "code")
SHOWN = 16
"""Candidates for the next token."""
PRESETS = [
    ("A sentence", ["en", "story", "Once upon a time there was a little girl who lived in the forest."]),
    ("A surprise", ["en", "story", "The cat sat on the volcano and ate a piece of Tuesday."]),
    ("Python", ["en", "code", "for i in range(10):\n    print(i)\n"]),
    ("静夜思", ["zh", "poem", "床前明月光，疑是地上霜。举头望明月，低头思故乡。"]),
]
TOKENS_HTML = '<div class="tokens" role="group"></div><div class="detail" aria-live="polite"></div>'
TOKENS_CSS = """
.tokens {line-height: 2; white-space: pre-wrap; overflow-wrap: anywhere}
.tokens button {border: 0; margin: 0; padding: 2px 0; font: inherit; color: #111; border-radius: 3px; cursor: pointer;
  white-space: pre-wrap; text-align: left}
.tokens button[aria-pressed="true"] {outline: 2px solid var(--color-accent)}
.detail {display: grid; grid-template-columns: max-content 1fr max-content; gap: 2px 8px; margin-top: 8px;
  font-variant-numeric: tabular-nums; align-items: center}
.detail code {white-space: pre}
.detail i {height: 12px; background: var(--color-accent); border-radius: 3px; display: block}
"""
MATRIX_HTML = """<div class="matrix"><div class="scroll" tabindex="0"><div class="map" hidden><ol></ol><ol></ol>
<canvas role="img" aria-label="Attention matrix"></canvas></div></div><output></output></div>"""
MATRIX_CSS = """
.matrix {display: grid; gap: 6px; max-width: 560px}
.scroll {overflow: auto; max-height: 600px; position: relative}
.map {--label: 1.1rem; --cell: max(13px, (min(100cqw, 540px) - var(--label)) / var(--size)); display: grid;
  grid-template: var(--label) auto / var(--label) max-content; width: max-content}
.matrix {container-type: inline-size}
.map[hidden] {display: none}
.map.words {--label: 5rem}
canvas {grid-area: 2 / 2; width: calc(var(--size) * var(--cell)); image-rendering: pixelated;
  background: var(--background-fill-secondary)}
ol {list-style: none; margin: 0; padding: 0; display: flex; position: sticky; z-index: 1; font-size: .72rem;
  line-height: 1; background: var(--background-fill-primary); color: var(--body-text-color)}
ol:first-child {grid-area: 1 / 2; top: 0}
ol:nth-child(2) {grid-area: 2 / 1; left: 0; flex-direction: column}
li {flex: 0 0 var(--cell); display: flex; align-items: center; justify-content: center; overflow: hidden;
  white-space: nowrap; min-width: 0; min-height: 0; margin: 0}
.words ol:first-child li {writing-mode: vertical-rl; transform: rotate(180deg); justify-content: flex-start}
.words ol:nth-child(2) li {justify-content: flex-end; padding-right: 4px}
output {min-height: 1.5em; font-size: .9rem; white-space: pre-wrap; overflow-wrap: anywhere}
"""


def visible(token: str) -> str:
    """A token with its line breaks shown; an empty one as a dot."""
    return token.replace("\n", "↵\n") or "·"


@readable_errors
@with_own_weights
def look(words: str, kind: str, language: str, request: gr.Request) -> tuple[str, str]:
    """The heat map of a text as JSON, and the line below it."""
    if not (words or "").strip():
        raise ValueError("Write some text first.")
    check.require(words)
    start = time.perf_counter()
    found = inside.inspect(words, kind, language_for(kind, language))
    passed = time.perf_counter() - start
    tokens = [
        {"text": visible(v.text), "p": round(v.probability, 5), "rank": v.rank,
         "others": [[visible(name).strip("\n"), round(p, 4)] for name, p in v.alternatives]}
        for v in found
    ]  # fmt: skip
    size = len("".join(v.text for v in found).encode("utf-8", "replace"))
    bits = -sum(math.log2(max(v.probability, 1e-12)) for v in found) / max(1, size)
    status = say(
        "inside.status", language_of(request), tokens=len(found), bits=bits,
        share=sum(v.rank == 0 for v in found) / len(found), rate=len(found) / max(1e-6, passed),
    )  # fmt: skip
    return json.dumps(tokens, ensure_ascii=False), status


@readable_errors
@with_own_weights
def picture_next(words: str, kind: str, language: str, request: gr.Request, *controls: float) -> str:
    """The next token's distribution before and after the sampling controls, as bars."""
    check.require(words)
    page = language_of(request)
    found = inside.next_tokens(words or "", kind, language_for(kind, language), controls_of(*controls), SHOWN)
    most = max(max(before, after) for _, before, after in found) or 1
    rows = "".join(
        f"<tr><td><code>{html.escape(visible(name).strip(chr(10)))}</code></td>"
        f'<td><i style="width:{100 * before / most:.1f}%"></i><b style="width:{100 * after / most:.1f}%"></b></td>'
        f"<td>{before:.1%}</td><td>{after:.1%}</td></tr>"
        for name, before, after in found
    )
    head = f"<tr><th></th><th></th><th>{say('inside.before', page)}</th><th>{say('inside.after', page)}</th></tr>"
    return f'<table class="next">{head}{rows}</table>'


@readable_errors
@with_own_weights
def picture_attention(words: str, kind: str, language: str, layer: float, head: float) -> str:
    """The attention of one head as JSON: names of the tokens, rows of shares from 0 to 255."""
    if not (words or "").strip():
        raise ValueError("Write some text first.")
    check.require(words)
    names, shares = inside.attention(words, kind, language_for(kind, language))
    layer, head = (min(int(v) - 1, size - 1) for v, size in ((layer, shares.shape[0]), (head, shares.shape[1])))
    rows = (255 * shares[layer, head]).round().int().tolist()
    return json.dumps({"names": [visible(n) for n in names], "rows": rows}, ensure_ascii=False)


def build() -> None:
    """Lay out the room inside the open ``gr.Tab`` and connect its events."""
    layers, heads = generate.shape()
    with gr.Row(elem_classes="settings"):
        language = choice("language", generate.LANGUAGES, "en")
        kind = gr.Dropdown(
            [(text(f"kind.{k}"), k) for k in KINDS], value="story", label=text("kind"), info=text("kind.info"),
            filterable=False, min_width=170,
        )  # fmt: skip
    words = gr.Textbox(PRESETS[0][1][-1], label=text("inside.text"), lines=4, max_lines=12, elem_id="inside-text")
    go = gr.Button(text("inside.go"), variant="primary", elem_id="inside-go")
    presets([language, kind, words], [row for _, row in PRESETS], [name for name, _ in PRESETS])
    status = gr.Markdown(elem_classes="notice", elem_id="inside-status")
    gr.Markdown(text("inside.tokens"), elem_classes="notice")
    heat = gr.HTML(
        "[]", html_template=TOKENS_HTML, css_template=TOKENS_CSS, elem_id="heat", apply_default_css=False,
        js_on_load=(HERE / "tokens.js").read_text(encoding="utf-8"),
    )  # fmt: skip
    with gr.Row(equal_height=False):
        with gr.Column(min_width=300):
            gr.Markdown(text("inside.next"), elem_classes="notice")
            bars = gr.HTML(elem_id="next-tokens", apply_default_css=False)
            controls = sampling_controls()
        with gr.Column(min_width=300):
            gr.Markdown(text("inside.attention"), elem_classes="notice")
            matrix = gr.HTML(
                "", html_template=MATRIX_HTML, css_template=MATRIX_CSS, elem_id="attention", apply_default_css=False,
                js_on_load=(HERE / "attention.js").read_text(encoding="utf-8"),
            )  # fmt: skip
            layer = slider("layer", 1, layers, max(1, layers // 2), 1)
            head = slider("head", 1, heads, 1, 1)
            gr.Markdown(text("inside.attention.note"), elem_classes="notice")
    where = [words, kind, language]
    (
        go.click(look, where, [heat, status], api_name="look_inside", show_progress="hidden", **MODEL_EVENT)
        .then(picture_next, [*where, *controls], bars, api_name="next_tokens", **LIVE_EVENT)
        .then(picture_attention, [*where, layer, head], matrix, api_name="attention", **LIVE_EVENT)
    )
    gr.on(moving(*controls), picture_next, [*where, *controls], bars, api_visibility="private", **LIVE_EVENT)
    gr.on(
        moving(layer, head), picture_attention, [*where, layer, head], matrix, api_visibility="private",
        **LIVE_EVENT,
    )  # fmt: skip
