"""Whether longer sequences help, where the truth is known."""

from tests.studies.known import evidence
from waystation.studies import sequential_tasks
from waystation.studies.answers import ABOVE, BELOW, EQUAL, UNDETERMINED

ORDERS = {"four": ("mnli", "squad_v1", "hellaswag", "ccg")}


def order(scores, **more):
    recipes = ["none", "mnli", *(f"sequential/four/{length}" for length in (2, 3, 4))]
    truths = {("nano", recipe): score for recipe, score in zip(recipes, scores)}
    return sequential_tasks.answer(evidence(truths, orders=ORDERS, **more))


def test_a_rising_and_a_falling_order_are_found():
    for scores, said in (([50, 53, 56, 59, 62], ABOVE), ([62, 59, 56, 53, 50], BELOW)):
        answer = order(scores)
        (finding,) = answer.findings
        assert finding.verdict == said
        assert abs(finding.estimate.value) - 3 < 0.5
        assert len(finding.cells) == 5


def test_a_level_order_is_equal_or_not_known():
    assert order([50] * 5, spread=0.02).verdict == EQUAL
    assert order([50] * 5, spread=6.0).verdict == UNDETERMINED


def test_two_lengths_make_no_trend():
    assert order([50, 60]).findings == ()


def test_one_seed_gives_no_verdict_however_far_the_scores_fall():
    answer = order([62, 59, 56, 53, 50], runs=1)
    assert answer.verdict == UNDETERMINED
    assert answer.sentence.startswith("One fine-tuning seed gives no verdict")
