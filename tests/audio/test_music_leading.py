"""Voice leading: faults are counted as the rules say, and weighed while voices are written."""

from collections import Counter

import numpy as np
import pytest
import torch

from genai_demo.audio.music import generate, leading
from genai_demo.audio.music.events import (
    END,
    FIRST_CHORD,
    FIRST_PITCH,
    FIRST_UNTIL,
    GRID,
    HOLD,
    LOWEST,
    REST,
    decode,
    voice_bars,
)
from genai_demo.audio.music.grammar import Grammar
from genai_demo.audio.music.leading import FAULTS, HEIGHTS, Leading, count
from genai_demo.audio.music.pieces import Note, Piece
from genai_demo.core.decode import LeaningRule, continuations
from genai_demo.core.sampling import Controls
from genai_demo.core.transformer import Transformer, TransformerConfig


def chorale(**voices: list[int]) -> Piece:
    """Voices in quarters, in C major; those that are left out rest."""
    lines = {v: [Note(24 * i, 24, p) for i, p in enumerate(voices.get(v, [])) if p] for v in HEIGHTS[::-1]}
    return Piece("chorale", 0, "maj", "4/4", {v: lines[v] for v in ("soprano", "bass", "tenor", "alto")}, [], 80)


def faults(**voices: list[int]) -> dict[str, int]:
    found = count(chorale(**voices))
    return {fault: found[fault] for fault in FAULTS if found[fault]}


@pytest.mark.parametrize(
    ("voices", "found"),
    [
        ({"bass": [48, 50], "tenor": [55, 57]}, {"fifths": 1}),
        ({"bass": [48, 50], "tenor": [67, 69]}, {"fifths": 1}),  # an octave more is the same fault
        ({"bass": [50, 48], "alto": [62, 60]}, {"octaves": 1}),
        ({"tenor": [60, 62], "alto": [60, 62]}, {"octaves": 1}),
        ({"bass": [48, 48], "tenor": [55, 55]}, {}),  # nothing moves
        ({"bass": [48, 53], "tenor": [55, 57]}, {}),  # a fifth, then a third
        ({"bass": [48, 53], "tenor": [57, 60]}, {}),  # a sixth, then a fifth
        ({"bass": [48, 55], "soprano": [72, 79], "tenor": [0, 0]}, {"octaves": 1}),
        ({"bass": [48, 53], "soprano": [67, 77]}, {"direct": 1}),  # up by a leap into an octave
        ({"bass": [48, 53], "soprano": [76, 77]}, {}),  # by a step
        ({"bass": [53, 48], "soprano": [67, 72]}, {}),  # against one another
        ({"bass": [48, 53], "alto": [67, 77]}, {}),  # not the outer voices
        ({"tenor": [64], "alto": [60]}, {"crossing": 1}),
        ({"alto": [60], "soprano": [74]}, {"spacing": 1}),
        ({"bass": [41], "tenor": [60]}, {}),  # the bass may be far
        ({"tenor": [59], "soprano": [71]}, {"leading note": 1}),
    ],
)
def test_faults(voices, found):
    assert faults(**voices) == found


def test_a_fault_is_counted_once_for_each_pair_of_voices_and_moment():
    assert faults(bass=[48, 50, 52], tenor=[55, 57, 59], alto=[60, 62, 64]) == {"fifths": 2, "octaves": 2}


def test_a_note_that_goes_on_does_not_move():
    held = chorale(bass=[48, 50])
    held.voices["tenor"] = [Note(0, 48, 55)]
    assert count(held) == count(chorale(bass=[48, 50], tenor=[])) + Counter({"notes": 1})
    book = Leading(0)
    book.add("bass", 0, 24, 48)
    book.add("bass", 24, 48, 48)  # over the bar line
    assert book.motion("bass", 24) == (48, 48)
    assert book.motion("bass", 48) is None and book.motion("tenor", 0) is None


def test_only_chorales_have_voices_to_lead():
    with pytest.raises(ValueError, match="laid out as melody"):
        count(Piece("reel", 0, "maj", "4/4", {"melody": [Note(0, 24, 60)]}))


