"""The line in a tab that says whose weights it uses."""

import gradio as gr

from genai_demo.ui.own_visits import networks_of
from genai_demo.ui.strings import add_texts, language_of, say
from genai_demo.ui.texts_own import OWN

add_texts(OWN)


def note(tab: gr.Tab, name: str) -> None:
    """Lay out the line inside the open ``tab``. name: of the checkpoint that a visitor's weights take the place of."""
    words = gr.Markdown(visible=False, elem_id=f"own-note-{name}", elem_classes="notice")

    def tell(request: gr.Request) -> gr.Markdown:
        mine = name in networks_of(request.session_hash)
        return gr.Markdown(say("own.with", language_of(request)) if mine else "", visible=mine)

    tab.select(tell, None, words, queue=False, show_progress="hidden", api_visibility="private")
