"""The panel "Breed faces": parents, children, and the family that they come from."""

import base64
import html
import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from genai_demo.core import limits
from genai_demo.faces import generate
from genai_demo.faces.genes import Family
from genai_demo.faces.latents import Latent
from genai_demo.faces.recipe import pack_styles
from genai_demo.ui.common import MODEL_EVENT, REDRAW_EVENT, at_rest, keep_file, number, readable_errors, slider
from genai_demo.ui.faces_actions import PSI, Selected, edited, save_face
from genai_demo.ui.own_visits import with_own_weights
from genai_demo.ui.strings import language_of, say, text

if TYPE_CHECKING:
    from genai_demo.ui.faces_tab import FacesTab

CHILDREN = 8
THUMBNAIL = 56
"""Side of a face of the tree, in pixels."""


def build(tab: "FacesTab", after: Callable[[Any], None]) -> None:
    """Lay out the panel; ``after`` redraws the selected face when an event has changed it."""
    family = gr.State(None, time_to_live=1800)
    gr.Markdown(text("breeding.note"), elem_classes="notice")
    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=240):
            add = gr.Button(text("breeding.add"), elem_id="add-parent")
            weights = gr.Textbox(label=text("breeding.weights"), info=text("breeding.weights.info"), max_length=60)
            mutation = slider("mutation", 0, limits.MAX_MUTATION, 0.3, 0.1)
            crossing = slider("crossing", 0, 1, 0.5, 0.1)
            seed = number("breeding.seed", 0, limits.MAX_SEED, 1, min_width=130)
            press = gr.Button(text("breed"), variant="primary", elem_id="breed")
            with gr.Row(elem_classes="buttons"):
                undo = gr.Button(text("breeding.undo"), size="sm", min_width=80, elem_id="undo-breeding")
                again = gr.Button(text("breeding.again"), size="sm", min_width=80)
        with gr.Column(scale=3, min_width=280):
            children = gr.Gallery(
                label=text("breeding.children"), columns=4, format="png", object_fit="cover", interactive=False,
                allow_preview=False, buttons=[], height="auto", elem_id="children",
            )  # fmt: skip
            tree = gr.HTML(elem_id="family-tree", label=text("breeding.tree"))
    shown = [family, tree, children]
    quiet: dict[str, Any] = {"show_progress": "hidden"} | MODEL_EVENT
    parent = {"fn": add_parent, "inputs": [family, tab.selected, tab.layers], "inputs_kwargs": tab.sliders}
    add.click(**parent, outputs=shown, api_name="add_parent", **quiet)
    bred = {"fn": breed_faces, "inputs": [family, weights, mutation, crossing, seed, tab.truncation], "outputs": shown}
    bred |= REDRAW_EVENT
    press.click(**bred, api_name="breed_faces")
    gr.on(at_rest(mutation, crossing, seed), **(bred | {"fn": breed_again}), api_visibility="private")
    undo.click(undo_breeding, family, shown, api_name="undo_breeding", **quiet)
    again.click(begin_again, None, shown, api_visibility="private", show_progress="hidden")
    after(children.select(select_child, family, tab.selected, api_visibility="private", show_progress="hidden"))


Shown = tuple[Family, str, list[tuple[str, str]]]


@readable_errors
@with_own_weights
def add_parent(
    family: Family | None, selected: Selected | None, layers: str, request: gr.Request, **amounts: float
) -> Shown:
    """Add the selected face, as its sliders stand, to the parents; after children it begins the next generation."""
    return _shown((family or Family()).with_parent(edited(selected, layers, amounts)), request)


@readable_errors
@with_own_weights
def breed_faces(
    family: Family | None,
    weights: str,
    mutation: float,
    crossing: float,
    seed: int,
    truncation: float,
    request: gr.Request,
) -> Shown:
    """Children of the parents.

    Args:
        weights: one number a parent with commas between them; empty: all alike.
        mutation: deviations of real faces, from 0 on.
        crossing: how often layers come from one parent alone, 0 to 1.
        seed: another one, other children.
        truncation: as for generate_faces.
    """
    family = family or Family()
    parts = parse_weights(weights, len(family.parents))
    born = generate.breed(family.parents, parts, CHILDREN, seed, mutation, crossing)
    return _shown(family.with_children(born), request, truncation)


