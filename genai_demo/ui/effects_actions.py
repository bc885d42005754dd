"""What the presses in the room "Sound effects" do."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from genai_demo.audio.effects.kinds import get_kind
from genai_demo.core import limits
from genai_demo.ui.common import readable_errors
from genai_demo.ui.effects_sounds import Made, Recipe, listed, note, ogg_file, prepare, title
from genai_demo.ui.errors import localise
from genai_demo.ui.own_visits import with_own_weights
from genai_demo.ui.strings import language_of, say

BUTTON = "effect-"
"""Before the name of a kind: the id of its button."""
FIRST = "rain"
"""How the room opens."""
BETWEEN = (0.0, 0.25, 0.5, 0.75, 1.0)
VARIATIONS = 4
MOST_KEPT = 8

Shown = tuple[Any, ...]
"""Player, status, WAV, OGG, recipe, history, its list."""


def _show(recipe: Recipe, history: list[Made], language: str, play: bool = True) -> Shown:
    """Make a sound and put it in front."""
    start = time.perf_counter()
    made = prepare(recipe)
    return _put_in_front(made, time.perf_counter() - start, history, language, play)


def _put_in_front(made: Made, passed: float, history: list[Made], language: str, play: bool = True) -> Shown:
    """A sound in the player and at the head of the history. passed: seconds that it took."""
    recipe = made.recipe
    others = (m for m in history if (m.recipe, m.made_by) != (recipe, made.made_by))
    history = [made, *others][:MOST_KEPT]
    words = say(
        "effects.status", language, title=title(recipe, language), note=note(recipe, language), passed=passed
    )  # fmt: skip
    player = listed([made], language, play, usable=False, kind=recipe.kind)
    return player, words, made.file, ogg_file(made), recipe, history, listed(history, language)


@readable_errors
@with_own_weights
def press_button(
    event: gr.EventData, seed: float, brightness: float, density: float, guidance: float, steps: float,
    history: list[Made], request: gr.Request,
) -> Shown:  # fmt: skip
    """Play the kind of the pressed button, as long as is usual: kind, share, length, loop, and ``_show``'s."""
    kind = get_kind(str(event.target.elem_id).removeprefix(BUTTON))
    recipe = Recipe(
        kind.name, kind.usual, int(seed), brightness, density, loop=kind.ambient, guidance=guidance, steps=int(steps)
    )
    return kind.name, 0, kind.usual, kind.ambient, *_show(recipe, history, language_of(request))


def _recipe(
    kind: str, second: str, share: float, seconds: float, seed: float, brightness: float, density: float, loop: bool,
    guidance: float, steps: float,
) -> Recipe:  # fmt: skip
    """From the controls. Where the second kind has no share, it is not in the recipe."""
    other = second if share > 0 else None
    return Recipe(kind, seconds, int(seed), brightness, density, other, share, bool(loop), guidance, int(steps))


@readable_errors
@with_own_weights
def make_effect(
    kind: str, second: str, share: float, seconds: float, seed: float, brightness: float, density: float, loop: bool,
    guidance: float, steps: float, history: list[Made], request: gr.Request,
) -> Shown:  # fmt: skip
    """Make a sound effect.

    Args:
        kind: one of the kinds, such as "rain" or "game_coin".
        second: the kind to mix in, where share is more than 0.
        share: of the second kind, 0 to 1.
        seconds: its length, 0.3 to 10.
        seed: same seed and settings, same sound.
        brightness: -1 dull to 1 bright; at 0 the seed decides.
        density: -1 little happens to 1 much.
        loop: whether the end runs on into the beginning.
        guidance: how strictly to keep to the kind, 1 to 8.
        steps: more is finer.

    Returns:
        What the player shows as JSON, the status, the WAV file, the OGG file, and the history as JSON.
    """
    recipe = _recipe(kind, second, share, seconds, seed, brightness, density, loop, guidance, steps)
    return _show(recipe, history, language_of(request))


