"""Runs that are steady, cold at first, or restless."""

import numpy as np

from waystation.comparison import stationarity


def runs(draw, slow=1.0, count=12):
    """Latencies of runs whose first quarter is slower by a factor."""
    first = np.where(np.arange(40) < 10, slow, 1.0)
    return [list(30 * first * np.exp(draw.normal(0, 0.03, 40))) for _ in range(count)]


def test_a_short_warm_up_is_told_and_a_steady_run_is_not():
    draw = np.random.default_rng(0)
    steady = [stationarity.cold(runs(draw), 0.03) for _ in range(100)]
    assert sum(steady) <= 2
    assert all(stationarity.cold(runs(draw, slow=1.08), 0.03) for _ in range(100))


def test_one_slow_run_is_no_cold_machine():
    draw = np.random.default_rng(1)
    assert not stationarity.cold([*runs(draw), *runs(draw, slow=3.0, count=1)], 0.03)


def test_blocks_that_are_like_their_neighbours_are_told():
    draw = np.random.default_rng(3)
    independent = [draw.normal(0, 0.02, (30, 12)) for _ in range(100)]
    assert sum(bool(stationarity.alike(series)) for series in independent) == 0
    smooth = [np.convolve(draw.normal(0, 0.02, 16), np.ones(5) / 5, "valid") for _ in range(30)]
    assert "neighbouring blocks are alike" in stationarity.alike(smooth)[0]
    assert stationarity.alike([]) == stationarity.alike([np.zeros(9)]) == []


def test_a_restless_machine_is_told():
    draw = np.random.default_rng(2)
    steady, restless = (list(np.exp(draw.normal(0, s, 24))) for s in (0.01, 0.15))
    latencies = runs(draw)
    assert stationarity.notes(latencies, steady, 0.03) == []
    assert "restless" in stationarity.notes(latencies, restless, 0.03)[0]
