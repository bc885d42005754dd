"""Training of the VAE, the classifier and the encoder."""

import numpy as np
import pytest
import torch

from genai_demo.faces.encoders import ATTRIBUTES, VAE
from genai_demo.faces.model import Generator
from genai_demo.faces.train_encoders import (
    INVERTED,
    LABELS,
    ClassifierTask,
    EncoderSettings,
    EncoderTask,
    VAETask,
    label_matrix,
)
from tests.faces.tiny import ENCODER, GAN, VARIATIONAL, pictures
from tests.faces.training import run_steps, weights


def test_the_vae_learns_eight_pictures(no_features):
    settings = EncoderSettings(batch=8, rate=0.04, perceptual=0.0, beta=0.1)
    task = VAETask(VARIATIONAL, settings, pictures(8), pictures(4))
    losses = [f["loss"] for f in run_steps(task, 50)]
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:3])
    figures = task.evaluate()
    expected = figures["held_out_reconstruction"] + 0.1 * figures["held_out_kl"] / 2000
    assert figures["score"] == pytest.approx(expected, rel=1e-3)


def test_a_larger_beta_keeps_the_posterior_closer_to_the_prior(no_features):
    found = []
    for beta in (0.0, 300.0):
        settings = EncoderSettings(batch=8, rate=0.02, beta=beta, perceptual=0.0)
        found.append(run_steps(VAETask(VARIATIONAL, settings, pictures(8), pictures(4)), 15)[-1]["kl"])
    assert found[1] < found[0]


def labels_of(images: torch.Tensor) -> torch.Tensor:
    """Twelve made-up labels, all the same simple property; the last ones unknown for some."""
    values = images.float().mean((1, 2, 3)) / 25
    labels = values[:, None].repeat(1, len(ATTRIBUTES))
    labels[::2, 5:] = float("nan")
    return labels


def test_the_classifier_learns_despite_unknown_labels():
    images, held_out = pictures(64), pictures(24, seed=1)
    task = ClassifierTask(
        ENCODER, EncoderSettings(batch=16, rate=0.01, average_steps=3), images, held_out, labels_of(images),
        labels_of(held_out),
    )  # fmt: skip
    losses = [f["loss"] for f in run_steps(task, 40)]
    assert np.mean(losses[-5:]) < np.mean(losses[:5])
    figures = task.evaluate()
    assert set(figures) == {"score", *(f"r_{name}" for name in ATTRIBUTES)}
    assert figures["score"] < 1


def test_mirrored_faces_look_the_other_way():
    images = pictures(8)
    labels = torch.randn(8, len(ATTRIBUTES)) + 3
    task = ClassifierTask(ENCODER, EncoderSettings(batch=8), images, images, labels, labels)
    yaw = ATTRIBUTES.index("yaw")
    mirrored = task.labels * task.mirror + task.mirrored_mean
    restored = mirrored * task.deviation + task.mean
    torch.testing.assert_close(restored[:, yaw], -labels[:, yaw], rtol=1e-4, atol=1e-4)
    others = [i for i in range(len(ATTRIBUTES)) if i != yaw]
    torch.testing.assert_close(restored[:, others], labels[:, others], rtol=1e-4, atol=1e-4)


def test_the_encoder_trains_and_leaves_the_generator_alone(no_features):
    torch.manual_seed(0)
    generator = Generator(GAN)
    task = EncoderTask(generator, EncoderSettings(batch=4), pictures(8), pictures(4))
    before = weights(generator), weights(task.network)
    figures = run_steps(task, 2)
    assert {"loss", "style", "picture", "features"} <= set(figures[0])
    assert torch.equal(weights(generator), before[0])
    assert not torch.equal(weights(task.network), before[1])
    assert np.isfinite(task.evaluate()["score"])


def test_labels_are_put_in_order():
    columns = {column: np.array([i, np.nan], np.float32) for i, column in enumerate(LABELS.values())}
    matrix = label_matrix(columns)
    signs = [-1 if name in INVERTED else 1 for name in ATTRIBUTES]
    assert matrix[0].tolist() == [sign * list(LABELS).index(n) for n, sign in zip(ATTRIBUTES, signs, strict=True)]
    assert matrix[1].isnan().all()
    del columns["yaw"]
    with pytest.raises(ValueError, match="no labels yaw"):
        label_matrix(columns)


def test_the_encoder_begins_as_the_vae(small_models, no_features):
    torch.manual_seed(0)
    vae = VAE(VARIATIONAL)
    with torch.no_grad():
        for parameter in vae.posterior.trunk.parameters():
            parameter.mul_(3.0)  # the scale inside means nothing
    x = pictures(3, seed=9).float() / 127.5 - 1
    codes = vae.encode(x)[0]
    task = EncoderTask(Generator(GAN), EncoderSettings(batch=4), pictures(8), pictures(4), vae)
    styles = task.network(x)
    torch.testing.assert_close(styles, codes[:, None].expand_as(styles), atol=1e-3, rtol=1e-3)


def test_the_prior_of_the_vae_is_fitted_to_its_codes(no_features):
    task = VAETask(VARIATIONAL, EncoderSettings(batch=4), pictures(2_000), pictures(4))
    with torch.no_grad():
        task.ema.target.posterior.to_latent.weight.mul_(3)
    torch.manual_seed(0)
    task.fit_prior()
    vae, faces = task.ema.target, pictures(2_000).float() / 127.5 - 1
    with torch.no_grad():
        mean, log_variance = vae.encode(faces)
        drawn = vae.from_noise(torch.randn(20_000, VARIATIONAL.latent))
    torch.testing.assert_close(drawn.mean(0), mean.mean(0), atol=0.1, rtol=0.1)
    wanted = torch.cov(mean.T) + log_variance.exp().mean(0).diag()
    torch.testing.assert_close(torch.cov(drawn.T), wanted, atol=0.2, rtol=0.2)
