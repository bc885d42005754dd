"""What the model wrote, taken out and put back, while the visitor writes too; links that bring a text again."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr
import pytest

from genai_demo.core import limits
from genai_demo.text import generate
from genai_demo.ui import write_actions, write_links
from genai_demo.ui.write_history import History, Step, joint, moved, put_in, redo, replace, split_at, undo

REQUEST = SimpleNamespace(headers={"accept-language": "en"}, query_params={})
SETTINGS = ("en", "story", "The Sea", "", 60, 0.8, 0.9, 40, 0.1, 1.1, "END", 0.5, True)
RECIPE = dict(zip(write_links.SETTINGS, SETTINGS, strict=True)) | {"seed": 7}
STEP = Step("Once ", "there was a cat.", " The end.", RECIPE)
WRITTEN = History((STEP,))


@pytest.mark.parametrize(
    ("cursor", "parts"),
    [
        (-1, ("春ab", "")),
        (None, ("春ab", "")),
        (0, ("", "春ab")),
        (1, ("春", "ab")),
        (3, ("春ab", "")),
        (9, ("春ab", "")),
    ],
)
def test_the_text_is_split_at_the_cursor(cursor: float | None, parts: tuple[str, str]) -> None:
    assert split_at("春ab", cursor) == parts


@pytest.mark.parametrize(
    ("left", "right", "between"),
    [("cat.", "The", " "), ("cat", "the", " "), ("cat ", "the", ""), ("cat", ", the", ""), ("cat", " the", ""),
     ("猫。", "狗", ""), ("猫", "dog", ""), ("cat", "狗", ""), ("", "the", ""), ("cat", "", ""), ("(", "the", ""),
     ("said", "\u201cyes", " "), ("well-", "known", ""), ("cat.\n", "The", "")],
)  # fmt: skip
def test_pieces_are_joined_by_the_space_that_is_missing(left: str, right: str, between: str) -> None:
    assert joint(left, right) == between


@pytest.mark.parametrize(
    ("new", "place"),
    [("abcd", 2), ("Xabcd", 3), ("abcdX", 2), ("aXd", 2), ("", 0), ("ab", 2), ("cd", 0)],
)
def test_a_place_moves_with_the_text_around_it(new: str, place: int) -> None:
    assert moved("abcd", 2, new) == place


@pytest.mark.parametrize(
    ("now", "without"),
    [
        (STEP.text, "Once  The end."),
        (STEP.text + " Or not.", "Once  The end. Or not."),
        ("Title\n" + STEP.text, "Title\nOnce  The end."),
        ("there was a cat. " + STEP.text, "there was a cat. Once  The end."),
    ],
)
def test_undo_takes_out_what_the_model_wrote_and_nothing_else(now: str, without: str) -> None:
    words, history = undo(now, WRITTEN)
    assert (words, history.done) == (without, ())
    assert redo(words, history) == (now, WRITTEN)


def test_what_is_written_after_undo_stays_when_it_is_put_back() -> None:
    words, history = undo(STEP.text, WRITTEN)
    assert redo("So: " + words, history)[0] == "So: " + STEP.text
    assert redo(words + " Bye.", history)[0] == STEP.text + " Bye."


def test_where_the_piece_itself_was_changed_nothing_is_lost_either() -> None:
    changed = STEP.text.replace("cat", "dog") + " Mine."
    words, history = undo(changed, WRITTEN)
    assert words == "Once  The end."
    assert redo(words, history) == (changed, WRITTEN)


def test_nothing_to_undo_or_to_put_back_is_a_sentence() -> None:
    with pytest.raises(gr.Error, match="nothing to undo"):
        write_actions.undo("a", History())
    with pytest.raises(gr.Error, match="nothing to put back"):
        write_actions.redo("a", WRITTEN)


def test_a_new_step_ends_what_could_be_put_back() -> None:
    _, history = undo(STEP.text, WRITTEN)
    assert history.undone
    assert history.add(STEP) == WRITTEN


def test_a_cleared_text_comes_back() -> None:
    words, history = replace("My own words.", "", WRITTEN)
    assert words == ""
    assert undo("", history)[0] == "My own words."
    assert undo("New.", history)[0] in ("My own words.New.", "New.My own words.")
    assert write_actions.clear("", WRITTEN) == ("", "", WRITTEN)
    with pytest.raises(gr.Error, match="nothing to write again"):
        next(write_actions.regenerate("", history, 1, REQUEST, *SETTINGS))


def test_a_preset_is_a_step_that_undo_takes_back() -> None:
    words, history = write_actions.begin("Once upon a time, ", "My own words.", WRITTEN)
    assert words == "Once upon a time, "
    assert undo(words + "there was", history)[0] == "My own words.there was"
    before, undone = write_actions.undo(words, history)
    assert (before, undone.done) == ("My own words.", WRITTEN.done)
    assert write_actions.redo(before, undone) == (words, history)
    assert write_actions.begin(words, words, history) == (words, history)


def test_a_link_and_a_recipe_of_a_preset_hold_its_text() -> None:
    words, history = write_actions.begin("Once upon a time, ", "My own words.", WRITTEN)
    recipe = json.loads(write_links.recipe_file(words, history, 3, *SETTINGS))
    assert recipe == {"text": words, "seed": 3} | dict(zip(write_links.SETTINGS, SETTINGS, strict=True))


def test_a_way_keeps_what_was_written_since_and_replaces_the_other_way() -> None:
    place = (("A dog ", " The end."), RECIPE)
    first, history = write_actions.take_way(1, "barked.", place, "So: A dog  The end. Yes.", History())
    assert first == "So: A dog barked. The end. Yes."
    second, history = write_actions.take_way(2, "slept.", place, first + " No.", history)
    assert second == "So: A dog slept. The end. Yes. No."
    assert len(history.done) == 1
    assert history.last is not None and history.last.recipe["way"] == 2
    assert write_actions.take_way(3, "ran", (("A ", "cat"), RECIPE), "A cat", History())[0] == "A ran cat"
    with pytest.raises(gr.Error, match="Three ways"):
        write_actions.take_way(1, "", None, "", History())
    assert put_in("x", ("a", "b"), "ab", {}).text == "ax b"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the model is asked for; it writes numbered sentences that depend on all of that."""
    calls: list[tuple[Any, ...]] = []

    def write(*given: Any) -> Iterator[generate.Writing]:
        calls.append(given)
        texts = [f"Way {i + 1} of {len(str(given))}." for i in range(given[3])]
        yield generate.Writing(texts, [True] * given[3], [True] * given[3], 3, 0)

    monkeypatch.setattr(generate, "write", write)
    return calls


