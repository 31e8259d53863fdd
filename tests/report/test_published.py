"""Published scores beside ours, on the small grid of tests/report/test_markdown.py."""

from dataclasses import replace

import pytest

from tests.report.test_markdown import row, small  # noqa: F401  a fixture
from waystation.base.errors import UserError
from waystation.params.schema import Reference
from waystation.report.published import reference_rows
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
    return grid.tables()["reference"]


def test_ours_is_the_mean_over_all_languages_and_english(small):  # noqa: F811
    rows = made(small, table=PUBLISHED)
    found = row(rows, task="xnli")
    assert found["ours_percent"] == pytest.approx((90 + 80 + 60) / 3)
    assert found["low_percent"] < found["ours_percent"] < found["high_percent"]
    assert found["difference"] == pytest.approx(230 / 3 - 70)
    assert (found["languages"], found["source"]) == (3, "Somebody 2020, table 2")
    assert row(rows, measure="exact_match")["ours_percent"] == 25.0
    assert row(rows, task="mlqa", measure="f1")["difference"] == 50.0 - 60.5


def test_retrieval_is_told_at_the_protocols_layer(small):  # noqa: F811
    rows = made(small, table=PUBLISHED)
    assert row(rows, task="tatoeba")["ours_percent"] == 34.0  # layer 1: 30 + 4
    assert row(rows, task="bucc")["ours_percent"] == 32.0  # layer 1: 30 + 2


def test_a_cell_that_has_not_run_or_lacks_languages_has_no_score_of_ours(small):  # noqa: F811
    other = replace(PUBLISHED, recipe="ccg")
    wider = replace(PUBLISHED, benchmark="xtreme", scores={"xnli": {"accuracy": 70.0}})
    rows = made(small, other=other, wider=wider)
    assert len(rows) == 6
    assert not any("ours_percent" in row for row in rows)
    text = reference_table(rows)
    assert "nano, ccg: Somebody 2020, table 2" in text
    assert text.splitlines()[3].split() == ["xnli,", "accuracy", "70.0", "-", "-"]


def test_a_benchmark_s_averages_have_published_scores_too(small):  # noqa: F811
    whole = replace(PUBLISHED, benchmark="xtreme", scores={"qa": {"score": 60.0}})
    rows = made(small, whole=whole)
    assert rows[0]["published_percent"] == 60.0
    assert "ours_percent" not in rows[0]  # tasks are missing
    told = {"benchmark": "xtreme", "model": "nano", "recipe": "none", "score_percent": 61.5}
    averages = [told | {"tasks": "qa"}, told | {"tasks": "overall", "recipe": "ccg"}]
    found = reference_rows([], [], averages, with_references(small.suite, whole=whole))
    assert found[0]["difference"] == pytest.approx(1.5)
    wrong = replace(whole, scores={"qa": {"f1": 60.0}})
    with pytest.raises(UserError, match="measure 'f1'; allowed: score"):
        reference_rows([], [], averages, with_references(small.suite, whole=wrong))


def test_a_measure_that_the_task_does_not_have_is_refused(small):  # noqa: F811
    with pytest.raises(UserError, match="allowed: accuracy"):
        made(small, table=replace(PUBLISHED, scores={"xnli": {"f1": 70.0}}))
