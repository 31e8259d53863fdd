"""Paired ratios of speeds, with intervals, and tests of difference and of equivalence.

A block measures two systems in the order A B B A, so that a drift that is linear in time cancels:
the block's log ratio is the mean of B's two logarithms less the mean of A's. Blocks that follow
each other may still be alike, as a machine has good and bad minutes. So the standard error comes
from a bootstrap of whole runs of blocks (moving blocks, Künsch 1989), no smaller than that of
independent blocks, and quantiles are Student's.

Equal is not the absence of a difference: a ratio is equal within a margin where both of two
one-sided tests say so, that it is above 1 / (1 + margin) and below 1 + margin (Schuirmann 1987).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
from scipy.special import stdtr, stdtrit

RESAMPLES = 2000
LARGEST = 50.0  # logarithm of a ratio: a bound beyond is as good as none


@dataclass(frozen=True)
class Ratio:
    """B's speed over A's from `blocks` blocks; `log_ratio` has the standard error `log_error`."""

    log_ratio: float
    log_error: float
    blocks: int

    @property
    def value(self) -> float:
        return exp(self.log_ratio)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Of the ratio, two-sided."""
        reach = stdtrit(self.blocks - 1, (1 + level) / 2) * self.log_error
        return exp(self.log_ratio - reach), exp(min(LARGEST, self.log_ratio + reach))

    def p_different(self) -> float:
        """Two-sided: how likely so large a difference is where there is none."""
        return 2 * self.tail(abs(self.log_ratio))

    def p_equal(self, margin: float) -> float:
        """The larger of two one-sided tests: how likely so small a difference is at the edge."""
        return self.tail(log(1 + margin) - abs(self.log_ratio))

    def tail(self, distance: float) -> float:
        """Chance of lying further than `distance` to one side of the truth."""
        if self.log_error == 0:
            return 0.0 if distance > 0 else 0.5 if distance == 0 else 1.0
        return float(stdtr(self.blocks - 1, -distance / self.log_error))


def log_ratios(first: Sequence[Sequence[float]], second: Sequence[Sequence[float]]) -> np.ndarray:
    """Of `second` to `first`, a value a block; both (blocks, 2): what each block measured."""
    return np.log(np.asarray(second)).mean(1) - np.log(np.asarray(first)).mean(1)


def over_blocks(logs: np.ndarray) -> Ratio:
    """The ratio whose logarithm each block measured once."""
    return Ratio(float(logs.mean()), error_of_mean(logs), len(logs))


def error_of_mean(values: np.ndarray) -> float:
    """The standard error of the mean of values that follow each other; needs two at least."""
    n = len(values)
    alone = float(values.std(ddof=1)) / sqrt(n)
    length = max(1, round(sqrt(n)))
    if length == 1:
        return alone
    generator = np.random.default_rng(n)
    pieces = -(-n // length)
    starts = generator.integers(0, n - length + 1, (RESAMPLES, pieces))
    places = (starts[..., None] + np.arange(length)).reshape(RESAMPLES, -1)[:, :n]
    together = float(values[places].mean(1).std(ddof=1)) * sqrt(n / (n - 1))
    return max(alone, together)
