"""The networks of the acoustic model."""

import pytest
import torch

from genai_demo.audio.speech.model import Harmonics, PatchJudge, Phones, Prosody, SpeechModel, glide, regulate
from tests.audio.tiny_speech import CONFIG


@pytest.fixture(scope="module")
def model() -> SpeechModel:
    """Random weights everywhere: fresh branches are zero and would hide what they do."""
    torch.manual_seed(0)
    found = SpeechModel(CONFIG).eval().requires_grad_(False)
    for parameter in found.parameters():
        if parameter.ndim > 1:
            parameter.normal_(0, parameter[0].numel() ** -0.5)
    return found


def phones(count: int, batch: int = 1) -> Phones:
    draw = torch.Generator().manual_seed(count)
    numbers = (torch.randint(high, (batch, count), generator=draw) for high in (CONFIG.symbols, CONFIG.marks, 2, 4, 3))
    *numbers, speaker = numbers
    return Phones(*numbers, torch.nn.functional.one_hot(speaker, CONFIG.speakers).float(), torch.ones(batch, count))


def say(model, said, frames, noise=None):
    pitch = torch.linspace(-1, 1, frames.shape[1]).expand(frames.shape)
    noise = torch.zeros(len(frames), int(frames.sum(1).max()), CONFIG.noise) if noise is None else noise
    return model(said, given(pitch, -pitch), frames, noise)


def given(pitch, energy) -> Prosody:
    return Prosody(torch.zeros_like(pitch), pitch, energy, torch.zeros(*pitch.shape, 3))


def test_the_length_regulator_is_exact():
    phone, within, mask = regulate(torch.tensor([[2, 1, 3], [1, 4, 0]]), 7)
    assert phone[0, :6].tolist() == [0, 0, 1, 2, 2, 2] and within[0, :6].tolist() == [0, 1, 0, 0, 1, 2]
    assert phone[1, :5].tolist() == [0, 1, 1, 1, 1] and within[1, :5].tolist() == [0, 0, 1, 2, 3]
    assert mask.tolist() == [[1] * 6 + [0], [1] * 5 + [0] * 2]


def test_shapes_and_size(model):
    said, frames = phones(5, batch=2), torch.tensor([[3, 4, 5, 2, 2], [1, 1, 6, 1, 1]])
    spoken = say(model, said, frames)
    assert spoken.mean.shape == spoken.refined.shape == (2, 16, CONFIG.mels)
    assert spoken.prosody.pitch.shape == (2, 5) and spoken.mask.sum().item() == 26
    assert bool((spoken.refined[1, 10:] == 0).all())


def test_a_padded_batch_says_the_same_as_one_alone(model):
    short, long = phones(4), phones(9)
    frames = torch.tensor([[2, 5, 3, 4]])
    alone = say(model, short, frames)
    both = Phones(*(torch.zeros(2, 9, *x.shape[2:], dtype=x.dtype) for x in vars(short).values()))
    for name, value in vars(short).items():
        getattr(both, name)[0, :4] = value[0]
        getattr(both, name)[1] = getattr(long, name)[0]
    padded = torch.zeros(2, 9, dtype=torch.long)
    padded[0, :4], padded[1] = frames[0], 2
    pitch = torch.linspace(-1, 1, 4)
    together = torch.zeros(2, 9)
    together[0, :4] = pitch
    spoken = model(both, given(together, -together), padded, torch.zeros(2, 18, CONFIG.noise))
    assert torch.allclose(spoken.refined[0, :14], alone.refined[0], atol=1e-4)
    assert torch.allclose(spoken.prosody.log_frames[0, :4], alone.prosody.log_frames[0], atol=1e-4)


def test_a_bent_duration_changes_the_sound_near_its_phone_only(model):
    said = phones(40)
    frames = torch.full((1, 40), 6)
    longer = frames.clone()
    longer[0, 20] += 3
    before, after = say(model, said, frames).refined[0], say(model, said, longer).refined[0]
    assert len(after) == len(before) + 3
    reach = 3 * (CONFIG.decoder_layers + CONFIG.refiner_layers)
    start, end = 20 * 6, 21 * 6
    assert torch.allclose(before[: start - reach], after[: start - reach], atol=1e-5)
    assert torch.allclose(before[end + reach :], after[end + reach + 3 :], atol=1e-5)
    assert not torch.allclose(before[start:end], after[start:end], atol=1e-2)


def test_pitch_and_energy_of_one_phone_are_heard_near_it_only(model):
    said, frames = phones(40), torch.full((1, 40), 6)
    hidden, _ = model.prosody(said)
    zero, noise = torch.zeros(1, 40), torch.zeros(1, 240, CONFIG.noise)
    bent = zero.clone()
    bent[0, 20] = 2
    plain = model.render(hidden, said.speaker, given(zero, zero), frames, noise)[1][0]
    for pitch, energy in ((bent, zero), (zero, bent)):
        changed = (model.render(hidden, said.speaker, given(pitch, energy), frames, noise)[1][0] - plain).abs().amax(
            1
        ) > 1e-5
        assert bool(changed[120:126].all()) and not bool(changed[:90].any()) and not bool(changed[160:].any())


def test_the_melody_of_a_phone_is_a_broken_line_and_lights_its_harmonics():
    done = torch.tensor([[1 / 6, 1 / 2, 5 / 6, 2 / 3]])
    points = torch.tensor([1.0, 2.0, 0.0]).expand(1, 4, 3)
    assert torch.allclose(glide(points, done), torch.tensor([[1.0, 2.0, 0.0, 1.0]]), atol=1e-5)
    comb = Harmonics(100)
    found = comb(torch.tensor([[200.0]]).log())[0, 0]
    low = comb.centres < 1500
    tooth = (comb.centres / 200 - (comb.centres / 200).round()).abs()
    assert float(found[low & (tooth < 0.1)].min()) > 0.6 and float(found[low & (tooth > 0.4)].max()) < -0.6
    assert float(found[comb.centres > 9000].abs().max()) < 0.1


def test_the_refiner_leaves_the_decoder_alone(model):
    net = SpeechModel(CONFIG)
    torch.nn.init.normal_(net.refiner.out.weight)
    spoken = say(net, phones(5), torch.full((1, 5), 3), torch.randn(1, 15, CONFIG.noise))
    spoken.refined.sum().backward()
    assert all(p.grad is None for part in (net.encoder, net.decoder, net.predictor) for p in part.parameters())
    assert net.refiner.enter.weight.grad is not None


def test_mels_are_standardised_and_back(model):
    net = SpeechModel(CONFIG)
    net.mel_mean.fill_(-4.0)
    net.mel_scale.fill_(2.0)
    mel = torch.randn(2, 7, CONFIG.mels)
    assert torch.allclose(net.standardised(net.to_log_mel(mel)), mel, atol=1e-5)
    assert float(net.to_log_mel(torch.zeros(CONFIG.mels)).mean()) == -4


def test_the_judge_sees_patches():
    opinion, seen = PatchJudge(8)(torch.randn(2, 96, 100))
    assert opinion.shape == (2, 1, 12, 7) and len(seen) == 4
