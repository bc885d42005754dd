"""One run at a time of what fills the same boxes: a new press replaces the run that is going on, and Stop ends it.

Gradio's own ``cancels`` waits in the browser until a step of the function is done, and a press that comes meanwhile is
lost, or cannot be stopped. Here the queue ends the run (``waiting.Waiting``), and the browser takes it for done.
"""

from collections.abc import Sequence
from typing import Any

import gradio as gr
from gradio.context import Context, get_blocks_context

PRESS: dict[str, Any] = {"trigger_mode": "multiple"}
"""For an event that ``replace_each_other`` names: the browser sends every press."""


def replace_each_other(events: Sequence[Any], weaker: Sequence[Any] = ()) -> None:
    """Let each of these events, as their listeners return them, end those of the same visit that run or wait.

    weaker: events that are ended as well, and end nothing: what a room opens with.
    """
    blocks = get_blocks_context()
    assert blocks is not None, "Events belong to a page."
    for number in _numbers(events):
        blocks.fns[number].replaces = _numbers([*events, *weaker])  # type: ignore[attr-defined]


def _numbers(events: Sequence[Any]) -> frozenset[int]:
    return frozenset(int(event["id"]) for event in events)


def stop(button: gr.Button, events: Sequence[Any], js: str | None = None) -> Any:
    """Let a button end these events of its visit at once. js: runs in the browser first. Returns its own event."""
    return end_with(button.click, events, js=js)


def end_with(listener: Any, events: Sequence[Any], js: str | None = None) -> Any:
    """As ``stop``, with any listener of a component or an event, such as ``tab.select``.

    What a function has shown stays; what it computes just now is finished and thrown away.
    """
    numbers, page = _numbers(events), Context.root_block

    async def end(request: gr.Request) -> None:
        if page is not None and request.session_hash:
            await page._queue.end(request.session_hash, numbers)  # type: ignore[attr-defined]

    return listener(end, None, None, js=js, queue=False, api_visibility="private", show_progress="hidden",
                    trigger_mode="multiple")  # fmt: skip
