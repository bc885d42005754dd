"""What visitors bring and train: theirs alone, in a private folder, deleted with the visit.

Gradio keeps a visitor's ``Visit`` in a state of the page and tells it when the visit is over. The tabs find the weights
of a visit by the session of the event that asks for them, so no other visitor's event can get them.
"""

import atexit
import contextlib
import functools
import inspect
import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import gradio as gr
from gradio.context import LocalContext

from genai_demo.core import limits
from genai_demo.core.archives import Dropped
from genai_demo.core.lent import Lent, lending
from genai_demo.core.tuning import Brake, Tuning

Function = TypeVar("Function", bound=Callable[..., Any])


@functools.cache
def _root() -> Path:
    """The folder of all visits, readable by this program alone; gone when it ends."""
    root = Path(tempfile.mkdtemp(prefix="genai_demo-own-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    return root


class Visit:
    """One visitor's data, training and weights."""

    def __init__(self) -> None:
        self.folder_name = secrets.token_hex(16)
        self.brake = Brake()
        self.deleted = self.gave_up = False
        self.sent: list[str] = []
        """Files that Gradio keeps for the page: downloads of this visit."""
        self.start_afresh("", None, [])

    def __deepcopy__(self, memo: Any) -> "Visit":
        """Gradio copies the first value of a state for every visitor: each gets a visit of their own."""
        return Visit()

    @property
    def folder(self) -> Path:
        """Of this visit alone; ``Tuning`` makes it."""
        return _root() / self.folder_name

    def start_afresh(self, medium: str, material: Any, dropped: Dropped) -> None:
        """New data: nothing was trained on it yet."""
        self.medium, self.material, self.dropped = medium, material, dropped
        self.start_over()

    def start_over(self) -> None:
        """The same data, nothing trained yet."""
        self.tuning: Tuning | None = None
        self.samples: list[Any] = []
        self.lent: dict[str, Lent] = {}
        shutil.rmtree(self.folder, ignore_errors=True)

    def delete(self) -> None:
        """Stop what runs, forget everything, remove every file. The visit cannot be used any more."""
        self.deleted = True
        self.brake.pull()
        if self.tuning is not None:
            self.tuning.delete()
        self.start_afresh("", None, [])
        for path in self.sent:
            with contextlib.suppress(OSError):
                Path(path).unlink()
        self.sent = []
        line.leave(self)
        with _lock:
            for session in [s for s, visit in _sessions.items() if visit is self]:
                del _sessions[session]


_sessions: dict[str, Visit] = {}
_lock = threading.Lock()


def enter(session: str | None, visit: Visit) -> None:
    """Let a visit keep data. Raises ValueError where too many others do."""
    if session is None:
        raise ValueError("Reload the page: this visit has no name.")
    with _lock:
        if session not in _sessions and len(_sessions) >= limits.MAX_OWN_VISITS:
            raise ValueError(
                f"{limits.MAX_OWN_VISITS} visitors keep data here at present, which is all there is room for. "
                "Try again later."
            )
        _sessions[session] = visit


def leave(request: gr.Request) -> None:
    """The page was closed: its visit is over."""
    with _lock:
        visit = _sessions.get(request.session_hash or "")
    if visit is not None:
        visit.delete()


def networks_of(session: str | None) -> Mapping[str, Lent]:
    """What the visitor of a session lends to their own events."""
    visit = _sessions.get(session or "")
    return visit.lent if visit is not None else {}


def with_own_weights(function: Function) -> Function:
    """Let an event use the weights that its own visitor has trained and lent, in the place of the published ones."""

    def mine() -> contextlib.AbstractContextManager[None]:
        request = LocalContext.request.get(None)
        return lending(networks_of(request.session_hash if request is not None else None))

    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def stream(*args: Any, **kwargs: Any) -> Any:
            values = function(*args, **kwargs)
            try:
                while True:  # Gradio asks for every value in another thread and context
                    with mine():
                        value = next(values)
                    yield value
            except StopIteration:
                return
            finally:
                values.close()

        return stream  # type: ignore[return-value]

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        with mine():
            return function(*args, **kwargs)

    return call  # type: ignore[return-value]


class Line:
    """Who trains, and who waits for it, in order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._visits: list[Visit] = []

    def join(self, visit: Visit) -> int:
        """Place in the line, which stays the same for one who is in it already: 0 trains, 1 is next."""
        with self._lock:
            if visit not in self._visits:
                self._visits.append(visit)
            return self._visits.index(visit)

    def leave(self, visit: Visit) -> None:
        """Out of the line, wherever it was."""
        with self._lock:
            if visit in self._visits:
                self._visits.remove(visit)

    def place(self, visit: Visit) -> int | None:
        """As ``join``, None for one who is not in the line."""
        with self._lock:
            return self._visits.index(visit) if visit in self._visits else None

    def behind(self, visit: Visit) -> int:
        """How many wait behind a visit."""
        with self._lock:
            return len(self._visits) - 1 - self._visits.index(visit) if visit in self._visits else 0


line = Line()
