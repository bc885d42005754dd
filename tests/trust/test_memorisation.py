"""The audits: a model that has learnt texts by heart is found out, groups are told apart, the cards carry both."""

from pathlib import Path

import numpy as np
import pytest
import torch

from genai_demo.audio.evaluate import memorisation as of_audio
from genai_demo.core import checkpoint
from genai_demo.faces import audits
from genai_demo.faces import fairness as faces_fairness
from genai_demo.faces.encoders import ATTRIBUTES
from genai_demo.repair import fairness as repair_fairness
from genai_demo.text import memorisation
from genai_demo.ui.strings import add_texts
from genai_demo.ui.texts_trust import TRUST
from genai_demo.ui.trust_cards import card_html
from genai_demo.ui.trust_charts import charts
from tests.repair import tiny as tiny_repair

add_texts(TRUST)


def test_common_runs_and_their_summary() -> None:
    assert memorisation.common_run([1, 2, 3], [1, 2, 4]) == 2
    assert memorisation.common_run([1, 2], [1, 2, 4]) == 2
    assert memorisation.common_run([], [1]) == 0
    found = memorisation.summary(np.array([0, 5, 20, 50]))
    assert (found["share_20_tokens"], found["share_50_tokens"], found["longest"]) == (0.5, 0.25, 50)


def test_occurrences_are_counted_across_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memorisation, "PIECE", 40)
    run = np.arange(8, dtype=np.uint16)
    training = np.concatenate([run, np.full(30, 99, np.uint16), run, np.full(50, 98, np.uint16), run])
    other = np.full((1, 8), 7, np.uint16)
    assert memorisation.occurrences(training, np.concatenate([run[None], other]), 8).tolist() == [3, 0]


def test_a_model_that_knows_a_text_by_heart_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    known = list(range(10, 150))
    fresh = list(range(300, 440))
    heart = {tuple(known[:n]): known[n : n + 50] for n in range(1, 90)}
    monkeypatch.setattr(memorisation, "continue_greedily", lambda prefix: heart.get(tuple(prefix), [0] * 50))
    documents = [(0, known, 4), (1, fresh, 4)]
    assert memorisation.extracted(documents, 32).tolist() == [50, 0]


def test_the_real_model_goes_on_greedily_and_always_the_same() -> None:
    from genai_demo.text.tokenizer import load_tokenizer

    tokens = load_tokenizer().encode("Once upon a time there was a little girl who")
    first, again = (memorisation.continue_greedily(tokens, 8) for _ in range(2))
    assert first == again
    assert 0 < len(first) <= 8


def test_distances_to_training_faces_are_judged_by_held_out_ones() -> None:
    held_out = np.linspace(4, 6, 200)
    assert audits.audit(held_out * 1.1, held_out)["share_nearer_than_all_but_1_percent_of_held_out"] == 0
    copies = audits.audit(np.zeros(50), held_out)
    assert copies["share_nearer_than_all_but_1_percent_of_held_out"] == 1
    assert copies["ratio"] == 0


def test_cuts_tell_labelled_groups_apart() -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(0, 1, (600, len(ATTRIBUTES)))
    male = (scores[:, ATTRIBUTES.index("gender")] > 0.7).astype(float)
    male[:50] = np.nan
    labels = {"fa_male": male, "hand_glasses": male, "hand_beard": male}
    reader = faces_fairness.Reader(scores, labels)
    assert reader.cuts["gender"][0] == pytest.approx(0.7, abs=0.1)
    assert set(reader.members("skin", scores).tolist()) == {0, 1, 2}
    assert np.bincount(reader.members("age", scores)).tolist() == pytest.approx([200, 200, 200], abs=2)


def test_appearances_are_read_from_features_that_hold_them() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 4, 400)
    features = rng.normal(0, 0.3, (400, 64))
    features[np.arange(400), labels] += 2
    model = faces_fairness.Appearance(features[:300], labels[:300])
    right = faces_fairness.recall(model.guess(features[300:]), labels[300:])
    assert min(right.values()) > 0.9


def test_repairs_are_compared_by_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tiny_repair.write_set(tmp_path)
    lines = (folder / "index.csv").read_text().splitlines()
    rows = [f"{line},{i % 2},{20 + i},{i}" for i, line in enumerate(lines[1:])]
    (folder / "index.csv").write_text("\n".join([f"{lines[0]},fa_male,fa_age,omi_skin_color", *rows]) + "\n")

    class Judge:
        def __init__(self, device: torch.device):
            self.device = device

        def __call__(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
            return (a - b).abs().mean()

    monkeypatch.setattr(repair_fairness, "FeatureDistance", Judge)
    monkeypatch.setattr(repair_fairness, "ours", lambda task, fidelity: lambda case: case.picture)
    faces = repair_fairness.LabelledFaces("train", folder)
    values = repair_fairness.repaired(faces, repair_fairness.spaced(len(faces), 6), "hole")
    assert all(len(v) == 6 and np.isfinite(v).all() for v in values.values())
    parts = repair_fairness.members(faces, np.arange(len(faces)))
    assert set(parts) == {"gender", "age", "skin"}
    assert set(parts["age"][1].tolist()) == {0, 1, 2}
    found = repair_fairness.memorised(4, str(folder))
    assert 0 <= found["share_told_apart"] <= 1
    with pytest.raises(ValueError, match="no prepared set"):
        repair_fairness.LabelledFaces("train", tmp_path / "nowhere")


def test_speech_says_why_it_is_not_measured() -> None:
    assert "draws nothing" in of_audio("speech", {})["not_measured"]
    runs = of_audio("music", {"reel": {"longest_copy": 9.0}, "bits": 1.0})
    assert list(runs["longest_run_of_intervals_shared_with_a_training_piece"]) == ["reel"]


AUDITED = "faces-gan", "faces-vae", "repair", "text", "audio-music", "audio-effects", "audio-speech"


@pytest.mark.parametrize("name", AUDITED)
def test_measured_models_have_their_audit_on_their_card(name: str) -> None:
    card = checkpoint.read_card(name)
    assert card["memorisation"]["command"].startswith("python -m genai_demo evaluate")
    page = card_html(name, "en")
    assert "Memorisation" in page
    assert "记忆审计" in card_html(name, "zh")


@pytest.mark.parametrize("name", ["faces-gan", "repair"])
def test_measured_models_have_figures_of_groups_and_a_chart(name: str) -> None:
    fairness = checkpoint.read_card(name)["fairness"]
    assert "not facts about anybody" in fairness["note"]
    page = charts(fairness, "en")
    assert page.count('class="chart"') >= 2
    assert page in card_html(name, "en")


def test_every_card_says_what_it_is_for_its_licence_data_and_faults() -> None:
    for name in checkpoint.names():
        card = checkpoint.read_card(name)
        for entry in ("purpose", "licence", "data", "limits"):
            assert card.get(entry), f"{name}: {entry}"
