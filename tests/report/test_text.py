"""The printed tables, on small grids worked by hand."""

import pytest

from tests.report.small_grid import (
    LANGUAGES,
    MODELS,
    Grid,
    intermediate_score,
    language_score,
    task_score,
)
from waystation.report.records import Estimate, Tables
from waystation.report.text import (
    MARKED,
    NOT_RUN,
    UNMARKED,
    WIDTH,
    Column,
    folded,
    score_table,
    side_by_side,
)


def test_a_cell_that_has_not_run_is_printed_as_such(one_model):
    assert score_table(one_model.tables(), one_model.suite).count("not run") == 3


def test_many_recipes_that_have_not_run_share_a_row():
    rows = [("none", ["45.0", NOT_RUN])] + [(name, [NOT_RUN, NOT_RUN]) for name in "abcd"]
    assert folded(rows) == [rows[0], ("4 more recipes", [NOT_RUN, NOT_RUN])]
    assert folded(rows[:4]) == rows[:4]


def test_a_task_that_has_run_without_a_language_to_transfer_to_has_a_dash():
    column = Column("xnli+14")
    assert column.zero_shot(None, True, set(), "none").strip() == "-"
    assert column.zero_shot(None, False, set(), "none") == NOT_RUN


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
    score, gain = Estimate(100.0, 90.0, 110.0), Estimate(-50.0, -60.0, -40.0, 1e-5)
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


def gain_table(folder, gains, seeds=3, intermediate=()):
    """What is printed of {(recipe, task): p-value of a gain of 20 points}."""
    scores, rows = [], []
    for (recipe, task), p_value in gains.items():
        cell = {"model": "nano", "recipe": recipe, "task": task}
        gain = Estimate(20.0, 10.0, 30.0, p_value)
        kind = "tagging" if task == "udpos" else "classification"
        fields = {"type": kind, "zero_shot": Estimate(60, 50, 70), "gain": gain, "seeds": seeds}
        rows.append(task_score(**cell, **fields))
        scores.append(language_score(**cell, language="qda", seeds=seeds))
    recipes = dict.fromkeys(["none", *(recipe for recipe, _ in gains)])
    made = Tables(scores=scores, gains=rows, intermediate=list(intermediate))
    return score_table(made, Grid(folder, ["nano"], recipes, (), {}).suite)


@pytest.mark.parametrize(("seeds", "p_value"), [(1, None), (3, 0.01)])
def test_no_gain_is_marked_on_one_seed(tmp_path, seeds, p_value):
    text = gain_table(tmp_path, {("ccg", "udpos"): p_value}, seeds)
    marked = p_value is not None
    legend = MARKED.format(1) in text
    assert ("+20.0*" in text, legend, UNMARKED in text) == (marked, marked, not marked)


def test_marks_are_holm_corrected_over_the_gains_of_a_table(tmp_path):
    """0.02 is marked among two, and not among four: 0.02 > 0.05 / 3."""
    gains = {("ccg", "a"): 0.001, ("mnli", "a"): 0.02}
    text = gain_table(tmp_path, gains)
    assert text.count("+20.0*") == 2
    assert MARKED.format(2) in text
    more = {("squad_v1", "a"): 0.3, ("hellaswag", "a"): 0.4, ("random", "a"): 0.5}
    text = gain_table(tmp_path, gains | more)
    assert text.count("+20.0*") == 1
    assert MARKED.format(4) in text  # a control shows no gain
    text = gain_table(tmp_path, gains | {("ccg", "udpos"): 0.04})  # tagging has its own table
    assert text.count("+20.0*") == 3
    assert MARKED.format(1) in text


def test_recipes_that_did_not_learn_and_shares_of_steps_stand_in_their_lines(tmp_path):
    taught = [
        intermediate_score(recipe="ccg", task="ccg", learned="no"),
        intermediate_score(recipe="multitask/all", task="ccg", steps=10, steps_alone=40),
        intermediate_score(recipe="multitask/all", task="mnli", steps=30, steps_alone=80),
        intermediate_score(recipe="mnli", task="mnli"),
    ]
    gains = {("ccg", "a"): 0.3, ("mnli", "a"): 0.3, ("multitask/all", "a"): 0.3}
    lines = gain_table(tmp_path, gains, intermediate=taught).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("classification"))
    names = [line.rpartition(" 60.0")[0].strip() for line in lines[start : start + 8]]
    assert {"ccg†", "mnli", "multitask/all, 20 steps a task"} <= set(names)
    assert any(line.startswith("† not learned:") for line in lines)
    head = next(i for i, line in enumerate(lines) if line.startswith("intermediate tasks"))
    rows = [line.split() for line in lines[head + 2 : head + 6]]
    assert rows[0] == ["ccg†", "ccg", "50.0", "[40.0,", "60.0]", "33.3", "-", "9", "7", "7"]
    assert rows[1][-2:] == ["10", "40"]
