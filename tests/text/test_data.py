"""Texts in, token numbers out."""

import collections
import json

import numpy as np
import pytest

from genai_demo import __main__ as cli
from genai_demo.text import data
from genai_demo.text.batches import Batches, fill_in, learnt, swap_sides
from genai_demo.text.documents import TASKS, Document, clean, from_record
from genai_demo.text.mixture import weight_of
from tests.text.tiny import CODE, POEM, RECORDS, TOKENIZER, prepare, write_texts


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    return prepare(tmp_path_factory.mktemp("texts"))


def names(tokens) -> list[str]:
    """Control tokens by name, text decoded."""
    from genai_demo.text.tokenizer import CONTROLS

    found: list[str] = []
    run: list[int] = []
    for token in [*map(int, tokens), -1]:
        if 0 <= token < TOKENIZER.text_size:
            run.append(token)
            continue
        if run:
            found.append(TOKENIZER.decode(run))
            run = []
        if token >= 0:
            found.append(f"<{CONTROLS[token - TOKENIZER.text_size]}>")
    return found


def tokens_of(document: Document) -> np.ndarray:
    return np.array(data.layout(document, TOKENIZER, [TOKENIZER.encode(p) for p in data.parts(document)]), np.uint16)


# Documents


def test_cleaning_keeps_the_words_and_tidies_the_rest():
    assert clean("\r\n\na  \r\nb\t\n\n\n\nc\n") == "a\nb\n\nc"
    assert clean("e\u0301") == "\u00e9"
    for bad in ("a\x00b", "a\x1bb"):
        with pytest.raises(ValueError, match="control characters"):
            clean(bad)


def test_every_task_has_its_layout():
    assert names(tokens_of(from_record(POEM, "zh"))) == [
        "<poem>", "<zh>", "<tang>", "<title>", "静夜思", "<body>", "床前明月光，疑是地上霜。", "<end>",
    ]  # fmt: skip
    assert names(tokens_of(from_record(RECORDS[120], "translation"))) == [
        "<translate>", "<en>", "I have 0 cats.", "<zh>", "我有0只猫。", "<end>",
    ]  # fmt: skip
    chat = names(tokens_of(from_record(RECORDS[180], "dialogue")))
    assert chat[:5] == ["<chat>", "<en>", "<daily>", "<user>", "What is 0 plus one?"]
    assert chat[5:] == ["<reply>", "It is 1.", "<user>", "Thanks.", "<end>"]
    code = from_record({"text": CODE.format(n=1), "kind": "function", "src": "m", "lic": "open"}, "code")
    assert names(tokens_of(code)) == ["<code>", "<function>", "<body>", CODE.format(n=1).rstrip(), "<end>"]
    prompted = {"text": "There was a fox.", "prompt": "A tale of a fox", "kind": "short", "src": "s", "lic": "open"}
    assert names(tokens_of(from_record(prompted, "stories-en")))[:6] == [
        "<story>", "<en>", "<short>", "<prompt>", "A tale of a fox", "<body>",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"text": "short", "src": "s"}, "too short"),
        ({"turns": ["a", ""], "src": "s"}, "empty turn"),
        ({"turns": ["alone"], "src": "s"}, "empty turn"),
        ({"src": "a", "tgt": " ", "source": "s"}, "empty side"),
        ({"text": "bell \x07 rings", "src": "s"}, "control"),
    ],
)
def test_useless_records_are_refused_with_a_reason(record, words):
    with pytest.raises(ValueError, match=words):
        from_record(record, "own")


def test_chapters_of_a_book_are_held_out_together():
    chapters = [
        {
            "text": f"Chapter {n} of the whale.",
            "title": "Moby-Dick",
            "author": "Melville",
            "kind": "classic",
            "src": "b",
        }
        for n in range(30)
    ]
    assert len({data.split_of(from_record(c, "stories-en")) for c in chapters}) == 1


def test_about_a_twentieth_is_held_out():
    documents = [Document("story", "en", f"text number {n}") for n in range(4000)]
    held_out = sum(data.split_of(d) == "held_out" for d in documents)
    assert 140 < held_out < 260


# A prepared set


def test_the_card_counts_what_is_there(texts):
    card = texts.card
    assert card["everything"]["documents"] == len(texts.start) == 282
    assert card["everything"]["tokens"] == len(texts.tokens) == texts.length.sum()
    assert {k: v["documents"] for k, v in card["tasks"].items()} == {
        "story en": 120, "story zh": 1, "poem zh": 1, "translate": 60, "chat en": 60, "code": 40,
    }  # fmt: skip
    assert sum(v["documents"] for v in card["splits"].values()) == 282
    whole = sum(len(d.whole().replace("\n", "").encode()) for d in read("all", texts))
    assert card["everything"]["bytes"] == pytest.approx(whole, rel=0.05)
    json.dumps(card)


