"""The lower half of the room "Art": paintings out of nothing, and in motion."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from genai_demo.core import animate, kept, limits
from genai_demo.core.marks import mark_frames, mark_picture
from genai_demo.repair import art
from genai_demo.trust import metadata
from genai_demo.ui import presses
from genai_demo.ui.common import (
    LIVE_EVENT,
    MODEL_EVENT,
    REDRAW_EVENT,
    at_rest,
    choice,
    moving,
    number,
    readable_errors,
    slider,
    to_press,
)
from genai_demo.ui.repair_actions import read_click
from genai_demo.ui.repair_masks import keep_png, png
from genai_demo.ui.signed import ALGORITHM, keep_made
from genai_demo.ui.strings import TEXTS, text

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
LOOK: dict[str, Any] = {"format": "png", "interactive": False, "buttons": ["download", "fullscreen"]}
SWATCH = 128
"""Side in pixels of the pictures in the gallery."""
LIVE_SIDE = 256
"""Side of a painting while a slider moves, and in motion."""
SIDES = ("256", "512", "1024")
FIRST_SEED = 7
SEEDS = 8
SETTINGS = ("symmetry", "complexity", "contrast", "hue", "palette", "zoom", "moment")
PLAIN: tuple[Any, ...] = ("none", 0.5, 0.5, 0.0, "auto", 1.0, 0.0)
"""What a painting depends on besides its seed, and how the page begins."""
FRAMES, FPS = 48, 16
"""Of a painting in motion."""
SHOWN_EVERY = 6


def _painting(seed: int, side: int, settings: tuple[Any, ...] = PLAIN) -> str:
    recipe = {"seed": seed, "side": side, **dict(zip(SETTINGS, settings, strict=True))}
    return keep_made(painted(seed, side, settings), f"painting-seed{seed}.png", recipe, (), ALGORITHM)


@kept.within(megabytes=8)
def painted(seed: int, side: int, settings: tuple[Any, ...]) -> bytes:
    """A painting as PNG with its mark, settings in the order of SETTINGS."""
    recipe = {"seed": seed, "side": side, **dict(zip(SETTINGS, settings, strict=True))}
    return png(mark_picture(art.paint(seed, side, side, *settings), (), recipe))


@readable_errors
def paint_picture(
    seed: float,
    side: str,
    symmetry: str,
    complexity: float,
    contrast: float,
    hue: float,
    palette: str,
    zoom: float,
    moment: float,
) -> tuple[str, str, bool]:
    """Paint an abstract picture from a small network with random weights.

    Args:
        seed: the painting.
        side: pixels, "256", "512" or "1024".
        symmetry: "none", "mirror", "kaleidoscope" or "tile".
        complexity: 0 for calm shapes, 1 for fine ones.
        contrast: 0 to 1.
        hue: turn of all colours, -1 to 1.
        palette: "auto" or the name of one.
        zoom: larger is closer.
        moment: the painting moves with it and comes round again at 1.

    Returns:
        The picture, the file, and False: this is no picture on the way.
    """
    if side not in SIDES:
        raise ValueError(f"No size is called {side!r}. Choose one of {', '.join(SIDES)}.")
    path = _painting(int(seed), int(side), (symmetry, complexity, contrast, hue, palette, zoom, moment))
    return path, path, False


@readable_errors
def paint_live(seed: float, *settings: Any) -> str:
    """The painting in small, for sliders that move."""
    return keep_png(painted(int(seed), LIVE_SIDE, settings), "preview.png")


@readable_errors
def paint_seeds(seed: float, *settings: Any) -> list[tuple[str, str]]:
    """The paintings of eight seeds, from ``seed`` on, in small."""
    seeds = range(int(seed), min(int(seed) + SEEDS, limits.MAX_SEED + 1))
    return [(_painting(s, SWATCH, *([settings] if settings else [])), str(s)) for s in seeds]


@readable_errors
def paint_motion(
    seed: float, symmetry: str, complexity: float, contrast: float, hue: float, palette: str, zoom: float
) -> Iterator[tuple[str, str | dict[str, Any], bool]]:
    """The painting in motion, as an animation that comes round again; its pictures show while they are painted.

    Args:
        seed: the painting.
        symmetry: "none", "mirror", "kaleidoscope" or "tile".
        complexity: 0 for calm shapes, 1 for fine ones.
        contrast: 0 to 1.
        hue: turn of all colours, -1 to 1.
        palette: "auto" or the name of one.
        zoom: larger is closer.

    Returns:
        The picture, in the end the animation, the file, and whether it is on its way.
    """
    settings = {"symmetry": symmetry, "complexity": complexity, "contrast": contrast, "hue": hue, "palette": palette}
    frames = []
    for frame in art.animate(int(seed), FRAMES, width=LIVE_SIDE, height=LIVE_SIDE, zoom=zoom, **settings):
        frames.append(frame)
        if len(frames) % SHOWN_EVERY == 1:
            yield keep_png(png(frame), "preview.png"), gr.skip(), True
    recipe = {"seed": int(seed), "side": LIVE_SIDE, "zoom": zoom, "frames": FRAMES, **settings}
    data = animate.to_webp(mark_frames(frames, (), recipe), FPS, metadata.comment(recipe, ()))
    path = keep_made(data, f"painting-seed{int(seed)}.webp", recipe, (), ALGORITHM)
    yield path, path, False


@readable_errors
def paint_still(moves: bool, *values: Any) -> tuple[Any, Any, bool]:
    """The painting itself in the place of a motion that was stopped on its way. values: as of ``paint_picture``."""
    return paint_picture(*values) if moves else (gr.skip(), gr.skip(), False)


def offer(moves: bool) -> gr.DownloadButton:
    """The download, to be pressed while it holds what is shown."""
    return gr.DownloadButton(interactive=not moves)


def first() -> str:
    """The painting that the room opens with."""
    return _painting(FIRST_SEED, 2 * LIVE_SIDE)


def next_seed(seed: float) -> int:
    """The seed after this one."""
    return (int(seed) + 1) % limits.MAX_SEED


def take_seed(seed: float, number: float) -> int:
    """The seed of a clicked painting."""
    return min(int(seed) + int(number) - 1, limits.MAX_SEED)


def build() -> tuple[gr.Image, gr.DownloadButton, gr.Gallery]:
    """Lay it out; returns its painting, download and seeds."""
    gr.Markdown(text("art.paint.note"), elem_classes="notice")
    with gr.Row(equal_height=False):
        with gr.Column(min_width=280):
            painting = gr.Image(
                label=text("art.painting"), height=420, alt_text=TEXTS["art.painting.alt"][0], elem_id="painting",
                elem_classes="look", **LOOK,
            )  # fmt: skip
            with gr.Row(elem_classes="buttons"):
                following = gr.Button(text("art.next"), variant="primary", min_width=110, elem_id="painting-next")
                move = gr.Button(text("art.move"), min_width=90, elem_id="painting-move")
                stop = gr.Button(text("repair.stop"), variant="stop", min_width=80, elem_id="painting-stop")
                download = gr.DownloadButton(text("repair.download"), min_width=80, elem_id="painting-download")
        with gr.Column(min_width=280):
            with gr.Row(elem_classes="settings"):
                seed = number("paint.seed", 0, limits.MAX_SEED, FIRST_SEED, min_width=120, elem_id="painting-seed")
                palette = gr.Dropdown(
                    [(text("palette.auto"), "auto"), *((p, p) for p in art.PALETTES)], value="auto",
                    label=text("palette"), info=text("palette.info"), filterable=False, min_width=120,
                )  # fmt: skip
            symmetry = choice("symmetry", art.SYMMETRIES, "none")
            with gr.Row(elem_classes="settings"):
                complexity = slider("complexity", 0, 1, 0.5, 0.05)
                contrast = slider("contrast", 0, 1, 0.5, 0.05)
            with gr.Row(elem_classes="settings"):
                hue = slider("hue", -1, 1, 0, 0.02)
                zoom = slider("zoom", limits.MIN_ZOOM, limits.MAX_ZOOM, 1, 0.05)
            with gr.Row(elem_classes="settings"):
                moment = slider("moment", 0, 1, 0, 0.01, elem_id="painting-moment")
                side = gr.Dropdown(
                    [(f"{s} × {s}", s) for s in SIDES], value="512", label=text("paint.side"),
                    info=text("paint.side.info"), filterable=False, min_width=120,
                )  # fmt: skip
    seeds = gr.Gallery(
        label=text("art.seeds"), columns=SEEDS, height="auto", allow_preview=False, elem_id="painting-seeds", **LOOK
    )
    picked = gr.Number(1, label=text("repair.picked"), precision=0, visible="hidden")
    settings = [symmetry, complexity, contrast, hue, palette, zoom, moment]
    moves = gr.State(False, time_to_live=1800)
    values, shown = [seed, side, *settings], [painting, download, moves]
    draw = {"fn": paint_picture, "inputs": values, "outputs": shown} | LIVE_EVENT
    small = {"fn": paint_seeds, "inputs": [seed, *settings], "outputs": seeds, "show_progress": "hidden"} | REDRAW_EVENT
    sliders = [complexity, contrast, hue, zoom, moment]
    gr.on(moving(*sliders), paint_live, [seed, *settings], painting, api_visibility="private", **LIVE_EVENT)
    drawn = gr.on(at_rest(*sliders, symmetry, palette, side, seed), **draw, api_name="paint_picture")
    drawn.then(**small, api_name="paint_seeds")
    motion = move.click(**to_press(download, ready=False)).then(
        paint_motion, [seed, *settings[:-1]], shown, api_name="paint_motion",
        show_progress="minimal", time_limit=120, **MODEL_EVENT, **presses.PRESS,
    )  # fmt: skip
    after = {"api_visibility": "private"}
    still = {"fn": paint_still, "inputs": [moves, *values], "outputs": shown}
    stopped = presses.stop(stop, [motion]).then(**still, **QUIET, **MODEL_EVENT, **presses.PRESS)
    failed = motion.failure(**still, **QUIET, **MODEL_EVENT)
    followed = following.click(next_seed, seed, seed, queue=False, **QUIET).then(**draw, **after)
    taken = seeds.select(read_click, None, picked, **QUIET).then(
        take_seed, [seed, picked], seed, queue=False, **QUIET
    ).then(**draw, **after)  # fmt: skip
    presses.replace_each_other([motion, stopped, drawn, followed, taken])
    for event in (followed, taken):
        event.then(**small, **after)
    for event in (motion, stopped, failed, drawn, followed, taken):
        event.then(offer, moves, download, queue=False, trigger_mode="always_last", **QUIET)
    return painting, download, seeds
