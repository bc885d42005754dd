"""The tab "Lab": small trainings that run live."""

import gradio as gr
import torch

from genai_demo.core import checkpoint
from genai_demo.lab import curves
from genai_demo.ui import characters_room, curves_room, gan_lab_room, optimise_room, own_room, presses, vae_lab_room
from genai_demo.ui.strings import text


def _warm_up() -> None:
    """Let PyTorch load what the first optimiser of a process takes a second for: in a training, Stop would wait."""
    torch.optim.SGD([torch.zeros(1)], lr=0.1)


def build(tab: gr.Tab) -> None:
    """Lay out the rooms inside the open ``tab``. The first one opens with it; going to another ends its training."""
    rooms, running = [], []
    with gr.Tabs(overflow_behavior="wrap"):
        with gr.Tab(text("gan.room"), id="gan") as room:
            running.append(gan_lab_room.build(tab))
            rooms.append(room)
        with gr.Tab(text("characters.room"), id="characters") as room:
            running.append(characters_room.build())
            rooms.append(room)
        with gr.Tab(text("optimise.room"), id="optimise") as room:
            running.append(optimise_room.build(room))
            rooms.append(room)
        if "faces-gan" in checkpoint.names("faces-"):  # it draws the pictures that are learnt
            with gr.Tab(text("vae.room"), id="plane-vae") as room:
                running.append(vae_lab_room.build(room))
                rooms.append(room)
        with gr.Tab(text("own.room"), id="own") as room:
            running.append(own_room.build())
            rooms.append(room)
        if curves.available():
            with gr.Tab(text("curves.room"), id="curves") as room:
                running.append(curves_room.build(room))
                rooms.append(room)
    tab.select(_warm_up, queue=False, show_progress="hidden", api_visibility="private")
    for i, room in enumerate(rooms):
        others = [event for k, events in enumerate(running) if k != i for event in events]
        presses.end_with(room.select, others)
