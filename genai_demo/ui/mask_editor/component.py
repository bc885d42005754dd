"""The editor as a component of Gradio: what it holds, and what event functions get of it.

A picture goes to the server once, as the file that it is. What the browser shows is a copy of bounded size; what is
painted stays in the browser until a function is called, and then comes with the call as a mask of one bit a pixel.
"""

import base64
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import FileData, GradioModel
from pydantic import Field

from genai_demo.core import limits
from genai_demo.ui.repair_masks import Painted

HERE = Path(__file__).parent
SCRIPTS = ("png.js", "strokes.js", "view.js", "editor.js", "pointer.js")
"""In this order, as one script."""


class Painting(GradioModel):
    """What travels between browser and server. A script sends ``background`` and ``layers``."""

    background: FileData | None = None
    """The picture as it was uploaded."""
    layers: list[FileData] = Field(default_factory=list)
    """Masks, as ``repair.masks.read_mask`` reads them."""
    composite: FileData | None = None
    """Not read: scripts that were written for Gradio's own editor send it."""
    mask: str | None = None
    """What was painted in the browser: a PNG in base64."""
    shown: FileData | None = None
    """A copy of the picture that the browser can show."""
    width: int = 0
    height: int = 0
    """Pixels of the picture itself."""
    error: str | None = None
    """Why a file is not taken, as a sentence."""


class MaskEditor(gr.HTML):
    """A picture, and a mask that is painted over it. Event functions receive ``repair_masks.Painted``."""

    data_model = Painting

    def preprocess(self, payload: Painting | None) -> Painted | None:
        """The picture and what was painted over it, unopened; None where there is none. Raises gr.Error."""
        if payload is None or payload.background is None:
            return None
        if len(payload.layers) > limits.MAX_LAYERS:
            raise gr.Error("This request cannot be understood.", print_exception=False)
        layers: list[str | bytes] = [layer.path for layer in payload.layers]
        if payload.mask:
            try:
                layers.append(base64.b64decode(payload.mask, validate=True))
            except ValueError as error:
                raise gr.Error("This request cannot be understood.", print_exception=False) from error
        return Painted(payload.background.path, tuple(layers))

    def postprocess(self, value: dict[str, Any] | None) -> Painting | None:
        """What ``repair_masks.editor_value`` made, for the browser: its paths as files."""
        if value is None:
            return None
        files = {name: FileData(path=value[name]) for name in ("background", "shown") if name in value}
        layers = [FileData(path=path) for path in value.get("layers", ())]
        return Painting(**(value | files | {"layers": layers}))

    def api_info(self) -> dict[str, Any]:
        """The schema of a painting."""
        return {**Painting.model_json_schema(), "additional_description": "A picture, and masks over it as layers."}

    def example_payload(self) -> Any:
        """None: there is no picture to begin with."""
        return None


def mask_editor(**settings: Any) -> MaskEditor:
    """An empty editor. settings: as for ``gr.HTML``."""

    def read(name: str) -> str:
        return (HERE / name).read_text(encoding="utf-8")

    return MaskEditor(
        None,
        html_template=read("editor.html"),
        css_template=read("editor.css"),
        js_on_load="\n".join(map(read, SCRIPTS)),
        apply_default_css=False,
        most=limits.MAX_UPLOAD_BYTES // limits.MEGABYTE,
        **settings,
    )
