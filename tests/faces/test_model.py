"""The networks against their formulas, written out the slow way."""

import math

import pytest
import torch
import torch.nn.functional as F

from genai_demo.faces.encoders import (
    ATTRIBUTES,
    VAE,
    Classifier,
    Encoder,
    Posterior,
    draw,
    kl_divergence,
)
from genai_demo.faces.model import (
    Conv,
    Discriminator,
    GANConfig,
    Generator,
    Linear,
    Mapping,
    ModulatedConv,
    minibatch_deviation,
    upsample,
)
from tests.faces.tiny import ENCODER, GAN, SHAPE, VARIATIONAL, awake

LARGER = GANConfig(**SHAPE | {"resolution": 32}, latent=16)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.mark.parametrize("kernel", [1, 3])
@pytest.mark.parametrize("demodulate", [True, False])
def test_modulating_activations_equals_modulating_weights(kernel, demodulate):
    layer = awake(ModulatedConv(5, 7, kernel, 6, demodulate=demodulate))
    with torch.no_grad():
        layer.affine.bias.normal_()
    x, w = torch.randn(4, 5, 8, 8), torch.randn(4, 6)
    expected = []
    for picture, style in zip(x, w, strict=True):
        s = F.linear(style, layer.affine.weight / math.sqrt(6), layer.affine.bias)
        kernels = layer.conv.weight / math.sqrt(5 * kernel**2) * s[None, :, None, None]
        if demodulate:  # StyleGAN2, eq. 3, and the gain for the activation that follows
            kernels = math.sqrt(2) * kernels / (kernels.square().sum((1, 2, 3), keepdim=True) + 1e-8).sqrt()
        expected.append(F.conv2d(picture[None], kernels, padding=kernel // 2))
    torch.testing.assert_close(layer(x, w), torch.cat(expected), rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_layers_keep_unit_variance():
    assert Linear(256, 512)(torch.randn(512, 256)).std() == pytest.approx(1, abs=0.03)
    assert Conv(64, 64, 3)(torch.randn(8, 64, 16, 16))[:, :, 2:-2, 2:-2].std() == pytest.approx(1, abs=0.05)
    styled = ModulatedConv(64, 64, 3, 16)(torch.randn(8, 64, 16, 16), torch.randn(8, 16))
    assert styled[:, :, 2:-2, 2:-2].std() == pytest.approx(math.sqrt(2), abs=0.1)


def test_a_new_mapping_draws_from_the_gaussian_that_it_was_fitted_to():
    mapping, root = Mapping(GAN), torch.randn(GAN.latent, GAN.latent) / 4
    mapping.fit(3 + torch.randn(50_000, GAN.latent) @ root.T)
    w = mapping(torch.randn(20_000, GAN.latent))
    torch.testing.assert_close(w.mean(0), mapping.centre, atol=0.05, rtol=0)
    torch.testing.assert_close(torch.cov(w.T), root @ root.T, atol=0.1, rtol=0.05)
    mapping.measure_mean()
    torch.testing.assert_close(mapping.mean, mapping.centre, atol=0.1, rtol=0)


def test_a_prior_takes_the_shape_of_the_styles():
    mapping = Mapping(GAN)
    turn = torch.linalg.qr(torch.randn(GAN.latent, GAN.latent))[0]
    sides = torch.sign(torch.randn(5_000, GAN.latent)) * torch.linspace(1, 3, GAN.latent)
    mapping.fit((sides + 0.1 * torch.randn_like(sides)) @ turn)
    drawn = mapping.prior(torch.randn(5_000, GAN.latent)) @ turn.T
    torch.testing.assert_close(drawn.std(0), sides.std(0), atol=0.25, rtol=0)
    assert (drawn.abs() < 0.5).float().mean() < 0.1  # nothing is drawn between the sides
    assert drawn.abs().max() < 5


def test_mapping_forgets_the_length_of_z():
    mapping, z = Mapping(GAN), torch.randn(3, GAN.latent)
    torch.testing.assert_close(mapping(z), mapping(7 * z), rtol=1e-4, atol=1e-4)


def test_a_generator_that_grows_goes_on_where_it_stood():
    small, large = awake(Generator(GAN)), Generator(LARGER)
    missing, unexpected = large.load_state_dict(small.state_dict(), strict=False)
    assert all(name.startswith("blocks.2.") for name in missing)
    assert not unexpected
    ws = small.mapping(torch.randn(3, GAN.latent))[:, None].expand(-1, large.layers, -1)
    before = small.synthesis(ws[:, : small.layers])
    assert before.std() > 0.1
    torch.testing.assert_close(large.synthesis(ws, resolution=16), before)
    torch.testing.assert_close(large.synthesis(ws), upsample(before))


def test_a_discriminator_that_grows_goes_on_where_it_stood():
    small, large = awake(Discriminator(GAN)), Discriminator(LARGER)
    missing, unexpected = large.load_state_dict(small.state_dict(), strict=False)
    assert all(".32." in name for name in missing)
    assert not unexpected
    images = torch.randn(4, 3, 32, 32)
    before = small(F.avg_pool2d(images, 2))
    assert before.std() > 1e-3
    torch.testing.assert_close(large(images), before)


def test_new_skip_heads_are_silent_but_learn():
    generator, discriminator = Generator(LARGER), Discriminator(LARGER)
    fake = generator(torch.randn(4, LARGER.latent))
    assert not fake.any()
    discriminator(torch.randn(4, 3, 32, 32)).sum().backward()
    assert discriminator.from_rgb["32"].weight.grad.abs().sum() > 0
    (fake - 1).square().mean().backward()
    assert all(block.to_rgb.conv.weight.grad.abs().sum() > 0 for block in generator.blocks)


def test_styles_of_the_generator_act_where_they_should():
    generator = awake(Generator(GAN))
    assert generator.layers == 6
    ws = torch.randn(1, GAN.latent).expand(generator.layers, -1)[None].clone()
    images = [generator.synthesis(ws, resolution=8), generator.synthesis(ws)]
    ws[:, -1] += 1
    assert torch.equal(generator.synthesis(ws, resolution=8), images[0])
    assert not torch.equal(generator.synthesis(ws), images[1])


def test_noise_depends_on_its_seed_alone():
    generator = Generator(GAN)
    both, second = generator.make_noise([3, 4]), generator.make_noise([4])
    assert [tuple(n.shape) for n in both] == [(2, 1, s, s) for s in (4, 8, 8, 16, 16)]
    assert all(torch.equal(a[1:], b) for a, b in zip(both, second, strict=True))
    assert not torch.equal(both[0][0], both[0][1])


def test_noise_enters_with_its_strength():
    generator = awake(Generator(GAN))
    ws = torch.randn(2, generator.layers, GAN.latent)
    noise = generator.make_noise([1, 2])
    assert not torch.equal(generator.synthesis(ws, noise), generator.synthesis(ws))
    with torch.no_grad():
        for name, parameter in generator.named_parameters():
            if name.endswith("strength"):
                parameter.zero_()
    assert torch.equal(generator.synthesis(ws, noise), generator.synthesis(ws))


def test_truncation_is_a_line_through_the_mean():
    generator = Generator(GAN)
    generator.mapping.mean.normal_()
    w = torch.randn(2, GAN.latent)
    assert torch.equal(generator.truncate(w, 0.0), generator.mapping.mean.expand(2, -1))
    torch.testing.assert_close(generator.truncate(w, 1.0), w)


@pytest.mark.parametrize(("batch", "groups"), [(4, 4), (6, 3), (5, 1), (8, 4), (1, 1)])
def test_minibatch_deviation_by_hand(batch, groups):
    x = torch.randn(batch, 3, 2, 2)
    found = minibatch_deviation(x)
    assert found.shape == (batch, 1, 2, 2)
    for i in range(batch):
        members = x[i % (batch // groups) :: batch // groups]
        expected = (members.var(0, unbiased=False) + 1e-8).sqrt().mean()
        torch.testing.assert_close(found[i], expected.expand(1, 2, 2))


def test_discriminator_takes_every_smaller_side():
    discriminator = awake(Discriminator(LARGER))
    for side in (8, 16, 32):
        assert discriminator(torch.randn(3, 3, side, side)).shape == (3,)
        assert len(discriminator.features(torch.randn(1, 3, side, side))) == int(math.log2(side)) - 2


def test_kl_divergence_against_torch():
    mean, log_variance = torch.randn(5, 8), torch.randn(5, 8)
    q = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
    expected = torch.distributions.kl_divergence(q, torch.distributions.Normal(0.0, 1.0)).sum(1).mean()
    torch.testing.assert_close(kl_divergence(mean, log_variance), expected)
    assert kl_divergence(torch.zeros(2, 3), torch.zeros(2, 3)) == 0


def test_draw_has_the_asked_mean_and_variance_and_passes_gradients():
    mean = torch.tensor([[1.0, -2.0]]).expand(40_000, 2).clone().requires_grad_(True)
    log_variance = torch.tensor([[0.0, 1.0]]).expand(40_000, 2).clone().requires_grad_(True)
    drawn = draw(mean, log_variance)
    torch.testing.assert_close(drawn.mean(0), mean[0], atol=0.05, rtol=0)
    torch.testing.assert_close(drawn.var(0), log_variance[0].exp(), atol=0.1, rtol=0)
    drawn.sum().backward()
    assert (mean.grad == 1).all()
    assert log_variance.grad.abs().sum() > 0


def test_vae_and_posterior_shapes_and_bounds():
    vae, images = VAE(VARIATIONAL), torch.randn(3, 3, 16, 16)
    decoded, mean, log_variance = vae(images)
    assert decoded.shape == images.shape
    assert mean.shape == log_variance.shape == (3, VARIATIONAL.latent)
    _, extreme = Posterior(VARIATIONAL)(1000 * images)
    assert extreme.min() >= -12
    assert extreme.max() <= 4


def test_truncation_of_the_vae_pulls_towards_the_average_code():
    vae = VAE(VARIATIONAL)
    vae.centre.fill_(2)
    z = vae.from_noise(torch.randn(3, VARIATIONAL.latent))
    assert torch.equal(vae.truncate(z, 0.0), vae.centre.expand(3, -1))
    torch.testing.assert_close(vae.truncate(z, 1.0), z)


def test_a_new_encoder_stays_in_w():
    encoder = Encoder(ENCODER)
    encoder.to_style.bias.data.fill_(2)
    styles = encoder(torch.randn(3, 3, 16, 16))
    assert styles.shape == (3, Generator(GAN).layers, GAN.latent)
    assert torch.equal(styles, styles[:, :1].expand_as(styles))
    assert styles.mean().item() == pytest.approx(2, abs=1)


def test_classifier_scores_and_unit_embeddings():
    classifier, images = Classifier(ENCODER), torch.randn(3, 3, 16, 16)
    assert classifier(images).shape == (3, len(ATTRIBUTES))
    torch.testing.assert_close(classifier.embed(images).norm(dim=1), torch.ones(3))
