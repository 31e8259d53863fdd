"""Scores, their intervals, p-values and corrections against cases worked by hand."""

import numpy as np
import pytest

from waystation.report import intervals
from waystation.report.scores import Result, mean


def points(values):
    """(seeds, examples, 2) of unit weights."""
    values = np.asarray(values, float)
    return np.stack([values, np.ones_like(values)], -1)


def result(values, resamples=1000):
    """What the report has of some points, a list a seed."""
    scores = intervals.seed_scores(points(values))
    by_seed = {str(seed): score for seed, score in enumerate(scores.tolist())}
    return Result(float(scores.mean()), intervals.replicates(points(values), resamples), by_seed)


def test_seeds_have_micro_averages():
    found = np.array([[[1, 1], [0, 3]], [[1, 1], [3, 3]]], float)
    assert intervals.seed_scores(found) == pytest.approx([25, 100])


def test_interval_of_a_share_is_the_binomial_one():
    values = (np.arange(400) < 100).astype(float)  # 25 % of 400: standard error 2.165
    estimate = result([values], 4000).estimate()
    assert estimate.low == pytest.approx(25 - 1.96 * 2.165, abs=0.2)
    assert estimate.high == pytest.approx(25 + 1.96 * 2.165, abs=0.2)


def test_equal_recipes_have_no_difference_and_pairs_narrow_it():
    generator = np.random.default_rng(1)
    a = (generator.random(300) < 0.5).astype(float)
    b = a.copy()
    b[:6] = 1 - b[:6]
    nothing = (result([a]) - result([a])).difference()
    assert nothing.is_zero
    assert nothing.p_value is None
    assert (result([a, b]) - result([a, b])).difference().p_value == 1
    assert (result([a]) - result([b])).variances()[0] < result([a]).variances()[0] / 4


def test_between_three_seeds_the_interval_is_student_s():
    """Whole tests right or wrong: rows have no variance, seeds 50, 60 and 70 a mean +- 24.84."""
    assert intervals.variance_of_mean(np.array([50.0, 60.0, 70.0])) == pytest.approx(100 / 3)
    reach = intervals.half_width(0.0, 100 / 3, 3)
    assert reach == pytest.approx(4.3027 * 10 / 3**0.5, abs=1e-3)  # t of 2 degrees at 0.975
    assert intervals.p_value(reach, 0.0, 100 / 3, 3) == pytest.approx(0.05, abs=1e-6)


def test_both_variances_weigh_both_quantiles():
    """Cochran and Cox: (3 * 1.95996 + 1 * 4.30265) / 4 = 2.54563, times sqrt(3 + 1)."""
    assert intervals.half_width(3.0, 1.0, 3) == pytest.approx(2 * 2.54563, abs=1e-4)
    assert intervals.half_width(4.0, 0.0, 1) == pytest.approx(2 * 1.95996, abs=1e-4)
    assert intervals.half_width(0.0, 0.0, 3) == 0


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_a_p_value_is_that_of_the_interval_that_ends_at_zero(level):
    reach = intervals.half_width(3.0, 2.0, 3, level)
    for sign in (-1, 1):
        p = intervals.p_value(sign * reach, 3.0, 2.0, 3)
        assert p == pytest.approx(1 - level, rel=1e-6)
    assert intervals.p_value(1.0, 0.0, 0.0, 3) == 0  # every seed, every example


def test_the_spread_over_seeds_widens_the_interval():
    values = (np.arange(300) % 2).astype(float)
    same, apart = result([values, values]), result([values, np.ones(300)])
    assert apart.difference().high - 75 > 5 * (same.difference().high - 50)
    assert apart.estimate().high == 100  # no score is above


def test_a_seed_that_only_one_side_has_is_no_pair():
    one, other = (
        Result(50.0, np.zeros(9), {"0": 40.0, "1": 60.0}),
        Result(40.0, np.zeros(9), {"1": 45.0, "2": 35.0}),
    )
    assert (one - other).by_seed == {"1": 15.0}
    assert (one - other).difference().p_value is None


def test_a_mean_over_languages_keeps_its_seeds_apart():
    """Seeds that are good in all languages do not average out."""
    first = Result(50.0, np.zeros(9), {"0": 40.0, "1": 60.0})
    second = Result(70.0, np.zeros(9), {"0": 60.0, "1": 80.0})
    assert mean([first, second]).by_seed == {"0": 50.0, "1": 70.0}


def test_an_example_of_weight_zero_counts_for_nothing():
    """Span F1: 2 * hits over (gold + predicted); a sentence without spans weighs nothing."""
    found = np.array([[[2, 4], [0, 0], [2, 2]]], float)
    assert intervals.seed_scores(found) == pytest.approx([100 * 4 / 6])
    values = intervals.replicates(found, 500)
    assert np.isfinite(values).all()
    assert values.max() <= 100
    assert 0 in values  # the middle sentence three times: nothing to find, nothing found


def test_resampled_scores_are_those_of_the_drawn_examples():
    generator = np.random.default_rng(3)
    found = generator.random((2, 7, 2)) + 0.5
    counts = intervals.example_counts(7, 150)
    for index in (0, 149):
        drawn = np.repeat(found, counts[index].astype(int), axis=1)
        expected = (100 * drawn[..., 0].sum(1) / drawn[..., 1].sum(1)).mean()
        assert intervals.replicates(found, 150)[index] == pytest.approx(expected, rel=1e-5)


def test_holm_compares_the_smallest_with_all_and_the_next_with_one_less():
    """0.01 < 0.05 / 4, 0.015 < 0.05 / 3, then 0.03 > 0.05 / 2; 0.04 < 0.05 comes too late."""
    p_values = {"c": 0.03, "a": 0.01, "d": 0.04, "b": 0.015, "one seed": None}
    assert intervals.holm(p_values) == {"a", "b"}
    assert intervals.holm({"a": 0.02, "b": 0.04, "c": 0.9}) == set()  # Bonferroni's first step
    assert intervals.holm({}) == set()


def test_a_p_value_at_holm_s_bound_is_significant():
    assert intervals.holm({"a": 0.025, "b": 0.05}) == {"a", "b"}


def test_the_interval_of_an_f1_covers_as_often_as_it_says():
    """250 gold pairs, of which each is found with some chance, and wrong ones beside them."""
    from waystation.report.encoders.encoder_tables import f1_interval

    draw = np.random.default_rng(0)
    for chance, wrong in ((0.7, 60), (0.95, 10), (0.02, 40)):
        found = draw.binomial(250, chance, 2000)
        proposed = found + draw.poisson(wrong, 2000)
        truth = 200 * 250 * chance / (250 + 250 * chance + wrong)
        covered = []
        for right, every in zip(found, proposed, strict=True):
            precision, recall = 100 * right / every, 100 * right / 250
            f1 = 200 * right / (every + 250)
            low, high = f1_interval([f1], [precision], [recall], [250])
            covered.append(low <= truth <= high)
        assert 0.93 < np.mean(covered) < 0.985, (chance, np.mean(covered))


def test_an_f1_without_any_pair_still_has_an_interval():
    from waystation.report.encoders.encoder_tables import f1_interval

    low, high = f1_interval([0.0], [0.0], [0.0], [250])
    assert low == 0 < high < 5
