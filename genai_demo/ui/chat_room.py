"""The room "Chat" of the text tab: several turns, which can be edited, taken back and answered anew."""

import itertools
import random
import re
from collections.abc import Iterator
from typing import Any

import gradio as gr

from genai_demo.core import limits
from genai_demo.text import generate
from genai_demo.trust.policy import check
from genai_demo.ui import policy, presses
from genai_demo.ui.common import begin_in_chinese, choice, page_language, readable_errors, slider
from genai_demo.ui.own_visits import with_own_weights
from genai_demo.ui.strings import say, text
from genai_demo.ui.text_common import (
    STREAM_EVENT,
    controls_of,
    good_controls,
    paced,
    presets,
    sampling_controls,
    seed_box,
)

PRESETS = [
    ("Hello", ["en", "Hello! How are you?"]),
    ("Cats", ["en", "I love cats. Do you like cats?"]),
    ("Food", ["en", "What do you like to eat?"]),
    ("你好", ["zh", "你好呀"]),
    ("天空", ["zh", "天空是什么颜色？"]),
    ("吃饭", ["zh", "你喜欢吃什么？"]),
]
Messages = list[dict[str, Any]]


def words_of(message: dict[str, Any]) -> str:
    """The text of a message, in whichever form the page sends it."""
    content = message.get("content", "")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content]
    return "".join(p if isinstance(p, str) else str(p.get("text", "")) for p in parts if p)


def turns_of(messages: Messages) -> list[str]:
    """User, reply, user ...: what the model takes. Turns without a reply (stopped, or failed) are left out."""
    said = [(m.get("role"), words_of(m)) for m in messages]
    answered = [
        words
        for (role, user), (after, reply) in itertools.pairwise(said)
        if (role, after) == ("user", "assistant") and user.strip() and reply.strip()
        for words in (user, reply)
    ]
    return answered + [words for _, words in said[-1:]]


@readable_errors
@with_own_weights
def send(
    turn: str, messages: Messages, language: str, length: float, seed: float, *settings: Any
) -> Iterator[tuple[str, Messages]]:
    """Add a turn and stream the answer. Yields the emptied box and the conversation."""
    if not (turn or "").strip():
        raise ValueError("Write something first: a conversation is answered after a turn of yours.")
    messages = [*messages, {"role": "user", "content": turn.strip()}]
    for found in answer(messages, language, length, seed, *settings):
        yield "", found


@readable_errors
def answer(messages: Messages, language: str, length: float, seed: float, *settings: Any) -> Iterator[Messages]:
    """Stream the reply to a conversation that ends with a turn of the user.

    settings: the values of ``sampling_controls``, and whether replies are sampled plainly instead of chosen.
    """
    *controls, plain = settings
    said = ""
    page = page_language()
    words = words_of(messages[-1]) if messages else ""
    limits.require_length(words, what="Your turn")
    found = check.look(words)
    if found is not None and found.kind == "selfharm":  # an answer, not an error, in the language that was written
        spoken = "zh" if re.search("[\u4e00-\u9fff]", words) else page
        yield [*messages, {"role": "assistant", "content": say("policy.refused.selfharm", spoken)}]
        return
    if found is not None:
        raise check.Refused(found.kind)
    guard = check.Guard()
    choice = {"candidates": 1} if plain else {}
    pieces = generate.chat(turns_of(messages), language, int(length), controls_of(*controls), int(seed), **choice)
    yield messages
    for said in paced(_added(pieces)):
        yield [*messages, {"role": "assistant", "content": guard.shown(said)}]
        if guard.found:
            break
    shown = guard.shown(said, done=True)
    if said.strip():
        end = policy.stopped(guard, page).strip()
        yield [*messages, {"role": "assistant", "content": f"{shown} *{end}*".strip() if end else shown}]
    if not said.strip():
        yield [*messages, {"role": "assistant", "content": "…"}]


def _added(pieces: Iterator[str]) -> Iterator[str]:
    said = ""
    for piece in pieces:
        said += piece
        yield said.lstrip()


