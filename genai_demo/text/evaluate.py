"""Measures of the text model on held-out text; prints JSON and writes it into the card.

Every figure about written text stands beside the same figure of real held-out text.
"""

import argparse
import json
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from genai_demo.core import cards, checkpoint, limits
from genai_demo.core.device import describe, pick_device
from genai_demo.core.rounding import rounded
from genai_demo.core.sampling import Controls
from genai_demo.text import generate, memorisation, verse
from genai_demo.text.data import Texts, load
from genai_demo.text.exercises import EXERCISES, pass_at, passes
from genai_demo.text.overlap import longest_shared
from genai_demo.text.sandbox import CAN_RUN
from genai_demo.text.syntax import cut_back, parses
from genai_demo.text.tokenizer import CONTROLS, Tokenizer, load_tokenizer
from genai_demo.text.train import bits_per_byte, measured_tasks

DOCUMENTS = 150
"""Held-out documents of each task and language for bits per byte."""
OF_A_FORM = 40
"""The same of each form (``text.forms``)."""
WRITTEN = 24
"""Continuations, poems, functions that are written and looked at."""
TRANSLATED = 150
"""Sentences for each direction."""


TRIES = 10
"""Of every exercise."""


def parts_of(tokens: np.ndarray, tokenizer: Tokenizer) -> dict[str, str]:
    """The texts of a document by the control token before them: {"title": ..., "body": ...}."""
    found: dict[str, list[int]] = {}
    name = ""
    for token in tokens.tolist():
        if token >= tokenizer.text_size:
            name = CONTROLS[token - tokenizer.text_size]
            found.setdefault(name, [])
        else:
            found[name].append(token)
    return {k: tokenizer.decode(v) for k, v in found.items()}


def distinct(texts: Sequence[str], size: int, tokenizer: Tokenizer) -> float:
    """Different runs of ``size`` tokens over all runs, in each text for itself; their mean (Li et al. 2016)."""
    shares = []
    for text in texts:
        tokens = tokenizer.encode(text)
        runs = [tuple(tokens[i : i + size]) for i in range(len(tokens) - size + 1)]
        if runs:
            shares.append(len(set(runs)) / len(runs))
    return float(np.mean(shares)) if shares else 0.0


def all_bits(texts: Texts, tokenizer: Tokenizer, count: int) -> dict[str, float]:
    """Bits per byte of every task and language."""
    model = generate.model()
    found = {}
    for task, language in measured_tasks(texts):
        chosen = texts.chosen("held_out", task, language)[:count]
        name = task if task in ("code", "translate") else f"{task}_{language}"
        found[name] = bits_per_byte(model, texts, chosen, tokenizer)
    return found


def bits_by_form(texts: Texts, tokenizer: Tokenizer, count: int) -> dict[str, float]:
    """Bits per byte of every form of the tasks and languages, with their own label before them."""
    model = generate.model()
    groups: dict[str, list[int]] = {}
    for task, language in measured_tasks(texts):
        for index in texts.chosen("held_out", task, language):
            if form := texts.form(int(index)):
                name = f"{task}_{form}" if task in ("code", "translate") else f"{task}_{language}_{form}"
                groups.setdefault(name, []).append(int(index))
    return {
        name: bits_per_byte(model, texts, np.array(found[:count]), tokenizer) for name, found in sorted(groups.items())
    }


def written(texts: Texts, tokenizer: Tokenizer, training: np.ndarray, count: int) -> dict[str, float]:
    """Stories that go on from the first 24 tokens of held-out ones, beside how those went on."""
    groups: dict[str, list[str]] = {}
    for language in ("en", "zh"):
        mine, theirs = [], []
        for seed, index in enumerate(texts.chosen("held_out", "story", language)[:count]):
            body = tokenizer.encode(parts_of(texts.document(index), tokenizer).get("body", ""))
            *_, last = generate.write(tokenizer.decode(body[:24]), "story", language, 1, 150, seed=seed)
            mine.append(last.texts[0])
            theirs.append(tokenizer.decode(body[24:174]))
        groups |= {f"{language}_written": mine, f"{language}_real": theirs}
    every = [np.array(tokenizer.encode(text), np.uint16) for texts_of in groups.values() for text in texts_of]
    runs = iter(longest_shared(training, every))  # all at once: reading the training text takes the time
    figures = {}
    for name, found in groups.items():
        mine_runs = [next(runs) for _ in found] or [0]
        figures[f"distinct_3_{name}"] = distinct(found, 3, tokenizer)
        figures[f"longest_copy_{name}"] = float(np.median(mine_runs))
        figures[f"longest_copy_worst_{name}"] = float(max(mine_runs))
    return figures


