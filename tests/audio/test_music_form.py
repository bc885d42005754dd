"""Forms: repeats are repeats, new sections are other ones, and tunes end as tunes of their style do."""

import numpy as np
import pytest

from genai_demo.audio.music import form, form_figures
from genai_demo.audio.music.events import END, LOWEST, TOKENS, decode
from genai_demo.audio.music.form import FORMS, FREE, Form, Section, habits, sections
from genai_demo.audio.music.grammar import Grammar
from genai_demo.audio.music.pieces import METRES, Note, Piece


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def tune(*bars: list[int], metre: str = "4/4", style: str = "reel") -> Piece:
    """Bars of quarters."""
    notes = [Note(96 * i + 24 * j, 24, pitch) for i, bar in enumerate(bars) for j, pitch in enumerate(bar)]
    return Piece(style, 0, "maj", metre, {"melody": notes})


def written(rule: Grammar, rng, by_lean: float = 0.0) -> Piece:
    """A piece drawn at random, or by what the rule leans to."""
    tokens = list(rule.head)
    while True:
        allowed = np.flatnonzero(rule.mask().numpy())
        nats = by_lean * rule.lean().numpy()[allowed].astype(float)
        chances = np.exp(nats - nats.max())
        token = int(rng.choice(allowed, p=chances / chances.sum()))
        if token == END:
            return decode(tokens).checked()
        rule.push(token)
        tokens.append(token)


@pytest.mark.parametrize(
    ("name", "bars", "found"),
    [
        ("AABB", 16, "AAAAAAAABBBBBBBB"),
        ("AABB", 9, "AAAABBBBB"),
        ("AABA", 16, "AAAAAAAABBBBAAAA"),
        ("ABA", 16, "AAAABBBBBBBBAAAA"),
        ("ABAC", 34, "A" * 8 + "B" * 8 + "A" * 8 + "C" * 10),
        ("ABAB", 10, "AABBAABBBB"),
        (FREE, 5, ""),
    ],
)
def test_sections_fill_the_piece(name: str, bars: int, found: str) -> None:
    assert "".join(s.letter * (s.end - s.start) for s in sections(name, bars)) == found


def test_what_is_no_form_is_a_sentence() -> None:
    with pytest.raises(ValueError, match="No form is called 'AAB'"):
        sections("AAB", 16)
    with pytest.raises(ValueError, match="AABB needs at least 8 bars"):
        sections("AABB", 7)