def read(licence: str, texts: data.Texts) -> list[Document]:
    source = next(p for p in [texts.tokens.filename] if p).parent.parent / "source"
    return list(data.read_documents(source, licence, collections.Counter()))


def test_documents_come_back_from_their_tokens(texts):
    wanted = [tokens_of(data._labelled(d)) for d in read("all", texts)]
    assert all(np.array_equal(texts.document(i), w) for i, w in enumerate(wanted))


def test_the_licence_switch_leaves_only_open_texts(texts):
    kept = read("open", texts)
    assert {d.licence for d in kept} == {"open", "own"}
    assert {d.task for d in kept} == {"translate", "poem", "code", "story"}


def test_duplicates_are_dropped_whatever_their_spacing(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    for i, text in enumerate(("A tale of two cities", "a  tale of TWO cities", "Another tale altogether")):
        (source / f"{i}.txt").write_text(text)
    dropped: collections.Counter[str] = collections.Counter()
    assert len(list(data.read_documents(source, "all", dropped))) == 2
    assert dropped == {"duplicate": 1}


def test_the_command_says_what_is_wrong(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("GENAI_DATA", raising=False)
    monkeypatch.setenv("GENAI_HOME", str(tmp_path))
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"text": ')
    for options, words in (
        ([f"--from={tmp_path / 'nothing'}"], "There is no"),
        ([f"--from={broken}"], "is damaged"),
    ):
        assert cli.main(["data", "text", *options]) == 2
        assert words in capsys.readouterr().err
    monkeypatch.setenv("GENAI_DATA", str(tmp_path))
    assert cli.main(["data", "text"]) == 2
    assert "There is no text-stories-en.jsonl.xz" in capsys.readouterr().err
    assert cli.main(["data", "text", f"--from={write_texts(tmp_path / 'source')}"]) == 0
    assert "282 documents" in capsys.readouterr().out


def test_documents_know_their_form(texts):
    held_out = {(TASKS[texts.task[i]], texts.form(i)) for i in texts.chosen("held_out")}
    assert ("story", "child") in held_out and ("chat", "daily") in held_out and ("translate", "") in held_out
    assert texts.forms() == ["tang", "child", "daily"]


# Batches


def test_translations_turn_round():
    tokens = tokens_of(from_record(RECORDS[120], "translation"))
    turned = swap_sides(tokens, TOKENIZER)
    assert names(turned) == ["<translate>", "<zh>", "我有0只猫。", "<en>", "I have 0 cats.", "<end>"]
    assert len(turned) == len(tokens)
    captions = swap_sides(tokens_of(from_record(RECORDS[120] | {"source": "3AM"}, "translation")), TOKENIZER)
    assert names(captions)[:3] == ["<translate>", "<caption>", "<zh>"]


def test_gaps_hold_what_was_cut_out():
    code = tokens_of(from_record({"text": CODE.format(n=7), "src": "m"}, "code"))
    for seed in range(20):
        found = fill_in(code, TOKENIZER, np.random.default_rng(seed))
        assert len(found) == len(code) + 2
        parts = {"<prefix>": "", "<suffix>": "", "<middle>": ""}
        current = ""
        for part in names(found)[1:-1]:
            if part in parts:
                current = part
            else:
                parts[current] = part
        assert parts["<prefix>"] + parts["<middle>"] + parts["<suffix>"] == CODE.format(n=7).rstrip()
        assert parts["<middle>"]


def test_only_what_the_model_has_to_say_is_learnt():
    def said(tokens) -> list[str]:
        return names(np.where(learnt(tokens, TOKENIZER), tokens, TOKENIZER.control("title")))

    translation = tokens_of(from_record(RECORDS[120], "translation"))
    both = ["I have 0 cats.", "我有0只猫。", "<end>"]
    assert [p for p in said(translation) if p != "<title>"] == both
    assert [p for p in said(swap_sides(translation, TOKENIZER)) if p != "<title>"] == [both[1], both[0], "<end>"]
    poem = tokens_of(from_record(POEM, "zh"))
    assert [p for p in said(poem) if p != "<title>"] == ["静夜思", "床前明月光，疑是地上霜。", "<end>"]
    chat = tokens_of(from_record(RECORDS[180], "dialogue"))
    assert said(chat)[-1] == "<end>" and "<reply>" in said(chat)
    prompted = {"text": "There was a fox.", "prompt": "A tale of a fox", "kind": "short", "src": "s", "lic": "open"}
    assert [p for p in said(tokens_of(from_record(prompted, "own"))) if p != "<title>"] == ["There was a fox.", "<end>"]
    code = fill_in(tokens_of(from_record({"text": CODE.format(n=7), "src": "m"}, "code")), TOKENIZER,
                   np.random.default_rng(3))  # fmt: skip
    assert learnt(code, TOKENIZER).sum() == len(code) - 1 - np.flatnonzero(code == TOKENIZER.control("middle"))[0]


def test_rows_do_not_depend_on_how_they_are_asked_for(texts):
    whole, flags = Batches(texts, TOKENIZER, 3, 32).rows(0, 400)
    assert whole.shape == flags.shape == (400, 33)
    assert np.array_equal(whole[:-1, -1], whole[1:, 0])
    fresh = Batches(texts, TOKENIZER, 3, 32)
    for first in (390, 17, 0):
        rows, mask = fresh.rows(first, 7)
        assert np.array_equal(rows, whole[first : first + 7])
        assert np.array_equal(mask, flags[first : first + 7])
    assert not np.array_equal(Batches(texts, TOKENIZER, 4, 32).rows(0, 8)[0], whole[:8])


def test_an_epoch_holds_every_training_document_once_and_no_held_out_one(texts):
    batches = Batches(texts, TOKENIZER, 0, 16)
    count = batches.tokens_per_epoch() // 16
    stream = names(batches.rows(0, count)[0][:, :-1].ravel())
    for index in texts.chosen("train", "story", "en")[:20]:
        assert stream.count(names(texts.document(index))[-2]) == 1
    for index in texts.chosen("held_out", "story", "en"):
        assert names(texts.document(index))[-2] not in stream


def test_epochs_differ_in_order_and_form(texts):
    batches = Batches(texts, TOKENIZER, 0, 16)
    orders = [batches._epoch(epoch)[0] for epoch in (0, 1)]
    assert sorted(orders[0]) == sorted(orders[1]) and list(orders[0]) != list(orders[1])
    forms = [batches._epoch(epoch) for epoch in range(4)]
    swapped = [set(order[other & batches.can_swap[order]]) for order, other, _ in forms]
    assert 0.3 < np.mean([len(found) for found in swapped]) / batches.can_swap.sum() < 0.8
    assert swapped[0] != swapped[1]


def test_batches_of_no_task_are_refused(texts):
    with pytest.raises(ValueError, match="no training text"):
        Batches(texts, TOKENIZER, 0, 16, tasks=("news",))


def test_batches_of_some_sources_only(texts):
    names_of = texts.card["source_names"]
    batches = Batches(texts, TOKENIZER, 0, 16, sources=("c", "t"))
    found = {names_of[i] for i in texts.source[batches.documents]}
    trained = {names_of[i] for i in texts.source[texts.chosen("train")]}
    assert found == {name for name in trained if name.startswith(("c", "t"))}
    assert 0 < len(batches.documents) < len(texts.chosen("train"))
    with pytest.raises(ValueError, match="tasks and sources"):
        Batches(texts, TOKENIZER, 0, 16, sources=("nothing of that name",))


def test_sources_come_as_often_as_their_weights_say(texts):
    plain = Batches(texts, TOKENIZER, 0, 16)
    weighed = Batches(texts, TOKENIZER, 0, 16, weights={"t": 3, "story:s": 0.25, "chat:s": 9})
    names_of = [texts.card["source_names"][i] for i in texts.source[plain.documents]]
    stories = texts.task[plain.documents] == TASKS.index("story")
    counts = [np.bincount(weighed._epoch(epoch)[0], minlength=len(names_of)) for epoch in range(40)]
    pairs = np.array([name.startswith("t") for name in names_of])
    part = np.array([name.startswith("s") for name in names_of]) & stories
    for found in counts:
        assert set(found[pairs]) == {3} and set(found[part]) == {0, 1} and set(found[~(pairs | part)]) == {1}
    assert np.mean(counts, 0)[part].mean() == pytest.approx(0.25, abs=0.03)
    assert (np.mean(counts, 0)[part] > 0).mean() > 0.95  # drawn anew in every epoch
    for wrong in ({"": 0}, {"t": -1}):
        with pytest.raises(ValueError, match="leave no training text"):
            Batches(texts, TOKENIZER, 0, 16, weights=wrong)


def test_the_longest_key_that_fits_is_the_weight():
    weights = {"snakes": 2, "chat:snakes": 5, "chat:": 0.5}
    assert [weight_of("chat", "snakes (open)", weights), weight_of("story", "snakes (open)", weights)] == [5, 2]
    assert [weight_of("chat", "DREAM", weights), weight_of("story", "DREAM", weights)] == [0.5, 1]


def test_a_few_learnt_documents_have_no_form_and_no_held_out_one(tmp_path):
    records = [{"text": f"The {n} bears ate porridge.", "kind": "child", "src": "s"} for n in range(600)]
    (tmp_path / "bears.jsonl").write_text("\n".join(map(json.dumps, records)))
    data.prepare(tmp_path / "bears.jsonl", tmp_path / "set", progress=False)
    found = data.load(tmp_path / "set")
    labelled = {
        split: np.mean(["<child>" in names(found.document(i)) for i in found.chosen(split)]) for split in data.SPLITS
    }
    assert labelled["held_out"] == 1 and 0.8 < labelled["train"] < 0.97
