"""The page: all tabs under one roof, and how it is served."""

import os
import signal
import time
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from genai_demo.core import limits, memory
from genai_demo.core.device import settle_device
from genai_demo.trust import certificates, credentials
from genai_demo.ui import (
    api,
    audio_tab,
    faces_tab,
    interpolation_tab,
    lab_tab,
    own_weights,
    repair_tab,
    text_tab,
    together_tab,
    trust_tab,
)
from genai_demo.ui.api.tools import Tools
from genai_demo.ui.compression import Compressed
from genai_demo.ui.folder import RunFolder
from genai_demo.ui.guards import Guard
from genai_demo.ui.health import guarded
from genai_demo.ui.page import Page
from genai_demo.ui.sessions import use_visits
from genai_demo.ui.strings import text, translations
from genai_demo.ui.theme import CSS, HEAD, theme
from genai_demo.ui.visitors import Rules
from genai_demo.ui.waiting import Waiting

FACES = ("faces-gan", "faces-vae", "faces-discriminator")
"""Without these there are no faces to be shown."""
REPAIR = ("repair-cutout", "repair-blemishes", "faces-gan")
"""Without these some of the tab "Image repair" cannot be done."""


def build(in_memory: bool = False) -> gr.Blocks:
    """The whole interface. Reads the model cards, loads no weights.

    in_memory: whether what is uploaded never touches a disk, which the page says.
    """
    with Page(title="genai_demo", analytics_enabled=False, delete_cache=(600, limits.KEEP_SECONDS)) as demo:
        with gr.Column(elem_classes="headline"):
            gr.Markdown("# genai_demo")
            gr.Markdown(text("shell.headline"))
        with gr.Tabs(overflow_behavior="wrap") as tabs:
            with gr.Tab(text("tab.faces"), id="faces") as faces_page:
                weights = own_weights.note(faces_page, "faces-gan", "faces")
                faces = guarded(
                    "faces", lambda: faces_tab.build(demo, weights), FACES, ("faces-encoder", "faces-finder")
                )
            with gr.Tab(text("tab.interpolation"), id="interpolation") as paths_page:
                there = own_weights.note(paths_page, "faces-gan", "interpolation")
                guarded("interpolation", lambda: interpolation_tab.build(demo, faces, there) if faces else None, FACES)
            with gr.Tab(text("tab.repair"), id="repair") as repair_page:
                own_weights.note(repair_page, "faces-gan", "repair")
                guarded("repair", lambda: repair_tab.build(demo), ["repair"], REPAIR)
            with gr.Tab(text("tab.text"), id="text") as text_page:
                guarded("text", lambda: text_tab.build(demo, tabs, text_page), ["text"])
            if audio_tab.rooms():
                with gr.Tab(text("tab.audio"), id="audio") as tab:
                    audio_tab.build(tab)
            if faces:
                with gr.Tab(text("together.tab"), id="together") as tab:
                    together_tab.build(tab, faces)
            with gr.Tab(text("tab.lab"), id="lab") as tab:
                lab_tab.build(tab)
            with gr.Tab(text("tab.trust"), id="trust") as tab:
                trust_tab.build(tab)
        gr.Markdown(text("shell.footer"), elem_classes=["notice", "page-foot"])
        gr.Markdown(text("shell.memory" if in_memory else "shell.disk"), elem_classes="notice")
        api.register(demo)
        gr.Markdown(text("shell.signed" if credentials.switched_on() else "shell.unsigned"), elem_classes="notice")
    return with_queue(demo)


def with_queue(demo: gr.Blocks) -> gr.Blocks:
    """The page with the queue of ``waiting`` in the place of Gradio's. Calls that go round it are not answered."""
    settings: dict[str, Any] = {"max_size": 4 * limits.MAX_QUEUE, "default_concurrency_limit": 4}
    demo.queue(api_open=False, **settings)
    demo._queue = Waiting(
        live_updates=True, concurrency_count=demo.max_threads, update_intervals=1, blocks=demo, **settings
    )
    return demo


def launch(host: str | None = None, port: int | None = None) -> None:
    """Serve the page until stopped, by Ctrl-C or a signal.

    host: else that of GRADIO_SERVER_NAME. port: else the first free one from GRADIO_SERVER_PORT, or from 7860.
    """
    memory.few_pools()
    settle_device()
    certificates.identity()  # a certificate that was named and cannot be used is told now
    server = host or os.environ.get("GRADIO_SERVER_NAME") or ("0.0.0.0" if os.environ.get("SPACE_ID") else "127.0.0.1")
    rules = Rules.from_environment(server)
    signal.signal(signal.SIGTERM, _stop)
    folder = RunFolder()
    try:
        _serve(build(folder.in_memory), server, port, rules, folder)
    except KeyboardInterrupt:
        pass  # during the start
    finally:
        folder.close()


def _stop(number: int, frame: Any) -> None:
    """End as with Ctrl-C; once."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _serve(page: gr.Blocks, server: str, port: int | None, rules: Rules, folder: RunFolder) -> None:
    tools, middleware = Tools(page), [Middleware(Guard, rules=rules), Middleware(Compressed)]
    page.launch(
        server_name=server,
        server_port=port,
        app_kwargs={"middleware": middleware, "routes": tools.routes(), "lifespan": tools.lifespan},
        theme=theme(),
        css=CSS,
        head=HEAD,
        i18n=translations(),
        footer_links=["api", "settings"],
        max_file_size=limits.MAX_UPLOAD_BYTES,
        max_threads=16,
        state_session_capacity=500,
        show_error=True,
        ssr_mode=False,
        share=False,
        strict_cors=True,
        enable_monitoring=False,
        run_history=False,
        allowed_paths=[],
        prevent_thread_lock=True,
        _frontend=False,  # Gradio would ask itself for the page and give up where a busy machine takes 3 s for it
    )
    use_visits(page)
    credentials.prepare()  # after the page is there, before the first picture is
    try:
        while page.is_running:
            time.sleep(0.2)
    finally:
        folder.empty()  # first of all: whoever has sent the signal may not wait long
        page.close(verbose=False)  # which, unlike Gradio's own waiting, ends open streams first
