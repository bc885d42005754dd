"""What the buttons of the room "Your own data" do: check, train, stop, use, download, delete."""

import hashlib
import math
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from genai_demo.audio.effects import own as sounds_own
from genai_demo.audio.effects.kinds import KINDS
from genai_demo.core import limits
from genai_demo.core.archives import Dropped, read_files
from genai_demo.core.tuning import Stopped, Tuning
from genai_demo.faces import own as faces_own
from genai_demo.text import own as text_own
from genai_demo.text.own_example import logbook
from genai_demo.ui import own_pictures
from genai_demo.ui.common import keep_file, pack_zip, readable_errors
from genai_demo.ui.lab_curves import curves
from genai_demo.ui.own_visits import Visit, enter, line
from genai_demo.ui.strings import add_texts, language_of, say
from genai_demo.ui.texts_own import OWN

add_texts(OWN)

MEDIA: dict[str, Any] = {"texts": text_own, "pictures": faces_own, "sounds": sounds_own}
FRAME, SAMPLE = 1.0, 8.0
"""Seconds from one status line, and from one sample, to the next."""
SHOWN = 12
"""Thumbnails of what is kept."""


# --------------------------------------------------------------------------- check


@readable_errors
def check_own(
    visit: Visit, medium: str, files: list[str] | None, pasted: str, request: gr.Request
) -> Iterator[tuple[Any, ...]]:
    """Check texts, portraits or sounds that a model is to be trained on, and tell what is left out and why.

    Args:
        medium: "texts", "pictures" or "sounds".
        files: single files or zips.
        pasted: a text as one more file; empty for none.

    Returns:
        Report as HTML, status line, and the emptied upload.
    """
    language = language_of(request)
    if medium not in MEDIA:
        raise ValueError(f"No kind of data is called {medium!r}. Choose one of {', '.join(MEDIA)}.")
    dropped: Dropped = []
    read: Iterator[tuple[str, bytes]] | Sequence[tuple[str, bytes]]
    if medium == "texts" and (pasted or "").strip():
        words = pasted[: limits.MAX_OWN_TEXT].encode("utf-8", "replace")
        read = [("pasted.txt", words), *(read_files(files, MEDIA[medium].SUFFIXES, dropped) if files else [])]
    else:
        read = read_files(files or [], MEDIA[medium].SUFFIXES, dropped)
    try:
        yield from _check(visit, medium, read, dropped, language, request)
    finally:
        for path in files or []:  # what was uploaded is in memory now, or is not wanted
            Path(path).unlink(missing_ok=True)


