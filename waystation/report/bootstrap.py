"""Intervals by resampling seeds and test examples jointly (multi-bootstrap, arXiv 2106.16163).

Examples of parallel test sets are drawn together for all languages: they are translations of one
another, not independent. Two recipes are resampled with the same draws, so that a difference is a
paired difference.
"""

from functools import cache, lru_cache

import numpy as np

LEVEL = 95.0  # percent of the interval
BLOCK = 100  # resamples drawn at once: the draws of a large test set come as eight bytes a count


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


@cache
def seed_weights(seeds: int, resamples: int) -> np.ndarray:
    """Weight of each seed in each resample, rows sum to one: (resamples, seeds)."""
    generator = np.random.default_rng(10_000 + seeds)
    return generator.multinomial(seeds, np.full(seeds, 1 / seeds), resamples) / seeds


def replicates(points: np.ndarray, resamples: int) -> np.ndarray:
    """Resampled scores in percent of one language, (resamples,).

    points (seeds, examples, 2) holds (points, weight) as in `waystation.metrics`.
    """
    seeds, examples, _ = points.shape
    columns = points.transpose(1, 0, 2).reshape(examples, 2 * seeds).astype(np.float32)
    sums = (example_counts(examples, resamples) @ columns).reshape(resamples, seeds, 2)
    return (percent(sums.astype(float)) * seed_weights(seeds, resamples)).sum(1)


def score(points: np.ndarray) -> float:
    """Mean over seeds of the score in percent; points (seeds, examples, 2)."""
    return float(percent(points.sum(1)).mean())


def percent(sums: np.ndarray) -> np.ndarray:
    """Scores of sums (..., 2) of points and weights: (...).

    A resample of sentences without any span, gold or predicted, has weight 0. Its score is 0, as
    in seqeval.
    """
    points, weights = sums[..., 0], sums[..., 1]
    return 100 * np.divide(points, weights, out=np.zeros_like(points), where=weights > 0)


def interval(values: np.ndarray) -> tuple[float, float]:
    """The central 95 % of resampled values."""
    tail = (100 - LEVEL) / 2
    low, high = np.percentile(values, [tail, 100 - tail])
    return float(low), float(high)
