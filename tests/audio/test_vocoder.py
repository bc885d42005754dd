"""The vocoder: its source, its length, its seams, and that it learns."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from genai_demo import __main__ as cli
from genai_demo.audio import clips, source, vocoder
from genai_demo.audio.discriminators import Judges
from genai_demo.audio.mel import HOP, LOWEST, MELS, RATE, analyse, mel
from genai_demo.audio.segments import Segments, load_sets, pitch_targets
from genai_demo.audio.spectral import distance, energy_distance, mel_distance, views
from genai_demo.audio.train_vocoder import VocoderSettings, VocoderTask
from genai_demo.audio.vocoder import Stream, Vocoder, VocoderConfig
from genai_demo.core import checkpoint
from genai_demo.core.loop import LoopOptions, Run

TINY = VocoderConfig(width=32, hidden=64, blocks=3, listening=1)


@pytest.fixture(autouse=True)
def cpu(monkeypatch):
    monkeypatch.setenv("GENAI_DEVICE", "cpu")


def voice(hertz: float, seconds: float, rise: float = 0.0) -> np.ndarray:
    """Ten harmonics, falling in level, and a little noise."""
    time = np.arange(int(seconds * RATE)) / RATE
    phase = 2 * np.pi * (hertz * time + rise * time**2 / 2)
    found = sum(np.sin(h * phase) / h for h in range(1, 11))
    return (0.2 * found + 0.003 * np.random.default_rng(0).normal(size=len(time))).astype(np.float32)


def lively(config: VocoderConfig = TINY, seed: int = 0) -> Vocoder:
    """Random weights that are large enough for everything to matter."""
    torch.manual_seed(seed)
    net = Vocoder(config).eval()
    torch.nn.init.normal_(net.head.weight, std=0.1)
    torch.nn.init.normal_(net.pitch.weight, std=0.5)
    torch.nn.init.normal_(net.clock.weight, std=0.2)
    return net


# --------------------------------------------------------------------------- source


@pytest.mark.parametrize("hertz", [70.0, 100.3, 333.0, 600.0])
def test_pulses_hold_all_harmonics_of_their_pitch_equally(hertz):
    steady = torch.full((1, 1 + 2 * RATE // HOP), hertz)
    wave = source.pulses(steady, source.phases(steady))[0]
    assert len(wave) == HOP * (steady.shape[1] - 1)
    assert wave.var() == pytest.approx(1, abs=0.03)
    spectrum = (wave * torch.hann_window(len(wave))).double().numpy()
    power = np.abs(np.fft.rfft(spectrum)) ** 2
    bins = np.arange(1, int(RATE / 2 / hertz) + 1) * hertz * len(wave) / RATE
    near = [power[max(0, round(b) - 3) : round(b) + 4].sum() for b in bins]
    assert sum(near) > 0.97 * power.sum()
    assert max(near) < 1.3 * min(near)


def test_phases_continue_from_where_they_were():
    hertz = 100 + 50 * torch.rand(1, 200)
    whole = source.phases(hertz)
    rest = source.phases(hertz[:, 90:], float(whole[0, 90]))
    apart = torch.remainder(rest - whole[:, 90:] + np.pi, 2 * np.pi) - np.pi
    assert apart.abs().max() < 1e-4


def test_gaps_hold_the_pitch_before_them():
    hertz = torch.tensor([[0.0, 0.0, 120.0, 0.0, 130.0, 0.0]])
    assert source.held(hertz, 99.0).tolist() == [[99, 99, 120, 120, 130, 130]]


@pytest.mark.parametrize("hertz", [0.0, 66.0, 123.4, 440.0, 590.0])
def test_pitch_survives_its_classes(hertz):
    wave = torch.from_numpy(voice(hertz, 0.5) if hertz else 0.1 * np.random.default_rng(1).normal(size=11_025)).float()
    tracked, classes = pitch_targets(wave[None])
    assert tracked.shape == (1, 1 + len(wave) // HOP)
    torch.testing.assert_close(classes.sum(-1), torch.ones_like(tracked))
    found = source.pitch_of(classes.clamp_min(1e-9).log())
    known = 70 < hertz < 600 or not hertz  # else the tracker hears no pitch, or another
    assert not known or found[0, 5:-5].numpy() == pytest.approx(hertz, rel=0.005)
    assert found.numpy() == pytest.approx(tracked.numpy(), rel=0.005)


# --------------------------------------------------------------------------- network


@pytest.mark.parametrize("frames", [4, 5, 64, 131])
def test_every_frame_but_the_last_is_256_samples(frames):
    found = lively()(torch.randn(2, MELS, frames) - 4)
    assert found.shape == (2, HOP * (frames - 1)) and found.isfinite().all()


def test_untrained_it_already_copies_the_envelope():
    wave = torch.from_numpy(0.1 * np.random.default_rng(0).normal(size=RATE)).float()[None]
    with torch.inference_mode():
        copy = Vocoder(VocoderConfig()).eval()(mel(wave))
    assert (mel(copy) - mel(wave)[..., : mel(copy).shape[2]]).mean().abs() < 0.1
    assert mel_distance(wave[:, : copy.shape[1]], copy) < 0.7


def test_extreme_spectrograms_stay_finite():
    net = lively()
    for value in (LOWEST, 8.0, -100.0, 100.0):
        assert net(torch.full((1, MELS, 8), value)).isfinite().all()


@pytest.mark.parametrize("sizes", [(40,), (1,), (3, 70, 8), (500,)])
def test_pieces_join_without_a_seam(sizes):
    net, spectrogram = lively(), analyse(voice(150, 2.0, 60))
    with torch.inference_mode():
        whole = net(torch.from_numpy(spectrogram)[None])[0].numpy()
    assert whole.std() > 0.01
    rendering, parts, at, turn = Stream(net), [], 0, 0
    while at < spectrogram.shape[1]:
        size = sizes[turn % len(sizes)]
        parts.append(rendering.push(spectrogram[:, at : at + size]))
        at, turn = at + size, turn + 1
        assert rendering.mel.shape[2] <= 2 * net.config.reach + max(sizes) + 2  # the past is forgotten
    found = np.concatenate([*parts, rendering.finish()])
    assert len(found) == len(whole)
    assert np.abs(found - whole).max() < 2e-3 * np.abs(whole).max()


def test_streaming_gives_sound_before_the_end():
    rendering, spectrogram = Stream(lively()), analyse(voice(150, 1.0))
    early = rendering.push(spectrogram[:, :60])
    assert len(early) == HOP * (60 - 1 - TINY.reach)


def test_an_empty_stream_is_no_sound():
    rendering = Stream(lively())
    assert not len(rendering.push(np.zeros((MELS, 0), np.float32))) and not len(rendering.finish())


# --------------------------------------------------------------------------- losses


def test_the_energy_distance_wants_noise_of_the_right_level_that_varies():
    torch.manual_seed(0)
    steady = torch.sin(torch.arange(16_384) / 20.0)[None]

    def copy(noise: float) -> torch.Tensor:
        return steady + noise * torch.randn(4, 16_384)

    found = {n: float(energy_distance(copy(0.3), copy(n), copy(n))) for n in (0.1, 0.2, 0.3, 0.4, 0.6)}
    assert min(found, key=found.__getitem__) == 0.3
    frozen = copy(0.3)  # a sum of distances alone would not see that it is always the same
    assert energy_distance(copy(0.3), frozen, frozen) > 1.5 * found[0.3]


def test_distances_of_a_sound_to_itself_are_nothing():
    wave = torch.randn(2, 8_192) / 10
    assert distance(views(wave), views(wave), torch.ones(2)) < 1e-3
    assert mel_distance(wave, wave).max() == 0
    assert mel_distance(wave, wave / 2).min() == pytest.approx(np.log(2), rel=0.01)


def test_judges_look_at_everything_and_are_small():
    judges = Judges()
    assert sum(p.numel() for p in judges.parameters()) < 1_000_000
    wave = (torch.randn(2, 8_192) / 10).requires_grad_()
    opinions, seen = judges(wave)
    assert len(opinions) == 8 and all(o.shape[0] == 2 for o in opinions) and len(seen) == 32
    for opinion in opinions:
        (gradient,) = torch.autograd.grad(opinion.sum(), wave, retain_graph=True)
        assert gradient.isfinite().all() and gradient[:, 3_000:5_000].abs().max() > 0


# --------------------------------------------------------------------------- training


@pytest.fixture(scope="module")
def tones_folder(tmp_path_factory) -> Path:
    """A prepared set of voices and noises."""
    folder = tmp_path_factory.mktemp("data") / "tones"
    random = np.random.default_rng(3)
    made = [(voice(100 + 12 * i, 0.6, 20 * (i % 5)), {"source": str(i)}) for i in range(20)]
    made += [((0.05 * random.normal(size=9_000)).astype(np.float32), {"source": f"n{i}"}) for i in range(4)]
    made += [(voice(200, 0.1)[:1_500], {"source": "short"})]
    rows = ((wave, row | {"kind": "tone", "licence": "own"}) for wave, row in made)
    clips.store(rows, folder, clips.Checks(), lambda r: clips.split_by_source(r, "source", "kind"), "kind")
    return folder


@pytest.fixture(scope="module")
def tones(tones_folder) -> list[clips.Clips]:
    return load_sets([str(tones_folder)])


def make_task(sets: list[clips.Clips], **settings: float) -> VocoderTask:
    wanted: dict = {"batch": 4, "segment": 4_096, "rate": 0.003, "warm_up": 5, "seed": 3} | settings
    train, held_out = ([one.chosen(split=s) for one in sets] for s in clips.SPLITS)
    return VocoderTask(TINY, VocoderSettings(**wanted), train, held_out)


def run(task: VocoderTask, folder: Path, steps: int, **options: int) -> Run:
    found = Run(task, LoopOptions(folder, steps, seed=3, log_every=1, progress=False, **options))
    found.resume()
    found.train()
    return found


def state(task: VocoderTask) -> list[torch.Tensor]:
    moments = [v for o in task.optimizers.values() for s in o.state_dict()["state"].values() for v in s.values()]
    modules = [*task.modules.values(), *task.averaged.values()]
    return [*(v for m in modules for v in m.state_dict().values()), *moments]


def test_segments_are_as_likely_as_they_are_long_and_never_clipped(tones):
    segments = Segments([one.chosen(split="train") for one in tones])
    found = torch.cat([segments.draw(64, 4_096, 0, step) for step in range(4)])
    assert found.shape == (256, 4_096)
    assert found.abs().max() <= 1 and (found.abs().amax(1) > 0).all()
    assert 0 < (found == 0).float().mean(1).gt(0.5).sum() < 20  # the short clip amid silence
    assert torch.equal(found[:64], segments.draw(64, 4_096, 0, 0))


def test_it_learns(tones, tmp_path):
    run(make_task(tones), tmp_path, 40)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    for figure in ("distance", "pitch"):
        first, last = (np.mean([line[figure] for line in part]) for part in (lines[:5], lines[-5:]))
        assert last < 0.85 * first, figure  # neither can reach 0: noise differs from noise, classes overlap


@pytest.mark.parametrize("settings", [{}, pytest.param({"adversarial": 1.0, "matching": 2.0}, marks=pytest.mark.slow)])
def test_two_halves_equal_the_whole_to_the_last_bit(tones, tmp_path, settings):
    whole, half, rest = (make_task(tones, **settings) for _ in range(3))
    run(whole, tmp_path / "whole", 4)
    run(half, tmp_path / "halves", 2)
    run(rest, tmp_path / "halves", 4)
    for a, b in zip(state(whole), state(rest), strict=True):
        assert torch.equal(a, b)
    assert not any(
        torch.equal(a, b) for a, b in zip(whole.network.parameters(), half.network.parameters(), strict=True)
    )


def test_trained_and_published_by_the_command_it_speaks_through_the_door(tones_folder, tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "checkpoints"))
    vocoder._load.cache_clear()
    with pytest.raises(ValueError, match="no checkpoint called 'audio-vocoder'"):
        vocoder.vocode(np.zeros((MELS, 10), np.float32))
    size = ["--width=32", "--blocks=3", "--batch=2", "--segment=4096"]
    rhythm = ["--steps=2", "--evaluate-every=2", "--sample-every=2", "--adversarial=1", "--publish"]
    place = [f"--data={tones_folder}", f"--run={tmp_path / 'run'}"]
    assert cli.main(["train", "audio", "--model", "vocoder", *size, *rhythm, *place]) == 0
    assert {p.suffix for p in (tmp_path / "run" / "samples").iterdir()} == {".webp", ".ogg"}
    card = checkpoint.read_card(vocoder.NAME)
    assert (card["config"]["width"], card["config"]["blocks"]) == (32, 3)
    assert card["data"]["tones"]["licences"] == {"own": card["data"]["tones"]["clips"]}
    assert card["training"]["segments"] == 4 and card["training"]["held_out"]["score"] > 0

    spectrogram = analyse(voice(140, 8.0))
    found = vocoder.vocode(spectrogram)
    assert found.dtype == np.float32 and len(found) == HOP * (spectrogram.shape[1] - 1)
    assert np.array_equal(found, vocoder.vocode(spectrogram))
    parts = list(vocoder.stream(np.array_split(spectrogram, 9, 1)))
    # Rounding of the pitch adds up in the phase of the highest harmonics.
    assert len(parts) > 5 and np.abs(np.concatenate(parts) - found).max() < 0.03 * np.abs(found).max()
    assert len(vocoder.vocode(spectrogram[:, :2])) == HOP
    vocoder._load.cache_clear()


@pytest.mark.parametrize(
    ("spectrogram", "words"),
    [
        (np.zeros((80, 10)), "100 bands"),
        (np.zeros(100), "100 bands"),
        (np.full((100, 10), np.nan), "no numbers"),
        (np.zeros((100, 1)), "two frames or more"),
    ],
)
def test_what_is_no_spectrogram_is_refused(spectrogram, words, monkeypatch):
    monkeypatch.setattr(vocoder, "network", lively)
    with pytest.raises(ValueError, match=words):
        vocoder.vocode(spectrogram)


def test_settings_that_do_not_fit_are_refused(tones):
    with pytest.raises(ValueError, match="multiple of 256"):
        make_task(tones, segment=5_000)
    with pytest.raises(ValueError, match="no sound to learn from"):
        Segments([])
