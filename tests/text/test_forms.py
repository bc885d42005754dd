"""Asking for a form: by the card of the weights, by kind and language, and on the page."""

import dataclasses

import pytest
import torch

from genai_demo.core import checkpoint, lent
from genai_demo.core.transformer import Transformer
from genai_demo.text import chat, forms, generate, inside, suggest, translate
from genai_demo.text.tokenizer import CONTROLS
from genai_demo.ui import write_actions
from tests.text.tiny import CONFIG, TOKENIZER

KNOWN = ["tang", "child", "bedtime", "classic", "press", "goods", "daily", "everyday", "exercise"]


@pytest.fixture(autouse=True)
def tiny_checkpoint(tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    torch.manual_seed(0)
    checkpoint.save_checkpoint("text", Transformer(CONFIG), {"config": dataclasses.asdict(CONFIG), "forms": KNOWN})
    generate.load_model.cache_clear()
    yield
    generate.load_model.cache_clear()


def controls(tokens) -> list[str]:
    return [CONTROLS[t - TOKENIZER.text_size] for t in tokens if t >= TOKENIZER.text_size]


def test_the_usual_form_is_asked_for_where_none_is_named():
    assert controls(generate.head_of("story", "en")) == ["story", "en", "child", "body"]
    assert controls(generate.head_of("story", "zh")) == ["story", "zh", "classic", "body"]  # it knows no short ones
    assert controls(generate.head_of("story", "en", form="bedtime")) == ["story", "en", "bedtime", "body"]
    assert controls(generate.head_of("code", "")) == ["code", "exercise", "body"]
    assert controls(generate.head_of("poem", "zh")) == ["poem", "zh", "body"]  # of any form
    assert controls(generate.head_of("poem", "zh", form="tang")) == ["poem", "zh", "tang", "body"]
    assert controls(generate.head_of("prose", "zh")) == ["prose", "zh", "body"]  # it knows none


@pytest.mark.parametrize(("kind", "form"), [("story", "press"), ("story", "campfire"), ("news", "limerick")])
def test_a_form_that_such_a_text_cannot_have_is_refused(kind, form):
    with pytest.raises(ValueError, match=f"No form is called '{form}'"):
        generate.head_of(kind, "en", form=form)


def test_every_offered_form_is_one_of_its_task():
    for (task, language), offered in forms.OFFERED.items():
        assert set(offered) <= set(forms.FORMS[task]) and language in ("en", "zh", "")


def test_weights_without_labels_are_asked_for_none():
    checkpoint.write_card("text", {k: v for k, v in checkpoint.read_card("text").items() if k != "forms"})
    assert controls(generate.head_of("story", "en")) == ["story", "en", "body"]
    assert controls(generate.head_of("poem", "zh", form="tang")) == ["poem", "zh", "tang", "body"]


def test_a_visitors_own_weights_are_asked_for_none():
    own = lent.Lent(Transformer(CONFIG), "own")
    with lent.lending({"text": own}):
        assert controls(generate.head_of("story", "en")) == ["story", "en", "body"]


def test_chat_translation_and_code_ask_for_theirs(monkeypatch):
    assert controls(chat._prompt(["Hello!"], "en", 20)[0]) == ["chat", "en", "daily"]
    asked: list[list[str]] = []

    def look(rows):
        asked.extend(controls(before) for before, _ in rows)
        return torch.zeros(len(rows))

    for module in (translate, suggest):
        monkeypatch.setattr(module, "log_probabilities", look)
    next(iter(generate.translate_sentences("I have a cat.", beams=2)))
    assert asked[0][:2] == ["translate", "everyday"] and all(row[1] == "everyday" for row in asked)
    asked.clear()
    suggest._scores("def f(x):\n", "", ["    return x"])
    assert all(row == ["code", "exercise", "body"] for row in asked)


def test_alignment_leaves_the_controls_out():
    given, found, shares = inside.align("I have a cat.", "我有一只猫。")
    assert shares.shape == (len(found), len(given)) and "".join(given) == "I have a cat."
    assert torch.allclose(shares.sum(1), torch.ones(len(found)), atol=1e-4)


def test_the_page_offers_what_the_weights_know():
    assert write_actions.form_choices("story", "en") == ["child", "bedtime", "classic"]
    assert write_actions.form_choices("story", "zh") == ["classic"]
    assert write_actions.form_choices("poem", "en") == ["", "five", "seven", "tang"]  # poems are Chinese
    assert write_actions.form_choices("prose", "en") == [""]
    bedtime = write_actions.offer_forms("story", "en", "bedtime", None)
    assert bedtime.value == "bedtime" and [v for _, v in bedtime.choices] == ["child", "bedtime", "classic"]
    assert write_actions.offer_forms("news", "en", "bedtime", None).value == "press"
    assert not write_actions.offer_forms("prose", "en", "bedtime", None).visible


def test_a_form_that_stayed_behind_on_the_page_counts_as_none():
    assert write_actions._form("poem", "zh", "seven") == "tang"
    assert write_actions._form("news", "en", "bedtime") == "" == write_actions._form("story", "zh", "bedtime")
