"""The queue gives memory back while it is used, and once more afterwards."""

import asyncio

import gradio as gr
import pytest
from gradio.queueing import Queue

from genai_demo.ui import app, waiting


def test_free_memory_goes_back_after_the_last_of_many_events(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*args: object) -> None:
        pass

    done: list[int] = []
    given = 0

    def give_back() -> None:
        nonlocal given
        given = len(done)

    monkeypatch.setattr(Queue, "process_events", nothing)
    monkeypatch.setattr(waiting, "TIDY_SECONDS", 0.01)
    monkeypatch.setattr(waiting.memory, "give_back", give_back)
    with gr.Blocks() as page:
        pass
    queue = app.with_queue(page)._queue

    async def use() -> None:
        for number in range(3):
            await queue.process_events([], False, 0.0, "function")
            done.append(number)
        while given < 3:
            await asyncio.sleep(0.01)
        await queue.process_events([], False, 0.0, "function")
        done.append(3)
        while given < 4:
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(use(), 60))
    assert given == len(done) == 4
