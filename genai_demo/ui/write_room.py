"""The room "Continue" of the text tab: a text that grows under the user's hands."""

import functools
from typing import Any

import gradio as gr

from genai_demo.core import limits
from genai_demo.core.greenlist import STRENGTH
from genai_demo.text import generate
from genai_demo.ui import candidates, presses, write_links
from genai_demo.ui import write_actions as actions
from genai_demo.ui.common import choice, slider
from genai_demo.ui.strings import text
from genai_demo.ui.text_common import STREAM_EVENT, good_controls, presets, sampling_controls, seed_box
from genai_demo.ui.write_actions import USUAL_LENGTH, WAYS
from genai_demo.ui.write_history import History
from genai_demo.ui.write_links import FORMS

PRESETS: list[tuple[str, list[str]]] = [
    ("A story", ["en", "story", "", "", "Once upon a time, in a house by the sea, there lived a girl named Mia. "]),
    ("A dragon", ["en", "story", "", "", "Once upon a time, there was a shy dragon who lived in a cave. "]),
    ("News", ["en", "news", "", "", "LONDON - Shares rose on Tuesday after "]),
    ("A product", ["en", "product", "Travel mug", "", "This stainless steel travel mug keeps "]),
    ("故事", ["zh", "story", "", "", "从前，有一只小兔子，"]),
    ("新闻", ["zh", "news", "", "", "本报北京电"]),
    ("商品", ["zh", "product", "", "", "这款保温杯"]),
    ("七言诗", ["zh", "poem", "春夜", "seven", ""]),
    ("五言诗", ["zh", "poem", "山中", "five", ""]),
    ("词", ["zh", "poem", "浣溪沙", "ci", ""]),
]  # fmt: skip
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
ARM_JS = """(...values) => {
  const box = document.querySelector("#write-text textarea");
  if (!box) return values;
  box.dataset.rest ??= 0;
  box.oninput = () => {
    if (box.dataset.rest === undefined) return;
    delete box.dataset.rest;
    document.querySelector("#write-stop").click();
  };
  return values;
}"""
"""The box notes how many characters come after the cursor; who types then ends the writing, which would lose that."""
CURSOR_JS = f"""(...values) => {{
  const box = document.querySelector("#write-text textarea");
  const there = box && box.value === values[0];
  const place = there ? box.selectionStart : 0;
  values[1] = place > 0 ? [...values[0].slice(0, place)].length : -1;
  if (there) box.dataset.rest = place > 0 ? values[0].length - place : 0;
  return ({ARM_JS})(...values);
}}"""
"""Where the cursor stands, in characters; -1 for the end."""
FOLLOW_JS = """(words) => {
  const box = document.querySelector("#write-text textarea");
  requestAnimationFrame(() => {
    if (box?.dataset.rest === undefined) return;
    const place = Math.max(0, box.value.length - Number(box.dataset.rest));
    box.setSelectionRange(place, place);
    const line = (place / Math.max(1, box.value.length)) * box.scrollHeight;
    if (line < box.scrollTop || line > box.scrollTop + box.clientHeight) box.scrollTop = line - box.clientHeight / 2;
  });
}"""
"""The cursor stays behind what the model wrote, and in sight."""
SAVE_JS = """(content) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], {type: "text/plain;charset=utf-8"}));
  link.download = NAME; link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}"""


