"""The door of the speech room, with a small model of random weights and a vocoder that only hums."""

import dataclasses

import numpy as np
import pytest
import torch

from genai_demo.audio import mel, vocoder
from genai_demo.audio.speech import emphasis, generate, plans
from genai_demo.audio.speech.cast import Mixture, cast_of
from genai_demo.audio.speech.features import SPEAKERS
from genai_demo.audio.speech.model import SpeechModel
from genai_demo.core import limits
from tests.audio.tiny_speech import CONFIG

TEXT = "The rain has stopped, at last. 雨停了。 Look, 月亮出来了!"


@pytest.fixture(autouse=True)
def network(monkeypatch) -> SpeechModel:
    torch.manual_seed(1)
    net = SpeechModel(CONFIG).eval().requires_grad_(False)
    torch.nn.init.normal_(net.refiner.out.weight, std=0.3)
    net.pitch_mean.copy_(torch.tensor([165.0, 270.0, 280.0]).log())
    monkeypatch.setattr(generate, "_load", lambda: net)
    monkeypatch.setattr(generate, "_card", lambda: (CONFIG, cast_of({"voices": list(SPEAKERS)})))

    def hum(mels: np.ndarray) -> np.ndarray:
        """256 samples a frame that depend on the frame."""
        return np.repeat(np.tanh(mels.mean(0))[:-1], mel.HOP).astype(np.float32)

    monkeypatch.setattr(vocoder, "vocode", hum)
    return net


def test_speaking_gives_samples_and_repeats_by_seed():
    rate, samples = generate.speak(TEXT, seed=3)
    assert rate == mel.RATE and samples.dtype == np.float32 and samples.ndim == 1
    assert len(samples) > rate and np.abs(samples).max() <= 1
    assert np.array_equal(samples, generate.speak(TEXT, seed=3)[1])
    assert not np.array_equal(samples, generate.speak(TEXT, seed=4)[1])


def test_the_stream_is_the_whole_in_pieces():
    pieces = list(generate.stream(TEXT, seed=5))
    assert len(pieces) >= 3 and {rate for rate, _ in pieces} == {mel.RATE}
    assert np.array_equal(np.concatenate([s for _, s in pieces]), generate.speak(TEXT, seed=5)[1])


def test_the_first_piece_does_not_wait_for_the_rest(monkeypatch):
    planned = []
    original = generate._planned
    monkeypatch.setattr(generate, "_planned", lambda *a: planned.append(a[2]) or original(*a))
    next(generate.stream("One fine day. " * 100))
    assert planned == [0]


def test_a_plan_says_what_is_spoken():
    found = generate.plan(TEXT)
    assert [p.word for p in found.phones if p.word in ("rain", "月")] and found.phones[0].silent
    assert all(p.hertz == 0 for p in found.phones if p.symbol in ("S", "t", "|", ","))
    assert all(40 <= p.hertz <= 1000 for p in found.phones if p.mark)
    said = generate.plan(TEXT, seed=2)
    assert np.array_equal(generate.speak(TEXT, seed=2)[1], generate.speak("", seed=2, plan=said)[1])
    frames = sum(plans.frames_of(u).sum() - 1 for u in found.utterances())
    assert len(generate.speak("", plan=found)[1]) == frames * mel.HOP


def test_a_bent_duration_moves_what_follows_and_nothing_else():
    found = generate.plan("The rain has stopped, and the moon has come out, and we can go home.")
    index = next(i for i, p in enumerate(found.phones) if p.word == "moon" and p.mark)
    longer = plans.bend(found, index, milliseconds=found.phones[index].milliseconds + 10 * plans.FRAME)
    before, after = (next(generate.pieces("", plan=p)).mel for p in (found, longer))
    assert after.shape[1] == before.shape[1] + 10
    start = plans.frames_of(found.phones)[:index].sum()
    end = start + plans.frames_of(found.phones)[index]
    reach = 12
    assert np.allclose(before[:, : start - reach], after[:, : start - reach], atol=1e-4)
    assert np.allclose(before[:, end + reach :], after[:, end + reach + 10 :], atol=1e-4)


def test_bends_reach_the_model():
    found = generate.plan("The moon.")
    index = next(i for i, p in enumerate(found.phones) if p.word == "moon" and p.mark)
    plain = next(generate.pieces("", plan=found)).mel
    for change in ({"hertz": 190.0}, {"decibels": found.phones[index].decibels + 6}):
        assert not np.allclose(plain, next(generate.pieces("", plan=plans.bend(found, index, **change))).mel)


def test_speed_pitch_and_energy():
    slow, fast = (len(generate.speak(TEXT, speed=s)[1]) for s in (0.5, 2.0))
    assert 3.2 < slow / fast < 4.8
    found = generate.plan(TEXT)
    higher = plans.bend_all(found, pitch=12 / 2, energy=3)
    for a, b in zip(found.phones, higher.phones, strict=True):
        assert b.hertz == pytest.approx(a.hertz * 2**0.5) and b.decibels == a.decibels + 3 * (not a.silent)


