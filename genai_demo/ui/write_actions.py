"""What the room "Continue" does: goes on with a text, takes steps back, writes three ways, opens links."""

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from genai_demo.core import limits
from genai_demo.core.greenlist import STRENGTH
from genai_demo.text import generate, verse
from genai_demo.trust.policy import check
from genai_demo.ui import policy, write_history
from genai_demo.ui.common import readable_errors
from genai_demo.ui.own_visits import with_own_weights
from genai_demo.ui.strings import language_of, say
from genai_demo.ui.text_common import controls_of, good_controls, language_for, paced
from genai_demo.ui.write_history import History, Pair, Step, joint, put_in, split_at, take_out
from genai_demo.ui.write_links import LINES, SETTINGS

WAYS = 3
USUAL_LENGTH = 150


class Clock:
    """Measures when the first token came and how many a second followed."""

    def __init__(self) -> None:
        self.start, self.first, self.tokens = time.perf_counter(), 0.0, 0

    def say(self, state: generate.Writing, language: str) -> str:
        """The status line."""
        passed = time.perf_counter() - self.start
        if not self.first:
            self.first, self.tokens = passed, state.tokens
        rate = (state.tokens - self.tokens) / max(1e-6, passed - self.first)
        found = say("write.status", language, tokens=state.tokens, rate=rate, first=1000 * self.first)
        return found + (say("write.forgotten", language, count=state.forgotten) if state.forgotten else "")


def form_choices(kind: str, language: str) -> list[str]:
    """The forms that the page offers for a kind, the usual one first; for poems "", any form, before all."""
    known = list(generate.known_forms(kind, language_for(kind, language)))
    return ["", *LINES, *known] if kind == "poem" else known or [""]


def offer_forms(kind: str, language: str, form: str, request: gr.Request) -> gr.Dropdown:
    """The forms of another kind or language; the chosen one stays where it is among them."""
    offered, page = form_choices(kind, language), language_of(request)
    named = [(say(f"form.{name or 'any'}", page), name) for name in offered]
    value = form if form and form in offered else offered[0]
    return gr.Dropdown(choices=named, value=value, visible=len(offered) > 1)


def _form(kind: str, language: str, form: str) -> str:
    """The form as the model knows it; one of another kind, which stayed behind on the page, counts as none."""
    if kind == "poem" and form in LINES:
        return "tang"
    return form if form in form_choices(kind, language) else ""


def _write(before: str, count: int, recipe: dict[str, Any]) -> Iterator[generate.Writing]:
    stops, kind, form = recipe["stops"] or "", recipe["kind"], recipe["form"]
    limits.require_length(stops, limits.MAX_STOPS, "The list of stop strings")
    yield from generate.write(
        before,
        kind,
        language_for(kind, recipe["language"]),
        count,
        int(recipe["length"]),
        controls_of(*(recipe[name] for name in ("temperature", "top_p", "top_k", "min_p", "penalty"))),
        int(recipe["seed"]),
        [line for line in stops.split("\n") if line],
        recipe["title"] or "",
        _form(kind, recipe["language"], form),
        LINES.get(form, 0) if kind == "poem" else 0,
        recipe["mark"],
        1 if recipe["plain"] else generate.CANDIDATES,
    )


def _verse(kind: str, words: str, language: str) -> str:
    """Line lengths and rhyme, once a poem has two lines."""
    found = verse.lines(words)
    if kind != "poem" or len(found) < 2:
        return ""
    lengths = " ".join(str(len(line)) for line in found[:16])
    return say("write.verse", language, lengths=lengths, rhyme=verse.rhyme_share(words))


@readable_errors
@with_own_weights
def continue_text(
    words: str,
    cursor: float,
    history: History,
    seed: float,
    language: str,
    kind: str,
    title: str,
    form: str,
    length: float,
    temperature: float,
    top_p: float,
    top_k: float,
    min_p: float,
    penalty: float,
    stops: str,
    mark: float,
    plain: bool,
    request: gr.Request,
) -> Iterator[tuple[Any, ...]]:
    """Go on from the cursor (-1: the end). Yields the whole text, a status line, what Undo brings back, and choices."""
    settings = (language, kind, title, form, length, temperature, top_p, top_k, min_p, penalty, stops, mark, plain)
    recipe = dict(zip(SETTINGS, settings, strict=True)) | {"seed": int(seed)}
    yield from _continue(split_at(words, cursor), history, recipe, language_of(request))


