"""What a visitor trains in the lab, and what is said where it is lost.

The app forgets a visit when it is restarted and after half an hour, and another copy of it never knew. The page stays
as it was, with the curves of a training that is not there any more; so the page itself keeps in mind that it has
trained, and nothing begins anew without a word.
"""

from collections.abc import Callable
from typing import Any, Protocol

import gradio as gr

from genai_demo.ui.common import readable_errors


class Kept(Protocol):
    """What a room keeps of a visit."""

    lost_told: bool
    """Whether the visitor knows that there was something before it."""

    @property
    def begun(self) -> bool:
        """Whether there is something to go on with."""


def mark() -> gr.Checkbox:
    """Whether this page has trained: an invisible component, since the values of those lie in the page."""
    return gr.Checkbox(False, visible=False)


@readable_errors
def expect(kept: Kept, trained: bool) -> bool:
    """True, the mark from now on. Raises ValueError, once a visit, where what the page has trained is not there."""
    if trained and not kept.begun and not kept.lost_told:
        kept.lost_told = True
        raise ValueError("The training of this visit is lost. Press again to begin anew.")
    return True


def before(press: Callable[..., Any], kept: gr.State, trained: gr.Checkbox) -> Any:
    """Let a button ask whether there is what it goes on with; what it does comes with ``success`` of the answer."""
    # through the queue, but never waiting there: past it the page would not show what is wrong
    return press(
        expect, [kept, trained], trained, concurrency_limit=None, api_visibility="private", show_progress="hidden"
    )
