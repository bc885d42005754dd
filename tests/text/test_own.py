"""A visitor's own texts: the checks, and fine-tuning a tiny text model on them."""

import json
from collections import Counter
from pathlib import Path

import pytest
import torch

from genai_demo.core import cards, checkpoint, limits
from genai_demo.core.archives import Dropped, members
from genai_demo.core.lent import lending
from genai_demo.core.tuning import Tuning
from genai_demo.text import generate, own
from genai_demo.text.own_example import logbook
from tests.lab.tiny_own import packed, save_text_model, words


@pytest.fixture(autouse=True)
def tiny_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    save_text_model()
    yield
    generate.load_model.cache_clear()


def checked(files: dict[str, bytes]) -> tuple[own.Texts, Dropped]:
    dropped: Dropped = []
    return own.check(files.items(), dropped), dropped


def tuned(folder: Path, steps: int = 10) -> Tuning:
    subject = own.TextSubject(checked({"a.txt": words(300).encode()})[0])
    tuning = Tuning(subject, folder, {"kind": "story"})
    for _ in tuning.train(60):
        if tuning.points and tuning.points[-1].step >= steps:
            break
    return tuning


# --------------------------------------------------------------------------- checks


def test_texts_of_a_zip_are_kept_or_dropped_with_a_reason() -> None:
    texts = words(300)
    lines = "\n".join(json.dumps({"text": f"Line {i} of a file. " * 4, "src": "x"}) for i in range(9))
    data = packed({
        "a.txt": texts.encode(), "again/a.md": texts.upper().encode(), "lines.jsonl": lines.encode(),
        "list.json": json.dumps(["One long enough.", {"text": "Two long enough."}]).encode(),
        "utf16.txt": "Ein Text für sich.".encode("utf-16"), "old.txt": "这是一段用国标编码的文字。".encode("gb18030"),
        "broken.json": b"{", "numbers.json": b"[1, 2]", "binary.txt": b"\0\1\2" * 50, "short.txt": b"no",
        "other.png": b"\x89PNG", "latin.txt": b"caf\xe9\x81 \xff\xff",
    })  # fmt: skip
    dropped: Dropped = []
    found = own.check(members(data, own.SUFFIXES, dropped), dropped)
    everything = "\n".join(found.learnt + found.held_out)
    for part in ("Entry 7.", "Ein Text für sich.", "Line 3 of a file.", "Two long enough.", "国标编码"):
        assert part in everything
    assert found.language == "en"
    reasons = Counter(reason for _, reason in dropped)
    assert reasons.pop("duplicate") >= 5
    others = "no JSON", "no text in it", "control characters", "too short", "other kind of file", "no text"
    assert reasons == dict.fromkeys(others, 1)


def test_the_parts_are_apart_and_nothing_is_lost() -> None:
    found, dropped = checked({"a.txt": words(300).encode()})
    assert dropped == [] and not set(found.learnt) & set(found.held_out)
    assert 0.05 < len(found.held_out) / len(found.learnt) < 0.2
    assert all(len(piece) <= 1.1 * own.PIECE for piece in found.learnt)
    assert found.characters > 0.97 * len(words(300).replace("\n\n", "\n"))


def test_too_little_text_is_said() -> None:
    with pytest.raises(ValueError, match=r"\d+ characters of text are left"):
        checked({"a.txt": words(20).encode()})


def test_more_than_the_limit_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_OWN_TEXT", 6_000)
    found, dropped = checked({"a.txt": words(300).encode()})
    assert found.characters <= 6_000 and {reason for _, reason in dropped} == {"beyond the limit of all"}


def test_one_line_without_an_end_is_cut() -> None:
    line = " ".join(str(i) for i in range(3_000))
    assert 0 <= len(line) - checked({"a.txt": line.encode()})[0].characters < 20  # spaces at the cuts


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_example_passes_its_own_checks(language: str) -> None:
    found, dropped = checked({"logbook.txt": logbook(language).encode()})
    assert found.language == language and dropped == [] and found.characters > 10_000
    assert logbook(language) == logbook(language)


# --------------------------------------------------------------------------- tuning


def test_it_learns_the_held_out_part(tmp_path: Path) -> None:
    tuning = tuned(tmp_path / "run")
    first, best = tuning.points[0], tuning.best_point()
    assert best.score < 0.97 * first.score
    assert tuning.points[-1].learnt < first.figures["nats"]


def test_every_token_of_a_long_text_is_learnt_once() -> None:
    subject = own.TextSubject(checked({"a.txt": words(300).encode()})[0])
    text = words(40)
    found = [token for row, new in subject._rows([text]) for token in row[new:]]
    assert found == [*own.load_tokenizer().encode(text), subject.end]
    assert all(len(row) <= subject.window for row, _ in subject._rows([text]))


def test_bits_per_byte_agree_with_the_score_of_the_room() -> None:
    texts = own.Texts(["x"] * 2, ["Entry 1. The lamp was lit."], "en")
    ours = own.TextSubject(texts).measure()["score"]
    theirs = generate.score(texts.held_out[0])
    end = own.TextSubject(texts)
    nats_of_end = ours * end.bytes - theirs["bits_per_byte"] * len(texts.held_out[0].encode())
    assert 0 < nats_of_end < 30  # ours counts the end of the text too
    assert end.bytes == len(texts.held_out[0].encode())


def test_the_download_is_a_checkpoint_that_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tuning = tuned(tmp_path / "run")
    subject = tuning.subject
    tuning.rest()
    files = own.pack(tuning, checked({"a.txt": words(300).encode()})[0])
    assert set(files) == {"text.safetensors", "text.json"}
    place = tmp_path / "other"
    place.mkdir()
    for name, data in files.items():
        (place / name).write_bytes(data)
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(place))
    generate.load_model.cache_clear()
    card = checkpoint.read_card("text")
    assert card["metrics"]["bits_per_byte"] < card["metrics_of_base"]["bits_per_byte"]
    assert card["base"]["name"] == "text" and card["data"]["characters"] > 4_000
    assert cards.fingerprint("text") == cards.fingerprint_of(files) and not cards.problem("text")
    loaded = checkpoint.load_weights("text", own.new_network())
    for key, value in own.best_network(tuning).state_dict().items():
        assert torch.allclose(value, loaded.state_dict()[key], atol=0.02), key
    subject.network.load_state_dict(loaded.state_dict())
    assert subject.measure()["score"] == pytest.approx(tuning.best_point().score, rel=0.03)


def test_lent_weights_write_and_others_do_not(tmp_path: Path) -> None:
    texts = checked({"a.txt": words(300).encode()})[0]
    tuning = tuned(tmp_path / "run")
    lent = own.lendable(own.pack(tuning, texts), tuning)
    before, name = "".join(generate.stream("Entry", max_tokens=20)), cards.fingerprint("text")
    with lending(lent):
        mine = "".join(generate.stream("Entry", max_tokens=20))
        assert cards.fingerprint("text") != name
    assert mine != before == "".join(generate.stream("Entry", max_tokens=20))
    assert cards.fingerprint("text") == name


def test_a_sample_begins_with_the_held_out_words(tmp_path: Path) -> None:
    subject = own.TextSubject(checked({"a.txt": words(300).encode()})[0])
    found = subject.sample(subject.network)
    assert found.startswith(subject.start) and found == subject.sample(subject.network)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="No kind is called"):
        own.TextSubject(checked({"a.txt": words(300).encode()})[0], "novel")