def _continue(pair: Pair, history: History, recipe: dict[str, Any], page: str) -> Iterator[tuple[Any, ...]]:
    (before, rest), kind, clock = pair, recipe["kind"], Clock()
    check.require(before, rest, recipe["title"])
    guard = check.Guard(before)
    way = int(recipe.get("way", 1))
    for state in paced(_write(before, WAYS if "way" in recipe else 1, recipe)):
        new = guard.shown(state.texts[way - 1], state.done[way - 1])
        status = policy.stopped(guard, page) + clock.say(state, page) + _verse(kind, before + new, page)
        choices = [] if guard.found else state.choices[way - 1 : way]
        step = Step(before, new + joint(new, rest), rest, recipe)
        yield step.text, status, history.add(step), choices
        if guard.found:
            return


@readable_errors
@with_own_weights
def regenerate(
    words: str, history: History, seed: float, request: gr.Request, *settings: Any
) -> Iterator[tuple[Any, ...]]:
    """The last continuation once more, with the next seed. Yields as ``continue_text``, and the seed.

    What the visitor wrote around it stays. Where it was changed itself, Redo brings that back.
    """
    if history.last is None or not history.last.recipe:
        raise ValueError("There is nothing to write again. Press Continue first.")
    pair = take_out(history.last, words)
    _, undone = write_history.undo(words, history)
    recipe = dict(zip(SETTINGS, settings, strict=True)) | {"seed": (int(seed) + 1) % limits.MAX_SEED}
    again = _continue(pair or (history.last.before, history.last.rest), undone, recipe, language_of(request))
    for shown, status, grown, choices in again:
        kept = grown if pair else grown._replace(undone=undone.undone)
        yield shown, status, kept, choices, recipe["seed"]


@readable_errors
@with_own_weights
def continue_linked(recipe: dict[str, Any] | None, history: History, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """What a link tells to write. Yields as ``continue_text``; nothing without one."""
    if recipe is None:
        return
    kind, language = recipe.get("kind", generate.KINDS[0]), recipe.get("language", generate.LANGUAGES[0])
    temperature, penalty = good_controls(kind, language)
    usual = {"language": language, "kind": kind, "title": "", "form": "", "length": USUAL_LENGTH, "top_p": 0.95,
             "temperature": temperature, "top_k": 0, "min_p": 0, "penalty": penalty, "stops": "", "mark": STRENGTH,
             "plain": False, "seed": 1}  # fmt: skip
    named = {name: value for name, value in recipe.items() if name in usual}
    if 1 <= recipe.get("way", 0) <= WAYS:
        named["way"] = int(recipe["way"])
    pair = recipe.get("prompt", ""), recipe.get("after", "")
    yield from _continue(pair, history, usual | named, language_of(request))


@readable_errors
def undo(words: str, history: History) -> tuple[str, History]:
    """The text without the last continuation; what the visitor wrote since stays."""
    return write_history.undo(words, history)


@readable_errors
def redo(words: str, history: History) -> tuple[str, History]:
    """The text with the continuation that was undone last."""
    return write_history.redo(words, history)


@readable_errors
def clear(words: str, history: History) -> tuple[str, str, History]:
    """An empty text and title; Undo brings the text back."""
    empty, history = write_history.replace(words or "", "", history)
    return empty, "", history


@readable_errors
def begin(start: str, words: str, history: History) -> tuple[str, History]:
    """The beginning of a preset in the place of the text; Undo brings that back."""
    return write_history.replace(words or "", start or "", history)


@readable_errors
@with_own_weights
def three_ways(
    words: str, cursor: float, seed: float, request: gr.Request, *settings: Any
) -> Iterator[tuple[Any, ...]]:
    """Three continuations side by side. Yields them, a status line, and where they belong."""
    pair, clock, page = split_at(words, cursor), Clock(), language_of(request)
    recipe = dict(zip(SETTINGS, settings, strict=True)) | {"seed": int(seed)}
    check.require(*pair, recipe["title"])
    guards = [check.Guard(pair[0]) for _ in range(WAYS)]
    for state in paced(_write(pair[0], WAYS, recipe), 0.08):
        new = [guard.shown(t, d) for guard, t, d in zip(guards, state.texts, state.done, strict=True)]
        yield *new, policy.stopped_ways(guards, page) + clock.say(state, page), (pair, recipe)
        if all(guard.found for guard in guards):
            return


@readable_errors
def take_way(
    number: int, way: str, place: tuple[Pair, dict[str, Any]] | None, words: str, history: History
) -> tuple[str, History]:
    """Put a continuation, of which the first is 1, into the text, in the place of another one of the three."""
    if not way or place is None:
        raise ValueError("There is nothing here yet. Press Three ways first.")
    (pair, recipe), last = place, history.last
    if last is not None and last.recipe == recipe | {"way": last.recipe.get("way")} and last.new not in "".join(pair):
        without = take_out(last, words)
        if without is not None:
            words, history = "".join(without), History(history.done[:-1])
    step = put_in(way, pair, words, recipe | {"way": number})
    return step.text, history.add(step)