def build(demo: gr.Blocks, tabs: gr.Tabs) -> None:
    """Lay out the room inside the open ``gr.Tab`` and connect its events."""
    history, place = gr.State(History(), time_to_live=1800), gr.State(None, time_to_live=1800)
    choices, linked = gr.State([], time_to_live=1800), gr.State(None, time_to_live=1800)
    with gr.Row(elem_classes="settings"):
        language = choice("language", generate.LANGUAGES, "en", min_width=150)
        kind = gr.Dropdown(
            [(text(f"kind.{k}"), k) for k in generate.KINDS], value="story", label=text("kind"), info=text("kind.info"),
            filterable=False, elem_id="write-kind", min_width=170,
        )  # fmt: skip
        title = gr.Textbox(label=text("title"), info=text("title.info"), max_length=100, min_width=170)
        form = gr.Dropdown(
            [(text(f"form.{name or 'any'}"), name) for name in FORMS], value="", label=text("form"),
            info=text("form.info"), filterable=False, visible=False, min_width=170, elem_id="write-form",
        )  # fmt: skip
    words = gr.Textbox(
        PRESETS[0][1][-1],
        label=text("write.text"),
        placeholder=text("write.placeholder"),
        lines=9,
        max_lines=24,
        elem_id="write-text",
        buttons=["copy"],
        autoscroll=False,
    )
    status = gr.Markdown(elem_classes="notice", elem_id="write-status")
    with gr.Row(elem_classes="buttons"):
        go = gr.Button(text("write.continue"), variant="primary", min_width=110, elem_id="write-go")
        stop = gr.Button(text("text.stop"), variant="stop", min_width=80, elem_id="write-stop")
        again = gr.Button(text("write.again"), min_width=110, elem_id="write-again")
        back = gr.Button(text("write.undo"), min_width=90, elem_id="write-undo")
        forward = gr.Button(text("write.redo"), min_width=90, elem_id="write-redo")
        three = gr.Button(text("write.three"), min_width=110, elem_id="write-three")
    plain = gr.Checkbox(False, label=text("write.plain"), info=text("write.plain.info"), elem_id="write-plain")
    with gr.Row(visible=False, equal_height=True) as side_by_side:
        ways, takes = [], []
        for i in range(WAYS):
            with gr.Column(min_width=220):
                ways.append(
                    gr.Textbox(
                        label=text(f"write.way.{i + 1}"),
                        lines=7,
                        max_lines=14,
                        interactive=False,
                        elem_id=f"write-way-{i + 1}",
                    )
                )
                takes.append(gr.Button(text("write.take"), size="sm"))
    with gr.Accordion(text("settings"), open=False), gr.Row(elem_classes="settings"):
        length = slider("length", 10, limits.MAX_NEW_TOKENS, USUAL_LENGTH, 10)
        seed = seed_box()
        controls = sampling_controls(*good_controls("story", "en"))
        stops = gr.Textbox(
            label=text("stops"), info=text("stops.info"), lines=2, max_length=limits.MAX_STOPS, min_width=170
        )
        mark = slider("write.mark", 0, limits.MAX_MARK, STRENGTH, 0.25)
    with gr.Accordion(text("write.candidates"), open=False, elem_id="write-candidates"):
        gr.Markdown(text("write.candidates.note"), elem_classes="notice")
        table = gr.HTML()
    with gr.Row(elem_classes="buttons"):
        save_text = gr.Button(text("write.txt"), size="sm", min_width=70, elem_id="write-txt")
        save_json = gr.Button(text("write.json"), size="sm", min_width=110, elem_id="write-json")
        link = gr.Button(text("write.link"), size="sm", min_width=90, elem_id="write-link")
        clear = gr.Button(text("write.clear"), size="sm", min_width=70, elem_id="write-clear")
    address = gr.Textbox(show_label=False, container=False, visible=False, elem_id="write-address", buttons=["copy"])
    rows = [[*row, *good_controls(row[1], row[0])] for _, row in PRESETS]
    start = gr.Textbox(visible="hidden")
    begun = presets(
        [language, kind, title, form, start, controls[0], controls[-1]], rows, [name for name, _ in PRESETS]
    )

    cursor = gr.Number(-1, visible="hidden", precision=0)
    settings = [language, kind, title, form, length, *controls, stops, mark, plain]
    written = [words, status, history, choices]
    stream: dict[str, Any] = STREAM_EVENT | presses.PRESS
    shown = three.click(lambda: gr.Row(visible=True), None, side_by_side, api_visibility="private", queue=False)
    running = [
        go.click(
            actions.continue_text, [words, cursor, history, seed, *settings], written, js=CURSOR_JS,
            api_name="continue_text", **stream,
        ),
        again.click(
            actions.regenerate, [words, history, seed, *settings], [*written, seed], js=ARM_JS,
            api_name="regenerate_text", **stream,
        ),
        linked.change(actions.continue_linked, [linked, history], written, api_visibility="private", **stream),
        shown.then(
            actions.three_ways, [words, cursor, seed, *settings], [*ways, status, place], js=CURSOR_JS,
            api_name="three_ways", **stream,
        ),
    ]  # fmt: skip
    for event in running[:3]:
        event.then(candidates.picture, choices, table, api_visibility="private", show_progress="hidden")
    changing = [
        back.click(actions.undo, [words, history], [words, history], api_name="undo_text", show_progress="hidden"),
        forward.click(actions.redo, [words, history], [words, history], api_name="redo_text", show_progress="hidden"),
        clear.click(actions.clear, [words, history], [words, title, history], **QUIET),
        begun.load_input_event.then(actions.begin, [start, words, history], [words, history], **QUIET),
    ]
    presses.replace_each_other([*running, *changing])
    presses.stop(stop, running)
    for number, (way, take) in enumerate(zip(ways, takes, strict=True), 1):
        took = functools.partial(actions.take_way, number)
        take.click(took, [way, place, words, history], [words, history], **QUIET)
    words.change(None, words, None, js=FOLLOW_JS, queue=False, **QUIET)
    gr.on([kind.input, language.input], good_controls, [kind, language], [controls[0], controls[-1]],
          queue=False, **QUIET)  # fmt: skip
    gr.on([demo.load, kind.change, language.change], actions.offer_forms, [kind, language, form], form,
          queue=False, **QUIET)  # fmt: skip

    save_text.click(None, words, None, js=SAVE_JS.replace("NAME", '"text.txt"'), **QUIET)
    held = gr.Textbox(visible="hidden")
    made = [words, history, seed, *settings]
    save_json.click(write_links.recipe_file, made, held, **QUIET).then(
        None, held, None, js=SAVE_JS.replace("NAME", '"text.json"'), **QUIET
    )
    link.click(write_links.share, made, address, **QUIET).then(None, address, address, js=write_links.LINK_JS, **QUIET)
    by_name = dict(zip(("text", *write_links.SETTINGS, "seed"), (words, *settings, seed), strict=True))
    demo.load(write_links.read_link, held, [tabs, *(by_name[n] for n in write_links.LINKED), linked],
              js=write_links.HASH_JS, **QUIET)  # fmt: skip
