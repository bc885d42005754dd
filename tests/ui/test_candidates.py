"""What the page shows of the sentences that were drawn."""

from types import SimpleNamespace

from genai_demo.text.coherence import Faults
from genai_demo.text.generate import Candidate
from genai_demo.ui import candidates

ENGLISH = SimpleNamespace(headers={"accept-language": "en"}, query_params={})
CHINESE = SimpleNamespace(headers={"accept-language": "zh-CN,zh"}, query_params={})
DRAWN = [
    Candidate(" She went <home>.\n", 0.25, -8.2, -29.0, Faults(0, 0, 0, 0.0)),
    Candidate(" He went home", -0.5, -12.0, -20.0, Faults(1, 0, 1, 0.0)),
]


def test_every_candidate_is_shown_with_its_scores_and_the_chosen_one_is_marked():
    found = candidates.picture([[DRAWN, DRAWN[:1]]], ENGLISH)
    assert found.count("<ol>") == 2 and found.count("<li>") == 3 and found.count("✓") == 2
    assert "<strong>✓ She went &lt;home&gt;.</strong>" in found
    assert "score 0.25" in found and "-29" in found
    assert found.count("against it") == 1
    assert "against it: pronoun or name, not whole" in found
    assert "得分 0.25" in candidates.picture([[DRAWN]], CHINESE)


def test_where_nothing_was_chosen_a_sentence_says_so():
    for nothing in ([], [[]]):
        assert "Nothing was chosen" in candidates.picture(nothing, ENGLISH)