def written(words: str = "Once and The end.", cursor: int = 5) -> tuple[str, History]:
    """A text that was gone on with in its middle."""
    *_, (text, _, history, _) = write_actions.continue_text(words, cursor, History(), 7, *SETTINGS, REQUEST)
    return text, history


def test_a_text_in_the_middle_is_joined(asked: list[tuple[Any, ...]]) -> None:
    text, history = written()
    assert text.startswith("Once Way 1 of ") and text.endswith(". and The end.")
    assert history.last is not None and history.last.text == text


def test_regenerating_keeps_what_was_written_since(asked: list[tuple[Any, ...]]) -> None:
    text, history = written()
    *_, (again, _, after, _, seed) = write_actions.regenerate(
        text + " More.", history, 41, REQUEST, *SETTINGS[:4], 77, *SETTINGS[5:]
    )
    assert again.startswith("Once Way 1 of ") and again.endswith(". and The end. More.") and seed == 42
    assert len(after.done) == 1 and asked[-1][4] == 77
    *_, (_, _, after, _, _) = write_actions.regenerate(text.replace("Way", "My"), history, 1, REQUEST, *SETTINGS)
    assert after.undone[-1].was == text.replace("Way", "My")


@pytest.mark.parametrize("way", [None, 2])
def test_a_link_and_a_recipe_bring_the_same_text_again(asked: list[tuple[Any, ...]], way: int | None) -> None:
    text, history = written("春天 & more? " * 800, 40)
    if way is not None:
        *_, (*ways, _, place) = write_actions.three_ways("A dog ", -1, 7, REQUEST, *SETTINGS)
        text, history = write_actions.take_way(way, ways[way - 1], place, "A dog ", History())
    fragment = write_links.share(text, history, 99, *["other"] * len(SETTINGS)).value
    assert dict(parse_qsl(fragment))["seed"] == "7"
    found = write_links.read_link(fragment, REQUEST)
    *_, (again, _, _, _) = write_actions.continue_linked(found[-1], History(), REQUEST)
    assert again == text
    assert repr(asked[0 if way is None else 1]) == repr(asked[-1])
    recipe = json.loads(write_links.recipe_file(text, history, 99, *SETTINGS))
    assert recipe["text"] == text
    *_, (again, _, _, _) = write_actions.continue_linked(recipe, History(), REQUEST)
    assert again == text


