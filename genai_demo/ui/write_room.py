"""The room "Continue" of the text tab: a text that grows under the user's hands."""

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from genai_demo.core import limits
from genai_demo.core.greenlist import STRENGTH
from genai_demo.text import generate, verse
from genai_demo.trust.policy import check
from genai_demo.ui import candidates, policy
from genai_demo.ui.common import choice, readable_errors, slider
from genai_demo.ui.own_visits import with_own_weights
from genai_demo.ui.strings import language_of, say, text
from genai_demo.ui.text_common import (
    STREAM_EVENT,
    controls_of,
    good_controls,
    language_for,
    paced,
    presets,
    sampling_controls,
    seed_box,
)

WAYS = 3
MOST_UNDO = 20
PRESETS: list[tuple[str, list[str]]] = [
    ("A story", ["en", "story", "", "", "Once upon a time, in a house by the sea, there lived a girl named Mia. "]),
    ("A dragon", ["en", "story", "The Shy Dragon", "", ""]),
    ("News", ["en", "news", "", "", "LONDON - Shares rose on Tuesday after "]),
    ("A product", ["en", "product", "Travel mug", "", "This stainless steel travel mug keeps "]),
    ("故事", ["zh", "story", "", "", "从前，有一只小兔子，"]),
    ("新闻", ["zh", "news", "", "", "本报北京电"]),
    ("商品", ["zh", "product", "", "", "这款保温杯"]),
    ("七言诗", ["zh", "poem", "春夜", "seven", ""]),
    ("五言诗", ["zh", "poem", "山中", "five", ""]),
    ("词", ["zh", "poem", "浣溪沙", "ci", ""]),
]  # fmt: skip

CURSOR_JS = """(...values) => {
  const box = document.querySelector("#write-text textarea");
  const place = box && box.value === values[0] ? box.selectionStart : 0;
  values[1] = place > 0 ? [...values[0].slice(0, place)].length : -1;
  return values;
}"""
"""Where the cursor stands, in characters; -1 for the end."""
SAVE_JS = """(...values) => {
  const [name, content] = BODY;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], {type: "text/plain;charset=utf-8"}));
  link.download = name; link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}"""
LINK_JS = """(...values) => {
  const link = new URL(location.href.split(/[?#]/)[0]);
  link.searchParams.set("tab", "text");
  NAMES.forEach((name, i) => { if (values[i] !== "" && values[i] !== null) link.searchParams.set(name, values[i]); });
  const address = link.toString();
  navigator.clipboard?.writeText(address).catch(() => {});
  return address;
}"""
LINES = {"five": 5, "seven": 7}
"""Forms of the page that are Tang poems with lines of a fixed length."""
FORMS = ("", *LINES, *generate.FORMS)
LINKED = ("text", "language", "kind", "title", "form", "length", "temperature", "top_p", "top_k", "min_p", "penalty",
          "seed", "plain")  # fmt: skip
LONGEST_LINK = 1_500
"""Characters of text that a link carries; browsers and servers cut longer addresses."""

Pair = tuple[str, str]
"""The text before and after the place where the model goes on."""


def split_at(words: str, cursor: float | None) -> Pair:
    """The text up to the cursor and the rest; -1, or no number, stands for the end."""
    words = words or ""
    place = int(cursor) if cursor is not None and 0 <= cursor <= len(words) else len(words)
    return words[:place], words[place:]


class Clock:
    """Measures when the first token came and how many a second followed."""

    def __init__(self) -> None:
        self.start, self.first, self.tokens = time.perf_counter(), 0.0, 0

    def say(self, state: generate.Writing, language: str) -> str:
        """The status line."""
        passed = time.perf_counter() - self.start
        if not self.first:
            self.first, self.tokens = passed, state.tokens
        rate = (state.tokens - self.tokens) / max(1e-6, passed - self.first)
        found = say("write.status", language, tokens=state.tokens, rate=rate, first=1000 * self.first)
        return found + (say("write.forgotten", language, count=state.forgotten) if state.forgotten else "")


def form_choices(kind: str, language: str) -> list[str]:
    """The forms that the page offers for a kind, the usual one first; for poems "", any form, before all."""
    known = list(generate.known_forms(kind, language_for(kind, language)))
    return ["", *LINES, *known] if kind == "poem" else known or [""]


def offer_forms(kind: str, language: str, form: str, request: gr.Request) -> gr.Dropdown:
    """The forms of another kind or language; the chosen one stays where it is among them."""
    offered, page = form_choices(kind, language), language_of(request)
    named = [(say(f"form.{name or 'any'}", page), name) for name in offered]
    value = form if form and form in offered else offered[0]
    return gr.Dropdown(choices=named, value=value, visible=len(offered) > 1)


