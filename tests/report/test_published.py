"""Published scores beside ours, on the two_models grid of tests/report/conftest.py."""

from dataclasses import replace

import pytest

from tests.report.small_grid import row
from waystation.base.errors import UserError
from waystation.params.schema import Reference
from waystation.report.published import reference_rows
from waystation.report.records import Average, Estimate
from waystation.report.text import reference_table

PUBLISHED = Reference(
    "nano",
    "none",
    "Somebody 2020, table 2",
    {"xnli": {"accuracy": 70.0}, "mlqa": {"f1": 60.5, "exact_match": 20.0}}
    | {"tatoeba": {"accuracy": 40.0}, "bucc": {"f1": 30.0}},
)


def with_references(suite, **published):
    return replace(suite, report=replace(suite.report, reference=published))


def made(grid, **published):
    grid.suite = with_references(grid.suite, **published)
    return grid.tables().reference


def test_ours_is_the_mean_over_all_languages_and_english(two_models):
    rows = made(two_models, table=PUBLISHED)
    xnli = row(rows, task="xnli")
    assert xnli.ours_percent == pytest.approx((90 + 80 + 60) / 3)
    assert xnli.low_percent < xnli.ours_percent < xnli.high_percent
    assert xnli.difference == pytest.approx(230 / 3 - 70)
    assert (xnli.languages, xnli.source) == (3, "Somebody 2020, table 2")
    assert row(rows, measure="exact_match").ours_percent == 25.0
    assert row(rows, task="mlqa", measure="f1").difference == 50.0 - 60.5


def test_retrieval_is_that_at_the_protocols_layer(two_models):
    rows = made(two_models, table=PUBLISHED)
    assert row(rows, task="tatoeba").ours_percent == 34.0  # layer 1: 30 + 4
    assert row(rows, task="bucc").ours_percent == 32.0  # layer 1: 30 + 2


def test_a_cell_that_has_not_run_or_lacks_languages_has_no_score_of_ours(two_models):
    other = replace(PUBLISHED, recipe="ccg")
    wider = replace(PUBLISHED, benchmark="xtreme", scores={"xnli": {"accuracy": 70.0}})
    rows = made(two_models, other=other, wider=wider)
    assert len(rows) == 6
    assert {row.ours_percent for row in rows} == {None}
    text = reference_table(rows)
    assert "nano, ccg: Somebody 2020, table 2" in text
    assert text.splitlines()[3].split() == ["xnli,", "accuracy", "70.0", "-", "-"]


def test_a_benchmark_s_averages_have_published_scores_too(two_models):
    whole = replace(PUBLISHED, benchmark="xtreme", scores={"qa": {"score": 60.0}})
    rows = made(two_models, whole=whole)
    assert rows[0].published_percent == 60.0
    assert rows[0].ours_percent is None  # tasks are missing
    scored = {"benchmark": "xtreme", "model": "nano", "score": Estimate(61.5, 60.0, 63.0)}
    averages = [Average(**scored, recipe="none", tasks="qa")]
    averages.append(Average(**scored, recipe="ccg", tasks="overall"))
    suite = with_references(two_models.suite, whole=whole)
    assert reference_rows([], [], averages, suite)[0].difference == pytest.approx(1.5)
    wrong = replace(whole, scores={"qa": {"f1": 60.0}})
    with pytest.raises(UserError, match="measure 'f1'; allowed: score"):
        reference_rows([], [], averages, with_references(two_models.suite, whole=wrong))


def test_a_measure_that_the_task_does_not_have_is_refused(two_models):
    with pytest.raises(UserError, match="allowed: accuracy"):
        made(two_models, table=replace(PUBLISHED, scores={"xnli": {"f1": 70.0}}))
