"""The tab "Face generation": seeds to faces, and sliders that change them while they move."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from genai_demo.core import limits
from genai_demo.faces import generate
from genai_demo.faces.latents import LAYER_RANGES, Direction
from genai_demo.ui import faces_actions as actions
from genai_demo.ui import faces_panels
from genai_demo.ui.common import LIVE_EVENT, REDRAW_EVENT, Slider, at_rest, choice, moving, number, slider
from genai_demo.ui.strings import TEXTS, add_texts, text


@dataclass(frozen=True)
class FacesTab:
    """The parts of the tab that others read: the selected face and what is done to it."""

    selected: gr.State
    layers: gr.Radio
    truncation: Slider
    noise: gr.Checkbox
    model: gr.Radio
    sliders: dict[str, Slider]
    use_as_key: gr.Button
    draw: dict[str, Any]
    """Event arguments that redraw the selected face."""
    judge: dict[str, Any]
    """Event arguments that ask the discriminator about it."""


def build(demo: gr.Blocks, weights: gr.State) -> FacesTab:
    """Lay out the tab inside the open ``gr.Tab`` and connect its events. weights: changes with what is to draw."""
    faces, selected = gr.State([], time_to_live=1800), gr.State(None, time_to_live=1800)
    with gr.Row(elem_classes="faces-room", equal_height=False):
        with gr.Column(scale=3, min_width=260, elem_classes="big-face"):
            face = gr.Image(
                label=text("face"),
                show_label=False,
                format="png",
                interactive=False,
                buttons=["download", "fullscreen"],
                elem_id="face",
                alt_text=TEXTS["face.alt"][0],
                height=340,
            )
            strangeness = gr.HTML(elem_id="strangeness")
            verdict = gr.Markdown(elem_id="verdict")
            download = gr.DownloadButton(text("download"), variant="primary", size="md", elem_id="download")
            with gr.Row(elem_classes="buttons"):
                surprise = gr.Button(text("surprise"), size="sm", min_width=100, elem_id="surprise")
                reset = gr.Button(text("reset"), size="sm", min_width=80, elem_id="reset")
            use_as_key = gr.Button(text("use_as_key"), size="sm", elem_id="use-as-key")
            gr.Markdown(text("downloads.notice"), elem_classes="notice")
        with gr.Column(scale=7, min_width=300):
            with gr.Row(elem_classes="settings"):
                seed = number("seed", 0, limits.MAX_SEED, actions.FIRST_SEED, elem_id="seed", min_width=130)
                count = slider("count", 1, limits.MAX_FACES, actions.FIRST_COUNT, 1, elem_id="count")
                truncation = slider("truncation", 0, limits.MAX_TRUNCATION, actions.PSI, 0.05, elem_id="truncation")
            with gr.Row(elem_classes="settings"):
                model = choice("model", generate.MODELS, "gan", min_width=180)
                lock = gr.Checkbox(False, label=text("lock"), info=text("lock.info"), min_width=150)
                noise = gr.Checkbox(True, label=text("noise"), info=text("noise.info"), min_width=150)
            with gr.Row(elem_classes="buttons"):
                press = gr.Button(text("generate"), variant="primary", size="md", min_width=120, elem_id="generate")
                dice = gr.Button(text("dice"), size="md", min_width=120, elem_id="dice")
                download_all = gr.DownloadButton(text("download_all"), size="md", min_width=120)
            gallery = gr.Gallery(
                label=text("gallery"),
                columns=4,
                format="png",
                object_fit="cover",
                interactive=False,
                allow_preview=False,
                buttons=[],
                elem_id="gallery",
                height="auto",
            )
            chosen = gr.Number(1, label=text("chosen"), precision=0, visible="hidden")
            layers = choice("layers", LAYER_RANGES, "all", elem_id="layers")
            groups, sliders = _sliders()

    shown = [selected, layers, truncation, noise]
    draw = {"fn": actions.edit_face, "inputs": shown, "inputs_kwargs": sliders}
    draw |= {"outputs": [face, download, strangeness]}
    judge = {"fn": actions.judge_face, "inputs": shown, "inputs_kwargs": sliders, "outputs": verdict}
    live = draw | LIVE_EVENT
    quiet = judge | LIVE_EVENT
    settings = [seed, count, truncation, model, noise]
    make = {"fn": actions.generate_faces, "inputs": settings, "outputs": [gallery, faces, selected, download_all]}
    make |= REDRAW_EVENT

    def ring(event: Any, place: str) -> Any:
        """Mark a face of the gallery as the one that the sliders work on; its index, or "null"."""
        js = f"() => ({{__type__: 'update', selected_index: {place}}})"
        return event.then(None, None, gallery, js=js, queue=False, api_visibility="private", show_progress="hidden")

    def after(event: Any) -> None:
        event.then(**live, api_visibility="private").then(**quiet, api_visibility="private")

    first = [seed, truncation, model, noise, layers]
    demo.load(actions.first_face, first, draw["outputs"], **LIVE_EVENT, api_visibility="private")  # of all, the first
    # Gradio numbers repeated names, so the use of an event that carries its public name comes first.
    gr.on(moving(*sliders.values(), truncation, layers), **live, api_name="edit_selected")
    gr.on(at_rest(*sliders.values(), layers), **quiet, api_name="judge_face")
    fresh = press.click(actions.next_seed, [seed, lock], seed, api_name="next_seed", show_progress="hidden")
    made = [fresh.then(**make, api_name="generate_faces")]
    made += [event(**make, api_visibility="private") for event in (demo.load, weights.change)]
    rolled = dice.click(actions.roll_seed, None, seed, api_name="roll_seed", show_progress="hidden")
    made += [rolled.then(**make, api_visibility="private")]
    seed.input(lambda: True, None, lock, api_visibility="private", show_progress="hidden", queue=False)
    made += [gr.on(at_rest(seed, count, truncation, noise, model), **make, api_visibility="private")]
    for event in made:
        after(ring(event, "0"))
    model.change(_show_groups, model, list(groups.values()), api_visibility="private", show_progress="hidden")

    picked = gallery.select(actions.read_click, None, chosen, api_visibility="private", show_progress="hidden")
    select: dict[str, Any] = {"show_progress": "hidden", "trigger_mode": "always_last"}
    after(picked.then(actions.select_face, [chosen, faces], selected, api_name="select_face", **select))

    names = gr.State(list(sliders))
    zeros = reset.click(
        lambda: [0.0] * len(sliders), None, list(sliders.values()), api_name="reset_sliders", show_progress="hidden"
    )
    after(zeros)
    after(
        surprise.click(
            actions.surprise, [model, names], list(sliders.values()), api_name="surprise_me", show_progress="hidden"
        )
    )

    tab = FacesTab(selected, layers, truncation, noise, model, sliders, use_as_key, live, quiet)
    faces_panels.build(demo, tab, gallery, lambda event: after(ring(event, "null")))
    return tab


def _show_groups(model: str) -> list[gr.Column]:
    """Only the sliders of the model in use."""
    return [gr.Column(visible=model == name) for name in generate.MODELS]


def _sliders() -> tuple[dict[str, gr.Column], dict[str, Slider]]:
    """A column of sliders for each model, one slider for each direction."""
    groups: dict[str, gr.Column] = {}
    sliders: dict[str, Slider] = {}
    for model in generate.MODELS:
        with gr.Column(visible=model == "gan") as groups[model]:
            for group in ("learned", "discovered"):
                mine = [d for d in generate.directions(model) if d.group == group]
                if mine:
                    with gr.Accordion(text(group), open=True):
                        gr.Markdown(text(f"{group}.info"), elem_classes="notice")
                        with gr.Row(elem_classes="sliders"):
                            sliders |= {f"{model}_{d.name}": _direction_slider(d) for d in mine}
    return groups, sliders


def _direction_slider(direction: Direction) -> Slider:
    """A slider named after the direction, with its measured effect as help."""
    key = f"direction.{direction.model}.{direction.name}"
    add_texts({key: (direction.labels["en"], direction.labels["zh"]), f"{key}.info": _effect(direction)})
    return slider(key, -limits.MAX_EDIT, limits.MAX_EDIT, 0, 0.1, min_width=210, elem_id=key.replace(".", "-"))


def _effect(direction: Direction) -> tuple[str, str]:
    """The measured effect in words, English and Chinese."""
    effect = direction.effect
    if not {"own", "identity"} <= effect.keys():
        return TEXTS["effect.none"]
    labels = {d.name: d.labels for d in generate.directions(direction.model)}
    side = max(effect.get("side_effects", {}).items(), key=lambda kv: abs(kv[1]), default=None)
    if side is None or abs(side[1]) < 0.1:
        filled = [t.format(**effect) for t in TEXTS["effect"]]
    else:
        names = labels.get(side[0], {"en": side[0].replace("_", " "), "zh": side[0].replace("_", " ")})
        filled = [
            t.format(own=effect["own"], identity=effect["identity"], name=names[code].lower(), side=side[1])
            for t, code in zip(TEXTS["effect.side"], ("en", "zh"), strict=True)
        ]
    return filled[0], filled[1]
