"""What ratios of speed answer."""

import pytest

from tests.report.small_grid import speed_ratio
from tests.studies.known import evidence
from waystation.comparison.decisions import EQUAL, SLOWER, UNDECIDED
from waystation.report.records import Tables
from waystation.studies import qa_inference
from waystation.studies.answers import NO, UNDETERMINED, YES


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ([EQUAL, EQUAL], NO),
        ([EQUAL, UNDECIDED], UNDETERMINED),
        ([EQUAL, UNDECIDED, SLOWER], YES),
        ([], UNDETERMINED),
    ],
)
def test_equal_everywhere_is_no_and_one_difference_is_yes(said, verdict):
    rows = [speed_ratio(task="mlqa", language=str(i), verdict=v) for i, v in enumerate(said)]
    elsewhere = speed_ratio(task="xnli", verdict=SLOWER)
    answer = qa_inference.answer(evidence({}, tables=Tables(speeds=[*rows, elsewhere])))
    assert answer.verdict == verdict
    assert len(answer.findings) == len(said)


def test_equal_in_the_mean_is_no_though_languages_are_undecided():
    rows = [speed_ratio(task="mlqa", language=str(i), verdict=UNDECIDED) for i in range(3)]
    mean = speed_ratio(task="mlqa", language="mean", verdict=EQUAL)
    answer = qa_inference.answer(evidence({}, tables=Tables(speeds=[*rows, mean])))
    assert answer.verdict == NO
    assert answer.sentence.startswith("In the mean over languages: pico, latency of ")
    assert "3 are undecided" in answer.sentence
