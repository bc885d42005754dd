"""What the room "Your own data" shows, as HTML: the report of the checks, samples side by side, figures."""

import base64
import html
import io
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from PIL import Image

from genai_demo.audio.effects import own as sounds_own
from genai_demo.core.archives import Dropped
from genai_demo.core.tuning import Tuning
from genai_demo.faces import own as faces_own
from genai_demo.text import own as text_own
from genai_demo.ui.own_visits import Visit
from genai_demo.ui.strings import say

FEW_PICTURES = 60
"""Fewer are warned of. Chosen, not measured."""
THUMBNAILS, NAMES = 24, 3
"""Kept pictures, and names of a reason, that are shown."""
FIGURES = {
    "nats": {"score": "bits", "nats": "nats"},
    "psnr": {"psnr": "psnr", "score": "score", "frechet": "frechet"},
    "spectrum": {"score": "velocity", "spectrum": "spectrum"},
}
"""Figures that are shown of a medium, and their texts, by a figure that only this medium has."""
OWN_CSS = """
audio {width: 100%}
table {width: 100%; border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums}
th, td {text-align: left; padding: 4px 8px 4px 0; border-bottom: 1px solid var(--border-color-primary);
  overflow-wrap: anywhere; vertical-align: top}
.figures th, .figures td {overflow-wrap: normal}
.figures td + td {white-space: nowrap}
td.better {color: var(--color-accent); font-weight: 600}
p {margin: 4px 0 8px}
.thumbs {display: grid; grid-template-columns: repeat(auto-fill, minmax(56px, 1fr)); gap: 4px; margin: 6px 0 10px}
.thumbs img {width: 100%; aspect-ratio: 1; border-radius: 4px; display: block}
.sides {display: grid; grid-template-columns: repeat(auto-fit, minmax(min(260px, 100%), 1fr)); gap: 12px}
figure {margin: 0}
figcaption {font-size: .82rem; color: var(--body-text-color-subdued); padding-bottom: 3px}
blockquote {margin: 0; padding: 10px 12px; white-space: pre-wrap; border-radius: 8px; font-size: .92rem;
  background: var(--background-fill-secondary); min-height: 7em}
.row {display: grid; grid-template-columns: repeat(6, 1fr); gap: 3px; margin-bottom: 8px}
.row img {width: 100%; aspect-ratio: 1; border-radius: 4px; display: block}
"""


def report(medium: str, material: Any, dropped: Dropped, language: str) -> str:
    """What is kept, and how much was left out for which reason."""
    if medium == "texts":
        kept = say("own.kept.texts", language, characters=material.characters, learnt=len(material.learnt),
                   held_out=len(material.held_out))  # fmt: skip
        shown = ""
    elif medium == "sounds":
        kept = say("own.kept.sounds", language, count=len(material.learnt + material.held_out),
                   seconds=material.seconds, learnt=len(material.learnt), held_out=len(material.held_out))  # fmt: skip
        shown = ""
    else:
        kept = say("own.kept.pictures", language, count=len(material.all), learnt=len(material.learnt),
                   held_out=len(material.held_out))  # fmt: skip
        shown = f'<div class="thumbs">{_pictures(material.all[:THUMBNAILS], 64)}</div>'
    bold = kept.split("**")
    kept = "".join(f"<strong>{part}</strong>" if i % 2 else part for i, part in enumerate(bold))
    if medium == "pictures" and len(material.all) < FEW_PICTURES:
        kept += f" {say('own.few', language, few=FEW_PICTURES)}"
    if not dropped:
        return f"<p>{kept} {say('own.none_dropped', language)}</p>{shown}"
    return f"<p>{kept}</p>{shown}{left_out(dropped, language)}"


def left_out(dropped: Dropped, language: str) -> str:
    """How much was left out for which reason; empty where nothing was."""
    if not dropped:
        return ""
    names: dict[str, list[str]] = defaultdict(list)
    for name, reason in dropped:
        names[reason].append(name)
    rows = "".join(
        f"<tr><td>{say(f'own.reason.{reason}', language)}</td><td>{len(found)}</td>"
        f"<td>{html.escape(', '.join(found[:NAMES]))}{' …' if len(found) > NAMES else ''}</td></tr>"
        for reason, found in sorted(names.items(), key=lambda pair: -len(pair[1]))
    )
    heads = "".join(f"<th>{say(f'own.{key}', language)}</th>" for key in ("reason", "count", "names"))
    return f"<p>{say('own.dropped', language, count=len(dropped))}</p><table><tr>{heads}</tr>{rows}</table>"