@readable_errors
@with_own_weights
def breed_again(
    family: Family | None,
    weights: str,
    mutation: float,
    crossing: float,
    seed: int,
    truncation: float,
    request: gr.Request,
) -> Any:
    """As ``breed_faces`` where there are children to be changed; else nothing."""
    if family is None or not family.children:
        return gr.skip(), gr.skip(), gr.skip()
    parts = parse_weights(weights, len(family.parents))
    born = generate.breed(family.parents, parts, CHILDREN, seed, mutation, crossing)
    return _shown(family.undone().with_children(born), request, truncation)


@readable_errors
@with_own_weights
def undo_breeding(family: Family | None, request: gr.Request) -> Shown:
    """Take the last parent or the last children back."""
    return _shown((family or Family()).undone(), request)


@readable_errors
def begin_again(request: gr.Request) -> Shown:
    """A family without anybody."""
    return _shown(Family(), request)


@readable_errors
def select_child(family: Family | None, event: gr.SelectData) -> Selected:
    """Select the clicked child for editing, and for the next generation."""
    if family is None or not 0 <= int(event.index) < len(family.children):
        raise ValueError("There are no children yet. Breed some first.")
    return Selected(family.children[int(event.index)])


def parse_weights(words: str, parents: int) -> list[float]:
    """ "2, 1" to [2.0, 1.0]; nothing to as many ones. Raises ValueError for anything but a number a parent."""
    if not words.strip():
        return [1.0] * parents
    try:
        found = [float(part) for part in words.replace("，", ",").split(",")]
    except ValueError as error:
        raise ValueError("Write one weight a parent, with commas between them, such as 2, 1.") from error
    if len(found) != parents:
        raise ValueError(f"There are {parents} parents, and {len(found)} weights. Write one for each, or none.")
    return found


def _shown(family: Family, request: gr.Request, truncation: float = PSI) -> Shown:
    """The family, its tree, and its children as PNG files with their recipes."""
    language = language_of(request)
    gallery = []
    if family.children:
        model = family.children[0].model
        side = generate.largest_side(model)
        pictures = generate.decode_many(family.children, truncation, side=side)
        for i, (child, picture) in enumerate(zip(family.children, pictures, strict=True), 1):
            recipe = {"seed": child.seed, "truncation": truncation, "noise": True, "side": side}
            name, data = save_face(child, f"child{i}", picture, recipe | {"styles": pack_styles(child.styles)})
            gallery.append((keep_file(data, name), say("breeding.child", language, number=i)))
    return family, tree_of(family, language), gallery


def tree_of(family: Family, language: str) -> str:
    """HTML: a line of small faces a generation, the parents first."""
    if not family.parents:
        return f'<p class="notice">{html.escape(say("breeding.none", language))}</p>'
    lines = []
    for i, generation in enumerate(family.generations, 1):
        title = html.escape(say("breeding.generation", language, number=i))
        people = "".join(_thumbnails(generation.parents)) + '<span class="arrow" aria-hidden="true">→</span>'
        children = "".join(_thumbnails(generation.children))
        lines.append(f'<figure><figcaption>{title}</figcaption><div class="row">{people}{children}</div></figure>')
    return f'<div class="family">{"".join(lines)}</div>'


def _thumbnails(points: Sequence[Latent]) -> list[str]:
    """An ``img`` element for each face."""
    found = []
    for point, picture in zip(points, generate.decode_many(points, PSI) if points else [], strict=True):
        buffer = io.BytesIO()
        picture.resize((THUMBNAIL, THUMBNAIL)).save(buffer, "WEBP", quality=80)
        data = base64.b64encode(buffer.getvalue()).decode()
        found.append(f'<img src="data:image/webp;base64,{data}" alt="{html.escape(point.origin)}" '
                     f'width="{THUMBNAIL}" height="{THUMBNAIL}">')  # fmt: skip
    return found
