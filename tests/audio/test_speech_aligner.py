"""The aligner on clips whose boundaries are known."""

import itertools

import numpy as np
import pytest

from genai_demo.audio.speech import aligner


def planted(rng: np.random.Generator, count: int, kinds: int):
    """Frames of ``kinds`` different sounds in random order, every clip with silence (kind 0) at both ends."""
    centres = rng.standard_normal((kinds, 8)) * 3
    clips, phones, durations = [], [], []
    for _ in range(count):
        said = np.concatenate([[0], rng.permutation(np.arange(1, kinds))[: rng.integers(2, 5)], [0]])
        lasts = rng.integers(3, 14, len(said))
        frames = np.repeat(centres[said], lasts, axis=0)
        clips.append((frames + rng.standard_normal(frames.shape)).astype(np.float32))
        phones.append(said)
        durations.append(lasts)
    return clips, phones, durations


def test_planted_boundaries_are_found():
    clips, phones, truth = planted(np.random.default_rng(0), 60, 8)
    found = aligner.align(clips, phones, 8)
    errors = [np.abs(np.cumsum(f) - np.cumsum(t))[:-1] for f, t in zip(found, truth, strict=True)]
    assert all(f.sum() == t.sum() and f.min() >= 1 for f, t in zip(found, truth, strict=True))
    assert np.mean(np.concatenate(errors)) < 0.5
    guess = [np.bincount(aligner._equal_parts(t.sum(), len(t)) // aligner.STATES) for t in truth]
    assert np.mean(np.concatenate([np.abs(np.cumsum(g) - np.cumsum(t))[:-1] for g, t in zip(guess, truth)])) > 2  # noqa: B905


def test_the_best_path_is_the_best_of_all():
    rng = np.random.default_rng(1)
    frames, states = 7, 6
    scores = rng.standard_normal((1, frames, states)).astype(np.float32)

    def allowed(path):
        steps = itertools.pairwise(path)
        return all(b - a in (0, 1) or (b - a == 2 and b % aligner.STATES == 2) for a, b in steps)

    ways = (p for p in itertools.product(range(states), repeat=frames) if p[0] == 0 and p[-1] == states - 1)
    best = max(filter(allowed, ways), key=lambda p: sum(scores[0, t, s] for t, s in enumerate(p)))
    (found,) = aligner.viterbi(scores, np.array([frames]), np.array([states]))
    assert tuple(found) == best


def test_padding_changes_nothing():
    rng = np.random.default_rng(2)
    scores = rng.standard_normal((1, 9, 6)).astype(np.float32)
    padded = np.full((2, 15, 12), aligner.IMPOSSIBLE, np.float32)
    padded[0, :9, :6] = scores
    padded[1] = rng.standard_normal((15, 12))
    alone = aligner.viterbi(scores, np.array([9]), np.array([6]))[0]
    assert np.array_equal(alone, aligner.viterbi(padded, np.array([9, 15]), np.array([6, 12]))[0])


def test_a_clip_too_short_for_its_phones_is_a_sentence():
    with pytest.raises(ValueError, match="cannot hold 3 phones"):
        aligner.align([np.zeros((5, 4), np.float32)], [np.array([0, 1, 0])], 2)


def test_cepstra_have_slopes():
    mel = np.outer(np.arange(10), np.ones(100)).astype(np.float32)
    found = aligner.cepstra(mel)
    assert found.shape == (10, 2 * aligner.CEPSTRA)
    assert np.allclose(found[3:7, aligner.CEPSTRA], found[4, 0] - found[3, 0], rtol=1e-4)
