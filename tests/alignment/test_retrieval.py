"""Retrieval, statistics and the benchmark's arithmetic against cases worked by hand."""

import numpy as np
import pytest
import torch

from waystation.alignment import retrieval
from waystation.alignment.nearest import nearest
from waystation.evaluation import timing
from waystation.report import bootstrap


def planted(similarity: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Unit vectors with half of these cosines: what is compared and divided stays the same."""
    n = len(similarity)
    half = similarity / 2
    rest = torch.diag((1 - half.square().sum(0)).sqrt())
    return torch.eye(n, 2 * n), torch.cat([half.T, rest], 1)


def test_accuracy_both_ways():
    similarity = torch.tensor([[0.9, 0.1, 0.0], [0.8, 0.7, 0.1], [0.2, 0.3, 0.5]])
    told = retrieval.accuracies(*planted(similarity), 1)
    assert told["cosine_to_english_percent"] == 66.6667  # row 1 prefers column 0
    assert told["cosine_from_english_percent"] == 100  # columns are all right
    lost = torch.tensor([False, False, True])
    told = retrieval.accuracies(*planted(similarity), 1, "unshared_", lost)
    assert told["unshared_cosine_from_english_percent"] == 66.6667


def test_what_an_english_sentence_finds_is_a_foreign_place():
    similarity = torch.tensor([[0.9, 0.1, 0.9], [0.8, 0.7, 0.1], [0.2, 0.8, 0.5]])
    assert retrieval.foreign_places(*planted(similarity)) == [0, 2, 0]


def test_ratio_margin():
    """k = 2: rows have means .8 and .3, columns .65 and .45."""
    x, y = planted(torch.tensor([[0.9, 0.7], [0.4, 0.2]]))
    found = nearest(x, y, 2, nearest(x, y, 2).means())
    expected = torch.tensor([[0.9 / 0.725, 0.7 / 0.625], [0.4 / 0.475, 0.2 / 0.375]])
    assert torch.allclose(found.there, expected)
    assert torch.allclose(found.back, expected.T)


def test_the_margin_corrects_a_hub():
    """Column 0 is near to everything; the margin finds row 1's own column all the same."""
    similarity = torch.tensor([[0.9, 0.1, 0.1], [0.8, 0.7, 0.0], [0.8, 0.0, 0.7]])
    told = retrieval.accuracies(*planted(similarity), 3)
    assert told["cosine_to_english_percent"] == 33.3333
    assert told["margin_to_english_percent"] == 100


def test_cosines_of_translations_and_of_random_pairs():
    similarity = torch.tensor([[0.9, 0.1, 0.0], [0.8, 0.7, 0.1], [0.2, 0.3, 0.5]])
    told = retrieval.cosines(*planted(similarity))
    assert told == {"translation_cosine": 0.35, "random_pair_cosine": 0.125}


def test_centring_takes_the_language_away():
    x = torch.randn(20, 5, generator=torch.Generator().manual_seed(0))
    y = x + 7.0  # the same sentences, far away in one direction
    a, b = retrieval.centred(x), retrieval.centred(y)
    assert torch.allclose(a, b, atol=1e-5)
    assert retrieval.accuracies(a, b, 1)["cosine_to_english_percent"] == 100


def test_a_pair_without_vectors_is_never_found():
    """Pair 0 has no vector on either side; it would win by standing first."""
    x, lost = torch.tensor([[0.0, 0.0], [0.0, 0.5]]), torch.tensor([True, False])
    assert set(retrieval.accuracies(x, x, 1).values()) == {100.0}
    assert set(retrieval.accuracies(x, x, 1, "", lost).values()) == {50.0}


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


def test_percentiles_are_nearest_rank():
    values = [float(v) for v in range(1, 101)]
    assert [timing.percentile(values, p) for p in (50, 95, 99, 100)] == [50, 95, 99, 100]
    assert timing.percentile([3.0], 99) == 3.0


def test_throughput_counts_every_pass():
    """Two passes of 10 examples and 200 tokens in 0.1 and 0.3 s."""
    told = timing.throughput(10, 200, [0.1, 0.3])
    assert told["examples_per_sec"] == pytest.approx(50)
    assert told["tokens_per_sec"] == pytest.approx(1000)
    assert told["throughput_n"] == 2


def test_the_clock_reads_a_known_sleep():
    import time

    assert timing.seconds(lambda: time.sleep(0.05)) == pytest.approx(0.05, abs=0.04)
