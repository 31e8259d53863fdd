"""Whether a gain changes with size, where the truth is known."""

from tests.studies.known import evidence
from waystation.studies import model_scaling
from waystation.studies.answers import ABOVE, BELOW, EQUAL, UNDETERMINED, YES


def sizes(small, large, **more):
    truths = {("pico", "none"): 50.0, ("nano", "none"): 60.0}
    truths |= {("pico", "mnli"): 50.0 + small, ("nano", "mnli"): 60.0 + large}
    return model_scaling.answer(evidence(truths, **more))


def test_a_gain_that_grows_and_one_that_shrinks_are_found():
    for small, large, said in ((2.0, 14.0, ABOVE), (14.0, 2.0, BELOW)):
        answer = sizes(small, large)
        (finding,) = answer.findings
        assert (answer.verdict, finding.verdict) == (YES, said)
        assert finding.estimate.low < (large - small) / 1.95 < finding.estimate.high
        assert finding.n == 200
        assert finding.seeds == 3


def test_the_same_gain_is_equal_where_the_seeds_agree_and_else_not_known():
    assert sizes(5.0, 5.0, spread=0.02).verdict == EQUAL
    restless = sizes(5.0, 5.0, spread=6.0)
    assert restless.verdict == UNDETERMINED
    assert restless.findings[0].smallest_effect > 3
    assert "would have shown" in restless.sentence


def test_one_size_answers_nothing_and_a_full_task_is_named():
    alone = model_scaling.answer(evidence({("nano", "none"): 50.0, ("nano", "mnli"): 55.0}))
    assert (alone.verdict, alone.findings) == (UNDETERMINED, ())
    truths = {("pico", "none"): 50.0, ("nano", "none"): 95.0}
    truths |= {("pico", "mnli"): 60.0, ("nano", "mnli"): 96.0}
    assert "nano leaves little room" in model_scaling.answer(evidence(truths)).limits[1]