def _form(kind: str, language: str, form: str) -> str:
    """The form as the model knows it; one of another kind, which stayed behind on the page, counts as none."""
    if kind == "poem" and form in LINES:
        return "tang"
    return form if form in form_choices(kind, language) else ""


def _write(before: str, count: int, seed: float, settings: tuple[Any, ...]) -> Iterator[generate.Writing]:
    language, kind, title, form, length, temperature, top_p, top_k, min_p, penalty, stops, mark, plain = settings
    limits.require_length(stops or "", limits.MAX_STOPS, "The list of stop strings")
    yield from generate.write(
        before,
        kind,
        language_for(kind, language),
        count,
        int(length),
        controls_of(temperature, top_p, top_k, min_p, penalty),
        int(seed),
        [line for line in (stops or "").split("\n") if line],
        title or "",
        _form(kind, language, form),
        LINES.get(form, 0) if kind == "poem" else 0,
        mark,
        1 if plain else generate.CANDIDATES,
    )


def _verse(kind: str, words: str, language: str) -> str:
    """Line lengths and rhyme, once a poem has two lines."""
    found = verse.lines(words)
    if kind != "poem" or len(found) < 2:
        return ""
    lengths = " ".join(str(len(line)) for line in found[:16])
    return say("write.verse", language, lengths=lengths, rhyme=verse.rhyme_share(words))


@readable_errors
@with_own_weights
def continue_text(
    words: str,
    cursor: float,
    history: list[Pair],
    seed: float,
    language: str,
    kind: str,
    title: str,
    form: str,
    length: float,
    temperature: float,
    top_p: float,
    top_k: float,
    min_p: float,
    penalty: float,
    stops: str,
    mark: float,
    plain: bool,
    request: gr.Request,
) -> Iterator[tuple[Any, ...]]:
    """Go on from the cursor (-1: the end). Yields the whole text, a status line, what Undo brings back, and choices."""
    settings = (language, kind, title, form, length, temperature, top_p, top_k, min_p, penalty, stops, mark, plain)
    yield from _continue(split_at(words, cursor), history, seed, settings, language_of(request))


def _continue(
    pair: Pair, history: list[Pair], seed: float, settings: tuple[Any, ...], page: str
) -> Iterator[tuple[Any, ...]]:
    (before, rest), kind, clock = pair, settings[1], Clock()
    check.require(before, rest, settings[2])
    guard = check.Guard(before)
    history = [*history, pair][-MOST_UNDO:]
    for state in paced(_write(before, 1, seed, settings)):
        new = guard.shown(state.texts[0], state.done[0])
        status = policy.stopped(guard, page) + clock.say(state, page) + _verse(kind, before + new, page)
        choices = [] if guard.found else state.choices[:1]
        yield before + new + rest, status, history, choices
        if guard.found:
            return


@readable_errors
@with_own_weights
def regenerate(history: list[Pair], seed: float, request: gr.Request, *settings: Any) -> Iterator[tuple[Any, ...]]:
    """The last continuation once more, with the next seed. Yields as ``continue_text``, and the seed."""
    if not history:
        raise ValueError("There is nothing to write again. Press Continue first.")
    seed = (int(seed) + 1) % limits.MAX_SEED
    for found in _continue(history[-1], history[:-1], seed, settings, language_of(request)):
        yield *found, seed


@readable_errors
def undo(history: list[Pair]) -> tuple[str, list[Pair]]:
    """The text before the last continuation."""
    if not history:
        raise ValueError("There is nothing to undo.")
    return "".join(history[-1]), history[:-1]


@readable_errors
@with_own_weights
def three_ways(
    words: str, cursor: float, seed: float, request: gr.Request, *settings: Any
) -> Iterator[tuple[Any, ...]]:
    """Three continuations side by side. Yields them, a status line, and the text around them."""
    pair, clock, page = split_at(words, cursor), Clock(), language_of(request)
    check.require(*pair, settings[2])
    guards = [check.Guard(pair[0]) for _ in range(WAYS)]
    for state in paced(_write(pair[0], WAYS, seed, settings), 0.08):
        new = [guard.shown(t, d) for guard, t, d in zip(guards, state.texts, state.done, strict=True)]
        yield *new, policy.stopped_ways(guards, page) + clock.say(state, page), pair
        if all(guard.found for guard in guards):
            return


@readable_errors
def take_way(way: str, pair: Pair | None, history: list[Pair]) -> tuple[str, list[Pair]]:
    """Put a continuation into the text."""
    if not way or pair is None:
        raise ValueError("There is nothing here yet. Press Three ways first.")
    return pair[0] + way + pair[1], [*history, pair][-MOST_UNDO:]


