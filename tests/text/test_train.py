"""Training on a small set of texts: it learns, resumes exactly, publishes, and is measured."""

import json

import numpy as np
import pytest
import torch

from genai_demo import __main__ as cli
from genai_demo.core import checkpoint
from genai_demo.text import generate, train
from genai_demo.text.train import TextSettings, TextTask, bits_per_byte
from tests.text.tiny import CONFIG, TOKENIZER, prepare


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    return prepare(tmp_path_factory.mktemp("texts"))


@pytest.fixture(autouse=True)
def on_the_cpu(monkeypatch):
    monkeypatch.setenv("GENAI_DEVICE", "cpu")


def task_of(texts, **settings) -> TextTask:
    return TextTask(CONFIG, TextSettings(batch=4, warm_up=2, **settings), texts, TOKENIZER)


@pytest.mark.slow
def test_it_learns_the_texts(texts):
    task = task_of(texts, average_steps=2)
    before = task.evaluate()["score"]
    losses = []
    for step in range(40):
        torch.manual_seed(step)
        losses.append(float(task.step(step)["loss"]))
    assert np.mean(losses[-5:]) < 0.6 * losses[0]
    figures = task.evaluate()
    assert figures["score"] < 0.7 * before
    assert {"story_en", "chat_en", "translate", "code"} <= set(figures)


def test_micro_batches_take_the_same_step(texts):
    weights = []
    for accumulate in (1, 2):
        task = task_of(texts, accumulate=accumulate)
        task.model.train()
        task.step(5)
        weights.append(task.model.embedding.weight.detach().clone())
    # Micro-batches are averaged, and these hold about as many learnt tokens each.
    moved = weights[0] - task_of(texts).model.embedding.weight.detach()
    assert (weights[0] - weights[1]).norm() < 0.3 * moved.norm()


def test_rates_warm_up_and_cool_down(texts):
    task = task_of(texts, steps=100, cool_down=0.4)
    factors = [task.rate_factor(step) for step in (0, 1, 30, 60, 80, 99)]
    assert factors == pytest.approx([0.5, 1.0, 1.0, 1.0, 0.5, 0.025])
    assert task_of(texts).rate_factor(10**6) == 1.0


def test_bits_per_byte_is_the_cost_of_every_token_once(texts):
    task = task_of(texts)
    model = task.ema.target
    index = int(texts.chosen("train", "story", "zh")[0])
    tokens = torch.from_numpy(texts.document(index).astype(np.int64))
    assert len(tokens) > 2 * CONFIG.context  # read in windows
    uniform = np.log2(CONFIG.rows)
    found = bits_per_byte(model, texts, np.array([index]), TOKENIZER)
    charged = len(tokens) - 3  # all but the three control tokens at the start
    assert found == pytest.approx(uniform * charged / texts.bytes[index], rel=0.05)


def test_a_short_text_costs_what_its_probabilities_say(texts):
    task = task_of(texts)
    index = int(texts.chosen("held_out", "story", "en")[0])
    tokens = torch.from_numpy(texts.document(index).astype(np.int64))
    with torch.no_grad():
        logs = task.ema.target(tokens[None, :-1])[0].log_softmax(-1)
    costs = -logs[torch.arange(len(tokens) - 1), tokens[1:]] / np.log(2)
    expected = float(costs[3:].sum()) / texts.bytes[index]  # after task, language, form and body
    assert bits_per_byte(task.ema.target, texts, np.array([index]), TOKENIZER) == pytest.approx(expected, rel=0.01)


SMALL = ("--layers=1", "--width=32", "--heads=2", "--context=64", "--batch=4", "--log-every=1")


@pytest.mark.slow
def test_train_resume_publish_evaluate(texts, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "checkpoints"))
    data = str(texts.tokens.filename.parent)
    generate.load_model.cache_clear()
    options = [*SMALL, f"--data={data}", "--evaluate-every=3", "--sample-every=3"]
    for folder, budgets in (("whole", [3]), ("parts", [1, 3])):
        for steps in budgets:
            command = ["train", "text", f"--run={tmp_path / folder}", f"--steps={steps}", "--cool-down=0", *options]
            assert cli.main(command) == 0
    whole, parts = (torch.load(tmp_path / f / "state.pt", weights_only=True) for f in ("whole", "parts"))
    for name, tensor in whole["modules"]["model"].items():
        assert torch.equal(tensor, parts["modules"]["model"][name]), name
    samples = (tmp_path / "whole" / "samples" / "0000003.txt").read_text()
    assert "[story en]" in samples and "[code en]" in samples
    assert cli.main(["train", "text", f"--run={tmp_path / 'whole'}", "--steps=3", "--publish", *options]) == 0
    card = checkpoint.read_card("text")
    assert card["training"]["steps"] == 3 and card["training"]["tokens"] == 3 * 4 * 64
    assert "Built with Llama" in card["terms"]
    assert "".join(generate.stream("Once", max_tokens=5))
    capsys.readouterr()
    assert cli.main(["evaluate", "text", f"--data={data}", "--quick"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["bits_per_byte"]["code"] > 0 and figures["bits_by_form"]["story_en_child"] > 0
    assert figures["tokens_per_second_4"] > 0
    assert "metrics" not in checkpoint.read_card("text")
    again = train.make_task(cli.door_parser("train", "text", train).parse_args(options))
    again.start_from_published()
    published = checkpoint.load_weights("text", train.Transformer(again.config))
    assert torch.equal(again.model.embedding.weight, published.embedding.weight)
    checkpoint.write_card("text", checkpoint.read_card("text") | {"peers": {"code": 1.5}, "metrics": {"bleu": 9}})
    further = [f"--run={tmp_path / 'further'}", "--steps=3", "--init=published", "--rate=0.1", "--mix=0.5", "--publish"]
    assert cli.main(["train", "text", *further, *options]) == 0
    run = torch.load(tmp_path / "further" / "best.pt", weights_only=True)["averaged"]["model"]
    mixed = checkpoint.load_weights("text", train.Transformer(again.config)).state_dict()
    for name, tensor in mixed.items():
        mean = (published.state_dict()[name] + run[name]) / 2
        assert (tensor - mean).abs().max() <= 0.01 * mean.abs().max() + 1e-6, name  # stored in eight bits
    assert not torch.equal(run["embedding.weight"], published.embedding.weight)
    card = checkpoint.read_card("text")
    assert card["training"]["steps"] == 6 and card["training"]["settings"]["mix"] == 0.5
    assert card["limits"] and card["peers"] == {"code": 1.5} and "metrics" not in card  # the peers are the same ones
    generate.load_model.cache_clear()


def test_bad_options_are_a_sentence(texts, tmp_path, capsys):
    data = str(texts.tokens.filename.parent)
    for number, (options, words) in enumerate(
        (
            (["--data=nowhere"], "data text` first"),
            ([f"--data={data}", "--heads=7"], "cannot be shared by 7 heads"),
            ([f"--data={data}", *SMALL, "--publish", "--evaluate-every=0"], "no best weights yet"),
            ([f"--data={data}", *SMALL, "--init=nowhere"], "no folder of a run"),
            ([f"--data={data}", "--weights", "tatoeba"], "write SOURCE=COPIES"),
            ([f"--data={data}", "--weights", "nobody=2"], "no source of the training text"),
        )
    ):
        assert cli.main(["train", "text", "--steps=1", f"--run={tmp_path / str(number)}", *options]) == 2
        assert words in capsys.readouterr().err
