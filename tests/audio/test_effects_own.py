"""A visitor's own sounds: the checks, and fine-tuning a tiny flow on them."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

from genai_demo.audio import sounds
from genai_demo.audio.effects import generate, own
from genai_demo.core import cards, limits
from genai_demo.core.archives import Dropped, members
from genai_demo.core.lent import lending
from genai_demo.core.tuning import Tuning
from tests.audio.tiny_effects import publish
from tests.core.test_soundfiles import packed as encoded_tone
from tests.lab.tiny_own import packed


@pytest.fixture(autouse=True)
def tiny_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    publish()
    forget()
    yield
    forget()


def forget() -> None:
    for cached in (generate._load, generate._drawn, own.generate.vocoder._load):
        cached.cache_clear()


def tone(seed: int, seconds: float = 0.4) -> bytes:
    time = np.arange(int(seconds * sounds.RATE)) / sounds.RATE
    wave = 0.5 * np.sin(2 * np.pi * (300 + 40 * seed) * time) * np.exp(-4 * time)
    return sounds.wave_bytes(wave.astype(np.float32), "wav")


def material(count: int = 12) -> own.Sounds:
    return own.check(((f"{i}.wav", tone(i)) for i in range(count)), [])


def tuned(folder: Path, steps: int = 20) -> Tuning:
    tuning = Tuning(own.SoundsSubject(material(), "dogs"), folder, {"kind": "dogs"})
    for _ in tuning.train(60):
        if tuning.step >= steps:
            break
    return tuning


def test_sounds_of_a_zip_are_kept_or_dropped_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    good = {f"{i}.wav": tone(i) for i in range(limits.MIN_OWN_SOUNDS)}
    silence = sounds.wave_bytes(np.zeros(9_000, np.float32), "wav")
    bad = {"again.wav": tone(3), "quiet.wav": silence, "short.wav": tone(30, 0.05), "cut.wav": tone(31)[:20],
           "long.wav": tone(32, 61.0), "notes.txt": b"no sound"}  # fmt: skip
    dropped: Dropped = []
    found = own.check(members(packed(good | bad), own.SUFFIXES, dropped), dropped)
    assert len(found.learnt) + len(found.held_out) == len(good) and len(found.held_out) == 2
    assert Counter(reason for _, reason in dropped) == {
        "duplicate": 1, "silent": 1, "too short": 1, "no sound": 1, "too long": 1, "other kind of file": 1,
    }  # fmt: skip


def test_sounds_of_telephones_and_browsers_count_as_others_do() -> None:
    kinds = {"memo.m4a": ("ipod", "aac"), "memo.WEBM": ("webm", "libopus"), "film.mp4": ("mp4", "aac")}
    more = {name: encoded_tone(*kind, hertz=500 + 50 * i) for i, (name, kind) in enumerate(kinds.items())}
    few = {f"{i}.wav": tone(i) for i in range(limits.MIN_OWN_SOUNDS - len(more))}
    dropped: Dropped = []
    found = own.check(members(packed(few | more), own.SUFFIXES, dropped), dropped)
    assert len(found.learnt) + len(found.held_out) == limits.MIN_OWN_SOUNDS and not dropped


def test_a_long_sound_is_cut_into_pieces() -> None:
    time = np.arange(40 * sounds.RATE) / sounds.RATE
    data = sounds.wave_bytes((0.5 * np.sin(2 * np.pi * 300 * time)).astype(np.float32), "wav")
    found = own.check([("long.wav", data)], [])
    assert found.seconds == pytest.approx(40, abs=0.1)
    assert max(map(len, found.learnt)) <= own.PIECE * sounds.RATE + 1


def test_too_few_sounds_are_said() -> None:
    with pytest.raises(ValueError, match="3 sounds are left"):
        material(3)


def test_the_example_passes_its_own_checks() -> None:
    dropped: Dropped = []
    assert len(own.check(own.example().items(), dropped).learnt) > 15 and dropped == []


def test_it_learns_the_held_out_sounds(tmp_path: Path) -> None:
    tuning = tuned(tmp_path / "run")
    assert tuning.best_point().score < tuning.points[0].score
    assert Tuning(own.SoundsSubject(material(), "dogs"), tmp_path / "run", {"kind": "dogs"}).resume()


def test_a_training_that_goes_on_is_as_one_that_was_not_stopped(tmp_path: Path) -> None:
    whole = tuned(tmp_path / "whole", 12)
    tuned(tmp_path / "part", 5)
    part = Tuning(own.SoundsSubject(material(), "dogs"), tmp_path / "part", {"kind": "dogs"})
    assert part.resume() and part.step == 5
    for _ in part.train(60):
        if part.step >= 12:
            break
    for a, b in zip(whole.subject.network.parameters(), part.subject.network.parameters(), strict=True):
        assert torch.equal(a, b)


def test_lent_weights_sound_and_leave_nothing_for_others(tmp_path: Path) -> None:
    tuning = tuned(tmp_path / "run")
    subject = tuning.subject
    tuning.rest()
    files = own.pack(tuning, material())
    assert set(files) == {"audio-effects.safetensors", "audio-effects.json"}
    before = generate.make("dogs", 0.5, 1)[1]
    with lending(own.lendable(files, tuning)):
        mine, name = generate.make("dogs", 0.5, 1)[1], cards.fingerprint("audio-effects")
        assert name == cards.fingerprint_of(files)
    assert not np.array_equal(mine, before) and np.array_equal(before, generate.make("dogs", 0.5, 1)[1])
    assert cards.fingerprint("audio-effects") != name
    assert sounds.read(subject.sample(own.best_network(tuning))).size > 1_000


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="No sound effect is called"):
        own.SoundsSubject(material(), "unicorn")