def test_a_text_that_was_edited_is_linked_as_it_is(asked: list[tuple[Any, ...]]) -> None:
    text, history = written()
    fragment = write_links.share(text + " Mine.", history, 9, *SETTINGS).value
    values = dict(zip(("tab", *write_links.LINKED, "recipe"), write_links.read_link(fragment, REQUEST), strict=True))
    assert values["text"] == text + " Mine."
    assert values["recipe"] == gr.skip()
    assert (values["seed"], values["plain"], values["title"], values["mark"]) == (9, True, "The Sea", 0.5)
    assert "prompt" not in json.loads(write_links.recipe_file(text + " Mine.", history, 9, *SETTINGS))


def test_an_older_link_sets_what_it_names_and_nothing_else() -> None:
    query = {"tab": "text", "text": "春", "kind": "poem", "seed": "7", "temperature": "hot", "top_p": "nan",
             "plain": "true"}  # fmt: skip
    found = write_links.read_link("", SimpleNamespace(query_params=query))
    values = dict(zip(("tab", *write_links.LINKED, "recipe"), found, strict=True))
    assert (values["text"], values["kind"], values["seed"], values["plain"]) == ("春", "poem", 7, True)
    assert isinstance(values["tab"], gr.Tabs)
    for name in ("temperature", "top_p", "language", "title", "recipe"):
        assert values[name] == gr.skip()


@pytest.mark.parametrize("query", [{}, {"tab": "faces", "seed": "7"}, {"tab": "text", "kind": "<script>"}])
def test_other_links_change_nothing(query: dict[str, str]) -> None:
    found = write_links.read_link("", SimpleNamespace(query_params=query, headers={"accept-language": "en"}))
    assert all(v == gr.skip() for v in found[1:])
    assert len(found) == len(write_links.LINKED) + 2


def test_who_reads_chinese_begins_with_chinese_and_a_link_goes_first() -> None:
    chinese = SimpleNamespace(query_params={}, headers={"accept-language": "zh-CN,zh;q=0.9"})
    values = dict(zip(("tab", *write_links.LINKED, "recipe"), write_links.read_link("", chinese), strict=True))
    assert {name: value for name, value in values.items() if value != gr.skip()} == write_links.CHINESE
    found = write_links.read_link("tab=text&text=Hello", chinese)
    assert found[1] == "Hello" and all(value == gr.skip() for value in found[2:])


def test_a_link_that_names_little_is_written_with_the_usual_settings(asked: list[tuple[Any, ...]]) -> None:
    recipe = write_links.read_link("tab=text&prompt=Hello&way=9", REQUEST)[-1]
    *_, (text, _, _, _) = write_actions.continue_linked(recipe, History(), REQUEST)
    assert text.startswith("HelloWay 1 of ") and asked[0][1:4] == ("story", "en", 1)
    assert asked[0][4] == write_actions.USUAL_LENGTH <= limits.MAX_NEW_TOKENS
    assert list(write_actions.continue_linked(None, History(), REQUEST)) == [gr.skip()]
