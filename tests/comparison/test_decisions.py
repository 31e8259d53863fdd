"""Calibration: simulated machines, whose truth is known."""

import numpy as np
import pytest

from waystation.comparison import decisions
from waystation.comparison.decisions import EQUAL, FASTER, LOOKS, SLOWER, UNDECIDED, decide
from waystation.comparison.ratios import Ratio, log_ratios, over_blocks

MARGIN = 0.03


def blocks(draw, ratio=1.0, count=LOOKS[-1], noise=0.02, drift=0.15):
    """Speeds of A and B in blocks A B B A on a machine that drifts, and is restless for minutes."""
    steps = draw.normal(0, 0.01, count + 8)
    minutes = np.convolve(steps, np.ones(8) / 2, "valid")[:count]
    times = np.linspace(0, drift, 4 * count).reshape(count, 4) + minutes[:, None]
    times = times + draw.normal(0, noise, (count, 4))
    speeds = np.exp(-times)
    return speeds[:, [0, 3]], speeds[:, [1, 2]] * ratio


def run(draw, ratio, cells=6, **machine):
    """The verdicts on `cells` comparisons, looked at as a stage does."""
    measured = {cell: blocks(draw, ratio, **machine) for cell in range(cells)}
    settled = {}
    for look in LOOKS:
        open_ones = {
            cell: over_blocks(log_ratios(first[:look], second[:look]))
            for cell, (first, second) in measured.items()
            if cell not in settled
        }
        for cell, verdict in decide(open_ones, MARGIN).items():
            if verdict.said != UNDECIDED:
                settled[cell] = verdict.said
    return [settled.get(cell, UNDECIDED) for cell in measured]


@pytest.mark.parametrize("noise", [0.01, 0.02, 0.03])
def test_a_against_a_is_called_equal_and_not_different(noise):
    draw = np.random.default_rng(0)
    runs = [run(draw, 1.0, noise=noise) for _ in range(100)]
    assert sum(set(verdicts) == {EQUAL} for verdicts in runs) >= 95
    assert sum(bool({FASTER, SLOWER} & set(verdicts)) for verdicts in runs) <= 5


@pytest.mark.parametrize(("ratio", "said"), [(1.05, FASTER), (1 / 1.05, SLOWER)])
def test_a_planted_five_percent_is_found(ratio, said):
    draw = np.random.default_rng(1)
    runs = [run(draw, ratio) for _ in range(100)]
    assert sum(set(verdicts) == {said} for verdicts in runs) >= 95


def test_a_ratio_at_the_margin_is_rarely_called_equal():
    draw = np.random.default_rng(2)
    runs = [run(draw, 1.03, cells=1) for _ in range(200)]
    assert sum(verdicts == [EQUAL] for verdicts in runs) <= 10


def test_a_drift_that_is_linear_cancels():
    times = np.exp(np.arange(24).reshape(6, 4) * 0.01)
    logs = log_ratios(times[:, [0, 3]], times[:, [1, 2]])
    assert over_blocks(logs).log_ratio == pytest.approx(0, abs=1e-12)


def test_intervals_cover_as_often_as_they_say():
    """Less often where each block is like its neighbours: 83 of 100, the documents say so."""
    draw = np.random.default_rng(3)
    covered = []
    for _ in range(1000):
        errors = np.convolve(draw.normal(0, 0.02, 22), np.ones(3) / 3, "valid")
        low, high = over_blocks(errors + np.log(1.02)).interval()
        covered.append(low <= 1.02 <= high)
    assert 0.8 < np.mean(covered) <= 0.98


def test_holm_by_hand():
    assert decisions.holm({"a": 0.01, "b": 0.04, "c": 0.02}) == {"a", "c", "b"}
    assert decisions.holm({"a": 0.01, "b": 0.04, "c": 0.03}) == {"a"}
    assert decisions.holm({}) == set()


def test_equal_needs_both_sides_and_is_not_a_lack_of_difference():
    wide, narrow = Ratio(0.0, 0.05, 10), Ratio(0.0, 0.002, 10)
    assert decide({0: wide}, MARGIN)[0].said == UNDECIDED
    assert decide({0: narrow}, MARGIN)[0].said == EQUAL
    within = Ratio(0.01, 0.001, 10)  # differs, and does not matter
    assert within.p_different() < 1e-4
    assert decide({0: within}, MARGIN)[0].said == EQUAL
    assert decide({0: Ratio(0.08, 0.005, 10)}, MARGIN)[0].said == FASTER


def test_two_blocks_on_a_wild_machine_bound_nothing_and_overflow_nowhere():
    wild = Ratio(0.1, 60.0, 2)
    assert 0 <= wild.interval()[0] < 1e-9
    assert 1e9 < wild.interval()[1] < float("inf")
    assert 1e9 < decisions.detectable(wild, 30) < float("inf")


def test_what_could_have_been_seen_shrinks_with_blocks():
    few, many = Ratio(0.0, 0.01, 6), Ratio(0.0, 0.004, 40)
    assert decisions.detectable(few, 6) > decisions.detectable(many, 6) > 0.01
