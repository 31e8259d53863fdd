"""Scores over unshared tokens, in the tables and wherever they are shown."""

import pytest

from tests.report.small_grid import Grid
from waystation.report import csv_files, markdown, summary
from waystation.report.text import UNSHARED_NOTE, score_table

CODES = ("en", "qda", "qdb")
POINTS = {"en": [[1, 0.5]] * 8, "qda": [[1, 0.0], [0, 0.5]] * 4, "qdb": [[1, 0.5]] * 8}


@pytest.fixture
def small(tmp_path):
    """Unshared 50 in English, 25 and 50 in the others; XNLI has no such score."""
    groups = {"lookup": ("squad_retrieval",), "pairs": ("mnli",)}
    small = Grid(tmp_path, ["pico"], ["random", "none"], CODES, groups)
    for recipe in ("random", "none"):
        small.score("lookup", "pico", recipe, {"squad_retrieval": (["en"], {"lareqa": POINTS})})
        plain = {code: [1.0, 0.0] * 4 for code in CODES}
        small.score("pairs", "pico", recipe, {"mnli": (["en"], {"xnli": plain})})
    return small


@pytest.fixture
def made(small):
    return small.tables()


def of(rows: list[dict], **wanted) -> dict:
    (found,) = [r for r in rows if all(r.get(key) == value for key, value in wanted.items())]
    return found


def test_means_have_intervals_and_stand_beside_the_main_score(made):
    row = of(made["gains"], recipe="none", task="lareqa")
    assert row["unshared_percent"] == pytest.approx(37.5)  # (25 + 50) / 2, without English
    assert row["unshared_low_percent"] < 37.5 < row["unshared_high_percent"]
    assert row["zero_shot_percent"] == pytest.approx(75)
    by_language = of(made["scores"], recipe="none", task="lareqa", language="en")
    assert by_language["unshared_percent"] == pytest.approx(50)
    assert "unshared_percent" not in of(made["gains"], recipe="none", task="xnli")


def test_the_summary_names_the_metric(small, made):
    found = summary.summary(small.scores(), made)["scores"]["pico"]["none"]
    assert found["lareqa"]["unshared_map_at_20_zero_shot_percent"] == 37.5
    assert found["lareqa"]["unshared_map_at_20_english_percent"] == 50
    assert not any("unshared" in key for key in found["xnli"])


def test_it_is_printed_in_a_column_and_written_in_a_row_of_its_own(small, made, tmp_path):
    lines = score_table(made, small.suite).splitlines()
    start = next(i for i, line in enumerate(lines) if line.endswith("lareqa  lareqa unshared"))
    below = [line.split() for line in lines[start + 1 :]]
    assert ["none,", "in", "English", "100.0", "50.0"] in below
    assert ["none", "75.0", "37.5"] in below
    assert lines.count(UNSHARED_NOTE) == 1
    csv_files.write(tmp_path, made)
    lines = markdown.markdown(csv_files.read(tmp_path)).splitlines()
    (row,) = [line for line in lines if "`lareqa`, map at 20, unshared tokens" in line]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[3:6] == ["25.0", *[cells[4], "50.0 [50.0, 50.0]"]]
    assert cells[4] == cells[6]
    assert cells[6].startswith("37.5 [")
    assert len(cells) == next(line for line in lines if line.startswith("| task")).count("|") - 1
