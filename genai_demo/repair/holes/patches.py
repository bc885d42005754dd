"""A hole filled with what the picture has elsewhere: patches that fit, for textures and what repeats.

After Wexler et al. 2007 ("Space-time completion of video"): from coarse to fine, every patch that reaches into the hole
looks for the known patch that is most like it, and the pixels become means of what those patches say. Patches are
compared by their principal components, with many places of the picture and with what their neighbours found, moved
along (Barnes et al. 2009, PatchMatch).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from genai_demo.repair.holes.classical import reach_of, smooth

RADIUS = 3
"""Of a patch: 7 x 7 pixels."""
COMPONENTS = 20
ROUNDS, LAST_ROUNDS = 3, 2
"""Of searching and voting: at coarse scales, and where more than MANY patches look for another."""
MANY = 1_500
MARGIN = 64
"""Pixels around a hole in which patches are looked for; more around wide ones."""
SAMPLE = 6_000
"""Places that every patch is compared with."""
WIDEST = 64
"""Reach of a hole from which on nothing is searched: matches of the scale below are kept, twice as far apart."""
BATCH = 512
OFFSETS = np.array([(y, x) for y in range(-RADIUS, RADIUS + 1) for x in range(-RADIUS, RADIUS + 1)])
FADING = 1.3
"""By how much less a missing pixel is believed for every pixel that it lies further inside."""


def patches(picture: np.ndarray, hole: np.ndarray, seed: int = 0) -> np.ndarray:
    """The picture with its hole filled. picture: (H, W, 3) float32 in [0, 1]; hole: (H, W) bool.

    Where no whole patch is known, as in tiny pictures, the filling is smooth. seed: of where it searches.
    """
    if not hole.any():
        return picture
    rows, columns = np.flatnonzero(hole.any(1)), np.flatnonzero(hole.any(0))
    margin = max(MARGIN, 2 * reach_of(hole))
    box = (slice(max(0, rows[0] - margin), rows[-1] + 1 + margin),
           slice(max(0, columns[0] - margin), columns[-1] + 1 + margin))  # fmt: skip
    found = picture.copy()
    found[box] = _filled(picture[box], hole[box], np.random.default_rng(seed))
    return found


def _filled(picture: np.ndarray, hole: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    levels = [(picture, hole)]
    while reach_of(levels[-1][1]) > 2 and min(levels[-1][1].shape) >= 8 * RADIUS:
        levels.append(_halved(*levels[-1]))
    while levels and not _sources(levels[-1][1]).any():
        levels.pop()
    filled = smooth(*(levels or [(picture, hole)])[-1])
    match = None
    for part, gone in reversed(levels):
        larger = cv2.resize(filled, (gone.shape[1], gone.shape[0]), interpolation=cv2.INTER_LINEAR)
        scale = _Scale.of(np.where(gone[..., None], larger, part), gone, rng)
        filled, match = scale.fitted(match)
    return filled


def _halved(picture: np.ndarray, hole: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Half as large, means over the known pixels; a pixel is missing where most of it is."""
    height, width = hole.shape
    size = ((width + 1) // 2, (height + 1) // 2)
    known = (~hole).astype(np.float32)
    share = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
    total = cv2.resize(picture * known[..., None], size, interpolation=cv2.INTER_AREA)
    return total / np.maximum(share, 1e-3)[..., None], share < 0.5


def _touched(hole: np.ndarray) -> np.ndarray:
    """Centres of patches that reach into the hole."""
    side = 2 * RADIUS + 1
    return cv2.dilate(hole.astype(np.uint8), np.ones((side, side), np.uint8)) > 0


def _sources(hole: np.ndarray) -> np.ndarray:
    """Centres of patches that are wholly known and within the picture."""
    free = ~_touched(hole)
    free[:RADIUS] = free[-RADIUS:] = False
    free[:, :RADIUS] = free[:, -RADIUS:] = False
    return free


@dataclass
class _Scale:
    """One scale of a picture that is being filled."""

    padded: np.ndarray
    """(H + 2 RADIUS, W + 2 RADIUS, 3), its border mirrored."""
    hole: np.ndarray
    free: np.ndarray
    """(H, W) bool: centres of patches that may be copied."""
    targets: np.ndarray
    """(N, 2): centres of patches that reach into the hole."""
    rng: np.random.Generator

    @classmethod
    def of(cls, picture: np.ndarray, hole: np.ndarray, rng: np.random.Generator) -> "_Scale":
        edge = ((RADIUS, RADIUS), (RADIUS, RADIUS), (0, 0))
        return cls(np.pad(picture, edge, "symmetric"), hole, _sources(hole), np.argwhere(_touched(hole)), rng)

    def fitted(self, match: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        """The picture after rounds of search and vote, and (H, W, 2): which centre every target's patch is like.

        match: the same of the scale below.
        """
        best = None if match is None else self._legal(_doubled(match, self.targets))
        if best is not None and reach_of(self.hole) > WIDEST:
            self._vote(best, np.zeros(len(best), np.float32))
        else:
            best = self._searched(best)
        nearest = np.zeros((*self.hole.shape, 2), np.int64)
        nearest[tuple(self.targets.T)] = best
        return self.padded[RADIUS:-RADIUS, RADIUS:-RADIUS].copy(), nearest

    def _searched(self, best: np.ndarray | None) -> np.ndarray:
        sources = np.argwhere(self.free)
        axes = self._axes(sources)
        features = self._everywhere(axes)
        sample = sources[self.rng.choice(len(sources), min(SAMPLE, len(sources)), replace=False)]
        for _ in range(LAST_ROUNDS if len(self.targets) > MANY else ROUNDS):
            here = self._values(self.targets) @ axes
            found, distance = _most_alike(here, features[tuple(sample.T)])
            current = sample[found]
            if best is not None:
                self._take(best, np.arange(len(best)), here, features, current, distance)
            for _ in range(2):
                self._take_from_neighbours(here, features, current, distance)
            best = current
            self._vote(best, distance)
        assert best is not None
        return best

    def _values(self, centres: np.ndarray) -> np.ndarray:
        """(N, 147): the pixels of patches."""
        places = (centres[:, None] + OFFSETS + RADIUS) @ (self.padded.shape[1], 1)
        return self.padded.reshape(-1, 3)[places].reshape(len(centres), -1)

    def _axes(self, sources: np.ndarray) -> np.ndarray:
        """(147, COMPONENTS): the directions in which patches of this picture differ most."""
        some = self._values(sources[self.rng.integers(len(sources), size=2_000)])
        some = some - some.mean(0)
        return np.linalg.eigh(some.T @ some)[1][:, -COMPONENTS:].astype(np.float32)

    def _everywhere(self, axes: np.ndarray) -> np.ndarray:
        """(H, W, COMPONENTS) of the patch around every pixel."""
        height, width = self.hole.shape
        found = np.empty((height, width, axes.shape[1]), np.float32)
        columns = np.arange(width)
        step = max(1, 20_000 // width)
        for top in range(0, height, step):
            rows = np.arange(top, min(height, top + step))
            centres = np.stack(np.meshgrid(rows, columns, indexing="ij"), -1).reshape(-1, 2)
            found[rows] = (self._values(centres) @ axes).reshape(len(rows), width, -1)
        return found

    def _take(
        self, places: np.ndarray, which: np.ndarray, here: np.ndarray, features: np.ndarray, best: np.ndarray,
        distance: np.ndarray,
    ) -> None:  # fmt: skip
        """Try places (M, 2) for the targets ``which`` (M,), and keep in ``best`` and ``distance`` what is better."""
        inside = (places >= 0).all(1) & (places < self.hole.shape).all(1)
        places, which = places[inside], which[inside]
        right = self.free[tuple(places.T)]
        places, which = places[right], which[right]
        apart = np.square(here[which] - features[tuple(places.T)]).sum(1)
        better = apart < distance[which]
        best[which[better]], distance[which[better]] = places[better], apart[better]

    def _take_from_neighbours(
        self, here: np.ndarray, features: np.ndarray, best: np.ndarray, distance: np.ndarray
    ) -> None:
        number = np.full(np.array(self.hole.shape) + 2, -1)
        number[tuple(self.targets.T + 1)] = np.arange(len(self.targets))
        for step in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            neighbour = number[tuple((self.targets + 1 + step).T)]
            which = np.flatnonzero(neighbour >= 0)
            self._take(best[neighbour[which]] - step, which, here, features, best, distance)

    def _legal(self, best: np.ndarray) -> np.ndarray:
        """Centres that may be copied; others are thrown anew."""
        best = np.clip(best, 0, np.array(self.hole.shape) - 1)
        bad = ~self.free[tuple(best.T)]
        sources = np.argwhere(self.free)
        best[bad] = sources[self.rng.integers(len(sources), size=int(bad.sum()))]
        return best

    def _vote(self, best: np.ndarray, distance: np.ndarray) -> None:
        """Every missing pixel as the mean of what the patches over it say, those that fit well counting more."""
        width = self.padded.shape[1]
        gone = np.pad(self.hole, RADIUS)
        depth = cv2.distanceTransform(gone.astype(np.uint8), cv2.DIST_L2, 3)
        scale = 2 * max(float(np.quantile(distance, 0.75)), 1e-6)
        say = np.exp(-distance / scale) * FADING ** -depth[tuple(self.targets.T + RADIUS)]
        flat = self.padded.reshape(-1, 3)
        target = ((self.targets[:, None] + OFFSETS + RADIUS) @ (width, 1)).ravel()
        source = ((best[:, None] + OFFSETS + RADIUS) @ (width, 1)).ravel()
        share = np.repeat(say, len(OFFSETS))
        total = np.bincount(target, share, len(flat)).clip(min=1e-12)
        voted = np.stack([np.bincount(target, share * flat[source, c], len(flat)) for c in range(3)], 1)
        mean = (voted / total[:, None]).astype(np.float32)
        self.padded = np.where(gone[..., None], mean.reshape(self.padded.shape), self.padded)


def _doubled(match: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Matches of the scale below, brought to this one."""
    half = np.minimum(targets // 2, np.array(match.shape[:2]) - 1)
    return 2 * match[half[:, 0], half[:, 1]] + targets % 2


def _most_alike(here: np.ndarray, there: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For (N, C) the nearest of (M, C): (N,) numbers and (N,) squared distances."""
    squares = np.square(there).sum(1)
    best, distance = np.zeros(len(here), np.int64), np.zeros(len(here), np.float32)
    for start in range(0, len(here), BATCH):
        part = here[start : start + BATCH]
        apart = squares - 2 * (part @ there.T)
        best[start : start + BATCH] = apart.argmin(1)
        distance[start : start + BATCH] = apart.min(1) + np.square(part).sum(1)
    return best, distance.clip(min=0)
