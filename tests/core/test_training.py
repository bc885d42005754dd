"""What all train commands share: options, the run, and what the card says of it."""

import argparse
import dataclasses
import json

import pytest

from genai_demo.core import checkpoint, training
from tests.core.tiny_task import TinyTask


@dataclasses.dataclass
class Settings:
    batch: int = 8


class Published(TinyTask):
    """Gets better with every measurement; can start from its checkpoint."""

    settings = Settings()

    def evaluate(self):
        self.evaluations += 1
        return {"score": -float(self.evaluations)}

    def start_from_published(self):
        checkpoint.load_weights("tiny", self.net).requires_grad_(True).train()


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Runs a train command with these options; returns its card's account of the training."""
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    parser = argparse.ArgumentParser()
    training.add_arguments(parser, "runs/tiny", evaluate_every=2)

    def publish(folder, task):
        best = training.best_of(folder)
        card = {"training": training.record(best, task.settings, pictures=task.settings.batch)}
        checkpoint.save_checkpoint("tiny", task.modules["net"], card)

    def start(run, *options):
        args = parser.parse_args(["--run", str(tmp_path / run), "--publish", *options])
        training.train(args, "tiny", Published, publish)
        return checkpoint.read_card("tiny")["training"]

    return start


def test_a_run_is_published_with_its_account(command):
    found = command("first", "--steps", "4")
    assert found["steps"] == 4
    assert found["pictures"] == 32
    assert "score" in found["held_out"]
    assert "phases" not in found


def test_a_run_from_published_weights_adds_to_their_account(command):
    first = command("first", "--steps", "4")
    both = command("second", "--steps", "6", "--init", "published")
    assert (both["steps"], both["pictures"]) == (10, 80)
    assert [phase["steps"] for phase in both["phases"]] == [4, 6]
    third = command("third", "--steps", "2", "--init", "published")
    assert [phase["steps"] for phase in third["phases"]] == [4, 6, 2]
    assert third["seconds"] >= first["seconds"]
    json.dumps(third)


def test_publishing_needs_a_measurement(tmp_path):
    with pytest.raises(ValueError, match="no best weights yet"):
        training.best_of(tmp_path)