@readable_errors
@with_own_weights
def answer_again(
    messages: Messages, language: str, length: float, retry: gr.RetryData, *settings: Any
) -> Iterator[Messages]:
    """Another reply to the turn before the one that was clicked, from a random seed."""
    index = retry.index if isinstance(retry.index, int) else retry.index[0]
    kept = messages[: index + 1]
    while kept and kept[-1]["role"] == "assistant":
        kept = kept[:-1]
    yield from answer(kept, language, length, random.randrange(limits.MAX_SEED), *settings)


def take_back(messages: Messages, undo: gr.UndoData) -> tuple[Messages, str]:
    """Without the turn that was clicked and all after it; its words return to the box."""
    index = undo.index if isinstance(undo.index, int) else undo.index[0]
    while index > 0 and messages[index]["role"] == "assistant":
        index -= 1
    return messages[:index], words_of(messages[index])


@readable_errors
@with_own_weights
def change_turn(
    messages: Messages, language: str, length: float, seed: float, edit: gr.EditData, *settings: Any
) -> Iterator[Messages]:
    """A turn was edited: what came after it is answered anew."""
    index = edit.index if isinstance(edit.index, int) else edit.index[0]
    kept = [*messages[:index], {**messages[index], "content": edit.value}]
    if kept[-1]["role"] == "assistant":
        yield [*kept, *messages[index + 1 :]]
        return
    yield from answer(kept, language, length, seed, *settings)


def build() -> None:
    """Lay out the room inside the open ``gr.Tab`` and connect its events."""
    language = choice("language", generate.LANGUAGES, "en")
    box = gr.Chatbot(
        label=text("chat.box"),
        placeholder=text("chat.hello"),  # type: ignore[arg-type]
        editable="all",
        height=420,
        buttons=["copy", "copy_all"],
        elem_id="chat-box",
        feedback_options=None,
    )
    with gr.Row(elem_classes="buttons"):
        turn = gr.Textbox(
            show_label=False, placeholder=text("chat.placeholder"), scale=6, min_width=200, elem_id="chat-turn"
        )
        go = gr.Button(text("chat.send"), variant="primary", min_width=80, elem_id="chat-send")
        stop = gr.Button(text("text.stop"), variant="stop", min_width=80)
        new = gr.Button(text("chat.new"), min_width=110)
    plain = gr.Checkbox(False, label=text("write.plain"), info=text("chat.plain.info"), elem_id="chat-plain")
    with gr.Accordion(text("settings"), open=False), gr.Row(elem_classes="settings"):
        length = slider("length", 10, 300, 80, 10)
        seed = seed_box()
        controls = sampling_controls(*good_controls("chat", "en"))
    rows = [[*row, *good_controls("chat", row[0])] for _, row in PRESETS]
    presets([language, turn, controls[0], controls[-1]], rows, [name for name, _ in PRESETS])
    temperature, penalty = good_controls("chat", "zh")
    begin_in_chinese((language, "zh"), (controls[0], temperature), (controls[-1], penalty))
    settings = [language, length, seed, *controls, plain]
    without_seed = [language, length, *controls, plain]
    stream: dict[str, Any] = STREAM_EVENT | presses.PRESS
    running = [
        gr.on([go.click, turn.submit], send, [turn, box, *settings], [turn, box], api_name="chat", **stream),
        box.retry(answer_again, [box, *without_seed], box, api_visibility="private", **stream),
        box.edit(change_turn, [box, *settings], box, api_visibility="private", **stream),
    ]
    language.input(lambda spoken: good_controls("chat", spoken), language, [controls[0], controls[-1]],
                   api_visibility="private", queue=False, show_progress="hidden")  # fmt: skip
    presses.stop(stop, running)
    changing = [
        box.undo(take_back, box, [box, turn], api_visibility="private", show_progress="hidden"),
        new.click(list, None, box, api_visibility="private", show_progress="hidden"),
    ]
    presses.replace_each_other([*running, *changing])