@readable_errors
def check_example(visit: Visit, medium: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """As check_own, with an example: a lighthouse's logbook, printed faces of the GAN, or chimes."""
    language = language_of(request)
    if medium not in MEDIA:
        raise ValueError(f"No kind of data is called {medium!r}. Choose one of {', '.join(MEDIA)}.")
    yield visit, gr.skip(), say("own.reading", language, count=0), None
    files: Any = [("logbook.txt", logbook(language).encode())]
    files = files if medium == "texts" else MEDIA[medium].example().items()
    yield from _check(visit, medium, files, [], language, request)


def _check(
    visit: Visit, medium: str, files: Any, dropped: Dropped, language: str, request: gr.Request
) -> Iterator[tuple[Any, ...]]:
    if line.place(visit) is not None:
        raise ValueError("Your training is running. Stop it first.")
    try:
        if medium != "pictures":
            material: Any = MEDIA[medium].check(files, dropped)
        else:
            kept: list[Any] = []
            for kept in faces_own.check_steps(files, dropped):
                yield visit, gr.skip(), say("own.reading", language, count=len(kept)), gr.skip()
            material = faces_own.split(kept)
    except ValueError:  # what was left out says more than how much is left; the files are gone, so is their list
        yield visit, own_pictures.left_out(dropped, language), say("own.unchecked", language), None
        raise
    enter(request.session_hash, visit)
    visit.start_afresh(medium, material, dropped)
    yield visit, own_pictures.report(medium, material, dropped, language), say("own.checked", language), None


# --------------------------------------------------------------------------- train


@readable_errors
def join_own(visit: Visit, request: gr.Request) -> tuple[Any, ...]:
    """Take a place in the line of those who want to train; says which."""
    _need_data(visit)
    visit.gave_up = False
    line.join(visit)
    return _place(visit, language_of(request)), gr.Timer(active=True)


def tell_place(visit: Visit, request: gr.Request) -> tuple[Any, ...]:
    """The place in the line, as long as one waits."""
    place = line.place(visit)
    waits = place is not None and place > 0
    return _place(visit, language_of(request)) if waits else gr.skip(), gr.Timer(active=waits)


def _place(visit: Visit, language: str) -> str:
    place = line.place(visit)
    return say("own.place", language, place=place + 1) if place else say("own.next", language)


def _need_data(visit: Visit) -> None:
    if visit.material is None:
        raise ValueError("There is no data in this visit yet, or it is lost. Upload some and press Check.")


def prepare(visit: Visit, kind: str, effect: str, seed: int) -> Tuning:
    """The training of this visit, going on where it was. Raises ValueError where a model is missing."""
    kinds = {"texts": kind, "sounds": effect}
    settings = {"medium": visit.medium, "kind": kinds.get(visit.medium, ""), "seed": seed}
    if visit.tuning is not None and visit.tuning.settings != settings:
        visit.start_over()
    subject: Any
    if visit.medium == "texts":
        subject = text_own.TextSubject(visit.material, kind, seed, visit.brake)
    elif visit.medium == "sounds":
        subject = sounds_own.SoundsSubject(visit.material, effect, seed, visit.brake)
    else:
        subject = faces_own.FacesSubject(visit.material, seed, visit.brake)
    found = Tuning(subject, visit.folder, settings)
    found.resume()
    visit.tuning = found
    return found


@readable_errors
def train_own(visit: Visit, seconds: float, kind: str, effect: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Fine-tune a published model on the checked data, for a while or until the held-out part gets no better.

    Args:
        seconds: how long at most.
        kind: what texts count as: "story", "news", "product", "poem" or "prose".
        effect: the kind of sound effect that sounds take the place of.

    Returns:
        Status line, curves as SVG, samples of the published model and of the tuned one as HTML, figures as HTML, and
        whether the weights are used: those of before are not any more.
    """
    language = language_of(request)
    _need_data(visit)
    if visit.gave_up:  # while it waited
        visit.gave_up = False
        yield visit, *outcome(visit, "own.stopped", language), gr.skip()
        return
    line.join(visit)
    visit.brake.release()
    ended = "own.time"
    try:
        visit.lent = {}
        yield visit, say("own.next", language), gr.skip(), gr.skip(), gr.skip(), False
        tuning = prepare(visit, kind, effect, 0)
        start = shown = time.monotonic()
        sampled = -SAMPLE
        for _ in tuning.train(seconds):
            now = time.monotonic()
            samples: Any = gr.skip()
            if tuning.step and now - start - sampled >= SAMPLE:
                samples, sampled = own_pictures.samples(visit, tuning, language), time.monotonic() - start
            elif now - shown < FRAME:
                continue
            shown = now
            left = max(0.0, seconds - (now - start))
            status = say("own.running", language, step=tuning.step, left=left, waiting=line.behind(visit))
            yield (
                visit,
                status,
                picture_curves(tuning, language),
                samples,
                own_pictures.figures(tuning, language),
                gr.skip(),
            )
        ended = "own.ended" if tuning.ended else "own.time"
        visit.brake.check()
        samples = own_pictures.samples(visit, tuning, language, best=True)
        yield visit, gr.skip(), gr.skip(), samples, gr.skip(), gr.skip()
    except Stopped:
        ended = "own.stopped"
    finally:
        line.leave(visit)
        if visit.tuning is not None:
            visit.tuning.rest()
    if not visit.deleted:
        yield visit, *outcome(visit, ended, language), gr.skip()


def picture_curves(tuning: Tuning, language: str) -> str:
    """Losses of what is learnt and of the held-out part, in the same unit."""
    held = "nats" if "nats" in tuning.points[0].figures else "score"
    points = [(p.step, p.learnt, p.figures[held]) for p in tuning.points if not math.isnan(p.learnt)]
    return curves(points, (say("own.learnt", language), say("own.held_out", language)), say("own.curves", language))


def outcome(visit: Visit, ended: str, language: str) -> tuple[Any, ...]:
    """Status line, curves, samples as they are, figures."""
    tuning = visit.tuning
    if tuning is None or not tuning.points:
        return say("own.fresh", language), "", gr.skip(), ""
    if tuning.ended:
        ended = "own.ended"
    status = say(ended, language, step=tuning.step, best=tuning.best_point().step)
    return status, picture_curves(tuning, language), gr.skip(), own_pictures.figures(tuning, language)


def brake(visit: Visit) -> None:
    """Stop the training between two layers; one that only waits gives up its place."""
    if line.place(visit):
        visit.gave_up = True
        line.leave(visit)
    else:
        visit.brake.pull()


def stopped(visit: Visit, request: gr.Request) -> tuple[Any, ...]:
    """What there is after Stop."""
    return outcome(visit, "own.stopped", language_of(request))


@readable_errors
def restart_own(visit: Visit, request: gr.Request) -> tuple[Any, ...]:
    """The same data, nothing trained yet."""
    _need_data(visit)
    _idle(visit)
    visit.start_over()
    return visit, say("own.fresh", language_of(request)), "", "", ""


def _idle(visit: Visit) -> None:
    if line.place(visit) is not None:
        raise ValueError("Your training is running. Stop it first.")


# --------------------------------------------------------------------------- use


def packed(visit: Visit) -> dict[str, bytes]:
    """Weights and card. Raises ValueError before there are any."""
    if visit.tuning is None:
        raise ValueError("Nothing is trained in this visit yet, or it is lost. Press Train first.")
    return MEDIA[visit.medium].pack(visit.tuning, visit.material)


@readable_errors
def use_own(visit: Visit, on: bool, request: gr.Request) -> tuple[Any, ...]:
    """Let the other tabs use the tuned weights in this visit, or the published ones again.

    Args:
        on: whether to use the tuned weights.
    """
    language = language_of(request)
    if not on:
        visit.lent = {}
        return visit, say("own.unused", language)
    _idle(visit)
    files = packed(visit)
    enter(request.session_hash, visit)
    visit.lent = MEDIA[visit.medium].lendable(files, visit.tuning)
    assert visit.tuning is not None
    kind = visit.tuning.settings["kind"]
    if visit.medium == "texts":
        kind = say(f"kind.{kind}", language)
    elif visit.medium == "sounds":
        kind = KINDS[kind].chinese if language == "zh" else KINDS[kind].english
    told = say("own.used", language, where=say(f"own.where.{visit.medium}", language, kind=kind))
    return visit, f"{told} {own_pictures.verdict(visit.tuning, language)}".strip()


def still_used(visit: Visit, on: bool, request: gr.Request) -> tuple[Any, ...]:
    """Whether the weights are used that the page says are used; where they are not, says so and why.

    Returns:
        The tick at "use", the line below it, and whether to look again.
    """
    if on and visit.lent:
        return gr.skip(), gr.skip(), gr.skip()
    language = language_of(request)
    if not on:
        return gr.skip(), gr.skip(), gr.Timer(active=False)
    told = say("own.unused" if visit.material is not None else "own.lost", language)
    if visit.material is None:
        gr.Warning(told)
    return False, told, gr.Timer(active=False)


@readable_errors
def pack_own(visit: Visit) -> tuple[Any, ...]:
    """The tuned weights as a zip of safetensors and model card."""
    _idle(visit)
    data = pack_zip(packed(visit))
    path = keep_file(data, f"own-{visit.medium}-{hashlib.sha256(data).hexdigest()[:8]}.zip")
    visit.sent.append(path)
    return visit, gr.File(path, visible=True)


def delete_own(visit: Visit, request: gr.Request) -> tuple[Any, ...]:
    """Delete data, weights and downloads of this visit, and stop its training."""
    visit.delete()
    told = say("own.deleted", language_of(request))
    return Visit(), None, "", "", told, "", "", "", False, gr.File(None, visible=False), ""
