"""Whether a run's latencies were steady: after its warm-up, and over the blocks."""

from collections.abc import Sequence
from math import sqrt
from statistics import mean, median

import numpy as np

RESTLESS = 0.05  # spread of one system's speed over blocks, as a share
LATE = 0.5  # share of a run's queries that count as surely warm
ALIKE = 0.3  # correlation of neighbouring blocks that a reader has to know of
CHANCE = 1.64  # standard deviations of a correlation that few independent blocks reach by chance


def cold(latencies: Sequence[Sequence[float]], margin: float) -> bool:
    """Whether the first quarter of the runs' queries is slower than the second half.

    latencies: a run's, in their order. By more than `margin` in the median over runs; a single slow
    run is a busy machine, not a cold one.
    """
    ratios = []
    for run in latencies:
        first, late = run[: max(1, len(run) // 4)], run[int(len(run) * LATE) :]
        ratios.append(median(first) / median(late))
    return median(ratios) > 1 + margin


def spread(speeds: Sequence[float]) -> float:
    """How far speeds of the same system lie apart over blocks: the median distance from their
    median, scaled to a standard deviation, as a share."""
    middle = median(speeds)
    return 1.4826 * median(abs(speed - middle) for speed in speeds) / middle


def notes(
    latencies: Sequence[Sequence[float]], speeds: Sequence[float], margin: float
) -> list[str]:
    """What a reader of a measurement has to know of it."""
    found = []
    if cold(latencies, margin):
        found.append("the warm-up was too short: early queries are slower than late ones")
    if spread(speeds) > RESTLESS:
        found.append(f"the machine was restless: speeds spread by {100 * spread(speeds):.0f} %")
    return found


def alike(series: Sequence[np.ndarray]) -> list[str]:
    """A note where blocks that follow each other measured alike: the mean over comparisons of the
    correlation of a block's log ratio with the next one's, less its expectation for independent
    blocks (-1 / n)."""
    series = [logs for logs in series if len(logs) > 2 and logs.std() > 0]
    if not series:
        return []
    found = mean(lag_one(logs) + 1 / len(logs) for logs in series)
    if found < max(ALIKE, CHANCE / sqrt(min(map(len, series)))):
        return []
    return [f"neighbouring blocks are alike (correlation {found:.1f}): intervals may be too narrow"]


def lag_one(values: np.ndarray) -> float:
    centred = values - values.mean()
    return float((centred[1:] * centred[:-1]).sum() / (centred**2).sum())
