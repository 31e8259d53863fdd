"""Metrics against hand-worked cases, the official definitions, and slow versions of themselves."""

import itertools
import pkgutil
import random
from collections import Counter

import pytest

from waystation import metrics, tasks
from waystation.base.errors import UserError
from waystation.metrics import accuracy, map_at_20, mlqa, pair_f1, span_f1, squad, squad_v2

EVERY = [entry.name for entry in pkgutil.iter_modules(metrics.__path__)]

SQUAD = [
    # reference answers, prediction, F1, exact match
    (["the Eiffel Tower"], "Eiffel Tower!", 1.0, 1.0),  # articles and punctuation do not count
    (["Eiffel Tower"], "the tower", 2 / 3, 0.0),  # P = 1/1, R = 1/2
    (["in 1889", "1889"], "1889", 1.0, 1.0),  # the best reference counts
    (["a b c d"], "b d x", 2 * (2 / 3) * (2 / 3) / (4 / 3), 0.0),  # `a` is an article: P = R = 2/3
    (["cat cat dog"], "cat", 0.5, 0.0),  # multisets: 1 common, P = 1, R = 1/3
    (["Zürich"], "zürich", 1.0, 1.0),
    (["北京大学"], "北京", 0.0, 0.0),  # no white space: one token
    (["北京"], "北京。", 0.0, 0.0),  # only ASCII punctuation goes
    (["der Zug"], "Zug", 2 / 3, 0.0),  # only English articles go
    (["x-ray"], "xray", 1.0, 1.0),  # punctuation leaves no gap
    (["the.end"], "end", 0.0, 0.0),  # it goes first: `theend` holds no article
    (["red fox"], "fox red", 1.0, 0.0),  # F1 does not see the order
    (["1\u00a0000 km"], "1 000 km", 1.0, 1.0),  # any white space
    (["yes"], "", 0.0, 0.0),
    (["the"], "a", 0.0, 1.0),  # both empty after normalisation: no common token, equal text
    (["!?"], "", 0.0, 1.0),
    (["the"], None, 0.0, 0.0),  # no answer was given: not even an equal text
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
    (["«casa»"], "casa", "es", 1.0, 1.0),
    (
        ["50 €"],
        "50 $",
        "es",
        2 / 3,
        0.0,
    ),  # of currency signs only ASCII's goes
    (["una noche"], "uno noche", "es", 2 / 3, 0.0),  # `uno` is no article there
    (["eine Ähre"], "ähre", "de", 1.0, 1.0),
    (["keine Ahnung"], "Ahnung", "de", 2 / 3, 0.0),  # whole words only
    (["của anh"], "anh", "vi", 1.0, 1.0),
    (["البيت"], "بيت", "ar", 1.0, 1.0),  # the article goes without a gap to mark it
    (["في الكتاب"], "في كتاب", "ar", 1.0, 1.0),
    (["مقالات"], "مق ات", "ar", 1.0, 1.0),  # and inside a word too, where it leaves a gap
    (["ال"], "", "ar", 0.0, 1.0),
    (["北京大学"], "北京", "zh", 2 / 3, 0.0),  # by character: P = 2/2, R = 2/4
    (["北 京"], "北京", "zh", 1.0, 1.0),
    (["在ibm工作"], "IBM", "zh", 2 * 1 * (1 / 4) / (5 / 4), 0.0),  # Latin words stay whole: R = 1/4
    (["New York 州"], "new york州", "zh", 1.0, 1.0),
    (["3.5%"], "35", "zh", 1.0, 1.0),
    (["㐀"], "㐀㐀", "zh", 0.0, 0.0),  # outside of 4E00 to 9FA5: no character of its own
    (["\u9fa6\u9fa6"], "\u9fa6", "zh", 0.0, 0.0),
    (["《红楼梦》"], "红楼梦", "zh", 1.0, 1.0),
    (["दिल्ली।"], "दिल्ली", "hi", 1.0, 1.0),  # the danda is punctuation
    (["the दिल्ली"], "दिल्ली", "hi", 2 / 3, 0.0),  # Hindi has no articles, English ones stay
    (["。！"], "", "zh", 0.0, 1.0),
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
    assert accuracy.points("neutral", "neutral", "en") == {"accuracy": (1.0, 1.0)}
    assert accuracy.points([1, 2, 3], [1, 0, 3], "en") == {"accuracy": (2.0, 3.0)}
    assert accuracy.points([], [], "en") == {"accuracy": (0.0, 0.0)}


def test_tagging_accuracy_is_a_micro_average():
    """A sentence of 1 word, wrong, and one of 3, right: 3 of 4 words, not the mean of 0 and 1."""
    points = metrics.points("accuracy", [[1], [1, 1, 1]], [[0], [1, 1, 1]], "en")
    assert metrics.scores(("accuracy",), points) == {"accuracy_percent": 75.0}


def test_unknown_metric_names_the_allowed():
    with pytest.raises(
        UserError, match="unknown metric 'bleu'; allowed: accuracy, map_at_20, mlqa"
    ):
        metrics.load("bleu")


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


def spans(*sentences: str, read=span_f1.read_tag) -> list[tuple[str, int, int]]:
    """(type, first word, last word) of all spans of a file of sentences."""
    return sorted(set().union(*span_f1.spans([sentence.split() for sentence in sentences], read)))


NAMES = [
    ("O O O", []),
    ("B-PER I-PER O B-LOC", [("LOC", 3, 3), ("PER", 0, 1)]),
    ("B-PER B-PER", [("PER", 0, 0), ("PER", 1, 1)]),
    ("I-ORG I-ORG O", [("ORG", 0, 1)]),  # an I that continues nothing begins a span
    ("B-PER I-ORG I-ORG", [("ORG", 1, 2), ("PER", 0, 0)]),
    ("O B-LOC I-LOC", [("LOC", 1, 2)]),  # to the sentence's end
    ("B-PER O I-PER", [("PER", 0, 0), ("PER", 2, 2)]),
    ("S-PER E-PER I-PER", [("PER", 0, 0), ("PER", 1, 1), ("PER", 2, 2)]),  # as in other schemes
    ("B-PER E-PER", [("PER", 0, 1)]),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_spans_of_names(text, expected):
    assert spans(text) == expected
    assert spans(text, read=span_f1.read_tag_later) == expected


# Parts of speech by the rule that XTREME's own test expects.
WHOLE_TAGS = [
    ("ADJ ADJ NOUN", [("ADJ", 0, 1), ("NOUN", 2, 2)]),  # a run is one span
    ("SYM SYM", [("SYM", 0, 0), ("SYM", 1, 1)]),  # S: a word by itself
    ("SCONJ SCONJ CCONJ CCONJ", [("CCONJ", 2, 3), ("SCONJ", 0, 0), ("SCONJ", 1, 1)]),
    ("INTJ INTJ PUNCT", [("INTJ", 0, 1), ("PUNCT", 2, 2)]),
    ("NOUN X X", [("NOUN", 0, 0), ("X", 1, 2)]),  # X is a type as any other
    ("X", [("X", 0, 0)]),
    ("B-A-B I-A-B", [("B", 0, 1)]),  # the last part of several
]


@pytest.mark.parametrize(("text", "expected"), WHOLE_TAGS)
def test_spans_of_parts_of_speech_by_the_default_rule(text, expected):
    assert spans(text) == expected


# And by what seqeval 1.2.2 does with the first letter and the rest of a tag.
PARTS = [
    ("ADJ ADJ NOUN", [("DJ", 0, 1), ("OUN", 2, 2)]),  # a run is one span
    ("ADV ADJ ADP AUX", [("DJ", 1, 1), ("DP", 2, 2), ("DV", 0, 0), ("UX", 3, 3)]),
    ("PROPN PRON PART", [("ART", 2, 2), ("RON", 1, 1), ("ROPN", 0, 0)]),
    ("SYM SYM", [("YM", 0, 0), ("YM", 1, 1)]),  # S: a word by itself
    ("INTJ INTJ PUNCT", [("NTJ", 0, 1), ("UNCT", 2, 2)]),  # I goes on
    ("INTJ SYM INTJ", [("NTJ", 0, 0), ("NTJ", 2, 2), ("YM", 1, 1)]),
    ("SCONJ SCONJ", [("CONJ", 0, 0), ("CONJ", 1, 1)]),
    ("CCONJ CCONJ", [("CONJ", 0, 1)]),
    ("CCONJ SCONJ", [("CONJ", 1, 1)]),  # CCONJ is lost
    ("SCONJ CCONJ", [("CONJ", 0, 0), ("CONJ", 0, 1)]),  # CCONJ goes back to where SCONJ began
    ("NOUN X X VERB", [("ERB", 3, 3), ("OUN", 0, 0), ("_", 1, 2)]),
    ("NOUN X", [("OUN", 0, 0)]),  # X at the end is lost: the O after it is of its type
    ("X NOUN", [("OUN", 1, 1), ("_", 0, 0)]),  # at the start of a file it is none
    ("X", []),
]


@pytest.mark.parametrize(("text", "expected"), PARTS)
def test_spans_of_parts_of_speech_by_the_later_rule(text, expected):
    assert spans(text, read=span_f1.read_tag_later) == expected


def test_an_x_that_begins_a_sentence_reaches_back():
    """Words are counted over the file, with one place after each sentence."""
    later = span_f1.read_tag_later
    expected = [("ERB", 4, 4), ("ET", 0, 0), ("OUN", 1, 1), ("_", 1, 3)]
    assert spans("DET NOUN", "X VERB", read=later) == expected
    assert spans("DET", "", "NOUN", read=later) == [("ET", 0, 0), ("OUN", 3, 3)]


def test_both_rules_stand_side_by_side_where_they_differ():
    scored = f1(["NOUN X VERB"], ["NOUN X ADJ"])
    assert (scored["precision"], scored["precision_seqeval_1"]) == (100 * (2 / 3), 100 * (2 / 3))
    assert f1(["NOUN X"], ["NOUN VERB"]) == {
        "f1": 50.0, "precision": 50.0, "recall": 50.0, "precision_seqeval_1": 50.0,
        "f1_seqeval_1": pytest.approx(200 / 3), "recall_seqeval_1": 100.0,
    }  # fmt: skip
    assert set(f1(["B-PER O"], ["B-PER O"])) == {"f1", "precision", "recall"}
    assert set(f1([], [])) == {"f1", "precision", "recall"}


def f1(golds: list[str], predictions: list[str]) -> dict[str, float]:
    sides = ([sentence.split() for sentence in side] for side in (golds, predictions))
    return span_f1.scores(span_f1.file_points(*sides, "de"))


def test_span_f1_counts_spans_over_all_sentences():
    """4 spans in the gold, 3 predicted, 2 of them right: one has a wrong end; P 2/3, R 2/4."""
    golds = ["B-PER I-PER O B-LOC", "B-ORG I-ORG B-LOC", "O O"]
    predictions = ["B-PER I-PER O B-LOC", "B-ORG O O", "O O"]
    points = span_f1.file_points([g.split() for g in golds], [p.split() for p in predictions], "de")
    assert points[1] == {"f1": (0.0, 3.0), "precision": (0.0, 1.0), "recall": (0.0, 2.0)}
    assert points[2] == {"f1": (0.0, 0.0), "precision": (0.0, 0.0), "recall": (0.0, 0.0)}
    p, r = 2 / 3, 2 / 4
    expected = {"f1": 100 * (2 * p * r / (p + r)), "precision": 100 * p, "recall": 100 * r}
    assert f1(golds, predictions) == expected
    assert expected["f1"] == pytest.approx(400 / 7)


POS_SCORES = [
    # gold, prediction, (right spans, predicted, in the gold) by the default rule and by seqeval 1
    (["DET NOUN VERB"], ["DET VERB VERB"], (1, 2, 3), (1, 2, 3)),  # VERB VERB is one wrong span
    (["DET ADJ NOUN"], ["DET NOUN NOUN"], (1, 2, 3), (1, 2, 3)),
    (["NOUN CCONJ NOUN"], ["NOUN SCONJ NOUN"], (2, 3, 3), (3, 3, 3)),  # the conjunctions are equal
    (["NOUN X"], ["NOUN NOUN"], (0, 1, 2), (0, 1, 1)),
    (["NOUN SYM"], ["NOUN X"], (1, 2, 2), (1, 1, 2)),
    (["DET", "NOUN"], ["DET", "DET"], (1, 2, 2), (1, 2, 2)),  # no run over a sentence's end
]


@pytest.mark.parametrize(("golds", "predictions", "default", "later"), POS_SCORES)
def test_the_pos_score(golds, predictions, default, later):
    expected = {}
    for rule, (right, predicted, there) in (("", default), ("_seqeval_1", later)):
        p, r = right / predicted, right / there
        f1_of_rule = 100 * (2 * p * r / (p + r)) if right else 0.0
        expected |= {f"f1{rule}": f1_of_rule}
        expected |= {f"precision{rule}": 100 * p, f"recall{rule}": 100 * r}
    assert f1(golds, predictions) == expected


def test_a_span_with_another_type_is_wrong():
    assert f1(["B-PER I-PER"], ["B-LOC I-LOC"]) == {"f1": 0.0, "precision": 0.0, "recall": 0.0}


@pytest.mark.parametrize("predicted", ["O O", "B-PER O"])
def test_no_span_in_the_gold_scores_zero(predicted):
    assert set(f1(["O O"], [predicted]).values()) == {0.0}


def test_no_predicted_span_scores_zero():
    assert set(f1(["O B-PER"], ["O O"]).values()) == {0.0}


PAIRS = [
    # gold, predicted: right, predicted, gold
    ("ab cd", "ab ce", 1, 2, 2),
    ("ab cd", "ab ab", 1, 1, 2),  # sets: a pair counts once
    ("ab cd", "", 0, 0, 2),
    ("ab", "ba", 0, 1, 1),  # the sides matter
]


@pytest.mark.parametrize(("gold", "predicted", "right", "found", "there"), PAIRS)
def test_pair_f1(gold, predicted, right, found, there):
    sides = ({tuple(pair) for pair in text.split()} for text in (gold, predicted))
    points = pair_f1.points(*sides, "de")
    p, r = right / found if found else 0.0, right / there
    f = 2 * p * r / (p + r) if right else 0.0
    scores = {"f1": 100 * f, "precision": 100 * p, "recall": 100 * r}
    assert pair_f1.scores([points]) == scores


def test_no_pairs_at_all_score_zero():
    assert set(pair_f1.scores([pair_f1.points(set(), set(), "de")]).values()) == {0.0}


RANKINGS = [
    # number of relevant candidates, ranking (letters: relevant), average precision
    (1, "a", 1.0),
    (1, "-a", 1 / 2),
    (2, "a-b", (1 / 1 + 2 / 3) / 2),
    (2, "---", 0.0),
    (2, "", 0.0),
    (3, "ab", 2 / 3),  # one is not found
    (1, "-" * 19 + "a", 1 / 20),
    (1, "-" * 20 + "a", 0.0),
    (26, "abcdefghijklmnopqrst", 1.0),  # more than twenty cannot be found
    (1, "aa", 1.0),  # a repeated candidate counts once
    (2, "aab", (1 / 1 + 2 / 3) / 2),  # and takes its rank
]


@pytest.mark.parametrize(("relevant", "ranking", "expected"), RANKINGS)
def test_map_at_20(relevant, ranking, expected):
    gold = list("abcdefghijklmnopqrstuvwxyz"[:relevant])
    points = map_at_20.points(gold, list(ranking), "de")
    assert points == {"map_at_20": (pytest.approx(expected), 1.0)}
    assert list(metrics.scores(("map_at_20",), [points])) == ["map_at_20_percent"]


@pytest.mark.parametrize("ranks", [3, 20])
def test_chance_of_map_at_20_is_the_mean_over_all_orders_of_the_pool(monkeypatch, ranks):
    monkeypatch.setattr(map_at_20, "RANKS", ranks)
    scores = [
        map_at_20.points(["r", "s"], list(order), "de")["map_at_20"][0]
        for order in itertools.permutations("rsabcd")
    ]
    assert map_at_20.chance(["r", "s"], 6) == pytest.approx(sum(scores) / len(scores))
    assert map_at_20.chance(["r"], 1) == 1


def test_scores_have_the_official_order_of_operations():
    """Each of these differs in its last digit in the order that other metrics have."""
    right = [{"accuracy": (float(i < 7), 1.0)} for i in range(25)]
    assert accuracy.scores(right)["accuracy"] == 100 * (7 / 25) != 100 * 7 / 25
    answers = [{"f1": (float(i < 7), 1.0), "exact_match": (float(i < 7), 1.0)} for i in range(25)]
    assert squad.scores(answers) == {"f1": 100 * 7 / 25, "exact_match": 100 * 7 / 25}
    spans_found = [{"f1": (14.0, 32.0), "precision": (7.0, 9.0), "recall": (7.0, 23.0)}]
    p, r = 7 / 9, 7 / 23
    assert span_f1.scores(spans_found)["f1"] == 100 * (2 * p * r / (p + r)) != 100 * (14 / 32)


# Slow versions, straight from the definitions, against random data.

TAGS = ("O", "O", "B-PER", "I-PER", "B-LOC", "I-LOC")
PLAIN_PARTS = ("ADJ", "DET", "NOUN", "PROPN", "PUNCT", "SYM", "VERB")  # those without a surprise


def slow_names(sentence: list[str]) -> set[tuple[str, int, int]]:
    """Every stretch of one type that begins where a span may begin and cannot be made longer."""
    found = set()
    for first, last in itertools.combinations_with_replacement(range(len(sentence)), 2):
        kinds = {tag[2:] for tag in sentence[first : last + 1]}
        before = sentence[first - 1] if first else "O"
        after = sentence[last + 1] if last + 1 < len(sentence) else "O"
        kind = kinds.pop()
        inside = all(tag == f"I-{kind}" for tag in sentence[first + 1 : last + 1])
        begins = sentence[first] == f"B-{kind}" or (before[2:] != kind)
        if kind and not kinds and inside and begins and after != f"I-{kind}":
            found.add((kind, first, last))
    return found


def slow_parts(sentence: list[str]) -> set[tuple[str, int, int]]:
    """Runs of equal tags; each SYM by itself."""
    found, place = set(), 0
    for tag, run in itertools.groupby(sentence):
        length = len(list(run))
        steps = 1 if tag[0] == "S" else length
        for start in range(place, place + length, steps):
            found.add((tag, start, start + steps - 1))
        place += length
    return found


@pytest.mark.parametrize(("tags", "slow"), [(TAGS, slow_names), (PLAIN_PARTS, slow_parts)])
def test_spans_are_those_of_the_slow_version(tags, slow):
    rng = random.Random(3)
    for _ in range(400):
        sentence = rng.choices(tags, k=rng.randrange(1, 9))
        assert span_f1.spans([sentence], span_f1.read_tag) == [slow(sentence)], sentence


def slow_f1(gold: list[str], found: list[str]) -> float:
    left, common = list(gold), 0
    for token in found:
        if token in left:
            left.remove(token)
            common += 1
    return 2 * common / (len(gold) + len(found)) if common else 0.0


def test_answers_score_as_in_the_slow_version():
    rng = random.Random(4)
    for _ in range(400):
        gold, found = (rng.choices("bcdef", k=rng.randrange(1, 6)) for _ in range(2))
        points = squad.points([" ".join(gold)], " ".join(found), "en")
        assert points["f1"][0] == pytest.approx(slow_f1(gold, found))
        assert points["exact_match"][0] == (gold == found)


def test_rankings_score_as_in_the_slow_version():
    rng = random.Random(5)
    for _ in range(300):
        pool = list(range(30))
        gold, ranking = rng.sample(pool, rng.randrange(1, 26)), rng.sample(pool, 25)
        precisions = [
            len(set(gold) & set(ranking[: rank + 1])) / (rank + 1)
            for rank in range(20)
            if ranking[rank] in gold
        ]
        expected = sum(precisions) / min(len(gold), 20)
        assert map_at_20.points(gold, ranking, "de")["map_at_20"][0] == pytest.approx(expected)


def random_file(metric: str, rng: random.Random) -> tuple[list, list, list]:
    """Gold, predictions and perfect predictions of 30 examples."""
    if metric == "span_f1":
        golds = [rng.choices(PLAIN_PARTS, k=rng.randrange(1, 9)) for _ in range(30)]
        return golds, [[rng.choice([tag, "NOUN"]) for tag in sentence] for sentence in golds], golds
    if metric == "accuracy":
        golds, found = rng.choices("abc", k=30), rng.choices("abc", k=30)
        return golds, found, golds
    if metric == "map_at_20":
        golds = [[rng.choice("abc")] for _ in range(30)]
        return golds, [rng.sample("abcdef", 4) for _ in range(30)], golds
    if metric == "pair_f1":
        golds = [{*rng.choices(range(9), k=4)} for _ in range(30)]
        return golds, [{*rng.choices(range(9), k=4)} for _ in range(30)], golds
    answers = [" ".join(rng.choices("bc", k=rng.randrange(1, 4))) for _ in range(60)]
    return [[answer] for answer in answers[:30]], answers[30:], answers[:30]


@pytest.mark.parametrize("metric", EVERY)
def test_order_and_copies_of_examples_do_not_matter(metric):
    rng = random.Random(6)
    golds, predictions, perfect = random_file(metric, rng)

    def scores(predicted: list, places: list[int]) -> dict[str, float]:
        parts = [[side[place] for place in places] for side in (golds, predicted)]
        return metrics.scores((metric,), metrics.points(metric, *parts, "en"))

    places = list(range(30))
    expected = scores(predictions, places)
    assert all(0 < value < 100 for value in expected.values())
    assert scores(predictions, rng.sample(places, 30)) == pytest.approx(expected)
    assert scores(predictions, places * 3) == pytest.approx(expected)
    assert set(scores(perfect, places).values()) == {100.0}


def test_points_sum_up_to_the_scores():
    """What the report's intervals are computed from gives the scores, up to rounding."""
    rng = random.Random(7)
    for metric in EVERY:
        golds, predictions, _ = random_file(metric, rng)
        points = metrics.points(metric, golds, predictions, "en")
        assert metrics.main_name(metric) in points[0]
        for name, value in metrics.load(metric).scores(points).items():
            sums = Counter()
            for example in points:
                sums.update(points=example[name][0], weight=example[name][1])
            assert value == pytest.approx(100 * sums["points"] / sums["weight"])


def test_spans_score_as_seqeval_does():
    """The library that XTREME's evaluator calls, where it is installed; tags of both tasks."""
    seqeval = pytest.importorskip("seqeval.metrics", reason="seqeval is not installed")
    draw = random.Random(0)
    kinds = {task: [*tasks.load(task).labels] for task in ("panx", "udpos")}
    for labels in kinds.values():
        for _ in range(50):
            lengths = [draw.randint(1, 12) for _ in range(20)]
            gold = [draw.choices(labels, k=n) for n in lengths]
            found = [[t if draw.random() < 0.7 else draw.choice(labels) for t in s] for s in gold]
            ours = span_f1.scores(span_f1.file_points(gold, found, "de"))
            rule = span_f1.LATER if "f1_seqeval_1" in ours else ""
            for name in span_f1.NAMES:
                theirs = getattr(seqeval, f"{name}_score")(gold, found)
                assert ours[name + rule] == pytest.approx(100 * theirs, abs=1e-12), name
