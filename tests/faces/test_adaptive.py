"""The strength of the augmentation follows how far the discriminator overfits."""

import pytest
import torch

from genai_demo.core.loop import LoopOptions, Run
from genai_demo.faces import adaptive
from genai_demo.faces.adaptive import MOST, PICTURES, AdaptiveStrength, gap
from tests.faces.training import gan_task, run_steps


def logits(*values: float) -> list[torch.Tensor]:
    return [torch.tensor(v) for v in values]


@pytest.mark.parametrize(
    ("train", "held_out", "made", "expected"),
    [(2.0, 2.0, -1.0, 0.0), (2.0, -1.0, -1.0, 1.0), (12.0, 11.0, 10.0, 0.5), (0.0, 5.0, 0.0, 0.0), (1, -9, 0, 1.0)],
)
def test_the_gap_is_a_share_whatever_the_logits_zero(train, held_out, made, expected):
    assert gap(*logits(train, held_out, made)).item() == pytest.approx(expected)


def test_it_rises_with_overfitting_and_falls_without_within_bounds():
    strength = AdaptiveStrength(0.3, 0.5)
    for _ in range(100):
        strength.observe(*logits(2.0, -0.9, -1.0), pictures=PICTURES // 50)
    assert strength.strength.item() == pytest.approx(MOST)
    for _ in range(30):  # the running means must forget first
        strength.observe(*logits(2.0, 2.0, -1.0), pictures=PICTURES // 50)
    assert 0.1 < strength.strength.item() < MOST
    for _ in range(100):
        strength.observe(*logits(2.0, 2.0, -1.0), pictures=PICTURES // 50)
    assert strength.strength.item() == 0


@pytest.mark.slow
def test_a_discriminator_that_learns_by_heart_gets_harder_views(monkeypatch):
    """Twelve pictures, over and over, and four that it never sees."""
    monkeypatch.setattr(adaptive, "PICTURES", 160)
    monkeypatch.setenv("GENAI_PRECISION", "float32")
    task = gan_task(augment=0.0, augment_target=0.3, rate=0.02, penalty=0.0)
    figures = run_steps(task, 60)
    assert figures[0]["augment"] <= 0.1
    assert max(f["gap"] for f in figures[20:]) > 0.3
    assert figures[-1]["augment"] > 0.3
    assert float(task.adaptive.strength) == pytest.approx(figures[-1]["augment"])


def test_without_a_target_the_strength_stays_and_the_state_has_no_more_in_it():
    task = gan_task()
    assert "adaptive" not in task.modules
    assert "augment" not in run_steps(task, 1)[0]
    assert -1 <= task.discriminator_gap() <= 1


def test_the_strength_is_saved_with_the_run(tmp_path):
    def trained(folder: str, *steps: int) -> tuple[float, list[float]]:
        for count in steps:
            task = gan_task(augment=0.2, augment_target=0.4)
            loop = Run(task, LoopOptions(tmp_path / folder, count, progress=False))
            loop.resume()
            loop.train()
        return float(task.adaptive.strength), task.adaptive.means.tolist()

    assert trained("whole", 9) == trained("parts", 5, 9)


@pytest.mark.parametrize("settings", [{"augment_target": 1.0}, {"augment_target": -0.1}])
def test_a_target_that_makes_no_sense_is_refused(settings):
    with pytest.raises(ValueError, match="between 0 and 1"):
        gan_task(**settings)
    with pytest.raises(ValueError, match=r"from 0 to 0\.8"):
        gan_task(augment=0.9, augment_target=0.5)