def test_each_language_has_its_voice_and_the_guest_comes_half_way():
    english, mandarin = (generate.plan("雨", voice=voice) for voice in ("kathleen", "yue_tan"))
    index = next(i for i, p in enumerate(english.phones) if p.mark)
    ratio = english.phones[index].hertz / mandarin.phones[index].hertz
    assert ratio == pytest.approx((165 / 270) ** 0.5, rel=0.01)
    said = generate.inputs([("|", "", "en"), ("S", "", "en"), ("iii", "zh4", "zh")], Mixture("kathleen"))
    assert said.speaker.argmax(-1).tolist() == [[0, 0, 1]] and bool((said.speaker.sum(-1) == 1).all())


def test_a_taught_voice_reads_both_languages_as_predicted(network, monkeypatch):
    names = ["af_heart", "am_michael", "zf_xiaoxiao"]
    monkeypatch.setattr(generate, "_load", lambda: network)
    monkeypatch.setattr(generate, "_card", lambda: (CONFIG, cast_of({"voices": names})))
    assert generate.voices() == {"af_heart": "en", "am_michael": "en", "zf_xiaoxiao": "zh"}
    assert generate.plan("Hello").voice == "af_heart"
    said = generate.inputs([("S", "", "en"), ("iii", "zh4", "zh")], Mixture("zf_xiaoxiao"))
    assert said.speaker.argmax(-1).tolist() == [[2, 2]] and said.language.tolist() == [[0, 1]]
    found = generate.plan("今天下午我们去北京看朋友。", "zf_xiaoxiao")
    said = [(p.symbol, p.mark, p.language) for p in found.phones]
    _, prosody = network.prosody(generate.inputs(said, Mixture("zf_xiaoxiao")))
    expected = prosody.log_frames[0].exp().numpy() * plans.FRAME
    assert [p.milliseconds for p in found.phones] == pytest.approx(expected.clip(plans.FRAME, None), abs=0.06)
    hertz = (prosody.pitch[0] * network.pitch_scale[2] + network.pitch_mean[2]).exp().numpy()
    assert all(p.hertz in (0, pytest.approx(h, rel=1e-3)) for p, h in zip(found.phones, hertz, strict=True))
    first, second = (generate.speak("雨停了。", voice)[1] for voice in names[1:])
    assert len(first) != len(second) or not np.array_equal(first, second)
    with pytest.raises(ValueError, match="No voice is called 'kathleen'"):
        generate.speak("", plan=dataclasses.replace(found, voice="kathleen"))


def test_a_mandarin_sentence_falls_and_a_word_does_not():
    from genai_demo.audio.speech.phonemes import phonemise

    (sentence,), (question,) = phonemise("今天下午我们去北京看朋友。"), phonemise("今天下午我们去北京看朋友吗？")
    (word,), (english,) = phonemise("雨。"), phonemise("It is raining here today.")
    fall = plans.declination(sentence)
    assert fall[0] == -fall[-1] == plans.DECLINATION and plans.declination(question)[-1] == 0
    assert np.abs(plans.declination(word)).max() < 0.2 and not plans.declination(english).any()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"text": " "}, "Write something"),
        ({"text": "x" * (limits.MAX_SPEECH_CHARACTERS + 1)}, "Shorten it"),
        ({"text": "🙂"}, "Nothing in this text"),
        ({"text": "Hello", "voice": "nobody"}, "No voice is called 'nobody'"),
        ({"text": "Hello", "speed": 0}, "The speed must be"),
        ({"text": "Hello", "speed": float("nan")}, "The speed must be"),
        ({"text": "Hello", "pitch": 40}, "The pitch must be"),
        ({"text": "Hello", "energy": "loud"}, "The energy must be"),
        ({"text": "Hello", "seed": -1}, "The seed must be"),
        ({"text": "Hello", "plan": "abc"}, "no plan of speech"),
    ],
)
def test_bad_input_is_a_sentence(arguments, words):
    with pytest.raises(ValueError, match=words):
        generate.speak(**arguments)


@pytest.mark.parametrize("change", [{"milliseconds": 0}, {"milliseconds": 1e9}, {"hertz": 5}, {"decibels": np.inf}])
def test_bends_have_limits(change):
    with pytest.raises(ValueError, match="phone"):
        plans.bend(generate.plan("Hello"), 1, **change)
    with pytest.raises(ValueError, match="no phone 999"):
        plans.bend(generate.plan("Hello"), 999, hertz=100.0)