def poems(texts: Texts, tokenizer: Tokenizer, count: int) -> dict[str, float]:
    """Poems in regular form to the titles of held-out ones: correct lines and rhyme, beside the real ones."""
    mine: list[str] = []
    kept: list[str] = []
    theirs: list[str] = []
    for index in texts.chosen("held_out", "poem"):
        parts = parts_of(texts.document(index), tokenizer)
        if "tang" not in parts or not verse.has_regular_lines(parts.get("body", "")):
            continue
        for length, found in ((0, mine), (len(verse.lines(parts["body"])[0]), kept)):
            *_, last = generate.write("", "poem", "zh", 1, 120, Controls(temperature=0.7), len(theirs),
                                      title=parts["title"], form="tang", line_length=length)  # fmt: skip
            found.append(last.texts[0])
        theirs.append(parts["body"])
        if len(mine) == count:
            break
    return {
        "poems_with_regular_lines": float(np.mean([verse.has_regular_lines(p) for p in mine])),
        "poems_with_regular_lines_when_kept": float(np.mean([verse.has_regular_lines(p) for p in kept])),
        "poems_rhyme": float(np.mean([verse.rhyme_share(p) for p in mine])),
        "poems_rhyme_real": float(np.mean([verse.rhyme_share(p) for p in theirs])),
    }


def translations(texts: Texts, tokenizer: Tokenizer, count: int) -> dict[str, float]:
    """BLEU and chrF of sacrebleu on held-out everyday sentences, both directions."""
    from sacrebleu.metrics import BLEU, CHRF

    everyday = [i for i, name in enumerate(texts.card["source_names"]) if name.startswith("tatoeba")]
    chosen = texts.chosen("held_out", "translate")
    chosen = chosen[np.isin(texts.source[chosen], everyday)] if everyday else chosen
    pairs = [parts_of(texts.document(i), tokenizer) for i in chosen[:count]]
    figures = {}
    for source, target in (("en", "zh"), ("zh", "en")):
        mine = [generate.translate(pair[source], source, target).strip() for pair in pairs]
        wanted = [[pair[target] for pair in pairs]]
        bleu = BLEU(tokenize="zh" if target == "zh" else "13a")
        figures[f"bleu_{source}_{target}"] = bleu.corpus_score(mine, wanted).score
        figures[f"chrf_{source}_{target}"] = CHRF().corpus_score(mine, wanted).score
    return figures


def code(texts: Texts, tokenizer: Tokenizer, count: int) -> dict[str, float]:
    """Held-out functions from their first three lines on: share of suggestions after which the whole parses."""
    right = total = 0
    for index in texts.chosen("held_out", "code")[: 4 * count]:
        body = parts_of(texts.document(index), tokenizer)["body"]
        lines = body.splitlines()
        if not 6 <= len(lines) <= 30 or not body.startswith("def "):
            continue
        start = "\n".join(lines[:3]) + "\n"
        suggested = generate.complete_code(start, count=2, max_tokens=160)
        total += max(1, len(suggested))  # none at all: none of them parsed
        right += sum(parses(start + suggestion) for suggestion in suggested)
        if total >= count:
            break
    return {"code_that_parses": right / max(1, total)}


def exercises(tries: int) -> dict[str, float]:
    """Share of the small exercises that are solved at the first of ``tries`` tries, and at any.

    Nothing where the system cannot run foreign code within limits.
    """
    if not CAN_RUN:
        return {}
    right = []
    for exercise in EXERCISES:
        found = 0
        for start in range(0, tries, limits.MAX_CONTINUATIONS):
            count = min(limits.MAX_CONTINUATIONS, tries - start)
            settings = Controls(temperature=0.6)
            *_, last = generate.write(exercise.start, "code", "en", count, 96, settings, start)
            for text, ended in zip(last.texts, last.ended, strict=True):
                found += passes(exercise, text if ended else cut_back(exercise.start, text))
        right.append(found)
    return {f"pass_at_{k}": float(np.mean([pass_at(r, tries, k) for r in right])) for k in (1, tries)}


