"""What the app keeps of each visit. Gradio would write out every component anew for each one, for deep links."""

from copy import copy
from typing import Any

import gradio as gr
from gradio.state_holder import SessionState, StateHolder

KEPT_AFTER_SECONDS = 1_800
"""For which the states of a page that was closed are kept."""


class Visit(SessionState):
    """The states of one open page: no descriptions of components, which only deep links read."""

    def __init__(self, blocks: gr.Blocks):
        self.blocks_config = copy(blocks.default_config)
        self.config_values: dict[int, Any] = {}
        self.state_data: dict[int, Any] = {}
        self._state_ttl: dict[int, Any] = {}
        self.is_closed = False
        self.STATE_TTL_WHEN_CLOSED = KEPT_AFTER_SECONDS


class Visits(StateHolder):
    """All visits; beyond the capacity, the one that was quiet for longest is forgotten."""

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = Visit(self.blocks)
        return super().__getitem__(session_id)


def use_visits(page: gr.Blocks) -> None:
    """Let a page that was launched keep its visits in this form."""
    visits = Visits()
    visits.set_blocks(page)
    page.app.state_holder = visits
