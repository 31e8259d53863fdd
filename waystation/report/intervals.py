"""Intervals of scores over test examples (rows) and fine-tuning seeds, p-values, Holm's correction.

The variance of a mean over seeds has two parts: over rows, by resampling the examples of the mean
(the bootstrap), and over seeds, by their sample variance. The interval takes the mean of a normal
and of a Student's t quantile, weighted by the two variances (Cochran & Cox 1957; Cochran,
Biometrics 20, 1964). Two or three seeds draw too few values for a bootstrap over seeds.

Examples of parallel test sets are drawn together for all languages: they are translations of one
another, not independent. Two recipes are resampled with the same draws and paired seed by seed, so
that a difference is a paired difference.
"""

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
from scipy.special import ndtri, stdtrit

LEVEL = 0.95  # of the intervals
ERROR = 0.05  # chance that a table without any effect has a mark
BLOCK = 100  # resamples drawn at once: the draws of a large test set come as eight bytes a count

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Estimate:
    """A score in percent or a difference in points, with its 95 % interval.

    `p_value` is that of a difference over several seeds, two-sided and without correction.
    """

    value: float
    low: float
    high: float
    p_value: float | None = None

    @property
    def is_zero(self) -> bool:
        """Whether it is a difference without any: every score is the same."""
        return self.value == self.low == self.high == 0

    def __str__(self) -> str:
        return f"{self.value:.1f} [{self.low:.1f}, {self.high:.1f}]"

    def signed(self) -> str:
        """A difference as text."""
        return f"{self.value:+.1f} [{self.low:+.1f}, {self.high:+.1f}]"


@lru_cache(maxsize=4)  # callers go through one test set after the other
def example_counts(examples: int, resamples: int) -> np.ndarray:
    """How often each example is drawn: (resamples, examples), float32 for the matrix product."""
    generator = np.random.default_rng(examples)
    shares = np.full(examples, 1 / examples)
    counts = np.empty((resamples, examples), np.float32)
    for start in range(0, resamples, BLOCK):
        rows = counts[start : start + BLOCK]
        rows[:] = generator.multinomial(examples, shares, len(rows))
    return counts


def replicates(points: np.ndarray, resamples: int) -> np.ndarray:
    """Means over seeds, in percent, on resampled examples of one language: (resamples,).

    points (seeds, examples, 2) holds (points, weight) as in `waystation.metrics`.
    """
    seeds, examples, _ = points.shape
    columns = points.transpose(1, 0, 2).reshape(examples, 2 * seeds).astype(np.float32)
    sums = (example_counts(examples, resamples) @ columns).reshape(resamples, seeds, 2)
    return percent(sums.astype(float)).mean(1)


def seed_scores(points: np.ndarray) -> np.ndarray:
    """The score of each seed in percent, (seeds,); points (seeds, examples, 2)."""
    return percent(points.sum(1))


def percent(sums: np.ndarray) -> np.ndarray:
    """Scores of sums (..., 2) of points and weights: (...).

    A resample of sentences without any span, gold or predicted, has weight 0. Its score is 0, as
    in seqeval.
    """
    points, weights = sums[..., 0], sums[..., 1]
    return 100 * np.divide(points, weights, out=np.zeros_like(points), where=weights > 0)


def variance_of_mean(seeds: np.ndarray) -> float:
    """The variance between the scores of seeds (seeds,), of their mean; 0 for a single seed."""
    return float(seeds.var(ddof=1) / len(seeds)) if len(seeds) > 1 else 0.0


def half_width(rows: float, between: float, seeds: int, level: float = LEVEL) -> float:
    """Half of an interval's width, from the variances of the mean over rows and between seeds.

    Of one seed the interval covers rows alone.
    """
    if rows + between == 0:
        return 0.0
    return half_width_of_tail(rows, between, seeds, (1 - level) / 2)


def half_width_of_tail(rows: float, between: float, seeds: int, tail: float) -> float:
    """`half_width` with a probability of `tail` beyond each end, above zero."""
    reach = -rows * ndtri(tail)
    if between:
        reach -= between * stdtrit(seeds - 1, tail)
    return float(reach / math.sqrt(rows + between))


def p_value(difference: float, rows: float, between: float, seeds: int) -> float:
    """Two-sided: one less the level of the interval that ends at zero."""
    if difference == 0:
        return 1.0
    if rows + between == 0:
        return 0.0
    low, high = -700.0, math.log(0.5)  # logarithms of a tail
    for _ in range(60):
        middle = (low + high) / 2
        if half_width_of_tail(rows, between, seeds, math.exp(middle)) > abs(difference):
            low = middle
        else:
            high = middle
    return 2 * math.exp(high)


def holm(p_values: Mapping[Key, float | None]) -> set[Key]:
    """The keys whose p-values stay below ERROR, corrected for their number (Holm 1979).

    The smallest of m is compared with ERROR / m, the next with ERROR / (m - 1), until one fails.
    A p-value of None is of no test.
    """
    tested = {key: p for key, p in p_values.items() if p is not None}
    significant: set[Key] = set()
    for key in sorted(tested, key=lambda key: tested[key]):
        if tested[key] * (len(tested) - len(significant)) > ERROR:
            break
        significant.add(key)
    return significant
