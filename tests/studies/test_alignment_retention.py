"""What of the alignment survives, where the truth is known."""

import numpy as np

from tests.studies.known import evidence
from waystation.report.encoders.paired_retrieval import Retrieved, ratio
from waystation.studies import alignment_retention
from waystation.studies.answers import EQUAL, NO, UNDETERMINED, YES

RECIPES = ("mnli", "squad_v1", "hellaswag", "ccg")
TRUTHS = {
    (model, recipe): 50.0 + place
    for model in ("pico", "nano")
    for place, recipe in enumerate(("none", *RECIPES))
}


def retrieved(share, n=400, seed=0):
    """One language at one layer, of which so many sentences are right."""
    texts = "".join(map(str, (np.random.default_rng(seed).random(n) < share).astype(int)))
    return {"tatoeba": Retrieved(0, {"qda": {"margin_to_english": [texts]}}, 500)}


def kept(pico, nano):
    """Shares of the sentences found after each recipe; before it is 0.8."""
    found = {(model, "none"): retrieved(0.8) for model in ("pico", "nano")}
    for model, shares in (("pico", pico), ("nano", nano)):
        found |= {
            (model, name): retrieved(share) for name, share in zip(RECIPES, shares, strict=True)
        }
    return alignment_retention.answer(evidence(TRUTHS, found))


def test_a_larger_model_that_keeps_more_is_found_and_one_that_keeps_less():
    more = kept((0.4, 0.42, 0.38, 0.4), (0.7, 0.72, 0.69, 0.71))
    assert more.verdict == YES
    assert more.findings[0].estimate.low > 25
    assert kept((0.7, 0.72, 0.69, 0.71), (0.4, 0.42, 0.38, 0.4)).verdict == NO


def test_the_same_is_equal_and_recipes_that_disagree_leave_the_answer_open():
    assert kept((0.6,) * 4, (0.6,) * 4).verdict == EQUAL
    assert kept((0.3, 0.7, 0.4, 0.6), (0.7, 0.3, 0.6, 0.4)).verdict == UNDETERMINED


def test_one_size_says_what_it_keeps_and_compares_nothing():
    found = {("nano", "none"): retrieved(0.8), ("nano", "mnli"): retrieved(0.4)}
    answer = alignment_retention.answer(evidence(TRUTHS, found))
    assert answer.verdict == UNDETERMINED
    assert answer.sentence.startswith("nano keeps 48 % (one recipe)")
    assert "not compared" in answer.sentence
    assert [finding.verdict for finding in answer.findings] == [None]


def test_a_ratio_is_paired_by_sentence():
    """The same sentences before and after: no difference, no interval."""
    same = retrieved(0.5)["tatoeba"].mean("margin_to_english")
    estimate = ratio(same, same).difference()
    assert (estimate.value, estimate.low, estimate.high) == (100, 100, 100)


def test_retention_that_goes_with_the_gain_is_called_a_correlation():
    answer = kept((0.4, 0.5, 0.6, 0.7), (0.4, 0.5, 0.6, 0.7))
    told = [one for one in answer.findings if one.unit.startswith("correlation")]
    assert [one.estimate.value for one in told] == [1.0, 1.0]
    assert all(one.verdict is None for one in told)
