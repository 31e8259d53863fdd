"""Scores and their intervals against cases worked by hand."""

import numpy as np
import pytest

from waystation.report import bootstrap


def points(values):
    """(seeds, examples, 2) of unit weights."""
    values = np.asarray(values, float)
    return np.stack([values, np.ones_like(values)], -1)


def test_score_is_the_mean_over_seeds_of_micro_averages():
    found = np.array([[[1, 1], [0, 3]], [[1, 1], [3, 3]]], float)  # 1/4 and 4/4
    assert bootstrap.score(found) == pytest.approx(62.5)


def test_interval_of_a_share_is_the_binomial_one():
    values = (np.arange(400) < 100).astype(float)  # 25 % of 400: standard error 2.165
    low, high = bootstrap.interval(bootstrap.replicates(points([values]), 4000))
    assert low == pytest.approx(25 - 1.96 * 2.165, abs=0.5)
    assert high == pytest.approx(25 + 1.96 * 2.165, abs=0.5)


def test_equal_recipes_have_no_difference_and_pairs_narrow_it():
    generator = np.random.default_rng(1)
    a = (generator.random(300) < 0.5).astype(float)
    b = a.copy()
    b[:6] = 1 - b[:6]
    draws = [bootstrap.replicates(points([v]), 1000) for v in (a, b)]
    assert (bootstrap.replicates(points([a]), 1000) - draws[0] == 0).all()
    assert (draws[0] - draws[1]).std() < draws[0].std() / 2


def test_the_spread_over_seeds_widens_the_interval():
    values = (np.arange(300) % 2).astype(float)
    same = bootstrap.replicates(points([values, values]), 2000)
    apart = bootstrap.replicates(points([values, np.ones(300)]), 2000)
    assert apart.std() > 3 * same.std()


def test_an_example_of_weight_zero_counts_for_nothing():
    """Span F1: 2 * hits over (gold + predicted); a sentence without spans weighs nothing."""
    found = np.array([[[2, 4], [0, 0], [2, 2]]], float)
    assert bootstrap.score(found) == pytest.approx(100 * 4 / 6)
    values = bootstrap.replicates(found, 500)
    assert np.isfinite(values).all()
    assert values.max() <= 100
    assert 0 in values  # the middle sentence three times: nothing to find, nothing found


def test_resampled_scores_are_those_of_the_drawn_examples():
    generator = np.random.default_rng(3)
    found = generator.random((2, 7, 2)) + 0.5
    counts, weights = bootstrap.example_counts(7, 150), bootstrap.seed_weights(2, 150)
    for index in (0, 149):
        drawn = np.repeat(found, counts[index].astype(int), axis=1)
        expected = 100 * drawn[..., 0].sum(1) / drawn[..., 1].sum(1) @ weights[index]
        assert bootstrap.replicates(found, 150)[index] == pytest.approx(expected, rel=1e-5)