def figures(tuning: Tuning, language: str) -> str:
    """The published model beside the tuned one, at its best, on the held-out part."""
    first, best = tuning.points[0], tuning.best_point()
    keys = FIGURES[next(k for k in FIGURES if k in first.figures)]
    rows = ""
    for key, name in keys.items():
        before, after = first.figures[key], best.figures[key]
        rows += (
            f"<tr><td>{say(f'own.{name}', language)}</td><td>{before:.3f}</td>"
            f'<td class="{"better" if gain(key, before, after) > 0 else ""}">{after:.3f}</td></tr>'
        )
    heads = "".join(f"<th>{say(f'own.{key}', language)}</th>" for key in ("figures", "shipped", "yours"))
    notes = [say("own.best", language, step=best.step)] if best.step else []
    note = " ".join([*notes, verdict(tuning, language)])
    return f'<table class="figures"><tr>{heads}</tr>{rows}</table><p>{note}</p>'


def gain(key: str, before: float, after: float) -> float:
    """By how much a figure became better: above 0, whether it should rise or fall."""
    return after - before if key == "psnr" else before - after


def verdict(tuning: Tuning, language: str) -> str:
    """What speaks against the tuned weights, at their best: nothing better yet, or figures that became worse."""
    first, best = tuning.points[0].figures, tuning.best_point()
    if not best.step:
        return say("own.best.none", language)
    keys = next((shown for only, shown in FIGURES.items() if only in first), {})
    worse = [say(f"own.{name}", language) for key, name in keys.items() if gain(key, first[key], best.figures[key]) < 0]
    return say("own.worse", language, figures="; ".join(worse)) if worse else ""


def samples(visit: Visit, tuning: Tuning, language: str, best: bool = False) -> str:
    """What the published model makes beside what the tuned one makes, now or with its best weights.

    Raises Stopped where the brake is pulled.
    """
    subject = tuning.subject
    texts = isinstance(subject, text_own.TextSubject)
    medium = text_own if texts else sounds_own if isinstance(subject, sounds_own.SoundsSubject) else faces_own
    mine = medium.best_network(tuning) if best else subject.network
    if not visit.samples:
        visit.samples = [made(subject, medium.published_network())]
    names = say("own.shipped", language), say("own.yours", language)
    both = zip(names, (visit.samples[0], made(subject, mine)), strict=True)
    if texts:
        sides = (f"<figure><figcaption>{name}</figcaption><blockquote>{html.escape(words)}</blockquote></figure>"
                 for name, words in both)  # fmt: skip
        return f'<div class="sides">{"".join(sides)}</div><p>{say("own.begin", language)}</p>'
    if medium is sounds_own:
        sides = (f"<figure><figcaption>{name}</figcaption>{_player(data)}</figure>" for name, data in both)
        return f'<div class="sides">{"".join(sides)}</div>'
    again, new = say("own.pictures.again", language), say("own.pictures.new", language)
    rows = _row(say("own.pictures.held_out", language), visit.material.held_out[:6])
    made_by = list(both)
    rows += "".join(_row(f"{name}: {again}", redrawn) for name, (redrawn, _) in made_by)
    return rows + "".join(_row(f"{name}: {new}", fresh) for name, (_, fresh) in made_by)


def made(subject: Any, network: Any) -> Any:
    """A text, a sound, or faces drawn again and new faces."""
    if isinstance(subject, text_own.TextSubject | sounds_own.SoundsSubject):
        return subject.sample(network)
    return subject.drawn_again(network), subject.new_faces(network)


def _player(wav: bytes) -> str:
    """A sound that the page plays, as a data URL."""
    return f'<audio controls src="data:audio/wav;base64,{base64.b64encode(wav).decode()}"></audio>'


def _row(name: str, pictures: Sequence[Image.Image]) -> str:
    return f'<figure><figcaption>{name}</figcaption><div class="row">{_pictures(pictures, 128)}</div></figure>'


def _pictures(pictures: Sequence[Image.Image], side: int) -> str:
    """Pictures as data URLs: nothing of a visitor's lies in a file that could be fetched."""
    found = []
    for picture in pictures:
        buffer = io.BytesIO()
        picture.resize((side, side)).save(buffer, "WEBP", quality=85)
        data = base64.b64encode(buffer.getvalue()).decode()
        found.append(f'<img src="data:image/webp;base64,{data}" alt="">')
    return "".join(found)
