"""The tab "Text continuation" through its HTTP API, with the committed weights."""

import itertools
import json

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from genai_demo.core import limits
from genai_demo.ui.translate_room import WAYS
from tests.waiting import wait_for

SETTINGS = {
    "words": "Once upon a time ", "cursor": -1, "seed": 3, "language": "en", "kind": "story", "title": "", "form": "",
    "length": 30, "temperature": 0.8, "top_p": 0.95, "top_k": 0, "min_p": 0, "penalty": 1.1, "stops": "",
}  # fmt: skip
CONTROLS = [0.8, 0.95, 0, 0, 1.1]


@pytest.fixture
def client(app_url: str) -> Client:
    """A new session of the app."""
    return Client(app_url, verbose=False)


def go_on(client: Client, **changes) -> tuple[str, str]:
    """Continue a text; returns it and the status line."""
    return client.predict(**(SETTINGS | changes), api_name="/continue_text")


def test_the_same_seed_gives_the_same_text(client: Client) -> None:
    first, again, other = (go_on(client, seed=s)[0] for s in (3, 3, 4))
    assert first == again != other
    assert first.startswith(SETTINGS["words"])
    assert len(first) > len(SETTINGS["words"]) + 20


def test_text_streams(client: Client) -> None:
    job = client.submit(**(SETTINGS | {"length": 120}), api_name="/continue_text")
    final, status = job.result()
    shown = [o[0] for o in job.outputs()]
    assert len(shown) > 2
    assert all(b.startswith(a.rstrip("�")) for a, b in itertools.pairwise(shown))
    assert shown[-1] == final
    assert "tokens" in status


def test_it_goes_on_at_the_cursor(client: Client) -> None:
    first, last = "Once upon a time there was a", " Last."
    words, _ = go_on(client, words=first + last, cursor=len(first))
    assert words.startswith(first)
    assert words.endswith(last)
    assert len(words) > len(first + last) + 20


def test_stop_stops_and_the_app_goes_on(client: Client) -> None:
    job = client.submit(**(SETTINGS | {"length": 1000, "temperature": 1.5}), api_name="/continue_text")
    wait_for(lambda: job.outputs() or job.done(), "nothing is written")
    assert job.outputs()
    job.cancel()
    shown = len(job.outputs())
    assert go_on(client)[0].startswith(SETTINGS["words"])
    assert len(job.outputs()) <= shown + 2


def test_undo_and_another_try(client: Client) -> None:
    first = go_on(client)[0]
    settings = [SETTINGS[k] for k in list(SETTINGS)[3:]]
    second, _, seed = client.predict(first, SETTINGS["seed"], *settings, api_name="/regenerate_text")
    assert seed == SETTINGS["seed"] + 1
    assert second != first
    assert second == go_on(client, seed=seed)[0]
    assert client.predict(second, api_name="/undo_text") == SETTINGS["words"]
    assert client.predict(SETTINGS["words"], api_name="/redo_text") == second


def test_three_ways_side_by_side(client: Client) -> None:
    settings = [SETTINGS[k] for k in list(SETTINGS)[3:]]
    *ways, status = client.predict(SETTINGS["words"], -1, 3, *settings, api_name="/three_ways")
    assert len(set(ways)) == 3
    assert all(len(way) > 20 for way in ways)
    assert "tokens" in status


def test_a_poem_is_measured(client: Client) -> None:
    _, status = go_on(client, words="床前明月光，疑是地上霜。", kind="poem", form="tang", length=40)
    assert "characters a line: 5 5" in status


