"""The line in a tab that says whose weights it uses, and what happens when they change."""

import gradio as gr

from genai_demo.ui.own_visits import networks_of
from genai_demo.ui.strings import add_texts, language_of, say
from genai_demo.ui.texts_own import OWN

add_texts(OWN)


def note(tab: gr.Tab, name: str, where: str) -> gr.State:
    """Lay out the line inside the open ``tab``, which looks whenever it is opened.

    name: of the checkpoint that a visitor's weights take the place of. where: the tab, for what it says of it.
    Returns a state that changes when the tab is opened with other weights than before.
    """
    words = gr.Markdown(visible=False, elem_id=f"own-note-{where}", elem_classes="notice")
    used = gr.State("")

    def tell(request: gr.Request) -> tuple[gr.Markdown, str]:
        mine, language = networks_of(request.session_hash).get(name), language_of(request)
        told = f"{say('own.with', language)} {say(f'own.with.{where}', language)}" if mine else ""
        return gr.Markdown(told, visible=bool(told)), mine.fingerprint if mine else ""

    # through the queue, but never waiting there: past it Gradio does not tell that a state has changed
    tab.select(
        tell, None, [words, used], concurrency_limit=None, show_progress="hidden", api_visibility="private"
    )  # fmt: skip
    return used
