"""The verdicts on the paper's claims, where the truth is known."""

import pytest

from tests.studies.known import LABELS, TARGETS, evidence
from tests.studies.test_alignment_retention import retrieved
from waystation.report.choice.choice_records import EnglishScore
from waystation.report.encoders.paired_retrieval import Retrieved
from waystation.report.records import Tables
from waystation.studies import claims

BEST = ("squad_v1", "mnli", "hellaswag")


def judged(gains, retrieval=None, spread=0.02, runs=3):
    truths = {("nano", "none"): 50.0} | {("nano", name): 50.0 + g for name, g in gains.items()}
    found = claims.judge(evidence(truths, retrieval, spread=spread, runs=runs))
    assert len(found) == 9
    return {claim.name: claim for claim in found}


@pytest.mark.parametrize(
    ("gain", "spread", "verdict"),
    [(6.0, 0.02, "reproduced"), (-6.0, 0.02, "contradicted"), (1.0, 8.0, "undetermined")],
)
def test_gains_of_single_tasks(gain, spread, verdict):
    found = judged(dict.fromkeys(BEST, gain), spread=spread)
    assert found["single_task_gains"].verdict == verdict
    assert len(found["single_task_gains"].findings) == 3


@pytest.mark.parametrize(
    ("runs", "ours"),
    [
        (3, "tydiqa: 3 of 3 recipes gain; xnli: 3 of 3 recipes gain"),
        (1, "3 recipes have run (one seed: not tested)"),
    ],
)
def test_recipes_that_gain_are_counted_where_they_were_tested(runs, ours):
    truths = {("nano", "none"): 50.0} | {("nano", name): 60.0 for name in BEST}
    labels = LABELS | {"tydiqa": "question_answering"}
    found = claims.judge(evidence(truths, spread=0.02, runs=runs, labels=labels))
    claim = {one.name: one for one in found}["tydiqa_yes_xnli_no"]
    assert claim.ours == ours
    assert {one.n for one in claim.findings} == {200}


def test_together_is_compared_with_the_best_alone():
    alone = dict(zip(BEST, (3.0, 5.0, 4.0), strict=True))
    better = judged(alone | {"multitask/all": 9.0})["multitask_best"]
    assert better.verdict == "reproduced"
    assert "nano/mnli" in better.ours
    assert judged(alone | {"multitask/all": 1.0})["multitask_best"].verdict == "contradicted"
    assert judged(alone)["multitask_best"].verdict == "not testable here"
    few = judged(alone | {"multitask/qa": 9.0})["multitask_best"]
    assert few.verdict == "not testable here"
    assert "nano/mnli" in few.ours


def test_retrieval_is_judged_over_recipes():
    def shares(before, *after):
        names = dict(zip(("none", *BEST), (before, *after), strict=True))
        return {("nano", name): cosine(retrieved(share)) for name, share in names.items()}

    def cosine(tasks):
        old = tasks["tatoeba"].right["qda"]["margin_to_english"]
        return {"tatoeba": Retrieved(0, {"qda": {"cosine_from_english": old}}, 500)}

    gains = dict.fromkeys(BEST, 0.0)
    falls = judged(gains, shares(0.9, 0.5, 0.52, 0.51))["retrieval_gains"]
    assert falls.verdict == "contradicted"
    assert "0 recipes rise and 3 fall" in falls.ours
    assert judged(gains, shares(0.4, 0.8, 0.81, 0.79))["retrieval_gains"].verdict == "reproduced"
    assert judged(gains)["retrieval_gains"].verdict == "not testable here"


def test_plain_english_beside_translations():
    better = judged({"mnli": 8.0, "mnli+translated": 5.0})["english_beats_alternatives"]
    assert better.verdict == "reproduced"
    worse = judged({"mnli": 1.0, "mnli+translated": 6.0})["english_beats_alternatives"]
    assert worse.verdict == "contradicted"


def test_english_rows_choose_the_recipe_of_each_target():
    """By its English score alone: the best on test rows is another."""
    english = {"none": 50.0, "mnli": 70.0, "squad_v1": 60.0, "random": 99.0}
    rows = [
        EnglishScore(model="nano", recipe=recipe, target=target, seed=seed, step=1,
                     english_percent=percent + seed)
        for target in TARGETS.values() for recipe, percent in english.items() for seed in range(3)
    ]  # fmt: skip
    truths = {"none": 50.0, "mnli": 53.0, "squad_v1": 58.0, "random": 30.0}
    cells = {("nano", recipe): truth for recipe, truth in truths.items()}
    seen = evidence(cells, tables=Tables(english=rows), spread=0.02)
    claim = {one.name: one for one in claims.judge(seen)}["best_per_target"]
    assert claim.verdict == "reproduced"
    assert claim.findings[0].estimate.value == pytest.approx(3.0, abs=0.3)
    assert claim.ours.endswith("chosen: xnli mnli, xquad mnli")
    nothing = {one.name: one for one in claims.judge(evidence(cells))}["best_per_target"]
    assert nothing.verdict == "not testable here"


def test_one_seed_reproduces_nothing():
    alone = judged(dict.fromkeys(BEST, 6.0), runs=1)["single_task_gains"]
    assert alone.verdict == "undetermined"
    assert alone.ours.endswith("(one seed: not tested)")
