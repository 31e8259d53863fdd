"""Metrics against hand-worked cases and the official definitions."""

import itertools

import pytest

from stages import scoring
from stages.errors import UserError
from stages.scoring import accuracy, map_at_20, mlqa, span_f1, squad, squad_v2

SQUAD = [
    # reference answers, prediction, F1, exact match
    (["the Eiffel Tower"], "Eiffel Tower!", 1.0, 1.0),  # articles and punctuation do not count
    (["Eiffel Tower"], "the tower", 2 / 3, 0.0),  # P = 1/1, R = 1/2
    (["in 1889", "1889"], "1889", 1.0, 1.0),  # the best reference counts
    (["a b c d"], "b d x", 2 * (2 / 3) * (2 / 3) / (4 / 3), 0.0),  # `a` is an article: P = R = 2/3
    (["cat cat dog"], "cat", 0.5, 0.0),  # multisets: 1 common, P = 1, R = 1/3
    (["Zürich"], "zürich", 1.0, 1.0),
    (["北京大学"], "北京", 0.0, 0.0),  # no white space: one token
    (["yes"], "", 0.0, 0.0),
    (["the"], "a", 0.0, 1.0),  # both empty after normalisation: no common token, equal text
]


@pytest.mark.parametrize(("gold", "predicted", "f1", "exact"), SQUAD)
def test_squad(gold, predicted, f1, exact):
    points = squad.points(gold, predicted, "en")
    assert points["f1"] == (pytest.approx(f1), 1.0)
    assert points["exact_match"] == (exact, 1.0)


MLQA = [
    (["the house"], "house", "en", 1.0, 1.0),
    (["das Haus"], "Haus", "de", 1.0, 1.0),
    (["das Haus"], "Haus", "en", 2 / 3, 0.0),  # another language's articles stay
    (["¿la casa?"], "casa", "es", 1.0, 1.0),  # Unicode punctuation
    (["của anh"], "anh", "vi", 1.0, 1.0),
    (["北京大学"], "北京", "zh", 2 / 3, 0.0),  # by character: P = 2/2, R = 2/4
    (["दिल्ली।"], "दिल्ली", "hi", 1.0, 1.0),  # the danda is punctuation
    (["zobe koda"], "koda", "qda", 2 / 3, 0.0),
]


@pytest.mark.parametrize(("gold", "predicted", "language", "f1", "exact"), MLQA)
def test_mlqa(gold, predicted, language, f1, exact):
    points = mlqa.points(gold, predicted, language)
    assert points["f1"] == (pytest.approx(f1), 1.0)
    assert points["exact_match"] == (exact, 1.0)


def test_mlqa_refuses_a_language_without_rules():
    with pytest.raises(UserError, match="no rules for 'fr'; allowed: en, es"):
        mlqa.points(["x"], "x", "fr")


def test_accuracy_of_labels_and_words():
    assert accuracy.points(2, 2, "en") == {"accuracy": (1.0, 1.0)}
    assert accuracy.points(2, 1, "en") == {"accuracy": (0.0, 1.0)}
    assert accuracy.points([1, 2, 3], [1, 0, 3], "en") == {"accuracy": (2.0, 3.0)}


def test_tagging_accuracy_is_a_micro_average():
    """A sentence of 1 word, wrong, and one of 3, right: 3 of 4 words, not the mean of 0 and 1."""
    points = [accuracy.points([1], [0], "en"), accuracy.points([1, 1, 1], [1, 1, 1], "en")]
    assert scoring.scores(points) == {"accuracy_percent": 75.0}


def test_unknown_metric_names_the_allowed():
    with pytest.raises(
        UserError, match="unknown metric 'bleu'; allowed: accuracy, map_at_20, mlqa"
    ):
        scoring.load("bleu")


SQUAD_V2 = [
    # reference answers, prediction, F1, exact match
    ([], "", 1.0, 1.0),
    ([], "Rome", 0.0, 0.0),
    (["Rome"], "", 0.0, 0.0),
    (["the Eiffel Tower"], "Eiffel Tower!", 1.0, 1.0),
    (["Eiffel Tower"], "the tower", 2 / 3, 0.0),
    ([], "the", 1.0, 1.0),  # nothing is left of it: no answer
    (["a", "Rome"], "the", 0.0, 0.0),  # a reference of which nothing is left does not count
    (["the"], "a", 1.0, 1.0),  # unless there is no other
]