def read_link(request: gr.Request) -> list[Any]:
    """The settings of a link; what it does not name stays. First the tab."""
    given = dict(request.query_params) if request is not None else {}
    if given.get("tab") != "text":
        return [gr.skip() for _ in range(len(LINKED) + 1)]
    found: list[Any] = [gr.Tabs(selected="text")]
    for name in LINKED:
        value: Any = given.get(name)
        if name == "plain" and value in ("true", "false"):
            value = value == "true"
        elif value is not None and name not in ("text", "language", "kind", "title", "form"):
            try:
                value = float(value)
            except ValueError:
                value = None
        allowed = {"language": generate.LANGUAGES, "kind": generate.KINDS, "form": FORMS}.get(name)
        good = value is not None and (allowed is None or value in allowed)
        found.append(value[: limits.MAX_PROMPT] if good and isinstance(value, str) else value if good else gr.skip())
    return found


def build(demo: gr.Blocks, tabs: gr.Tabs) -> None:
    """Lay out the room inside the open ``gr.Tab`` and connect its events."""
    history, pair = gr.State([], time_to_live=1800), gr.State(None, time_to_live=1800)
    choices = gr.State([], time_to_live=1800)
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
    )
    status = gr.Markdown(elem_classes="notice", elem_id="write-status")
    with gr.Row(elem_classes="buttons"):
        go = gr.Button(text("write.continue"), variant="primary", min_width=110, elem_id="write-go")
        stop = gr.Button(text("text.stop"), variant="stop", min_width=80, elem_id="write-stop")
        again = gr.Button(text("write.again"), min_width=110, elem_id="write-again")
        back = gr.Button(text("write.undo"), min_width=90, elem_id="write-undo")
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
        length = slider("length", 10, limits.MAX_NEW_TOKENS, 150, 10)
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
        clear = gr.Button(text("write.clear"), size="sm", min_width=70)
    address = gr.Textbox(show_label=False, container=False, visible=False, elem_id="write-address", buttons=["copy"])
    rows = [[*row, *good_controls(row[1], row[0])] for _, row in PRESETS]
    presets([language, kind, title, form, words, controls[0], controls[-1]], rows, [name for name, _ in PRESETS])

    cursor = gr.Number(-1, visible="hidden", precision=0)
    settings = [language, kind, title, form, length, *controls, stops, mark, plain]
    written = [words, status, history, choices]
    running = [
        go.click(
            continue_text,
            [words, cursor, history, seed, *settings],
            written,
            js=CURSOR_JS,
            api_name="continue_text",
            trigger_mode="multiple",  # else a press soon after Stop is lost without a word
            **STREAM_EVENT,
        ),
        again.click(
            regenerate,
            [history, seed, *settings],
            [*written, seed],
            api_name="regenerate_text",
            trigger_mode="multiple",
            **STREAM_EVENT,
        ),
    ]
    shown = three.click(lambda: gr.Row(visible=True), None, side_by_side, api_visibility="private", queue=False)
    compare = shown.then(three_ways, [words, cursor, seed, *settings], [*ways, status, pair], js=CURSOR_JS,
                         api_name="three_ways", **STREAM_EVENT)  # fmt: skip
    for event in running:
        event.then(candidates.picture, choices, table, api_visibility="private", show_progress="hidden")
    stop.click(None, cancels=[*running, compare], api_visibility="private")
    back.click(undo, history, [words, history], api_name="undo_text", show_progress="hidden")
    for way, take in zip(ways, takes, strict=True):
        take.click(take_way, [way, pair, history], [words, history], api_visibility="private", show_progress="hidden")
    clear.click(lambda: ("", ""), None, [words, title], api_visibility="private", show_progress="hidden")
    gr.on([kind.input, language.input], good_controls, [kind, language], [controls[0], controls[-1]],
          api_visibility="private", queue=False, show_progress="hidden")  # fmt: skip
    gr.on([demo.load, kind.change, language.change], offer_forms, [kind, language, form], form,
          api_visibility="private", queue=False, show_progress="hidden")  # fmt: skip

    linked = [words, language, kind, title, form, length, *controls, seed, plain]
    save_text.click(
        None, [words], None, js=SAVE_JS.replace("BODY", '["text.txt", values[0]]'), api_visibility="private"
    )
    recipe = f'["text.json", JSON.stringify(Object.fromEntries({list(LINKED)}.map((n, i) => [n, values[i]])), null, 1)]'
    save_json.click(None, linked, None, js=SAVE_JS.replace("BODY", recipe), api_visibility="private")
    link.click(None, linked, address, js=LINK_JS.replace("NAMES", str(list(LINKED))), api_visibility="private").then(
        lambda: gr.Textbox(visible=True), None, address, api_visibility="private", queue=False
    )
    demo.load(read_link, None, [tabs, *linked], api_visibility="private", show_progress="hidden")
