"""Whether a faster model pays, where the truth is known."""

import pytest

from tests.studies.known import evidence
from waystation.report.records import Tables
from waystation.report.speed.speeds import Cost
from waystation.studies import multilingual_finetuning
from waystation.studies.answers import NO, UNDETERMINED, YES


def rate(model, tokens_per_sec):
    names = {"model": model, "recipe": "none", "target": "mnli", "task": "xnli", "language": "qda"}
    return Cost(**names, measured={"tokens_per_sec": tokens_per_sec})


@pytest.mark.parametrize(
    ("faster", "spread", "verdict"),
    [(62.0, 0.02, YES), (50.0, 0.02, NO), (60.0, 8.0, UNDETERMINED)],
)
def test_a_faster_model_is_not_inferior_inferior_or_open(faster, spread, verdict):
    truths = {("nano", "none"): 60.0, ("pico", "none"): faster}
    tables = Tables(cost=[rate("pico", 300.0), rate("nano", 100.0)])
    answer = multilingual_finetuning.answer(evidence(truths, tables=tables, spread=spread))
    assert answer.verdict == verdict
    assert "3.00 times" in answer.findings[0].what


def test_one_size_has_no_faster_point():
    assert multilingual_finetuning.answer(evidence({("nano", "none"): 60.0})).findings == ()
