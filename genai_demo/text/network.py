"""The trained model, and the tokens with which it is asked for something."""

import functools
import threading
from collections.abc import Sequence

import torch
from torch import Tensor

from genai_demo.core import checkpoint, lent, limits
from genai_demo.core.quantise import load_writer
from genai_demo.core.transformer import Transformer
from genai_demo.text import forms
from genai_demo.text.documents import LANGUAGES
from genai_demo.text.tokenizer import load_tokenizer

NAME = "text"
KINDS = ("story", "news", "product", "poem", "prose")
FORMS = tuple(dict.fromkeys(form for kind in KINDS for form in forms.FORMS[kind]))
"""What a text of these kinds may be, more exactly."""
_loading = threading.RLock()


@functools.cache
def load_model(name: str) -> Transformer:
    """A published model; it stays. Raises ValueError where its checkpoint is missing or broken."""
    return load_writer(name)


def model() -> Transformer:
    """The trained model, or the one that is lent in its place; with eight-bit weights where the CPU computes in them.

    Raises ValueError where its checkpoint is missing or broken.
    """
    if own := lent.find(NAME):
        return own.network
    with _loading:
        return load_model(NAME)


def shape() -> tuple[int, int]:
    """Layers and heads of the model, by its card alone; (1, 1) where there is none."""
    config = checkpoint.read_card(NAME)["config"] if NAME in checkpoint.names() else {}
    return int(config.get("layers", 1)), int(config.get("heads", 1))


def encoded(text: str, what: str = "The text") -> list[int]:
    """Encoded user text. Raises ValueError where it is too long."""
    if not isinstance(text, str):
        raise ValueError(f"{what} must be words.")
    limits.require_length(text, what=what)
    return load_tokenizer().encode(text.replace("\r\n", "\n"))


def required_choice(value: str, choices: Sequence[str], what: str) -> str:
    """The value. Raises ValueError where it is none of the choices."""
    if value not in choices:
        raise ValueError(f"No {what} is called {value!r}. Choose one of {', '.join(choices)}.")
    return value


def checked_candidates(count: int) -> int:
    """The number of candidates. Raises ValueError where there cannot be so many."""
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= limits.MAX_CANDIDATES:
        raise ValueError(f"The number of candidates must be a whole number from 1 to {limits.MAX_CANDIDATES}.")
    return count


def known_forms(kind: str, language: str = "") -> tuple[str, ...]:
    """What texts of a kind may be asked to be, more exactly; the first is usual.

    language: "" for translations and code. Weights that learnt before texts were labelled (``text.forms``) know those
    of poems alone, and weights that were trained on a visitor's texts are asked for none.
    """
    if lent.find(NAME):
        return ()
    card = checkpoint.read_card(NAME) if NAME in checkpoint.names() else {}
    known = card.get("forms", forms.FORMS["poem"])
    return tuple(form for form in forms.OFFERED.get((kind, language), ()) if form in known)


def form_mark(kind: str, language: str = "", form: str = "") -> list[int]:
    """The control token of a form, of the usual one where none is named; none for a poem of any form.

    Raises ValueError for a form that texts of this kind cannot have.
    """
    known = known_forms(kind, language)
    if form:
        return [load_tokenizer().control(required_choice(form, known or forms.FORMS[kind], "form"))]
    return [load_tokenizer().control(known[0])] if known and kind != "poem" else []


def head_of(kind: str, language: str, title: str = "", form: str | None = "") -> list[int]:
    """The control tokens that say what the text is, title included. form: "" for the usual one of its kind, or None."""
    tokenizer = load_tokenizer()
    found = [tokenizer.control(required_choice(kind, (*KINDS, "code"), "kind"))]
    if kind != "code":
        found.append(tokenizer.control(required_choice(language, LANGUAGES, "language")))
    if form is not None:
        found += form_mark(kind, "" if kind == "code" else language, form)
    if title and kind != "code":
        found += [tokenizer.control("title"), *encoded(title[:100], "The title")]
    return [*found, tokenizer.control("body")]


def allowed(*controls: str) -> Tensor:
    """(rows,) bool: all text, and these control tokens."""
    tokenizer = load_tokenizer()
    found = torch.zeros(tokenizer.size, dtype=torch.bool)
    found[: tokenizer.text_size] = True
    found[[tokenizer.control(c) for c in controls]] = True
    return found
