"""Whether longer sequences help, where the truth is known."""

from tests.studies.known import evidence
from waystation.params.schema import Multitask
from waystation.report.intervals import Estimate
from waystation.report.records import IntermediateScore, Tables
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


def test_the_same_tasks_at_once_are_held_against_the_sequence_and_others_are_not():
    sets = {
        "four": Multitask(ORDERS["four"], 100, 100),
        "two": Multitask(("squad_v1", "mnli"), 100, 100),
    }
    truths = {"none": 50, "mnli": 52, "sequential/four/2": 54, "sequential/four/4": 58}
    truths |= {"multitask/four": 61, "merged/mean/two": 50}
    cells = {("nano", recipe): score for recipe, score in truths.items()}
    answer = sequential_tasks.answer(evidence(cells, orders=ORDERS, multitask=sets))
    _, together, merged = answer.findings
    assert together.what.startswith("nano: multitask/four less sequential/four/4")
    assert merged.what.startswith("nano: merged/mean/two less sequential/four/2")
    assert (together.verdict, merged.verdict) == (ABOVE, BELOW)


def test_what_was_forgotten_is_told_and_not_tested():
    kept = IntermediateScore(
        model="nano", recipe="sequential/four/2", phase=1, task="mnli", metric="accuracy",
        english=Estimate(60, 55, 65), interval="rows", n=300, learned="yes", steps=9, steps_alone=9,
        change=Estimate(-8, -12, -4),
    )  # fmt: skip
    recipes = ["none", "mnli", "sequential/four/2"]
    cells = {("nano", recipe): 50 for recipe in recipes}
    tables = Tables(intermediate=[kept])
    lost = sequential_tasks.answer(evidence(cells, tables=tables, orders=ORDERS)).findings[-1]
    assert (lost.estimate.value, lost.verdict, lost.n) == (-8, None, 300)
