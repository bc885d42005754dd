"""The rule that a translation copies numbers and placeholders, on tokens."""

import pytest
import torch

from genai_demo.core import decode
from genai_demo.core.transformer import Transformer
from genai_demo.text.copies import DIGIT, Copies, Unit, tokens_like
from tests.text.tiny import CONFIG, TOKENIZER, random_model

END = TOKENIZER.control("end")
EVERY = torch.zeros(CONFIG.rows, dtype=torch.bool)
EVERY[: TOKENIZER.text_size] = True
EVERY[END] = True


def unit(*spellings: str, **settings) -> Unit:
    return Unit(tuple(tuple(TOKENIZER.encode(s)) for s in spellings), **settings)


def along(rule: Copies, text: str) -> Copies:
    for token in TOKENIZER.encode(text):
        assert rule.score(torch.zeros(CONFIG.rows), EVERY)[token] > -torch.inf, text
        rule = rule.after(token)
    return rule


def may_come(rule: Copies) -> set[str]:
    """The digits that may come, and whether an end may."""
    scores = rule.score(torch.zeros(CONFIG.rows), EVERY)
    digits = {TOKENIZER.decode([t]) for t in tokens_like(DIGIT) if scores[t] > -torch.inf}
    return digits | ({"end"} if scores[END] > -torch.inf else set())


def test_only_the_numbers_of_the_source_may_come_and_all_of_them_must():
    rule = Copies((unit("37"), unit("1987")), END)
    assert may_come(rule) == {"37", "19"}
    assert may_come(along(rule, "In 19")) == {"87"}
    assert may_come(along(rule, "In 1987 there were ")) == {"37"}
    assert may_come(along(rule, "In 1987 there were 37 of us")) == {"end"}


def test_no_number_grows_by_what_stands_beside_it():
    rule = Copies((unit("3"), unit("5"), unit("5")), END)
    for start in ("3", "3.", "3,", "3 ", "一"):
        assert may_come(along(rule, start)) == set(), start
    assert may_come(along(rule, "3 or ")) == {"5"}
    assert may_come(along(rule, "3 or 5 or ")) == {"5"}
    scores = along(Copies((unit("3"),), END), "他有3").score(torch.zeros(CONFIG.rows), EVERY)
    assert all(scores[TOKENIZER.encode(word)[0]] == -torch.inf for word in ("万", " million", "十", "th"))


def test_of_two_numbers_that_begin_alike_either_may_come():
    rule = Copies((unit("3"), unit("3.5")), END)
    assert may_come(along(rule, "3.5 and ")) == {"3"}
    assert may_come(along(rule, "3 and ")) == {"3"}
    assert may_come(along(rule, "3 and 3")) == set()  # the other is 3.5
    assert may_come(along(rule, "3 and 3.")) == {"5"}
    assert may_come(along(rule, "3 and 3.5")) == {"end"}


def test_what_is_not_required_may_be_left_out():
    rule = Copies((unit("3", required=False),), END)
    assert may_come(rule) == {"3", "end"}


def test_the_probability_of_any_digit_goes_to_the_right_one():
    logits = torch.full((CONFIG.rows,), -9.0)
    logits[TOKENIZER.encode("24")] = 9.0
    found = Copies((unit("37"),), END).score(logits, EVERY)
    assert found.argmax() == TOKENIZER.encode("37")[0]
    assert found.max() == pytest.approx(0, abs=1e-3)


def test_what_stands_in_for_a_placeholder_gives_way_to_it():
    rule = Copies((unit("汤姆", " Tom", text="{name}"), unit("7", text="%d")), END)
    assert rule.text(TOKENIZER.encode("你好汤姆，你有7条消息。")) == "你好{name}，你有%d条消息。"
    assert rule.text(TOKENIZER.encode("Hello Tom, 7 messages.")) == "Hello {name}, %d messages."
    assert rule.text(TOKENIZER.encode("Hello Tom, Tom!")) == "Hello {name}, Tom!"  # which the search forbids
    after = along(rule, "Hello Tom, ")
    assert after.score(torch.zeros(CONFIG.rows), EVERY)[TOKENIZER.encode(" Tom")[0]] == -torch.inf


def test_a_unit_that_broke_off_is_left_out():
    rule = Copies((unit("1987"),), END)
    assert rule.text(TOKENIZER.encode("He came in 1987")[:-1]) == "He came in "


def test_a_tag_ends_after_something_stands_in_it():
    rule = Copies((unit("<b>", text="<b>"), unit("</b>", text="</b>", after=0)), END)
    close = TOKENIZER.encode("</b>")

    def may_close(text: str) -> bool:
        return close[0] in along(rule, text).starts()

    assert not may_close("点击<b>") and may_close("点击<b>这里")
    assert may_come(along(rule, "点击<b>这里</b>。")) == {"end"}


def searched(units: tuple[Unit, ...], seed: int) -> tuple[Copies, list[list[int]]]:
    rule = Copies(units, END)
    found = decode.beam_search(random_model(seed), [9, 5], EVERY, END, beams=4, most=20, no_repeat=3, constraint=rule)
    return rule, [tokens for tokens, _ in found]


@pytest.mark.parametrize("seed", range(4))
def test_a_search_holds_every_unit_once_and_no_other_digit(seed):
    """The model is random: it would write all of them nearly never."""
    units = (unit("37"), unit("1987"), unit("3.50"), unit("{x}", text="{x}"), unit("{x}", text="{x}"))
    rule, found = searched(units, seed)
    held = [tokens for tokens in found if rule.holds(tokens)]
    assert held and held == found[: len(held)]
    for tokens in held:
        text = rule.text(tokens)
        assert text.count("{x}") == 2
        assert sorted("".join(c if c.isdigit() or c == "." else " " for c in text).replace(". ", " ").split()) == [
            "1987", "3.50", "37",
        ]  # fmt: skip


def test_without_a_constraint_the_beams_are_as_ever():
    torch.manual_seed(3)
    model = Transformer(CONFIG)
    free = decode.beam_search(model, [9, 5], EVERY, END, beams=4, most=8)
    assert decode.beam_search(model, [9, 5], EVERY, END, beams=4, most=8, constraint=decode.Free()) == free
