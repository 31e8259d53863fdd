"""Development scores beside their levels, on rows worked by hand."""

import pytest

from waystation import heads
from waystation.data.examples import Description
from waystation.evaluation.development import (
    commonest_label,
    development_entry,
    majority_percent,
    standard_error,
)
from waystation.evaluation.rows import Rows, points_of


def rows_of(kind, gold, labels, metric="accuracy", chance=None):
    task = Description("t", kind, (metric,), labels, chance, None)
    return Rows(task, heads.load(kind), "en", [{}] * len(gold), [], gold, None)


def test_the_commonest_label_is_the_smallest_of_several():
    assert commonest_label([{"label": 2}, {"label": 1}, {"label": 2}, {"label": 1}]) == 1
    assert commonest_label([{"tags": [3, 0]}, {"tags": [3]}]) == 3
    assert commonest_label([{"question": "who?", "answers": []}]) is None


def test_the_majority_level_is_the_share_of_one_label():
    pairs = rows_of("classification", [0, 1, 1, 1], ("a", "b"))
    assert majority_percent(pairs, 1) == 75
    assert majority_percent(pairs, 0) == 25
    words = rows_of("tagging", [[0, 0, 1], [1]], ("N", "V"))
    assert majority_percent(words, 0) == 50  # of words, not of sentences
    entities = rows_of("tagging", [[0, 1], [0]], ("O", "B-PER"), "span_f1")
    assert majority_percent(entities, 0) == 0  # no span at all


def test_an_entry_has_its_score_its_error_and_its_levels():
    """Three of four right: 100 * sqrt(0.75 * 0.25 / 3) = 25."""
    rows = rows_of("classification", [0, 1, 1, 1], ("a", "b"), chance=50.0)
    assert development_entry(rows, points_of(rows, [1, 1, 1, 1]), 1) == {
        "main_score": "accuracy_percent",
        "accuracy_percent": 75.0,
        "standard_error_percent": pytest.approx(25.0),
        "n": 4,
        "chance_percent": 50.0,
        "majority_percent": 75.0,
    }
    assert development_entry(rows, points_of(rows, [1] * 4), None)["majority_percent"] is None


def test_the_error_of_a_ratio_weighs_examples_by_their_words():
    """2 of 4 words: residuals 1 * (2 - 1.5) and -0.5; sqrt(2 * (0.25 + 0.25)) / 4 = 1 / 4."""
    points = [{"accuracy": (2.0, 3.0)}, {"accuracy": (0.0, 1.0)}]
    assert standard_error(points, "accuracy") == pytest.approx(25.0)
    assert standard_error(points[:1], "accuracy") == 0
    assert standard_error([{"f1": (0.0, 0.0)}] * 3, "f1") == 0  # nothing to find, nothing found
