"""Summaries of interleaved measurements: a machine's speed drifts, neighbours in time share it."""

import statistics


def summary(values: list[float]) -> dict[str, float]:
    """n, median, min and max of at least one value."""
    return {
        "n": len(values),
        "median": statistics.median(values),
        "min": min(values),
        "max": max(values),
    }


def ratios(ours: list[float], theirs: list[float]) -> list[float]:
    """The ratio of each pair of neighbours in time; as many of the one as of the other."""
    return [mine / other for mine, other in zip(ours, theirs, strict=True)]
