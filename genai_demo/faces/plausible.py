"""Where real faces lie in the latent space, and how an edit is held among them.

The codes of real faces fill an ellipsoid; outside it the decoders were never trained, and faces fall apart. How far
out a code lies is the distance of Mahalanobis, divided by the square root of the number of dimensions: 1 is typical.

Not every dimension counts. A VAE draws the code of a face as a mean plus noise, and in most directions there is hardly
anything but noise, which would drown what an edit does: only those are looked at in which faces differ.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from genai_demo.faces.latents import Latent

SIGNAL = 0.25
"""Share of the variance of the codes that is between faces, in a direction that counts."""
INSIDE = 0.97
"""Share of the codes of real faces that lies within the edge."""


@dataclass(frozen=True)
class Ellipsoid:
    """The codes of real faces in the directions that count."""

    centre: np.ndarray
    """(Z,), their mean."""
    whitening: np.ndarray
    """(Z, K): ``(code - centre) @ whitening`` has the covariance 1."""
    edge: float
    """Distance within which ``INSIDE`` of them lie."""

    def whitened(self, styles: np.ndarray) -> np.ndarray:
        """Styles (L, Z) in deviations of real faces, scaled so that the norm of a row is its distance: (L, K)."""
        return (styles - self.centre) @ self.whitening / np.sqrt(self.whitening.shape[1])

    def distance(self, styles: np.ndarray) -> float:
        """Of styles (L, Z), the farthest row: about 1 for a real face."""
        return float(np.linalg.norm(self.whitened(styles), axis=1).max())

    def as_json(self) -> dict[str, Any]:
        """For a card; ``from_json`` reads it."""
        return {
            "centre": [round(float(v), 5) for v in self.centre],
            "whitening": [[round(float(v), 4) for v in column] for column in self.whitening.T],
            "edge": round(self.edge, 4),
        }

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> "Ellipsoid":
        """Raises KeyError, TypeError or ValueError where it does not come from ``as_json``."""
        whitening = np.asarray(found["whitening"], np.float32).T
        return cls(np.asarray(found["centre"], np.float32), whitening, float(found["edge"]))


def fit(means: np.ndarray, log_variances: np.ndarray, seed: int = 0) -> Ellipsoid:
    """The ellipsoid of faces whose codes have these means and log variances, (N, Z) each.

    The directions are generalised eigenvectors: of the covariance of the means against that of the codes drawn around
    them. The one that differs most counts in any case. Raises ValueError for fewer faces than dimensions.
    """
    if len(means) <= means.shape[1]:
        raise ValueError("Too few faces to see how their codes are spread.")
    centre = means.mean(0)
    between = np.cov(means, rowvar=False)
    inverse = np.linalg.inv(np.linalg.cholesky(between + np.diag(np.exp(log_variances).mean(0))))
    shares, directions = np.linalg.eigh(inverse @ between @ inverse.T)  # ascending
    counted = max(1, int((shares >= SIGNAL).sum()))
    whitening = (inverse.T @ directions)[:, ::-1][:, :counted]
    noise = np.random.default_rng(seed).normal(size=means.shape) * np.exp(log_variances / 2)
    unfinished = Ellipsoid(centre.astype(np.float32), whitening.astype(np.float32), 0.0)
    distances = np.linalg.norm(unfinished.whitened(means + noise), axis=1)
    return replace(unfinished, edge=float(np.quantile(distances, INSIDE)))


def hold(before: Latent, after: Latent, faces: Ellipsoid) -> Latent:
    """The edited latent, or where the way to it leaves the region of real faces.

    A face that lies outside already, such as an upload, may go where it is no farther out than it was.
    """
    start, way = faces.whitened(before.styles), faces.whitened(after.styles) - faces.whitened(before.styles)
    limit = np.maximum(faces.edge, np.linalg.norm(start, axis=1))
    # |start + t way| = limit, the later solution, for every layer
    a, b, c = (way * way).sum(1), 2 * (start * way).sum(1), (start * start).sum(1) - limit**2
    root = np.sqrt(np.maximum(b * b - 4 * a * c, 0))
    share = np.divide(root - b, 2 * a, out=np.full(len(a), np.inf), where=a > 1e-12).min()
    if share >= 1:
        return after
    return replace(after, styles=(before.styles + max(share, 0) * (after.styles - before.styles)).astype(np.float32))
