"""Table files: their columns, and what is read back."""

from dataclasses import asdict

import pytest
import yaml

from tests.conftest import ROOT
from tests.report.small_grid import language_score, task_score
from waystation.report import csv_files
from waystation.report.records import Estimate, Tables


def approximate(value):
    """A record's dictionary with the numbers that a file of four decimals holds."""
    if isinstance(value, dict):
        return {key: approximate(field) for key, field in value.items()}
    return pytest.approx(value, abs=6e-5) if isinstance(value, float) else value


@pytest.mark.parametrize("grid", ["one_model", "two_models"])
def test_tables_are_read_back_as_they_were_written(grid, request, tmp_path):
    rows = request.getfixturevalue(grid)
    rows.train("pico", "mnli", {"mnli": (80.0, 5.0, 33.3, None), "ccg": (0.0, 0.0, None, 20.0)})
    made = rows.tables()
    assert len(made.intermediate) == 2
    csv_files.write(tmp_path, made)
    assert asdict(csv_files.read(tmp_path)) == {
        table: [approximate(row) for row in rows] for table, rows in asdict(made).items()
    }


def test_a_language_whose_code_is_a_number_s_name_stays_text(tmp_path):
    csv_files.write(tmp_path, Tables(scores=[language_score(language="nan", task="7")]))
    (score,) = csv_files.read(tmp_path).scores
    assert (score.language, score.task) == ("nan", "7")


def test_columns_stand_in_the_order_of_the_record_whatever_the_first_row_has(tmp_path):
    rows = [language_score(status="not run", language=None, score=None, seeds=None)]
    csv_files.write(tmp_path, Tables(scores=[*rows, language_score(n=3, chance_percent=25.0)]))
    head = (tmp_path / "scores.csv").read_text().splitlines()[0].split(",")
    assert head == [
        *("model", "recipe", "target", "task", "language", "score_percent", "low_percent"),
        *("high_percent", "n", "seeds", "chance_percent", "status"),
    ]


def test_a_table_without_rows_still_has_the_columns_that_are_drawn(tmp_path):
    """Else `dvc plots` has a file with nothing that it could name."""
    csv_files.write(tmp_path, Tables())
    assert csv_files.read(tmp_path) == Tables()
    for entry in yaml.safe_load((ROOT / "dvc.yaml").read_text())["plots"]:
        ((name, plot),) = entry.items()
        drawn = plot["y"] if isinstance(plot["y"], dict) else {name: plot["y"]}
        ((file, y),) = drawn.items()
        head = (tmp_path / file.rpartition("/")[2]).read_text().split("\n")[0].split(",")
        assert {plot["x"], y} <= set(head), name


def test_tables_of_an_older_run_are_read_with_what_they_lack(tmp_path):
    csv_files.write(tmp_path, Tables(scores=[language_score(n=3)]))
    (tmp_path / "intermediate.csv").unlink()
    made = csv_files.read(tmp_path)
    assert made.intermediate == []
    assert made.scores[0].interval is None


def test_a_small_p_value_keeps_its_digits(tmp_path):
    gain = Estimate(5.0, 1.0, 9.0, p_value=1.2345678e-7)
    csv_files.write(tmp_path, Tables(gains=[task_score(gain=gain)]))
    assert csv_files.read(tmp_path).gains[0].gain.p_value == 1.235e-7
