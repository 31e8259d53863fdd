"""The printed tables, on small grids worked by hand."""

import pytest

from tests.report.small_grid import LANGUAGES, MODELS, Grid, language_score, task_score
from waystation.report.records import Estimate, Tables
from waystation.report.text import MARKED, UNMARKED, WIDTH, score_table, side_by_side


def test_a_cell_that_has_not_run_is_printed_as_such(one_model):
    assert score_table(one_model.tables(), one_model.suite).count("not run") == 3


@pytest.mark.parametrize("target", ["udpos", "mnli_more"])  # the latter is no task's name
def test_a_target_of_which_nothing_has_run_still_has_its_column(target, tmp_path):
    grid = Grid(tmp_path, ["pico"], ["none"], LANGUAGES, {"group": (target,)})
    text = score_table(grid.tables(), grid.suite)
    assert target in text
    assert "not run" in text


def test_the_encoders_measures_are_printed_beside_chance(one_model):
    lines = score_table(one_model.tables(), one_model.suite).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("encoders"))
    assert lines[start].split()[3:] == [
        *("tatoeba", "all", "tatoeba", "unshared", "bucc", "F1"),
        *("tatoeba", "CKA", "tatoeba", "kept", "identity"),
    ]
    assert lines[start + 1].split() == ["chance", "2.0", "2.0", "0.4", "-", "-", "16.7"]
    none = next(line for line in lines[start:] if line.startswith("  none"))
    assert none.split() == ["none", "31.0", "31.0", "32.0", "0.50", "1.00", "89.0"]


def test_the_printed_tables_of_retrieval(one_model):
    text = score_table(one_model.tables(), one_model.suite)
    lines = text.splitlines()
    head = next(line for line in lines if line.startswith("tatoeba, cosine from English"))
    assert head.endswith("protocol, others  chosen, others")
    rows = lines[lines.index(head) + 2 :]
    assert rows[0].split() == ["random", *["34.0", "(34.0)", "34.0", "(34.0)", "38.0", "(38.0)"]]
    mined = next(i for i, line in enumerate(lines) if line.startswith("bucc, F1"))
    assert lines[mined + 2].split() == ["random", "32.0", "(1.0)", "-", "-"]
    assert text.count("best on qda; others: all but these") == 1
    assert max(map(len, lines)) <= WIDTH


def test_printed_tables_stay_within_their_width(tmp_path):
    """Many tasks and recipes with long names: columns go below one another, none is lost."""
    tasks = [f"task_{i:02}" for i in range(14)]
    recipes = ["random", "none", *(f"sequential/nine_tasks/{k}" for k in range(2, 10))]
    cells = [
        {"model": model, "recipe": recipe, "task": task}
        for model in MODELS
        for recipe in recipes
        for task in tasks
    ]
    score, gain = Estimate(100.0, 90.0, 110.0), Estimate(-50.0, -60.0, -40.0)
    gains = [task_score(**cell, zero_shot=score, gain=gain, seeds=3) for cell in cells]
    scores = [language_score(**cell, language="qda", seeds=3) for cell in cells]
    suite = Grid(tmp_path, MODELS, recipes, (), {}).suite
    lines = score_table(Tables(scores=scores, gains=gains), suite).splitlines()
    assert max(map(len, lines)) <= WIDTH
    text = "\n".join(lines)
    assert all(text.count(task) == 1 for task in tasks)
    assert text.count("100.0 -50.0*") == 14 * 8 * 2
    assert "fine-tuning seeds: 3" in text


def test_columns_take_their_own_width_and_none_is_lost():
    assert side_by_side([10, 30, 10, 50, 120, 5], 60) == [[0, 1, 2], [3], [4], [5]]
    assert side_by_side([120, 5], 60) == [[0], [1]]


@pytest.mark.parametrize(("seeds", "marked"), [(1, False), (3, True)])
def test_no_gain_is_marked_on_one_seed(tmp_path, seeds, marked):
    score, gain = Estimate(60.0, 50.0, 70.0), Estimate(20.0, 10.0, 30.0)
    cell = {"model": "nano", "recipe": "ccg", "task": "udpos"}
    gains = [task_score(**cell, zero_shot=score, gain=gain, seeds=seeds)]
    scores = [language_score(**cell, language="qda", seeds=seeds)]
    tables = Tables(scores=scores, gains=gains)
    text = score_table(tables, Grid(tmp_path, ["nano"], ["none", "ccg"], (), {}).suite)
    assert ("+20.0*" in text, MARKED in text, UNMARKED in text) == (marked, marked, not marked)