@pytest.mark.parametrize(
    "wrong",
    [
        {"words": "a" * 50_000},
        {"words": "a" * (limits.MAX_PROMPT + 1)},
        {"kind": "limerick"},
        {"language": "fr"},
        {"temperature": 9},
        {"temperature": None},
        {"length": 0},
        {"seed": -1},
        {"top_p": "all"},
    ],
)
def test_wrong_settings_get_a_sentence_and_the_app_goes_on(client: Client, wrong: dict) -> None:
    with pytest.raises((AppError, ValueError)) as caught:
        go_on(client, **wrong)
    assert "Traceback" not in str(caught.value)
    assert go_on(client, length=10)[0].startswith(SETTINGS["words"])


@pytest.mark.parametrize(
    "words",
    [
        "",
        " ",
        "<end>",
        "<|endoftext|>",
        "مرحبا بالعالم",
        "שלום \u202e abc",
        "a\u0000b\u0007",
        "🙂" * 50,
        "Привет, мир",
        "x" * 5000,
    ],
)
def test_strange_text_is_text(client: Client, words: str) -> None:
    found, status = go_on(client, words=words, length=10)
    assert found.startswith(words)
    assert ("out of the model's sight" in status) == (len(words) == 5000)


@pytest.mark.parametrize("way", WAYS)
def test_lines_of_a_translation_stay_where_they_are(client: Client, way: str) -> None:
    words = "Hello.\n\nI have two cats. It rains." if way == "en-zh" else "你好。\n\n我有两只猫。下雨了。"
    result, aligned, table = client.predict(words=words, way=way, api_name="/translate_aligned")
    assert result.count("\n") >= 2
    pairs = json.loads(aligned)
    assert len(pairs) == len(table["data"]) == 3
    for pair in pairs:
        assert len(pair["shares"]) == len(pair["to"])
        assert all(sum(row) == pytest.approx(1, abs=0.05) for row in pair["shares"])


def test_a_conversation_has_several_turns(client: Client) -> None:
    settings = ["en", 30, 1, *CONTROLS]
    box, messages = client.predict("Hello!", [], *settings, api_name="/chat")
    assert box == ""
    assert [m["role"] for m in messages] == ["user", "assistant"]
    _, messages = client.predict("And you?", messages, *settings, api_name="/chat")
    assert [m["role"] for m in messages] == ["user", "assistant"] * 2
    with pytest.raises(AppError, match="Write something first"):
        client.predict(" ", messages, *settings, api_name="/chat")


def test_code_suggestions_are_judged(client: Client) -> None:
    found = client.predict("def f(x):\n    return <FILL>\n", 0.4, 16, 1, api_name="/suggest_code")
    codes, verdicts = found[::2], found[1::2]
    assert codes[0]
    assert all(v for v in verdicts)
    assert all(("✓" in v or "✗" in v) == bool(c) for c, v in zip(codes, verdicts, strict=True))


def test_looking_inside(client: Client) -> None:
    words = "Once upon a time there was a cat."
    heat, status = client.predict(words, "story", "en", api_name="/look_inside")
    tokens = json.loads(heat)
    assert "".join(t["text"] for t in tokens) == words
    assert all(0 <= t["p"] <= 1 and len(t["others"]) == 8 for t in tokens)
    assert f"{len(tokens)} tokens" in status
    greedy = client.predict(words, "story", "en", 0, 0.95, 0, 0, 1, api_name="/next_tokens")
    assert greedy.count("100.0%</td></tr>") == 1
    matrix = json.loads(client.predict(words, "story", "en", 1, 1, api_name="/attention"))
    assert len(matrix["rows"]) == len(matrix["names"]) > len(tokens)
    for i, row in enumerate(matrix["rows"]):
        assert sum(row) == pytest.approx(255, abs=len(row))
        assert not any(row[i + 1 :])


def test_markup_in_a_text_stays_text(client: Client) -> None:
    bars = client.predict("<b>", "code", "en", *CONTROLS, api_name="/next_tokens")
    assert "<script" not in bars
    heat, _ = client.predict("<img src=x onerror=alert(1)>", "story", "en", api_name="/look_inside")
    assert "".join(t["text"] for t in json.loads(heat)).startswith("<img")