def test_costs_are_those_of_the_faults_of_every_pitch():
    book = Leading(0, 1.0)
    for start, pitch in ((0, 48), (24, 50)):
        book.add("bass", start, start + 24, pitch)
    book.add("tenor", 0, 24, 55)
    costs = book.costs("tenor", 24)
    assert costs[57 - LOWEST] == leading.COSTS["fifths"]
    assert costs[58 - LOWEST] == 0
    assert costs[49 - LOWEST] == leading.COSTS["crossing"]
    np.testing.assert_allclose(Leading(0, 2.0).weights, 2 * book.weights)


def written(strictness: float, seed: int, soprano: list[int] | None = None, bars: int = 4) -> Piece:
    """A chorale in quarters by somebody who knows nothing but the rule: every note that may come is as likely."""
    lines = chorale(soprano=soprano or [])
    given = {"soprano": voice_bars(lines.voices["soprano"], lines.bar, bars)} if soprano else {}
    book = Leading(0, strictness) if strictness else None
    rule, dice = Grammar("chorale", "chorale", 0, "maj", "4/4", bars, 0.05, given, book), np.random.default_rng(seed)
    tokens = rule.head + rule.advance()
    while (forced := rule.forced()) != END:
        may_come, likely = rule.mask().numpy(), rule.lean().double().exp().numpy()
        may_come[[REST, HOLD]] &= forced is not None
        token = forced
        if token is None and rule.wants_until:
            token = FIRST_UNTIL + GRID.index(rule.position + 24)
        if token is None:
            token = int(dice.choice(len(likely), p=may_come * likely / (may_come * likely).sum()))
        rule.push(token)
        tokens.append(token)
    return decode(tokens)


def test_strictly_led_voices_have_hardly_a_fault_left():
    soprano = [72, 74, 76, 74, 72, 71, 72, 74, 76, 77, 76, 74, 74, 71, 72, 72]
    for melody in (None, soprano):
        free, strict = (
            sum((count(written(strictness, seed, melody)) for seed in range(3)), Counter()) for strictness in (0.0, 3.0)
        )
        assert free["fifths"] + free["octaves"] > 10 * (strict["fifths"] + strict["octaves"]) >= 0
        assert strict["crossing"] < 0.6 * free["crossing"]
        if melody:
            assert [n.pitch for n in written(3.0, 0, melody).voices["soprano"]] == melody


def test_only_the_begin_of_a_note_is_weighed():
    rule, dice = Grammar("chorale", "chorale", 0, "maj", "4/4", 2, leading=Leading(0)), np.random.default_rng(0)
    assert isinstance(rule, LeaningRule)
    leant = 0
    while (forced := rule.forced()) != END:
        weighed = rule.lean().numpy() != 0
        assert (rule.lean() <= 0).all() and not weighed[:FIRST_PITCH].any() and not weighed[FIRST_CHORD:].any()
        if forced is not None or rule.wants_until:
            assert not weighed.any()
        leant += bool(weighed.any())
        rule.push(int(dice.choice(np.flatnonzero(rule.mask().numpy()))))
    assert leant > 5


def test_what_a_rule_leans_to_is_added_to_the_logits():
    class Fifth:
        def mask(self):
            return torch.ones(16, dtype=torch.bool)

        def push(self, token):
            pass

        def lean(self):
            return 50.0 * torch.nn.functional.one_hot(torch.tensor(5), 16)

    torch.manual_seed(0)
    model = Transformer(TransformerConfig(16, layers=1, width=16, heads=1, context=32)).eval()
    every = torch.ones(16, dtype=torch.bool)
    drawn = continuations(model, [1, 2], 1, every, {0}, Controls(temperature=1.0), 3, 2, 4, [Fifth(), Fifth()])
    assert list(drawn) == [[5, 5]] * 4


@pytest.mark.parametrize("strictness", [-0.5, 3.5, True, "1"])
def test_strictness_has_limits(strictness):
    with pytest.raises(ValueError, match="strictness must be a number from 0 to 3"):
        generate.compose("chorale", bars=1, strictness=strictness)
