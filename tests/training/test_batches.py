"""Batches of training: epochs, mixtures of tasks, samples."""

import pytest

from waystation.training.batches import Shuffled, mixture, sample


def test_every_epoch_sees_every_item_once_in_another_order():
    batches = Shuffled(list(range(12)), 4, "s")
    epochs = [[i for n in range(3 * e, 3 * e + 3) for i in batches.batch(n)] for e in (0, 1, 0)]
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(12))
    assert epochs[0] != epochs[1]
    assert epochs[0] == epochs[2]


def test_the_mixture_follows_the_weights():
    drawn = mixture({"a": 3.0, "b": 1.0}, "s", 4000)
    assert drawn.count("a") / 4000 == pytest.approx(0.75, abs=0.03)
    assert drawn == mixture({"a": 3.0, "b": 1.0}, "s", 4000)


def test_samples_have_no_repetition_and_depend_on_the_seed():
    items = list(range(100))
    assert len(set(sample(items, 30, "1"))) == 30
    assert sample(items, 30, "1") == sample(items, 30, "1") != sample(items, 30, "2")
    assert sample(items, None, "1") == items