def test_a_plan_of_unknown_phones_is_refused():
    found = generate.plan("Hello")
    strange = dataclasses.replace(found.phones[1], symbol="QQ")
    with pytest.raises(ValueError, match="No phone is called"):
        generate.speak("", plan=plans.Plan("kathleen", (strange,)))


def test_without_weights_there_is_a_sentence(monkeypatch, tmp_path):
    monkeypatch.undo()
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    generate._load.cache_clear()
    generate._card.cache_clear()
    with pytest.raises(ValueError, match=r"The voices are missing.*train audio"):
        generate.speak("Hello")


def test_two_voices_are_mixed_by_their_shares(network, monkeypatch):
    names = ["af_heart", "am_michael", "zf_xiaoxiao"]
    monkeypatch.setattr(generate, "_load", lambda: network)
    monkeypatch.setattr(generate, "_card", lambda: (CONFIG, cast_of({"voices": names})))
    network.pitch_mean.copy_(torch.tensor([200.0, 100.0, 220.0]).log())
    said = generate.inputs([("S", "", "en"), ("iii", "zh4", "zh")], Mixture("af_heart", "am_michael", 0.25))
    assert said.speaker.tolist() == [[[0.75, 0.25, 0.0]] * 2]
    one, two = (generate.plan(TEXT, voice) for voice in names[:2])
    assert generate.plan(TEXT, "af_heart", "am_michael", 0).phones == one.phones
    assert generate.plan(TEXT, "af_heart", "am_michael", 1).phones == two.phones
    half = generate.plan(TEXT, "af_heart", "am_michael", 0.5)
    assert (half.second, half.blend) == ("am_michael", 0.5) and half.phones not in (one.phones, two.phones)
    mean = {name: np.mean([np.log(p.hertz) for p in plan.phones if p.hertz]) for name, plan in
            (("one", one), ("half", half), ("two", two))}  # fmt: skip
    assert mean["two"] < mean["half"] < mean["one"]
    mixed = generate.speak(TEXT, "af_heart", second="am_michael", blend=0.5)[1]
    assert np.array_equal(mixed, generate.speak("", plan=half)[1])
    with pytest.raises(ValueError, match="No voice is called 'nobody'"):
        generate.plan(TEXT, "af_heart", "nobody", 0.5)
    for share in (-0.1, 1.1, float("nan"), True, "half"):
        with pytest.raises(ValueError, match="share of the second voice"):
            generate.plan(TEXT, "af_heart", "am_michael", share)


def test_words_between_stars_are_longer_higher_and_stronger():
    plain, starred = (
        generate.plan("He said no to them. 我很喜欢。"),
        generate.plan("He said *no* to them. 我*很*喜欢。"),
    )
    assert [p.word for p in plain.phones] == [p.word for p in starred.phones]
    for a, b in zip(plain.phones, starred.phones, strict=True):
        if a.word in ("no", "很"):
            assert b.milliseconds == pytest.approx(a.milliseconds * emphasis.LENGTH, abs=0.11)
            assert b.decibels == pytest.approx(a.decibels + emphasis.DECIBELS, abs=0.02)
            assert b.hertz == pytest.approx(a.hertz * 2 ** (emphasis.SEMITONES / 12), rel=1e-3)
        else:
            assert a == b


def test_a_plan_knows_its_words_and_how_they_are_read():
    found = generate.plan("That that, hello. 你好。")
    words = [(word[0].word, word[0].reading) for word in plans.words_of(found.phones) if not word[0].silent]
    assert words[:3] == [("That", "ðæt"), ("that", "ðæt"), ("hello", "həˈloʊ")]
    assert words[3:] == [("你", "ní"), ("好", "hǎo")]
    assert all(word[0].reading and not any(p.reading for p in word[1:]) for word in plans.words_of(found.phones))


def test_a_seed_changes_lengths_and_pitch_a_little_and_0_nothing():
    plain = generate.plan(TEXT)
    assert generate.plan(TEXT, seed=0) == plain and generate.plan(TEXT, seed=5) == generate.plan(TEXT, seed=5)
    ratios, semitones = [], []
    for seed in range(1, 9):
        for a, b in zip(plain.phones, generate.plan(TEXT, seed=seed).phones, strict=True):
            assert (a.symbol, a.word, a.decibels, a.melody) == (b.symbol, b.word, b.decibels, b.melody)
            ratios.append(np.log(b.milliseconds / a.milliseconds))
            semitones += [12 * np.log2(b.hertz / a.hertz)] if a.hertz else []
    assert 0.02 < np.std(ratios) < 0.1 and np.abs(ratios).max() < 0.12
    assert 0.2 < np.std(semitones) < 1 and np.abs(semitones).max() < 1.1
    assert np.array_equal(
        generate.speak(TEXT, seed=5)[1], generate.speak("", plan=generate.plan(TEXT, seed=5), seed=5)[1]
    )