@pytest.mark.parametrize("layout", ["melody", "melody and chords"])
@pytest.mark.parametrize("name", [name for name in FORMS if name != FREE])
def test_repeats_are_repeats_but_for_their_endings(layout: str, name: str, rng) -> None:
    for trial in range(4):
        bars, metre = int(rng.integers(2 * len(name), 24)), METRES[trial]
        plan = Form(name, bars, "jig", trial)
        piece = written(Grammar("jig", layout, 2, "maj", metre, bars, form=plan, lasts=habits("jig").lasts), rng)
        assert piece.bars == bars and piece.lead[0].start == 0
        whole = [[(at, min(length, piece.bar - at), pitch) for at, length, pitch in bar]
                 for bar in form_figures.bars_of(piece)]  # fmt: skip
        for bar, earlier in plan.copies.items():
            assert whole[bar] == whole[earlier]
            if piece.chords:
                both = [[(c.start - i * piece.bar, *c[1:]) for c in piece.chords if c.start // piece.bar == i]
                        for i in (bar, earlier)]  # fmt: skip
                assert both[0] == both[1]
        letters = [s.letter for s in plan.sections]
        assert len(set(plan.copies)) >= sum(letters.count(x) > 1 for x in set(letters))
        assert bars - 1 not in plan.copies
        assert not any(n.start < s.start * piece.bar < n.end for s in plan.sections for n in piece.lead)


def test_the_second_part_is_led_to_its_register_and_away_from_the_first(rng) -> None:
    low = {"with": [], "without": []}
    for seed in range(12):
        for name in low:
            plan = Form("AABB", 16, "reel", seed)
            piece = written(Grammar("reel", "melody", 2, "maj", "4/4", 16, form=plan), rng, 3.0 * (name == "with"))
            parts = [[n.pitch for n in piece.lead if s.start <= n.start // 96 < s.end] for s in plan.sections]
            low[name].append(np.mean(parts[2]) - np.mean(parts[0]))
    assert np.mean(low["with"]) > np.mean(low["without"]) + 2


def test_a_note_that_makes_a_bar_the_same_costs_most() -> None:
    earlier = [101, 201, 102, 202]
    assert Form.again([], earlier) == (101, 0.0)
    assert Form.again([101], earlier) == (201, form.AGAIN)
    assert Form.again([101, 201], earlier) == (102, form.WHOLE)
    assert Form.again([101, 200], earlier)[1] == Form.again(earlier, earlier)[1] == 0.0


def test_a_narrow_section_is_led_beyond_its_notes_and_a_wide_one_is_left() -> None:
    for width, leads in ((5, True), (30, False)):
        plan = Form("AABB", 32, "reel", 0)
        plan.add(0, 24, 60)
        plan.add(0, 24, 60 + width)
        nats = dict(zip(range(LOWEST, LOWEST + 66), plan.lean(5, 0.5), strict=True))
        assert nats[62] == 0 and (nats[55] > 0) == (nats[60 + width + 3] > 0) == leads
    assert not plan.lean(7, 0.0).any()  # the cadence


@pytest.mark.parametrize("style", ["waltz", "chorale", "reel", "march"])
def test_last_notes_are_as_long_as_those_of_the_style(style: str, rng) -> None:
    layout = "chorale" if style == "chorale" else "melody and chords"
    for trial in range(15):
        metre = ("3/4", "4/4", "3/8", "6/8")[trial % 4]
        piece = written(Grammar(style, layout, 0, "maj", metre, 2, lasts=habits(style).lasts), rng)
        assert all(line[-1].length in habits(style).lasts for line in piece.voices.values())


def test_a_melody_that_ends_late_in_the_last_bar_can_still_end(rng) -> None:
    given = {"melody": [[TOKENS["pitch 60"], TOKENS["until 66"]]]}
    for _ in range(20):
        assert written(Grammar("waltz", "melody", 0, "maj", "3/4", 1, given=given, lasts=(24, 48)), rng).bars == 1


def test_habits_are_counted_in_tunes() -> None:
    first = [[60, 62, 64, 65 + i] for i in range(8)]
    second = [*[[65, 67, 69, 70 + i] for i in range(6)], *first[6:]]
    found = form_figures.habits([tune(*first, *second)] * 8)
    assert found["equal"] == (0, 0, 0, 0, 0, 0, 1, 1) and found["lasts"] == [24] and found["range"] == 15
    assert found["rise"][0] == pytest.approx(3.8, abs=0.4) and found["width"][0] == (12 + 15) / 2
    repeated = tune(*first, *first[:7], [60, 60, 60, 60], *second, *second)
    assert form_figures.habits([repeated] * 8)["endings"] == (0.5, 0, 0)
    assert "equal" not in form_figures.habits([repeated])


def test_a_second_half_is_compared_without_the_pickup() -> None:
    bars = [[60, 62, 64, 65], [67, 65, 64, 62]]
    plain = tune(*bars, *bars)
    late = plain.delayed(96)
    late = Piece("reel", 0, "maj", "4/4", {"melody": [Note(72, 24, 55), *late.lead]})
    assert form_figures.second_half_same(plain) == form_figures.second_half_same(late) == 1
    assert form_figures.second_half_same(tune(*bars, bars[1], bars[0])) == 0


def test_where_sections_lie_is_a_section() -> None:
    assert sections("ABA", 6) == [Section("A", 0, 2), Section("B", 2, 4), Section("A", 4, 6)]
