"""Chords hold the melody and close phrases."""

import numpy as np
import pytest

from genai_demo.audio.music import harmony
from genai_demo.audio.music.events import CHORDS as QUALITIES
from genai_demo.audio.music.events import FIRST_CHORD, FIRST_UNTIL, NAMES, voice_bars
from genai_demo.audio.music.form import sections
from genai_demo.audio.music.grammar import Grammar
from genai_demo.audio.music.harmony import CADENCES, Harmony, places
from genai_demo.audio.music.pieces import Note

NAMED = [name.removeprefix("chord ") for name in NAMES[FIRST_CHORD:FIRST_UNTIL]]


def nats(where: dict[int, str], bar: int, melody: list[tuple[int, int, int]], position: int = 0, tonic: int = 0,
         mode: str = "maj", metre: str = "4/4") -> dict[str, float]:  # fmt: skip
    found = Harmony(tonic, mode, metre, where).lean(bar, position, melody)
    return dict(zip(NAMED, found, strict=True))


def test_phrases_end_where_sections_or_eight_bars_do() -> None:
    assert places(16, (), False) == {3: "open", 6: "before", 7: "close", 11: "open", 14: "before", 15: "close"}
    assert places(17, (), True) == {i + 1: place for i, place in places(16, (), False).items()}
    assert places(12, (), False) == {10: "before", 11: "close"}
    assert places(1, (), False) == {0: "close"}
    assert places(16, sections("AABB", 16), False) == {
        bar: place for i in range(0, 16, 4) for bar, place in ((i + 2, "before"), (i + 3, "close"))
    }


def test_a_chord_is_liked_as_it_holds_the_melody() -> None:
    found = nats({}, 0, [(0, 24, 60), (24, 48, 65), (48, 96, 62)])
    assert found["5 maj"] == harmony.FIT and found["0 maj"] == found["2 min"] == harmony.FIT / 2
    assert found["11 maj"] == 0
    later = nats({}, 0, [(0, 24, 60), (24, 48, 65), (48, 96, 62)], position=48)
    assert later["7 maj"] == later["2 min"] == harmony.FIT and later["0 maj"] == 0
    waltz = nats({}, 0, [(0, 24, 60), (24, 72, 65)], metre="3/4")  # one chord a bar
    assert waltz["0 maj"] == pytest.approx(harmony.FIT / 3)
    assert not any(nats({}, 0, []).values())


@pytest.mark.parametrize(("mode", "tonic"), [("maj", 7), ("dor", 2)])
def test_cadences_are_those_of_the_key(mode: str, tonic: int) -> None:
    where = {0: "open", 1: "before", 2: "close"}
    for bar, place in where.items():
        found = nats(where, bar, [], tonic=tonic, mode=mode)
        for step, cost in CADENCES["maj" if mode == "maj" else "min", place].items():
            assert found[f"{(tonic + step) % 12} 7"] == pytest.approx(harmony.CADENCE * cost)
    close = nats(where, 2, [], tonic=tonic, mode=mode)
    assert max(close, key=lambda name: close[name]).startswith(f"{tonic} ")


def test_the_grammar_adds_it_to_chords_alone() -> None:
    lead = [Note(0, 48, 64), Note(48, 48, 67)]
    given = {"melody": voice_bars(lead, 96, 1)}
    rule = Grammar("reel", "melody and chords", 0, "maj", "4/4", 1, given=given,
                   harmony=Harmony(0, "maj", "4/4", {}))  # fmt: skip
    rule.advance()
    found = rule.lean().numpy()
    assert not found[:FIRST_CHORD].any() and not found[FIRST_UNTIL:].any()
    both = dict(zip(NAMED, found[FIRST_CHORD:FIRST_UNTIL], strict=True))
    assert both["0 maj"] == both["4 min"] == harmony.FIT and both["2 maj"] == 0
    rule.push(FIRST_CHORD)
    assert not rule.lean().numpy().any()


def test_every_chord_of_the_vocabulary_is_weighed() -> None:
    assert len(NAMED) == 12 * len(QUALITIES) == len(Harmony(0, "maj", "4/4", {}).lean(0, 0, []))
    held = nats({}, 0, [(0, 48, 60 + np.int64(11))])
    assert {name for name, value in held.items() if value} >= {"7 maj", "11 min", "4 7", "0 maj7"}
