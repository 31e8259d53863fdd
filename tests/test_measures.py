"""Retrieval, statistics and the benchmark's arithmetic against cases worked by hand."""

import numpy as np
import pytest
import torch

from stages import loadgen, retrieval, statistics


def test_accuracy_both_ways():
    similarity = torch.tensor([[0.9, 0.1, 0.0], [0.8, 0.7, 0.1], [0.2, 0.3, 0.5]])
    there, back = retrieval.accuracy(similarity)  # row 1 prefers column 0; columns are all right
    assert there == pytest.approx(200 / 3)
    assert back == pytest.approx(100)


def test_ratio_margin():
    """k = 2: rows have means .8 and .3, columns .65 and .45."""
    similarity = torch.tensor([[0.9, 0.7], [0.4, 0.2]])
    expected = torch.tensor([[0.9 / 0.725, 0.7 / 0.625], [0.4 / 0.475, 0.2 / 0.375]])
    assert torch.allclose(retrieval.ratio_margin(similarity, 2), expected)


def test_the_margin_corrects_a_hub():
    """Column 0 is near to everything; the margin finds row 1's own column all the same."""
    similarity = torch.tensor([[0.9, 0.1, 0.1], [0.8, 0.7, 0.0], [0.8, 0.0, 0.7]])
    assert retrieval.accuracy(similarity)[0] == pytest.approx(100 / 3)
    margin = retrieval.ratio_margin(similarity, 3)
    assert retrieval.accuracy(margin)[0] == pytest.approx(100)


def test_centring_takes_the_language_away():
    x = torch.randn(20, 5, generator=torch.Generator().manual_seed(0))
    y = x + 7.0  # the same sentences, far away in one direction
    assert torch.allclose(retrieval.centred(x), retrieval.centred(y), atol=1e-5)
    assert (
        retrieval.accuracy(retrieval.cosine(retrieval.centred(x), retrieval.centred(y)))[0] == 100
    )


def test_the_margin_of_two_zero_vectors_is_nothing_rather_than_undefined():
    """argmax would prefer a NaN: row 1 would be found."""
    similarity = retrieval.cosine(torch.tensor([[1.0, 0.0], [0.0, 0.0]]), torch.zeros(2, 2))
    assert torch.equal(retrieval.ratio_margin(similarity, 1), torch.zeros(2, 2))


def test_a_pair_without_vectors_is_never_found():
    similarity = torch.tensor([[0.0, 0.0], [0.0, 0.5]])  # row 0 would win by standing first
    assert retrieval.accuracy(similarity) == (100, 100)
    empty = torch.tensor([True, False])
    assert retrieval.accuracy(retrieval.never_found(similarity, empty)) == (50, 50)


def test_random_pairs_leave_out_translations():
    assert retrieval.random_pair_cosine(torch.tensor([[1.0, 0.2], [0.4, 1.0]])) == pytest.approx(
        0.3
    )


def points(values):
    """(seeds, examples, 2) of unit weights."""
    values = np.asarray(values, float)
    return np.stack([values, np.ones_like(values)], -1)


def test_score_is_the_mean_over_seeds_of_micro_averages():
    found = np.array([[[1, 1], [0, 3]], [[1, 1], [3, 3]]], float)  # 1/4 and 4/4
    assert statistics.score(found) == pytest.approx(62.5)


def test_interval_of_a_share_is_the_binomial_one():
    values = (np.arange(400) < 100).astype(float)  # 25 % of 400: standard error 2.165
    low, high = statistics.interval(statistics.replicates(points([values]), 4000))
    assert low == pytest.approx(25 - 1.96 * 2.165, abs=0.5)
    assert high == pytest.approx(25 + 1.96 * 2.165, abs=0.5)


def test_equal_recipes_have_no_difference_and_pairs_narrow_it():
    generator = np.random.default_rng(1)
    a = (generator.random(300) < 0.5).astype(float)
    b = a.copy()
    b[:6] = 1 - b[:6]
    draws = [statistics.replicates(points([v]), 1000) for v in (a, b)]
    assert (statistics.replicates(points([a]), 1000) - draws[0] == 0).all()
    assert (draws[0] - draws[1]).std() < draws[0].std() / 2


def test_the_spread_over_seeds_widens_the_interval():
    values = (np.arange(300) % 2).astype(float)
    same = statistics.replicates(points([values, values]), 2000)
    apart = statistics.replicates(points([values, np.ones(300)]), 2000)
    assert apart.std() > 3 * same.std()


def test_an_example_of_weight_zero_counts_for_nothing():
    """Span F1: 2 * hits over (gold + predicted); a sentence without spans weighs nothing."""
    found = np.array([[[2, 4], [0, 0], [2, 2]]], float)
    assert statistics.score(found) == pytest.approx(100 * 4 / 6)
    values = statistics.replicates(found, 500)
    assert np.isfinite(values).all()
    assert values.max() <= 100
    assert 0 in values  # the middle sentence three times: nothing to find, nothing found


def test_resampled_scores_are_those_of_the_drawn_examples():
    generator = np.random.default_rng(3)
    found = generator.random((2, 7, 2)) + 0.5
    counts, weights = statistics.example_counts(7, 150), statistics.seed_weights(2, 150)
    for index in (0, 149):
        drawn = np.repeat(found, counts[index].astype(int), axis=1)
        expected = 100 * drawn[..., 0].sum(1) / drawn[..., 1].sum(1) @ weights[index]
        assert statistics.replicates(found, 150)[index] == pytest.approx(expected, rel=1e-5)


def test_percentiles_are_nearest_rank():
    values = [float(v) for v in range(1, 101)]
    assert [loadgen.percentile(values, p) for p in (50, 95, 99, 100)] == [50, 95, 99, 100]
    assert loadgen.percentile([3.0], 99) == 3.0


def test_throughput_counts_every_pass():
    """Two passes of 10 examples and 200 tokens in 0.1 and 0.3 s."""
    told = loadgen.throughput(10, 200, [0.1, 0.3])
    assert told["examples_per_sec"] == pytest.approx(50)
    assert told["tokens_per_sec"] == pytest.approx(1000)
    assert told["throughput_n"] == 2


def test_the_clock_reads_a_known_sleep():
    import time

    assert loadgen.seconds(lambda: time.sleep(0.05)) == pytest.approx(0.05, abs=0.04)