def speed() -> dict[str, float]:
    """Milliseconds to the first token, tokens a second alone, four at once, and of chosen sentences.

    The best of three runs, loaded.
    """
    generate.warm_up()
    figures: dict[str, float] = {}
    for count in (1, 4) * 3:
        steps = generate.write(
            "Once upon a time", count=count, max_tokens=160, controls=Controls(), seed=1, candidates=1
        )
        start = time.perf_counter()
        first = last = next(steps)
        to_first = time.perf_counter() - start
        for last in steps:  # noqa: B007
            pass
        seconds = time.perf_counter() - start - to_first
        if count == 1:
            figures["first_token_milliseconds"] = min(1000 * to_first, figures.get("first_token_milliseconds", 1e9))
        rate = (last.tokens - first.tokens) / max(seconds, 1e-9)
        figures[f"tokens_per_second_{count}"] = max(rate, figures.get(f"tokens_per_second_{count}", 0.0))
    for _ in range(3):
        start = time.perf_counter()
        *_, last = generate.write("Once upon a time", max_tokens=160, seed=1)
        rate = last.tokens / (time.perf_counter() - start)
        figures["tokens_per_second_chosen"] = max(rate, figures.get("tokens_per_second_chosen", 0.0))
    return figures


# --------------------------------------------------------------------------- the command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", default=None, help="prepared data (default: data/text)")
    parser.add_argument("--no-card", action="store_true", help="only print, leave the card alone")
    parser.add_argument("--quick", action="store_true", help="one tenth of everything; never written to the card")
    parser.add_argument("--only", choices=("memorisation",), help="the extraction test alone, a few minutes")
    parser.add_argument("--speed", action="store_true", help="measure the speed again, leave the other figures alone")


def run(args: argparse.Namespace) -> None:
    write = not (args.no_card or args.quick)
    if args.only:
        found = memorised(args.data, args.quick, write)
    else:
        found = measured_again(write) if args.speed else evaluate(args.data, args.quick, write)
    print(json.dumps(found, indent=2))


def measured_again(write: bool) -> dict[str, Any]:
    """The speed alone, which an idle machine should measure; into the card beside what is there if ``write``."""
    figures = rounded(speed())
    if write:
        _write(checkpoint.read_card(generate.NAME).get("metrics", {}) | figures)
    return figures


def memorised(data: str | None, quick: bool = False, write: bool = True) -> dict[str, Any]:
    """The extraction test (``memorisation``); into the card, of whichever weights it is, if ``write``."""
    weights = cards.fingerprint(generate.NAME) if write else ""  # before: others may publish meanwhile
    figures = memorisation.measure(load(data), memorisation.DOCUMENTS // (10 if quick else 1))
    figures = rounded(figures)
    if write:
        card = checkpoint.read_card(generate.NAME)
        command = "python -m genai_demo evaluate text --only memorisation"
        card["memorisation"] = {"command": command, "weights": weights, **figures}
        checkpoint.write_card(generate.NAME, card)
    return figures


def _write(figures: dict[str, Any]) -> None:
    card = checkpoint.read_card(generate.NAME)
    card["metrics"] = figures
    card["metrics_command"] = "python -m genai_demo evaluate text"
    card["metrics_hardware"] = describe(pick_device())
    checkpoint.write_card(generate.NAME, card)


def evaluate(data: str | None = None, quick: bool = False, write: bool = True) -> dict[str, Any]:
    """Every figure of the text model; written into its card if ``write``."""
    texts, tokenizer = load(data), load_tokenizer()
    part = 10 if quick else 1
    training = np.concatenate([texts.document(i) for i in texts.chosen("train")])
    figures: dict[str, Any] = {"bits_per_byte": all_bits(texts, tokenizer, DOCUMENTS // part)}
    figures["bits_by_form"] = bits_by_form(texts, tokenizer, OF_A_FORM // part)
    figures |= written(texts, tokenizer, training, WRITTEN // part)
    tasks = {task for task, _ in measured_tasks(texts)}
    if "poem" in tasks:
        figures |= poems(texts, tokenizer, WRITTEN // part)
    if "translate" in tasks:
        figures |= translations(texts, tokenizer, TRANSLATED // part)
    if "code" in tasks:
        figures |= code(texts, tokenizer, 2 * WRITTEN // part) | exercises(2 if quick else TRIES)
    figures |= speed()
    figures = rounded(figures)
    if write:
        _write(figures)
    return figures