@pytest.mark.parametrize(("gold", "predicted", "f1", "exact"), SQUAD_V2)
def test_squad_v2(gold, predicted, f1, exact):
    points = squad_v2.points(gold, predicted, "en")
    assert points == {"f1": (pytest.approx(f1), 1.0), "exact_match": (exact, 1.0)}


def tags(text):
    return [span_f1.LABELS.index(tag) for tag in text.split()]


SPANS = [
    ("O O O", set()),
    ("B-PER I-PER O B-LOC", {(0, 2, "PER"), (3, 4, "LOC")}),
    ("B-PER B-PER", {(0, 1, "PER"), (1, 2, "PER")}),
    ("I-ORG I-ORG O", {(0, 2, "ORG")}),  # an I that continues nothing begins a span
    ("B-PER I-ORG I-ORG", {(0, 1, "PER"), (1, 3, "ORG")}),
    ("O B-LOC I-LOC", {(1, 3, "LOC")}),  # to the sentence's end
    ("", set()),
]


@pytest.mark.parametrize(("text", "expected"), SPANS)
def test_spans_of_tags(text, expected):
    assert span_f1.spans(tags(text)) == expected


def test_span_f1_counts_spans_over_all_sentences():
    """4 spans in the gold, 3 predicted, 2 of them right: one has a wrong end; P 2/3, R 2/4."""
    sentences = [
        ("B-PER I-PER O B-LOC", "B-PER I-PER O B-LOC"),
        ("B-ORG I-ORG B-LOC", "B-ORG O O"),
        ("O O", "O O"),
    ]
    points = [span_f1.points(tags(gold), tags(found), "de") for gold, found in sentences]
    assert points[1] == {"f1": (0.0, 3.0), "precision": (0.0, 1.0), "recall": (0.0, 2.0)}
    assert points[2] == {"f1": (0.0, 0.0), "precision": (0.0, 0.0), "recall": (0.0, 0.0)}
    assert scoring.scores(points) == {
        "f1_percent": pytest.approx(400 / 7),
        "precision_percent": pytest.approx(200 / 3),
        "recall_percent": 50.0,
    }


def test_a_span_with_another_type_is_wrong():
    assert span_f1.points(tags("B-PER I-PER"), tags("B-LOC I-LOC"), "de")["f1"] == (0.0, 2.0)


def test_no_span_anywhere_scores_zero():
    assert scoring.scores([span_f1.points([0, 0], [0, 0], "de")])["f1_percent"] == 0.0


RANKINGS = [
    # number of relevant candidates, ranking (r: relevant), average precision
    (1, "r", 1.0),
    (1, "-r", 1 / 2),
    (2, "r-r", (1 / 1 + 2 / 3) / 2),
    (2, "---", 0.0),
    (3, "rr", 2 / 3),  # the pool has only two candidates more
    (1, "-" * 19 + "r", 1 / 20),
    (1, "-" * 20 + "r", 0.0),
    (30, "r" * 20, 1.0),  # more than twenty cannot be found
]


@pytest.mark.parametrize(("relevant", "ranking", "expected"), RANKINGS)
def test_map_at_20(relevant, ranking, expected):
    gold = {"keys": ["r"], "relevant": relevant}
    points = map_at_20.points(gold, list(ranking), "de")
    assert points == {"map_at_20": (pytest.approx(expected), 1.0)}
    assert list(scoring.scores([points])) == ["map_at_20_percent"]


@pytest.mark.parametrize("ranks", [3, 20])
def test_chance_of_map_at_20_is_the_mean_over_all_orders_of_the_pool(monkeypatch, ranks):
    monkeypatch.setattr(map_at_20, "RANKS", ranks)
    gold = {"keys": ["r", "s"], "relevant": 2}
    scores = [
        map_at_20.points(gold, list(order), "de")["map_at_20"][0]
        for order in itertools.permutations("rsabcd")
    ]
    assert map_at_20.chance(gold, 6) == pytest.approx(sum(scores) / len(scores))
    assert map_at_20.chance({"keys": ["r"], "relevant": 1}, 1) == 1