@readable_errors
@with_own_weights
def make_another(
    kind: str, second: str, share: float, seconds: float, seed: float, request: gr.Request, *rest: Any
) -> Shown:
    """The sound of the next seed: the seed, and ``_show``'s."""
    *settings, history = rest
    seed = next_seed(seed)
    return seed, *_show(_recipe(kind, second, share, seconds, seed, *settings), history, language_of(request))


def next_seed(seed: float, by: int = 1) -> int:
    """The seed after this one, or ``by`` later."""
    return (int(seed) + by) % limits.MAX_SEED


def _one_by_one(recipes: Iterable[Recipe], total: int, language: str) -> Iterator[tuple[str, list[Made], str]]:
    """The list so far, for the page and to be taken from, and a status line."""
    found: list[Made] = []
    for recipe in recipes:
        found.append(prepare(recipe))
        yield listed(found, language), found, say("effects.progress", language, count=len(found), total=total)


@readable_errors
@with_own_weights
def morph_effects(
    kind: str, second: str, seconds: float, seed: float, brightness: float, density: float, loop: bool,
    guidance: float, steps: float, request: gr.Request,
) -> Iterator[tuple[str, list[Made], str]]:  # fmt: skip
    """Five sounds from one kind to another, one after the other.

    Args:
        kind: where it starts.
        second: where it ends.
        seconds: length of each, 0.3 to 10.
        seed: the same for all.
        brightness: -1 to 1.
        density: -1 to 1.
        loop: whether their ends run on into their beginnings.
        guidance: 1 to 8.
        steps: more is finer.

    Returns:
        The sounds as JSON, and the status.
    """
    if kind == second:
        raise ValueError("Choose two different sounds.")
    settings = (seconds, seed, brightness, density, loop, guidance, steps)
    recipes = [_recipe(kind, second, share, *settings) for share in BETWEEN]
    yield from _one_by_one(recipes, len(BETWEEN), language_of(request))


@readable_errors
@with_own_weights
def vary_effect(
    recipe: Recipe | None, strength: float, seed: float, request: gr.Request
) -> Iterator[tuple[str, list[Made], str]]:
    """Four sounds that resemble the present one.

    Args:
        strength: 0 changes nothing, 1 keeps only the kind.
        seed: of the first; the others have the following ones.

    Returns:
        The sounds as JSON, and the status.
    """
    if recipe is None:
        raise ValueError("There is no sound yet. Press one on the board first.")
    before, seeds = recipe.variations, [next_seed(seed, i) for i in range(VARIATIONS)]
    recipes = (replace(recipe, variations=(*before, (strength, s))) for s in seeds)
    yield from _one_by_one(recipes, VARIATIONS, language_of(request))


def read_use(event: gr.SelectData) -> int:
    """Number of the sound whose "Use this one" was pressed, from 1."""
    return int(event.index) + 1


@readable_errors
@with_own_weights
def take_sound(picked: float, found: list[Made], history: list[Made], request: gr.Request) -> Shown:
    """Play a sound of a list and set the controls to it. Its files are made again where they were deleted since.

    Args:
        picked: its number in the list, from 1.
    """
    if not found:
        raise ValueError("There is no sound yet. Press one on the board first.")
    if not 1 <= picked <= len(found):
        raise ValueError(f"Choose a sound from 1 to {len(found)}.")
    made = found[int(picked) - 1]
    r = made.recipe
    second = r.second or gr.skip()
    settings = (
        r.kind, second, r.share, r.seconds, r.seed, r.brightness, r.density, r.looped, r.guidance, r.steps
    )  # fmt: skip
    language = language_of(request)
    shown = _put_in_front(made, 0.0, history, language) if made.there else _show(r, history, language)
    return *settings, *shown


@readable_errors
@with_own_weights
def open_effects(recipe: Recipe | None, history: list[Made], request: gr.Request) -> Shown:
    """The first sound, which waits to be played; nothing when the room is opened again."""
    if recipe is not None:
        return tuple([gr.skip()] * 7)
    language, kind = language_of(request), get_kind(FIRST)
    try:
        return _show(Recipe(FIRST, kind.usual, loop=kind.ambient), history, language, play=False)
    except ValueError as error:  # without weights the page says so and stays usable
        return gr.skip(), localise(str(error), language), *([gr.skip()] * 5)
