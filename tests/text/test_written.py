"""The texts that come with the project: readable, well-formed, and what they say of themselves is true."""

import ast
import collections
import doctest

import pytest

from genai_demo.core import chinese
from genai_demo.text import forms, written
from genai_demo.text.documents import from_record
from genai_demo.text.mending import mend

RECORDS = list(written.records())


def test_every_text_becomes_a_document_with_a_form():
    found = [from_record(record, pack) for record, pack in RECORDS]
    assert all(d.form in forms.FORMS[d.task] and d.licence == "open" for d in found)
    kinds = collections.Counter((d.task, d.language, d.form) for d in found)
    for kind in (
        ("product", "en", "goods"), ("news", "en", "press"),
        ("chat", "en", "daily"), ("chat", "zh", "daily"), ("code", "en", "exercise"), ("translate", "en", "everyday"),
    ):  # fmt: skip
        assert kinds[kind] >= 50, kind


def test_no_text_comes_twice_and_none_is_left_out():
    kept, reasons = [], collections.Counter()
    for record, pack in RECORDS:
        try:
            kept.append(mend(from_record(record, pack)).key())
        except ValueError as error:
            reasons[str(error)] += 1
    assert sum(reasons.values()) < 0.01 * len(RECORDS), reasons
    assert len(set(kept)) > 0.99 * len(kept)


def test_chinese_texts_are_simplified():
    texts = [record["text"] for record, pack in RECORDS if pack == "zh"]
    texts += ["".join(record["turns"]) for record, _ in RECORDS if record.get("lang") == "zh"]
    texts += [record["tgt"] for record, pack in RECORDS if pack == "translation"]
    texts = [text.replace("毕昇", "") for text in texts]  # a name whose character is simplified elsewhere
    assert [text for text in texts if chinese.simplified_characters(text) != text] == []


DEFINES = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign)


@pytest.mark.slow
def test_the_code_is_python_and_functions_do_what_their_examples_say():
    trees = [ast.parse(record["text"]) for record, pack in RECORDS if pack == "code"]
    runner, tried = doctest.DocTestRunner(verbose=False), 0
    for tree in trees:
        if not all(isinstance(node, DEFINES) for node in tree.body):
            continue  # a script, which prints or reads files
        names: dict[str, object] = {"__name__": "written"}
        exec(compile(tree, "written", "exec"), names)  # our own files
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                for found in doctest.DocTestFinder().find(names[node.name], node.name, module=False, globs=names):
                    tried += runner.run(found, out=lambda _: None).attempted
    assert runner.failures == 0 and tried > len(trees) / 2


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("en-chat-1.txt", "U: hello\nU: are you there?", "does not alternate"),
        ("zh-chat-1.txt", "A: 你好\nU: 你好", "does not alternate"),
        ("pairs-1.tsv", "A sentence without its translation", "no pair of sentences"),
        ("en-news-1.txt", "### poem | Title\nRoses are red.", "no text of a known kind"),
    ],
)
def test_malformed_files_are_refused(tmp_path, name, text, words):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        list(written.records(tmp_path))
