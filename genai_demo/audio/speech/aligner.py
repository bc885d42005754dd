"""Where each phone begins: a hidden Markov model of phones, learnt from the clips themselves.

Needs only what was said, not when. Every phone is a chain of three states, every state one Gaussian
with a diagonal covariance over mel-cepstra; the first guess cuts each clip into equal parts, and from
then on the best path (Viterbi) and the Gaussians improve each other (hard expectation-maximisation,
also called Viterbi training: Rabiner 1989, section VI). Same clips, same result.
"""

from collections.abc import Sequence

import numpy as np

STATES = 3
"""Of a phone; the middle one may be left out, so a phone lasts two frames at least."""
CEPSTRA = 13
VARIANCE_FLOOR = 0.05
"""Of the variance over all frames: no state may become surer than that."""
CLIPS_AT_ONCE = 256
IMPOSSIBLE = -1e9


def cepstra(mel: np.ndarray) -> np.ndarray:
    """Mel-cepstra with their slopes: log-mel (T, bands) -> (T, 2 CEPSTRA) float32."""
    bands = mel.shape[1]
    basis = np.cos(np.pi / bands * np.outer(np.arange(bands) + 0.5, np.arange(CEPSTRA))) * np.sqrt(2 / bands)
    found = mel.astype(np.float32) @ basis.astype(np.float32)
    padded = np.pad(found, ((2, 2), (0, 0)), mode="edge")
    slopes = (2 * (padded[4:] - padded[:-4]) + padded[3:-1] - padded[1:-3]) / 10
    return np.concatenate([found, slopes], 1)


def align(clips: Sequence[np.ndarray], phones: Sequence[np.ndarray], kinds: int, rounds: int = 12) -> list[np.ndarray]:
    """Frames of every phone of every clip.

    clips: features (T, D) each. phones: what is said in each, (N,) numbers below ``kinds``.
    -> (N,) int64 each, all at least 1, their sum T.
    Raises ValueError for a clip with fewer than two frames a phone.
    """
    for clip, said in zip(clips, phones, strict=True):
        if len(clip) < 2 * len(said) or not len(said):
            raise ValueError(f"A clip of {len(clip)} frames cannot hold {len(said)} phones. Leave it out.")
    frames = np.concatenate(clips).astype(np.float32)
    floor = VARIANCE_FLOOR * frames.var(0)
    paths = [_equal_parts(len(clip), len(said)) for clip, said in zip(clips, phones, strict=True)]
    for _ in range(rounds):
        states = np.concatenate([_state_names(said)[path] for said, path in zip(phones, paths, strict=True)])
        means, variances = _gaussians(frames, states, kinds * STATES, floor)
        paths = _best_paths(clips, phones, means, variances)
    return [np.bincount(path // STATES, minlength=len(said)) for said, path in zip(phones, paths, strict=True)]


def _equal_parts(frames: int, phones: int) -> np.ndarray:
    """The first guess: (T,) places in the chain of states."""
    return np.arange(frames) * (phones * STATES) // frames


def _state_names(phones: np.ndarray) -> np.ndarray:
    """The states of a clip's chain: (N,) -> (N STATES,), numbers below kinds * STATES."""
    return (np.asarray(phones)[:, None] * STATES + np.arange(STATES)).ravel()


def _gaussians(frames: np.ndarray, states: np.ndarray, count: int, floor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of every state's frames, (count, D) each; those of all frames where it has too few."""
    seen = np.bincount(states, minlength=count)[:, None]
    sums = np.stack([np.bincount(states, column, count) for column in frames.T], 1)
    squares = np.stack([np.bincount(states, column**2, count) for column in frames.T], 1)
    means = sums / np.maximum(seen, 1)
    variances = np.maximum(squares / np.maximum(seen, 1) - means**2, floor)
    rare = seen < 4
    return np.where(rare, frames.mean(0), means), np.where(rare, frames.var(0) + floor, variances)


def _best_paths(
    clips: Sequence[np.ndarray], phones: Sequence[np.ndarray], means: np.ndarray, variances: np.ndarray
) -> list[np.ndarray]:
    """The likeliest way of every clip through its chain: (T,) places each. Similar lengths go together."""
    paths: list[np.ndarray] = [np.empty(0, np.int64)] * len(clips)
    constant = -0.5 * (np.log(variances) + means**2 / variances).sum(1)
    order = np.argsort([len(clip) for clip in clips], kind="stable")
    for first in range(0, len(order), CLIPS_AT_ONCE):
        chosen = order[first : first + CLIPS_AT_ONCE]
        lengths = np.array([len(clips[i]) for i in chosen])
        chains = np.array([len(phones[i]) * STATES for i in chosen])
        scores = np.full((len(chosen), lengths.max(), chains.max()), IMPOSSIBLE, np.float32)
        for row, i in enumerate(chosen):
            x = clips[i].astype(np.float32)
            likelihood = constant - 0.5 * (x**2) @ (1 / variances).T + x @ (means / variances).T
            scores[row, : len(x), : chains[row]] = likelihood[:, _state_names(phones[i])]
        for row, path in enumerate(viterbi(scores, lengths, chains)):
            paths[chosen[row]] = path
    return paths


def viterbi(scores: np.ndarray, lengths: np.ndarray, chains: np.ndarray) -> list[np.ndarray]:
    """Best monotonic paths. scores: (B, T, S) log-likelihoods; lengths and chains: frames and states of each.

    A step stays, goes on by one state, or leaves out the middle state of a phone; a path starts in
    the first state of its first phone and ends in the last of its last.
    """
    batch, frames, states = scores.shape
    skip = np.where(np.arange(states) % STATES == STATES - 1, 0.0, IMPOSSIBLE).astype(np.float32)
    steps = np.zeros((batch, frames, states), np.int8)
    total = np.full((batch, states), IMPOSSIBLE, np.float32)
    total[:, 0] = scores[:, 0, 0]
    for t in range(1, frames):
        ways = np.full((3, batch, states), IMPOSSIBLE, np.float32)
        ways[0], ways[1, :, 1:], ways[2, :, 2:] = total, total[:, :-1], total[:, :-2]
        ways[2] += skip
        steps[:, t] = ways.argmax(0)
        total = ways.max(0) + scores[:, t]
    paths = []
    for row, (length, chain) in enumerate(zip(lengths, chains, strict=True)):
        path = np.empty(length, np.int64)
        path[-1] = chain - 1
        for t in range(length - 1, 0, -1):
            path[t - 1] = path[t] - steps[row, t, path[t]]
        paths.append(path)
    return paths
