"""The queue: who waits, for how long, and what is said where it is full."""

import asyncio
import math
import time
from collections import defaultdict
from collections.abc import Collection
from typing import Any

import fastapi
from gradio.queueing import Event, EventQueue, Queue
from gradio.server_messages import EstimationMessage, ProcessCompletedMessage
from gradio.state_holder import SessionState

from genai_demo.core import limits, memory
from genai_demo.ui.errors import localise

FIRST_GUESS = 1.0
"""Seconds that a function is taken to run before any has."""
MEMORY = 0.25
"""Weight of the newest run in the average of a function."""
OVERDUE = 0.25
"""Share of its average that a function which has run longer than that is taken to need still."""
TIDY_SECONDS = 5.0
"""At least so long between two times that free memory goes back to the system."""
FULL = 429
"""Gradio's own 503 makes its page and its client say a sentence of theirs, without a time."""


class Recent:
    """How long a function takes: an average in which what is long past fades."""

    def __init__(self) -> None:
        self.avg_time = 0.0
        self.count = 0

    def add(self, seconds: float) -> None:
        """Note a run."""
        self.count += 1
        weight = max(MEMORY, 1 / self.count)
        self.avg_time += weight * (seconds - self.avg_time)


class Kept:
    """What is kept of a visit, as one run sees it: once the run is ended, nothing that its last step leaves is kept.

    Else a step that is computed while it is ended, by another press, would put what the press has changed back.
    """

    def __init__(self, state: SessionState, run: Event):
        self._state, self._run = state, run

    def __getattr__(self, name: str) -> Any:
        return getattr(self._state, name)

    def __contains__(self, key: int) -> bool:
        return key in self._state

    def __getitem__(self, key: int) -> Any:
        return self._state[key]

    def __setitem__(self, key: int, value: Any) -> None:
        if self._run.alive:
            self._state[key] = value


class Waiting(Queue):
    """Gradio's queue with a limit for each room and visitor, sentences where one is reached, and own estimates.

    A room is what Gradio calls a concurrency id: functions of one room run one after the other.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spent: defaultdict[Any, Recent] = defaultdict(Recent)
        self._tidying = False

    async def process_events(self, events: list[Event], batch: bool, begin_time: float, fn: Any) -> None:
        """Run a function, and note how long it took; Gradio would leave out what was stopped."""
        start = time.monotonic()
        try:
            await super().process_events(events, batch, begin_time, fn)
        finally:
            self.spent[fn].add(time.monotonic() - start)
            if not self._tidying:  # once after the last event, too
                self._tidying = True
                asyncio.get_running_loop().call_later(TIDY_SECONDS, self._tidy)

    def _tidy(self) -> None:
        self._tidying = False
        asyncio.get_running_loop().run_in_executor(None, memory.give_back)

    def compute_analytics_summary(self, records: Any) -> dict[str, Any]:
        """Nothing: Gradio would sum up all requests anew after each one, for a page that is switched off."""
        return self.cached_event_analytics_summary

    async def push(self, body: Any, request: fastapi.Request, username: str | None) -> Any:
        """Let a request wait. Raises HTTPException, with a sentence, where there is no room for it."""
        function = self.blocks.fns.get(body.fn_index)
        if function is None:
            _refuse("There is nothing at this address.", request, 404)
        session = body.session_hash
        if session is not None and request.headers.get("x-gradio-user") == "app":  # a press, not a call of the API
            await self.end(session, getattr(function, "replaces", ()))
        mine = [event for queue in self._queues() for event in queue.queue if event.session_hash == session]
        if session is not None and len(mine) >= limits.MAX_WAITING_PER_VISITOR:
            _refuse(f"{len(mine)} of your requests are waiting already. Let them finish first.", request, FULL)
        room = self.event_queue_per_concurrency_id.get(function.concurrency_id)
        if room is not None and len(room.queue) >= limits.MAX_QUEUE:
            self.refuse_full(room, request)
        if self.max_size is not None and len(self) >= self.max_size:
            self.refuse_full(min(self._queues(), key=self.next_start), request)
        return await super().push(body, request, username)

    async def end(self, session: str, functions: Collection[int]) -> None:
        """End what runs or waits of these functions of a visit: its page takes it for done, and shows no more of it.

        A step that is under way is finished, and keeps its place until then; its result goes nowhere.
        """
        running = [event for job in self.active_jobs if job for event in job]
        for event in running + [event for queue in self._queues() for event in queue.queue]:
            if event.alive and event.session_hash == session and event.fn._id in functions:
                if session in self.pending_messages_per_session:
                    unchanged = {"data": [{"__type__": "update"} for _ in event.fn.outputs], "is_generating": False}
                    self.send_message(event, ProcessCompletedMessage(output=unchanged, success=True))
                event.alive = False
                await self.remove_from_queue(event._id)

    def refuse_full(self, room: EventQueue, request: fastapi.Request) -> None:
        """Say when the room will have a place again, which is when the next of those that wait is let in."""
        seconds = max(1, math.ceil(self.next_start(room)))
        _refuse(f"Queue full, try again in {seconds} s.", request, FULL, seconds)

    def _queues(self) -> list[EventQueue]:
        return list(self.event_queue_per_concurrency_id.values())

    def seconds_of(self, function: Any) -> float:
        """How long a function will run: its average, or that of its room, or of all."""
        if function in self.spent:
            return self.spent[function].avg_time
        near = [s.avg_time for fn, s in self.spent.items() if fn.concurrency_id == function.concurrency_id]
        known = near or [s.avg_time for s in self.spent.values()]
        return sum(known) / len(known) if known else FIRST_GUESS

    def _ends(self, room: EventQueue) -> list[float]:
        """Seconds until each function that is running in a room will be done, the soonest first."""
        now, left = time.time(), []
        for function, starts in room.start_times_per_fn.items():
            usual = self.seconds_of(function)
            left += [max(start + usual - now, OVERDUE * usual) for start in starts]
        return sorted(left)

    def next_start(self, room: EventQueue) -> float:
        """Seconds until the next of those that wait in a room is let in."""
        limit = room.concurrency_limit
        ends = self._ends(room)
        return ends[0] if limit is not None and room.current_concurrency >= limit and ends else 0.0

    def estimates(self, room: EventQueue) -> list[float]:
        """Seconds until the result of each one that waits in a room, in the order of the queue."""
        limit = room.concurrency_limit or len(room.queue) + 1
        places = sorted(self._ends(room)[:limit] + [0.0] * max(0, limit - room.current_concurrency))
        found = []
        for event in room.queue:
            begins = places.pop(0) if places else 0.0
            found.append(begins + self.seconds_of(event.fn))
            places = sorted([*places, found[-1]])
        return found

    def broadcast_estimations(self, concurrency_id: str, after: int | None = None) -> None:
        """Tell those that wait in a room their place and the seconds until their result."""
        room = self.event_queue_per_concurrency_id[concurrency_id]
        for rank, (event, seconds) in enumerate(zip(list(room.queue), self.estimates(room), strict=False)):
            if after is None or rank >= after:
                self._tell(event, rank, seconds, len(room.queue))

    def _tell(self, event: Event, rank: int, seconds: float, size: int) -> None:
        self.send_message(event, EstimationMessage(rank=rank, rank_eta=seconds, queue_size=size))


def _refuse(sentence: str, request: fastapi.Request, status: int, seconds: int | None = None) -> None:
    language = "zh" if request.headers.get("accept-language", "").lower().startswith("zh") else "en"
    headers = {"Retry-After": str(seconds)} if seconds else None
    raise fastapi.HTTPException(status, localise(sentence, language), headers)
